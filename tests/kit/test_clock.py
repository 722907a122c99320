"""The working-day calendar: against the State Council's days, and against a naive count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kit.clock import (
    Calendar,
    CalendarDay,
    Limit,
    by_week,
    calendar_file,
    city_day,
    end_of_day,
    instant_told,
)
from tongban.kit.i18n import Text

CITY = Path(__file__).resolve().parents[2] / "city" / "calendar.csv"
CALENDAR = Calendar(calendar_file(CITY))

days = st.dates(date(2018, 1, 1), date(2026, 9, 30))
counts = st.integers(0, 45)


def naive_add(start: date, count: int) -> date:
    """Step day by day and ask chinesecalendar: shares nothing with the arrays under test."""
    day = start
    if count == 0:
        while not chinese_calendar.is_workday(day):
            day += timedelta(days=1)
        return day
    while count:
        day += timedelta(days=1)
        count -= chinese_calendar.is_workday(day)
    return day


def test_every_day_of_the_published_years_agrees_with_chinesecalendar() -> None:
    day = date(2018, 1, 1)
    while day <= date(2026, 12, 31):
        assert CALENDAR.is_working(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


@given(days, counts)
def test_adding_agrees_with_a_day_by_day_count(start: date, count: int) -> None:
    assert CALENDAR.add_working_days(start, count) == naive_add(start, count)


@given(days, st.integers(1, 45))
def test_counting_undoes_adding(start: date, count: int) -> None:
    end = CALENDAR.add_working_days(start, count)
    assert CALENDAR.working_days_between(start, end) == count
    assert CALENDAR.working_days_between(end, start) == -count
    assert CALENDAR.is_working(end)


@given(days, counts)
def test_what_may_be_done_until_so_many_days_are_left_ends_with_the_last_of_them(
    end: date, count: int
) -> None:
    """Counted day by day backwards; a weekend or a holiday has as many left as the working day before it."""
    day, left = end, 0
    while left < count:  # of ``day``: the working days after it, up to the end
        left += chinese_calendar.is_workday(day)
        day -= timedelta(days=1)
    assert CALENDAR.last_day_with(count, end) == day
    first = CALENDAR.subtract_working_days(end, count)
    assert CALENDAR.working_days_between(first, end) == count
    assert CALENDAR.working_days_between(first - timedelta(days=1), end) == count + 1
    assert first <= day or not count


@given(days, counts)
def test_explaining_counts_each_day_once_and_ends_on_the_limit(start: date, count: int) -> None:
    marks = Limit(start, count).marks(CALENDAR)
    assert marks[0].day == start and not marks[0].counted
    assert marks[-1].day == CALENDAR.add_working_days(start, count)
    assert [mark.day for mark in marks] == [start + timedelta(days=step) for step in range(len(marks))]
    if count:
        assert [mark.number for mark in marks if mark.counted] == list(range(1, count + 1))
    rows = by_week(marks)
    assert all(len(row) == 7 for row in rows)
    assert [mark for row in rows for mark in row if mark] == marks
    assert all(mark.day.weekday() == place for row in rows for place, mark in enumerate(row) if mark)


@given(st.lists(st.tuples(st.dates(date(2030, 1, 1), date(2030, 12, 31)), st.sampled_from(["work", "off"]))))
def test_any_notice_can_be_loaded(rows: list[tuple[date, str]]) -> None:
    loaded = dict(rows)
    calendar = Calendar(
        CalendarDay(day, kind, Text("x", "x"), "n", "synthetic") for day, kind in loaded.items()
    )
    for day, kind in loaded.items():
        assert calendar.is_working(day) == (kind == "work")
    assert calendar.provisional(2030) == (not loaded)


def test_make_up_weekends_of_2026_are_worked() -> None:
    for month, day in ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)):
        assert date(2026, month, day).weekday() >= 5
        assert CALENDAR.is_working(date(2026, month, day))


def test_a_limit_over_the_national_day_of_2026() -> None:
    # 1 to 7 October off, Saturday the 10th worked: 30 Sep + 5 = 8, 9, 10, 12, 13 October.
    assert CALENDAR.add_working_days(date(2026, 9, 30), 5) == date(2026, 10, 13)
    reasons = {mark.day.day: mark.reason.zh for mark in Limit(date(2026, 9, 30), 5).marks(CALENDAR)}
    assert reasons[1] == "国庆节"
    assert reasons[10] == "国庆节调休上班"
    assert reasons[11] == "周末"


def test_a_year_without_notice_is_provisional_and_keeps_the_days_that_the_law_fixes() -> None:
    assert CALENDAR.provisional(2027) and not CALENDAR.provisional(2026)
    assert not CALENDAR.is_working(date(2027, 1, 1))
    assert not CALENDAR.is_working(date(2027, 6, 9)), "the Dragon Boat Festival is a row of its own"
    assert CALENDAR.is_working(date(2027, 10, 4))
    assert not CALENDAR.is_working(date(2028, 5, 2))
    assert Limit(date(2027, 9, 30), 1).marks(CALENDAR)[1].reason.en == "National Day"


def test_a_published_year_is_ruled_by_its_notice_alone() -> None:
    calendar = Calendar(
        [CalendarDay(date(2031, 10, 6), "off", Text("国庆节", "National Day"), "n", "synthetic")]
    )
    assert calendar.is_working(date(2031, 10, 1)), "the notice does not name it"


@pytest.mark.parametrize(
    ("instant", "received"),
    [
        ("2026-11-24T09:30:00+00:00", "2026-11-24"),  # Tuesday 17:30 sharp in the city
        ("2026-11-24T09:30:01+00:00", "2026-11-25"),  # a second after closing
        ("2026-11-23T16:30:00+00:00", "2026-11-24"),  # 00:30 of the 24th in the city
        ("2026-11-27T10:00:00+00:00", "2026-11-30"),  # Friday evening
        ("2026-11-28T02:00:00+00:00", "2026-11-30"),  # Saturday
        ("2026-10-10T02:00:00+00:00", "2026-10-10"),  # a Saturday that is worked
        ("2026-10-03T02:00:00+00:00", "2026-10-08"),  # in the holidays
    ],
)
def test_received_day(instant: str, received: str) -> None:
    assert CALENDAR.received_day(datetime.fromisoformat(instant)) == date.fromisoformat(received)


def test_a_limit_ends_with_its_day_in_the_city() -> None:
    end = end_of_day(date(2026, 11, 24))
    assert end == datetime(2026, 11, 24, 15, 59, 59, 999999, tzinfo=UTC)
    assert city_day(end) == date(2026, 11, 24)
    assert city_day(end + timedelta(microseconds=1)) == date(2026, 11, 25)


def test_what_lies_outside_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        CALENDAR.is_working(date(1980, 1, 1))
    with pytest.raises(ValueError, match="leave the calendar"):
        CALENDAR.add_working_days(date(2099, 12, 1), 400)
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working_days(date(2026, 1, 1), -1)


@pytest.mark.parametrize(
    "text",
    ["", "x", "2026-02-29T00:00Z", "2026-03-01T00:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"],
)
def test_an_instant_of_no_citys_time_is_none(text: str) -> None:
    """The ends of the calendar have a zone and no day in another: a database refuses them."""
    assert instant_told(text) is None
    assert instant_told("2026-03-01T08:00:00+08:00") == instant_told("2026-03-01T00:00Z")
