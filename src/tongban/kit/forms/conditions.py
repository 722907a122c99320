"""Conditions 条件: when a question, a section or a cell of a table is asked.

A condition looks back at earlier answers only, so hiding is settled in one pass. Of a question that is
not answered, or not asked, no test holds; ``not`` alone turns that round.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

Value = str | int | float | bool

_TESTS = ("values", "others", "at_least", "at_most", "includes")
_JOINTS = ("every", "some", "never")


class When(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    rename={"values": "is", "others": "is_not", "every": "all", "some": "any", "never": "not"},
):
    """One test of an earlier answer, or several joined; what is not asked is dropped and not required.

    Tests: ``{field, is: [values]}``, ``{field, is_not: [values]}``, ``{field, at_least: n}``,
    ``{field, at_most: n}`` (money in fen), ``{field, includes: value}`` for choices.
    Joints: ``{all: […]}``, ``{any: […]}``, ``{not: …}``.
    """

    field: str | None = None
    values: tuple[Value, ...] | None = None
    others: tuple[Value, ...] | None = None
    at_least: int | float | None = None
    at_most: int | float | None = None
    includes: Value | None = None
    every: tuple[When, ...] | None = None
    some: tuple[When, ...] | None = None
    never: When | None = None

    def parts(self) -> tuple[When, ...]:
        """The conditions that this one joins; none for a test."""
        return (self.never,) if self.never is not None else self.every or self.some or ()

    def is_whole(self) -> bool:
        """Whether it says one thing: a test of a question, or a joint of conditions that are whole."""
        tests = sum(getattr(self, name) is not None for name in _TESTS)
        joints = sum(getattr(self, name) is not None for name in _JOINTS)
        if self.field is not None:
            return tests == 1 and not joints
        return (
            joints == 1 and not tests and bool(self.parts()) and all(one.is_whole() for one in self.parts())
        )

    def names(self) -> Iterator[str]:
        """The questions that it looks at."""
        if self.field is not None:
            yield self.field
        for part in self.parts():
            yield from part.names()

    def holds(self, answers: Mapping[str, Any]) -> bool:
        """Whether these answers meet it."""
        if self.field is None:
            if self.never is not None:
                return not self.never.holds(answers)
            if self.every is not None:
                return all(one.holds(answers) for one in self.every)
            return any(one.holds(answers) for one in self.some or ())
        value = answers.get(self.field)
        return value is not None and self._met(value)

    def _met(self, value: Any) -> bool:
        if self.values is not None:
            return value in self.values
        if self.others is not None:
            return value not in self.others
        if self.includes is not None:
            return isinstance(value, list) and self.includes in value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )


def both_hold(one: When | None, other: When | None) -> When | None:
    """The condition of a question inside a section that has a condition too."""
    if one is None or other is None:
        return one or other
    return When(every=(one, other))
