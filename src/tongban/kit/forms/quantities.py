"""Limits of numbers: ``at_least`` and ``at_most`` of a number, against another answer.

A limit in digits is JSON Schema's own (``minimum``, ``maximum``); what JSON Schema cannot spell is one answer held
against another: the kitchen within the premises, the loan within the price.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import msgspec

Keyword = Literal["at_least", "at_most"]


class NumberLimit(msgspec.Struct, frozen=True):
    """One limit: the name of an earlier question, of a column an earlier one of the same row, that is a number too.

    Money is held against money, in fen; of other numbers the author answers for that they count alike.
    """

    keyword: Keyword
    written: str

    @property
    def field(self) -> str:
        """The question whose answer is the limit."""
        return self.written

    def of_the_other(self, name: str) -> NumberLimit:
        """The same limit as the other question has it of this one, which is called ``name``."""
        return NumberLimit("at_least" if self.keyword == "at_most" else "at_most", name)

    def bound(self, answers: Mapping[str, Any], today: date) -> int | float | None:
        """The other answer; None while it is not given, or is no number yet."""
        return _number(answers.get(self.written))

    def broken_by(self, value: Any, answers: Mapping[str, Any], today: date) -> int | float | None:
        """The other answer that ``value`` lies beyond; None when it keeps to it, or is no number."""
        ours, theirs = _number(value), self.bound(answers, today)
        if ours is None or theirs is None:
            return None
        beyond = ours < theirs if self.keyword == "at_least" else ours > theirs
        return theirs if beyond else None


def _number(value: Any) -> int | float | None:
    return value if type(value) is int or type(value) is float else None
