"""Beginning a bundle: the answers to its questions become the drafts of its parts, each through the cases' own door."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from tongban import audit, cases, catalogue
from tongban.bundles import store
from tongban.bundles.actions.reading import current, own, own_run, planned
from tongban.bundles.model import (
    POLICY,
    AllHeld,
    Bundle,
    NotInThisState,
    Part,
    PartNotLapsed,
    PartState,
    Plan,
    Run,
    RunMovedOn,
    RunState,
    answered,
    next_question,
)
from tongban.kit import clock
from tongban.kit.db import Database, write
from tongban.kit.errors import Invalid
from tongban.kit.i18n import N_, language
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor, Relation


class QuestionsOpen(Invalid):
    """A question of the guide is not answered yet; ``key`` says which."""

    def __init__(self, key: str) -> None:
        super().__init__("bundle-questions-open", N_("还有问题没有回答。请先回答，再开始填写。"), fields={})
        self.key = key


async def start(db: Database, actor: Actor, *, code: str, answers: Mapping[str, str], now: datetime) -> UUID:
    """Begin a bundle with these answers, or go on with the draft that the person has of it; gives the run.

    What the guide did not have to ask is looked up again, never taken from the page.
    Each part is a draft of its own, opened as any other: what she has begun or filed already is taken as it is, what
    she holds already is no part to be filed. Repeated after a kill it finds the drafts that are there. Raises
    QuestionsOpen, AllHeld where nothing is left to be filed, and what opening a draft of one of the items does
    (PaperNotTaken, FirmClosed, ItemCancelled).
    """
    POLICY.require(actor, "bundles.start", Relation.ANY if actor.acting is None else Relation.DELEGATED)
    bundle = await current(db, code)
    known_of_her = await cases.known_of(db, actor, wanted=bundle.guided.told, now=now)
    told = answered(bundle, answers, known_of_her, today=clock.city_day(now))
    said = {key: str(fact.value) for key, fact in told.items()}
    open_ = next_question(bundle, said, today=clock.city_day(now))
    if open_ is not None:
        raise QuestionsOpen(open_.key)
    assert actor.id is not None
    known = await store.draft_of(db, applicant=actor.id, bundle=code)
    if known is not None and (known.answers, known.number) == (said, bundle.number):
        return known.id
    parts = await _parts(db, actor, await planned(db, bundle, said, now=now), now=now)
    if all(part.case is None for part in parts):
        raise AllHeld
    run = known or _begun(actor, bundle, now=now)
    begun = msgspec.structs.replace(run, answers=said, number=bundle.number, parts=parts)
    done = await write(
        db,
        store.saving(run, begun) if known else store.adding(begun),
        audit.record(
            actor, "bundles.start", subject=actor.id, reference=begun.id, detail={"bundle": code}, now=now
        ),
    )
    if done is None:  # her other tab was first
        first = await store.draft_of(db, applicant=actor.id, bundle=code)
        if first is None:
            raise RunMovedOn
        return first.id
    return begun.id


def _begun(actor: Actor, bundle: Bundle, *, now: datetime) -> Run:
    assert actor.id is not None
    return Run(
        id=new_id(actor.bucket),
        applicant=actor.id,
        bundle=bundle.code,
        number=bundle.number,
        state=RunState.DRAFT,
        version=1,
        answers={},
        parts=(),
        language=language(),
        opened_at=now,
    )


async def _parts(db: Database, actor: Actor, plan: Plan, *, now: datetime) -> tuple[Part, ...]:
    """A draft for each case of the plan, or why there is none."""
    for step in plan.steps:  # before the first draft is opened
        await catalogue.must_be_offered(db, step.item, today=clock.city_day(now))
    opened: list[tuple[str, UUID | None, tuple[str, ...], str]] = []
    for step in plan.steps:
        try:
            case_id: UUID | None = await cases.start(db, actor, item=step.item, now=now)
        except cases.AlreadyHeld:
            case_id = None
        opened.append((step.item, case_id, step.after, step.row.done))
    stands = await cases.stands(db, [case_id for _, case_id, _, _ in opened if case_id is not None])
    return tuple(
        Part(item, case_id, state_of(None if case_id is None else stands.get(case_id)), after, on)
        for item, case_id, after, on in opened
    )


def state_of(stands: cases.State | None, before: PartState = PartState.WAITING) -> PartState:
    """How far a part has come by how its case stands; a part without a case is held."""
    if stands is None:
        return PartState.HELD
    if stands is cases.State.DRAFT:
        return before if before in (PartState.HERS, PartState.DROPPED) else PartState.WAITING
    if stands is cases.State.DISCARDED:
        return PartState.DROPPED if before is PartState.DROPPED else PartState.LAPSED
    if stands is cases.State.CLOSED:
        return PartState.GRANTED
    return PartState.ENDED if stands in _ENDED_OTHERWISE else PartState.FILED


_ENDED_OTHERWISE = frozenset(
    {cases.State.NOT_ACCEPTED, cases.State.REFUSED, cases.State.WITHDRAWN, cases.State.TERMINATED}
)


async def discard(db: Database, actor: Actor, *, run_id: UUID, now: datetime) -> None:
    """Give up a bundle that was not sent: the drafts of its parts go with it. Doing it twice changes nothing.

    Raises NotInThisState once it was sent.
    """
    POLICY.require(actor, "bundles.fill", own(actor))
    run = await own_run(db, actor, run_id)
    if run.state is RunState.DISCARDED:
        return
    if run.state is not RunState.DRAFT:
        raise NotInThisState
    stands = await cases.stands(db, run.cases)
    for case_id, state in stands.items():
        if state is cases.State.DRAFT:
            await cases.discard(db, actor, case_id=case_id, now=now)
    gone = msgspec.structs.replace(run, state=RunState.DISCARDED, answers={}, done_at=now)
    done = await write(
        db,
        store.saving(run, gone),
        audit.record(actor, "bundles.discard", subject=run.applicant, reference=run.id, now=now),
    )
    if done is None:
        raise RunMovedOn


async def begin_again(db: Database, actor: Actor, *, run_id: UUID, item: str, now: datetime) -> UUID:
    """Begin anew a part whose draft ended before its turn came: an application of its own, with what she had answered.

    Gives its case; twice it is the same. Raises NoSuchBundle, PartNotLapsed where no such part has ended so, and what
    opening a draft does.
    """
    POLICY.require(actor, "bundles.fill", own(actor))
    run = await own_run(db, actor, run_id)
    part = next((one for one in run.parts if (one.item, one.state) == (item, PartState.LAPSED)), None)
    if part is None or part.case is None:
        raise PartNotLapsed
    try:
        return await cases.begin_again(db, actor, case_id=part.case, now=now)
    except cases.NoSuchCase:  # deleted long after it ended: the registers fill what they know
        return await cases.start(db, actor, item=item, now=now)
