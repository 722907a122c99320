"""Who may do what to a licence."""

from __future__ import annotations

from tongban.kit.acting import Errand
from tongban.kit.i18n import N_
from tongban.kit.policy import ANYBODY, Actor, Duty, Policy, Relation, Role, Rule, Verdict

_EVERYBODY = ANYBODY

POLICY = Policy(
    (
        Rule("licences.library", Role.RESIDENT, Relation.OWN),
        Rule("licences.library", Role.RESIDENT, Relation.DELEGATED, errand=Errand.LICENCES, whole=True),
        Rule("licences.at_premises", Role.RESIDENT, Relation.DELEGATED, errand=Errand.APPLY),
        # Showing one's paper is saying who one is: only who was seen with it shows it.
        Rule("licences.show", Role.RESIDENT, Relation.OWN, Verdict.STEP_UP, level=3),
        Rule(
            *("licences.show", Role.RESIDENT, Relation.DELEGATED, Verdict.STEP_UP),
            errand=Errand.LICENCES,
            whole=True,
            level=3,
        ),
        *(Rule("licences.verify", role, Relation.ANY) for role in _EVERYBODY),
        *(Rule("licences.verify_paper", role, Relation.ANY) for role in _EVERYBODY),
        *(Rule("licences.keys", role, Relation.ANY) for role in _EVERYBODY),
        # Who applies for a licence at premises, and who decides on it, learn that there is one: no name, no address.
        *(Rule("licences.at_premises", role, Relation.ANY) for role in (Role.RESIDENT, Role.OFFICER)),
        Rule("licences.look", Role.OFFICER, Relation.DEPARTMENT),
        # Each act is a decision addressed to the holder, under the organ's seal: it is whose who decides applications.
        Rule(
            "licences.change",
            Role.OFFICER,
            Relation.DEPARTMENT,
            duty=Duty.APPROVE,
            reserved=N_(
                "暂停、恢复、注销、撤回、撤销证照都是对持证人作出的决定，由本部门负责审批的人员作出。请把证照、事实和依据报给审批人员。"
            ),
        ),
        Rule("licences.expire", Role.SYSTEM, Relation.ANY),
        Rule("licences.enter_premises", Role.SYSTEM, Relation.ANY),
    )
)


def may_show(actor: Actor) -> bool:
    """Whether this holder may show her licences now, or has to raise her real-name level first."""
    return POLICY.decide(actor, "licences.show", Relation.OWN) is Verdict.ALLOW
