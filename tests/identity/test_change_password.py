"""A new password: known by its owner, better than the old one, and the end of every other session."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.identity.conftest import LI, NOW, SECRET, Register, actions_of, enrolled, last_code
from tongban import identity, notices
from tongban.identity import actions
from tongban.identity.model import refusals
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web.recognising import Sessions
from tongban.kit.web.sessions import hash_of

NEW = "another horse battery"
LATER = NOW + timedelta(hours=1)
OFFICER = identity.DemoOfficer("zhoumin", "周敏", "police-310101", "13800009001")


async def logged_in(db: Database, account: str = LI.phone, word: str = SECRET, door: str = "log_in") -> str:
    step = await identity.check_password(db, door, account=account, password=word, now=LATER)
    opened = await identity.log_in(db, door, step=step, code=await last_code(db), now=LATER)
    return opened.cookie


async def actor_of(db: Database, cookie: str) -> Actor:
    actor = await Sessions(db).actor(cookie, now=LATER)
    assert actor is not None
    return actor


@pytest.fixture
async def li(db: Database, register: Register) -> Actor:
    return await actor_of(db, (await enrolled(db)).cookie)


async def test_it_takes_three_round_trips_and_the_new_one_holds(db: Database, li: Actor) -> None:
    before = db.count
    await actions.change_password(db, li, present=SECRET, new=NEW, now=LATER)
    assert db.count - before == 3
    assert (await actions_of(db))[-1] == "identity.change_password"
    with pytest.raises(refusals.WrongPassword):
        await logged_in(db)
    assert await logged_in(db, word=NEW)


async def test_the_other_sessions_end_and_she_is_told(db: Database, li: Actor) -> None:
    other, officer = await logged_in(db), None
    await identity.load_demo(db, [], [OFFICER], password=SECRET, now=NOW)
    officer = await logged_in(db, OFFICER.username, door="staff")
    own = await actions.change_password(db, li, present=SECRET, new=NEW, now=LATER)
    known = Sessions(db)
    assert await known.actor(other, now=LATER) is None
    assert await known.actor(officer, now=LATER) is not None
    alive = await db.rows(
        "SELECT token_hash FROM kit.session WHERE actor = $1 AND ends_at > $2", li.id, LATER
    )
    assert [row["token_hash"] for row in alive] == [hash_of(own)]
    assert li.id is not None
    assert "密码已修改" in [str(one.title) for one in await notices.inbox(db, li.id)]


async def test_an_officer_changes_hers(db: Database) -> None:
    await identity.load_demo(db, [], [OFFICER], password=SECRET, now=NOW)
    officer = await actor_of(db, await logged_in(db, OFFICER.username, door="staff"))
    await actions.change_password(db, officer, present=SECRET, new=NEW, now=LATER)
    assert await db.value("SELECT count(*) FROM notices.inbox") == 0


@pytest.mark.parametrize(
    ("present", "new", "fields"),
    [
        ("", "", {"present", "new"}),
        (SECRET, "short", {"new"}),
        (SECRET, "12345678", {"new"}),
        (SECRET, LI.phone, {"new"}),
        (SECRET, LI.id_number, {"new"}),
        (SECRET, LI.id_number[-8:], {"new"}),
        (SECRET, SECRET, {"new"}),
        ("wrong", NEW, {"present"}),
    ],
)
async def test_each_fault_has_its_sentence(
    db: Database, li: Actor, present: str, new: str, fields: set[str]
) -> None:
    with pytest.raises(
        (refusals.TypedInvalid, refusals.PasswordUnchanged, refusals.PresentPasswordWrong)
    ) as refused:
        await actions.change_password(db, li, present=present, new=new, now=LATER)
    assert set(refused.value.fields) == fields
    assert await logged_in(db), "nothing has changed"


async def test_wrong_ones_are_counted_with_those_at_the_log_in(db: Database, li: Actor) -> None:
    for left in (4, 3):
        with pytest.raises(refusals.PresentPasswordWrong) as refused:
            await actions.change_password(db, li, present="wrong", new=NEW, now=LATER)
        assert f"还可以再试 {left} 次" in str(refused.value.message)
    for _ in range(2):
        with pytest.raises(refusals.WrongPassword):
            await logged_in(db, word="wrong")
    with pytest.raises(refusals.Locked):
        await actions.change_password(db, li, present="wrong", new=NEW, now=LATER)
    with pytest.raises(refusals.Locked):
        await actions.change_password(db, li, present=SECRET, new=NEW, now=LATER)
    await actions.change_password(db, li, present=SECRET, new=NEW, now=LATER + timedelta(minutes=16))


async def test_two_windows_at_once_set_one(db: Database, li: Actor) -> None:
    ends = await asyncio.gather(
        *(
            actions.change_password(db, li, present=SECRET, new=f"{NEW} {number}", now=LATER)
            for number in range(3)
        ),
        return_exceptions=True,
    )
    assert sorted(type(end).__name__ for end in ends) == [*["PresentPasswordWrong"] * 2, "str"]
