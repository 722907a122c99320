"""The nouns of a form. A field's ``x-ui`` is decoded straight into these types, unknown words refused.

At the root: ``x-ui: {order: [names], sections: [{key, title}]}``. At a field: ``label`` {zh, en},
``hint``, ``element`` (data element code), ``widget``, ``section``, ``sensitive`` (sealed when stored,
masked when shown), ``prefill`` {resource, field}, ``editable``, ``when`` {field, is: [values]},
``options`` [{value, label, hint}] for an enum, ``errors`` {keyword: {zh, en}}, ``mask`` (id | name | phone),
``autocomplete`` (WCAG 1.3.5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal

import jsonschema_rs
import msgspec

from tongban.kit import papers
from tongban.kit.i18n import N_, Text

Widget = Literal["text", "textarea", "radios", "select", "date", "checkbox", "phone", "address"]
Kind = Literal["string", "integer", "number", "boolean"]
Value = str | int | float | bool

_NOTHING = Text("", "")
_AUTOCOMPLETE = {"phone": "tel-national", "address": "street-address"}
_WIDTHS = {"cn-id": 18, "uscc": 18, "cn-phone": 11}
_MASKS: dict[str, Callable[[str], str]] = {
    "id": papers.mask_id,
    "phone": papers.mask_phone,
    "name": papers.mask_name,
}
_MASK_OF_FORMAT = {"cn-id": "id", "uscc": "id", "cn-phone": "phone"}


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value of an enum in words."""

    value: str | int
    label: Text
    hint: Text | None = None


class Prefill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a field's value comes from: a shared data resource and its field (一数一源)."""

    resource: str
    field: str


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"values": "is"}):
    """A field is asked only when another field has one of these values; otherwise it is dropped."""

    field: str
    values: tuple[Value, ...]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A heading with the fields below it."""

    key: str
    title: Text
    hint: Text | None = None


class FieldUi(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field's ``x-ui`` as written."""

    label: Text
    element: str
    widget: Widget = "text"
    hint: Text | None = None
    section: str = ""
    sensitive: bool = False
    prefill: Prefill | None = None
    editable: bool = True
    when: When | None = None
    options: tuple[Choice, ...] = ()
    errors: dict[str, Text] = {}
    mask: Literal["id", "name", "phone"] | None = None
    autocomplete: str | None = None


class FormUi(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The root's ``x-ui`` as written; ``order`` because jsonb keeps no order of names."""

    order: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()


class Field(msgspec.Struct, frozen=True):
    """One question 字段, compiled: its place, its words, its rule and where its value comes from."""

    name: str
    kind: Kind
    ui: FieldUi
    required: bool
    rule: dict[str, Any]

    @property
    def label(self) -> Text:
        """The question in words."""
        return self.ui.label

    @property
    def hint(self) -> Text:
        """The help under the label, empty when there is none."""
        return self.ui.hint or _NOTHING

    @property
    def max_length(self) -> int | None:
        """The greatest number of characters, for the input."""
        return self.rule.get("maxLength")

    @property
    def optional(self) -> bool:
        """Whether the page says 选填; a tick that need not be set is no question left open."""
        return not self.required and self.ui.widget != "checkbox"

    @property
    def choices(self) -> list[tuple[str | int, Text, Text | None]]:
        """The options as the components take them: value, label, hint."""
        return [(choice.value, choice.label, choice.hint) for choice in self.ui.options]

    @property
    def autocomplete(self) -> str | None:
        """The input's purpose, for browsers that fill it."""
        return self.ui.autocomplete or _AUTOCOMPLETE.get(self.ui.widget)

    @property
    def width(self) -> int | None:
        """How many characters the input shows, None for the full width."""
        return _WIDTHS.get(self.rule.get("format", "")) or (6 if self.kind in ("integer", "number") else None)

    def typed(self, value: Any) -> str:
        """A value for an input, as the form would take it back; a sealed one shows nothing."""
        return "" if value is None or isinstance(value, dict) else str(value)

    def date_parts(self, value: Any) -> dict[str, str]:
        """Year, month and day for the three inputs, also of a date that is none."""
        parts = self.typed(value).split("-", 2)
        return dict(zip(("year", "month", "day"), parts + [""] * (3 - len(parts)), strict=True))

    def in_words(self, value: Any) -> str:
        """One answer as a person reads it, in the language of the moment."""
        if isinstance(value, bool):
            return str(N_("是") if value else N_("否"))
        for choice in self.ui.options:
            if choice.value == value:
                return str(choice.label)
        return self.typed(value)

    def masked(self, value: Any) -> str:
        """A sensitive answer as others may see it; what is still sealed becomes dots."""
        if not isinstance(value, str):
            return "••••"
        kind = self.ui.mask or _MASK_OF_FORMAT.get(str(self.rule.get("format")))
        return _MASKS[kind](value) if kind else papers.masked(value, head=1, tail=0)

    def discreet(self, value: Any) -> str:
        """In words to its owner, who must be able to check it: only an ID number stays masked on a screen."""
        return self.masked(value) if self.ui.sensitive and self.ui.mask == "id" else self.in_words(value)

    def is_asked(self, answers: Mapping[str, Any]) -> bool:
        """Whether this question is asked, given the other answers."""
        when = self.ui.when
        return when is None or answers.get(when.field) in when.values


Validator = jsonschema_rs.Draft202012Validator


class Form(msgspec.Struct, frozen=True, eq=False):
    """A compiled form 表单. ``hash`` names its exact content: a case pins the form it was filed under."""

    hash: str
    schema: dict[str, Any]
    fields: tuple[Field, ...]
    sections: tuple[Section, ...]
    by_name: dict[str, Field]
    build: Callable[[frozenset[str]], Validator]
    validators: dict[frozenset[str], Validator]

    def validator_without(self, hidden: frozenset[str]) -> Validator:
        """What checks the answers while these questions are not asked: none of them is required.

        Built once for each set of them that occurs; saying "all holds" then costs a hundredth of listing what does not.
        """
        known = self.validators.get(hidden)
        if known is None:
            known = self.validators[hidden] = self.build(hidden)
        return known

    def asked(self, answers: Mapping[str, Any]) -> tuple[Field, ...]:
        """The questions asked given these answers; a question that hangs on a hidden one is hidden too."""
        hidden: set[str] = set()
        for field in self.fields:
            when = field.ui.when
            if when is not None and (when.field in hidden or not field.is_asked(answers)):
                hidden.add(field.name)
        return tuple(field for field in self.fields if field.name not in hidden) if hidden else self.fields


class Prefilled(msgspec.Struct, frozen=True):
    """A value that the house knows, with its source 智能预填.

    ``state``: filled (shown with source and time), asked (the source is away, the person is asked and
    the value is marked as stated), later (the source is away, it is checked after submission).
    """

    value: Any
    source: Text
    as_of: datetime | None
    state: Literal["filled", "asked", "later"] = "filled"
    resource: str = ""
