"""Who may do what to a licence."""

from __future__ import annotations

from tongban.kit.policy import Policy, Relation, Role, Rule

_EVERYBODY = (Role.VISITOR, Role.RESIDENT, Role.OFFICER)

POLICY = Policy(
    (
        Rule("licences.library", Role.RESIDENT, Relation.OWN),
        *(Rule("licences.verify", role, Relation.ANY) for role in _EVERYBODY),
        *(Rule("licences.verify_paper", role, Relation.ANY) for role in _EVERYBODY),
        *(Rule("licences.keys", role, Relation.ANY) for role in _EVERYBODY),
        Rule("licences.change", Role.OFFICER, Relation.DEPARTMENT),
        Rule("licences.expire", Role.SYSTEM, Relation.ANY),
    )
)
