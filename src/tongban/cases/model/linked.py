"""Linked cases 关联办件: a reconsideration of a decision, a complaint about how a case was handled.

行政复议法 art. 20: within sixty days (calendar days, from when the decision was known), time lost to force majeure or
another good cause not counted; complaints have no such limit.
The case that it is about is the applicant's own, and stays as it is until the outcome changes it. Of what the issuer
decided about a licence it is the case that gave the licence; the number of the paper says which decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.cases.model.answers import FIRM_CODE, FIRM_NAME, by_element
from tongban.cases.model.life import Move
from tongban.cases.model.rulings import Ruling, RulingWords, ruling_of
from tongban.cases.model.states import STATE_WORDS, State
from tongban.catalogue import ItemVersion
from tongban.kit import clock
from tongban.kit.clock import Calendar, Limit
from tongban.kit.errors import Conflict, Invalid
from tongban.kit.forms import Form
from tongban.kit.i18n import N_, Message
from tongban.regions import ReconsiderationOrgan

#: What a reconsideration may be about.
DECIDED_AGAINST = frozenset({State.NOT_ACCEPTED, State.REFUSED, State.TERMINATED})
#: 行政复议法 art. 20(1).
RECONSIDERED_WITHIN = 60
#: A reconsideration that has come to nothing: not filed, not accepted, or given up. Another may follow.
_CAME_TO_NOTHING = frozenset(
    {State.DRAFT, State.DISCARDED, State.CONFIRMING, State.NOT_ACCEPTED, State.WITHDRAWN, State.TERMINATED}
)
#: What an item's ``about`` says of a reconsideration: it is about a decision.
OF_A_DECISION = "decision"
#: What the 复议机关 itself decides of a reconsideration, by its own name and seal: not to accept it, to end it, and the
#: decision (行政复议法 art. 30, 41, 61, 75). All else its office does 行政复议机构.
BY_THE_ORGAN = frozenset({Move.DECLINE, Move.WITHDRAW, Move.TERMINATE, Move.GRANT, Move.REFUSE})
#: By which move a reconsideration came to where it stands decided.
_DECIDED_BY = {State.REFUSED: Move.REFUSE, State.CLOSED: Move.GRANT}
#: The form's questions by their data elements: the other case; who reconsiders it; what is asked for; why it comes
#: after the sixty days.
ABOUT_CODE, ORGAN = "DE-ABOUT-CODE", "DE-RECONSIDER-ORGAN"
REQUEST, DELAY = "DE-RECONSIDER-REQUEST", "DE-RECONSIDER-DELAY"
#: What stands in a draft about another case before she has typed anything.
FROM_THE_CASE = frozenset({ABOUT_CODE, ORGAN, FIRM_NAME, FIRM_CODE})


def paper_contested(form: Form, answers: Mapping[str, Any]) -> str:
    """The number of the paper 文书编号 of the decision on a licence that a reconsideration is about.

    Empty where it is about a decision on a case, which is named by that case's code.
    """
    named = by_element(form, answers, ABOUT_CODE)
    return named if "-" in named else ""


class Remedies(msgspec.Struct, frozen=True):
    """What can be done against a decision 救济途径: each way, the law, and the same for a letter and an SMS."""

    ways: tuple[Message, ...]
    basis: Message | None
    letter: Message
    sms: Message


#: 行政诉讼法 art. 45: of a reconsideration there is none again, and the court is open for fifteen days.
_OF_A_RECONSIDERATION = Remedies(
    (N_("自收到复议决定之日起 15 日内，可以向有管辖权的人民法院提起行政诉讼。"),),
    N_("依据：《行政诉讼法》第四十五条"),
    N_("如不服，可在 15 日内向有管辖权的人民法院提起行政诉讼。"),
    N_("如不服，可在 15 日内提起行政诉讼，详见“我的办件”。"),
)
#: Of one that was not accepted, or ended without a decision: the first decision can be sued over as before.
_OF_ONE_UNDECIDED = Remedies(
    (
        N_("自收到本决定之日起 15 日内，可以向有管辖权的人民法院提起行政诉讼。"),
        N_("或者自收到原决定之日起 6 个月内，可以就原决定向有管辖权的人民法院提起行政诉讼。"),
        N_("认为没有正当理由的，可以向上级行政机关反映。"),
    ),
    N_("依据：《行政复议法》第三十五条，《行政诉讼法》第四十五条、第四十六条"),
    N_("如不服，可在 15 日内向有管辖权的人民法院提起行政诉讼，或者就原决定在 6 个月内提起。"),
    N_("如不服，可在 15 日内提起行政诉讼，详见“我的办件”。"),
)
#: What is answered to a complaint decides on no right (最高人民法院关于适用《行政诉讼法》的解释 art. 1(2)(9)).
_OF_A_COMPLAINT = Remedies(
    (N_("可以向承办部门的上一级机关或者督办机构反映。"),),
    None,
    N_("如不同意，可以向承办部门的上一级机关或者督办机构反映。"),
    N_("如不同意，可以向上一级机关或者督办机构反映。"),
)


#: Items about other cases, of whose own decisions no reconsideration can be asked for.
_OF_LINKED = {OF_A_DECISION: _OF_A_RECONSIDERATION, "case": _OF_A_COMPLAINT}


def remedies_of(version: ItemVersion, organ: ReconsiderationOrgan, *, undecided: bool = False) -> Remedies:
    """What can be done against a decision on a case of this item; ``organ`` reconsiders those of its department.

    行政复议法 art. 20 (which wants the right, the organ and the time told), 行政诉讼法 art. 46. ``undecided`` where it
    was not accepted, or ended: a reconsideration without a decision of its own (行政复议法 art. 35).
    """
    if undecided and version.about == OF_A_DECISION:
        return _OF_ONE_UNDECIDED
    return _OF_LINKED.get(version.about) or Remedies(
        organ.ways,
        organ.basis,
        N_(
            "如不服，可在 60 日内向{organ}申请行政复议，或在 6 个月内向有管辖权的人民法院提起行政诉讼。",
            organ=organ.name,
        ),
        N_("如不服，可向{organ}申请行政复议或向法院起诉，详见“我的办件”。", organ=organ.name),
    )


def once_withdrawn(accepted_at: datetime | None) -> Message | None:
    """What it means that a reconsideration is withdrawn after acceptance (行政复议法实施条例 art. 38); None before."""
    if accepted_at is None:
        return None
    return N_(
        "撤回后不得再以同一事实和理由申请行政复议，能够证明撤回违背真实意思的除外（《行政复议法实施条例》第三十八条）；"
        "对原决定，仍可自收到之日起 6 个月内向有管辖权的人民法院提起行政诉讼。"
    )


def once_accepted(accepted_at: datetime | None) -> Message | None:
    """What it means that a reconsideration is ended after acceptance: the same decision is taken in once
    (行政复议法 art. 30(1)(7)); None before."""
    if accepted_at is None:
        return None
    return N_(
        "行政复议机关已经受理过，对同一决定不能再次申请行政复议（《行政复议法》第三十条第一款第七项）。"
    )


def reconsiderable(version: ItemVersion) -> bool:
    """Whether reconsideration can be asked for of decisions on this item's cases: not of one on a reconsideration."""
    return version.about not in _OF_LINKED


def ruled(
    version: ItemVersion, state: State, ruling: Ruling | None, *, on_licence: bool = False
) -> RulingWords | None:
    """How a reconsideration that stands decided was decided; None for another case.

    ``on_licence``: what it is about is a decision on a licence, which changes what follows.
    """
    move = _DECIDED_BY.get(state) if version.about == OF_A_DECISION else None
    return ruling_of(move, ruling, on_licence=on_licence) if move else None


def state_words(version: ItemVersion, state: State, ruling: Ruling | None) -> Message:
    """How a case of this item stands: of a reconsideration that is decided, the decision's own words."""
    own = ruled(version, state, ruling)
    return own.words if own else STATE_WORDS[state]


def called_off(state: State, decided_at: datetime | None) -> bool:
    """Whether a case was granted and its licence not made after all: what ended it was decided on the licence."""
    return state is State.TERMINATED and decided_at is not None


class LinkedCase(msgspec.Struct, frozen=True):
    """A case about another one, as that one's page shows it."""

    id: UUID
    item: str
    item_version: int
    state: State
    short_code: str | None
    submitted_at: datetime | None = None
    decided_at: datetime | None = None
    ruling: Ruling | None = None

    @property
    def ruled(self) -> RulingWords | None:
        """How it was decided, of a reconsideration that is."""
        return self.ruled_of(on_licence=False)

    def ruled_of(self, *, on_licence: bool) -> RulingWords | None:
        """The same, as it reads of a decision on a licence where it is about one."""
        move = _DECIDED_BY.get(self.state) if self.decided_at else None
        return ruling_of(move, self.ruling, on_licence=on_licence) if move else None

    @property
    def under_way(self) -> bool:
        """Whether it was filed and is not decided yet."""
        return self.decided_at is None and self.state not in _CAME_TO_NOTHING


def reconsidered_by(
    decided_at: datetime, reconsiderations: Iterable[LinkedCase], *, before: datetime | None = None
) -> LinkedCase | None:
    """The reconsideration of a decision of then that is under way or decided, None where there is none.

    A decision made anew, after the first was taken back, is another one: what was filed before it does not count.
    Neither does what was filed from ``before`` on, when another decision stood in its place.
    """
    for one in reconsiderations:
        if one.state in _CAME_TO_NOTHING or one.submitted_at is None:
            continue
        if one.submitted_at >= decided_at and (before is None or one.submitted_at < before):
            return one
    return None


def ways_now(
    version: ItemVersion,
    organ: ReconsiderationOrgan,
    earlier: LinkedCase | None,
    *,
    on_licence: bool = False,
    undecided: bool = False,
) -> tuple[tuple[Message, ...], Message | None]:
    """What can be done against a decision as things stand, and the law: ``earlier`` is its reconsideration, if any.
    ``undecided`` as in :func:`remedies_of`.

    While that is under way there is no suit (行政复议法 art. 29); decided, the court is open for fifteen days from
    then (行政诉讼法 art. 45), and no longer for six months from the first decision.
    """
    if earlier is None:
        remedies = remedies_of(version, organ, undecided=undecided)
        return remedies.ways, remedies.basis
    found = earlier.ruled_of(on_licence=on_licence)
    if found is None or earlier.decided_at is None:
        return (
            N_("您已对这个决定申请行政复议，正在办理。"),
            N_("复议机关受理后，在行政复议期间不能向人民法院提起行政诉讼。"),
        ), N_("依据：《行政复议法》第二十九条")
    day = clock.day_in_words(clock.city_day(earlier.decided_at))
    decided = N_("行政复议已于{day}决定{ruling}。", day=day, ruling=found.words)
    waits = (_STILL if on_licence else _WAITS,) if found.takes_back else ()
    return (decided, found.follows, *waits, *_OF_A_RECONSIDERATION.ways), _OF_A_RECONSIDERATION.basis


#: The decision is overturned and still stands: the news is on its way, or another case of the item is in its place.
_WAITS = N_("您另有同一事项的草稿或者在办申请的，等它办结、撤回或者放弃后恢复。")
#: The same of a decision on a licence.
_STILL = N_("证照还没有恢复的，原因见“消息”里的通知。")


class ReconsideredAlready(Conflict):
    """The same decision is reconsidered once (行政复议法 art. 30(1)(7)); ``earlier`` is that reconsideration."""

    def __init__(self, earlier: LinkedCase) -> None:
        self.earlier = earlier.id
        super().__init__(
            "reconsidered-already",
            N_(
                "这个决定已经申请过行政复议（受理编码 {code}），正在办理，不用再次申请。",
                code=earlier.short_code or "",
            )
            if earlier.decided_at is None
            else N_(
                "这个决定已经复议过（受理编码 {code}），同一决定只复议一次。"
                "对复议决定不服的，自收到之日起 15 日内可以向有管辖权的人民法院提起行政诉讼。",
                code=earlier.short_code or "",
            ),
        )


class NothingToReconsider(Conflict):
    """A reconsideration is of a decision against the applicant, of which there is none here."""

    def __init__(self) -> None:
        super().__init__(
            "nothing-to-reconsider",
            N_(
                "这份办件现在没有可以在网上申请行政复议的决定：没有作出不利的决定，或者已经改变、恢复，或者决定书还没有制好。"
                "对复议决定不服的，可以向有管辖权的人民法院提起诉讼。"
            ),
        )


class OtherDecisionNamed(Invalid):
    """The draft names another decision than the one that stands: the issuer has decided anew since (``earlier``: what
    was typed names the decision of before), or it was typed wrong. ``field`` is where it is named, ``named`` what
    belongs there."""

    def __init__(self, field: str, named: str, *, earlier: bool) -> None:
        words = (
            N_(
                "现在可以申请复议的决定是 {named}，与填写的不同：在您填写的那个决定以后又作出了新的决定。"
                "对它不服的，请在这里填写 {named}，并按新的决定书核对事实和理由。",
                named=named,
            )
            if earlier
            else N_("填写的编号不对：这份申请针对的决定，编号是 {named}。请改成这个编号。", named=named)
        )
        super().__init__("other-decision-named", words, fields={field: words})


class ReconsideredTooLate(Invalid):
    """The sixty days have passed, and the draft does not say what kept her; ``field`` is where it is said."""

    def __init__(self, day: datetime, field: str) -> None:
        words = N_(
            "申请期限到{day}为止，已经超过 60 日。因不可抗力或者其他正当理由耽误的，请写明什么原因、从何时到何时"
            "（至少 10 个字），由行政复议机关决定是否受理。",
            day=clock.day_in_words(clock.city_day(day)),
        )
        super().__init__("reconsidered-too-late", words, fields={field: words} if field else {})


class ReconsideredAbove(Conflict):
    """The organ above the city's reconsiders it (行政复议法 art. 27), of which this city takes no applications."""

    def __init__(self, organ: ReconsiderationOrgan) -> None:
        super().__init__("reconsidered-above", organ.in_writing)


class OtherApplicant(Invalid):
    """Reconsideration is asked for by whom the decision is addressed to (行政复议法 art. 14): the firm, or herself."""

    def __init__(self, firm: str, field: str) -> None:
        words = (
            N_("原办件由{firm}申请，请按原办件填写企业名称和统一社会信用代码。", firm=firm)
            if firm
            else N_("原办件由个人申请，请不要填写企业名称和统一社会信用代码。")
        )
        super().__init__("other-applicant", words, fields={field: words})


class OrganNotCompetent(Invalid):
    """Another organ than the chosen one reconsiders this decision (行政复议法 art. 24); ``field`` asks for it."""

    def __init__(self, organ: ReconsiderationOrgan, field: str) -> None:
        words = N_("这个决定由{organ}复议，请改选。", organ=organ.name)
        super().__init__("organ-not-competent", words, fields={field: words})


#: Why a decision is not reconsidered.
NOT_RECONSIDERED = (NothingToReconsider, ReconsideredAlready, ReconsideredAbove)
#: What of the answers does not fit the decision that stands, told at its field.
MISSTATED = (OtherDecisionNamed, ReconsideredTooLate, OtherApplicant, OrganNotCompetent)


class AboutNeeded(Conflict):
    """The item is about another case, which was not named; ``about`` is what of it, as the item says."""

    def __init__(self, about: str) -> None:
        words = (
            N_(
                "不予受理、不予办理、终止办理的决定，请打开“我的办件”里的那一份，从那里申请；对证照的决定（撤销、撤回、"
                "注销、暂停使用），请打开“我的证照”里的那一张，从那里申请。其他决定目前不能在网上申请："
                "请自收到决定之日起 60 日内，向决定书写明的复议机关书面申请。"
            )
            if about == OF_A_DECISION
            else N_("这个事项是针对您的一份办件的。请打开“我的办件”里的那一份，从那里申请。")
        )
        super().__init__("about-needed", words)


def reconsidered_until(known_at: datetime, calendar: Calendar) -> datetime:
    """Until when a reconsideration of a decision that was known, or delivered, then may be asked for."""
    return clock.end_of_day(Limit(clock.city_day(known_at), RECONSIDERED_WITHIN, "calendar").end(calendar))
