"""The faces that papers are set in: one family in five files, each loaded when a character first needs it.

Only the press imports this module: reportlab and a face cost a process tens of megabytes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics, ttfonts

from tongban.kit.i18n import Language
from tongban.kit.pdf.model import BOLD, PLAIN

_FONTS = Path(__file__).resolve().parents[2] / "ui" / "fonts"
#: Face → file. ``scripts/fonts.py`` says what each holds.
FILES = {
    "regular": "serif-regular.ttf",
    "bold": "serif-bold.ttf",
    "wide": "serif-wide.ttf",
    "rare": "serif-rare.ttf",
    "kai": "kai-rare.ttf",
}
_FURTHER = ("wide", "rare", "kai")
_BLANKS = frozenset("\t\n\r \u00a0\u2002\u2003\u2009")
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
#: The quotation marks of the face are as wide as an ideograph; English is set with the narrow ones.
_ENGLISH = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})


def to_unicode(fontname: str, subset: list[int]) -> str:
    """The ToUnicode map of a subset (ISO 32000-1, 9.10.3): UTF-16, at most a hundred codes a block.

    Takes the place of reportlab's, which writes a code point beyond U+FFFF as it stands: who copied such a name from
    the paper, or had it read out, got another character.
    """
    pairs = [
        f"<{code:02X}> <{chr(char).encode('utf-16-be').hex().upper()}>" for code, char in enumerate(subset)
    ]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    return "\n".join(
        (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap",
            f"/CIDSystemInfo << /Registry ({fontname}) /Ordering ({fontname}) /Supplement 0 >> def",
            f"/CMapName /{fontname} def\n/CMapType 2 def",
            f"1 begincodespacerange\n<00> <{len(subset) - 1:02X}>\nendcodespacerange",
            *(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks),
            "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend",
        )
    )


ttfonts.makeToUnicodeCMap = to_unicode


@cache
def loaded(face: str) -> ttfonts.TTFont:
    """The face, read and registered with reportlab under its own name."""
    font = ttfonts.TTFont(face, str(_FONTS / FILES[face]))
    pdfmetrics.registerFont(font)
    return font


def width(face: str, text: str, size: float) -> float:
    """How wide ``text`` is in points."""
    return float(loaded(face).stringWidth(text, size))


def clean(text: str, language: Language) -> str:
    """What can stand on a paper: one form of each character, blanks as blanks, nothing that only steers."""
    text = _VARIANTS.sub("", unicodedata.normalize("NFC", text))
    if language == "en":
        text = text.translate(_ENGLISH)
    return "".join(
        " " if letter in _BLANKS else letter
        for letter in text
        if letter in _BLANKS
        or letter in {BOLD, PLAIN}
        or unicodedata.category(letter) not in {"Cc", "Cf", "Cs"}
    )


class Faces:
    """Chooses the face of each character of one paper, and keeps the code points that none has."""

    def __init__(self) -> None:
        self.missing: set[int] = set()

    def of(self, letter: str, *, bold: bool) -> tuple[str, str]:
        """The first face that has ``letter``, and what is drawn: the letter, or its code point in words."""
        for face in ("bold", "regular") if bold else ("regular",):
            if ord(letter) in loaded(face).face.charToGlyph:
                return face, letter
        for face in _FURTHER:
            if ord(letter) in loaded(face).face.charToGlyph:
                return face, letter
        self.missing.add(ord(letter))
        return "regular", code_point(ord(letter))


def code_point(code: int) -> str:
    """How a character that no face has stands on a paper: never as a box, which would be any character."""
    return f"〔U+{code:04X}〕"


def spans(text: str) -> Iterator[tuple[str, bool]]:
    """The letters of ``text``, each with whether it is bold."""
    bold = False
    for letter in text:
        if letter in {BOLD, PLAIN}:
            bold = letter == BOLD
        else:
            yield letter, bold
