"""The rest of a body that was refused: read on for a moment, and thrown away.

A browser that still sends while the connection is closed under it may throw away the answer and show an error of its
own. Whoever reads the answer stops sending; for the others a few seconds are enough (RFC 9112, 9.6).

A small body is read before the answer: the server closes a connection on whose request it has not seen the end, and
whoever keeps the connection for her next request would find it shut, with no word of that in the answer.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from litestar.types import Receive, ReceiveMessage

_SECONDS = 5.0
_BYTES = 64_000_000
#: A smaller body is with us in a moment.
_LARGE = 64_000


def has_body(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether anything comes after the headers."""
    told = dict(headers)
    return b"transfer-encoding" in told or told.get(b"content-length", b"0") != b"0"


def is_large(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether the body may be larger than what a socket holds."""
    told = dict(headers)
    length = told.get(b"content-length", b"0")
    return b"transfer-encoding" in told or (length.isdigit() and int(length) > _LARGE)


class Body:
    """A request's body on its way to the application, which may answer before it has seen the end."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = False

    async def __call__(self) -> ReceiveMessage:
        """The next message, as the server gives it."""
        message = await self._receive()
        self._ended = message["type"] != "http.request" or not message["more_body"]
        return message

    async def linger(self) -> None:
        """Read what is left, some seconds and some bytes at most."""
        left = _BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS):
                while not self._ended and left > 0:
                    message = await self()
                    left -= len(message["body"]) if message["type"] == "http.request" else 0
