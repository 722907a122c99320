"""Decisions that grant a licence are public: at once, masked, by filter, and no more when they are revoked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tests import cast, filling, make
from tests.cases import held
from tests.cases.test_every_item import officer_at
from tests.cases.web import Client
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases, licences
from tongban.cases.actions import publish, published, republish, unpublish
from tongban.kit import clock, papers
from tongban.kit.db import Database
from tongban.kit.policy import VISITOR, Duty
from tongban.licences.model import Statement
from tongban.up import doctor

#: The day before a long holiday: the seven working days end behind it.
DECIDED = datetime(2026, 9, 30, 3, 0, tzinfo=UTC)


async def granted(db: Database, outside: Sandbox, item: str) -> tuple[Resident, UUID]:
    """A case of this item, approved; nothing of the worker's has run. The firm is not one that the register knows."""
    while True:
        who = await cast.resident(db, outside)
        case_id = await cases.start(db, who.actor, item=item, now=DECIDED)
        sheet = await cases.sheet(db, who.actor, case_id=case_id)
        if "uscc" not in sheet.prefilled:  # who runs a firm has that one's code filled in
            break
    answers = filling.filled(sheet.form, sheet.answers, today=clock.city_day(DECIDED))
    await make.answered(db, case_id, sheet.form, answers)
    await cases.submit(db, who.actor, case_id=case_id, key=None, now=DECIDED)
    officer = await officer_at(db, (await make.row(db, case_id))["department"])
    await cases.accept(db, officer, case_id=case_id, now=DECIDED)
    approver = await make.up_the_chain(db, case_id, sheet.version, officer.department or "")
    await make.approve(db, approver, case_id, note="已逐项核对原件，符合条件。", now=DECIDED)
    return who, case_id


async def told(db: Database, who: Resident, case_id: UUID, *, now: datetime = DECIDED) -> None:
    news = make.event("cases.approved", subject=who.actor.id, reference=case_id)  # type: ignore[arg-type]
    await publish(db, event=news, now=now)


async def test_a_firm_stands_there_by_name_and_code_and_a_person_masked(
    city: Database, outside: Sandbox, web: Client
) -> None:
    firm, food = await granted(city, outside, "food_business")
    person, teacher = await granted(city, outside, "teacher_certificate")
    for who, case_id in ((firm, food), (person, teacher)):
        await told(city, who, case_id)
        await told(city, who, case_id, now=DECIDED + timedelta(days=1))  # twice changes nothing
    city.count = 0
    found = await published(city, VISITOR, limit=10)
    assert city.count == 1
    by_case = {one.row.case_id: one for one in found}
    assert len(found) == 2
    one, other = by_case[food], by_case[teacher]
    # The code that was typed, or her own firm's where a register that was late named it.
    assert one.row.holder_kind == "firm" and papers.uscc_shaped(one.row.holder_code)
    assert (other.row.holder_kind, other.row.holder_code) == ("person", "")
    assert (
        other.row.holder != person.name and other.row.holder[0] == person.name[0] and "*" in other.row.holder
    )
    # 1–7 October are off and Saturday the 10th is worked: 8, 9, 10, 12, 13, 14, 15.
    assert {row.row.due_on for row in found} == {date(2026, 10, 15)}
    assert {row.row.published_at for row in found} == {DECIDED}
    for case_id in (food, teacher):
        (act,) = await make.ledger(city, case_id, "cases.publish")
        assert act["kind"] == "act"

    page = (await web.get("/published")).text
    assert one.row.holder in page and other.row.holder in page and one.row.number in page
    answer = (await web.get("/api/v1/published?item=food_business")).json()
    assert [line["holder"] for line in answer["published"]] == [one.row.holder]
    for text in (page, str(answer)):
        for secret in (person.name, person.number, firm.name, firm.number, firm.phone):
            assert secret not in text
        # The code by which a holder asks for her progress stays hers.
        assert (await make.row(city, food))["short_code"] not in text


async def test_the_list_narrows_and_goes_on_where_it_was(
    city: Database, outside: Sandbox, web: Client
) -> None:
    for item in ("food_business", "teacher_certificate", "food_business"):
        who, case_id = await granted(city, outside, item)
        await told(city, who, case_id)
    first = (await web.get("/api/v1/published?limit=2")).json()
    rest = (await web.get(f"/api/v1/published?limit=2&after={first['next']}")).json()
    numbers = [line["number"] for line in first["published"] + rest["published"]]
    assert len(set(numbers)) == 3 and rest["next"] is None
    department = first["published"][0]["department"]
    asked = (await web.get(f"/api/v1/published?department={department}")).json()["published"]
    assert {line["department"] for line in asked} == {department}
    page = (await web.get("/published?item=food_business")).text
    assert page.count("<tr>") == 3 and "只看" in page
    assert (await web.get("/published?item=nonsense&before=x")).text.count("<tr>") == 4


async def test_what_is_revoked_is_taken_off(city: Database, outside: Sandbox) -> None:
    who, case_id = await granted(city, outside, "food_business")
    await told(city, who, case_id)
    about = {"subject": who.actor.id, "reference": case_id}
    news = make.event("licences.revoked", **about)  # type: ignore[arg-type]
    await unpublish(city, event=news, now=DECIDED)
    assert len(await published(city, VISITOR, limit=10)) == 1, (
        "old news: the licence is not revoked, or no more"
    )
    row = await held.issued(city, who, case_id, now=DECIDED)
    why = {"reason": "申请材料经核实系伪造", "ground": "deceit", "heard": Statement("silent")}
    officer = make.officer_with(row.issuer_code, Duty.APPROVE)
    await licences.revoke(city, officer, licence=row.id, now=DECIDED, **why)  # type: ignore[arg-type]
    for later in (1, 2):
        await unpublish(city, event=news, now=DECIDED + timedelta(days=later))
    assert await published(city, VISITOR, limit=10) == []
    assert await city.value("SELECT withdrawn_at FROM cases.publication") == DECIDED + timedelta(days=1)
    assert len(await make.ledger(city, case_id, "cases.unpublish")) == 1
    # News that comes again brings nothing back, neither of the grant nor of a revocation overturned before this one.
    await told(city, who, case_id)
    await republish(city, event=make.event("licences.reinstated", **about), now=DECIDED)  # type: ignore[arg-type]
    assert await published(city, VISITOR, limit=10) == []


async def test_one_that_is_published_late_is_counted_by_the_doctor(
    city: Database, city_dsn: str, outside: Sandbox
) -> None:
    who, case_id = await granted(city, outside, "teacher_certificate")
    for days, late in ((15, False), (16, True)):  # until 15 October
        await city.sibling().run("DELETE FROM cases.publication")
        await told(city, who, case_id, now=DECIDED + timedelta(days=days))
        found = await doctor._outbox(city_dsn, now=DECIDED + timedelta(days=17))
        assert [one.words.split()[0] for one in found if one.name == "publication"] == ["1"] * late


async def test_a_cancellation_is_published_as_one(city: Database, owner: Resident, web: Client) -> None:
    first = await held.granted(city, owner, now=DECIDED)
    asked = await held.filed(city, owner, "drainage_permit_cancellation", about=first, now=DECIDED)
    await held.approved(city, asked, now=DECIDED)
    for case_id in (first, asked):
        await told(city, owner, case_id)
    found = await published(city, VISITOR, limit=10)
    assert {one.row.case_id: one.cancels for one in found} == {first: False, asked: True}
    answer = (await web.get("/api/v1/published")).json()["published"]
    assert {line["item"]: line["decision"] for line in answer} == {
        "drainage_permit": "granted",
        "drainage_permit_cancellation": "cancelled",
    }
    page = (await web.get("/published")).text
    assert page.count(">注销</span>") == 1


async def test_only_licences_in_the_sense_of_the_law_are_published(city: Database, outside: Sandbox) -> None:
    who, case_id = await granted(city, outside, "residence_permit")
    await told(city, who, case_id)
    assert await published(city, VISITOR, limit=10) == []


@pytest.mark.parametrize("move", ["refuse", "withdraw"])
async def test_what_was_not_granted_is_not_public(city: Database, outside: Sandbox, move: str) -> None:
    who = await cast.resident(city, outside)
    case_id = await cases.start(city, who.actor, item="teacher_certificate", now=DECIDED)
    sheet = await cases.sheet(city, who.actor, case_id=case_id)
    await make.answered(
        city,
        case_id,
        sheet.form,
        filling.filled(sheet.form, sheet.answers, today=clock.city_day(DECIDED)),
    )
    await cases.submit(city, who.actor, case_id=case_id, key=None, now=DECIDED)
    if move == "withdraw":
        await cases.withdraw(city, who.actor, case_id=case_id, now=DECIDED)
    else:
        officer = await officer_at(city, (await make.row(city, case_id))["department"])
        await cases.accept(city, officer, case_id=case_id, now=DECIDED)
        decider = await make.up_the_chain(
            city, case_id, sheet.version, officer.department or "", favour="refuse"
        )
        await cases.refuse(city, decider, case_id=case_id, reason=make.REASON, now=DECIDED)
    await told(city, who, case_id)
    assert await published(city, VISITOR, limit=10) == []
