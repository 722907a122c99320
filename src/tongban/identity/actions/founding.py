"""Powers founded at a window: an officer sees the agent and the paper by which the principal empowers her."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tongban import audit
from tongban.identity.actions.cooling import cooling_of
from tongban.identity.actions.seeing import must_be_another, seen_at_window
from tongban.identity.actions.superseding import LOOKS, made_in_place
from tongban.identity.actions.telling import page_of, tell, text_deed
from tongban.identity.model import Person
from tongban.identity.model.cooling import CoolingOff
from tongban.identity.model.founding import Shown, on_papers
from tongban.identity.model.people import paper_hash
from tongban.identity.model.powers import LIVING, Offer, Power, PowerOver, PowerState
from tongban.identity.model.rights import POLICY
from tongban.identity.model.seen import Seen, name_fault, no_account
from tongban.identity.model.window import WindowInvalid
from tongban.identity.store import accounts, powers, replacing
from tongban.kit import clock, files, papers
from tongban.kit.db import Database, Part
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import Actor, Relation

_TO_PRINCIPAL = (
    N_("窗口为您登记了对{name}的授权"),
    N_(
        "窗口核对了{name}的证件和您的授权材料。{name}现在可以按授权代您办理；您随时可以撤回，每一步都有记录。"
    ),
)
_TO_AGENT = (
    N_("窗口登记了{name}给您的授权"),
    N_("您现在可以在“代办与授权”里切换，代{name}办理。请只办对方同意的事，您随时可以放弃。"),
)
#: To the principal's phone as well, like a recovery: where an officer was deceived or bribed she must hear of it today.
_TO_PHONE = N_(
    "【{mark}】窗口刚刚凭您的授权材料登记了代办人，对方可以代您办理。"
    "不是您同意的，请立即在“代办与授权”里撤回，或拨打 {hotline}。"
)


class Principal(msgspec.Struct, frozen=True):
    """Who is acted for, as her paper or the power names her."""

    paper: papers.Paper
    name: str

    def __repr__(self) -> str:
        return "Principal(…)"


async def found_power(
    db: Database,
    actor: Actor,
    *,
    seen: Seen,
    principal: Principal,
    offer: Offer | None,
    shown: Shown | None,
    received: Sequence[files.Received],
    faults: Mapping[str, Words],
    now: datetime,
) -> UUID:
    """Found a power on the paper that was shown; it stands at once, for its agent is there and takes it on.

    ``seen`` is the agent; ``faults`` those of the rest of the form, with which ``offer`` or ``shown`` may be None. The
    scan is kept with the principal, about the power. Both are told, the principal by SMS too, and she takes it back as
    any other. The same again is one. Raises WindowInvalid, OwnMatter, WindowSourceAway, CoolingOff, PowerOver.
    """
    POLICY.require(actor, "identity.found_power", Relation.ANY)
    agent = await seen_at_window(db, actor, seen, faults=faults, item="identity.found_power", now=now)
    person = await _principal(db, actor, principal, agent, now=now)
    assert actor.id is not None and offer is not None and shown is not None
    hash_, basis = paper_hash(agent.paper), on_papers(shown)
    for _ in range(LOOKS):
        old = await replacing.in_the_way(db, person.id, hash_, offer.kind, states=LIVING, agent=agent.id)
        for one in old:
            if (one.agent, one.basis) == (agent.id, basis) and one.usable(now):
                return one.id
        power = new_id(bucket_of(person.id))
        if await made_in_place(
            db,
            actor,
            power,
            old,
            powers.offering(
                power,
                offer,
                principal=person.id,
                principal_name=person.name,
                agent=agent.id,
                agent_hash=hash_,
                by=actor.id,
                state=PowerState.STANDING,
                basis=basis,
                in_place=True,
                now=now,
            ),
            powers.holding(agent.id, power, now=now),
            files.keeping(
                [files.named(one, subject=person.id, reference=power, now=now) for one in received]
            ),
            *_founded(actor, (person.id, agent.id), power, offer, shown, now=now),
            tell(person.id, _TO_PRINCIPAL, {"name": agent.name}, link=page_of(power), now=now),
            tell(agent.id, _TO_AGENT, {"name": person.name}, link=page_of(power), now=now),
            *text_deed(person, _TO_PHONE, template="identity.window_power", now=now),
            principal=person.id,
            now=now,
        ):
            return power
    raise PowerOver(PowerState.STANDING)


def _founded(
    actor: Actor, both_sides: tuple[UUID, UUID], power: UUID, offer: Offer, shown: Shown, *, now: datetime
) -> tuple[Part, ...]:
    """A ledger row of each side: who founded what on which kind of paper."""
    return tuple(
        audit.record(
            actor,
            "identity.found_power",
            subject=one,
            reference=power,
            detail={"kind": offer.kind, "paper": shown.paper},
            now=now,
        )
        for one in both_sides
    )


async def _principal(db: Database, actor: Actor, named: Principal, agent: Person, *, now: datetime) -> Person:
    hash_ = paper_hash(named.paper)
    who = (await accounts.residents_by_claims(db, [hash_])).get(hash_)
    person = None if who is None else await accounts.person(db, who)
    if person is None:
        raise WindowInvalid({"principal_id_number": no_account()})
    if fault := name_fault(named.name, person.name):
        raise WindowInvalid({"principal_name": fault})
    if person.id == agent.id:
        raise WindowInvalid({"principal_id_number": N_("委托人和代办人是同一个人，不用授权。")})
    if person.is_minor(clock.city_day(now)):
        raise WindowInvalid(
            {"principal_id_number": N_("委托人未满 18 周岁，由监护人代为办理，请改为登记监护关系。")}
        )
    await must_be_another(db, actor, person)
    if until := await cooling_of(db, person.id, agent.id, now=now):
        raise CoolingOff(until)
    return person


async def scans_of(db: Database, power: Power) -> list[files.File]:
    """The scans of the paper on which a power rests; for its two sides."""
    return await files.kept_about(db, subject=power.principal, reference=power.id)
