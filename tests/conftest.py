"""Fixtures of every test: a real PostgreSQL, a fresh database a test, keys, the app and its visitors."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from tests.place import folder

_DATA = folder("test")
os.environ["TONGBAN_TESTING"] = "1"
os.environ["TONGBAN_DATA"] = str(_DATA)
for _name in ("DATABASE_URL", "TONGBAN_NOW", "TONGBAN_CITY"):
    os.environ.pop(_name, None)

from tests.commands import command  # noqa: E402, F401 - a fixture; the environment above must be set first
from tongban.kit import clock, keys  # noqa: E402 - the environment above must be set before settings are read
from tongban.kit.db import Database, connect, migrations  # noqa: E402

if TYPE_CHECKING:
    from tests.sandbox.conftest import Sandbox

HOME = Path(__file__).resolve().parents[1]
CITY = HOME / "city"


# A slow machine finds no fault, and two runs of the same code find the same; `--hypothesis-profile=explore` looks on.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.register_profile(
    "explore", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("house")


#: Files run side by side, each on one worker: the longest begin first, or the last worker runs on alone.
_LONGEST = (
    "journeys/test_page_matrix.py",
    "web/test_matrix.py",
    "cases/test_every_item.py",
    "journeys/test_killed.py",
    "journeys/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first (with ``--no-loadscope-reorder``); the others stay as they are."""
    tests = HOME / "tests"

    def turn(item: pytest.Item) -> int:
        name = item.path.relative_to(tests).as_posix()
        return next((turn for turn, long in enumerate(_LONGEST) if name.startswith(long)), len(_LONGEST))

    items.sort(key=turn)


def pytest_sessionstart() -> None:
    """All that is collected lives to the end of the run: to look through it for garbage is in vain."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_sessionfinish() -> None:
    shutil.rmtree(_DATA, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def terms_at_hand() -> Iterator[None]:
    """What tests publish is indexed here, by the function that the child runs: it loads its dictionaries each time, a
    second for one item. ``test_publish.py`` and every house that is started run the child itself."""
    from tongban.catalogue.actions import exchanging, publishing
    from tongban.catalogue.actions.indexing import wording
    from tongban.catalogue.model import ItemVersion
    from tongban.catalogue.store.searching import Entry

    async def index(drafts: Sequence[ItemVersion]) -> list[Entry]:
        if not drafts:
            return []
        from tongban.catalogue.actions.terms import entry

        return [entry(wording(one)) for one in drafts]

    with pytest.MonkeyPatch.context() as patched:
        for room in (exchanging, publishing):
            patched.setattr(room, "index", index)
        yield


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """This test process's data folder, with keys in it."""
    keys.ensure(_DATA)
    return _DATA


@pytest.fixture(scope="session")
def server(data_dir: Path) -> Iterator[str]:
    """A PostgreSQL of this test process: the address of its maintenance database."""
    given = os.environ.get("TEST_SERVER")
    if given:
        yield given
        return
    from tongban.kit.db.embedded import EmbeddedPostgres

    with EmbeddedPostgres(data_dir / "postgres", fast=True).running() as running:
        yield running.dsn("postgres")


def _at(server: str, name: str) -> str:
    head, _, tail = server.rpartition("/")
    query = tail.partition("?")[2]
    return f"{head}/{name}" + (f"?{query}" if query else "")


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """The name of a database with all migrations, to be cloned."""
    name = f"template_{uuid4().hex[:8]}"

    async def build() -> None:
        admin = await asyncpg.connect(server)
        await admin.execute(f'CREATE DATABASE "{name}"')
        await admin.close()
        await migrations.apply(_at(server, name))

    asyncio.run(build())
    return name


@pytest.fixture
async def dsn(server: str, template: str) -> AsyncIterator[str]:
    """The address of a fresh database of this test's own."""
    name = f"test_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(server)
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    try:
        yield _at(server, name)
    finally:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()


@pytest.fixture
async def db(dsn: str) -> AsyncIterator[Database]:
    """A handle on a fresh database. ``db.count`` counts its round trips."""
    clock.forget_calendars()
    handle = await connect(dsn, size=6)
    yield handle
    await handle.close()


@pytest.fixture(scope="session")
def outside(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The outside world with all its people, as a process that trusts this house's node; settings point to it."""
    from tests.sandbox.conftest import HouseNode, Sandbox
    from tests.world import peopled
    from tongban import settings

    node = HouseNode(data_dir / "keys" / "node.pub.pem")
    folder = peopled(tmp_path_factory.mktemp("outside"), tmp_path_factory)
    running = Sandbox(folder, node, "--card-seconds", "0.05")
    os.environ["TONGBAN_SANDBOX_URL"] = f"http://127.0.0.1:{running.port}"
    settings.reload()
    yield running
    os.environ.pop("TONGBAN_SANDBOX_URL")
    settings.reload()
    running.stop()


@pytest.fixture(scope="session")
async def whole_template(server: str, template: str) -> str:
    """The name of a database with the whole city in it (departments, items, officers), to be cloned."""
    from tests.cast import load_officers
    from tongban import rooms

    name = f"{template}_whole"
    admin = await asyncpg.connect(server)
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    await admin.close()
    loading = await connect(_at(server, name), size=2)
    await rooms.load_city(loading, CITY, now=clock.now())
    await load_officers(loading)
    # Beside other tests a register may take seconds; whoever wants it silent takes it away.
    await loading.run("UPDATE exchange.resource SET timeout_ms = 30000")
    await loading.close()
    return name


@pytest.fixture
async def city_dsn(server: str, whole_template: str) -> AsyncIterator[str]:
    """The address of a fresh database with the whole city in it."""
    name = f"test_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(server)
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{whole_template}" STRATEGY FILE_COPY')
    try:
        yield _at(server, name)
    finally:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()


@pytest.fixture
async def city(city_dsn: str, outside: Sandbox) -> AsyncIterator[Database]:
    """A handle on a fresh city, warm, with the whole outside world beside it."""
    from tongban import exchange, rooms

    clock.forget_calendars()
    exchange.forget_breakers()
    handle = await connect(city_dsn, size=8)
    await rooms.warm(handle)
    yield handle
    await handle.close()
    outside.http.delete("/faults").raise_for_status()
    exchange.forget_breakers()
