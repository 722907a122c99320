"""Pages of the catalogue: search, and the guide of an item."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import get
from litestar.response import Response

from tongban.catalogue.actions import reading
from tongban.catalogue.model import Card, Clock, Hit, ItemVersion
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message, language
from tongban.kit.web import page

#: Of a longer query only the beginning is taken; the input says so too.
_LONGEST = 60

Chip = tuple[Message, str]


@get("/search", who="catalogue.search")
async def search(db: Database, q: str = "") -> Response[str]:
    """What is found for the words; without words, everything there is."""
    words = q.strip()[:_LONGEST]
    hits = await reading.search(db, words, language()) if words else []
    everything = [] if hits else await reading.in_force(db)
    return page(
        "catalogue/search.html", words=words, hits=[_shown(hit) for hit in hits], everything=everything
    )


@get("/items/{code:str}", who="catalogue.guide")
async def guide(db: Database, now: datetime, code: str) -> Response[str]:
    """The guide 办事指南 of an item, as it is in force."""
    item = await reading.current(db, code)
    end, provisional = await reading.expected_end(db, item, now=now)
    return page("catalogue/guide.html", item=item, chips=_chips_of(item), end=end, provisional=provisional)


def _shown(hit: Hit) -> dict[str, Any]:
    return {"href": f"/items/{hit.code}", "card": hit.card, "chips": _card_chips(hit.card, online=hit.online)}


def _chips_of(item: ItemVersion) -> list[Chip]:
    chips = [*_online_chips(online=item.is_online, visits=item.visits)]
    if item.zero_material:
        chips.append((N_("零材料"), "ok"))
    chips += _days_chips(item.clock)
    if item.all_city:
        chips.append((N_("全市通办"), "info"))
    if item.is_free:
        chips.append((N_("免费"), "ok"))
    return chips


def _card_chips(card: Card, *, online: bool) -> list[Chip]:
    chips = [*_online_chips(online=online, visits=card.visits)]
    if card.zero_material:
        chips.append((N_("零材料"), "ok"))
    if card.promise_days == 0:
        chips.append((N_("即办"), "info"))
    else:
        chips.append((N_("承诺 {days} 个工作日", days=card.promise_days), "info"))
    if card.is_free:
        chips.append((N_("免费"), "ok"))
    return chips


def _online_chips(*, online: bool, visits: int) -> list[Chip]:
    if not online:
        return [(N_("线下办理，暂未接入"), "muted")]
    if visits == 0:
        return [(N_("全程网办"), "info"), (N_("最多跑 0 次"), "info")]
    return [(N_("可网上办理"), "info"), (N_("最多跑 {visits} 次", visits=visits), "info")]


def _days_chips(limits: Clock) -> list[Chip]:
    """What the law leaves and what is promised, each in its own unit."""
    by_law: list[Chip] = [(law, "info")] if (law := limits.by_law) else []
    if limits.promise_days == 0:
        return [*by_law, (N_("即办"), "info")]
    return [*by_law, (N_("承诺 {days} 个工作日", days=limits.promise_days), "info")]


routes = [search, guide]
