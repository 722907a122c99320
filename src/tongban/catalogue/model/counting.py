"""What the city counts of its catalogue, computed from each item's own form, materials and results: no flag is stored.

An item of the city's counts is a row of the implementation list 实施清单: a version in force that is not for a licence
one holds already (renewal, change … are 业务办理项 of the same item). Every rule is a pure function of one version, so
that a change of one material, fee or question moves the counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from tongban.catalogue.model.guide import Material
from tongban.catalogue.model.item import ItemVersion
from tongban.catalogue.model.listing import Facts, Listed

#: 材料形式: accepted on paper alone; on paper too.
_PAPER, _PAPER_TOO = "1", ("1", "3")
#: 办理形式: on a phone; by courier.
_MOBILE, _COURIER = "3", "4"
#: 网上办理深度 from which the result is told or delivered online.
_RESULT_ONLINE = ("6", "7")
#: What a phone is fit for: so many questions to answer by hand, so many papers to photograph.
APP_QUESTIONS = 14
APP_PAPERS = 2
_ACROSS = ("provinces", "nation")
_POLICE = ("police", "public_security")
#: The city's four fields of police business 公安业务, by themes; what has none of these is public order.
_FIELDS = {
    "exit_entry": ("personal.travel",),
    "traffic": ("personal.traffic", "legal.transport"),
    "population": ("personal.household", "personal.residence", "personal.identity", "personal.birth"),
}
PUBLIC_ORDER = "public_order"
#: The first characters of an item's 实施编码 are the USCC of its organ.
ORGAN = 18


class Counts(msgspec.Struct, frozen=True):
    """The counts of a catalogue; ``police`` by field, ``new_city_wide`` those that became so in the year asked for."""

    items: int
    whole_online: int
    at_most_one_visit: int
    app: int
    courier: int
    fees: int
    city_wide: int
    new_city_wide: int
    new_city_wide_personal: int
    across_provinces: int
    zero_material: int
    police: dict[str, int]


def counts_as_item(item: ItemVersion) -> bool:
    """Whether it is a row of the implementation list: all but the items for a held licence."""
    return item.after is None


def brought(item: ItemVersion) -> list[Material]:
    """The required materials that the applicant must bring."""
    return [one for one in item.materials if one.required and not (one.exempt or one.by_choice)]


def visits_of(item: ItemVersion) -> int:
    """到现场次数: those of the item, and at least one where a paper is taken on paper alone and not by courier."""
    by_hand = any(one.medium == _PAPER for one in brought(item)) and _COURIER not in item.ways
    return max(item.visits, int(by_hand))


def whole_online(item: ItemVersion) -> bool:
    """全程网办 = visits are 0, it has a form here, and its result is told online or sent."""
    result = item.depth in _RESULT_ONLINE or _sent_to(item)
    return item.is_online and bool(item.form) and visits_of(item) == 0 and result


def at_most_one_visit(item: ItemVersion) -> bool:
    """最多跑一次 = visits ≤ 1."""
    return visits_of(item) <= 1


def zero_material(item: ItemVersion) -> bool:
    """零材料 = it has materials, and none that is required must be brought."""
    return item.zero_material


def by_courier(item: ItemVersion) -> bool:
    """可寄送 = the result is sent to an address that the form asks, or papers that are brought may come by courier."""
    sent_in = _COURIER in item.ways and any(one.medium in _PAPER_TOO for one in brought(item))
    return _sent_to(item) or sent_in


def takes_fees(item: ItemVersion) -> bool:
    """收费事项 = it has a fee, and the fee is paid online."""
    return bool(item.fees) and item.pay_online


def city_wide(item: ItemVersion) -> bool:
    """全市通办 = any counter of the city takes it, also of those that go further."""
    return item.all_city


def across_provinces(item: ItemVersion) -> bool:
    """跨省通办 = it is handled across provinces or in the whole country."""
    return item.scope in _ACROSS


def new_city_wide(item: ItemVersion, year: int) -> bool:
    """Whether the version that is handled city-wide came into force in that year."""
    return city_wide(item) and item.effective_on is not None and item.effective_on.year == year


def personal(item: ItemVersion) -> bool:
    """Whether it serves natural persons."""
    return "1" in item.targets


def suits_app(item: ItemVersion) -> bool:
    """适合移动端 = wholly online by phone, few questions, no table, few papers for a camera, fees paid."""
    papers = brought(item)
    return (
        whole_online(item)
        and _MOBILE in item.ways
        and len(papers) <= APP_PAPERS
        and all(one.medium != _PAPER for one in papers)
        and (not item.fees or item.pay_online)
        and _fits_a_phone(item.form)
    )


def police_field(item: ItemVersion) -> str:
    """The field of an item that a police station's window 派出所综合窗口 takes; empty for all others.

    Such a window takes what the police handle for the whole city in at most one visit.
    """
    if item.department_kind not in _POLICE or not city_wide(item) or not at_most_one_visit(item):
        return ""
    return next((field for field, themes in _FIELDS.items() if {*themes} & {*item.topics}), PUBLIC_ORDER)


def counted(items: Iterable[ItemVersion], *, year: int) -> Counts:
    """The counts of these versions in force; ``year`` is the one in which new city-wide items are counted."""
    every = [one for one in items if counts_as_item(one)]
    new = [one for one in every if new_city_wide(one, year)]
    fields = Counter(field for one in every if (field := police_field(one)))
    return Counts(
        items=len(every),
        whole_online=sum(map(whole_online, every)),
        at_most_one_visit=sum(map(at_most_one_visit, every)),
        app=sum(map(suits_app, every)),
        courier=sum(map(by_courier, every)),
        fees=sum(map(takes_fees, every)),
        city_wide=sum(map(city_wide, every)),
        new_city_wide=len(new),
        new_city_wide_personal=sum(map(personal, new)),
        across_provinces=sum(map(across_provinces, every)),
        zero_material=sum(map(zero_material, every)),
        police={field: fields[field] for field in sorted(fields)},
    )


def facts(item: ItemVersion, *, edition: str) -> Facts:
    """What the list filters and counts this version by; ``edition`` names the rules as they are now."""
    return Facts(
        kind=item.kind,
        catalog_code=item.catalog_code,
        organ=item.task_code[:ORGAN],
        effective_on=item.effective_on,
        minors=item.minors,
        together=item.joint_applicants is not None,
        counts=tuple(_met(item)),
        edition=edition,
    )


def _met(item: ItemVersion) -> Iterator[str]:
    """The keys of the rules that a version meets; of the police's also its field."""
    if not counts_as_item(item):
        return
    yield from (key for key, meets in _MEETS.items() if meets(item))
    if field := police_field(item):
        yield from ("police", f"police.{field}")


def in_year(line: Listed, year: int | None) -> frozenset[str]:
    """The keys of the rules that a line meets, with those of what is new in that year."""
    facts = line.facts
    met = {*facts.counts}
    if "city_wide" in met and facts.effective_on is not None and facts.effective_on.year == year:
        met |= {"new_city_wide", "new_city_wide_personal"} if "1" in line.card.targets else {"new_city_wide"}
    return frozenset(met)


#: The rules that one version meets or not, whatever the year; every line of the list is an item.
_MEETS: dict[str, Callable[[ItemVersion], bool]] = {
    "whole_online": whole_online,
    "at_most_one_visit": at_most_one_visit,
    "zero_material": zero_material,
    "app": suits_app,
    "courier": by_courier,
    "fees": takes_fees,
    "city_wide": city_wide,
    "across_provinces": across_provinces,
}


def _sent_to(item: ItemVersion) -> bool:
    """Whether the form asks where the result is sent."""
    return any(ui.get("element") == "DE-DELIVERY-ADDRESS" for ui in _uis(item.form))


def _uis(form: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (rule["x-ui"] for rule in form.get("properties", {}).values())


def _fits_a_phone(form: dict[str, Any]) -> bool:
    """So many questions at most that nobody else answers and a camera does not; no table."""
    typed = 0
    for name, rule in form.get("properties", {}).items():
        if rule.get("type") == "array" and rule.get("items", {}).get("type") == "object":
            return False
        ui = rule["x-ui"]
        typed += not (ui.get("prefill") or ui.get("widget") in ("files", "checkbox") or name == "declaration")
    return typed <= APP_QUESTIONS
