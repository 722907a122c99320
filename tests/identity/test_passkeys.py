"""Passkeys over HTTP, with an authenticator in software: added, used, renamed, removed, and what is refused."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from tests.identity.authenticator import unwritten, written
from tests.identity.conftest import (
    LI,
    NOW,
    SECRET,
    WANG,
    Client,
    actions_of,
    enrolled,
    last_code,
    logged_in,
    texts,
    with_account,
)
from tests.identity.pages import fields_of, submit, words
from tests.identity.passkey_pages import AT, JSON, added, asked, authenticator, begun, enters
from tests.identity.test_totp_pages import Clock
from tongban import identity
from tongban.identity.actions import passkey_log_in
from tongban.identity.actions import passkeys as actions
from tongban.identity.model.passkeys import ChallengeGone, NoSuchPasskey
from tongban.identity.store import passkeys as store
from tongban.kit import clock
from tongban.kit.db import Database, connect
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor, Role

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Clock:
    hands = Clock()
    monkeypatch.setattr(clock, "now", hands.now)
    return hands


@pytest.fixture
async def li(client: Client, db: Database, hands: Clock) -> Actor:
    """Logged in by password and SMS."""
    await with_account(db)
    await logged_in(client, db)
    return await identity.actor_of(db, kind="phone", value=LI.phone)


async def test_added_and_logged_in_with_without_a_name_or_an_sms(
    client: Client, db: Database, li: Actor, hands: Clock
) -> None:
    phone = authenticator()
    shown = await client.get(AT)
    assert "还没有通行密钥" in words(shown)
    shown = await added(client, phone)
    assert shown.url.path == AT and "通行密钥已添加" in words(shown)
    assert "我的手机" in words(shown) and "iCloud 钥匙串" in words(shown) and "还没有用过" in words(shown)
    sent = len(await texts(db))
    client.cookies.clear()
    hands.wait()
    arrived = await enters(client, phone)
    assert (arrived.url.path, arrived.text) == ("/draft", "draft")
    assert len(await texts(db)) == sent
    assert "最近使用" in words(await client.get(AT))
    inbox = words(await client.get("/my/inbox"))
    assert "添加了一把通行密钥" in inbox and "我的手机" in inbox
    ledger = await actions_of(db)
    assert "identity.add_passkey" in ledger and ledger[-1] == "identity.log_in"
    held, *_ = await identity.holdings(db, li.id)
    (kept,) = held["passkeys"]
    assert kept["name"] == "我的手机" and kept["last_used_at"] == hands.moment


async def test_the_options_ask_for_what_the_law_of_webauthn_wants(client: Client, li: Actor) -> None:
    phone = authenticator()
    await added(client, phone)
    shown = await client.get(f"{AT}/add")
    _, make = await begun(client, shown, f"{AT}/add", f"{AT}/options", name="第二把")
    assert make["rp"]["id"] == "localhost" and make["attestation"] == "none"
    assert make["authenticatorSelection"]["userVerification"] == "required"
    assert make["authenticatorSelection"]["residentKey"] == "required"
    assert unwritten(make["user"]["id"]) == li.id.bytes and LI.name not in json.dumps(make)
    assert [one["id"] for one in make["excludeCredentials"]] == [written(phone.credentials[0].id)]
    client.cookies.clear()
    _, ask = await asked(client)
    assert ask["userVerification"] == "required" and not ask.get("allowCredentials")


WRONG = {
    "origin": {"origin": "https://tongban.example.net"},
    "rp": {"rp": "example.net"},
    "unverified": {"verifies": False},
    "framed": {"framed": True},
}


@pytest.mark.parametrize("fault", WRONG)
async def test_what_does_not_verify_is_neither_kept_nor_opens(
    client: Client, db: Database, li: Actor, fault: str
) -> None:
    phone = authenticator(**WRONG[fault])
    refused = await added(client, phone)
    said = "没有核对是不是您本人" if fault == "unverified" else "没有通过验证"
    assert refused.status_code == 422 and said in words(refused)
    assert fields_of(refused.text, f"{AT}/add")["name"] == "我的手机", "what was typed stays"
    assert await db.value("SELECT count(*) FROM identity.passkey") == 0
    right = authenticator()
    await added(client, right)
    for name, value in WRONG[fault].items():
        setattr(right, name, value)
    client.cookies.clear()
    refused = await enters(client, right)
    assert refused.status_code == 422 and said in words(refused)
    assert (await client.get("/draft")).url.path == "/login"
    assert (await actions_of(db))[-1] == "identity.fail_passkey"


async def test_a_challenge_is_good_once_for_a_while_in_one_browser(
    client: Client, db: Database, li: Actor, hands: Clock
) -> None:
    key = authenticator(counts=True)
    await added(client, key)
    client.cookies.clear()
    fields, options = await asked(client)
    sent = {**fields, "credential": key.answer(options)}
    visitor = client.cookies["tongban_visitor"]
    assert (await client.post("/login/passkey", data=sent)).url.path == "/draft"

    async def again(cookie: str, **other: str) -> Any:
        client.cookies.clear()
        client.cookies.set("tongban_visitor", cookie)
        return await client.post("/login/passkey", data={**sent, **other})

    replayed = await again(visitor)
    assert replayed.status_code == 422 and "已用过" in words(replayed)
    signed = await again(visitor, credential=key.answer(options))
    assert signed.status_code == 422 and "已用过" in words(signed), "a new signature over an old challenge"
    assert await db.value("SELECT count(*) FROM identity.passkey WHERE blocked_at IS NOT NULL") == 0
    client.cookies.clear()
    fields, options = await asked(client)
    hands.wait(5 * 60)
    late = await client.post("/login/passkey", data={**fields, "credential": key.answer(options)})
    assert late.status_code == 422 and "已超时" in words(late)
    fields, options = await asked(client)
    client.cookies.clear()
    theirs = fields_of((await client.get("/login")).text, "/login/passkey")["_csrf"]
    moved = {**fields, "_csrf": theirs, "credential": key.answer(options)}
    elsewhere = await client.post("/login/passkey", data=moved)
    assert elsewhere.status_code == 422 and "已超时" in words(elsewhere)


WAITING = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%challenge_used%'"""


@pytest.mark.parametrize("counts", [False, True])
async def test_of_one_answer_sent_three_times_at_once_one_opens(
    client: Client, db: Database, dsn: str, li: Actor, counts: bool
) -> None:
    key = authenticator(counts=counts)
    await added(client, key)
    begun = passkey_log_in.begin_log_in(browser="b", now=clock.now())
    sent = {"token": begun.ceremony, "credential": key.answer(begun.public_key), "browser": "b"}
    before = await db.value("SELECT count(*) FROM kit.session")
    several, holder = await connect(dsn, size=3), await asyncpg.connect(dsn)
    held = holder.transaction()
    await held.start()
    await holder.fetch("SELECT FROM identity.passkey FOR UPDATE")
    tries = [
        asyncio.create_task(passkey_log_in.log_in_with_passkey(several, **sent, now=clock.now()))
        for _ in range(3)
    ]
    for _ in range(1000):  # until each has read that nobody has answered
        if await db.value(WAITING) == len(tries):
            break
        await asyncio.sleep(0.01)
    await held.rollback()
    ended = await asyncio.gather(*tries, return_exceptions=True)
    await holder.close()
    await several.close()
    assert [type(one) for one in ended].count(ChallengeGone) == 2
    assert await db.value("SELECT count(*) FROM kit.session") == before + 1
    assert await db.value("SELECT count(*) FROM identity.passkey WHERE blocked_at IS NOT NULL") == 0


async def test_a_copied_authenticator_is_found_blocked_and_told(
    client: Client, db: Database, li: Actor
) -> None:
    key = authenticator(counts=True)
    await added(client, key, "蓝色<安全>密钥")
    copy = authenticator(counts=True, credentials=[type(one)(**vars(one)) for one in key.credentials])
    for _ in range(2):
        client.cookies.clear()
        assert (await enters(client, key)).url.path == "/draft"
    client.cookies.clear()
    refused = await enters(client, copy)
    assert refused.status_code == 403 and "可能被复制过" in words(refused)
    client.cookies.clear()
    assert (await enters(client, key)).status_code == 403, "nobody knows which is the copy"
    assert "identity.block_passkey" in await actions_of(db)
    assert "可能被复制过" in (await texts(db, LI.phone))[-1]
    client.cookies.clear()
    await db.run("UPDATE identity.code SET sent_at = sent_at - interval '1 hour'")
    await logged_in(client, db)
    assert "一把通行密钥已停用" in words(await client.get("/my/inbox"))
    shown = await client.get(AT)
    assert "已停用" in words(shown) and "蓝色&lt;安全&gt;密钥" in shown.text
    passkey = fields_of(shown.text, f"{AT}/remove")
    assert "已移除" in words(await client.post(f"{AT}/remove", data=passkey))


async def test_anothers_credential_under_ones_own_name_opens_nothing(
    client: Client, db: Database, li: Actor
) -> None:
    hers, his = authenticator(), authenticator()
    await added(client, hers)
    kept = hers.credentials[0].id
    assert await store.held(db, li.id, kept, challenge=b"") is not None
    assert await store.held(db, new_id(li.bucket), kept, challenge=b"") is None
    client.cookies.clear()
    await enrolled(db, WANG, now=clock.now() - timedelta(days=1))
    shown = await submit(
        client, await client.get("/login"), "/login", {"account": WANG.phone, "password": SECRET}
    )
    await submit(client, shown, "/login/code", {"code": await last_code(db)})
    await added(client, his)
    his.credentials[0].handle = hers.credentials[0].handle
    client.cookies.clear()
    refused = await enters(client, his)
    assert refused.status_code == 422 and "没有登记" in words(refused)
    his.credentials[0].id = hers.credentials[0].id
    refused = await enters(client, his)
    assert refused.status_code == 422 and "没有通过验证" in words(refused), "signed with another key"
    assert (await client.get("/draft")).url.path == "/login"


async def test_an_old_log_in_is_asked_for_the_password_first(
    client: Client, db: Database, li: Actor, hands: Clock
) -> None:
    hands.wait(10 * 60)
    shown = await client.get(f"{AT}/add")
    told = await client.post(f"{AT}/options", data=fields_of(shown.text, f"{AT}/proof"), headers=JSON)
    assert told.status_code == 403 and "再输一次密码" in told.json()["detail"]
    refused = await submit(client, shown, f"{AT}/proof", {"present": "wrong"})
    assert refused.status_code == 422 and "还可以再试 4 次" in words(refused)
    shown = await submit(client, refused, f"{AT}/proof", {"present": SECRET})
    assert shown.url.path == f"{AT}/add"
    fields, options = await begun(client, shown, f"{AT}/add", f"{AT}/options", name="我的手机")
    hands.wait(4 * 60)
    done = await client.post(f"{AT}/add", data={**fields, "credential": authenticator().make(options)})
    assert "通行密钥已添加" in words(done)
    hands.wait(6 * 60)
    assert "确认是您本人" in words(await client.get(shown.url)), "the proof is over"


async def test_renamed_and_removed_and_twice_is_once(client: Client, db: Database, li: Actor) -> None:
    """What is none of hers, or was removed and is to be renamed, is not there. How it can fail (tried): leave
    ``was_hers`` out of removing, ``NoSuchPasskey`` out of renaming or ``_told``."""
    phone = authenticator()
    shown = await client.get(f"{AT}/add")
    fields, options = await begun(client, shown, f"{AT}/add", f"{AT}/options", name="我的手机")
    sent = {**fields, "credential": phone.make(options)}
    for _ in range(2):
        assert "通行密钥已添加" in words(await client.post(f"{AT}/add", data=sent))
    assert await db.value("SELECT count(*) FROM identity.passkey") == 1
    await added(client, authenticator(), "办公室电脑")
    told = await client.post(f"{AT}/options", data={**fields, "name": "办公室电脑"}, headers=JSON)
    assert told.status_code == 422 and "已叫这个名字" in told.text, "before the authenticator makes anything"
    shown = await client.get(AT)
    refused = await submit(client, shown, f"{AT}/rename", {"name": " "})
    assert refused.status_code == 422 and 'href="#name"' in refused.text
    shown = await submit(client, shown, f"{AT}/rename", {"name": "家里的平板"})
    assert "名字已改好" in words(shown) and "家里的平板" in words(shown)
    remove = fields_of(shown.text, f"{AT}/remove")
    key = remove["passkey"]
    for _ in range(2):
        shown = await client.post(f"{AT}/remove", data=remove)
        assert "已移除" in words(shown) and "家里的平板" not in shown.text
    ledger = await actions_of(db)
    assert ledger.count("identity.remove_passkey") == ledger.count("identity.rename_passkey") == 1
    assert await db.value("SELECT count(*) FROM notices.inbox WHERE title_zh = '移除了一把通行密钥'") == 1
    # Of nobody else's is anything ended.
    other = await db.value("SELECT id FROM identity.passkey WHERE ended_at IS NULL")
    neighbour = Actor(Role.RESIDENT, new_id(li.bucket), "王*悦")
    for act in (
        actions.remove_passkey(db, neighbour, passkey=other, now=clock.now()),
        actions.rename_passkey(db, neighbour, passkey=other, name="他的", now=clock.now()),
    ):
        with pytest.raises(NoSuchPasskey):
            await act
    assert await db.value("SELECT count(*) FROM identity.passkey WHERE ended_at IS NULL") == 1
    for act, named in (
        ("remove", str(new_id(li.bucket))),
        ("remove", "zzz"),
        ("rename", "zzz"),
        ("rename", key),
    ):
        answer = await client.post(f"{AT}/{act}", data={**remove, "passkey": named, "name": "别的"})
        assert answer.status_code == 404 and "没有这把通行密钥" in words(answer), (act, named)


async def test_ten_are_enough(client: Client, db: Database, li: Actor) -> None:
    await added(client, authenticator())
    await db.run(
        """INSERT INTO identity.passkey (bucket, id, account, credential, public_key, sign_count, name, aaguid,
            transports, synced, backed_up, made_at)
        SELECT bucket, gen_random_uuid(), account, n::text::bytea, public_key, 0, n::text, aaguid, transports,
            synced, backed_up, made_at
        FROM identity.passkey, generate_series(1, 9) AS n"""
    )
    shown = await client.get(f"{AT}/add")
    told = await client.post(f"{AT}/options", data=fields_of(shown.text, f"{AT}/add"), headers=JSON)
    assert told.status_code == 409 and "最多登记 10 把" in told.json()["detail"]


async def test_what_is_over_is_forgotten(db: Database) -> None:
    await enrolled(db)
    who = (await identity.actor_of(db, kind="phone", value=LI.phone)).id
    await db.run(
        """INSERT INTO identity.passkey (bucket, id, account, credential, public_key, sign_count, name, aaguid,
            transports, synced, backed_up, made_at, ended_at)
        VALUES (0, gen_random_uuid(), $1, '', '', 0, '', gen_random_uuid(), '{}', true, true, $2, $2)""",
        who,
        NOW,
    )
    await db.run("INSERT INTO identity.challenge_used VALUES ('\\x00', $1)", NOW)
    await actions.forget(db, now=NOW + timedelta(minutes=59))
    assert await db.value("SELECT count(*) FROM identity.challenge_used") == 1
    await actions.forget(db, now=NOW + timedelta(days=31))
    assert await db.value("SELECT count(*) FROM identity.challenge_used") == 0
    assert await db.value("SELECT count(*) FROM identity.passkey") == 0
