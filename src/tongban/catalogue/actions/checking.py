"""The whole catalogue against the register of sources: what must go out of versions in force becomes a task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from tongban import audit
from tongban.catalogue.actions.publishing import HOUSE
from tongban.catalogue.actions.reading import adjustments
from tongban.catalogue.model import POLICY, Refusal, Register, Source, SourceKind, SourceState, Task, refused
from tongban.catalogue.model.adjusting import Adjustment
from tongban.catalogue.model.refusals import SourceUnknown
from tongban.catalogue.store import sources as sources_store
from tongban.catalogue.store import tasks as store
from tongban.kit import clock
from tongban.kit.db import Database, write
from tongban.kit.ids import new_id
from tongban.kit.outbox import announcing
from tongban.kit.policy import Actor, Relation


class Rechecked(msgspec.Struct, frozen=True):
    """What a check of the whole catalogue found: items looked at, tasks opened and tasks withdrawn."""

    items: int
    opened: int
    withdrawn: int


async def recheck(db: Database, actor: Actor, *, days: int, now: datetime) -> Rechecked:
    """Hold every material that people are asked for against the register as it stands; a cancelled item asks nobody.

    Each that is covered by an exemption now is a task of the organ that maintains the item, due in ``days`` working
    days; a task whose source is one no longer is withdrawn. Checked again, nothing changes.
    """
    POLICY.require(actor, "catalogue.recheck", Relation.ANY)
    register = Register(await sources_store.every_source(db))
    today = clock.city_day(now)
    asked = await store.everything_asked(db, day=today)
    standing = [one for one in await store.open_tasks(db) if one.change is None]
    calendar = await clock.current_calendar(db)
    due = calendar.add_working_days(today, days)
    opened, gone = changed_tasks(asked, register, standing, due=due, now=now)
    await put_tasks(db, actor, opened, gone, now=now)
    return Rechecked(len(asked), len(opened), len(gone))


async def put_tasks(
    db: Database, actor: Actor, opened: Sequence[Task], gone: Sequence[UUID], *, now: datetime
) -> None:
    """Open these tasks and withdraw those, each with a row of the ledger; nothing where there are none."""
    if opened:
        record = audit.record(
            actor,
            "catalogue.open_tasks",
            subject=HOUSE,
            reference="catalogue",
            detail={"tasks": len(opened)},
            now=now,
        )
        await write(db, store.opening(opened), record)
    if gone:
        record = audit.record(
            actor,
            "catalogue.withdraw_tasks",
            subject=HOUSE,
            reference="catalogue",
            detail={"tasks": len(gone)},
            now=now,
        )
        await write(db, store.withdrawing(gone, now=now), record)


def changed_tasks(
    asked: Iterable[store.AskedOf],
    register: Register,
    standing: Sequence[Task],
    *,
    due: date,
    now: datetime,
) -> tuple[list[Task], list[UUID]]:
    """The tasks to open and those to withdraw, so that exactly what must go out of ``asked`` is a task.

    One that stands already keeps its deadline, whichever source it was opened for.
    """
    found = {(one.item, one.material): one for one in _found(asked, register, due=due, now=now)}
    known = {(one.item, one.material): one for one in standing}
    opened = [one for key, one in found.items() if key not in known]
    return opened, [one.id for key, one in known.items() if key not in found]


def _found(asked: Iterable[store.AskedOf], register: Register, *, due: date, now: datetime) -> Iterable[Task]:
    """A task for each material that is covered: its first exemption, registers before licences before commitments."""
    for one in asked:
        for material in one.materials:
            refusals = refused(material, register, item=one.item)
            if refusals:
                yield _task(one, refusals[0], due=due, now=now)


def _task(asked: store.AskedOf, refusal: Refusal, *, due: date, now: datetime) -> Task:
    source = refusal.source
    return Task(
        id=new_id(0),
        item=asked.item,
        number=asked.number,
        material=refusal.material,
        organ=asked.organ,
        exemption=refusal.exemption,
        source_kind=source.kind if source else "",
        source=source.code if source else "",
        fields=refusal.fields,
        opened_at=now,
        due_on=due,
    )


async def note_states(db: Database, *, now: datetime) -> None:
    """Keep since when each source has been in its state, after the city's file or a room's loader said so."""
    await write(db, sources_store.noting_states(now=now))


async def put_source(
    db: Database, actor: Actor, *, kind: SourceKind, code: str, state: SourceState, now: datetime
) -> None:
    """Put a source up, down or back to planned; the whole catalogue is checked again by who listens.

    The same again changes nothing. Raises SourceUnknown.
    """
    POLICY.require(actor, "catalogue.put_source", Relation.ANY)
    done = await write(
        db,
        sources_store.putting_state(kind, code, state=state, by=actor.caller),
        sources_store.noting_state(now=now),
        audit.record(
            actor,
            "catalogue.put_source",
            subject=HOUSE,
            reference=f"{kind}/{code}",
            detail={"state": state},
            now=now,
        ),
        announcing("catalogue.source_changed", subject=HOUSE, reference=f"{kind}/{code}", now=now),
    )
    if done is None and (kind, code) not in {
        (one.kind, one.code) for one in await sources_store.every_source(db)
    }:
        raise SourceUnknown


class Standing(msgspec.Struct, frozen=True):
    """What is to do in the whole catalogue, with the sources by kind and code, the decisions to adjust by item, and the
    counts day by day."""

    tasks: list[Task]
    sources: dict[tuple[str, str], Source]
    adjusted: dict[str, Adjustment]
    counts: list[tuple[date, int, int]]


async def standing(db: Database, actor: Actor) -> Standing:
    """The open tasks of all organs, and how many materials the city asks for, for any officer."""
    POLICY.require(actor, "catalogue.tasks", Relation.ANY)
    known: dict[tuple[str, str], Source] = {
        (one.kind, one.code): one for one in await sources_store.every_source(db)
    }
    return Standing(await store.open_tasks(db), known, await adjustments(db), await store.asked_counts(db))


async def register(db: Database, actor: Actor) -> tuple[list[Source], dict[tuple[str, str], datetime]]:
    """The register of sources, and since when each is in its state."""
    POLICY.require(actor, "catalogue.sources", Relation.ANY)
    return await sources_store.every_source(db), await sources_store.states_since(db)
