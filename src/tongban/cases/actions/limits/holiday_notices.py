"""The year's holiday notice 放假安排, loaded by the supervising office: what counts as a working day for every case."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tongban import audit
from tongban.cases import store
from tongban.cases.actions.limits.supervising import supervises
from tongban.cases.actions.reviewing.templating import HOUSE
from tongban.cases.model import POLICY
from tongban.cases.model.holiday_notices import (
    NoticeDoubtful,
    NoticeMissing,
    NoticeWrong,
    NotTheCalendarsOffice,
    doubts,
)
from tongban.kit import clock
from tongban.kit.clock import CalendarDay, CalendarWrong, DayAmended
from tongban.kit.db import Database, write
from tongban.kit.i18n import Message
from tongban.kit.policy import SYSTEM, Actor, Relation

#: A year's notice has some forty days; all years since 2004 at once may be put right.
MOST_DAYS = 1000


class NoticePreview(msgspec.Struct, frozen=True):
    """What a notice would do 预览: the years that it is for, each day that becomes another, and what is to be looked
    at twice before it is loaded."""

    years: tuple[int, ...]
    days: int
    changed: tuple[DayAmended, ...]
    doubts: tuple[Message, ...] = ()


async def preview_notice(db: Database, actor: Actor, *, text: str, now: datetime) -> NoticePreview:
    """What loading these lines would change; nothing is written. One statement.

    ``text`` has the columns of ``city/calendar.csv``. Raises NotTheCalendarsOffice, NoticeMissing, NoticeWrong.
    """
    _require(actor)
    days = _days(text)
    changed, _ = await clock.amending(db, days, now=now)
    years = tuple(sorted({one.day.year for one in days}))
    return NoticePreview(years, len(days), tuple(changed), tuple(doubts(days, changed)) if changed else ())


async def load_notice(db: Database, actor: Actor, *, text: str, now: datetime, sure: bool = False) -> int:
    """Load a year's notice; gives how many days became others. A second time it changes nothing.

    The days of its years are replaced. Open cases whose dates it moves are reckoned anew within minutes
    (``cases.recount``) and their applicants told. One read, one write. Raises as :func:`preview_notice`, and
    NoticeDoubtful where the lines can hardly be a notice, unless somebody has looked and is ``sure``.
    """
    _require(actor)
    days = _days(text)
    changed, parts = await clock.amending(db, days, now=now)
    if parts:
        if not sure and (found := doubts(days, changed)):
            raise NoticeDoubtful(found)
        years = "、".join(str(year) for year in sorted({one.day.year for one in changed}))
        entry = audit.record(
            actor,
            "cases.load_notice",
            subject=HOUSE,
            reference=years,
            now=now,
            detail={"days": len(days), "changed": len(changed)},
        )
        await write(db, *parts, entry)
        clock.forget_calendars()
    return len(changed)


class AmendmentTold(msgspec.Struct, frozen=True):
    """A change of the calendar and what came of it: how many open cases it has moved, whether all were looked at."""

    amended: clock.Amended
    moved: int
    done_at: datetime | None


async def amendments_told(db: Database, actor: Actor) -> list[AmendmentTold]:
    """The latest ten changes of the calendar, the latest first, for every officer. Two statements."""
    POLICY.require(actor, "cases.supervision", Relation.DEPARTMENT)
    latest = await clock.latest_amendments(db, limit=10)
    walks = await store.recounts(db, amendments=[one.amendment.id for one in latest])
    return [AmendmentTold(one, *walks.get(one.amendment.id, (0, None))) for one in latest]


def loads_notices(actor: Actor) -> bool:
    """Whether this is the operator at the machine, or an officer of the office that supervises all departments."""
    return actor == SYSTEM or supervises(actor)


def _require(actor: Actor) -> None:
    if actor == SYSTEM:
        return
    POLICY.require(actor, "cases.supervision", Relation.DEPARTMENT)
    if not supervises(actor):
        raise NotTheCalendarsOffice


def _days(text: str) -> list[CalendarDay]:
    try:
        days = clock.calendar_days(text)
    except CalendarWrong as wrong:
        raise NoticeWrong(wrong) from wrong
    if not days or len(days) > MOST_DAYS:
        raise NoticeMissing(MOST_DAYS)
    return days
