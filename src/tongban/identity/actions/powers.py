"""Powers: offered, answered, ended. Each act is in the ledgers of both sides, each side is told of the other's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from tongban import audit, notices
from tongban.identity.actions import guarding
from tongban.identity.actions.coming_of_age import come_of_age
from tongban.identity.actions.cooling import must_have_cooled
from tongban.identity.actions.superseding import LOOKS, made_in_place
from tongban.identity.actions.telling import Said, page_of, tell
from tongban.identity.model import POLICY
from tongban.identity.model.children import GuardianStays
from tongban.identity.model.firms import FirmGivesNone
from tongban.identity.model.offering import beyond
from tongban.identity.model.people import Person, paper_hash
from tongban.identity.model.powers import (
    LIVING,
    STEWARDING,
    Offer,
    OfferInvalid,
    Power,
    PowerOver,
    PowerState,
    PowerUnknown,
    ending_of,
    may_end,
    may_offer,
)
from tongban.identity.model.recovering import same_name
from tongban.identity.store import accounts, merging, powers, replacing
from tongban.kit.acting import PowerEnd
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_, Text, both
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.outbox import announcing
from tongban.kit.policy import SYSTEM, Actor, Relation, Role
from tongban.kit.web.sessions import LIFETIME, ending_power

#: Powers of ended days that one run of the job writes down.
_BATCH = 500

#: The names of the items that can be applied for, by code; plugged by the house, which knows the catalogue.
ItemNames = Callable[[Database], Awaitable[dict[str, Text]]]
#: The same in groups with their titles, those first that are for whom the actor acts.
ItemGroups = list[tuple[Text, list[tuple[str, Text]]]]
_items: list[ItemNames] = []
_groups: list[Callable[[Database, Actor], Awaitable[ItemGroups]]] = []


def plug_item_names(names: ItemNames, groups: Callable[[Database, Actor], Awaitable[ItemGroups]]) -> None:
    """Tell this room what the items are called to which a power can be limited, and how a form groups them; the house
    does it once per process."""
    _items[:], _groups[:] = [names], [groups]


async def item_names(db: Database) -> dict[str, Text]:
    """The items to which a power can be limited, by code."""
    return await _items[0](db)


async def item_groups(db: Database, actor: Actor) -> ItemGroups:
    """The items that this actor can put into a power, by theme."""
    return await _groups[0](db, actor)


async def offer_power(db: Database, actor: Actor, offer: Offer, *, now: datetime) -> UUID:
    """Give somebody a power, which stands once she accepts it; gives its id.

    The power of this kind that she has already stands until then; an offer that she has not answered is replaced. The
    same offer made twice is one: the second gives the first's id. Whether whom it names has an account is not told:
    without one, or where number and name are not one person's, it waits. Raises NotStewarding, CoolingOff,
    OfferInvalid, PersonUnknown, FirmGivesNone.
    """
    POLICY.require(actor, "identity.empower", Relation.OWN)
    assert actor.id is not None and actor.holder is not None
    await must_have_cooled(db, actor, now=now)
    if offer.kind not in may_offer(actor):
        raise PowerUnknown
    principal = await accounts.person(db, actor.id)
    if principal is None:
        raise PowerUnknown
    if principal.state != "active":
        raise FirmGivesNone(principal.name, principal.state)
    hash_ = paper_hash(offer.paper)
    if offer.paper == principal.paper:
        raise OfferInvalid({"id_number": N_("这是您自己的证件号码。请填写代办人的。")})
    agent = await _named(db, hash_, offer.name)
    if actor.acting is not None and (faults := beyond(actor.acting, offer, to_oneself=agent == actor.holder)):
        raise OfferInvalid(faults)
    for _ in range(LOOKS):
        waiting = await replacing.in_the_way(
            db, principal.id, hash_, offer.kind, states=(PowerState.OFFERED,)
        )
        for one in waiting:
            if _same(one, offer) and one.at(now) is PowerState.OFFERED:
                return one.id
        power = new_id(bucket_of(principal.id))
        parts = _offering(actor, power, principal, offer, agent=agent, hash_=hash_, now=now)
        if await made_in_place(db, actor, power, waiting, *parts, principal=principal.id, now=now):
            return power
    raise PowerOver(PowerState.OFFERED)


def _same(power: Power, offer: Offer) -> bool:
    return (power.agent_name, power.items, power.errands, power.most, power.until) == (
        *(offer.name, offer.items, offer.errands, offer.most, offer.until),
    )


async def _named(db: Database, hash_: bytes, name: str) -> UUID | None:
    """The account that this number finds, where it bears this name too: a slip in a number must give no stranger a
    power, nor tell her whose it was. One whose name does not fit waits, as for who has no account."""
    found = await accounts.account_by_claim(db, hash_)
    named = found is not None and same_name(name, sealed=found.name_sealed, owner=found.id)
    return found.id if found is not None and named else None


def _offering(
    actor: Actor,
    power: UUID,
    principal: Person,
    offer: Offer,
    *,
    agent: UUID | None,
    hash_: bytes,
    now: datetime,
) -> tuple[Part, ...]:
    """The parts of an offer: its row, the ledger's, and how its agent finds it, at once or once she has an account."""
    assert actor.holder is not None
    found: tuple[Part, ...] = (powers.waiting(hash_, power, now=now),)
    if agent is not None:
        found = (
            powers.holding(agent, power, now=now),
            tell_of(agent, _OFFERED, power, principal.name, now=now),
        )
    return (
        powers.offering(
            power,
            offer,
            principal=principal.id,
            principal_name=principal.name,
            agent=agent,
            agent_hash=hash_,
            by=actor.holder,
            in_place=True,
            now=now,
        ),
        audit.record(
            actor,
            "identity.offer_power",
            subject=principal.id,
            reference=power,
            detail={"kind": offer.kind},
            now=now,
        ),
        *found,
    )


_OFFERED = (
    N_("{name}想请您代办事项"),
    N_("{name}给了您一份代办授权，您接受后才生效。请看清事项、权限和期限再决定。"),
)
_REVOKED = (N_("{name}撤回了给您的授权"), N_("您不能再代{name}办理。您代为保存的草稿仍归{name}所有。"))
_CLOSED = (N_("{name}注销了账户"), N_("给您的授权随之结束，您不能再代{name}办理。"))
_RENOUNCED = (N_("{name}放弃了代办"), N_("{name}不再代您办理，授权已经结束。已经提交的申请继续办理。"))


def tell_of(recipient: UUID, said: Said, power: UUID, name: str, *, now: datetime) -> Part:
    """The part that tells one side of a power what the other, by this name, did."""
    return tell(recipient, said, {"name": name}, link=page_of(power), now=now)


async def power(db: Database, actor: Actor, *, power_id: UUID) -> Power:
    """A power that concerns the actor herself, or whom she stewards; raises PowerUnknown.

    Who merely acts for somebody does not see which other agents that one has.
    """
    stewards = actor.acting is None or actor.acting.kind in STEWARDING
    for who in dict.fromkeys((actor.id, actor.holder) if stewards else (actor.holder,)):
        if who is not None and (found := await powers.power_of(db, power_id, who=who)) is not None:
            return found
    if actor.acting is not None and actor.holder is not None:  # another of her accounts may hold it
        own = await merging.accounts_of(db, actor.holder)
        if (found := await powers.held_one(db, power_id, own)) is not None:
            return found
    raise PowerUnknown


async def revoke_power(db: Database, actor: Actor, *, power_id: UUID, now: datetime) -> bool:
    """The principal, or who stewards her account, takes a power back 撤回授权: at once, also from under a filled form.

    Gives whether this did it, not where it was taken back before.
    Raises PowerUnknown, PowerOver where it ended otherwise meanwhile.
    """
    POLICY.require(actor, "identity.empower", Relation.OWN)
    assert actor.id is not None and actor.holder is not None
    found = await powers.power_of(db, power_id, who=actor.id)
    if found is None or found.principal != actor.id:
        raise PowerUnknown
    if actor.acting is not None and found.kind not in may_end(actor):
        raise PowerUnknown
    if found.kind == "guardian":
        raise GuardianStays
    state = PowerState.TAKEN_BACK if found.state is PowerState.OFFERED else PowerState.REVOKED
    told = (
        ()
        if found.agent is None
        else (tell_of(found.agent, _REVOKED, found.id, found.principal_name, now=now),)
    )
    return await _end(db, actor, found, state, told=told, now=now)


async def renounce_power(db: Database, actor: Actor, *, power_id: UUID, now: datetime) -> bool:
    """The agent gives a power up 放弃授权: gives whether this did it, not where she had before. Raises PowerUnknown,
    PowerOver where it ended otherwise meanwhile."""
    POLICY.require(actor, "identity.answer_power", Relation.OWN)
    assert actor.id is not None
    found = await powers.power_of(db, power_id, who=actor.id)
    if found is None or found.agent != actor.id:
        raise PowerUnknown
    if found.kind == "guardian":
        raise GuardianStays
    return await _end(
        db,
        actor,
        found,
        PowerState.RENOUNCED,
        told=(tell_of(found.principal, _RENOUNCED, found.id, found.agent_name, now=now),),
        now=now,
    )


async def end_with_account(db: Database, who: UUID, one: Power, *, now: datetime) -> None:
    """A power ends with the account of either side, whatever it rests on; the other side is told. Guardianship stands
    by law all the same: a parent who opens an account again names her child again."""
    own = Actor(Role.RESIDENT, who)
    if one.principal == who:
        state = PowerState.TAKEN_BACK if one.state is PowerState.OFFERED else PowerState.REVOKED
        told: Sequence[Part] = ()
        if one.agent is not None:
            told = (tell_of(one.agent, _CLOSED, one.id, one.principal_name, now=now),)
    else:
        state = PowerState.RENOUNCED
        if one.kind == "guardian":
            told = await guarding.ending_with_account(db, own, one, now=now)
        else:
            told = (tell_of(one.principal, _RENOUNCED, one.id, one.agent_name, now=now),)
    # From either state: what is accepted in this very moment ends all the same.
    why: PowerEnd | None = "closed" if one.principal == who else None
    await _end(db, own, one, state, told=told, states=LIVING, why=why, now=now)


async def _end(
    db: Database,
    actor: Actor,
    found: Power,
    state: PowerState,
    *,
    told: Sequence[Part],
    states: Sequence[PowerState] = (),
    why: PowerEnd | None = None,
    now: datetime,
) -> bool:
    """Whether this ended it. ``why`` is what sessions are told that act by it, where its state does not say it."""
    if found.at(now) in (state, PowerState.TAKEN_BACK):
        return False
    if found.at(now) not in LIVING:
        raise PowerOver(found.at(now))
    assert actor.holder is not None
    action = "identity.renounce_power" if state is PowerState.RENOUNCED else "identity.revoke_power"
    done = await write(
        db,
        powers.ending(found.id, state=state, by=actor.holder, states=states or [found.state], now=now),
        ending_power(found.holder, found.id, why or ending_of(state)),
        audit.record(actor, action, subject=found.principal, reference=found.id, now=now),
        *told,
        announcing(
            "identity.power_ended",
            subject=found.principal,
            reference=found.id,
            payload={"why": ending_of(state)},
            now=now,
        ),
    )
    if done is None:
        await _must_be(db, found, state, who=found.principal, now=now)
    return done is not None


async def _must_be(db: Database, found: Power, state: PowerState, *, who: UUID, now: datetime) -> None:
    """A lost guard: fine where somebody did the very same meanwhile, else PowerOver."""
    stands = await powers.power_of(db, found.id, who=who)
    if stands is None or stands.at(now) is not state:
        raise PowerOver(stands.at(now) if stands else PowerState.REVOKED)


async def end_sessions(db: Database, *, principal: UUID, now: datetime) -> None:
    """Once more end what sessions do by powers of this principal that have ended: for the worker.

    A switch that was under way when a power ended may have opened its session unseen by the statement that ended it:
    each looks at the moment in which it began. No session outlives a working day: what ended before needs no look.
    Repeated, it does nothing.
    """
    for one in await powers.ended_since(db, principal, since=now - max(LIFETIME.values())):
        await write(
            db, powers.standing_no_more(one.id), ending_power(one.holder, one.id, ending_of(one.at(now)))
        )


async def bind_powers(db: Database, *, person: UUID, now: datetime) -> None:
    """Whoever enrols finds the powers that waited for her paper, and is told of each. Repeated, it does nothing."""
    found = await accounts.person(db, person)
    if found is None:
        return
    hash_ = paper_hash(found.paper)
    for one in await powers.waiting_for(db, hash_):
        if (await powers.waits_for(db, one)).upper() != found.name.upper():
            continue  # a number was mistyped: it is somebody else whom the principal means
        await write(
            db,
            powers.binding(one, person, hash_),
            powers.holding(person, one, now=now),
            powers.waiting_no_more(hash_, one),
            audit.record(SYSTEM, "identity.bind_power", subject=person, reference=one, now=now),
            notices.telling(
                recipient=person,
                title=both(N_("有人想请您代办事项")),
                body=both(N_("您注册前，有人给了您一份代办授权，您接受后才生效。请看清再决定。")),
                link=f"/my/acting/{one}",
                now=now,
            ),
        )


async def expire_powers(db: Database, *, now: datetime) -> None:
    """Write down the end of powers whose last day is over; what a session may do had ended by itself before."""
    for one, kind, principal in await powers.ended_without_word(db, now=now, limit=_BATCH):
        grown = await come_of_age(db, principal, one, now=now) if kind == "guardian" else ()
        await write(
            db,
            powers.ending(
                one,
                state=PowerState.EXPIRED,
                by=one,
                states=[PowerState.OFFERED, PowerState.STANDING],
                now=now,
            ),
            *grown,
        )
