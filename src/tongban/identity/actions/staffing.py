"""Who sees whom at staff 工作人员, and what is typed about them: read, judged, and told field by field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from tongban import audit, regions
from tongban.identity.model import POLICY
from tongban.identity.model.staff import (
    LONGEST_POSTING,
    LONGEST_REASON,
    PAGE,
    REVIEW_AFTER,
    SEARCHED,
    Change,
    DutiesApart,
    Officer,
    OfficerUnknown,
    Powers,
    must_be_apart,
)
from tongban.identity.store import staffing
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.not_allowed import FactorFirst
from tongban.kit.policy import ADMINISTRATORS, Actor, Duty, Relation, Role, Verdict

#: Locked log-ins of so many days are shown to the security administrator.
SHUT_OUT_SHOWN = timedelta(days=30)


def require(actor: Actor, action: str, *, department: str | None = None) -> None:
    """The gate of every act upon staff; raises NotAllowed, or FactorFirst for an administrator who came by SMS.

    An administrator's row speaks of everybody, a head's of her own ``department``; None stands for it.
    """
    if actor.role is Role.ADMINISTRATOR:
        if not actor.duties:
            raise FactorFirst
        POLICY.require(actor, action, Relation.ANY)
        return
    POLICY.require(actor, action, Relation.DEPARTMENT)
    if department not in (None, actor.department):
        raise OfficerUnknown


def may(actor: Actor, action: str) -> bool:
    """Whether this one has the power at all: what a page offers."""
    relation = Relation.ANY if actor.role is Role.ADMINISTRATOR else Relation.DEPARTMENT
    return bool(actor.duties) and POLICY.decide(actor, action, relation) is Verdict.ALLOW


async def known(db: Database, actor: Actor, action: str, officer: UUID) -> Officer:
    """The account when this one may do that to it; else as if there were none. One statement. Raises OfficerUnknown."""
    require(actor, action)
    found = await staffing.officer(db, officer)
    if found is None:
        raise OfficerUnknown
    require(actor, action, department=found.powers.department)
    return found


class Listed(msgspec.Struct, frozen=True):
    """A page of staff; ``after``: behind which department and log-in name the next one begins, None at the end."""

    officers: list[Officer]
    after: tuple[str, str] | None


async def listed_staff(
    db: Database,
    actor: Actor,
    *,
    department: str | None = None,
    words: str = "",
    after: tuple[str, str] | None = None,
) -> Listed:
    """Staff of a department, or of all, by department and log-in name, fifty a page at most; ``words`` narrows to
    log-in names and names that hold them.

    A head sees her own department whatever is asked for. Names lie sealed, so a search opens what it looks through: so
    much at a time that a page may hold fewer, or none, and the next one still be there. One statement.
    """
    require(actor, "identity.staff_read", department=department)
    if actor.role is not Role.ADMINISTRATOR:
        department = actor.department
    wanted = _run_together(words)
    most = SEARCHED if wanted else PAGE
    rows = await staffing.page_of(db, department, after=after, limit=most + 1)
    found = [
        one
        for one in rows[:most]
        if wanted in _run_together(one.username) or wanted in _run_together(one.name)
    ]
    if len(found) > PAGE:
        return Listed(found[:PAGE], _place_of(found[PAGE - 1]))
    return Listed(found, _place_of(rows[most - 1]) if len(rows) > most else None)


def _run_together(words: str) -> str:
    """Words as they are compared: without blanks, large and small letters alike."""
    return "".join(words.split()).casefold()


def _place_of(officer: Officer) -> tuple[str, str]:
    return officer.powers.department, officer.username


class Seen(msgspec.Struct, frozen=True):
    """One account with its history, the newest first; ``acts`` are the ledger's, for the audit administrator only."""

    officer: Officer
    history: list[Change]
    acts: list[audit.StaffAct] | None


async def seen(db: Database, actor: Actor, *, officer: UUID) -> Seen:
    """One account, what was asked for it, and for the audit administrator what the ledger says of it."""
    found = await known(db, actor, "identity.staff_read", officer)
    acts = await audit.acts_upon(db, officer) if may(actor, "identity.staff_ledger") else None
    return Seen(found, await staffing.history(db, officer), acts)


class Waiting(msgspec.Struct, frozen=True):
    """What the security administrator has before her: asked, not confirmed for a year, and locked out by failures.

    ``stale`` is a page of those; ``following`` the key behind which the next one begins.
    """

    asked: list[tuple[Change, str]]
    stale: list[Officer]
    stale_in_all: int
    following: tuple[datetime, str] | None
    shut_out: list[Officer]


async def waiting(
    db: Database, actor: Actor, *, after: tuple[datetime, str] | None = None, now: datetime
) -> Waiting:
    """What waits for the security administrator; the other two see it and decide nothing. Three statements."""
    require(actor, "identity.staff_review")
    stale, in_all = await staffing.stale(db, before=now - REVIEW_AFTER, after=after, limit=PAGE + 1)
    page, last = stale[:PAGE], stale[PAGE - 1] if len(stale) > PAGE else None
    seen_at = None if last is None else last.reviewed_at or last.granted_at
    return Waiting(
        await staffing.waiting(db),
        page,
        in_all,
        None if last is None or seen_at is None else (seen_at, last.username),
        await staffing.shut_out(db, since=now - SHUT_OUT_SHOWN),
    )


def reason_of(posted: Mapping[str, str], faults: dict[str, Words]) -> str:
    """Why; a fault of the field where it is missing or too long."""
    words = posted.get("reason", "").strip()
    if not words:
        faults["reason"] = N_("请写明原因，例如调令或者通知的文号。")
    elif len(words) > LONGEST_REASON:
        faults["reason"] = N_("原因不超过 {most} 个字。", most=LONGEST_REASON)
    return words


def duties_of(posted: Mapping[str, str], faults: dict[str, Words]) -> tuple[Duty, ...]:
    """The duties that were ticked (``duties-1`` …); a fault where nobody may hold them together."""
    ticked = {value for name, value in posted.items() if name.startswith("duties-")}
    duties = tuple(sorted(Duty(one) for one in ticked if one in set(Duty)))
    try:
        must_be_apart(duties)
    except DutiesApart as apart:
        faults.update(apart.fields)
    return duties


async def powers_of(
    db: Database, actor: Actor, posted: Mapping[str, str], faults: dict[str, Words]
) -> Powers:
    """Department, hall and duties as they were typed; ``faults`` gets what is wrong with each."""
    department, hall = posted.get("department", "").strip(), posted.get("hall", "").strip()
    try:
        await regions.department(db, department)
    except regions.DepartmentUnknown:
        faults["department"] = N_("请选择部门。")
    if hall:
        try:
            await regions.hall(db, hall)
        except regions.HallUnknown as unknown:
            faults["hall"] = unknown.message
    duties = duties_of(posted, faults)
    if actor.role is not Role.ADMINISTRATOR and ADMINISTRATORS.intersection(duties):
        faults["duties"] = N_("管理员由系统管理员提出，部门负责人不能申请。")
    return Powers(department, duties, hall or None)


def until_of(posted: Mapping[str, str], faults: dict[str, Words], *, now: datetime) -> date | None:
    """The last day of a posting, None for one without an end; the form's three fields, or one ISO day."""
    parts = [posted.get(f"until-{part}", "").strip() for part in ("year", "month", "day")]
    typed = posted.get("until", "").strip() or (
        "-".join(part.zfill(2) for part in parts) if all(parts) else "".join(parts)
    )
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        faults["until"] = N_("请把截止日期的年、月、日填完整，或者全部留空。")
        return None
    today = clock.city_day(now)
    if not today <= day <= today + LONGEST_POSTING:
        faults["until"] = N_("临时派驻的截止日期应在今天之后、一年之内；更长的请按调岗办理。")
    return day
