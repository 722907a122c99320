"""Whose a case is in the policy's rows: in an officer's hand, in a colleague's, at the windows of a hall, another's."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from tests import cast, make
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases, identity
from tongban.cases import actions
from tongban.cases.model import NoSuchCase
from tongban.cases.model.assignment import NotInHand
from tongban.cases.model.rights import POLICY
from tongban.kit import clock
from tongban.kit.acting import Acting
from tongban.kit.db import Database
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor, Duty, Relation, Role, Verdict

HALL = "hall-310101"


async def window(city: Database, name: str, hall: str, phone: str) -> Actor:
    """Somebody at a window of a hall, of the district's service centre, without a duty."""
    one = identity.DemoOfficer(name, "示例窗口", "service-310101-01", phone, (), hall)
    await identity.load_demo(city, [], [one], password=cast.PASSWORD, now=clock.now())
    return await identity.actor_of(city, kind="username", value=name)


async def test_a_hall_is_told_how_a_case_stands_that_came_in_there(
    city: Database, web: Client, owner: Resident, officer: Actor
) -> None:
    """Seen to fail with the guard's hall left out, and with the row of HALL taken out of the table."""
    here, far = [
        await window(city, f"hall-{place}", hall, f"1380000970{place}")
        for place, hall in enumerate((HALL, "hall-310104"))
    ]
    until = clock.now() + timedelta(hours=1)
    acting = Acting(
        *(new_id(owner.actor.bucket), "assisted", new_id(9), "示例帮办", until), level=3, hall=HALL
    )
    helped = msgspec.structs.replace(owner, actor=msgspec.structs.replace(owner.actor, acting=acting))
    case = await make.submitted(city, helped)
    assert (await make.row(city, case))["hall"] == HALL
    assert owner.actor.id is not None
    asked = {"case_id": case, "applicant": owner.actor.id, "now": clock.now()}
    assert [one.id for one in (await actions.at_hall(city, here, limit=9)).cases] == [case]
    assert (await actions.slip(city, here, **asked)).hall == HALL
    read = (await make.ledger(city, case))[-1]
    assert (read["action"], read["actor"]) == ("cases.slip", here.id)
    assert (await actions.at_hall(city, far, limit=9)).cases == []
    for nobody in (far, officer):  # of another hall; of the department, and in no hall
        with pytest.raises(NoSuchCase):
            await actions.slip(city, nobody, **asked)
    with pytest.raises(NoSuchCase):  # the hall's row opens nothing but the slip
        await actions.open_case(city, here, case_id=case, subject=owner.actor.id, now=clock.now())
    await log_in(web, city, here)
    listed, shown = [
        (await web.get(path)).text for path in ("/desk/hall", f"/desk/hall/{owner.actor.id}/{case}")
    ]
    code = (await make.row(city, case))["short_code"]
    for text in (listed, shown):
        assert code in text and owner.name not in text and owner.number not in text
    assert (await web.get(f"/desk/{owner.actor.id}/{case}")).status_code == 404


async def test_a_colleagues_case_is_decided_by_who_approves_or_stands_in(
    city: Database, web: Client, owner: Resident, officer: Actor
) -> None:
    """Seen to fail with the duty taken off the row of the department."""
    people = {}
    for place, (name, duty) in enumerate((("甲", Duty.EXAMINE), ("乙", Duty.EXAMINE), ("丙", Duty.APPROVE))):
        one = identity.DemoOfficer(
            f"hand-{place}", f"示例{name}", officer.department or "", f"1380000980{place}", (duty,)
        )
        await identity.load_demo(city, [], [one], password=cast.PASSWORD, now=clock.now())
        people[name] = await identity.actor_of(city, kind="username", value=one.username)
    case = await make.accepted(city, owner, people["甲"])
    refusing = {"case_id": case, "reason": make.REASON}
    with pytest.raises(NotInHand) as told:
        await cases.refuse(city, people["乙"], **refusing, now=clock.now())
    assert "示例甲" in str(told.value.message)
    await log_in(web, city, people["乙"])
    shown = (await web.get(f"/desk/{owner.actor.id}/{case}")).text
    assert "/refuse" not in shown and "本件由示例甲承办" in shown
    await log_in(web, city, people["丙"])
    assert "/refuse" in (await web.get(f"/desk/{owner.actor.id}/{case}")).text
    today = clock.city_day(clock.now())
    away = {"deputy": str(people["乙"].id), "first": today.isoformat(), "last": today.isoformat()}
    await cases.be_absent(city, people["甲"], posted=away, now=clock.now())
    await cases.refuse(city, people["乙"], **refusing, now=clock.now())
    assert await make.state(city, case) == "refused"


def test_masks_and_steps_up_are_rows_of_the_table() -> None:
    officer = Actor(Role.OFFICER, new_id(1), department="police-310101")
    for relation in (Relation.ASSIGNED, Relation.DEPARTMENT):
        assert POLICY.decide(officer, "cases.read", relation) is Verdict.MASK
        assert POLICY.decide(officer, "cases.reveal", relation) is Verdict.ALLOW
    assert POLICY.decide(officer, "cases.slip", Relation.HALL) is Verdict.MASK
    for action in ("cases.read", "cases.reveal", "cases.decide", "cases.accept"):
        assert POLICY.decide(officer, action, Relation.HALL) is Verdict.REFUSE
