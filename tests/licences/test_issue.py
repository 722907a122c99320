"""Issuing: joined to the decision, written with it or not at all."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import pytest

from tongban import licences
from tongban.kit import keys
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import bucket_of, new_id
from tongban.licences.model import State, opened, row_holds

from .conftest import DEPARTMENT, NAME, NOW, NUMBER, TYPE, Founding


def parts(holder: UUID, reference: UUID) -> tuple[Part, ...]:
    return licences.issuing(
        holder=holder,
        type_code=TYPE,
        reference=reference,
        department=DEPARTMENT,
        holder_name=NAME,
        holder_code=NUMBER,
        claims={},
        purpose=None,
        now=NOW,
    )


async def test_a_decision_founds_a_signed_licence_and_announces_it_in_one_statement(
    city: Database, founded: Founding, holder: UUID
) -> None:
    before = city.count
    reference = new_id(bucket_of(holder))
    assert await write(city, Part("SELECT 1 AS decided"), *parts(holder, reference))
    assert city.count == before + 1
    event = await city.row("SELECT * FROM kit.outbox WHERE topic = 'licences.making'")
    assert event is not None
    assert (event["subject"], event["reference"]) == (holder, str(reference))
    row = await founded()
    assert row.state is State.MAKING
    assert row_holds(row, keys.current())
    assert row.bucket == bucket_of(holder) == bucket_of(row.id)


async def test_personal_words_lie_sealed_each_in_its_own_place(city: Database, founded: Founding) -> None:
    row = await founded()
    ring = keys.current()
    assert opened(ring, row.id, "holder_name", row.holder_name_sealed) == NAME
    assert opened(ring, row.id, "holder_code", row.holder_code_sealed) == NUMBER
    with pytest.raises(keys.SealBroken):
        opened(ring, row.id, "holder_name", row.holder_code_sealed)
    dumped = str(await city.value("SELECT l::text FROM licences.licence l WHERE id = $1", row.id))
    assert NAME not in dumped
    assert NUMBER not in dumped


async def test_a_lost_decision_founds_nothing(city: Database, holder: UUID) -> None:
    reference = new_id(bucket_of(holder))
    assert await write(city, Part("SELECT 1 AS decided WHERE false"), *parts(holder, reference)) is None
    assert await city.value("SELECT count(*) FROM licences.licence") == 0
    assert await city.value("SELECT count(*) FROM kit.outbox") == 0


async def test_one_case_ends_in_one_licence(city: Database, holder: UUID) -> None:
    reference = new_id(bucket_of(holder))
    await write(city, Part("SELECT 1 AS decided"), *parts(holder, reference))
    with pytest.raises(asyncpg.UniqueViolationError):
        await write(city, Part("SELECT 1 AS decided"), *parts(holder, reference))
    assert await city.value("SELECT count(*) FROM licences.licence") == 1


async def test_the_licence_record_has_exactly_the_columns_of_its_table(city: Database) -> None:
    """The signature covers the record's fields, so a column without a field would be unsigned."""
    columns = await city.rows(
        """SELECT column_name FROM information_schema.columns
        WHERE table_schema = 'licences' AND table_name = 'licence' ORDER BY ordinal_position"""
    )
    assert {row["column_name"] for row in columns} == set(licences.Licence.__struct_fields__) - {
        "put_back",
        "asked",
    }
