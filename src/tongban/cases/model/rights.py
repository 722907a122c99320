"""Who may do what to a case: the room's rows of the policy table."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.model.records import CaseInBrief
from tongban.kit.acting import Errand
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import ANYBODY, Actor, Duty, Policy, Relation, Role, Rule, Verdict, relation_to


def _rules(action: str, role: Role, *relations: Relation) -> tuple[Rule, ...]:
    return tuple(Rule(action, role, relation) for relation in relations)


def _offices(action: str, verdict: Verdict = Verdict.ALLOW) -> tuple[Rule, ...]:
    """What any officer of the department does with its cases, whoever has them in hand."""
    return tuple(
        Rule(action, Role.OFFICER, relation, verdict) for relation in (Relation.ASSIGNED, Relation.DEPARTMENT)
    )


def _in_hand(action: str, beside: Duty) -> tuple[Rule, ...]:
    """What is the assignee's, and of a case in a colleague's hand that of who has the duty ``beside``."""
    return (
        Rule(action, Role.OFFICER, Relation.ASSIGNED),
        Rule(action, Role.OFFICER, Relation.DEPARTMENT, duty=beside),
    )


def _agents(errand: Errand, *actions: str, whole: bool = False) -> tuple[Rule, ...]:
    """What an agent does in the applicant's name, where her power names the errand."""
    return tuple(
        Rule(action, Role.RESIDENT, Relation.DELEGATED, errand=errand, whole=whole) for action in actions
    )


def _heads(action: str, reserved: Message) -> tuple[Rule, ...]:
    """What is the head's of the department alone, whoever has the case; ``reserved`` tells it to who is not."""
    return tuple(
        Rule(action, Role.OFFICER, relation, duty=Duty.HEAD, reserved=reserved)
        for relation in (Relation.ASSIGNED, Relation.DEPARTMENT)
    )


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
        *_rules("cases.materials", Role.RESIDENT, Relation.OWN),
        *_rules("cases.confirmations", Role.RESIDENT, Relation.OWN),
        *_rules("cases.forget_material", Role.RESIDENT, Relation.OWN),
        *_agents(Errand.APPLY, "cases.start", "cases.draft", "cases.enclose", "cases.submit"),
        *_agents(Errand.CORRECT, "cases.correct", "cases.supply"),
        *_agents(Errand.WITHDRAW, "cases.withdraw"),
        *_agents(Errand.HEARING, "cases.hearing"),
        *_agents(Errand.FOLLOW, "cases.mine", "cases.materials", "cases.confirmations"),
        # To sign together with others and to speak as an interested person is one's own, by no power of another's:
        # 民法典 art. 161(2).
        *_rules("cases.desk", Role.OFFICER, Relation.DEPARTMENT),
        # An officer reads masked; in full once more, for a reason, which is a row of the ledger of its own.
        *_offices("cases.read", Verdict.MASK),
        *_offices("cases.reveal"),
        # At the window of the hall where it came in: who asks there is told how it stands, and no more is shown.
        *_rules("cases.at_hall", Role.OFFICER, Relation.ANY),
        Rule("cases.slip", Role.OFFICER, Relation.HALL, Verdict.MASK),
        # Every move on a case comes in by one address; whose each is says its own row.
        *_offices("cases.move"),
        *_offices("cases.recheck"),
        *_offices("cases.accept"),
        # A colleague's case is decided by who approves in the department; by others once it is handed over to them.
        # Of an item with a chain whose turn it is says the chain.
        *_in_hand("cases.decide", Duty.APPROVE),
        *_rules("cases.supervision", Role.OFFICER, Relation.DEPARTMENT),
        # Whose step it is says the item's chain (``model/chain.py``), which no row of a table can.
        *_offices("cases.examine"),
        *_in_hand("cases.assign", Duty.HEAD),
        *_offices("cases.consult"),
        # Of a case of another department on which one's own was asked: the department is that of the question.
        *_rules("cases.advise", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.absence", Role.OFFICER, Relation.DEPARTMENT),
        *_offices("cases.suspend"),
        *_offices("cases.terminate"),
        *_offices("cases.deliver"),
        # The law leaves an extension, and the office what it takes back of its own, to the head of the organ.
        *_heads(
            "cases.extend",
            N_(
                "延长办理期限须经本行政机关负责人批准（《行政许可法》第四十二条），由负责人办理。请在期限届满前把需要延长的理由报给本部门负责人。"
            ),
        ),
        *_heads(
            "cases.rectify",
            N_("更正已经作出的状态由本机关负责人办理。请把哪一步有误、为什么报给本部门负责人。"),
        ),
        # Who may preside says the case itself (``model/hearing.py``); whether a presider withdraws, the head.
        *_offices("cases.hear"),
        *_heads(
            "cases.recusal",
            N_(
                "主持人是否回避由本机关负责人决定。请报给本部门负责人，或者重新确定时间地点，改由其他人主持。"
            ),
        ),
        *_offices("cases.visit"),
        *_rules("cases.promises", Role.OFFICER, Relation.ASSIGNED, Relation.DEPARTMENT),
        *_rules("cases.archive", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.appraise", Role.OFFICER, Relation.DEPARTMENT),
        *_offices("cases.inspect"),
        *_rules("cases.templates", Role.OFFICER, Relation.DEPARTMENT),
        *_offices("cases.note"),
        *_offices("cases.print"),
        *(Rule("cases.published", role, Relation.ANY) for role in ANYBODY),
        *(Rule("cases.asked_anyway", role, Relation.ANY) for role in ANYBODY),
        *(Rule("cases.working_days", role, Relation.ANY) for role in ANYBODY),
        *(Rule("cases.check", role, Relation.ANY) for role in ANYBODY),
    )
)


def relation_to_case(actor: Actor, case: CaseInBrief, *, stands_in: bool = False) -> Relation:
    """What a case is to who asks: her own, another's for whom she acts, in her hand, her department's.

    ``stands_in``: she stands in today for who has it in hand 代理. Raises BeyondPower for who acts for the applicant by
    a power that does not reach to the item.
    """
    return relation_to(
        actor,
        owner=case.applicant,
        department=case.department,
        item=case.item,
        in_hand=stands_in or case.assignee in (None, actor.id),
    )


def relation_at_hall(actor: Actor, case: CaseInBrief, hall: str) -> Relation:
    """What a case is at the windows of a hall, whichever department has it."""
    return relation_to(actor, same_hall=case.hall == hall)


def relation_in_list(actor: Actor, assignee: UUID | None, *, stands_in: bool = False) -> Relation:
    """What a line of the department's lists is to its officer, by who has it in hand."""
    in_hand = stands_in or assignee in (None, actor.id)
    return Relation.ASSIGNED if in_hand else Relation.DEPARTMENT


def is_colleagues(actor: Actor, action: str, relation: Relation) -> bool:
    """Whether an officer is refused an act for no more than that a colleague has the case in hand."""
    return (
        relation is Relation.DEPARTMENT
        and POLICY.decide(actor, action, Relation.DEPARTMENT) is Verdict.REFUSE
        and POLICY.decide(actor, action, Relation.ASSIGNED) is not Verdict.REFUSE
    )
