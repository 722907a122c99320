"""A form as a whole, and what the house knows of its answers. A question is in :mod:`tongban.kit.forms.field`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import jsonschema_rs
import msgspec

from tongban.kit.forms.field import Field, hidden
from tongban.kit.forms.x_ui import Section
from tongban.kit.i18n import Text

Validator = jsonschema_rs.Draft202012Validator
_NONE: frozenset[str] = frozenset()


class Form(msgspec.Struct, frozen=True, eq=False):
    """A compiled form 表单. ``hash`` names its exact content: a case pins the form it was filed under.

    ``conditional`` are the fields with a condition; ``by_hand`` those whose check JSON Schema cannot spell: dates
    and numbers with limits, and tables with such columns or conditional ones; ``sensitive`` those that are sealed,
    tables with such columns among them; ``filled_from`` those that a register fills, by its resource. ``validator``
    requires no conditional question.
    """

    hash: str
    schema: dict[str, Any]
    fields: tuple[Field, ...]
    sections: tuple[Section, ...]
    by_name: dict[str, Field]
    conditional: tuple[Field, ...]
    by_hand: tuple[Field, ...]
    sensitive: tuple[Field, ...]
    tables: tuple[Field, ...]
    filled_from: dict[str, tuple[Field, ...]]
    paged: bool
    validator: Validator

    @property
    def has_files(self) -> bool:
        """Whether the page's form must be sent as multipart/form-data."""
        return any(field.ui.widget == "files" for field in self.fields)

    @property
    def deciding(self) -> list[str]:
        """The questions on whose answers others hang; a column of a table as ``table.column``."""
        found = {name for field in self.conditional if field.when for name in field.when.names()}
        found |= {
            f"{table.name}.{name}"
            for table in self.tables
            for column in table.columns
            if column.when
            for name in column.when.names()
        }
        return sorted(found)

    def names_in(self, section: str) -> frozenset[str]:
        """The questions of a section, asked or not."""
        return frozenset(field.name for field in self.fields if field.ui.section == section)

    def hidden(self, answers: Mapping[str, Any]) -> frozenset[str]:
        """The questions that these answers do not ask; one that hangs on a hidden one is hidden too."""
        return frozenset(hidden(self.conditional, answers)) if self.conditional else _NONE

    def asked(self, answers: Mapping[str, Any]) -> tuple[Field, ...]:
        """The questions asked given these answers."""
        gone = self.hidden(answers)
        return tuple(field for field in self.fields if field.name not in gone) if gone else self.fields


class Prefilled(msgspec.Struct, frozen=True):
    """A value that the house knows, with its source 智能预填.

    ``state``: filled (shown with source and time), asked (the source is away, the person is asked and
    the value is marked as stated), later (the source is away, it is checked after submission). ``answered`` tells of
    what is asked whether the source spoke and has no such value, or was silent.
    """

    value: Any
    source: Text
    as_of: datetime | None
    state: Literal["filled", "asked", "later"] = "filled"
    resource: str = ""
    answered: bool = False
