"""What the policy table refuses, and what would help: a higher level, a fresh proof, another factor, nothing."""

from __future__ import annotations

from tongban.kit.errors import Forbidden
from tongban.kit.i18n import N_, Message

#: From this real-name level 实名等级 on the register has confirmed who she is.
REAL_NAME = 1


class StepUpNeeded(Forbidden):
    """The act asks a higher real-name level 实名等级 than the actor has; ``level`` is the one asked.

    ``agent``: who acts for another, whose own level it is; she raises it as herself.
    """

    def __init__(self, level: int, *, agent: bool = False) -> None:
        words = N_("这项操作需要实名等级 L{level}。请先提升等级，再回来继续，已填的内容都在。", level=level)
        if agent:
            words = N_(
                "代办这件事，需要您自己的实名等级达到 L{level}。请先切换回本人提升等级，再切换回来继续；"
                "保存的草稿都在。",
                level=level,
            )
        elif level == REAL_NAME:
            words = N_(
                "这项操作需要实名。请先填写姓名和证件号码核验，约 1 分钟，再回来继续，已填的内容都在。"
            )
        super().__init__("step-up-needed", words)
        self.level = level


class FreshProofNeeded(Forbidden):
    """The act asks a proof of the last half hour that it is still the account's owner who sits there; ``passkey``: she
    has one, by which she may prove it in place of her password."""

    def __init__(self, *, passkey: bool = False, agent: bool = False) -> None:
        words = N_("这项操作要再确认一次是您本人。请输入登录密码，再继续，已填的内容都在。")
        if agent:
            words = N_(
                "您的账户刚更换过手机号，代办这件事之前要再确认一次是您本人。请先切换回本人，输入登录密码，"
                "再切换回来继续；保存的草稿都在。"
            )
        super().__init__("fresh-proof-needed", words)
        self.passkey = passkey


class FactorFirst(Forbidden):
    """Somebody of the staff came in by an SMS where that is too little (GB/T 22239-2019, 8.1.4.1 d): she sets up an
    authenticator or a passkey before she does anything."""

    def __init__(self) -> None:
        super().__init__(
            "factor-first",
            N_("这里要用动态口令或通行密钥登录，不能只用短信。请先到“我的账户”启用动态口令。"),
        )


class NotAllowed(Forbidden):
    """The policy table has no allowing row; ``words`` say whose it is, where it is somebody's by duty."""

    def __init__(self, words: Message | None = None) -> None:
        super().__init__("not-allowed", words or N_("您没有权限进行这项操作。如有疑问，请联系经办部门。"))
