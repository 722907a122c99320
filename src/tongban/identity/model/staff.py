"""Accounts of staff 工作人员: their states, what may be held together, and what is refused. Pure rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from tongban.kit.errors import Conflict, Forbidden, Invalid, NotFound, Words
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import ADMINISTRATORS, ANYBODY, Duty, Relation, Role, Rule

#: Powers that nobody confirmed for so long are listed to be looked at again.
REVIEW_AFTER = timedelta(days=365)
#: The one-time code of who joins: long enough for somebody who starts next Monday.
INVITATION = timedelta(days=3)
#: How often a one-time code may be typed before another must be sent.
INVITATION_TRIES = 5
#: A posting that ends is for so long at most; what lasts longer is a move.
LONGEST_POSTING = timedelta(days=366)
#: Characters of a log-in name, and of a reason.
LONGEST_NAME, LONGEST_REASON = 40, 500
PAGE = 50
#: Accounts that one page of a search by name looks through.
SEARCHED = 5000

DUTY_WORDS: dict[Duty, Message] = {
    Duty.EXAMINE: N_("审查岗"),
    Duty.REVIEW: N_("审核岗"),
    Duty.APPROVE: N_("决定岗"),
    Duty.HEAD: N_("部门负责人"),
    Duty.ASSIST: N_("帮办"),
    Duty.VET: N_("窗口核验"),
    Duty.CATALOGUE: N_("事项管理"),
    Duty.SOURCES: N_("数据来源管理"),
    Duty.SYSTEM_ADMIN: N_("系统管理员"),
    Duty.SECURITY_ADMIN: N_("安全管理员"),
    Duty.AUDIT_ADMIN: N_("审计管理员"),
}


class State(StrEnum):
    """How far an account of staff has come 账户状态. Only an ``active`` one logs in; ``left`` is for ever."""

    PROPOSED = "proposed"
    GRANTED = "granted"
    ACTIVE = "active"
    LOCKED = "locked"
    LEFT = "left"


STATE_WORDS: dict[State, tuple[Message, str]] = {
    State.PROPOSED: (N_("待授权"), "warn"),
    State.GRANTED: (N_("待本人启用"), "info"),
    State.ACTIVE: (N_("在岗"), "ok"),
    State.LOCKED: (N_("已锁定"), "bad"),
    State.LEFT: (N_("已离职"), "muted"),
}

KIND_WORDS: dict[str, Message] = {
    "join": N_("入职"),
    "move": N_("调岗"),
    "post": N_("临时派驻"),
    "return": N_("派驻到期回原岗"),
    "leave": N_("离职"),
    "confirm": N_("权限复核"),
    "lock": N_("锁定账户"),
    "unlock": N_("解除锁定"),
}


class Powers(msgspec.Struct, frozen=True):
    """Where somebody serves and what she does there 岗位; ``hall`` where she sits at a window, by code."""

    department: str
    duties: tuple[Duty, ...] = ()
    hall: str | None = None


class Officer(msgspec.Struct, frozen=True):
    """Somebody at staff as the pages about staff show her; ``until``: a posting that ends after that day."""

    id: UUID
    username: str
    name: str
    state: State
    powers: Powers
    until: date | None
    home: Powers | None
    granted_at: datetime | None
    reviewed_at: datetime | None
    failed_at: datetime | None
    totp: bool
    passkey: bool
    phone: str = ""

    @property
    def role(self) -> Role:
        """An administrator, or an officer of a department."""
        return Role.ADMINISTRATOR if ADMINISTRATORS.intersection(self.powers.duties) else Role.OFFICER

    def stale(self, *, now: datetime) -> bool:
        """Whether nobody has confirmed her powers for a year."""
        last = self.reviewed_at or self.granted_at
        return self.state in (State.ACTIVE, State.LOCKED) and last is not None and last + REVIEW_AFTER <= now


class Change(msgspec.Struct, frozen=True):
    """What was asked for an officer and what came of it 变动记录: ``asked``, ``granted``, ``refused``, ``done``."""

    id: UUID
    officer: UUID
    kind: str
    state: str
    powers: Powers
    until: date | None
    before: Mapping[str, object]
    reason: str
    asked_by: UUID | None
    asked_by_name: str
    asked_at: datetime
    decided_by: UUID | None
    decided_by_name: str | None
    decided_at: datetime | None
    answer: str


class StaffIncomplete(Invalid):
    """A form about somebody at staff that lacks something, field by field."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("staff-incomplete", N_("请改正标出的内容后再提交。"), fields=dict(fields))


class DutiesApart(Invalid):
    """Two of the three administrators in one hand, or one of them beside a duty to cases (GB/T 22239-2019, 8.1.5)."""

    def __init__(self) -> None:
        words = N_(
            "系统管理员、安全管理员、审计管理员三员分立，一个人只能担任其中一种，也不能同时办理业务。请只选一项，或者只选业务职责。"
        )
        super().__init__("duties-apart", words, fields={"duties": words})


class ConsoleOrder(msgspec.Struct, frozen=True):
    """On whose word the machine's console changes an account of staff 控制台变更: who asks, why, and by which log-in of
    the machine it was typed. ``emergency``: though two administrators could do it on the pages."""

    by: str
    reason: str
    login: str = ""
    emergency: bool = False


class TwoDoIt(Conflict):
    """The console is asked for what a system and a security administrator can do together on the pages."""

    def __init__(self) -> None:
        super().__init__(
            "duties-by-two",
            N_(
                "系统管理员和安全管理员都在岗，职责和部门由两人在“工作人员”页面变更：一人申请，另一人授权。"
                "只有他们都无法登录时，才能由控制台按紧急情况变更，并通知安全管理员和审计管理员。"
            ),
        )


def must_be_the_consoles(order: ConsoleOrder, others: Collection[Duty]) -> None:
    """Whether the console may change an account at all; ``others`` are the duties of the administrators at work beside
    who is changed. Raises StaffIncomplete without a name or a reason, TwoDoIt where it is no emergency."""
    faults: dict[str, Words] = {}
    if not order.by.strip() or len(order.by) > LONGEST_NAME:
        faults["by"] = N_("请写明由谁决定，不超过 {most} 个字。", most=LONGEST_NAME)
    if not order.reason.strip() or len(order.reason) > LONGEST_REASON:
        faults["reason"] = N_("请写明原因，不超过 {most} 个字。", most=LONGEST_REASON)
    if faults:
        raise StaffIncomplete(faults)
    if not order.emergency and {Duty.SYSTEM_ADMIN, Duty.SECURITY_ADMIN} <= set(others):
        raise TwoDoIt


class OfficerUnknown(NotFound):
    """No such account of staff, or none that this one may know of."""

    def __init__(self) -> None:
        super().__init__("officer-unknown", N_("没有找到这位工作人员。请从工作人员名单重新进入。"))


class ForOneself(Forbidden):
    """Nobody asks for powers of her own, grants them, or ends her own account."""

    def __init__(self) -> None:
        super().__init__(
            "staff-for-oneself",
            N_("不能为自己申请或者批准权限，也不能处理自己的账户。请交由另一位管理员办理。"),
        )


class BySamePerson(Forbidden):
    """Who asked grants: it takes a second person 双人复核."""

    def __init__(self) -> None:
        super().__init__(
            "staff-by-same-person", N_("这项变动是您提出的，必须由另一位安全管理员复核。请交由其他人办理。")
        )


class DecidedAlready(Conflict):
    """Somebody else decided it, or it was overtaken; ``words`` where more is known."""

    def __init__(self) -> None:
        super().__init__(
            "staff-decided", N_("这项申请刚刚已由他人处理，或者账户状态已经变化。请刷新页面查看结果。")
        )


class AskedAlready(Conflict):
    """Something is asked for her already: it is decided first."""

    def __init__(self) -> None:
        super().__init__(
            "staff-asked", N_("这位工作人员已有一项变动等待复核。请等安全管理员处理后再提出新的变动。")
        )


class LockedByOneself(Conflict):
    """Who locked an account opens it again: another security administrator does."""

    def __init__(self) -> None:
        words = N_("这个账户是您锁定的：解除锁定由另一位安全管理员办理。")
        super().__init__("locked-by-oneself", words, fields={"reason": words})


class StaffTaken(Conflict):
    """The log-in name was given before, or the phone is somebody's at staff; ``field`` says which."""

    def __init__(self, field: str) -> None:
        words = (
            N_("这个用户名已经用过。用户名不会重复使用，请换一个。")
            if field == "username"
            else N_("这个手机号已经属于一位在职的工作人员：一个人只有一个工作账户。请核对手机号。")
        )
        super().__init__("staff-taken", words, fields={field: words})


class FactorNeeded(Conflict):
    """An administrator gives her authenticator up: she would have none that she may log in with."""

    def __init__(self) -> None:
        super().__init__(
            "factor-needed",
            N_(
                "这里必须使用动态口令，不能停用。换手机的，请选择“更换验证器”；丢失的，请另一位系统管理员重置。"
            ),
        )


class FactorStands(Forbidden):
    """Whom an SMS alone let in would set a factor up, or take one away, where there is one: a stolen phone would do."""

    def __init__(self) -> None:
        super().__init__(
            "factor-stands",
            N_(
                "这个账号已经有动态口令或者通行密钥。请退出，用它登录后再设置；丢失的，请系统管理员停用后重新设置。"
            ),
        )


class InvitationWrong(Invalid):
    """The one-time code is not the one that was sent, or is over; the same words for a name that there is not."""

    def __init__(self) -> None:
        words = N_(
            "用户名或者启用码不对，或者启用码已经失效。请核对短信；连续输错 5 次或者超过 3 天的，请系统管理员重新发送。"
        )
        super().__init__("invitation-wrong", words, fields={"code": words})


def must_be_apart(duties: Collection[Duty]) -> None:
    """Raise DutiesApart for duties that nobody may hold together."""
    if ADMINISTRATORS.intersection(duties) and len(set(duties)) > 1:
        raise DutiesApart


_HEADS = N_("本部门的工作人员由部门负责人查看和申请变动。请告诉本部门负责人。")
_SYSTEM = N_("开立、变更、注销账户由系统管理员办理。请联系系统管理员。")
_SECURITY = N_("授权、锁定和复核由安全管理员办理。请联系安全管理员。")
_AUDIT = N_("管理员和工作人员的账本由审计管理员查看。")


def _only(action: str, duty: Duty, reserved: Message) -> Rule:
    return Rule(action, Role.ADMINISTRATOR, Relation.ANY, duty=duty, reserved=reserved)


#: Who may do what to accounts of staff. The head of a department sees and asks for her own department's.
RULES: tuple[Rule, ...] = (
    Rule("identity.staff_read", Role.OFFICER, Relation.DEPARTMENT, duty=Duty.HEAD, reserved=_HEADS),
    Rule("identity.staff_ask", Role.OFFICER, Relation.DEPARTMENT, duty=Duty.HEAD, reserved=_HEADS),
    # Each of the three reads; none has more than the one duty that the other rows ask for.
    Rule("identity.staff_read", Role.ADMINISTRATOR, Relation.ANY),
    Rule("identity.staff_review", Role.ADMINISTRATOR, Relation.ANY),
    _only("identity.staff_ask", Duty.SYSTEM_ADMIN, _SYSTEM),
    _only("identity.staff_open", Duty.SYSTEM_ADMIN, _SYSTEM),
    _only("identity.staff_grant", Duty.SECURITY_ADMIN, _SECURITY),
    _only("identity.staff_ledger", Duty.AUDIT_ADMIN, _AUDIT),
    # With the one-time code, which is all that somebody who joins has.
    *(Rule("identity.staff_take_up", role, Relation.ANY) for role in ANYBODY),
)
