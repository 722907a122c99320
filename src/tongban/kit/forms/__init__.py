"""Forms: one JSON Schema 2020-12 with ``x-ui`` is the one definition of a form.

The page, the API, the officer's screen, the receipt and the check all read the same :class:`Form`.
``forms.html`` renders it: ``{% import "forms.html" as forms %}`` and
``{{ forms.render(form, answers, prefilled, errors) }}``. What ``x-ui`` may say is in
:mod:`tongban.kit.forms.model`.
"""

from tongban.kit.forms.answers import mask, open_answers, overlay, parse, seal_answers, starting_answers
from tongban.kit.forms.check import check
from tongban.kit.forms.compiling import BadForm, compile_form
from tongban.kit.forms.model import Choice, Field, Form, Prefill, Prefilled, Section, When
from tongban.kit.forms.plan import prefill_plan, prefilled_from
from tongban.kit.forms.summary import SummaryLine, SummarySection, summary

__all__ = [
    "BadForm",
    "Choice",
    "Field",
    "Form",
    "Prefill",
    "Prefilled",
    "Section",
    "SummaryLine",
    "SummarySection",
    "When",
    "check",
    "compile_form",
    "mask",
    "open_answers",
    "overlay",
    "parse",
    "prefill_plan",
    "prefilled_from",
    "seal_answers",
    "starting_answers",
    "summary",
]
