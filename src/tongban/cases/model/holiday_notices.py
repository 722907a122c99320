"""The year's holiday notice 放假安排: what a notice would hardly say, and its refusals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce

from tongban.kit import clock
from tongban.kit.clock import CalendarDay, CalendarWrong, DayAmended
from tongban.kit.errors import Conflict, Invalid, Words
from tongban.kit.i18n import N_, Message, Text

#: A notice names some thirty days off; twice as many are a slip.
MOST_OFF = 60
#: So many wrong lines or days are named one by one, the others counted.
NAMED = 20
#: The festivals of 全国年节及纪念日放假办法 art. 2, by a word of their name as the notices write it.
FESTIVALS = (
    Text("元旦", "New Year's Day"),
    Text("春节", "Spring Festival"),
    Text("清明", "Qingming Festival"),
    Text("劳动", "Labour Day"),
    Text("端午", "Dragon Boat Festival"),
    Text("中秋", "Mid-Autumn Festival"),
    Text("国庆", "National Day"),
)


class NotTheCalendarsOffice(Conflict):
    """An officer of a department would load a notice: the calendar is one for the whole city."""

    def __init__(self) -> None:
        super().__init__(
            "calendar-not-yours",
            N_("放假安排全市共用一份，由督办机构录入。发现日期不对，请告诉督办机构。"),
        )


class NoticeMissing(Invalid):
    """No day was handed in, or more than a notice can have."""

    def __init__(self, most: int) -> None:
        words = N_(
            "没有读到放假安排。第一行是列名 {columns}，以下每天一行，最多 {most} 天。",
            columns=",".join(clock.COLUMNS),
            most=most,
        )
        super().__init__("calendar-empty", words, fields={"days": words})


class NoticeWrong(Invalid):
    """Lines are no days of a notice; the refusal names each of the first twenty, and counts the others."""

    def __init__(self, wrong: CalendarWrong) -> None:
        self.lines = [one.words for one in wrong.lines[:NAMED]]
        if len(wrong.lines) > NAMED:
            self.lines.append(N_("还有 {n} 行不对。", n=len(wrong.lines) - NAMED))
        words = reduce(lambda one, other: N_("{one} {other}", one=one, other=other), self.lines)
        super().__init__("calendar-line-wrong", words, fields={"days": words})


class NoticeDoubtful(Invalid):
    """The lines can hardly be a year's notice, and nobody has said that they are all the same."""

    def __init__(self, doubts: Sequence[Message]) -> None:
        self.doubts = tuple(doubts)
        words = reduce(lambda one, other: N_("{one} {other}", one=one, other=other), self.doubts)
        super().__init__(
            "calendar-doubtful", words, fields={"sure": N_("请逐条核对提示，确认无误的勾选后再录入。")}
        )


def doubts(days: Sequence[CalendarDay], changed: Iterable[DayAmended]) -> list[Message]:
    """What no notice would say, a sentence each: a year without one of its festivals (全国年节及纪念日放假办法), days
    that are as they are told anyhow, published days that are lost, more than sixty days off. None for a usual one."""
    lost = [
        one for one in changed if one.after is None and one.before and one.before.mark != clock.MARK_DERIVED
    ]
    told: list[Message] = []
    for year in sorted({one.day.year for one in days}):
        own = [one for one in days if one.day.year == year]
        off = [one for one in own if one.kind == "off"]
        told += [
            N_("{year} 年没有“{festival}”的放假日。", year=year, festival=festival)
            for festival in FESTIVALS
            if not _observed(festival, off, year, noticed=any(one.mark != clock.MARK_DERIVED for one in own))
        ]
        if gone := [one.day for one in lost if one.day.year == year]:
            told.append(
                N_("{year} 年已有的安排会少 {n} 天：{days}。", year=year, n=len(gone), days=_listed(gone))
            )
        if len(off) > MOST_OFF:
            told.append(N_("{year} 年放假 {n} 天，超过 {most} 天。", year=year, n=len(off), most=MOST_OFF))
    if worked := [one.day for one in days if one.kind == "work" and one.day.weekday() < 5]:
        told.append(N_("调休上班（work）写在了星期一至星期五：{days}。", days=_listed(worked)))
    if idle := [one.day for one in days if one.kind == "off" and one.day.weekday() >= 5]:
        told.append(N_("放假（off）写在了周末，周末不写也休息：{days}。", days=_listed(idle)))
    return told


def _observed(festival: Text, off: Iterable[CalendarDay], year: int, *, noticed: bool) -> bool:
    """Whether a day off bears the festival's name or is its fixed day. On a weekend that needs no line, nor where the
    year's notice is not out and the calendar has the fixed days by itself."""
    fixed = [
        date(year, *day) for day, name in clock.FIXED_HOLIDAYS.items() if name.zh.startswith(festival.zh)
    ]
    return any(festival.zh in one.name.zh or one.day in fixed for one in off) or (
        bool(fixed) and (not noticed or all(day.weekday() >= 5 for day in fixed))
    )


def _listed(days: Sequence[date]) -> Words:
    shown = " ".join(str(day) for day in days[:NAMED])
    return Text(shown, shown) if len(days) <= NAMED else N_("{days} 等 {n} 天", days=shown, n=len(days))
