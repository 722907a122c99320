"""What the catalogue's tests stand on: the demo city's sources and items."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from tests.conftest import CITY
from tongban import catalogue, exchange, licences
from tongban.catalogue.actions import exchanging
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of
from tongban.catalogue.store.searching import Entry
from tongban.kit.db import Database, connect
from tongban.kit.policy import SYSTEM

FILES = CityFiles(CITY)
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
#: Every item of the city, each in its file.
CODES = tuple(path.stem for path in sorted((CITY / "items").glob("*.yaml")))


def draft(code: str = "residence_permit") -> catalogue.ItemVersion:
    """An item of the demo city as its file has it."""
    return draft_of(CITY / "items" / f"{code}.yaml", FILES)


def told_only() -> catalogue.ItemVersion:
    """An item of which the platform only tells: it is handled at a counter and has no form."""
    body = msgspec.to_builtins(draft("residence_registration"))
    for name in ("form", "rules", "purpose_fields", "purpose_basis", "district_field"):
        del body[name]
    body |= {
        "online": "guide",
        "visits": 1,
        "visits_reason": {"zh": "当面办理。", "en": "Handled in person."},
    }
    return msgspec.convert(body, catalogue.ItemVersion)


def _at(server: str, name: str) -> str:
    head, _, tail = server.rpartition("/")
    query = tail.partition("?")[2]
    return f"{head}/{name}" + (f"?{query}" if query else "")


@pytest.fixture(scope="session")
async def city_template(server: str, template: str) -> str:
    """The name of a database with the demo city's sources and items in it, to be cloned: publishing takes seconds."""
    name = f"{template}_city"
    admin = await asyncpg.connect(server)
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    await admin.close()
    db = await connect(_at(server, name), size=2)
    await exchange.load(db, CITY)
    await licences.load(db, CITY)
    await catalogue.load(db, CITY, now=NOW)
    await db.close()
    return name


@pytest.fixture
async def city_dsn(server: str, city_template: str) -> AsyncIterator[str]:
    """The address of a fresh database with the demo city's catalogue."""
    name = f"test_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(server)
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{city_template}" STRATEGY FILE_COPY')
    try:
        yield _at(server, name)
    finally:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()


async def published_as_told_only(db: Database) -> catalogue.ItemVersion:
    """The item that the platform only tells about, in force."""
    return await catalogue.publish(db, SYSTEM, draft=told_only(), area_code="021", now=NOW)


@pytest.fixture
async def city(city_dsn: str) -> AsyncIterator[Database]:
    """The database with the city's sources and items in it."""
    catalogue.forget_copies()
    db = await connect(city_dsn, size=3)
    yield db
    await db.close()


@pytest.fixture(scope="session")
async def library(server: str, city_template: str) -> AsyncIterator[Database]:
    """The city's catalogue to be read by many tests; nothing is changed in it."""
    name = f"{city_template}_library"
    admin = await asyncpg.connect(server)
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{city_template}" STRATEGY FILE_COPY')
    await admin.close()
    db = await connect(_at(server, name), size=2)
    yield db
    await db.close()


@pytest.fixture
def no_dictionaries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Terms of the search without the dictionaries, which take a second to be loaded."""

    async def plain(drafts: list[catalogue.ItemVersion]) -> list[Entry]:
        return [Entry(one.code, [], [], [one.code], one.code) for one in drafts]

    monkeypatch.setattr(exchanging, "index", plain)
