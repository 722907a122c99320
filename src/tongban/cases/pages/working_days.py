"""The city's working days 工作日日历 for everybody, what a limit comes to, and the notice that the office loads."""

from __future__ import annotations

import calendar as months_of
import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any, Literal

import msgspec
from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban import regions
from tongban.cases import actions
from tongban.cases.model.holiday_notices import NoticeDoubtful, NoticeWrong
from tongban.cases.pages.dates import WEEKDAYS
from tongban.kit import clock
from tongban.kit.clock import Calendar, CalendarDay, DayAmended, DayMark, Limit
from tongban.kit.db import Database
from tongban.kit.errors import Refused, Words
from tongban.kit.i18n import N_, Text
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, redirect

#: The longest limit that is reckoned here, in days or months.
LONGEST = 400
UNITS: dict[clock.Unit, Words] = {"working": N_("个工作日"), "calendar": N_("日"), "months": N_("个月")}

MONTHS = (
    *(N_("1 月"), N_("2 月"), N_("3 月"), N_("4 月"), N_("5 月"), N_("6 月")),
    *(N_("7 月"), N_("8 月"), N_("9 月"), N_("10 月"), N_("11 月"), N_("12 月")),
)


@get("/working-days", who="cases.working_days")
async def working_days(
    db: Database,
    now: datetime,
    request: Request[Any, Any, Any],
    year: str | None = None,
) -> Response[str]:
    """A year's days, which of them offices work, and by which notice; with ``days``, the end of such a limit too."""
    today = clock.city_day(now)
    calendar = await clock.current_calendar(db)
    shown = _year(year, today)
    asked = dict(request.query_params)
    reckoned, errors = _reckoned(calendar, asked) if "days" in asked else (None, {})
    return page(
        "cases/working_days.html",
        status=422 if errors else 200,
        year=shown,
        before=shown - 1 if shown > clock.FIRST.year else None,
        after=shown + 1 if shown < clock.LAST.year else None,
        provisional=calendar.provisional(shown),
        months=[_month(calendar, shown, month, today) for month in range(1, 13)],
        count=sum(calendar.is_working(day) for day in _days_of(shown)),
        told=list(_told(calendar, shown)),
        notices=_notices(calendar, shown),
        today=today,
        units=list(UNITS.items()),
        asked=asked,
        reckoned=reckoned,
        errors=errors,
    )


def _year(asked: str | None, today: date) -> int:
    """The year that is shown: one that names none is this one."""
    year = int(asked) if asked and asked.isascii() and asked.isdigit() and len(asked) == 4 else today.year
    return min(max(year, clock.FIRST.year), clock.LAST.year)


def _days_of(year: int) -> Iterable[date]:
    first = date(year, 1, 1).toordinal()
    return map(date.fromordinal, range(first, date(year, 12, 31).toordinal() + 1))


def _month(calendar: Calendar, year: int, month: int, today: date) -> dict[str, Any]:
    weeks = months_of.Calendar().monthdatescalendar(year, month)
    return {
        "name": MONTHS[month - 1],
        "weeks": [
            [_cell(calendar, day, today) if day.month == month else None for day in week] for week in weeks
        ],
    }


def _cell(calendar: Calendar, day: date, today: date) -> dict[str, Any]:
    working = calendar.is_working(day)
    if working == (day.weekday() < 5):
        kind = "counted" if working else "skipped"
    else:
        kind = "worked" if working else "holiday"
    return {"day": day, "kind": kind, "today": day == today, "label": calendar.reason(day)}


def _told(calendar: Calendar, year: int) -> Iterable[dict[str, Any]]:
    """What the year's notice says, a festival at a time: the days off, the weekends that are worked."""
    rows = [row for row in calendar.days if row.day.year == year]
    for name, days in groupby(
        sorted(rows, key=lambda row: (_first(rows, row), row.day)), lambda row: row.name
    ):
        own = list(days)
        yield {
            "name": name,
            "off": _with_weekdays(row for row in own if row.kind == "off"),
            "work": _with_weekdays(row for row in own if row.kind == "work"),
        }


def _first(rows: list[CalendarDay], row: CalendarDay) -> date:
    """The first day off of a row's festival, by which the festivals stand in their order."""
    return min((one.day for one in rows if one.name == row.name and one.kind == "off"), default=row.day)


def _with_weekdays(rows: Iterable[CalendarDay]) -> list[tuple[date, Words]]:
    return [(row.day, WEEKDAYS[row.day.weekday()]) for row in rows]


def _notices(calendar: Calendar, year: int) -> list[str]:
    return sorted({row.notice for row in calendar.days if row.day.year == year and row.mark == "real"})


class Reckoned(msgspec.Struct, frozen=True):
    """A limit that somebody has asked for: its last day and how it was counted."""

    start: date
    end: date
    weekday: Words
    weeks: list[list[dict[str, Any] | None]]
    provisional: bool


def _reckoned(calendar: Calendar, asked: Mapping[str, str]) -> tuple[Reckoned | None, dict[str, Words]]:
    errors: dict[str, Words] = {}
    start = _typed_day(asked)
    if start is None:
        errors["from"] = N_("请填写有效的日期。")
    days, unit = asked.get("days", "").strip(), asked.get("unit", "working")
    if not (days.isascii() and days.isdigit() and len(days) < 4 and int(days) <= LONGEST):
        errors["days"] = N_("请填写 0 到 {most} 的整数。", most=LONGEST)
    if unit not in UNITS:
        errors["unit"] = N_("请选择怎样计算。")
    if errors or start is None:
        return None, errors
    limit = Limit(start, int(days), _unit(unit))
    try:
        marks = limit.marks(calendar)
    except ValueError:
        outside = N_("日期应在 {first} 至 {last} 之间。", first=clock.FIRST, last=clock.LAST)
        return None, {"from": outside}
    end = marks[-1].day
    weeks = [[_counted(mark, start, end) for mark in week] for week in clock.by_week(marks)]
    years = range(start.year, end.year + 1)
    return Reckoned(
        start, end, WEEKDAYS[end.weekday()], weeks, any(calendar.provisional(year) for year in years)
    ), {}


def _unit(typed: str) -> Literal["working", "calendar", "months"]:
    return "working" if typed == "working" else "calendar" if typed == "calendar" else "months"


def _typed_day(asked: Mapping[str, str]) -> date | None:
    try:
        return date(*(int(asked.get(f"from-{part}", "")) for part in ("year", "month", "day")))
    except ValueError:
        return None


def _counted(mark: DayMark | None, start: date, end: date) -> dict[str, Any] | None:
    if mark is None:
        return None
    plain = "counted" if mark.counted else "skipped"
    kind = "due" if mark.day == end else "start" if mark.day == start else plain
    number = f" · {mark.number}" if mark.counted else ""
    return {"day": mark.day, "kind": kind, "label": f"{mark.day:%Y-%m-%d} {mark.reason}{number}"}


@get("/desk/calendar", who="cases.supervision")
async def notices(db: Database, actor: Actor, did: int | None = None) -> Response[str]:
    """The latest amendments of the calendar and how many cases each has moved; the office's form to load a notice."""
    return await _notices_page(db, actor, did=did)


async def _notices_page(
    db: Database,
    actor: Actor,
    *,
    did: int | None = None,
    preview: actions.NoticePreview | None = None,
    refused: Refused | None = None,
    typed: str = "",
) -> Response[str]:
    return page(
        "cases/calendar.html",
        status=refused.status if refused else 200,
        amendments=[
            (one, _called(one.amended.amendment)) for one in await actions.amendments_told(db, actor)
        ],
        loads=actions.loads_notices(actor),
        department=(await regions.department(db, actor.department)).name if actor.department else "",
        did=did,
        preview=preview,
        changes=[_change(one) for one in preview.changed] if preview else [],
        refused=refused,
        faults=_faults(refused),
        typed=typed,
        seen=_seen(typed),
    )


def _faults(refused: Refused | None) -> list[tuple[str, Words]]:
    """What the summary lists: each wrong line of a notice by itself."""
    if isinstance(refused, NoticeWrong):
        return [("days", words) for words in refused.lines]
    return list(refused.fields.items()) if refused else []


def _seen(text: str) -> str:
    """What the tick under the doubts says: that these very lines were looked at, and no others since."""
    return hashlib.sha256("\n".join(text.split()).encode()).hexdigest()[:16]


def _called(one: clock.Amendment) -> Words:
    """An amendment in words: by its notice; by its years where it is of several, as the city's files at first are."""
    first, last = one.first_day.year, one.last_day.year
    if first == last:
        return Text(one.notice, one.notice)
    return N_("{first} 至 {last} 年的放假安排（{n} 年）", first=first, last=last, n=last - first + 1)


def _change(one: DayAmended) -> dict[str, Any]:
    return {"day": one.day, "before": _said(one.day, one.before), "after": _said(one.day, one.after)}


def _said(day: date, row: CalendarDay | None) -> dict[str, Any]:
    """What a day is, and by what: the notice that names it, or how such a day is without one."""
    if row is not None:
        return {"works": row.kind == "work", "why": row.name, "notice": row.notice}
    works, why = clock.usual(day)
    return {"works": works, "why": why, "notice": ""}


@post("/desk/calendar", who="cases.supervision")
async def load(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any]
) -> Response[Any] | Redirect:
    """A notice's lines: looked at first, loaded when the button under the preview was pressed.

    What can hardly be a notice is loaded only when the tick below its doubts was set for these very lines.
    """
    posted = await form_of(request)
    text = posted.get("days", "")
    try:
        if posted.get("_go") != "load":
            preview = await actions.preview_notice(db, actor, text=text, now=now)
            return await _notices_page(db, actor, preview=preview, typed=text)
        sure = posted.get("sure") == _seen(text)
        changed = await actions.load_notice(db, actor, text=text, now=now, sure=sure)
    except NoticeDoubtful as refused:
        preview = await actions.preview_notice(db, actor, text=text, now=now)
        return await _notices_page(db, actor, preview=preview, refused=refused, typed=text)
    except Refused as refused:
        return await _notices_page(db, actor, refused=refused, typed=text)
    return redirect(f"/desk/calendar?did={changed}")


routes = [working_days, notices, load]
