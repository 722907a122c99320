"""What was posted under a form's questions, in words: for a form that was not taken, shown once more to be copied."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tongban.kit.forms.field import Field
from tongban.kit.forms.model import Form
from tongban.kit.forms.typed import typed
from tongban.kit.i18n import N_

#: Behind a question's own name: a part of its date, one of its choices, a cell of its table.
_PART = re.compile(r"[.-]")


def question_of(name: str) -> str:
    """The question to which a posted name belongs."""
    return _PART.split(name, maxsplit=1)[0]


def shown_again(form: Form, posted: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """By question its label and what was answered, whole, in the language of the moment. Whether the other answers ask
    it is not looked at: of a long form one page alone is posted."""
    found = {}
    for name in dict.fromkeys(map(question_of, posted)):
        field = form.by_name.get(name)
        if field is not None and (value := typed(field, name, posted, None)) not in (None, "", []):
            found[name] = str(field.label), _in_words(field, value)
    return found


def _in_words(field: Field, value: Any) -> str:
    """An answer whole: a table a line for each row, each cell under its head."""
    if field.ui.widget != "table":
        return field.in_words(value)
    told, colon, apart = field.table(value), str(N_("：")), str(N_("；"))
    lines = [
        [head + colon + cell for head, cell in zip(told.heads, row, strict=True) if cell] for row in told.rows
    ]
    return "\n".join(map(apart.join, lines))
