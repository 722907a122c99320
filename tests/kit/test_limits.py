"""Limits over the calendar, 2004 to 2026, against a count that steps day by day and shares nothing with the arrays."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import chinese_calendar
import msgspec
from chinese_calendar import constants
from hypothesis import given
from hypothesis import strategies as st

from tongban.kit.clock import Calendar, CalendarDay, Limit, Pause, Unit, by_week
from tongban.kit.clock.limits import apart
from tongban.kit.i18n import Text

ONE = timedelta(days=1)
FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
CALENDAR = Calendar(
    [
        *(CalendarDay(day, "off", Text(n, n), "x", "real") for day, n in constants.holidays.items()),
        *(CalendarDay(day, "work", Text(n, n), "x", "real") for day, n in constants.workdays.items()),
    ]
)
NAMES = [Text("现场核查", "Site inspection"), Text("听证", "Hearing"), Text("检测", "Test")]

starts = st.dates(FIRST, date(2025, 12, 31))
units = st.sampled_from(["working", "calendar", "months"])
added_units = st.sampled_from(["working", "calendar"])
#: Pauses as days behind the start and lengths; some begin before it, on it, or long after the limit is over.
spans = st.lists(st.tuples(st.integers(-10, 90), st.integers(0, 40)), max_size=4)


def pauses(start: date, found: list[tuple[int, int]]) -> tuple[Pause, ...]:
    return tuple(
        Pause(start + timedelta(days=after), start + timedelta(days=after + long), NAMES[place % 3])
        for place, (after, long) in enumerate(found)
    )


def works(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def walk(day: date, count: int) -> date:
    while count:
        day += ONE
        count -= works(day)
    return day


def on_or_after(day: date) -> date:
    while not works(day):
        day += ONE
    return day


def month_later(day: date, months: int) -> date:
    for _ in range(months):
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return day


def naive(limit: Limit) -> date:
    """The end of a limit, told as the law tells it: walk the days, then let each pause push the end on."""
    bare = Limit(limit.start, limit.days, limit.unit)
    if not limit.added:
        end, more = bare_end(bare), limit.start
    elif limit.unit == limit.added_in:
        end, more = bare_end(msgspec.structs.replace(bare, days=limit.days + limit.added)), limit.start
    else:
        # The law's days first, with what stopped them; then what was added, in its own days, with what stopped that.
        end = more = pushed(bare_end(bare), limit, limit.start, limit.unit, before_the_last=True)
        end = walk(end, limit.added) if limit.added_in == "working" else end + limit.added * ONE
    unit = limit.unit if more == limit.start else limit.added_in
    end = pushed(end, limit, more, unit)
    return end if unit == "working" else on_or_after(end)


def bare_end(limit: Limit) -> date:
    if limit.unit == "working":
        return walk(limit.start, limit.days) if limit.days else on_or_after(limit.start)
    if limit.unit == "calendar":
        return limit.start + limit.days * ONE
    end = month_later(limit.start.replace(day=1), limit.days)
    return end.replace(day=min(limit.start.day, monthrange(end.year, end.month)[1]))


def pushed(end: date, limit: Limit, begins: date, unit: Unit, *, before_the_last: bool = False) -> date:
    """The end of a stretch that begins after a day, put off by the pauses that begin in it."""
    stood_still: set[date] = set()
    for pause in sorted(limit.pauses, key=lambda one: (one.since, one.until)):
        fresh = []
        day = pause.since
        while day < pause.until:
            day += ONE
            if day > begins and day not in stood_still:
                fresh.append(day)
        # A pause moves the end when it begins, or goes on with days of its own, while the limit still runs.
        last = end - ONE if before_the_last else end
        if fresh and fresh[0] - ONE <= last:
            stood_still |= set(fresh)
            if unit == "working":
                end = walk(end, sum(works(one) for one in fresh))
            else:
                end += len(fresh) * ONE
    return end


@given(starts, st.integers(0, 60), units, st.sampled_from([0, 0, 10, 15, 30]), added_units, spans)
def test_the_end_agrees_with_a_day_by_day_count(
    start: date, days: int, unit: Unit, added: int, added_in: Unit, found: list[tuple[int, int]]
) -> None:
    limit = Limit(start, days % 6 if unit == "months" else days, unit, pauses(start, found), added, added_in)
    assert limit.end(CALENDAR) == naive(limit)


@given(starts, st.integers(1, 45), units, st.sampled_from([0, 10, 30]), added_units, spans)
def test_every_day_is_told_once_and_the_counted_ones_are_the_limit(
    start: date, days: int, unit: Unit, added: int, added_in: Unit, found: list[tuple[int, int]]
) -> None:
    limit = Limit(
        start, days % 4 + 1 if unit == "months" else days, unit, pauses(start, found), added, added_in
    )
    marks = limit.marks(CALENDAR)
    assert [mark.day for mark in marks] == [start + place * ONE for place in range(len(marks))]
    assert marks[-1].day == limit.end(CALENDAR)
    numbers = [mark.number for mark in marks if mark.counted]
    assert numbers == list(range(1, len(numbers) + 1))
    if unit != "months":
        assert len(numbers) == days + added, "as many days count as the limit has, whatever stood in between"
    if unit == "working" and added_in == "working":
        assert marks[-1].counted and marks[-1].number == days + added
    if unit != "months" or not added or added_in != "working":
        assert sum(mark.reason in NAMES for mark in marks) == limit.stopped(CALENDAR)
    assert [mark for week in by_week(marks) for mark in week if mark] == marks


@given(starts, st.integers(0, 45), spans, spans)
def test_more_pauses_never_bring_the_end_nearer(
    start: date, days: int, first: list[tuple[int, int]], more: list[tuple[int, int]]
) -> None:
    some, all_ = (Limit(start, days, pauses=pauses(start, one)) for one in (first, first + more))
    assert some.end(CALENDAR) <= all_.end(CALENDAR)


@given(starts, spans)
def test_pauses_apart_cover_the_same_days_once(start: date, found: list[tuple[int, int]]) -> None:
    def covered(some: tuple[Pause, ...]) -> list[date]:
        return [
            one.since + place * ONE for one in some for place in range(1, (one.until - one.since).days + 1)
        ]

    told = covered(apart(pauses(start, found), start))
    assert len(told) == len(set(told))
    assert set(told) == {day for day in covered(pauses(start, found)) if day > start}


def test_a_site_inspection_over_the_national_day() -> None:
    """Accepted on 21 September 2026, inspected from the 24th to the 30th: three days move, the holidays do not."""
    limit = Limit(date(2026, 9, 21), 10, pauses=(Pause(date(2026, 9, 24), date(2026, 9, 30), NAMES[0]),))
    assert limit.end(CALENDAR) == date(2026, 10, 15)
    assert limit.stopped(CALENDAR) == 3
    told = {mark.day: mark for mark in limit.marks(CALENDAR)}
    assert told[date(2026, 9, 24)].number == 3, "the day of the notice still counts"
    assert told[date(2026, 9, 28)].reason.zh == "现场核查"
    assert told[date(2026, 10, 1)].reason.zh != "现场核查" and not told[date(2026, 10, 1)].counted
    assert told[date(2026, 10, 10)].counted, "a Saturday that is worked"


def test_a_pause_on_the_last_day_gives_that_day_back() -> None:
    last = Limit(date(2026, 11, 2), 5).end(CALENDAR)
    assert last == date(2026, 11, 9)
    stopped = Limit(date(2026, 11, 2), 5, pauses=(Pause(last, date(2026, 11, 11), NAMES[1]),))
    assert stopped.end(CALENDAR) == date(2026, 11, 11)
    late = Limit(date(2026, 11, 2), 5, pauses=(Pause(last + ONE, date(2026, 11, 12), NAMES[1]),))
    assert late.end(CALENDAR) == last, "what begins when it is over moves nothing"


def test_calendar_days_and_months_end_on_a_working_day() -> None:
    assert Limit(date(2026, 9, 3), 30, "calendar").end(CALENDAR) == date(2026, 10, 8)
    marks = Limit(date(2026, 9, 3), 30, "calendar").marks(CALENDAR)
    assert [mark.reason.zh for mark in marks[-5:]] == ["期限最后一日是休息日，顺延"] * 5
    assert Limit(date(2026, 1, 30), 1, "months").end(CALENDAR) == date(2026, 2, 28)


def test_an_extension_counts_in_its_own_unit_after_the_last_day() -> None:
    assert Limit(date(2026, 11, 2), 20, added=10).end(CALENDAR) == Limit(date(2026, 11, 2), 30).end(CALENDAR)
    month = Limit(date(2026, 11, 2), 1, "months", added=10)
    assert month.end(CALENDAR) == CALENDAR.add_working_days(date(2026, 12, 2), 10)
    assert [mark.number for mark in month.marks(CALENDAR) if mark.counted][-1] == 30 + 10
    sixty = Limit(date(2026, 9, 3), 60, "calendar", added=30, added_in="calendar")
    assert sixty.end(CALENDAR) == date(2026, 12, 2), "行政复议法 art. 62: sixty days and thirty more"
    stopped = Pause(date(2026, 12, 2), date(2026, 12, 4), NAMES[1])
    mixed = Limit(date(2026, 11, 2), 1, "months", (stopped,), 10)
    assert mixed.end(CALENDAR) == date(2026, 12, 18), (
        "stopped on the law's last day: in what was added two days move"
    )
    assert mixed.stopped(CALENDAR) == 2
