"""Who may do what in the reform room: its figures are public, what a change of an item touches is for its officers."""

from __future__ import annotations

from tongban.kit.i18n import N_
from tongban.kit.policy import ANYBODY, Duty, Policy, Relation, Role, Rule

_ITEMS = N_("起草和发布事项由本部门负责事项管理的人员办理。您没有这个岗位的，请联系本部门负责人。")

POLICY = Policy(
    (
        *(Rule("reform.read", role, Relation.ANY) for role in ANYBODY),
        Rule("reform.impact", Role.OFFICER, Relation.ANY, duty=Duty.CATALOGUE, reserved=_ITEMS),
    )
)
