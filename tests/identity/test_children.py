"""Children: a parent names her child, the register of families answers, and she acts for it until it is of age."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from tests.identity.conftest import (
    LI,
    SECRET,
    WANG,
    Client,
    Families,
    Register,
    actions_of,
    enrolled,
    logged_in,
    texts,
    with_account,
)
from tests.identity.pages import submit, words
from tests.identity.test_powers import session_of
from tongban import identity, notices
from tongban.identity import actions
from tongban.identity.model.ages import guarded_until, needs_consent, of_age_on
from tongban.identity.model.children import (
    CONSENT,
    Child,
    ChildInvalid,
    GuardianStays,
    ParentNotConfirmed,
    TooManyClaims,
    claimed,
)
from tongban.identity.model.powers import PowerOver, PowerState
from tongban.identity.model.refusals import TypedInvalid, WrongPassword
from tongban.identity.model.typed import Typed, checked
from tongban.kit import clock, papers
from tongban.kit.db import Database
from tongban.kit.policy import Actor

pytestmark = [
    pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning"),
    pytest.mark.usefixtures("register"),
]

NOW = clock.now()
TODAY = clock.city_day(NOW)


def number(born: date, serial: int = 916) -> str:
    body = f"340321{born:%Y%m%d}{serial:03d}"
    return body + papers.id_check_digit(body)


YOUNG = Child("李一诺", number(TODAY.replace(month=1, day=2, year=TODAY.year - 8)), CONSENT)
GROWN = Child("李一鸣", number(TODAY.replace(month=1, day=2, year=TODAY.year - 16), 917), None)


@pytest.fixture
async def li(db: Database) -> Actor:
    return (await enrolled(db, LI, now=NOW - timedelta(minutes=30))).actor


@pytest.fixture
async def wang(db: Database, li: Actor) -> Actor:
    return (await enrolled(db, WANG, now=NOW - timedelta(minutes=30))).actor


async def test_a_parent_acts_for_a_child_that_had_no_account(
    db: Database, li: Actor, families: Families
) -> None:
    families.add(YOUNG.named, 母=LI)
    power = await actions.claim_child(db, li, YOUNG, now=NOW)
    again = await actions.claim_child(db, li, YOUNG, now=NOW)
    assert power is not None and again == power and families.asked == 1, "named twice it is one"
    found = await actions.power(db, li, power_id=power)
    assert (found.kind, found.principal_name, found.until) == (
        "guardian",
        YOUNG.name,
        guarded_until(papers.birth_of(YOUNG.id_number)),
    )
    child = await identity.person(db, found.principal)
    assert (child.name, child.id_number, child.phone) == (YOUNG.name, YOUNG.id_number, LI.phone)
    acting = (await actions.switch(db, await session_of(db, li), power_id=power, now=NOW)).actor
    assert (acting.id, acting.holder, acting.level) == (found.principal, li.id, li.level)
    told = await db.rows("SELECT recipient FROM notices.inbox")
    assert {row["recipient"] for row in told} == {li.id, found.principal}
    kept = await db.row("SELECT consent, consented_at, state FROM identity.child_claim")
    assert kept is not None and (kept["consent"], kept["consented_at"]) == (CONSENT, NOW)
    assert not await db.value(
        "SELECT count(*) FROM audit.purpose WHERE item = 'identity.guard' AND closed_at IS NULL"
    )
    with pytest.raises(GuardianStays):
        await actions.renounce_power(db, li, power_id=power, now=NOW)
    with pytest.raises(GuardianStays):
        await actions.revoke_power(db, Actor(li.role, child.id), power_id=power, now=NOW)


async def test_nobody_logs_in_to_it(db: Database, li: Actor, families: Families) -> None:
    families.add(YOUNG.named, 母=LI)
    await actions.claim_child(db, li, YOUNG, now=NOW)
    for password in ("x", SECRET):
        with pytest.raises(WrongPassword):
            await identity.check_password(db, "log_in", account=YOUNG.id_number, password=password, now=NOW)
    assert (await identity.actor_of(db, kind="phone", value=LI.phone)).id == li.id


async def test_both_parents_have_it_and_each_is_told(
    db: Database, li: Actor, wang: Actor, families: Families
) -> None:
    families.add(YOUNG.named, 母=LI, 父=WANG)
    both = await asyncio.gather(
        *(actions.claim_child(db.sibling() if one is wang else db, one, YOUNG, now=NOW) for one in (li, wang))
    )
    assert None not in both and both[0] != both[1]
    principals = {(await actions.power(db, li, power_id=one)).principal for one in both[:1] if one}
    assert await db.value("SELECT count(*) FROM identity.account") == 3, "one child, one account"
    given = await actions.powers_of(db, Actor(li.role, principals.pop()), now=NOW)
    assert {one.agent_name for one in given.given} == {LI.name, WANG.name}


async def test_who_is_no_parent_learns_nothing_and_cannot_go_on_trying(
    db: Database, li: Actor, wang: Actor, families: Families
) -> None:
    families.add(YOUNG.named, 母=LI)
    said = set()
    for child in (YOUNG, Child("李一", YOUNG.id_number, CONSENT), GROWN):
        with pytest.raises(ParentNotConfirmed) as refused:
            await actions.claim_child(db, wang, child, now=NOW)
        said.add(str(refused.value.message))
    assert len(said) == 1, "neither the name nor the relation of a stranger is told"
    assert await db.value("SELECT count(*) FROM identity.child_claim") == 0
    for _ in range(2):
        with pytest.raises(ParentNotConfirmed):
            await actions.claim_child(db, wang, YOUNG, now=NOW)
    with pytest.raises(TooManyClaims):
        await actions.claim_child(db, wang, YOUNG, now=NOW)
    assert "identity.refuse_child" in await actions_of(db)


async def test_a_silent_register_is_asked_again(db: Database, li: Actor, families: Families) -> None:
    families.add(YOUNG.named, 母=LI)
    families.down = True
    assert await actions.claim_child(db, li, YOUNG, now=NOW) is None
    assert [one.name for one in await actions.waiting_children(db, li)] == [YOUNG.name]
    await actions.ask_again(db, now=NOW + timedelta(minutes=3))
    families.down = False
    await actions.ask_again(db, now=NOW + timedelta(minutes=4))
    assert families.asked == 2, "it is left alone for a while"
    await actions.ask_again(db, now=NOW + timedelta(minutes=6))
    assert [one.kind for one in (await actions.powers_of(db, li, now=NOW + timedelta(hours=1))).held] == [
        "guardian"
    ]
    assert not await actions.waiting_children(db, li)
    families.add(GROWN.named)
    families.down = True
    await actions.claim_child(db, li, GROWN, now=NOW)
    await actions.ask_again(db, now=NOW + timedelta(days=8))
    assert not await actions.waiting_children(db, li)
    held = await notices.inbox(db, li.id) if li.id else []
    assert "没有核对到" in str(held[0].title)


async def test_of_age_it_ends_and_the_child_takes_the_account_over(
    db: Database, li: Actor, register: Register, families: Families
) -> None:
    families.add(GROWN.named, 母=LI)
    power = await actions.claim_child(db, li, GROWN, now=NOW)
    assert power is not None
    child = (await actions.power(db, li, power_id=power)).principal
    birthday = guarded_until(papers.birth_of(GROWN.id_number))
    with pytest.raises(PowerOver):
        await actions.switch(db, await session_of(db, li), power_id=power, now=birthday)
    for _ in range(2):
        await actions.expire_powers(db, now=birthday)
    assert (await actions.power(db, li, power_id=power)).state is PowerState.EXPIRED
    assert sum("用自己的手机号注册" in one for one in await texts(db, LI.phone)) == 1
    own = Typed(GROWN.name, GROWN.id_number, "13800005099", SECRET)
    register.people[own.id_number] = own
    opened = await enrolled(db, own, now=birthday)
    assert opened.actor.id == child, "the account that is there, with all that is in it"
    assert (await identity.person(db, child)).phone == own.phone
    assert (await identity.actor_of(db, kind="phone", value=own.phone)).id == child
    with pytest.raises(identity.AlreadyEnrolled):
        await enrolled(db, own, now=birthday + timedelta(hours=1))


def test_ages() -> None:
    assert of_age_on(date(2008, 2, 29)) == date(2026, 3, 1)
    assert of_age_on(date(2008, 11, 27)) == date(2026, 11, 27)
    assert needs_consent(date(2012, 11, 28), date(2026, 11, 27))
    assert not needs_consent(date(2012, 11, 27), date(2026, 11, 27))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"),
        ({"id_number": "123"}, "id_number"),
        ({"id_number": LI.id_number}, "id_number"),
        ({"consent": ""}, "consent"),
    ],
)
def test_what_does_not_hold_is_said_at_its_field(more: dict[str, str], field: str) -> None:
    with pytest.raises(ChildInvalid) as refused:
        claimed({"name": YOUNG.name, "id_number": YOUNG.id_number, "consent": "yes", **more}, now=NOW)
    assert list(refused.value.fields) == [field]
    assert claimed({"name": GROWN.name, "id_number": GROWN.id_number}, now=NOW) == GROWN


def test_who_is_under_fourteen_does_not_enrol_alone() -> None:
    with pytest.raises(TypedInvalid) as refused:
        checked(
            name=YOUNG.name,
            id_number=YOUNG.id_number,
            phone="13800005099",
            password=SECRET,
            agreed=True,
            today=TODAY,
        )
    assert list(refused.value.fields) == ["id_number"]


async def test_by_pages(client: Client, db: Database, families: Families) -> None:
    await with_account(db)
    await logged_in(client, db)
    families.add(YOUNG.named, 母=LI)
    shown = await client.get("/my/acting/child")
    typed = {"name": YOUNG.name, "id_number": YOUNG.id_number}
    refused = await submit(client, shown, "/my/acting/child", typed)
    assert refused.status_code == 422 and "单独同意" in words(refused) and YOUNG.id_number in refused.text
    families.down = True
    shown = await submit(client, refused, "/my/acting/child", {**typed, "consent": "yes"})
    assert "我们会继续核对" in words(shown) and YOUNG.name not in words(shown)
    families.down = False
    shown = await submit(client, shown, "/my/acting/child", {**typed, "consent": "yes"})
    assert "您现在可以为孩子办事了" in words(shown) and "公安亲属关系库核对的亲子关系" in words(shown)
    assert "/renounce" not in shown.text and f"您是{YOUNG.name}的监护人" in words(shown)
    hub = await client.get("/my/acting")
    power = await db.value("SELECT id FROM identity.power WHERE kind = 'guardian'")
    acting = await submit(client, hub, "/my/acting/switch", {"power": str(power), "next": "/my/acting"})
    last = of_age_on(papers.birth_of(YOUNG.id_number)) - timedelta(days=1)
    assert f"有效至 {last}" in words(acting), (
        "the day before the eighteenth birthday, as the power's page says"
    )
    assert "/my/acting/offer" not in acting.text
    offer = await client.get("/my/acting/offer")
    assert offer.status_code == 409 and "监护职责要由监护人自己履行" in words(offer)
