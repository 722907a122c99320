"""What was done by powers, for both sides: narrowed, a page at a time, as a file, over the API; by index, however many.

Broken on purpose: with ``<=`` for the cursor (a row twice), without the escape of a formula, without the condition on
the subject's powers (another agent's acts among hers).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import msgspec
import pytest
from bench.statements import Recording

from tests import cast, make
from tests.cases.refused_agents import Table, laid
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import audit, exchange, identity
from tongban.identity import actions
from tongban.identity.actions import acts as acting
from tongban.identity.actions.acts import as_csv
from tongban.identity.actions.staff_ledger import plain_cell
from tongban.identity.model.acts import ActLine, narrowed
from tongban.identity.model.powers import Offer
from tongban.kit import clock, papers
from tongban.kit.acting import Acting
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import Text
from tongban.kit.ids import new_id

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


@pytest.fixture
async def table(
    city: Database, web: Client, outside: Sandbox, owner: Resident, other: Resident
) -> AsyncIterator[Table]:
    yield await laid(city, web, owner, other, await cast.resident(city, outside))
    identity.plug_firm_check(exchange.check_firm)


async def test_both_sides_see_every_act(table: Table) -> None:
    """The agent files and looks, another agent too; the owner sees both, each agent what is hers, nobody a number.

    A line says which register was asked, on the power's own page too. How it can fail (tried): leave the resource out
    of what is read, or on that page; no way back from a page that the list has not."""
    terms = (papers.Paper(papers.CITIZEN, table.third.number), table.third.name, "family", None, None, None)
    second = await actions.offer_power(
        table.db, table.owner.actor, Offer(*terms, table.now, table.now + timedelta(days=9)), now=table.now
    )
    await actions.answer_power(table.db, table.third.actor, power_id=second, accept=True, now=table.now)
    own, table.agent = table.agent, table.third
    await table.act(second)
    assert (await table.ask("GET /api/v1/cases/{case}")).status_code == 200
    table.agent = own
    first = (await actions.powers_of(table.db, own.actor, now=table.now)).held[0].id
    await table.act(first)
    assert (await table.ask("POST /api/v1/cases/{draft}/submission")).status_code == 201
    as_agent = await _lines(table, "")
    assert {one["power"] for one in as_agent} == {str(first)}, "who merely acts sees her own power's"
    await _as(table, own)
    hers = await _lines(table, f"power={first}")
    assert [one["action"] for one in hers] == [one["action"] for one in as_agent]
    assert {"identity.act_for", "cases.save", "cases.submit"} <= {one["action"] for one in hers}
    told = await table.ask(f"GET /api/v1/acting/acts?power={second}")
    assert (told.status_code, told.json()["type"]) == (404, "/problems/power-unknown")
    shown = await table.ask(f"GET /my/acting/acts?power={first}")
    assert (
        "提交申请" in shown.text
        and "居住证" in shown.text
        and 'href="/my/cases/' not in shown.text.split("<main")[1]
    )
    for resource in ("population", "residence"):
        await _asked_by(table, first, own, resource)
    await _as(table, table.owner)
    everything = await _lines(table, "")
    assert {one["agent"] for one in everything} == {own.name, table.third.name}
    await _own_pages(table, first)
    filed = await _lines(table, f"case={table.draft}&kind=apply&item={make.ITEM}")
    assert [one["action"] for one in filed] == ["cases.submit", "cases.save"]
    assert all(one["item"] == make.ITEM for one in filed)
    await _reads(table, other=table.third)
    today = clock.city_day(clock.now())
    assert not await _lines(table, f"until={today - timedelta(days=1)}")
    odd = await table.ask(f"GET /api/v1/acting/acts?since={today}&until={today - timedelta(days=1)}")
    assert odd.status_code == 400 and "until" in odd.json()["fields"]
    shown = await table.ask(f"GET /my/acting/acts?kind=apply&case={table.draft}&power={first}")
    assert "提交申请" in shown.text and "开始代办" not in shown.text
    for page in (shown.text, json.dumps(everything)):
        assert table.owner.number not in page and table.owner.phone not in page and own.number not in page


async def _own_pages(table: Table, first: UUID) -> None:
    """The power's page says what was asked where; from a page that the list has not, one comes back."""
    shown = await table.ask(f"GET /my/acting/{first}")
    assert "向登记机关查询：实有人口基本信息" in shown.text and "居住证" in shown.text.split('id="acts"')[1]
    astray = await table.ask("GET /my/acting/acts?kind=read&after=zzz")
    assert astray.status_code == 400 and "游标" not in astray.text
    assert 'href="/my/acting/acts?kind=read"' in astray.text


async def _reads(table: Table, *, other: Resident) -> None:
    """What the other agent looked at, and which registers this one asked."""
    reads = await _lines(table, "kind=read")
    looked = [
        (one["action"], one["reference"], one["agent"], one["kind"], one["item"])
        for one in reads
        if one["action"] != "exchange.read"
    ]
    assert looked == [("cases.see_case", str(table.case), other.name, "read", "food_business")]
    asked = [one["words"]["zh"] for one in reads if one["action"] == "exchange.read"]
    assert asked == ["向登记机关查询：居住登记信息", "向登记机关查询：实有人口基本信息"]


async def _asked_by(table: Table, power: UUID, agent: Resident, resource: str) -> None:
    """A register was asked by the agent."""
    assert agent.actor.id is not None
    acting = Acting(power, "attorney", agent.actor.id, agent.name, table.now + timedelta(days=9))
    actor = msgspec.structs.replace(table.owner.actor, acting=acting)
    about: dict[str, Any] = {"subject": actor.id, "reference": table.draft, "detail": {"resource": resource}}
    row = audit.record(actor, "exchange.read", kind="read", now=table.now, **about)
    await write(table.db, Part("SELECT 1 AS asked"), row)


async def _as(table: Table, who: Resident) -> None:
    table.web.cookies.clear()
    await log_in(table.web, table.db, who.actor)


async def _lines(table: Table, query: str) -> list[dict[str, Any]]:
    """All pages of the list, two rows each."""
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        told = await table.ask(f"GET /api/v1/acting/acts?limit=2&{query}{after}")
        assert told.status_code == 200, told.text
        found += told.json()["acts"]
        if told.json()["next"] is None:
            assert len({one["id"] for one in found}) == len(found)
            return found
        after = f"&after={told.json()['next']}"


async def test_ten_thousand_acts_are_one_statement_by_index(table: Table) -> None:
    await _as(table, table.owner)
    power = (await actions.powers_of(table.db, table.owner.actor, now=table.now)).given[0]
    subject = table.owner.actor.id
    assert subject is not None
    how = msgspec.structs.replace(table.owner.actor, acting=power.acting())
    acts = [
        audit.Act(how, "cases.save", subject, table.draft, None, "act", clock.now() - timedelta(seconds=one))
        for one in range(10_050)
    ]
    await table.db.load(*audit.many(acts, ()))
    await table.db.run("ANALYZE audit.ledger")
    recording = Recording(table.db)
    asked = narrowed(kind=None, item="", case=None, since=None, until=None)
    found = await acting.acts(recording, table.owner.actor, power=None, asked=asked, limit=31)
    assert len(found.lines) == 31
    (said,) = [one for one in recording.said if "audit.ledger" in one.sql]
    plan = json.dumps(await table.db.value(f"EXPLAIN (FORMAT JSON) {said.sql}", *said.args))
    assert "Seq Scan" not in plan.replace("Subquery Scan", "") and "bucket_expr_id" in plan, plan
    shown = await table.ask("GET /my/acting/acts")
    following = next(one for one in shown.text.split('"') if one.startswith("/my/acting/acts?after="))
    assert "下一页" in shown.text and dict(parse_qsl(urlsplit(following).query))["after"]
    taken = await table.ask("GET /my/acting/acts.csv?kind=apply")
    rows = list(csv.reader(io.StringIO(taken.content.decode("utf-8-sig"))))
    assert len(rows) == 10_001 and rows[1][2:4] == ["保存填写的内容", "居住证申领"]
    taken = await table.ask(f"GET /my/acting/acts.json?power={power.id}&kind=acting")
    assert {one["action"] for one in taken.json()} == {"identity.act_for"}
    assert await _exports(table) == 2, "that it was taken away stands in the ledger"


async def _exports(table: Table) -> int:
    return int(
        await table.db.value(
            "SELECT count(*) FROM audit.ledger WHERE action = 'identity.export_acts' AND subject = $1",
            table.owner.actor.id,
        )
    )


def test_no_cell_is_a_formula() -> None:
    """Nor by a wide sign, which spreadsheets take too. How it can fail (tried): look at the first sign as it stands."""
    line = ActLine(
        *(new_id(1), clock.now(), "act", "cases.save", Text("=1+1", "=1+1"), None, None),
        *("@x", "-王", new_id(1)),
    )
    _, row = csv.reader(io.StringIO(as_csv([line]).decode("utf-8-sig")))
    assert [row[2], row[4], row[5]] == ["'=1+1", "'@x", "'-王"]
    for cell in ("＝1+1", " =1", "\r=1", "\n+1", "\u3000－1", "\t"):
        assert plain_cell(cell) == f"'{cell}"
    assert [plain_cell(one) for one in ("", "王=1", "2026-11-27")] == ["", "王=1", "2026-11-27"]
