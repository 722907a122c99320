"""Legal persons 法人: what is known of one, who may bind it, and what is refused. Pure rules.

A firm acts by its legal representative 法定代表人 (民法典 art. 61), whom the register of firms names, and by whom she
appoints (art. 161, 170). It has one account, found by its unified social credit code (GB 32100-2015).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol
from uuid import UUID

import msgspec

from tongban.kit import keys, papers
from tongban.kit.errors import Conflict, Invalid, TooMany
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Relation, Role, Rule

if TYPE_CHECKING:
    from tongban.kit.db import Database

#: 登记状态, as the register of firms tells it.
FirmState = Literal["active", "revoked", "struck_off", "merged", "split"]
FIRM_STATES: dict[FirmState, Message] = {
    "active": N_("存续"),
    "revoked": N_("吊销营业执照"),
    "struck_off": N_("注销"),
    "merged": N_("因合并注销"),
    "split": N_("因分立注销"),
}
#: So long a binding waits for a register that does not answer. Ours.
BINDING_STANDS = timedelta(days=7)
#: The register is asked again after this, while it does not answer.
ASK_AGAIN_AFTER = timedelta(minutes=1)
#: What the register said stands for a day, then it is asked again. Ours.
RECHECK_AFTER = timedelta(days=1)
#: A firm of which the register gave no answer is asked for again after this. Ours.
ASK_FIRM_AGAIN_AFTER = timedelta(minutes=10)
#: What came of asking: as it stands, no longer known to the register, or no answer.
Recheck = Literal["confirmed", "unknown", "silent"]
#: So many firms one person may ask for within a day. Ours, so that nobody goes through the codes.
MOST_ASKED = 20
ITEM = "identity.bind_firm"
#: For what the register is asked again, each day and at a switch to the firm: no act of the representative's.
RECHECK = "identity.recheck_firm"
FIELDS = ("enterprise.name", "enterprise.legal_representative", "enterprise.status")
#: 个人信息保护法 (PIPL) art. 13(1)(3): statutory duty; 市场主体登记管理条例 art. 8: who represents is registered.
BASIS = "个人信息保护法第十三条第一款第三项：履行法定职责所必需；《市场主体登记管理条例》第八条"

RULES = (
    # One's own only: neither names another's record, and nobody binds a firm in another's name.
    Rule("identity.bind_firm", Role.RESIDENT, Relation.OWN),
    # The firm for which one acts just now; who acts for none is told how to come to one.
    Rule("identity.firm", Role.RESIDENT, Relation.OWN),
    Rule("identity.firm", Role.RESIDENT, Relation.DELEGATED),
    # Only the representative of the successor: the action asks.
    Rule("identity.take_over", Role.RESIDENT, Relation.DELEGATED, whole=True),
)


class FirmResult(msgspec.Struct, frozen=True):
    """The register's answer of one firm: whether it knows it, and whether the one who was named represents it.

    ``match`` also says that it stands; ``successors`` are the codes of who took over.
    """

    known: bool
    match: bool
    name: str
    state: str
    successors: tuple[str, ...]
    as_of: datetime

    @property
    def stands(self) -> FirmState:
        """Its state; one that we do not know is as good as revoked: nothing new is begun by it."""
        return next((state for state in FIRM_STATES if state == self.state), "revoked")


class FirmCheck(Protocol):
    """Asks the register of firms under a purpose of ``subject`` that was opened before.

    ``name`` and ``id_number`` are of the one who says that she represents the firm, both empty where the firm alone is
    asked for. Raises a kit.errors.Unavailable when the register does not answer.
    """

    async def __call__(
        self,
        db: Database,
        *,
        subject: UUID,
        purpose: UUID,
        code: str,
        name: str,
        id_number: str,
        now: datetime,
    ) -> FirmResult: ...


class Firm(msgspec.Struct, frozen=True):
    """A firm's account 法人账户, as the register confirmed it at ``as_of`` (UTC)."""

    id: UUID
    code: str
    name: str
    state: FirmState
    successors: tuple[str, ...]
    as_of: datetime
    checked_at: datetime

    @property
    def active(self) -> bool:
        """Whether it can begin anything new."""
        return self.state == "active"

    def overdue(self, now: datetime) -> bool:
        """Whether it stood when the register was asked last, and that is more than a day ago."""
        return self.active and self.checked_at <= now - RECHECK_AFTER

    @property
    def in_words(self) -> Message:
        """Its state: 存续, 注销 …"""
        return FIRM_STATES[self.state]

    @property
    def code_doubtful(self) -> bool:
        """Whether the check characters do not hold: some early codes were issued so, and the register knows them."""
        return not papers.uscc_holds(self.code)


class Binding(msgspec.Struct, frozen=True):
    """A binding under way 绑定申请: who says that she represents the firm of this code."""

    id: UUID
    person: UUID
    code: str
    asked_at: datetime
    until: datetime


class Bound(msgspec.Struct, frozen=True):
    """What came of a binding: the firm and the power by which its representative acts; both None while the register
    does not answer."""

    firm: Firm | None = None
    power: UUID | None = None


class FirmInvalid(Invalid):
    """The code cannot be bound; the sentence stands at its field."""

    def __init__(self, words: Message) -> None:
        super().__init__("firm-invalid", N_("请更正下面标出的内容。"), fields={"code": words})
        self.words = words

    @classmethod
    def misshapen(cls, code: str) -> FirmInvalid:
        """It is no unified social credit code at all."""
        if not code:
            return cls(N_("请填写单位的统一社会信用代码。"))
        return cls(N_("统一社会信用代码是 18 位数字和大写字母（不含 I、O、S、V、Z），请照营业执照填写。"))

    @classmethod
    def unknown(cls, code: str) -> FirmInvalid:
        """The register does not know it; where the check characters fail too, it was most likely mistyped."""
        if not papers.uscc_holds(code):
            return cls(
                N_("登记机关没有这个代码，校验位也不对，可能有一位填错了。请照营业执照逐位核对后再填。")
            )
        return cls(N_("登记机关没有这个代码。请照营业执照核对；刚设立的单位，请在登记完成后的次日再来绑定。"))

    @classmethod
    def not_hers(cls, name: str) -> FirmInvalid:
        """The register names somebody else."""
        return cls(
            N_(
                "登记机关登记的{name}的法定代表人不是您。刚变更的，请等变更登记完成；"
                "您是经办人的，请法定代表人或者管理员给您授权。",
                name=name,
            )
        )

    @classmethod
    def gone(cls, name: str, state: FirmState) -> FirmInvalid:
        """It is no more."""
        return cls(
            N_(
                "{name}的登记状态是“{state}”，不能再开通账户。请由承继的单位办理，或者到窗口咨询。",
                name=name,
                state=FIRM_STATES[state],
            )
        )


class CodeDoubtful(Invalid):
    """The check characters fail: most likely it was mistyped, but some early codes were issued so. Who has compared it
    says so, and then the register decides."""

    def __init__(self) -> None:
        super().__init__(
            "code-doubtful",
            N_("这个代码的校验位不符合国家标准，请先核对。"),
            fields={
                "code": N_("校验位不对，多半是有一位填错了。请照营业执照逐位核对。"),
                "sure": N_("核对无误、营业执照上确实如此的，请勾选后再提交，由登记机关确认。"),
            },
        )


class TooManyFirms(TooMany):
    """One person asked for more firms than anybody has."""

    def __init__(self) -> None:
        super().__init__(
            "too-many-firms",
            N_("您今天查询的单位太多了，请明天再试；单位很多的，请到窗口办理。"),
            retry_after=3600,
        )


class TooManyFormer(TooMany):
    """Who represents a firm had the register asked of former firms five times within a quarter of an hour."""

    def __init__(self) -> None:
        super().__init__(
            "too-many-firms",
            N_("刚才已经向登记机关查询过多次，请 15 分钟后再试。请先照合并、分立的登记通知书核对代码。"),
            retry_after=900,
        )


class FirmClosed(Conflict):
    """The firm is no more: nothing new is begun in its name, what is under way goes on."""

    def __init__(self, name: str, state: FirmState) -> None:
        super().__init__(
            "firm-closed",
            N_(
                "{name}的登记状态是“{state}”，不能再提出新的申请。已经提交的继续办理；新的申请请由承继的单位提出。",
                name=name,
                state=FIRM_STATES[state],
            ),
        )


class NotRepresentative(Conflict):
    """What a firm's legal representative alone does in its name: no steward and no agent of it."""

    title = N_("由法定代表人办理")

    def __init__(self, name: str) -> None:
        super().__init__(
            "not-representative",
            N_(
                "接手原单位的办件，只能由{name}的法定代表人办理。请法定代表人切换到单位名下来办。",
                name=name,
            ),
        )


class FirmGivesNone(Conflict):
    """The firm is no more: nobody gives or accepts a power in its name."""

    title = N_("单位已经不再存续")

    def __init__(self, name: str, state: FirmState) -> None:
        super().__init__(
            "firm-closed",
            N_(
                "{name}的登记状态是“{state}”，不能再以它的名义授权，它发出的授权也不能再接受。"
                "已经提交的办件由承办部门依法处理；有单位承继的，请承继单位的法定代表人在“我的单位”接手。",
                name=name,
                state=FIRM_STATES[state],
            ),
        )


def firm_hash(code: str) -> bytes:
    """The HMAC by which a firm's account is found: one firm, one account."""
    return keys.current().blind_index("firm", code)
