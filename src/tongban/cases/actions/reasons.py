"""The words that an officer gives for what she does, as the applicant reads them."""

from __future__ import annotations

from tongban.cases.model import ReasonMissing, ReasonTooLong
from tongban.cases.model.desk_refusals import ReasonUnfilled
from tongban.cases.model.reason_templates import gaps

SHORTEST = 10
LONGEST = 2000


def reason_of(text: str) -> str:
    """A reason as typed, tidied; raises ReasonMissing for too few words, ReasonTooLong for too many.

    ReasonUnfilled where a template's gap is still open.
    """
    text = tidied(text)
    if open_ := gaps(text):
        raise ReasonUnfilled(open_[0])
    # Full stops are no reason: only what can be read counts.
    if sum(letter.isalnum() for letter in text) < SHORTEST:
        raise ReasonMissing
    return text


def tidied(text: str) -> str:
    """Words that may be left out, as typed, tidied; raises ReasonTooLong."""
    text = text.strip().replace("\r\n", "\n")  # a browser counts the end of a line as one character
    if len(text) > LONGEST:
        raise ReasonTooLong
    return text
