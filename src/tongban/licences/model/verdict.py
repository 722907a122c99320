"""What a verification finds, and what of it a stranger may see."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec

from tongban.kit.i18n import N_, Message, Text
from tongban.licences.model.licence import Licence, Validity, state_on
from tongban.licences.model.states import State


class Verdict(StrEnum):
    """The answer to "does this licence hold?" 核验结论."""

    VALID = "valid"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    MISTYPED = "mistyped"
    INVALID = "invalid"
    TAMPERED = "tampered"


#: States in which somebody ended the licence for good.
ENDED = frozenset(
    {State.CANCELLED, State.REVOKED, State.WITHDRAWN, State.ABOLISHED, State.SUPERSEDED, State.RETRACTED}
)

TITLES: dict[Verdict, Message] = {
    Verdict.VALID: N_("有效"),
    Verdict.SUSPENDED: N_("暂停使用"),
    Verdict.EXPIRED: N_("已过期"),
    Verdict.REVOKED: N_("已失效"),
    Verdict.UNKNOWN: N_("查无此证"),
    Verdict.MISTYPED: N_("没有核验：请检查输入"),
    Verdict.INVALID: N_("无效：二维码内容有误"),
    Verdict.TAMPERED: N_("无效：数据被改动"),
}

DETAILS: dict[Verdict, Message] = {
    Verdict.VALID: N_("签名正确，证照在有效期内。"),
    Verdict.SUSPENDED: N_("签名正确，但证照已被签发机关挂起，恢复前不能使用。"),
    Verdict.EXPIRED: N_("签名正确，但证照已过有效期。"),
    Verdict.REVOKED: N_("签发机关已终止这张证照，不能再使用。"),
    Verdict.UNKNOWN: N_("本市没有签发过这个编号的证照。请核对编号，或请持证人重新出示。"),
    Verdict.MISTYPED: N_("这不是完整的证照标识或二维码内容，可能没有复制全。请对照证照检查后再核验。"),
    Verdict.INVALID: N_("签名不符：内容可能被改动或没有读全。请勿采信，请持证人重新出示。"),
    Verdict.TAMPERED: N_("登记数据与签发时的签名不符。请勿采信，本次核验已记录，可拨打热线反映。"),
}

#: Somebody typed the identifier from paper or screen, and one character is another: no reason for alarm.
MISREAD = N_("校验位不符：证照标识可能输错或漏了一位。请对照证照逐段检查后再核验。")

#: A residence permit that was not signed in time does not lapse, its use stops (居住证暂行条例 art. 10).
UNSIGNED = N_("签名正确，但未按期签注，使用功能中止；补办签注后恢复。")

ENDINGS: dict[State, Message] = {
    State.CANCELLED: N_("签发机关已注销这张证照。"),
    State.REVOKED: N_("签发机关已撤销这张证照。"),
    State.WITHDRAWN: N_("签发机关已吊销这张证照。"),
    State.ABOLISHED: N_("这类证照已停止使用。"),
    State.RETRACTED: N_("签发机关已依法撤回这张证照。"),
    State.SUPERSEDED: N_("这张证照已换发新证，请核验新证。"),
}

#: Of one whose place another took, by what; what is lost may be in a stranger's hands.
REPLACED: dict[str, Message] = {
    "renew": N_("这张证照已经延续、换发新证，请核验新证。"),
    "change": N_("这张证照已经变更、换发新证，请核验新证。"),
    "reissue": N_("这张证照已经补发，此证作废。请勿采信，捡到的请交还签发机关。"),
}


class Shown(msgspec.Struct, frozen=True):
    """What a stranger sees of a licence: nothing that finds or opens a life."""

    identifier: str
    type_name: Text
    holder: str
    issuer: Text
    state: State
    issued: date | None
    until: date | None
    since: datetime


class Finding(msgspec.Struct, frozen=True):
    """核验结果: a verdict with its words; ``shown`` only when a licence was found and its row holds."""

    verdict: Verdict
    detail: Message
    checked_at: datetime
    shown: Shown | None = None

    @property
    def title(self) -> Message:
        """The verdict in words."""
        return TITLES[self.verdict]


def judged(licence: Licence, validity: Validity, today: date) -> tuple[Verdict, Message]:
    """The verdict over a row whose signature holds, with its words."""
    state = state_on(licence, today)
    if state in ENDED:
        return Verdict.REVOKED, REPLACED.get(licence.replaced_as or "", ENDINGS[state])
    if state is State.MAKING:
        return Verdict.UNKNOWN, DETAILS[Verdict.UNKNOWN]
    if state is State.SUSPENDED:
        return Verdict.SUSPENDED, DETAILS[Verdict.SUSPENDED]
    if state is State.EXPIRED:
        words = UNSIGNED if validity is Validity.SIGN_YEARLY else DETAILS[Verdict.EXPIRED]
        return Verdict.EXPIRED, words
    return Verdict.VALID, DETAILS[Verdict.VALID]
