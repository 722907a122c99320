"""Lists a page at a time 游标分页: an opaque cursor says where the next page begins; nothing is skipped or repeated.

A cursor holds the key of the last row that was shown, and the name of its list; whoever makes one up finds a
place in a list that she may read anyway.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar.params import QueryParameter
from litestar.response import Response

from tongban.kit import clock
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_
from tongban.kit.web.visit import visit

#: Rows of a page, and of the longest.
USUAL, MOST = 20, 100
Limit = Annotated[int, QueryParameter(ge=1, le=MOST)]
After = Annotated[str | None, QueryParameter(min_length=1, max_length=500)]

Key = TypeVar("Key")
Row = TypeVar("Row")
Answer = TypeVar("Answer")


class CursorMalformed(Refused):
    """What was sent as ``after`` is no cursor of this list."""

    def __init__(self) -> None:
        super().__init__(
            "cursor-malformed", N_("游标不是本列表给出的，请从第一页重新开始，或用上一页的 next。")
        )


def cursor(of: str, key: Any) -> str:
    """The place behind the row with this key in the list named ``of``."""
    return urlsafe_b64encode(msgspec.msgpack.encode((of, key))).decode().rstrip("=")


def place(after: str | None, of: str, kind: type[Key]) -> Key | None:
    """The key that a cursor of this list holds, None at the beginning; raises CursorMalformed."""
    if after is None:
        return None
    try:
        packed = urlsafe_b64decode(after.encode("ascii") + b"=" * (-len(after) % 4))
        name, key = msgspec.msgpack.decode(packed, type=tuple[str, kind])  # type: ignore[valid-type]
    except (ValueError, msgspec.DecodeError) as odd:
        raise CursorMalformed from odd
    if name != of or not _has_place(key):
        raise CursorMalformed
    return key


def _has_place(part: Any) -> bool:
    """Whether a list can have a row of this key: no text with a NUL, no instant of no zone or beyond the calendar."""
    if isinstance(part, tuple):
        return all(map(_has_place, part))
    if isinstance(part, datetime):
        return clock.instant_told(part.isoformat()) is not None
    return not (isinstance(part, str) and "\0" in part)


def first_page() -> str:
    """The address that was asked for, from the list's beginning: without ``after``, narrowed as it was."""
    current = visit()
    others = [pair for pair in parse_qsl(current.query) if pair[0] != "after"]
    return current.path + (f"?{urlencode(others)}" if others else "")


def shown(found: list[Row], limit: int) -> tuple[list[Row], Row | None]:
    """Of ``limit + 1`` rows read: those of this page, and its last one when another page follows."""
    return found[:limit], found[limit - 1] if len(found) > limit else None


def listed(answer: Answer, next: str | None) -> Response[Answer]:  # noqa: A002 - the member's own name
    """A page of a list; the address of the next one stands in the header ``Link`` too (RFC 8288)."""
    headers = {}
    if next is not None:
        current = visit()
        others = [pair for pair in parse_qsl(current.query, keep_blank_values=True) if pair[0] != "after"]
        headers["link"] = f'<{current.path}?{urlencode([*others, ("after", next)])}>; rel="next"'
    return Response(answer, headers=headers)
