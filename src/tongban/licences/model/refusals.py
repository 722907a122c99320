"""The room's own refusals."""

from __future__ import annotations

from tongban.kit.errors import Conflict, Invalid, NotFound, TooMany
from tongban.kit.i18n import N_, Message


class LicenceUnknown(NotFound):
    """No such licence, or not this person's."""

    def __init__(self) -> None:
        super().__init__("licence-unknown", N_("没有找到这张证照，或您无权查看。"))


class LicenceMovedOn(Conflict):
    """Somebody changed the licence meanwhile."""

    def __init__(self) -> None:
        super().__init__("licence-moved-on", N_("这张证照刚刚有变化，请刷新后再操作。"))


class RowAltered(Conflict):
    """The row's signature does not hold: nothing may be built on it."""

    def __init__(self) -> None:
        super().__init__(
            "licence-row-altered", N_("这张证照的数据与签名不符，已停止操作并记录。请联系系统管理员。")
        )


class ReasonMissing(Invalid):
    """A change to somebody's licence needs its reason in words."""

    def __init__(self) -> None:
        words = N_("请写明理由（5 至 200 个字），持证人会看到。")
        super().__init__("reason-missing", words, fields={"reason": words})


class VerifyingTooFast(TooMany):
    """One address asks about too many licences."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "verifying-too-fast",
            N_("核验太频繁，请 {seconds} 秒后再试。", seconds=seconds),
            retry_after=seconds,
        )


class NoPaper(Invalid):
    """No file was chosen, or none that can be a paper of the city."""

    def __init__(self, words: Message | None = None) -> None:
        told = words or N_("请选择要核验的 PDF 文件。")
        super().__init__("no-paper", told, fields={"paper": told})


class NoTrustAnchors(NotFound):
    """This installation trusts no certificate authority: its papers carry no seal."""

    def __init__(self) -> None:
        super().__init__("no-trust-anchors", N_("本站还没有配置电子认证服务机构的根证书。"))
