"""Ways in that somebody may try: as her principal, through a merged account, past a lock, by a phone that was hers."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.identity.conftest import (
    LI,
    NOW,
    SECRET,
    WANG,
    Client,
    Families,
    Register,
    enrolled,
    last_code,
    logged_in,
    with_account,
)
from tests.identity.pages import fields_of, submit, words
from tests.identity.passkey_pages import added, authenticator, begun
from tests.identity.relying import HOUSING, ask, registered
from tests.identity.test_children import GROWN
from tests.identity.test_merging import PASSPORT, merged, own
from tests.identity.test_passkeys_staff import OFFICER, STAFF
from tests.identity.test_powers import logged_in_as, offer_to, session_of
from tongban import identity
from tongban.identity import actions
from tongban.identity.actions import merging, oidc_asking, phones, recovering
from tongban.identity.actions.stepping_up import FRESH, require_fresh
from tongban.identity.model.ages import guarded_until
from tongban.identity.model.codes import Tried
from tongban.identity.model.refusals import CodesUsedUp, CodeUsed
from tongban.identity.model.typed import Typed
from tongban.identity.store import accounts, oidc
from tongban.kit import clock, papers
from tongban.kit.acting import Acting, ActingFor
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import new_id
from tongban.kit.not_allowed import FreshProofNeeded
from tongban.kit.policy import Actor, Role
from tongban.kit.web.sessions import hash_of, opening_session

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


@pytest.fixture
def register(register: Register) -> Register:
    register.people[PASSPORT.id_number] = PASSPORT
    return register


async def test_no_system_takes_an_agent_for_her_principal(db: Database, register: Register) -> None:
    """Agent and principal lie in one bucket here, as one pair of a thousand does: that the agent's session was not
    found in the principal's bucket was all that kept her out. How it can fail (tried): read the session of who acts."""
    li = own(await enrolled(db, LI))
    assert li.id is not None
    await registered(db)
    agent = new_id(li.bucket)
    acting = Acting(new_id(li.bucket), "attorney", agent, WANG.name, NOW + timedelta(days=1))
    hers = Actor(Role.RESIDENT, li.id, li.name, level=1, acting=acting)
    cookie, session = opening_session(hers, now=NOW)
    await write(db, Part("SELECT 1 AS one"), session)
    hers = Actor(Role.RESIDENT, li.id, li.name, None, 1, hash_of(cookie), acting=acting)
    await write(db, oidc.consenting(li.id, HOUSING.id, HOUSING.scopes, now=NOW))

    asked = oidc_asking.Asked("GET", "/oidc/authorize", tuple(parse_qsl(urlsplit(ask(HOUSING)).query)), {})
    with pytest.raises(ActingFor):
        await oidc_asking.authorize(db, hers, asked, now=NOW)
    assert not await db.value("SELECT count(*) FROM identity.oidc_login")


async def test_going_through_a_merged_account_is_no_fresh_proof(db: Database, register: Register) -> None:
    li, other = own(await enrolled(db, LI)), own(await enrolled(db, PASSPORT))
    await merged(db, li, PASSPORT)
    assert other.id is not None
    later = NOW + FRESH + timedelta(minutes=1)
    inside = (await merging.open_merged(db, await session_of(db, li), account=other.id, now=later)).actor
    back = (await merging.leave_merged(db, await session_of(db, inside), now=later)).actor
    with pytest.raises(FreshProofNeeded):
        await require_fresh(db, await session_of(db, back), now=later)
    ends = await db.rows("SELECT DISTINCT ends_at FROM kit.session WHERE ends_at > $1", later)
    assert [row["ends_at"] for row in ends] == [NOW + timedelta(hours=2)], "nor does it last longer"


async def test_who_takes_over_her_account_takes_the_phone_from_its_former_owner(
    db: Database, register: Register, families: Families
) -> None:
    """Else the former owner's codes would go on to it: by name and number, its new owner would recover her account."""
    li = own(await enrolled(db, LI))
    assert li.id is not None
    families.add(GROWN.named, 母=LI)
    assert await actions.claim_child(db, li, GROWN, now=NOW)
    child = Typed(GROWN.name, GROWN.id_number, LI.phone, SECRET)
    register.people[child.id_number] = child
    await enrolled(db, child, now=guarded_until(papers.birth_of(GROWN.id_number)))
    sealed = await accounts.phone_sealed(db, li.id)
    assert sealed is not None and phones.lost(sealed, li.id)


async def test_nobody_recovers_an_account_that_has_no_password(
    db: Database, register: Register, families: Families
) -> None:
    """A child's: a code that is guessed would set one, and the child could not take her account over when of age."""
    li = own(await enrolled(db, LI))
    families.add(GROWN.named, 母=LI)
    power = await actions.claim_child(db, li, GROWN, now=NOW)
    assert power is not None
    child = (await actions.power(db, li, power_id=power)).principal
    await recovering.ask_recovery(db, name=GROWN.name, paper=GROWN.paper, now=NOW)
    assert await db.value("SELECT count(*) FROM identity.code WHERE act = 'recover'") == 1, "the stand-in's"
    assert not await db.value("SELECT count(*) FROM identity.code WHERE account = $1", child)


async def test_a_lock_holds_between_password_and_passkey(client: Client, db: Database) -> None:
    await identity.load_demo(db, [], [OFFICER], password=SECRET, now=clock.now())
    typed = {"account": OFFICER.username, "password": SECRET}
    shown = await submit(client, await client.get("/staff/login?next=/staff/account"), "/staff/login", typed)
    await submit(client, shown, "/staff/login/code", {"code": await last_code(db)})
    key = authenticator()
    await added(client, key)
    client.cookies.clear()
    shown = await submit(client, await client.get("/staff/login?next=/desk"), "/staff/login", typed)
    fields, options = await begun(client, shown, STAFF, f"{STAFF}/options")
    await db.run("UPDATE identity.staff SET state = 'locked' WHERE username = $1", OFFICER.username)
    refused = await client.post(STAFF, data={**fields, "credential": key.answer(options)})
    assert refused.status_code == 422 and "没有登记" in words(refused)
    assert (await client.get("/desk")).url.path == "/staff/login"


async def test_a_nul_in_a_form_is_no_fault_of_ours(client: Client, db: Database) -> None:
    await with_account(db)
    await logged_in(client, db)
    shown = await client.get("/my/acting/offer")
    token = {"_csrf": fields_of(shown.text, "/my/acting/offer")["_csrf"]}
    answer = await client.post("/account/systems/withdraw", data={**token, "system": "a\x00b"})
    assert answer.status_code == 404
    files = {"system": (None, "a\x00b")}
    answer = await client.post(
        "/account/systems/withdraw", files=files, headers={"x-csrf-token": token["_csrf"]}
    )
    assert answer.status_code == 404


def test_a_twin_that_was_a_moment_slower_hears_that_the_code_is_used() -> None:
    """Its row was read before the other's write, its try was not counted after it: what it read is asked for again."""
    until = NOW + timedelta(minutes=5)
    assert Tried(None, None, 1, until, None).is_stale(now=NOW)
    used, spent = Tried(None, None, 1, until, NOW), Tried(None, None, 5, until, None)
    assert not used.is_stale(now=NOW) and not spent.is_stale(now=NOW)
    with pytest.raises(CodeUsed):
        used.must_count(now=NOW)
    with pytest.raises(CodesUsedUp):
        spent.must_count(now=NOW)


async def test_what_no_address_and_no_calendar_holds_is_refused(client: Client, db: Database) -> None:
    for door in ("/oidc/authorize", "/oidc/logout"):
        answer = await client.post(door, data={"state": "x" * 100_000}, follow_redirects=False)
        assert answer.status_code == 400 and "location" not in answer.headers
    await identity.load_demo(db, [], [OFFICER], password=SECRET, now=clock.now())
    typed = {"account": OFFICER.username, "password": SECRET}
    shown = await submit(client, await client.get("/staff/login?next=/staff/vetting"), "/staff/login", typed)
    shown = await submit(client, shown, "/staff/login/code", {"code": await last_code(db)})
    day = {"ends-year": "9" * 25, "ends-month": "1", "ends-day": "1"}
    assert (await submit(client, shown, "/staff/vetting", day)).status_code == 422


async def test_a_button_pressed_twice_switches_once_and_logs_nobody_out(client: Client, db: Database) -> None:
    await with_account(db)
    wang = own(await enrolled(db, WANG, now=clock.now() - timedelta(days=1)))
    li = await identity.actor_of(db, kind="phone", value=LI.phone)
    power = await actions.offer_power(db, li, offer_to(), now=clock.now())
    await actions.answer_power(db, wang, power_id=power, accept=True, now=clock.now())
    await logged_in_as(client, db, WANG.phone)
    shown = await client.get(f"/my/acting/{power}")
    before = client.cookies["tongban_session"]
    pressed = {**fields_of(shown.text, "/my/acting/switch"), "next": "/my/acting"}
    await client.post("/my/acting/switch", data=pressed)
    switched = client.cookies["tongban_session"]
    client.cookies.set("tongban_session", before)
    again = await client.post("/my/acting/switch", data=pressed, follow_redirects=False)
    assert again.status_code == 303 and "tongban_session" not in again.headers.get("set-cookie", "")
    client.cookies.clear()
    client.cookies.set("tongban_session", switched)
    assert "您正在代 李*雯 办理" in words(await client.get("/my/acting"))
