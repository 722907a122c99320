"""The policy table: closed by default, one verdict for one combination."""

from __future__ import annotations

import pytest

from tongban.kit.ids import new_id
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import SYSTEM, VISITOR, Actor, Policy, Relation, Role, Rule, Verdict, relation_to

POLICY = Policy(
    [
        Rule("t.read", Role.RESIDENT, Relation.OWN),
        Rule("t.read", Role.OFFICER, Relation.DEPARTMENT, Verdict.MASK),
        Rule("t.read", Role.OFFICER, Relation.OTHER, Verdict.REFUSE),
        Rule("t.closed", Role.OFFICER, Relation.OWN, Verdict.REFUSE),
    ]
)
RESIDENT = Actor(Role.RESIDENT, new_id(3))
OFFICER = Actor(Role.OFFICER, new_id(4), department="police-310101")
ALLOWED = {
    (Role.RESIDENT, "t.read", Relation.OWN): Verdict.ALLOW,
    (Role.OFFICER, "t.read", Relation.DEPARTMENT): Verdict.MASK,
}


@pytest.mark.parametrize("relation", list(Relation))
@pytest.mark.parametrize("action", ["t.read", "t.closed", "t.unknown"])
@pytest.mark.parametrize("actor", [RESIDENT, OFFICER, VISITOR, SYSTEM], ids=lambda actor: str(actor.role))
def test_what_no_row_allows_is_refused(actor: Actor, action: str, relation: Relation) -> None:
    expected = ALLOWED.get((actor.role, action, relation), Verdict.REFUSE)
    assert POLICY.decide(actor, action, relation) is expected
    if expected is Verdict.REFUSE:
        with pytest.raises(NotAllowed) as told:
            POLICY.require(actor, action, relation)
        assert told.value.status == 403 and str(told.value.message)
    else:
        assert POLICY.require(actor, action, relation) is expected


def test_a_route_is_open_to_roles_with_a_row_that_does_not_refuse() -> None:
    assert POLICY.open_to("t.read", Role.RESIDENT) and POLICY.open_to("t.read", Role.OFFICER)
    assert not POLICY.open_to("t.read", Role.VISITOR)
    assert not POLICY.open_to("t.closed", Role.OFFICER)
    assert not POLICY.open_to("t.unknown", Role.RESIDENT)
    assert POLICY.knows("t.closed") and not POLICY.knows("t.unknown")


def test_two_rows_for_one_combination_fail_the_build() -> None:
    with pytest.raises(ValueError, match="two policy rows"):
        Policy(
            [Rule("t.a", Role.OFFICER, Relation.OWN), Rule("t.a", Role.OFFICER, Relation.OWN, Verdict.MASK)]
        )


def test_what_a_record_is_to_an_actor() -> None:
    assert relation_to(RESIDENT, owner=RESIDENT.id, department="police-310101") is Relation.OWN
    assert relation_to(OFFICER, owner=RESIDENT.id, department="police-310101") is Relation.DEPARTMENT
    assert relation_to(OFFICER, owner=RESIDENT.id, department="police-310104") is Relation.OTHER
    assert relation_to(RESIDENT, owner=OFFICER.id) is Relation.OTHER
    assert relation_to(VISITOR, owner=None, department=None) is Relation.OTHER, "nothing is nobody's own"
    assert relation_to(RESIDENT, owner=None, department=None) is Relation.OTHER


def test_a_visitor_has_no_bucket() -> None:
    with pytest.raises(ValueError, match="bucket"):
        _ = VISITOR.bucket
    assert (
        RESIDENT.bucket == 3 and RESIDENT.caller == f"resident:{RESIDENT.id}" and VISITOR.caller == "visitor"
    )
