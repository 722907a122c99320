"""Powers 授权: who may act for whom, what may be agreed, and what is refused. Pure rules.

A power of attorney names the agent, the matters, how far it reaches and until when (民法典 art. 165); it takes effect
when the agent accepts, and either side ends it at any time (art. 173, 933). Guardians of minors are the parents (art.
27), until eighteen (art. 17).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from tongban.identity.model.founding import papers_of, shown_in_words
from tongban.identity.model.sealed import agent_name_of, principal_name_of
from tongban.kit import clock, keys, papers
from tongban.kit.acting import ERRANDS, KINDS, WITH_ALL_ITEMS, Acting, Errand, PowerEnd, PowerKind
from tongban.kit.errors import Conflict, Invalid, NotFound, Words
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Actor, Relation, Role, Rule

#: So long a power that rests on the register of firms lasts until the register says the same again. Ours.
LONGEST = timedelta(days=3 * 366)
#: So long an offer waits for its answer. Ours.
OFFER_STANDS = timedelta(days=30)
#: How the basis of a power begins that rests on the register of firms; the day follows.
_ON_REGISTER = "register:"
#: And of one by which a successor's representative acts for the firm that went into hers; its code follows.
_SUCCESSION = "succession:"
#: And of one by which a certificate of the firm acts; its serial number follows.
_CERTIFICATE = "certificate:"
#: Powers that one page lists, of either side.
MOST = 200


class PowerState(StrEnum):
    """Where a power stands 授权状态: offered until it is answered, then standing until it ends."""

    OFFERED = "offered"
    STANDING = "standing"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
    REVOKED = "revoked"
    RENOUNCED = "renounced"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    LAPSED = "lapsed"


#: From which a power can end.
LIVING = (PowerState.OFFERED, PowerState.STANDING)

STATES: dict[PowerState, Message] = {
    PowerState.OFFERED: N_("等对方接受"),
    PowerState.STANDING: N_("有效"),
    PowerState.DECLINED: N_("对方没有接受"),
    PowerState.TAKEN_BACK: N_("接受前已收回"),
    PowerState.REVOKED: N_("已撤回"),
    PowerState.RENOUNCED: N_("代办人已放弃"),
    PowerState.EXPIRED: N_("已到期"),
    PowerState.SUPERSEDED: N_("已被新的授权代替"),
    PowerState.LAPSED: N_("登记变化，已终止"),
}
#: The same said to the agent, of whom some of them speak.
STATES_TO_AGENT: dict[PowerState, Message] = STATES | {
    PowerState.OFFERED: N_("等您答复"),
    PowerState.DECLINED: N_("您没有接受"),
    PowerState.RENOUNCED: N_("您已放弃"),
}
#: Grounds of powers that nobody typed: what the row keeps, and how pages say it.
BASES: dict[str, Message] = {"kinship": N_("公安亲属关系库核对的亲子关系")}
#: What a person gives to whom she likes; the others rest on a register, an office or a window.
OFFERED: tuple[PowerKind, ...] = ("attorney", "family")
#: What these hold is the whole account, and with it the right to give powers in its name and take them back. Whoever
#: keeps a firm's certificate too: its signature is worth the firm's seal (电子签名法 art. 14).
STEWARDING: frozenset[PowerKind] = frozenset({"representative", "steward", "guardian", "certificate"})
#: What a firm's representative or steward gives in its name.
OF_FIRMS: tuple[PowerKind, ...] = ("steward", "agent")

RULES = (
    # Of one's own powers only: no row names another's.
    Rule("identity.acting", Role.RESIDENT, Relation.OWN),
    Rule("identity.acting", Role.RESIDENT, Relation.DELEGATED),
    Rule("identity.answer_power", Role.RESIDENT, Relation.OWN),
    # In the principal's name only who stewards her whole account: the action asks, since no row can, and says to who
    # acts for some items what she can do, where a row would tell her of a wider power.
    Rule("identity.empower", Role.RESIDENT, Relation.OWN),
    Rule("identity.empower", Role.RESIDENT, Relation.DELEGATED),
)


def basis_words(basis: str) -> Message | str:
    """On what a power rests, of what its row keeps; what somebody typed is its own words."""
    if basis.startswith(_ON_REGISTER):
        day = date.fromisoformat(basis.removeprefix(_ON_REGISTER))
        return N_("登记机关登记的法定代表人（{day} 核验）", day=day.isoformat())
    if basis.startswith(_CERTIFICATE):
        return N_("单位证书 {serial}", serial=basis.removeprefix(_CERTIFICATE))
    if basis.startswith(_SUCCESSION):
        return N_("承继单位（{code}）的法定代表人", code=basis.removeprefix(_SUCCESSION))
    return shown_in_words(basis) or basis


class Power(msgspec.Struct, frozen=True):
    """A power 授权, as either side sees it; names are in the clear, times UTC, ``most`` in fen."""

    id: UUID
    principal: UUID
    agent: UUID | None
    principal_name: str
    agent_name: str
    kind: PowerKind
    items: frozenset[str] | None
    errands: frozenset[Errand] | None
    most: int | None
    basis: str
    starts_at: datetime
    until: datetime
    state: PowerState
    offered_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    firm: bool = False

    def at(self, now: datetime) -> PowerState:
        """Its state as of now: what nobody ended ends by itself, and an offer does not wait for ever."""
        if self.state is PowerState.STANDING and self.until <= now:
            return PowerState.EXPIRED
        if self.state is PowerState.OFFERED and min(self.until, self.offered_at + OFFER_STANDS) <= now:
            return PowerState.EXPIRED
        return self.state

    @property
    def unaccepted(self) -> bool:
        """Whether it waits, or waited to its end, for its agent to accept it."""
        given = self.kind in OFFERED or self.kind in OF_FIRMS
        return given and (self.answered_at is None or self.state is PowerState.DECLINED)

    def usable(self, now: datetime) -> bool:
        """Whether its agent can act by it now."""
        return self.at(now) is PowerState.STANDING and self.starts_at <= now

    @property
    def last_day(self) -> date:
        """The last day on which it stands, in the city's zone."""
        return clock.city_day(self.until - timedelta(seconds=1))

    @property
    def in_words(self) -> Message:
        """By what right: 委托代办, 监护人 …"""
        return KINDS[self.kind]

    @property
    def by_register(self) -> bool:
        """Whether it rests on what the register of firms says."""
        return self.basis.startswith(_ON_REGISTER)

    @property
    def succeeds(self) -> str:
        """The code of the successor in whose name a firm that is no more was taken over; else empty."""
        return self.basis.removeprefix(_SUCCESSION) if self.basis.startswith(_SUCCESSION) else ""

    @property
    def certificate(self) -> str:
        """The serial number of the certificate that acts by it; else empty."""
        return self.basis.removeprefix(_CERTIFICATE) if self.basis.startswith(_CERTIFICATE) else ""

    @property
    def basis_in_words(self) -> Message | str:
        """On what it rests."""
        return basis_words(self.basis)

    @property
    def holder(self) -> UUID:
        """Whose sessions act by it: the agent's, or the firm's own where its certificate does."""
        return self.agent or self.principal

    @property
    def errands_in_words(self) -> list[Message]:
        """What its agent may do; where it is for some items only, nothing that needs it for all."""
        without = WITH_ALL_ITEMS if self.items is not None else frozenset()
        return [
            words
            for errand, words in ERRANDS.items()
            if errand not in without and (self.errands is None or errand in self.errands)
        ]

    @property
    def shown_principal(self) -> str:
        """The principal's name as the head of every page shows it: a firm's whole, a person's masked."""
        return self.principal_name if self.firm else papers.mask_name(self.principal_name)

    @property
    def by_own_word(self) -> bool:
        """Whether a person gave it from her own account, and no officer and no register saw to it."""
        return self.kind in ("attorney", "family") and not papers_of(self.basis)

    def acting(self, *, highest: int | None = None) -> Acting:
        """How a session acts by it; ``highest``: the principal's own real-name level, where her word alone gave it."""
        return Acting(
            power=self.id,
            kind=self.kind,
            agent=self.agent,
            agent_name=self.agent_name,
            until=self.until,
            items=self.items,
            errands=self.errands,
            most=self.most,
            level=3 if self.kind == "assisted" else 0,  # she was seen in person, with her paper
            basis=self.basis if papers_of(self.basis) else "",
            highest=highest,
        )


class Offer(msgspec.Struct, frozen=True):
    """A power as it is offered, cleaned and checked; ``paper`` and ``name`` are the agent's."""

    paper: papers.Paper
    name: str
    kind: PowerKind
    items: frozenset[str] | None
    errands: frozenset[Errand] | None
    most: int | None
    starts_at: datetime
    until: datetime

    def __repr__(self) -> str:
        return f"Offer({self.kind})"


class OfferInvalid(Invalid):
    """The offer cannot stand as it is; ``fields`` says what to put right."""

    def __init__(self, fields: dict[str, Words]) -> None:
        super().__init__("offer-invalid", N_("请更正下面标出的内容。"), fields=fields)


class PowerUnknown(NotFound):
    """No power of this id that concerns the one who asks."""

    def __init__(self) -> None:
        super().__init__("power-unknown", N_("没有找到这份授权，或者与您无关。请从“代办与授权”进入。"))


class PowerOver(Conflict):
    """The power has been answered or has ended meanwhile; ``state`` is where it stands."""

    def __init__(self, state: PowerState) -> None:
        words = N_(
            "这份授权的状态已经变为“{state}”，刚才的操作没有进行。请按现在的情况办理。", state=STATES[state]
        )
        super().__init__("power-over", words)
        self.state = state


class NotStewarding(Conflict):
    """Who acts for another by a power that does not let her give further ones 转委托 (民法典 art. 169): told first what
    she can do by it, then whom to ask."""

    title = N_("不能再授权他人")

    def __init__(self, acting: Acting | None, name: str) -> None:
        words = (
            N_("您是{name}的监护人：监护职责要由监护人自己履行，不能以孩子的名义授权他人。", name=name)
            if acting is not None and acting.kind == "guardian"
            else N_(
                "您可以代{name}办理授权内的事项，但不能以其名义再授权他人（《民法典》第一百六十九条）。"
                "要请别人代办的，请由本人授权。",
                name=name,
            )
        )
        super().__init__("not-stewarding", words)


def ending_of(state: PowerState) -> PowerEnd:
    """How a session is told that its power ended so."""
    if state is PowerState.RENOUNCED:
        return "renounced"
    if state is PowerState.EXPIRED:
        return "expired"
    if state is PowerState.LAPSED:
        return "lapsed"
    return "superseded" if state is PowerState.SUPERSEDED else "revoked"


def on_register(day: date) -> str:
    """The basis of a representative's power: the register of firms as of this day."""
    return f"{_ON_REGISTER}{day.isoformat()}"


def on_succession(code: str) -> str:
    """The basis of the power of the representative of a successor, by that firm's code."""
    return f"{_SUCCESSION}{code}"


def on_certificate(serial: str) -> str:
    """The basis of the power of a firm's certificate, by its serial number."""
    return f"{_CERTIFICATE}{serial}"


def may_end(actor: Actor) -> tuple[PowerKind, ...]:
    """The kinds that who acts for another can take back in her name; raises NotStewarding. A certificate's too: its
    key may have been lost."""
    kinds = may_offer(actor)
    return (*kinds, "certificate") if "steward" in kinds else kinds


def may_offer(actor: Actor) -> tuple[PowerKind, ...]:
    """The kinds that this actor can give: her own, or those of the firm or the child for whom she acts.

    Raises NotStewarding. Who has a power for some items hands nothing on, and a guardian gives none in the child's
    name: guardianship is entrusted.
    """
    acting = actor.acting
    if acting is None:
        return OFFERED
    if acting.kind not in STEWARDING or acting.kind == "guardian" or acting.items is not None:
        raise NotStewarding(acting, actor.name)
    return OF_FIRMS if acting.kind in ("representative", "certificate") else ("agent",)


def seal_agent_name(name: str, power: UUID) -> bytes:
    """The agent's name, for the power's row only."""
    return keys.current().seal(name.encode(), agent_name_of(power))


def open_agent_name(sealed: bytes, power: UUID) -> str:
    """The agent's name again; raises keys.SealBroken for another power's."""
    return keys.current().open(sealed, agent_name_of(power)).decode()


def seal_principal_name(name: str, power: UUID) -> bytes:
    """The principal's name, for the power's row only."""
    return keys.current().seal(name.encode(), principal_name_of(power))


def open_principal_name(sealed: bytes, power: UUID) -> str:
    """The principal's name again; raises keys.SealBroken for another power's."""
    return keys.current().open(sealed, principal_name_of(power)).decode()
