"""Packing: every member is read once to be listed and once to be written, in constant memory."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import msgspec
from cryptography.hazmat.primitives.hashes import SM3, Hash

from tongban.kit.packages.layout import LARGEST, MOST, Content, Placed, directory, of_bytes
from tongban.kit.packages.manifest import MANIFEST, SIGNATURE, Manifest, Member, listed, signed


class Digests:
    """Size, CRC-32, SM3 and SHA-256 of what is taken in."""

    def __init__(self) -> None:
        self.size = self.crc = 0
        self._sm3, self._sha256 = Hash(SM3()), hashlib.sha256()

    def take(self, data: bytes) -> None:
        """Take in some more bytes."""
        self.size += len(data)
        self.crc = zlib.crc32(data, self.crc)
        self._sm3.update(data)
        self._sha256.update(data)

    def member(self, name: str) -> Member:
        """What was taken in, as a list names it; nothing can be taken in afterwards."""
        return Member(name, self.size, self._sm3.finalize().hex(), self._sha256.hexdigest())


async def digests_of(content: Content) -> tuple[Member, int]:
    """A content as the list names it, and its CRC-32."""
    digests = Digests()
    async for chunk in content.opening():
        digests.take(chunk)
    return digests.member(content.name), digests.crc


class Packed(msgspec.Struct, frozen=True):
    """A package that is ready to be written: its list, and its bytes, piece by piece."""

    manifest: Manifest
    chunks: AsyncIterator[bytes]


async def packed(
    about: Mapping[str, Any],
    contents: Sequence[Content],
    *,
    jwk: Mapping[str, str],
    sign: Callable[[bytes], bytes],
) -> Packed:
    """Put contents together to a package that says what it is ``about``; see :func:`manifest.signed` for the key.

    Raises ValueError for names twice, and for what four bytes of a size do not hold.
    """
    if len({one.name for one in contents} | {MANIFEST, SIGNATURE}) != len(contents) + 2:
        raise ValueError("two members have one name")
    found = [await digests_of(one) for one in contents]
    manifest = Manifest(about=dict(about), members=[member for member, _ in found])
    text = listed(manifest)
    every = [of_bytes(MANIFEST, text), of_bytes(SIGNATURE, signed(text, jwk, sign)), *contents]
    sizes = [*[await digests_of(one) for one in every[:2]], *found]
    placed: list[Placed] = []
    for member, crc in sizes:
        placed.append(Placed(member.name, member.size, crc, placed[-1].end if placed else 0))
    if placed[-1].end > LARGEST - (1 << 20) or len(placed) > MOST:
        raise ValueError("a package holds at most 4 GB in 65,535 members")
    return Packed(manifest, _written(every, placed))


async def _written(contents: Sequence[Content], placed: Sequence[Placed]) -> AsyncIterator[bytes]:
    for content, place in zip(contents, placed, strict=True):
        yield place.header
        async for chunk in content.opening():
            yield chunk
    yield directory(placed)
