"""Session fixation: whatever makes a session worth more goes on under an id that nobody knew, and the old one is dead.

A thief who planted a session in a browser, or saw its cookie, has nothing of what its owner proves afterwards. What an
officer enters at a window raises the levels of sessions that its owner has elsewhere under the ids that they have: no
answer to their browsers is at hand, and nobody is logged in by it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec
import pytest
from httpx import Cookies

from tests.identity.conftest import (
    LI,
    SECRET,
    WANG,
    Client,
    Register,
    enrolled,
    id_number,
    last_code,
    with_account,
)
from tests.identity.firms import CAFE, Firms
from tests.identity.pages import submit, words
from tests.identity.passkey_pages import added, authenticator, begun
from tests.identity.test_firm_log_in import certified, handed
from tests.identity.test_levels import officer, shown_of
from tests.identity.test_merging import PASSPORT
from tests.identity.test_powers import offer_to
from tests.identity.test_sessions import another_device
from tests.identity.test_totp_pages import AT as TOTP
from tests.identity.test_totp_pages import enabled
from tests.sandbox.conftest import Sandbox
from tongban import identity, licences
from tongban.identity import actions
from tongban.identity.actions import levels, merging, vetting
from tongban.identity.model.typed import Typed
from tongban.identity.providers import authority
from tongban.kit import clock
from tongban.kit.db import Database, connect
from tongban.kit.policy import Duty
from tongban.kit.web.recognising import Sessions
from tongban.kit.web.sessions import CACHE_SECONDS

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")

ADMINISTRATOR = identity.DemoOfficer("sys", "郑管理", "police-310101", "13800009009", (Duty.SYSTEM_ADMIN,))
ZHAO = Typed("赵一", id_number(906), "13800005077", SECRET)
NEW_PHONE, NEW_WORD = "13800005088", "another horse battery"


def jar(cookie: str) -> Cookies:
    """The cookies of a browser that has a session of this name."""
    cookies = Cookies()
    cookies.set("tongban_session", cookie, domain="testserver.local")
    return cookies


class Browser:
    """One browser that never forgets its session, and what is typed in it."""

    def __init__(self, client: Client, db: Database, register: Register) -> None:
        self.client, self.db, self.register = client, db, register
        self.word, self.phone = SECRET, LI.phone
        self.recovery = ""

    @property
    def cookie(self) -> str:
        return self.client.cookies["tongban_session"]

    async def code(self, phone: str) -> str:
        """The last code; the next one may go out at once."""
        code = await last_code(self.db, phone)
        await self.db.sibling().run("UPDATE identity.code SET sent_at = sent_at - interval '2 minutes'")
        return code

    async def log_in(self, door: str, account: str, phone: str) -> None:
        shown = await self.client.get(f"{door}?again=1&next=/draft")
        shown = await submit(self.client, shown, door, {"account": account, "password": self.word})
        await submit(self.client, shown, f"{door}/code", {"code": await self.code(phone)})


async def by_a_phone_alone(at: Browser) -> None:
    """Whoever had the browser before has logged out."""
    await submit(at.client, await at.client.get("/account/password"), "/logout", {})
    shown = await at.client.get("/enrol/phone?next=/draft")
    shown = await submit(at.client, shown, "/enrol/phone", {"phone": ZHAO.phone, "password": SECRET})
    await submit(at.client, shown, "/enrol/phone/code", {"code": await at.code(ZHAO.phone)})


async def by_a_real_name(at: Browser) -> None:
    """Her phone's account (L0) is hers by name from then on."""
    at.register.people[ZHAO.id_number] = ZHAO
    shown = await submit(at.client, await at.client.get("/draft"), "/enrol/paper", {})
    typed = {"name": ZHAO.name, "id_number": ZHAO.id_number, "agree": "yes"}
    shown = await submit(at.client, shown, "/enrol", typed)
    await submit(at.client, shown, "/enrol/code", {"code": await at.code(ZHAO.phone)})


async def by_going_into_a_merged_account(at: Browser) -> None:
    at.register.people[PASSPORT.id_number] = PASSPORT
    await enrolled(at.db, PASSPORT, now=clock.now() - timedelta(hours=1))
    li = await identity.actor_of(at.db, kind="id_number", value=LI.id_number)
    typed = {"account": PASSPORT.phone, "password": PASSPORT.password}
    step = await merging.prove_other(at.db, li, **typed, now=clock.now())
    await merging.merge(at.db, li, step=step, code=await at.code(PASSPORT.phone), now=clock.now())
    await submit(at.client, await at.client.get("/account/merge"), "/account/merge/open", {})


async def by_leaving_it(at: Browser) -> None:
    await submit(at.client, await at.client.get("/account/merge"), "/account/merge/leave", {})


async def by_a_firms_certificate(at: Browser) -> None:
    """Its keeper comes in the browser that a resident left open."""
    identity.plug_firm_check(Firms().check)
    await licences.trust_authority()
    authority.forget()
    li = await identity.actor_of(at.db, kind="id_number", value=LI.id_number)
    await actions.bind_firm(at.db, li, code=CAFE, now=clock.now())
    key, shown = await certified(), await at.client.get("/login/firm?again=1")
    text = re.search(r"tongban-firm-log-in:[0-9a-f]+", shown.text)
    assert text
    await handed(at.client, shown, {"certificate": key.pem, "signature": key.sign(text[0])}, {})


async def by_password(at: Browser) -> None:
    await at.log_in("/login", at.phone, at.phone)


async def by_proving_again(at: Browser) -> None:
    await submit(at.client, await at.client.get("/account/prove"), "/account/prove", {"present": at.word})


async def by_a_new_password(at: Browser) -> None:
    shown = await at.client.get("/account/password")
    await submit(at.client, shown, "/account/password", {"present": at.word, "new": NEW_WORD})
    at.word = NEW_WORD


async def by_a_new_phone(at: Browser) -> None:
    at.register.people[LI.id_number] = msgspec.structs.replace(LI, phone=NEW_PHONE)
    asked = await submit(
        at.client, await at.client.get("/account/phone"), "/account/phone", {"phone": NEW_PHONE}
    )
    codes = {"phone_old": await last_code(at.db, LI.phone), "phone_new": await at.code(NEW_PHONE)}
    await submit(at.client, asked, "/account/phone/code", codes)
    at.phone = NEW_PHONE


async def by_a_check_withdrawn(at: Browser) -> None:
    """The level changes in the session through which she came."""
    seen = shown_of(LI)
    await vetting.vet(at.db, await officer(at.db, Duty.VET), seen=seen, key="window-1", now=clock.now())
    li = await identity.actor_of(at.db, kind="id_number", value=LI.id_number)
    (check,) = (await levels.ladder(at.db, li)).checks
    shown = await at.client.get("/account/level")
    await submit(at.client, shown, "/account/level/withdraw", {"check": str(check.id)})


async def by_acting_for_another(at: Browser) -> None:
    wang = (await enrolled(at.db, WANG, now=clock.now() - timedelta(hours=1))).actor
    li = await identity.actor_of(at.db, kind="id_number", value=LI.id_number)
    offer = offer_to(paper=LI.paper, name=LI.name)
    power = await actions.offer_power(at.db, wang, offer, now=clock.now())
    await actions.answer_power(at.db, li, power_id=power, accept=True, now=clock.now())
    shown = await at.client.get("/my/acting")
    await submit(at.client, shown, "/my/acting/switch", {"power": str(power)})


async def by_acting_for_herself_again(at: Browser) -> None:
    await submit(at.client, await at.client.get("/my/acting"), "/my/acting/switch", {"power": ""})


async def by_a_passkey(at: Browser) -> None:
    key = authenticator()
    await added(at.client, key)
    shown = await at.client.get("/login?again=1&next=/draft")
    fields, options = await begun(at.client, shown, "/login/passkey", "/login/passkey/options")
    await at.client.post("/login/passkey", data={**fields, "credential": key.answer(options)})


async def by_scanning(at: Browser) -> None:
    """The browser is the desk's, with what somebody planted in it; her phone is one of its own."""
    li = await identity.actor_of(at.db, kind="id_number", value=LI.id_number)
    shown = await submit(at.client, await at.client.get("/login?again=1&next=/draft"), "/login/scan", {})
    code = re.search(r"[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}", words(shown))
    assert code
    desk, at.client.cookies = at.client.cookies, jar(await another_device(at.db, li))
    asked = await at.client.get("/my/scan", params={"code": code[0]})
    phone, at.client.cookies = at.client.cookies, desk
    shown = await at.client.get("/login/scan?next=/draft")
    number = re.search(r'scan__number num">(\d\d)<', shown.text)
    assert number
    at.client.cookies = phone
    await submit(at.client, asked, "/my/scan/confirm", {"number": number[1]})
    at.client.cookies = desk
    await submit(at.client, shown, "/login/scan/finish", {})


async def by_the_staff_door(at: Browser) -> None:
    """An administrator comes by SMS, in the browser that a resident left open."""
    await identity.load_demo(at.db, [], [ADMINISTRATOR], password=at.word, now=clock.now())
    await at.log_in("/staff/login", ADMINISTRATOR.username, ADMINISTRATOR.phone)


async def by_an_administrators_factor(at: Browser) -> None:
    """She came by SMS without a duty; with her authenticator in use the session has them."""
    shown = await at.client.get(TOTP)
    at.recovery = (await enabled(at.client, at.word))[1][0]
    assert shown.status_code == 200


async def by_the_factor_itself(at: Browser) -> None:
    door, typed = "/staff/login", {"account": ADMINISTRATOR.username, "password": at.word}
    shown = await submit(at.client, await at.client.get(f"{door}?again=1"), door, typed)
    await submit(at.client, shown, f"{door}/totp", {"code": at.recovery})


WAYS: tuple[Callable[[Browser], Awaitable[None]], ...] = (
    *(by_scanning, by_a_phone_alone, by_a_real_name),
    *(by_password, by_proving_again, by_a_new_password, by_a_new_phone, by_a_check_withdrawn),
    *(by_going_into_a_merged_account, by_leaving_it),
    *(by_acting_for_another, by_acting_for_herself_again, by_a_passkey, by_a_firms_certificate),
    *(by_the_staff_door, by_an_administrators_factor, by_the_factor_itself),
)


async def test_every_raise_goes_on_under_a_new_id_and_the_old_one_is_dead(
    client: Client, db: Database, dsn: str, register: Register, outside: Sandbox
) -> None:
    """Each way begins with the session of the one before, known to another process too. Seen to fail for a new
    password, a new phone, a proof, a real name, an account of hers that was merged and an administrator's factor, which
    kept the id, and for each log-in, which left the earlier session alive."""
    await with_account(db)
    at = Browser(client, db, register)
    client.cookies = jar("cGxhbnRlZC1ieS1zb21lYm9keS1lbHNl")
    other = await connect(dsn, size=1)
    try:
        there = Sessions(other)
        dead: list[str] = []
        for way in WAYS:
            before = at.cookie
            await there.actor(before, now=clock.now())
            await way(at)
            assert at.cookie != before, way.__name__
            assert await Sessions(db).actor(at.cookie, now=clock.now()) is not None, way.__name__
            dead.append(before)
        await asyncio.sleep(CACHE_SECONDS)
        for one in dead:
            assert await there.actor(one, now=clock.now()) is None, WAYS[dead.index(one)].__name__
            known = {"cookie": f"tongban_session={one}"}
            here = await client.get("/draft", headers=known, follow_redirects=False)
            assert here.headers["location"].startswith("/login?"), WAYS[dead.index(one)].__name__
        assert "tongban_visitor" not in client.cookies, "what a visitor's forms hung on is gone as well"
    finally:
        await other.close()
