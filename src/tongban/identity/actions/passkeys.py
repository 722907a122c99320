"""One's own passkeys 通行密钥: seen, added on a fresh proof, renamed, removed."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit, notices, regions
from tongban.identity.actions.changing_password import right_password
from tongban.identity.actions.second_factor import has_factor, sets_up
from tongban.identity.model import POLICY, ceremonies
from tongban.identity.model.ceremonies import Party
from tongban.identity.model.passkeys import (
    FRESH,
    MOST,
    ChallengeGone,
    NoSuchPasskey,
    Passkey,
    PasskeyMerged,
    PasskeysFull,
    ProofNeeded,
    name_typed,
)
from tongban.identity.model.refusals import TypedInvalid
from tongban.identity.model.staff import FactorStands
from tongban.identity.store import attempts, merging, passkeys
from tongban.kit.db import Database, Part, write, write_in_turn
from tongban.kit.i18n import N_, Text
from tongban.kit.policy import STAFF, Actor, Relation, Role
from tongban.kit.web.living_sessions import living_sessions
from tongban.settings import settings

_ADDED = Text("添加了一把通行密钥", "A passkey was added")
_ADDED_TOLD = Text(
    "您的账户刚刚添加了通行密钥“{name}”，用它可以登录。如果不是您本人操作，请立即移除它，修改密码，并拨打热线。",
    "The passkey “{name}” has just been added to your account and can be used to log in. "
    "If this was not you, remove it, change your password and call the hotline at once.",
)
_REMOVED = Text("移除了一把通行密钥", "A passkey was removed")
_REMOVED_TOLD = Text(
    "您的账户刚刚移除了通行密钥“{name}”，它不能再登录。如果不是您本人操作，请立即修改密码，并拨打热线。",
    "The passkey “{name}” has just been removed from your account and can no longer be used to log in. "
    "If this was not you, change your password and call the hotline at once.",
)
#: A challenge is over after minutes; a removed passkey is kept for the hotline's questions, no longer.
_CHALLENGES_KEPT = timedelta(hours=1)
_REMOVED_KEPT = timedelta(days=30)


class Begun(msgspec.Struct, frozen=True, rename="camel"):
    """A ceremony that a page carries out: the options for the browser, and the word that comes back with its answer."""

    ceremony: str
    public_key: dict[str, Any]


@cache
def _name() -> str:
    city = regions.city_of(settings().city_dir)
    return f"{city.mark} {city.name.zh}"


def party() -> Party:
    """Who browsers know us as: by the public address of the settings."""
    return ceremonies.party_of(settings().public_url, name=_name())


async def own_passkeys(db: Database, actor: Actor) -> list[Passkey]:
    """The actor's passkeys, the newest first: one statement."""
    POLICY.require(actor, "identity.passkeys", Relation.ANY)
    assert actor.id is not None
    return await passkeys.of_account(db, actor.id)


async def proved(db: Database, actor: Actor, *, proof: str, browser: str, now: datetime) -> bool:
    """Whether the actor has proved lately to be herself: a log-in not by QR or her password, within ten minutes."""
    POLICY.require(actor, "identity.passkeys", Relation.ANY)
    assert actor.id is not None
    if proof and ceremonies.proof_holds(proof, actor.id, browser=browser, now=now):
        return True
    sessions = await living_sessions(db, actor, now=now)
    # A phone that scans a code says yes: it has given neither a password nor a key just then.
    return any(one.own and one.opened_by != "qr" and now < one.opened_at + FRESH for one in sessions)


async def prove_password(
    db: Database, actor: Actor, *, present: str, browser: str, address: str = "", now: datetime
) -> str:
    """The password typed once more: gives the proof that opens the adding of a passkey for ten minutes.

    Raises TypedInvalid, PresentPasswordWrong or Locked. Two round trips; repeating it gives another proof.
    """
    POLICY.require(actor, "identity.passkeys", Relation.ANY)
    assert actor.id is not None
    tried = await _right_password(db, actor, present, address=address, now=now)
    await write(
        db,
        Part("SELECT 1 AS proved"),
        attempts.ending_tries(tried),
        audit.record(actor, "identity.prove_password", subject=actor.id, reference="passkey", now=now),
    )
    return ceremonies.proof_token(actor.id, browser=browser, now=now)


async def _right_password(
    db: Database, actor: Actor, present: str, *, address: str, now: datetime
) -> attempts.OwnTry:
    if not present:
        raise TypedInvalid({"present": N_("请输入现在的密码。")})
    return (await right_password(db, actor, present, address=address, now=now))[1]


async def must_take_passkeys(db: Database, actor: Actor) -> None:
    """Raise PasskeyMerged in an account that was merged into another: a key made there would outlive what was proved
    for the lasting one. One statement."""
    POLICY.require(actor, "identity.passkeys", Relation.ANY)
    assert actor.id is not None
    own = await merging.standing(db, actor.id)
    if own is not None and own.merged_into is not None:
        raise PasskeyMerged


async def begin_adding(
    db: Database, actor: Actor, *, name: str, proof: str, browser: str, now: datetime
) -> Begun:
    """A challenge for a new passkey, on a fresh proof. Nothing is stored.

    ``name`` is looked at before the authenticator makes anything. Raises PasskeyMerged, ProofNeeded, PasskeysFull or
    TypedInvalid.
    """
    await must_take_passkeys(db, actor)
    if not await proved(db, actor, proof=proof, browser=browser, now=now):
        raise ProofNeeded
    assert actor.id is not None
    have = await passkeys.of_account(db, actor.id)
    if len(have) >= MOST:
        raise PasskeysFull
    name_typed(name, taken={one.name for one in have})
    ceremony = ceremonies.begun("add", account=actor.id, browser=browser, now=now)
    options = ceremonies.making_options(
        ceremony,
        party(),
        account=actor.id,
        name=actor.name,
        have=have,
        discoverable=actor.role is Role.RESIDENT,
    )
    return Begun(ceremonies.ceremony_token(ceremony), options)


async def add_passkey(
    db: Database, actor: Actor, *, token: str, credential: str, name: str, browser: str, now: datetime
) -> None:
    """Keep the passkey that the browser has made for ``token``; its owner is told.

    Raises TypedInvalid, ChallengeGone, PasskeyRefused, UserUnverified, PasskeyMerged, FactorStands or PasskeysFull.
    Repeated it changes nothing.
    """
    POLICY.require(actor, "identity.passkeys", Relation.ANY)
    assert actor.id is not None
    ceremony = ceremonies.ceremony_of(token, "add", account=actor.id, browser=browser, now=now)
    made = ceremonies.made(credential, ceremony, party())
    have = await passkeys.of_account(db, actor.id)
    if any(one.credential == made.credential for one in have):
        return
    name = name_typed(name, taken={one.name for one in have})
    done = await write_in_turn(
        db,
        "identity.passkey",
        actor.id,
        passkeys.answering_to_add(actor.id, made.credential, ceremony.hash, first=sets_up(actor), now=now),
        passkeys.adding(actor.id, made, name=name, now=now),
        audit.record(
            actor,
            "identity.add_passkey",
            subject=actor.id,
            reference=actor.id,
            detail={"aaguid": str(made.aaguid), "synced": made.synced},
            now=now,
        ),
        *_letter(actor, _ADDED, _ADDED_TOLD, name=name, now=now),
    )
    if done is None:
        await _must_have(db, actor, made.credential)


async def _must_have(db: Database, actor: Actor, credential: bytes) -> None:
    """The guard was lost: to a twin that kept this very passkey, or for a reason to be told."""
    assert actor.id is not None
    who = actor.id
    have = await passkeys.of_account(db, who)
    if any(one.credential == credential for one in have):
        return
    own = await merging.standing(db, who)
    if own is not None and own.merged_into is not None:
        raise PasskeyMerged
    if sets_up(actor) and await has_factor(db, who):
        raise FactorStands
    raise PasskeysFull if len(have) >= MOST else ChallengeGone


async def rename_passkey(db: Database, actor: Actor, *, passkey: UUID, name: str, now: datetime) -> None:
    """Give one of the actor's passkeys another name. Repeating it changes nothing.

    Raises TypedInvalid, and NoSuchPasskey for what is none of hers, which looks like what there is not.
    """
    POLICY.require(actor, "identity.passkeys", Relation.ANY)
    assert actor.id is not None
    have = await passkeys.of_account(db, actor.id)
    if all(one.id != passkey for one in have):
        raise NoSuchPasskey
    typed = name_typed(name, taken={one.name for one in have if one.id != passkey})
    await write(
        db,
        passkeys.renaming(actor.id, passkey, typed),
        audit.record(actor, "identity.rename_passkey", subject=actor.id, reference=passkey, now=now),
    )


async def remove_passkey(
    db: Database, actor: Actor, *, passkey: UUID, present: str = "", address: str = "", now: datetime
) -> bool:
    """End one of the actor's passkeys; its owner is told. False when it was over already.

    An officer types her password: without the passkey less is asked of who logs in as her; whom an SMS alone let in
    removes none. Raises TypedInvalid, PresentPasswordWrong, Locked, FactorStands or NoSuchPasskey. Repeating it changes
    nothing.
    """
    POLICY.require(actor, "identity.passkeys", Relation.ANY)
    assert actor.id is not None
    if sets_up(actor):
        raise FactorStands
    parts: tuple[Part, ...] = ()
    if actor.role in STAFF:
        tried = await _right_password(db, actor, present, address=address, now=now)
        parts = (attempts.ending_tries(tried),)
    name = next((one.name for one in await passkeys.of_account(db, actor.id) if one.id == passkey), "")
    done = await write(
        db,
        passkeys.ending(actor.id, passkey, now=now),
        *parts,
        audit.record(actor, "identity.remove_passkey", subject=actor.id, reference=passkey, now=now),
        *_letter(actor, _REMOVED, _REMOVED_TOLD, name=name, now=now),
    )
    if done is None and not await passkeys.was_hers(db, actor.id, passkey):
        raise NoSuchPasskey
    return done is not None


def _letter(actor: Actor, title: Text, body: Text, *, name: str, now: datetime) -> tuple[Part, ...]:
    """Residents are told in their inbox, where a thief's act is seen; officers have none."""
    if actor.role is not Role.RESIDENT:
        return ()
    assert actor.id is not None
    told = Text(body.zh.replace("{name}", name), body.en.replace("{name}", name))
    return (notices.telling(recipient=actor.id, title=title, body=told, link="/account/passkeys", now=now),)


async def forget(db: Database, *, now: datetime) -> None:
    """Drop challenges that were answered and passkeys that were removed long ago."""
    await passkeys.forget(db, challenges_before=now - _CHALLENGES_KEPT, ended_before=now - _REMOVED_KEPT)
