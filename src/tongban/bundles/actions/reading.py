"""Reading bundles: those in force, the version that a run pins, the plan for answers, a person's own runs."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec

from tongban import cases, catalogue, regions
from tongban.bundles import store
from tongban.bundles.model import (
    PART_WORDS,
    POLICY,
    RUN_WORDS,
    Bundle,
    NoSuchBundle,
    PartState,
    Plan,
    Run,
    RunState,
    Saved,
    one_form,
    plan,
    saved,
)
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor, Relation, Verdict

#: Seconds after which the bundles in force are read again, as the catalogue's items are.
FRESH_SECONDS = 5.0
_copies: WeakKeyDictionary[Any, tuple[float, tuple[Bundle, ...]]] = WeakKeyDictionary()


async def in_force(db: Database) -> tuple[Bundle, ...]:
    """The city's bundles, in its order; kept in memory as reference data are."""
    moment, kept = time.monotonic(), _copies.get(db.origin)
    if kept is None or moment - kept[0] >= FRESH_SECONDS:
        kept = (moment, tuple(await store.bundles_in_force(db.sibling())))
        _copies[db.origin] = kept
    return kept[1]


def forget_copies() -> None:
    """Drop what this process keeps: after publishing, and between tests."""
    _copies.clear()


async def current(db: Database, code: str) -> Bundle:
    """The version of a bundle that is in force; raises NoSuchBundle."""
    found = next((one for one in await in_force(db) if one.code == code), None)
    if found is None:
        raise NoSuchBundle
    return found


async def bundle_of(db: Database, run: Run) -> Bundle:
    """The version that a run pins."""
    kept = next(
        (one for one in await in_force(db) if (one.code, one.number) == (run.bundle, run.number)), None
    )
    found = kept or await store.bundle_of(db.sibling(), code=run.bundle, number=run.number)
    if found is None:
        raise NoSuchBundle
    return found


async def planned(db: Database, bundle: Bundle, answers: Mapping[str, str], *, now: datetime) -> Plan:
    """The plan for these answers over the items in force."""
    versions = {row.item: await catalogue.current(db, row.item) for row in bundle.rows}
    return plan(bundle, answers, versions, today=clock.city_day(now))


def spared(plan_: Plan) -> Saved:
    """What the plan spares against filing apart."""
    form = one_form(plan_.bundle, plan_.versions)
    questions = {item: len(version.form.get("properties", ())) for item, version in plan_.versions.items()}
    return saved(plan_, questions, len(form.form.fields))


async def whole_day(db: Database, plan_: Plan, *, now: datetime) -> date:
    """The day by which the whole is promised to who sends it now: the critical path in working days."""
    calendar = await clock.current_calendar(db)
    return calendar.add_working_days(calendar.received_day(now), plan_.days)


async def lead_of(db: Database, bundle: Bundle) -> Text:
    """The department that leads the bundle, by its name."""
    found = await regions.departments(db, kind=bundle.lead)
    return next((one.name for one in found if one.district is None), found[0].name)


class Standing(msgspec.Struct, frozen=True):
    """A run as its applicant follows it: its bundle, its plan, and how the cases of its parts stand."""

    run: Run
    bundle: Bundle
    plan: Plan
    cases: dict[UUID, cases.CaseInBrief]


async def mine(db: Database, actor: Actor) -> list[tuple[Run, Bundle]]:
    """The runs of the person, the newest first: one statement."""
    POLICY.require(actor, "bundles.mine", own(actor))
    found = await store.runs_of(db, accounts=actor.accounts)
    return [(run, await bundle_of(db, run)) for run in found]


async def prepared(db: Database, actor: Actor, drafts: Collection[UUID]) -> dict[UUID, cases.Prepared]:
    """Those of the person's drafts that a bundle of hers fills in or files by itself: one statement.

    A draft that she is to complete by herself is none of them.
    """
    if POLICY.decide(actor, "bundles.mine", own(actor)) is not Verdict.ALLOW:
        return {}
    found: dict[UUID, cases.Prepared] = {}
    for run in await store.runs_of(db, accounts=actor.accounts):
        if run.state is RunState.DONE:
            continue
        sent, waits = run.state is RunState.SENT, [PartState.WAITING]
        parts = [part.case for part in run.parts if part.case in drafts and (not sent or part.state in waits)]
        name = (await bundle_of(db, run)).name
        words = PART_WORDS[PartState.WAITING] if sent else RUN_WORDS[RunState.DRAFT]
        href = f"/my/bundles/{run.id}"
        found |= {case: cases.Prepared(href, name, words, sent) for case in parts if case is not None}
    return found


async def progress(db: Database, actor: Actor, *, run_id: UUID, now: datetime) -> Standing:
    """How a run of the person's own stands: two statements, however many its parts. Raises NoSuchBundle."""
    POLICY.require(actor, "bundles.mine", own(actor))
    run = await own_run(db, actor, run_id)
    bundle = await bundle_of(db, run)
    stands = await cases.in_brief(db, actor, case_ids=run.cases) if run.cases else {}
    versions = {
        part.item: await catalogue.version(db, part.item, stands[part.case].item_version)
        if part.case in stands
        else await catalogue.current(db, part.item)
        for part in run.parts
    }
    whole = plan(bundle, run.answers, versions, only=versions, today=clock.city_day(now))
    return Standing(run, bundle, whole, stands)


async def own_run(db: Database, actor: Actor, run_id: UUID) -> Run:
    """The person's own run, whatever its state: one statement. Raises NoSuchBundle."""
    assert actor.id is not None
    run = await store.run_of(db, run_id=run_id, applicant=actor.id)
    if run is None:
        raise NoSuchBundle
    return run


def own(actor: Actor) -> Relation:
    """What her own runs are to who asks: hers, or her principal's."""
    return Relation.OWN if actor.acting is None else Relation.DELEGATED
