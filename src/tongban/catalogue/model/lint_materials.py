"""The rules of publishing about materials: their basis, their situations, where exempt ones come from, and the gate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from tongban.catalogue.model.adjusting import Adjustment
from tongban.catalogue.model.gate import EXEMPTION_NAMES, RULE_OF, Refusal, Register, refused
from tongban.catalogue.model.guide import Material
from tongban.catalogue.model.item import ItemVersion
from tongban.catalogue.model.source import Source, SourceKind
from tongban.catalogue.model.standards import Standards
from tongban.kit.i18n import Text

Broken = tuple[str, str, str, str]
_KIND_OF_ROUTE: dict[str, SourceKind] = {
    "licence": "licence_type",
    "shared": "resource",
    "commitment": "commitment",
}
_CATCH_ALL = ("其他材料", "其它材料", "其他有关材料", "其他相关材料", "等材料")


class Known(dict[tuple[str, str], Source]):
    """What a draft is held against: the register of sources, each by kind and code and all of them by what they give,
    ``standards``, what the city matches papers by, None where only sources are looked at, and ``adjusted``, the
    decisions in force to adjust an approval, by its item."""

    def __init__(
        self,
        sources: Iterable[Source],
        standards: Standards | None = None,
        adjusted: Mapping[str, Adjustment] | None = None,
    ) -> None:
        super().__init__({(source.kind, source.code): source for source in sources})
        self.register = Register(self.values())
        self.standards = standards
        self.adjusted = adjusted or {}
        self.elements = standards.element_codes if standards else frozenset()
        #: The papers that have a code of their own as people call them: their codes, and how they are called.
        self.by_name: dict[str, tuple[tuple[str, ...], Text]] = {
            one.name.zh: (one.replaces, one.name) for one in self.values() if one.kind == "licence_type"
        }
        for called, (code, name) in standards.called.items() if standards else ():
            codes, _ = self.by_name.get(called, ((), name))
            self.by_name[called] = (*codes, code), name


def broken_materials(item: ItemVersion, sources: Known) -> Iterator[Broken]:
    """What is wrong with an item's materials: rule, field, Chinese and English."""
    for place, material in enumerate(item.materials):
        field = f"materials.{place}"
        yield from ((rule, field, zh, en) for rule, zh, en in _alone(item, material))
        yield from ((rule, field, zh, en) for rule, zh, en in _route(item, material, sources))
        yield from ((rule, field, zh, en) for rule, zh, en in _known_paper(material, sources))
        yield from ((rule, f"{field}.elements", zh, en) for rule, zh, en in _elements(material, sources))
        for refusal in refused(material, sources.register, item=item.code):
            yield _told(refusal, field)


def _told(refusal: Refusal, field: str) -> Broken:
    """A refusal of the gate as a finding: its class goes first."""
    named, message = EXEMPTION_NAMES[refusal.exemption], refusal.message
    return RULE_OF[refusal.exemption], field, f"{named.zh}：{message.zh}", f"{named.en}: {message.en}"


def _alone(item: ItemVersion, material: Material) -> Iterator[tuple[str, str, str]]:
    if material.required and material.exempt and material.basis is None:
        yield (
            *("MATERIAL-1", "必要材料应有法律依据。"),
            "A required material needs a legal basis.",
        )
    if any(words in material.name.zh for words in _CATCH_ALL):
        yield (
            *("MATERIAL-2", "不得设置“其他材料”等兜底性材料。"),
            "Catch-all materials such as “other documents” are forbidden.",
        )
    if not listed(item, material.only_if):
        yield (
            *("MATERIAL-4", "材料的适用情形应是事项已列出的情形选项。"),
            "A material's situations are options that the item lists.",
        )
    if material.beyond is not None and not material.only_if:
        yield (
            *("MATERIAL-6", "来源不覆盖的，应限定在具体情形里要求提交，不能向所有人要求。"),
            "What a source does not tell of some is asked in their situation only, not of everybody.",
        )


def _route(item: ItemVersion, material: Material, sources: Known) -> Iterator[tuple[str, str, str]]:
    kind = _KIND_OF_ROUTE.get(material.route)
    if kind is not None and (kind, material.source) not in sources:
        yield (
            *("MATERIAL-3", "免提交的材料应指明已登记的数据来源。"),
            "A material that need not be brought names a registered source.",
        )
    elif kind == "resource" and item.is_online and material.source not in item.purpose_fields:
        yield (
            *("MATERIAL-5", "从登记库取得的材料，应由表单或者规则实际读取。"),
            "A material that a register tells is really read, by the form or by the rules.",
        )


def _elements(material: Material, known: Known) -> Iterator[tuple[str, str, str]]:
    """An element that the city does not describe is told by no source: with it a paper would slip by the gate."""
    if known.standards is None:
        return
    for code in material.elements:
        if code not in known.elements:
            near = known.standards.nearest_element(code)
            yield (
                "MATERIAL-8",
                f"没有数据元“{code}”，请核对编码" + (f"：是不是 {near}？" if near else "。"),
                f"There is no data element {code}: check the code" + (f"; is it {near}?" if near else "."),
            )


def _known_paper(material: Material, known: Known) -> Iterator[tuple[str, str, str]]:
    """The gate matches papers by code and elements: one that is called as a known one and coded otherwise would slip
    by."""
    if material.exempt or material.beyond is not None:
        return
    codes, name = known.by_name.get(plain_name(material.name.zh), ((), None))
    if name is not None and material.material_code not in codes:
        yield (
            "MATERIAL-7",
            f"名称是“{name.zh}”，标准材料编码却不是：请写对编码，或者写明它是另一种文件的名称。",
            f"It is called “{name.en}” and is another standard material: give the right code, or another name.",
        )


#: What a name adds for whose paper it is, and for the form in which it is handed in.
_WHOSE = re.compile(r"^(本人|申请人)的?")
_COPY = re.compile(r"([（(]?(原件及复印件|复印件|原件|扫描件|影印件|正本|副本|正副本|正反面)[）)]?)+$")


def plain_name(called: str) -> str:
    """The name of a paper without whose it is and the form in which it is handed in."""
    return _COPY.sub("", _WHOSE.sub("", called))


def listed(item: ItemVersion, only_if: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether these situations are options that the item lists."""
    options = {one.key: {value for value, _ in one.options} for one in item.situations}
    return all(key in options and set(values) <= options[key] for key, values in only_if.items())
