"""Nouns of the regions room: the city, districts, departments, and what is refused."""

from __future__ import annotations

import msgspec

from tongban.kit.errors import NotFound
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.policy import ANYBODY, Policy, Relation, Rule

POLICY = Policy(Rule("regions.departments", role, Relation.ANY) for role in ANYBODY)


#: The kind of department 人民政府 that reconsiders what others decide: it has no items, and nobody works there.
GOVERNMENT = "government"


class City(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The installing city 安装城市: GB/T 2260 code, the product's mark and name in the header, hotline.

    ``note`` stands in every page's foot: for the demo, that its data are made up. ``hot`` are the codes of the items
    that the home page shows, ``hot_for_firms`` those that it shows to a firm; the first is offered to who has nothing
    under way. ``supervision`` is the code of the department that supervises all others 督办机构, if one does.
    ``reconsidered_above`` names, by the department's code, the organ above that reconsiders the decisions of one that
    is led from above (行政复议法 art. 27): all others' are reconsidered by the people's government of their district or
    of the city, whose name follows from theirs.
    """

    code: str
    mark: str
    name: Text
    note: Text
    hotline: str
    supervision: str = ""
    hot: tuple[str, ...] = ()
    hot_for_firms: tuple[str, ...] = ()
    reconsidered_above: dict[str, Text] = {}


class District(msgspec.Struct, frozen=True):
    """A district 区: its GB/T 2260 code and name."""

    code: str
    name: Text
    mark: str


class Department(msgspec.Struct, frozen=True):
    """An organ or office 部门: our short code, USCC (GB 32100), name, kind, and district unless city-wide.

    Kinds of the demo city: ``public_security`` (the municipal bureau), ``police`` (its branches),
    ``service_centre`` (社区事务受理服务中心), ``data_centre``.
    """

    code: str
    uscc: str
    name: Text
    kind: str
    district: str | None
    mark: str


class Hall(msgspec.Struct, frozen=True):
    """A hall 政务服务大厅 with windows for officers: our short code, name, district unless it is the city's own."""

    code: str
    name: Text
    district: str | None
    mark: str


class HallUnknown(NotFound):
    """No hall of that code."""

    def __init__(self) -> None:
        super().__init__("hall-unknown", N_("没有这个政务服务大厅，请从列表中选择。"))


class ReconsiderationOrgan(msgspec.Struct, frozen=True, omit_defaults=True):
    """复议机关: who reconsiders the decisions of a department, told with each of them (行政复议法 art. 20(3)).

    The people's government of the department's own level (art. 24), with its justice bureau ``office`` as 行政复议机构;
    of a department that is led from above the organ above it (art. 27), of which we know no ``office``. ``area`` is
    the code of the government's district or city, empty for an organ above: that one is asked outside the city.
    ``department`` is the government's own code among the departments, whose seal is its own; empty where the city's
    folder names none.
    """

    name: Text
    office: Text | None = None
    area: str = ""
    department: str = ""

    @property
    def ways(self) -> tuple[Message, Message]:
        """What whom a decision is addressed to can do against it, until when and to whom (行政诉讼法 art. 46)."""
        return (
            N_("自收到决定之日起 60 日内，可以向{organ}申请行政复议。", organ=self.name),
            N_("或者自收到决定之日起 6 个月内，可以向有管辖权的人民法院提起行政诉讼。"),
        )

    @property
    def ways_of_others(self) -> tuple[Message, Message]:
        """The same for whom it is not addressed to and yet concerns: from when she knew of it."""
        return (
            N_("自知道决定之日起 60 日内，可以向{organ}申请行政复议。", organ=self.name),
            N_("或者自知道决定之日起 6 个月内，可以向有管辖权的人民法院提起行政诉讼。"),
        )

    @property
    def in_writing(self) -> Message:
        """How it is asked for of a decision of which that cannot be done online (行政复议法 art. 22)."""
        if self.office is None:
            return N_(
                "对这个决定目前不能在网上申请行政复议：请在 60 日内把书面申请递交或者邮寄给{organ}的行政复议机构；"
                "书面申请有困难的，可以口头申请。",
                organ=self.name,
            )
        return N_(
            "对这个决定目前不能在网上申请行政复议：请在 60 日内把书面申请递交或者邮寄给{organ}的行政复议机构，"
            "即{office}；书面申请有困难的，可以口头申请。",
            organ=self.name,
            office=self.office,
        )

    @property
    def basis(self) -> Message:
        """On what both stand."""
        if self.office is None:
            return N_("依据：《行政复议法》第二十条、第二十七条，《行政诉讼法》第四十六条")
        return N_("依据：《行政复议法》第二十条、第二十四条，《行政诉讼法》第四十六条")


class CityDataWrong(ValueError):  # noqa: N818 - named for what is wrong
    """A file of the city's folder cannot be used; the sentence names file, row and reason."""


class DepartmentUnknown(NotFound):
    """No department of that code, or none of that kind for the district."""

    def __init__(self) -> None:
        super().__init__("department-unknown", N_("没有找到负责该区域的经办部门，请拨打热线咨询。"))
