"""Corrections 补正: all that is wrong with an application, told once, and the answers that this reopens.

行政许可法 art. 32(1)(4): who examines an application tells the applicant at once, or within five days and all in one,
what must be put right. A second request may therefore name only what was named before and is still wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from tongban.cases.model.reason_templates import gaps
from tongban.kit.errors import Conflict, Invalid, Words
from tongban.kit.forms import Form
from tongban.kit.i18n import N_

SHORTEST = 4
LONGEST = 500


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked to be put right: by field the officer's words; ``until`` is the last instant for it.

    ``answers`` are what has been put right so far, as they are stored (sensitive ones sealed); ``before`` are the
    fields of an earlier request, beyond which no later one may go. ``times`` counts the requests. One that was
    ``taken_back`` as a mistake counts as never made; what was put right by then is kept for one that names it again.
    While joint applicants are asked for their word on what was put right, ``asked_at`` and ``until`` are theirs, and
    ``hers`` what these were for the applicant.
    """

    asked_at: datetime
    until: datetime
    fields: dict[str, str]
    answers: dict[str, Any] = {}
    before: tuple[str, ...] = ()
    times: int = 1
    taken_back: bool = False
    hers: tuple[datetime, datetime] | None = None

    @property
    def bounds(self) -> frozenset[str] | None:
        """What a request after this one may name at most; None where none of before counts."""
        if self.taken_back:
            return frozenset(self.before) if self.times > 1 else None
        return frozenset(self.fields)


class NothingToCorrect(Invalid):
    """A request for correction names no answer, or says too little of one."""

    def __init__(self, fields: Mapping[str, Words] | None = None) -> None:
        super().__init__(
            "correction-empty",
            N_("请至少在一项下写明哪里不对、怎样改（每项 4 至 500 个字）。"),
            fields=fields or {},
        )


class BeingConfirmed(Conflict):
    """A correction that lies before the others is not changed under their eyes."""

    def __init__(self) -> None:
        super().__init__(
            "correction-being-confirmed",
            N_("补正的内容正在等其他共同申请人确认，现在不能改。要改的，请先在“我的办件”里取回修改。"),
        )


class CorrectionHandedIn(Conflict):
    """A request for correction that the applicant has answered is not taken back while the others are asked."""

    def __init__(self) -> None:
        super().__init__(
            "correction-handed-in",
            N_(
                "申请人已经补正，共同申请人正在确认，补正要求没有撤回。确认后本件自动交回；没有确认的，再来更正。"
            ),
        )


class ToldOnce(Conflict):
    """A second request goes beyond the first: what must be put right is told all at once."""

    def __init__(self) -> None:
        super().__init__(
            "correction-told-once",
            N_(
                "补正内容应一次告知（行政许可法第三十二条）。再次补正只能涉及上次已指出、仍未改好的项；请据现有材料决定是否受理。"
            ),
        )


def worded(form: Form, said: Mapping[str, str]) -> dict[str, str]:
    """The officer's words by field, tidied; raises NothingToCorrect for none, or with a sentence for each too short."""
    words = {name: " ".join(text.split()) for name, text in said.items() if name in form.by_name}
    bad: dict[str, Words] = {
        f"said-{name}": N_(
            "请写明“{label}”哪里不对、怎样改（4 至 500 个字，现在 {n} 个字）。",
            label=form.by_name[name].label,
            n=len(text),
        )
        for name, text in words.items()
        if not SHORTEST <= len(text) <= LONGEST
    }
    for name, text in words.items():
        if open_ := gaps(text):
            left = N_(
                "“{label}”的说明里还有没有填写的地方：{gap}。", label=form.by_name[name].label, gap=open_[0]
            )
            said_too = bad.get(f"said-{name}")
            bad[f"said-{name}"] = N_("{gaps}另外，{too}", gaps=left, too=said_too) if said_too else left
    if bad or not words:
        raise NothingToCorrect(bad)
    return words
