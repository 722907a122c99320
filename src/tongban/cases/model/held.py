"""Cases about a licence that one holds 许可后续办理: what its form takes from the licence, what changes, and silence.

行政许可法 art. 50(2): the organ decides on a renewal before the licence ends; what is not decided by then counts as
renewed. The time of a special procedure does not stop that: art. 45 takes it out of “the periods of this section”
(arts. 42–44), and art. 50 stands in another; the end of a licence is no period for deciding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tongban.cases.model.facts import Heard
from tongban.cases.model.states import DECIDING, State
from tongban.catalogue import HELD, NEW, After
from tongban.kit import forms
from tongban.kit.acting import Eyes
from tongban.kit.errors import Conflict, Words
from tongban.kit.forms import Field, Form
from tongban.kit.i18n import N_

#: From where silence grants a renewal. Not while the applicant owes a correction: then the organ waits for her.
DEEMED_FROM = DECIDING | {State.SUBMITTED, State.SUSPENDED}


class HeldNeeded(Conflict):
    """The item is about a held licence, which was not named."""

    def __init__(self) -> None:
        super().__init__(
            "held-licence-needed",
            N_("这个事项是针对您持有的一张证照的。请打开“我的证照”里的那一张，从那里申请。"),
        )


class RenewedByLaw(Conflict):
    """The licence's last day is over: what was not decided counts as renewed, and no decision can change that."""

    def __init__(self) -> None:
        super().__init__(
            "renewed-by-law",
            N_("证照有效期届满前没有作出决定，已依法视为准予延续，不能再作其他决定。请刷新页面。"),
        )


class Changed(msgspec.Struct, frozen=True):
    """One thing that is to be different: its name, the words on the licence, the words applied for."""

    label: str
    was: str
    to_be: str


def wanted(form: Form) -> frozenset[str]:
    """What the form takes from the held licence."""
    return frozenset(field.ui.prefill.field for field in form.filled_from.get(HELD, ()) if field.ui.prefill)


def nothing_changes(after: After | None, answers: Mapping[str, Any], facts: Mapping[str, Heard]) -> bool:
    """Whether a change is asked for and what is to be is what is."""
    if after is None or not answers.get("changes") or HELD not in facts:
        return False
    said = facts[HELD].data
    new = {name.removeprefix(NEW): value for name, value in answers.items() if name.startswith(NEW)}
    return all(said.get(name) == value for name, value in new.items())


def change_faults(
    after: After | None, answers: Mapping[str, Any], facts: Mapping[str, Heard]
) -> dict[str, Words]:
    """The sentence for a change that changes nothing, by the question that chooses what changes."""
    if not nothing_changes(after, answers, facts):
        return {}
    return {"changes": N_("下面填写的和现在的证照一样。请填变化后的内容；没有变化的不要选。")}


def changed(
    form: Form, answers: Mapping[str, Any], facts: Mapping[str, Heard], *, eyes: Eyes = Eyes.OTHERS
) -> list[Changed]:
    """What is to be different, side by side, in the order of the form; what stays is left out.

    Sensitive values are masked as in any summary; before ``eyes`` as there.
    """
    said = facts[HELD].data if HELD in facts else {}
    shown, rows = forms.mask(form, answers, eyes=eyes), []
    for field in form.asked(answers):
        name = field.name.removeprefix(NEW)
        if not field.name.startswith(NEW) or answers.get(field.name) == said.get(name):
            continue
        plain = form.by_name.get(name, field)
        was = forms.mask(form, {plain.name: said.get(name)}, eyes=eyes)[plain.name]
        rows.append(
            Changed(_label(str(plain.label)), _words(plain, was), _words(field, shown.get(field.name)))
        )
    return rows


def _words(field: Field, value: Any) -> str:
    return str(N_("无")) if value in (None, "", []) else field.in_words(value)


def _label(words: str) -> str:
    """Without the remark in brackets that the form adds to the name."""
    return words.split("（现载明", maxsplit=1)[0].split(" (as it is", maxsplit=1)[0]


def content(
    said: Mapping[str, Any], form: Form, after: After | None, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """What a licence says after one more granted case: of a first one all its answers, of a later one what is new."""
    if after is None:
        return {**said, **answers}
    gone = _replaced(form, after, answers)
    new = {name.removeprefix(NEW): value for name, value in answers.items() if name.startswith(NEW)}
    return {name: value for name, value in said.items() if name not in gone} | new


def _replaced(form: Form, after: After, answers: Mapping[str, Any]) -> set[str]:
    """What hangs on something that was changed and is not asked any more: it no longer stands on the licence."""
    chosen = set(answers.get("changes") or ())
    found: set[str] = set()
    for name in after.fields:
        field = form.by_name.get(f"{NEW}{name}")
        if field is not None and field.when is not None:
            hangs = {one.removeprefix(NEW) for one in field.when.names()}
            if hangs & chosen or name in chosen:
                found.add(name)
    return found
