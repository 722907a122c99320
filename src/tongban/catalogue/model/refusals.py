"""What the catalogue refuses, and in which words."""

from __future__ import annotations

from collections.abc import Iterable

from tongban.catalogue.model.lint import Finding
from tongban.kit.errors import Conflict, Invalid, NotFound
from tongban.kit.i18n import N_


class NoSuchItem(NotFound):
    """The catalogue has no such item, or no such version of it."""

    def __init__(self) -> None:
        super().__init__("no-such-item", N_("没有找到这个事项。它可能已经取消或改名，请搜索事项名称。"))


class NoSuchQuestionnaire(NotFound):
    """There is no guided questionnaire of this name."""

    def __init__(self) -> None:
        super().__init__("no-such-questionnaire", N_("没有这个主题引导。请从主题列表进入，或搜索事项名称。"))


class NotOnline(Conflict):
    """The item has a guide here and is handled elsewhere."""

    def __init__(self) -> None:
        super().__init__("item-not-online", N_("这个事项暂未接入网上办理，请按办事指南到窗口办理。"))


class PublishedMeanwhile(Conflict):
    """Another version was published while this one was prepared."""

    def __init__(self) -> None:
        super().__init__("published-meanwhile", N_("刚才已有人发布了这个事项的新版本，请核对后重新发布。"))


class PublishingRefused(Invalid):
    """The draft breaks rules of the catalogue; ``findings`` names each with its field."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(
            "item-not-publishable",
            N_("事项未能发布：有 {count} 处不符合规则。", count=len(self.findings)),
            fields={finding.field: finding.message for finding in self.findings},
        )

    def __str__(self) -> str:
        return "; ".join(
            f"{found.rule} {found.field}: {found.message.within('en')}" for found in self.findings
        )
