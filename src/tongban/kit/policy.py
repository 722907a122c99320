"""Who may do what to whose record: one table, assembled from the rooms' rows, closed by default.

Actions are named ``room.verb``. A route names its action in ``who=``; the web floor refuses a role
that has no row for it, the action itself asks again with the relation once it knows the record.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

import msgspec

from tongban.kit.errors import Forbidden
from tongban.kit.i18n import N_, Message
from tongban.kit.ids import bucket_of


class Role(StrEnum):
    """Who asks 角色."""

    VISITOR = "visitor"
    RESIDENT = "resident"
    OFFICER = "officer"
    SYSTEM = "system"


class Duty(StrEnum):
    """What an officer does in her department 岗位职责, beside what every officer of it may."""

    EXAMINE = "examine"
    REVIEW = "review"
    APPROVE = "approve"
    HEAD = "head"


class Relation(StrEnum):
    """What the record is to the one who asks 关系; ``ANY`` where no record is involved."""

    OWN = "own"
    DEPARTMENT = "department"
    OTHER = "other"
    ANY = "any"


class Verdict(StrEnum):
    """The table's answer; what it does not name is refused."""

    ALLOW = "allow"
    MASK = "mask"
    REFUSE = "refuse"


class Actor(msgspec.Struct, frozen=True):
    """Who acts 行为人: a resident, an officer, a visitor or the system itself.

    ``id`` is the account's id and carries its bucket; ``level`` the real-name level;
    ``department`` the officer's department code, ``duties`` what she does there.
    """

    role: Role
    id: UUID | None = None
    name: str = ""
    department: str | None = None
    level: int = 0
    session: bytes = b""
    duties: frozenset[Duty] = frozenset()

    @property
    def bucket(self) -> int:
        """The bucket of the account; a visitor has none and asking is a bug."""
        if self.id is None:
            raise ValueError("a visitor has no bucket")
        return bucket_of(self.id)

    @property
    def caller(self) -> str:
        """How ledger and idempotency name this actor."""
        return f"{self.role}:{self.id}" if self.id else str(self.role)


VISITOR = Actor(Role.VISITOR)
SYSTEM = Actor(Role.SYSTEM, name="system")


class Rule(msgspec.Struct, frozen=True):
    """One row of the policy table 权限规则; ``duty`` is one that an officer must have for it.

    ``reserved`` says whose it is, and what who lacks the duty can do.
    """

    action: str
    role: Role
    relation: Relation
    verdict: Verdict = Verdict.ALLOW
    duty: Duty | None = None
    reserved: Message | None = None


class NotAllowed(Forbidden):
    """The policy table has no allowing row; ``words`` say whose it is, where it is somebody's by duty."""

    def __init__(self, words: Message | None = None) -> None:
        super().__init__("not-allowed", words or N_("您没有权限进行这项操作。如有疑问，请联系经办部门。"))


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
        self._roles: dict[str, frozenset[Role]] = {}
        for action in {rule.action for rule in self.rules}:
            self._roles[action] = frozenset(
                rule.role
                for rule in self.rules
                if rule.action == action and rule.verdict is not Verdict.REFUSE
            )

    def knows(self, action: str) -> bool:
        """Whether any row names this action; a route naming an unknown one fails the build."""
        return action in self._roles

    def open_to(self, action: str, role: Role) -> bool:
        """Whether this role may ask for this action at all, on some record."""
        return role in self._roles.get(action, frozenset())

    def decide(self, actor: Actor, action: str, relation: Relation) -> Verdict:
        """The verdict for one record; unknown combinations, and who lacks the duty, are refused."""
        rule = self._verdicts.get((action, actor.role, relation))
        if rule is None or (rule.duty is not None and rule.duty not in actor.duties):
            return Verdict.REFUSE
        return rule.verdict

    def require(self, actor: Actor, action: str, relation: Relation) -> Verdict:
        """The verdict, or NotAllowed when it is a refusal."""
        verdict = self.decide(actor, action, relation)
        if verdict is Verdict.REFUSE:
            raise NotAllowed(self.reserved(actor, action, relation))
        return verdict

    def reserved(self, actor: Actor, action: str, relation: Relation) -> Message | None:
        """Whose it is by duty, where this actor lacks nothing else for it; None otherwise."""
        rule = self._verdicts.get((action, actor.role, relation))
        return None if rule is None or rule.duty is None or rule.duty in actor.duties else rule.reserved


def relation_to(actor: Actor, *, owner: UUID | None = None, department: str | None = None) -> Relation:
    """What a record of ``owner`` handled by ``department`` is to ``actor``."""
    if owner is not None and actor.id == owner:
        return Relation.OWN
    if department is not None and actor.department == department:
        return Relation.DEPARTMENT
    return Relation.OTHER
