"""Sealing: rows of finished transactions become blocks of their buckets' chains, under one signed head."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby

import msgspec

from tongban.audit.model.merkle import EMPTY, Tips
from tongban.audit.model.seal import Block, Head, Tip, next_block
from tongban.audit.store import seals
from tongban.kit import keys
from tongban.kit.db import Database, write

#: Rows that one pass takes; more wait for the next.
PASS_ROWS = 20_000


async def seal(db: Database, *, now: datetime, limit: int = PASS_ROWS) -> int:
    """Seal what is complete; gives the number of rows, 0 when there was nothing or another worker was first.

    The mark is the guard of the one statement that writes blocks, tips and head: two workers may try at
    once, one writes everything and the other nothing.
    """
    span = await seals.unsealed(db, limit=limit)
    if span is None:
        return 0
    tips = await seals.tips(db)
    prev = await seals.last_head_hash(db)
    sealed_at = now.astimezone(UTC)
    blocks = [
        next_block(
            tips.get(bucket, Tip()),
            bucket=bucket,
            pass_=span.pass_ + 1,
            rows=[(row[1], row[2]) for row in rows],
            now=sealed_at,
        )
        for bucket, rows in groupby(span.rows, key=lambda row: row[0])
    ]
    head = _head(span, tips, blocks, prev or EMPTY, sealed_at)
    done = await write(
        db,
        seals.moving_mark(span),
        seals.adding_blocks(blocks),
        seals.moving_tips(blocks),
        seals.adding_head(head),
    )
    return len(span.rows) if done else 0


def _head(span: seals.Span, tips: dict[int, Tip], blocks: list[Block], prev: bytes, now: datetime) -> Head:
    tree = Tips()
    for bucket, tip in tips.items():
        tree.put(bucket, tip.hash)
    for block in blocks:
        tree.put(block.bucket, block.hash)
    ring = keys.current()
    head = Head(pass_=span.pass_ + 1, signed_at=now, sealed_below=span.upper, prev=prev, root=tree.root)
    return msgspec.structs.replace(
        head, hash=head.true_hash, kid=ring.kid("node"), signature=ring.sign("node", head.signed_text)
    )


async def unsealed_tail(db: Database, *, now: datetime) -> tuple[int, float]:
    """Rows that are not sealed yet and the age of the oldest in seconds: a metric, under a second when well."""
    return await seals.tail(db, now=now)
