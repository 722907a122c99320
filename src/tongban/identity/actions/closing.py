"""Closing one's account 注销账户 (PIPL art. 47(1)(3)): asked for, taken back while it waits, carried out."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from tongban import audit, notices
from tongban.identity.actions.changing_password import right_password
from tongban.identity.actions.guarding import telling_guardians
from tongban.identity.actions.powers import end_with_account
from tongban.identity.model import POLICY
from tongban.identity.model.closing import WAITING, Closing, ClosingNotAsked
from tongban.identity.model.hashes import number_hash
from tongban.identity.model.people import paper_hash, seal_name
from tongban.identity.model.powers import PowerOver
from tongban.identity.model.refusals import TypedInvalid
from tongban.identity.store import (
    accounts,
    attempts,
    children,
    consents,
    duplicates,
    merging,
    phone_only,
    powers,
    residence,
)
from tongban.identity.store import closing as store
from tongban.kit import timers
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_, Text
from tongban.kit.personal import Erasure, counted
from tongban.kit.policy import SYSTEM, Actor, Role, relation_to
from tongban.kit.web.sessions import ending_others

_ASKED = Text("您申请了注销账户", "You asked to close your account")
_ASKED_BODY = Text(
    "15 天后账户将注销，此前随时可以登录并撤回。如果不是您本人操作，请立即撤回并修改密码。",
    "It will be closed in 15 days; until then you can log in and take this back. "
    "If it was not you, take it back at once and change your password.",
)
_ASKED_FOR_CHILD = (
    N_("{name}申请了注销{child}的账户"),
    N_("15 天后账户将注销，此前监护人随时可以切换到孩子名下撤回。您不同意的，请撤回，并和对方商量。"),
)
_BACK = Text("注销申请已撤回", "Your account stays open")
_BACK_BODY = Text("您的账户照常使用。", "You can use it as before.")


async def ask_closing(db: Database, actor: Actor, *, password: str, address: str = "", now: datetime) -> None:
    """Ask that the account be closed after the waiting time; asked twice changes nothing.

    A child's is closed by its guardian with the guardian's own password, and its other guardian is told. Raises
    TypedInvalid, PresentPasswordWrong or Locked. Whether cases are open is for the caller to ask first.
    """
    POLICY.require(actor, "identity.close_account", relation_to(actor, owner=actor.id))
    assert actor.id is not None
    if not password:
        raise TypedInvalid({"password": N_("请输入现在的密码。")})
    _, tried = await right_password(db, Actor(actor.role, actor.holder), password, address=address, now=now)
    due = now + WAITING
    await write(
        db,
        store.asking(actor.id, due=due, now=now),
        attempts.ending_tries(tried),
        timers.setting("identity.closing", subject=actor.id, reference=actor.id, due=due),
        notices.telling(recipient=actor.id, title=_ASKED, body=_ASKED_BODY, link="/account/close", now=now),
        *await telling_guardians(db, actor, _ASKED_FOR_CHILD, link="/my/acting", now=now),
        audit.record(actor, "identity.close_account", subject=actor.id, reference=actor.id, now=now),
    )


async def take_back_closing(db: Database, actor: Actor, *, now: datetime) -> None:
    """Keep the account; raises ClosingNotAsked."""
    POLICY.require(actor, "identity.keep_account", relation_to(actor, owner=actor.id))
    assert actor.id is not None
    done = await write(
        db,
        store.taking_back(actor.id),
        timers.cancelling("identity.closing", subject=actor.id, reference=actor.id),
        notices.telling(recipient=actor.id, title=_BACK, body=_BACK_BODY, link="/my/account", now=now),
        audit.record(actor, "identity.keep_account", subject=actor.id, reference=actor.id, now=now),
    )
    if done is None:
        raise ClosingNotAsked


async def call_off_closing(db: Database, who: UUID, *, now: datetime) -> None:
    """The house calls a closing off: a case was opened meanwhile. The caller tells the person."""
    await write(
        db,
        store.taking_back(who),
        audit.record(SYSTEM, "identity.call_off_closing", subject=who, reference=who, now=now),
    )


async def closing_of(db: Database, who: UUID) -> Closing | None:
    """The closing that waits, if one does."""
    return await store.closing_of(db, who)


async def close_account(
    db: Database,
    who: UUID,
    *,
    keep_name: bool,
    asked_by: UUID | None = None,
    mark: Part | None = None,
    now: datetime,
) -> bool:
    """Close an account whose waiting time is over; gives whether it is done now.

    ``asked_by`` is whose wish it is where this one was merged into hers. ``keep_name``: cases or licences name her,
    so name and number, former ones too, stay with them, sealed. Index entries become free, those of accounts merged
    into it too; sessions end, codes and checks go, no password fits; the id is never given again.
    """
    hashes = await _found_by(db, who)
    if not hashes:
        return False
    await _end_powers(db, who, now=now)
    done = await write(
        db,
        store.closing_account(
            who,
            asked_by=asked_by or who,
            phone_sealed=notices.seal_phone("", who),
            name_sealed=None if keep_name else seal_name("", who),
            now=now,
        ),
        store.freeing(who, hashes),
        duplicates.dropping_others(who),
        residence.dropping(who),
        store.dropping_codes(who),
        store.dropping_checks(who),
        store.dropping_bindings(who),
        store.revoking_systems(who, now=now),
        store.ending_passkeys(who, now=now),
        store.ending_closing(who),
        phone_only.dropping(who),
        consents.withdrawing_all(who, now=now),
        children.dropping_claims(who),
        ending_others(Actor(Role.RESIDENT, who), now=now),
        *(() if keep_name else _dropping_name(who)),
        *((mark,) if mark else ()),
        audit.record(
            SYSTEM,
            "identity.closed_account",
            subject=who,
            reference=who,
            detail={"name_kept": keep_name},
            now=now,
        ),
    )
    # What was given or accepted while this went on ends as well.
    await _end_powers(db, who, now=now)
    return done is not None


async def _found_by(db: Database, who: UUID) -> tuple[bytes, ...]:
    """The entries of the global index that find an account: nothing where there is none."""
    person = await accounts.person(db, who)
    if person is None:
        held = await phone_only.living(db, who)
        return () if held is None else (number_hash("phone", notices.open_phone(held.phone_sealed, who)),)
    return (
        paper_hash(person.paper),
        number_hash("phone", person.phone),
        number_hash("id_number", person.id_number),
        # what found the accounts merged into hers: left behind, it would shut its holder out for good
        *(hash_ for alias in await merging.merged_into(db, who) for hash_ in alias.hashes),
        *(one.hash for one in await duplicates.others(db, who)),
    )


def _dropping_name(who: UUID) -> tuple[Part, ...]:
    return store.dropping_person(who), store.dropping_former(who), store.dropping_merges(who)


async def merged_accounts(db: Database, who: UUID) -> list[UUID]:
    """The accounts that were merged into this one: hers too, and closed with it."""
    return [one.from_id for one in await merging.merged_into(db, who)]


async def _end_powers(db: Database, who: UUID, *, now: datetime) -> None:
    """Nobody acts for her any more, and she for nobody; both sides are told as when it is taken back by hand."""
    for one in [*await powers.living_given(db, who), *await powers.living_held(db, who)]:
        with suppress(PowerOver):
            await end_with_account(db, who, one, now=now)


async def erase(db: Database, who: UUID, *, closing: bool, look: bool, now: datetime) -> Erasure:
    """The account itself goes when it is closed (:func:`close_account`); traces of log-ins end by themselves."""
    del look, now
    traces = counted({"identity.log_in": await store.log_in_traces(db, who)})
    told = counted({"identity.residence": int(await residence.kept(db, who) is not None)})
    if closing:
        return Erasure(goes={**traces, **told})
    return Erasure(stays={"identity.account": 1, **told, **traces})
