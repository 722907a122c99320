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


class Placed(msgspec.Struct, frozen=True):
    """What was found for a place: ``offered`` to choose from (code and words) of ``found``; ``district`` is the code
    that is settled, ``fault`` what is still to be done."""

    offered: Sequence[tuple[str, Text]] = ()
    found: int = 0
    district: str = ""
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


async def placed(db: Database, *, typed: str, chosen: str) -> Placed:
    """What was typed and chosen as one place, or the places to choose from. A choice holds while it fits the words."""
    known = await areas(db)
    by_words = _today(papers.areas_like(typed, known))
    found = by_words if typed else [one for one in known if one.code == chosen]
    offered = [(one.code, words_of(one)) for one in found[:OFFERED]]
    fault = _fault(len(found), typed)
    if typed and chosen == ELSEWHERE and len(typed) <= PLACE_MOST:
        return Placed(offered, len(found), ELSEWHERE)
    one = next((area for area in found if area.code == chosen or len(found) == 1), None)
    if one is None:
        return Placed(offered, len(found), fault=fault)
    return Placed(offered, len(found), one.code)


def _today(found: list[papers.Area]) -> list[papers.Area]:
    """Those in force; former ones where none is."""
    return [one for one in found if one.until is None] or found


def _fault(found: int, typed: str) -> Words:
    if not typed:
        return N_("请写地名或者六位区划代码，例如“安徽怀远”。")
    if len(typed) > PLACE_MOST:
        return N_("请控制在 {most} 字以内。", most=PLACE_MOST)
    if not found:
        return N_("没有找到这个地名。请换一种写法，或者选“列表里没有”。")
    if found > OFFERED:
        return N_(
            "符合的有 {found} 个，先列 {most} 个。请选一个，或者写得更具体再查。", found=found, most=OFFERED
        )
    return N_("符合的地方有 {found} 个，请选一个。", found=found)
