"""The audit administrator's ledger 管理员和工作人员账本: looked through, and taken away as a file."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

import msgspec

from tongban import audit
from tongban.identity.actions.staffing import require
from tongban.identity.model.staff import PAGE
from tongban.identity.model.staff_acts import ACTS
from tongban.identity.store import accounts
from tongban.kit import clock, keys
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.policy import STAFF, Actor

_ACTION = "identity.staff_ledger"
#: So many rows a file has at most; more are asked for by days.
EXPORTED = 10_000
_HEAD = ("time", "role", "who", "action", "action in words", "account", "reference", "detail")


async def asked_for(db: Database, posted: Mapping[str, str]) -> tuple[audit.StaffActsAsked, dict[str, Words]]:
    """What was typed into the filters, and what is wrong with which of them; what is wrong narrows nothing."""
    faults: dict[str, Words] = {}
    since, until = (typed_day(posted, name, faults) for name in ("since", "until"))
    if since is not None and until is not None and until < since:
        faults["until"] = N_("截止日期早于起始日期，请改正。")
    action = posted.get("action", "")
    return audit.StaffActsAsked(
        action=action if action in ACTS else "",
        name=posted.get("who", "").strip()[:60],
        subject=await _account(db, posted.get("account", "").strip(), faults),
        since=None if since is None else clock.instant_of(since, time(0)),
        until=None if until is None else clock.instant_of(until + timedelta(days=1), time(0)),
    ), faults


async def _account(db: Database, username: str, faults: dict[str, Words]) -> UUID | None:
    if not username:
        return None
    found = await accounts.account_by_claim(db, keys.current().blind_index("username", username.casefold()))
    if found is None or found.role not in STAFF:
        faults["account"] = N_("没有这个用户名的工作账户，请核对。")
        return None
    return found.id


def typed_day(posted: Mapping[str, str], name: str, faults: dict[str, Words]) -> date | None:
    """The day of the fields ``name-year`` and so on; None where nothing was typed, or with a sentence in ``faults``."""
    parts = [posted.get(f"{name}-{part}", "").strip() for part in ("year", "month", "day")]
    if not any(parts):
        return None
    try:
        return date.fromisoformat("-".join(part.zfill(2) for part in parts))
    except ValueError:
        faults[name] = N_("请把年、月、日填完整，或者全部留空。")
        return None


async def ledger(
    db: Database, actor: Actor, *, before: UUID | None, asked: audit.StaffActsAsked | None = None
) -> list[audit.StaffAct]:
    """What administrators did, and what was done to accounts of staff, the newest first: one statement."""
    require(actor, _ACTION)
    return await audit.acts_of_staff(db, before=before, limit=PAGE + 1, asked=asked or audit.StaffActsAsked())


async def exported(
    db: Database,
    actor: Actor,
    *,
    asked: audit.StaffActsAsked,
    words: Callable[[str], str],
    now: datetime,
) -> bytes:
    """The same as a file (CSV, RFC 4180, UTF-8 with its mark), ten thousand rows at most. That it was taken away is a
    row of the ledger itself, with how many rows it had. ``words`` says an action in the reader's language."""
    require(actor, _ACTION)
    assert actor.id is not None
    found = await audit.acts_of_staff(db, before=None, limit=EXPORTED, asked=asked)
    await write(
        db,
        Part("SELECT 1 AS taken"),
        audit.record(
            actor,
            "identity.staff_export",
            subject=actor.id,
            reference=actor.id,
            detail={"rows": len(found), "action": asked.action},
            now=now,
        ),
    )
    return _file(found, words)


def _file(found: list[audit.StaffAct], words: Callable[[str], str]) -> bytes:
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(_HEAD)
    for one in found:
        at = one.at.astimezone(clock.city_zone()).isoformat(timespec="seconds")
        detail = msgspec.json.encode(one.detail).decode() if one.detail else ""
        row = (at, one.actor_role, one.actor_name, one.action, words(one.action), one.subject, one.reference)
        writer.writerow([plain_cell(str(cell)) for cell in (*row, detail)])
    return b"\xef\xbb\xbf" + made.getvalue().encode()


def plain_cell(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, also by a wide sign, or one behind blanks and ends of lines."""
    begins = unicodedata.normalize("NFKC", cell).lstrip()[:1]
    return f"'{cell}" if begins in ("=", "+", "-", "@") or cell[:1] in ("\t", "\r", "\n") else cell
