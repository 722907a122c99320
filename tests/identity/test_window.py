"""The window for identity matters: whose it is, and where its page leads."""

from __future__ import annotations

import pytest

from tests.conftest import CITY
from tests.identity.conftest import SECRET, Client
from tests.identity.pages import words
from tongban import identity, regions
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import Actor, Duty
from tongban.kit.web.sessions import opening_session

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
PHONE = "13800006071"


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
    matters = ["/staff/vetting", "/staff/correction", "/staff/merges"]
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
