"""The chain of an item's examination on the desk: what has been said, whose step it is, and saying one's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tongban.cases import actions
from tongban.cases.model import CaseEvent, Move
from tongban.cases.model.chain import DUTY_WORDS, Opinion, duty_at, listed, said_before
from tongban.cases.model.reporting import reported_of
from tongban.cases.model.rulings import RULINGS, ruling_of
from tongban.cases.model.states import UNDER_PURPOSE
from tongban.cases.model.whose import staff_of, works_on
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.policy import Actor, Duty

_SAYING = frozenset({Move.PROPOSE, Move.ENDORSE, Move.REPORT, Move.SEND_BACK, Move.REFUSE})


def chain_shown(opened: actions.Opened, actor: Actor) -> dict[str, Any] | None:
    """What the page says of the chain: its opinions, and whose step it is; None for an item or a state without."""
    case, duty = opened.case, duty_at(opened.chain, opened.case.state)
    if duty is None:
        return None
    again = next((one.at for one in reversed(opened.events) if "overturned" in one.detail), None)
    return {
        "opinions": [_said(one, before=again is not None and one.at < again) for one in case.opinions],
        "turn": _turn(opened, actor, duty),
        "mine": bool(opened.moves_of(actor) & _SAYING),
    }


def only_reads(opened: actions.Opened, actor: Actor) -> Message | None:
    """Why this officer is offered nothing on a case under way: she has none of the duties of those who work on it."""
    hearing = opened.case.hearing
    presides = hearing is not None and hearing.sitting is not None and hearing.sitting.presider == actor.id
    if opened.case.state not in UNDER_PURPOSE or presides or works_on(opened.chain, actor):
        return None
    return N_(
        "本件由负责{duties}的人员办理，你没有其中任何一项职责，可以查看，不能办理。职责有误的，请联系本部门负责人。",
        duties=listed(*staff_of(opened.chain)),
    )


def _turn(opened: actions.Opened, actor: Actor, duty: Duty) -> Message:
    before = said_before(opened.case.opinions, actor) if duty is not opened.chain[0] else None
    if duty not in actor.duties:
        return N_("现在由{duty}人员办理，你可以查看。", duty=DUTY_WORDS[duty])
    if before is not None:
        return N_(
            "现在是{duty}。你已经办过本件的{before}，须由另一位同事办理。",
            duty=DUTY_WORDS[duty],
            before=DUTY_WORDS[before.duty],
        )
    return N_("现在是{duty}，由你办理。", duty=DUTY_WORDS[duty])


def _said(one: Opinion, *, before: bool) -> dict[str, Any]:
    """An opinion as a line; ``before`` where it was of the decision that a reconsideration has taken back since."""
    words = {"duty": DUTY_WORDS[one.duty], "what": _what(one)}
    return {
        "title": N_("{duty}：{what}（行政复议之前的意见）", **words)
        if before
        else N_("{duty}：{what}", **words),
        "when": f"{clock.city_time(one.at):%m-%d %H:%M}",
        "detail": N_("{who}：{told}", who=one.name, told=one.words) if one.words else one.name,
    }


def _what(one: Opinion) -> Message:
    if one.favour is None:
        return N_("退回")
    if one.ruling is not None:
        words = RULINGS[one.ruling].words
        return (
            N_("拟{ruling}", ruling=words) if one.duty is Duty.EXAMINE else N_("同意拟{ruling}", ruling=words)
        )
    if one.duty is Duty.EXAMINE:
        return N_("拟准予") if one.favour else N_("拟不予")
    return N_("同意拟准予") if one.favour else N_("同意拟不予")


def told_of_chain(event: CaseEvent) -> Message | str | None:
    """What was said up the item's chain: for or against, and the words."""
    match event.move:
        case Move.PROPOSE:
            return _proposed(event.detail)
        case Move.ENDORSE | Move.SEND_BACK:
            return str(event.detail["words"]) or None
        case Move.REPORT:
            to, words = reported_of(event.detail).to, event.detail["words"]
            return N_("报送{to}：{words}", to=to, words=words) if words else N_("报送{to}", to=to)
        case Move.CONSULT:
            to, words = Text(**event.detail["to"]), event.detail["words"]
            return N_(
                "{department}（{day} 当日或之前答复）：{words}",
                department=to,
                day=event.detail["until"],
                words=words,
            )
        case Move.ADVISE:
            of, words = Text(**event.detail["of"]), event.detail["words"]
            return (
                N_("{department}同意：{words}", department=of, words=words)
                if event.detail["agrees"]
                else N_("{department}不同意：{words}", department=of, words=words)
            )
        case Move.HAND_OVER if event.detail["words"]:
            return N_("交给 {to}：{words}", to=event.detail["to"], words=event.detail["words"])
        case Move.HAND_OVER:
            return N_("交给 {to}", to=event.detail["to"])
    return None


def _proposed(detail: dict[str, Any]) -> Message:
    """What the examination proposes, of a reconsideration which outcome, with its words."""
    if "ruling" in detail:
        found = ruling_of(Move.GRANT, detail["ruling"])
        return N_("拟{ruling}：{words}", ruling=found.words, words=detail["words"])
    if detail["favour"]:
        return N_("拟准予：{words}", words=detail["words"])
    return N_("拟不予：{words}", words=detail["words"])


async def say_in_chain(
    db: Database,
    actor: Actor,
    move: str,
    posted: Mapping[str, str],
    *,
    case_id: UUID,
    applicant: UUID,
    now: datetime,
) -> None:
    """One step of the chain, as the panel's form sends it."""
    reason = posted.get("reason", "")
    match move:
        case Move.PROPOSE:
            await actions.propose(
                *(db, actor),
                case_id=case_id,
                applicant=applicant,
                favour=posted.get("favour", ""),
                ruling=posted.get("ruling", ""),
                reason=reason,
                now=now,
            )
        case Move.ENDORSE:
            await actions.endorse(db, actor, case_id=case_id, applicant=applicant, note=reason, now=now)
        case Move.SEND_BACK:
            await actions.send_back(db, actor, case_id=case_id, applicant=applicant, reason=reason, now=now)
