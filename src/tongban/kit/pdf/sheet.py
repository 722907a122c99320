"""What every paper has around its blocks: letterhead, titles and numbers above; signature and QR code below."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import msgspec
import segno
from reportlab.pdfgen.canvas import Canvas

from tongban.kit.i18n import N_
from tongban.kit.pdf.faces import code_point
from tongban.kit.pdf.lines import Line
from tongban.kit.pdf.model import Paper
from tongban.kit.pdf.strips import (
    GREY,
    INK,
    RED,
    RULE,
    Setter,
    Strip,
    Style,
    blank,
    draw_lines,
    strips_of,
    text_strips,
)

_ORGAN = Style(20, 30, bold=True, colour=RED, align="centre")
_LONG_ORGAN = Style(14, 24, bold=True, colour=RED, align="centre")
_OTHER_ORGAN = Style(9, 14, colour=RED, align="centre")
_TITLE = Style(23, 34, bold=True, align="centre")
_OTHER_TITLE = Style(10, 16, colour=GREY, align="centre")
_NUMBER = Style(9, 14, colour=GREY)
CAPTION = Style(8.5, 13, colour=GREY)
_PENDING = Style(8.5, 13, colour=GREY, align="centre")
_SIGNED = Style(11.5, 21, align="centre")
_LONG_SIGNED = Style(9.5, 17, align="centre")
#: The side of the QR code; and the room above organ and day, which a seal covers in part (GB/T 9704-2012, 7.3.5.1).
QR, SEAL = 76.0, 52.0
#: How much of the text stands on the page of the signature at least, about three lines.
_WITH_SIGNATURE = 60.0
#: How many characters of a title are set apart, and how wide an organ's name may be for the large style.
_SHORT_TITLE, _SHORT_ORGAN = 8, 40
#: The signature's part of the width, and the side of the square that a seal takes above its foot.
_SIGNATURE, SEAL_SIDE = 0.48, 100.0


def strips(setter: Setter, paper: Paper) -> list[Strip]:
    """All of the paper, from the organ's name to the signature."""
    content = [strip for block in paper.blocks for strip in strips_of(setter, block)]
    if setter.faces.missing:
        content += text_strips(setter, str(_explained(setter.faces.missing)), CAPTION)
    # A signature alone on a page could be put under anything: the end of the text goes with it, some lines of it and
    # not only the one with the telephone (GB/T 9704-2012, 7.3.5.4).
    first = _end_of_text(content)
    content[first:] = [msgspec.structs.replace(strip, keeps=True) for strip in content[first:]]
    return [*_opening(setter, paper), *content, _closing(setter, paper)]


def _end_of_text(content: list[Strip]) -> int:
    """From where on the text stays with the signature."""
    first, height = len(content), 0.0
    while first and (len(content) - first < 3 or height < _WITH_SIGNATURE):
        first -= 1
        height += content[first].height
    return first


def _explained(missing: set[int]) -> object:
    codes = "".join(map(code_point, sorted(missing)))
    return N_("{codes}：字库中没有的字，以统一码（Unicode）编码表示，写法以登记为准。", codes=codes)


def _opening(setter: Setter, paper: Paper) -> Iterator[Strip]:
    large = len(paper.organ.encode()) <= _SHORT_ORGAN or paper.language == "zh"
    yield from text_strips(setter, paper.organ, _ORGAN if large else _LONG_ORGAN, keeps=True)
    yield from text_strips(setter, paper.other_organ, _OTHER_ORGAN, keeps=True)
    yield Strip(14, partial(_red_rules, setter), keeps=True)
    yield blank(8, keeps=True)
    apart = paper.language == "zh" and len(paper.title) <= _SHORT_TITLE
    yield from text_strips(setter, " ".join(paper.title) if apart else paper.title, _TITLE, keeps=True)
    yield from text_strips(setter, paper.other_title, _OTHER_TITLE, keeps=True)
    yield blank(8, keeps=True)
    for line in _numbers(setter, paper):
        yield from text_strips(setter, line, _NUMBER, keeps=True)
    yield blank(8, keeps=True)


def _numbers(setter: Setter, paper: Paper) -> list[str]:
    """The paper's numbers, on as few lines as hold them whole."""
    lines: list[str] = []
    for label, value in paper.numbers:
        words = str(N_("{label}：{value}", label=label, value=value))
        joined = f"{lines[-1]}{' ' * 8}{words}" if lines else ""
        if joined and len(setter.lines(joined, _NUMBER, room=setter.room)) == 1:
            lines[-1] = joined
        else:
            lines.append(words)
    return lines


def _red_rules(setter: Setter, canvas: Canvas, top: float) -> None:
    canvas.setStrokeColorRGB(*RED)
    for width, down in ((2.2, 6), (0.6, 9.2)):
        canvas.setLineWidth(width)
        canvas.line(setter.left, top - down, setter.left + setter.room, top - down)


def _closing(setter: Setter, paper: Paper) -> Strip:
    """Signature and code in one strip."""
    half = setter.room * _SIGNATURE
    texts, style = (paper.signature.organ, paper.signature.day), _SIGNED
    if len(setter.lines(texts[0], style, room=half)) > 1:
        style = _LONG_SIGNED
    signed = [line for text in texts for line in setter.lines(text, style, room=half)]
    beside = setter.room - half - QR - 26
    caption = [
        line
        for text in (paper.code.lines if paper.code else ())
        for line in setter.lines(text, CAPTION, room=beside)
    ]
    height = max(SEAL + len(signed) * style.leading, len(caption) * CAPTION.leading, QR) + 8
    url = paper.code.url if paper.code else ""
    draw = partial(_draw_closing, setter, url, caption, signed, style, half, height)
    if not paper.pending:
        return Strip(height, draw)
    pending = setter.lines(paper.pending, _PENDING, room=half)
    return Strip(height, partial(_draw_pending, pending, setter.left + setter.room - half, draw))


def _draw_pending(
    lines: list[Line], left: float, draw: Callable[[Canvas, float], None], canvas: Canvas, top: float
) -> None:
    draw_lines(lines, _PENDING, left, canvas, top - 8)
    draw(canvas, top)


def seal_place(setter: Setter, foot: float) -> tuple[float, float, float, float]:
    """Where the seal stands over the signature whose foot is at this height: left, bottom, right, top."""
    centre = setter.left + setter.room * (1 - _SIGNATURE / 2)
    half = SEAL_SIDE / 2
    return centre - half, foot - 1, centre + half, foot - 1 + SEAL_SIDE


def _draw_closing(
    setter: Setter,
    url: str,
    caption: list[Line],
    signed: list[Line],
    style: Style,
    half: float,
    height: float,
    canvas: Canvas,
    top: float,
) -> None:
    foot, left = top - height, setter.left + setter.room - half
    canvas.setStrokeColorRGB(*RULE)
    canvas.setLineWidth(0.5)
    for place in range(len(signed)):
        y = foot + place * style.leading + 1.5
        canvas.line(left, y, left + half, y)
    draw_lines(signed, style, left, canvas, foot + len(signed) * style.leading)
    if url:
        draw_code(url, setter.left, foot, QR, canvas)
        down = (QR - len(caption) * CAPTION.leading) / 2
        draw_lines(caption, CAPTION, setter.left + QR + 10, canvas, foot + QR - max(down, 0.0))


def draw_code(url: str, x: float, y: float, side: float, canvas: Canvas) -> None:
    """``url`` as a QR code with its lower left corner at (x, y): one rectangle for each run of dark modules."""
    matrix = [bytes(row) for row in segno.make(url, error="m", micro=False).matrix]
    module = side / len(matrix)
    canvas.setFillColorRGB(*INK)
    drawing = canvas.beginPath()
    for down, row in enumerate(matrix, 1):
        start = 0
        for place in range(len(row) + 1):
            if place == len(row) or not row[place]:
                if place > start:
                    drawing.rect(
                        x + start * module, y + side - down * module, (place - start) * module, module
                    )
                start = place + 1
    canvas.drawPath(drawing, stroke=0, fill=1)
