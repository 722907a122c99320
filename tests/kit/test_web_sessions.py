"""Sessions: found by their cookie's hash, ended for every process within two seconds."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from tongban.kit.db import Database, Part, write
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor, Role
from tongban.kit.web import sessions
from tongban.kit.web.sessions import LIFETIME, Sessions, ending_session, opening_session

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HERE = Part("SELECT 1 AS one")
RESIDENT = Actor(Role.RESIDENT, new_id(1023), "陈**", level=2)
OFFICER = Actor(Role.OFFICER, new_id(8), "周警官", department="police-310101")


async def opened(db: Database, actor: Actor = RESIDENT) -> str:
    cookie, part = opening_session(actor, now=NOW)
    await write(db, HERE, part)
    return cookie


@pytest.mark.parametrize("actor", [RESIDENT, OFFICER], ids=["resident", "officer"])
async def test_the_cookie_finds_its_actor(db: Database, actor: Actor) -> None:
    found = await Sessions(db).actor(await opened(db, actor), now=NOW)
    assert found is not None and found.session
    assert (found.role, found.id, found.name, found.department, found.level) == (
        actor.role,
        actor.id,
        actor.name,
        actor.department,
        actor.level,
    )


async def test_the_cookie_itself_is_not_in_the_database(db: Database) -> None:
    cookie = await opened(db)
    row = await db.value("SELECT t::text FROM kit.session t")
    raw = base64.urlsafe_b64decode(cookie + "==")
    assert cookie not in row and raw.hex() not in row


async def test_looking_again_costs_nothing_and_is_not_the_pages_statement(db: Database) -> None:
    known, cookie = Sessions(db), await opened(db)
    before = db.count
    for _ in range(5):
        assert await known.actor(cookie, now=NOW)
    assert known._db.count == 1 and db.count == before


async def test_it_ends_with_its_time_even_in_memory(db: Database) -> None:
    known, cookie = Sessions(db), await opened(db)
    end = NOW + LIFETIME[Role.RESIDENT]
    assert await known.actor(cookie, now=end - timedelta(seconds=1))
    assert await known.actor(cookie, now=end) is None
    assert await Sessions(db).actor(cookie, now=end) is None


async def test_ended_elsewhere_it_is_over_here_within_two_seconds(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [1000.0]
    monkeypatch.setattr(sessions.time, "monotonic", lambda: seconds[0])
    here, there, cookie = Sessions(db), Sessions(db), await opened(db)
    actor = await there.actor(cookie, now=NOW)
    assert actor is not None and await here.actor(cookie, now=NOW)
    ended = await write(db, ending_session(actor, now=NOW))
    assert ended is not None and ended["actor"] == RESIDENT.id
    there.forget(cookie)
    assert await there.actor(cookie, now=NOW) is None, "at once where it was ended"
    seconds[0] += 2.01
    assert await here.actor(cookie, now=NOW) is None, "in two seconds everywhere"


async def test_ending_one_leaves_the_others(db: Database) -> None:
    known, one, two = Sessions(db), await opened(db), await opened(db)
    actor = await known.actor(one, now=NOW)
    assert actor is not None
    await write(db, ending_session(actor, now=NOW))
    fresh = Sessions(db)
    assert await fresh.actor(one, now=NOW) is None
    assert await fresh.actor(two, now=NOW) is not None


def _cookie(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "x",
        "====",
        "不是",
        "../../etc/passwd",
        "a" * 100_000,
        "' OR 1=1 --",
        "\x00" * 36,
        _cookie(b"\xff" * 26),  # a bucket that there is not
        _cookie(b"\x00" * 25),
    ],
)
async def test_a_malformed_cookie_is_nobody_and_asks_nothing(db: Database, cookie: str) -> None:
    known = Sessions(db)
    assert await known.actor(cookie, now=NOW) is None
    assert known._db.count == 0


async def test_an_unknown_cookie_is_nobody(db: Database) -> None:
    await opened(db)
    stranger, _ = opening_session(RESIDENT, now=NOW)  # never stored
    known = Sessions(db)
    assert await known.actor(stranger, now=NOW) is None
    assert await known.actor(_cookie(b"\x00" * 26), now=NOW) is None
    assert known._cache == {}


async def test_the_memory_is_bounded(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "CACHE_SIZE", 3)
    known = Sessions(db)
    for _ in range(10):
        assert await known.actor(await opened(db), now=NOW)
        assert len(known._cache) <= 3
