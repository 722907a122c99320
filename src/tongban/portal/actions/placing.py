"""Where an entry lies that may lie anywhere 户籍所在地: any county of the country, found by its name or code."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tongban import regions
from tongban.kit import papers
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Text, both
from tongban.settings import settings

#: Chosen where the list has not the place that she means: her own words go with the request.
ELSEWHERE = "elsewhere"
#: So many places are offered to choose from.
OFFERED = 20
PLACE_MOST = 100


class Found(msgspec.Struct, frozen=True):
    """The places that fit what was typed: ``offered`` to choose from (code and words), the first of ``count``;
    ``fault`` is what is wrong with the words."""

    offered: Sequence[tuple[str, Text]] = ()
    count: int = 0
    fault: Words | None = None


async def areas(db: Database) -> list[papers.Area]:
    """All areas, the city's districts first and by the city's own names."""
    city = regions.city_of(settings().city_dir).name
    own = [
        papers.Area(one.code, Text(f"{city.zh}{one.name.zh}", f"{one.name.en}, {city.en}"), None)
        for one in await regions.districts(db)
    ]
    codes = {one.code for one in own}
    return [*own, *(one for one in papers.areas() if one.code not in codes)]


def words_of(area: papers.Area) -> Text:
    """An area with its code, and for a former one the last year of the code."""
    name, code = area.name, area.code
    if area.until is None:
        return both(N_("{name}（{code}）", name=name, code=code))
    return both(N_("{name}（{code}，用到 {year} 年）", name=name, code=code, year=area.until))


async def settled(db: Database, district: str, place: str) -> str:
    """The words for this code, her own for ELSEWHERE; empty where they say no place."""
    if district == ELSEWHERE:
        return place[:PLACE_MOST]
    return next((words_of(one).zh for one in await areas(db) if one.code == district), "")


async def as_kept(db: Database, place: str) -> Text:
    """The place of a request as each language names it: one of the list by its own words, her own words as they are."""
    known = await areas(db) if place else []
    return next((words for one in known if (words := words_of(one)).zh == place), Text(place, place))


async def found(db: Database, typed: str) -> Found:
    """The places that fit these words; none for no words."""
    if not typed:
        return Found()
    if len(typed) > PLACE_MOST:
        return Found(fault=N_("请控制在 {most} 字以内。", most=PLACE_MOST))
    fitting = _today(papers.areas_like(typed, await areas(db)))
    if not fitting:
        return Found(fault=N_("没有找到这个地名。请换一种写法，或者选“列表里没有”。"))
    return Found([(one.code, words_of(one)) for one in fitting[:OFFERED]], len(fitting))


def _today(found: list[papers.Area]) -> list[papers.Area]:
    """Those in force; former ones where none is."""
    return [one for one in found if one.until is None] or found
