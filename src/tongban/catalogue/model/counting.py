"""What the city counts of its catalogue, computed from each item's own form, materials and results: no flag is stored.

An item of the city's counts is a row of the implementation list 实施清单: a version in force that is not for a licence
one holds already (renewal, change … are 业务办理项 of the same item). Every rule is a pure function of one version, so
that a change of one material, fee or question moves the counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from tongban.catalogue.model.guide import Material
from tongban.catalogue.model.item import ItemVersion
from tongban.kit.i18n import Text

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


class Rule(msgspec.Struct, frozen=True):
    """A count as people read it: its field of :class:`Counts`, its name, and its formula in words."""

    key: str
    name: Text
    formula: Text


RULES = (
    Rule(
        "items",
        Text("政务服务事项", "Service items"),
        Text(
            "生效的实施清单，每行一项；同一事项的延续、变更、补发、注销不另计",
            "Rows of the implementation list in force; renewal, change, reissue and cancellation are not counted again",
        ),
    ),
    Rule(
        "whole_online",
        Text("全程网办", "Wholly online"),
        Text(
            "到现场 0 次，能在网上申请，结果在网上反馈或者寄送",
            "No visit, applied for online, result told online or sent",
        ),
    ),
    Rule(
        "at_most_one_visit",
        Text("最多跑一次", "At most one visit"),
        Text(
            "到现场不超过 1 次；只收纸质原件又不能寄送的，至少算 1 次",
            "No more than one visit; a paper taken on paper alone and not by courier is one at least",
        ),
    ),
    Rule(
        "zero_material",
        Text("零材料", "No documents"),
        Text("列有材料，必要材料全部免提交", "It has materials, and none that is required must be brought"),
    ),
    Rule(
        "app",
        Text("适合移动端", "Suited to the app"),
        Text(
            f"全程网办，最多填 {APP_QUESTIONS} 项、没有表格，最多拍照 {APP_PAPERS} 份，收费的在线支付",
            f"Wholly online, at most {APP_QUESTIONS} questions, no table, {APP_PAPERS} photographs; fees paid online",
        ),
    ),
    Rule(
        "courier",
        Text("可寄送", "By courier"),
        Text(
            "结果按表单所填地址寄送，或者纸质材料可以快递提交",
            "The result is sent to the address in the form, or papers may come by courier",
        ),
    ),
    Rule(
        "fees",
        Text("收费事项在线支付", "Fees paid online"),
        Text("有收费项目，并且能在线支付", "It has a fee, paid online"),
    ),
    Rule(
        "city_wide",
        Text("全市通办", "Anywhere in the city"),
        Text(
            "通办范围为全市、跨省或者全国", "Taken anywhere in the city, across provinces or in the country"
        ),
    ),
    Rule(
        "across_provinces",
        Text("跨省通办", "Across provinces"),
        Text("通办范围为跨省或者全国", "Taken across provinces or in the whole country"),
    ),
    Rule(
        "police",
        Text("派出所综合窗口", "Police station windows"),
        Text(
            "公安机关的事项，全市通办，最多跑一次",
            "Police items, taken anywhere in the city, in at most one visit",
        ),
    ),
)
RULES_BY_KEY = {rule.key: rule for rule in RULES}
