"""An item of the catalogue in one of its versions: everything that a guide, a form and a case need of it."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec

from tongban.catalogue.model.guide import (
    Basis,
    Condition,
    Contact,
    Faq,
    Fee,
    Mark,
    Material,
    Place,
    Result,
    Step,
)
from tongban.kit.i18n import Text
from tongban.kit.rules import All, RuleSet

#: 事项类型, GB/T 39046-2020 A.1: those that the catalogue knows by name.
KINDS: dict[str, Text] = {
    "01": Text("行政许可", "Administrative licensing"),
    "02": Text("行政处罚", "Administrative penalty"),
    "03": Text("行政强制", "Administrative coercion"),
    "04": Text("行政征收", "Administrative levy"),
    "05": Text("行政给付", "Administrative payment"),
    "06": Text("行政检查", "Administrative inspection"),
    "07": Text("行政确认", "Administrative confirmation"),
    "08": Text("行政奖励", "Administrative award"),
    "09": Text("行政裁决", "Administrative adjudication"),
    "10": Text("其他行政权力", "Other administrative powers"),
    "20": Text("公共服务", "Public service"),
}

#: 行使层级 A.2
LEVELS: dict[str, Text] = {
    "1": Text("国家级", "State"),
    "2": Text("市级（省级）", "Municipal (province level)"),
    "3": Text("市级", "Municipal"),
    "4": Text("区级（县级）", "District"),
    "5": Text("街镇级", "Subdistrict or town"),
    "6": Text("村居级", "Village or neighbourhood"),
    "7": Text("分级管理", "Several levels"),
}

#: 服务对象 A.4
TARGETS: dict[str, Text] = {
    "1": Text("自然人", "Persons"),
    "2": Text("企业法人", "Enterprises"),
    "3": Text("事业法人", "Public institutions"),
    "4": Text("社会组织法人", "Social organisations"),
    "5": Text("行政机关", "Administrative organs"),
    "6": Text("其他组织", "Other organisations"),
}

#: 办理形式 A.5
WAYS: dict[str, Text] = {
    "1": Text("窗口", "Counter"),
    "2": Text("电脑端网上", "Web"),
    "3": Text("移动端", "Mobile"),
    "4": Text("快递申请", "Courier"),
    "9": Text("其他", "Other"),
}

_NO_RULES = RuleSet("none", Text("无", "None"), All(label=Text("无", "None"), of=()))


class Clock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The item's limits 时限, in working days: to accept, to the result as promised, to the result by law.

    0 is decided on the spot (即办件). ``accept_days``: 行政许可法 art. 32, five where nothing shorter is promised.
    """

    accept_days: int
    promise_days: int
    statutory_days: int


class ItemVersion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A service item 政务服务事项 as published: immutable, numbered, dated. ``number`` 0 is a draft.

    Code sets are those of GB/T 39046-2020 Annex A: ``kind`` A.1, ``level`` A.2, ``targets`` A.4 (1 natural
    person, 2 enterprise …), ``ways`` A.5 (1 counter, 2 computer, 3 mobile, 4 courier), ``case_kind`` A.6 (1 on
    the spot, 2 by promise). ``task_code`` is USCC (18) + level + ``catalog_code`` (12) as in GB/T 39554.1-2020,
    ``handle_code`` adds two digits. ``online``: ``full`` from application to result, ``guide`` when the city
    handles it but this platform does not yet. ``purpose_fields`` are the fields that may be read of each
    resource, no more than form and rules need (PIPL art. 6), on ``purpose_basis`` (PIPL art. 13).
    ``district_field`` names the answer that decides which department of kind ``department_kind`` is competent.
    ``marks`` says of the plain fields how sure they are, ``*`` for the rest.
    """

    code: str
    number: int = 0
    published_on: date | None = None
    name: Text
    summary: Text
    also_called: tuple[str, ...] = ()
    icon: str = "doc"
    catalog_code: str
    task_code: str
    handle_code: str
    kind: str
    level: str
    department_kind: str
    department_name: Text
    targets: tuple[str, ...]
    topics: tuple[str, ...]
    ways: tuple[str, ...]
    case_kind: Literal["1", "2", "9"]
    online: Literal["full", "guide"]
    all_city: bool = False
    visits: int
    visits_reason: Text | None = None
    clock: Clock
    conditions: tuple[Condition, ...]
    materials: tuple[Material, ...]
    steps: tuple[Step, ...]
    basis: tuple[Basis, ...]
    fees: tuple[Fee, ...] = ()
    fee_note: Text
    pay_online: bool = False
    results: tuple[Result, ...]
    faq: tuple[Faq, ...]
    places: tuple[Place, ...]
    contact: Contact
    remedies: tuple[Condition, ...]
    marks: dict[str, Mark]
    form: dict[str, Any] = {}
    rules: RuleSet = _NO_RULES
    purpose_fields: dict[str, tuple[str, ...]] = {}
    purpose_basis: Text | None = None
    district_field: str = ""

    @property
    def is_online(self) -> bool:
        """Whether it can be applied for here."""
        return self.online == "full"

    @property
    def kind_name(self) -> Text:
        """The item type in words."""
        return KINDS.get(self.kind, Text("其他", "Other"))

    @property
    def level_name(self) -> Text:
        """At which level it is exercised, in words."""
        return LEVELS[self.level]

    @property
    def target_names(self) -> list[Text]:
        """Whom it serves, in words."""
        return [TARGETS[target] for target in self.targets]

    @property
    def way_names(self) -> list[Text]:
        """How it can be applied for, in words."""
        return [WAYS[way] for way in self.ways]

    @property
    def zero_material(self) -> bool:
        """零材料: there are materials, and none that is required must be brought."""
        return bool(self.materials) and all(m.exempt for m in self.materials if m.required)

    @property
    def is_free(self) -> bool:
        """Whether nothing is charged."""
        return not self.fees

    @property
    def licence_type(self) -> str:
        """The licence type that the item issues, empty when it issues none."""
        return next((result.licence_type for result in self.results if result.licence_type), "")

    @property
    def purpose_law(self) -> str:
        """On what law a purpose of this item stands, as the audit room keeps it; empty without purposes."""
        return self.purpose_basis.zh if self.purpose_basis else ""

    @property
    def purpose_field_names(self) -> list[str]:
        """What a purpose of this item covers, as the audit room spells it: ``resource.field``."""
        return [f"{resource}.{field}" for resource, fields in self.purpose_fields.items() for field in fields]
