"""The officer's list: open cases by date, a page at a time, each with the limit that runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from tongban.cases import actions
from tongban.cases.model import STATE_WORDS, DeskRow, State
from tongban.cases.pages.dates import days_of, lamp
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message

PAGE = 25


def cursor_of(text: str | None) -> tuple[datetime, UUID] | None:
    """``<ISO instant>~<id>``; anything else starts from the top, also an instant of no city's time."""
    try:
        words, _, identifier = (text or "").partition("~")
        instant, place = datetime.fromisoformat(words), UUID(identifier)
    except ValueError:
        return None
    return (instant, place) if instant.tzinfo is not None and 1970 < instant.year < 9000 else None


async def queue_of(
    db: Database, rows: list[DeskRow], *, now: datetime, current: UUID | None, after: str | None
) -> dict[str, Any]:
    """The list of a page at ``after``: its rows, how many in words, the way to the next page and to the first."""
    shown = []
    place = f"?after={quote(after, safe='')}" if after and cursor_of(after) else ""
    for row in rows[:PAGE]:
        left = await actions.days_left(db, row.due, now=now)
        name, limits = await actions.item_words(db, row.item)
        accepted = row.state is not State.SUBMITTED
        colour = lamp(left, days_of(limits, accepted=accepted))
        shown.append(
            {
                "href": f"/desk/{row.applicant}/{row.id}{place}",
                "colour": colour,
                "lamp_text": _LAMPS[colour],
                "title": name,
                "who": row.applicant_masked,
                "left": _left(left, accepted=accepted),
                "number": row.short_code,
                "current": row.id == current,
                "state": STATE_WORDS[row.state],
            }
        )
    return {
        "queue": shown,
        "waiting": f"{PAGE}+" if len(rows) > PAGE else None if place else str(len(rows)),
        "next_href": next_page("/desk", rows),
        "first_href": "/desk" if place else None,
    }


_LAMPS = {"green": N_("正常"), "amber": N_("临近时限"), "red": N_("已超期")}


def _left(days: int, *, accepted: bool) -> Message:
    """How long, and until what: two rows with two days left may wait for two different things."""
    return N_("办结：{left}", left=_days(days)) if accepted else N_("受理：{left}", left=_days(days))


def _days(days: int) -> Message:
    if abs(days) == 1:
        return N_("剩 1 个工作日") if days == 1 else N_("超 1 个工作日")
    if days < 0:
        return N_("超 {days} 个工作日", days=-days)
    return N_("剩 {days} 个工作日", days=days) if days else N_("今天到期")


def next_page(path: str, rows: list[DeskRow]) -> str | None:
    """Where the rows after these are; None when there are none."""
    if len(rows) <= PAGE:
        return None
    last = rows[PAGE - 1]
    return f"{path}?after={last.due.isoformat().replace('+00:00', 'Z')}~{last.id}"
