"""Acting: in whose name a session acts, and the two lists of powers that a person has."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban import audit
from tongban.identity.actions.cooling import cooling_of
from tongban.identity.actions.firm_changes import end_left, recheck_firm
from tongban.identity.actions.logging_in import Opened
from tongban.identity.model import POLICY
from tongban.identity.model.cooling import CoolingOff
from tongban.identity.model.powers import STEWARDING, Power, PowerState, PowerUnknown
from tongban.identity.model.unusable import unusable
from tongban.identity.store import accounts, firms, merging, powers
from tongban.identity.store.helping import ending_help
from tongban.kit import clock
from tongban.kit.db import Database, write
from tongban.kit.errors import Conflict
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor, Relation, Role
from tongban.kit.web.sessions import living_session, switching, taken


class Powers(msgspec.Struct, frozen=True):
    """The powers 授权 that concern a person: by which she acts for others, what she is offered, what she gave.

    ``steward``: she acts just now for somebody in whose name she may give powers; ``given`` are that one's then.
    """

    held: tuple[Power, ...]
    offers: tuple[Power, ...]
    past: tuple[Power, ...]
    given: tuple[Power, ...]
    steward: bool


async def powers_of(db: Database, actor: Actor, *, now: datetime) -> Powers:
    """What the page of powers shows. Two statements: by her own buckets, and by that in whose name she acts; while she
    acts, one or two more for which accounts are hers."""
    POLICY.require(actor, "identity.acting", Relation.OWN)
    assert actor.id is not None and actor.holder is not None
    held = await powers.held(db, await accounts_of(db, actor))
    acting = actor.acting
    steward = (
        acting is not None and acting.ended is None and acting.kind in STEWARDING and acting.items is None
    )
    given = await powers.given(db, actor.accounts) if acting is None or steward else []
    standing = tuple(one for one in held if one.at(now) is PowerState.STANDING)
    offers = tuple(one for one in held if one.at(now) is PowerState.OFFERED)
    past = tuple(one for one in held if one.at(now) not in (PowerState.STANDING, PowerState.OFFERED))
    return Powers(standing, offers, past, tuple(given), steward)


async def switch(db: Database, actor: Actor, *, power_id: UUID | None, now: datetime) -> Opened:
    """Act for somebody from now on, by a power that stands; None: for oneself again 切换办理身份.

    Gives the new session, which takes the place of the old; without a cookie where the old one's place was taken a
    moment ago, by the same button. Of a firm the register is asked again where it was not for a day; where it is
    silent, what it said last holds, and the ledger says of which day that is. Whose own account cools after a recovery
    acts for nobody yet: whoever won it by a false paper gets at nobody else's. Raises PowerUnknown, CoolingOff, and
    what :func:`unusable` gives: not accepted, not begun, over.
    """
    POLICY.require(actor, "identity.acting", Relation.OWN)
    assert actor.holder is not None
    if power_id is None:
        return await _back(db, actor, now=now)
    own = await accounts_of(db, actor)
    found = await powers.held_one(db, power_id, own)
    if found is None or found.agent is None:
        raise PowerUnknown
    if (why := await _unusable(db, found, now=now)) is not None:
        raise why
    if (until := await cooling_of(db, *own, now=now)) is not None:
        raise CoolingOff(until)
    as_of = await _asked_again(db, found, now=now) if found.firm else None
    # Nobody gives what she has not: an account that somebody won at L1 shows no licence through an accomplice of L3.
    highest = await accounts.level(db, found.principal, now=now) if found.by_own_word else None
    acting = found.acting(highest=highest)
    level = acting.level_of(actor.level)
    principal = Actor(Role.RESIDENT, found.principal, found.shown_principal, level=level, acting=acting)
    owner = await _owner(db, actor, found.agent)
    cookie, ending, opening = switching(actor, principal, owner=owner, now=now)
    done = await write(
        db,
        powers.usable(found.id, agent=found.agent, now=now),
        ending,
        opening,
        audit.record(
            principal,
            "identity.act_for",
            subject=found.principal,
            reference=found.id,
            detail={"register_silent_since": as_of} if as_of else None,
            now=now,
        ),
    )
    if done is None:
        stands = await powers.held_one(db, power_id, own)
        why = None if stands is None else await _unusable(db, stands, now=now)
        raise why or PowerUnknown
    return Opened(principal, await taken(db, cookie))


async def _unusable(db: Database, power: Power, *, now: datetime) -> Conflict | None:
    """Why it cannot be used; of what the register ended, whether there is still a firm to give another."""
    gone = None
    if power.firm and power.at(now) is PowerState.LAPSED:
        gone = await firms.firm(db, power.principal)
    return unusable(power, dissolved=gone is not None and not gone.active, now=now)


async def accounts_of(db: Database, actor: Actor) -> tuple[UUID, ...]:
    """The accounts of who is at the session, whoever she acts for: her own and those merged into it."""
    if actor.acting is None or actor.holder is None:
        return actor.accounts
    return await merging.accounts_of(db, actor.holder)


async def _owner(db: Database, actor: Actor, agent: UUID) -> Actor | None:
    """Another of her accounts that holds the power: the session is its own while she acts by it, so that it ends with
    the power and with the merge. None for the account whose session it is."""
    if agent == actor.holder:
        return None
    found = await accounts.account_of_id(db, agent)
    if found is None:
        raise PowerUnknown
    return found.actor()


async def _asked_again(db: Database, power: Power, *, now: datetime) -> str | None:
    """Let the powers of a firm follow the register where it was not asked for a day, before this one is used; of a firm
    that is no more it ends, unless a successor's representative goes on by it.

    The power is read again by the write that uses it. Gives the day of what holds where the register is silent.
    """
    firm = await firms.firm(db, power.principal)
    if firm is not None and not firm.active and not power.succeeds:
        await end_left(db, firm.id, now=now)
    if firm is None or not firm.overdue(now):
        return None
    if await recheck_firm(db, firm, now=now) == "confirmed":
        return None
    return clock.city_day(firm.as_of).isoformat()


async def _back(db: Database, actor: Actor, *, now: datetime) -> Opened:
    if actor.acting is None or actor.acting.agent is None or actor.id is None:
        raise NotAllowed  # nobody to go back to: a firm's certificate acts for the firm alone
    lasting, *_ = await accounts_of(db, actor)
    agent = await accounts.account_of_id(db, lasting)
    if agent is None:
        raise NotAllowed
    owner = None if lasting == actor.holder else agent.actor()
    cookie, ending, opening = switching(actor, None, owner=owner, now=now)
    await write(
        db,
        living_session(actor, now=now),
        ending,
        opening,
        *(
            (ending_help(actor.acting.power, officer=agent.id, now=now),)
            if actor.acting.kind == "assisted"
            else ()
        ),
        audit.record(actor, "identity.act_for_self", subject=actor.id, reference=actor.acting.power, now=now),
    )
    return Opened(agent.actor(), await taken(db, cookie))
