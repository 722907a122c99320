"""The gate of publishing 发布关口: four classes of material are never asked of anybody (四个“一律不需提交”).

A material that an item asks people to bring is refused when no law asks for it, when a shared resource tells what it
proves, when the e-licence library holds it, or when a commitment can take its place. What is matched are standard
materials and data elements by their codes, never names: a paper called otherwise is the same paper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

import msgspec

from tongban.catalogue.model.guide import Material
from tongban.catalogue.model.source import Source, SourceKind
from tongban.kit.i18n import Text


class Exemption(StrEnum):
    """The four classes of material that are never asked for."""

    NO_BASIS = "no_basis"
    SHARED = "shared"
    LICENCE = "licence"
    COMMITMENT = "commitment"


#: The rule's id of each class, as findings name it.
RULE_OF = {
    Exemption.NO_BASIS: "GATE-1",
    Exemption.SHARED: "GATE-2",
    Exemption.LICENCE: "GATE-3",
    Exemption.COMMITMENT: "GATE-4",
}
EXEMPTION_NAMES = {
    Exemption.NO_BASIS: Text("没有法律法规依据的证明材料", "No law asks for it"),
    Exemption.SHARED: Text("能通过数据共享或者网络核验取得的", "Data sharing or an online check gives it"),
    Exemption.LICENCE: Text("能通过电子证照库调取的", "The e-licence library holds it"),
    Exemption.COMMITMENT: Text("能采取告知承诺替代的", "A notified commitment can take its place"),
}
_BY_KIND: dict[SourceKind, Exemption] = {
    "resource": Exemption.SHARED,
    "licence_type": Exemption.LICENCE,
    "commitment": Exemption.COMMITMENT,
}


class Refusal(msgspec.Struct, frozen=True):
    """Why a material may not be asked for: its class, the source, and the fields of it that give what it proves.

    ``source`` is None for a material without a legal basis. ``fields`` are empty where the source takes the material's
    place as a whole.
    """

    exemption: Exemption
    material: str
    source: Source | None = None
    fields: tuple[str, ...] = ()

    @property
    def message(self) -> Text:
        """What is wrong and what to do, for who drafts the item."""
        if self.source is None:
            return _NO_LAW
        zh, en = _DOINGS[self.exemption]
        told = "、".join(self.fields), ", ".join(self.fields)
        return Text(
            zh.format(source=self.source.name.zh) + (f"（字段：{told[0]}）" if self.fields else ""),
            en.format(source=self.source.name.en) + (f" (fields: {told[1]})" if self.fields else ""),
        )


_NO_LAW = Text(
    "没有法律依据的材料一律不得要求提交：请写明依据，或者删去。",
    "What no law asks for may not be asked for: name the basis, or strike it.",
)
_DOINGS = {
    Exemption.SHARED: (
        "“{source}”已提供这份材料证明的内容，不得再要求提交：请改为数据共享。",
        "“{source}” tells what this paper proves: have it from there, do not ask for it.",
    ),
    Exemption.LICENCE: (
        "电子证照库已有“{source}”，不得再要求提交：请改为调取电子证照。",
        "The e-licence library holds “{source}”: call it, do not ask for it.",
    ),
    Exemption.COMMITMENT: (
        "可以用“{source}”替代，不得再要求提交：请改为告知承诺。",
        "“{source}” can take its place: offer the commitment, do not ask for it.",
    ),
}


class Register:
    """The register of sources by what they give, so that a whole catalogue is checked in one pass.

    Planned sources count for nothing yet; one that is down counts, since it will be up again.
    """

    def __init__(self, sources: Iterable[Source]) -> None:
        self._replacing: dict[str, list[Source]] = {}
        self._telling: dict[str, list[tuple[Source, str]]] = {}
        for source in sorted(sources, key=lambda one: (_ORDER[one.kind], one.code)):
            if source.state == "planned":
                continue
            for material in source.replaces:
                self._replacing.setdefault(material, []).append(source)
            # What somebody promises is as good as the paper only where the template says so of that very paper.
            for field, element in source.tells.items() if source.kind != "commitment" else ():
                self._telling.setdefault(element, []).append((source, field))

    def giving(self, material: Material, item: str) -> Iterator[tuple[Source, tuple[str, ...]]]:
        """The sources that give what a material proves, each with its fields; registers before licences before
        commitments."""
        found = {one.code: (one, self._fields(one, material)) for one in self._telling_all(material)}
        for source in self._replacing.get(material.material_code, ()) if material.material_code else ():
            if item not in source.not_for:
                found.setdefault(source.code, (source, self._fields(source, material)))
        yield from sorted(found.values(), key=lambda one: (_ORDER[one[0].kind], one[0].code))

    def _telling_all(self, material: Material) -> Iterator[Source]:
        """The sources each of which tells every data element that the material proves."""
        if not material.elements:
            return
        first, *others = (
            {source.code: source for source, _ in self._telling.get(element, ())}
            for element in material.elements
        )
        yield from (source for code, source in first.items() if all(code in other for other in others))

    def _fields(self, source: Source, material: Material) -> tuple[str, ...]:
        return tuple(field for field, element in source.tells.items() if element in material.elements)


_ORDER: dict[SourceKind, int] = {"resource": 0, "licence_type": 1, "commitment": 2}


def _without_basis(material: Material, _: Register, __: str) -> list[Refusal]:
    return [Refusal(Exemption.NO_BASIS, material.code)] if material.basis is None else []


def _given_by(kind: SourceKind) -> Check:
    """The check whether a source of this kind gives a material, which is not made beyond the register's reach."""

    def check(material: Material, register: Register, item: str) -> list[Refusal]:
        return [
            Refusal(_BY_KIND[kind], material.code, source, fields)
            for source, fields in register.giving(material, item)
            if source.kind == kind and material.beyond is None
        ]

    return check


Check = Callable[[Material, Register, str], list[Refusal]]
#: One check a class, in the order in which they are told.
CHECKS: dict[Exemption, Check] = {
    Exemption.NO_BASIS: _without_basis,
    **{exemption: _given_by(kind) for kind, exemption in _BY_KIND.items()},
}


def refused(material: Material, register: Register, *, item: str) -> list[Refusal]:
    """Why a material that ``item`` asks for may not be asked for; empty when it may, or when nobody brings it."""
    if material.exempt:
        return []
    return [refusal for check in CHECKS.values() for refusal in check(material, register, item)]
