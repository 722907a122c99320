"""Refusals of the year's holiday notice 放假安排."""

from __future__ import annotations

from tongban.kit import clock
from tongban.kit.clock import CalendarWrong
from tongban.kit.errors import Conflict, Invalid
from tongban.kit.i18n import N_


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
    """A line is no day of a notice; the refusal names it."""

    def __init__(self, wrong: CalendarWrong) -> None:
        words = N_("第 {line} 行（{day}）：{fault}", line=wrong.line, day=wrong.day[:40], fault=wrong.fault)
        super().__init__("calendar-line-wrong", words, fields={"days": words})
