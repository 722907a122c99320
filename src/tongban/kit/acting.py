"""Acting for another 代办: in whose name somebody acts, by which power, and how far that reaches.

The kit knows only what a request carries. Who gave the power, and whether it still stands, is identity's to say: it
writes this into the session and takes it out again.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

import msgspec

from tongban.kit.errors import Forbidden
from tongban.kit.i18n import N_, Message


class Errand(StrEnum):
    """What a power lets its holder do 代办权限; each action open to agents belongs to one."""

    APPLY = "apply"
    FOLLOW = "follow"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    HEARING = "hearing"
    LICENCES = "licences"
    DATA = "data"


#: How pages and refusals name each.
ERRANDS: dict[Errand, Message] = {
    Errand.APPLY: N_("填报和提交申请"),
    Errand.FOLLOW: N_("查看办件、文书和消息"),
    Errand.CORRECT: N_("补正、补交材料"),
    Errand.WITHDRAW: N_("撤回申请"),
    Errand.HEARING: N_("陈述申辩、听证"),
    Errand.LICENCES: N_("查看和出示证照"),
    Errand.DATA: N_("请求更正个人信息、人工复核"),
}

#: What no item bounds: a power for some items only has none of these, whatever it says.
WITH_ALL_ITEMS = frozenset({Errand.LICENCES, Errand.DATA})

#: Why somebody may act for another: a power of attorney (民法典 art. 161, 165), guardianship (art. 23, 27), family who
#: were entrusted, an office in a firm, a clerk who helps at the window, a firm's own certificate.
PowerKind = Literal[
    "attorney", "guardian", "family", "representative", "steward", "agent", "assisted", "certificate"
]
#: By what right somebody acts.
KINDS: dict[PowerKind, Message] = {
    "attorney": N_("委托代办"),
    "family": N_("家庭成员"),
    "guardian": N_("监护人"),
    "representative": N_("法定代表人"),
    "steward": N_("单位管理员"),
    "agent": N_("单位经办人"),
    "assisted": N_("窗口帮办"),
    "certificate": N_("单位证书"),
}
#: Why a power no longer stands. ``lapsed``: the register names another representative; ``dissolved``: the firm is no
#: more; ``closed``: the principal closed her account; ``off_duty``: the officer who helps has the duty no longer.
PowerEnd = Literal[
    "expired", "revoked", "renounced", "superseded", "lapsed", "dissolved", "closed", "off_duty"
]


#: By these one acts for a firm.
_FOR_FIRMS = frozenset({"representative", "steward", "agent", "certificate"})
#: Kinds by which one person acts for another who is of age.
_FOR_PERSONS = frozenset({"attorney", "family", "assisted"})


class Eyes(StrEnum):
    """Before whose eyes a person's values are shown 查看人 (个人信息保护法 art. 6: no more than the purpose needs).

    ``OTHERS``: what is sensitive is masked. ``OWNER``: she reads all but numbers of papers, which stay masked on a
    screen. ``AGENT`` for a person: numbers of papers, phones and what is told of a child are masked. ``GUARDIAN``:
    nothing is, for who answers for the child must be able to check it (民法典 art. 34).
    """

    OTHERS = "others"
    OWNER = "owner"
    AGENT = "agent"
    GUARDIAN = "guardian"


class Acting(msgspec.Struct, frozen=True):
    """In whose name a session acts 代理: the agent beside the principal, who is the actor herself.

    ``agent`` is None where a firm acts by its certificate, whose keeper is ``agent_name``. ``items`` and ``errands``
    None: all; ``most`` of one application's fees in fen, None: no limit; ``until`` (UTC): the power ends by itself.
    ``level`` is the principal's real-name level where she was seen in person, 0: the agent's counts, but no
    more than ``highest``, set where the principal gave the power by her own word alone. ``hall`` is where an officer
    helps her at a window, by its code. ``basis``: the paper on which a window founded it, else empty.
    ``ended``: it has ended, and nothing can be done by it any more.
    """

    power: UUID
    kind: PowerKind
    agent: UUID | None
    agent_name: str
    until: datetime
    items: frozenset[str] | None = None
    errands: frozenset[Errand] | None = None
    most: int | None = None
    level: int = 0
    hall: str | None = None
    basis: str = ""
    ended: PowerEnd | None = None
    highest: int | None = None

    def level_of(self, agents: int) -> int:
        """The real-name level of what is done by it, by that of its agent: nobody gives what she has not herself."""
        if self.level:
            return self.level
        return agents if self.highest is None else min(agents, self.highest)

    @property
    def in_words(self) -> Message:
        """By what right: 委托代办, 监护人 …"""
        return KINDS[self.kind]

    @property
    def for_firm(self) -> bool:
        """Whether the principal is a firm 单位."""
        return self.kind in _FOR_FIRMS

    @property
    def alone(self) -> bool:
        """Whether the firm's certificate acts: nobody is beside it to whose own account one could switch back."""
        return self.kind == "certificate"

    @property
    def eyes(self) -> Eyes:
        """With whose eyes its agent reads the principal's values: a firm's are read by who acts for it as its own."""
        if self.kind == "guardian":
            return Eyes.GUARDIAN
        return Eyes.AGENT if self.kind in _FOR_PERSONS else Eyes.OWNER

    def covers(self, item: str) -> bool:
        """Whether the power reaches to this item of the catalogue."""
        return self.items is None or item in self.items

    def affords(self, fen: int) -> bool:
        """Whether so much may be paid by the power for one application; in fen. Several are not added up."""
        return self.most is None or fen <= self.most

    def allows(self, errand: Errand | None) -> bool:
        """Whether the power reaches to this kind of act."""
        return self.errands is None or errand in self.errands


class ActingFor(Forbidden):
    """What is the principal's own to do, or what nobody does for another; ``alone``: by a firm's certificate."""

    def __init__(self, name: str, *, alone: bool = False) -> None:
        words = (
            N_(
                "您用{name}的单位证书登录，这项操作只能由个人在自己的账户里进行。请退出后以本人登录。",
                name=name,
            )
            if alone
            else N_("您正在代{name}办理，这项操作只能由本人进行。办自己的事，请先切换回本人。", name=name)
        )
        super().__init__("not-while-acting", words)


class BeyondPower(Forbidden):
    """The power stands, but does not reach so far; ``words`` say what is missing and whom to ask."""

    def __init__(self, words: Message) -> None:
        super().__init__("beyond-power", words)

    @classmethod
    def of_item(cls, name: str) -> BeyondPower:
        """The item is not among those of the power."""
        return cls(N_("{name}的授权不包括这个事项。请让对方重新授权，或者切换回本人。", name=name))

    @classmethod
    def of_errand(cls, name: str, errand: Errand | None) -> BeyondPower:
        """This kind of act is not among those of the power; None: the whole account is needed, not single items."""
        if errand is None:
            return cls(
                N_(
                    "{name}的授权只限于部分事项，这项操作不属于其中任何一项。请让对方重新授权，或者切换回本人。",
                    name=name,
                )
            )
        words = N_(
            "{name}的授权不包括“{errand}”。请让对方重新授权，或者切换回本人。",
            name=name,
            errand=ERRANDS[errand],
        )
        return cls(words)

    @classmethod
    def of_kind(cls, name: str) -> BeyondPower:
        """It is the principal's own to do, or her guardian's: whose power this is not."""
        return cls(
            N_(
                "您正在代{name}办理，但不是监护人。这项操作只能由本人或者监护人进行，请先切换回本人。",
                name=name,
            )
        )

    @classmethod
    def of_level(cls, name: str, level: int) -> BeyondPower:
        """The act asks a higher real-name level than the principal has, who gave the power by her own word."""
        return cls(
            N_(
                "这项操作需要实名等级 L{level}，{name}自己还没有达到，不能授权别人办。"
                "请对方先提升等级，或者到窗口当面授权；填写的内容都在。",
                level=level,
                name=name,
            )
        )

    @classmethod
    def of_amount(cls, name: str, due: str, most: str) -> BeyondPower:
        """The fee is more than may be paid by the power for one application; both in yuan."""
        words = N_(
            "这项申请要缴费 {due} 元，超过{name}授权的每项限额 {most} 元。"
            "填写的内容已经保存：请对方自己提交，或者重新授权。",
            name=name,
            due=due,
            most=most,
        )
        return cls(words)


_ENDED: dict[PowerEnd, Message] = {
    "expired": N_("{name}给您的授权已经到期，不能再代办。还要办的，请对方重新授权，或者切换回本人。"),
    "revoked": N_(
        "{name}已经撤回给您的授权，不能再代办。还要办的，请与对方商量，由对方重新授权或者自己办理。"
    ),
    "renounced": N_("您已经放弃{name}给您的授权，不能再代办。又要代办的，请对方重新授权。"),
    "superseded": N_("{name}给您的授权已经由新的授权代替。请打开“代办与授权”，按新的授权切换过去继续办理。"),
    "lapsed": N_(
        "登记机关对{name}的登记变了，您的代表资格或者授权已经终止。请由现在的法定代表人办理，或者由其重新授权。"
    ),
    "dissolved": N_(
        "登记机关的登记显示{name}已经不再存续，您的授权已经终止。已经提交的办件继续处理；"
        "有单位承继的，请由承继单位的法定代表人接手。"
    ),
    "closed": N_("{name}已经注销账户，给您的授权随之结束，不能再代办。请切换回本人。"),
    "off_duty": N_("您的岗位变了，不再承担帮办，不能再帮{name}办理。请当事人到窗口，由值班的帮办人员继续。"),
}
#: Where the kind of power has a better reason.
_ENDED_OF: dict[tuple[PowerKind, PowerEnd], Message] = {
    ("guardian", "expired"): N_(
        "{name}已经年满 18 周岁，您的监护代办已经结束。请其用自己的手机号注册后自己办理，或者再授权您代办。"
    ),
    ("guardian", "revoked"): N_(
        "您撤回了处理{name}信息的同意，代办已经结束。还要代办的，请在“代办与授权”里重新核对并同意。"
    ),
    ("certificate", "revoked"): N_(
        "{name}的这张证书已经被电子认证机构吊销，或者由单位停用，不能再办理。请用新的证书登录，或者请经办人以本人登录办理。"
    ),
    ("assisted", "expired"): N_(
        "帮{name}办理的时间已经结束。还没有办完的，请当事人到窗口，由帮办人员重新开始；保存的草稿都在。"
    ),
    ("assisted", "superseded"): N_("帮{name}办理已经重新开始。请回到窗口页面，在新的一次里继续。"),
}


def ended_words(name: str, kind: PowerKind, why: PowerEnd) -> Message:
    """Why nothing can be done in somebody's name any more, and what to do; ``name`` as her pages show it."""
    return Message(_ENDED_OF.get((kind, why), _ENDED[why]).msgid, {"name": name})


class PowerEnded(Forbidden):
    """The power by which the session acts has ended; ``kept`` is what a form would have sent, to be copied.

    Nothing is done in the principal's name any more; drafts that were saved stay hers.
    """

    def __init__(self, name: str, kind: PowerKind, why: PowerEnd, kept: dict[str, str]) -> None:
        super().__init__("power-ended", ended_words(name, kind, why))
        self.kept = kept
