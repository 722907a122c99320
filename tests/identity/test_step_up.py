"""Stepping up: an act that asks a higher level, or a fresh proof, leads there and back with what was typed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.identity.conftest import LI, NOW, SECRET, Client, logged_in, with_account
from tests.identity.pages import fields_of, folded, submit, words
from tests.identity.passkey_pages import added, authenticator, begun
from tests.identity.test_levels import officer, shown_of
from tongban import identity
from tongban.identity.actions import vetting
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.not_allowed import StepUpNeeded
from tongban.kit.policy import Actor, Duty, Policy, Relation, Role, Rule, Verdict


async def vet_li(db: Database) -> None:
    """She goes to a window."""
    await vetting.vet(db, await officer(db, Duty.VET), seen=shown_of(LI), key="window-form", now=clock.now())


async def deed(client: Client, **headers: str) -> Any:
    token = fields_of((await client.get("/account/level/card")).text, "/account/level/card")["_csrf"]
    return await client.post("/deed", data={"_csrf": token, "note": "我的遗嘱 <b>"}, headers=headers)


async def test_a_higher_level_is_asked_and_the_form_comes_back(client: Client, db: Database) -> None:
    await with_account(db)
    await logged_in(client, db)
    refused = await deed(client)
    assert refused.status_code == 403
    assert "需要实名等级 L2" in words(refused)
    told = (await deed(client, accept="application/json")).json()
    assert (told["type"], told["level"]) == ("/problems/step-up-needed", 2)
    shown = await submit(client, refused, "/account/level/keep", {})
    assert "您刚才的操作需要 L2" in words(shown)
    assert "/account/level/back" not in shown.text
    await vet_li(db)
    # No process remembers the lower level when it refuses: she goes on in the same second.
    shown = await client.get("/account/level")
    kept = await submit(client, shown, "/account/level/back", {})
    assert fields_of(kept.text, "/deed")["note"] == "我的遗嘱 <b>"
    done = await submit(client, kept, "/deed", {})
    assert done.json() == {"level": "3", "note": "我的遗嘱 <b>"}
    assert await db.sibling().value("SELECT kept LIKE '%遗嘱%' FROM identity.step_up") is False


async def test_a_fresh_proof_is_asked_after_half_an_hour(client: Client, db: Database) -> None:
    """Withdrawing asks it, and is no one click. A wrong password keeps the form; the right one is remembered for half
    an hour. How it can fail (tried): put the form beside the check, not behind a line."""
    await with_account(db)
    await logged_in(client, db)
    await vet_li(db)
    await db.sibling().run("UPDATE kit.session SET opened_at = opened_at - interval '31 minutes'")
    shown = await client.get("/account/level")
    assert folded(shown, "/account/level/withdraw"), "not by one click"
    asked = await submit(client, shown, "/account/level/withdraw", {})
    assert asked.status_code == 403
    assert "确认是您本人" in words(asked)
    again = await submit(client, asked, "/account/prove", {"present": "no password of hers"})
    assert again.status_code == 422
    proved = await submit(client, again, "/account/prove", {"present": SECRET})
    done = await submit(client, proved, "/account/level/withdraw", {})
    assert "您现在是 L1" in words(done)
    ledger = await db.sibling().rows("SELECT action FROM audit.ledger WHERE action = 'identity.prove'")
    assert len(ledger) == 1


async def test_a_passkey_proves_it_in_place_of_the_password(client: Client, db: Database) -> None:
    """Offered to who has one, for its own challenge, once. Seen to fail where the session stays as it was."""
    await with_account(db)
    await logged_in(client, db)
    await vet_li(db)
    long_ago = "UPDATE kit.session SET opened_at = opened_at - interval '31 minutes'"
    device = authenticator()
    assert (await added(client, device)).url.path == "/account/passkeys"
    await db.sibling().run(long_ago)
    asked = await submit(client, await client.get("/account/level"), "/account/level/withdraw", {})
    assert asked.status_code == 403 and "用通行密钥确认" in words(asked)
    strange, _ = await begun(
        client, await client.get("/login?again=1"), "/login/passkey", "/login/passkey/options"
    )
    fields, options = await begun(client, asked, "/account/prove/passkey", "/account/prove/options")
    answer = device.answer(options)
    refused = await client.post(
        "/account/prove/passkey", data={**fields, "ceremony": strange["ceremony"], "credential": answer}
    )
    assert refused.status_code >= 400 and fields_of(refused.text, "/account/prove")["kept"] == fields["kept"]
    proved = await client.post("/account/prove/passkey", data={**fields, "credential": answer})
    assert "您现在是 L1" in words(await submit(client, proved, "/account/level/withdraw", {}))
    again = await client.post("/account/prove/passkey", data={**fields, "credential": answer})
    assert again.status_code >= 400
    (row,) = await db.sibling().rows("SELECT detail FROM audit.ledger WHERE action = 'identity.prove'")
    assert row["detail"]["factor"] == "passkey"
    await db.sibling().run("UPDATE identity.passkey SET blocked_at = now()")
    assert "/account/prove/passkey" not in (await client.get("/account/prove")).text


async def test_an_act_that_asks_a_level_takes_the_rows_word(db: Database, register: Any) -> None:
    """The session's memory may be older than the window's entry; an account that is lower is refused."""
    opened = await identity.enrol(db, LI, now=NOW)
    assert opened
    await identity.load_demo(
        db, [identity.DemoPerson("测一", LI.id_number, "13800005999", level=2)], [], password=SECRET, now=NOW
    )
    found = await identity.actor_of(db, kind="id_number", value=LI.id_number)
    remembered = Actor(Role.RESIDENT, found.id, level=1)
    await identity.must_reach(db, remembered, level=2, now=NOW)
    with pytest.raises(StepUpNeeded) as refused:
        await identity.must_reach(db, remembered, level=3, now=NOW)
    assert refused.value.level == 3


def test_a_rule_that_asks_a_level_allows_who_has_it() -> None:
    policy = Policy([Rule("a.b", Role.RESIDENT, Relation.OWN, Verdict.STEP_UP, level=2)])
    low, high = Actor(Role.RESIDENT, level=1), Actor(Role.RESIDENT, level=2)
    assert policy.decide(low, "a.b", Relation.OWN) is Verdict.STEP_UP
    assert policy.require(high, "a.b", Relation.OWN) is Verdict.ALLOW
    assert (policy.level_asked("a.b", Role.RESIDENT), policy.level_asked("a.b", Role.OFFICER)) == (2, 0)
    with pytest.raises(StepUpNeeded):
        policy.require(low, "a.b", Relation.OWN)
