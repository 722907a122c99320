"""A paper 文书 as data: what stands on it, in the order in which it is read. No I/O, no layout."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tongban.kit.i18n import Language

#: Around words in bold, see :func:`strong`. Typed text has no control characters on a paper.
BOLD, PLAIN = "\x02", "\x03"


def strong(words: object) -> str:
    """``words`` in bold within the text of a paragraph, a fact or a cell."""
    return f"{BOLD}{words}{PLAIN}"


class Heading(msgspec.Struct, frozen=True, tag="heading"):
    """The heading of a part 小标题; it stays with what follows."""

    text: str


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph"):
    """Running text 正文, justified in Chinese; ``indent`` moves its first line in, ``small`` is for notes."""

    text: str
    indent: bool = True
    small: bool = False


class Facts(msgspec.Struct, frozen=True, tag="facts"):
    """A ruled sheet of labels and values 表格式文书: applicant, item, organ, dates; two short ones share a line."""

    rows: tuple[tuple[str, str], ...]


class Table(msgspec.Struct, frozen=True, tag="table"):
    """A ruled table 清单 whose head stands again on each page; ``shares`` are the columns' parts of the width."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]


class Points(msgspec.Struct, frozen=True, tag="points"):
    """A numbered list 条目."""

    items: tuple[str, ...]


class Photo(msgspec.Struct, frozen=True):
    """A photo 照片 with what is said below it: its caption in bold, then ``lines``.

    ``key`` is what whoever has it printed knows it by; ``picture`` a JPEG, made small by then. Without one the lines
    stand below an empty frame.
    """

    key: str
    caption: str
    lines: tuple[str, ...] = ()
    picture: bytes = b""


class Photos(msgspec.Struct, frozen=True, tag="photos"):
    """Photos, two beside each other and four on a page."""

    items: tuple[Photo, ...]


Block = Heading | Paragraph | Facts | Table | Points | Photos


class Signature(msgspec.Struct, frozen=True):
    """Who gives the paper, and its day in words 落款, with the room that a seal takes (GB/T 9704-2012, 7.3.5)."""

    organ: str
    day: str


class Code(msgspec.Struct, frozen=True):
    """The QR code 二维码: where it leads, and the lines beside it."""

    url: str
    lines: tuple[str, ...]


class Paper(msgspec.Struct, frozen=True, kw_only=True, tag="paper"):
    """A paper 文书: head, numbers, blocks, signature. All words are in ``language`` but the ``other_*`` ones.

    ``brand`` is the city's, ``note`` stands in the foot of each page (of a demo city: that its data are made up),
    ``reference`` beside it, so that a page that got loose is known. ``barcode`` is drawn as Code 128, digits only;
    empty for none. ``made_at`` is the instant that the PDF's own date names, on the city's clock: the event's, never
    that of printing, so that the same paper is the same bytes. ``pending`` is said where the seal is still to come.
    """

    language: Language
    brand: str
    note: str
    organ: str
    other_organ: str
    title: str
    other_title: str
    reference: str
    barcode: str
    numbers: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    signature: Signature
    code: Code | None
    made_at: datetime
    pending: str = ""


class Imprint(msgspec.Struct, frozen=True, tag="imprint"):
    """The picture of a seal 印迹, to be drawn alone on a page of its size: the organ's name, and what it is."""

    organ: str
    words: tuple[str, ...]


class Place(msgspec.Struct, frozen=True):
    """A rectangle on a page, the first is 0; in points from its lower left corner."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


class Printed(msgspec.Struct, frozen=True, tag="printed"):
    """A paper as PDF, and the code points that no face has (drawn as ``〔U+20BB7〕``, explained on the paper).

    ``seal`` is where the organ's seal belongs, over the signature (GB/T 9704-2012, 7.3.5).
    """

    content: bytes
    missing: tuple[int, ...]
    seal: Place | None = None


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """What the press says of a fault: the error's type and its place, never the words of the paper."""

    kind: str
    place: str
