"""The inspection of one file, in a process of its own that can do nothing else.

Run by its path, isolated: ``python -I inspector.py <media type> <pages> <pixels> <side> [<bytes>]``; the last asks for
a picture to be printed, of so many bytes at most, with the time that the camera noted. It imports nothing of the
house, closes every door behind itself before it reads the first byte (no new file, socket or process, little memory,
little time), takes the file from standard input for hostile, and writes one line of JSON and the thumbnail, a JPEG.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import re
import resource
import signal
import sys
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageFilter, ImageOps, TiffImagePlugin  # noqa: F401 - loaded while it can be: it reads EXIF

_MEMORY_BYTES = 768_000_000
_CPU_SECONDS = 20
_NOBODY = 65534
_ORIENTATION, _EXIF, _TAKEN = 0x0112, 0x8769, 0x9003
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38

#: Names of PDF objects that act by themselves or carry other files (ISO 32000-2, 7.11.4, 12.6.4, 13).
ACTIVE = frozenset(
    b"JavaScript Launch EmbeddedFile EmbeddedFiles FileAttachment RichMedia SubmitForm ImportData Rendition".split()
)
_NAME = re.compile(rb"/((?:[^\x00\t\n\x0c\r ()<>\[\]{}/%#]|#[0-9A-Fa-f]{2})+)")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
#: A text that is an address of the web and goes on up to the name: ``(https://example.com/Launch``.
_ADDRESS = re.compile(rb"\(\s*https?://[^()<>\s\\]*$")
_STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
#: An object stream begins with pairs of numbers (ISO 32000-2, 7.5.7), perhaps after remarks.
_NUMBERS = re.compile(rb"(?:[\x00\s]|%[^\r\n]*(?:[\r\n]|\Z))*(?:[0-9+.-]|\Z)")
_TELLING_BYTES = 200_000
_LARGEST_STREAM, _ALL_STREAMS = 32_000_000, 128_000_000
_MARGIN_BYTES = 1024
#: What begins after an image's data and is neither stuffing nor a restart (ITU T.81, B.1.1).
_MARKER = re.compile(rb"\xff+([^\x00\xff])")
#: The end record of a ZIP lies within the last bytes of a file; RAR and 7z are looked for by unpackers anywhere.
_ZIP_TAIL = 66_000
#: A photo is looked at no larger than this; measured on drawn pages and plans (tests/kit/test_files_doubt.py): sharp
#: ones have 0.6 and more, portraits 0.3, and what cannot be read any more at most 0.11.
_LOOKED_AT, _TILES, _SHARP = 1200, 12, 0.12
#: A step of grey that counts, the noise that is taken off at most, and a paper's white in too little light.
_STEP, _MOST_NOISE, _DUSK = 50, 14.0, 60
#: How finely a picture is packed, the first that is small enough.
_QUALITIES = (78, 66, 54, 42, 30)
#: When a photo was taken, as a camera notes it.
_MOMENT = re.compile(r"[0-9]{4}:[0-9]{2}:[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")


#: What is told, and the thumbnail.
Found = tuple[dict[str, Any], bytes]


class Fault(Exception):  # noqa: N818 - a verdict
    """What is wrong, by the code that the house knows."""


def close_doors() -> None:
    """From here on this process can compute and write to its pipe, and nothing else."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    control = ctypes.CDLL(None).prctl
    control(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    control(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    for kind, limit in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),  # standard input, output and error are all that there will be
    ):
        resource.setrlimit(kind, (limit, limit))


def has_archive(data: bytes) -> bool:
    """Whether an unpacker would find an archive in it, wherever that begins."""
    tail = data[-_ZIP_TAIL:]
    at = tail.find(b"PK\x05\x06")
    while at >= 0:
        record = tail[at : at + 22]
        if len(record) == 22:
            size = int.from_bytes(record[12:16], "little")
            end = len(data) - len(tail) + at
            if data[max(0, end - size) : end].startswith(b"PK\x01\x02"):
                return True
        at = tail.find(b"PK\x05\x06", at + 1)
    return any(sign in data for sign in _ARCHIVES)


def refuse_archive(data: bytes) -> None:
    """Raise Fault for a file that is an archive besides."""
    if has_archive(data):
        raise Fault("hides-more")


def jpeg_end(data: bytes) -> int:
    """Where the picture ends, behind its end marker."""
    at = 2
    while found := _MARKER.search(data, at):
        marker = found[1][0]
        if marker == 0xD9:
            return found.end()
        at = found.end()
        if marker != 0x01 and not 0xD0 <= marker <= 0xD7:
            at += max(2, int.from_bytes(data[at : at + 2], "big"))
    raise Fault("unreadable")


def png_end(data: bytes) -> int:
    """Where the picture ends, behind its last chunk."""
    at = 8
    while at + 12 <= len(data):
        kind = data[at + 4 : at + 8]
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        if kind == b"IEND" and at <= len(data):
            return at
    raise Fault("unreadable")


def picture_end(data: bytes, media_type: str) -> int:
    """How much of it is the picture; raises Fault when what follows is neither nothing nor a phone's own extra.

    Phones put a second picture, a short film or their maker's notes behind a photo (CIPA DC-007, motion photos). They
    are no part of the paper that was asked for and are cut off.
    """
    end = jpeg_end(data) if media_type == "image/jpeg" else png_end(data)
    rest = data[end:].strip(b"\0\r\n\t ")
    phones = rest.startswith(b"\xff\xd8\xff") or b"ftyp" in rest[:8] or rest.endswith(b"SEFT")
    if rest and not (media_type == "image/jpeg" and phones):
        raise Fault("hides-more")
    if b"%PDF-" in data[:_MARGIN_BYTES]:
        raise Fault("hides-more")
    return end


def look_at_picture(
    data: bytes, media_type: str, _pages: int, pixels: int, side: int, most: int = 0
) -> Found:
    """Decode it whole: what opens here opens at the officer's desk."""
    end = picture_end(data, media_type)
    image: Image.Image = Image.open(io.BytesIO(data[:end]), formats=("JPEG", "PNG"))
    width, height = image.size
    if width * height > pixels:
        raise Fault("too-many-pixels")
    least = max(side * 2, _LOOKED_AT)
    image.draft("RGB", (least, least))  # a JPEG is decoded hardly larger than that, whatever its size
    image.load()
    if image.getexif().get(_ORIENTATION, 1) >= 5:
        width, height = height, width
    found = {"keep": end, "pages": 1, "width": width, "height": height}
    if most:
        taken = str(image.getexif().get_ifd(_EXIF).get(_TAKEN) or "")
        return found | {"taken": taken if _MOMENT.fullmatch(taken) else ""}, thumbnail(image, side, most)
    doubt = doubt_of(image) if media_type == "image/jpeg" else ""
    return found | {"doubt": doubt or None}, thumbnail(image, side)


def doubt_of(image: Image.Image) -> str:
    """What may be wrong with a photo of a paper: ``dark``, ``blurred``, or nothing.

    Dark: hardly a picture element is brighter than dusk. Blurred: at the edges of its tiles the second derivative
    (Laplacian) is small against the step, so that how much is written does not count, and noise is taken off.
    """
    grey = image.convert("L")
    if max(grey.size) > _LOOKED_AT:
        grey.thumbnail((_LOOKED_AT, _LOOKED_AT), Image.Resampling.BOX)
    if brightest(grey.histogram()) < _DUSK:
        return "dark"
    soft = grey.filter(ImageFilter.GaussianBlur(1))
    edges = soft.filter(ImageFilter.Kernel((3, 3), [0, 2, 0, 2, -8, 2, 0, 2, 0], scale=1, offset=128))
    boxes = tiles(*grey.size)
    spreads = sorted(spread(edges.crop(box).histogram()) for box in boxes)
    noise = min(spreads[len(spreads) // 10], _MOST_NOISE)
    written = [box for box in boxes if span(soft.crop(box)) >= _STEP]
    steps = sorted(sharpness(soft.crop(box), edges.crop(box), noise) for box in written)
    return "" if not steps or steps[len(steps) * 3 // 4] >= _SHARP else "blurred"


def tiles(width: int, height: int) -> list[tuple[int, int, int, int]]:
    """The picture cut into tiles, without its rim: a filter leaves that as it was."""
    across, down = (max(1, min(_TILES, length // 40)) for length in (width, height))
    wide, high = max(1, width - 4), max(1, height - 4)
    return [
        (
            2 + wide * x // across,
            2 + high * y // down,
            2 + wide * (x + 1) // across,
            2 + high * (y + 1) // down,
        )
        for x in range(across)
        for y in range(down)
    ]


def span(tile: Image.Image) -> float:
    """From the darkest to the brightest of it."""
    extremes: Any = tile.getextrema()
    return float(extremes[1] - extremes[0])


def sharpness(tile: Image.Image, edges: Image.Image, noise: float) -> float:
    """How fast its greatest step goes, from 0 to about 1."""
    return max(0.0, span(edges) - 8 * noise) / 2 / span(tile)


def spread(histogram: list[int]) -> float:
    """The noise around the middle grey: its standard deviation, by the median of the deviations."""
    half, seen = sum(histogram) / 2, 0
    for far in range(129):
        here = _both(histogram, far) if far else histogram[128]
        if here and seen + here >= half:
            return 1.48 * (far - 0.5 + (half - seen) / here) if far else 0.74 * half / here
        seen += here
    return 0.0


def _both(histogram: list[int], far: int) -> int:
    return histogram[128 - far] + (histogram[128 + far] if 128 + far < 256 else 0)


def brightest(histogram: list[int]) -> int:
    """The grey above which a twentieth of the picture lies."""
    left = sum(histogram) / 20
    for grey in range(255, -1, -1):
        left -= histogram[grey]
        if left <= 0:
            return grey
    return 0


def look_at_pdf(data: bytes, _media_type: str, pages: int, _pixels: int, side: int) -> Found:
    """Open it as a reader would, and search it for what acts."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as refused:
        locked = getattr(refused, "err_code", None) == pdfium.FPDF_ERR_PASSWORD
        raise Fault("locked" if locked else "unreadable") from refused
    if pdfium.FPDF_GetSecurityHandlerRevision(document.raw) != -1:
        raise Fault("locked")
    check_bytes(data)
    if (
        pdfium.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0
        or pdfium.FPDFDoc_GetAttachmentCount(document.raw) > 0
        or document.get_formtype() in (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND)
    ):
        raise Fault("active")
    count = len(document)
    if not count:
        raise Fault("unreadable")
    if count > pages:
        raise Fault("too-many-pages")
    first = document[0]
    picture = first.render(scale=min(side / max(*first.get_size(), 1.0), 4.0)).to_pil()
    return {"keep": len(data), "pages": count, "width": None, "height": None}, thumbnail(picture, side)


def check_bytes(data: bytes) -> None:
    """Seek in its bytes what a PDF may not hold: readers that repair broken ones find what strict ones skip."""
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise Fault("unreadable")
    rest = data[end + 5 :]
    if rest.strip(b"\0\r\n\t ") or len(rest) > _MARGIN_BYTES:
        raise Fault("hides-more")
    if any(not ACTIVE.isdisjoint(names_in(one)) for one in chain((data,), inner(data))):
        raise Fault("active")


def names_in(data: bytes) -> Iterator[bytes]:
    """Every name as a reader takes it (``/J#61vaScript`` too), but for those in the text of a link."""
    for found in _NAME.finditer(data):
        name = found[1]
        if b"#" in name:
            name = _ESCAPE.sub(lambda code: bytes((int(code[1], 16),)), name)
        if name not in ACTIVE or not _ADDRESS.search(data, max(0, found.start() - 2000), found.start()):
            yield name


def inner(data: bytes) -> Iterator[bytes]:
    """The object streams unpacked, known by their look and not by what they are called."""
    budget = _ALL_STREAMS
    for found in _STREAM.finditer(data):
        unpacked = unpack(data, found.end(), min(_LARGEST_STREAM, budget))
        if unpacked is not None:
            budget -= len(unpacked)
            yield unpacked
        elif {b"ObjStm", b"Filter"} <= set(
            names_in(data[data.rfind(b"obj", 0, found.start()) : found.start()])
        ):
            raise Fault("active")  # packed as no program packs objects: it cannot be looked through


def unpack(data: bytes, at: int, most: int) -> bytes | None:
    """A deflated stream that looks like an object stream, whole; None for every other."""
    inflating, unpacked = zlib.decompressobj(), bytearray()
    try:
        while not inflating.eof:
            held = inflating.unconsumed_tail
            piece = held or data[at : at + 65_536]
            at += 0 if held else len(piece)
            more = inflating.decompress(piece, 65_536)
            if not piece and not more:
                break
            unpacked += more
            if len(unpacked) < _TELLING_BYTES and not _NUMBERS.match(unpacked):
                return None
            if len(unpacked) > most:
                raise Fault("unreadable")
    except zlib.error:
        pass  # readers take what could be unpacked up to there
    return bytes(unpacked) or None


def thumbnail(image: Image.Image, side: int, most: int = 0) -> bytes:
    """A small JPEG of its picture elements alone, upright: no camera, no place, no comment comes along.

    Of ``most`` bytes, where that is said and a coarser picture can be as small.
    """
    if image.mode not in ("L", "RGB", "RGBA", "CMYK"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if (factor := max(image.size) // (side * 2)) > 1:
        image = image.reduce(factor)  # at once small: a whole picture more would take as much memory again
    image.thumbnail((side, side))
    ImageOps.exif_transpose(image, in_place=True)
    flat = Image.new("RGB", image.size, "white")
    clear = image.convert("RGBA") if image.has_transparency_data else None
    flat.paste(clear or image.convert("RGB"), mask=clear)
    for quality in _QUALITIES:
        packed = io.BytesIO()
        flat.save(packed, "JPEG", quality=quality, optimize=True)
        if not most or packed.tell() <= most:
            break
    return packed.getvalue()


def inspect(data: bytes, media_type: str, limits: list[int]) -> Found:
    """The verdict: what was found with the thumbnail, or the fault alone."""
    look = look_at_pdf if media_type == "application/pdf" else look_at_picture
    try:
        refuse_archive(data)
        return look(data, media_type, *limits)
    except Fault as fault:
        return {"fault": str(fault)}, b""
    except Exception:  # noqa: BLE001 - whatever a hostile file does to a decoder, it cannot be read
        return {"fault": "unreadable"}, b""


def main() -> None:
    """Load what will be needed while doors are open, close them, look, and answer."""
    media_type, *limits = sys.argv[1:]
    Image.preinit()
    Image.MAX_IMAGE_PIXELS = None  # the limit is the house's own
    close_doors()
    found, small = inspect(sys.stdin.buffer.read(), media_type, [int(limit) for limit in limits])
    sys.stdout.buffer.write(json.dumps(found).encode() + b"\n" + small)


if __name__ == "__main__":
    main()
