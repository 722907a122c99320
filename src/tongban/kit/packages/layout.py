"""The bytes around a package's members: ZIP headers and directory (APPNOTE 6.3, ISO/IEC 21320-1).

Sizes and checksums stand in the local headers, for many readers take a stored member in no other way; the instant of
every member is the first that the format knows, so that the same members are the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator, Callable, Sequence

import msgspec

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_ENTRY = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_LOCAL_MARK, _ENTRY_MARK, _END_MARK = 0x04034B50, 0x02014B50, 0x06054B50
#: Version 2.0 to read, written on Unix; names in UTF-8; 1 January 1980 at midnight; a plain file for its owner's eyes.
_VERSION, _MADE_BY, _UTF8, _DAY, _MODE = 20, 0x0314, 0x0800, 0x0021, 0o100400 << 16
#: What the four bytes of a size and the two of a number hold: a package is smaller.
LARGEST, MOST = 0xFFFFFFFF, 0xFFFF

#: Gives the plain bytes of a content from its start, each time it is called.
Opening = Callable[[], AsyncIterator[bytes]]


class Content(msgspec.Struct, frozen=True):
    """A member to be packed 包内文件: its name in the package, and how to read it. It is read twice."""

    name: str
    opening: Opening


def of_bytes(name: str, content: bytes) -> Content:
    """A member that lies in memory."""

    async def chunks() -> AsyncIterator[bytes]:
        yield content

    return Content(name, chunks)


class Placed(msgspec.Struct, frozen=True):
    """A member at its place: what its headers say of it. ``crc`` is CRC-32, ``at`` the offset of its local header."""

    name: str
    size: int
    crc: int
    at: int

    @property
    def header(self) -> bytes:
        """The local header, name included; the content follows it."""
        name = self.name.encode()
        fields = (_VERSION, _UTF8, 0, 0, _DAY, self.crc, self.size, self.size, len(name), 0)
        return _LOCAL.pack(_LOCAL_MARK, *fields) + name

    @property
    def entry(self) -> bytes:
        """The member's line in the directory."""
        name = self.name.encode()
        fields = (_MADE_BY, _VERSION, _UTF8, 0, 0, _DAY, self.crc, self.size, self.size, len(name))
        return _ENTRY.pack(_ENTRY_MARK, *fields, 0, 0, 0, 0, _MODE, self.at) + name

    @property
    def end(self) -> int:
        """The offset behind the member's content."""
        return self.at + len(self.header) + self.size


def directory(placed: Sequence[Placed]) -> bytes:
    """What follows the last member: the directory and its end."""
    lines = b"".join(one.entry for one in placed)
    at = placed[-1].end if placed else 0
    return lines + _END.pack(_END_MARK, 0, 0, len(placed), len(placed), len(lines), at, 0)


class Head(msgspec.Struct, frozen=True):
    """What a local header at some place of a file says: the member's name, its size, and the header's own length."""

    name: str
    size: int
    length: int


#: So many bytes of a local header stand before the name.
HEAD_BYTES = _LOCAL.size


def head_of(fixed: bytes, name: Callable[[int], bytes]) -> Head | None:
    """The local header that begins with ``fixed``; ``name`` reads its further bytes. None where none begins."""
    if len(fixed) < HEAD_BYTES:
        return None
    mark, *_, size, _plain, named, extra = _LOCAL.unpack(fixed)
    if mark != _LOCAL_MARK:
        return None
    try:
        return Head(name(named + extra)[:named].decode(), size, HEAD_BYTES + named + extra)
    except UnicodeDecodeError:
        return None
