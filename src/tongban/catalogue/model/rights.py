"""Who may do what in the catalogue."""

from __future__ import annotations

from tongban.kit.policy import Policy, Relation, Role, Rule

POLICY = Policy(
    (
        *(
            Rule(action, role, Relation.ANY)
            for action in ("catalogue.search", "catalogue.guide")
            for role in (Role.VISITOR, Role.RESIDENT, Role.OFFICER)
        ),
        Rule("catalogue.publish", Role.SYSTEM, Relation.ANY),
    )
)
