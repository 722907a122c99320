"""Content at rest: whatever was altered, cut off, reordered or taken from elsewhere does not open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit import sample_files as make
from tongban.kit import clock, files
from tongban.kit.files.sealing import CHUNK, HEADER_BYTES, SEALED_CHUNK, Sealer, key_in, unsealed
from tongban.kit.files.shelf import Shelf
from tongban.kit.ids import new_id
from tongban.kit.keys import SealBroken

pytestmark = pytest.mark.usefixtures("data_dir")
ADDRESS = bytes(32)


def sealed(plain: bytes, *, step: int = 10_000, context: bytes = ADDRESS) -> bytes:
    sealer = Sealer()
    body = b"".join(sealer.add(plain[at : at + step]) for at in range(0, len(plain), step))
    return sealer.header(context) + body + sealer.finish()


def opened(file: bytes, context: bytes = ADDRESS) -> bytes:
    key = key_in(file[:HEADER_BYTES], context)
    body = file[HEADER_BYTES:]
    return b"".join(
        unsealed(key, iter([body[at : at + SEALED_CHUNK] for at in range(0, len(body), SEALED_CHUNK)]))
    )


@given(st.integers(0, 3 * CHUNK + 2), st.integers(1, 2 * CHUNK))
def test_what_was_sealed_opens_whatever_the_pieces(size: int, step: int) -> None:
    plain = (bytes(range(256)) * (size // 256 + 1))[:size]
    assert opened(sealed(plain, step=step)) == plain


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_so_does_what_ends_at_a_chunks_end(size: int) -> None:
    assert opened(sealed(bytes(size))) == bytes(size)


PLAIN = bytes(CHUNK) + b"\1" * CHUNK + b"\2" * 100
#: Where the chunks of the sealed text begin, and its end.
AT = [HEADER_BYTES, HEADER_BYTES + SEALED_CHUNK, HEADER_BYTES + 2 * SEALED_CHUNK]


def flip(file: bytes, at: int) -> bytes:
    return file[:at] + bytes((file[at] ^ 1,)) + file[at + 1 :]


ATTACKS: dict[str, Callable[[bytes, bytes], bytes]] = {
    "the magic": lambda file, _: flip(file, 0),
    "the sealed key": lambda file, _: flip(file, 20),
    "a byte": lambda file, _: flip(file, AT[1] + 5),
    "a tag": lambda file, _: flip(file, AT[1] - 1),
    "the last byte": lambda file, _: flip(file, len(file) - 1),
    "the end cut off": lambda file, _: file[:-1],
    "the last chunk cut off": lambda file, _: file[: AT[2]],
    "all but the first chunk cut off": lambda file, _: file[: AT[1]],
    "every chunk cut off": lambda file, _: file[:HEADER_BYTES],
    "half a header": lambda file, _: file[: HEADER_BYTES - 1],
    "nothing left": lambda _file, _: b"",
    "chunks in another order": lambda file, _: (
        file[: AT[0]] + file[AT[1] : AT[2]] + file[AT[0] : AT[1]] + file[AT[2] :]
    ),
    "a chunk twice": lambda file, _: file[: AT[1]] + file[AT[0] : AT[1]] + file[AT[1] :],
    "a chunk left out": lambda file, _: file[: AT[0]] + file[AT[1] :],
    "bytes behind the end": lambda file, _: file + b"\0",
    "a chunk of another file": lambda file, other: file[: AT[1]] + other[AT[1] : AT[2]] + file[AT[2] :],
    "the header of another file": lambda file, other: other[:HEADER_BYTES] + file[HEADER_BYTES:],
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_alteration_is_noticed(attack: str) -> None:
    file, other = sealed(PLAIN), sealed(PLAIN)
    assert opened(file) == opened(other) == PLAIN
    with pytest.raises(SealBroken):
        opened(ATTACKS[attack](file, other))


def test_a_file_opens_under_its_own_address_only() -> None:
    with pytest.raises(SealBroken):
        opened(sealed(PLAIN), b"\1" * 32)


def place(shelf: Shelf, received: files.Received) -> Path:
    name = received.digest.hex()
    return shelf.root / name[:2] / name[2:4] / name


def kept(received: files.Received) -> files.File:
    return files.named(received, subject=new_id(1), reference="case", now=clock.now())


async def test_two_files_that_changed_places_do_not_open(shelf: Shelf) -> None:
    one, other = await make.sent(make.pdf(1), "a.pdf"), await make.sent(make.pdf(2), "a.pdf")
    first, second = place(shelf, one).read_bytes(), place(shelf, other).read_bytes()
    place(shelf, one).write_bytes(second)
    place(shelf, other).write_bytes(first)
    for received in (one, other):
        with pytest.raises(files.FileLost) as told:
            await files.content(kept(received))
        assert told.value.status == 503


async def test_a_thumbnail_does_not_pass_for_a_content(shelf: Shelf) -> None:
    received = await make.sent(make.photo(), "a.jpg")
    at = place(shelf, received)
    at.write_bytes(at.with_name(at.name + ".thumbnail").read_bytes())
    with pytest.raises(files.FileLost):
        await files.content(kept(received))


async def test_a_later_chunk_that_was_altered_gives_nothing_altered(shelf: Shelf) -> None:
    photo = make.photo(2000, 1500)
    received = await make.sent(photo, "a.jpg")
    at = place(shelf, received)
    at.write_bytes(flip(at.read_bytes(), HEADER_BYTES + 3 * SEALED_CHUNK))
    chunks = await files.content(kept(received))
    assert b"".join([await anext(chunks) for _ in range(3)]) == photo[: 3 * CHUNK]
    with pytest.raises(files.FileLost):
        await anext(chunks)


async def test_a_content_that_is_not_there_is_lost_not_a_fault(shelf: Shelf) -> None:
    received = await make.sent(make.photo(), "a.jpg")
    place(shelf, received).unlink()
    with pytest.raises(files.FileLost):
        await files.content(kept(received))
    assert await files.thumbnail(kept(received))
