"""Life after the decision 许可后续办理: what may be asked for a held licence on a day, and why not.

Law: 行政许可法 art. 49 (change), 50 (renewal: in time, and what silence means), 70 (cancellation). One thing at a time:
what is under way must end before the next begins.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from tongban.catalogue import Act, After
from tongban.kit import clock
from tongban.kit.clock import Calendar
from tongban.kit.errors import Conflict
from tongban.kit.i18n import N_, Message
from tongban.licences.model.licence import Licence, state_on
from tongban.licences.model.states import STATE_WORDS, State

#: What one applies for, on a button.
ASKS: dict[Act, Message] = {
    Act.RENEW: N_("申请延续"),
    Act.CHANGE: N_("申请变更"),
    Act.REISSUE: N_("遗失、损坏补发"),
    Act.CANCEL: N_("申请注销"),
}
ACT_WORDS: dict[Act, Message] = {
    Act.RENEW: N_("延续"),
    Act.CHANGE: N_("变更"),
    Act.REISSUE: N_("补发"),
    Act.CANCEL: N_("注销"),
}
#: How the state of a licence is called whose place another took.
REPLACED_WORDS: dict[Act, Message] = {
    Act.RENEW: N_("已延续换证"),
    Act.CHANGE: N_("已变更换证"),
    Act.REISSUE: N_("已补发，此证作废"),
}
#: Why it lost its place, for the holder: the last change of its state, whatever was decided about it before.
REPLACED_REASONS: dict[Act, Message] = {
    Act.RENEW: N_("持证人申请延续，由延续后的新证代替。"),
    Act.CHANGE: N_("持证人申请变更，由变更后的新证代替。"),
    Act.REISSUE: N_("持证人因遗失、被盗或者损坏申请补发，由新证代替。"),
}
#: What of an application is shown when the licence has none of it.
Standing = Literal["open", "later", "late", "closed", "busy"]


class AfterwardsRefused(Conflict):
    """What is asked for a held licence cannot be asked now; the sentence says when, or what to do instead."""


class NotTimeYet(AfterwardsRefused, Conflict):
    """A renewal before its window."""

    def __init__(self, opens: date, closes: date) -> None:
        super().__init__(
            "renewal-too-early",
            N_("延续申请从 {opens} 起接收，最晚 {closes} 提交，现在不用办。", opens=opens, closes=closes),
        )


class TooLateToRenew(AfterwardsRefused, Conflict):
    """A renewal after its window: the licence ends with its last day."""

    def __init__(self, closes: date) -> None:
        super().__init__(
            "renewal-too-late",
            N_(
                "延续最晚应当在 {closes} 提交，现在已经过了。证照到期后不能再用；要继续，请按首次申请重新办理。",
                closes=closes,
            ),
        )


class DoesNotEnd(AfterwardsRefused, Conflict):
    """A renewal of what holds without limit."""

    def __init__(self) -> None:
        super().__init__("renewal-not-needed", N_("这张证照长期有效，不用延续。"))


class NotStanding(AfterwardsRefused, Conflict):
    """The licence was ended, has expired, or is being made: nothing can be asked for it.

    ``deciding``: it has ended while the case was under way, and its department is told what is left to decide.
    """

    def __init__(self, words: Message, *, deciding: bool = False) -> None:
        super().__init__(
            "licence-not-standing",
            N_(
                "申请所针对的证照现在是“{state}”，不能准予。请作出不予办理的决定，或者终止办理，并写明理由。",
                state=words,
            )
            if deciding
            else N_(
                "这张证照现在的状态是“{state}”，不能申请这一项。需要的话，请按首次申请重新办理。",
                state=words,
            ),
        )


class OnHold(AfterwardsRefused, Conflict):
    """The issuer has suspended the licence."""

    def __init__(self) -> None:
        super().__init__(
            "licence-on-hold",
            N_("这张证照已被签发机关挂起，恢复以后才能申请。请先联系签发机关，说明情况。"),
        )


class AskedAlready(AfterwardsRefused, Conflict):
    """Something is under way for the licence."""

    def __init__(self, act: Act) -> None:
        super().__init__(
            "licence-asked-already",
            N_(
                "这张证照的{act}申请正在办理，一次只能办一件。请等它办结，或者先在“我的办件”里撤回。",
                act=ACT_WORDS[act],
            ),
        )


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What the holder is offered 可办理的后续业务: the act, how it stands, and a sentence.

    ``standing``: ``open`` now, ``late`` (taken, but it keeps nothing valid), ``later`` (a renewal whose window is not
    open), ``closed``, ``busy`` (another one is under way, or this one). ``opens`` and ``closes`` are a renewal's days,
    ``provisional`` that they may move, where holidays up to the licence's end are not announced yet; ``href`` leads to
    the application, or to the case under way.
    """

    act: Act
    title: Message
    standing: Standing
    says: Message
    opens: date | None = None
    closes: date | None = None
    provisional: Message | None = None
    href: str | None = None


def refusal_of(
    licence: Licence, after: After, *, today: date, calendar: Calendar, own: bool = False
) -> AfterwardsRefused | None:
    """Why this cannot be asked for the licence on that day; None when it can.

    ``own``: the application is under way itself and is asked about again, so that it is not in its own way.
    """
    state = state_on(licence, today)
    if licence.asked is not None and not own:
        return AskedAlready(Act(licence.asked.act))
    if state is State.SUSPENDED:
        return OnHold()
    if after.act is Act.RENEW and state in (State.VALID, State.EXPIRED):
        return _renewal_refusal(licence, after, state, today=today, calendar=calendar)
    return None if state is State.VALID else NotStanding(state_words(licence, state))


def _renewal_refusal(
    licence: Licence, after: After, state: State, *, today: date, calendar: Calendar
) -> AfterwardsRefused | None:
    if licence.valid_until is None or after.window is None:
        return DoesNotEnd()
    opens = after.window.opens_on(licence.valid_until, calendar)
    closes = after.window.closes_on(licence.valid_until, calendar)
    if today < opens:
        return NotTimeYet(opens, closes)
    if state is State.EXPIRED or (today > closes and not after.window.late):
        return TooLateToRenew(closes)
    return None


def in_time(licence: Licence, after: After, *, today: date, calendar: Calendar) -> bool:
    """Whether a renewal of that day keeps the licence valid until it is decided (行政许可法 art. 50)."""
    if after.window is None or licence.valid_until is None:
        return False
    return today <= after.window.closes_on(licence.valid_until, calendar)


def no_longer(licence: Licence, act: Act, *, today: date) -> Message | None:
    """How a licence stands that holds no more while something is under way for it; None while it holds.

    A renewal may be granted after the last day.
    """
    state = state_on(licence, today)
    if state in (State.MAKING, State.VALID, State.SUSPENDED) or (state is State.EXPIRED and act is Act.RENEW):
        return None
    return state_words(licence, state)


def state_words(licence: Licence, state: State) -> Message:
    """The state in words; of one that was replaced, by what."""
    if state is State.SUPERSEDED and licence.replaced_as is not None:
        return REPLACED_WORDS[Act(licence.replaced_as)]
    return STATE_WORDS[state]


#: How the reason of a cancellation begins that its holder asked for 依申请注销.
AS_ASKED = "持证人申请注销"


def reason_of(licence: Licence, state: State) -> Message | str:
    """Why the licence stands where it does: the reason of its last change of state, empty where none was given.

    One that time alone has ended has none; the row still bears that of the change before.
    """
    if state is State.SUPERSEDED and licence.replaced_as is not None:
        return REPLACED_REASONS[Act(licence.replaced_as)]
    return licence.state_reason if state is licence.state else ""


def offer_of(licence: Licence, after: After, code: str, *, today: date, calendar: Calendar) -> Offer | None:
    """What the holder is offered of one act; None where it would only be noise (the licence is ended)."""
    refused = refusal_of(licence, after, today=today, calendar=calendar)
    if isinstance(refused, NotStanding | DoesNotEnd):
        return None
    if isinstance(refused, AskedAlready) and (gone := no_longer(licence, after.act, today=today)):
        return _of_gone(licence, after, gone)
    ends = licence.valid_until if after.act is Act.RENEW and after.window is not None else None
    opens = after.window.opens_on(ends, calendar) if ends and after.window else None
    closes = after.window.closes_on(ends, calendar) if ends and after.window else None
    standing, says, href = _standing(licence, after, code, refused, closes=closes, today=today)
    return Offer(
        act=after.act,
        title=ASKS[after.act],
        standing=standing,
        says=says,
        opens=opens,
        closes=closes,
        provisional=clock.may_move(clock.unannounced(calendar, (opens, closes, ends))),
        href=href,
    )


def _of_gone(licence: Licence, after: After, gone: Message) -> Offer | None:
    """What is still under way for a licence that holds no more: nothing but the way to that case."""
    assert licence.asked is not None
    if licence.asked.act != after.act:
        return None
    says = N_("已经申请，还没有决定；但这张证照现在是“{state}”，一般不能准予。可以在办件里撤回。", state=gone)
    href = f"/my/cases/{licence.asked.case}"
    return Offer(act=after.act, title=ASKS[after.act], standing="busy", says=says, href=href)


def _standing(
    licence: Licence,
    after: After,
    code: str,
    refused: AfterwardsRefused | None,
    *,
    closes: date | None,
    today: date,
) -> tuple[Standing, Message, str | None]:
    if refused is None:
        here = f"/apply/{code}?about={licence.reference}"
        if closes is not None and today > closes:
            return (
                "late",
                N_(
                    "已过 {closes}，仍可申请；但到期那天还没有决定的，到期后须停用，准予后再用。",
                    closes=closes,
                ),
                here,
            )
        return "open", _OPEN[after.act] if closes is None else N_("最晚 {closes} 提交。", closes=closes), here
    words = refused.message
    assert isinstance(words, Message)
    if isinstance(refused, NotTimeYet):
        return "later", words, None
    if isinstance(refused, AskedAlready) and licence.asked is not None:
        mine = licence.asked.act == after.act
        return "busy", _UNDER_WAY if mine else words, f"/my/cases/{licence.asked.case}" if mine else None
    return "closed", words, None


_UNDER_WAY = N_("已经申请，正在办理。")
_OPEN: dict[Act, Message] = {
    Act.RENEW: N_("现在可以申请。"),
    Act.CHANGE: N_("证照上的内容有变化时办理，编号和有效期不变。"),
    Act.REISSUE: N_("原证作废，换发新版本，编号和有效期不变。"),
    Act.CANCEL: N_("不再使用时办理，注销后不能恢复。"),
}
