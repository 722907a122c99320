"""The press: a process that makes papers one after another until its input ends. Started by ``press.py``.

MessagePack in and out: in a :class:`Paper` or an :class:`Imprint`, out a :class:`Printed` or a :class:`Failed`.
"""

from __future__ import annotations

import traceback

import msgspec

from tongban.kit import children
from tongban.kit.pdf.imprint import imprinted
from tongban.kit.pdf.model import Failed, Imprint, Paper, Printed
from tongban.kit.pdf.pages import printed


def _answered(frame: bytes) -> bytes:
    return msgspec.msgpack.encode(_made(frame))


def _made(frame: bytes) -> Printed | Failed:
    try:
        asked = msgspec.msgpack.decode(frame, type=Paper | Imprint)
        return printed(asked) if isinstance(asked, Paper) else imprinted(asked)
    except Exception as fault:  # noqa: BLE001 - it is told whole to the one who asked, but for what it says of the paper
        place = traceback.extract_tb(fault.__traceback__)[-1]
        return Failed(type(fault).__name__, f"{place.filename}:{place.lineno}")


if __name__ == "__main__":
    children.serve(_answered)
