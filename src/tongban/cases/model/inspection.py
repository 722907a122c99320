"""Site inspections 现场核查: what officers find on the spot, point by point, and when a record of it is whole.

行政许可法 art. 34(3): two officers or more. The points are the item's (:class:`tongban.catalogue.InspectionPoint`);
a draft keeps whatever was typed, right or wrong, and :func:`faults` says what is still missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from tongban.cases.model.refusals import too_long
from tongban.catalogue import InspectionPoint
from tongban.kit import clock
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message

#: The special procedure that an inspection is, by its code in SPECIALS.
SITE_INSPECTION = "site_inspection"


class PointFinding(StrEnum):
    """How a point stands on the spot 核查结果."""

    MET = "met"
    MOSTLY = "mostly"
    UNMET = "unmet"
    NOT_APPLICABLE = "not_applicable"


FINDING_WORDS: dict[PointFinding, Message] = {
    PointFinding.MET: N_("符合"),
    PointFinding.MOSTLY: N_("基本符合"),
    PointFinding.UNMET: N_("不符合"),
    PointFinding.NOT_APPLICABLE: N_("不适用"),
}


class Conclusion(StrEnum):
    """What the inspection comes to 核查结论."""

    PASSED = "passed"
    TO_MEND = "to_mend"
    FAILED = "failed"


CONCLUSION_WORDS: dict[Conclusion, Message] = {
    Conclusion.PASSED: N_("现场核查合格"),
    Conclusion.TO_MEND: N_("现场核查基本合格，有需要改进的项目"),
    Conclusion.FAILED: N_("现场核查不合格"),
}

#: The two parts of a record beside its points, by the name that their pages have.
ABOUT, END = "about", "end"
#: Photos of one point, and of one record.
PHOTOS_A_POINT, PHOTOS = 6, 40
LONGEST_NAME, LONGEST_WORDS = 60, 500
SHORTEST_WORDS = 4


class PointFound(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was found of one point: by code, in words, and in photos (each as an answer of a form lists a file)."""

    finding: PointFinding | None = None
    words: str = ""
    photos: tuple[dict[str, Any], ...] = ()


class Inspection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record of an inspection 现场核查记录: who looked, whom they met, when, what they found, what follows.

    ``officers`` are the names of two of the department, ``by`` the ids of their accounts; records of before had names
    as they were typed, and no ids.
    ``started`` and ``ended`` are the city's time as typed (``2026-11-26T10:30``); ``met`` is the person met on the
    spot, ``met_as`` what she is there. ``signed`` says that she confirmed the record, ``unsigned`` why she did not.
    ``words`` go with the conclusion. What was not filled in yet is empty.
    """

    officers: tuple[str, str] = ("", "")
    by: tuple[str, str] = ("", "")
    met: str = ""
    met_as: str = ""
    started: str = ""
    ended: str = ""
    points: dict[str, PointFound] = {}
    conclusion: Conclusion | None = None
    words: str = ""
    signed: bool = False
    unsigned: str = ""

    def found(self, *findings: PointFinding) -> list[str]:
        """The keys of the points that stand so."""
        return [key for key, point in self.points.items() if point.finding in findings]

    @property
    def photos(self) -> int:
        """How many photos there are."""
        return sum(len(point.photos) for point in self.points.values())


class Since(msgspec.Struct, frozen=True):
    """Before when there was no inspection in this case, to the minute, as people write it: its special procedure
    现场核查 began, or, where none runs, the case was accepted (``special`` says which)."""

    at: datetime
    special: bool

    def early(self, what: Words) -> Words:
        """What is told of a time before it; ``what`` is the field's name."""
        if self.special:
            return N_(
                "{what}早于现场核查程序开始的时间，最早是 {since}，请核对。",
                what=what,
                since=typed_as(self.at),
            )
        return N_("{what}早于本件受理的时间，最早是 {since}，请核对。", what=what, since=typed_as(self.at))


def since_of(running: str | None, *, accepted_at: datetime, suspended_at: datetime | None) -> Since:
    """Since when there may have been an inspection; ``running`` is the special procedure under way by its code, if
    any, ``suspended_at`` when the clock was last stopped."""
    if suspended_at is not None and running == SITE_INSPECTION:
        return Since(suspended_at.replace(second=0, microsecond=0), special=True)
    return Since(accepted_at.replace(second=0, microsecond=0), special=False)


def moment_typed(text: str) -> datetime | None:
    """The instant of a city's time as typed; None for what is none."""
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if local.tzinfo is not None or not 1 < local.year < 9000:
        return None
    return clock.instant_of(local.date(), local.time())


def typed_as(instant: datetime) -> str:
    """An instant as people write it in a field for a time, for examples: what is typed so is taken."""
    return f"{clock.city_time(instant):%Y-%m-%d %H:%M}"


def with_step(
    record: Inspection, step: str, posted: Mapping[str, str], people: Mapping[str, str] | None = None
) -> Inspection:
    """The record with what one of its pages posted; its photos stay as they are.

    ``people`` are the officers who may be named on the first page, names by their accounts' ids; whom the record names
    already stays, and nobody else is taken.
    """

    def typed(name: str) -> str:
        return posted.get(name, "").strip().replace("\r\n", "\n")

    if step == ABOUT:
        known = {**dict(zip(record.by, record.officers, strict=True)), **(people or {}), "": ""}
        first, second = (who if who in known else "" for who in (typed("officer_1"), typed("officer_2")))
        # What was typed before there was a choice stays until somebody is chosen.
        before = [name if not who else "" for who, name in zip(record.by, record.officers, strict=True)]
        return msgspec.structs.replace(
            record,
            officers=(known[first] or before[0], known[second] or before[1]),
            by=(first, second),
            **{name: typed(name) for name in ("met", "met_as", "started")},
        )
    if step == END:
        conclusion = typed("conclusion")
        return msgspec.structs.replace(
            record,
            conclusion=Conclusion(conclusion) if conclusion in set(Conclusion) else None,
            signed=bool(typed("signed")),
            **{name: typed(name) for name in ("ended", "words", "unsigned")},
        )
    finding = typed("finding")
    point = PointFound(
        PointFinding(finding) if finding in set(PointFinding) else None,
        typed("words"),
        record.points.get(step, PointFound()).photos,
    )
    return _with_point(record, step, point)


def with_photos(record: Inspection, key: str, photos: Iterable[dict[str, Any]]) -> Inspection:
    """The record with these photos of a point."""
    point = msgspec.structs.replace(record.points.get(key, PointFound()), photos=tuple(photos))
    return _with_point(record, key, point)


def _with_point(record: Inspection, key: str, point: PointFound) -> Inspection:
    return msgspec.structs.replace(record, points={**record.points, key: point})


def steps(points: Sequence[InspectionPoint]) -> list[str]:
    """The pages of a record in their order."""
    return [ABOUT, *(point.key for point in points), END]


def faults(
    record: Inspection, points: Sequence[InspectionPoint], *, since: Since, now: datetime
) -> dict[str, dict[str, Words]]:
    """What is missing or cannot be, by page and field; a record without any may be handed in."""
    found = {
        ABOUT: _about_faults(record, since=since, now=now),
        END: _end_faults(record, since=since, now=now),
    }
    found |= {point.key: _point_faults(record.points.get(point.key, PointFound())) for point in points}
    return {step: found[step] for step in steps(points) if found[step]}


def _about_faults(record: Inspection, *, since: Since, now: datetime) -> dict[str, Words]:
    told: dict[str, Words] = {}
    for number, who in enumerate(record.by, 1):
        if not who:
            told[f"officer_{number}"] = N_("请选择核查人员。")
    if not told and record.by[0] == record.by[1]:
        told["officer_2"] = N_("现场核查应有两名以上工作人员（《行政许可法》第三十四条），请选择另一名。")
    if not 2 <= len(record.met) <= LONGEST_NAME:
        told["met"] = N_("请填写现场人员姓名（2 至 60 个字）。")
    if not 2 <= len(record.met_as) <= LONGEST_NAME:
        told["met_as"] = N_("请填写现场人员的身份，例如法定代表人、店长。")
    started = moment_typed(record.started)
    if started is None:
        example = typed_as(max(since.at, now - timedelta(hours=1)))
        told["started"] = N_("请填写开始时间，例如 {example}。", example=example)
    elif started > now:
        told["started"] = N_("开始时间还没有到，请核对。")
    elif started < since.at:
        told["started"] = since.early(N_("开始时间"))
    return told


def _point_faults(point: PointFound) -> dict[str, Words]:
    told: dict[str, Words] = {}
    if point.finding is None:
        told["finding"] = N_("请选择核查结果。")
    if len(point.words) > LONGEST_WORDS:
        told["words"] = too_long(N_("情况说明"), len(point.words), LONGEST_WORDS)
    elif point.finding in (PointFinding.MOSTLY, PointFinding.UNMET) and len(point.words) < SHORTEST_WORDS:
        told["words"] = N_("请写明哪里不符合、看到了什么，申请人会看到。")
    return told


def _end_faults(record: Inspection, *, since: Since, now: datetime) -> dict[str, Words]:
    told: dict[str, Words] = {}
    if wrong := _end_time_fault(record, since=since, now=now):
        told["ended"] = wrong
    if record.conclusion is None:
        told["conclusion"] = N_("请选择核查结论。")
    elif wrong := _contradiction(record):
        told["conclusion"] = wrong
    if len(record.words) > LONGEST_WORDS:
        told["words"] = too_long(N_("情况说明"), len(record.words), LONGEST_WORDS)
    elif record.conclusion not in (None, Conclusion.PASSED) and len(record.words) < SHORTEST_WORDS:
        told["words"] = N_("请写明结论的理由或者需要改进的内容，申请人会看到。")
    if len(record.unsigned) > LONGEST_WORDS:
        told["unsigned"] = too_long(N_("没有确认的原因和见证人"), len(record.unsigned), LONGEST_WORDS)
    elif not record.signed and len(record.unsigned) < SHORTEST_WORDS:
        told["unsigned"] = N_("现场人员没有确认的，请写明原因和见证人。")
    return told


def _end_time_fault(record: Inspection, *, since: Since, now: datetime) -> Words | None:
    started, ended = moment_typed(record.started), moment_typed(record.ended)
    if ended is None:
        return N_("请填写结束时间，例如 {example}。", example=typed_as(now))
    if ended > now:
        return N_("结束时间还没有到，请核对。")
    if ended < since.at:
        return since.early(N_("结束时间"))
    if started is not None and ended < started:
        return N_("结束时间早于开始时间 {began}，请核对。", began=typed_as(started))
    return None


def _contradiction(record: Inspection) -> Words | None:
    """What the points say against the conclusion."""
    if record.conclusion is Conclusion.FAILED:
        if not record.found(PointFinding.UNMET):
            return N_("没有不符合的项目，结论不能是不合格。")
    elif unmet := record.found(PointFinding.UNMET):
        return N_("有 {n} 项不符合，结论只能是不合格。", n=len(unmet))
    elif record.conclusion is Conclusion.PASSED and record.found(PointFinding.MOSTLY):
        return N_("有基本符合的项目，请选“基本合格，有需要改进的项目”。")
    return None


class PointTold(msgspec.Struct, frozen=True):
    """A point as a page or a paper tells it: what was looked at, how it stands, the officers' words, the photos."""

    point: InspectionPoint
    finding: PointFinding
    words: str
    photos: tuple[dict[str, Any], ...]

    @property
    def finding_words(self) -> Message:
        """How it stands, in words."""
        return FINDING_WORDS[self.finding]


def told(record: Inspection, points: Sequence[InspectionPoint]) -> list[PointTold]:
    """The points of a whole record in the item's order."""
    return [
        PointTold(point, found.finding, found.words, found.photos)
        for point in points
        if (found := record.points.get(point.key)) is not None and found.finding is not None
    ]


def inspection_of(detail: Mapping[str, Any]) -> Inspection:
    """The record that a step of the case holds."""
    return msgspec.convert(detail["inspection"], Inspection)


def result_words(record: Inspection) -> Message | str:
    """The conclusion as the result of the special procedure: what it came to, and the officers' words."""
    assert record.conclusion is not None
    conclusion = CONCLUSION_WORDS[record.conclusion]
    day = clock.day_in_words(clock.city_day(instant)) if (instant := moment_typed(record.ended)) else ""
    if record.words:
        return N_("{day}{conclusion}：{words}", day=day, conclusion=conclusion, words=record.words)
    return N_("{day}{conclusion}，各项目符合要求。", day=day, conclusion=conclusion)
