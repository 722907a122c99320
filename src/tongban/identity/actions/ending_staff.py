"""What takes powers away at once and needs one person only: leaving 离职, a lock 锁定; and the yearly look 权限复核."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from tongban import audit
from tongban.identity.actions.second_factor import reset_totp
from tongban.identity.actions.staffing import known, reason_of
from tongban.identity.model.staff import (
    REVIEW_AFTER,
    DecidedAlready,
    ForOneself,
    LockedByOneself,
    Officer,
    Powers,
    StaffIncomplete,
    State,
)
from tongban.identity.store import passkeys, second_factors, staffing
from tongban.identity.store.staffing import Asking
from tongban.kit import outbox, timers
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Words
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import Actor
from tongban.kit.web.staff_sessions import ending_all


async def _other(db: Database, actor: Actor, action: str, officer: UUID) -> Officer:
    """Somebody else's account, for an act of one person; raises OfficerUnknown, ForOneself."""
    found = await known(db, actor, action, officer)
    if actor.id == officer:
        raise ForOneself
    return found


def _reason(posted: Mapping[str, str]) -> str:
    faults: dict[str, Words] = {}
    reason = reason_of(posted, faults)
    if faults:
        raise StaffIncomplete(faults)
    return reason


def _done(actor: Actor, found: Officer, kind: str, powers: Powers, reason: str, *, now: datetime) -> Asking:
    """What is done at once, as the history keeps it."""
    return Asking(
        id=new_id(bucket_of(found.id)),
        officer=found.id,
        kind=kind,
        powers=powers,
        until=None,
        before=found.powers,
        reason=reason,
        by=actor,
        now=now,
        state="done",
    )


async def leave(
    db: Database, actor: Actor, *, officer: UUID, posted: Mapping[str, str], now: datetime
) -> None:
    """End an account for good: sessions, password, codes, authenticator and what was asked for her end in one write.

    The account stays for the ledger and its log-in name is never given again; her open cases go to the head of her
    department by who listens to ``identity.left``. Done already it changes nothing. Raises StaffIncomplete,
    ForOneself, OfficerUnknown.
    """
    found = await _other(db, actor, "identity.staff_open", officer)
    reason = _reason(posted)
    assert actor.id is not None
    gone = _done(actor, found, "leave", Powers(found.powers.department), reason, now=now)
    await write(
        db,
        staffing.ending(officer, by=actor.id),
        staffing.overtaking(officer),
        staffing.asking_for_new(gone),
        staffing.emptying_account(officer),
        staffing.dropping_codes(officer),
        staffing.dropping_invitation(officer),
        staffing.freeing_phone(officer),
        second_factors.dropping_recovery_codes(officer),
        passkeys.ending_all(officer, now=now),
        ending_all(officer, now=now),
        timers.cancelling("identity.posting", subject=officer, reference=officer),
        outbox.announcing(
            "identity.left",
            subject=officer,
            reference=officer,
            now=now,
            payload={"department": found.powers.department},
        ),
        audit.record(actor, "identity.staff_leave", subject=officer, reference=gone.id, now=now),
    )


async def end_sessions_of(db: Database, *, officer: UUID, mark: Part, now: datetime) -> None:
    """After she has left: a session that was being opened in the same instant ends too."""
    await write(db, Part("SELECT 1 AS one"), mark, ending_all(officer, now=now))


async def lock(
    db: Database, actor: Actor, *, officer: UUID, locked: bool, posted: Mapping[str, str], now: datetime
) -> None:
    """Lock an account at once, its sessions too, or open it again, which takes another than who locked it: a power that
    comes back is two persons' word, like one that is given. As it is already, nothing changes.

    Raises StaffIncomplete, ForOneself, LockedByOneself, OfficerUnknown, and DecidedAlready for an account that is not
    in use.
    """
    found = await _other(db, actor, "identity.staff_grant", officer)
    reason = _reason(posted)
    assert actor.id is not None
    if found.state not in (State.ACTIVE, State.LOCKED):
        raise DecidedAlready
    if not locked and found.state is State.LOCKED and await staffing.locked_by(db, officer) == actor.id:
        raise LockedByOneself
    kind = "lock" if locked else "unlock"
    noted = _done(actor, found, kind, found.powers, reason, now=now)
    await write(
        db,
        (staffing.locking if locked else staffing.unlocking)(officer, by=actor.id),
        staffing.asking_for_new(noted),
        ending_all(officer, now=now),
        audit.record(actor, f"identity.staff_{kind}", subject=officer, reference=noted.id, now=now),
    )


async def confirm(db: Database, actor: Actor, *, officer: UUID, now: datetime) -> None:
    """Confirm powers that nobody has looked at for a year; fresh ones stay as they are. Raises ForOneself."""
    found = await _other(db, actor, "identity.staff_grant", officer)
    assert actor.id is not None
    noted = _done(actor, found, "confirm", found.powers, "", now=now)
    await write(
        db,
        staffing.confirming(officer, by=actor.id, before=now - REVIEW_AFTER, now=now),
        staffing.asking_for_new(noted),
        audit.record(
            actor,
            "identity.staff_confirm",
            subject=officer,
            reference=noted.id,
            detail={"duties": list(found.powers.duties)},
            now=now,
        ),
    )


async def reset_factor(db: Database, actor: Actor, *, officer: UUID, now: datetime) -> bool:
    """An authenticator that is lost is taken out of use, and her sessions end; False when there is none.

    Raises ForOneself, OfficerUnknown.
    """
    found = await _other(db, actor, "identity.staff_open", officer)
    return await reset_totp(db, username=found.username, actor=actor, now=now)
