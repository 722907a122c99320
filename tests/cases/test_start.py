"""start: a draft with its purpose, and the registers read under it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from tests import cast, make
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.conftest import CITY
from tests.sandbox.conftest import Sandbox
from tests.ui import gallery
from tongban import audit, cases, catalogue, identity
from tongban.cases.actions import fresh_sheet
from tongban.cases.model import PaperNotTaken
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor
from tongban.kit.web import pages

REGISTERS = {"population", "residence", "employment", "property", "education"}


async def test_a_draft_opens_with_its_purpose_and_what_the_registers_know(
    city: Database, owner: Resident
) -> None:
    now = clock.now()
    case_id = await cases.start(city, owner.actor, item=make.ITEM, now=now)
    row = await make.row(city, case_id)
    assert (row["state"], row["applicant"], row["bucket"]) == ("draft", owner.actor.id, owner.actor.bucket)
    assert row["applicant_masked"] != owner.name and row["applicant_masked"].startswith(owner.name[0])
    assert set(row["facts"]) == REGISTERS
    assert row["finding"]["verdict"] == "true"
    purpose = await city.row("SELECT * FROM audit.purpose WHERE id = $1", row["purpose"])
    assert purpose is not None
    assert (purpose["kind"], purpose["subject"], purpose["reference"]) == (
        "draft",
        owner.actor.id,
        str(case_id),
    )
    assert purpose["until"] == now + timedelta(days=30)
    assert "population.name" in purpose["fields"]


async def test_every_reading_of_a_register_stands_in_the_ledger_under_the_purpose(
    city: Database, owner: Resident
) -> None:
    case_id = await make.draft(city, owner)
    row = await make.row(city, case_id)
    readings = await city.rows(
        "SELECT * FROM audit.ledger WHERE action = 'exchange.read' AND subject = $1", owner.actor.id
    )
    assert len(readings) == len(REGISTERS)
    assert {one["purpose"] for one in readings} == {row["purpose"]}
    started = await make.ledger(city, case_id, "cases.start")
    assert [(one["kind"], one["purpose"], one["actor"]) for one in started] == [
        ("act", row["purpose"], owner.actor.id)
    ]


async def test_the_applicant_sees_the_registers_that_filled_her_form_as_one_row(
    city: Database, owner: Resident
) -> None:
    await make.draft(city, owner)
    readings = await audit.readings_of(city, subject=owner.actor.id, limit=25)
    registers = [one for one in readings if "resource" in (one.detail or {})]
    assert len(registers) == len(REGISTERS)
    [row] = await audit.shown_readings(city, owner.actor, registers)
    assert str(row["who"]) == "您本人" and str(row["what"]).count("、") == len(REGISTERS) - 1


async def test_the_form_shows_the_registers_values_with_source_and_time(
    city: Database, owner: Resident
) -> None:
    case_id = await make.draft(city, owner)
    sheet = await cases.sheet(city, owner.actor, case_id=case_id)
    assert sheet.answers["name"] == owner.name
    assert sheet.answers["id_number"] == owner.number
    assert sheet.answers["phone"] == owner.phone
    assert sheet.answers["residence_address"] == owner.facts["residence"]["residence_address"]
    shown = sheet.prefilled["residence_address"]
    assert shown.state == "filled" and shown.source.zh and shown.as_of is not None


async def test_a_second_start_gives_the_same_draft_in_one_statement(city: Database, owner: Resident) -> None:
    first = await make.draft(city, owner)
    before = city.count
    assert await make.draft(city, owner) == first
    assert city.count == before + 1


async def test_two_tabs_at_once_get_one_draft(city: Database, owner: Resident) -> None:
    found = await asyncio.gather(*(make.draft(city, owner) for _ in range(5)))
    assert len(set(found)) == 1
    assert await city.value('SELECT count(*) FROM cases."case"') == 1
    assert len(await make.purposes(city, found[0])) == 1
    assert len(await make.ledger(city, found[0], "cases.start")) == 1


async def test_a_submitted_case_stands_for_a_new_draft_and_a_withdrawn_one_does_not(
    city: Database, owner: Resident
) -> None:
    first = await make.submitted(city, owner)
    assert await make.draft(city, owner) == first
    await cases.withdraw(city, owner.actor, case_id=first, now=clock.now())
    assert await make.draft(city, owner) != first


async def test_an_officer_starts_nothing(city: Database, owner: Resident, officer: Actor) -> None:
    with pytest.raises(NotAllowed):
        await cases.start(city, officer, item=make.ITEM, now=clock.now())
    assert await city.value('SELECT count(*) FROM cases."case"') == 0


async def test_an_unknown_item_is_refused(city: Database, owner: Resident) -> None:
    with pytest.raises(catalogue.NoSuchItem):
        await cases.start(city, owner.actor, item="no_such_item", now=clock.now())
    assert await city.value('SELECT count(*) FROM cases."case"') == 0


async def test_a_register_that_is_down_leaves_a_stated_ask_and_no_dead_end(
    city: Database, owner: Resident, outside: Sandbox
) -> None:
    cast.grounds_away(outside)
    case_id = await make.draft(city, owner)
    row = await make.row(city, case_id)
    assert row["facts"]["employment"]["outcome"] == "down"
    assert row["facts"]["residence"]["outcome"] == "found"
    assert row["finding"]["verdict"] == "unknown"
    sheet = await cases.sheet(city, owner.actor, case_id=case_id)
    assert sheet.prefilled["employer"].state == "asked"
    assert sheet.answers.get("employer") is None


@pytest.mark.parametrize(
    ("situation", "failing"),
    [("five_months", "居住登记满 6 个月"), ("no_basis", "稳定就业、稳定住所、连续就读之一")],
)
async def test_what_is_not_met_is_found_at_once(
    city: Database, outside: Sandbox, situation: str, failing: str
) -> None:
    person = await cast.resident(city, outside, situation)
    finding = (await make.row(city, await make.draft(city, person)))["finding"]
    assert finding["verdict"] == "false"
    parts = finding["trace"]["parts"]
    assert [part["label"]["zh"] for part in parts if part["result"] == "false"] == [failing]


async def cut_off(city: Database, who: Resident) -> UUID:
    """A draft whose opening ended between its birth and the asking, as a killed process leaves it."""
    case_id = await make.draft(city, who)
    await city.run("""UPDATE cases."case" SET facts = '{}', finding = NULL WHERE id = $1""", case_id)
    return case_id


async def test_an_opening_that_was_cut_off_is_made_up_for(city: Database, owner: Resident) -> None:
    case_id = await cut_off(city, owner)
    assert await cases.start(city, owner.actor, item=make.ITEM, now=clock.now()) == case_id
    sheet = await fresh_sheet(city, owner.actor, case_id=case_id, now=clock.now())
    assert sheet.answers["residence_address"]
    row = await make.row(city, case_id)
    assert set(row["facts"]) == REGISTERS and row["finding"]["verdict"] == "true"
    readings = await make.readings(city, owner)
    await fresh_sheet(city, owner.actor, case_id=case_id, now=clock.now())
    assert await make.readings(city, owner) == readings, "asked once, not at every look"


async def test_two_tabs_that_make_up_for_it_at_once_get_one_sheet(city: Database, owner: Resident) -> None:
    case_id = await cut_off(city, owner)
    sheets = await asyncio.gather(
        *(fresh_sheet(city, owner.actor, case_id=case_id, now=clock.now()) for _ in range(4))
    )
    assert all(sheet.answers["residence_address"] for sheet in sheets)


async def test_a_draft_left_for_days_is_not_shown_with_the_words_of_then(
    city: Database, owner: Resident, outside: Sandbox
) -> None:
    case_id = await make.draft(city, owner)
    readings = await make.readings(city, owner)
    now = clock.now() + timedelta(hours=25)
    cast.away(outside, "employment")
    make.forget_breakers()
    sheet = await fresh_sheet(city, owner.actor, case_id=case_id, now=now)
    assert await make.readings(city, owner) == readings + len(REGISTERS)
    assert sheet.facts["residence"].read_at == now
    assert sheet.facts["employment"].outcome == "found", "what it said stands while it is silent"
    assert sheet.facts["employment"].asked_at() == now
    await fresh_sheet(city, owner.actor, case_id=case_id, now=now)
    assert await make.readings(city, owner) == readings + len(REGISTERS)


async def test_who_comes_back_after_a_minute_finds_what_was_silent(
    city: Database, owner: Resident, outside: Sandbox
) -> None:
    cast.away(outside, "employment")
    make.forget_breakers()
    now = clock.now()
    case_id = await make.draft(city, owner, now=now)
    outside.http.delete("/faults").raise_for_status()
    make.forget_breakers()
    early = await fresh_sheet(city, owner.actor, case_id=case_id, now=now + timedelta(seconds=30))
    assert early.facts["employment"].outcome == "down"
    later = await fresh_sheet(city, owner.actor, case_id=case_id, now=now + timedelta(seconds=61))
    assert later.facts["employment"].outcome == "found"


@pytest.mark.parametrize("key", ["hong_kong", "taiwan", "hmt_permit", "permanent", "passport", "abroad"])
async def test_who_has_another_paper_is_told_where_to_go_and_nothing_is_opened(
    city: Database, outside: Sandbox, web: Client, key: str
) -> None:
    found = next(one for one in outside.http.get("/cast/overseas").json() if one["key"] == key)
    person = identity.DemoPerson(
        found["name"], found["number"], found["phone"], found["paper_kind"], found["country"]
    )
    await identity.load_demo(city, [person], [], password=cast.PASSWORD, now=clock.now())
    actor = await identity.actor_of(city, kind="phone", value=person.phone)
    with pytest.raises(PaperNotTaken) as refused:
        await cases.start(city, actor, item=make.ITEM, now=clock.now())
    assert "要用居民身份证申领" in str(refused.value.message)
    await log_in(web, city, actor)
    guide = (await web.get(f"/items/{make.ITEM}")).text
    assert "要用居民身份证申领" in guide and f'href="/apply/{make.ITEM}"' not in guide
    assert "去申领" not in (await web.get("/")).text
    assert await city.value('SELECT count(*) FROM cases."case" WHERE applicant = $1', actor.id) == 0
    assert await city.value("SELECT count(*) FROM audit.purpose WHERE subject = $1", actor.id) == 0


def test_an_item_that_reads_nothing_shows_no_table() -> None:
    """An empty table says less than the sentence that no register is read."""
    item = draft_of(CITY / "items" / "residence_permit.yaml", CityFiles(CITY))
    told = {"item": item, "held": None, "other_paper": None, "living": None}
    gallery.made("")
    assert "不读取任何登记信息" in (without := pages.render("cases/notice.html", sources=[], **told))
    assert "由部门代为取得" not in without, "nobody fetches anything"
    assert "<table" not in without
    use = {"source": "公安", "read": "姓名", "purpose": "核对"}
    assert "<table" in pages.render("cases/notice.html", sources=[use], **told)
