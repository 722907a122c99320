"""SQL of card orders and batches. A batch is leased while a worker holds it: `due_at` is the lease's end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tongban.kit.db import Database, Part
from tongban.licences.model import Licence
from tongban.licences.store.licences import READ, licence_from

#: How long a claimed batch stays with its worker; twice what the card maker is waited for.
LEASE = timedelta(seconds=20)


class Order(msgspec.Struct, frozen=True):
    """制证单: one card to be made, with the licence it is for. ``holder_name`` … are in the licence, sealed."""

    order_id: UUID
    licence: Licence


class Batch(msgspec.Struct, frozen=True):
    """制证批次 as a worker holds it; ``attempts`` counts tries since the last success."""

    batch_id: UUID
    type_code: str
    attempts: int


def ordering(order_id: UUID, licence: Licence, *, now: datetime) -> Part:
    """The part that orders a licence's card; one a licence."""
    return Part(
        """INSERT INTO licences.card_order (bucket, order_id, licence, type_code, state, ordered_at)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::text, 'waiting', $5::timestamptz FROM guard""",
        (licence.bucket, order_id, licence.id, licence.type_code, now),
    )


def made(order_id: UUID, licence: Licence, *, now: datetime) -> Part:
    """The part that notes a card's serial with its order."""
    return Part(
        """UPDATE licences.card_order o SET state = 'made', serial = $3::text, made_at = $4::timestamptz
        FROM guard WHERE o.bucket = $1::smallint AND o.order_id = $2::uuid""",
        (licence.bucket, order_id, licence.number, now),
    )


async def halting(db: Database, *, bucket: int, order_id: UUID, problem: str) -> None:
    """Take an order out of its batch for a person to look at; what it was for is not lost."""
    await db.run(
        """UPDATE licences.card_order SET state = 'halted', batch_id = NULL, problem = $3
        WHERE bucket = $1 AND order_id = $2 AND state <> 'made'""",
        bucket,
        order_id,
        problem[:500],
    )


async def waiting_types(db: Database) -> list[str]:
    """The licence types that orders wait for."""
    rows = await db.rows(
        """-- across people: the worker asks which types wait, not whose
        SELECT DISTINCT type_code FROM licences.card_order WHERE state = 'waiting'"""
    )
    return [row["type_code"] for row in rows]


async def close_batch(db: Database, *, batch_id: UUID, type_code: str, size: int, now: datetime) -> int:
    """Put the oldest waiting orders of a type into a new batch; gives how many. Two workers never share one."""
    return int(
        await db.value(
            """-- across people: a batch takes the oldest orders, whosoever's
            WITH due AS (
                SELECT bucket, order_id FROM licences.card_order WHERE state = 'waiting' AND type_code = $2
                ORDER BY ordered_at LIMIT $3 FOR UPDATE SKIP LOCKED
            ), batch AS (
                INSERT INTO licences.card_batch (batch_id, type_code, state, size, opened_at, due_at)
                SELECT $1, $2, 'closed', count(*), $4, $4 FROM due HAVING count(*) > 0
            ), put AS (
                UPDATE licences.card_order o SET state = 'batched', batch_id = $1
                FROM due WHERE o.bucket = due.bucket AND o.order_id = due.order_id RETURNING 1
            )
            SELECT count(*) FROM put""",
            batch_id,
            type_code,
            size,
            now,
        )
    )


async def claimed(db: Database, *, state: str, due: datetime, now: datetime) -> Batch | None:
    """Take the batch in this state that was due first, by ``due``, for a lease from ``now``; others pass it by."""
    row = await db.row(
        """UPDATE licences.card_batch SET due_at = $2, attempts = least(attempts + 1, 1000)
        WHERE batch_id IN (
            SELECT batch_id FROM licences.card_batch WHERE state = $1 AND due_at <= $3
            ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING batch_id, type_code, attempts""",
        state,
        now + LEASE,
        due,
    )
    return Batch(**row) if row else None


async def orders_in(db: Database, *, batch_id: UUID) -> list[Order]:
    """The orders of a batch whose cards are not there yet, each with its licence."""
    rows = await db.rows(
        f"""-- across people: a batch holds many holders' cards; the worker asks by batch
        SELECT o.order_id, {READ}
        FROM licences.card_order o
        JOIN licences.licence l ON l.bucket = o.bucket AND l.id = o.licence
        WHERE o.batch_id = $1 AND o.state = 'batched' ORDER BY o.order_id""",
        batch_id,
    )
    return [Order(row["order_id"], licence_from(dict(row))) for row in rows]


async def sent(db: Database, *, batch_id: UUID, now: datetime) -> None:
    """The card maker has taken the batch; from now on it is asked for the cards."""
    await db.run(
        """UPDATE licences.card_batch SET state = 'sent', sent_at = $2, due_at = $2, attempts = 0, last_error = NULL
        WHERE batch_id = $1 AND state = 'closed'""",
        batch_id,
        now,
    )


async def postponed(db: Database, *, batch_id: UUID, due: datetime, attempts: int, error: str | None) -> None:
    """Try the batch again at ``due``; the reason is kept for the doctor."""
    await db.run(
        "UPDATE licences.card_batch SET due_at = $2, attempts = $3, last_error = $4 WHERE batch_id = $1",
        batch_id,
        due,
        attempts,
        error,
    )


async def reopened(db: Database, *, batch_id: UUID, now: datetime) -> None:
    """Dissolve a batch that cannot be taken as it is: its orders wait for the next one."""
    await db.run(
        """-- across people: a batch is dissolved as a whole
        WITH gone AS (
            UPDATE licences.card_batch SET state = 'done', done_at = $2, last_error = 'dissolved' WHERE batch_id = $1
        )
        UPDATE licences.card_order SET state = 'waiting', batch_id = NULL WHERE batch_id = $1 AND state = 'batched'""",
        batch_id,
        now,
    )


async def forgotten(db: Database, *, batch_id: UUID, now: datetime) -> None:
    """The card maker knows nothing of a batch that it had taken: send it again."""
    await db.run(
        """UPDATE licences.card_batch SET state = 'closed', due_at = $2, last_error = 'unknown to the card maker'
        WHERE batch_id = $1 AND state = 'sent'""",
        batch_id,
        now,
    )


async def finished(db: Database, *, batch_id: UUID, now: datetime) -> bool:
    """Close a batch all of whose cards are there; False when one is still missing."""
    done = await db.value(
        """-- across people: a batch ends when none of its cards is missing
        UPDATE licences.card_batch b SET state = 'done', done_at = $2, attempts = 0, last_error = NULL
        WHERE b.batch_id = $1 AND NOT EXISTS (
            SELECT 1 FROM licences.card_order o WHERE o.batch_id = b.batch_id AND o.state = 'batched'
        ) RETURNING true""",
        batch_id,
        now,
    )
    return done is True


async def backlog(db: Database, *, now: datetime) -> dict[str, Any]:
    """Cards on their way, for the doctor and the metrics."""
    row = await db.row(
        """-- across people: numbers for the doctor, of nobody in particular
        SELECT
            (SELECT count(*) FROM licences.card_order WHERE state = 'waiting') AS waiting,
            (SELECT count(*) FROM licences.card_order WHERE state = 'halted') AS halted,
            (SELECT count(*) FROM licences.card_batch WHERE state = 'closed') AS batches_to_send,
            (SELECT count(*) FROM licences.card_batch WHERE state = 'sent') AS batches_in_making,
            (SELECT coalesce(extract(epoch FROM $1 - min(opened_at)), 0)::float
                FROM licences.card_batch WHERE state <> 'done') AS oldest_seconds,
            (SELECT max(last_error) FROM licences.card_batch WHERE state <> 'done') AS last_error""",
        now,
    )
    return dict(row or {})
