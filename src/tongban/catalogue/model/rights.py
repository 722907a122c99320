"""Who may do what in the catalogue."""

from __future__ import annotations

from tongban.kit.policy import ANYBODY, Policy, Relation, Role, Rule

POLICY = Policy(
    (
        *(
            Rule(action, role, Relation.ANY)
            for action in ("catalogue.search", "catalogue.guide")
            for role in ANYBODY
        ),
        Rule("catalogue.publish", Role.SYSTEM, Relation.ANY),
        Rule("catalogue.publish_questionnaire", Role.SYSTEM, Relation.ANY),
    )
)
