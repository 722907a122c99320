"""The window for identity matters: whose it is, and where its page leads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.conftest import CITY
from tests.identity.conftest import (
    LI,
    SECRET,
    WANG,
    Client,
    Register,
    actions_of,
    enrolled,
    last_code,
    texts,
    wrong,
)
from tests.identity.pages import fields_of, submit, words
from tongban import identity, notices, regions
from tongban.identity import actions
from tongban.identity.actions import recovering
from tongban.identity.model.cooling import COOLS, CoolingOff
from tongban.identity.model.hashes import number_hash
from tongban.identity.model.powers import Offer
from tongban.identity.model.refusals import CodeExpired, PersonUnknown, StepGone, WrongPassword
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import Actor, Duty
from tongban.kit.web.recognising import Sessions
from tongban.kit.web.sessions import opening_session

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
PHONE = "13800006071"
RECOVERY = "/desk/identity/recovery"


async def clerk(db: Database, *duties: Duty, name: str = "window", phone: str = PHONE) -> Actor:
    """An officer at a window."""
    await regions.load(db, CITY)
    officer = identity.DemoOfficer(name, "周科员", "civil-310106", phone, duties or (Duty.VET,))
    await identity.load_demo(db, [], [officer], password=SECRET, now=clock.now())
    return await identity.actor_of(db, kind="username", value=name)


async def at_her_desk(client: Client, db: Database, actor: Actor) -> Actor:
    """The browser is this officer's from now on; gives her with her session."""
    cookie, part = opening_session(actor, now=clock.now())
    await write(db, Part("SELECT 1 AS one"), part)
    client.cookies.clear()
    client.cookies.set("tongban_session", cookie)
    return actor


async def test_the_page_is_for_who_has_the_duty(client: Client, db: Database) -> None:
    """Every matter that it names opens for her; who examines cases is told whose it is, by name of each."""
    await at_her_desk(client, db, await clerk(db))
    shown = await client.get("/desk/identity")
    assert shown.status_code == 200 and 'href="/desk/identity" aria-current="page"' in shown.text
    desk = [f"/desk/identity/{one}" for one in ("recovery", "power", "guardian", "merge")]
    matters = ["/staff/vetting", *desk, "/staff/correction", "/staff/merges"]
    for matter in matters:
        assert f'href="{matter}"' in shown.text
        assert (await client.get(matter)).status_code == 200
    await at_her_desk(
        client, db, await clerk(db, Duty.EXAMINE, Duty.HEAD, name="examiner", phone="13800006072")
    )
    for matter in ["/desk/identity", *matters]:
        refused = await client.get(matter)
        assert refused.status_code == 403 and "核验人员" in words(refused), matter
    assert "/desk/identity" not in (await client.get("/staff/account")).text


NEW_PHONE = "13900005001"


def as_seen(**other: str) -> dict[str, str]:
    """What the officer types of Li's identity card."""
    return {
        "paper_kind": "111",
        "number": LI.id_number,
        "country": "",
        "name": LI.name,
        "for_good": "yes",
        "genuine": "yes",
        "same_face": "yes",
        "phone": NEW_PHONE,
        **other,
    }


async def test_a_window_gives_an_account_back_and_ends_all_that_opened_it(
    client: Client, db: Database, register: Register
) -> None:
    """From the paper to the receipt; then a new password, set by herself. What opened the account opens it no more, her
    old phone is told, and for 24 hours the gravest acts rest. How it can fail (tried): leave out ``ending_codes``, the
    cooling of offers, ``freeing``; name no child
    in any of the four texts."""
    before = clock.now() - timedelta(hours=2)
    opened = await enrolled(db, now=before)
    await enrolled(db, WANG, now=before)
    who = opened.actor.id
    assert who is not None
    await db.run("UPDATE identity.account SET level = 3 WHERE id = $1", who)
    half = await identity.check_password(db, "log_in", account=LI.phone, password=SECRET, now=clock.now())
    stolen = await last_code(db, LI.phone)
    await at_her_desk(client, db, await clerk(db))
    form = await client.get(RECOVERY)
    await _is_refused(client, form, register)
    await db.run(  # the number is hers by the register now, and an account still has it that was somebody's before
        "UPDATE identity.id_index SET hash = $1 WHERE hash = $2",
        *(number_hash("phone", NEW_PHONE), number_hash("phone", WANG.phone)),
    )
    register.people[LI.id_number] = msgspec.structs.replace(LI, phone=NEW_PHONE)
    shown = await submit(client, form, RECOVERY, as_seen())
    assert shown.url.path == RECOVERY and "139****5001" in words(shown)
    assert (await submit(client, form, RECOVERY, as_seen())).url == shown.url, "sent twice, it is one"
    register.people[LI.id_number] = msgspec.structs.replace(LI, phone="13900005002")
    other = await submit(client, form, RECOVERY, as_seen(phone="13900005002"))
    assert other.status_code == 429, "no code of one phone binds another"
    code = await last_code(db, NEW_PHONE)
    at = f"{RECOVERY}/code"
    refused = await submit(client, shown, at, {"code": wrong(code)})
    assert refused.status_code == 422 and "还可以再试 4 次" in words(refused)
    done = await submit(client, shown, at, {"code": code})
    assert "账户找回回执" in words(done) and "139****5001" in words(done) and LI.id_number not in done.text
    told = await notices.inbox(db.sibling(), who, before=None, limit=9)
    for said in (words(shown), words(done), told[0].body.zh, str(CoolingOff(clock.now()).message)):
        assert "办理授权、添加孩子、绑定单位和更换手机号" in said, "all that rests is named"
    assert (await submit(client, shown, at, {"code": code})).url == done.url
    assert "凭证件原件找回" in (await texts(db, LI.phone))[-1]
    await _opens_no_more(db, opened, half, stolen)
    await _sets_a_new_password(db)
    actor = await identity.actor_of(db, kind="phone", value=NEW_PHONE)
    assert actor.id == who
    assert await db.value("SELECT count(*) FROM identity.account WHERE phone_lost_at IS NOT NULL") == 1
    await _cools(client, db, actor)
    assert {"identity.begin_window_recovery", "identity.recover_at_window"} <= set(await actions_of(db))


async def _cools(client: Client, db: Database, actor: Actor) -> None:
    """For a day no power is given and no phone changed: the form says so at once, before it is filled in."""
    now = clock.now()
    offer = Offer(WANG.paper, WANG.name, "attorney", None, None, None, now, now + timedelta(days=9))
    with pytest.raises(CoolingOff):
        await actions.offer_power(db, actor, offer, now=now)
    await at_her_desk(client, db, actor)
    token = fields_of((await client.get("/account/passkeys")).text, "/logout")["_csrf"]
    for form in ("/account/phone", "/my/acting/offer", "/my/acting/child", "/my/acting/firm"):
        shown = await client.get(form)
        assert shown.status_code == 403 and "账户刚在窗口找回" in words(shown), form
    changed = await client.post("/account/phone", data={"phone": "13900005009", "_csrf": token})
    assert changed.status_code == 403 and "账户刚在窗口找回" in words(changed)
    await identity.must_have_cooled(db, actor, now=now + COOLS)


async def _sets_a_new_password(db: Database) -> None:
    """The receipt's first step, online: the code comes to the phone that the window bound."""
    step = await recovering.ask_recovery(db, name=LI.name, paper=LI.paper, now=clock.now())
    await recovering.recover(
        db, step=step, code=await last_code(db, NEW_PHONE), new="another horse staple", now=clock.now()
    )


async def _is_refused(client: Client, form: Any, register: Register) -> None:
    """Another person's paper, phones that will not do, a face not compared, her own, and while the register is away."""
    for wrong_, field, told in (
        ({"name": "李四"}, "name", "不一致"),
        ({"phone": LI.phone}, "phone", "登记的手机号"),
        ({"phone": WANG.phone}, "phone", "不是以本人的名义"),
        ({"phone": "13900005003"}, "phone", "不是以本人的名义"),
        ({"same_face": "no"}, "same_face", "比对"),
    ):
        refused = await submit(client, form, RECOVERY, as_seen(**wrong_))
        assert refused.status_code == 422 and f'href="#{field}"' in refused.text and told in words(refused)
        assert f'value="{LI.id_number}"' in refused.text, "nothing typed is lost"
    own = await submit(client, form, RECOVERY, as_seen(phone=PHONE))
    assert own.status_code == 403 and "另一位工作人员" in words(own)
    register.down = True
    assert (await submit(client, form, RECOVERY, as_seen())).status_code == 503
    register.down = False


async def _opens_no_more(db: Database, opened: identity.Opened, half: str, stolen: str) -> None:
    """Her session, a log-in half done, the level, the password, the old phone."""
    assert await Sessions(db).actor(opened.cookie, now=clock.now()) is None
    with pytest.raises((StepGone, CodeExpired)):
        await identity.log_in(db, "log_in", step=half, code=stolen, now=clock.now())
    row = await db.row("SELECT level, phone_lost_at FROM identity.account WHERE id = $1", opened.actor.id)
    assert row is not None and row["level"] == 1
    with pytest.raises(WrongPassword):
        await identity.check_password(db, "log_in", account=NEW_PHONE, password=SECRET, now=clock.now())
    with pytest.raises(PersonUnknown):
        await identity.actor_of(db, kind="phone", value=LI.phone)
