"""The account pages: where one is logged in, one session ended, all others ended, a new password."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.identity.conftest import LI, SECRET, Client, actions_of, last_code, logged_in, with_account
from tests.identity.pages import fields_of, submit, words
from tongban import identity
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import Actor
from tongban.kit.web.sessions import making_room, opening_session

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604"


async def another_device(db: Database, who: Actor) -> str:
    cookie, part = opening_session(who, now=clock.now() - timedelta(minutes=5))
    await write(db, Part("SELECT 1 AS one"), part, making_room(who, now=clock.now()))
    return cookie


@pytest.fixture
async def li(client: Client, db: Database) -> Actor:
    """Logged in on a phone."""
    client.headers["user-agent"] = PHONE
    await with_account(db)
    await logged_in(client, db)
    return await identity.actor_of(db, kind="phone", value=LI.phone)


async def standing(client: Client, cookie: str) -> bool:
    """Whether a cookie opens a page of residents, asked by a browser of its own."""
    client.app.state.sessions.forget(cookie)
    answer = await client.get(
        "/draft", headers={"cookie": f"tongban_session={cookie}"}, follow_redirects=False
    )
    return bool(answer.status_code == 200)


async def test_the_page_names_devices_and_tells_no_secret(client: Client, db: Database, li: Actor) -> None:
    await another_device(db, li)
    before = client.app.state.db.count
    shown = await client.get("/my/account")
    assert client.app.state.db.count == before + 2
    assert "Safari（iPhone）" in words(shown) and "未知设备" in words(shown) and "本机" in words(shown)
    hashes = await db.rows("SELECT token_hash FROM kit.session")
    assert not any(row["token_hash"].hex() in shown.text for row in hashes)
    assert client.cookies["tongban_session"] not in shown.text
    assert len(re.findall('name="session"', shown.text)) == 1, "one's own is ended by logging out"


async def test_one_is_ended(client: Client, db: Database, li: Actor) -> None:
    lost, kept = await another_device(db, li), await another_device(db, li)
    shown = await client.get("/my/account")
    target = await db.value("SELECT id FROM kit.session ORDER BY id OFFSET 2 LIMIT 1")
    assert str(target) in shown.text
    shown = await submit(client, shown, "/account/sessions/end", {"session": str(target)})
    assert "这台设备已退出登录" in words(shown) and str(target) not in shown.text
    assert sorted([await standing(client, lost), await standing(client, kept)]) == [False, True]
    assert (await actions_of(db))[-1] == "identity.end_session"


@pytest.mark.parametrize("session", ["", "no id", "0198a7c2-0000-7000-8000-00000000beef"])
async def test_what_is_none_of_hers_is_as_good_as_ended(
    client: Client, db: Database, li: Actor, session: str
) -> None:
    await another_device(db, li)
    shown = await submit(
        client, await client.get("/my/account"), "/account/sessions/end", {"session": session}
    )
    assert shown.status_code == 200
    assert await db.value("SELECT count(*) FROM kit.session WHERE ends_at > now()") == 2
    assert "identity.end_session" not in await actions_of(db)


async def test_all_others_are_ended(client: Client, db: Database, li: Actor) -> None:
    cookies = [await another_device(db, li) for _ in range(3)]
    shown = await submit(client, await client.get("/my/account"), "/account/sessions/end-others", {})
    assert "其他设备已全部退出登录" in words(shown)
    assert "退出其他所有设备" not in words(shown), "there is none left"
    assert [await standing(client, cookie) for cookie in cookies] == [False] * 3
    assert (await actions_of(db)).count("identity.end_other_sessions") == 1
    token = fields_of(shown.text, "/logout")["_csrf"]
    await client.post("/account/sessions/end-others", data={"_csrf": token})
    assert (await actions_of(db)).count("identity.end_other_sessions") == 1, (
        "nothing happened, nothing is noted"
    )


async def test_the_password_is_changed_on_its_page(client: Client, db: Database, li: Actor) -> None:
    cookie = await another_device(db, li)
    shown = await client.get("/account/password")
    refused = await submit(client, shown, "/account/password", {"present": "wrong", "new": "another horse"})
    assert refused.status_code == 422 and "还可以再试 4 次" in words(refused)
    assert "another horse" not in refused.text
    arrived = await submit(client, refused, "/account/password", {"present": SECRET, "new": "another horse"})
    assert arrived.url.path == "/my/account" and "密码已修改" in words(arrived)
    assert not await standing(client, cookie)


async def test_officers_have_the_same(client: Client, db: Database) -> None:
    officer = identity.DemoOfficer("zhoumin", "周敏", "police-310101", "13800009001")
    await identity.load_demo(db, [], [officer], password=SECRET, now=clock.now())
    shown = await client.get("/staff/account")
    assert shown.url.path == "/staff/login"
    shown = await submit(client, shown, "/staff/login", {"account": "zhoumin", "password": SECRET})
    await another_device(db, await identity.actor_of(db, kind="username", value="zhoumin"))
    shown = await submit(client, shown, "/staff/login/code", {"code": await last_code(db)})
    assert shown.url.path == "/staff/account" and "周敏" in words(shown)
    shown = await submit(client, shown, "/account/sessions/end-others", {})
    assert shown.url.path == "/staff/account"
    changed = await submit(
        client,
        await client.get("/account/password"),
        "/account/password",
        {"present": SECRET, "new": "another horse"},
    )
    assert changed.url.path == "/staff/account" and "密码已修改" in words(changed)


async def test_a_visitor_is_asked_to_log_in(client: Client) -> None:
    for path in ("/my/account", "/account/password"):
        assert (await client.get(path)).url.path == "/login"
