"""Log-in by QR: the phone sees who asks and types the number, the browser that asked gets its own session, once."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from httpx import Cookies

from tests.identity.conftest import (
    NOW,
    WANG,
    Client,
    Register,
    actions_of,
    enrolled,
    logged_in,
    with_account,
)
from tests.identity.pages import fields_of, submit, words
from tongban import notices
from tongban.identity.actions import scanning
from tongban.identity.model import scanning as model
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web.recognising import Sessions

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
LATER = NOW + timedelta(hours=3)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604"
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537 Chrome/140.0 Safari/537"


@pytest.fixture
async def li(db: Database, register: Register) -> Actor:
    return (await enrolled(db)).actor


async def opened(db: Database, who: Actor) -> tuple[scanning.Shown, str]:
    """A request that ``who`` has opened, and the number that the screen shows."""
    shown = await scanning.ask_scan(db, now=LATER)
    asked = await scanning.open_scan(db, who, code=shown.code.lower(), now=LATER)
    return shown, str(asked.number)


def other(number: str) -> str:
    return "10" if number != "10" else "11"


async def test_the_phone_s_yes_opens_one_session_of_the_browser_that_asked(db: Database, li: Actor) -> None:
    shown, number = await opened(db, li)
    with pytest.raises(model.NotConfirmed):
        await scanning.log_in_by_scan(db, shown, now=LATER)
    await scanning.confirm_scan(db, li, code=shown.code, number=number, now=LATER)
    thief = scanning.Shown("another browser", shown.code)
    with pytest.raises(model.ScanGone):
        await scanning.log_in_by_scan(db, thief, now=LATER)
    ends = await asyncio.gather(
        *(scanning.log_in_by_scan(db, shown, now=LATER) for _ in range(3)), return_exceptions=True
    )
    assert sorted(type(end).__name__ for end in ends) == ["Opened", "ScanGone", "ScanGone"]
    session = next(end for end in ends if not isinstance(end, BaseException))
    found = await Sessions(db).actor(session.cookie, now=LATER)
    assert found is not None and found.id == li.id and shown.secret not in session.cookie
    assert await db.value("SELECT opened_by FROM kit.session ORDER BY opened_at DESC LIMIT 1") == "qr"
    assert li.id is not None
    told = (await notices.inbox(db, li.id))[0]
    assert told.title.zh == "新设备登录" and "手机扫码" in told.body.zh and "#session-" in told.link
    assert (await actions_of(db))[-4:] == [
        *("identity.ask_scan", "identity.open_scan", "identity.confirm_scan", "identity.log_in"),
    ]


async def test_three_wrong_numbers_are_a_no(db: Database, li: Actor) -> None:
    """Guessed all at once it is no more than three: the try is counted before it is compared."""
    shown, number = await opened(db, li)
    guesses = [f"{n}" for n in range(10, 40) if f"{n}" != number]
    ends = await asyncio.gather(
        *(scanning.confirm_scan(db, li, code=shown.code, number=one, now=LATER) for one in guesses),
        return_exceptions=True,
    )
    kinds = [type(end).__name__ for end in ends]
    assert (kinds.count("NumberWrong"), kinds.count("ScanRefused")) == (2, 1)
    with pytest.raises(model.ScanGone):
        await scanning.confirm_scan(db, li, code=shown.code, number=number, now=LATER)
    with pytest.raises(model.ScanRefused):
        await scanning.log_in_by_scan(db, shown, now=LATER)


async def test_two_minutes_and_one_phone(db: Database, li: Actor) -> None:
    shown, number = await opened(db, li)
    wang = (await enrolled(db, WANG, now=LATER)).actor
    for stranger in (
        scanning.open_scan(db, wang, code=shown.code, now=LATER),
        scanning.confirm_scan(db, wang, code=shown.code, number=number, now=LATER),
        scanning.refuse_scan(db, wang, code=shown.code, now=LATER),
    ):
        with pytest.raises(model.ScanGone):
            await stranger
    late = LATER + model.LIFETIME
    with pytest.raises(model.ScanGone):
        await scanning.confirm_scan(db, li, code=shown.code, number=number, now=late)
    await scanning.confirm_scan(db, li, code=shown.code, number=number, now=late - timedelta(seconds=1))
    with pytest.raises(model.ScanGone):
        await scanning.log_in_by_scan(db, shown, now=late)


def at(client: Client, jars: dict[str, Cookies], agent: str) -> Client:
    """The same client as another browser, with that one's cookies."""
    jars[client.headers["user-agent"]] = client.cookies
    client.headers["user-agent"] = agent
    client.cookies = jars.get(agent, Cookies())  # type: ignore[assignment]
    return client


async def asking(client: Client, jars: dict[str, Cookies]) -> str:
    """The code beside the QR on the desk's screen."""
    at(client, jars, DESKTOP)
    shown = await submit(client, await client.get("/login?next=/draft"), "/login/scan", {})
    code = re.search(r"[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}", words(shown))
    assert code is not None and "data:image/svg+xml" in shown.text
    early = await submit(client, shown, "/login/scan/finish", {})
    assert early.status_code == 409 and "还没有确认" in words(early) and code[0] in words(early)
    return code[0]


async def test_over_both_screens_without_scripts(client: Client, db: Database) -> None:
    jars: dict[str, Cookies] = {}
    at(client, jars, PHONE)
    await with_account(db)
    await logged_in(client, db)
    code = await asking(client, jars)
    asked = await at(client, jars, PHONE).get("/my/scan", params={"code": code})
    assert "Chrome（Windows）" in words(asked) and "是我本人在登录" in words(asked)
    shown = await at(client, jars, DESKTOP).get("/login/scan?next=/draft")
    number = re.search(r'scan__number num">(\d\d)<', shown.text)
    assert number is not None
    at(client, jars, PHONE)
    wrong = await submit(client, asked, "/my/scan/confirm", {"number": other(number[1])})
    assert wrong.status_code == 422 and "还可以再试 2 次" in words(wrong)
    done = await submit(client, wrong, "/my/scan/confirm", {"number": number[1]})
    assert "已确认" in words(done) and 'name="code"' not in done.text, "nothing more is to be typed"
    empty = await client.get("/my/scan?code=")
    assert empty.status_code == 422 and "请输入二维码旁边的 10 位" in words(empty)

    at(client, jars, DESKTOP)
    assert (await client.get("/login/scan/state")).json() == {"state": "confirmed"}
    before = client.cookies.get("tongban_visitor")
    arrived = await submit(client, shown, "/login/scan/finish", {})
    assert (arrived.url.path, arrived.text) == ("/draft", "draft")
    assert client.cookies["tongban_session"] not in (before, jars[PHONE]["tongban_session"])
    assert "手机扫码" in words(await at(client, jars, PHONE).get("/my/account"))


async def test_a_no_on_the_phone_is_told_on_the_screen(client: Client, db: Database) -> None:
    jars: dict[str, Cookies] = {}
    at(client, jars, PHONE)
    await with_account(db)
    await logged_in(client, db)
    code = await asking(client, jars)
    asked = await at(client, jars, PHONE).get("/my/scan", params={"code": code})
    said = await submit(client, asked, "/my/scan/confirm", {}, to="/my/scan/refuse")
    assert "已拒绝" in words(said) and "修改密码" in words(said)
    assert "不存在或已失效" in words(await client.get("/my/scan?code=22222-22222"))
    shown = await at(client, jars, DESKTOP).get("/login/scan")
    assert "手机上拒绝了" in words(shown) and fields_of(shown.text, "/login/scan")["_csrf"]
