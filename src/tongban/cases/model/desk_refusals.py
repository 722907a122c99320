"""What the desk's records and notes are refused for: each with its sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from tongban.cases.model.refusals import too_long
from tongban.kit.errors import Conflict, Invalid, Words
from tongban.kit.i18n import N_, Message


class AcceptedByLaw(Conflict):
    """The acceptance limit has passed in silence: the case counts as accepted since then (行政许可法 art. 32(1)(4)).

    ``since`` is the day that counts as that of acceptance.
    """

    def __init__(self, since: date) -> None:
        super().__init__(
            "accepted-by-law",
            N_(
                "受理期限已过，没有告知申请人，这件申请依法自 {day} 起视为受理，不能再要求补正或者不予受理。"
                "请返回办件，点“受理”登记后继续审查；不符合条件的，依法作出不予办理的决定。",
                day=f"{since:%Y-%m-%d}",
            ),
        )


class InspectionIncomplete(Invalid):
    """A record of an inspection is handed in whole; ``parts`` says by page and field what is missing."""

    def __init__(self, parts: Mapping[str, Mapping[str, Words]]) -> None:
        super().__init__(
            "inspection-incomplete",
            N_("核查记录还没有填完，请按提示补全后再提交。"),
            fields={name: words for told in parts.values() for name, words in told.items()},
        )
        self.parts = parts


class NothingToInspect(Conflict):
    """The item has no points that are looked at on the spot, or the address names none of them."""

    def __init__(self) -> None:
        super().__init__(
            "nothing-to-inspect", N_("这个事项没有这一项现场核查内容。请从办件页面的“现场核查记录”重新进入。")
        )


class NoteUnfit(Invalid):
    """A note says something, and no essay."""

    def __init__(self, length: int, most: int) -> None:
        words = too_long(N_("备注"), length, most) if length > most else N_("请填写备注。")
        super().__init__("note-unfit", words, fields={"note": words})


class PhotosTooMany(Conflict):
    """More photos than a point or a record holds."""

    def __init__(self, most: int) -> None:
        words = N_("照片最多 {most} 张，请先移除不需要的。", most=most)
        super().__init__("photos-too-many", words)
        self.fields = {"photos": words}


class ReasonUnfilled(Invalid):
    """Gaps of a template are still open: the facts of the case are what a reason is about.

    ``too`` is what else is wrong with the text.
    """

    def __init__(self, gaps: Sequence[str], too: Message | None = None) -> None:
        named = "".join(dict.fromkeys(gaps))
        words = N_("理由里还有没有填写的地方：{gap}。请换成本案的具体内容。", gap=named)
        if too is not None:
            words = N_("{gaps}另外，{too}", gaps=words, too=too)
        super().__init__("reason-unfilled", words, fields={"reason": words})


class TemplateUnfit(Invalid):
    """A template of reasons is whole, or is not kept."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("template-unfit", N_("请按提示补全模板。"), fields=fields)


class TemplateMoved(Conflict):
    """A colleague has changed or removed the template in between."""

    def __init__(self) -> None:
        super().__init__(
            "template-moved", N_("同事刚改过或者删除了这个模板，你的修改没有保存。请核对后再试。")
        )


class BulkUnfit(Invalid):
    """A batch names a move that is done in bulk and the cases that it is for."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("bulk-unfit", next(iter(fields.values())), fields=fields)
