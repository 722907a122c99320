"""A firm is bound by its legal representative, whom the register names; it has one account."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.identity.conftest import LI, SECRET, WANG, Client, actions_of, enrolled, last_code
from tests.identity.firms import CAFE, EARLY, SHOP, Firms
from tests.identity.pages import submit, words
from tongban import identity
from tongban.identity import actions
from tongban.identity.model.firms import MOST_ASKED, CodeDoubtful, FirmInvalid, TooManyFirms
from tongban.identity.model.powers import PowerState
from tongban.kit import clock, papers
from tongban.kit.db import Database
from tongban.kit.policy import Actor

pytestmark = [
    pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning"),
    pytest.mark.usefixtures("register"),
]

NOW = clock.now()


@pytest.fixture
def firms() -> Firms:
    register = Firms()
    identity.plug_firm_check(register.check)
    return register


@pytest.fixture
async def li(db: Database) -> Actor:
    return (await enrolled(db, LI, now=NOW - timedelta(minutes=30))).actor


@pytest.fixture
async def wang(db: Database, li: Actor) -> Actor:
    return (await enrolled(db, WANG, now=NOW - timedelta(minutes=30))).actor


async def test_the_representative_opens_the_firms_account_and_acts_at_once(
    db: Database, firms: Firms, li: Actor
) -> None:
    bound = await actions.bind_firm(db, li, code=f" {CAFE.lower()} ", now=NOW)
    assert bound.firm is not None and (bound.firm.code, bound.firm.state) == (CAFE, "active")
    held = (await actions.powers_of(db, li, now=NOW)).held
    assert [(one.principal, one.kind, one.state) for one in held] == [
        (bound.firm.id, "representative", PowerState.STANDING)
    ]
    assert held[0].firm and held[0].by_register
    person = await identity.person(db, bound.firm.id)
    assert (person.is_firm, person.id_number, person.phone) == (True, CAFE, LI.phone)
    assert (await actions_of(db)).count("identity.represent_firm") == 2, "one row in each ledger"
    again = await actions.bind_firm(db, li, code=CAFE, now=NOW)
    assert again == bound and len(firms.asked) == 1, "bound twice is bound once, and nobody is asked again"
    open_purposes = await db.value(
        "SELECT count(*) FROM audit.purpose WHERE closed_at IS NULL AND until > $1", NOW
    )
    assert open_purposes == 0


async def test_two_tabs_at_once_open_one_account(db: Database, firms: Firms, li: Actor) -> None:
    both = await asyncio.gather(
        *(actions.bind_firm(db.sibling(), li, code=CAFE, now=NOW) for _ in range(2)), return_exceptions=True
    )
    assert not [one for one in both if isinstance(one, BaseException)], both
    assert await db.value("SELECT count(*) FROM identity.firm") == 1
    assert await db.value("SELECT count(*) FROM identity.power") == 1


async def test_what_the_register_knows_is_not_blocked_by_a_check_character(
    db: Database, firms: Firms, li: Actor
) -> None:
    assert papers.uscc_shaped(EARLY) and not papers.uscc_holds(EARLY)
    with pytest.raises(CodeDoubtful):
        await actions.bind_firm(db, li, code=EARLY, now=NOW)
    assert not firms.asked, "a slip of the pen is no question to the register"
    bound = await actions.bind_firm(db, li, code=EARLY, sure=True, now=NOW)
    assert bound.firm is not None and bound.firm.code_doubtful
    kept = await db.value("SELECT detail FROM audit.ledger WHERE action = 'identity.bind_firm'")
    assert kept == {"check": "acknowledged"}
    del firms.firms[EARLY]
    wrong = EARLY[:8] + "0" + EARLY[9:]
    for code, said in (
        ("123", "18 位数字"),
        (wrong, "校验位也不对"),
        (papers.firm_code("310106", "MA1FR009"), "没有这个代码"),
    ):
        with pytest.raises(FirmInvalid) as refused:
            await actions.bind_firm(db, li, code=code, sure=True, now=NOW)
        assert said in str(refused.value.words)


async def test_who_does_not_represent_it_is_refused_and_told_whom_to_ask(
    db: Database, firms: Firms, wang: Actor
) -> None:
    with pytest.raises(FirmInvalid) as refused:
        await actions.bind_firm(db, wang, code=CAFE, now=NOW)
    assert "请法定代表人或者管理员给您授权" in str(refused.value.words)
    firms.firms[CAFE][3] = "struck_off"
    with pytest.raises(FirmInvalid) as refused:
        await actions.bind_firm(db, wang, code=CAFE, now=NOW)
    assert "不能再开通账户" in str(refused.value.words)
    assert await db.value("SELECT count(*) FROM identity.firm") == 0
    for _ in range(MOST_ASKED - 2):
        with pytest.raises(FirmInvalid):
            await actions.bind_firm(db, wang, code=SHOP, now=NOW)
    with pytest.raises(TooManyFirms):
        await actions.bind_firm(db, wang, code=SHOP, now=NOW)


async def test_who_asks_for_many_firms_at_once_gets_no_more_than_a_days(
    db: Database, firms: Firms, li: Actor
) -> None:
    """How it can fail (tried): ``write`` for ``write_in_turn`` of a binding."""
    firms.down = True
    codes = [papers.firm_code("310000", f"MA1FL{number:03d}") for number in range(MOST_ASKED + 6)]
    tries = (actions.bind_firm(db, li, code=code, sure=True, now=NOW) for code in codes)
    ends = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, TooManyFirms) for one in ends) == 6, ends
    assert len(await actions.waiting_firms(db, li)) == MOST_ASKED


async def test_while_the_register_is_away_the_binding_is_kept_and_asked_again(
    db: Database, firms: Firms, li: Actor, wang: Actor
) -> None:
    firms.down = True
    for who in (li, li, wang):
        assert (await actions.bind_firm(db, who, code=CAFE, now=NOW)).power is None
    assert len(await actions.waiting_firms(db, li)) == 1
    later = NOW + timedelta(minutes=2)
    await actions.ask_firms(db, now=later)
    assert len(await actions.waiting_firms(db, li)) == 1
    firms.down = False
    await actions.ask_firms(db, now=later + timedelta(minutes=2))
    assert not await actions.waiting_firms(db, li)
    assert (await actions.powers_of(db, li, now=later)).held
    told = await db.rows("SELECT id FROM notices.inbox WHERE recipient = $1", wang.id)
    assert len(told) == 1, "who is refused later is told so"
    firms.down = True
    assert (await actions.bind_firm(db, li, code=SHOP, now=NOW)).power is None
    await actions.ask_firms(db, now=NOW + timedelta(days=8))
    assert not await actions.waiting_firms(db, li)
    assert (await actions_of(db)).count("identity.lapse_binding") == 1


async def test_a_new_representative_takes_over_the_one_account(
    db: Database, firms: Firms, li: Actor, wang: Actor
) -> None:
    first = await actions.bind_firm(db, li, code=CAFE, now=NOW)
    firms.firms[CAFE][1:3] = [WANG.id_number, WANG.name]
    second = await actions.bind_firm(db, wang, code=CAFE, now=NOW + timedelta(minutes=1))
    assert first.firm is not None and second.firm is not None and first.firm.id == second.firm.id
    assert not (await actions.powers_of(db, li, now=NOW)).held, "a firm has one legal representative"
    assert [one.kind for one in (await actions.powers_of(db, wang, now=NOW)).held] == ["representative"]
    assert (await identity.person(db, first.firm.id)).phone == WANG.phone


# --- Over HTTP --------------------------------------------------------------------------------------


async def logged_in_as(client: Client, db: Database, phone: str) -> None:
    client.cookies.clear()
    shown = await client.get("/login")
    shown = await submit(client, shown, "/login", {"account": phone, "password": SECRET})
    await submit(client, shown, "/login/code", {"code": await last_code(db, phone)})


async def test_by_pages_from_the_code_to_the_firms_own_page(
    client: Client, db: Database, firms: Firms, li: Actor
) -> None:
    await logged_in_as(client, db, LI.phone)
    hub = await client.get("/my/acting")
    assert "/my/acting/firm" in hub.text
    refused = await submit(client, await client.get("/my/acting/firm"), "/my/acting/firm", {"code": "123 "})
    assert refused.status_code == 422 and 'value="123 "' in refused.text
    assert 'name="sure"' not in refused.text
    shown = await submit(client, refused, "/my/acting/firm", {"code": EARLY})
    assert shown.status_code == 422 and "校验位不对" in words(shown) and f'value="{EARLY}"' in shown.text
    firms.down = True
    shown = await submit(client, shown, "/my/acting/firm", {"code": EARLY, "sure": "yes"})
    assert "您的申请已经保留" in words(shown) and EARLY in words(shown)
    firms.down = False
    shown = await submit(client, shown, "/my/acting/firm", {"code": EARLY, "sure": "yes"})
    assert "单位绑定成功" in words(shown) and "登记机关登记的法定代表人" in words(shown)
    assert "您是示范老字号食品厂的法定代表人" in words(shown), "nobody gave it, and nobody gives it up"
    assert "/renounce" not in shown.text and "授权您代办" not in words(shown)
    power = await db.value("SELECT id FROM identity.power")
    shown = await submit(client, shown, "/my/acting/switch", {"power": str(power), "next": "/my/firm"})
    assert "校验位不符合国家标准" in words(shown) and "示范老字号食品厂" in words(shown)
    assert LI.name in words(shown), "the firm's page lists its people"
    assert (await client.get("/my/acting/firm")).status_code == 403, "nobody binds in another's name"
