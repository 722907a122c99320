"""Why something cannot be done with a bundle, and what to do instead."""

from __future__ import annotations

from collections.abc import Sequence

from tongban.catalogue import Finding
from tongban.kit.errors import Conflict, Invalid, NotFound
from tongban.kit.i18n import N_


class AllHeld(Conflict):
    """Who asks holds already what all parts would give: there is nothing to be filed."""

    def __init__(self) -> None:
        super().__init__(
            "bundle-all-held",
            N_("这些您都已经有了，不用再办。快到期要换、要变更的，请打开“我的证照”，在那张证照上办理。"),
        )


class NoSuchBundle(NotFound):
    """There is no bundle of this code, or no run of this id for who asks."""

    def __init__(self) -> None:
        super().__init__("no-such-bundle", N_("没有找到这件事。请从“一件事”列表里重新选择。"))


class CommitmentUnsigned(Invalid):
    """A part is applied for on a commitment that is not signed yet; ``item`` says which."""

    def __init__(self, item: str) -> None:
        super().__init__(
            "bundle-commitment-unsigned", N_("有一项要先看过告知、签署承诺，才能一次提交。"), fields={}
        )
        self.item = item


class NotInThisState(Conflict):
    """The run was sent already, or is over."""

    def __init__(self) -> None:
        super().__init__("bundle-sent-already", N_("这件事已经提交，不能再修改。请打开进度页查看。"))


class PartNotLapsed(Conflict):
    """No part of that item waits with a draft that has ended, so there is none to begin anew."""

    def __init__(self) -> None:
        super().__init__("bundle-part-not-lapsed", N_("这一项没有到期的草稿。请打开进度页，看它办到哪里了。"))


class RunMovedOn(Conflict):
    """Another tab, or the worker, has changed the run meanwhile; nothing was overwritten."""

    def __init__(self) -> None:
        super().__init__("bundle-moved-on", N_("这件事刚在别处有了变化。请刷新页面，再做一次。"))


class BundleRefused(ValueError):  # noqa: N818 - named for what it is
    """A bundle may not be published; ``findings`` say each broken rule with its path."""

    def __init__(self, code: str, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(f"{code}: {one.rule} {one.field}: {one.message.en}" for one in findings))
        self.code, self.findings = code, tuple(findings)
