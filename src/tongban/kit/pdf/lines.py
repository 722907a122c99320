"""Breaking text into lines, Chinese and English: where a line may end, and how its slack is spread."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from tongban.kit.i18n import Language
from tongban.kit.pdf.faces import Faces, clean, spans, width

#: What may not begin a line, and what may not end one (避头尾, GB/T 15834-2011 §5.1).
NOT_FIRST = frozenset("，。、；：？！）》」』】〕〉”’…—·％‰℃),.;:?!%]}")
NOT_LAST = frozenset("（《「『【〔〈“‘([{")
#: How far back a better place to break is looked for.
_BACK = 6
#: The hair between an ideograph and a Latin letter or a digit, in parts of the size.
HAIR = 0.14
#: The most that a gap is stretched to fill a line, in parts of the size.
STRETCH = 0.3


class Piece(NamedTuple):
    """Letters of one face, and their width in points."""

    face: str
    text: str
    width: float


class Atom(msgspec.Struct):
    """What no line breaks: an ideograph or a full-width mark, a Latin word, a blank."""

    pieces: list[Piece]
    width: float
    wide: bool
    blank: bool
    text: str


class Line(msgspec.Struct, frozen=True):
    """A line as it was broken; ``room`` is what it may fill, ``full`` that it goes on in the next."""

    atoms: tuple[Atom, ...]
    indent: float
    room: float
    full: bool


def atoms_of(text: str, *, size: float, language: Language, faces: Faces, bold: bool = False) -> list[Atom]:
    """The atoms of ``text``."""
    found: list[Atom] = []
    for letter, strong in spans(clean(text, language)):
        face, drawn = faces.of(letter, bold=bold or strong)
        blank, wide = letter == " ", drawn == letter and _is_wide(letter, language)
        piece = Piece(face, drawn, width(face, drawn, size))
        last = found[-1] if found else None
        if wide or blank or last is None or last.wide or last.blank:
            found.append(Atom([piece], piece.width, wide, blank, drawn))
        else:
            _join(last, piece, size)
    return found


def _join(atom: Atom, piece: Piece, size: float) -> None:
    before = atom.pieces[-1]
    if before.face == piece.face:
        text = before.text + piece.text
        atom.pieces[-1] = Piece(piece.face, text, width(piece.face, text, size))
    else:
        atom.pieces.append(piece)
    atom.width = sum(one.width for one in atom.pieces)
    atom.text += piece.text


def _is_wide(letter: str, language: Language) -> bool:
    kind = unicodedata.east_asian_width(letter)
    return kind in {"W", "F"} or (language == "zh" and kind == "A" and not letter.isalnum())


def broken(atoms: Iterable[Atom], *, room: float, size: float, indent: float = 0.0) -> list[Line]:
    """The lines of ``atoms`` in ``room`` points, the first one moved in by ``indent``."""
    rest = [part for atom in atoms for part in _fitting(atom, room, size)]
    lines: list[Line] = []
    while rest:
        at = 0.0 if lines else indent
        count = _fill(rest, room - at, size)
        kept, rest = rest[:count], rest[count:]
        while rest and rest[0].blank:
            rest.pop(0)
        while kept and kept[-1].blank:
            kept.pop()
        lines.append(Line(tuple(kept), at, room, bool(rest)))
    return lines or [Line((), indent, room, False)]


def _fitting(atom: Atom, room: float, size: float) -> list[Atom]:
    """A word that is longer than a line, cut where it must be: a number of 44 characters in a narrow column."""
    if atom.width <= room:
        return [atom]
    parts: list[Atom] = []
    for piece in atom.pieces:
        for letter in piece.text:
            one = Piece(piece.face, letter, width(piece.face, letter, size))
            if parts and parts[-1].width + one.width <= room:
                _join(parts[-1], one, size)
            else:
                parts.append(Atom([one], one.width, False, False, letter))
    return parts


def _fill(atoms: list[Atom], room: float, size: float) -> int:
    """How many of ``atoms`` the next line takes: at least one, and none that may not stand at its edge."""
    used, count = 0.0, 0
    for place, atom in enumerate(atoms):
        used += atom.width + (_gap(atoms[place - 1], atom, size) if place else 0.0)
        if used > room and not atom.blank:
            break
        count = place + 1
    if count == len(atoms):
        return count
    for back in range(min(_BACK, count)):
        end = count - back
        if end > 0 and _may_break(atoms[end - 1], atoms[end]):
            return end
    return max(count, 1)


def _may_break(before: Atom, after: Atom) -> bool:
    if before.blank or after.blank:
        return True
    return after.text[0] not in NOT_FIRST and before.text[-1] not in NOT_LAST


def _gap(before: Atom, after: Atom, size: float) -> float:
    """The hair between scripts."""
    if before.wide is after.wide or before.blank or after.blank:
        return 0.0
    one, other = before.text[-1], after.text[0]
    return HAIR * size if one.isalnum() and other.isalnum() else 0.0


def placed(
    line: Line, *, size: float, justify: bool = False, align: str = "left"
) -> list[tuple[float, Piece, float]]:
    """The pieces of a line as (x, piece, space after each letter), x from the line's left edge.

    Letters that stand close together are one piece, so that the paper's text can be selected and searched.
    """
    gaps = [_gap(*pair, size) for pair in zip(line.atoms, line.atoms[1:], strict=False)]
    used = sum(atom.width for atom in line.atoms) + sum(gaps)
    slack = line.room - line.indent - used
    spread = _spread(line, slack, size) if justify and line.full else 0.0
    x = line.indent + {"left": 0.0, "right": slack, "centre": slack / 2}[align]
    found: list[tuple[float, Piece, float]] = []
    for atom, gap in zip(line.atoms, [*gaps, 0.0], strict=False):
        space = spread if atom.wide else 0.0
        for piece in atom.pieces:
            last = found[-1] if found else None
            if last and (last[1].face, last[2]) == (piece.face, space) and _meets(last, x):
                joined = last[1]
                found[-1] = (
                    last[0],
                    Piece(piece.face, joined.text + piece.text, joined.width + piece.width),
                    space,
                )
            else:
                found.append((x, piece, space))
            x += piece.width + (space if atom.wide else 0.0)
        x += gap + (0.0 if atom.wide else spread)
    return found


def _meets(last: tuple[float, Piece, float], x: float) -> bool:
    at, piece, space = last
    return abs(at + piece.width + space * len(piece.text) - x) < 0.01


def _spread(line: Line, slack: float, size: float) -> float:
    gaps = len(line.atoms) - 1
    if gaps < 1 or slack <= 0:
        return 0.0
    each = slack / gaps
    return each if each <= STRETCH * size else 0.0
