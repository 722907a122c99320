"""Purposes stand from their opening to their end, for one person only."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from tests.audit.cast import GUARD, NOW, resident
from tongban import audit
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import new_id

LATER = NOW + timedelta(days=30)


def opened(subject: UUID, reference: str = "case-1", kind: str = "draft") -> tuple[UUID, Part]:
    purpose = new_id(7)
    part = audit.opening_purpose(
        id=purpose,
        kind=kind,  # type: ignore[arg-type]
        subject=subject,
        reference=reference,
        item="residence-permit",
        fields=["residence.registered", "employment.employed"],
        basis="居住证暂行条例 第九条",
        until=LATER,
        now=NOW,
    )
    return purpose, part


async def test_a_purpose_stands_until_its_end(db: Database) -> None:
    person = resident()
    purpose, part = opened(person.id)
    await write(db, GUARD, part)
    standing = await audit.standing_purpose(db, id=purpose, subject=person.id, now=NOW)
    assert standing is not None
    assert (standing.kind, standing.fields) == ("draft", ("residence.registered", "employment.employed"))
    assert await audit.standing_purpose(db, id=purpose, subject=person.id, now=LATER) is None


async def test_a_purpose_is_one_persons(db: Database) -> None:
    person = resident()
    purpose, part = opened(person.id)
    await write(db, GUARD, part)
    assert await audit.standing_purpose(db, id=purpose, subject=resident().id, now=NOW) is None


async def test_closing_ends_all_of_a_reference_but_one_opened_in_the_same_write(db: Database) -> None:
    person = resident()
    draft, opening = opened(person.id)
    other, opening_other = opened(person.id, "case-2")
    await write(db, GUARD, opening, opening_other)
    case, opening_case = opened(person.id, kind="case")
    await write(
        db, GUARD, audit.closing_purpose(subject=person.id, reference="case-1", now=NOW), opening_case
    )
    stands = [
        await audit.standing_purpose(db, id=one, subject=person.id, now=NOW) is not None
        for one in (draft, other, case)
    ]
    assert stands == [False, True, True]


async def test_asking_is_one_round_trip(db: Database) -> None:
    person = resident()
    await audit.standing_purpose(db, id=new_id(7), subject=person.id, now=NOW)
    assert db.count == 1
