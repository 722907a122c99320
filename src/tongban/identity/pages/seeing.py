"""The fields by which an officer enters whom and what she saw; the same on every page of the window."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tongban.identity.model.seen import Seen
from tongban.identity.pages.enrolling import paper_choices
from tongban.kit import papers


def seen_of(form: Mapping[str, str]) -> Seen:
    """What was entered."""
    return Seen(
        form.get("paper_kind", papers.CITIZEN),
        form.get("number", ""),
        form.get("name", ""),
        day_of(form, "ends"),
        form.get("country", ""),
        form.get("same_face") == "yes",
        form.get("genuine") == "yes",
        form.get("for_good") == "yes",
    )


def seen_again(typed: Mapping[str, str]) -> dict[str, Any]:
    """What ``identity/_seen.html`` shows the fields with."""
    return {
        "typed": typed,
        "ends": parts_of(typed, "ends"),
        **paper_choices(),
    }


def parts_of(typed: Mapping[str, str], name: str) -> dict[str, str]:
    """Year, month and day of a date as typed."""
    return {part: typed.get(f"{name}-{part}", "") for part in ("year", "month", "day")}


def day_of(form: Mapping[str, str], name: str) -> date | None:
    """A day as typed; None where it is none."""
    try:
        return date(*(int(one) for one in parts_of(form, name).values()))
    except (ValueError, OverflowError):
        return None
