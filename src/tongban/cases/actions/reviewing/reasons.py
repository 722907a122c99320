"""The words that an officer gives for what she does, as the applicant reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tongban.cases.model import ReasonMissing, ReasonTooLong
from tongban.cases.model.desk_refusals import ReasonUnfilled
from tongban.cases.model.reason_templates import gaps
from tongban.cases.model.refusals import too_long
from tongban.kit.errors import Refused, Words
from tongban.kit.i18n import N_, Message

SHORTEST = 10
#: What is enough where a decision is named and not reasoned: 拟不予许可 with what it is.
SHORTEST_DECISION = 6
LONGEST = 2000
#: How a form calls its reason where it does not say otherwise.
REASON = N_("理由")


def reason_of(text: str, label: Message | None = None) -> str:
    """A reason as typed, tidied; ``label`` is what its field is called where it is not the applicant who reads it, or
    the form calls it otherwise.

    Raises ReasonMissing for too few words, ReasonTooLong for too many, ReasonUnfilled where gaps of a template are
    still open (it says the length as well where both are wrong).
    """
    text = _plain(text)
    if open_ := gaps(text):
        raise ReasonUnfilled(
            open_, too_long(label or REASON, len(text), LONGEST) if len(text) > LONGEST else None
        )
    if len(text) > LONGEST:
        raise ReasonTooLong(label or REASON, len(text), LONGEST)
    if too_short(text):
        raise ReasonMissing(label)
    return text


def reason_beside(
    text: str,
    faults: Mapping[str, Words],
    incomplete: Callable[[Mapping[str, Words]], Refused],
    label: Message | None = None,
) -> str:
    """A reason that stands beside other answers: one refusal tells what is wrong with any of them.

    Raises ``incomplete`` with all ``faults`` and the reason's own, or the reason's own refusal where it alone is wrong.
    """
    try:
        words = reason_of(text, label)
    except (ReasonMissing, ReasonTooLong, ReasonUnfilled) as wrong:
        if faults:
            raise incomplete({**faults, **wrong.fields}) from wrong
        raise
    if faults:
        raise incomplete(faults)
    return words


def tidied(text: str, label: Message = REASON) -> str:
    """Words that may be left out, as typed, tidied; raises ReasonTooLong with what their field is called."""
    text = _plain(text)
    if len(text) > LONGEST:
        raise ReasonTooLong(label, len(text), LONGEST)
    return text


def part_of(
    posted: Mapping[str, str],
    name: str,
    label: Message,
    faults: dict[str, Words],
    missing: Message | None,
    *,
    shortest: int = SHORTEST,
) -> str:
    """One of a form's texts, tidied; its fault goes to ``faults`` by its name: too long, or too short (``missing``)."""
    text = _plain(posted.get(name, ""))
    if len(text) > LONGEST:
        faults[name] = too_long(label, len(text), LONGEST)
    elif missing is not None and too_short(text, shortest):
        faults[name] = missing
    return text


def too_short(words: str, shortest: int = SHORTEST) -> bool:
    """Whether words say too little.

    They are counted as people count them, and as the longest is: with their punctuation. But full stops are no reason,
    so half of the least must be letters or digits.
    """
    return len(words) < shortest or 2 * sum(letter.isalnum() for letter in words) < shortest


def _plain(text: str) -> str:
    return text.strip().replace("\r\n", "\n")  # a browser counts the end of a line as one character
