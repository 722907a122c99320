"""The firms of the demo city: bound by their representatives, with stewards and agents, through the same verbs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tongban.identity.actions.accounts import actor_of
from tongban.identity.actions.answering import answer_power
from tongban.identity.actions.firms import bind_firm
from tongban.identity.actions.powers import offer_power, power
from tongban.identity.model import DemoPerson
from tongban.identity.model.powers import Offer, PowerState
from tongban.identity.store import powers
from tongban.kit.acting import PowerKind
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Role

#: A demo appointment is good for a year.
_LASTS = timedelta(days=365)


async def load_demo_firm(
    db: Database,
    *,
    code: str,
    representative: DemoPerson,
    people: Sequence[tuple[DemoPerson, PowerKind]],
    now: datetime,
) -> bool:
    """Open a firm's account in its representative's name, and appoint these people; False while the register is away.

    All of them have accounts. Idempotent: who was appointed stays so.
    """
    owner = await _actor(db, representative)
    bound = await bind_firm(db, owner, code=code, now=now)
    if bound.power is None or bound.firm is None:
        return False
    by = await power(db, owner, power_id=bound.power)
    acting = Actor(Role.RESIDENT, by.principal, by.principal_name, level=owner.level, acting=by.acting())
    appointed = {
        one.agent_name
        for one in await powers.given(db, (bound.firm.id,))
        if one.at(now) is PowerState.STANDING
    }
    for person, kind in people:
        if person.name in appointed:
            continue
        offer = Offer(person.paper, person.name, kind, None, None, None, now, now + _LASTS)
        given = await offer_power(db, acting, offer, now=now)
        await answer_power(db, await _actor(db, person), power_id=given, accept=True, now=now)
    return True


async def _actor(db: Database, person: DemoPerson) -> Actor:
    return await actor_of(db, kind="id_number", value=person.id_number)
