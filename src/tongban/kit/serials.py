"""Serial numbers without a row that every request locks: each process leases blocks. Gaps are allowed."""

from __future__ import annotations

import asyncio

from tongban.kit.db import Database


class Serials:
    """A process's leased blocks, by name (for instance one name per day of case numbers)."""

    def __init__(self, db: Database, *, block: int = 100) -> None:
        self._db = db
        self._block = block
        self._left: dict[str, tuple[int, int]] = {}
        self._lock = asyncio.Lock()

    async def take(self, name: str) -> int:
        """The next number of ``name``; one statement per block, none in between."""
        async with self._lock:
            position, end = self._left.get(name, (0, 0))
            if position >= end:
                end = await lease(self._db, name=name, block=self._block)
                position = end - self._block
            self._left[name] = (position + 1, end)
            if len(self._left) > 64:
                self._left.pop(next(iter(self._left)))
            return position


async def lease(db: Database, *, name: str, block: int) -> int:
    """Lease ``block`` numbers; gives the end (exclusive). The first number ever is 1."""
    return int(
        await db.value(
            """INSERT INTO kit.serial (name, next_value) VALUES ($1, $2 + 1)
            ON CONFLICT (name) DO UPDATE SET next_value = kit.serial.next_value + $2
            RETURNING next_value""",
            name,
            block,
        )
    )
