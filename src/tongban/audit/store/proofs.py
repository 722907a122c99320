"""SQL of proofs: the ledger's rows about one affair, and what they are sealed under."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.audit.model import Entry
from tongban.audit.model.merkle import EMPTY
from tongban.audit.model.seal import Block, Head
from tongban.kit.db import Database
from tongban.kit.ids import BUCKETS, bucket_of


class Sealed(msgspec.Struct, frozen=True):
    """A pass as one bucket knows it: its block, the head over it, and the tips of all buckets then."""

    block: Block
    head: Head
    tips: list[bytes]


async def rows_about(
    db: Database, *, subject: UUID, reference: str, since: datetime, until: datetime
) -> list[tuple[Entry, int | None]]:
    """The rows about one affair of a span, oldest first, each with the pass that sealed it; None where none has yet.

    The first pass whose mark lies above the row's transaction took it.
    """
    rows = await db.rows(
        """SELECT bucket, id, at, kind, actor_role, actor, actor_name, department, action, subject, reference, purpose,
            detail, (SELECT h.pass FROM audit.head h WHERE h.sealed_below > l.xid ORDER BY h.sealed_below LIMIT 1)
                AS pass
        FROM audit.ledger l
        WHERE bucket = $1 AND subject = $2 AND reference = $3 AND at >= $4 AND at <= $5
        ORDER BY at, id""",
        bucket_of(subject),
        subject,
        reference,
        since,
        until,
    )
    return [(Entry(*tuple(row)[:-1]), row["pass"]) for row in rows]


async def sealed(db: Database, *, bucket: int, passes: Collection[int]) -> dict[int, Sealed]:
    """A bucket's blocks of these passes, the heads over them, and the tips that each head's root is made of."""
    rows = await db.rows(
        """-- across people: the tips of all buckets are hashes of hashes
        SELECT b.bucket, b.seq, b.pass, b.sealed_at, b.prev, b.root, b.hash, b.row_ids, b.row_hashes,
            h.signed_at, h.sealed_below, h.prev AS head_prev, h.root AS head_root, h.hash AS head_hash, h.kid,
            h.signature, ARRAY(
                SELECT coalesce((SELECT t.hash FROM audit.seal_block t WHERE t.bucket = s.place AND t.pass <= b.pass
                    ORDER BY t.pass DESC LIMIT 1), $3)
                FROM generate_series(0, $4 - 1) AS s (place) ORDER BY s.place) AS tips
        FROM audit.seal_block b JOIN audit.head h ON h.pass = b.pass
        WHERE b.bucket = $1 AND b.pass = ANY($2::bigint[])""",
        bucket,
        sorted(passes),
        EMPTY,
        BUCKETS,
    )
    return {
        row["pass"]: Sealed(
            Block(
                **{name: row[name] for name in Block.__struct_fields__ if name != "pass_"}, pass_=row["pass"]
            ),
            Head(
                pass_=row["pass"],
                signed_at=row["signed_at"],
                sealed_below=row["sealed_below"],
                prev=row["head_prev"],
                root=row["head_root"],
                hash=row["head_hash"],
                kid=row["kid"],
                signature=row["signature"],
            ),
            row["tips"],
        )
        for row in rows
    }
