"""Sending the whole, and what follows: parts are filed when their turn comes, whoever looks after them.

How far a part has come is told by its case. Whoever follows a run, the page that sent it or the worker after an event,
reads the cases, does what is due, and writes the run over the version that was read: killed at any point, the next one
goes on where it was, and nothing is filed twice, because a case is filed once.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban import audit, cases, catalogue, identity, licences, notices
from tongban.bundles import store
from tongban.bundles.actions.filling import laid_open
from tongban.bundles.actions.letters import letter
from tongban.bundles.actions.reading import bundle_of, own, own_run
from tongban.bundles.actions.starting import state_of
from tongban.bundles.model import (
    HAD,
    OVER,
    POLICY,
    Bundle,
    CommitmentUnsigned,
    NotInThisState,
    Part,
    PartState,
    Run,
    RunMovedOn,
    RunState,
)
from tongban.kit import outbox
from tongban.kit.db import Database, write
from tongban.kit.errors import Refused
from tongban.kit.i18n import language, use_language
from tongban.kit.policy import SYSTEM, Actor, Role

#: How often a run is read again because somebody was faster; whoever was has done its part.
_TRIES = 6


async def send(db: Database, actor: Actor, *, run_id: UUID, now: datetime) -> None:
    """Send 提交 the whole: what waits for nothing is filed at once, the rest when its turn comes.

    Her word for all of it stands from now on. Raises AnswersInvalid by the one form's questions, CommitmentUnsigned,
    StepUpNeeded below the highest level that one of the items asks, BeyondPower. Sent again it changes nothing and
    looks whether all is filed. Seven statements, and for each part that is filed at once its own write: see
    :func:`tongban.cases.submit_each`.
    """
    POLICY.require(actor, "bundles.send", own(actor))
    run = await own_run(db, actor, run_id)
    if run.state is RunState.DISCARDED:
        raise NotInThisState
    if run.state is RunState.DRAFT:
        run = await _send(db, actor, run, now=now)
    await _bring_on(db, run, actor=actor, now=now)


async def _send(db: Database, actor: Actor, run: Run, *, now: datetime) -> Run:
    joined = await laid_open(db, run, await cases.sheets(db, actor, case_ids=run.cases))
    for sheet in joined.sheets.values():
        cases.must_afford(actor, sheet.version, sheet.answers)
    level = max((sheet.version.min_level for sheet in joined.sheets.values()), default=1)
    await identity.must_reach(db, actor, level=level, now=now)
    if faults := joined.faults(now=now):
        raise cases.AnswersInvalid(faults)
    if joined.unsigned:
        raise CommitmentUnsigned(next(iter(joined.unsigned)))
    sent = msgspec.structs.replace(run, state=RunState.SENT, sent_at=now, language=language())
    done = await write(
        db,
        store.saving(run, sent),
        audit.record(actor, "bundles.send", subject=run.applicant, reference=run.id, now=now),
        outbox.announcing("bundles.sent", subject=run.applicant, reference=run.id, now=now),
    )
    if done is not None:
        return msgspec.structs.replace(sent, version=done["version"])
    faster = await own_run(db, actor, run.id)
    if faster.state is RunState.DRAFT:
        raise RunMovedOn
    return faster


async def follow(db: Database, run_id: UUID, *, now: datetime) -> None:
    """Bring a run on by the house: take over how its cases stand, file what is due, end what is over."""
    await _bring_on(db, await store.at_work(db, run_id=run_id), now=now)


async def follow_case(db: Database, case_id: UUID, *, now: datetime) -> None:
    """Bring on the run of which a case is part, if it is part of one: its state has changed."""
    await _bring_on(db, await store.run_with(db, case_id=case_id), now=now)


async def _bring_on(db: Database, run: Run | None, *, actor: Actor | None = None, now: datetime) -> None:
    """``actor`` is who sends it; without one the house does it on the word that she gave then, and the ledger says so.

    ``run`` was read or written just now; where somebody was faster it is read again.
    """
    for _ in range(_TRIES):
        if run is None or run.state is not RunState.SENT:
            return
        who = actor or Actor(Role.RESIDENT, run.applicant, order=run.id)
        bundle = await bundle_of(db, run)
        then = await _brought_on(db, who, run, bundle, now=now)
        if then == run or await _kept(db, bundle, run, then, now=now):
            return
        run = await store.at_work(db, run_id=run.id)
    raise RunMovedOn


async def _brought_on(db: Database, who: Actor, run: Run, bundle: Bundle, *, now: datetime) -> Run:
    stands = await cases.stands(db, run.cases)
    seen = run.with_parts(
        **{
            part.item: state_of(stands.get(part.case), part.state)
            for part in run.parts
            if part.case is not None and part.state not in OVER
        }
    )
    if bundle.atomic and any(part.state is PartState.ENDED for part in seen.parts):
        seen = await _undone(db, who, seen, stands, now=now)
    while due := seen.due():
        seen = seen.with_parts(**await _filed(db, who, seen, bundle, due, now=now))
    for part in seen.parts:
        if part.state is PartState.DROPPED and part.case and stands.get(part.case) is cases.State.DRAFT:
            await cases.discard(db, who, case_id=part.case, now=now)
    if seen.is_over:
        seen = msgspec.structs.replace(seen, state=RunState.DONE, done_at=now)
    return seen


async def _filed(
    db: Database, who: Actor, run: Run, bundle: Bundle, due: list[Part], *, now: datetime
) -> dict[str, PartState]:
    """File the parts whose turn it is, and how each stands then; what they take from the results of others goes in
    first, and the licences that these gave are looked up."""
    overtaken = await _give(db, who, run, bundle, due, now=now)
    overtaken |= await _look_up(db, who, run, due, now=now)
    ready = [part.case for part in due if part.case is not None and part.case not in overtaken]
    with use_language(run.language):
        refused = await cases.submit_each(db, who, case_ids=ready, now=now)
    overtaken |= {case for case, why in refused.items() if isinstance(why, _OVERTAKEN)}
    # Filed by somebody faster, or gone: its case tells how it stands.
    stands = await cases.stands(db, overtaken) if overtaken else {}
    states: dict[str, PartState] = {}
    for part in due:
        assert part.case is not None
        if part.case in overtaken:
            states[part.item] = state_of(stands.get(part.case), part.state)
        else:  # refused, something has changed since she sent it: she is told and completes it herself
            states[part.item] = PartState.HERS if refused[part.case] else PartState.FILED
    return states


_OVERTAKEN = (cases.NotPossibleNow, cases.MovedOn)


async def _give(
    db: Database, who: Actor, run: Run, bundle: Bundle, due: list[Part], *, now: datetime
) -> set[UUID]:
    """Fill in what parts take from the results of others, each result read once; gives the cases with which somebody
    was faster."""
    told: dict[str, dict[str, str]] = {}
    answers: dict[UUID, dict[str, str]] = {}
    sources = {each.item: each.case for each in run.parts if each.case is not None}
    for part in due:
        for name, place in bundle.by_item[part.item].given.items():
            item, _, what = place.partition("#")
            if part.case is None or item not in sources:
                continue
            if item not in told:
                told[item] = await licences.told_by(db, holder=run.applicant, reference=sources[item])
            if what in told[item]:
                answers.setdefault(part.case, {})[name] = told[item][what]
    if not answers:
        return set()
    sheets = await cases.sheets(db, who, case_ids=list(answers))
    done = await cases.fill_all(
        db,
        [(sheet, {**sheet.answers, **answers[sheet.case.id]}) for sheet in sheets],
        told=True,
        now=now,
    )
    filled = {sheet.case.id for sheet in done}
    return {sheet.case.id for sheet in sheets} - filled


async def _look_up(db: Database, who: Actor, run: Run, due: list[Part], *, now: datetime) -> set[UUID]:
    """Ask the library for what the parts before have given, for those that waited; gives those with which somebody was
    faster."""
    given = [(await catalogue.current(db, one.item)).licence_type for one in run.parts if one.state in HAD]
    faster: set[UUID] = set()
    for part in due:
        if part.after and part.case is not None and any(given):
            try:
                await cases.look_again(db, who, case_id=part.case, types=given, now=now)
            except (*_OVERTAKEN, cases.NoSuchCase):
                faster.add(part.case)
    return faster


async def _undone(
    db: Database, who: Actor, run: Run, stands: dict[UUID, cases.State], *, now: datetime
) -> Run:
    """All or nothing: what is not decided yet is withdrawn, what waits is dropped; a licence that was given stays."""
    states: dict[str, PartState] = {}
    for part in run.parts:
        if part.is_over or part.case is None:
            continue
        if stands.get(part.case) is cases.State.DRAFT:
            states[part.item] = PartState.DROPPED
            continue
        try:
            await cases.withdraw(db, who, case_id=part.case, now=now)
            states[part.item] = PartState.ENDED
        except Refused:  # decided meanwhile: it stays, and its applicant is told of it by its own letter
            continue
    return run.with_parts(**states)


async def _kept(db: Database, bundle: Bundle, before: Run, after: Run, *, now: datetime) -> bool:
    """Write the run as it is now, with the letter that its owner gets for it."""
    told = letter(bundle, before, after)
    news = []
    if after.state is RunState.DONE:
        news.append(outbox.announcing("bundles.done", subject=after.applicant, reference=after.id, now=now))
    if told is not None:
        link = f"/my/bundles/{after.id}"
        news.append(
            notices.telling(recipient=after.applicant, title=told[0], body=told[1], link=link, now=now)
        )
    done = await write(
        db,
        store.saving(before, after),
        audit.record(SYSTEM, "bundles.follow", subject=after.applicant, reference=after.id, now=now),
        *news,
    )
    return done is not None


async def withdraw(db: Database, actor: Actor, *, run_id: UUID, now: datetime) -> None:
    """Take the whole back: each part that is not decided yet, as it could be by itself; what was given stays.

    Raises NoSuchBundle, NotInThisState before it was sent.
    """
    POLICY.require(actor, "bundles.withdraw", own(actor))
    run = await own_run(db, actor, run_id)
    if run.state is RunState.DONE:
        return
    if run.state is not RunState.SENT:
        raise NotInThisState
    stands = await cases.stands(db, run.cases)
    taken = await _undone(db, actor, run, stands, now=now)
    done = await write(
        db,
        store.saving(run, taken),
        audit.record(actor, "bundles.withdraw", subject=run.applicant, reference=run.id, now=now),
    )
    if done is None:
        raise RunMovedOn
    await _bring_on(db, msgspec.structs.replace(taken, version=done["version"]), actor=actor, now=now)
