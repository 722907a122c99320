"""Interested persons 利害关系人 (行政许可法 art. 36, 47): whom a decision bears on without her applying; her own right.

The case keeps of each what the other parties may read, her name masked; who she is lies sealed in a row of her own
(``store/interested.py``).
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec

from tongban.cases.model.hearing_parts import ASK_DAYS, OnRecord
from tongban.kit.clock import Calendar, Limit, end_of_day
from tongban.kit.i18n import N_, Message


class Word(StrEnum):
    """Her answer to the telling: she asks, or gives it up; a request that she took back is given up too."""

    ASKED = "asked"
    WAIVED = "waived"
    DROPPED = "dropped"


class Interested(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An interested person as the case keeps her: ``seat`` is her place in it, from 1, ``masked`` her name; a firm's
    that was named by its code is told in full.

    ``interest`` is how the decision bears on her, ``intended`` what is planned, as her notice says. ``told`` is the day
    of the notice, ``served`` when it reached her: at once by her account, by ``paper`` once that is noted. From then
    she has until ``until``. ``word`` is her answer, ``wishes`` what she wants to speak about; ``on_record`` her word on
    the record.
    """

    seat: int
    masked: str
    interest: str
    intended: str
    told: date
    paper: bool = False
    served: date | None = None
    until: date | None = None
    word: Word | None = None
    word_on: date | None = None
    wishes: str = ""
    on_record: OnRecord | None = None

    def last_day(self, calendar: Calendar) -> date | None:
        """The last day to ask: as it was told, or later where an amended calendar gives more; None before service."""
        if self.served is None or self.until is None:
            return None
        return max(self.until, Limit(self.served, ASK_DAYS).end(calendar))

    def open_at(self, calendar: Calendar, now: datetime) -> bool:
        """Whether her right has neither been answered nor lapsed; it has not begun before the notice reached her."""
        last = self.last_day(calendar)
        return self.word is None and (last is None or now <= end_of_day(last))

    @property
    def heard(self) -> bool:
        """Whether sitting and record concern her: whoever has not given it up."""
        return self.word not in (Word.WAIVED, Word.DROPPED)


WORD_WORDS: dict[Word, Message] = {
    Word.ASKED: N_("已要求听证"),
    Word.WAIVED: N_("已放弃听证"),
    Word.DROPPED: N_("已撤回听证申请"),
}


def standing_words(one: Interested, calendar: Calendar, now: datetime) -> Message:
    """How her right stands, in words for lists."""
    if one.word is not None:
        return WORD_WORDS[one.word]
    if one.served is None:
        return N_("通知书待送达")
    return N_("等待答复") if one.open_at(calendar, now) else N_("期限已过，没有提出")
