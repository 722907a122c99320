"""Days that one books to come in person: only those on which the office works (``x-ui.working``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tongban.kit.clock import FIRST, LAST, Calendar
from tongban.kit.errors import Words
from tongban.kit.forms import Form
from tongban.kit.i18n import N_


def days_off(form: Form, answers: Mapping[str, Any], calendar: Calendar) -> dict[str, Words]:
    """The sentence for each day booked on which nobody works by the city's calendar, with the next on which one does.

    By name of the question; what is not asked or is no day in the calendar is :func:`forms.check`'s to tell.
    """
    return {
        name: N_(
            "{label}（{day}）是休息日，不办理。请另选一天，之后最近的工作日是 {next}。",
            label=form.by_name[name].label,
            day=day.isoformat(),
            next=calendar.next_working_day(day).isoformat(),
        )
        for name, day in _booked(form, answers)
        if FIRST <= day <= LAST and not calendar.is_working(day)
    }


def _booked(form: Form, answers: Mapping[str, Any]) -> Iterator[tuple[str, date]]:
    for field in form.asked(answers):
        if field.ui.working and isinstance(answers.get(field.name), str):
            try:
                yield field.name, date.fromisoformat(answers[field.name])
            except ValueError:
                continue
