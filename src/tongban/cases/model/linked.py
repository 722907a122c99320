"""Linked cases 关联办件: a reconsideration of a decision, a complaint about how a case was handled.

行政复议法 art. 20: within sixty days (calendar days, from when the decision was known); complaints have no such limit.
The case that it is about is the applicant's own, and stays as it is until the outcome changes it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban.cases.model.states import State
from tongban.catalogue import ItemVersion
from tongban.kit import clock
from tongban.kit.clock import Calendar, Limit
from tongban.kit.errors import Conflict
from tongban.kit.i18n import N_, Message

#: What a reconsideration may be about.
DECIDED_AGAINST = frozenset({State.NOT_ACCEPTED, State.REFUSED, State.TERMINATED})
#: 行政复议法 art. 20(1).
RECONSIDERED_WITHIN = 60
#: The form's question that names the other case, by its data element.
ABOUT_CODE = "DE-ABOUT-CODE"


class Remedies(msgspec.Struct, frozen=True):
    """What can be done against a decision 救济途径: each way, the law, and the same for a letter and an SMS."""

    ways: tuple[Message, ...]
    basis: Message | None
    letter: Message
    sms: Message


#: 行政复议法 art. 20, 行政诉讼法 art. 46.
_OF_A_DECISION = Remedies(
    (
        N_("自收到决定之日起 60 日内，可以申请行政复议。"),
        N_("或者自收到决定之日起 6 个月内，可以向人民法院提起行政诉讼。"),
    ),
    N_("依据：《行政复议法》第二十条，《行政诉讼法》第四十六条"),
    N_("如不服，可在 60 日内申请行政复议，或在 6 个月内提起行政诉讼。"),
    N_("如不服，可申请行政复议或提起诉讼，详见“我的办件”。"),
)
#: 行政诉讼法 art. 45: of a reconsideration there is none again, and the court is open for fifteen days.
_OF_A_RECONSIDERATION = Remedies(
    (N_("自收到复议决定之日起 15 日内，可以向人民法院提起行政诉讼。"),),
    N_("依据：《行政诉讼法》第四十五条"),
    N_("如不服，可在 15 日内向人民法院提起行政诉讼。"),
    N_("如不服，可在 15 日内提起行政诉讼，详见“我的办件”。"),
)
#: What is answered to a complaint decides on no right (最高人民法院关于适用《行政诉讼法》的解释 art. 1(2)(9)).
_OF_A_COMPLAINT = Remedies(
    (N_("可以向承办部门的上一级机关或者督办机构反映。"),),
    None,
    N_("如不同意，可以向承办部门的上一级机关或者督办机构反映。"),
    N_("如不同意，可以向上一级机关或者督办机构反映。"),
)


def remedies_of(version: ItemVersion) -> Remedies:
    """What can be done against a decision on a case of this item."""
    by_kind = {"decision": _OF_A_RECONSIDERATION, "case": _OF_A_COMPLAINT}
    return by_kind.get(version.about, _OF_A_DECISION)


def reconsiderable(version: ItemVersion) -> bool:
    """Whether reconsideration can be asked for of decisions on this item's cases: not of one on a reconsideration."""
    return remedies_of(version) is _OF_A_DECISION


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
            N_("这份办件没有可以申请行政复议的决定。对复议决定不服的，可以向人民法院提起诉讼。"),
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
