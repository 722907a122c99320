"""Changing one's own phone number while logged in: proved at both phones, once, and never two accounts with one."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
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
    logged_in,
    texts,
    with_account,
    wrong,
)
from tests.identity.pages import fields_of, submit, words
from tongban import identity
from tongban.identity.actions import own_phone, stepping_up
from tongban.identity.model.hashes import number_hash
from tongban.identity.model.own_phone import NewPhoneTaken, PhoneMovedOn
from tongban.identity.model.refusals import CodeUsed, CodeWrong, StepGone
from tongban.identity.store import accounts
from tongban.identity.store import own_phone as store
from tongban.kit.db import Database, write
from tongban.kit.not_allowed import FreshProofNeeded
from tongban.kit.policy import Actor
from tongban.kit.web.recognising import Sessions
from tongban.kit.web.sessions import hash_of

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
NEW = "13800005088"
PAGE = "/account/phone"


def with_session(opened: identity.Opened) -> Actor:
    return msgspec.structs.replace(opened.actor, session=hash_of(opened.cookie))


async def test_the_pages_lead_through_and_refuse_in_place(
    client: Client, db: Database, register: Register
) -> None:
    """The same number, somebody else's number, a register that is away and a wrong code change nothing and lose
    nothing typed; then both phones are told, other devices are out, and only the new number logs in."""
    await with_account(db)
    await logged_in(client, db)
    there = dict(client.cookies)
    client.cookies.clear()
    await db.sibling().run("UPDATE identity.code SET sent_at = sent_at - interval '2 min'")
    await logged_in(client, db)
    form = await client.get(PAGE)
    same = await submit(client, form, PAGE, {"phone": LI.phone})
    assert same.status_code == 422 and "不用更换" in words(same) and f'value="{LI.phone}"' in same.text
    foreign = await submit(client, form, PAGE, {"phone": WANG.phone})
    assert foreign.status_code == 422 and "本人的名义" in words(foreign)
    assert not await texts(db, WANG.phone), "no message goes to a number that is not hers"
    register.people[LI.id_number] = msgspec.structs.replace(LI, phone=NEW)
    register.down = True
    away = await submit(client, form, PAGE, {"phone": NEW})
    assert away.status_code == 503 and f'value="{NEW}"' in away.text
    register.down = False
    asked = await submit(client, form, PAGE, {"phone": f"+86 {NEW}"})
    standing = "SELECT count(*) FROM audit.purpose WHERE item = 'identity.change_phone' AND closed_at IS NULL"
    assert await db.sibling().value(standing) == 0, (
        "why the register was asked is over with its answer, or silence"
    )
    codes = {"phone_old": await last_code(db, LI.phone), "phone_new": await last_code(db, NEW)}
    bad = await submit(client, asked, f"{PAGE}/code", codes | {"phone_new": wrong(codes["phone_new"])})
    assert bad.status_code == 422 and f'value="{codes["phone_old"]}"' in bad.text
    soon = await submit(client, asked, f"{PAGE}/code", codes | {"which": "phone_new"}, to=f"{PAGE}/resend")
    assert "秒后重新获取" in words(soon) and f'value="{codes["phone_old"]}"' in soon.text
    await db.sibling().run("UPDATE identity.code SET sent_at = sent_at - interval '2 minutes'")
    asked = await submit(
        client, soon, f"{PAGE}/code", codes | {"which": "phone_new", "phone_new": "1"}, to=f"{PAGE}/resend"
    )
    # The other phone's code stayed typed, and in no address; what was typed of the one that got a new code did not.
    typed = (
        fields_of(asked.text, f"{PAGE}/code")["phone_old"],
        fields_of(asked.text, f"{PAGE}/code")["phone_new"],
    )
    assert typed == (codes["phone_old"], "") and codes["phone_old"] not in str(asked.url)
    done = await submit(client, asked, f"{PAGE}/code", {"phone_new": await last_code(db, NEW)})
    assert "手机号已更换" in words(done) and "138****5088" in words(done)
    assert "不再用于登录" in (await texts(db, LI.phone))[-1]
    assert "已绑定" in (await texts(db, NEW))[-1]
    await _is_out(client, there)
    shown = await client.get("/login")
    refused = await submit(client, shown, "/login", {"account": LI.phone, "password": SECRET})
    assert refused.status_code == 422
    assert "identity.change_phone" in await actions_of(db)


async def _is_out(client: Client, there: dict[str, str]) -> None:
    """Her other device is logged out."""
    client.cookies.clear()
    client.cookies.update(there)
    client.app.state.sessions.forget(there["tongban_session"])
    assert "/login" in str((await client.get(PAGE)).url)


async def test_twice_in_two_windows_and_by_two_people(db: Database, register: Register) -> None:
    """The same codes twice change it once, a code proves the number that it was sent to alone, and of two accounts
    that bind one number at the same time one is told that the other was faster."""
    later = NOW + timedelta(minutes=5)
    li, wang = with_session(await enrolled(db)), with_session(await enrolled(db, WANG))
    register.people[LI.id_number] = msgspec.structs.replace(LI, phone=NEW)
    one = await own_phone.ask_change(db, li, phone=NEW, now=later)
    standing = "SELECT count(*) FROM audit.purpose WHERE item = 'identity.change_phone' AND closed_at IS NULL"
    assert await db.value(standing) == 0, "why the register was asked is over with its answer"
    codes = {"old_code": await last_code(db, LI.phone), "new_code": await last_code(db, NEW)}
    register.people[LI.id_number] = msgspec.structs.replace(LI, phone="13800005089")
    two = await own_phone.ask_change(db, li, phone="13800005089", now=later)
    assert one.sent and not two.sent
    with pytest.raises(CodeWrong):
        await own_phone.change_phone(db, li, step=two.step, **codes, now=later)
    with pytest.raises(StepGone):
        await own_phone.change_phone(db, wang, step=one.step, **codes, now=later)
    register.people[WANG.id_number] = msgspec.structs.replace(WANG, phone=NEW)
    hers = await own_phone.ask_change(db, wang, phone=NEW, now=later + timedelta(minutes=1))
    her_codes = {"old_code": await last_code(db, WANG.phone), "new_code": await last_code(db, NEW)}
    outcome = await asyncio.gather(
        *(own_phone.change_phone(db, li, step=one.step, **codes, now=later) for _ in range(2)),
        own_phone.change_phone(db, wang, step=hers.step, **her_codes, now=later),
        return_exceptions=True,
    )
    assert all(isinstance(one, str | NewPhoneTaken | CodeUsed | PhoneMovedOn) for one in outcome), outcome
    people = [(await identity.person(db, who.id)).phone for who in (li, wang) if who.id]
    assert people.count(NEW) == 1, "one number is one account's"
    assert await db.sibling().value("SELECT count(*) FROM identity.id_index WHERE kind = 'phone'") == sum(
        1 for one in people if one
    ), "what finds an account is what it has"
    # In between the question whose it is and the write: the whole write is undone.
    assert li.id is not None
    taken = number_hash("phone", NEW if people[1] == NEW else WANG.phone)
    with pytest.raises(asyncpg.NotNullViolationError):
        await write(
            db.sibling(),
            accounts.standing(li.id),
            store.indexing(taken, from_account=None, now=later),
        )


async def test_for_a_day_an_act_of_l3_asks_a_proof(db: Database, register: Register) -> None:
    """And the account that had the number until now loses it, as when somebody enrols with it."""
    later = NOW + timedelta(minutes=5)
    opened, former = await enrolled(db), await enrolled(db, WANG)
    li = with_session(opened)
    register.people[LI.id_number] = msgspec.structs.replace(LI, phone=WANG.phone)
    asked = await own_phone.ask_change(db, li, phone=WANG.phone, now=later)
    codes = {"old_code": await last_code(db, LI.phone), "new_code": await last_code(db, WANG.phone)}
    await stepping_up.must_be_settled(db, li, now=later)
    cookie = await own_phone.change_phone(db, li, step=asked.step, **codes, now=later)
    assert former.actor.id is not None
    assert (await identity.person(db, former.actor.id)).phone == ""
    assert await Sessions(db).actor(former.cookie, now=later) is None
    at_l3 = msgspec.structs.replace(li, level=3, session=hash_of(cookie))
    for level, refused in ((2, False), (3, True)):
        if refused:
            with pytest.raises(FreshProofNeeded):
                await identity.must_reach(db, at_l3, level=level, now=later + timedelta(minutes=1))
        else:
            await identity.must_reach(db, at_l3, level=level, now=later + timedelta(minutes=1))
    proved = later + timedelta(minutes=2)
    cookie = await stepping_up.prove(db, at_l3, password=SECRET, now=proved)
    at_l3 = msgspec.structs.replace(at_l3, session=hash_of(cookie))
    await identity.must_reach(db, at_l3, level=3, now=proved + timedelta(minutes=1))
    with pytest.raises(FreshProofNeeded):
        await identity.must_reach(db, at_l3, level=3, now=proved + timedelta(hours=1))
    await identity.must_reach(db, at_l3, level=3, now=later + timedelta(hours=24))
