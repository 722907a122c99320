"""The buttons among the questions: a row more or less, a file sent or taken off. They work without scripts.

A page's buttons all post ``_go``; these are its values ``add:<table>``, ``remove:<table>:<row>``,
``upload:<files>``, ``drop:<files>:<file>``, ``use:<files>:<file>`` (a photo in doubt is kept) and
``reuse:<files>:<file>`` (one of her materials). What they do to the answers :func:`tongban.kit.forms.parse` does,
except upload and reuse, which the page's room does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

import msgspec

from tongban.kit.forms.field import Field
from tongban.kit.forms.model import Form

GO = "_go"
Act = Literal["add", "remove", "upload", "drop", "use", "reuse"]
#: The page's own buttons that lead on from the questions; none pressed means the first of them.
_ONWARD = frozenset({"check", "next"})
_WIDGETS: dict[str, str] = {
    **dict.fromkeys(("add", "remove"), "table"),
    **dict.fromkeys(("upload", "drop", "use", "reuse"), "files"),
}


class Pressed(msgspec.Struct, frozen=True):
    """One press: what to do, in which field, and at which row or file."""

    act: Act
    field: Field
    at: str = ""

    def anchor(self, answers: Mapping[str, Any]) -> str:
        """Where the page that answers should stand: the id of the added row's first input, else of the field."""
        rows = self.field.rows(answers.get(self.field.name))
        if self.act == "add" and rows:
            last = len(rows) - 1
            return f"{self.field.name}.{last}.{self.field.asked_columns(rows[last])[0].name}"
        return self.field.name


def goes_on(posted: Mapping[str, str]) -> bool:
    """Whether the person is done with these questions, rather than adding a row or leaving for today."""
    return posted.get(GO, "check") in _ONWARD


def pressed(form: Form, posted: Mapping[str, str]) -> Pressed | None:
    """The button among the form's questions that was pressed; None for the page's own buttons and for nonsense."""
    act, _, rest = posted.get(GO, "").partition(":")
    name, _, at = rest.partition(":")
    field = form.by_name.get(name)
    if field is None or _WIDGETS.get(act) != field.ui.widget:
        return None
    return Pressed(cast("Act", act), field, at)
