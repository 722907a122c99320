"""Photos in doubt: blurred or too dark is told, never refused; sharp pages, plans and portraits are not.

The pages are drawn as a phone takes them, softened and with noise. Measured at 3000 × 4000 picture elements: the least
of pages and plans has a ``sharpness`` of 0.79 when sharp, 0.58 softened by 2, 0.20 by 4, at most 0.11 by 6 and 0 by 8;
a sharp portrait 0.29. Here they are smaller, and softened by as much less.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from tests.conftest import HOME
from tests.kit import sample_files as make
from tongban.kit import files
from tongban.kit.files import inspector
from tongban.kit.files.shelf import Shelf

FONT = HOME / "src/tongban/ui/fonts/serif-regular.ttf"
Paper = Callable[[], Image.Image]
SIZE = (1200, 1600)
WORDS = "居住证明申请人姓名地址本市公安局派出所房屋租赁合同编号日期"


def page() -> Image.Image:
    """A page of small print."""
    image = Image.new("L", SIZE, 235)
    drawing, font = ImageDraw.Draw(image), ImageFont.truetype(str(FONT), 20)
    for number, down in enumerate(range(90, SIZE[1] - 90, 36)):
        shifted = WORDS[number % 7 :] + WORDS
        drawing.text((90, down), shifted[:50], font=font, fill=30)
    return image


def plan() -> Image.Image:
    """Thin lines, as a floor plan has them."""
    image = Image.new("L", SIZE, 240)
    drawing = ImageDraw.Draw(image)
    for number in range(40):
        left, top = 60 + number * 37 % 800, 60 + number * 61 % 1200
        drawing.rectangle((left, top, left + 90 + number * 3, top + 70 + number * 4), outline=60, width=2)
    return image


def receipt() -> Image.Image:
    """A sheet with hardly anything on it."""
    image = Image.new("L", SIZE, 235)
    drawing = ImageDraw.Draw(image)
    drawing.text((180, 240), "收据 二〇二六年", font=ImageFont.truetype(str(FONT), 36), fill=30)
    return image


def portrait() -> Image.Image:
    """Few edges, all of them round."""
    image = Image.new("L", SIZE, 235)
    drawing = ImageDraw.Draw(image)
    drawing.ellipse((300, 240, 880, 960), fill=170)
    drawing.rectangle((0, 1220, *SIZE), fill=60)
    return image


def shot(image: Image.Image, *, blur: float = 0, light: float = 1) -> bytes:
    """The paper as a phone takes it."""
    seen = image.filter(ImageFilter.GaussianBlur(blur)) if blur else image
    seen = seen.point(lambda grey: int(grey * light))
    seen = ImageChops.add(seen, Image.effect_noise(SIZE, 6), 1, -128)
    packed = io.BytesIO()
    seen.convert("RGB").save(packed, "JPEG", quality=80)
    return packed.getvalue()


def doubt(data: bytes) -> str:
    return inspector.doubt_of(Image.open(io.BytesIO(data)))


@pytest.mark.parametrize("paper", [page, plan, receipt, portrait])
def test_what_can_be_read_is_not_doubted(paper: Paper) -> None:
    assert doubt(shot(paper())) == ""
    assert doubt(shot(paper(), light=0.5)) == ""


@pytest.mark.parametrize("paper", [page, plan, receipt])
def test_what_cannot_be_read_is_doubted(paper: Paper) -> None:
    for blur in (3, 5):
        assert doubt(shot(paper(), blur=blur)) == "blurred", blur
    assert doubt(shot(paper(), light=0.15)) == "dark"


async def test_a_doubt_is_told_in_the_answer_and_a_screenshot_has_none(shelf: Shelf) -> None:
    from tongban.kit import clock
    from tongban.kit.ids import new_id

    received = await make.sent(shot(page(), blur=5), "a.jpg")
    file = files.named(received, subject=new_id(1), reference="case", now=clock.now())
    assert files.as_answer(file)["doubt"] == "blurred"
    assert (await make.sent(make.screenshot(), "a.png")).doubt is None
    for size in ((1, 1), (3, 900), (40, 40)):
        assert (await make.sent(make.photo(*size), "a.jpg")).size, "nothing is too small to be looked at"
