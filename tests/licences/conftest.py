"""What every test of the licences room stands on: the city's types and departments, a holder, a founded licence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from tongban import licences, regions
from tongban.kit import keys
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import bucket_of, new_bucket, new_id
from tongban.licences import model, store
from tongban.licences.actions import cards
from tongban.licences.model import Licence

CITY = Path(__file__).resolve().parents[2] / "city"
NOW = datetime(2026, 11, 24, 2, 0, 0, 123456, tzinfo=UTC)
TYPE = "11310000002000995C001"
DEPARTMENT = "police-310104"
NAME = "陈小满"
NUMBER = "341302199503071249"

Founding = Callable[..., Awaitable[Licence]]


@pytest.fixture
async def city(db: Database) -> Database:
    """The database with departments and licence types in it."""
    await regions.load(db, CITY)
    await licences.load(db, CITY)
    return db


@pytest.fixture
def holder() -> UUID:
    return new_id(new_bucket())


@pytest.fixture
def founded(city: Database, holder: UUID) -> Founding:
    """Found a licence as a decision does; gives the row (state making)."""

    async def found(*, holder: UUID = holder, reference: UUID | None = None, number: str = NUMBER) -> Licence:
        about = reference or new_id(bucket_of(holder))
        parts = licences.issuing(
            holder=holder,
            type_code=TYPE,
            reference=about,
            department=DEPARTMENT,
            holder_name=NAME,
            holder_code=number,
            claims={"address": "示范市徐汇区测试路1号", "district": "310104"},
            purpose=None,
            now=NOW,
        )
        assert await write(city, Part("SELECT 1 AS decided"), *parts)
        rows = await store.licences_of(city, (holder,))
        return next(row for row in rows if row.reference == about)

    return found


@pytest.fixture
def issued(city: Database, founded: Founding) -> Founding:
    """A valid licence, put there by the statement of the last step itself (the card maker is another test)."""
    count = iter(range(1, 10_000))

    async def issue(*, now: datetime = NOW, **kwargs: object) -> Licence:
        row = await founded(**kwargs)
        uscc = (await regions.department(city, DEPARTMENT)).uscc
        ordered = model.signed(msgspec.structs.replace(row, issuer_uscc=uscc, revision=2), keys.current())
        order = new_id(row.bucket)
        assert await write(city, store.changing(row, ordered), store.ordering(order, ordered, now=now))
        assert await cards._make_valid(
            city, store.Order(order, ordered), cards.Card(order, f"26TEST{next(count):06d}"), now=now
        )
        done = await store.licence(city, bucket=row.bucket, licence=row.id)
        assert done is not None
        return done

    return issue


def last_day_of(row: Licence) -> date:
    assert row.valid_until is not None
    return row.valid_until
