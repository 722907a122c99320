"""Nouns of the regions room: the city, districts, departments, and what is refused."""

from __future__ import annotations

import msgspec

from tongban.kit.errors import NotFound
from tongban.kit.i18n import N_, Text
from tongban.kit.policy import Policy, Relation, Role, Rule

POLICY = Policy(
    Rule("regions.departments", role, Relation.ANY) for role in (Role.VISITOR, Role.RESIDENT, Role.OFFICER)
)


class City(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The installing city 安装城市: GB/T 2260 code, the product's mark and name in the header, hotline.

    ``note`` stands in every page's foot: for the demo, that its data are made up. ``hot`` are the codes of the items
    that the home page shows; the first is offered to who has nothing under way. ``supervision`` is the code of the
    department that supervises all others 督办机构, if one does.
    """

    code: str
    mark: str
    name: Text
    note: Text
    hotline: str
    supervision: str = ""
    hot: tuple[str, ...] = ()


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


class CityDataWrong(ValueError):  # noqa: N818 - named for what is wrong
    """A file of the city's folder cannot be used; the sentence names file, row and reason."""


class DepartmentUnknown(NotFound):
    """No department of that code, or none of that kind for the district."""

    def __init__(self) -> None:
        super().__init__("department-unknown", N_("没有找到负责该区域的经办部门，请拨打热线咨询。"))
