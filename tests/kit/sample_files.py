"""Files as people send them, and as they had better not: made on the spot, so that a test says what is in each."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator
from typing import Any

from PIL import Image, ImageChops, ImageDraw

from tongban.kit import files

_PAD = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


async def pieces(data: bytes, size: int = 50_000) -> AsyncIterator[bytes]:
    """The bytes as a connection delivers them."""
    for at in range(0, len(data), size):
        yield data[at : at + size]


async def sent(data: bytes, name: str = "", **more: Any) -> files.Received:
    """Send a file to the store."""
    return await files.receive(pieces(data), name=name, **more)


def photo(width: int = 600, height: int = 400, *, orientation: int = 0, place: str = "") -> bytes:
    """A JPEG as a phone takes it; ``place`` stands in its EXIF."""
    image = Image.effect_noise((width, height), 60).convert("RGB")
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    if place:
        exif[0x010E] = place
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=85, exif=exif, comment=place.encode())
    return packed.getvalue()


def photographed_plan() -> bytes:
    """A floor plan drawn by hand, photographed in ordinary light: sharp, with a sensor's noise, over a megabyte."""
    size = (2400, 1800)
    image = Image.new("L", size, 225)
    drawing = ImageDraw.Draw(image)
    for room in (
        (120, 120, 2280, 1680),
        (120, 120, 960, 1040),
        (960, 120, 1600, 600),
        (1600, 1000, 2280, 1680),
    ):
        drawing.rectangle(room, outline=50, width=8)
    for line in range(24):
        drawing.line((180, 1120 + 20 * line, 840, 1120 + 20 * line), fill=60, width=3)
    packed = io.BytesIO()
    ImageChops.add(image, Image.effect_noise(size, 10), offset=-128).convert("RGB").save(
        packed, "JPEG", quality=85
    )
    return packed.getvalue()


def screenshot(width: int = 300, height: int = 500, mode: str = "RGBA") -> bytes:
    """A PNG."""
    packed = io.BytesIO()
    Image.new(mode, (width, height)).save(packed, "PNG")
    return packed.getvalue()


def png_that_unpacks_to(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says it has so many picture elements: a decompression bomb."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer, rows = zlib.compressobj(9), bytearray()
    for _ in range(min(height, 2000)):
        rows += packer.compress(bytes(1 + width // 8))
    rows += packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", bytes(rows)) + chunk(b"IEND", b"")


def archive() -> bytes:
    """A ZIP with something in it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as writing:
        writing.writestr("run.js", "alert(1)")
    return packed.getvalue()


def pdf(
    pages: int = 1, *, catalogue: bytes = b"", objects: tuple[bytes, ...] = (), trailer: bytes = b""
) -> bytes:
    """A PDF with so many empty pages, more in its catalogue, and more objects."""
    kids = b" ".join(b"%d 0 R" % (3 + place) for place in range(pages))
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages),
        *(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>" for _ in range(pages)),
        *objects,
    ]
    text, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(bodies, 1):
        places.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start, count = len(text), len(bodies) + 1
    return bytes(
        text
    ) + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        count,
        table,
        count,
        trailer,
        start,
    )


def stream(
    content: bytes, *, said: bytes = b"", filters: bytes = b"/FlateDecode", packed: bool = True
) -> bytes:
    """A stream object: deflated unless it comes packed in another way."""
    data = zlib.compress(content) if packed else content
    return b"<</Length %d/Filter %s%s>>\nstream\n%s\nendstream" % (len(data), filters, said, data)


def object_stream(inner: bytes, **more: Any) -> bytes:
    """An object stream (ISO 32000-2, 7.5.7) with one object in it."""
    head = b"90 0 "
    return stream(head + inner, said=b"/Type/ObjStm/N 1/First %d" % len(head), **more)


def locked_pdf(password: bytes) -> bytes:
    """A PDF encrypted by the standard handler, revision 2 (ISO 32000-1, 7.6.3): 40 bits of RC4."""
    owner = _rc4(hashlib.md5(_padded(b"owner")).digest()[:5], _padded(password))
    rights, name = -4, b"0123456789abcdef"
    key = hashlib.md5(_padded(password) + owner + struct.pack("<i", rights) + name).digest()[:5]
    said = b"<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P %d>>" % (
        owner.hex().encode(),
        _rc4(key, _PAD).hex().encode(),
        rights,
    )
    ids = b"[<%s><%s>]" % (name.hex().encode(), name.hex().encode())
    return pdf(trailer=b"/Encrypt %s/ID %s" % (said, ids))


def _padded(password: bytes) -> bytes:
    return (password + _PAD)[:32]


def _rc4(key: bytes, data: bytes) -> bytes:
    state, at = list(range(256)), 0
    for place in range(256):
        at = (at + state[place] + key[place % len(key)]) % 256
        state[place], state[at] = state[at], state[place]
    out, one, other = bytearray(), 0, 0
    for byte in data:
        one = (one + 1) % 256
        other = (other + state[one]) % 256
        state[one], state[other] = state[other], state[one]
        out.append(byte ^ state[(state[one] + state[other]) % 256])
    return bytes(out)
