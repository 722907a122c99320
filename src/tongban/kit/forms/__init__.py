"""Forms: one JSON Schema 2020-12 with ``x-ui`` is the one definition of a form.

The page, the API, the officer's screen, the receipt and the check all read the same :class:`Form`.
``forms.html`` renders it: ``{% import "forms.html" as forms %}`` and
``{{ forms.render(form, answers, prefilled, errors) }}``. What ``x-ui`` may say is in
:mod:`tongban.kit.forms.x_ui`, with examples in docs/howto/write-a-form.md.
"""

from tongban.kit.forms.answers import overlay, parse, posted, reopened, starting_answers, with_known
from tongban.kit.forms.attached import Attachment
from tongban.kit.forms.attaching import attach, attachment_fault
from tongban.kit.forms.check import check
from tongban.kit.forms.compiling import BadForm, compile_form
from tongban.kit.forms.conditions import When
from tongban.kit.forms.field import Field, Table
from tongban.kit.forms.model import Form, Prefilled
from tongban.kit.forms.paging import SECTION, Page, Paging, faults_at, paging
from tongban.kit.forms.plan import prefill_plan, prefilled_from
from tongban.kit.forms.pressed import Pressed, pressed
from tongban.kit.forms.public import json_schema
from tongban.kit.forms.sealing import mask, open_answers, resealed, seal_answers, unmasked
from tongban.kit.forms.shown_again import question_of, shown_again
from tongban.kit.forms.summary import SummaryLine, SummarySection, summary
from tongban.kit.forms.taking import AnswersMalformed, take
from tongban.kit.forms.typed import posted_of
from tongban.kit.forms.x_ui import Choice, Prefill, Section

__all__ = [
    "SECTION",
    "AnswersMalformed",
    "Attachment",
    "BadForm",
    "Choice",
    "Field",
    "Form",
    "Page",
    "Paging",
    "Prefill",
    "Prefilled",
    "Pressed",
    "Section",
    "SummaryLine",
    "SummarySection",
    "Table",
    "When",
    "attach",
    "attachment_fault",
    "check",
    "compile_form",
    "faults_at",
    "json_schema",
    "mask",
    "open_answers",
    "overlay",
    "paging",
    "parse",
    "posted",
    "posted_of",
    "prefill_plan",
    "prefilled_from",
    "pressed",
    "question_of",
    "reopened",
    "resealed",
    "seal_answers",
    "shown_again",
    "starting_answers",
    "summary",
    "take",
    "unmasked",
    "with_known",
]
