"""Timers: what must happen at an instant, set and cancelled in the statement of the change itself.

A due timer becomes an event of topic ``timer.<kind>`` in the outbox, in one statement with its own
removal, so it fires exactly once and from there on behaves like any other news.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tongban.kit.db import Bulk, Database, Part
from tongban.kit.ids import bucket_of, new_id

#: How many timers become events at once.
BATCH = 200


def setting(
    kind: str,
    *,
    subject: UUID,
    reference: UUID | str,
    due: datetime,
    payload: Mapping[str, Any] | None = None,
    outward: bool = False,
) -> Part:
    """The part that sets a timer; one per (kind, reference), a second setting moves the first.

    ``outward`` is the lane of its event: see :func:`outbox.announcing`.
    """
    bucket = bucket_of(subject)
    return Part(
        """INSERT INTO kit.timer (bucket, kind, reference, id, subject, due_at, payload, outward)
        SELECT $1::smallint, $2::text, $3::text, $4::uuid, $5::uuid, $6::timestamptz, $7::jsonb, $8::boolean
        FROM guard
        ON CONFLICT (bucket, kind, reference) DO UPDATE SET due_at = EXCLUDED.due_at, payload = EXCLUDED.payload""",
        (bucket, kind, str(reference), new_id(bucket), subject, due, dict(payload or {}), outward),
    )


def many(rows: Iterable[tuple[str, UUID, str, datetime]]) -> Bulk:
    """Timers of synthetic affairs: kind, subject, reference and when each is due."""
    return Bulk(
        "kit",
        "timer",
        ("bucket", "kind", "reference", "id", "subject", "due_at", "payload"),
        [
            (bucket := bucket_of(subject), kind, reference, new_id(bucket), subject, due, {})
            for kind, subject, reference, due in rows
        ],
    )


def cancelling(kind: str, *, subject: UUID, reference: UUID | str) -> Part:
    """The part that cancels a timer; nothing happens when it is not set."""
    return Part(
        """DELETE FROM kit.timer USING guard
        WHERE timer.bucket = $1::smallint AND timer.kind = $2::text AND timer.reference = $3::text""",
        (bucket_of(subject), kind, str(reference)),
    )


async def fire_due(db: Database, *, now: datetime, witnessed: bool = False) -> int:
    """Turn due timers into events, at most :data:`BATCH`; gives how many. The number is in the text: see outbox.

    ``witnessed`` asks the database's clock, too: a caller's that runs ahead of it by more than a minute fires nothing
    before its time, for what an early timer does to a case is not undone by setting the clock right.
    """
    return int(
        await db.value(
            f"""WITH due AS (
                SELECT bucket, kind, reference FROM kit.timer
                WHERE due_at <= CASE WHEN $2 THEN least($1, statement_timestamp() + interval '1 minute') ELSE $1 END
                ORDER BY due_at LIMIT {BATCH} FOR UPDATE SKIP LOCKED
            ), gone AS (
                DELETE FROM kit.timer t USING due
                WHERE t.bucket = due.bucket AND t.kind = due.kind AND t.reference = due.reference
                RETURNING t.bucket, t.id, t.kind, t.subject, t.reference, t.payload, t.outward
            ), told AS (
                INSERT INTO kit.outbox (bucket, id, topic, subject, reference, payload, at, due_at, outward)
                SELECT bucket, id, 'timer.' || kind, subject, reference, payload, $1, $1, outward FROM gone
                RETURNING 1
            )
            SELECT count(*) FROM told""",
            now,
            witnessed,
        )
    )
