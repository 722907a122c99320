"""What turns the direction of writing 书写方向: taken out of what people type, and kept within what they said.

A mark such as U+202E turns the rest of the line in which a name stands, also the words of the house behind it. Nobody
types one; some come along when a telephone number is copied. Letters that are written from the right need none of
them: where a text with such letters stands in a sentence, the sentence isolates it (UAX #9).
"""

from __future__ import annotations

import re

#: Control characters but for tab and the ends of lines, and the marks, embeddings, overrides and isolates of direction.
#: Joiners and variation selectors stay: rare names need them.
_STEERING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]",
)
#: Scripts written from the right: Hebrew, Arabic and their neighbours.
_FROM_RIGHT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_FIRST_STRONG, _POP = "\u2068", "\u2069"


def undirected(text: str) -> str:
    """A text without control characters and marks of direction."""
    return _STEERING.sub("", text)


def isolated(text: str) -> str:
    """A text as it may stand in a sentence: whichever way it is written, the sentence goes on as it was."""
    if text.isascii() or not _FROM_RIGHT.search(text):
        return text
    return f"{_FIRST_STRONG}{undirected(text)}{_POP}"
