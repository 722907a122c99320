"""Sessions: found by their cookie's hash, ended for every process within two seconds."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime, timedelta

import pytest

from tongban.kit import sweeps
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor, Role
from tongban.kit.web import recognising
from tongban.kit.web.living_sessions import living_sessions
from tongban.kit.web.recognising import Sessions
from tongban.kit.web.sessions import (
    LIFETIME,
    MOST,
    ending_named,
    ending_others,
    ending_session,
    having_others,
    making_room,
    opening_session,
)
from tongban.kit.web.visit import Visit, begin

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HERE = Part("SELECT 1 AS one")
RESIDENT = Actor(Role.RESIDENT, new_id(1023), "陈**", level=2)
OFFICER = Actor(Role.OFFICER, new_id(8), "周警官", department="police-310101")


async def opened(db: Database, actor: Actor = RESIDENT, *, now: datetime = NOW) -> str:
    cookie, part = opening_session(actor, now=now)
    await write(db, HERE, part, making_room(actor, now=now))
    return cookie


async def come(db: Database, cookie: str, *, now: datetime = NOW) -> Actor:
    actor = await Sessions(db).actor(cookie, now=now)
    assert actor is not None
    return actor


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
    monkeypatch.setattr(recognising.time, "monotonic", lambda: seconds[0])
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
    monkeypatch.setattr(recognising, "CACHE_SIZE", 3)
    known = Sessions(db)
    for _ in range(10):
        assert await known.actor(await opened(db), now=NOW)
        assert len(known._cache) <= 3


async def seen_at(db: Database) -> datetime:
    at: datetime = await db.value("SELECT seen_at FROM kit.session")
    return at


async def test_it_is_noted_as_seen_once_a_minute_and_never_by_a_statement_more(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(recognising.time, "monotonic", lambda: clock[0])
    known, cookie, seen = Sessions(db), await opened(db), []
    for second in range(0, 190, 3):
        clock[0] += 3
        before = known._db.count
        assert await known.actor(cookie, now=NOW + timedelta(seconds=second))
        assert known._db.count == before + 1
        seen.append(await seen_at(db))
    assert sorted(set(seen)) == [NOW, *(NOW + timedelta(seconds=second) for second in (60, 120, 180))]


async def test_two_processes_note_one_minute_once(db: Database) -> None:
    cookie, later = await opened(db), NOW + timedelta(minutes=5)
    one, two = Sessions(db), Sessions(db)
    assert await one.actor(cookie, now=later)
    assert await two.actor(cookie, now=later + timedelta(seconds=30))
    assert await seen_at(db) == later


async def test_an_ended_session_is_not_seen_any_more(db: Database) -> None:
    cookie = await opened(db)
    assert await Sessions(db).actor(cookie, now=NOW + LIFETIME[Role.RESIDENT]) is None
    assert await seen_at(db) == NOW


async def test_its_owner_sees_her_sessions_and_no_secret(db: Database) -> None:
    begin(Visit(agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit Chrome/140.0 Safari/537.36"))
    first = await opened(db)
    begin(Visit())
    await opened(db, now=NOW + timedelta(minutes=3))
    await opened(db, OFFICER)
    shown = await living_sessions(db, await come(db, first), now=NOW + timedelta(minutes=4))
    assert [(one.own, str(one.device)) for one in shown] == [(True, "Chrome（Windows）"), (False, "未知设备")]
    assert [one.seen_at for one in shown] == [NOW, NOW + timedelta(minutes=3)]
    row = await db.value("SELECT t::text FROM kit.session t WHERE agent <> ''")
    assert "Mozilla" not in row and "chrome.windows" in row


async def test_one_of_ones_own_is_ended_by_its_name_and_nobody_elses(db: Database) -> None:
    mine, other = await come(db, await opened(db)), await opened(db)
    ((_, target),) = [(one.own, one.id) for one in await living_sessions(db, mine, now=NOW) if not one.own]
    stranger = await come(db, await opened(db, OFFICER))
    assert await write(db, ending_named(stranger, target, now=NOW)) is None
    assert await write(db, ending_named(mine, target, now=NOW)) is not None
    assert await write(db, ending_named(mine, target, now=NOW)) is None, "it is over already"
    assert await Sessions(db).actor(other, now=NOW) is None
    assert await Sessions(db).actor(await opened(db), now=NOW) is not None


async def test_all_others_are_ended_at_once(db: Database) -> None:
    cookies = [await opened(db) for _ in range(4)]
    officer = await opened(db, OFFICER)
    mine = await come(db, cookies[0])
    row = await write(db, having_others(mine, now=NOW), ending_others(mine, now=NOW))
    assert row is not None and row["others"] == 3
    alive = [await Sessions(db).actor(cookie, now=NOW) is not None for cookie in [*cookies, officer]]
    assert alive == [True, False, False, False, True]
    assert await write(db, having_others(mine, now=NOW), ending_others(mine, now=NOW)) is None


async def test_so_many_live_at_once_and_the_longest_unseen_makes_room(db: Database) -> None:
    cookies = [await opened(db, now=NOW + timedelta(seconds=number)) for number in range(MOST)]
    later = NOW + timedelta(minutes=2)
    first = await come(db, cookies[0], now=later)
    await opened(db, now=later)
    assert len(await living_sessions(db, first, now=later)) == MOST
    assert await Sessions(db).actor(cookies[0], now=later) is not None, "seen a moment ago"
    assert await Sessions(db).actor(cookies[1], now=later) is None


async def test_however_many_are_opened_at_once_the_next_one_makes_room(db: Database) -> None:
    for _ in range(MOST):
        await opened(db)
    await asyncio.gather(*(opened(db, now=NOW + timedelta(minutes=1)) for _ in range(5)))
    await opened(db, now=NOW + timedelta(minutes=2))
    alive = await db.value("SELECT count(*) FROM kit.session WHERE ends_at > $1", NOW + timedelta(minutes=2))
    assert alive == MOST


async def test_what_ended_long_ago_is_forgotten(db: Database) -> None:
    await opened(db)
    end = NOW + LIFETIME[Role.RESIDENT]
    await sweeps.SESSIONS(db, look=False, before=end)
    assert await db.value("SELECT count(*) FROM kit.session") == 1
    await sweeps.SESSIONS(db, look=False, before=end + timedelta(seconds=1))
    assert await db.value("SELECT count(*) FROM kit.session") == 0
