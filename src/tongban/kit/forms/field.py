"""One question of a form, compiled: its place, its words, its rule, and how its answer is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from tongban.kit import papers
from tongban.kit.acting import Eyes
from tongban.kit.errors import Words
from tongban.kit.forms import numbers
from tongban.kit.forms.attached import Attachment, formats_in_words, size_in_words
from tongban.kit.forms.conditions import When
from tongban.kit.forms.days import DayLimit
from tongban.kit.forms.quantities import NumberLimit
from tongban.kit.forms.x_ui import FieldUi
from tongban.kit.i18n import N_, Message, Text

Kind = Literal["string", "integer", "number", "boolean", "array"]

_NOTHING = Text("", "")
_SEALED = "••••"
_AUTOCOMPLETE = {"phone": "tel-national", "address": "street-address"}
#: Formats of identity papers other than the citizen's number.
PAPER_FORMATS = (
    *("cn-passport", "passport", "hk-macao-permit", "taiwan-permit", "foreign-residence"),
    "identity-paper",
)
_WIDTHS = {"cn-id": 18, "uscc": 18, "cn-phone": 11, "cn-plate": 11, "cn-postcode": 6, "hour-minute": 6}
_WIDTHS |= dict.fromkeys(PAPER_FORMATS, 18)
_MASKS: dict[str, Callable[[str], str]] = {
    "id": papers.mask_id,
    "phone": papers.mask_phone,
    "name": papers.mask_name,
    "paper": papers.mask_paper,
}
_MASK_OF_FORMAT = {"cn-id": "id", "uscc": "id", "cn-phone": "phone", **dict.fromkeys(PAPER_FORMATS, "paper")}
#: The masks that stay before these eyes; before others' all do.
_STAY: dict[Eyes, tuple[str, ...]] = {
    Eyes.OWNER: ("id", "paper"),
    Eyes.AGENT: ("id", "paper", "phone"),
    Eyes.GUARDIAN: (),
}
_DATE_PARTS = ("year", "month", "day")


class Table(msgspec.Struct, frozen=True):
    """A table's answers in words: ``numbers`` are the columns that stand right, ``totals`` its last row, if any."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()
    totals: tuple[str, ...] = ()


class Field(msgspec.Struct, frozen=True):
    """One question 字段; a table's ``columns`` are fields too, each named within its row.

    ``when`` joins the field's own condition with its section's; ``limits`` are those of a date, and those that
    other answers set a number.
    """

    name: str
    kind: Kind
    ui: FieldUi
    required: bool
    rule: dict[str, Any]
    when: When | None = None
    columns: tuple[Field, ...] = ()
    limits: tuple[DayLimit | NumberLimit, ...] = ()

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
        if self.ui.widget == "money":
            return 11
        return _WIDTHS.get(self.rule.get("format", "")) or (6 if self.kind in ("integer", "number") else None)

    @property
    def unit(self) -> Text | Message | None:
        """What a number counts, shown behind the input."""
        return N_("元") if self.ui.widget == "money" else self.ui.unit

    @property
    def inputmode(self) -> str | None:
        """The keyboard that a phone offers."""
        if self.kind == "number" or self.ui.widget == "money":
            return "decimal"
        return "numeric" if self.kind == "integer" or self.rule.get("format") == "cn-postcode" else None

    @property
    def least(self) -> int:
        """How many rows, choices or files there must be at least."""
        return int(self.rule.get("minItems", 1 if self.required else 0))

    @property
    def most(self) -> int:
        """How many rows, choices or files there may be at most."""
        return int(self.rule.get("maxItems", len(self.ui.options)))

    def typed(self, value: Any) -> str:
        """A value for an input, as the form would take it back; a sealed one shows nothing."""
        if value is None or isinstance(value, dict | list):
            return ""
        if self.ui.widget == "money" and type(value) is int:
            return numbers.shown_yuan(value)
        if type(value) is int or type(value) is float:
            return numbers.shown(value)
        return str(value)

    def date_parts(self, value: Any) -> dict[str, str]:
        """Year, month and day (of a month: year and month) for their inputs, also of a date that is none."""
        names = _DATE_PARTS[:2] if self.ui.widget == "month" else _DATE_PARTS
        parts = self.typed(value).split("-", len(names) - 1)
        return dict(zip(names, parts + [""] * (len(names) - len(parts)), strict=True))

    def chosen(self, value: Any) -> list[str]:
        """The values of ticked choices as the inputs carry them."""
        return [str(one) for one in value] if isinstance(value, list) else []

    def rows(self, value: Any) -> list[dict[str, Any]]:
        """The rows of a table as the page shows them: those given, and blank ones up to the least."""
        given = _rows(value)
        return given + [{} for _ in range(self.least - len(given))]

    def asked_columns(self, row: Mapping[str, Any]) -> list[Field]:
        """The columns that are asked in one row."""
        gone = hidden(self.columns, row)
        return [column for column in self.columns if column.name not in gone]

    def totals(self, value: Any) -> list[tuple[Field, str]]:
        """The columns of a table that add up, each with its sum; what is no number yet counts nothing."""
        rows = _rows(value)
        return [
            (column, str(column.measured(numbers.total(_numbers(column.name, rows)))))
            for column in self.columns
            if column.ui.total
        ]

    def table(self, value: Any, *, discreet: bool = False) -> Table:
        """A table's answers in words; ``discreet`` as its owner reads them on a screen."""
        rows, columns = _rows(value), self.columns
        sums = {column.name: total for column, total in self.totals(value)}
        return Table(
            heads=tuple(str(column.label) for column in columns),
            rows=tuple(
                tuple(
                    (column.discreet if discreet else column.in_words)(row[column.name])
                    if column.name in row
                    else ""
                    for column in columns
                )
                for row in rows
            ),
            numbers=tuple(
                place for place, column in enumerate(columns) if column.kind in ("integer", "number")
            ),
            totals=tuple(sums.get(column.name, "") for column in columns) if sums else (),
        )

    def attached(self, value: Any) -> list[Attachment]:
        """The files of a question as they are shown."""
        return msgspec.convert(value, list[Attachment]) if isinstance(value, list) else []

    @property
    def files_wanted(self) -> Message:
        """Which files may be attached: formats, size, number."""
        return N_(
            "{formats}，每个不超过 {size}，最多 {limit} 个。",
            formats=formats_in_words(self.ui.accept),
            size=size_in_words(self.ui.max_size or 0),
            limit=self.most,
        )

    def in_words(self, value: Any) -> str:
        """One answer as a person reads it, in the language of the moment; of a table or files how many."""
        if isinstance(value, bool):
            return str(N_("是") if value else N_("否"))
        if isinstance(value, list):
            return self._several_in_words(value)
        for choice in self.ui.options:
            if choice.value == value:
                return str(choice.label)
        if type(value) is int or type(value) is float:
            return str(self.measured(value))
        return self.typed(value)

    def measured(self, value: float) -> Words:
        """A number with its unit: ``1,234.50 元``, ``3 人``, ``12.50%``."""
        if self.ui.widget == "money":
            return N_("{amount} 元", amount=numbers.shown_yuan(int(value)))
        unit = self.ui.unit
        digits = numbers.shown(
            value,
            places=numbers.places_of(self.rule.get("multipleOf")),
            grouped=unit is not None or self.ui.total,
        )
        return (
            Text(*(_with_unit(digits, words) for words in (unit.zh, unit.en)))
            if unit
            else Text(digits, digits)
        )

    def _several_in_words(self, value: list[Any]) -> str:
        if self.ui.widget == "choices":
            labels = {choice.value: choice.label for choice in self.ui.options}
            return str(N_("、")).join(str(labels.get(one, one)) for one in value)
        if self.ui.widget == "files":
            return str(N_("1 个文件") if len(value) == 1 else N_("{count} 个文件", count=len(value)))
        return str(N_("1 行") if len(value) == 1 else N_("{count} 行", count=len(value)))

    def masked(self, value: Any) -> str:
        """A sensitive answer as others may see it; what is still sealed becomes dots."""
        if not isinstance(value, str):
            return _SEALED
        kind = self.ui.mask or _MASK_OF_FORMAT.get(str(self.rule.get("format")))
        return _MASKS[kind](value) if kind else papers.masked(value, head=1, tail=0)

    def discreet(self, value: Any) -> str:
        """In words to its owner, who must be able to check it: only a paper's number stays masked on a screen."""
        return self.masked(value) if self.hidden_from(Eyes.OWNER) else self.in_words(value)

    def hidden_from(self, eyes: Eyes) -> bool:
        """Whether these eyes read the answer masked; an agent's so does what is told of a child."""
        of_child = eyes is Eyes.AGENT and self.ui.of_child
        return self.ui.sensitive and (eyes not in _STAY or self.ui.mask in _STAY[eyes] or of_child)


def _with_unit(digits: str, unit: str) -> str:
    return digits + unit if unit in ("%", "‰") else f"{digits} {unit}"


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _numbers(name: str, rows: list[dict[str, Any]]) -> Iterator[int | float]:
    for row in rows:
        value = row.get(name)
        if type(value) is int or type(value) is float:
            yield value


def hidden(fields: tuple[Field, ...], answers: Mapping[str, Any]) -> set[str]:
    """The questions, or columns of one row, that these answers do not ask; what is hidden counts as unanswered."""
    gone: set[str] = set()
    for field in fields:
        if field.when is not None and not field.when.holds(answers):
            gone.add(field.name)
            if field.name in answers:
                answers = {name: value for name, value in answers.items() if name != field.name}
    return gone
