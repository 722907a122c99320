"""What the policy table says of each reader of a route: computed from its rows, never by the code that decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.web.matrix import Route
from tongban import rooms
from tongban.kit.acting import ERRANDS, Errand, PowerKind
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Duty, Policy, Relation, Role, Rule, Verdict


def expected(
    route: Route,
    role: Role,
    relation: Relation,
    policy: Policy = rooms.POLICY,
    duty: Duty = Duty.SYSTEM_ADMIN,
    duties: frozenset[Duty] = OFFICERS_DUTIES,
) -> str:
    """What the table says: come in, log in first, not yours to know of, not for you.

    ``duty`` is an administrator's, who has one; she is told what is another's, for it concerns no person. ``duties``
    are an officer's; who lacks one is told whose it is.
    """
    if not policy.open_to(route.who, role):
        return "log in" if role is Role.VISITOR else "forbidden"
    if role is Role.ADMINISTRATOR:
        hers = policy.decide(Actor(role, duties=frozenset({duty})), route.who, Relation.ANY)
        return "forbidden" if hers is Verdict.REFUSE else "in"
    actor = Actor(role, duties=duties)
    asked = (relation, Relation.ANY)
    if any(policy.decide(actor, route.who, one) is not Verdict.REFUSE for one in asked):
        return "in"
    return "forbidden" if any(policy.reserved(actor, route.who, one) for one in asked) else "unknown"


@dataclass(frozen=True)
class Due:
    """What a reader gets of a route, and what a refusal tells her."""

    what: str
    words: str = ""


_IN = Due("in")
#: What an agent is told of a record that is about an item of which her power does not speak.
BEYOND_ITEM = "授权不包括这个事项"
#: What is open in a session whose power has ended: to be herself again, or somebody else's agent, and to leave; and
#: what the floor answers to everybody, also while the house is closed.
AFTER_THE_END = frozenset({"identity.acting", "identity.log_out", "identity.session"})


@dataclass(frozen=True)
class Power:
    """How far an agent's power reaches; ``ended`` are the words by which she is told that it stands no more."""

    kind: PowerKind = "attorney"
    items: frozenset[str] | None = None
    errands: frozenset[Errand] | None = None
    level: int = 3
    ended: str = ""


def row_for(action: str, role: Role, relation: Relation, policy: Policy = rooms.POLICY) -> Rule | None:
    """The table's row, if it has one."""
    key = (action, role, relation)
    return next((one for one in policy.rules if (one.action, one.role, one.relation) == key), None)


def agents_row(action: str, policy: Policy = rooms.POLICY) -> Rule | None:
    """The row by which who acts for another may: hers, or that of what is open to everybody."""
    own = row_for(action, Role.RESIDENT, Relation.DELEGATED, policy)
    return own or row_for(action, Role.VISITOR, Relation.ANY, policy)


def of_agent(route: Route, power: Power, item: str | None = None, policy: Policy = rooms.POLICY) -> Due:
    """What the table says of who acts by this power; ``item`` is what the record is about that the route names."""
    if power.ended:
        open_still = route.who in AFTER_THE_END or route.who.startswith("public.")
        return _IN if open_still else Due("forbidden", power.ended)
    row = agents_row(route.who, policy)
    if row is None or row.verdict is Verdict.REFUSE:
        return Due("forbidden", "这项操作只能由本人进行")
    missing = () if row.relation is not Relation.DELEGATED else _missing(row, power, item)
    return next((Due("forbidden", one) for one in missing), _IN)


def _missing(row: Rule, power: Power, item: str | None) -> Iterator[str]:
    """What the power lacks of what a row for agents asks, as its refusal says it; the first is told."""
    if row.guardian and power.kind != "guardian":
        yield "但不是监护人"
    if row.errand is not None and power.errands is not None and row.errand not in power.errands:
        yield f"授权不包括“{ERRANDS[row.errand]}”"
    if row.whole and power.items is not None:
        yield "授权只限于部分事项"
    if row.verdict is Verdict.STEP_UP and power.level < row.level:
        yield f"需要您自己的实名等级达到 L{row.level}"
    if item is not None and power.items is not None and item not in power.items:
        yield BEYOND_ITEM


def of_administrator(route: Route, duty: Duty, policy: Policy = rooms.POLICY) -> Due:
    """What the table says of one of the three: what is another's she is told by whose duty it is."""
    row = row_for(route.who, Role.ADMINISTRATOR, Relation.ANY, policy)
    if row is None or row.verdict is Verdict.REFUSE:
        return Due("forbidden", "没有权限进行这项操作")
    if row.duty is None or row.duty is duty:
        return _IN
    return Due("forbidden", str(row.reserved or "没有权限进行这项操作"))


def of_owner_at(route: Route, level: int, policy: Policy = rooms.POLICY) -> Due:
    """What the table says of the owner whose real-name level is this."""
    row = row_for(route.who, Role.RESIDENT, Relation.OWN, policy)
    if row is None or row.verdict is not Verdict.STEP_UP or level >= row.level:
        return _IN
    return Due("forbidden", f"需要实名等级 L{row.level}")
