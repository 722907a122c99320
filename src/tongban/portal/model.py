"""What the portal shows to whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import msgspec

from tongban.kit.acting import Errand
from tongban.kit.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Words
from tongban.kit.i18n import N_, Message, N_counted, Text
from tongban.kit.policy import ANYBODY, Duty, Policy, Relation, Role, Rule

_OPEN = ("portal.home", "portal.start", "portal.style", "portal.keeping", "portal.decisions")
_HER_OWN = ("portal.my_data", "portal.show_data", "portal.ask_copy", "portal.read_copy", "portal.erase")
_AT_DESK = (Role.OFFICER, Relation.DEPARTMENT)
_EXAMINERS = N_("更正请求由受理人员答复。请转给同部门有受理职责的人员。")
_HEADS = N_("人工复核由部门负责人答复。请转给部门负责人。")
POLICY = Policy(
    (
        *(Rule(action, role, Relation.ANY) for action in _OPEN for role in ANYBODY),
        Rule("portal.mine", Role.RESIDENT, Relation.OWN, phone_only=True),
        Rule("portal.mine", Role.RESIDENT, Relation.DELEGATED),
        # One's own, or one's child's: none of these names a record, so nobody else's can be meant.
        # A phone's account holds no name and no paper to be shown in full.
        *(Rule(one, Role.RESIDENT, Relation.OWN, phone_only=one != "portal.show_data") for one in _HER_OWN),
        *(Rule(one, Role.RESIDENT, Relation.DELEGATED, guardian=True, whole=True) for one in _HER_OWN),
        *(
            Rule(action, Role.RESIDENT, relation, errand=errand, whole=errand is not None)
            for action in ("portal.ask_correction", "portal.ask_review", "portal.requests")
            for relation, errand in ((Relation.OWN, None), (Relation.DELEGATED, Errand.DATA))
        ),
        Rule("portal.decided", Role.RESIDENT, Relation.OWN),
        Rule("portal.decided", Role.RESIDENT, Relation.DELEGATED, errand=Errand.FOLLOW),
        Rule("portal.desk_requests", *_AT_DESK),
        Rule("portal.start_at_desk", *_AT_DESK),
        Rule("portal.answer_correction", *_AT_DESK, duty=Duty.EXAMINE, reserved=_EXAMINERS),
        Rule("portal.answer_review", *_AT_DESK, duty=Duty.HEAD, reserved=_HEADS),
    )
)


class ProblemUnknown(NotFound):
    """No answer of the house has this type."""

    def __init__(self) -> None:
        super().__init__("problem-unknown", N_("没有这种问题类型。请检查答复中的 type。"))


class PartUnknown(NotFound):
    """The pattern library has no such part."""

    def __init__(self) -> None:
        super().__init__("style-part-unknown", N_("组件样式里没有这一节。请从目录进入。"))


class CopyTooOften(TooMany):
    """A person asked for more copies of her data in a day than make sense."""

    def __init__(self) -> None:
        super().__init__(
            "copy-too-often",
            N_("今天已经为您制作过 {n} 份副本。请打开已有的副本，或明天再申请。", n=COPIES_A_DAY),
            retry_after=24 * 3600,
        )


class CasesOpen(Conflict):
    """An account with cases under way cannot be closed."""

    def __init__(self, number: int) -> None:
        super().__init__(
            "cases-open",
            N_counted("您有 {n} 件在办的办件，办结或撤回后才能注销账户。", number, n=number),
        )


#: How many copies a person may ask for within a day, and how long a link to one lives.
COPIES_A_DAY = 3
COPY_LIFETIME = timedelta(days=7)


class KeepingRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long one kind of data is kept 保存期限: ``days`` after ``since``, then ``then``; None where no job ends it.

    ``mark``: ``real`` where ``basis`` states the period, ``realistic`` where the installing city decides.
    """

    code: str
    what: Text
    since: Text
    then: Text
    basis: Text
    mark: Literal["real", "realistic"]
    days: int | None


class HeldRoom(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A room as the page about one's data names it, and where its records are shown."""

    name: Text
    href: str


class HeldField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that may be wrong in a kind of data, and where saying so leads.

    ``here``: the page on which she changes it herself. Else ``goes``, who answers: the department of a register (its
    code, or ``register`` where she says which), of a ``case``, the issuer of a ``licence``, or the ``operator``.
    ``hukou``: only who is in the register of hukou has it.
    """

    code: str
    name: Text
    goes: str | None = None
    here: str | None = None
    hukou: bool = False


class HeldKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of personal data 个人信息的种类, as the head of ``held.yaml`` tells: its source, why it may be held, how
    long (the code of a :class:`KeepingRule`), how it is corrected, where it is copied, and why what is left stays."""

    code: str
    room: str
    tables: tuple[str, ...]
    name: Text
    source: Text
    basis: Text
    keeping: str
    correct: Text
    copy: dict[str, str | Text] = {}
    left: tuple[str, ...] = ()
    stays: Text | None = None
    wrong: tuple[HeldField, ...] = ()


class HeldTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of ``held.yaml``: rooms, kinds of data, tables that are nobody's and why, words of a copy's members."""

    rooms: dict[str, HeldRoom]
    kinds: tuple[HeldKind, ...]
    nobody: dict[str, Text]
    labels: dict[str, Text]


class HeldHere(msgspec.Struct, frozen=True):
    """What one room holds about a person now: how many records, the newest of which time; ``kept``: the kinds of which
    there is a row."""

    room: str
    title: HeldRoom
    kinds: tuple[HeldKind, ...]
    kept: tuple[HeldKind, ...]
    records: int
    as_of: datetime | None


class Copy(msgspec.Struct, frozen=True):
    """A copy of a person's data 个人信息副本: asked for, and ``made_at`` None while it is in the making."""

    id: UUID
    asked_at: datetime
    made_at: datetime | None
    until: datetime | None


class Problem(msgspec.Struct, frozen=True):
    """A type of problem 问题类型: the HTTP status it comes with, what it means, what to do."""

    status: int
    meaning: Text
    todo: Text


class Example(msgspec.Struct, frozen=True):
    """One use of a component 示例: what it shows, and the template code that is run and shown.

    The code may call ``c.<macro>`` and ``text("中文", "English")``, sample words that carry both languages so that
    they do not fill the catalogue of translations; a page writes ``_("中文")``, and so the code is shown.
    """

    shows: Text
    code: str


class Component(msgspec.Struct, frozen=True):
    """A component 部件 of the pattern library: when to use it, examples, and the sample data that these name."""

    name: Text
    use: Text
    examples: tuple[Example, ...]
    given: dict[str, Any] = {}


class Part(msgspec.Struct, frozen=True):
    """A page of the pattern library: components by the name of their macro. ``staff``: shown as on the desk."""

    name: Text
    lead: Text
    components: dict[str, Component]
    staff: bool = False


WEEKDAYS = (N_("星期一"), N_("星期二"), N_("星期三"), N_("星期四"), N_("星期五"), N_("星期六"), N_("星期日"))


def greeting(hour: int, name: str) -> Message:
    """A greeting by the city's hour; ``name`` may be empty."""
    if hour < 5:  # neither evening nor morning: whoever is up is greeted plainly
        return N_("{name}，您好", name=name) if name else N_("您好")
    if hour >= 19:
        return N_("{name}，晚上好", name=name) if name else N_("晚上好")
    if hour < 12:
        return N_("{name}，上午好", name=name) if name else N_("上午好")
    return N_("{name}，下午好", name=name) if name else N_("下午好")


Sort = Literal["correction", "review"]
#: So many requests of one person wait at a time at most.
WAITING_MOST = 20
#: So many characters of each field of a request and of an answer are taken.
SAID_MOST = 1000
PROOF_MOST = 5


class RequestState(StrEnum):
    """How a request stands 请求状态."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


REQUEST_STATES: dict[tuple[Sort, RequestState], Message] = {
    ("correction", RequestState.ASKED): N_("等待答复"),
    ("correction", RequestState.GRANTED): N_("已更正"),
    ("correction", RequestState.REFUSED): N_("不予更正"),
    ("correction", RequestState.WITHDRAWN): N_("已撤回"),
    ("review", RequestState.ASKED): N_("等待答复"),
    ("review", RequestState.GRANTED): N_("复核后改变"),
    ("review", RequestState.REFUSED): N_("复核后维持"),
    ("review", RequestState.WITHDRAWN): N_("已撤回"),
}
#: Why an officer looks at what is masked; the ledger keeps the code.
LOOKING: dict[str, Message] = {
    "compare": N_("与登记核对"),
    "correct": N_("在登记中更正"),
    "contact": N_("联系本人核实"),
}


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of automated decision 自动化决策 (``decisions.yaml``): who decides, by which rule and facts, on which law.

    ``moves`` are the steps of a case that it makes, ``grounds`` which terminations; ``uses`` what a case shows."""

    code: str
    by: Literal["machine", "advice"]
    name: Text
    rule: Text
    facts: Text
    law: Text
    effect: Text
    moves: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()


class RightsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``city/rights.yaml``: within how many working days requests are answered, by which kind of department, and, of
    registers whose entries may lie in any area, who takes what lies ``elsewhere`` than in the city, and who takes it of
    people ``without_hukou``."""

    working_days: int
    mark: Literal["real", "realistic"]
    basis: Text
    operator: str
    registers: dict[str, str]
    complain: Text
    elsewhere: dict[str, str] = {}
    without_hukou: dict[str, str] = {}


class Said(msgspec.Struct, frozen=True):
    """What a person says in a request: what ``stands`` there, what it ``should`` be, and ``why``; as typed. ``place``
    is where the entry lies, where that may be anywhere in the country."""

    stands: str
    should: str
    why: str
    place: str = ""

    def __repr__(self) -> str:
        return "Said(…)"


class RightsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request about one's data 个人信息请求: ``thing`` is a field of ``held.yaml`` (kind.field) or the code of a
    decision, ``about`` the register, case or licence that is meant, or empty. ``due`` ends its last day."""

    id: UUID
    subject: UUID
    sort: Sort
    thing: str
    about: str
    department: str
    purpose: UUID
    asked_at: datetime
    due: datetime
    state: RequestState
    ended_at: datetime | None
    said: Said
    answer: str

    @property
    def words(self) -> Message:
        """How it stands, in words."""
        return REQUEST_STATES[self.sort, self.state]

    @property
    def tone(self) -> str:
        """How a chip shows that."""
        return {"asked": "info", "granted": "ok", "refused": "warn", "withdrawn": "muted"}[self.state]


def proof_reference(request: UUID) -> str:
    """What the files of a request are kept for: no case's files have it."""
    return f"request:{request}"


class RequestInvalid(Invalid):
    """A request or an answer lacks something; ``fields`` says what."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("request-invalid", N_("请更正下面标出的内容。"), fields=fields)


class RequestStands(Conflict):
    """The same thing has been asked already and waits for its answer; ``request`` is that one."""

    def __init__(self, request: UUID) -> None:
        super().__init__(
            "request-stands",
            N_("这一项您已经提出过，正在等待答复。要改内容，请先撤回那一件，再提交这一件。"),
        )
        self.request = request


class RequestsTooMany(TooMany):
    """More requests wait than anybody has use for."""

    def __init__(self) -> None:
        super().__init__(
            "requests-too-many",
            N_("您有 {n} 件请求在等待答复。请等其中一件答复后再提出。", n=WAITING_MOST),
            retry_after=24 * 3600,
        )


class RequestUnknown(NotFound):
    """No such request, or not for these eyes."""

    def __init__(self) -> None:
        super().__init__("request-unknown", N_("没有找到这件请求。请从列表进入。"))


class OwnRequest(Forbidden):
    """An officer neither reads nor answers a request of her own, her kin's, or whom she guards or acts for 回避."""

    def __init__(self) -> None:
        super().__init__(
            "own-request",
            N_("这是您自己、家人、同名的人或者由您代办的人的请求，请本部门的另一位工作人员答复。"),
        )


class RequestOver(Conflict):
    """The request has been answered or withdrawn in the meantime."""

    def __init__(self) -> None:
        super().__init__("request-over", N_("这件请求已经答复或者撤回。请返回列表查看。"))


class OnlyPersons(Conflict):
    """A firm's entry is no personal data."""

    def __init__(self) -> None:
        super().__init__("only-persons", N_("这里只更正个人信息。单位的登记有误，请向登记机关申请变更登记。"))
