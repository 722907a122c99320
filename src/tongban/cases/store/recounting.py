"""How far open cases have been reckoned anew after the calendar was amended."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from tongban.cases.model import Case
from tongban.cases.store.reading import CASE_COLUMNS, case_from
from tongban.kit.db import Database

_NOBODY = UUID(int=0)


class RecountPlace(NamedTuple):
    """The last amendment taken up, where its walk stands, and whether it is through."""

    amendment: int
    bucket: int
    after: UUID
    done: bool


async def recount_place(db: Database) -> RecountPlace:
    """Where the walk over open cases stands; before the first amendment it is through with none."""
    row = await db.row(
        """SELECT amendment, place_bucket AS bucket, place AS after, done_at IS NOT NULL AS done FROM cases.recount
        ORDER BY amendment DESC LIMIT 1"""
    )
    return RecountPlace(**dict(row)) if row else RecountPlace(0, -1, _NOBODY, done=True)


async def recounted(
    db: Database,
    *,
    amendment: int,
    place: tuple[int, UUID] | None,
    moved: int,
    done_at: datetime | None,
) -> None:
    """Keep the walk's place; ``done_at`` when it has come to the end."""
    bucket, after = place or (-1, _NOBODY)
    await db.run(
        """INSERT INTO cases.recount (amendment, place_bucket, place, moved, done_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (amendment) DO UPDATE SET place_bucket = EXCLUDED.place_bucket, place = EXCLUDED.place,
            moved = greatest(cases.recount.moved, EXCLUDED.moved), done_at = EXCLUDED.done_at""",
        amendment,
        bucket,
        after,
        moved,
        done_at,
    )


async def recounts(db: Database, *, amendments: list[int]) -> dict[int, tuple[int, datetime | None]]:
    """By amendment, how many cases it has moved so far and when the walk came to its end; one statement."""
    rows = await db.rows(
        "SELECT amendment, moved, done_at FROM cases.recount WHERE amendment = ANY($1::bigint[])", amendments
    )
    return {row["amendment"]: (row["moved"], row["done_at"]) for row in rows}


async def cases_with_dates(
    db: Database, *, after: tuple[int, UUID] | None, since: date, limit: int
) -> list[Case]:
    """Open cases behind a place, in order, one of whose dates is not before that day, or whose hearing is fixed."""
    bucket, place = after or (-1, _NOBODY)
    rows = await db.rows(
        f"""-- across people: what an amended calendar may move is walked by an index of its own (case_running)
        SELECT {CASE_COLUMNS} FROM cases."case"
        WHERE state IN ('submitted', 'correcting', 'accepted', 'examined', 'reviewed', 'suspended',
            'issuing') AND (bucket, id) > ($1, $2)
        AND (state = 'correcting' OR (state = 'suspended' AND hearing -> 'sitting' IS NOT NULL)
            OR greatest(accept_due, promise_due, statutory_due, issue_due) >= $3::date - interval '1 day')
        ORDER BY bucket, id LIMIT $4""",
        bucket,
        place,
        since,
        limit,
    )
    return [case_from(row) for row in rows]
