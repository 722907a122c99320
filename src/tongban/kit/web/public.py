"""The web floor's own policy rows: health, assets, preferences are for everybody."""

from __future__ import annotations

from tongban.kit.policy import Policy, Relation, Role, Rule

POLICY = Policy(
    Rule(action, role, Relation.ANY)
    for action in ("public.health", "public.assets", "public.preferences", "public.problems")
    for role in (Role.VISITOR, Role.RESIDENT, Role.OFFICER)
)
