"""Acting for another and refused: each reason, over pages and API, says what to do, changes nothing, keeps the draft.

One city, one draft that the agent typed in, one case on the desk; each reason is brought about as it comes about in
life, then the same doors are tried. Broken on purpose: without reasons by the kind of power, without ``must_cover``,
with powers that outlive the account, a switch that knows no offer, the step-up page of who acts for herself.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from tests import cast, make
from tests.cases import held, together
from tests.cases.refused_agents import TYPED, Table, laid
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.identity.firms import CAFE, SHOP
from tests.sandbox.conftest import Sandbox
from tongban import cases, exchange, identity, rooms
from tongban.identity import actions
from tongban.identity.model.powers import Offer, Power, PowerState
from tongban.identity.store import children, powers
from tongban.kit import clock, papers
from tongban.kit.acting import Errand
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.web import refusals

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")

ITEM = make.ITEM
#: Another item, which asks for L2; and one whose fee is due (in fen), more than the power of the test allows.
LEVEL_ITEM, FEE = "clean_record", 8000
ENDED, BEYOND = "power-ended", "beyond-power"


@pytest.fixture
async def table(
    city: Database, web: Client, outside: Sandbox, owner: Resident, other: Resident
) -> AsyncIterator[Table]:
    yield await laid(city, web, owner, other, await cast.resident(city, outside))
    identity.plug_firm_check(exchange.check_firm)


# --- A power that cannot be used yet, or no more --------------------------------------------------------------------

Unusable = tuple[str, Callable[[Table], Awaitable[UUID]], int, str, str, str]


async def _answered(table: Table, *, accept: bool, **more: Any) -> UUID:
    power = await table.offered(**more)
    await actions.answer_power(table.db, table.agent.actor, power_id=power, accept=accept, now=table.now)
    return power


async def _revoked(table: Table, *, before: bool = False) -> UUID:
    power = await (table.offered() if before else table.given())
    await actions.revoke_power(table.db, table.owner.actor, power_id=power, now=table.now)
    return power


async def _renounced(table: Table) -> UUID:
    power = await table.given()
    await actions.renounce_power(table.db, table.agent.actor, power_id=power, now=table.now)
    return power


async def _superseded(table: Table) -> UUID:
    power = await table.given()
    await table.given(errands=frozenset({Errand.FOLLOW}))
    return power


async def _anothers(table: Table) -> UUID:
    """A power of which neither side is she."""
    terms = (papers.Paper(papers.CITIZEN, table.third.number), table.third.name, "attorney", None, None, None)
    offer = Offer(*terms, table.now, table.now + timedelta(days=3))
    return await actions.offer_power(table.db, table.owner.actor, offer, now=table.now)


def _days(number: float) -> datetime:
    return clock.now() + timedelta(days=number)


UNUSABLE: list[Unusable] = [
    ("not accepted", lambda t: t.offered(), 409, "power-not-accepted", "您还没有接受", "not accepted"),
    ("declined", lambda t: _answered(t, accept=False), 409, "power-over", "您没有接受", "You declined"),
    ("not begun", lambda t: t.given(starts_at=_days(2)), 409, "power-not-begun", "起才生效", "begins on"),
    ("expired", lambda t: t.given(until=_days(-0.001)), 409, "power-over", "已经到期", "has expired"),
    ("taken back", lambda t: _revoked(t, before=True), 409, "power-over", "在您接受之前收回", "before you accepted"),
    ("revoked", _revoked, 409, "power-over", "已经撤回给您的授权", "has taken back"),
    ("given back", _renounced, 409, "power-over", "您已经放弃", "You have given up"),
    ("replaced", _superseded, 409, "power-over", "按新的授权切换", "replaced by a new one"),
    ("another's", _anothers, 404, "power-unknown", "没有找到这份授权", "power"),
]  # fmt: skip


async def test_a_power_that_cannot_be_used_says_why(table: Table) -> None:
    """Over API and page, in both languages; the session stays her own."""
    before = await table.rows()
    for name, bring_about, status, code, zh, en in UNUSABLE:
        power = await bring_about(table)
        await table.act(None)
        for language, words in (("zh", zh), ("en", en)):
            table.web.cookies.set("tongban_language", language)
            told = await table.ask("PUT /api/v1/acting", {"power": str(power)})
            problem = told.json()
            assert (told.status_code, problem["type"]) == (status, f"/problems/{code}"), (name, problem)
            assert words in problem["detail"], (name, problem["detail"])
            shown = await table.ask("POST /my/acting/switch", {"power": str(power)})
            assert shown.status_code == status and words in _words(shown), (name, _words(shown)[:600])
        assert "tongban-acting-for" not in told.headers
        assert (await table.ask("GET /api/v1/cases/{case}")).status_code == 404, name
    assert await table.rows() == before


def _words(shown: httpx.Response) -> str:
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>|&#39;", lambda tag: "'" if tag[0] == "&#39;" else " ", shown.text)
    )


# --- A power that ended while she acts by it ------------------------------------------------------------------------

#: Doors of the everyday: file, type, submit, supply, correct, withdraw, follow, licences, messages, requests.
DOORS = (
    *("POST /api/v1/cases", "PUT /api/v1/cases/{draft}/answers", "POST /api/v1/cases/{draft}/submission"),
    *("POST /api/v1/cases/{case}/supply", "POST /api/v1/cases/{case}/correction"),
    *("POST /api/v1/cases/{case}/withdrawal", "GET /api/v1/cases", "GET /api/v1/cases/{case}"),
    *("GET /api/v1/licences", "GET /api/v1/notices", "POST /api/v1/cases/{case}/hearing/request"),
    *("POST /apply/{item}", "GET /apply/{item}/{draft}", "POST /apply/{item}/{draft}"),
    *("POST /apply/{item}/{draft}/submit", "POST /my/cases/{case}/withdraw", "GET /my/cases"),
    *("GET /my/cases/{case}", "GET /my/licences", "GET /my/inbox", "GET /my/data/requests"),
    *("POST /my/data/wrong", "POST /my/cases/{case}/correct", "GET /"),
)


async def _by_firm(table: Table, code: str, **changed: Any) -> None:
    """She represents a firm, of which the register says something else the next day."""
    bound = await actions.bind_firm(table.db, table.agent.actor, code=code, now=table.now)
    assert bound.power is not None
    await table.act(bound.power)
    row = table.firms.firms[code]
    row[1:4] = [changed.get("number", row[1]), changed.get("name", row[2]), changed.get("state", row[3])]
    await actions.recheck_firms(table.db, now=table.now + timedelta(days=2))


async def _closed(table: Table) -> None:
    await table.act(await _answered(table, accept=True, by=table.third))
    assert table.third.actor.id is not None
    await identity.close_account(table.db, table.third.actor.id, keep_name=True, now=table.now)


async def _of_age(table: Table) -> None:
    """The agent is the owner's guardian, by a power that the register founded and that ended a minute ago."""
    owner, agent = table.owner.actor.id, table.agent.actor.id
    assert owner is not None and agent is not None
    until = clock.now() - timedelta(minutes=1)
    power = Power(
        *(new_id(bucket_of(owner)), owner, agent, table.owner.name, table.agent.name, "guardian"),
        *(None, None, None, "kinship", table.now, until, PowerState.STANDING, table.now, table.now, None),
    )
    await write(
        table.db,
        Part("SELECT 1 AS one"),
        children.founding(power, agent_hash=b"guardian", by=agent, now=table.now),
        powers.holding(agent, power.id, now=table.now),
    )
    await table.act(power.id)


async def _while_acting(table: Table, end: Callable[[UUID], Awaitable[None]], **more: Any) -> None:
    power = await table.given(**more)
    await table.act(power)
    await end(power)


def _revoking(table: Table) -> Awaitable[None]:
    return _while_acting(
        table, lambda one: actions.revoke_power(table.db, table.owner.actor, power_id=one, now=table.now)
    )


def _renouncing(table: Table) -> Awaitable[None]:
    return _while_acting(
        table, lambda one: actions.renounce_power(table.db, table.agent.actor, power_id=one, now=table.now)
    )


async def _replacing(table: Table) -> None:
    power = await table.given()
    await table.act(power)
    await table.given(errands=frozenset({Errand.FOLLOW}))
    assert table.owner.actor.id is not None
    await actions.end_sessions(table.db, principal=table.owner.actor.id, now=table.now)


async def _expiring(table: Table) -> None:
    await table.act(await table.given(until=clock.now() - timedelta(minutes=1)))


ENDINGS: list[tuple[str, Callable[[Table], Awaitable[None]], str, str]] = [
    ("revoked", _revoking, "已经撤回给您的授权，不能再代办", "has taken back"),
    ("given back", _renouncing, "您已经放弃", "You have given up"),
    ("replaced", _replacing, "按新的授权切换过去", "has been replaced by a new one"),
    ("expired", _expiring, "已经到期，不能再代办", "has expired"),
    ("of age", _of_age, "已经年满 18 周岁", "has turned 18"),
    ("account closed", _closed, "已经注销账户", "closed the account"),
    ("firm struck off", lambda t: _by_firm(t, CAFE, state="revoked"), "已经不再存续", "no longer exists"),
    (
        "representative changed",
        lambda t: _by_firm(t, SHOP, number=t.owner.number, name=t.owner.name),
        "由现在的法定代表人办理",
        "present legal representative",
    ),
]


async def test_a_power_that_ended_while_she_acts_by_it_says_why_at_every_door(table: Table) -> None:
    for name, bring_about, zh, en in ENDINGS:
        await bring_about(table)
        before = await table.rows()
        for place, door in enumerate(DOORS):
            table.web.cookies.set("tongban_language", "en" if place % 2 else "zh")
            typed = (
                {"note": "刚才填写的话", "power": ""}
                if door.startswith("POST") and "/api/" not in door
                else {}
            )
            told = await table.ask(door, typed)
            said = told.json()["detail"] if "/api/" in door else _words(told)
            assert told.status_code == 403 and (en if place % 2 else zh) in said, (name, door, said[:500])
            if "/api/" in door:
                assert told.json()["type"] == f"/problems/{ENDED}"
            else:
                assert 'action="/my/acting/switch"' in told.text and (not typed or typed["note"] in said)
        assert await table.rows() == before, name
        # One step back, and she is herself again.
        assert (await table.ask("POST /my/acting/switch", {"power": ""})).status_code == 303
        assert "tongban-acting-for" not in (await table.ask("GET /my/cases")).headers
    await _kept(table)


async def _kept(table: Table) -> None:
    """The draft is there with what the agent typed: for its owner, and for whoever acts for her next."""
    sheet = await cases.sheet(table.db, table.owner.actor, case_id=table.draft)
    assert sheet.answers["phone"] == TYPED
    await table.act(await table.given(kind="family"))
    shown = await table.ask("GET /apply/{item}/{draft}")
    assert shown.status_code == 200 and f'value="{papers.mask_phone(TYPED)}"' in shown.text
    table.web.cookies.clear()
    await log_in(table.web, table.db, table.owner.actor)
    assert f'value="{TYPED}"' in (await table.ask("GET /apply/{item}/{draft}")).text


# --- A power that stands and does not reach so far ------------------------------------------------------------------

_ALL_APPLY = (
    *("POST /api/v1/cases", "PUT /api/v1/cases/{draft}/answers", "POST /api/v1/cases/{draft}/submission"),
    *("POST /apply/{item}", "GET /apply/{item}/{draft}", "POST /apply/{item}/{draft}/submit"),
)
_OTHER_ITEM = {"items": frozenset({"drug_business"})}
#: What the power says, what is tried, and what is told of it in Chinese and in English.
BEYONDS: list[tuple[dict[str, Any], tuple[str, ...], str, str]] = [
    (
        _OTHER_ITEM,
        (*_ALL_APPLY, "GET /api/v1/cases/{case}", "GET /my/cases/{case}", "POST /api/v1/cases/{case}/withdrawal"),
        "不包括这个事项",
        "does not include this service",
    ),
    (_OTHER_ITEM, ("GET /api/v1/licences", "GET /my/licences", "GET /my/data/requests"), "部分事项", "some services"),
    ({"errands": frozenset({Errand.FOLLOW})}, _ALL_APPLY, "“填报和提交申请”", "fill in and submit"),
    (
        {"errands": frozenset({Errand.APPLY})},
        ("GET /api/v1/cases", "GET /my/cases", "GET /api/v1/notices", "GET /my/inbox"),
        "“查看办件、文书和消息”",
        "See cases, papers and messages",
    ),
    (
        {"errands": frozenset({Errand.APPLY, Errand.FOLLOW})},
        ("POST /api/v1/cases/{case}/withdrawal", "POST /my/cases/{case}/withdraw"),
        "“撤回申请”",
        "withdraw",
    ),
    (
        {"errands": frozenset({Errand.APPLY, Errand.FOLLOW})},
        ("POST /api/v1/cases/{case}/supply", "POST /my/cases/{case}/correct"),
        "“补正、补交材料”",
        "correct",
    ),
]  # fmt: skip


async def test_what_a_power_does_not_reach_to_is_refused_and_said(table: Table) -> None:
    for more, doors, zh, en in BEYONDS:
        power = await table.given(**more)
        await table.act(power)
        before = await table.rows()
        for place, door in enumerate(doors):
            table.web.cookies.set("tongban_language", "en" if place % 2 else "zh")
            told = await table.ask(door, {"item": ITEM} if door == "POST /api/v1/cases" else None)
            said = told.json()["detail"] if "/api/" in door else _words(told)
            assert told.status_code == 403 and (en if place % 2 else zh).lower() in said.lower(), (
                door,
                said[:500],
            )
            assert "/api/" not in door or told.json()["type"] == f"/problems/{BEYOND}", door
            assert told.headers["tongban-acting-for"] == str(table.owner.actor.id)
        assert await table.rows() == before, doors
    await table.act(await table.given())
    own = await table.ask("GET /account/password")
    assert own.status_code == 403 and "切换回本人" in _words(own), "what is the principal's own alone"
    theirs = await table.ask(f"GET /api/v1/cases/{await make.draft(table.db, table.third)}")
    assert (theirs.status_code, theirs.json()["type"]) == (404, "/problems/no-such-case")
    await _kept(table)


async def test_what_the_principal_holds_is_not_told_to_an_agent_for_another_item(table: Table) -> None:
    """The page before a form says that she has the licence already: to whose power reaches to the item alone.

    How it can fail (tried): the page asked only where no licence was held.
    """
    await held.granted(table.db, table.owner, ITEM, now=clock.now())
    for more, status in ((_OTHER_ITEM, 403), ({}, 200)):
        await table.act(await table.given(**more))
        told = await table.ask("GET /apply/{item}")
        assert (told.status_code, "您名下已有" in _words(told)) == (status, status == 200), _words(told)[:600]
        assert status == 200 or "不包括这个事项" in _words(told)


async def test_a_fee_above_the_limit_and_a_level_too_low_keep_the_draft(table: Table) -> None:
    """To a program with what it needs to go on, to a person with one step that leads there."""
    answers = together.sellers(table.owner, table.agent, table.third) | {"property_use": "home"}
    dear = await together.draft(table.db, table.owner, answers, item=together.TRANSFER)
    grave = await cases.start(table.db, table.owner.actor, item=LEVEL_ITEM, now=clock.now())
    refusals.plug_step_up_page(rooms.step_up_page)  # as the running house has it
    table.agent = msgspec.structs.replace(
        table.agent, actor=msgspec.structs.replace(table.agent.actor, level=1)
    )
    await table.act(await table.given(most=FEE - 1))
    for case, item, code, said in (
        (dear, together.TRANSFER, BEYOND, "79.99 元"),
        (grave, LEVEL_ITEM, "step-up-needed", "需要您自己的实名等级达到 L2"),
    ):
        before = await make.everything(table.db, case)
        told = await table.ask(f"POST /api/v1/cases/{case}/submission")
        assert (told.status_code, told.json()["type"]) == (403, f"/problems/{code}"), told.text
        assert said in told.json()["detail"]
        shown = await table.ask(f"POST /apply/{item}/{case}/submit")
        assert shown.status_code == 403 and said in _words(shown), _words(shown)[:800]
        assert await make.everything(table.db, case) == before
    assert 'action="/account/level/keep"' not in shown.text, (
        "a door that is closed while she acts for another"
    )
    up = await table.ask("POST /my/acting/switch", {"power": "", "next": "/account/level"})
    assert up.headers["location"] == "/account/level"
    assert (await table.ask("GET /account/level")).status_code == 200
