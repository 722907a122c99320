"""Who has a case in hand 承办人, who stands in for her, and what an officer's list can be narrowed to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

import msgspec

from tongban.cases.model.states import DECIDING, State
from tongban.kit.errors import Forbidden, Invalid, Words
from tongban.kit.i18n import N_

#: States that a desk's open list can be narrowed to.
AT_WORK = (State.SUBMITTED, *(state for state in State if state in DECIDING))
#: Whose cases a list shows: one's own and those of whom one stands in for, or what nobody has in hand.
MINE, NOBODYS = "mine", "nobody"
#: So many lists an officer may name, and so long a name is at most.
MOST_FILTERS = 20
LONGEST_NAME = 30
#: An absence is no longer than this many days.
LONGEST_ABSENCE = 366


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is narrowed to 筛选, all at once; None where it is not.

    ``who`` is MINE, NOBODYS or an officer's account.
    """

    item: str | None = None
    district: str | None = None
    state: State | None = None
    who: str | UUID | None = None

    def __bool__(self) -> bool:
        return self != EVERYTHING


EVERYTHING = Filter()


class SavedFilter(msgspec.Struct, frozen=True):
    """A list that an officer has named 常用筛选; ``query`` is the tail of the desk's address."""

    name: str
    query: str


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """An officer is away 请假 from ``first_day`` to ``last_day``, both counted; ``deputy`` stands in for her 代理."""

    id: UUID
    officer: UUID
    officer_name: str
    deputy: UUID
    deputy_name: str
    first_day: date
    last_day: date

    def on(self, day: date) -> bool:
        """Whether she is away on this day."""
        return self.first_day <= day <= self.last_day


def entry_after(entries: Iterable[UUID], *, officer: UUID, department: str) -> UUID:
    """The id of an officer's next absence after these ``entries`` of hers, in her bucket.

    Whoever has read the same entries gives the same id, so that of two entries at once one finds its place taken, looks
    again and sees the other's days.
    """
    known = "/".join([department, str(officer), *sorted(str(one) for one in entries)])
    tail = int.from_bytes(hashlib.sha256(known.encode()).digest()[:8], "big") >> 12
    return UUID(int=officer.int >> 52 << 52 | tail)


class NotInHand(Forbidden):
    """The case is in somebody else's hand, for whom this officer does not stand in."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "case-not-in-hand",
            N_("本件由{name}承办，由承办人、其代理人或者本部门负责人移交。", name=name),
        )


class HandOverIncomplete(Invalid):
    """A hand-over names a colleague of the department and says why."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("hand-over-incomplete", N_("请补全移交的内容。"), fields=fields)


class AbsenceIncomplete(Invalid):
    """An absence has its days and a deputy of the department."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("absence-incomplete", N_("请补全请假的内容。"), fields=fields)


class FilterNameMissing(Invalid):
    """A list is kept under a name, and not too many of them."""

    def __init__(self, words: Words) -> None:
        super().__init__("filter-name-missing", words, fields={"name": words})
