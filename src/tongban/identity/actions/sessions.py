"""One's own sessions 登录会话: seen, and ended one by one or all but the present one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban import audit
from tongban.identity.model import POLICY
from tongban.identity.model.refusals import SessionUnknown
from tongban.identity.store import merging, scanning
from tongban.kit.db import Database, write
from tongban.kit.policy import Actor, Relation
from tongban.kit.web.living_sessions import LivingSession, living_sessions, was_own
from tongban.kit.web.sessions import ending_named, ending_others, having_others


async def own_sessions(db: Database, actor: Actor, *, now: datetime) -> list[LivingSession]:
    """The actor's living sessions, the one through which she looks first; those inside accounts that were merged into
    hers are hers. One statement; up to four where she may be inside one of them."""
    POLICY.require(actor, "identity.end_session", Relation.ANY)
    found = await living_sessions(db, actor, now=now)
    inside = actor.acting is not None or any(one.own and one.opened_by == "merged" for one in found)
    if actor.also or not inside:
        return found
    return await living_sessions(db, actor, accounts=await _hers(db, actor), now=now)


async def _hers(db: Database, actor: Actor) -> tuple[UUID, ...]:
    """All accounts of whose session this is, from whichever of them she looks."""
    return () if actor.holder is None else await merging.accounts_of(db, actor.holder)


async def end_session(db: Database, actor: Actor, *, session: UUID, now: datetime) -> bool:
    """End one of the actor's sessions; every process has forgotten it within two seconds.

    False when it was over already: repeating it changes nothing. Raises SessionUnknown for what is none of hers.
    """
    POLICY.require(actor, "identity.end_session", Relation.ANY)
    assert actor.id is not None
    hers = await _hers(db, actor)
    done = await write(
        db,
        ending_named(actor, session, accounts=hers, now=now),
        audit.record(actor, "identity.end_session", subject=actor.id, reference=session, now=now),
    )
    if done is None and not await was_own(db, actor, session, accounts=hers):
        raise SessionUnknown
    return done is not None


async def end_other_sessions(db: Database, actor: Actor, *, now: datetime) -> int:
    """End all of the actor's sessions but the present one; gives how many there were. Repeating it changes nothing.

    What one of them confirmed for another browser a moment ago opens nothing any more.
    """
    POLICY.require(actor, "identity.end_session", Relation.ANY)
    assert actor.id is not None
    hers = await _hers(db, actor)
    done = await write(
        db,
        having_others(actor, accounts=hers, now=now),
        ending_others(actor, accounts=hers, now=now),
        scanning.ending(hers, now=now),
        audit.record(actor, "identity.end_other_sessions", subject=actor.id, reference="sessions", now=now),
    )
    return 0 if done is None else int(done["others"])
