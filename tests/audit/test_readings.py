"""Who read my data; readings without a purpose."""

from __future__ import annotations

from datetime import timedelta

from tests.audit.cast import GUARD, NOW, officer, resident
from tests.audit.test_purposes import opened
from tongban import audit
from tongban.kit.db import Database, write
from tongban.kit.policy import Actor

HOUR = timedelta(hours=1)


async def reading(db: Database, actor: Actor, subject: Actor, **more: object) -> None:
    values = {"now": NOW, "reference": "case-1", "kind": "read", **more}
    await write(db, GUARD, audit.record(actor, "exchange.read", subject=subject.id, **values))  # type: ignore[arg-type]


async def test_a_person_sees_readings_of_her_own_newest_first(db: Database) -> None:
    person, neighbour = resident(), resident()
    purpose, part = opened(person.id)
    await write(db, GUARD, part)
    for number in range(3):
        await reading(db, officer(), person, purpose=purpose, detail={"resource": f"r{number}"})
    await reading(db, officer(), neighbour)
    await write(
        db, GUARD, audit.record(person, "cases.submit", subject=person.id, reference="case-1", now=NOW)
    )
    found = await audit.readings_of(db, subject=person.id, limit=10)
    assert sorted(one.detail["resource"] for one in found if one.detail) == ["r0", "r1", "r2"]
    assert {(one.actor_name, one.purpose_kind, one.item) for one in found} == {
        ("周敏", "draft", "residence-permit")
    }
    assert [one.id for one in found] == sorted((one.id for one in found), reverse=True)
    older = await audit.readings_of(db, subject=person.id, limit=10, before=found[0].id)
    assert older == found[1:]


async def test_readings_without_a_standing_purpose_are_counted(db: Database) -> None:
    person, neighbour = resident(), resident()
    purpose, part = opened(person.id)
    await write(db, GUARD, part)
    await reading(db, officer(), person, purpose=purpose)
    assert await audit.reads_without_purpose(db, now=NOW) == 0
    await reading(db, officer(), person)
    await reading(db, officer(), neighbour, purpose=purpose)
    await reading(db, officer(), person, purpose=purpose, now=NOW - HOUR)
    assert await audit.reads_without_purpose(db, now=NOW) == 3
    await write(db, GUARD, audit.closing_purpose(subject=person.id, reference="case-1", now=NOW))
    await reading(db, officer(), person, purpose=purpose, now=NOW + HOUR)
    assert await audit.reads_without_purpose(db, now=NOW + HOUR) == 4
    assert await audit.reads_without_purpose(db, now=NOW + HOUR, since=NOW + 2 * HOUR) == 0
