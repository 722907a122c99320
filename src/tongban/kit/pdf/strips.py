"""The blocks of a paper as strips: pieces of a page's height that are not broken, with how each is drawn."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise

import msgspec
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tongban.kit.i18n import Language
from tongban.kit.pdf.faces import Faces
from tongban.kit.pdf.lines import Line, atoms_of, broken, placed
from tongban.kit.pdf.model import Block, Facts, Heading, Paragraph, Photo, Photos, Points, Table

INK, GREY, RULE, TINT, RED = (
    (0.08, 0.08, 0.1),
    (0.36, 0.37, 0.4),
    (0.55, 0.56, 0.6),
    (0.95, 0.955, 0.965),
    (0.72, 0.09, 0.1),
)
#: Where the baseline lies below the top of the letters, in parts of the size.
ASCENT = 0.88
#: Room between a cell's rule and its text, in points.
PAD = 4.5
#: The most lines of a cell that one strip holds; a longer cell goes on in the next, which another page may take.
CELL_LINES = 24


class Style(msgspec.Struct, frozen=True):
    """How a text is set: size and leading in points."""

    size: float
    leading: float
    bold: bool = False
    colour: tuple[float, float, float] = INK
    justify: bool = False
    align: str = "left"


class Strip(msgspec.Struct, frozen=True):
    """A piece of a page: its height in points, and how it is drawn with its top at a height of the canvas.

    ``keeps`` binds it to the next strip; ``head`` is drawn again above it when it begins a page.
    """

    height: float
    draw: Callable[[Canvas, float], None]
    keeps: bool = False
    head: Strip | None = None


class Setter(msgspec.Struct, frozen=True):
    """Sets the texts of one paper in its language; ``left`` and ``room`` are its column, in points.

    ``tight`` is the part that is kept of the leading of running text, 1.0 for all of it.
    """

    language: Language
    faces: Faces
    left: float
    room: float
    tight: float = 1.0

    def lines(self, text: str, style: Style, *, room: float, indent: float = 0.0) -> list[Line]:
        """``text`` broken into lines."""
        atoms = atoms_of(text, size=style.size, language=self.language, faces=self.faces, bold=style.bold)
        return broken(atoms, room=room, size=style.size, indent=indent)


def draw_lines(lines: Sequence[Line], style: Style, x: float, canvas: Canvas, top: float) -> None:
    """Draw ``lines`` from ``top`` downwards."""
    canvas.setFillColorRGB(*style.colour)
    text = canvas.beginText()
    for place, line in enumerate(lines):
        y = top - place * style.leading - (style.leading - style.size) / 2 - ASCENT * style.size
        for at, piece, space in placed(line, size=style.size, justify=style.justify, align=style.align):
            text.setTextOrigin(x + at, y)
            text.setFont(piece.face, style.size)
            text.setCharSpace(space)
            text.textOut(piece.text)
    canvas.drawText(text)


def blank(height: float, *, keeps: bool = False) -> Strip:
    """White."""
    return Strip(height, lambda canvas, top: None, keeps)


def text_strips(
    setter: Setter, text: str, style: Style, *, indent: float = 0.0, shift: float = 0.0, keeps: bool = False
) -> list[Strip]:
    """One strip a line, no line of a paragraph left alone on a page."""
    if setter.tight != 1.0:
        style = msgspec.structs.replace(style, leading=style.leading * setter.tight)
    lines = setter.lines(text, style, room=setter.room - shift, indent=indent)
    last = len(lines) - 1
    return [
        Strip(
            style.leading,
            partial(draw_lines, [line], style, setter.left + shift),
            keeps or (last > 0 and place in {0, last - 1}),
        )
        for place, line in enumerate(lines)
    ]


BODY = Style(11, 18.5, justify=True)
_ENGLISH_BODY = Style(10.5, 16.5)
_SMALL_HEAD = Style(11.5, 20, bold=True)
_CELL, _LABEL = Style(9, 13.5), Style(9, 13.5, bold=True)
#: The labels' part of a sheet of facts.
_LABELS = 0.17
#: More lines than these make a label a sentence (a statement that is ticked), and its part of the sheet.
_LABEL_LINES, _SENTENCE = 2, 0.74


def body(language: Language) -> Style:
    """The style of running text."""
    return BODY if language == "zh" else _ENGLISH_BODY


def strips_of(setter: Setter, block: Block) -> Iterator[Strip]:
    """The strips of one block, white after it included."""
    match block:
        case Heading(text):
            yield blank(5, keeps=True)
            yield from text_strips(setter, text, _SMALL_HEAD, keeps=True)
            yield blank(2, keeps=True)
        case Paragraph():
            yield from _paragraph(setter, block)
        case Points(items):
            yield from _points(setter, items)
        case Facts(rows):
            for cells in _paired(setter, rows):
                yield from _row(
                    setter, cells, _shares(setter, cells), labels=frozenset(range(0, len(cells), 2))
                )
            yield blank(9)
        case Table(head, rows, shares):
            parts = [share / sum(shares) for share in shares]
            top = next(_row(setter, head, parts, labels=frozenset(range(len(head)))))
            yield msgspec.structs.replace(top, keeps=True)
            for row in rows:
                for strip in _row(setter, row, parts):
                    yield msgspec.structs.replace(strip, head=top)
            yield blank(9)
        case Photos(items):
            yield from _in_pairs(setter, items)


#: A photo's room on the page, the white between two, and the styles of its words.
_PHOTO, _GAP = 218.0, 14.0
_CAPTION, _SAID = Style(9, 13, bold=True), Style(8, 11.5, colour=GREY)


def _in_pairs(setter: Setter, items: Sequence[Photo]) -> Iterator[Strip]:
    for start in range(0, len(items), 2):
        yield _photos(setter, items[start : start + 2])


def _photos(setter: Setter, items: Sequence[Photo]) -> Strip:
    """One or two photos beside each other, each whole in its square, with their words below."""
    room = (setter.room - _GAP) / 2
    words = [
        (
            setter.lines(one.caption, _CAPTION, room=room),
            [line for said in one.lines for line in setter.lines(said, _SAID, room=room)],
        )
        for one in items
    ]
    below = max(len(head) * _CAPTION.leading + len(rest) * _SAID.leading for head, rest in words)
    draw = partial(_draw_photos, setter.left, room, list(zip(items, words, strict=True)))
    return Strip(_PHOTO + 5 + below + 12, draw)


def _draw_photos(
    left: float,
    room: float,
    items: list[tuple[Photo, tuple[list[Line], list[Line]]]],
    canvas: Canvas,
    top: float,
) -> None:
    for place, (photo, (head, rest)) in enumerate(items):
        x = left + place * (room + _GAP)
        canvas.setStrokeColorRGB(*RULE)
        canvas.setLineWidth(0.4)
        canvas.rect(x, top - _PHOTO, room, _PHOTO, stroke=1, fill=0)
        if photo.picture:
            _draw_picture(photo.picture, x + 2, top - _PHOTO + 2, room - 4, _PHOTO - 4, canvas)
        draw_lines(head, _CAPTION, x, canvas, top - _PHOTO - 5)
        draw_lines(rest, _SAID, x, canvas, top - _PHOTO - 5 - len(head) * _CAPTION.leading)


def _draw_picture(jpeg: bytes, x: float, y: float, width: float, height: float, canvas: Canvas) -> None:
    """A JPEG as it is, in the middle of a frame, as large as it fits."""
    picture = ImageReader(io.BytesIO(jpeg))
    across, down = picture.getSize()
    scale = min(width / across, height / down)
    canvas.drawImage(
        picture,
        x + (width - across * scale) / 2,
        y + (height - down * scale) / 2,
        across * scale,
        down * scale,
    )


def _paragraph(setter: Setter, block: Paragraph) -> Iterator[Strip]:
    style = body(setter.language)
    if block.small:
        style = msgspec.structs.replace(style, size=9.5, leading=15)
    for part in block.text.split("\n"):
        moved = 2 * style.size if block.indent and setter.language == "zh" else 0.0
        yield from text_strips(setter, part, style, indent=moved)
    yield blank(4)


def _points(setter: Setter, items: Sequence[str]) -> Iterator[Strip]:
    style = msgspec.structs.replace(body(setter.language), size=10, leading=16)
    for number, item in enumerate(items, 1):
        mark = setter.lines(f"{number}．" if setter.language == "zh" else f"{number}.", style, room=24)
        for place, strip in enumerate(text_strips(setter, item, style, shift=20)):
            if place:
                yield strip
            else:
                both = partial(_both, partial(draw_lines, mark, style, setter.left), strip.draw)
                yield msgspec.structs.replace(strip, draw=both)
    yield blank(4)


def _both(
    one: Callable[[Canvas, float], None], other: Callable[[Canvas, float], None], canvas: Canvas, top: float
) -> None:
    one(canvas, top)
    other(canvas, top)


def _paired(setter: Setter, rows: Sequence[tuple[str, str]]) -> Iterator[tuple[str, ...]]:
    """The facts line by line: two that are short enough stand beside each other."""
    waiting: tuple[str, str] | None = None
    for row in rows:
        if not _is_short(setter, row):
            if waiting:
                yield waiting
            yield row
            waiting = None
        elif waiting:
            yield (*waiting, *row)
            waiting = None
        else:
            waiting = row
    if waiting:
        yield waiting


def _shares(setter: Setter, cells: Sequence[str]) -> tuple[float, ...]:
    """The columns of a line of facts; a label that is a sentence gets the room of one, its answer the rest."""
    if len(cells) == 4:
        return (_LABELS, 0.5 - _LABELS) * 2
    lines = setter.lines(cells[0], _LABEL, room=_LABELS * setter.room - 2 * PAD)
    return (_SENTENCE, 1 - _SENTENCE) if len(lines) > _LABEL_LINES else (_LABELS, 1 - _LABELS)


def _is_short(setter: Setter, row: tuple[str, str]) -> bool:
    rooms = zip(row, (_LABEL, _CELL), (_LABELS, 0.5 - _LABELS), strict=True)
    return all(
        len(setter.lines(words, style, room=part * setter.room - 2 * PAD)) == 1 and "\n" not in words
        for words, style, part in rooms
    )


def _row(
    setter: Setter, cells: Sequence[str], parts: Sequence[float], *, labels: frozenset[int] = frozenset()
) -> Iterator[Strip]:
    """A ruled row, as many strips as its longest cell needs; the cells of ``labels`` are tinted and bold."""
    edges = [0.0]
    for part in parts:
        edges.append(edges[-1] + part * setter.room)
    styles = [_LABEL if place in labels else _CELL for place in range(len(cells))]
    texts = [
        [line for part in cell.split("\n") for line in setter.lines(part, style, room=right - left - 2 * PAD)]
        for cell, style, (left, right) in zip(cells, styles, pairwise(edges), strict=True)
    ]
    most = max(map(len, texts))
    for start in range(0, most, CELL_LINES):
        shown = [lines[start : start + CELL_LINES] for lines in texts]
        height = max(map(len, shown)) * _CELL.leading + 2 * PAD - 2
        draw = partial(_draw_row, setter.left, edges, height, labels, list(zip(shown, styles, strict=True)))
        yield Strip(height, draw)


def _draw_row(
    left: float,
    edges: list[float],
    height: float,
    labels: frozenset[int],
    cells: list[tuple[list[Line], Style]],
    canvas: Canvas,
    top: float,
) -> None:
    canvas.setFillColorRGB(*TINT)
    for place in sorted(labels):
        canvas.rect(
            left + edges[place], top - height, edges[place + 1] - edges[place], height, stroke=0, fill=1
        )
    canvas.setStrokeColorRGB(*RULE)
    canvas.setLineWidth(0.6)
    canvas.grid([left + edge for edge in edges], [top - height, top])
    for (lines, style), edge in zip(cells, edges, strict=False):
        draw_lines(lines, style, left + edge + PAD, canvas, top - PAD + 1)
