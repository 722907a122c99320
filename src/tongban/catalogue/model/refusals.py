"""What the catalogue refuses, and in which words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tongban.catalogue.model.lint import Finding
from tongban.kit.errors import Conflict, Invalid, NotFound, Words
from tongban.kit.i18n import N_, Text


class NoSuchItem(NotFound):
    """The catalogue has no such item, or no such version of it."""

    def __init__(self) -> None:
        super().__init__("no-such-item", N_("没有找到这个事项。它可能已经取消或改名，请搜索事项名称。"))


class SourceUnknown(Invalid):
    """The register has no such source."""

    def __init__(self) -> None:
        super().__init__("source-unknown", N_("没有登记这个数据来源。请在数据来源列表里查找。"))


class NotYourItem(Conflict):
    """The item is maintained by another organ: what she may do with her own does not fit this one."""

    def __init__(self, organ: Text) -> None:
        super().__init__(
            "item-of-another-organ",
            N_("这个事项由{organ}负责维护，您只能修改本部门的事项。", organ=organ),
        )


class DraftMoved(Conflict):
    """A colleague has changed the draft, or a version was published, since the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            "draft-moved",
            N_("打开这一页以后，草稿已有人改过。您填的内容还在下面，请对照最新的草稿再保存。"),
        )


class DraftUnreadable(Invalid):
    """What was typed is no item: ``fields`` says where and why; ``parser`` how a parser says it, in English."""

    def __init__(self, faults: Mapping[str, Words], parser: Sequence[str] = ()) -> None:
        super().__init__(
            "draft-unreadable",
            N_("草稿没有保存：有 {count} 处填写不正确。", count=len(faults)),
            fields=dict(faults),
        )
        self.parser = tuple(parser)


class NoSuchQuestionnaire(NotFound):
    """There is no guided questionnaire of this name."""

    def __init__(self) -> None:
        super().__init__("no-such-questionnaire", N_("没有这个主题引导。请从主题列表进入，或搜索事项名称。"))


class GuidedAnswerUnknown(Invalid):
    """An answer names no question of the questionnaire, or none of its options."""

    def __init__(self, said: str) -> None:
        words = N_("没有这个问题或者这个选项：{said}。应为“问题:选项”，多个用逗号隔开。", said=said[:60])
        super().__init__("guided-answer-unknown", words, fields={"answers": words})


class NotOnline(Conflict):
    """The item has a guide here and is handled elsewhere."""

    def __init__(self) -> None:
        super().__init__("item-not-online", N_("这个事项暂未接入网上办理，请按办事指南到窗口办理。"))


class PublishedMeanwhile(Conflict):
    """Another version was published while this one was prepared."""

    def __init__(self) -> None:
        super().__init__("published-meanwhile", N_("刚才已有人发布了这个事项的新版本，请核对后重新发布。"))


def _by_field(findings: Iterable[Finding]) -> dict[str, Words]:
    """All that is wrong with a field in one message: two sources may give the same paper."""
    found: dict[str, Text] = {}
    for one in findings:
        before = found.get(one.field)
        found[one.field] = (
            one.message
            if before is None
            else Text(f"{before.zh}{one.message.zh}", f"{before.en} {one.message.en}")
        )
    return dict(found)


class PublishingRefused(Invalid):
    """The draft breaks rules of the catalogue; ``findings`` names each with its field."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(
            "item-not-publishable",
            N_("事项未能发布：有 {count} 处不符合规则。", count=len(self.findings)),
            fields=_by_field(self.findings),
        )

    def __str__(self) -> str:
        return "; ".join(
            f"{found.rule} {found.field}: {found.message.within('en')}" for found in self.findings
        )
