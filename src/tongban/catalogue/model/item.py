"""An item of the catalogue in one of its versions: everything that a guide, a form and a case need of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import msgspec

from tongban.catalogue.model.after import After
from tongban.catalogue.model.code_sets import (
    CASE_KINDS,
    DEPTHS,
    KINDS,
    LEVELS,
    NATURES,
    POWERS,
    SCOPES,
    TARGETS,
    WAYS,
)
from tongban.catalogue.model.commitment import Commitment
from tongban.catalogue.model.guide import (
    Basis,
    Condition,
    Contact,
    Due,
    Faq,
    Fee,
    InspectionPoint,
    Mark,
    Material,
    Numbering,
    Place,
    Result,
    Situation,
    SpecialProcedure,
    Step,
)
from tongban.catalogue.model.limits import Clock
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Text
from tongban.kit.papers import FIRM, NUMBERED_AS_CITIZENS
from tongban.kit.rules import All, RuleSet

_OWN_NUMBER = {"resource": "account", "field": "id_number"}
#: A natural person, of the targets of GB/T 39046-2020 A.4.
_NATURAL = "1"
_NO_RULES = RuleSet("none", Text("无", "None"), All(label=Text("无", "None"), of=()))


class Papers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The identity papers that an item may be applied for with 适用证件, as kinds of GA/T 2000.156.

    ``otherwise`` tells the holder of another paper why not and where to go.
    """

    kinds: tuple[str, ...]
    otherwise: Text


class Party(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a form names joint applicants: the questions of name and ID number, or those columns of the ``table``."""

    role: Text
    name: str
    id_number: str
    table: str = ""

    @property
    def field(self) -> str:
        """The question of the form in which the number stands."""
        return self.table or self.id_number


class JointApplicants(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item that several apply for together 共同申请: the ``parties`` that its form names confirm it themselves.

    ``own`` are the fields about the other herself, which she reads in full, ``withheld`` those about the first
    applicant that she does not read (sensitive ones are masked anyway); ``titles`` call sections otherwise for her,
    who is not the one that “you” means there; ``statement`` is what she declares by
    confirming. ``withdraw`` says whether ``any`` of them
    may take back what was filed, or only ``all`` together; ``why`` is the guide's sentence, on its ``basis``.
    """

    parties: tuple[Party, ...]
    own: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    titles: dict[str, Text] = {}
    statement: Text
    withdraw: Literal["any", "all"]
    why: Text
    basis: Text
    mark: Mark


class InPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who applies comes herself 亲自到场申请: what she files online is a booking 预约, her application is her coming.

    ``booked`` names the question that asks on which day; empty where none does, and she comes after the filing when it
    suits her. The booking is kept ``days`` working days after that day, or calendar days after the filing.
    """

    booked: str = ""
    days: int
    basis: Text
    mark: Mark

    @property
    def unit(self) -> Literal["working", "calendar"]:
        """In which days a booking is kept."""
        return "working" if self.booked else "calendar"


class FirstReview(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item of which the organ above decides once the department has examined it 初审 (行政许可法 art. 35, 43).

    ``decided_by`` is the kind of the organ that decides; where that is so only of some cases, those whose answer to
    the question ``field`` is one of ``answers``. ``why`` is the guide's sentence, on its ``basis``.
    """

    decided_by: str
    field: str
    answers: tuple[str, ...]
    why: Text
    basis: Text
    mark: Mark

    def covers(self, answers: Mapping[str, Any]) -> bool:
        """Whether the organ above decides an application with these answers."""
        return answers.get(self.field) in self.answers


class ItemVersion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A service item 政务服务事项 as published: immutable, numbered, dated. ``number`` 0 is a draft.

    Code sets are those of GB/T 39046-2020 Annex A: ``kind`` A.1, ``level`` A.2, ``targets`` A.4 (1 natural
    person, 2 enterprise …), ``ways`` A.5 (1 counter, 2 computer, 3 mobile, 4 courier), ``case_kind`` A.6 (1 on
    the spot, 2 by promise), ``nature`` A.3; those that the standard leaves open are in ``code_sets``. ``task_code``
    is USCC (18) + level + ``catalog_code`` (12) as in GB/T 39554.1-2020, ``handle_code`` adds two digits. ``online``:
    ``full`` from application to result, ``part`` applied for online with visits, ``guide`` when the city handles it
    but this platform does not yet. ``gives`` is ``again`` where a licence that the person holds is no hindrance
    (renewal, reissue, one for each of her firms); ``assigns_code`` where the approval gives a new organisation its
    unified social credit code; ``about`` where it is of another case of the applicant (a decision against her, or any
    case that she has filed, or of a licence that she holds: ``after`` says what it does to it). ``afterwards`` are the
    items for the licence that this one gives. ``min_level`` is the real-name level asked (0–3). ``minors``: who is
    under eighteen may have it, her guardian applies (民法典 art. 19, 20, 23). ``form_made`` says
    whether the form was made by hand or from the item's data elements. ``purpose_fields`` are the fields that may be
    read of each resource, no more than form and rules need (PIPL art. 6), on ``purpose_basis`` (PIPL art. 13).
    ``district_field`` names the answer that decides which department of kind ``department_kind`` is competent.
    ``chain`` is who examines, reviews and approves 审查链, as duties in order, each another person; empty where one
    officer decides. ``papers`` restricts who may apply by the paper of the account; without it everybody whom the form
    can take. ``joint_applicants`` says whose word it needs beside the applicant's; ``first_review`` which of its cases
    the organ above decides; ``commitment`` how it is granted on one.
    ``inspection`` are the points that officers look at on the spot 现场核查, for items whose premises are inspected.
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
    online: Literal["full", "part", "guide"]
    scope: Literal["nation", "provinces", "city", "place"] = "place"
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
    rights: tuple[Text, ...] = ()
    nature: str = "1"
    power: str = "1"
    depth: str = "4"
    quantity_limit: Text | None = None
    intermediary: Text | None = None
    joint: tuple[Text, ...] = ()
    special_procedures: tuple[SpecialProcedure, ...] = ()
    inspection: tuple[InspectionPoint, ...] = ()
    situations: tuple[Situation, ...] = ()
    appointment: bool = False
    express: bool = False
    gives: Literal["first", "again"] = "first"
    about: Literal["", "decision", "case", "licence"] = ""
    after: After | None = None
    afterwards: tuple[str, ...] = ()
    min_level: int = 1
    minors: bool = False
    assigns_code: bool = False
    chain: tuple[str, ...] = ()
    effective_on: date | None = None
    form_made: Literal["hand", "elements"] = "hand"
    marks: dict[str, Mark]
    form: dict[str, Any] = {}
    rules: RuleSet = _NO_RULES
    purpose_fields: dict[str, tuple[str, ...]] = {}
    purpose_basis: Text | None = None
    district_field: str = ""
    papers: Papers | None = None
    joint_applicants: JointApplicants | None = None
    in_person: InPerson | None = None
    first_review: FirstReview | None = None
    commitment: Commitment | None = None

    @property
    def applied_for(self) -> Text:
        """The name as it stands before the word 申请, which the names of some items end with."""
        return Text(self.name.zh.removesuffix("申请"), self.name.en)

    @property
    def is_online(self) -> bool:
        """Whether it can be applied for here."""
        return self.online != "guide"

    @property
    def whole_online(self) -> bool:
        """全程网办: from application to result without a visit."""
        return self.online == "full"

    @property
    def for_firms(self) -> bool:
        """Whether a firm can apply in its own name."""
        return any(target != _NATURAL for target in self.targets) and self.joint_applicants is None

    def takes(self, paper_kind: str) -> bool:
        """Whether somebody whose account has a paper of this kind may apply.

        A firm's account may where the item is for legal persons (A.4), and where nobody confirms it together with
        others from an account of her own. Where the form itself asks for the account's 公民身份号码, whoever has none
        cannot fill it.
        """
        if paper_kind == FIRM:
            return self.for_firms
        if self.papers is not None:
            return paper_kind in self.papers.kinds
        return paper_kind in NUMBERED_AS_CITIZENS or not any(
            rule.get("format") == "cn-id" and rule.get("x-ui", {}).get("prefill") == _OWN_NUMBER
            for rule in self.form.get("properties", {}).values()
        )

    def not_taken(self, paper_kind: str, paper: Text, *, minor: bool) -> Words | None:
        """What somebody with this paper is told who may not apply, and what she can do instead; None when she may.

        ``paper`` is its name; ``minor``: she is under eighteen. The item's own words where it restricts papers, else
        that its form asks for an ID card.
        """
        if minor and not self.minors:
            return N_(
                "未满 18 周岁的，不能申请这个事项。为自己办理的，请先切换回本人；其他情况请到窗口或拨打热线咨询。"
            )
        if self.takes(paper_kind):
            return None
        if paper_kind == FIRM:
            return N_(
                "这个事项由个人办理，不能以单位名义申请。请先切换回本人，再来办理；用单位证书登录的，请退出后以本人登录。"
            )
        return (self.papers.otherwise if self.papers else None) or N_(
            "这个事项要用居民身份证办理，您的账户登记的是{paper}。请到窗口或拨打热线咨询可以办理的事项。",
            paper=paper,
        )

    @property
    def all_city(self) -> bool:
        """全市通办: any counter of the city takes it."""
        return self.scope != "place"

    @property
    def scope_name(self) -> Text:
        """Where it can be handled, in words."""
        return SCOPES[self.scope]

    @property
    def power_name(self) -> Text:
        """Where the power to handle it comes from, in words."""
        return POWERS[self.power]

    @property
    def depth_name(self) -> Text:
        """How much of it goes online, in words."""
        return DEPTHS[self.depth]

    @property
    def case_kind_name(self) -> Text:
        """Whether it is done on the spot or by promise, in words."""
        return CASE_KINDS[self.case_kind]

    @property
    def nature_name(self) -> Text:
        """What kind of body carries it out, in words."""
        return NATURES[self.nature]

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
        return bool(self.materials) and all(
            m.exempt for m in self.materials if m.required and not m.by_choice
        )

    @property
    def is_free(self) -> bool:
        """Whether nothing is charged."""
        return not self.fees

    def situation(self, answers: Mapping[str, Any]) -> dict[str, str]:
        """What answers say of the item's situations, by their keys: of a form, or of the guide's own questions.

        A form asks a situation under its key, or as ``situation_<key>`` (:mod:`tongban.catalogue.model.elements`).
        """
        return {
            one.key: answers[name]
            for one in self.situations
            for name in (one.key, f"situation_{one.key}")
            if answers.get(name) in [value for value, _ in one.options]
        }

    def due(self, answers: Mapping[str, Any]) -> Due:
        """Which fees are due for who answers so."""
        said = self.situation(answers)
        settled = all(said.keys() >= fee.only_if.keys() for fee in self.fees)
        return Due(tuple(fee for fee in self.fees if fee.due(said)), settled)

    @property
    def licence_type(self) -> str:
        """The licence type that the item issues, empty when it issues none."""
        return next((result.licence_type for result in self.results if result.licence_type), "")

    @property
    def face(self) -> tuple[str, ...]:
        """The questions whose answers stand on the licence 载明事项."""
        return next((result.face for result in self.results if result.licence_type), ())

    @property
    def numbering(self) -> Numbering | None:
        """How its licence is numbered, where a rule says so."""
        return next((result.numbering for result in self.results if result.licence_type), None)

    @property
    def one_each(self) -> bool:
        """Whether who holds its licence needs no second one."""
        return bool(self.licence_type) and self.gives == "first"

    @property
    def purpose_law(self) -> str:
        """On what law a purpose of this item stands, as the audit room keeps it; empty without purposes."""
        return self.purpose_basis.zh if self.purpose_basis else ""

    @property
    def purpose_field_names(self) -> list[str]:
        """What a purpose of this item covers, as the audit room spells it: ``resource.field``."""
        return [f"{resource}.{field}" for resource, fields in self.purpose_fields.items() for field in fields]
