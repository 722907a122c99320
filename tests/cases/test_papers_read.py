"""Who is given a paper of a case, by how many statements, and what is told to whom is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tests import make
from tests.cases.printing import filed
from tests.cast import Resident
from tongban import audit, cases
from tongban.cases.actions import paper_at_desk
from tongban.cases.model import GroundMissing, NoSuchCase
from tongban.cases.model.papers import NoSuchPaper
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor

pytestmark = pytest.mark.usefixtures("no_press")


def asked(
    who: Resident, case_id: UUID, kind: str, *, under: UUID | None = None, now: datetime | None = None
) -> dict:  # type: ignore[type-arg]
    return {
        "case_id": case_id,
        "subject": who.actor.id,
        "kind": kind,
        "step": None,
        "under": under or case_id,
        "now": now or clock.now(),
    }


async def test_reading_ones_own_paper_is_two_statements(city: Database, owner: Resident) -> None:
    case_id = await filed(city, owner)
    await cases.my_paper(city, owner.actor, case_id=case_id, kind="receipt", step=None, now=clock.now())
    before = city.count
    await cases.my_paper(city, owner.actor, case_id=case_id, kind="receipt", step=None, now=clock.now())
    assert city.count - before == 2


async def test_another_persons_paper_is_not_there(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    case_id = await filed(city, owner)
    for actor in (other.actor, officer):
        with pytest.raises(NoSuchCase):
            await cases.my_paper(city, actor, case_id=case_id, kind="receipt", step=None, now=clock.now())


@pytest.mark.parametrize(
    ("kind", "step"), [("acceptance", None), ("receipt", 99), ("nonsense", None), ("", None)]
)
async def test_a_paper_that_was_not_given_is_told(
    city: Database, owner: Resident, kind: str, step: int | None
) -> None:
    case_id = await filed(city, owner)
    with pytest.raises(NoSuchPaper):
        await cases.my_paper(city, owner.actor, case_id=case_id, kind=kind, step=step, now=clock.now())


async def test_a_draft_has_no_papers(city: Database, owner: Resident) -> None:
    case_id = await make.filled(city, owner)
    with pytest.raises(NoSuchPaper):
        await cases.my_paper(city, owner.actor, case_id=case_id, kind="receipt", step=None, now=clock.now())


async def test_the_departments_copy_leaves_a_ledger_row_that_the_applicant_sees(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await filed(city, owner)
    before = city.count
    paper = await paper_at_desk(city, officer, **asked(owner, case_id, "receipt"))
    assert city.count - before == 2 and paper.title == "收件凭证"
    line = (await make.ledger(city, case_id))[-1]
    assert (line["action"], line["kind"], line["purpose"], line["detail"]) == (
        *("cases.print", "read", case_id),
        {"paper": "receipt", "fields": ["name"]},
    )
    readings = await audit.readings_of(city, subject=owner.actor.id, limit=1, reference=str(case_id))  # type: ignore[arg-type]
    (shown,) = await audit.shown_readings(city, owner.actor, readings)
    assert str(shown["what"]) == "打开办件文书（写有姓名或者名称）"
    assert await audit.reads_without_purpose(city, now=clock.now()) == 0


async def test_another_departments_officer_gets_no_paper_and_reads_nothing(
    city: Database, owner: Resident, elsewhere: Actor
) -> None:
    case_id = await filed(city, owner)
    before = await make.ledger(city, case_id)
    with pytest.raises(NoSuchCase):
        await paper_at_desk(city, elsewhere, **asked(owner, case_id, "receipt"))
    assert await make.ledger(city, case_id) == before


async def test_after_the_end_a_paper_needs_the_ground_that_the_case_was_opened_for(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    now = clock.now()
    case_id = await make.submitted(city, owner)
    await cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=now)
    with pytest.raises(NoSuchCase):  # the case's own purpose has ended with it
        await paper_at_desk(city, officer, **asked(owner, case_id, "not-accepted", now=now))
    opened = await cases.open_case(
        city,
        officer,
        case_id=case_id,
        subject=owner.actor.id,
        ground="asked",
        now=now,  # type: ignore[arg-type]
    )
    under = asked(owner, case_id, "not-accepted", under=opened.purpose, now=now)
    assert (await paper_at_desk(city, officer, **under)).title == "不予受理通知书"
    late = {**under, "now": now + timedelta(hours=2)}
    with pytest.raises(GroundMissing):
        await paper_at_desk(city, officer, **late)
    theirs = await make.submitted(city, other, ground="home")
    with pytest.raises(GroundMissing):  # a purpose of one case opens no other's papers
        await paper_at_desk(city, officer, **asked(other, theirs, "receipt", under=opened.purpose, now=now))
    assert await audit.reads_without_purpose(city, now=clock.now() + timedelta(seconds=1)) == 0
