"""Who may do what in the catalogue."""

from __future__ import annotations

from tongban.kit.i18n import N_
from tongban.kit.policy import ANYBODY, Duty, Policy, Relation, Role, Rule

_ITEMS = N_("起草和发布事项由本部门负责事项管理的人员办理。您没有这个岗位的，请联系本部门负责人。")
_SOURCES = N_("启用、停用数据来源由负责数据来源管理的人员办理。发现数据来源有问题的，请告诉数据管理部门。")

POLICY = Policy(
    (
        *(
            Rule(action, role, Relation.ANY)
            for action in ("catalogue.search", "catalogue.guide")
            for role in ANYBODY
        ),
        Rule("catalogue.publish", Role.SYSTEM, Relation.ANY),
        Rule("catalogue.recheck", Role.SYSTEM, Relation.ANY),
        # What the city asks for and why is no secret among its officers; writing it is a duty.
        *(Rule(f"catalogue.{action}", Role.OFFICER, Relation.ANY) for action in ("tasks", "sources")),
        Rule("catalogue.draft", Role.OFFICER, Relation.DEPARTMENT, duty=Duty.CATALOGUE, reserved=_ITEMS),
        Rule("catalogue.publish", Role.OFFICER, Relation.DEPARTMENT, duty=Duty.CATALOGUE, reserved=_ITEMS),
        Rule("catalogue.put_source", Role.OFFICER, Relation.ANY, duty=Duty.SOURCES, reserved=_SOURCES),
        Rule("catalogue.publish_questionnaire", Role.SYSTEM, Relation.ANY),
    )
)
