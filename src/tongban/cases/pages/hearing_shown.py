"""How a hearing 听证 stands, in words for the pages that show it: stage, sitting, what was told, the record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tongban.cases.model import DECIDING, Case, State
from tongban.cases.model.hearing import Hearing, Stage, stage
from tongban.cases.model.hearing_ends import ended_words
from tongban.cases.model.hearing_parts import CLOSED_WORDS, OFF_WORDS
from tongban.cases.model.inspection import moment_typed
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message

STAGE_WORDS: dict[Stage, Message] = {
    Stage.TOLD: N_("已告知，等待答复"),
    Stage.LAPSED: N_("期限已过，没有提出"),
    Stage.ASKED: N_("等待确定时间地点"),
    Stage.FIXED: N_("已通知时间地点"),
    Stage.OFF: N_("须重新确定时间地点"),
    Stage.HELD: N_("已举行，等待确认笔录"),
    Stage.OVER: N_("已结束"),
}
TONES = {
    Stage.TOLD: "warn",
    Stage.LAPSED: "muted",
    Stage.ASKED: "warn",
    Stage.FIXED: "info",
    Stage.OFF: "bad",
    Stage.HELD: "warn",
    Stage.OVER: "muted",
}


async def hearing_shown(
    db: Database, case: Case, *, now: datetime, own: bool = False, report: bool = False
) -> dict[str, Any] | None:
    """What a case's pages say of its hearing: the stage, the day that counts now, the sitting; None without one.

    ``own`` is the applicant's page, which speaks to her and not of her; ``report`` the officers', see
    :func:`minutes_of`.
    """
    hearing = case.hearing
    if hearing is None:
        return None
    calendar = await clock.current_calendar(db)
    at = stage(hearing, calendar, clock.city_day(now))
    open_ = case.state in DECIDING | {State.SUSPENDED}
    return {
        "hearing": hearing,
        "stage": str(at),
        "words": ended_words(hearing, own=own) if hearing.ended else STAGE_WORDS[at],
        "chip": STAGE_WORDS[at],
        "tone": TONES[at],
        "open": open_,
        "joins": hearing.may_join(calendar, clock.city_day(now)),
        "until": hearing.told.last_day(calendar) if hearing.told else None,
        "hold_by": hearing.last_day_to_hold(calendar),
        "off": OFF_WORDS[hearing.sitting.off] if hearing.sitting and hearing.sitting.off else None,
        "public": public_words(hearing),
        "told": told_of(hearing),
        "minutes": minutes_of(hearing, own=own, report=report),
    }


def public_words(hearing: Hearing) -> Message | None:
    """Whether the sitting is public; None before one is fixed."""
    sitting = hearing.sitting
    if sitting is None:
        return None
    if sitting.closed is None:
        return N_("公开举行")
    return N_("不公开（{why}）", why=CLOSED_WORDS[sitting.closed])


def told_of(hearing: Hearing) -> list[tuple[Message, str]]:
    """The parts of the telling with their headings."""
    if hearing.told is None:
        return []
    notice = hearing.told.notice
    return [
        (N_("查明的事实"), notice.facts),
        (N_("理由和依据"), notice.reasons),
        (N_("拟作的决定"), notice.intended),
    ]


def minutes_of(hearing: Hearing, *, own: bool = False, report: bool = False) -> list[tuple[Message, str]]:
    """The parts of the record with their headings; with the presider's ``report`` 听证报告 for officers only.

    The parties confirm the record 笔录 (art. 48(1)(5)); what its presider advises is for the organ that decides.
    """
    made = hearing.record
    if made is None:
        return []
    return [
        (N_("开始时间"), _moment(made.began)),
        (N_("结束时间"), _moment(made.ended)),
        (N_("记录人"), made.clerk),
        (N_("审查人员"), made.examiner),
        (N_("您这一方") if own else N_("申请人一方"), made.party),
        (N_("其他人员"), made.others or "—"),
        *([(N_("要求听证而没有出席"), _absent(hearing, own=own))] if made.absent else []),
        (N_("审查人员的意见、证据和理由"), made.examiner_said),
        (N_("您的申辩和质证") if own else N_("申请人的申辩和质证"), made.party_said or "—"),
        *([(N_("利害关系人的意见和质证"), made.others_said)] if made.others_said else []),
        (N_("出示的证据"), made.evidence),
        *([(N_("主持人的听证报告"), made.report)] if report else []),
    ]


def _absent(hearing: Hearing, *, own: bool) -> str:
    assert hearing.record is not None
    seats = hearing.record.absent
    who = zip(seats, hearing.called_by(seats), strict=True)
    return "、".join(str(N_("您") if own and not seat else name) for seat, name in who)


def _moment(typed: str) -> str:
    instant = moment_typed(typed)
    return f"{clock.city_time(instant):%Y-%m-%d %H:%M}" if instant else ""
