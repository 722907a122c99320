"""The officer's list: open cases by date, a page at a time, each with the limit that runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import msgspec

from tongban import regions
from tongban.cases import actions
from tongban.cases.model import (
    COUNTED,
    DECIDING,
    LAMP_WORDS,
    STATE_WORDS,
    DeskRow,
    Lamp,
    State,
    lamp_of,
)
from tongban.cases.model.assignment import AT_WORK, EVERYTHING, MINE, NOBODYS, Filter
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_, Message, N_counted, Text
from tongban.kit.ids import id_told
from tongban.kit.policy import Actor
from tongban.kit.web.visit import visit

PAGE = 25
#: States in which a case is not at work, as the desk calls them: each has a list of its own, with an index of its own.
WAITING: dict[State, Message] = {State.CORRECTING: N_("待补正"), State.SUSPENDED: N_("暂停中")}


def cursor_of(text: str | None) -> tuple[datetime, UUID] | None:
    """``<ISO instant>~<id>``; anything else starts from the top, also an instant of no city's time."""
    words, _, identifier = (text or "").partition("~")
    instant = clock.instant_told(words)
    found = id_told(identifier)
    return None if instant is None or found is None else (instant, found)


class Place(msgspec.Struct, frozen=True):
    """Where in the list an officer is: which cases it shows, narrowed to what, and behind which one the page begins."""

    show: actions.DeskList | None = None
    after: str | None = None
    narrow: Filter = EVERYTHING

    @classmethod
    def of(cls, show: str | None, after: str | None) -> Place:
        """The place that an address names; what is none is the beginning of the whole list.

        What the list is narrowed to stands in the visit's own address, so that no route need name it.
        """
        return cls.asked_for(dict(parse_qsl(visit().query)) | {"show": show or ""}, after)

    @classmethod
    def asked_for(cls, asked: Mapping[str, str], after: str | None = None) -> Place:
        """The place that a form or an address asks for: a state in which cases wait is the list of those."""
        state, lists = asked.get("state", ""), get_args(actions.DeskList)
        show = state if state in set(WAITING) else asked.get("show")
        return cls(
            show if show in lists else None,  # type: ignore[arg-type]
            after if cursor_of(after) else None,
            filter_of(asked),
        )

    def query(self, **more: str) -> str:
        """The place as the tail of an address, ``?`` first; empty at the beginning of the whole list."""
        place = {"show": self.show, "after": self.after, **msgspec.to_builtins(self.narrow)}
        asked = {**more, **{name: value for name, value in place.items() if value}}
        return f"?{urlencode(asked)}" if asked else ""


def filter_of(asked: Mapping[str, str]) -> Filter:
    """What an address or a form narrows a list to; what names nothing narrows nothing."""
    who, state = asked.get("who", ""), asked.get("state", "")
    return Filter(
        item=asked.get("item") or None,
        district=asked.get("district") or None,
        state=State(state) if state in set(AT_WORK) else None,
        who=who if who in (MINE, NOBODYS) else id_told(who),
    )


async def queue_of(
    db: Database, actor: Actor, *, place: Place, now: datetime, current: UUID | None
) -> dict[str, Any]:
    """The list at a place: its rows, the lamps with their counts, the way to the next page and to the first.

    Two statements: the rows, and the counts.
    """
    rows = await actions.desk(
        db,
        actor,
        after=cursor_of(place.after),
        limit=PAGE + 1,
        show=place.show,
        narrow=place.narrow,
        now=now,
    )
    counts = await actions.lamp_counts(db, actor, narrow=place.narrow, now=now)
    more = rows[PAGE - 1] if len(rows) > PAGE else None
    tail = place.query()
    behind = more and f"{more.due.isoformat().replace('+00:00', 'Z')}~{more.id}"
    return {
        "queue": [await line_of(db, row, tail=tail, now=now, current=current) for row in rows[:PAGE]],
        "waiting": None if place.show else _counted(sum(counts[name] for name in _OPEN), COUNTED),
        "tiles": _tiles(counts, place),
        "next_href": f"/desk{Place(place.show, behind, place.narrow).query()}" if behind else None,
        "first_href": f"/desk{Place(place.show, None, place.narrow).query()}" if place.after else None,
        "whole_href": "/desk" if place.show or place.narrow else None,
        **_lists(place),
        "narrowed": await narrowed_words(db, place.narrow),
        "bulk_href": f"/desk/bulk{tail}",
    }


def _lists(place: Place) -> dict[str, Any]:
    """The whole department's cases and one's own as tabs, and the ways to the filter and to the absences."""
    narrow = place.narrow
    whose = [(None, N_("全部")), (MINE, N_("我承办"))]
    hrefs = {
        who: f"/desk{Place(place.show, None, msgspec.structs.replace(narrow, who=who)).query()}"
        for who, _ in whose
    }
    return {
        "lists": [
            *({"href": hrefs[who], "text": words} for who, words in whose),
            {"href": "/desk/opinions", "text": N_("会签")},
            {"href": "/desk/hearings", "text": N_("听证")},
            {"href": "/desk/commitments", "text": N_("承诺核查")},
            {"href": "/desk/requests", "text": N_("信息请求")},
            {"href": "/desk/hall", "text": N_("大厅")},
            {"href": f"/desk/filter{Place(place.show, None, narrow).query()}", "text": N_("筛选")},
        ],
        "list_here": next((href for who, href in hrefs.items() if who == narrow.who), ""),
    }


async def narrowed_words(db: Database, narrow: Filter) -> list[Message | Text | str]:
    """What a list is narrowed to, in words; whose cases where that is neither one's own nor nobody's, the list says."""
    words: list[Message | Text | str] = []
    if narrow.item:
        words.append(await item_name(db, narrow.item))
    if narrow.district:
        found = await regions.districts(db)
        words.append(next((one.name for one in found if one.code == narrow.district), narrow.district))
    if narrow.state:
        words.append(STATE_WORDS[narrow.state])
    if narrow.who == NOBODYS:
        words.append(N_("无人承办"))
    elif narrow.who not in (None, MINE):
        words.append(N_("指定的承办人"))
    return words


async def item_name(db: Database, item: str) -> Text | str:
    """An item's name; its code as it stands where there is none."""
    try:
        return (await actions.item_words(db, item))[0]
    except Refused:
        return item


async def line_of(
    db: Database, row: DeskRow, *, tail: str, now: datetime, current: UUID | None
) -> dict[str, Any]:
    """One line of the list: what it is, whose, and how its limit stands. ``tail`` is the place in its address."""
    name, _ = await actions.item_words(db, row.item)
    booked = row.booked and row.state is State.SUBMITTED
    waits = booked or row.state in (State.CORRECTING, State.SUSPENDED)
    lamp = lamp_of(due=row.due, warn_at=row.warn_at, statutory_due=row.statutory_due, now=now)
    left = await actions.days_left(db, row.due, now=now)
    state = N_("等待到场") if booked else STATE_WORDS[row.state]
    return {
        "href": f"/desk/{row.applicant}/{row.id}{tail}",
        "colour": "none" if waits else colour_of(lamp),
        "lamp_text": state if waits else LAMP_WORDS[lamp],
        "title": name,
        "who": row.applicant_masked,
        "agent": row.filed_by.words if row.filed_by else None,
        "hand": row.assignee_name,
        "left": state if waits else _left(left, accepted=row.state in DECIDING),
        "limits": _limits(row),
        "number": row.short_code,
        "current": row.id == current,
        "state": state,
        "chip": N_("还欠 {n} 份", n=row.to_follow) if row.to_follow else None,
    }


_OPEN = ("red", "amber", "green")


def _tiles(counts: dict[str, int], place: Place) -> list[dict[str, Any]]:
    """The lamps as links that filter the list; the chosen one leads back to all."""
    words = {
        "red": N_("已超期"),
        "amber": N_("将到期"),
        "green": N_("正常"),
        **{str(state): words for state, words in WAITING.items()},
    }
    return [
        {
            "href": f"/desk{Place(None if name == place.show else name, None, place.narrow).query()}",  # type: ignore[arg-type]
            "count": _counted(counts[name], COUNTED),
            "text": text,
            "colour": name if name in _OPEN else None,
            "current": name == place.show,
        }
        for name, text in words.items()
    ]


def _counted(number: int, most: int) -> str:
    return f"{most}+" if number >= most else str(number)


def colour_of(lamp: Lamp) -> str:
    """How a lamp looks: what is past the law's limit is red too, its words say which."""
    return "red" if lamp is Lamp.DOUBLE else str(lamp)


def _left(days: int, *, accepted: bool) -> Message:
    """How long, and until what: two rows with two days left may wait for two different things."""
    return N_("办结：{left}", left=_days(days)) if accepted else N_("受理：{left}", left=_days(days))


def _limits(row: DeskRow) -> Message:
    """The days on which a line's limits end: the promised one and the law's side by side while a result is awaited."""
    due, law = clock.city_day(row.due), row.statutory_due and clock.city_day(row.statutory_due)
    if row.state is State.SUSPENDED:
        return (
            N_("估计 {due} · 法定 {law}", due=f"{due}", law=f"{law}")
            if law
            else N_("估计 {due}", due=f"{due}")
        )
    if row.state in DECIDING and law:
        return N_("承诺 {due} · 法定 {law}", due=f"{due}", law=f"{law}")
    return N_("最晚 {due}", due=f"{due}")


def _days(days: int) -> Message:
    if days < 0:
        return N_counted("超 {n} 个工作日", -days)
    return N_counted("剩 {n} 个工作日", days) if days else N_("今天到期")
