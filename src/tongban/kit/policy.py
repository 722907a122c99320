"""Who may do what to whose record: one table, assembled from the rooms' rows, closed by default.

Actions are named ``room.verb``. A route names its action in ``who=``; the web floor refuses a role
that has no row for it, the action itself asks again with the relation once it knows the record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from tongban.kit.acting import Acting, ActingFor, BeyondPower, Errand, Eyes
from tongban.kit.i18n import Message, Text
from tongban.kit.ids import bucket_of
from tongban.kit.not_allowed import REAL_NAME, NotAllowed, StepUpNeeded


class Role(StrEnum):
    """Who asks 角色."""

    VISITOR = "visitor"
    RESIDENT = "resident"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


class Duty(StrEnum):
    """What somebody at staff does 岗位职责: an officer in her department, beside what every officer of it may; or one
    of the three administrators 三员, whose duty is all that she has.
    """

    EXAMINE = "examine"
    REVIEW = "review"
    APPROVE = "approve"
    HEAD = "head"
    ASSIST = "assist"
    VET = "vet"
    CATALOGUE = "catalogue"
    SOURCES = "sources"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


#: 系统管理员, 安全管理员, 审计管理员 (GB/T 22239-2019, 8.1.5): apart from each other and from every case.
ADMINISTRATORS = frozenset({Duty.SYSTEM_ADMIN, Duty.SECURITY_ADMIN, Duty.AUDIT_ADMIN})
#: What an officer may have, several at once.
OFFICERS_DUTIES = frozenset(Duty) - ADMINISTRATORS
#: Who works here 工作人员.
STAFF = frozenset({Role.OFFICER, Role.ADMINISTRATOR})
#: Whoever comes: for what is public.
ANYBODY = (Role.VISITOR, Role.RESIDENT, Role.OFFICER, Role.ADMINISTRATOR)


def staff_role(duties: Collection[Duty]) -> Role:
    """What somebody at staff is by her duties: an administrator has no row that speaks of cases."""
    return Role.ADMINISTRATOR if ADMINISTRATORS.intersection(duties) else Role.OFFICER


class Relation(StrEnum):
    """What the record is to the one who asks 关系; ``ANY`` where no record is involved.

    ``DELEGATED``: the principal's, asked by who acts for her. Whoever acts for another has no other relation.
    Of what a department has, ``ASSIGNED`` is what the officer of it has in hand 承办 herself, or nobody has;
    ``DEPARTMENT`` what is in a colleague's hand, and what is told apart by department alone. ``HALL``: what came in at
    the windows of the hall 政务服务大厅 in which the officer sits, whichever department has it.
    """

    OWN = "own"
    DELEGATED = "delegated"
    ASSIGNED = "assigned"
    DEPARTMENT = "department"
    HALL = "hall"
    OTHER = "other"
    ANY = "any"


class Verdict(StrEnum):
    """The table's answer; what it does not name is refused."""

    ALLOW = "allow"
    MASK = "mask"
    STEP_UP = "step-up"
    REFUSE = "refuse"


#: Until when a person's checks carry L2 and L3 (UTC); None: no end is known.
LevelEnds = tuple[datetime | None, datetime | None]
NO_ENDS: LevelEnds = (None, None)


class Actor(msgspec.Struct, frozen=True):
    """Who acts 行为人: a resident or a firm, an officer, a visitor or the system itself.

    ``id`` is the account's id and carries its bucket; ``level`` the real-name level, which ends by ``level_ends``;
    ``department`` the officer's department code, ``duties`` what she does there. Who acts for another is, in all that
    is done, the principal: ``id`` and ``name`` are hers, and ``acting`` says by whom and by which power.

    ``also`` are the accounts that were merged into hers 合并: what is theirs is hers. Where a request is about a record
    of one of them, ``id`` is that account for as long as the request lasts, so that every rule that asks whose a record
    is holds for it, and ``lasting`` is the account through which she came: the ledger names it.

    ``order`` is what the house goes by where it does for her, while she is away, what she has sent before: the ledger
    names the house and the order, not her.
    """

    role: Role
    id: UUID | None = None
    name: str = ""
    department: str | None = None
    level: int = 0
    session: bytes = b""
    duties: frozenset[Duty] = frozenset()
    acting: Acting | None = None
    also: tuple[UUID, ...] = ()
    lasting: UUID | None = None
    level_ends: LevelEnds = NO_ENDS
    order: UUID | None = None

    @property
    def holder(self) -> UUID | None:
        """Whose session it is: the agent's where she acts for another, else the account through which she came."""
        return self.acting.agent or self.id if self.acting is not None else self.lasting or self.id

    @property
    def accounts(self) -> tuple[UUID, ...]:
        """Her own account and those merged into it: whose rows her lists show. A visitor has none."""
        return () if self.id is None else (self.id, *self.also)

    def is_she(self, who: UUID | None) -> bool:
        """Whether this account is one of hers, whichever the request is about."""
        return who is not None and who in (*self.accounts, self.lasting)

    def at(self, account: UUID | None) -> Actor:
        """The same person at one of the accounts merged into hers, for a record of it; herself for any other."""
        if account is None or account not in self.also:
            return self
        return msgspec.structs.replace(self, id=account, also=(), lasting=self.id)

    @property
    def proven(self) -> bool:
        """Whether she came in by all that the house asks for: an officer of no department has shown too little yet."""
        return self.role is not Role.OFFICER or self.department is not None

    @property
    def eyes(self) -> Eyes:
        """With whose eyes she reads what is her own, or the principal's."""
        return Eyes.OWNER if self.acting is None else self.acting.eyes

    @property
    def bucket(self) -> int:
        """The bucket of the account; a visitor has none and asking is a bug."""
        if self.id is None:
            raise ValueError("a visitor has no bucket")
        return bucket_of(self.id)

    @property
    def caller(self) -> str:
        """How idempotency names this actor: who acts for another never gets the principal's own answer."""
        if self.acting is not None:
            return f"{self.role}:{self.id}/{self.acting.power}"
        return f"{self.role}:{self.id}" if self.id else str(self.role)


def level_at(level: int, ends: LevelEnds, now: datetime) -> int:
    """The real-name level that is left of ``level`` at a moment: each ends with the checks that carry it."""
    while level >= 2 and (until := ends[min(level, 3) - 2]) is not None and until <= now:
        level -= 1
    return level


VISITOR = Actor(Role.VISITOR)
SYSTEM = Actor(Role.SYSTEM, name="system")


class Rule(msgspec.Struct, frozen=True):
    """One row of the policy table 权限规则; ``duty`` is one that an officer must have for it.

    ``reserved`` says whose it is, and what who lacks the duty can do. Of a row for agents, ``errand`` is what their
    power must name, ``whole`` that it must reach to all items: what is shown there is not told apart by item, and
    ``guardian`` that it must be a guardian's: what a child has of rights in its data (个人信息保护法 art. 15, 31, 45).
    ``level`` is the real-name level that a verdict ``step-up`` asks: who has it is allowed. ``phone_only``: of a
    resident's row, open to an account that is known by its phone alone (L0); every other asks L1 at least.
    ``resource`` is what the action is done to 资源, which ``relation`` is a relation to; the assembled table has it.
    """

    action: str
    role: Role
    relation: Relation
    verdict: Verdict = Verdict.ALLOW
    duty: Duty | None = None
    reserved: Message | None = None
    errand: Errand | None = None
    whole: bool = False
    guardian: bool = False
    level: int = 0
    phone_only: bool = False
    resource: Text | None = None


def level_missing(actor: Actor, level: int) -> StepUpNeeded | BeyondPower:
    """The refusal of who lacks a real-name level: hers to raise, or her principal's."""
    highest = None if actor.acting is None else actor.acting.highest
    return (
        StepUpNeeded(level, agent=actor.acting is not None)
        if highest is None or highest >= level
        else BeyondPower.of_level(actor.name, level)
    )


class Policy:
    """The assembled table; look-ups are dictionary reads."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._verdicts: dict[tuple[str, Role, Relation], Rule] = {}
        for rule in self.rules:
            key = (rule.action, rule.role, rule.relation)
            if key in self._verdicts:
                raise ValueError(f"two policy rows for {key}")
            self._verdicts[key] = rule
        #: Of each action the roles that may ask for it as themselves.
        self._roles: dict[str, frozenset[Role]] = {}
        self._levels = {
            (rule.action, rule.role): self._least(rule.action, rule.role)
            for rule in self.rules
            if rule.verdict is Verdict.STEP_UP
        }
        #: What is open to a resident of L0, beside what is open to visitors.
        self._phone_only = frozenset(
            rule.action for rule in self.rules if rule.role is Role.RESIDENT and rule.phone_only
        )
        for action in {rule.action for rule in self.rules}:
            self._roles[action] = frozenset(
                rule.role
                for rule in self.rules
                if rule.action == action
                and rule.verdict is not Verdict.REFUSE
                and rule.relation is not Relation.DELEGATED
            )

    def knows(self, action: str) -> bool:
        """Whether any row names this action; a route naming an unknown one fails the build."""
        return action in self._roles

    def open_to(self, action: str, role: Role) -> bool:
        """Whether this role may ask for this action at all, on some record; acting for nobody."""
        return role in self._roles.get(action, frozenset())

    def admits(self, actor: Actor, action: str) -> bool:
        """Whether this actor may ask for this action at all, on some record.

        Raises what :meth:`require` does of who acts for another, whose power does not reach to it on any record.
        """
        if actor.acting is None:
            return self.open_to(action, actor.role)
        self.require(actor, action, Relation.DELEGATED)
        return True

    def _row(self, actor: Actor, action: str, relation: Relation) -> Rule | None:
        """The row for this actor. Who acts for another has the rows for agents, and what is open to everybody."""
        if actor.acting is None:
            return self._verdicts.get((action, actor.role, relation))
        if relation in (Relation.OWN, Relation.ANY, Relation.DELEGATED):
            own = self._verdicts.get((action, actor.role, Relation.DELEGATED))
            return own or self._verdicts.get((action, Role.VISITOR, Relation.ANY))
        return None

    def decide(self, actor: Actor, action: str, relation: Relation) -> Verdict:
        """The verdict for one record; unknown combinations, and who lacks the duty or the power, are refused."""
        rule = self._row(actor, action, relation)
        if rule is None or (rule.duty is not None and rule.duty not in actor.duties):
            return Verdict.REFUSE
        if _beyond(actor, rule) is not None:
            return Verdict.REFUSE
        if rule.verdict is Verdict.STEP_UP and actor.level >= rule.level:
            return Verdict.ALLOW
        return rule.verdict

    def level_asked(self, action: str, role: Role) -> int:
        """The real-name level without which this role may do this action on no record.

        A resident whose account is known by a phone alone (L0) reads what visitors read, and what a row opens to her.
        """
        asked = self._levels.get((action, role), 0)
        if role is not Role.RESIDENT or action in self._phone_only or self.open_to(action, Role.VISITOR):
            return asked
        return max(asked, REAL_NAME)

    def _least(self, action: str, role: Role) -> int:
        rules = [
            one
            for one in self.rules
            if (one.action, one.role) == (action, role) and one.verdict is not Verdict.REFUSE
        ]
        return min(one.level if one.verdict is Verdict.STEP_UP else 0 for one in rules)

    def require(self, actor: Actor, action: str, relation: Relation) -> Verdict:
        """The verdict, or NotAllowed when it is a refusal; StepUpNeeded for a higher real-name level; ActingFor or
        BeyondPower of who acts for another.
        """
        verdict = self.decide(actor, action, relation)
        rule = self._row(actor, action, relation)
        if verdict is Verdict.STEP_UP and rule is not None:
            raise level_missing(actor, rule.level)
        if verdict is not Verdict.REFUSE:
            return verdict
        if actor.acting is not None and relation is not Relation.OTHER:
            alone = actor.acting.alone
            beyond = None if rule is None or alone else _beyond(actor, rule)
            raise beyond or ActingFor(actor.name, alone=alone)
        raise NotAllowed(self.reserved(actor, action, relation))

    def reserved(self, actor: Actor, action: str, relation: Relation) -> Message | None:
        """Whose it is by duty, where this actor lacks nothing else for it; None otherwise."""
        rule = self._row(actor, action, relation)
        return None if rule is None or rule.duty is None or rule.duty in actor.duties else rule.reserved


def _beyond(actor: Actor, rule: Rule) -> BeyondPower | None:
    """How a power fails to reach to a row, None where it does or the actor acts for nobody."""
    acting = actor.acting
    if acting is None or rule.relation is not Relation.DELEGATED:
        return None
    if rule.guardian and acting.kind != "guardian":
        return BeyondPower.of_kind(actor.name)
    if rule.errand is not None and not acting.allows(rule.errand):
        return BeyondPower.of_errand(actor.name, rule.errand)
    return BeyondPower.of_errand(actor.name, None) if rule.whole and acting.items is not None else None


def relation_to(
    actor: Actor,
    *,
    owner: UUID | None = None,
    department: str | None = None,
    item: str | None = None,
    in_hand: bool = False,
    same_hall: bool = False,
) -> Relation:
    """What a record of ``owner`` handled by ``department`` is to ``actor``.

    ``item`` is what the record is about: raises BeyondPower for who acts for its owner by a power that does not reach
    to it. ``in_hand``: the officer of its department has it in hand, or nobody has. ``same_hall``: it came in at the
    hall in which the officer sits.
    """
    if owner is not None and actor.id == owner:
        if actor.acting is None:
            return Relation.OWN
        if item is not None:
            must_cover(actor, item)
        return Relation.DELEGATED
    if department is not None and actor.department == department:
        return Relation.ASSIGNED if in_hand else Relation.DEPARTMENT
    return Relation.HALL if same_hall else Relation.OTHER


def covers(actor: Actor, item: str) -> bool:
    """Whether this actor may touch what is about this item: all that is hers, or what a power reaches to."""
    return actor.acting is None or actor.acting.covers(item)


def reach_of(actor: Actor) -> frozenset[str] | None:
    """The items that lists are narrowed to for who acts by a power for some; None where nothing is left out."""
    return None if actor.acting is None else actor.acting.items


def must_cover(actor: Actor, item: str) -> None:
    """Raise BeyondPower for who acts for another by a power that does not reach to this item."""
    if not covers(actor, item):
        raise BeyondPower.of_item(actor.name)
