"""Strips over as many A4 pages as they take, each with its head and foot; and the PDF's own facts. Gives the bytes."""

from __future__ import annotations

import io
from functools import partial

import msgspec
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tongban.kit.i18n import N_, use_language
from tongban.kit.pdf import barcode
from tongban.kit.pdf.faces import Faces, clean, loaded
from tongban.kit.pdf.model import Paper, Place, Printed
from tongban.kit.pdf.sheet import seal_place, strips
from tongban.kit.pdf.strips import GREY, INK, RED, RULE, Setter, Strip, Style, draw_lines

WIDTH, HEIGHT = A4
MARGIN = 66.0
TOP, BOTTOM = HEIGHT - 74.0, 56.0
_BRAND = Style(10.5, 14, bold=True, colour=RED)
_SMALL = Style(8, 12, colour=GREY)
_RIGHT, _CENTRE = (
    msgspec.structs.replace(_SMALL, align="right"),
    msgspec.structs.replace(_SMALL, align="centre"),
)

#: What is little on a last page, signature included; and how much of the leading is kept to do without it.
_LITTLE, _TIGHTER = 260.0, (0.94, 0.88, 0.82)

#: A page: its strips, each with the height of its top.
Page = list[tuple[float, Strip]]


def printed(paper: Paper) -> Printed:
    """The paper as PDF; the same paper gives the same bytes, in whichever process."""
    with use_language(paper.language):
        setter = Setter(paper.language, Faces(), MARGIN, WIDTH - 2 * MARGIN)
        setter, pages = _laid_out(setter, paper)
        content = _drawn(setter, paper, pages)
    last, (top, closing) = len(pages) - 1, pages[-1][-1]
    left, bottom, right, upper = seal_place(setter, top - closing.height)
    return Printed(content, tuple(sorted(setter.faces.missing)), Place(last, left, bottom, right, upper))


def _laid_out(setter: Setter, paper: Paper) -> tuple[Setter, list[Page]]:
    """The paper on its pages; lines are set closer where that saves a last page with little but the signature.

    GB/T 9704-2012, 7.3.5.4: where the seal finds no room on the page, the space between lines is what gives.
    """
    pages = paged(strips(setter, paper))
    if len(pages) > 1 and sum(strip.height for _, strip in pages[-1]) < _LITTLE:
        for tight in _TIGHTER:
            closer = msgspec.structs.replace(setter, tight=tight)
            fewer = paged(strips(closer, paper))
            if len(fewer) < len(pages):
                return closer, fewer
    return setter, pages


def paged(all_strips: list[Strip]) -> list[Page]:
    """The strips on pages; those that keep together go on as one, unless they are higher than a page."""
    pages: list[Page] = [[]]
    y = TOP
    for group in _groups(all_strips):
        height = sum(strip.height for strip in group)
        if y - height < BOTTOM and pages[-1]:
            pages.append([])
            y = TOP
            if (head := group[0].head) is not None:
                pages[-1].append((y, head))
                y -= head.height
        for strip in group:
            if y - strip.height < BOTTOM and pages[-1]:
                pages.append([])
                y = TOP
            pages[-1].append((y, strip))
            y -= strip.height
    return pages


def _groups(all_strips: list[Strip]) -> list[list[Strip]]:
    groups: list[list[Strip]] = [[]]
    for strip in all_strips:
        groups[-1].append(strip)
        if not strip.keeps:
            groups.append([])
    return [group for group in groups if group]


def _drawn(setter: Setter, paper: Paper, pages: list[Page]) -> bytes:
    loaded("regular")
    content = io.BytesIO()
    canvas = Canvas(
        content,
        pagesize=A4,
        invariant=1,
        pdfVersion=(1, 7),
        lang="zh-CN" if paper.language == "zh" else "en",
        initialFontName="regular",
        pageCompression=1,
    )
    canvas.setTitle(clean(f"{paper.title} {paper.reference}", paper.language))
    canvas.setAuthor(paper.brand)
    canvas.setSubject(paper.other_title)
    canvas.setCreator("Tongban")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    canvas.setDateFormatter(partial(_pdf_date, paper))
    for number, page in enumerate(pages, 1):
        _frame(setter, paper, canvas, number, len(pages))
        for top, strip in page:
            strip.draw(canvas, top)
        canvas.showPage()
    canvas.save()
    return content.getvalue()


def _pdf_date(paper: Paper, *_now: object) -> str:
    """The event's instant (ISO 32000-1, 7.9.4), whatever time it is."""
    zone = f"{paper.made_at:%z}"
    return f"D:{paper.made_at:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:]}'"


def _frame(setter: Setter, paper: Paper, canvas: Canvas, number: int, pages: int) -> None:
    """Head and foot of a page: a page that got loose tells whose it is, and that it is not all."""
    place = partial(_text, setter, canvas)
    place(paper.brand, _BRAND, HEIGHT - 36)
    if number == 1 and paper.barcode:
        _draw_bars(paper.barcode, setter.left + setter.room, HEIGHT - 54, canvas)
    elif number > 1:
        place(f"{paper.title}  {paper.reference}", _RIGHT, HEIGHT - 36)
    canvas.setStrokeColorRGB(*RULE)
    canvas.setLineWidth(0.4)
    canvas.line(setter.left, BOTTOM - 14, setter.left + setter.room, BOTTOM - 14)
    place(paper.note, _SMALL, BOTTOM - 18)
    place(str(N_("第 {page} 页，共 {pages} 页", page=number, pages=pages)), _CENTRE, BOTTOM - 18)
    place(paper.reference, _RIGHT, BOTTOM - 18)


def _text(setter: Setter, canvas: Canvas, words: str, style: Style, top: float) -> None:
    draw_lines(setter.lines(words, style, room=setter.room)[:1], style, setter.left, canvas, top)


def _draw_bars(digits: str, right: float, y: float, canvas: Canvas) -> None:
    module, height = 1.05, 20.0
    left = right - barcode.modules(digits) * module
    canvas.setFillColorRGB(*INK)
    drawing = canvas.beginPath()
    for at, width in barcode.bars(digits):
        drawing.rect(left + at * module, y, width * module, height)
    canvas.drawPath(drawing, stroke=0, fill=1)
