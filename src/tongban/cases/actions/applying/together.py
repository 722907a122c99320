"""Several drafts of one person, read and filled in at once: for what is applied for by one form 一表申请."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.applying.drafting import (
    Sheet,
    heard_anew,
    keep,
    laid_open,
    learn,
    own_case,
    sheet,
    start,
    with_answers,
)
from tongban.cases.actions.applying.library import ask_library
from tongban.cases.actions.applying.registers import account, find
from tongban.cases.model import POLICY, CaseInBrief, MovedOn, NotPossibleNow, State
from tongban.cases.model.asked import types_to_look_up
from tongban.cases.model.attachments import carried, taken_off, wanted
from tongban.cases.model.facts import updated
from tongban.cases.model.rights import relation_to_case
from tongban.kit import forms, keys
from tongban.kit.db import Database
from tongban.kit.policy import Actor


async def sheets(db: Database, actor: Actor, *, case_ids: Sequence[UUID]) -> list[Sheet]:
    """Those of these cases that are the resident's own drafts, as their forms show them, in this order.

    Two statements, however many there are: the cases, and her account.
    """
    assert actor.id is not None
    found = {case.id: case for case in await store.own_cases(db, ids=case_ids, applicant=actor.id)}
    drafts = [found[one] for one in case_ids if one in found and found[one].state is State.DRAFT]
    if not drafts:
        return []
    _, own = await account(db, actor)
    opened = []
    for case in drafts:
        POLICY.require(actor, "cases.draft", relation_to_case(actor, case))
        version = await catalogue.version(db, case.item, case.item_version)
        opened.append(laid_open(case, version, own, await catalogue.known_sources(db)))
    return opened


async def fresh_sheets(db: Database, actor: Actor, *, case_ids: Sequence[UUID], now: datetime) -> list[Sheet]:
    """As :func:`sheets`, the registers of each draft asked where that is due: the same two statements where none is.

    Each draft asks under its own purpose; all are read once more after the last has asked.
    """
    opened = await sheets(db, actor, case_ids=case_ids)
    heard = [await heard_anew(db, actor, each, now=now) for each in opened]
    return await sheets(db, actor, case_ids=case_ids) if any(heard) else opened


async def fill(
    db: Database, current: Sheet, answers: Mapping[str, Any], *, told: bool = False, now: datetime
) -> Sheet:
    """Write answers over the version of the draft that ``current`` shows, right or wrong; gives it as it is then.

    What she changes takes the signature of a commitment off again, what another case's result has ``told`` does not.

    Values of registers that the person may not change are the registers', and files stay as they were attached, but for
    those that the answers list no more. Nothing is written where nothing changes. Raises MovedOn.
    """
    done = await fill_all(db, [(current, answers)], told=told, now=now)
    if not done:
        raise MovedOn
    return done[0]


async def fill_all(
    db: Database, filled: Iterable[tuple[Sheet, Mapping[str, Any]]], *, told: bool = False, now: datetime
) -> list[Sheet]:
    """Fill in several drafts, each as :func:`fill`; gives those with which nobody was faster.

    One statement writes all of them, and one each those that lose a file: its row goes in the same write.
    """
    done: list[Sheet] = []
    changed: list[tuple[Sheet, Sheet]] = []
    for current, answers in filled:
        typed = forms.overlay(current.form, answers, current.prefilled)
        typed = carried(current.version.materials, current.form, current.answers, typed)
        if typed == current.answers and current.case.answers:
            done.append(current)
            continue
        if (asks := current.version.commitment) is not None and not told:
            typed.pop(asks.tick, None)
        if taken_off(current.version.form, current.case.answers, typed):
            kept = await keep(db, current, typed, now=now)
            done += [kept] if kept else []
        else:
            changed.append((current, with_answers(current, typed)))
    saved = await store.save_drafts(
        db,
        [
            (before.case, after.case.answers, find(after.version, after.facts, now=now))
            for before, after in changed
        ],
    )
    return done + [after for _, after in changed if after.case.id in saved]


async def look_again(
    db: Database, actor: Actor, *, case_id: UUID, types: Collection[str], now: datetime
) -> None:
    """Ask the library once more for those of these licence types that the draft's item calls: what it had none of may
    have been issued since. Raises NoSuchCase, NotPossibleNow, MovedOn."""
    current = await sheet(db, actor, case_id=case_id)
    called = types_to_look_up(current.version, await catalogue.known_sources(db)).intersection(types)
    if called:
        said = await ask_library(db, actor, types=called, now=now)
        await learn(db, current, updated(current.facts, said), now=now)


async def in_brief(db: Database, actor: Actor, *, case_ids: Collection[UUID]) -> dict[UUID, CaseInBrief]:
    """How these cases of the resident's own stand: one statement; another person's are not among them."""
    assert actor.id is not None
    found = await store.cases_in_brief(db, list(case_ids))
    return {one.id: one for one in found if one.applicant == actor.id}


async def stands(db: Database, case_ids: Collection[UUID]) -> dict[UUID, State]:
    """How cases stand, for the house's own work on what they are parts of: one statement."""
    return {one.id: one.state for one in await store.cases_in_brief(db, list(case_ids))}


async def begin_again(db: Database, actor: Actor, *, case_id: UUID, now: datetime) -> UUID:
    """Begin anew what the resident had as a draft that ended 到期, with the answers that she gave; gives the new draft.

    Its files are gone with it. What she has begun or filed of the item since is given as it is; a draft in which
    nothing stands yet is filled, so that the repetition makes up for who was cut off between the opening and the
    filling. Raises NoSuchCase once the old draft is deleted, NotPossibleNow for a case that is no ended draft, MovedOn,
    and what opening a draft does.
    """
    ended = await own_case(db, actor, case_id)
    if ended.state is not State.DISCARDED:
        raise NotPossibleNow(ended.state)
    begun = await start(db, actor, item=ended.item, now=now)
    version = await catalogue.version(db, ended.item, ended.item_version)
    told = forms.open_answers(forms.compile_form(version.form), ended.answers, keys.current(), ended.id.bytes)
    attached = wanted(version.form)
    kept = {name: value for name, value in told.items() if name not in attached}
    for current in await sheets(db, actor, case_ids=[begun]):
        if not current.case.answers:
            await fill(db, current, {**current.answers, **kept}, now=now)
    return begun
