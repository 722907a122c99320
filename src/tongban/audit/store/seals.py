"""SQL of sealing: what lies between the mark and the oldest running transaction, and the chains."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban.audit.model.seal import Block, Head, Tip
from tongban.kit.db import Database, Part


class Span(msgspec.Struct, frozen=True):
    """The rows of a pass: transaction ids from ``lower`` up to, not including, ``upper``."""

    pass_: int
    lower: int
    upper: int
    rows: list[tuple[int, UUID, bytes]]


async def unsealed(db: Database, *, limit: int) -> Span | None:
    """The rows to seal now, by bucket; None when there are none.

    Below the oldest running transaction every row is there to be seen or never will be. About ``limit``
    rows: a transaction is never cut in two, so that the mark can stand between transactions.
    """
    rows = await db.rows(
        """-- across people: sealing takes every bucket's rows, their ids and hashes only
        WITH mark AS (SELECT sealed_below AS lower, pass FROM audit.seal_mark),
        cut AS (
            SELECT least(pg_snapshot_xmin(pg_current_snapshot()), (
                SELECT (xid::text::bigint + 1)::text::xid8 FROM audit.ledger
                WHERE xid >= (SELECT lower FROM mark) AND xid < pg_snapshot_xmin(pg_current_snapshot())
                ORDER BY xid OFFSET $1 LIMIT 1)) AS upper
        )
        SELECT (SELECT pass FROM mark) AS pass, (SELECT lower FROM mark) AS lower, (SELECT upper FROM cut) AS upper,
            l.bucket, l.id, l.hash
        FROM audit.ledger l
        WHERE l.xid >= (SELECT lower FROM mark) AND l.xid < (SELECT upper FROM cut)
        ORDER BY l.bucket, l.xid, l.id""",
        limit,
    )
    if not rows:
        return None
    first = rows[0]
    return Span(
        first["pass"],
        first["lower"],
        first["upper"],
        [(row["bucket"], row["id"], row["hash"]) for row in rows],
    )


async def tips(db: Database) -> dict[int, Tip]:
    """The last block of every bucket (at most 1,024)."""
    rows = await db.rows(
        "-- across people: tips of all chains, hashes only\nSELECT bucket, seq, hash FROM audit.seal_tip"
    )
    return {row["bucket"]: Tip(row["seq"], row["hash"]) for row in rows}


async def last_head_hash(db: Database) -> bytes | None:
    """The hash of the newest head."""
    value: bytes | None = await db.value("SELECT hash FROM audit.head ORDER BY pass DESC LIMIT 1")
    return value


def moving_mark(span: Span) -> Part:
    """Part (the guard of a pass): the mark moves on, unless another worker has moved it."""
    return Part(
        """UPDATE audit.seal_mark SET sealed_below = $1, pass = pass + 1
        WHERE pass = $2 AND sealed_below = $3 RETURNING pass""",
        (span.upper, span.pass_, span.lower),
    )


def adding_blocks(blocks: list[Block]) -> Part:
    """Part: the blocks of a pass; their rows come as flat arrays, for a ragged array cannot be sent."""
    return Part(
        """INSERT INTO audit.seal_block (bucket, seq, pass, sealed_at, prev, root, hash, row_ids, row_hashes)
        SELECT b.bucket, b.seq, $1::bigint, $2::timestamptz, b.prev, b.root, b.hash, r.ids, r.hashes
        FROM guard, unnest($3::smallint[], $4::bigint[], $5::bytea[], $6::bytea[], $7::bytea[])
            AS b (bucket, seq, prev, root, hash)
        JOIN (
            SELECT x.bucket, array_agg(x.id ORDER BY x.place) AS ids, array_agg(x.hash ORDER BY x.place) AS hashes
            FROM unnest($8::smallint[], $9::uuid[], $10::bytea[]) WITH ORDINALITY AS x (bucket, id, hash, place)
            GROUP BY x.bucket
        ) AS r ON r.bucket = b.bucket""",
        (
            blocks[0].pass_,
            blocks[0].sealed_at,
            [block.bucket for block in blocks],
            [block.seq for block in blocks],
            [block.prev for block in blocks],
            [block.root for block in blocks],
            [block.hash for block in blocks],
            [block.bucket for block in blocks for _ in block.row_ids],
            [id_ for block in blocks for id_ in block.row_ids],
            [hash_ for block in blocks for hash_ in block.row_hashes],
        ),
    )


def moving_tips(blocks: list[Block]) -> Part:
    """Part: the tips of the buckets that got a block."""
    return Part(
        """INSERT INTO audit.seal_tip (bucket, seq, hash)
        SELECT b.bucket, b.seq, b.hash FROM guard, unnest($1::smallint[], $2::bigint[], $3::bytea[])
            AS b (bucket, seq, hash)
        ON CONFLICT (bucket) DO UPDATE SET seq = EXCLUDED.seq, hash = EXCLUDED.hash""",
        (
            [block.bucket for block in blocks],
            [block.seq for block in blocks],
            [block.hash for block in blocks],
        ),
    )


def adding_head(head: Head) -> Part:
    """Part: the signed head of a pass."""
    return Part(
        """INSERT INTO audit.head (pass, signed_at, sealed_below, prev, root, hash, kid, signature)
        SELECT $1::bigint, $2::timestamptz, $3::xid8, $4::bytea, $5::bytea, $6::bytea, $7::text, $8::bytea
        FROM guard""",
        msgspec.structs.astuple(head),
    )


async def tail(db: Database, *, now: datetime) -> tuple[int, float]:
    """Rows not sealed yet and the age of the oldest in seconds."""
    row = await db.row(
        """-- across people: a number for the metrics
        SELECT count(*) AS rows, coalesce(extract(epoch FROM $1 - min(at)), 0)::float AS seconds
        FROM audit.ledger WHERE xid >= (SELECT sealed_below FROM audit.seal_mark)""",
        now,
    )
    return (row["rows"], row["seconds"]) if row else (0, 0.0)
