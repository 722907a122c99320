"""Choosing how a reconsideration is decided, by who proposes it and by who decides it."""

from __future__ import annotations

from tongban import catalogue
from tongban.cases.actions.reviewing.reasons import reason_beside
from tongban.cases.model import Case, Move
from tongban.cases.model.answers import by_element
from tongban.cases.model.linked import OF_A_DECISION, REQUEST, paper_contested
from tongban.cases.model.rulings import NOT_CHOSEN, RULINGS, Ruling, RulingNotChosen, known, open_for
from tongban.kit import forms
from tongban.kit.i18n import Message


def rulings_for(version: catalogue.ItemVersion, case: Case) -> list[Ruling]:
    """The outcomes that the law has for what is asked in this case; none for a case that is no reconsideration."""
    if version.about != OF_A_DECISION:
        return []
    form = forms.compile_form(version.form)
    on_licence = bool(paper_contested(form, case.answers))
    return open_for(by_element(form, case.answers, REQUEST), on_licence=on_licence)


def chosen(
    version: catalogue.ItemVersion,
    case: Case,
    typed: str,
    reason: str,
    *,
    move: Move | None = None,
    label: Message | None = None,
) -> Ruling | None:
    """The outcome as typed, of those that ``move`` decides where one is made; None for a case that is none.

    Each is decided with its reasons: raises RulingNotChosen with a sentence for each that is missing, ReasonMissing.
    """
    if version.about != OF_A_DECISION:
        return None
    found = known(typed)
    fits = found in rulings_for(version, case) and (move is None or RULINGS[Ruling(typed)].move is move)
    reason_beside(reason, {} if fits else NOT_CHOSEN, lambda faults: RulingNotChosen(dict(faults)), label)
    return found
