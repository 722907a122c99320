"""Who may do what to a case: the room's rows of the policy table."""

from __future__ import annotations

from tongban.cases.model.records import Case
from tongban.kit.acting import Errand
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import ANYBODY, Actor, Duty, Policy, Relation, Role, Rule, relation_to


def _rules(action: str, role: Role, *relations: Relation) -> tuple[Rule, ...]:
    return tuple(Rule(action, role, relation) for relation in relations)


def _agents(errand: Errand, *actions: str, whole: bool = False) -> tuple[Rule, ...]:
    """What an agent does in the applicant's name, where her power names the errand."""
    return tuple(
        Rule(action, Role.RESIDENT, Relation.DELEGATED, errand=errand, whole=whole) for action in actions
    )


def _heads(action: str, reserved: Message) -> Rule:
    """What is the head's of the department alone; ``reserved`` tells it to who is not."""
    return Rule(action, Role.OFFICER, Relation.DEPARTMENT, duty=Duty.HEAD, reserved=reserved)


POLICY = Policy(
    (
        *_rules("cases.start", Role.RESIDENT, Relation.ANY),
        *_rules("cases.draft", Role.RESIDENT, Relation.OWN),
        *_rules("cases.enclose", Role.RESIDENT, Relation.OWN),
        *_rules("cases.submit", Role.RESIDENT, Relation.OWN),
        *_rules("cases.confirm", Role.RESIDENT, Relation.OWN),
        *_rules("cases.correct", Role.RESIDENT, Relation.OWN),
        *_rules("cases.supply", Role.RESIDENT, Relation.OWN),
        *_rules("cases.withdraw", Role.RESIDENT, Relation.OWN),
        *_rules("cases.hearing", Role.RESIDENT, Relation.OWN),
        # Of a case of another's that bears on her: the row that names her is her own.
        *_rules("cases.interested", Role.RESIDENT, Relation.OWN),
        *_rules("cases.mine", Role.RESIDENT, Relation.OWN),
        *_rules("cases.forget_material", Role.RESIDENT, Relation.OWN),
        *_agents(Errand.APPLY, "cases.start", "cases.draft", "cases.enclose", "cases.submit"),
        *_agents(Errand.CORRECT, "cases.correct", "cases.supply"),
        *_agents(Errand.WITHDRAW, "cases.withdraw"),
        *_agents(Errand.HEARING, "cases.hearing"),
        *_agents(Errand.FOLLOW, "cases.mine"),
        # To sign together with others and to speak as an interested person is one's own, by no power of another's:
        # 民法典 art. 161(2).
        *_rules("cases.desk", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.read", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.recheck", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.accept", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.decide", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.supervision", Role.OFFICER, Relation.DEPARTMENT),
        # Whose step it is says the item's chain (``model/chain.py``), which no row of a table can.
        *_rules("cases.examine", Role.OFFICER, Relation.DEPARTMENT),
        # Whose case it is to hand over says ``model/assignment.py``; one's own lists and absence concern no case.
        *_rules("cases.assign", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.consult", Role.OFFICER, Relation.DEPARTMENT),
        # Of a case of another department on which one's own was asked: the department is that of the question.
        *_rules("cases.advise", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.absence", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.suspend", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.terminate", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.deliver", Role.OFFICER, Relation.DEPARTMENT),
        # The law leaves an extension, and the office what it takes back of its own, to the head of the organ.
        _heads(
            "cases.extend",
            N_(
                "延长办理期限须经本行政机关负责人批准（《行政许可法》第四十二条），由负责人办理。请在期限届满前把需要延长的理由报给本部门负责人。"
            ),
        ),
        _heads(
            "cases.rectify",
            N_("更正已经作出的状态由本机关负责人办理。请把哪一步有误、为什么报给本部门负责人。"),
        ),
        # Who may preside says the case itself (``model/hearing.py``); whether a presider withdraws, the head.
        *_rules("cases.hear", Role.OFFICER, Relation.DEPARTMENT),
        _heads(
            "cases.recusal",
            N_(
                "主持人是否回避由本机关负责人决定。请报给本部门负责人，或者重新确定时间地点，改由其他人主持。"
            ),
        ),
        *_rules("cases.visit", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.archive", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.appraise", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.inspect", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.templates", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.note", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.print", Role.OFFICER, Relation.DEPARTMENT),
        *(Rule("cases.published", role, Relation.ANY) for role in ANYBODY),
        *(Rule("cases.working_days", role, Relation.ANY) for role in ANYBODY),
        *(Rule("cases.check", role, Relation.ANY) for role in ANYBODY),
    )
)


def relation_to_case(actor: Actor, case: Case) -> Relation:
    """What a case is to who asks: her own, another's for whom she acts, her department's.

    Raises BeyondPower for who acts for the applicant by a power that does not reach to the item.
    """
    return relation_to(actor, owner=case.applicant, department=case.department, item=case.item)
