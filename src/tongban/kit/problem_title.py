"""What may be kept and logged of another party's problem answer (RFC 9457): its title, where that is harmless.

A title is the same for every occurrence; the rest of the answer may repeat numbers or words of a person.
"""

from __future__ import annotations

from contextlib import suppress

import msgspec

LONGEST = 80


class _Problem(msgspec.Struct):
    title: str = ""


def title_of(body: bytes) -> str:
    """The problem's title; empty where there is none, or where it could hold something of the message."""
    with suppress(msgspec.MsgspecError):
        title = msgspec.json.decode(body, type=_Problem).title
        plain = title.isascii() and title.isprintable() and len(title) <= LONGEST
        if plain and not any(letter.isdigit() for letter in title):
            return title
    return ""
