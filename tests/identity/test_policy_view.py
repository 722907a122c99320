"""The policy table as administrators read it, and what of it one officer has and by whose word."""

from __future__ import annotations

import re

import pytest

from tests.identity.pages import words
from tests.identity.staffing import POLICE, Staff
from tongban import rooms
from tongban.identity.model.policy_view import RELATIONS, ROLES, ROOMS, VERDICTS, grounds, lines, room_of
from tongban.identity.model.staff import Powers
from tongban.kit.policy import Duty, Relation, Role, Verdict

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


def test_every_row_of_the_house_is_shown_once_and_has_words() -> None:
    whole = lines(rooms.POLICY.rules, {})
    assert sum(len(one.rules) for one in whole) == len(rooms.POLICY.rules)
    assert {room_of(one.action) for one in whole} <= ROOMS.keys()
    assert (ROLES.keys(), RELATIONS.keys(), VERDICTS.keys()) == ({*Role}, {*Relation}, {*Verdict})
    narrowed = lines(rooms.POLICY.rules, {}, role="officer", room="cases")
    assert narrowed and all((one.role, room_of(one.action)) == (Role.OFFICER, "cases") for one in narrowed)


def test_what_an_officer_has_is_what_the_table_allows_her() -> None:
    found = grounds(rooms.POLICY.rules, Powers(POLICE, (Duty.EXAMINE,), None), [])
    assert [one.duty for one in found] == [None, Duty.EXAMINE]
    actions = {rule.action for one in found for rule in one.rules}
    assert "cases.accept" in actions and "identity.staff_grant" not in actions
    # An administrator has nothing of cases, by whatever ground.
    hers = grounds(rooms.POLICY.rules, Powers(POLICE, (Duty.AUDIT_ADMIN,), None), [])
    assert not [rule for one in hers for rule in one.rules if rule.action.startswith("cases.")]


async def test_the_pages_show_who_may_what_and_who_granted_it(staff: Staff) -> None:
    await staff.be("head")
    await staff.ask("zhou", **{"duties-1": "examine", "duties-2": "vet"})
    await staff.be("sec")
    await staff.decide("zhou")
    shown = await staff.client.get(f"{staff.path('zhou')}/rights")
    told = words(shown)
    assert "由示例sec授权" in told and "示例head提出" in told and "调令 7 号" in told
    assert "没有变动记录" in told, "what she had from the beginning has no grant"
    table = words(await staff.client.get("/desk/staff/policy?role=administrator&room=identity"))
    assert "identity.staff_grant" in table and "职责：安全管理员" in table and "POST /desk/staff/" in table
    assert "identity.enrol_" not in table
    assert "资源" in table
    empty = await staff.client.get("/desk/staff/policy?role=visitor&room=cases")
    assert empty.status_code == 200 and "没有符合的行" in words(empty)
    await staff.be("head")
    assert re.search(r"/rights", (await staff.client.get(staff.path("zhou"))).text)
    assert (await staff.client.get("/desk/staff/policy")).status_code == 403
    await staff.be("other-head")
    assert (await staff.client.get(f"{staff.path('zhou')}/rights")).status_code == 404
