"""SQL of the verifier: the whole ledger through server-side cursors, in one unmoving snapshot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg

from tongban.audit.model import Entry
from tongban.audit.model.checking import Row, Sealed
from tongban.audit.model.seal import Block, Head, Tip

#: Rows fetched at a time.
BATCH = 2_000


async def heads(connection: asyncpg.Connection[Any]) -> AsyncIterator[Head]:
    """All heads, ascending."""
    async for row in connection.cursor(
        "SELECT pass AS pass_, signed_at, sealed_below, prev, root, hash, kid, signature FROM audit.head ORDER BY pass",
        prefetch=BATCH,
    ):
        yield Head(**row)


async def blocks(connection: asyncpg.Connection[Any]) -> AsyncIterator[Block]:
    """All blocks by pass."""
    async for row in connection.cursor(
        """-- across people: the verifier reads every chain, ids and hashes only
        SELECT bucket, seq, pass AS pass_, sealed_at, prev, root, hash, row_ids, row_hashes
        FROM audit.seal_block ORDER BY pass, bucket, seq""",
        prefetch=100,
    ):
        yield Block(**row)


async def sealed(connection: asyncpg.Connection[Any]) -> AsyncIterator[Sealed]:
    """What the blocks say of each row, by bucket and id."""
    async for row in connection.cursor(
        """-- across people: the verifier reads every chain, ids and hashes only
        SELECT b.bucket, r.id, r.hash FROM audit.seal_block b, unnest(b.row_ids, b.row_hashes) AS r (id, hash)
        WHERE r.id IS NOT NULL ORDER BY b.bucket, r.id""",
        prefetch=BATCH,
    ):
        yield Sealed(**row)


async def rows(connection: asyncpg.Connection[Any]) -> AsyncIterator[Row]:
    """All ledger rows by bucket and id."""
    async for row in connection.cursor(
        """-- across people: the verifier recomputes every row's hash and shows none of its content but the action
        SELECT bucket, id, at, kind, actor_role, actor, actor_name, department, action, subject, reference, purpose,
            detail, hash, xid
        FROM audit.ledger ORDER BY bucket, id, at""",
        prefetch=BATCH,
    ):
        values = tuple(row)
        yield Row(Entry(*values[:-2]), values[-2], values[-1])


async def tips(connection: asyncpg.Connection[Any]) -> dict[int, Tip]:
    """The stored tips."""
    found = await connection.fetch(
        "-- across people: tips of all chains, hashes only\nSELECT bucket, seq, hash FROM audit.seal_tip"
    )
    return {row["bucket"]: Tip(row["seq"], row["hash"]) for row in found}


async def mark(connection: asyncpg.Connection[Any]) -> tuple[int, int]:
    """Where sealing stands: transaction id, pass."""
    row = await connection.fetchrow("SELECT sealed_below, pass FROM audit.seal_mark")
    return (row["sealed_below"], row["pass"]) if row else (0, 0)
