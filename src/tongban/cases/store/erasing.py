"""SQL of what a person's cases leave when she has her data erased (PIPL art. 47)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from asyncpg import Record

from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of
from tongban.kit.sweeps import Sweep


async def numbers(db: Database, who: UUID) -> Record | None:
    """How many drafts (given up or not), cases and cases of others there are of a person."""
    return await db.row(
        """SELECT count(*) FILTER (WHERE state IN ('draft', 'discarded')) AS drafts,
            count(*) FILTER (WHERE state NOT IN ('draft', 'discarded')) AS cases,
            (SELECT count(*) FROM cases.party WHERE bucket = $1 AND person = $2)
                + (SELECT count(*) FROM cases.interested WHERE bucket = $1 AND person = $2) AS others
        FROM cases."case" WHERE bucket = $1 AND applicant = $2""",
        bucket_of(who),
        who,
    )


async def drafts_of(db: Database, who: UUID) -> list[UUID]:
    """The drafts that a person has under way."""
    rows = await db.rows(
        """SELECT id FROM cases."case" WHERE bucket = $1 AND applicant = $2 AND state = 'draft'""",
        bucket_of(who),
        who,
    )
    return [row["id"] for row in rows]


def dropping_discarded(who: UUID) -> tuple[Part, Part]:
    """Guard and part: a person's drafts that were given up go, with the steps of their short life."""
    return (
        Part(
            """DELETE FROM cases."case"
            WHERE bucket = $1::smallint AND applicant = $2::uuid AND state = 'discarded' RETURNING bucket, id""",
            (bucket_of(who), who),
        ),
        Part(
            """DELETE FROM cases.event e USING guard
            WHERE e.bucket = $1::smallint AND e.bucket = guard.bucket AND e.case_id = guard.id""",
            (bucket_of(who),),
        ),
    )


#: Drafts that were given up, with their few steps.
DISCARDED = Sweep(
    """-- across people: the hourly sweep (case_discarded)
    WITH gone AS (
        DELETE FROM cases."case" WHERE state = 'discarded' AND closed_at < $1 RETURNING bucket, id
    ), steps AS (
        DELETE FROM cases.event e USING gone WHERE e.bucket = gone.bucket AND e.case_id = gone.id
    ) SELECT count(*) FROM gone""",
    """-- across people: for the doctor
    SELECT count(*) FROM cases."case" WHERE state = 'discarded' AND closed_at < $1""",
)


async def old_drafts(db: Database, *, before: datetime) -> int:
    """How many drafts were opened before an instant: for the doctor."""
    return int(
        await db.value(
            """-- across people: for the doctor (case_draft)
            SELECT count(*) FROM cases."case" WHERE state = 'draft' AND opened_at < $1""",
            before,
        )
    )


async def open_of(db: Database, who: UUID) -> int:
    """How many cases of a person are under way: an account with one is not closed."""
    return int(
        await db.value(
            """SELECT count(*) FROM cases."case" WHERE bucket = $1 AND applicant = $2 AND state IN ('confirming',
                'submitted', 'correcting', 'accepted', 'examined', 'reviewed', 'suspended', 'issuing')""",
            bucket_of(who),
            who,
        )
    )
