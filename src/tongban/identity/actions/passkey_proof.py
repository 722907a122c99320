"""Stepping up with a passkey: in place of the password, it proves that it is still the owner who sits there."""

from __future__ import annotations

from datetime import datetime

from tongban import audit
from tongban.identity.actions.passkey_log_in import proved_use
from tongban.identity.actions.passkeys import Begun, party
from tongban.identity.model import ceremonies
from tongban.identity.model.passkeys import ChallengeGone, PasskeyRefused, PasskeyUnknown
from tongban.identity.model.rights import POLICY
from tongban.identity.store import passkeys
from tongban.kit.db import Database, write
from tongban.kit.policy import STAFF, Actor, Relation, Role
from tongban.kit.web.sessions import renewing, taken


async def begin_proof(db: Database, actor: Actor, *, browser: str, now: datetime) -> Begun:
    """A challenge for the actor's own passkeys. Nothing is stored. Raises PasskeyUnknown where she has none."""
    POLICY.require(actor, "identity.prove", Relation.ANY)
    assert actor.id is not None
    have = await passkeys.usable(db, actor.id)
    if not have:
        raise PasskeyUnknown
    ceremony = ceremonies.begun("prove", account=actor.id, browser=browser, now=now)
    return Begun(ceremonies.ceremony_token(ceremony), ceremonies.asking_options(ceremony, party(), have=have))


async def prove_with_passkey(
    db: Database, actor: Actor, *, token: str, credential: str, browser: str, now: datetime
) -> str:
    """The actor's passkey: her session is fresh for half an hour, under the cookie that is given. It is empty where the
    session went on under another a moment ago. Three round trips.

    Only her own, for a challenge that she was given in this browser. Raises ChallengeGone, PasskeyRefused,
    UserUnverified, PasskeyUnknown or PasskeyBlocked. Repeated it raises ChallengeGone.
    """
    POLICY.require(actor, "identity.prove", Relation.ANY)
    assert actor.id is not None
    ceremony = ceremonies.ceremony_of(token, "prove", account=actor.id, browser=browser, now=now)
    if ceremonies.answer_in(credential).account not in (None, actor.id):
        raise PasskeyRefused("handle")
    role = Role.OFFICER if actor.role in STAFF else actor.role
    held, used = await proved_use(db, actor.id, ceremony, credential, role=role, now=now)
    cookie, session = renewing(actor, proved=True, now=now)
    done = await write(
        db,
        passkeys.answering_to_use(held, used, ceremony.hash, now=now),
        passkeys.noting_use(held, used, now=now),
        session,
        audit.record(
            actor,
            "identity.prove",
            subject=actor.id,
            reference="session",
            detail={"factor": "passkey", "passkey": str(held.id)},
            now=now,
        ),
    )
    if done is None:  # a twin was faster
        raise ChallengeGone
    return await taken(db, cookie)
