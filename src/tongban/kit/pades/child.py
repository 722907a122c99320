"""Seals and checks in a process of its own. Started by ``office.py``, with what it may do: ``sealing`` or ``checking``.

MessagePack in and out. Who checks takes bytes from anybody: it has no files to open, little memory and little time.
"""

from __future__ import annotations

import logging
import resource
import sys
import traceback

import msgspec

from tongban.kit import children
from tongban.kit.pades.checking import checked
from tongban.kit.pades.model import Checked, Checking, Failed, Fault, Sealed, Sealing
from tongban.kit.pades.sealing import sealed

_MEMORY_BYTES = 1_000_000_000
_CPU_SECONDS = 15


def _answered(frame: bytes) -> bytes:
    return msgspec.msgpack.encode(_done(frame))


def _done(frame: bytes) -> Checked | Sealed | Failed:
    try:
        if sys.argv[1] == "checking":
            return checked(msgspec.msgpack.decode(frame, type=Checking))
        return sealed(msgspec.msgpack.decode(frame, type=Sealing))
    except Exception as fault:  # noqa: BLE001 - it is told to the one who asked, but for what it says of the paper
        place = traceback.extract_tb(fault.__traceback__)[-1]
        return Failed(Fault.OURS, f"{type(fault).__name__} at {place.filename}:{place.lineno}")


def _close_doors() -> None:
    for kind, limit in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(kind, (limit, limit))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)  # what it finds is its answer; the library's own words may hold names
    if sys.argv[1] == "checking":
        _close_doors()
    children.serve(_answered)
