"""save: what was typed is kept, right or wrong; what the registers say is theirs."""

from __future__ import annotations

import pytest

from tests import cast, make
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases
from tongban.cases.model import MovedOn, NoSuchCase, NotPossibleNow
from tongban.kit import clock
from tongban.kit.db import Database


async def save(
    city: Database, who: Resident, case_id: object, posted: dict[str, str], version: int | None = None
) -> object:
    return await cases.save(
        city,
        who.actor,
        case_id=case_id,  # type: ignore[arg-type]
        posted=posted,
        version=version,
        now=clock.now(),
    )


async def test_what_was_typed_comes_back(city: Database, owner: Resident) -> None:
    case_id = await make.filled(city, owner, collection="pick_up")
    sheet = await cases.sheet(city, owner.actor, case_id=case_id)
    assert sheet.answers["collection"] == "pick_up" and sheet.answers["ground"] == "work"
    assert sheet.faults(now=clock.now()) == {}
    row = await make.row(city, case_id)
    assert row["state"] == "draft"


async def test_a_wrong_answer_is_kept_and_has_its_sentence(city: Database, owner: Resident) -> None:
    case_id = await make.draft(city, owner)
    sheet = await save(city, owner, case_id, make.typed(phone="123"))
    assert isinstance(sheet, cases.actions.Sheet)
    assert sheet.answers["phone"] == "123"
    assert "phone" in sheet.faults(now=clock.now()) and str(sheet.faults(now=clock.now())["phone"])
    again = await cases.sheet(city, owner.actor, case_id=case_id)
    assert again.answers["phone"] == "123" and "phone" in again.faults(now=clock.now())


async def test_an_unticked_declaration_and_a_missing_ground_are_named(
    city: Database, owner: Resident
) -> None:
    case_id = await make.draft(city, owner)
    sheet = await save(city, owner, case_id, {"collection": "pick_up"})
    assert isinstance(sheet, cases.actions.Sheet)
    assert {"ground", "declaration"} <= set(sheet.faults(now=clock.now()))
    assert str(sheet.faults(now=clock.now())["declaration"]) == "请阅读并勾选承诺。"


async def test_a_registers_value_cannot_be_posted_over(city: Database, owner: Resident) -> None:
    case_id = await make.draft(city, owner)
    posted = make.typed(
        name="王大锤", id_number="110101199003071234", district="310101", residence_since="2000-01-01"
    )
    sheet = await save(city, owner, case_id, posted)
    assert isinstance(sheet, cases.actions.Sheet)
    assert sheet.answers["name"] == owner.name
    assert sheet.answers["id_number"] == owner.number
    assert sheet.answers["district"] == owner.district
    assert sheet.answers["residence_since"] == owner.facts["residence"]["residence_since"]


async def test_a_field_of_a_register_that_was_down_may_be_stated(
    city: Database, owner: Resident, outside: Sandbox
) -> None:
    cast.grounds_away(outside)
    case_id = await make.draft(city, owner)
    sheet = await save(city, owner, case_id, make.typed(employer="示范商店", employed_since="2026-01-05"))
    assert isinstance(sheet, cases.actions.Sheet)
    assert sheet.answers["employer"] == "示范商店"
    assert sheet.faults(now=clock.now()) == {}


async def test_a_question_that_was_blanked_stays_blank(city: Database, owner: Resident) -> None:
    case_id = await make.filled(city, owner)
    await save(city, owner, case_id, make.typed(phone=owner.phone, card_address=""))
    sheet = await cases.sheet(city, owner.actor, case_id=case_id)
    assert sheet.answers.get("card_address") in (None, "")
    assert "card_address" in sheet.faults(now=clock.now())


async def test_two_tabs_the_second_is_told_and_nothing_is_overwritten(
    city: Database, owner: Resident
) -> None:
    case_id = await make.draft(city, owner)
    seen = (await make.row(city, case_id))["version"]
    await save(city, owner, case_id, make.typed(phone=owner.phone), seen)
    kept = await make.row(city, case_id)
    with pytest.raises(MovedOn) as told:
        await save(city, owner, case_id, make.typed(phone="13800005999"), seen)
    assert str(told.value.message).startswith("该办件刚刚有了变化") and told.value.status == 409
    assert await make.row(city, case_id) == kept


async def test_a_submitted_case_takes_no_more_answers(city: Database, owner: Resident) -> None:
    case_id = await make.submitted(city, owner)
    before = await make.everything(city, case_id)
    with pytest.raises(NotPossibleNow) as told:
        await save(city, owner, case_id, make.typed())
    assert "已提交" in str(told.value.message)
    assert await make.everything(city, case_id) == before


async def test_another_persons_draft_is_not_there(city: Database, owner: Resident, other: Resident) -> None:
    case_id = await make.draft(city, owner)
    with pytest.raises(NoSuchCase) as told:
        await save(city, other, case_id, make.typed())
    assert told.value.status == 404
    with pytest.raises(NoSuchCase):
        await cases.sheet(city, other.actor, case_id=case_id)


async def test_refresh_asks_only_what_was_down(city: Database, owner: Resident, outside: Sandbox) -> None:
    cast.grounds_away(outside)
    case_id = await make.draft(city, owner)
    outside.http.delete("/faults").raise_for_status()
    make.forget_breakers()
    before = await make.readings(city, owner)
    sheet = await cases.actions.fresh_sheet(city, owner.actor, case_id=case_id, at_once=True, now=clock.now())
    assert sheet.facts["employment"].outcome == "found"
    assert await make.readings(city, owner) == before + 2
    assert (await make.row(city, case_id))["finding"]["verdict"] == "true"
    await cases.actions.fresh_sheet(city, owner.actor, case_id=case_id, at_once=True, now=clock.now())
    assert await make.readings(city, owner) == before + 2


async def test_saving_takes_one_write_and_no_register(city: Database, owner: Resident) -> None:
    case_id = await make.filled(city, owner)
    readings, before = await make.readings(city, owner), city.count
    await save(city, owner, case_id, make.typed(phone=owner.phone))
    assert city.count - before == 3  # the draft, her account (the form's own prefill), the write
    assert await make.readings(city, owner) == readings
