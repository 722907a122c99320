"""What the catalogue's tests stand on: the demo city's sources and items."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest

from tests.conftest import CITY
from tongban import catalogue, exchange, licences
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of
from tongban.kit.db import Database, connect

FILES = CityFiles(CITY)
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CODES = (
    "residence_permit",
    "residence_permit_endorsement",
    "residence_permit_points",
    "residence_registration",
)


def draft(code: str = "residence_permit") -> catalogue.ItemVersion:
    """An item of the demo city as its file has it."""
    return draft_of(CITY / "items" / f"{code}.yaml", FILES)


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
