"""/my/readings over HTTP: a resident sees her own list by pages; a visitor is sent to the log-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from litestar.testing import AsyncTestClient

from tests.applications import Room
from tests.audit.cast import GUARD, officer, resident
from tests.audit.test_purposes import opened
from tongban import audit, rooms
from tongban.audit import pages
from tongban.kit import clock
from tongban.kit.db import Database, write
from tongban.kit.policy import Actor
from tongban.kit.web.sessions import opening_session
from tongban.kit.web.visit import SESSION_COOKIE

APPLICATION = Room(pages.routes, rooms.POLICY)


@pytest.fixture
async def client(dsn: str, data_dir: Path) -> AsyncIterator[AsyncTestClient[object]]:
    """The room's own pages in the real frame."""

    async def nameless(_: Database, *, kind: str, code: str) -> None:
        """No higher room gives words here, whatever another test has plugged in."""

    audit.plug_names(nameless)
    async with APPLICATION.on(dsn) as testing:
        yield testing


async def logged_in(db: Database, client: AsyncTestClient[object], person: Actor) -> None:
    cookie, part = opening_session(person, now=clock.now())
    await write(db, GUARD, part)
    client.cookies.set(SESSION_COOKIE, cookie)


async def read(db: Database, person: Actor, count: int) -> None:
    purpose, part = opened(person.id)
    await write(db, GUARD, part)
    for number in range(count):
        line = audit.record(
            officer(),
            "exchange.read",
            subject=person.id,
            reference="case-1",
            kind="read",
            purpose=purpose,
            detail={"resource": f"register-{number:02d}"},
            now=clock.now(),
        )
        await write(db, GUARD, line)


async def test_a_resident_sees_who_read_her_data_page_by_page(
    db: Database, client: AsyncTestClient[object]
) -> None:
    person = resident()
    await logged_in(db, client, person)
    await read(db, person, pages.PAGE_ROWS + 2)
    await read(db, resident(), 1)
    first = await client.get("/my/readings")
    assert first.status_code == 200
    assert first.text.count('class="reads__row"') == pages.PAGE_ROWS
    assert "周敏" in first.text
    assert "为您填写申请" in first.text
    following = first.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    second = await client.get(following)
    assert second.text.count('class="reads__row"') == 2


async def test_the_page_asks_the_database_once(db: Database, client: AsyncTestClient[object]) -> None:
    person = resident()
    await logged_in(db, client, person)
    counts = []
    for rows in (1, 20):
        await read(db, person, rows)
        before = client.app.state.db.count  # type: ignore[attr-defined]
        await client.get("/my/readings")
        counts.append(client.app.state.db.count - before)  # type: ignore[attr-defined]
    assert counts == [1, 1]


async def test_an_empty_list_says_so(db: Database, client: AsyncTestClient[object]) -> None:
    await logged_in(db, client, resident())
    assert "还没有人读取过您的数据" in (await client.get("/my/readings")).text


async def test_a_visitor_sees_nothing(client: AsyncTestClient[object]) -> None:
    answer = await client.get("/my/readings", follow_redirects=False)
    assert answer.status_code in {303, 401}
    assert 'class="reads"' not in answer.text


async def test_an_officer_has_no_readings_page(db: Database, client: AsyncTestClient[object]) -> None:
    await logged_in(db, client, officer())
    assert (await client.get("/my/readings")).status_code == 403


async def test_the_nodes_keys_are_public(client: AsyncTestClient[object]) -> None:
    (key,) = (await client.get("/.well-known/node-jwks.json")).json()["keys"]
    assert (key["kty"], key["alg"], "d" in key) == ("EC", "ES256", False)


async def test_options_ask_nothing_of_the_house(client: AsyncTestClient[object]) -> None:
    assert (await client.options("/my/readings")).status_code < 500
