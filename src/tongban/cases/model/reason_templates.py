"""Templates of reasons 理由模板 and common defects 常见问题: words that a desk needs again and again.

The city's stand in ``reasons.yaml`` with their marks; a department has its own beside them. A template leaves gaps for
the facts of the case, ``【请填写：…】`` or ``[Fill in: …]``; a reason in which one is still open is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from tongban.cases.model.desk_refusals import TemplateUnfit
from tongban.cases.model.facts import ACCOUNT
from tongban.cases.model.life import Move
from tongban.cases.model.linked import OF_A_DECISION
from tongban.catalogue import ItemVersion
from tongban.kit.errors import Words
from tongban.kit.forms import Field
from tongban.kit.i18n import N_, Message, Text

#: What is still to be filled in, in either language.
_GAP = re.compile(r"【请填写[^】]*】|[【\[]Fill in[^】\]]*[】\]]")
Use = Literal["decline", "refuse", "suspend", "extend", "ask_correction"]
Widget = Literal["files", "table", "text", "choice"]
#: Questions that are answered by what is chosen or picked, so that no answer can be half filled in.
_CHOICES = frozenset({"radios", "select", "choices", "checkbox", "date", "month"})

USES: dict[Use, Message] = {
    "decline": N_("不予受理"),
    "refuse": N_("作出不予办理决定"),
    "suspend": N_("启动特别程序"),
    "extend": N_("延长办理期限"),
    "ask_correction": N_("补正时的常见问题"),
}
#: The move that a page makes, and the templates that it offers.
OF_MOVE: dict[Move, Use] = {
    Move.DECLINE: "decline",
    Move.REFUSE: "refuse",
    Move.SUSPEND: "suspend",
    Move.EXTEND: "extend",
}
LONGEST_TITLE, LONGEST_WORDS, LONGEST_BASIS = 60, 1000, 200
SHORTEST_WORDS = 4


def gaps(text: str) -> list[str]:
    """What of a template is still open in a text."""
    return _GAP.findall(text)


class ReasonTemplate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A template of ``reasons.yaml``: for which moves, and item types (``kinds``) or ``items``; neither: any."""

    key: str
    uses: tuple[Use, ...]
    kinds: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    title: Text
    words: Text
    basis: Text
    mark: Literal["real", "realistic", "synthetic"]

    def fits(self, use: Use, item: ItemVersion) -> bool:
        """Whether it is offered for this move of a case of this item.

        A reconsideration goes by a law of its own: of it only those that name its item.
        """
        general = item.about != OF_A_DECISION and (not (self.kinds or self.items) or item.kind in self.kinds)
        return use in self.uses and (general or item.code in self.items)


class Defect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is often wrong with an answer, for the kinds of question that ``widgets`` names; ``registered`` can only be
    true where a register has the answer too."""

    key: str
    widgets: tuple[Widget, ...]
    registered: bool = False
    words: Text
    mark: Literal["real", "realistic", "synthetic"]


class CityReasons(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of the city's file."""

    templates: tuple[ReasonTemplate, ...]
    defects: tuple[Defect, ...]


class OwnTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """A template of one department; ``item`` None is any. ``changed_at`` is what the next change must have seen."""

    id: UUID
    move: Use
    item: str | None
    title: str
    words: str
    basis: str
    changed_by: str
    changed_at: datetime


class Offered(msgspec.Struct, frozen=True):
    """A template as a desk offers it: its key, how it is called, and the reason that it makes."""

    key: str
    title: Text | str
    text: str


def offered(city: CityReasons, own: list[OwnTemplate], use: Use, item: ItemVersion) -> list[Offered]:
    """What is offered for a move of a case of this item: the department's own first."""
    mine = [
        Offered(str(one.id), one.title, reason_made(one.words, one.basis))
        for one in own
        if one.move == use and one.item in (None, item.code)
    ]
    return mine + [
        Offered(one.key, one.title, reason_made(str(one.words), str(one.basis)))
        for one in city.templates
        if one.fits(use, item)
    ]


class Tick(msgspec.Struct, frozen=True):
    """A common defect as a correction's page offers it for one answer."""

    key: str
    words: str


def ticks_for(city: CityReasons, own: list[OwnTemplate], field: Field, item: ItemVersion) -> list[Tick]:
    """What may be wrong with the answer to this question: the city's, then the department's own."""
    widget, told = field.ui.widget, field.ui.prefill
    kind = widget if widget in ("files", "table") else "choice" if widget in _CHOICES else "text"
    in_register = told is not None and told.resource != ACCOUNT
    return [
        Tick(one.key, str(one.words))
        for one in city.defects
        if kind in one.widgets and (in_register or not one.registered)
    ] + [
        Tick(str(one.id), one.words)
        for one in own
        if one.move == "ask_correction" and one.item in (None, item.code)
    ]


def reason_made(words: str, basis: str) -> str:
    """A template's words with its legal basis behind them, as a reason says it."""
    return str(N_("{words}依据：{basis}。", words=words, basis=basis)) if basis else words


def template_typed(posted: Mapping[str, str], items: frozenset[str]) -> tuple[Use, str | None, str, str, str]:
    """Use, item, title, words and basis that a form tells. Raises TemplateUnfit with a sentence per field."""
    use, item = posted.get("use", ""), posted.get("item", "")
    title, basis = (" ".join(posted.get(name, "").split()) for name in ("title", "basis"))
    words = posted.get("words", "").strip().replace("\r\n", "\n")
    faults: dict[str, Words] = {}
    if use not in USES:
        faults["use"] = N_("请选择用在哪里。")
    if item and item not in items:
        faults["item"] = N_("没有这个事项，请重新选择。")
    if not 2 <= len(title) <= LONGEST_TITLE:
        faults["title"] = N_("请填写名称（2 至 60 个字）。")
    if not SHORTEST_WORDS <= len(words) <= LONGEST_WORDS:
        faults["words"] = N_("请填写内容（4 至 1000 个字）。")
    elif use == "ask_correction" and gaps(words):
        faults["words"] = N_("常见问题是直接勾选的，不能留“请填写”的空。")
    if len(basis) > LONGEST_BASIS or (not basis and use != "ask_correction"):
        faults["basis"] = N_("请填写依据的法律和条款，最多 200 个字。")
    if faults:
        raise TemplateUnfit(faults)
    return next(one for one in USES if one == use), item or None, title, words, basis
