"""Who may see what of the ledger."""

from __future__ import annotations

from tongban.kit.policy import ANYBODY, Policy, Relation, Role, Rule

POLICY = Policy(
    (
        Rule("audit.readings", Role.RESIDENT, Relation.OWN, phone_only=True),
        *(Rule("audit.keys", role, Relation.ANY) for role in ANYBODY),
    )
)
