"""The calendar's table: the city's file goes in, comes out the same, and reaches every process in a minute."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tongban.kit import clock
from tongban.kit.clock import Calendar, CalendarDay, CalendarWrong, calendar_file
from tongban.kit.clock import store as clock_store
from tongban.kit.db import Database
from tongban.kit.i18n import Text

CITY = Path(__file__).resolve().parents[2] / "city"


async def test_the_citys_file_comes_back_from_the_table(db: Database) -> None:
    rows = calendar_file(CITY / "calendar.csv")
    assert await clock.load_city(db, CITY, now=clock.now()) == len(rows)
    assert await clock.load_city(db, CITY, now=clock.now()) == 0, "loading again changes nothing"
    before = db.count
    loaded = await clock.load_calendar(db)
    assert db.count == before + 1
    assert loaded.days == Calendar(rows).days
    assert loaded.add_working_days(date(2026, 9, 30), 5) == date(2026, 10, 13)


async def test_without_rows_a_year_is_provisional(db: Database) -> None:
    calendar = await clock.current_calendar(db)
    assert calendar.provisional(2026)
    assert not calendar.is_working(date(2026, 10, 1))


async def test_the_copy_is_read_once_and_is_not_one_of_the_pages_statements(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = db.count
    first = await clock.current_calendar(db)
    assert await clock.current_calendar(db) is first
    assert await clock.current_calendar(db.sibling()) is first, "one copy for all handles of a pool"
    assert db.count == before
    monkeypatch.setattr(clock_store, "FRESH_SECONDS", 0.0)
    assert await clock.current_calendar(db) is not first


async def test_an_amended_day_is_seen_at_once_where_it_was_loaded(db: Database) -> None:
    saturday = date(2031, 3, 1)
    assert not (await clock.current_calendar(db)).is_working(saturday)
    day = CalendarDay(saturday, "work", Text("补班", "Make-up"), "notice", "synthetic")
    assert await clock.import_calendar(db, [day, day], now=clock.now()) == 1
    assert (await clock.current_calendar(db)).is_working(saturday)
    off = CalendarDay(saturday, "off", Text("取消补班", "Cancelled"), "notice 2", "synthetic")
    await clock.import_calendar(db, [off], now=clock.now())
    assert not (await clock.current_calendar(db)).is_working(saturday)


@pytest.mark.parametrize(
    "row",
    [
        "2026-02-30,off,a,a,n,real",
        "2026-02-03,holiday,a,a,n,real",
        "2026-02-03,off",
        "2026-02-03,off,a,a,n,perhaps",
        "1926-02-03,off,a,a,n,real",
        "2026-02-03,off,a,a,n,real\n2026-02-03,work,a,a,n,real",
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: str) -> None:
    path = tmp_path / "calendar.csv"
    path.write_text(f"day,kind,name_zh,name_en,notice,mark\n{row}\n", encoding="utf-8")
    with pytest.raises(CalendarWrong, match=row[:10]):
        calendar_file(path)
