"""Who may see what of the ledger."""

from __future__ import annotations

from tongban.kit.policy import ANYBODY, Policy, Relation, Role, Rule

POLICY = Policy(
    (
        Rule("audit.readings", Role.RESIDENT, Relation.OWN, phone_only=True),
        # Who read a child's data is its guardian's to see: the child cannot log in.
        Rule("audit.readings", Role.RESIDENT, Relation.DELEGATED, guardian=True, whole=True),
        *(Rule("audit.keys", role, Relation.ANY) for role in ANYBODY),
    )
)
