"""discard: a draft given up closes the registers to it."""

from __future__ import annotations

import pytest

from tests import make
from tests.cast import Resident
from tongban import audit, cases
from tongban.cases.actions import expire_drafts
from tongban.cases.model import NoSuchCase, NotPossibleNow
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.ids import bucket_of


async def test_a_discarded_draft_has_no_purpose_any_more(city: Database, owner: Resident) -> None:
    case_id = await make.draft(city, owner)
    purpose, now, before = (await make.row(city, case_id))["purpose"], clock.now(), city.count
    await cases.discard(city, owner.actor, case_id=case_id, now=now)
    assert city.count - before == 2
    assert await make.state(city, case_id) == "discarded"
    assert owner.actor.id is not None
    assert await audit.standing_purpose(city, id=purpose, subject=owner.actor.id, now=now) is None
    assert [one["action"] for one in await make.ledger(city, case_id)] == ["cases.start", "cases.discard"]
    assert await cases.my_cases(city, owner.actor, before=None, limit=10) == []
    assert await make.draft(city, owner) != case_id


async def test_a_second_time_changes_nothing(city: Database, owner: Resident) -> None:
    case_id = await make.draft(city, owner)
    await cases.discard(city, owner.actor, case_id=case_id, now=clock.now())
    before = await make.everything(city, case_id)
    await cases.discard(city, owner.actor, case_id=case_id, now=clock.now())
    assert await make.everything(city, case_id) == before


async def test_a_submitted_case_and_another_persons_draft_are_refused(
    city: Database, owner: Resident, other: Resident
) -> None:
    case_id = await make.draft(city, owner)
    with pytest.raises(NoSuchCase):
        await cases.discard(city, other.actor, case_id=case_id, now=clock.now())
    submitted = await make.submitted(city, owner)
    assert submitted == case_id
    before = await make.everything(city, case_id)
    with pytest.raises(NotPossibleNow):
        await cases.discard(city, owner.actor, case_id=case_id, now=clock.now())
    assert await make.everything(city, case_id) == before


async def test_a_draft_of_thirty_days_is_let_go_with_its_right_to_read(
    city: Database, owner: Resident, other: Resident
) -> None:
    old, fresh = await make.draft(city, owner), await make.draft(city, other)
    purpose = (await make.row(city, old))["purpose"]
    await city.run(
        "UPDATE cases.\"case\" SET opened_at = opened_at - interval '31 days' WHERE bucket = $1 AND id = $2",
        bucket_of(old),
        old,
    )
    assert await expire_drafts(city, now=clock.now()) == 1
    assert [await make.state(city, one) for one in (old, fresh)] == ["discarded", "draft"]
    assert owner.actor.id is not None
    assert await audit.standing_purpose(city, id=purpose, subject=owner.actor.id, now=clock.now()) is None
    assert await expire_drafts(city, now=clock.now()) == 0
