"""An officer's passkey as her second factor, over HTTP: beside SMS and TOTP, and only her own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.identity.authenticator import written
from tests.identity.conftest import SECRET, Client, last_code, texts
from tests.identity.pages import submit, words
from tests.identity.passkey_pages import AT, added, authenticator, begun, enters
from tests.identity.test_totp_pages import AT as TOTP
from tests.identity.test_totp_pages import Clock, code_of, enabled, secret_in
from tongban import identity
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.settings import reload

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")

STAFF = "/staff/login/passkey"
OFFICER = identity.DemoOfficer("zhoumin", "周敏", "police-310101", "13800009001")


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Clock:
    hands = Clock()
    monkeypatch.setattr(clock, "now", hands.now)
    return hands


async def _at_second(client: Client) -> Any:
    client.cookies.clear()
    shown = await client.get("/staff/login?next=/desk")
    return await submit(client, shown, "/staff/login", {"account": "zhoumin", "password": SECRET})


async def test_an_officers_second_factor(client: Client, db: Database, hands: Clock) -> None:
    await identity.load_demo(db, [], [OFFICER], password=SECRET, now=clock.now())
    shown = await client.get("/staff/login?next=/staff/account")
    shown = await submit(client, shown, "/staff/login", {"account": "zhoumin", "password": SECRET})
    shown = await submit(client, shown, "/staff/login/code", {"code": await last_code(db)})
    assert "管理通行密钥" in words(shown)
    key = authenticator(counts=True)
    assert "通行密钥已添加" in words(await added(client, key))
    sent = len(await texts(db))
    shown = await _at_second(client)
    assert shown.url.path == STAFF and len(await texts(db)) == sent, "no SMS before she asks for one"
    fields, options = await begun(client, shown, STAFF, f"{STAFF}/options")
    assert [one["id"] for one in options["allowCredentials"]] == [written(key.credentials[0].id)]
    arrived = await client.post(STAFF, data={**fields, "credential": key.answer(options)})
    assert (arrived.url.path, arrived.text) == ("/desk", "desk")
    # Without the password it opens nothing, neither here nor at the residents' door.
    client.cookies.clear()
    assert (await client.get(STAFF)).status_code == 422
    refused = await enters(client, key)
    assert refused.status_code == 422 and "没有登记" in words(refused)
    # The SMS is there for the day on which the key is not.
    shown = await submit(client, await _at_second(client), "/staff/login/resend", {})
    assert shown.url.path == "/staff/login/code" and len(await texts(db)) == sent + 1
    arrived = await submit(client, shown, "/staff/login/code", {"code": await last_code(db)})
    assert arrived.url.path == "/desk"
    secret, _ = await enabled(client)
    hands.wait()
    shown = await _at_second(client)
    assert shown.url.path == STAFF and "改用短信验证码" not in words(shown)
    refused = await submit(client, shown, "/staff/login/totp", {"code": "000000"})
    assert refused.status_code == 422 and "还可以再试 4 次" in words(refused)
    arrived = await submit(client, refused, "/staff/login/totp", {"code": code_of(secret)})
    assert arrived.url.path == "/desk"
    shown = await client.get(AT)
    refused = await submit(client, shown, f"{AT}/remove", {"present": "wrong"})
    assert refused.status_code == 422 and "现在的密码不正确" in words(refused)
    assert "已移除" in words(await submit(client, refused, f"{AT}/remove", {"present": SECRET}))
    assert (await _at_second(client)).url.path == "/staff/login/totp"


async def test_only_at_her_own(client: Client, db: Database, hands: Clock) -> None:
    """A colleague's passkey is none of hers, whatever it says."""
    other = identity.DemoOfficer("wuhao", "吴昊", "police-310101", "13800009002")
    await identity.load_demo(db, [], [OFFICER, other], password=SECRET, now=clock.now())
    keys = {}
    for one in (OFFICER, other):
        client.cookies.clear()
        shown = await client.get("/staff/login?next=/staff/account")
        shown = await submit(client, shown, "/staff/login", {"account": one.username, "password": SECRET})
        await submit(client, shown, "/staff/login/code", {"code": await last_code(db)})
        keys[one.username] = authenticator()
        await added(client, keys[one.username])
    stranger = keys["wuhao"]
    for handle in (None, keys["zhoumin"].credentials[0].handle):
        shown = await _at_second(client)
        fields, options = await begun(client, shown, STAFF, f"{STAFF}/options")
        stranger.credentials[0].handle = handle or stranger.credentials[0].handle
        refused = await client.post(STAFF, data={**fields, "credential": stranger.answer(options)})
        assert refused.status_code == 422 and refused.url.path == STAFF
        assert ("没有登记" if handle else "没有通过验证") in words(refused), (
            "under her name, and under its own"
        )
        assert (await client.get("/desk")).url.path == "/staff/login"


async def test_a_stolen_phone_sets_up_no_factor_where_there_is_one(
    client: Client, db: Database, hands: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where an SMS is too little it opens the page on which the first factor is set up: beside a passkey neither an
    authenticator nor another passkey, and the one there is stays, until it is reset. How it can fail (tried): ``first``
    of the two guards false, no ``sets_up`` before a passkey is removed, no ``ending_all`` in ``reset_totp``."""
    await identity.load_demo(db, [], [OFFICER], password=SECRET, now=clock.now())
    monkeypatch.setenv("TONGBAN_OFFICERS_BY_SMS", "no")
    reload()

    async def by_sms() -> Any:
        shown = await _at_second(client)
        if shown.url.path == STAFF:
            hands.wait()
            shown = await submit(client, shown, "/staff/login/resend", {})
        return await submit(client, shown, "/staff/login/code", {"code": await last_code(db)})

    await by_sms()
    assert "通行密钥已添加" in words(await added(client, authenticator()))
    for _ in range(2):  # in the session that was there already, and in a new one
        shown = await client.get(TOTP)
        typed = {"code": code_of(secret_in(shown.text)), "present": SECRET}
        refused = await submit(client, shown, TOTP, typed)
        assert refused.status_code == 403 and "请退出，用它登录后再设置" in words(refused)
        assert "请退出，用它登录后再设置" in words(await added(client, authenticator(), "另一把"))
        refused = await submit(client, await client.get(AT), f"{AT}/remove", {"present": SECRET})
        assert refused.status_code == 403
        assert await db.value("SELECT count(*) FROM identity.passkey WHERE ended_at IS NULL") == 1
        await by_sms()
    assert await identity.reset_totp(db, username=OFFICER.username, now=clock.now())
    assert await db.value("SELECT count(*) FROM identity.passkey WHERE ended_at IS NULL") == 0
    monkeypatch.undo()
    reload()
