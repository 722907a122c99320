"""Who may do what in the reform room: all of it is public, and loading is the house's own."""

from __future__ import annotations

from tongban.kit.policy import ANYBODY, Policy, Relation, Rule

POLICY = Policy(Rule("reform.read", role, Relation.ANY) for role in ANYBODY)
