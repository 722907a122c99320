"""Changes of powers 调岗、授权: asked for by one person, decided by another; and a posting that ends by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

from tongban import audit
from tongban.identity.actions.joining import invitation_parts
from tongban.identity.actions.staffing import known, powers_of, reason_of, require, until_of
from tongban.identity.model.staff import (
    LONGEST_REASON,
    AskedAlready,
    BySamePerson,
    Change,
    DecidedAlready,
    ForOneself,
    Officer,
    Powers,
    StaffIncomplete,
    State,
)
from tongban.identity.store import accounts, staffing
from tongban.identity.store.staffing import Asking
from tongban.kit import clock, outbox, timers
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import ADMINISTRATORS, SYSTEM, Actor, Role
from tongban.kit.web.staff_sessions import changing_sessions, ending_all


async def ask(db: Database, actor: Actor, *, officer: UUID, posted: Mapping[str, str], now: datetime) -> None:
    """Ask for other powers of somebody: a move 调岗, or with a last day a posting 临时派驻. Nothing changes yet.

    The system administrator asks for anybody, a head for her own department's officers; nobody for herself. The same
    asked twice by the same is asked once. Raises StaffIncomplete, ForOneself, AskedAlready, OfficerUnknown.
    """
    found = await known(db, actor, "identity.staff_ask", officer)
    if actor.id == officer:
        raise ForOneself
    if found.role is Role.ADMINISTRATOR and actor.role is not Role.ADMINISTRATOR:
        raise StaffIncomplete({"duties": N_("管理员由系统管理员提出，部门负责人不能申请。")})
    faults: dict[str, Words] = {}
    powers = await powers_of(db, actor, posted, faults)
    until = until_of(posted, faults, now=now)
    reason = reason_of(posted, faults)
    if not faults and powers == found.powers and until == found.until:
        faults["duties"] = N_("没有变化：部门、大厅、职责和截止日期都与现在相同。")
    if faults:
        raise StaffIncomplete(faults)
    kind = "post" if until else "move"
    asked = Asking(new_id(bucket_of(officer)), officer, kind, powers, until, found.powers, reason, actor, now)
    done = await write(
        db,
        staffing.asking(asked),
        audit.record(
            actor,
            "identity.staff_ask",
            subject=officer,
            reference=asked.id,
            detail={"kind": kind, **_written(found.powers, powers)},
            now=now,
        ),
    )
    if done is None and not await _is_asked(db, asked):
        raise AskedAlready


async def _is_asked(db: Database, asked: Asking) -> bool:
    """Whether the very same is open already, by the same person: a double click."""
    return any(
        (one.state, one.asked_by, one.powers, one.until, one.reason)
        == ("asked", asked.by.id, asked.powers, asked.until, asked.reason)
        for one in await staffing.history(db, asked.officer)
    )


def _written(before: Powers, after: Powers) -> dict[str, list[str]]:
    return {
        "before": [before.department, *before.duties],
        "after": [after.department, *after.duties],
    }


async def decide(
    db: Database, actor: Actor, *, officer: UUID, change: UUID, grant: bool, answer: str, now: datetime
) -> None:
    """The second person grants what was asked, or refuses it with a word.

    Granted, the old powers end in the same write, in every process two seconds later at most; open cases that she
    leaves behind are handed over by who listens to ``identity.moved``. Who joins gets her one-time code. Deciding the
    same again, as by a double click, changes nothing. Raises ForOneself, BySamePerson, DecidedAlready,
    StaffIncomplete, TooManyTexts.
    """
    require(actor, "identity.staff_grant")
    found = await known(db, actor, "identity.staff_grant", officer)
    asked = next((one for one in await staffing.history(db, officer) if one.id == change), None)
    if asked is None:
        raise DecidedAlready
    if actor.id == officer:
        raise ForOneself
    if actor.id == asked.asked_by:
        raise BySamePerson
    words = answer.strip()
    if not grant and not words:
        raise StaffIncomplete({"answer": N_("不同意的，请写明理由。")})
    if len(words) > LONGEST_REASON:
        raise StaffIncomplete({"answer": N_("理由不超过 {most} 个字。", most=LONGEST_REASON)})
    parts = await _granted(db, found, asked, now=now) if grant else _refused(found)
    done = await write(
        db,
        staffing.deciding(officer, change, actor, granted=grant, answer=words, now=now),
        *parts,
        audit.record(
            actor,
            "identity.staff_grant" if grant else "identity.staff_refuse",
            subject=officer,
            reference=change,
            detail={"kind": asked.kind, **_written(found.powers, asked.powers)},
            now=now,
        ),
    )
    if done is None and not _same(await staffing.history(db, officer), change, actor, grant=grant):
        raise DecidedAlready


def _same(history: list[Change], change: UUID, actor: Actor, *, grant: bool) -> bool:
    """Whether this one decided it so already."""
    now = next(one for one in history if one.id == change)
    return now.decided_by == actor.id and now.state == ("granted" if grant else "refused")


async def _granted(db: Database, found: Officer, asked: Change, *, now: datetime) -> tuple[Part, ...]:
    home = (found.home or found.powers) if asked.until else None
    parts: list[Part] = [staffing.placing(found.id, asked.powers, until=asked.until, home=home, now=now)]
    if asked.kind == "join":
        sealed = await accounts.phone_sealed(db, found.id)
        assert sealed is not None
        parts += await invitation_parts(db, found.id, username=found.username, phone_sealed=sealed, now=now)
        return tuple(parts)
    parts.append(_sessions(found.id, asked.powers, now=now))
    parts.append(
        timers.setting(
            "identity.posting",
            subject=found.id,
            reference=found.id,
            due=_end_of(asked.until),
            payload=_until(asked.until),
        )
        if asked.until
        else timers.cancelling("identity.posting", subject=found.id, reference=found.id)
    )
    return (*parts, *_news(found, asked.powers, now=now))


def _refused(found: Officer) -> tuple[Part, ...]:
    if found.state is not State.PROPOSED:
        return ()
    return staffing.turning_away(found.id), staffing.freeing_phone(found.id)


def _sessions(who: UUID, powers: Powers, *, now: datetime) -> Part:
    """Her sessions follow; who becomes an administrator comes in anew, by a factor that is strong enough."""
    if ADMINISTRATORS.intersection(powers.duties):
        return ending_all(who, now=now)
    return changing_sessions(who, department=powers.department, duties=powers.duties, now=now)


def _news(found: Officer, powers: Powers, *, now: datetime) -> tuple[Part, ...]:
    """What her cases must know: she serves elsewhere, or handles none any more."""
    leaves = powers.department != found.powers.department or bool(ADMINISTRATORS.intersection(powers.duties))
    if not leaves:
        return ()
    payload = {"department": found.powers.department}
    return (
        outbox.announcing("identity.moved", subject=found.id, reference=found.id, now=now, payload=payload),
    )


def _end_of(until: date) -> datetime:
    """The instant at which the last day of a posting is over."""
    return clock.instant_of(until + timedelta(days=1), time(0))


def _until(until: date) -> dict[str, str]:
    return {"until": until.isoformat()}


async def end_posting(db: Database, *, officer: UUID, until: date, mark: Part, now: datetime) -> None:
    """The last day of a posting is over: she is where she was, with what she had. Two round trips.

    ``mark`` is that of the timer's event. A posting that ended before, or was granted anew, is left alone.
    """
    found = await staffing.officer(db, officer)
    if found is None or found.home is None:
        return
    home = found.home
    back = Asking(
        id=new_id(bucket_of(officer)),
        officer=officer,
        kind="return",
        powers=home,
        until=None,
        before=found.powers,
        reason=str(N_("派驻期满")),
        by=SYSTEM,
        now=now,
        state="done",
    )
    await write(
        db,
        staffing.returning(officer, until=until),
        mark,
        staffing.asking_for_new(back),
        _sessions(officer, home, now=now),
        *_news(found, home, now=now),
        audit.record(
            SYSTEM,
            "identity.staff_return",
            subject=officer,
            reference=back.id,
            detail=_written(found.powers, home),
            now=now,
        ),
    )
