"""How a hearing 听证 came to its end, in words: to the applicant on her pages and in her letters, and of her."""

from __future__ import annotations

from tongban.cases.model.hearing import Hearing
from tongban.cases.model.hearing_parts import Ended
from tongban.kit.i18n import N_, Message

ENDED_WORDS: dict[Ended, Message] = {
    Ended.WAIVED: N_("申请人明确放弃听证"),
    Ended.DROPPED: N_("申请人撤回听证申请"),
    Ended.MISSED: N_("申请人无正当理由不出席，视为放弃听证"),
    Ended.SIGNED: N_("听证已举行，申请人确认了笔录"),
    Ended.UNSIGNED: N_("听证已举行，申请人没有确认笔录并说明了理由"),
    Ended.SILENT: N_("听证已举行，申请人没有在期限内确认笔录"),
}
#: The same to herself.
_OWN_ENDED: dict[Ended, Message] = {
    Ended.WAIVED: N_("您放弃了听证"),
    Ended.DROPPED: N_("您撤回了听证申请"),
    Ended.MISSED: N_("您没有正当理由而没有出席，视为放弃听证"),
    Ended.SIGNED: N_("听证已举行，您确认了笔录"),
    Ended.UNSIGNED: N_("听证已举行，您没有确认笔录，并说明了理由"),
    Ended.SILENT: N_("听证已举行，您没有在期限内确认笔录"),
}


def ended_words(hearing: Hearing, *, own: bool = False) -> Message:
    """How one that is over came to its end: of the applicant, or to her on her ``own`` pages and in her letters."""
    assert hearing.ended is not None
    how = hearing.ended.how
    if how is Ended.DROPPED and not hearing.hers:
        return N_("要求听证的利害关系人撤回了申请，听证不再举行")
    if how is Ended.MISSED and not hearing.hers:
        return N_("要求听证的利害关系人无正当理由不出席，视为放弃听证")
    if how is Ended.MISSED and hearing.of_others:
        return N_("要求听证的申请人和利害关系人都无正当理由不出席，视为放弃听证")
    return (_OWN_ENDED if own else ENDED_WORDS)[how]
