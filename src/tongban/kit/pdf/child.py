"""The press: a process that makes papers one after another until its input ends. Started by ``press.py``.

Frames on stdin and stdout: four bytes of length, then MessagePack; in a :class:`Paper`, out a :class:`Printed` or a
:class:`Failed`. It ends by itself when whoever started it has ended, however that came: then its input ends.
"""

from __future__ import annotations

import sys
import traceback

import msgspec

from tongban.kit.pdf.model import Failed, Paper, Printed
from tongban.kit.pdf.pages import printed


def main() -> None:
    """Make papers until the input ends."""
    come, go = sys.stdin.buffer, sys.stdout.buffer
    while head := come.read(4):
        answer = msgspec.msgpack.encode(_made(come.read(int.from_bytes(head, "big"))))
        go.write(len(answer).to_bytes(4, "big") + answer)
        go.flush()


def _made(frame: bytes) -> Printed | Failed:
    try:
        return printed(msgspec.msgpack.decode(frame, type=Paper))
    except Exception as fault:  # noqa: BLE001 - it is told whole to the one who asked, but for what it says of the paper
        place = traceback.extract_tb(fault.__traceback__)[-1]
        return Failed(type(fault).__name__, f"{place.filename}:{place.lineno}")


if __name__ == "__main__":
    main()
