"""The web floor's own policy rows: health, assets, preferences are for everybody, also while the house is closed."""

from __future__ import annotations

from tongban.kit.policy import ANYBODY, Policy, Relation, Rule

#: None of these needs the database.
ACTIONS = ("public.health", "public.assets", "public.preferences", "public.problems", "public.api")
POLICY = Policy(Rule(action, role, Relation.ANY) for action in ACTIONS for role in ANYBODY)
