"""Life after the decision 许可后续办理: what may be asked for a licence that one holds, when, and for how long.

An item that gives a licence names it in its file (``afterwards``); each becomes an item of its own, as the
implementation list has it (业务办理项), with the held licence in its form. Law: 行政许可法 art. 49 (change), 50
(renewal), 70 (cancellation); where a special rule gives other figures they are the item's data.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

import msgspec

from tongban.kit.clock import Calendar
from tongban.kit.i18n import Text

#: The resource from which a form is filled with what the held licence says; no register, so no purpose covers it.
HELD = "held"
#: The question of a change that asks what is to be different: its answer is the names of those questions.
CHANGES = "changes"
#: What stands before a question's name where it asks for the value that is to be.
NEW = "new_"


class Act(StrEnum):
    """What may be asked for a held licence: 延续, 变更, 补发, 注销."""

    RENEW = "renew"
    CHANGE = "change"
    REISSUE = "reissue"
    CANCEL = "cancel"


class Window(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a renewal 延续 may be applied for: from ``opens`` to ``closes`` days before the last day of validity.

    ``unit``: in licensing days are working days (行政许可法 art. 82). ``late`` lets an application come after
    ``closes`` until the last day; it keeps nothing valid, and no silence grants it. ``counted``: the new term runs from
    the old ``end``, or from the ``decision``.
    """

    opens: int = 90
    closes: int = 30
    unit: Literal["working", "calendar"] = "working"
    late: bool = False
    counted: Literal["end", "decision"] = "end"

    def opens_on(self, until: date, calendar: Calendar) -> date:
        """The first day for the licence whose last is ``until``."""
        if self.unit == "calendar":
            return until - timedelta(days=self.opens)
        return calendar.subtract_working_days(until, self.opens)

    def closes_on(self, until: date, calendar: Calendar) -> date:
        """The last day on which an application is in time (行政许可法 art. 50(1)): so many days are left still.

        It may be a day off: what is sent then was applied for on that day.
        """
        if self.unit == "calendar":
            return until - timedelta(days=self.closes)
        return calendar.last_day_with(self.closes, until)


class After(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which licence an item is 所持证照: what it does to it, and the item ``base`` that gives it.

    ``licence_type`` is the type's code. ``window`` belongs to renewals. ``fields`` are the questions of the base
    item's form that may have another answer; the form asks the new one under the name with ``new_``.
    """

    act: Act
    licence_type: str
    base: str
    base_name: Text
    window: Window | None = None
    fields: tuple[str, ...] = ()
