"""Letters of a reconsideration decided 行政复议决定: what became of the decision, and the court for what is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.cases.model import Case, Move
from tongban.cases.model.linked import OF_A_DECISION, paper_contested, remedies_of
from tongban.cases.model.rulings import ruling_of
from tongban.catalogue import ItemVersion
from tongban.kit import forms
from tongban.kit.i18n import N_, Message
from tongban.regions import ReconsiderationOrgan

#: Title, body and text message.
Words = tuple[Message, Message, Message]
_MOVES = {"cases.granted": Move.GRANT, "cases.refused": Move.REFUSE}


def words_of(
    topic: str,
    case: Case,
    version: ItemVersion,
    organ: ReconsiderationOrgan | None,
    values: Mapping[str, Any],
) -> Words | None:
    """The letter of the decision on a reconsideration, which ``organ`` made; None for another event and for a case of
    another item."""
    if version.about != OF_A_DECISION or topic not in _MOVES or organ is None:
        return None
    about = paper_contested(forms.compile_form(version.form), case.answers)
    found = ruling_of(_MOVES[topic], case.ruling, on_licence=bool(about))
    return (
        N_("行政复议决定：{ruling}", ruling=found.words, **values),
        N_(
            "受理编码 {code}。{organ}决定{ruling}。{follows}理由：{reason} {remedies}"
            "行政复议决定书在“我的办件”的文书里。",
            organ=organ.name,
            ruling=found.words,
            follows=found.follows,
            reason=case.reason or "",
            **values,
        ),
        N_(
            "【{mark}】您的行政复议（受理编码 {code}），{organ}已作出决定：{ruling}。{remedies}",
            organ=organ.name,
            ruling=found.words,
            **{**values, "remedies": remedies_of(version, organ).sms},
        ),
    )
