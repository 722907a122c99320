"""The account pages: where one is logged in, one session ended, all others ended, a new password."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import timedelta

import pytest

from tests.identity.conftest import (
    LI,
    SECRET,
    WANG,
    Client,
    actions_of,
    enrolled,
    last_code,
    logged_in,
    with_account,
)
from tests.identity.pages import fields_of, submit, words
from tongban import identity, notices
from tongban.identity.actions import end_session
from tongban.identity.model.known_devices import known
from tongban.kit import clock
from tongban.kit.db import Database, Part, connect, write
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor
from tongban.kit.web.places import place_of
from tongban.kit.web.recognising import Sessions
from tongban.kit.web.sessions import CACHE_SECONDS, making_room, opening_session
from tongban.kit.web.visit import Visit, begin

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


async def test_each_tells_how_and_whence_it_was_opened(client: Client, db: Database, li: Actor) -> None:
    begin(Visit(address="203.0.113.77", agent=PHONE))
    cookie, part = opening_session(li, now=clock.now(), opened_by="qr")
    await write(db, Part("SELECT 1 AS one"), part)
    shown = words(await client.get("/my/account"))
    assert "手机扫码 · 网络 203.0.113.*" in shown and "203.0.113.77" not in shown
    assert "密码和短信验证码" in shown and cookie not in shown


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.77", "203.0.113.*"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("::ffff:198.51.100.9", "198.51.100.*"),
        ("192.168.1.4", "inside"),
        ("::1", "inside"),
        ("testclient", ""),
    ],
)
def test_a_place_is_no_address(address: str, place: str) -> None:
    assert place_of(address) == place


async def test_an_ended_session_is_refused_in_every_process_within_two_seconds(
    db: Database, dsn: str, li: Actor
) -> None:
    """Two processes that both remember it: the other one asks again once its memory is two seconds old, never later."""
    lost = await another_device(db, li)
    elsewhere = await connect(dsn, size=1)
    try:
        here, there = Sessions(db), Sessions(elsewhere)
        for one in (here, there):
            assert await one.actor(lost, now=clock.now()) is not None
        target = await db.value("SELECT id FROM kit.session WHERE ends_at > now() ORDER BY opened_at LIMIT 1")
        assert await end_session(db, li, session=target, now=clock.now())
        began = time.monotonic()
        while await there.actor(lost, now=clock.now()) is not None:
            assert time.monotonic() - began < CACHE_SECONDS + 0.5
            await asyncio.sleep(0.05)
        assert await here.actor(lost, now=clock.now()) is None
        assert CACHE_SECONDS <= 2
    finally:
        await elsewhere.close()


async def test_a_device_that_she_has_used_is_no_news(client: Client, db: Database, li: Actor) -> None:
    """Told at the first log-in with it, and again after ninety days; another account on it is news of its own."""
    assert li.id is not None
    told = [one.title.zh for one in await notices.inbox(db, li.id)]
    assert told == ["新设备登录"]
    link = (await notices.inbox(db, li.id))[0].link
    assert f'id="{link.partition("#")[2]}"' in (await client.get(link)).text, "the link leads to what ends it"
    kept = client.cookies["tongban_device"]
    assert li.id.hex not in kept and str(li.id) not in kept
    assert known(kept, li.id, now=clock.now() + timedelta(days=89))
    assert not known(kept, li.id, now=clock.now() + timedelta(days=91))
    assert not known(kept, new_id(3), now=clock.now())
    assert not known(kept[:-4], li.id, now=clock.now())
    await submit(client, await client.get("/my/account"), "/logout", {})
    await db.run("DELETE FROM identity.code")
    await logged_in(client, db)
    assert len(await notices.inbox(db, li.id)) == 1


async def test_one_is_ended(client: Client, db: Database, li: Actor) -> None:
    lost, kept = await another_device(db, li), await another_device(db, li)
    shown = await client.get("/my/account")
    target = await db.value("SELECT id FROM kit.session ORDER BY id OFFSET 2 LIMIT 1")
    assert str(target) in shown.text
    shown = await submit(client, shown, "/account/sessions/end", {"session": str(target)})
    assert "这台设备已退出登录" in words(shown) and str(target) not in shown.text
    assert sorted([await standing(client, lost), await standing(client, kept)]) == [False, True]
    assert (await actions_of(db))[-1] == "identity.end_session"


async def test_what_is_none_of_hers_is_not_there_and_what_was_is_told_as_ended(
    client: Client, db: Database, li: Actor
) -> None:
    """A stranger's session, none, no id: not there, in the same words. One of hers twice, or over: ended. How it can
    fail (tried): leave ``was_own`` out."""
    await another_device(db, li)
    await enrolled(db, WANG, now=clock.now())
    stranger, target = [
        await db.value(
            "SELECT id FROM kit.session WHERE (actor = $1) = $2 ORDER BY id DESC LIMIT 1", li.id, hers
        )
        for hers in (False, True)
    ]
    shown = await client.get("/my/account")
    for session in ("no id", "0198a7c2-0000-7000-8000-00000000beef", str(stranger)):
        answer = await submit(client, shown, "/account/sessions/end", {"session": session})
        assert answer.status_code == 404 and "没有这台设备的登录" in words(answer), session
    none = await submit(client, shown, "/account/sessions/end", {"session": ""})
    assert none.status_code == 200 and "已退出登录" not in words(none)
    assert "identity.end_session" not in await actions_of(db)
    for _ in range(2):
        ended = await submit(client, shown, "/account/sessions/end", {"session": str(target)})
        assert ended.status_code == 200 and "这台设备已退出登录" in words(ended)
    assert (await actions_of(db)).count("identity.end_session") == 1


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
