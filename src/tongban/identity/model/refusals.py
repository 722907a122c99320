"""What the identity room refuses, each with its sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tongban.kit import clock, papers
from tongban.kit.errors import Conflict, Invalid, NotFound, TooMany, Unavailable, Words
from tongban.kit.i18n import N_, Message


def shown_time(moment: datetime) -> str:
    """``14:05`` on the city's clock."""
    return clock.city_time(moment).strftime("%H:%M")


class PersonUnknown(NotFound):
    """No resident of that id."""

    def __init__(self) -> None:
        super().__init__("person-unknown", N_("没有找到这位用户。"))


class PurposeGone(NotFound):
    """The purpose under which a number was asked for does not stand."""

    def __init__(self) -> None:
        super().__init__("purpose-gone", N_("读取个人信息的用途已结束，不能再读取。"))


class TypedInvalid(Invalid):
    """Something typed does not hold; ``fields`` says what and how to put it right."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("typed-invalid", N_("请更正下面标出的内容。"), fields=fields)


class WrongPassword(Invalid):
    """Unknown account or wrong password: the same sentence for both."""

    def __init__(self, left: int) -> None:
        super().__init__(
            "wrong-password",
            N_("账号或密码不正确。"),
            fields={"password": N_("账号或密码不正确，请核对后重新输入。还可以再试 {left} 次。", left=left)},
        )


class PresentPasswordWrong(Invalid):
    """Somebody who is logged in typed a password that is not hers."""

    def __init__(self, left: int) -> None:
        words = N_("现在的密码不正确，请核对后重新输入。还可以再试 {left} 次。", left=left)
        super().__init__("present-password-wrong", words, fields={"present": words})


class PasswordUnchanged(Invalid):
    """The new password is the old one."""

    def __init__(self) -> None:
        words = N_("新密码与现在的密码相同，请换一个。")
        super().__init__("password-unchanged", words, fields={"new": words})


class Locked(TooMany):
    """Five wrong passwords in a row from one network, of a known or unknown account."""

    def __init__(self, until: datetime, *, now: datetime) -> None:
        super().__init__(
            "account-locked",
            N_(
                "密码已连续输错 5 次，为保护账户安全，{time} 之前不能从当前网络登录。请到时再试，或拨打热线求助。",
                time=shown_time(until),
            ),
            retry_after=max(1, int((until - now).total_seconds())),
        )


class CodeWrong(Invalid):
    """The typed code is not the one sent."""

    def __init__(self, left: int) -> None:
        words = (
            N_("验证码不正确，还可以再试 {left} 次。", left=left)
            if left
            else N_("验证码不正确，已试 5 次。请重新获取验证码。")
        )
        super().__init__("code-wrong", words, fields={"code": words})


class CodeMalformed(Invalid):
    """What was typed can be no code: it costs no try."""

    def __init__(self) -> None:
        words = N_("验证码是 6 位数字，请按短信完整输入。")
        super().__init__("code-malformed", words, fields={"code": words})


class CodeExpired(Invalid):
    """The code is older than five minutes, or none was sent."""

    def __init__(self) -> None:
        words = N_("验证码已过期（有效 5 分钟），请重新获取。")
        super().__init__("code-expired", words, fields={"code": words})


class CodesUsedUp(Invalid):
    """Five wrong codes."""

    def __init__(self) -> None:
        words = N_("验证码已输错 5 次，不能再试。请重新获取验证码。")
        super().__init__("code-used-up", words, fields={"code": words})


class CodeUsed(Invalid):
    """The code has done its work already: a double submit."""

    def __init__(self) -> None:
        words = N_("这个验证码已使用过。如果您还没有登录成功，请重新获取验证码。")
        super().__init__("code-used", words, fields={"code": words})


class FactorMalformed(Invalid):
    """What was typed can be neither an authenticator's code nor a recovery code: it costs no try.

    ``new``: the code of an authenticator that is only set up, which has no recovery codes.
    """

    def __init__(self, field: str, *, new: bool = False) -> None:
        words = N_("请输入验证器上的 6 位动态口令，或者一个 10 位的恢复码。")
        if new:
            words = N_("请输入新验证器上的 6 位动态口令。")
        super().__init__("factor-malformed", words, fields={field: words})


class TotpWrong(Invalid):
    """The typed code is not one that the authenticator shows now."""

    def __init__(self, field: str, left: int) -> None:
        words = N_(
            "动态口令不正确，还可以再试 {left} 次。请看验证器上现在的 6 位数字；手机时间不准的，请先校准。",
            left=left,
        )
        super().__init__("totp-wrong", words, fields={field: words})


class TotpUsed(Invalid):
    """A code is good once; the next comes within half a minute.

    ``renewing``: it was for recovery codes, and those that a click before this one made were shown to nobody.
    """

    def __init__(self, field: str, *, renewing: bool = False) -> None:
        words = N_("这个动态口令已经用过，请等验证器换出下一个，最多 30 秒。")
        if renewing:
            words = N_(
                "这个动态口令已经用过，请等验证器换出下一个，最多 30 秒。刚换的恢复码没有抄下的，请再换一批。"
            )
        super().__init__("totp-used", words, fields={field: words})


class RecoveryCodeWrong(Invalid):
    """No such recovery code, or it was used before."""

    def __init__(self, field: str, left: int) -> None:
        words = N_("恢复码不正确，或者已经用过。还可以再试 {left} 次。", left=left)
        super().__init__("recovery-code-wrong", words, fields={field: words})


class FactorLocked(TooMany):
    """Five wrong second factors in a row."""

    def __init__(self, until: datetime, *, now: datetime) -> None:
        super().__init__(
            "factor-locked",
            N_(
                "动态口令已连续输错 5 次，{time} 之前不能再试。验证器不在身边的，请联系系统管理员重置。",
                time=shown_time(until),
            ),
            retry_after=max(1, int((until - now).total_seconds())),
        )


class TotpOn(Conflict):
    """An authenticator is in use already."""

    def __init__(self) -> None:
        super().__init__("totp-on", N_("动态口令已经启用，不用再次启用。恢复码没有抄下的，请在下面换一批。"))


class TotpOff(Conflict):
    """No authenticator is in use."""

    def __init__(self) -> None:
        super().__init__("totp-off", N_("动态口令没有启用，请先启用。"))


class TooSoon(TooMany):
    """A new code may be sent only after a minute."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "code-too-soon",
            N_("验证码刚刚发送过，请在 {seconds} 秒后重新获取。", seconds=seconds),
            retry_after=seconds,
        )


class TooManyCodes(TooMany):
    """Ten codes within an hour."""

    def __init__(self, until: datetime) -> None:
        super().__init__(
            "too-many-codes",
            N_("一小时内获取验证码过多，请在 {time} 之后再试。", time=shown_time(until)),
            retry_after=3600,
        )


class SessionUnknown(NotFound):
    """None of one's own sessions is or was this one."""

    def __init__(self) -> None:
        super().__init__("session-unknown", N_("没有这台设备的登录。请从“我的账户”看看现在登录着的设备。"))


class StepGone(Invalid):
    """The log-in or enrolment that a page continued is over."""

    def __init__(self) -> None:
        super().__init__(
            "step-gone", N_("这一步已超时，或者已经做完了，请重新开始。您填写的其他内容不受影响。")
        )


class TooManyEnrolments(TooMany):
    """One paper's number was tried too often."""

    def __init__(self) -> None:
        super().__init__(
            "too-many-enrolments",
            N_("这个证件号码核验次数过多，请在 15 分钟后再试，或到社区事务受理服务中心办理。"),
            retry_after=900,
        )


class EnrollingTooFast(TooMany):
    """One address enrols too many people: the answers would tell who is in the register."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "enrolling-too-fast",
            N_(
                "这个网络地址的注册太频繁，请约 {minutes} 分钟后再试，或到社区事务受理服务中心办理。",
                minutes=-(-seconds // 60),
            ),
            retry_after=seconds,
        )


class RegisterAway(Unavailable):
    """The population register does not answer; what was typed is kept under ``step`` for a day."""

    def __init__(self, step: str) -> None:
        super().__init__(
            "register-away",
            N_("人口库暂时没有应答，您填写的内容已保留 24 小时。请稍后再试，不用重新填写。"),
            retry_after=60,
        )
        self.step = step


class AlreadyEnrolled(Conflict):
    """This person has an account: told only to somebody who has just proved to be her."""

    def __init__(self) -> None:
        super().__init__("already-enrolled", N_("您已有账号，不用再次注册。请直接登录。"))


_UNKNOWN = N_("人口库中没有查到这个身份号码。请核对证件；如果无误，请带身份证到社区事务受理服务中心办理。")
#: Where the first six digits are in doubt, there is the place to look for a slip of the pen.
_AREA: dict[papers.AreaDoubt, str] = {
    papers.AreaDoubt.UNKNOWN: N_(
        "人口库中没有查到这个身份号码，它的前 6 位 {area} 也不是我们知道的区县代码，请先核对这 6 位；"
        "如果无误，请带身份证到社区事务受理服务中心办理。"
    ).msgid,
    papers.AreaDoubt.ENDED: N_(
        "人口库中没有查到这个身份号码。它的前 6 位 {area} 只用到 {until} 年，早于号码里的出生日期，"
        "请先核对这 6 位和出生日期；如果无误，请带身份证到社区事务受理服务中心办理。"
    ).msgid,
    papers.AreaDoubt.LATER: N_(
        "人口库中没有查到这个身份号码。它的前 6 位 {area} 从 {since} 年起才使用，晚于号码里的出生日期，"
        "请先核对这 6 位和出生日期；如果无误（例如后来补登户口的），请带身份证到社区事务受理服务中心办理。"
    ).msgid,
}
_NAME = N_("姓名与这个身份号码登记的不一致，请按身份证填写。")
_PHONE = N_("这个手机号没有登记在您名下，请填写本人实名登记的手机号，或到社区事务受理服务中心更新。")
_DECEASED = N_("这个身份号码的登记已经注销，不能注册。近亲属需要办事的，请到社区事务受理服务中心。")
_MOVED_OUT = N_("这个身份号码的登记显示已迁出，不能注册。如与事实不符，请到社区事务受理服务中心核对。")
_OTHER = N_("人口库核验没有通过，请带身份证到社区事务受理服务中心办理。")
#: The same where the paper is no identity card; these are told at the exit and entry administration.
_PAPER_UNKNOWN = N_(
    "没有查到这个证件的登记。请核对证件种类和号码；有居民身份证的，请用居民身份证注册；"
    "如果无误，请带证件到出入境管理部门办理。"
)
_PAPER_NAME = N_("姓名与这个证件登记的不一致，请按证件填写；证件上是外文姓名的，填写外文姓名。")
_PAPER_ENDED = N_(
    "这个证件的登记已经注销或者显示已离境，不能注册。如与事实不符，请带证件到出入境管理部门核对。"
)


def _unknown(paper: papers.Paper) -> Words:
    """Where nobody has the number, an area that was not there is worth naming: there is the slip of the pen."""
    birth = paper.told.birth
    doubt = None if birth is None else papers.area_doubt(paper.number, born=birth)
    if doubt is None:
        return _UNKNOWN
    area = paper.number[:6]
    years = papers.area_years(area)
    return Message(_AREA[doubt], {"area": area, **({} if years is None else years._asdict())})


class RegisterSaysNo(Invalid):
    """The register knows no such living person; each reason has its sentence beside its field.

    What the register says of the person's life is told only when name and phone are hers. ``typed`` is what
    was typed, for the form that is shown again.
    """

    def __init__(self, reasons: Sequence[str], *, paper: papers.Paper, typed: Mapping[str, str]) -> None:
        fields: dict[str, Words] = {}
        citizen = paper.kind == papers.CITIZEN
        if "name" in reasons:
            fields["name"] = _NAME if citizen else _PAPER_NAME
        if "phone" in reasons:
            fields["phone"] = _PHONE
        if not fields:
            told: dict[str, Words] = {
                "unknown": _unknown(paper) if citizen else _PAPER_UNKNOWN,
                "deceased": _DECEASED if citizen else _PAPER_ENDED,
                "moved_out": _MOVED_OUT if citizen else _PAPER_ENDED,
            }
            fields["id_number"] = next((told[reason] for reason in reasons if reason in told), _OTHER)
        super().__init__("register-says-no", N_("身份核验没有通过。"), fields=fields)
        self.typed = dict(typed)
