"""The rule table 规则表: rows of conditions, each with its law, its time of validity and what follows from it.

One type serves exemption, eligibility and questions. A table is answered row by row; a row that is not in force on the
day does not count, and its trace says so. What was answered can be answered again: the trace of an old decision tells
its facts, the hash its table (:func:`replayed`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal

import msgspec

from tongban.kit.i18n import Text
from tongban.kit.rules.answering import Facts, Tracing, tracing_of
from tongban.kit.rules.conditions import (
    All,
    BadRules,
    Condition,
    Fact,
    Trace,
    Truth,
    checked,
    facts_in,
    facts_of,
    hash_of,
)

#: What may follow from a row: an item is offered, a material of an item is exempt, a question is asked, somebody is
#: eligible, or there is nothing to do (the row's text says why).
Does = Literal["offer", "exempt", "ask", "eligible", "nothing"]

#: The condition of a row that has none: it always holds.
ALWAYS = All(label=Text("任何情况", "In every case"), of=())


class Then(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What follows from a row: ``of`` names the item, the material or the question that it is about.

    A material is exempt for one ``item``, or for every one that asks for it where none is named, ``by`` a route.
    ``situation`` answers situations of the offered item (key and value).
    """

    does: Does
    of: str = ""
    item: str = ""
    by: str = ""
    situation: dict[str, str] = {}


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A row: ``when`` the condition holds, ``then`` follows; ``text`` tells a person why, on its ``basis``.

    It is in force from the day ``valid_from`` to the end of ``valid_until``; without them always.
    """

    key: str
    when: Condition = ALWAYS
    then: Then
    text: Text
    basis: Text | None = None
    valid_from: date | None = None
    valid_until: date | None = None

    def __post_init__(self) -> None:
        # Spelt out or left out, the same condition is the same content: left out is decided by identity.
        if self.when == ALWAYS and self.when is not ALWAYS:
            msgspec.structs.force_setattr(self, "when", ALWAYS)

    def validity(self, today: date) -> Validity:
        """Whether it is in force on that day."""
        if self.valid_from is not None and today < self.valid_from:
            return "not_yet"
        if self.valid_until is not None and today > self.valid_until:
            return "over"
        return "in_force"


Validity = Literal["in_force", "not_yet", "over"]


class RuleTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """A rule table as it is kept: immutable, named by its hash."""

    key: str
    title: Text
    rows: tuple[Row, ...]

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the table's content: a decision names the very table that it followed."""
        return hash_of(self)

    @cached_property
    def facts(self) -> frozenset[str]:
        """The names of all facts that its rows ask for."""
        return frozenset(fact for row in self.rows for fact in facts_of(row.when))

    @cached_property
    def compiled(self) -> tuple[tuple[Row, Tracing], ...]:
        """Each row with the function that answers it."""
        return tuple((row, tracing_of(row.when)) for row in self.rows)


class RowTrace(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row as it was answered. One that was not in force has no trace, and did not hold."""

    key: str
    then: Then
    text: Text
    result: Truth
    basis: Text | None = None
    validity: Validity = "in_force"
    trace: Trace | None = None


class TableOutcome(msgspec.Struct, frozen=True):
    """What a table said on one day, with the whole trace and the table's hash: kept as it is."""

    table: str
    today: date
    rows: tuple[RowTrace, ...]

    def holding(self, does: Does) -> tuple[RowTrace, ...]:
        """The rows that hold and from which this follows, in the table's order."""
        return tuple(row for row in self.rows if row.result is Truth.TRUE and row.then.does == does)

    def undecided(self, does: Does) -> tuple[RowTrace, ...]:
        """The rows that might hold and from which this would follow: a fact is missing."""
        return tuple(row for row in self.rows if row.result is Truth.UNKNOWN and row.then.does == does)

    @property
    def facts(self) -> dict[str, Fact]:
        """The facts that were known, as the trace tells them."""
        return facts_in(*(row.trace for row in self.rows if row.trace is not None))


def rule_table(data: Mapping[str, Any]) -> RuleTable:
    """The rule table that data describe; raises BadRules: also for two rows of one key, or times that are none."""
    try:
        table = msgspec.convert(data, RuleTable)
    except msgspec.ValidationError as wrong:
        raise BadRules(str(wrong)) from wrong
    check_rows(table.rows)
    return table


def check_rows(rows: tuple[Row, ...]) -> None:
    """Raises BadRules where a row cannot be answered, is named twice or ends before it begins."""
    seen: set[str] = set()
    for row in rows:
        if row.key in seen:
            raise BadRules(f"{row.key}: two rows have this key")
        seen.add(row.key)
        if row.valid_from and row.valid_until and row.valid_until < row.valid_from:
            raise BadRules(f"{row.key}: it ends before it begins")
        try:
            checked(row.when)
        except BadRules as wrong:
            raise BadRules(f"{row.key}: {wrong}") from wrong


def answer(table: RuleTable, facts: Facts, *, today: date) -> TableOutcome:
    """Answer every row of the table on the facts as they stand ``today`` (a city day)."""
    rows = []
    for row, tracing in table.compiled:
        validity = row.validity(today)
        if validity == "in_force":
            trace = tracing(facts, today)
            rows.append(RowTrace(row.key, row.then, row.text, trace.result, row.basis, validity, trace))
        else:
            rows.append(RowTrace(row.key, row.then, row.text, Truth.FALSE, row.basis, validity))
    return TableOutcome(table.hash, today, tuple(rows))


def replayed(table: RuleTable, kept: TableOutcome) -> TableOutcome:
    """Answer an old decision again, from the facts in its own trace and on its day; raises BadRules.

    It equals ``kept`` unless somebody altered it. ``table`` must be the very one that was followed.
    """
    if table.hash != kept.table:
        raise BadRules(f"the decision followed table {kept.table}, this is {table.hash}")
    return answer(table, kept.facts, today=kept.today)
