"""Answers as they stand in a form before the eyes of who fills it: her own, her guardian's, or an agent's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from tongban.kit import forms
from tongban.kit.acting import Eyes
from tongban.kit.forms import Form, Prefilled


def in_form(
    form: Form,
    answers: Mapping[str, Any],
    prefilled: Mapping[str, Prefilled],
    *,
    eyes: Eyes,
    wrong: Collection[str] = (),
) -> dict[str, Any]:
    """What the template of a form is given of its values: ``answers``, ``prefilled``, and whether they stand ``whole``.

    An agent's page holds numbers of papers and phones masked, in its fields too: what comes back as it was shown is
    kept (:func:`tongban.kit.forms.unmasked`). What is ``wrong`` stands as it was typed, or she could not mend it.
    """
    if eyes is not Eyes.AGENT:
        return {"answers": answers, "prefilled": prefilled, "whole": eyes is Eyes.GUARDIAN}
    names = {path.split(".", 1)[0] for path in wrong}
    known = {name: one.value for name, one in prefilled.items() if one.value is not None}
    hidden = forms.mask(form, known, eyes=eyes)
    return {
        "answers": {**forms.mask(form, answers, eyes=eyes), **{n: answers[n] for n in names if n in answers}},
        "prefilled": {
            name: msgspec.structs.replace(one, value=hidden[name]) if name in hidden else one
            for name, one in prefilled.items()
        },
        "whole": False,
    }
