"""Bulk actions 批量办理: a preview of each case, then each by its own verb in its own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.limits.pausing import resume
from tongban.cases.actions.reviewing.deciding import accept, refuse
from tongban.cases.actions.reviewing.reasons import reason_of
from tongban.cases.actions.reviewing.rechecking import recheck
from tongban.cases.actions.reviewing.templating import city_reasons
from tongban.cases.model import POLICY, STATE_WORDS, DeskRow, Move, possible
from tongban.cases.model.assignment import NotInHand
from tongban.cases.model.batch import (
    BULK,
    BULK_WORDS,
    REASONED,
    BulkLine,
    BulkResult,
    bulk_chosen,
)
from tongban.cases.model.cautions import WEIGH, Looked, in_a_row, weighing
from tongban.cases.model.chain import DutyMissing, chain_of
from tongban.cases.model.inspection import SITE_INSPECTION
from tongban.cases.model.rights import is_colleagues, relation_in_list
from tongban.cases.model.whose import may_make, staff_of
from tongban.kit.db import Database, write
from tongban.kit.errors import Refused, Words
from tongban.kit.i18n import N_, Text, both
from tongban.kit.idempotency import KeyReused
from tongban.kit.policy import Actor, Relation, Role, Verdict

KEPT = timedelta(days=7)
_UNKNOWN = N_("没有找到这个办件，可能已经转到其他部门。")
_UNSURE = N_("这一件正在办理，或者上次中断了，结果不明。请打开办件查看。")


async def bulk_preview(
    db: Database, actor: Actor, *, chosen: Sequence[UUID], move: Move, template: str = ""
) -> list[BulkLine]:
    """What would become of each case: those that cannot be moved say why. One statement, nothing is written.

    What an officer should have seen before the move (a material that nobody has looked at, a register that is silent,
    an inspection without its record) is pointed out, and the case left to be handled for itself.
    ``template`` is the city's template that the reason is made from; an item that it is not for cannot take it.
    Raises BulkUnfit for no case and for more than a hundred.
    """
    POLICY.require(actor, "cases.desk", Relation.DEPARTMENT)
    cases = bulk_chosen(chosen)
    rows = await store.with_asides(db, cases=cases, department=actor.department or "")
    return [
        BulkLine(
            one,
            rows[one][0],
            await _why_not(db, actor, rows[one][0], move, template) or await _weighs(db, *rows[one], move),
        )
        if one in rows
        else BulkLine(one, why=_UNKNOWN)
        for one in cases
    ]


async def _why_not(db: Database, actor: Actor, row: DeskRow, move: Move, template: str) -> Words | None:
    if POLICY.decide(actor, BULK[move], Relation.ASSIGNED) is Verdict.REFUSE:
        return N_("你没有这项操作的权限。")
    if move not in possible(row.state, Role.OFFICER):
        return N_("当前状态为“{state}”，不能进行这项操作。", state=STATE_WORDS[row.state])
    item = await catalogue.version(db, row.item, row.item_version)
    if not may_make(chain_of(item.chain), move, actor):
        return DutyMissing(*staff_of(chain_of(item.chain))).message
    if not item.chain and is_colleagues(actor, BULK[move], relation_in_list(actor, row.assignee)):
        return NotInHand(row.assignee_name or "").message
    city = next((one for one in city_reasons().templates if one.key == template), None)
    if city is not None and move is Move.REFUSE and not city.fits("refuse", item):
        return N_("这个理由模板不适用于该事项。")
    return None


async def _weighs(db: Database, row: DeskRow, aside: store.Aside, move: Move) -> Words | None:
    """What keeps a case out of the batch that no bulk action passes over."""
    if move not in WEIGH:
        return None
    item = await catalogue.version(db, row.item, row.item_version)
    running = aside.course.running
    stands_still_for_it = running is not None and running.kind == SITE_INSPECTION
    looked = Looked(
        inspected=aside.inspected if item.inspection and stands_still_for_it else None,
        follow_up=aside.follow_up,
        silent=aside.silent,
    )
    if found := weighing(looked, move):
        return N_("请打开办件单独办理：{what}", what=in_a_row(both(one.words) for one in found))
    return None


async def bulk_run(
    db: Database,
    actor: Actor,
    *,
    chosen: Sequence[UUID],
    move: Move,
    reason: str = "",
    template: str = "",
    key: str,
    now: datetime,
) -> list[BulkLine]:
    """Move each case by its own verb, which asks everything anew; what cannot be moved says why, the others go on.

    ``key`` names the batch: the same again does nothing twice and tells what came of it. Raises BulkUnfit,
    ReasonMissing and ReasonUnfilled before anything is done, KeyReused for another move under the same key.
    """
    words = reason_of(reason) if move in REASONED else ""
    lines = await bulk_preview(db, actor, chosen=chosen, move=move, template=template)
    return [await _one(db, actor, line, move, words, key=key, now=now) for line in lines]


async def _one(
    db: Database, actor: Actor, line: BulkLine, move: Move, reason: str, *, key: str, now: datetime
) -> BulkLine:
    if line.row is None:
        return msgspec.structs.replace(line, done=False, words=line.why)
    case_id = line.case_id
    begun = await write(db, store.claiming(case_id, caller=actor.caller, key=key, move=move, now=now))
    if begun is None:
        before, known = await store.concluded(db, case_id=case_id, caller=actor.caller, key=key)
        if before != move:
            raise KeyReused
        return msgspec.structs.replace(
            line, why=None, done=known.done if known else None, words=known.words if known else _UNSURE
        )
    result = await _moved(db, actor, line, move, reason, now=now)
    await write(db, store.concluding(case_id, result, caller=actor.caller, key=key))
    return msgspec.structs.replace(line, done=result.done, words=result.words)


async def _moved(
    db: Database, actor: Actor, line: BulkLine, move: Move, reason: str, *, now: datetime
) -> BulkResult:
    """One case by its verb; a refusal is what it came to."""
    if line.why is not None:
        return BulkResult(False, _text(line.why))
    assert line.row is not None
    case_id, applicant = line.case_id, line.row.applicant
    try:
        match move:
            case Move.ACCEPT:
                await accept(db, actor, case_id=case_id, applicant=applicant, now=now)
            case Move.RESUME:
                await resume(db, actor, case_id=case_id, applicant=applicant, result=reason, now=now)
            case Move.REFUSE:
                await refuse(db, actor, case_id=case_id, applicant=applicant, reason=reason, now=now)
            case _:
                done = await recheck(db, actor, case_id=case_id, applicant=applicant, now=now)
                if done.passed_to is not None:
                    return BulkResult(True, both(N_("已转交{department}。", department=done.passed_to.name)))
    except Refused as refused:
        return BulkResult(False, _text(refused.message))
    return BulkResult(True, both(N_("已完成：{what}。", what=BULK_WORDS[move])))


def _text(words: Words) -> Text:
    return words if isinstance(words, Text) else both(words)


async def forget_batches(db: Database, *, now: datetime) -> None:
    """Drop what old batches came to: nobody sends them again."""
    await store.forget_batches(db, before=now - KEPT)
