"""The picture of a seal 印迹: a ring, the organ's name along it, and in its middle what kind of seal it is.

No star and no emblem: those belong to the seals that the State Council's rules describe (国发〔1999〕25 号), and this
is a drawing. What proves the organ is the signature behind it.
"""

from __future__ import annotations

import io
from math import cos, pi, radians, sin

from reportlab.pdfgen.canvas import Canvas

from tongban.kit.pdf.faces import Faces, clean, width
from tongban.kit.pdf.model import Imprint, Printed
from tongban.kit.pdf.sheet import SEAL_SIDE
from tongban.kit.pdf.strips import RED

#: Half the side, the ring's width, how far the letters' feet lie from the middle, and the degrees that they may take.
_HALF, _RING, _FEET, _ARC = SEAL_SIDE / 2, 2.2, 35.0, 236.0
_LARGEST, _MIDDLE, _SMALL = 12.5, 11.0, 6.5
#: A little of the text beneath shows through, as through ink.
_INK = 0.86


def imprinted(imprint: Imprint) -> Printed:
    """The imprint on a page of its own size; the same imprint gives the same bytes."""
    content, faces = io.BytesIO(), Faces()
    canvas = Canvas(content, pagesize=(SEAL_SIDE, SEAL_SIDE), invariant=1, pageCompression=1)
    canvas.setStrokeColorRGB(*RED)
    canvas.setFillColorRGB(*RED)
    canvas.setFillAlpha(_INK)
    canvas.setStrokeAlpha(_INK)
    canvas.setLineWidth(_RING)
    canvas.circle(_HALF, _HALF, _HALF - _RING)
    _along(canvas, faces, clean(imprint.organ, "zh"))
    _in_the_middle(canvas, faces, imprint.words)
    canvas.showPage()
    canvas.save()
    return Printed(content.getvalue(), tuple(sorted(faces.missing)))


def _along(canvas: Canvas, faces: Faces, words: str) -> None:
    """The letters stand on a circle, their heads outwards, the middle one on top."""
    step = min(_ARC / max(len(words), 1), 30.0)
    size = min(_LARGEST, radians(step) * _FEET * 1.08)
    for place, letter in enumerate(words):
        face, drawn = faces.of(letter, bold=True)
        turned = (place - (len(words) - 1) / 2) * step
        angle = pi / 2 - radians(turned)
        canvas.saveState()
        canvas.translate(_HALF + _FEET * cos(angle), _HALF + _FEET * sin(angle))
        canvas.rotate(-turned)
        canvas.setFont(face, size)
        canvas.drawString(-width(face, drawn, size) / 2, 0, drawn)
        canvas.restoreState()


def _in_the_middle(canvas: Canvas, faces: Faces, words: tuple[str, ...]) -> None:
    """The first line large, the others below it."""
    y = _HALF + 9.0
    for place, line in enumerate(words):
        size = _SMALL if place else _MIDDLE
        pieces = [faces.of(letter, bold=not place) for letter in clean(line, "zh")]
        x = _HALF - sum(width(face, drawn, size) for face, drawn in pieces) / 2
        for face, drawn in pieces:
            canvas.setFont(face, size)
            canvas.drawString(x, y, drawn)
            x += width(face, drawn, size)
        y -= 13.0 if not place else 9.0
