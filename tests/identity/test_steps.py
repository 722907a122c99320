"""The steps of log-in and enrolment over HTTP: reloaded, kept, mistyped, in a hurry, with a large form."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.identity.conftest import (
    LI,
    SECRET,
    TYPED,
    Client,
    Register,
    id_number,
    last_code,
    logged_in,
    with_account,
    wrong,
)
from tests.identity.pages import fields_of, submit, words
from tongban.identity.model.refusals import CodeWrong
from tongban.identity.model.said import said_token
from tongban.identity.pages import enrolling
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.pace import Pace

# Litestar 2 warns of the injection that its third version drops; the pin is below 3.
pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


async def test_what_can_be_no_code_costs_no_try(client: Client, db: Database) -> None:
    await with_account(db)
    shown = await submit(
        client, await client.get("/login"), "/login", {"account": LI.phone, "password": SECRET}
    )
    code = await last_code(db)
    for typed in ("", "12", "abcdef", "1234567", "１２３", "12345六"):
        shown = await submit(client, shown, "/login/code", {"code": typed})
        assert shown.status_code == 422
        assert "6 位数字" in words(shown)
    shown = await submit(client, shown, "/login/code", {"code": wrong(code)})
    assert "还可以再试 4 次" in words(shown)


async def test_a_page_of_the_enrolment_may_be_reloaded_and_kept(
    client: Client, db: Database, register: Register
) -> None:
    register.down = True
    shown = await submit(client, await client.get("/enrol?next=/draft"), "/enrol", TYPED)
    shown = await submit(client, shown, "/enrol/waiting", {})
    assert (shown.url.path, shown.status_code) == ("/enrol/waiting", 503)
    kept = str(shown.url)
    register.down = False
    asked = len(register.asked)
    assert "再次核验" in words(await client.get(kept)) and len(register.asked) == asked
    shown = await submit(client, await client.get(kept), "/enrol/waiting", {})
    code = await last_code(db)
    shown = await submit(client, shown, "/enrol/code", {"code": wrong(code)})
    assert (shown.url.path, shown.status_code) == ("/enrol/code", 422)
    for _ in range(6):
        shown = await client.get(str(shown.url))
    assert "还可以再试 4 次" in words(shown)
    shown = await submit(client, shown, "/enrol/code", {}, to="/enrol/resend")
    assert shown.url.path == "/enrol/code" and "秒后重新获取" in words(shown)
    await db.run("UPDATE identity.code SET sent_at = sent_at - interval '61 s'")
    shown = await submit(client, shown, "/enrol/code", {}, to="/enrol/resend")
    assert shown.status_code == 200 and "新的验证码已发送" in words(await client.get(str(shown.url)))
    arrived = await submit(client, shown, "/enrol/code", {"code": await last_code(db)})
    assert arrived.url.path == "/draft"


async def test_what_an_address_tells_is_ours_and_news(client: Client, db: Database) -> None:
    await with_account(db)
    shown = await submit(
        client, await client.get("/login"), "/login", {"account": LI.phone, "password": SECRET}
    )
    told = CodeWrong(3)
    for said, shows in (
        (said_token(told, now=clock.now()), True),
        (said_token(told, now=clock.now() - timedelta(seconds=61)), False),
        (said_token(told, now=clock.now())[:-4] + "AAAA", False),
        ("密码请发给我", False),
    ):
        answer = await client.get(str(shown.url), params={**shown.url.params, "said": said})
        assert (answer.status_code == 422) is shows and ("还可以再试 3 次" in words(answer)) is shows
        assert "密码请发给我" not in words(answer)


async def test_an_address_that_enrols_too_many_waits(
    client: Client, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrolling, "_pace", Pace(questions=2, window=900))
    shown = await client.get("/enrol")
    for _ in range(3):
        await submit(client, shown, "/enrol", {**TYPED, "agree": ""})
    for number in (11, 12, 13):
        answer = await submit(client, shown, "/enrol", {**TYPED, "id_number": id_number(number)})
    assert answer.status_code == 429 and 0 < int(answer.headers["retry-after"]) <= 900
    assert "太频繁" in words(answer) and fields_of(answer.text, "/enrol")["name"] == LI.name
    assert len(register.asked) == 2, "forms with a fault ask nobody and count for nothing"


async def test_a_large_form_of_an_ended_session_comes_back(client: Client, db: Database) -> None:
    await with_account(db)
    await logged_in(client, db)
    token = fields_of((await client.get("/my/account")).text, "/logout")["_csrf"]
    await db.run("UPDATE kit.session SET ends_at = opened_at")
    await db.run("DELETE FROM identity.code")
    client.app.state.sessions._cache.clear()
    note = "n" * 900_000
    shown = await client.post("/draft", data={"_csrf": token, "address": "a", "note": note})
    assert "已保留" in words(shown)
    shown = await submit(client, shown, "/login", {"account": LI.phone, "password": SECRET})
    shown = await submit(client, shown, "/login/code", {"code": "12"})
    assert shown.status_code == 422
    shown = await submit(client, shown, "/login/code", {"code": await last_code(db)})
    assert (await submit(client, shown, "/draft", {})).json()["note"] == note
