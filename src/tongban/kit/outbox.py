"""The outbox: an event is written in the statement of the change that it tells of, and handled later.

Each handler's effect happens exactly once: the handler joins :func:`handling` to the statement that
does the effect, so effect and mark are one. A worker that dies leaves its lease to run out; the next
one finds the marks and repeats only what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of, new_id

#: How long a claimed event stays with its worker before another may take it.
LEASE = timedelta(seconds=20)
#: How many events a worker takes at once.
BATCH = 50
#: After so many failures an event waits for a person (`tongban doctor` shows it); the index leaves it out.
GIVE_UP_AFTER = 20


class Event(msgspec.Struct, frozen=True):
    """News 事件: what happened (``topic``), to whose affair (``subject``, a person), about what (``reference``)."""

    id: UUID
    topic: str
    subject: UUID
    reference: str
    payload: dict[str, Any]
    at: datetime
    attempts: int = 0

    @property
    def bucket(self) -> int:
        """The bucket that the event lies in: its subject's."""
        return bucket_of(self.subject)


def announcing(
    topic: str,
    *,
    subject: UUID,
    reference: UUID | str,
    now: datetime,
    payload: Mapping[str, Any] | None = None,
) -> Part:
    """The part that announces ``topic``; it lies in the bucket of its subject."""
    bucket = bucket_of(subject)
    return Part(
        """INSERT INTO kit.outbox (bucket, id, topic, subject, reference, payload, at, due_at)
        SELECT $1::smallint, $2::uuid, $3::text, $4::uuid, $5::text, $6::jsonb, $7::timestamptz, $7::timestamptz
        FROM guard""",
        (bucket, new_id(bucket), topic, subject, str(reference), dict(payload or {}), now),
    )


def handling(event: Event, handler: str, *, now: datetime) -> Part:
    """The part that marks this handler's effect of this event as done.

    Written again it raises ``asyncpg.UniqueViolationError`` on ``handled_pkey`` and undoes the whole
    statement: the effect had happened already (see :func:`already_handled`).
    """
    return Part(
        """INSERT INTO kit.handled (bucket, event, handler, at)
        SELECT $1::smallint, $2::uuid, $3::text, $4::timestamptz FROM guard""",
        (event.bucket, event.id, handler, now),
    )


def already_handled(error: BaseException) -> bool:
    """Whether a unique violation says that this handler's effect had happened before."""
    return getattr(error, "constraint_name", None) == "handled_pkey"


async def claim(db: Database, *, now: datetime) -> list[Event]:
    """Take up to :data:`BATCH` due events for :data:`LEASE`; other workers pass them by.

    The number stands in the text: with a parameter the generic plan expects a tenth of the table and scans it.
    """
    rows = await db.rows(
        f"""WITH due AS (
            SELECT bucket, id FROM kit.outbox
            WHERE due_at <= $1 AND attempts < 20
            ORDER BY due_at, id LIMIT {BATCH} FOR UPDATE SKIP LOCKED
        )
        UPDATE kit.outbox o SET due_at = $2, attempts = o.attempts + 1
        FROM due WHERE o.bucket = due.bucket AND o.id = due.id
        RETURNING o.id, o.topic, o.subject, o.reference, o.payload, o.at, o.attempts""",
        now,
        now + LEASE,
    )
    events = [Event(**row) for row in rows]
    return sorted(events, key=lambda event: (event.at, event.id))


async def finish(db: Database, events: list[Event]) -> None:
    """Remove events whose handlers are all done."""
    await db.run(
        "DELETE FROM kit.outbox WHERE (bucket, id) IN (SELECT * FROM unnest($1::smallint[], $2::uuid[]))",
        [event.bucket for event in events],
        [event.id for event in events],
    )


async def postpone(db: Database, event: Event, *, reason: str, now: datetime) -> None:
    """Try again later, with back-off (1 s doubling to 5 min); the reason is kept for the doctor."""
    wait = timedelta(seconds=min(2 ** (event.attempts - 1), 300))
    await db.run(
        "UPDATE kit.outbox SET due_at = $3, last_error = $4 WHERE bucket = $1 AND id = $2",
        event.bucket,
        event.id,
        now + wait,
        reason[:500],
    )


async def handled(db: Database, events: list[Event]) -> set[tuple[UUID, str]]:
    """Which (event, handler) of these have had their effect already: asked only for repeated events."""
    rows = await db.rows(
        """SELECT event, handler FROM kit.handled
        WHERE (bucket, event) IN (SELECT * FROM unnest($1::smallint[], $2::uuid[]))""",
        [event.bucket for event in events],
        [event.id for event in events],
    )
    return {(row["event"], row["handler"]) for row in rows}


async def backlog(db: Database, *, now: datetime) -> dict[str, Any]:
    """Waiting and given-up events, for the doctor and the metrics."""
    row = await db.row(
        """SELECT count(*) FILTER (WHERE attempts < 20) AS waiting,
               count(*) FILTER (WHERE attempts >= 20) AS given_up,
               coalesce(extract(epoch FROM $1 - min(at) FILTER (WHERE attempts < 20)), 0)::float AS oldest_seconds
        FROM kit.outbox""",
        now,
    )
    return dict(row or {})


async def forget_handled(db: Database, *, before: datetime) -> None:
    """Drop marks older than any event can be repeated."""
    await db.run("DELETE FROM kit.handled WHERE at < $1", before)
