"""Booking: whether the office works on the days that one wants to come."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tongban.cases.model.booked import days_off
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.forms import Form


async def on_days_off(
    db: Database, form: Form, answers: Mapping[str, Any], *, only: Collection[str] | None = None
) -> dict[str, Words]:
    """What is wrong with the days booked, by question, as :func:`days_off`; of those in ``only`` where it is given.

    No statement: the calendar is kept in memory. A form that books no day asks nothing.
    """
    if not any(field.ui.working for field in form.fields):
        return {}
    found = days_off(form, answers, await clock.current_calendar(db))
    return {name: words for name, words in found.items() if only is None or name in only}
