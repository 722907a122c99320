"""The outbox: an event is written in the statement of the change that it tells of, and handled later.

Each handler's effect happens exactly once: the handler joins :func:`handling` to the statement that
does the effect, so effect and mark are one. A worker that dies leaves its lease to run out; the next
one finds the marks and repeats only what is missing.

A dependency that is away (:class:`AwayForNow`) is asked again without end; only what it refuses for good
(:class:`RefusedForGood`) is given up, and then stands here for the doctor until somebody sends it again.

There are two lanes: what is handled within the house, and what asks somebody outside. A gateway that answers
slowly holds up its own lane only.
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
#: The longest wait between two tries: an outage of hours is over at most so long after its end.
LONGEST_WAIT = timedelta(minutes=5)


class RefusedForGood(Exception):  # noqa: N818 - it is a refusal, not a fault
    """Raised by a handler: asking again would bring the same answer, so the event is given up at once.

    Its words are kept and shown to the operator: no personal data in them.
    """


class AwayForNow(Exception):  # noqa: N818 - it is away, not at fault
    """Raised by a handler: somebody outside did not answer, as happens; the event is tried again later.

    Its words are kept and logged, without a traceback: no personal data in them.
    """


class Event(msgspec.Struct, frozen=True):
    """News 事件: what happened (``topic``), to whose affair (``subject``, a person), about what (``reference``).

    ``attempts`` counts claims, kills among them: it tells a repetition and how long to wait, never to give up.
    """

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
    outward: bool = False,
) -> Part:
    """The part that announces ``topic``; it lies in the bucket of its subject.

    ``outward``: handling it waits for somebody outside.
    """
    bucket = bucket_of(subject)
    return Part(
        """INSERT INTO kit.outbox (bucket, id, topic, subject, reference, payload, at, due_at, outward)
        SELECT $1::smallint, $2::uuid, $3::text, $4::uuid, $5::text, $6::jsonb, $7::timestamptz, $7::timestamptz,
            $8::boolean FROM guard""",
        (bucket, new_id(bucket), topic, subject, str(reference), dict(payload or {}), now, outward),
    )


def outdating(topic: str, *, subject: UUID, reference: str, now: datetime) -> Part:
    """The part after which waiting events of this topic, subject and reference are too late to be of use (``until``).

    Their handler drops them. What a worker has in hand at this instant is left to it.
    """
    return Part(
        """UPDATE kit.outbox o SET payload = o.payload || jsonb_build_object('until', $5::timestamptz)
        FROM (
            SELECT w.bucket, w.id FROM kit.outbox w, guard
            WHERE w.bucket = $1::smallint AND w.topic = $2::text AND w.subject = $3::uuid AND w.reference = $4::text
            FOR UPDATE OF w SKIP LOCKED
        ) AS waiting WHERE o.bucket = waiting.bucket AND o.id = waiting.id""",
        (bucket_of(subject), topic, subject, reference, now),
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


async def claim(db: Database, *, now: datetime, outward: bool = False) -> list[Event]:
    """Take up to :data:`BATCH` due events of one lane for :data:`LEASE`; other workers pass them by.

    The number stands in the text: with a parameter the generic plan expects a tenth of the table and scans it.
    """
    rows = await db.rows(
        f"""WITH due AS (
            SELECT bucket, id FROM kit.outbox
            WHERE outward = $3 AND due_at <= $1 AND given_up_at IS NULL
            ORDER BY due_at, id LIMIT {BATCH} FOR UPDATE SKIP LOCKED
        )
        UPDATE kit.outbox o SET due_at = $2, attempts = o.attempts + 1
        FROM due WHERE o.bucket = due.bucket AND o.id = due.id
        RETURNING o.id, o.topic, o.subject, o.reference, o.payload, o.at, o.attempts""",
        now,
        now + LEASE,
        outward,
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


async def postpone(db: Database, event: Event, *, reason: str, now: datetime) -> datetime:
    """Try again later, with back-off (1 s doubling to :data:`LONGEST_WAIT`); the reason is kept for the doctor.

    ``now`` is the instant of the failure, not of the claim. Gives when it is due.
    """
    due = now + min(timedelta(seconds=2 ** min(event.attempts - 1, 9)), LONGEST_WAIT)
    await db.run(
        "UPDATE kit.outbox SET due_at = $3, last_error = $4 WHERE bucket = $1 AND id = $2",
        event.bucket,
        event.id,
        due,
        _kept(reason),
    )
    return due


async def hand_back(db: Database, events: list[Event], *, due: datetime) -> None:
    """Put claimed events back untried, to be due then; the claim does not count as a try."""
    await db.run(
        """UPDATE kit.outbox SET due_at = $3, attempts = attempts - 1
        WHERE (bucket, id) IN (SELECT * FROM unnest($1::smallint[], $2::uuid[]))""",
        [event.bucket for event in events],
        [event.id for event in events],
        due,
    )


def _kept(reason: str) -> str:
    """A reason as its column takes it: PostgreSQL knows no NUL, and nobody reads more than some lines."""
    return reason.replace("\0", "")[:500]


async def give_up(db: Database, event: Event, *, reason: str, now: datetime) -> None:
    """Keep the event, but hand it to nobody any more until it is sent again; the reason is for the doctor."""
    await db.run(
        "UPDATE kit.outbox SET given_up_at = $3, last_error = $4 WHERE bucket = $1 AND id = $2",
        event.bucket,
        event.id,
        now,
        _kept(reason),
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


class Backlog(msgspec.Struct, frozen=True):
    """What waits: how many events, and since when the oldest."""

    waiting: int
    oldest_at: datetime | None


class Trouble(msgspec.Struct, frozen=True):
    """Events of one topic that did not go out for one reason: tried again, or given up."""

    topic: str
    reason: str
    given_up: bool
    events: int
    since: datetime


async def backlog(db: Database) -> Backlog:
    """The events that wait, for the doctor."""
    row = await db.row(
        "SELECT count(*) AS waiting, min(at) AS oldest_at FROM kit.outbox WHERE given_up_at IS NULL"
    )
    return Backlog(**row) if row else Backlog(0, None)


async def troubles(db: Database, *, topic: str = "") -> list[Trouble]:
    """Why events (of one ``topic``) did not go out, most frequent first, for the doctor; at most twenty reasons."""
    rows = await db.rows(
        """SELECT topic, last_error AS reason, given_up_at IS NOT NULL AS given_up, count(*) AS events, min(at) AS since
        FROM kit.outbox WHERE last_error IS NOT NULL AND ($1 = '' OR topic = $1)
        GROUP BY topic, last_error, given_up_at IS NOT NULL ORDER BY count(*) DESC, topic LIMIT 20""",
        topic,
    )
    return [Trouble(**row) for row in rows]


async def given_up(db: Database) -> list[Event]:
    """The events that were given up, oldest first."""
    rows = await db.rows(
        """SELECT id, topic, subject, reference, payload, at, attempts FROM kit.outbox
        WHERE given_up_at IS NOT NULL ORDER BY at, id"""
    )
    return [Event(**row) for row in rows]


def sending_again(event: Event, *, now: datetime) -> Part:
    """The part (a guard) that lets a given-up event be handled once more; nothing when it is not given up."""
    return Part(
        """UPDATE kit.outbox SET given_up_at = NULL, last_error = NULL, due_at = $3::timestamptz
        WHERE bucket = $1::smallint AND id = $2::uuid AND given_up_at IS NOT NULL RETURNING id""",
        (event.bucket, event.id, now),
    )
