"""What the desk's records and notes are refused for: each with its sentence."""

from __future__ import annotations

from collections.abc import Mapping

from tongban.kit.errors import Conflict, Invalid, Words
from tongban.kit.i18n import N_


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

    def __init__(self) -> None:
        words = N_("请填写备注，最多 1000 个字。")
        super().__init__("note-unfit", words, fields={"note": words})


class PhotosTooMany(Conflict):
    """More photos than a point or a record holds."""

    def __init__(self, most: int) -> None:
        words = N_("照片最多 {most} 张，请先移除不需要的。", most=most)
        super().__init__("photos-too-many", words)
        self.fields = {"photos": words}
