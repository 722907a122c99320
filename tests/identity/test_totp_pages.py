"""The second factor over HTTP: from the QR code to the log-in, and what each page refuses."""

from __future__ import annotations

import asyncio
import re
from base64 import b32decode
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner

from tests.identity.conftest import SECRET, Client, last_code, texts
from tests.identity.pages import fields_of, submit, words
from tongban import cli, identity, settings
from tongban.identity.model import totp
from tongban.kit import clock
from tongban.kit.db import Database

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")

OFFICER = identity.DemoOfficer("zhoumin", "周敏", "police-310101", "13800009001")
AT = "/staff/account/totp"


class Clock:
    """The instant that the pages see, moved by the test."""

    def __init__(self) -> None:
        self.moment = clock.now()

    def now(self) -> datetime:
        return self.moment

    def wait(self, seconds: int = 60) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Clock:
    hands = Clock()
    monkeypatch.setattr(clock, "now", hands.now)
    return hands


@pytest.fixture
async def officer(client: Client, db: Database, hands: Clock) -> Client:
    """Logged in by SMS."""
    await identity.load_demo(db, [], [OFFICER], password=SECRET, now=clock.now())
    shown = await client.get("/staff/login?next=/staff/account")
    shown = await submit(client, shown, "/staff/login", {"account": "zhoumin", "password": SECRET})
    shown = await submit(client, shown, "/staff/login/code", {"code": await last_code(db)})
    assert "短信验证码" in words(shown)
    return client


def secret_in(page: str) -> bytes:
    """The secret as it is written for typing."""
    found = re.search(r'scan__secret num">([A-Z2-7 ]+)<', page)
    assert found
    return b32decode(found[1].replace(" ", ""))


def code_of(secret: bytes) -> str:
    return totp.hotp(secret, totp.step_at(clock.now()))


async def enabled(client: Client, word: str = SECRET) -> tuple[bytes, list[str]]:
    shown = await client.get(AT)
    secret = secret_in(shown.text)
    shown = await submit(client, shown, AT, {"code": code_of(secret), "present": word})
    assert shown.status_code == 200, words(shown)
    codes = re.findall(r"<li>([2-9A-Z]{5}-[2-9A-Z]{5})</li>", shown.text)
    assert len(codes) == 10
    return secret, codes


async def test_from_the_qr_code_to_the_next_log_in(officer: Client, db: Database, hands: Clock) -> None:
    secret, _ = await enabled(officer)
    shown = await officer.get("/staff/account")
    assert ">动态口令<" in shown.text and ">短信验证码<" not in shown.text
    sent = len(await texts(db))
    hands.wait()
    officer.cookies.clear()
    shown = await officer.get("/staff/login?next=/desk")
    shown = await submit(officer, shown, "/staff/login", {"account": "zhoumin", "password": SECRET})
    assert shown.url.path == "/staff/login/totp"
    assert len(await texts(db)) == sent and "重新获取" not in words(shown)
    refused = await submit(officer, shown, "/staff/login/totp", {"code": "000000"})
    assert refused.status_code == 422 and "还可以再试 4 次" in words(refused)
    arrived = await submit(officer, refused, "/staff/login/totp", {"code": code_of(secret)})
    assert (arrived.url.path, arrived.text) == ("/desk", "desk")


async def test_a_recovery_code_opens_too(officer: Client, hands: Clock) -> None:
    _, codes = await enabled(officer)
    hands.wait()
    officer.cookies.clear()
    shown = await officer.get("/staff/login?next=/staff/account/totp")
    shown = await submit(officer, shown, "/staff/login", {"account": "zhoumin", "password": SECRET})
    shown = await submit(officer, shown, "/staff/login/totp", {"code": codes[0].lower()})
    assert shown.url.path == AT and "9 个" in words(shown)


async def test_the_qr_code_is_in_the_page_and_in_no_address(officer: Client) -> None:
    shown = await officer.get(AT)
    secret = secret_in(shown.text)
    assert 'src="data:image/svg+xml' in shown.text
    links = re.findall(r'(?:href|action)="([^"]*)"', shown.text)
    assert not any(totp.written(secret).replace(" ", "") in link for link in links)
    assert shown.headers["cache-control"] == "no-store"
    assert secret_in((await officer.get(AT)).text) != secret


async def test_a_refused_form_keeps_its_secret_and_an_old_one_gets_another(
    officer: Client, hands: Clock
) -> None:
    shown = await officer.get(AT)
    secret = secret_in(shown.text)
    shown = await submit(officer, shown, AT, {"code": "000000", "present": SECRET})
    assert shown.status_code == 422 and secret_in(shown.text) == secret
    shown = await submit(officer, shown, AT, {"code": code_of(secret), "present": "wrong"})
    assert shown.status_code == 422 and "现在的密码不正确" in words(shown)
    assert secret_in(shown.text) == secret
    hands.wait(15 * 60)
    shown = await submit(officer, shown, AT, {"code": code_of(secret), "present": SECRET})
    assert shown.status_code == 422 and "已超时" in words(shown)
    assert secret_in(shown.text) != secret


async def test_twice_is_told_and_shows_no_second_set(officer: Client) -> None:
    first, second = await officer.get(AT), await officer.get(AT)
    await submit(officer, first, AT, {"code": code_of(secret_in(first.text)), "present": SECRET})
    answer = await submit(officer, second, AT, {"code": code_of(secret_in(second.text)), "present": SECRET})
    assert answer.status_code == 409 and "已经启用" in words(answer)
    assert not re.search(r"<li>[2-9A-Z]{5}-", answer.text)


async def test_it_is_replaced_and_given_up_on_a_fresh_proof(officer: Client, hands: Clock) -> None:
    old, codes = await enabled(officer)
    hands.wait()
    shown = await officer.get(f"{AT}/replace")
    new = secret_in(shown.text)
    refused = await submit(officer, shown, f"{AT}/replace", {"code": code_of(new), "present": "000000"})
    assert refused.status_code == 422 and 'href="#present"' in refused.text
    done = await submit(officer, refused, f"{AT}/replace", {"code": code_of(new), "present": code_of(old)})
    assert done.url.path == "/staff/account" and "验证器已更换" in words(done)
    hands.wait()
    shown = await officer.get(AT)
    for button in ("recovery", "remove"):
        refused = await submit(officer, shown, f"{AT}/recovery", {"code": code_of(old)}, to=f"{AT}/{button}")
        assert refused.status_code == 422 and "动态口令不正确" in words(refused)
    fresh = await submit(officer, shown, f"{AT}/recovery", {"code": code_of(new)})
    assert fresh.status_code == 200 and codes[0] not in fresh.text
    # A second click without scripts has hidden them: it says what to do. Seen to fail without ``renewing``.
    twice = await submit(officer, shown, f"{AT}/recovery", {"code": code_of(new)})
    assert twice.status_code == 422 and "刚换的恢复码没有抄下的，请再换一批" in words(twice)
    used = await submit(officer, shown, f"{AT}/recovery", {"code": code_of(new)}, to=f"{AT}/remove")
    assert used.status_code == 422 and "已经用过" in words(used)
    hands.wait()
    gone = await submit(officer, shown, f"{AT}/recovery", {"code": code_of(new)}, to=f"{AT}/remove")
    assert gone.url.path == "/staff/account" and "动态口令已停用" in words(gone)
    again = await submit(officer, shown, f"{AT}/recovery", {"code": code_of(new)}, to=f"{AT}/remove")
    assert again.url.path == AT and "启用动态口令" in words(again)


async def test_a_kept_form_comes_through_the_second_factor(
    officer: Client, db: Database, hands: Clock
) -> None:
    secret, _ = await enabled(officer)
    page = await officer.get("/staff/account")
    token = fields_of(page.text, "/logout")["_csrf"]
    officer.app.state.sessions._cache.clear()
    await db.run("UPDATE kit.session SET ends_at = opened_at")
    hands.wait()
    shown = await officer.post(f"{AT}/remove", data={"_csrf": token, "code": "123456"})
    assert shown.status_code == 401
    shown = await submit(officer, shown, "/staff/login", {"account": "zhoumin", "password": SECRET})
    assert "输入动态口令" in words(shown)
    shown = await submit(officer, shown, "/staff/login/totp", {"code": "000000"})
    assert shown.status_code == 422
    shown = await submit(officer, shown, "/staff/login/totp", {"code": code_of(secret)})
    assert "继续提交" in words(shown) and fields_of(shown.text, f"{AT}/remove")["code"] == "123456"


async def test_residents_have_no_such_page(client: Client) -> None:
    assert (await client.get(AT)).url.path == "/staff/login"
    answer = await client.get("/staff/login/totp", params={"step": "nonsense"})
    assert answer.status_code == 422 and "请重新开始" in words(answer)


async def test_the_administrator_resets_it_by_a_command(
    officer: Client, db: Database, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enabled(officer)
    monkeypatch.setenv("DATABASE_URL", dsn)
    settings.reload()

    async def reset(*arguments: str) -> str:
        asked = ["staff", "reset-totp", *arguments]
        return (await asyncio.to_thread(CliRunner().invoke, cli.main, asked)).output

    try:
        assert await reset("zhoumin") == "zhoumin is back at the SMS code\n"
        assert await reset("zhoumin") == "zhoumin has no authenticator in use\n"
        assert "no officer 'nobody'" in await reset("nobody")
    finally:
        monkeypatch.delenv("DATABASE_URL")
        settings.reload()
    assert await db.value("SELECT count(*) FROM audit.ledger WHERE action = 'identity.reset_totp'") == 1
