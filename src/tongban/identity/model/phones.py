"""A phone number that changes hands 手机号易主: what its former and its new owner are told. Pure rules."""

from __future__ import annotations

from tongban.kit.errors import Conflict
from tongban.kit.i18n import N_


class PhoneLost(Conflict):
    """The right password, but the registered number is somebody else's by now: told to nobody else."""

    def __init__(self) -> None:
        super().__init__(
            "phone-lost",
            N_(
                "您登记的手机号现已由他人实名使用，不再向它发送验证码。请点“注册”，用本人证件和现在的手机号核验一次："
                "新手机号会绑定到您原来的账户，办件和消息都在。"
            ),
        )


class PhoneBound(Conflict):
    """Who lost her number has proved her name, paper and new phone: it is her old account's now."""

    def __init__(self) -> None:
        super().__init__(
            "phone-bound",
            N_("新手机号已绑定到您原来的账户。请用原来的密码登录；忘记密码的，点“找回账号”。"),
        )
