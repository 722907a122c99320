"""Materials that follow after acceptance 容缺受理: what was promised, what is still outstanding, and until when.

A secondary material (材料必要性 3) may be missing when the application is filed, if the applicant promises it. Its
limit begins on the day of the acceptance notice and is hers: it runs on through special procedures. What comes in
time and is sent back is handed in again within the same limit. Nothing is granted while something is outstanding;
what is outstanding when its limit ends, ends the application. No statute speaks of it: ours, after common practice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import msgspec

from tongban.cases.model.life import Move
from tongban.cases.model.materials import outdated
from tongban.cases.model.terminations import (
    ITEM_CANCELLED,
    ITEM_CANCELLED_WORDS,
    NOT_COME,
    NOT_COME_WORDS,
    TERMINATION_GROUNDS,
    UNASKED,
    UNASKED_WORDS,
)
from tongban.catalogue import Material
from tongban.kit import clock, forms, papers
from tongban.kit.clock import Calendar
from tongban.kit.errors import Conflict, Invalid, Words
from tongban.kit.forms import Form
from tongban.kit.i18n import N_, Message, Text

#: The ground on which time ends an application whose material did not follow; no officer can choose it.
OVERDUE = "not_followed"
OVERDUE_WORDS = N_("容缺后补逾期")
#: Every ground that a step can name.
GROUNDS_TOLD: dict[str, Message] = TERMINATION_GROUNDS | {
    OVERDUE: OVERDUE_WORDS,
    UNASKED: UNASKED_WORDS,
    NOT_COME: NOT_COME_WORDS,
    ITEM_CANCELLED: ITEM_CANCELLED_WORDS,
}


class Following(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One material that follows: the form's ``field`` of its files, and its limit of ``days`` working days.

    ``since`` is the day of the acceptance notice, which does not count, ``until`` the last instant. ``supplied_at`` is
    when it came, None while it is outstanding; ``taken_at`` when the department took it in 核收; ``said`` why it was
    sent back, in words that the applicant reads.
    """

    code: str
    field: str
    name: Text
    days: int
    since: date
    until: datetime
    supplied_at: datetime | None = None
    taken_at: datetime | None = None
    said: str = ""


class FollowUp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What follows after a case's acceptance; ``answers`` are the files attached and not handed in yet, by field."""

    materials: tuple[Following, ...]
    answers: dict[str, Any] = {}

    @property
    def outstanding(self) -> tuple[Following, ...]:
        """What has not come, or was sent back."""
        return tuple(one for one in self.materials if one.supplied_at is None)

    @property
    def to_look_at(self) -> tuple[Following, ...]:
        """What has come and was neither taken in nor sent back."""
        return tuple(one for one in self.materials if one.supplied_at is not None and one.taken_at is None)

    @property
    def until(self) -> datetime | None:
        """The end that comes first; None when nothing is outstanding."""
        return min((one.until for one in self.outstanding), default=None)

    def over(self, now: datetime) -> tuple[Following, ...]:
        """What is outstanding although its limit has ended."""
        return tuple(one for one in self.outstanding if one.until <= now)

    def open(self, now: datetime) -> tuple[Following, ...]:
        """What may be handed in now."""
        return tuple(one for one in self.outstanding if one.until > now)

    def changed(self, which: Collection[str], **values: Any) -> FollowUp:
        """With these values for the materials of these fields."""
        materials = tuple(
            msgspec.structs.replace(one, **values) if one.field in which else one for one in self.materials
        )
        return msgspec.structs.replace(self, materials=materials)


class MaterialsOutstanding(Invalid):
    """Nothing is granted, nor proposed to be, before what was promised has come."""

    def __init__(self, outstanding: Iterable[Following]) -> None:
        missing = list(outstanding)
        super().__init__(
            "materials-outstanding",
            N_(
                "容缺受理的材料还没有补齐，不能准予：{names}（最晚 {day}）。"
                "到期没有补交的，系统终止办理；不予办理不受影响。",
                names=names_of(missing),
                day=day_of(max(one.until for one in missing)),
            ),
        )


class NothingToSupply(Conflict):
    """The case waits for no material, or what it waited for has come or is too late."""

    def __init__(self) -> None:
        super().__init__(
            "nothing-to-supply", N_("这个办件现在没有需要补交的材料。请回到办件页面，查看最新进展。")
        )


class SupplyIncomplete(Invalid):
    """Nothing new was attached to what is to be handed in."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("supply-incomplete", N_("请先上传要补交的材料，再提交。"), fields=fields)


class NothingToLookAt(Conflict):
    """No material that has come waits for the department's look."""

    def __init__(self) -> None:
        super().__init__("nothing-to-look-at", N_("没有等待核收的补交材料。请重新打开办件，查看最新进展。"))


class SentBackWordless(Invalid):
    """What was sent back is sent back with what is wrong with it."""

    def __init__(self) -> None:
        words = N_("请写明哪里不对、怎样改（4 至 500 个字），申请人会看到。")
        super().__init__("sent-back-wordless", words, fields={"said": words})


class AskAgainTooLate(Invalid):
    """What came is sent back only while a whole working day of the limit is left."""

    def __init__(self, names: Text) -> None:
        super().__init__(
            "ask-again-too-late",
            N_(
                "{names}：补交期限剩下不到一个完整的工作日，不能退回重交；请核收，或者据现有材料作出决定。",
                names=names,
            ),
        )


def names_of(materials: Iterable[Following]) -> Text:
    """Their names in a row."""
    return listed(one.name for one in materials)


def listed(names: Iterable[Text]) -> Text:
    """Names in a row, in both languages."""
    known = list(names)
    return Text("、".join(name.zh for name in known), ", ".join(name.en for name in known))


def day_of(instant: datetime) -> str:
    """The city's day of an instant in digits."""
    return f"{clock.city_day(instant):%Y-%m-%d}"


def promised(materials: Iterable[Material], form: Form, answers: Mapping[str, Any]) -> list[Material]:
    """The materials that these answers promise and do not hold; files that are there make a promise idle."""
    may = [one for one in materials if one.later_days]
    if not may:  # most items have none, and each application is looked at
        return []
    asked = {field.name for field in form.asked(answers)}
    return [
        one
        for one in may
        if {one.place, one.promise} <= asked
        and answers.get(one.promise) is True
        and not answers.get(one.place)
    ]


def faults_of(
    materials: Iterable[Material],
    form: Form,
    answers: Mapping[str, Any],
    *,
    today: date,
    due: Collection[str] = (),
    filed: Collection[str] = (),
    fixed: Collection[str] = (),
    told: Mapping[str, Any] = MappingProxyType({}),
    withdrawn: Collection[str] = (),
) -> dict[str, Words]:
    """What does not hold of an application, by field or cell: as :func:`forms.check`, promised materials apart, and of
    her materials used once more what is too old by now.

    ``due`` are fields in which no promise counts, since the department has asked for a correction of them; ``filed``
    the ids of files that the department has, ``fixed`` the questions that are not open. ``told`` are values that a
    register told: a firm's code whose check characters fail is taken as the register has it, since some early ones
    were issued so. ``withdrawn`` are places of materials that nobody has to bring any more.
    """
    may_follow = {one.place for one in promised(materials, form, answers)} - set(due)
    given = {name: value for name, value in answers.items() if name not in may_follow}
    faults = forms.check(form, given, today=today, later=may_follow | set(withdrawn), fixed=fixed)
    for name in told.keys() & faults.keys():
        if form.by_name[name].rule.get("format") == "uscc" and _as_told(given.get(name), told[name]):
            del faults[name]
    return outdated(form, given, today=today, filed=filed) | faults


def _as_told(given: Any, told: Any) -> bool:
    return given == told and papers.uscc_shaped(str(told))


def supply_schema(
    form: Mapping[str, Any], materials: Iterable[Material], may: Iterable[Following]
) -> dict[str, Any]:
    """The form of what may be handed in now: the questions of these materials as the item's form has them, without
    what it says there of promising them."""
    by_place = {one.place: one for one in materials}
    properties = {}
    for one in may:
        rule, material = form["properties"][one.field], by_place[one.field]
        hint = material.standard or material.detail
        own = {name: said for name, said in rule["x-ui"].items() if name not in ("errors", "section", "when")}
        properties[one.field] = {**rule, "x-ui": {**own, "hint": {"zh": hint.zh, "en": hint.en}}}
    return {
        "$schema": form["$schema"],
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "x-ui": {"order": list(properties)},
    }


def begun(materials: Iterable[Material], *, since: date, calendar: Calendar) -> FollowUp | None:
    """The limits of what was promised, from the day of the acceptance notice; None where nothing was."""
    found = tuple(
        Following(
            code=one.code,
            field=one.place,
            name=one.name,
            days=one.later_days,
            since=since,
            until=end_of(since, one.later_days, calendar),
        )
        for one in materials
    )
    return FollowUp(materials=found) if found else None


def restarted(follow_up: FollowUp, *, since: date, calendar: Calendar) -> FollowUp:
    """What is outstanding has its whole limit again: a mistake of the department's is not at her cost."""
    return msgspec.structs.replace(
        follow_up,
        materials=tuple(
            one
            if one.supplied_at is not None
            else msgspec.structs.replace(one, since=since, until=end_of(since, one.days, calendar))
            for one in follow_up.materials
        ),
    )


def lengthened(follow_up: FollowUp, calendar: Calendar) -> FollowUp:
    """By an amended calendar: her own limit is only ever lengthened."""
    return msgspec.structs.replace(
        follow_up,
        materials=tuple(
            one
            if one.supplied_at is not None
            else msgspec.structs.replace(one, until=max(one.until, end_of(one.since, one.days, calendar)))
            for one in follow_up.materials
        ),
    )


def moved_as(name: Text) -> str:
    """By which name a step tells that it moved the limit of a material."""
    return f"follow_up:{name.zh}"


def end_of(since: date, days: int, calendar: Calendar) -> datetime:
    """The last instant of so many working days after a day."""
    return clock.end_of_day(calendar.add_working_days(since, days))


def may_ask_again(one: Following, calendar: Calendar, *, now: datetime) -> bool:
    """Whether it may be sent back: one whole working day of its limit must be left to hand it in again."""
    return calendar.working_days_between(clock.city_day(now), clock.city_day(one.until)) >= 1


def must_have_come(follow_up: FollowUp | None) -> None:
    """Raises MaterialsOutstanding while something that was promised has not come."""
    if follow_up is not None and follow_up.outstanding:
        raise MaterialsOutstanding(follow_up.outstanding)


def idle_moves(follow_up: FollowUp | None) -> frozenset[Move]:
    """What the life cycle allows and what has nothing to do now: no material waits for it."""
    supply = frozenset() if follow_up and follow_up.outstanding else frozenset({Move.SUPPLY})
    look = frozenset() if follow_up and follow_up.to_look_at else frozenset({Move.TAKE_IN, Move.ASK_AGAIN})
    return supply | look


def state_words(one: Following) -> Message:
    """How it stands with one material, in a word or two."""
    if one.taken_at is not None:
        return N_("已核收")
    if one.supplied_at is not None:
        return N_("已补交")
    return N_("退回，请重交") if one.said else N_("待补交")
