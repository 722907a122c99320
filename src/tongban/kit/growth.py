"""Growing a demo city: many synthetic people and their affairs, day by day over the past year, copied in by the rooms.

A lot is what one day brought. Each room that has rows to add makes them of the same lot (``rooms.GROWN``); the rows of
all rooms and the note that this lot is in are one transaction, so that an interrupted growth goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec

from tongban.kit.clock import Calendar
from tongban.kit.db import Bulk, Database
from tongban.kit.ids import id_at, new_bucket
from tongban.kit.policy import Actor

#: The most people of one lot: what one transaction and one process's memory hold easily.
LARGEST = 2_000
#: How far back the city's affairs go.
PAST = timedelta(days=365)


class Newcomer(msgspec.Struct, frozen=True):
    """A synthetic person 虚构人员 of a grown city: her number holds its check digit, no register knows her."""

    id: UUID
    name: str
    id_number: str
    phone: str
    came_at: datetime


class Lot(msgspec.Struct, frozen=True):
    """The people who came on one day. ``like`` is the case that theirs are made like.

    ``officers`` decide, by department. ``number`` is the lot's own; ``now`` the instant of the whole growth: what would
    lie after it has not happened yet.
    """

    number: int
    day: date
    people: tuple[Newcomer, ...]
    like: UUID
    officers: Mapping[str, Actor]
    now: datetime


class Standing(msgspec.Struct, frozen=True):
    """How far a city has grown: to how many cases it shall, as of when, and which lots are in."""

    cases: int
    as_of: datetime
    lots: frozenset[int]


#: A lot to be made: its number, its working day, how many people it has, the number of the first of them.
Planned = tuple[int, date, int, int]


def lots_of(calendar: Calendar, cases: int, *, until: date) -> list[Planned]:
    """The plan: ``cases`` spread evenly over the working days of the year before ``until``."""
    first = until - PAST
    days = [day for offset in range(PAST.days) if calendar.is_working(day := first + timedelta(days=offset))]
    plan: list[Planned] = []
    begun = 0
    for place, day in enumerate(days):
        end = cases * (place + 1) // len(days)
        while begun < end:
            size = min(LARGEST, end - begun)
            plan.append((len(plan), day, size, begun))
            begun += size
    return plan


_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲红宇欣晨曦雨泽浩然子轩梓涵诗"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_BORN = date(1950, 1, 1)


def newcomer(number: int, came_at: datetime) -> Newcomer:
    """The ``number``-th synthetic person; the same number gives the same person but for her id."""
    name = _SURNAMES[number % 20] + _GIVEN[number // 20 % 40] + _GIVEN[number // 800 % 40]
    return Newcomer(id_at(new_bucket(), came_at), name, _id_number(number), f"191{number:08d}", came_at)


def _id_number(number: int) -> str:
    """GB 11643 in form: an area that registered nobody (999), a day of birth, a serial, the check digit."""
    born = _BORN + timedelta(days=number // 1000 % 20_000)
    body = f"54{number // 20_000_000 % 10}999{born:%Y%m%d}{number % 1000:03d}"
    check = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[check]


async def standing(db: Database) -> Standing | None:
    """How far this city has grown; None when it has not been asked to."""
    rows = await db.rows("SELECT lot, cases, as_of FROM kit.growth ORDER BY lot")
    if not rows:
        return None
    return Standing(rows[0]["cases"], rows[0]["as_of"], frozenset(row["lot"] for row in rows))


def note(lot: int, *, cases: int, as_of: datetime) -> Bulk:
    """The row that says that a lot is in; a second one violates the key and undoes its transaction."""
    return Bulk("kit", "growth", ("lot", "cases", "as_of"), [(lot, cases, as_of.astimezone(UTC))])
