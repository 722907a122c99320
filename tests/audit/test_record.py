"""One action, one audit line: what is written, what is kept out, what it costs."""

from __future__ import annotations

from datetime import timedelta, timezone
from uuid import uuid4

import pytest

from tests.audit.cast import GUARD, NOW, officer, resident
from tongban import audit
from tongban.audit.model import Entry
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import VISITOR


async def test_a_line_is_what_its_hash_says(db: Database) -> None:
    person = resident()
    local = NOW.astimezone(timezone(timedelta(hours=8)))
    part = audit.record(
        officer(),
        "cases.decide",
        subject=person.id,
        reference=uuid4(),
        detail={"z": 1, "a": [uuid4(), None]},
        now=local,
    )
    await write(db, GUARD, part)
    row = dict(await db.row("SELECT * FROM audit.ledger") or {})
    stored = row.pop("hash")
    row.pop("xid")
    assert Entry(**row).hash == stored
    assert (row["bucket"], row["actor_name"], row["at"]) == (7, "周敏", NOW)
    assert Entry(**{**row, "reference": "other"}).hash != stored


async def test_a_lost_guard_writes_no_line(db: Database) -> None:
    person = resident()
    lost = Part("SELECT 1 WHERE false")
    assert (
        await write(db, lost, audit.record(person, "cases.submit", subject=person.id, reference="c", now=NOW))
        is None
    )
    assert await db.value("SELECT count(*) FROM audit.ledger") == 0


async def test_a_guard_of_many_rows_writes_one_line(db: Database) -> None:
    person = resident()
    many = Part("SELECT * FROM generate_series(1, 5)")
    await write(
        db, many, audit.record(person, "cases.desk", subject=person.id, reference="c", kind="read", now=NOW)
    )
    assert await db.value("SELECT count(*) FROM audit.ledger") == 1


async def test_names_of_residents_stay_out(db: Database) -> None:
    person = resident()
    await write(db, GUARD, audit.record(person, "cases.submit", subject=person.id, reference="c", now=NOW))
    await write(
        db, GUARD, audit.record(VISITOR, "licences.verify", subject=person.id, reference="c", now=NOW)
    )
    text = str([dict(row) for row in await db.rows("SELECT * FROM audit.ledger")])
    assert "林晓岚" not in text


@pytest.mark.parametrize("value", ["310101199003071234", "31010119900307123X", "13800001234"])
def test_numbers_of_residents_are_refused(value: str) -> None:
    person = resident()
    with pytest.raises(audit.PersonalDataInLedger):
        audit.record(
            person, "x.y", subject=person.id, reference="c", detail={"deep": [{"v": value}]}, now=NOW
        )


@pytest.mark.parametrize("value", [1.5, {"a": [0.0]}])
def test_fractions_are_refused(value: object) -> None:
    person = resident()
    with pytest.raises(TypeError):
        audit.record(person, "x.y", subject=person.id, reference="c", detail={"v": value}, now=NOW)
