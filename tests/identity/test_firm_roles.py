"""法定代表人 → 管理员 → 经办人: who appoints whom in a firm, how far each reaches, and who takes it back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from httpx import Response

from tests.identity.conftest import CHAN, LI, WANG, Client, enrolled
from tests.identity.firms import CAFE, EARLY, SHOP, Firms
from tests.identity.pages import submit, words
from tests.identity.test_powers import session_of
from tongban import identity, notices
from tongban.identity import actions
from tongban.identity.model.firms import FirmInvalid, TooManyFormer
from tongban.identity.model.powers import (
    NotStewarding,
    Offer,
    Power,
    PowerState,
    PowerUnknown,
)
from tongban.identity.model.typed import Typed
from tongban.identity.store import powers
from tongban.kit import clock
from tongban.kit.acting import BeyondPower, PowerKind
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import Actor, must_cover
from tongban.kit.web.sessions import opening_session

pytestmark = [
    pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning"),
    pytest.mark.usefixtures("register"),
]

NOW = clock.now()


def offer(who: Typed, kind: PowerKind, items: frozenset[str] | None = None) -> Offer:
    return Offer(who.paper, who.name, kind, items, None, None, NOW, NOW + timedelta(days=90))


async def as_(db: Database, who: Actor, power: UUID) -> Actor:
    """Who holds the power, switched to it; the session goes on in her name."""
    plain = Actor(who.role, who.id, who.name, None, who.level)
    return (await actions.switch(db, await session_of(db, plain), power_id=power, now=NOW)).actor


@pytest.fixture
def firms() -> Firms:
    register = Firms()
    identity.plug_firm_check(register.check)
    return register


@pytest.fixture
async def people(db: Database, firms: Firms) -> tuple[Actor, Actor, Actor]:
    """The representative of both firms; who becomes steward; who becomes agent."""
    then = NOW - timedelta(minutes=30)
    return tuple([(await enrolled(db, one, now=then)).actor for one in (LI, WANG, CHAN)])  # type: ignore[return-value]


async def given(db: Database, by: Actor, to: Actor, one: Offer) -> UUID:
    power = await actions.offer_power(db, by, one, now=NOW)
    await actions.answer_power(db, to, power_id=power, accept=True, now=NOW)
    return power


async def test_each_appoints_the_next_and_takes_back_no_more_than_that(
    db: Database, people: tuple[Actor, Actor, Actor]
) -> None:
    li, wang, chan = people
    bound = await actions.bind_firm(db, li, code=CAFE, now=NOW)
    assert bound.firm is not None and bound.power is not None
    representative = await as_(db, li, bound.power)
    stewarding = await given(db, representative, wang, offer(WANG, "steward"))
    steward = await as_(db, wang, stewarding)
    assert (steward.id, steward.holder) == (bound.firm.id, wang.id)
    with pytest.raises(PowerUnknown):
        await actions.offer_power(db, steward, offer(CHAN, "steward"), now=NOW)
    agency = await given(db, steward, chan, offer(CHAN, "agent", frozenset({"food_business"})))
    agent = await as_(db, chan, agency)
    must_cover(agent, "food_business")
    with pytest.raises(BeyondPower):
        must_cover(agent, "drug_business")
    with pytest.raises((BeyondPower, NotStewarding)):
        await actions.offer_power(db, agent, offer(WANG, "agent"), now=NOW)
    found = await actions.powers_of(db, representative, now=NOW)
    people_now = {one.agent_name: one.kind for one in found.given}
    assert people_now == {LI.name: "representative", WANG.name: "steward", CHAN.name: "agent"}
    with pytest.raises(PowerUnknown):
        await actions.revoke_power(db, steward, power_id=stewarding, now=NOW)
    await actions.revoke_power(db, representative, power_id=stewarding, now=NOW)
    ended = await db.value("SELECT power_ended FROM kit.session WHERE power = $1", stewarding)
    assert ended == "revoked"
    states = {one.kind: one.at(NOW) for one in (await actions.powers_of(db, representative, now=NOW)).given}
    assert (states["steward"], states["agent"]) == (PowerState.REVOKED, PowerState.STANDING)
    row = await db.row(
        "SELECT actor, detail FROM audit.ledger WHERE action = 'identity.offer_power' AND reference = $1",
        str(agency),
    )
    assert row is not None and row["actor"] == bound.firm.id and str(wang.id) in str(dict(row["detail"]))


async def test_an_agent_of_two_firms_goes_from_one_to_the_other_in_one_step(
    db: Database, people: tuple[Actor, Actor, Actor]
) -> None:
    li, _, chan = people
    agencies = []
    for code in (CAFE, SHOP):
        bound = await actions.bind_firm(db, li, code=code, now=NOW)
        assert bound.power is not None
        agencies.append(await given(db, await as_(db, li, bound.power), chan, offer(CHAN, "agent")))
    first = await as_(db, chan, agencies[0])
    session = (await session_of(db, chan)).session
    held = Actor(first.role, first.id, first.name, None, first.level, session, acting=first.acting)
    second = (await actions.switch(db, held, power_id=agencies[1], now=NOW)).actor
    assert second.holder == chan.id and second.id != first.id
    assert {first.name, second.name} == {"示范初见餐饮管理有限公司", "示范云栖信息技术有限公司"}


async def test_the_register_takes_a_representative_away_and_leaves_the_agents(
    db: Database, people: tuple[Actor, Actor, Actor], firms: Firms
) -> None:
    li, _, chan = people
    bound = await actions.bind_firm(db, li, code=CAFE, now=NOW)
    assert bound.firm is not None and bound.power is not None
    agency = await given(db, await as_(db, li, bound.power), chan, offer(CHAN, "agent"))
    later = NOW + timedelta(days=2)
    firms.firms[CAFE][1:3] = [WANG.id_number, WANG.name]
    firms.down = True
    await actions.recheck_firms(db, now=later)
    assert (await actions.powers_of(db, li, now=later)).held, "a register that is silent ends nothing"
    firms.down, later = False, later + timedelta(minutes=10)
    await actions.recheck_firms(db, now=later)
    assert not (await actions.powers_of(db, li, now=later)).held
    assert await db.value("SELECT power_ended FROM kit.session WHERE power = $1", bound.power) == "lapsed"
    assert [one.id for one in (await actions.powers_of(db, chan, now=later)).held] == [agency]
    for who in (li, chan):
        assert await db.value("SELECT count(*) FROM notices.inbox WHERE recipient = $1", who.id) >= 1
    asked = len(firms.asked)
    await actions.recheck_firms(db, now=later)
    assert len(firms.asked) == asked, "what was said stands for a day"


async def test_a_firm_that_merged_is_closed_and_its_successor_takes_over(
    db: Database, people: tuple[Actor, Actor, Actor], firms: Firms
) -> None:
    """How it can fail (tried): without the count of ``take_over`` the register is asked however often she presses."""
    li, wang, chan = people
    old = await actions.bind_firm(db, li, code=CAFE, now=NOW)
    assert old.firm is not None and old.power is not None
    await given(db, await as_(db, li, old.power), chan, offer(CHAN, "agent"))
    firms.firms[SHOP][1:3] = [WANG.id_number, WANG.name]
    new = await actions.bind_firm(db, wang, code=SHOP, now=NOW)
    assert new.power is not None
    successor = await as_(db, wang, new.power)
    for _ in range(5):
        with pytest.raises(FirmInvalid):
            await actions.take_over(db, successor, code=CAFE, now=NOW)
    asked = len(firms.asked)
    with pytest.raises(TooManyFormer):
        await actions.take_over(db, successor, code=CAFE, now=NOW)
    assert len(firms.asked) == asked, "another's firm is not asked about without end"
    firms.firms[CAFE][3:] = ["merged", (SHOP,)]
    later = NOW + timedelta(days=2)
    await actions.recheck_firms(db, now=later)
    assert (await identity.person(db, old.firm.id)).state == "merged"
    for who in (li, chan):
        assert not (await actions.powers_of(db, who, now=later)).held, "whoever acted for it does no more"
    ended = await db.value("SELECT count(*) FROM kit.outbox WHERE topic = 'identity.firm_ended'")
    assert ended == 1
    power = await actions.take_over(db, successor, code=CAFE, now=later)
    assert power == await actions.take_over(db, successor, code=CAFE, now=later)
    taken = await actions.power(db, wang, power_id=power)
    assert (taken.principal, taken.agent, taken.succeeds) == (old.firm.id, wang.id, SHOP)
    firms.firms[SHOP][1:3] = [LI.id_number, LI.name]
    await actions.recheck_firms(db, now=later + timedelta(days=2))
    assert not (await actions.powers_of(db, wang, now=later)).held, (
        "it was hers as the successor's representative"
    )


async def test_one_firm_becomes_two_and_each_may_go_on_with_what_it_filed(
    db: Database, people: tuple[Actor, Actor, Actor], firms: Firms, client: Client
) -> None:
    li, wang, chan = people
    old = await actions.bind_firm(db, li, code=EARLY, sure=True, now=NOW)
    assert old.firm is not None and old.power is not None
    agency = await given(db, await as_(db, li, old.power), chan, offer(CHAN, "agent"))
    heirs = []
    for code, who, typed in ((CAFE, li, LI), (SHOP, wang, WANG)):
        firms.firms[code][1:3] = [typed.id_number, typed.name]
        bound = await actions.bind_firm(db, who, code=code, now=NOW)
        assert bound.power is not None
        heirs.append(await as_(db, who, bound.power))
    # 存续分立: the old one stands beside those that were taken out of it, and keeps its own affairs.
    firms.firms[EARLY][4] = (CAFE, SHOP)
    with pytest.raises(FirmInvalid) as refused:
        await actions.take_over(db, heirs[1], code=EARLY, now=NOW)
    assert "仍然存续" in str(refused.value.words)
    firms.firms[EARLY][3] = "split"
    later = NOW + timedelta(days=2)
    await actions.recheck_firms(db, now=later)
    assert [one.state for one in await powers_to(db, chan)] == [PowerState.LAPSED]
    # Both who represent a successor are told, and both find it on their firm's page.
    for who in (li, wang):
        assert "可以接手其办件" in str(await titles(db, who))
    for heir in heirs:
        [former] = await actions.former_firms(db, heir, now=later)
        assert (former.firm.code, former.taken) == (EARLY, ())
    cookie, part = opening_session(heirs[1], now=NOW)
    await write(db, Part("SELECT 1 AS one"), part)
    client.cookies.set("tongban_session", cookie)
    shown = await client.get("/my/firm")
    assert "由本单位承继的单位" in words(shown) and "示范老字号食品厂" in words(shown)
    first = await submit(client, shown, "/my/firm/successions", {"code": EARLY})
    assert "您接手了这个单位的办件" in words(first)
    former = first.url.path.rsplit("/", 1)[-1]
    assert f'value="{former}"' in (await client.get("/my/firm")).text
    await nobody_is_appointed(client, first, former)
    taken = [await actions.take_over(db, one, code=EARLY, now=later) for one in (heirs[1], heirs[0])]
    assert len(set(taken)) == 2
    [former] = await actions.former_firms(db, heirs[0], now=later)
    assert former.held_by(heirs[0]) == taken[1] and {one.succeeds for one in former.taken} == {CAFE, SHOP}
    assert f"{heirs[1].name}接手了" in str(await titles(db, li)), "who represents the other successor is told"
    assert await db.value("SELECT count(*) FROM kit.outbox WHERE topic = 'identity.firm_taken_over'") == 2
    assert agency


async def test_who_represents_both_successors_takes_over_once_and_keeps_it_by_the_other(
    db: Database, people: tuple[Actor, Actor, Actor], firms: Firms
) -> None:
    li, _, _ = people
    assert (await actions.bind_firm(db, li, code=EARLY, sure=True, now=NOW)).firm is not None
    heirs = []
    for code in (CAFE, SHOP):
        bound = await actions.bind_firm(db, li, code=code, now=NOW)
        assert bound.power is not None
        heirs.append(await as_(db, li, bound.power))
    firms.firms[EARLY][3] = "split"
    later = NOW + timedelta(days=2)
    await actions.recheck_firms(db, now=later)
    with pytest.raises(FirmInvalid):
        await actions.take_over(db, heirs[0], code=EARLY, now=later)
    # The register tells of successors only later.
    firms.firms[EARLY][4] = (CAFE, SHOP)
    first = await actions.take_over(db, heirs[0], code=EARLY, now=later)
    assert await actions.take_over(db, heirs[1], code=EARLY, now=later) == first
    firms.firms[CAFE][1:3] = [WANG.id_number, WANG.name]
    await actions.recheck_firms(db, now=later + timedelta(days=2))
    assert first not in [one.id for one in (await actions.powers_of(db, li, now=later)).held]
    again = await actions.take_over(db, heirs[1], code=EARLY, now=later + timedelta(days=2))
    assert (await actions.power(db, li, power_id=again)).succeeds == SHOP


async def nobody_is_appointed(client: Client, shown: Response, former: str) -> None:
    """Whoever took a firm over does what is left of it herself: no page offers another thing.

    How it can fail (tried): without the firm's state in ``show_offer``; with the button of ``firm.html`` always there.
    """
    firm = await submit(client, shown, "/my/acting/switch", {"power": former, "next": "/my/firm"})
    assert "不再存续" in words(firm) and "/my/acting/offer" not in firm.text
    assert "/my/acting/offer" not in (await client.get("/my/acting")).text
    assert (await client.get("/my/acting/offer")).status_code == 409


async def powers_to(db: Database, who: Actor) -> list[Power]:
    assert who.id is not None
    return await powers.held(db, (who.id,))


async def titles(db: Database, who: Actor) -> list[str]:
    assert who.id is not None
    return [one.title.zh for one in await notices.inbox(db, who.id)]
