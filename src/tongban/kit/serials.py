"""Serial numbers without a row that every request locks: each process leases blocks. Gaps are allowed."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

from tongban.kit.db import Database

BLOCK = 100


class _Leases:
    """The blocks that this process holds on one database, by name."""

    def __init__(self) -> None:
        self.left: dict[str, tuple[int, int]] = {}
        self.lock = asyncio.Lock()


_leases: WeakKeyDictionary[object, _Leases] = WeakKeyDictionary()


async def take(db: Database, name: str) -> int:
    """The next number of ``name`` (for instance one name per item and day): one statement per block.

    Numbers start at 1, are unique across processes, and are not without gaps.
    """
    held = _leases.setdefault(db.origin, _Leases())
    async with held.lock:
        position, end = held.left.pop(name, (0, 0))
        if position >= end:
            end = await lease(db, name=name, block=BLOCK)
            position = end - BLOCK
        held.left[name] = (position + 1, end)
        if len(held.left) > 256:
            del held.left[next(iter(held.left))]
        return position


async def lease(db: Database, *, name: str, block: int) -> int:
    """Lease ``block`` numbers; gives the end (exclusive)."""
    return int(
        await db.value(
            """INSERT INTO kit.serial (name, next_value) VALUES ($1, $2 + 1)
            ON CONFLICT (name) DO UPDATE SET next_value = kit.serial.next_value + $2
            RETURNING next_value""",
            name,
            block,
        )
    )
