"""The parts of a guide 办事指南: what an item asks, how it goes, what it rests on. Field names follow the
national exchange tables ``up_task_*`` in their English translation; every row carries its mark.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from tongban.kit.i18n import Text

#: How sure a fact is: ``real`` (a law, a standard, a fact of the city), ``realistic`` (as such things are, not
#: looked up), ``synthetic`` (made up for the demo). Only what is real may be told as law.
Mark = Literal["real", "realistic", "synthetic"]

#: How a material comes without the person bringing it (两个免于提交); ``none``: it must be brought.
Route = Literal["licence", "shared", "commitment", "none"]


class Material(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A material 材料: asked on a legal ``basis``, or exempt by a ``route`` through ``source`` (a Source's code)."""

    code: str
    name: Text
    detail: Text
    required: bool = True
    route: Route = "none"
    source: str = ""
    why: Text
    basis: Text | None = None
    mark: Mark

    @property
    def exempt(self) -> bool:
        """Whether the person need not bring it 免提交."""
        return self.route != "none"


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A condition 受理条件 in words; the rule set says the same for the machine."""

    text: Text
    basis: Text | None = None
    mark: Mark


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step of the way 办理流程; ``stage`` is the procedure's own word (申请 受理 审查 决定 制证 送达)."""

    stage: Literal["apply", "accept", "examine", "decide", "make", "deliver"]
    title: Text
    detail: Text
    mark: Mark


class Basis(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A legal basis 设定依据: which law, number and article, and its gist in our own words."""

    law: Text
    number: Text
    article: Text
    gist: Text
    in_force: date | None = None
    mark: Mark


class Fee(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fee 收费项目; ``fen`` in integer fen."""

    name: Text
    fen: int
    basis: Text
    mark: Mark


class Result(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes out 审批结果; a licence names its 21-character type and shows a sample line by line."""

    name: Text
    kind: Literal["licence", "approval", "other"]
    licence_type: str = ""
    sample: tuple[tuple[Text, Text], ...] = ()
    delivery: Text
    mark: Mark


class Faq(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question that people ask 常见问题."""

    question: Text
    answer: Text
    mark: Mark


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one can go 办理地点."""

    name: Text
    address: Text
    hours: Text
    phone: str = ""
    mark: Mark


class Contact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to ask and where to complain 咨询、监督投诉: two different numbers."""

    consult: str
    supervise: str
    mark: Mark
