"""Help at the window: found or enrolled, signed, acted for, ended; by pages and by verbs."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests import make
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
    with_account,
)
from tests.identity.pages import submit, words
from tongban import identity, regions
from tongban.identity import actions
from tongban.identity.model.helping import HelpInvalid, HelpOver, OwnHelp, Visitor, ends_at
from tongban.identity.model.powers import PowerState, PowerUnknown
from tongban.kit import clock
from tongban.kit.acting import Errand
from tongban.kit.db import Database, Part, write
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor, Duty, Role
from tongban.kit.web.sessions import hash_of, opening_session

pytestmark = [
    pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning"),
    pytest.mark.usefixtures("register"),
]

NOW = clock.now()
PHONE = "13800006001"
OLD = Visitor(WANG.paper, WANG.name, "residence_permit")


async def at_window(db: Database, *duties: Duty, phone: str = PHONE, name: str = "helper") -> Actor:
    """An officer at the window, with her session."""
    await regions.load(db, CITY)
    department = (await regions.departments(db))[0].code
    officer = identity.DemoOfficer(name, "周科员", department, phone, duties or (Duty.ASSIST,))
    await identity.load_demo(db, [], [officer], password=SECRET, now=NOW)
    return await identity.actor_of(db, kind="username", value=name)


async def test_who_has_neither_phone_nor_account_is_helped_until_the_end_of_the_day(db: Database) -> None:
    officer = await at_window(db)
    power = await actions.begin_help(db, officer, OLD, now=NOW)
    sheet = await actions.consent_of(db, officer, power_id=power, now=NOW)
    assert (sheet.name, sheet.until) == (WANG.name, ends_at(NOW)) and sheet.number.startswith("BB")
    who = (await actions.help_of(db, officer, power_id=power, now=NOW)).principal
    person = await identity.person(db, who)
    assert (person.name, person.phone) == (WANG.name, "")
    acting = (await actions.sign_consent(db, officer, power_id=power, now=NOW)).actor
    assert acting.acting is not None
    assert (acting.role, acting.id, acting.holder, acting.level) == (Role.RESIDENT, who, officer.id, 3)
    assert acting.acting.covers("residence_permit") and not acting.acting.covers("food_business")
    assert acting.acting.allows(Errand.APPLY) and not acting.acting.allows(Errand.WITHDRAW)
    given = (await actions.powers_of(db, Actor(Role.RESIDENT, who), now=NOW)).given
    assert [(one.basis, one.state) for one in given] == [(sheet.number, PowerState.STANDING)], "she sees it"
    kept = await actions_of(db)
    assert {"identity.assist", "identity.open_account", "identity.sign_help"} <= set(kept)
    with pytest.raises(HelpOver):
        await actions.help_of(db, officer, power_id=power, now=ends_at(NOW))
    own = await enrolled(db, WANG, now=NOW + timedelta(days=1))
    assert own.actor.id == who and own.actor.level == 1, "with a phone of her own she goes on with it"


async def test_what_an_officer_may_not(db: Database, register: Register) -> None:
    officer, colleague = await at_window(db), await at_window(db, phone="13800006002", name="colleague")
    with pytest.raises(NotAllowed):
        await actions.begin_help(db, await at_window(db, Duty.EXAMINE, name="other"), OLD, now=NOW)
    await enrolled(db, LI, now=NOW - timedelta(minutes=30))
    herself = await at_window(db, phone=LI.phone, name="herself")
    with pytest.raises(OwnHelp):
        await actions.begin_help(db, herself, Visitor(LI.paper, LI.name, OLD.item), now=NOW)
    namesake = msgspec.structs.replace(officer, name=LI.name)
    with pytest.raises(OwnHelp):
        await actions.begin_help(db, namesake, Visitor(LI.paper, LI.name, OLD.item), now=NOW)
    for wrong in (Visitor(LI.paper, WANG.name, OLD.item), Visitor(WANG.paper, LI.name, OLD.item)):
        with pytest.raises(HelpInvalid):
            await actions.begin_help(db, officer, wrong, now=NOW)
    power = await actions.begin_help(db, officer, OLD, now=NOW)
    for verb in (actions.sign_consent, actions.consent_of):
        with pytest.raises(PowerUnknown):
            await verb(db, colleague, power_id=power, now=NOW)
    again = await actions.begin_help(db, officer, OLD, now=NOW)
    assert [one.id for one in await actions.helps_of(db, officer, now=NOW)] == [again], "one at a time"
    assert register.asked


async def logged_in_officer(client: Client, db: Database) -> Any:
    shown = await client.get("/staff/login?next=/desk/assist")
    shown = await submit(client, shown, "/staff/login", {"account": "helper", "password": SECRET})
    return await submit(client, shown, "/staff/login/code", {"code": await last_code(db, PHONE)})


async def test_by_pages_from_the_card_to_the_desk_again(
    client: Client, db: Database, register: Register
) -> None:
    await with_account(db)
    await at_window(db)
    shown = await logged_in_officer(client, db)
    assert shown.url.path == "/desk/assist", words(shown)
    typed = {"name": WANG.name, "id_number": WANG.id_number, "item": "residence_permit"}
    refused = await submit(client, shown, "/desk/assist", typed)
    assert (
        refused.status_code == 422
        and "核对过的，才能帮办" in words(refused)
        and WANG.id_number in refused.text
    )
    register.down = True
    refused = await submit(client, refused, "/desk/assist", {**typed, "seen": "yes"})
    assert refused.status_code == 503 and "先收纸质申请" in words(refused) and WANG.id_number in refused.text
    register.down = False
    shown = await submit(client, refused, "/desk/assist", {**typed, "seen": "yes"})
    at = shown.url.path
    assert "等本人签字" in words(shown)
    assert "identity.print_help" not in await actions_of(db)
    paper = await client.get(f"{at}/consent.pdf")
    assert (await actions_of(db))[-1] == "identity.print_help", "she reads who took her name away on paper"
    assert paper.headers["content-type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    refused = await submit(client, shown, f"{at}/signed", {})
    assert refused.status_code == 422 and "签名" in words(refused)
    moved = await submit(client, refused, f"{at}/signed", {"signed": "yes"})
    assert moved.url.path == "/apply/residence_permit" and moved.headers["tongban-acting-for"]
    assert (await client.get("/my/account")).status_code == 403, "her account is her own"
    shown = await client.get("/draft")
    assert shown.status_code == 200
    page = await client.get("/my/acting")
    assert "结束帮办，回到窗口" in words(page) and "窗口帮办" in words(page)
    shown = await submit(client, page, "/my/acting/switch", {"power": ""})
    assert shown.url.path == "/desk/assist" and "tongban-acting-for" not in shown.headers
    assert await db.value("SELECT state FROM identity.power") == "renounced", "the next time she signs again"


async def test_two_windows_of_one_officer_begin_one_help(db: Database) -> None:
    """Both tabs posted at once. How it can fail (tried): let the second one's unique key through."""
    officer = await at_window(db)
    await actions.begin_help(db, officer, OLD, now=NOW)
    begun = await asyncio.gather(*(actions.begin_help(db, officer, OLD, now=NOW) for _ in range(6)))
    (living,) = await actions.helps_of(db, officer, now=NOW)
    assert living.id in begun


async def test_who_loses_the_duty_helps_nobody_any_more(db: Database) -> None:
    officer = await at_window(db)
    cookie, session = opening_session(officer, now=NOW)
    await write(db, Part("SELECT 1 AS one"), session)
    officer = msgspec.structs.replace(officer, session=hash_of(cookie))
    power = await actions.begin_help(db, officer, OLD, now=NOW)
    await actions.sign_consent(db, officer, power_id=power, now=NOW)
    for duties, ended in (((Duty.ASSIST, Duty.VET), None), ((Duty.VET,), "off_duty")):
        await identity.post_to(db, username="helper", duties=duties, order=make.BY_CONSOLE, now=NOW)
        assert await db.value("SELECT power_ended FROM kit.session WHERE power = $1", power) == ended
