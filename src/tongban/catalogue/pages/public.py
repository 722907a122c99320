"""Pages of the catalogue: the list with its search and filters, and the guide of an item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, get_args
from urllib.parse import urlencode

import msgspec
from litestar import Request, get
from litestar.response import Response

from tongban import identity
from tongban.catalogue.actions import reading
from tongban.catalogue.model import (
    CITY,
    Card,
    Clock,
    Facet,
    Filters,
    ItemVersion,
    Listed,
    NoSuchItem,
    facets,
    fitting,
    narrowed,
)
from tongban.catalogue.model.adjusting import Adjustment
from tongban.catalogue.model.cancelling import Cancellation, cancelled_by
from tongban.catalogue.model.code_sets import KINDS
from tongban.catalogue.model.counting_rules import RULES_BY_KEY
from tongban.catalogue.model.listing import Mode
from tongban.kit import clock
from tongban.kit.acting import BeyondPower
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message, N_counted, language
from tongban.kit.not_allowed import REAL_NAME
from tongban.kit.policy import Actor, Role, covers
from tongban.kit.web import page, told_alike

#: Of a longer query only the beginning is taken; the input says so too.
_LONGEST = 60
PAGE = 20
#: Asks for everything, who acts for somebody for whom not everything is.
_ALL = "all"

Chip = tuple[Message, str]

#: The filters in the order in which they are offered.
_TITLES: dict[str, Message] = {
    "audience": N_("服务对象"),
    "mode": N_("怎么办"),
    "theme": N_("主题"),
    "department": N_("部门"),
    "district": N_("地区"),
    "kind": N_("事项类型"),
}
_MODES: dict[str, Words] = {key: RULES_BY_KEY[key].name for key in get_args(Mode)}
_AUDIENCES: dict[str, Message] = {"person": N_("个人办事"), "firm": N_("法人办事")}


@get("/search", who="catalogue.search")
async def search(
    db: Database,
    actor: Actor,
    request: Request[Any, Any, Any],
    now: datetime,
    q: str = "",
    whom: str | None = None,
    after: str | None = None,
) -> Response[str]:
    """What is found for the words; without words, everything that is offered today, twenty a page, by pinyin.

    A cancelled item is found by its words, for what comes in its place; no counting rule counts it any more.

    Filters narrow either, each under its own name. A value that no filter knows filters nothing; ``after`` is the last
    code of the page before.
    Who acts for another is shown what fits for whom she acts, or with ``whom=all`` everything.
    """
    words = q.strip()[:_LONGEST]
    today = clock.city_day(now)
    cancelled = await reading.cancellations(db)
    listing = await reading.listing(db)
    words_of = _words(listing)
    filters = _filters(request.query_params, words_of)
    every = await reading.offered(db, today=today)
    if words:
        hits = await reading.search(db, words, language(), Filters())
        off = cancelled_by(cancelled, today)
        found = [listing.lines[hit.code] for hit in hits if hit.code in listing.lines]
        every = [
            msgspec.structs.replace(line, counts=frozenset()) if line.code in off else line for line in found
        ]
    narrow = narrowed(actor)
    fit = fitting(actor, every)
    unfit = len(every) - len(fit)
    if whom != _ALL:
        every = fit
    left = [line for line in every if filters.lets(line)]
    shown, next_after = _cut(left, after)
    address = _Address(words, filters, all_=narrow is not None and whom == _ALL)
    return page(
        "catalogue/search.html",
        words=words,
        found=len(left),
        lines=[_shown(line, cancelled.get(line.code), today) for line in shown],
        guided=[]
        if after
        else [one for one in await reading.questionnaires(db) if one.meant(words, filters.theme)],
        groups=_groups(every, filters, address, words_of),
        chosen=[
            {
                "title": _TITLES[name],
                "text": words_of[name].get(value, value),
                "href": address.with_(name, None),
            }
            for name, value in filters.chosen
        ],
        narrow=narrow,
        everything=address.all_,
        unfit=unfit,
        switch_href=_Address(words, filters, all_=not address.all_).at(filters),
        plain_href=address.plain(),
        next_href=address.after(next_after) if next_after else None,
        first_href=address.at(filters) if after else None,
    )


def _cut(lines: list[Listed], after: str | None) -> tuple[list[Listed], str | None]:
    """A page of the lines behind the one of that code, and the code at which it ends if there are more."""
    codes = [line.code for line in lines]
    start = codes.index(after) + 1 if after in codes else 0
    shown = lines[start : start + PAGE]
    return shown, shown[-1].code if start + PAGE < len(lines) else None


class _Address:
    """Addresses of the list that keep the words and change one thing; ``all_``: also what fits her not."""

    def __init__(self, words: str, filters: Filters, *, all_: bool) -> None:
        self.words = words
        self.filters = filters
        self.all_ = all_

    def at(self, filters: Filters, **more: str) -> str:
        """The list under these filters."""
        return self._with(dict(filters.chosen), **more)

    def with_(self, name: str, value: str | None) -> str:
        """The list with one filter set anew, or lifted."""
        chosen = {one: kept for one, kept in self.filters.chosen if one != name}
        return self._with(chosen | {name: value} if value is not None else chosen)

    def _with(self, chosen: dict[str, str], **more: str) -> str:
        words = {"q": self.words} if self.words else {}
        asked = words | chosen | ({"whom": _ALL} if self.all_ else {}) | more
        return f"/search?{urlencode(asked)}" if asked else "/search"

    def after(self, code: str) -> str:
        """The next page."""
        return self.at(self.filters, after=code)

    def plain(self) -> str:
        """The list without filters."""
        return self.at(Filters())


def _words(listing: reading.Listing) -> dict[str, dict[str, Words]]:
    """What each filter can be set to and how that reads, in the order in which it is offered.

    The departments stand in the order of the list, since they are offered by how many lines each leaves.
    """
    return {
        "audience": dict(_AUDIENCES),
        "mode": dict(_MODES),
        "theme": {theme.code: theme.title for theme in listing.themes},
        "department": dict(listing.departments),
        "district": {CITY: N_("市级部门"), **listing.districts},
        "kind": dict(KINDS),
    }


def _filters(asked: Mapping[str, str], words: Mapping[str, Mapping[str, Words]]) -> Filters:
    """The filters of an address; a department may also be one of which there is no item."""
    known = {name: value for name in words if (value := asked.get(name)) and value in words[name]}
    if department := asked.get("department"):
        known["department"] = department
    return Filters(**known)  # type: ignore[arg-type]


def _groups(
    lines: list[Listed],
    filters: Filters,
    address: _Address,
    words: Mapping[str, Mapping[str, Words]],
) -> list[dict[str, Any]]:
    """The filters as links, each value with how many lines it leaves; the chosen one leads back."""
    counted = facets(lines, filters)
    counted["mode"] = [one for one in counted["mode"] if _offered(one.value, filters.mode)]
    return [
        {
            "name": name,
            "title": title,
            "chosen": words[name].get(getattr(filters, name) or ""),
            "options": [
                {
                    "text": words[name].get(facet.value, facet.value),
                    "count": facet.count,
                    "current": facet.value == getattr(filters, name),
                    "href": address.with_(
                        name, None if facet.value == getattr(filters, name) else facet.value
                    ),
                }
                for facet in _ordered(counted[name], [] if name == "department" else [*words[name]])
            ],
        }
        for name, title in _TITLES.items()
    ]


def _offered(rule: str, chosen: str | None) -> bool:
    """Whether a counting rule is offered: a part of another count only beside that one and its other parts."""
    within = RULES_BY_KEY[rule].within
    return not within or (chosen is not None and within in (chosen, RULES_BY_KEY[chosen].within))


def _ordered(found: list[Facet], order: list[str]) -> list[Facet]:
    """The values in this order, others behind."""
    places = {value: place for place, value in enumerate(order)}
    return sorted(found, key=lambda facet: places.get(facet.value, len(order)))


@get("/items/{code:str}", who="catalogue.guide")
async def guide(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], code: str
) -> Response[str]:
    """The guide 办事指南 of an item, as it is in force. Answers to its situations choose the materials shown.

    Who is logged in with a paper that the item does not take, is too young for it, or acts by a power that does not
    reach to it is told so here, and what she can do, before she begins.
    """
    item = await reading.current(db, code)
    today = clock.city_day(now)
    cancelled = (await reading.cancellations(db)).get(code)
    gone = cancelled is not None and cancelled.in_force(today)
    answers = item.situation(dict(request.query_params))
    themes = {theme.code: theme.name for theme in (await reading.listing(db)).themes}
    named = tuple(themes[code] for code in item.topics if code in themes)
    return page(
        "catalogue/guide.html",
        item=item,
        chips=[] if gone else _chips_of(item),
        expected=await reading.expected_end(db, item, now=now),
        told=told_alike(
            "catalogue/guide_told.html",
            *(item, tuple(sorted(answers.items())), named),
            item=item,
            answers=answers,
            due=item.due(answers),
            materials=[material for material in item.materials if material.needed(answers)],
            themes=named,
        ),
        not_taken=await _not_taken(db, actor, item, now=now),
        cancelled=cancelled,
        gone=gone,
        adjusted=_adjusted((await reading.adjustments(db)).get(code), item, today),
        replaced_by=await _replacement(db, cancelled),
    )


def _adjusted(decided: Adjustment | None, item: ItemVersion, today: date) -> dict[str, Any] | None:
    """A decision to adjust the approval: since or from when, and whether the guide is as it says already."""
    if decided is None:
        return None
    carried = decided.carried(item)
    if carried:
        says = N_("本页已经按决定修改。")
    elif decided.in_force(today):
        says = N_("主管部门正在修改，新版本公布以前，按本页办理。")
    else:
        says = N_("在那一天以前，按本页办理。")
    return {"decided": decided, "tone": "info" if carried else "warn", "says": says}


async def _replacement(db: Database, cancelled: Cancellation | None) -> ItemVersion | None:
    """The item that comes in the place of a cancelled one, where there is one."""
    if cancelled is None or not cancelled.replacement:
        return None
    try:
        return await reading.current(db, cancelled.replacement)
    except NoSuchItem:
        return None


async def _not_taken(db: Database, actor: Actor, item: ItemVersion, *, now: datetime) -> Words | None:
    if actor.role is not Role.RESIDENT or actor.id is None or actor.level < REAL_NAME or not item.is_online:
        return None
    if not covers(actor, item.code):
        return BeyondPower.of_item(actor.name).message
    person = await identity.person(db, actor.id)
    minor = person.is_minor(clock.city_day(now))
    return item.not_taken(person.paper_kind, person.paper.of.name, minor=minor)


def _shown(line: Listed, cancelled: Cancellation | None, today: date) -> dict[str, Any]:
    """A line; of a cancelled item only that it is."""
    chips = _card_chips(line.card, online=line.online)
    if cancelled is not None:
        chip = cancelled.chip(today)
        chips = [chip] if cancelled.in_force(today) else [chip, *chips]
    return {"href": f"/items/{line.code}", "card": line.card, "chips": chips}


def _chips_of(item: ItemVersion) -> list[Chip]:
    chips = [*_online_chips(online=item.is_online, visits=item.visits)]
    if item.zero_material:
        chips.append((N_("零材料"), "ok"))
    chips += _days_chips(item.clock)
    if item.all_city:
        chips.append((N_("全市通办"), "info"))
    chips.append((N_("免费"), "ok") if item.is_free else (N_("收费"), "warn"))
    return chips


def _card_chips(card: Card, *, online: bool) -> list[Chip]:
    chips = [*_online_chips(online=online, visits=card.visits)]
    if card.zero_material:
        chips.append((N_("零材料"), "ok"))
    if card.promise_days == 0:
        chips.append((N_("即办"), "info"))
    else:
        chips.append((N_counted("承诺 {n} 个工作日", card.promise_days), "info"))
    if card.is_free:
        chips.append((N_("免费"), "ok"))
    return chips


def _online_chips(*, online: bool, visits: int) -> list[Chip]:
    if not online:
        return [(N_("线下办理，暂未接入"), "muted")]
    if visits == 0:
        return [(N_("全程网办"), "info"), (N_("最多跑 0 次"), "info")]
    return [(N_("可网上办理"), "info"), (N_counted("最多跑 {n} 次", visits), "info")]


def _days_chips(limits: Clock) -> list[Chip]:
    """What the law leaves and what is promised, each in its own unit."""
    by_law: list[Chip] = [(law, "info")] if (law := limits.by_law) else []
    if limits.promise_days == 0:
        return [*by_law, (N_("即办"), "info")]
    return [*by_law, (N_counted("承诺 {n} 个工作日", limits.promise_days), "info")]


routes = [search, guide]
