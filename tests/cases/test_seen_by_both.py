"""What an agent looks at leaves a row that both sides read 代办查看: once an hour, and never shown unnoted."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from tests import cast
from tests.cases.refused_agents import Table, laid
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit.sample_paper import text_of
from tests.sandbox.conftest import Sandbox
from tongban import audit, exchange, identity
from tongban.audit.actions import noting
from tongban.audit.store import ledger
from tongban.identity import actions
from tongban.kit import clock
from tongban.kit.db import Database, DatabaseAway, Part

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


@pytest.fixture
async def table(
    city: Database, web: Client, outside: Sandbox, owner: Resident, other: Resident
) -> AsyncIterator[Table]:
    yield await laid(city, web, owner, other, await cast.resident(city, outside))
    identity.plug_firm_check(exchange.check_firm)


async def _reads(table: Table) -> list[dict[str, Any]]:
    rows = await table.db.rows(
        """SELECT action, reference, purpose, detail FROM audit.ledger
        WHERE subject = $1 AND kind = 'read' AND detail ? 'power' AND purpose IS NULL ORDER BY id""",
        table.owner.actor.id,
    )
    return [dict(row) for row in rows]


async def test_what_an_agent_looks_at_both_sides_read(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each record that she opens is a row, once an hour, in pages, file and API; what cannot be noted is not shown.

    How it can fail: without the gate's ``noting`` (no row at all), without the guard of ``note_once`` (a second
    process writes it again), with the error of the ledger caught (the page is shown); with the materials under
    ``cases.mine``; with every row of ``cases.`` taken for a case; without the agents' names plugged.
    """
    power = await _power(table)
    await table.act(power)
    doors = {
        "/my/cases": ("cases.see_list", None),
        "/my/materials": ("cases.see_materials", None),
        "/my/confirmations": ("cases.see_confirmations", None),
        "/my/cases/{case}": ("cases.see_case", table.case),
        "/my/cases/{case}/papers/receipt.pdf": ("cases.see_paper", table.case),
        "/apply/{item}/{draft}": ("cases.see_case", table.draft),
        "/api/v1/cases/{draft}/answers": ("cases.see_case", table.draft),
        "/my/inbox": ("notices.see_inbox", None),
        "/my/licences": ("licences.see_library", None),
    }
    before = await _reads(table)
    shown = {door: (await table.ask(f"GET {door}")).status_code for door in doors}
    assert shown == dict.fromkeys(doors, 200), shown
    read = (await _reads(table))[len(before) :]
    wanted = {(said, str(about or table.owner.actor.id)) for said, about in doors.values()}
    assert {(one["action"], one["reference"]) for one in read} == wanted and len(read) == len(wanted)
    assert {one["detail"]["power"] for one in read} == {str(power)}
    assert read[4]["detail"]["paper"] == "receipt.pdf"
    refused = await table.ask("GET /my/cases/00000000-0000-7000-8000-000000000000")
    assert refused.status_code == 404
    noting._noted.clear()  # another process, which knows nothing of it
    for door in doors:
        await table.ask(f"GET {door}")
    assert len(await _reads(table)) == len(before) + len(wanted), "a page that is loaded again"

    told = (await table.ask("GET /api/v1/acting/acts?kind=read")).json()["acts"]
    assert wanted <= {(one["action"], one["reference"]) for one in told}
    page = (await table.ask("GET /my/acting/acts?kind=read")).text
    assert "打开办件的文书" in page and "查看消息" in page
    await log_in_as(table, table.owner)
    taken = await table.ask("GET /my/acting/acts.csv?kind=read")
    rows = list(csv.reader(io.StringIO(taken.content.decode("utf-8-sig"))))
    assert ["打开办件的文书", table.agent.name] in [[row[2], row[5]] for row in rows]
    readings = (await table.ask("GET /my/readings")).text
    assert f"为您代办的{table.agent.name}" in readings and "打开办件的文书" in readings
    assert "查看交过的材料" in readings, "her papers are no list of cases"
    page = (await table.ask("GET /my/acting/acts?kind=read")).text.split("<main")[1]
    assert f'href="/my/cases/{table.case}"' in page and f"case={table.case}" in page
    assert "查看办件列表" in page and str(table.owner.actor.id) not in page, "a list is no case"
    assert await audit.reads_without_purpose(table.db, now=clock.now()) == 0

    await table.ask("GET /my/inbox")
    assert len(await _reads(table)) == len(before) + len(wanted), "what she looks at herself is no agent's"
    await table.act(power)
    noting._noted.clear()
    monkeypatch.setattr(ledger, "not_noted", _away)
    assert (await table.ask("GET /my/inbox")).status_code == 503


async def test_her_name_stands_beside_the_principals(table: Table) -> None:
    """What an agent has filed is the principal's and says by whom: receipt, progress page, API; for both of them alike.

    How it can fail (tried): without the row 代办人 of a paper; without the agent in ``_when`` of the time line; with
    ``agent`` of a step null.
    """
    await table.act(await _power(table))
    assert (await table.ask("POST /api/v1/cases/{draft}/submission")).status_code == 201
    for side in (None, table.owner):
        if side is not None:
            await log_in_as(table, side)
        receipt = text_of((await table.ask("GET /my/cases/{draft}/papers/receipt.pdf")).content)
        assert f"申请人{table.owner.name}" in receipt and f"代办人{table.agent.name}" in receipt, receipt
        page = (await table.ask("GET /my/cases/{draft}")).text.split("<main")[1]
        assert f"由{table.agent.name}代办" in page
        (step,) = (await table.ask("GET /api/v1/cases/{draft}")).json()["steps"]
        assert (step["move"], step["agent"]) == ("submit", table.agent.name)
        whole = receipt + page + str(step)
        assert table.agent.number not in whole and table.agent.phone not in whole


def _away(*_: object, **__: object) -> Part:
    raise DatabaseAway


async def _power(table: Table) -> UUID:
    return (await actions.powers_of(table.db, table.agent.actor, now=table.now)).held[0].id


async def log_in_as(table: Table, who: Resident) -> None:
    table.web.cookies.clear()
    await log_in(table.web, table.db, who.actor)
