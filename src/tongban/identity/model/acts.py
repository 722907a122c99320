"""What was done by powers 代办记录, as both sides read it: lines, the kinds of act, what narrows them. Pure rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from tongban.audit import DoneAsked
from tongban.kit import clock
from tongban.kit.clock import Instant
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Text

#: Lines of a page, and of a file: more are asked for by days.
PAGE, EXPORTED = 30, 10_000


class ActKind(msgspec.Struct, frozen=True):
    """A kind of act 操作类别: its words, and the ledger's actions that are of it (patterns of LIKE); none: readings."""

    words: Text
    actions: tuple[str, ...]


class ActLine(msgspec.Struct, frozen=True):
    """One line: what was done or read, when (UTC), about which item and affair (a case's id mostly), by whom and by
    which power. Names and words only: no number of anybody's paper or phone is in it."""

    id: UUID
    at: Instant
    kind: Literal["act", "read"]
    action: str
    words: Text
    item: str | None
    item_name: Text | None
    reference: str
    agent: str
    power: UUID


def narrowed(
    *,
    kind: ActKind | None,
    item: str,
    case: UUID | None,
    since: date | None,
    until: date | None,
) -> DoneAsked:
    """What is asked of the ledger; ``until`` is the last day, in the city's zone."""
    reads = kind is not None and not kind.actions
    return DoneAsked(
        reference="" if case is None else str(case),
        kind="" if kind is None else "read" if reads else "act",
        actions=kind.actions if kind is not None and not reads else None,
        item=item,
        since=None if since is None else clock.instant_of(since, time(0)),
        until=None if until is None else clock.instant_of(until + timedelta(days=1), time(0)),
    )


def days_fault(since: date | None, until: date | None) -> Words | None:
    """What is wrong with two days."""
    if since is not None and until is not None and until < since:
        return N_("截止日期早于起始日期，请改正。")
    return None


def chosen(typed: Mapping[str, str], name: str, among: Collection[str]) -> str:
    """What was chosen of a list; nothing where it is not on it."""
    value = typed.get(name, "")
    return value if value in among else ""


def at_home(at: datetime) -> str:
    """The city's clock, for a file."""
    return at.astimezone(clock.city_zone()).isoformat(timespec="seconds")
