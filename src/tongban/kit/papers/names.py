"""Names as they are written: rare characters, variants, and names that only look like another (UTS #39). Pure.

``data/confusables.csv`` is Unicode's table of confusable characters, for the scripts that names are written in: of each
character the one that it looks like, a unified ideograph or an ASCII letter where there is one. Two names whose
skeletons are the same look the same.
"""

from __future__ import annotations

import csv
import unicodedata
from functools import cache
from pathlib import Path

import msgspec

_DATA = Path(__file__).with_name("data") / "confusables.csv"
#: CJK compatibility ideographs: NFC would put the usual character in the place of the variant that somebody's name has.
_VARIANTS = ((0xF900, 0xFAFF), (0x2F800, 0x2FA1F))
#: Unified ideographs with their extensions A to I, and the compatibility ones.
_HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x323AF), *_VARIANTS)


class Unlike(msgspec.Struct, frozen=True):
    """Where two names that look the same differ: the place, counted from 1, and the two characters there."""

    place: int
    one: str
    other: str

    @property
    def codes(self) -> tuple[str, str]:
        """``U+58EB`` and ``U+571F``."""
        return code_of(self.one), code_of(self.other)


@cache
def _likes() -> dict[str, str]:
    with _DATA.open(encoding="utf-8", newline="") as lines:
        return {chr(int(row["char"], 16)): chr(int(row["like"], 16)) for row in csv.DictReader(lines)}


def code_of(sign: str) -> str:
    """A character's place in Unicode: ``U+58EB``."""
    return f"U+{ord(sign):04X}"


def is_han(sign: str) -> bool:
    """Whether it is an ideograph, also one of the extensions; radicals and kana are none."""
    return any(first <= ord(sign) <= last for first, last in _HAN)


def composed(name: str) -> str:
    """A name in its one spelling: NFC, but for compatibility ideographs, which stay the variants that they are."""
    parts: list[str] = []
    run = ""
    for sign in name:
        if any(first <= ord(sign) <= last for first, last in _VARIANTS):
            parts += [unicodedata.normalize("NFC", run), sign]
            run = ""
        else:
            run += sign
    return "".join([*parts, unicodedata.normalize("NFC", run)])


def skeleton(name: str) -> str:
    """What a name looks like: two names with the same skeleton cannot be told apart by eye."""
    likes = _likes()
    return "".join(likes.get(sign, sign) for sign in composed(name))


def unlike(one: str, other: str) -> Unlike | None:
    """Where two names differ that look the same; None where they are the same, or look different."""
    if one == other or skeleton(one) != skeleton(other):
        return None
    pairs = enumerate(zip(composed(one), composed(other), strict=True), 1)
    return next((Unlike(place, *pair) for place, pair in pairs if pair[0] != pair[1]), None)


def private(name: str) -> str | None:
    """The first character of a private area 造字区 in a name: each machine draws it in its own way."""
    return next((sign for sign in name if unicodedata.category(sign) == "Co"), None)


def stranger(name: str) -> tuple[str, str] | None:
    """The first character that only looks like one of the name's own script, and the one that it looks like.

    In a name with ideographs: a radical or a kana that looks like one. In a name with Latin letters: a Greek or
    Cyrillic letter that looks Latin. A name of another script throughout has none.
    """
    likes = _likes()
    han, latin = any(map(is_han, name)), any("a" <= sign.lower() <= "z" for sign in name)
    for sign in composed(name):
        like = likes.get(sign)
        if like is None:
            continue
        if han and not is_han(sign) and is_han(like):
            return sign, like
        if (
            latin
            and not han
            and like.isascii()
            and unicodedata.name(sign, "").startswith(("GREEK", "CYRILLIC"))
        ):
            return sign, like
    return None
