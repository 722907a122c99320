"""Receiving a file: what is taken, what is refused with which sentence, and that nothing of a refused one stays."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.kit import sample_files as make
from tongban.kit import files
from tongban.kit.errors import Refused
from tongban.kit.files import inspector, limits
from tongban.kit.files.shelf import Shelf
from tongban.kit.ids import new_id

SCRIPT = b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"


def kept(received: files.Received) -> files.File:
    from tongban.kit import clock

    return files.named(received, subject=new_id(7), reference="case", now=clock.now())


async def read(received: files.Received) -> bytes:
    return b"".join([chunk async for chunk in await files.content(kept(received))])


def on_disk(shelf: Shelf) -> list[str]:
    """Every file of the store but its lock."""
    return sorted(path.name for path in shelf.root.rglob("*") if path.is_file() and path.name != "lock")


async def test_a_photo_comes_back_as_it_was(shelf: Shelf) -> None:
    photo = make.photo(3000, 2000)
    received = await make.sent(photo, "身份证.JPG", declared="image/jpeg")
    assert (received.size, received.media_type, received.name) == (len(photo), "image/jpeg", "身份证.JPG")
    assert (received.pages, received.width, received.height) == (1, 3000, 2000)
    assert await read(received) == photo
    assert files.as_answer(file := kept(received)) == {
        "file": str(file.id),
        "name": "身份证.JPG",
        "size": len(photo),
        "type": "image/jpeg",
        "pages": 1,
    }


async def test_a_pdf_and_a_png_too(shelf: Shelf) -> None:
    paper = await make.sent(make.pdf(3), "合同.pdf", declared="application/pdf")
    assert (paper.media_type, paper.pages, paper.width, paper.height) == ("application/pdf", 3, None, None)
    for mode in ("RGBA", "P", "L", "1", "RGB", "I;16", "LA"):
        shot = await make.sent(make.screenshot(mode=mode), "截图.png", declared="image/png")
        assert (shot.media_type, shot.width, shot.height) == ("image/png", 300, 500)


async def test_what_a_phone_adds_behind_a_photo_is_cut_off(shelf: Shelf) -> None:
    photo = make.photo()
    for extra in (make.photo(64, 64), b"\0\0\0\x18ftypmp42" + bytes(3000), b"\0\0\x01\x0aX" * 9 + b"SEFT"):
        received = await make.sent(photo + extra, "IMG_0001.jpg")
        assert received.size == len(photo) and await read(received) == photo
    assert len(on_disk(shelf)) == 2


async def test_the_same_content_lies_on_the_disk_once(shelf: Shelf) -> None:
    photo = make.photo()
    one, other = await make.sent(photo, "a.jpg"), await make.sent(photo, "b.jpg")
    assert one.digest == other.digest and one.name != other.name
    assert len(on_disk(shelf)) == 2  # the content and its thumbnail
    assert await read(one) == photo


async def test_the_disk_betrays_nothing(shelf: Shelf) -> None:
    paper = make.pdf(catalogue=b"/Note(340321199305189026)")
    received = await make.sent(paper, "张三的病历.pdf")
    everything = b"".join(path.read_bytes() for path in shelf.root.rglob("*") if path.is_file())
    assert (
        b"340321199305189026" not in everything
        and b"%PDF" not in everything
        and b"\xff\xd8" not in everything[:2]
    )
    from cryptography.hazmat.primitives.hashes import SM3, Hash

    plain = Hash(SM3())
    plain.update(paper)
    assert received.digest != plain.finalize(), "an address without a key tells whether a known paper is here"
    assert all(path.stat().st_mode & 0o077 == 0 for path in shelf.root.rglob("*"))


async def test_the_thumbnail_is_small_upright_and_knows_no_place(shelf: Shelf) -> None:
    received = await make.sent(make.photo(1200, 600, orientation=6, place="N 31.2, E 121.4"), "a.jpg")
    assert (received.width, received.height) == (600, 1200)
    small = await files.thumbnail(kept(received))
    assert b"121.4" not in small and b"Exif" not in small
    image = Image.open(io.BytesIO(small))
    assert image.format == "JPEG" and image.size == (limits.THUMBNAIL_SIDE // 2, limits.THUMBNAIL_SIDE)
    paper = await make.sent(make.pdf(), "a.pdf")
    assert max(Image.open(io.BytesIO(await files.thumbnail(kept(paper)))).size) == limits.THUMBNAIL_SIDE


LAUNCH = b"<</S/Launch/F(cmd.exe)>>"
SPELT_OTHERWISE = SCRIPT.replace(b"/JavaScript", b"/J#61va#53cript")
#: What the name tree of a catalogue leads to, and the object there.
NAMED = (b"/Names<</JavaScript<</Names[(a)4 0 R]>>>>", b"<</S/JavaScript/JS(1)>>")
REMARK = b"%" + b"x" * 90_000 + b"\n90 0 "
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"


def holding(*objects: bytes) -> bytes:
    """A paper with these objects in it."""
    return make.pdf(objects=objects)


def acting(catalogue: bytes) -> bytes:
    """A paper whose catalogue says this."""
    return make.pdf(catalogue=catalogue)


#: What is wrong → the file, its name, the code of its refusal.
BAD: dict[str, tuple[bytes, str, str]] = {
    "nothing in it": (b"", "a.pdf", "file-empty"),
    "one byte": (b"%", "a.pdf", "file-type-unknown"),
    "a program": (b"MZ\x90\0" + bytes(500), "a.pdf", "file-type-unknown"),
    "a page of the web": (b"<html><script>alert(1)</script>", "a.png", "file-type-unknown"),
    "an archive": (make.archive(), "a.pdf", "file-type-unknown"),
    "a picture that acts": (SVG, "a.png", "file-type-unknown"),
    "a header that is not at the beginning": (b"\n" + make.pdf(), "a.pdf", "file-type-unknown"),
    "another extension": (make.pdf(), "a.jpg", "file-type-differs"),
    "the extension of a program": (make.pdf(), "a.pdf.exe", "file-type-differs"),
    "a page behind a picture": (make.photo() + b"<script>alert(1)</script>", "a.jpg", "file-hides-more"),
    "an archive behind a picture": (make.photo() + make.archive(), "a.jpg", "file-hides-more"),
    "an archive behind a second picture": (make.photo() * 2 + make.archive(), "a.jpg", "file-hides-more"),
    "an archive behind a screenshot": (make.screenshot() + make.archive(), "a.png", "file-hides-more"),
    "an archive behind a paper": (make.pdf() + make.archive(), "a.pdf", "file-hides-more"),
    "a script behind a paper": (make.pdf() + b"\n<script>", "a.pdf", "file-hides-more"),
    "two kilobytes of blanks behind a paper": (make.pdf() + b" " * 2000, "a.pdf", "file-hides-more"),
    "an archive inside a paper": (
        holding(make.stream(make.archive(), packed=False)),
        "a.pdf",
        "file-hides-more",
    ),
    "a paper inside a picture": (
        make.photo(place="x").replace(b"Exif\0\0", b"%PDF-1."),
        "a.jpg",
        "file-hides-more",
    ),
    "a picture cut off": (make.photo()[:-200], "a.jpg", "file-unreadable"),
    "a picture with a torn middle": (make.photo()[:300] + b"\xff\xd9", "a.jpg", "file-unreadable"),
    "a screenshot cut off": (make.screenshot()[:-20], "a.png", "file-unreadable"),
    "a paper cut off": (make.pdf(50)[:1500], "a.pdf", "file-unreadable"),
    "a paper of nothing": (b"%PDF-1.7\n%%EOF\n", "a.pdf", "file-unreadable"),
    "a paper without pages": (make.pdf(0), "a.pdf", "file-unreadable"),
    "a bomb": (make.png_that_unpacks_to(60_000, 60_000), "a.png", "file-too-many-pixels"),
    "a thousand pages": (make.pdf(1000), "a.pdf", "file-too-many-pages"),
    "a password": (make.locked_pdf(b"secret"), "a.pdf", "file-locked"),
    "encrypted without a password": (make.locked_pdf(b""), "a.pdf", "file-locked"),
    "a script": (acting(SCRIPT), "a.pdf", "file-active"),
    "a script spelt otherwise": (acting(SPELT_OTHERWISE), "a.pdf", "file-active"),
    "a script that the catalogue names": (
        make.pdf(catalogue=NAMED[0], objects=NAMED[1:]),
        "a.pdf",
        "file-active",
    ),
    "a script in an object stream": (holding(make.object_stream(NAMED[1])), "a.pdf", "file-active"),
    "an object stream behind a remark": (holding(make.stream(REMARK + LAUNCH)), "a.pdf", "file-active"),
    "an object stream packed oddly": (
        holding(
            make.object_stream(LAUNCH, filters=b"/ASCIIHexDecode", packed=False).replace(b"/Launch", b"")
        ),
        "a.pdf",
        "file-active",
    ),
    "a program to start": (acting(b"/OpenAction" + LAUNCH), "a.pdf", "file-active"),
    "an address that is none": (acting(b"/A<</https://S/Launch>>"), "a.pdf", "file-active"),
    "a file attached": (acting(b"/Names<</EmbeddedFiles<</Names[]>>>>"), "a.pdf", "file-active"),
    "a form that sends itself": (acting(b"/AA<</O<</S/SubmitForm/F(x)>>>>"), "a.pdf", "file-active"),
}


@pytest.mark.parametrize("case", BAD)
async def test_bad_input_has_its_sentence_and_leaves_nothing(shelf: Shelf, case: str) -> None:
    data, name, code = BAD[case]
    with pytest.raises(Refused) as told:
        await make.sent(data, name)
    assert (told.value.code, told.value.status) == (code, 422)
    assert str(told.value.message).endswith("。")
    assert on_disk(shelf) == []


async def test_what_only_is_called_a_picture_is_told_so(shelf: Shelf) -> None:
    program = b"MZ\x90\0" + bytes(500)
    for name, words in (
        ("程序.jpg", "以 .jpg 结尾，内容却不是图片"),
        ("程序.PDF", "以 .pdf 结尾，内容却不是 PDF"),
        ("程序.exe", "只能上传 PDF / JPG / PNG 文件"),
    ):
        with pytest.raises(Refused) as told:
            await make.sent(program, name)
        assert words in str(told.value.message)


async def test_a_link_may_lead_to_a_word(shelf: Shelf) -> None:
    """An address in a link is text, whatever words are in it."""
    link = b"<</Type/Annot/Subtype/Link/A<</S/URI/URI(https://example.com/docs/JavaScript/Launch)>>>>"
    assert (await make.sent(make.pdf(objects=(link,)), "a.pdf")).pages == 1


@pytest.mark.parametrize(
    ("declared", "taken"),
    [
        *(("", True), ("application/octet-stream", True), ("image/jpeg", True), ("image/jpg", True)),
        *(("image/png", False), ("application/pdf", False), ("text/html", False), ("IMAGE/JPEG; a=b", True)),
    ],
)
async def test_what_the_sender_declares_must_agree(shelf: Shelf, declared: str, taken: bool) -> None:
    if taken:
        assert await make.sent(make.photo(), "a.jpg", declared=declared)
        return
    with pytest.raises(Refused) as told:
        await make.sent(make.photo(), "a.jpg", declared=declared)
    assert told.value.code == "file-type-differs" and "JPG" in str(told.value.message)


async def test_reading_stops_at_the_limit(shelf: Shelf) -> None:
    asked = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal asked
        yield make.pdf()
        while True:
            asked += 1
            yield bytes(100_000)

    with pytest.raises(Refused) as told:
        await files.receive(endless(), name="a.pdf")
    assert told.value.code == "file-too-large" and "20 MB" in str(told.value.message)
    assert asked <= limits.FILE_BYTES // 100_000 + 1
    assert on_disk(shelf) == []


async def test_reading_stops_where_the_type_shows(shelf: Shelf) -> None:
    asked = 0

    async def program() -> AsyncIterator[bytes]:
        nonlocal asked
        for _ in range(100):
            asked += 1
            yield b"MZ" + bytes(30_000)

    with pytest.raises(Refused):
        await files.receive(program(), name="a.pdf")
    assert asked == 1


async def test_a_sender_who_leaves_leaves_nothing(shelf: Shelf) -> None:
    async def torn() -> AsyncIterator[bytes]:
        yield make.photo(2000, 2000)
        raise ConnectionAbortedError

    with pytest.raises(Refused):
        await files.receive(torn(), name="a.jpg")
    assert on_disk(shelf) == []


async def test_a_full_disk_says_so(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongban.kit.files.drafts.LEAST_FREE_BYTES", 10**18)
    with pytest.raises(files.FilesAway) as told:
        await make.sent(make.photo(), "a.jpg")
    assert told.value.status == 503 and told.value.retry_after


def test_the_web_process_loads_no_decoder() -> None:
    """They cost forty megabytes, and what they are fed is hostile."""
    text = "import sys, tongban.app; print([m for m in ('PIL', 'pypdfium2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_inspector_closes_its_doors() -> None:
    """A decoder that was taken over can open no file, no line and no program, and has little memory."""
    text = f"""
import importlib.util, os, socket, sys
spec = importlib.util.spec_from_file_location("inspector", {str(Path(inspector.__file__))!r})
inspector = importlib.util.module_from_spec(spec); spec.loader.exec_module(inspector)
inspector.close_doors()
def tried(what):
    try: what()
    except (OSError, MemoryError) as shut: return type(shut).__name__
    return "open"
print(tried(lambda: open("/etc/passwd")), tried(socket.socket), tried(os.fork), tried(lambda: bytes(900_000_000)))
print(os.getuid() != 0)
"""
    done = subprocess.run([sys.executable, "-I", "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["OSError", "OSError", "BlockingIOError", "MemoryError", "True"]


async def test_an_inspection_that_breaks_down_is_a_file_that_does_not_open(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dying = tmp_path / "inspector.py"
    dying.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr("tongban.kit.files.inspection._INSPECTOR", dying)
    with pytest.raises(Refused) as told:
        await make.sent(make.photo(), "a.jpg")
    assert told.value.code == "file-unreadable" and on_disk(shelf) == []


def test_found_where_it_ends() -> None:
    """The end of a picture is that of the outermost one, not of a thumbnail in its EXIF."""
    inner, outer = make.photo(40, 40), make.photo()
    app = b"\xff\xe1" + (len(inner) + 2).to_bytes(2, "big") + inner
    whole: Any = outer[:2] + app + outer[2:]
    assert inspector.jpeg_end(whole + b"rest") == len(whole)
