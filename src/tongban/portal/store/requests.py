"""SQL of requests about one's data 个人信息请求: asked once at a time, answered by a department, gone after years."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.kit import keys
from tongban.kit.db import Database, Part
from tongban.kit.ids import OWN_ACCOUNTS, bucket_of, by_bucket
from tongban.portal.model import WAITING_MOST, RequestState, RightsRequest, Said, Sort

_COLUMNS = (
    "id, subject, sort, thing, about, department, purpose, asked_at, due_at, state, ended_at, said_sealed, "
    "answer_sealed"
)
#: How many a person's list shows.
SHOWN = 100


def said_of(request: UUID) -> bytes:
    """What a person's words are sealed to."""
    return b"portal.request\x1fsaid_sealed\x1f" + request.bytes


def answer_of(request: UUID) -> bytes:
    """What an answer is sealed to."""
    return b"portal.request\x1fanswer_sealed\x1f" + request.bytes


def asking(new: RightsRequest) -> Part:
    """The guard that keeps a new request; lost where the same thing waits already, or too much does."""
    return Part(
        f"""INSERT INTO portal.request
            (bucket, id, subject, sort, thing, about, department, said_sealed, purpose, asked_at, due_at, state)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::text, $5::text, $6::text, $7::text, $8::bytea, $9::uuid,
            $10::timestamptz, $11::timestamptz, 'asked'
        WHERE (SELECT count(*) FROM portal.request
            WHERE bucket = $1::smallint AND subject = $3::uuid AND state = 'asked') < {WAITING_MOST}
        ON CONFLICT DO NOTHING RETURNING id""",
        (
            bucket_of(new.subject),
            new.id,
            new.subject,
            new.sort,
            new.thing,
            new.about,
            new.department,
            keys.current().seal(msgspec.json.encode(new.said), said_of(new.id)),
            new.purpose,
            new.asked_at,
            new.due,
        ),
    )


async def request_of(db: Database, subject: UUID, request: UUID) -> RightsRequest | None:
    """A request of this person."""
    row = await db.row(
        f"SELECT {_COLUMNS} FROM portal.request WHERE bucket = $1 AND id = $2 AND subject = $3",
        bucket_of(subject),
        request,
        subject,
    )
    return None if row is None else opened(row)


async def standing(
    db: Database, subject: UUID, *, sort: Sort, thing: str, about: str
) -> RightsRequest | None:
    """The request for this very thing that waits."""
    row = await db.row(
        f"""SELECT {_COLUMNS} FROM portal.request
        WHERE bucket = $1 AND subject = $2 AND sort = $3 AND thing = $4 AND about = $5 AND state = 'asked'""",
        bucket_of(subject),
        subject,
        sort,
        thing,
        about,
    )
    return None if row is None else opened(row)


async def whose(db: Database, request: UUID, accounts: Sequence[UUID]) -> UUID | None:
    """Which of these accounts of one person asked this; None for a request that is none of hers."""
    found = await db.value(
        "SELECT subject FROM portal.request WHERE bucket = $1 AND id = $2 AND subject = ANY($3)",
        *(bucket_of(request), request, list(accounts)),
    )
    return found if isinstance(found, UUID) else None


async def requests_of(
    db: Database, accounts: Sequence[UUID], *, before: UUID | None = None, limit: int = SHOWN
) -> list[RightsRequest]:
    """A person's requests, of all her accounts, the newest first; ``before`` is the last id seen."""
    rows = await db.rows(
        f"""SELECT one.* FROM {OWN_ACCOUNTS} CROSS JOIN LATERAL (
            SELECT {_COLUMNS} FROM portal.request WHERE bucket = own.bucket AND subject = own.account
                AND ($3::uuid IS NULL OR id < $3::uuid)
            ORDER BY id DESC LIMIT $4::integer
        ) one ORDER BY one.id DESC LIMIT $4::integer""",
        *(*by_bucket(accounts), before, limit),
    )
    return [opened(row) for row in rows]


async def waiting(
    db: Database, department: str, *, sorts: Collection[Sort], after: tuple[datetime, UUID] | None, limit: int
) -> list[RightsRequest]:
    """What waits for a department, the most urgent first, from behind one on."""
    rows = await db.rows(
        f"""-- across people: the queue of a department (request_desk)
        SELECT {_COLUMNS} FROM portal.request
        WHERE department = $1 AND state = 'asked' AND sort = ANY($2::text[])
            AND ($3::timestamptz IS NULL OR (due_at, id) > ($3, $4::uuid))
        ORDER BY due_at, id LIMIT $5""",
        department,
        list(sorts),
        *(after or (None, None)),
        limit,
    )
    return [opened(row) for row in rows]


async def at_desk(db: Database, subject: UUID, request: UUID, department: str) -> RightsRequest | None:
    """A request that is, or was, this department's to answer."""
    row = await db.row(
        f"""SELECT {_COLUMNS} FROM portal.request
        WHERE bucket = $1 AND id = $2 AND subject = $3 AND department = $4""",
        bucket_of(subject),
        request,
        subject,
        department,
    )
    return None if row is None else opened(row)


def readable(subject: UUID, request: UUID, department: str) -> Part:
    """The guard of an officer's reading: the request waits for her department."""
    return Part(
        """SELECT id AS request FROM portal.request
        WHERE bucket = $1::smallint AND id = $2::uuid AND subject = $3::uuid AND department = $4::text
            AND state = 'asked'""",
        (bucket_of(subject), request, subject, department),
    )


def ending(
    one: RightsRequest,
    state: RequestState,
    *,
    now: datetime,
    officer: UUID | None = None,
    answer: str | None = None,
) -> Part:
    """The guard that ends a request; lost where it does not wait any more."""
    sealed = None if answer is None else keys.current().seal(answer.encode(), answer_of(one.id))
    return Part(
        """UPDATE portal.request SET state = $3::text, ended_at = $4::timestamptz, officer = $5::uuid,
            answer_sealed = $6::bytea
        WHERE bucket = $1::smallint AND id = $2::uuid AND state = 'asked' RETURNING id""",
        (bucket_of(one.subject), one.id, state, now, officer, sealed),
    )


def overdue(subject: UUID, request: UUID) -> Part:
    """The guard of telling her that the time for an answer is over; lost where it was answered."""
    return Part(
        """SELECT id FROM portal.request
        WHERE bucket = $1::smallint AND id = $2::uuid AND subject = $3::uuid AND state = 'asked'""",
        (bucket_of(subject), request, subject),
    )


async def over(db: Database, *, before: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Requests that ended before this: subject and id."""
    rows = await db.rows(
        """-- across people: the hourly sweep (request_ended)
        SELECT subject, id FROM portal.request WHERE state <> 'asked' AND ended_at < $1
        ORDER BY ended_at LIMIT $2""",
        before,
        limit,
    )
    return [(row["subject"], row["id"]) for row in rows]


async def number_over(db: Database, *, before: datetime) -> int:
    """How many requests ended before this."""
    number: int = await db.value(
        """-- across people: for the doctor
        SELECT count(*) FROM portal.request WHERE state <> 'asked' AND ended_at < $1""",
        before,
    )
    return number


def dropping(subject: UUID, request: UUID) -> Part:
    """The guard that lets an ended request go."""
    return Part(
        """DELETE FROM portal.request
        WHERE bucket = $1::smallint AND id = $2::uuid AND state <> 'asked' RETURNING id""",
        (bucket_of(subject), request),
    )


async def number_of(db: Database, subject: UUID) -> int:
    """How many requests there are of a person."""
    number: int = await db.value(
        "SELECT count(*) FROM portal.request WHERE bucket = $1 AND subject = $2", bucket_of(subject), subject
    )
    return number


def opened(row: Any) -> RightsRequest:
    """A row with its words in the clear."""
    ring, request = keys.current(), row["id"]
    answer = row["answer_sealed"]
    return RightsRequest(
        id=request,
        subject=row["subject"],
        sort=row["sort"],
        thing=row["thing"],
        about=row["about"],
        department=row["department"],
        purpose=row["purpose"],
        asked_at=row["asked_at"],
        due=row["due_at"],
        state=RequestState(row["state"]),
        ended_at=row["ended_at"],
        said=msgspec.json.decode(ring.open(row["said_sealed"], said_of(request)), type=Said),
        answer="" if answer is None else ring.open(answer, answer_of(request)).decode(),
    )


async def holdings(db: Database, person: UUID) -> list[dict[str, Any]]:
    """A person's requests with what was said and answered: for her copy (PIPL art. 45)."""
    return [
        {
            "id": one.id,
            "kind": one.sort,
            "action": one.thing,
            "department": one.department,
            "state": one.state.value,
            "asked_at": one.asked_at,
            "decided_at": one.ended_at,
            "reason": " / ".join(filter(None, (one.said.stands, one.said.should, one.said.why, one.answer))),
        }
        for one in await requests_of(db, (person,))
    ]


async def reviews_of(db: Database, subject: UUID, *, about: str) -> list[RightsRequest]:
    """What a person asked to be looked at in one case, the oldest first; what she took back is left out."""
    rows = await db.rows(
        f"""SELECT {_COLUMNS} FROM portal.request
        WHERE bucket = $1 AND subject = $2 AND sort = 'review' AND about = $3 AND state <> 'withdrawn'
        ORDER BY id""",
        bucket_of(subject),
        subject,
        about,
    )
    return [opened(row) for row in rows]
