"""What a step writes down for its paper: how things stood then, of what may stand otherwise later.

The case's row goes on changing (a transfer, a register that speaks at last); the paper of a step does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from tongban.kit.i18n import Text
from tongban.regions import ReconsiderationOrgan

#: Where in a step's detail it lies.
KEY = "paper"


class Got(msgspec.Struct, frozen=True):
    """How a register answered for a material: found, none there, or silent; whose it is, and when it was asked."""

    outcome: Literal["found", "none", "down"]
    source: Text
    at: datetime


class Standing(msgspec.Struct, frozen=True, omit_defaults=True):
    """How things stood 当时情况: the organ by name, from when a limit counts and when it ends, how materials came.

    ``got`` is by the source's code; ``authority`` whom a declined applicant should ask instead;
    ``provisional`` are the years of the paper's dates whose holiday notice was not published then.
    ``booked`` is the day on which who applies in person is to come; ``due`` is then until when the booking is kept.
    ``reconsidered_by`` is said where the organ is not the case's own department.
    """

    organ: Text
    counted_from: datetime | None = None
    due: datetime | None = None
    got: dict[str, Got] = {}
    authority: str = ""
    provisional: tuple[int, ...] = ()
    booked: date | None = None
    reconsidered_by: ReconsiderationOrgan | None = None

    def stored(self) -> dict[str, Any]:
        """As a part of a step's detail (JSON)."""
        return {KEY: msgspec.to_builtins(self)}


def standing(detail: Mapping[str, Any]) -> Standing | None:
    """What a step wrote down; None for one of before it did."""
    return msgspec.convert(detail[KEY], Standing) if KEY in detail else None


class _Answered(msgspec.Struct, frozen=True):
    """What is taken of a stored :class:`Heard`: neither its values nor anything sealed."""

    outcome: Literal["found", "none", "down"]
    source: Text
    read_at: datetime


def got(facts: Mapping[str, Any]) -> dict[str, Got]:
    """How the registers answered, by source, of a case's facts as they are stored; no value of theirs is in it."""
    known = msgspec.convert(facts, dict[str, _Answered])
    return {name: Got(answer.outcome, answer.source, answer.read_at) for name, answer in known.items()}
