"""A firm files in its own name: prefilled from the register by its code, its agent beside it on every paper."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from tests import firms, make
from tests.cases import held
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit.sample_paper import text_of
from tests.sandbox.conftest import Sandbox
from tongban import audit, cases, identity, licences
from tongban.cases import jobs
from tongban.cases.model import AnswersInvalid, PaperNotTaken
from tongban.identity import actions
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.pdf import press

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
NAME = "示范初见餐饮管理有限公司"


@pytest.mark.usefixtures("no_press")
@pytest.mark.parametrize("item", ["food_business", held.ITEM])
async def test_from_the_draft_to_the_licence_in_the_firms_name(
    city: Database, outside: Sandbox, owner: Resident, item: str
) -> None:
    firm, code = await firms.bound(city, outside, owner, NAME)
    case_id = await cases.start(city, firm.actor, item=item, now=MONDAY)
    sheet = await cases.sheet(city, firm.actor, case_id=case_id)
    known = {name: value.value for name, value in sheet.prefilled.items()}
    assert (known["firm_name"], known["firm_code"]) == (NAME, code)
    assert (known["name"], known["id_number"], known["phone"]) == (owner.name, owner.number, owner.phone)
    assert known["legal_representative"] == owner.name
    again = await held.filed(city, firm, item, now=MONDAY)
    assert again == case_id, "it goes on with the firm's own draft"
    assert (await make.row(city, case_id))["applicant"] == firm.actor.id
    listed = [one.case.id for one in await cases.my_cases(city, owner.actor, before=None, limit=9)]
    assert case_id not in listed, "a firm's case is none of its agent's own"
    receipt = await cases.my_paper(city, firm.actor, case_id=case_id, kind="receipt", step=None, now=MONDAY)
    printed = text_of((await press.printed(receipt)).content).replace(" ", "").replace("\n", "")
    assert NAME in printed and code in printed and f"经办人{owner.name}" in printed
    assert owner.number not in printed
    await held.approved(city, case_id, now=MONDAY)
    await held.issued(city, firm, case_id, now=MONDAY)
    assert firm.actor.id is not None
    [face] = await licences.library(city, firm.actor.id, now=MONDAY)
    assert NAME in str(face)
    steps = await city.rows("SELECT move, detail FROM cases.event WHERE case_id = $1", case_id)
    assert owner.name in str([dict(row) for row in steps]), "the step names the agent"


async def test_a_code_that_the_register_knows_is_filed_though_its_check_fails(
    city: Database, outside: Sandbox, owner: Resident, web: Client
) -> None:
    """How it can fail (tried): of its last lines, with a person's rows on ``/my`` of a firm."""
    firm, code = await firms.bound(city, outside, owner, NAME, early=True)
    case_id = await held.filed(city, firm, "food_business", now=MONDAY)
    assert (await make.row(city, case_id))["state"] == "submitted"
    # Typed by hand, without a register's word, it is most likely a slip.
    with pytest.raises(AnswersInvalid) as refused:
        await held.filed(city, owner, "high_tech", now=MONDAY, auditor_code=code)
    assert "auditor_code" in refused.value.fields
    await log_in(web, city, msgspec.structs.replace(firm.actor, level=2))
    mine = (await web.get("/my")).text
    assert "统一社会信用代码" in mine and code in mine and "证件号码" not in mine
    assert "接收通知的手机" in mine and ">L2<" in mine, "the level of who acts, not of the firm's account"


async def test_what_is_for_persons_is_refused_with_words(
    city: Database, outside: Sandbox, owner: Resident
) -> None:
    firm, _ = await firms.bound(city, outside, owner, NAME)
    for item in ("residence_permit", "divorce"):
        with pytest.raises(PaperNotTaken) as refused:
            await cases.start(city, firm.actor, item=item, now=MONDAY)
        assert "不能以单位名义申请" in str(refused.value.message)


async def test_the_daily_check_is_told_as_the_houses_own(
    city: Database, outside: Sandbox, owner: Resident
) -> None:
    """Who represents a firm reads that the house asked, never that she did. How it can fail (tried): the purpose of the
    binding for it."""
    await firms.bound(city, outside, owner, NAME)
    later = clock.now() + timedelta(days=2)
    assert dict(await actions.recheck_firms(city, now=later)) == {"confirmed": 1}
    assert owner.actor.id is not None
    newest = await audit.readings_of(city, subject=owner.actor.id, limit=2)
    shown = await audit.shown_readings(city, owner.actor, newest)
    assert {(str(one["who"]), str(one["purpose"])) for one in shown} == {
        ("系统", "核对您是否仍是单位的法定代表人"),
        ("系统", "您本人的操作：绑定单位"),
    }


async def test_a_day_on_which_nothing_changed_leaves_one_row_in_the_ledger(
    city: Database, outside: Sandbox, owner: Resident
) -> None:
    """The reading itself, with the purpose under which it was done, over by then, and the call in the call log.

    How it can fail (tried): with a row of the ledger in the write that opens the purpose; without the closing one.
    """
    await firms.bound(city, outside, owner, NAME)
    for days in (2, 3):
        before = await _left(city)
        assert dict(await actions.recheck_firms(city, now=clock.now() + timedelta(days=days))) == {
            "confirmed": 1
        }
        grown = [now - then for now, then in zip(await _left(city), before, strict=True)]
        assert grown == [1, 1, 1, 0], "rows of the ledger, the call log, purposes, and purposes that stand"


async def _left(city: Database) -> list[int]:
    row = await city.sibling().row(
        """SELECT (SELECT count(*) FROM audit.ledger), (SELECT count(*) FROM exchange.call),
            (SELECT count(*) FROM audit.purpose), (SELECT count(*) FROM audit.purpose WHERE closed_at IS NULL)"""
    )
    assert row is not None
    return list(row)


@pytest.mark.parametrize(("state", "word"), [("struck_off", "注销"), ("revoked", "吊销")])
async def test_a_firm_that_is_no_more_begins_nothing_and_its_cases_are_noted(
    city: Database, outside: Sandbox, owner: Resident, state: str, word: str
) -> None:
    serial = "MA1FC001" if state == "struck_off" else "MA1FC0R1"  # the register outlives a test
    firm, code = await firms.bound(city, outside, owner, NAME, serial=serial)
    case_id = await held.filed(city, firm, held.ITEM, now=MONDAY)
    draft = await cases.start(city, firm.actor, item="food_business", now=MONDAY)
    firms.change(outside, uscc=code, state=state)
    await actions.recheck_firms(city, now=clock.now() + timedelta(days=2))
    with pytest.raises(identity.FirmClosed):
        await cases.start(city, firm.actor, item="drug_business", now=MONDAY)
    with pytest.raises(identity.FirmClosed):
        await cases.submit(city, firm.actor, case_id=draft, key=None, now=MONDAY)
    assert firm.actor.id is not None
    news = make.event(
        "identity.firm_ended",
        subject=firm.actor.id,
        reference=firm.actor.id,
        state=state,
        as_of="2026-11-25",
    )
    for _ in range(2):
        await jobs.note_firm_ended(city, news, now=MONDAY)
    [note] = await cases.notes(city, await held.desk(city, case_id), case_id=case_id)
    assert word in note.words
    news = make.event(
        "identity.firm_taken_over",
        subject=firm.actor.id,
        reference=firm.actor.id,
        successor="示范云栖信息技术有限公司",
        code="91310115MA1K0001XX",
    )
    for _ in range(2):
        await jobs.note_firm_taken_over(city, news, now=MONDAY)
    [_, note] = await cases.notes(city, await held.desk(city, case_id), case_id=case_id)
    assert "示范云栖信息技术有限公司" in note.words and "接手" in note.words
