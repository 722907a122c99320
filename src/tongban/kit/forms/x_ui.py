"""What ``x-ui`` may say. It is decoded straight into these types, unknown words refused.

At the root: ``x-ui: {order: [names], sections: [{key, title, hint, notice, when}], paged}``. At a field: ``label``
{zh, en}, ``hint``, ``element`` (data element code), ``widget``, ``section``, ``sensitive`` (sealed when stored,
masked when shown), ``prefill`` {resource, field}, ``editable``, ``when`` (:mod:`tongban.kit.forms.conditions`),
``options`` [{value, label, hint}] for an enum, ``errors`` {keyword: {zh, en}}, ``mask`` (id | name | phone),
``autocomplete`` (WCAG 1.3.5), ``unit`` of a number, ``statement`` above a tick, ``not_before`` and ``not_after``
of a date (:mod:`tongban.kit.forms.days`), ``working`` of a day that one books to come: the office works on it (whoever
has the calendar asks), ``at_least`` and ``at_most`` of a number: the names of earlier numbers
(:mod:`tongban.kit.forms.quantities`); ``columns``, ``row`` of a table, ``total`` and ``once`` (no two rows
say the same) of its columns; ``accept``, ``max_size`` (bytes) and ``valid_months`` of files.
Examples: docs/howto/write-a-form.md.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from tongban.kit.forms.conditions import When
from tongban.kit.i18n import Text

Widget = Literal[
    "text",
    "textarea",
    "radios",
    "select",
    "date",
    "month",
    "checkbox",
    "phone",
    "address",
    "money",
    "choices",
    "table",
    "files",
]


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value of an enum in words."""

    value: str | int
    label: Text
    hint: Text | None = None


class Prefill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a field's value comes from: a shared data resource and its field (一数一源)."""

    resource: str
    field: str


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A heading with the fields below it; ``notice`` 告知书 is a longer text that comes before them."""

    key: str
    title: Text
    hint: Text | None = None
    notice: Text | None = None
    when: When | None = None


class FieldUi(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field's ``x-ui`` as written."""

    label: Text
    element: str
    widget: Widget = "text"
    hint: Text | None = None
    section: str = ""
    sensitive: bool = False
    of_child: bool = False
    prefill: Prefill | None = None
    editable: bool = True
    when: When | None = None
    options: tuple[Choice, ...] = ()
    errors: dict[str, Text] = {}
    mask: Literal["id", "name", "phone", "paper"] | None = None
    autocomplete: str | None = None
    unit: Text | None = None
    statement: Text | None = None
    not_before: str | None = None
    not_after: str | None = None
    working: bool = False
    at_least: tuple[str, ...] = ()
    at_most: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    row: Text | None = None
    total: bool = False
    once: bool = False
    accept: tuple[str, ...] = ()
    max_size: int | None = None
    valid_months: int | None = None


class FormUi(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The root's ``x-ui`` as written; ``order`` because jsonb keeps no order of names; ``paged``: a section a page."""

    order: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    paged: bool = False
