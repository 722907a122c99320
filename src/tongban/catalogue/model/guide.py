"""The parts of a guide 办事指南: what an item asks, how it goes, what it rests on. Field names follow the
national exchange tables ``up_task_*`` in their English translation; every row carries its mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Literal

import msgspec

from tongban.catalogue.model.after import CHANGES
from tongban.catalogue.model.code_sets import MEDIA, ORIGINALS, ORIGINS
from tongban.kit.i18n import Message, N_counted, Text

#: How sure a fact is: ``real`` (a law, a standard, a fact of the city), ``realistic`` (as such things are, not
#: looked up), ``synthetic`` (made up for the demo). Only what is real may be told as law.
Mark = Literal["real", "realistic", "synthetic"]

#: How a material comes without the person bringing it (两个免于提交); ``none``: it must be brought.
Route = Literal["licence", "shared", "commitment", "none"]
#: The situation of an item in which who applies chooses between a commitment 告知承诺 and the ordinary way 一般程序.
WAY = "way"


class Way(StrEnum):
    """How somebody applies for what is granted on commitment."""

    COMMITMENT = "commitment"
    ORDINARY = "ordinary"


def _meant(only_if: Mapping[str, tuple[str, ...]], answers: Mapping[str, str]) -> bool:
    return all(answers.get(key, values[0]) in values for key, values in only_if.items())


class Situation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A situation 情形: a question whose answer decides which materials are needed; ``options`` are value and words."""

    key: str
    question: Text
    options: tuple[tuple[str, Text], ...]


class SpecialProcedure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A special procedure 特别程序 (行政许可法 art. 45): its ``kind`` (GB/T 39046 A.7), how long, on what law.

    ``days`` says it in words; ``calendar_days`` or ``working_days`` say how long at most, where that is known.
    ``condition`` is what ``basis`` makes it to the approval 法定前置: ``run``, that none is given before it was run;
    ``time``, that none is given within its calendar days from the acceptance, which run by themselves, and within
    ``ask_within`` calendar days after them the applicants must come and ask for it; empty where the law leaves it to
    the officer. ``changes`` are the changes that need it, of those that the form offers; without any it is always due.
    """

    kind: Literal["1", "2"]
    name: Text
    days: Text
    calendar_days: int = 0
    working_days: int = 0
    condition: Literal["", "run", "time"] = ""
    ask_within: int = 0
    changes: tuple[str, ...] = ()
    basis: Text
    mark: Mark

    def due_for(self, answers: Mapping[str, Any]) -> bool:
        """Whether an application with these answers goes through it."""
        asked = answers.get(CHANGES)
        return not self.changes or not isinstance(asked, list) or not set(self.changes).isdisjoint(asked)

    @property
    def limit(self) -> Message | None:
        """How long at most, in words; None where that is not known."""
        if self.calendar_days:
            return N_counted("{n} 日", self.calendar_days)
        return N_counted("{n} 个工作日", self.working_days) if self.working_days else None


class InspectionPoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A point of a site inspection 现场核查项目: what is looked at on the spot, and on what law or practice.

    ``key`` is what the record keeps and the page's address names; ``section`` the part of the premises or of the
    business that it is about.
    """

    key: str
    section: Text
    text: Text
    basis: Text
    mark: Mark


class Material(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A material 材料: asked on a legal ``basis``, or exempt by a ``route`` through ``source`` (a Source's code).

    ``original``, ``medium`` and ``origin`` are codes of ``code_sets``; ``copies`` how many are handed in; ``standard``
    when it is accepted 受理标准. One that was filed within ``valid_months`` may be handed in again. ``later`` is
    secondary: who promises so may hand it in after acceptance 容缺后补, within ``later_days`` working days. ``only_if``
    names the situations in which it is needed: of each named one the answer must be among these.

    ``material_code`` is the standard material 标准材料 that it is, of the city's library; ``elements`` are the data
    elements 数据元 that it proves, by their codes.

    ``beyond`` says why a source that gives it to others does not to those who are asked, all of them in situations of
    ``only_if`` (a household book of another province, which no register of this city holds).
    """

    code: str
    name: Text
    detail: Text
    required: bool = True
    later: bool = False
    later_days: int = 0
    route: Route = "none"
    source: str = ""
    why: Text
    basis: Text | None = None
    original: str = "1"
    medium: str = "2"
    copies: int = 1
    origin: str = "10"
    standard: Text | None = None
    valid_months: int | None = None
    only_if: dict[str, tuple[str, ...]] = {}
    beyond: Text | None = None
    material_code: str = ""
    elements: tuple[str, ...] = ()
    mark: Mark

    @property
    def exempt(self) -> bool:
        """Whether the person need not bring it 免提交."""
        return self.route != "none"

    @property
    def by_choice(self) -> bool:
        """Whether only who does not give a commitment brings it: who gives one brings nothing for it."""
        return self.only_if.get(WAY) == (Way.ORDINARY,)

    @property
    def place(self) -> str:
        """The question of the form under which its files are handed in."""
        return f"file_{self.code}"

    @property
    def promise(self) -> str:
        """The question of the form by whose tick the applicant promises that it will follow 容缺后补承诺."""
        return f"later_{self.code}"

    @property
    def commitment(self) -> str:
        """The question of the form by whose tick a commitment takes its place 告知承诺."""
        return f"promise_{self.code}"

    @property
    def form_words(self) -> Text:
        """In what form and how many copies it is handed in, in words."""
        medium, original = MEDIA[self.medium], ORIGINALS[self.original]
        return Text(
            f"{medium.zh} {original.zh} {self.copies} 份",
            f"{self.copies} × {original.en.lower()}, {medium.en.lower()}",
        )

    @property
    def origin_name(self) -> Text:
        """Where it comes from, in words."""
        return ORIGINS[self.origin]

    def needed(self, answers: Mapping[str, str]) -> bool:
        """Whether it is needed in these situations; a question that is not answered leaves it in the list."""
        return _meant(self.only_if, answers)


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A condition 受理条件 in words; the rule set says the same for the machine."""

    text: Text
    basis: Text | None = None
    mark: Mark


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step of the way 办理流程; ``stage`` is the procedure's own word (申请 受理 审查 决定 制证 送达).

    ``standard`` is by what it is judged, ``outcome`` what comes of it, ``limit`` how long it takes.
    """

    stage: Literal["apply", "accept", "examine", "decide", "make", "deliver"]
    title: Text
    detail: Text
    limit: Text | None = None
    standard: Text | None = None
    outcome: Text | None = None
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
    """A fee 收费项目; ``fen`` in integer fen. ``only_if`` names the situations in which it is due."""

    name: Text
    fen: int
    basis: Text
    only_if: dict[str, tuple[str, ...]] = {}
    mark: Mark

    def due(self, answers: Mapping[str, str]) -> bool:
        """Whether it is due in these situations; a question that is not answered leaves it in the list."""
        return _meant(self.only_if, answers)


class Due(msgspec.Struct, frozen=True):
    """What is due in a person's situations; ``settled`` once the answers that decide it are there."""

    fees: tuple[Fee, ...]
    settled: bool

    @property
    def total(self) -> int:
        """All of them together, in fen."""
        return sum(fee.fen for fee in self.fees)


class Numbering(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a licence is numbered where a rule says so 许可证编号规则; else it has the issuer's next of the year.

    ``prefix``, one digit by the answer to ``field`` (``digits`` says which), the district's six, a serial of ``serial``
    digits, and the check digit (GB/T 17710, MOD 11,10), as in 食品经营许可和备案管理办法: JY + 14 digits.
    """

    prefix: str
    field: str
    digits: dict[str, str]
    serial: int


class Result(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes out 审批结果; a licence names its 21-character type and shows a sample line by line.

    ``face`` are the questions of the form whose answers stand on the licence 载明事项, besides holder and number.
    """

    name: Text
    kind: Literal["licence", "approval", "other"]
    licence_type: str = ""
    sample: tuple[tuple[Text, Text], ...] = ()
    face: tuple[str, ...] = ()
    numbering: Numbering | None = None
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
