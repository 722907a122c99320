"""Adding up what people were asked for although nobody should be, and showing it to everybody."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from tongban import catalogue, regions
from tongban.cases import store
from tongban.cases.model import POLICY, Move, NoSuchCase
from tongban.cases.model.asked import UNJUSTIFIED, meter
from tongban.cases.store import asked as rows
from tongban.kit import clock, outbox
from tongban.kit.db import Database, write
from tongban.kit.i18n import Text
from tongban.kit.outbox import Event
from tongban.kit.policy import Actor, Relation

#: How many months the public page adds up, the running one among them.
MONTHS = 12
_SPARED = "spared_"


class Unjustified(msgspec.Struct, frozen=True):
    """Something that was asked for without a good reason: of which item, which material, who could have given it."""

    item: Text
    material: Text
    source: str
    times: int


class DepartmentAsked(msgspec.Struct, frozen=True, kw_only=True):
    """What a department's applicants were asked for: with a good reason, without one, and what they were spared."""

    name: Text
    justified: int
    unjustified: int
    spared: int
    what: tuple[Unjustified, ...] = ()


async def count_asked(db: Database, *, event: Event, now: datetime) -> None:
    """Add a submission's meter to its month, once for an event. Raises NoSuchCase."""
    found = await store.with_steps(db, case_id=UUID(event.reference))
    if found is None:
        raise NoSuchCase
    case, events = found
    step = next((one for one in events if one.move is Move.SUBMIT and one.detail.get("code")), None)
    told = meter(step.detail) if step else None
    counted = told.counted() if told else []
    if step is None or not counted:
        return
    month = clock.city_day(step.at).replace(day=1)
    counts = rows.counting(counted, department=case.department or "", item=case.item, month=month)
    await write(db, store.standing(case), counts, outbox.handling(event, "cases.jobs.count_asked", now=now))


def first_month(today: date) -> date:
    """The first of the months that the page adds up."""
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


async def asked_anyway(db: Database, actor: Actor, *, now: datetime) -> list[DepartmentAsked]:
    """What each department asked for and spared in the last twelve months, the worst first: one statement."""
    POLICY.require(actor, "cases.asked_anyway", Relation.ANY)
    by_department: dict[str, list[rows.AskedCount]] = {}
    for row in await rows.asked_counts(db, since=first_month(clock.city_day(now))):
        by_department.setdefault(row.department, []).append(row)
    found = [await _department(db, code, counts) for code, counts in by_department.items()]
    return sorted(found, key=lambda one: (-one.unjustified, -one.justified, one.name.zh))


async def unjustified_by_month(db: Database, *, since: date) -> dict[date, int]:
    """How often people were asked for something that nobody should be, by the first day of the month. One statement."""
    return await rows.by_month(db, since=since, standings=UNJUSTIFIED)


async def _department(db: Database, code: str, counts: list[rows.AskedCount]) -> DepartmentAsked:
    bad = [one for one in counts if one.standing in UNJUSTIFIED]
    spared = sum(one.times for one in counts if one.standing.startswith(_SPARED))
    return DepartmentAsked(
        name=(await regions.department(db, code)).name,
        justified=sum(one.times for one in counts) - spared - sum(one.times for one in bad),
        unjustified=sum(one.times for one in bad),
        spared=spared,
        what=tuple([await _named(db, one) for one in bad]),
    )


async def _named(db: Database, count: rows.AskedCount) -> Unjustified:
    version = await catalogue.current(db, count.item)
    names = {one.code: one.name for one in version.materials}
    material = names.get(count.material, Text(count.material, count.material))
    return Unjustified(version.name, material, count.source, count.times)
