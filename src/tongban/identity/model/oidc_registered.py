"""Who sees the register of systems that log people in through us."""

from __future__ import annotations

from tongban.kit.policy import Relation, Role, Rule

RULES = (
    # Each of the three reads it; it changes by the city's file alone.
    Rule("identity.oidc_registered", Role.ADMINISTRATOR, Relation.ANY),
)
