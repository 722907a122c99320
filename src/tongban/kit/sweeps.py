"""What is dropped when its time is over 保存期限: one statement that drops, one that only counts what is overdue.

How long each kind is kept is the installing city's (``city/keeping.yaml``); each room has the statements for its own
tables, and ``rooms.KEEPERS`` names them.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import msgspec

from tongban.kit.db import Database

#: Drops, or with ``look`` only counts, what is over since ``before``; gives how many rows.
Keeper = Callable[..., Coroutine[Any, Any, int]]


class Sweep(msgspec.Struct, frozen=True):
    """Two statements, each with one parameter, the instant before which a row is over; each gives one number."""

    drop: str
    count: str

    async def __call__(self, db: Database, *, before: datetime, look: bool) -> int:
        """How many rows went, or how many would."""
        return int(await db.value(self.count if look else self.drop, before))


#: Sessions that ended; answers to forms sent twice; marks of news that were handled, but for one still to be repeated.
SESSIONS = Sweep(
    """-- across people: the hourly sweep
    WITH gone AS (DELETE FROM kit.session WHERE ends_at < $1 RETURNING 1) SELECT count(*) FROM gone""",
    """-- across people: for the doctor
    SELECT count(*) FROM kit.session WHERE ends_at < $1""",
)
ANSWERS = Sweep(
    """-- across people: the hourly sweep
    WITH gone AS (DELETE FROM kit.idempotency WHERE at < $1 RETURNING 1) SELECT count(*) FROM gone""",
    """-- across people: for the doctor
    SELECT count(*) FROM kit.idempotency WHERE at < $1""",
)
MARKS = Sweep(
    """-- across people: the hourly sweep
    WITH gone AS (
        DELETE FROM kit.handled h WHERE h.at < $1
        AND NOT EXISTS (SELECT FROM kit.outbox o WHERE o.bucket = h.bucket AND o.id = h.event) RETURNING 1
    ) SELECT count(*) FROM gone""",
    """-- across people: for the doctor
    SELECT count(*) FROM kit.handled h WHERE h.at < $1
        AND NOT EXISTS (SELECT FROM kit.outbox o WHERE o.bucket = h.bucket AND o.id = h.event)""",
)
