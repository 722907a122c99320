"""Acting for another: a power is offered, accepted, used, and taken back; each side sees all of it."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from tests.identity.conftest import (
    CHAN,
    LI,
    SECRET,
    WANG,
    Client,
    actions_of,
    enrolled,
    last_code,
    with_account,
)
from tests.identity.pages import fields_of, folded, submit, words
from tongban import identity
from tongban.identity import actions
from tongban.identity.model.powers import NotStewarding, Offer, PowerOver, PowerState, PowerUnknown
from tongban.kit import clock
from tongban.kit.acting import ActingFor, BeyondPower, Errand
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Relation, must_cover
from tongban.kit.rules import months_after
from tongban.kit.web.recognising import Sessions

pytestmark = [
    pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning"),
    pytest.mark.usefixtures("register"),
]

NOW = clock.now()


def offer_to(**more: object) -> Offer:
    """A power for somebody: everything, for a month, unless ``more`` says otherwise."""
    given: dict[str, object] = {
        "paper": WANG.paper,
        "name": WANG.name,
        "kind": "attorney",
        "items": None,
        "errands": None,
        "most": None,
        "starts_at": NOW,
        "until": NOW + timedelta(days=30),
    }
    return Offer(**{**given, **more})  # type: ignore[arg-type]


@pytest.fixture
async def li(db: Database) -> Actor:
    return (await enrolled(db, LI, now=NOW - timedelta(minutes=30))).actor


@pytest.fixture
async def wang(db: Database, li: Actor) -> Actor:
    return (await enrolled(db, WANG, now=NOW - timedelta(minutes=30))).actor


async def standing(db: Database, li: Actor, wang: Actor, **more: object) -> UUID:
    """A power that Wang has accepted from Li."""
    power = await actions.offer_power(db, li, offer_to(**more), now=NOW)
    await actions.answer_power(db, wang, power_id=power, accept=True, now=NOW)
    return power


async def test_it_stands_once_it_is_accepted(db: Database, li: Actor, wang: Actor) -> None:
    power = await actions.offer_power(db, li, offer_to(), now=NOW)
    again = await actions.offer_power(db, li, offer_to(), now=NOW)
    assert again == power, "the same offer twice is one"
    found = await actions.powers_of(db, wang, now=NOW)
    assert [one.principal_name for one in found.offers] == [LI.name] and not found.held
    await actions.answer_power(db, wang, power_id=power, accept=True, now=NOW)
    await actions.answer_power(db, wang, power_id=power, accept=True, now=NOW)
    found = await actions.powers_of(db, wang, now=NOW)
    assert [one.principal for one in found.held] == [li.id] and not found.offers
    given = (await actions.powers_of(db, li, now=NOW)).given
    assert [(one.agent_name, one.state) for one in given] == [(WANG.name, PowerState.STANDING)]
    assert (await actions_of(db)).count("identity.accept_power") == 2, "one row in each ledger"
    with pytest.raises(PowerOver):
        await actions.answer_power(db, wang, power_id=power, accept=False, now=NOW)


async def test_nobody_else_answers_ends_or_sees_it(db: Database, li: Actor, wang: Actor) -> None:
    power = await actions.offer_power(db, li, offer_to(), now=NOW)
    stranger = Actor(li.role, UUID(int=li.id.int + 1) if li.id else None)
    for who in (li, stranger):
        with pytest.raises(PowerUnknown):
            await actions.answer_power(db, who, power_id=power, accept=True, now=NOW)
    for who in (wang, stranger):
        with pytest.raises(PowerUnknown):
            await actions.revoke_power(db, who, power_id=power, now=NOW)
    with pytest.raises(PowerUnknown):
        await actions.power(db, stranger, power_id=power)


async def test_it_waits_for_who_has_no_account(db: Database, li: Actor) -> None:
    power = await actions.offer_power(db, li, offer_to(), now=NOW)
    late = (await enrolled(db, WANG, now=NOW)).actor
    assert late.id is not None
    assert not (await actions.powers_of(db, late, now=NOW)).offers
    for _ in range(2):
        await actions.bind_powers(db, person=late.id, now=NOW)
    assert [one.id for one in (await actions.powers_of(db, late, now=NOW)).offers] == [power]
    assert await db.value("SELECT count(*) FROM notices.inbox WHERE recipient = $1", late.id) == 1


async def test_who_acts_is_the_principal_with_the_agent_beside_her(
    db: Database, li: Actor, wang: Actor
) -> None:
    power = await standing(
        db, li, wang, items=frozenset({"residence_permit"}), errands=frozenset({Errand.APPLY})
    )
    acting = (await actions.switch(db, await session_of(db, wang), power_id=power, now=NOW)).actor
    assert (acting.id, acting.holder) == (li.id, wang.id) and acting.acting is not None
    assert acting.acting.agent_name == WANG.name and acting.caller != li.caller
    must_cover(acting, "residence_permit")
    with pytest.raises(BeyondPower):
        must_cover(acting, "food_business")
    with pytest.raises(ActingFor):
        identity.POLICY.require(acting, "identity.account", Relation.OWN)
    with pytest.raises(NotStewarding):
        await actions.offer_power(db, acting, offer_to(), now=NOW)  # hers is limited to some items
    other = await actions.offer_power(db, li, offer_to(paper=CHAN.paper, name=CHAN.name), now=NOW)
    with pytest.raises(PowerUnknown):
        await actions.power(db, acting, power_id=other)  # whom else she trusts is hers to know
    power_row = await actions.power(db, li, power_id=power)
    assert [one.agent for one in await actions.acts_by(db, power_row, limit=10)] == [WANG.name]


async def session_of(db: Database, actor: Actor) -> Actor:
    """The actor as a request has her: with the session through which she comes."""
    row = await db.row(
        "SELECT token_hash FROM kit.session WHERE actor = $1 ORDER BY opened_at DESC", actor.id
    )
    assert row is not None
    return Actor(actor.role, actor.id, actor.name, None, actor.level, row["token_hash"])


async def test_a_power_that_ended_ends_what_sessions_do_by_it(db: Database, li: Actor, wang: Actor) -> None:
    """At once in a process that remembers the session, for what is only read too. How it can fail (tried): who acts for
    another is taken from the cache."""
    power = await standing(db, li, wang)
    hers = await session_of(db, wang)
    acting, elsewhere = await actions.switch(db, hers, power_id=power, now=NOW), Sessions(db)
    before = await elsewhere.actor(acting.cookie, now=clock.now())
    await actions.revoke_power(db, li, power_id=power, now=NOW)
    after = await elsewhere.actor(acting.cookie, now=clock.now())
    assert [one and one.acting and one.acting.ended for one in (before, after)] == [None, "revoked"]
    await actions.revoke_power(db, li, power_id=power, now=NOW)
    ended = await db.value("SELECT power_ended FROM kit.session WHERE power = $1", power)
    assert ended == "revoked"
    with pytest.raises(PowerOver):
        await actions.switch(db, hers, power_id=power, now=NOW)
    assert (await actions_of(db)).count("identity.revoke_power") == 1
    # A switch whose statement had begun before the end opened its session unseen: the worker ends it.
    await db.run("UPDATE kit.session SET power_ended = NULL WHERE power = $1", power)
    assert li.id is not None
    await actions.end_sessions(db, principal=li.id, now=NOW)
    assert await db.value("SELECT power_ended FROM kit.session WHERE power = $1", power) == "revoked"


async def test_a_power_for_some_items_says_nothing_of_what_needs_all(
    db: Database, li: Actor, wang: Actor
) -> None:
    """How it can fail (tried): all errands are told of."""
    some = await standing(db, li, wang, items=frozenset({"passport"}))
    every = await standing(db, li, wang, kind="family")
    told = [
        [str(one) for one in (await actions.power(db, li, power_id=power)).errands_in_words]
        for power in (some, every)
    ]
    assert [("查看和出示证照" in one, "填报和提交申请" in one) for one in told] == [
        (False, True),
        (True, True),
    ]


async def test_its_last_day_ends_it_by_itself(db: Database, li: Actor, wang: Actor) -> None:
    power = await standing(db, li, wang, until=NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)
    with pytest.raises(PowerOver):
        await actions.switch(db, await session_of(db, wang), power_id=power, now=later)
    await actions.expire_powers(db, now=later)
    assert await db.value("SELECT state FROM identity.power WHERE id = $1", power) == "expired"


# --- Over HTTP --------------------------------------------------------------------------------------


async def logged_in_as(client: Client, db: Database, phone: str) -> None:
    client.cookies.clear()
    shown = await client.get("/login")
    shown = await submit(client, shown, "/login", {"account": phone, "password": SECRET})
    await submit(client, shown, "/login/code", {"code": await last_code(db, phone)})


FORM = {
    "kind": "family",
    "name": WANG.name,
    "paper_kind": "111",
    "id_number": WANG.id_number,
    "scope": "some",
    "items-1": "residence_permit",
    "errands-1": "apply",
    "errands-2": "follow",
    "until-year": str(clock.city_day(NOW).year + 1),
    "until-month": "6",
    "until-day": "30",
}


async def test_by_pages_from_the_offer_to_the_end(client: Client, db: Database) -> None:
    """Nothing ends by one click, and an agent for one item who would hand it on is told first what she can do.

    How it can fail (tried): ask the policy's row for a power for everything first; put a form beside the others.
    """
    await with_account(db)
    await enrolled(db, WANG, now=NOW - timedelta(days=1))
    await logged_in_as(client, db, LI.phone)
    shown = await submit(client, await client.get("/my/acting/offer"), "/my/acting/offer", FORM)
    assert shown.url.path == "/my/acting" and "授权已经发出" in words(shown)
    power = await db.value("SELECT id FROM identity.power")
    await logged_in_as(client, db, WANG.phone)
    shown = await client.get(f"/my/acting/{power}")
    assert "居住证" in words(shown) and "填报和提交申请" in words(shown)
    assert "授权发出时间" in words(shown), "nobody has agreed to it"
    assert folded(shown, f"/my/acting/{power}/decline") and not folded(shown, f"/my/acting/{power}/accept")
    shown = await submit(client, shown, f"/my/acting/{power}/accept", {})
    assert "授权发出时间" not in words(shown) and "授权时间" in words(await client.get(f"/my/acting/{power}"))
    assert folded(shown, f"/my/acting/{power}/renounce")
    shown = await submit(client, shown, "/my/acting/switch", {"power": str(power), "next": "/my/acting"})
    assert "您正在代 李*雯 办理" in words(shown), words(shown)
    assert shown.headers["tongban-acting-for"] == str(await db.value("SELECT principal FROM identity.power"))
    assert (await client.get("/my/account")).status_code == 403, "her account is her own"
    handed_on = await client.get("/my/acting/offer")
    assert handed_on.status_code == 409 and re.search("<h1[^>]*>不能再授权他人</h1>", handed_on.text)
    assert "您可以代李*雯办理授权内的事项" in words(handed_on)
    program = await client.get("/my/acting/offer", headers={"accept": "application/json"})
    assert (program.json()["type"], program.json()["title"]) == ("/problems/not-stewarding", "不能再授权他人")
    draft = {"_csrf": fields_of(shown.text, "/logout")["_csrf"], "address": "x", "note": "the words typed"}
    assert (await client.post("/draft", data=draft)).json()["by"] == "李*雯"
    # Taken back while she fills the form in: refused at once with the reason, and what she typed stands there.
    li = await identity.actor_of(db, kind="phone", value=LI.phone)
    await actions.revoke_power(db, li, power_id=power, now=clock.now())
    refused = await client.post("/draft", data=draft)
    assert refused.status_code == 403
    assert "李*雯已经撤回给您的授权" in words(refused) and "the words typed" in words(refused)
    shown = await submit(client, refused, "/my/acting/switch", {"power": ""})
    assert "tongban-acting-for" not in shown.headers
    assert (await client.get("/my/account")).status_code == 200


async def test_a_second_tab_says_who_was_faster_and_what_to_do(client: Client, db: Database) -> None:
    """Accepted after it was declined, declined after it was accepted, taken back twice, given up twice.

    How it can fail (tried): go back to the power's page without a word, as where it was just done.
    """
    await with_account(db)
    await enrolled(db, WANG, now=NOW - timedelta(days=1))
    li = await identity.actor_of(db, kind="phone", value=LI.phone)

    async def said(power: UUID, *acts: str) -> list[str]:
        """What the page says after each of the acts, of which none but the first was on a fresh page."""
        shown = await client.get(f"/my/acting/{power}")
        token = {"_csrf": fields_of(shown.text, "/logout")["_csrf"]}
        done = [
            await client.post(f"/my/acting/{power}/{act}", data=token, follow_redirects=True) for act in acts
        ]
        return [words(one) for one in done]

    async def offered(**more: object) -> UUID:
        return await actions.offer_power(db, li, offer_to(**more), now=clock.now())

    await logged_in_as(client, db, WANG.phone)
    at = f"{clock.city_time(clock.now()):%Y-%m-%d }"
    first, second, third = await said(await offered(), "decline", "accept", "decline")
    assert "您没有接受这份授权，对方已收到通知" in first and "您已经在" not in first
    for one in (second, third):
        assert f"您已经在 {at}" in one and "选择不接受这份授权，刚才的操作没有进行" in one
        assert f"要代办的，请{LI.name}重新授权" in one
    power = await offered()
    _, declined, _, renounced = await said(power, "accept", "decline", "renounce", "renounce")
    assert "接受了这份授权，不用再答复。可以开始代办" in declined
    assert "放弃了这份授权，不用再操作" in renounced
    await logged_in_as(client, db, LI.phone)
    (late,) = await said(power, "revoke")
    assert f"{WANG.name}已经在 {at}" in late and "放弃了这份授权，不用再撤回" in late
    first, again = await said(await offered(), "revoke", "revoke")
    assert "授权已经撤回，立即生效" in first and "这份授权已经在" in again and "收回" in again


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("id_number", LI.id_number, "这是您自己的证件号码"),
        ("id_number", "123", "号码格式不对"),
        ("name", " ", "请填写代办人的姓名"),
        ("name", "王" * 61, "不含数字和符号"),
        ("name", "<script>😀", "不含数字和符号"),
        ("scope", "", "请选择授权全部事项还是部分事项"),
        ("items-1", "no_such_item", "请至少选择一个事项"),
        ("until-day", "31", "没有这一天"),
        ("until-year", "2020", "不能早于今天"),
        ("until-year", "2090", "最长三年"),
        ("most", "1.5", "请填写整数金额"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    client: Client, db: Database, field: str, value: str, said: str
) -> None:
    await with_account(db)
    await logged_in_as(client, db, LI.phone)
    shown = await submit(
        client, await client.get("/my/acting/offer"), "/my/acting/offer", {**FORM, field: value}
    )
    assert shown.status_code == 422 and said in words(shown)
    assert field == "name" or f'value="{WANG.name}"' in shown.text
    assert await db.value("SELECT count(*) FROM identity.power") == 0


async def test_three_years_are_three_years(client: Client, db: Database) -> None:
    """As the calendar has them, not so many days. How it can fail (tried): 3 × 366 days."""
    await with_account(db)
    await logged_in_as(client, db, LI.phone)
    last = months_after(clock.city_day(clock.now()), 36)
    for day, status in ((last + timedelta(days=1), 422), (last, 200)):
        until = {"until-year": str(day.year), "until-month": str(day.month), "until-day": str(day.day)}
        shown = await submit(
            client, await client.get("/my/acting/offer"), "/my/acting/offer", {**FORM, **until}
        )
        assert shown.status_code == status and (status == 200 or f"不能晚于 {last}" in words(shown))


async def test_nobody_gives_what_she_has_not(db: Database, li: Actor, wang: Actor) -> None:
    """An account of L1 does nothing of L3 through somebody of L3; what a window founded goes by its agent's level.

    How it can fail (tried): give the agent's level to the session, whatever the principal's.
    """
    power = await standing(db, li, wang)
    await db.sibling().run("UPDATE identity.account SET level = 3 WHERE id = $1", wang.id)
    await db.sibling().run("UPDATE kit.session SET level = 3 WHERE actor = $1", wang.id)
    high = msgspec.structs.replace(await session_of(db, wang), level=3)
    acting = (await actions.switch(db, high, power_id=power, now=NOW)).actor
    assert acting.level == 1
    with pytest.raises(BeyondPower) as refused:
        await identity.must_reach(db, acting, level=2, now=NOW)
    assert "自己还没有达到" in str(refused.value.message)
    row = await actions.power(db, li, power_id=power)
    assert row.by_own_word
    assert row.acting().level_of(3) == 3 and row.acting(highest=2).level_of(3) == 2
    assert not msgspec.structs.replace(row, kind="guardian").by_own_word
