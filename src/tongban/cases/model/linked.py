"""Linked cases 关联办件: a reconsideration of a decision, a complaint about how a case was handled.

行政复议法 art. 20: within sixty days (calendar days, from when the decision was known); complaints have no such limit.
The case that it is about is the applicant's own, and stays as it is until the outcome changes it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban.cases.model.life import State
from tongban.kit import clock
from tongban.kit.clock import Calendar, Limit
from tongban.kit.errors import Conflict
from tongban.kit.i18n import N_

#: What a reconsideration may be about.
DECIDED_AGAINST = frozenset({State.NOT_ACCEPTED, State.REFUSED, State.TERMINATED})
#: 行政复议法 art. 20(1).
RECONSIDERED_WITHIN = 60
#: The form's question that names the other case, by its data element.
ABOUT_CODE = "DE-ABOUT-CODE"


class LinkedCase(msgspec.Struct, frozen=True):
    """A case about another one, as that one's page shows it."""

    id: UUID
    item: str
    state: State
    short_code: str | None


class NothingToReconsider(Conflict):
    """A reconsideration is of a decision against the applicant, of which there is none here."""

    def __init__(self) -> None:
        super().__init__(
            "nothing-to-reconsider",
            N_("这份办件没有不予受理、不予办理或者终止办理的决定，不能申请行政复议。"),
        )


class ReconsideredTooLate(Conflict):
    """The sixty days have passed."""

    def __init__(self) -> None:
        super().__init__(
            "reconsidered-too-late",
            N_("收到决定已超过 60 日，一般不能再申请行政复议。因不可抗力耽误的，请到行政复议机构窗口说明。"),
        )


class AboutNeeded(Conflict):
    """The item is about another case, which was not named."""

    def __init__(self) -> None:
        super().__init__(
            "about-needed",
            N_("这个事项是针对您的一份办件的。请打开“我的办件”里的那一份，从那里申请。"),
        )


def reconsidered_until(decided_at: datetime, calendar: Calendar) -> datetime:
    """Until when a reconsideration of a decision of then may be asked for."""
    return clock.end_of_day(Limit(clock.city_day(decided_at), RECONSIDERED_WITHIN, "calendar").end(calendar))
