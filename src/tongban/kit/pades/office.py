"""Having PDFs sealed and checked by children: pyHanko costs 45 MB and 0.4 s, the house itself never loads it."""

from __future__ import annotations

import asyncio

import msgspec

from tongban.kit import children
from tongban.kit.children import Child, Children, NoAnswer
from tongban.kit.pades.model import Checked, Checking, Failed, Fault, Sealed, Sealing

_CHILD = "tongban.kit.pades.child"
#: The child that seals waits so long for another paper; it asks four times outside, five seconds each at most.
_RESTS_FOR, _LONGEST = 10.0, 30.0
#: The one that checks is born for one file; pages look at one at a time.
_PATIENCE = 20.0

_sealers: Children = Children()
_checkers: Children = Children()


async def sealed(sealing: Sealing) -> Sealed | Failed:
    """The sealed PDF, or why not. A child that ends on it twice is a fault that is told."""
    sealer = _sealers.setdefault(asyncio.get_running_loop(), Child())
    try:
        answer = await sealer.ask(
            msgspec.msgpack.encode(sealing), *(_CHILD, "sealing"), rests_for=_RESTS_FOR, longest=_LONGEST
        )
    except NoAnswer:
        return Failed(Fault.AWAY, "NoAnswer")
    return msgspec.msgpack.decode(answer, type=Sealed | Failed)


async def checked(checking: Checking) -> Checked | Failed:
    """The signatures of a PDF that anybody may have made; what ends the child or keeps it too long is unreadable."""
    checker = _checkers.setdefault(asyncio.get_running_loop(), Child())
    try:
        answer = await checker.ask(
            msgspec.msgpack.encode(checking), *(_CHILD, "checking"), rests_for=0.0, longest=_PATIENCE, tries=1
        )
    except NoAnswer:
        return Failed(Fault.UNREADABLE, "NoAnswer")
    return msgspec.msgpack.decode(answer, type=Checked | Failed)


async def close() -> None:
    """End the children of this event loop, before the loop itself ends."""
    await children.end(_sealers)
    await children.end(_checkers)
