"""How staff logs in: an administrator by more than an SMS, nobody who is idle, and nothing that was typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from httpx import Response

from tests.identity.conftest import SECRET, Client, actions_of, last_code
from tests.identity.pages import fields_of, folded, submit, words
from tests.identity.staffing import POLICE, Staff
from tests.identity.test_totp_pages import AT, Clock, code_of, hands, secret_in  # noqa: F401 - a fixture
from tongban import settings
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.settings import reload

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


async def log_in(client: Client, db: Database, who: str) -> Response:
    client.cookies.clear()
    shown = await client.get("/staff/login")
    shown = await submit(client, shown, "/staff/login", {"account": who, "password": SECRET})
    return await submit(client, shown, "/staff/login/code", {"code": await last_code(db)})


async def test_an_administrator_who_comes_by_sms_sets_up_an_authenticator_and_does_nothing_before(
    staff: Staff,
    db: Database,
    hands: Clock,  # noqa: F811
) -> None:
    """How it can fail (tried): let an administrator switch a colleague's second factor off by one click."""
    client = staff.client
    shown = await log_in(client, db, "sec")
    assert shown.url.path == AT and "这里要用动态口令" in words(shown)
    for path in ("/desk/staff", "/desk/staff/waiting", staff.path("zhou")):
        told = await client.get(path)
        assert told.status_code == 403 and "启用动态口令" in words(told), path
    token = fields_of(shown.text, "/logout")["_csrf"]
    told = await client.post(f"{staff.path('zhou')}/lock", data={"_csrf": token, "locking": "试试"})
    assert told.status_code == 403 and (await staff.row("zhou"))["state"] == "active"
    secret = secret_in(shown.text)
    shown = await submit(client, shown, AT, {"code": code_of(secret), "present": SECRET})
    assert "恢复码" in words(shown)
    assert (await client.get("/desk/staff/waiting")).status_code == 200, "at once, in the same session"
    hands.wait()
    shown = await client.get(AT)
    assert "停用动态口令" not in words(shown)
    token = fields_of(shown.text, "/logout")["_csrf"]
    kept = await client.post(f"{AT}/remove", data={"_csrf": token, "code": code_of(secret)})
    assert kept.status_code == 409 and "不能停用" in words(kept)
    client.cookies.clear()
    shown = await client.get("/staff/login")
    shown = await submit(client, shown, "/staff/login", {"account": "sec", "password": SECRET})
    shown = await submit(client, shown, "/staff/login/totp", {"code": code_of(secret)})
    assert shown.url.path == "/desk/staff"
    # Lost, it is reset by another, and she begins anew; nobody does it for herself.
    await staff.be("sys")
    page = await client.get(staff.path("sec"))
    assert folded(page, f"{staff.path('sec')}/factor"), "not by one click"
    done = await submit(client, page, f"{staff.path('sec')}/factor", {})
    assert "动态口令已停用" in words(done) and (await actions_of(db))[-1] == "identity.reset_totp"


async def test_where_an_sms_is_too_little_an_officer_sets_up_an_authenticator_first(
    staff: Staff,
    db: Database,
    hands: Clock,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in every house under https. How it can fail: leave the gate's look at ``proven`` out; the
    page of the refusal without its buttons."""
    monkeypatch.setenv("TONGBAN_OFFICERS_BY_SMS", "no")
    reload()
    client = staff.client
    shown = await log_in(client, db, "head")
    assert shown.url.path == AT and "这里要用动态口令" in words(shown)
    for path in ("/desk/staff", staff.path("zhou")):
        refused = await client.get(path)
        assert refused.status_code == 403, path
        assert f'href="{AT}"' in refused.text and 'href="/account/passkeys"' in refused.text, (
            "led there by a button"
        )
    secret = secret_in(shown.text)
    shown = await submit(client, shown, AT, {"code": code_of(secret), "present": SECRET})
    assert "恢复码" in words(shown)
    assert (await client.get(staff.path("zhou"))).status_code == 200, "at once, in the same session"
    assert "停用动态口令" not in words(await client.get(AT))
    monkeypatch.undo()
    reload()


async def test_what_is_wrong_with_the_filters_stands_in_their_order(staff: Staff) -> None:
    """How it can fail: tell it in the order in which it was found."""
    await staff.be("aud")
    refused = await staff.client.get("/desk/staff/ledger?account=nobody&since-day=3")
    assert re.findall(r'<a href="#(\w+)">', refused.text) == ["account", "since"]


@pytest.mark.parametrize(
    ("public_url", "said", "enough"),
    [
        ("http://localhost:8000", None, True),
        ("https://city.example", None, False),
        ("https://city.example", "yes", True),
        ("http://localhost:8000", "no", False),
    ],
)
def test_an_sms_is_enough_only_where_no_network_reaches_the_house(
    monkeypatch: pytest.MonkeyPatch, public_url: str, said: str | None, enough: bool
) -> None:
    """How it can fail (tried): a default of ``yes``; the setting ignored where there is one."""
    monkeypatch.setenv("TONGBAN_PUBLIC_URL", public_url)
    monkeypatch.delenv("TONGBAN_OFFICERS_BY_SMS", raising=False)
    if said is not None:
        monkeypatch.setenv("TONGBAN_OFFICERS_BY_SMS", said)
    assert settings.read().officers_by_sms is enough
    monkeypatch.setenv("TONGBAN_OFFICERS_BY_SMS", "maybe")
    with pytest.raises(settings.SettingsWrong, match="TONGBAN_OFFICERS_BY_SMS must be yes or no"):
        settings.read()


async def test_who_is_idle_for_half_an_hour_is_out_and_keeps_what_she_typed(
    staff: Staff, db: Database
) -> None:
    client = staff.client
    await log_in(client, db, "head")
    shown = await client.get(staff.path("zhou"))
    form = {"department": POLICE, "duties-1": "review", "reason": "调令 9 号"}
    await db.run(
        "UPDATE kit.session SET seen_at = $1 WHERE actor = $2",
        clock.now() - timedelta(minutes=30),
        staff.ids["head"],
    )
    client.app.state.sessions.forget(client.cookies["tongban_session"])
    assert (await client.get("/staff/account", follow_redirects=False)).status_code == 200, "not yet"
    await db.run(
        "UPDATE kit.session SET seen_at = $1 WHERE actor = $2",
        clock.now() - timedelta(minutes=32),
        staff.ids["head"],
    )
    client.app.state.sessions.forget(client.cookies["tongban_session"])
    told = await submit(client, shown, f"{staff.path('zhou')}/changes", form)
    assert told.status_code == 401 and "已保留" in words(told)
    await db.run("UPDATE identity.code SET sent_at = sent_at - interval '2 minutes', used_at = now()")
    step = await submit(client, told, "/staff/login", {"account": "head", "password": SECRET})
    again = await submit(client, step, "/staff/login/code", {"code": await last_code(db)})
    assert "调令 9 号" in again.text
    done = await submit(client, again, f"{staff.path('zhou')}/changes", {})
    assert "等待安全管理员复核" in words(done)
