"""Stepping up 升级核验: a higher level, or a fresh proof that it is still she, and the way back to where she was."""

from __future__ import annotations

from datetime import datetime, timedelta

from tongban import audit
from tongban.identity.actions.changing_password import right_password
from tongban.identity.model.own_phone import CAREFUL_FOR
from tongban.identity.model.refusals import TypedInvalid
from tongban.identity.model.rights import POLICY
from tongban.identity.store import accounts, attempts, own_phone, passkeys, way_back
from tongban.identity.store.way_back import WayBack
from tongban.kit.db import Database, write
from tongban.kit.i18n import N_
from tongban.kit.not_allowed import FreshProofNeeded
from tongban.kit.policy import Actor, Relation, level_missing
from tongban.kit.web.levelling import level_now
from tongban.kit.web.sessions import proved_at, renewing, taken

#: How long a proof is remembered.
FRESH = timedelta(minutes=30)
#: Acts from this level on are more careful just after the phone number was changed.
SETTLED_FROM = 3
#: How long the way back is kept; the sealed form in it lives as long.
KEPT = timedelta(hours=1)


async def must_reach(db: Database, actor: Actor, *, level: int, now: datetime) -> None:
    """Raise StepUpNeeded unless the actor has this real-name level. No statement where her session says so and L2
    is enough; for L3 also what :func:`must_be_settled` raises.

    Where it does not, the session's row is asked: she may have been at a window a moment ago. The account's is not:
    a session that was opened by less than the account has proved stays there.
    """
    if level >= SETTLED_FROM:
        await must_be_settled(db, actor, now=now)
    if actor.level >= level or actor.id is None:
        return
    if await _level_now(db, actor, now=now) < level:
        raise level_missing(actor, level)


async def _level_now(db: Database, actor: Actor, *, now: datetime) -> int:
    """The actor's level as it stands now. Who acts for another is judged by that which the power takes over, which
    stands in her session; who comes through none is the house itself, and asks for the account."""
    if actor.acting is not None:
        return actor.level
    if actor.session:
        return await level_now(db, actor, now=now)
    assert actor.id is not None
    return await accounts.level(db, actor.lasting or actor.id, now=now) or 0


async def require_fresh(db: Database, actor: Actor, *, now: datetime) -> None:
    """Raise FreshProofNeeded unless the actor logged in or proved it within the last 30 minutes.

    For acts by which somebody at an open screen could take the account over. One statement. Who comes through no
    session is the house itself.
    """
    if not actor.session:
        return
    at = await proved_at(db, actor)
    if at is None or now - at > FRESH:
        raise await _proof_needed(db, actor)


async def _proof_needed(db: Database, actor: Actor) -> FreshProofNeeded:
    """The refusal, which knows whether she has a passkey to prove it with. One statement."""
    return FreshProofNeeded(passkey=await has_passkey(db, actor), agent=actor.acting is not None)


async def has_passkey(db: Database, actor: Actor) -> bool:
    """Whether a passkey of the actor's own can prove that it is she. One statement."""
    return actor.id is not None and actor.acting is None and bool(await passkeys.usable(db, actor.id))


async def settled(db: Database, actor: Actor, *, now: datetime) -> bool:
    """Whether nothing at the account is so new that an act of L3 has to wait for a proof. One statement mostly.

    For a day after the holder changed her phone number, it is she only who gave her password, or logged in, after the
    change and within half an hour.
    """
    if actor.holder is None or not actor.session:
        return True
    changed = await own_phone.changed_at(db, actor.holder)
    if changed is None or now - changed >= CAREFUL_FOR:
        return True
    at = await proved_at(db, actor)
    return at is not None and at > changed and now - at <= FRESH


async def must_be_settled(db: Database, actor: Actor, *, now: datetime) -> None:
    """Raise FreshProofNeeded before an act of L3 unless the account is :func:`settled`."""
    if not await settled(db, actor, now=now):
        raise await _proof_needed(db, actor)


async def prove(db: Database, actor: Actor, *, password: str, address: str = "", now: datetime) -> str:
    """The actor gives her password again: her session is fresh for half an hour, under the cookie that is given. It is
    empty where the session went on under another a moment ago. Three round trips.

    A try counts like one at the log-in. Raises TypedInvalid, PresentPasswordWrong or Locked. Repeating it is harmless.
    """
    POLICY.require(actor, "identity.prove", Relation.ANY)
    assert actor.id is not None
    if not password:
        raise TypedInvalid({"present": N_("请输入现在的密码。")})
    owner, tried = await right_password(db, actor, password, address=address, now=now)
    cookie, session = renewing(actor, proved=True, now=now)
    await write(
        db,
        accounts.standing(owner.id),
        attempts.ending_tries(tried),
        session,
        audit.record(actor, "identity.prove", subject=owner.id, reference="session", now=now),
    )
    return await taken(db, cookie)


async def keep_way_back(db: Database, actor: Actor, way: WayBack, *, now: datetime) -> None:
    """Remember where she was when a higher level was asked, with the form that she had posted."""
    POLICY.require(actor, "identity.level", Relation.ANY)
    assert actor.id is not None
    await write(
        db,
        way_back.keeping(actor.id, way, now=now),
        audit.record(
            actor,
            "identity.step_up",
            subject=actor.id,
            reference="level",
            detail={"level": way.level},
            now=now,
        ),
    )


async def kept_way_back(db: Database, actor: Actor, *, now: datetime) -> WayBack | None:
    """Where she was, within the last hour."""
    POLICY.require(actor, "identity.level", Relation.ANY)
    assert actor.id is not None
    return await way_back.kept(db, actor.id, after=now - KEPT)
