"""Who may do what with a bundle: the room's rows of the policy table."""

from __future__ import annotations

from tongban.kit.acting import Errand
from tongban.kit.policy import ANYBODY, Policy, Relation, Role, Rule

POLICY = Policy(
    (
        *(Rule("bundles.guide", role, Relation.ANY) for role in ANYBODY),
        Rule("bundles.start", Role.RESIDENT, Relation.ANY),
        Rule("bundles.fill", Role.RESIDENT, Relation.OWN),
        Rule("bundles.send", Role.RESIDENT, Relation.OWN),
        Rule("bundles.correct", Role.RESIDENT, Relation.OWN),
        Rule("bundles.withdraw", Role.RESIDENT, Relation.OWN),
        Rule("bundles.mine", Role.RESIDENT, Relation.OWN),
        # A bundle reaches to several items: a power for some items alone has none of it.
        *(
            Rule(f"bundles.{verb}", Role.RESIDENT, Relation.DELEGATED, errand=errand, whole=True)
            for verb, errand in (
                *((("start"), Errand.APPLY), ("fill", Errand.APPLY), ("send", Errand.APPLY)),
                *(("correct", Errand.CORRECT), ("withdraw", Errand.WITHDRAW), ("mine", Errand.FOLLOW)),
            )
        ),
    )
)
