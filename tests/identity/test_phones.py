"""A phone number that changes hands: its former owner loses it, its new one learns nothing of hers."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from tests.identity.conftest import (
    LI,
    NOW,
    SECRET,
    WANG,
    Client,
    Register,
    actions_of,
    enrolled,
    last_code,
    texts,
)
from tests.identity.pages import submit, words
from tongban import identity, notices
from tongban.identity.actions.codes import resend
from tongban.identity.model import refusals
from tongban.identity.model.phones import PhoneBound, PhoneLost
from tongban.kit.db import Database
from tongban.kit.web.recognising import Sessions

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
LATER = NOW + timedelta(minutes=10)
#: Wang has the number now that was Li's, by the register too.
HEIR = msgspec.structs.replace(WANG, phone=LI.phone)
MOVED = msgspec.structs.replace(LI, phone="13800005099")


async def handed_over(db: Database, register: Register) -> tuple[identity.Opened, identity.Opened]:
    li = await enrolled(db)
    register.people[WANG.id_number], register.people[LI.id_number] = HEIR, MOVED
    return li, await enrolled(db, HEIR, now=NOW + timedelta(minutes=2))


async def password(db: Database, account: str) -> str:
    return await identity.check_password(db, "log_in", account=account, password=SECRET, now=LATER)


async def test_the_former_owner_loses_it_at_once(db: Database, register: Register) -> None:
    before = await enrolled(db)
    step = await password(db, LI.id_number)
    register.people[WANG.id_number] = HEIR
    await enrolled(db, HEIR, now=LATER)
    assert await Sessions(db).actor(before.cookie, now=LATER) is None, "she is to bind another one first"
    sent = len(await texts(db))
    with pytest.raises(PhoneLost):
        await password(db, LI.id_number)
    with pytest.raises(refusals.StepGone):
        await resend(db, step, stages=("log_in",), now=LATER + timedelta(minutes=2))
    assert len(await texts(db)) == sent, "no code of hers goes anywhere"
    assert before.actor.id is not None
    assert (await notices.inbox(db, before.actor.id))[0].title.zh == "登记的手机号已由他人使用"
    assert (await identity.person(db, before.actor.id)).phone == ""
    assert "identity.lose_phone" in await actions_of(db)


async def test_the_new_owner_has_the_number_and_nothing_of_hers(db: Database, register: Register) -> None:
    li, wang = await handed_over(db, register)
    step = await password(db, LI.phone)
    opened = await identity.log_in(db, "log_in", step=step, code=await last_code(db), now=LATER)
    assert opened.actor.id == wang.actor.id
    assert wang.actor.id is not None and li.actor.id is not None
    assert not any("他人使用" in one.title.zh for one in await notices.inbox(db, wang.actor.id))
    with pytest.raises(refusals.WrongPassword):
        await identity.check_password(db, "log_in", account=LI.id_number, password="not hers", now=LATER)


async def test_a_new_number_is_bound_to_the_old_account(db: Database, register: Register) -> None:
    """By what opens an account: name, paper and phone are hers by the register, and the code came to the phone."""
    li, _ = await handed_over(db, register)
    with pytest.raises(PhoneBound):
        await enrolled(db, MOVED, now=LATER)
    assert await db.value("SELECT count(*) FROM identity.account") == 2
    assert li.actor.id is not None
    assert (await identity.person(db, li.actor.id)).phone == MOVED.phone
    later = LATER + timedelta(minutes=1)
    step = await identity.check_password(db, "log_in", account=MOVED.phone, password=SECRET, now=later)
    opened = await identity.log_in(db, "log_in", step=step, code=await last_code(db, MOVED.phone), now=later)
    assert opened.actor.id == li.actor.id
    with pytest.raises(identity.AlreadyEnrolled):  # who has her phone keeps it
        await enrolled(db, MOVED, now=LATER + timedelta(minutes=5))


async def test_what_the_former_owner_sees(client: Client, db: Database, register: Register) -> None:
    await handed_over(db, register)
    shown = await client.get("/login")
    told = await submit(client, shown, "/login", {"account": LI.id_number, "password": SECRET})
    assert told.status_code == 409 and "由他人实名使用" in words(told) and 'href="/enrol' in told.text
    wrong = await submit(client, shown, "/login", {"account": LI.id_number, "password": "guess"})
    assert wrong.status_code == 422 and "他人" not in words(wrong), "told to who knows the password only"
    typed = {"name": MOVED.name, "id_number": MOVED.id_number, "phone": MOVED.phone}
    shown = await submit(
        client, await client.get("/enrol"), "/enrol", {**typed, "password": SECRET, "agree": "yes"}
    )
    done = await submit(client, shown, "/enrol/code", {"code": await last_code(db, MOVED.phone)})
    assert done.status_code == 409 and "已绑定到您原来的账户" in words(done)
