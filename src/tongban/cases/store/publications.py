"""SQL of the decisions that are public."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from tongban.cases.model.publication import Publication
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of

_COLUMNS = """bucket, id, case_id, item, department, number, holder_kind, holder, holder_code, decided_at, due_on,
    published_at, withdrawn_at"""
#: Bounds behind which every decision lies.
_LAST, _EVERYBODY = datetime(9000, 1, 1, tzinfo=UTC), UUID(int=(1 << 128) - 1)
_LIST = f"""-- across people: the public list has indexes of its own (publication_list, _item, _department)
    SELECT {_COLUMNS} FROM cases.publication
    WHERE withdrawn_at IS NULL AND (decided_at, id) < ($1::timestamptz, $2::uuid)"""
_LATEST = "ORDER BY decided_at DESC, id DESC LIMIT $3"
#: By whether one item and whether one department is asked for: each has its own plan.
_LISTS = {
    (False, False): f"{_LIST} {_LATEST}",
    (True, False): f"{_LIST} AND item = $4 {_LATEST}",
    (False, True): f"{_LIST} AND department = $4 {_LATEST}",
    (True, True): f"{_LIST} AND item = $4 AND department = $5 {_LATEST}",
}


def publishing(row: Publication) -> Part:
    """Part (a guard): a decision becomes public; the second time nothing."""
    return Part(
        """INSERT INTO cases.publication (bucket, id, case_id, item, department, number, holder_kind, holder,
            holder_code, decided_at, due_on, published_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (bucket, case_id) DO NOTHING RETURNING id""",
        msgspec.structs.astuple(row)[:-1],
    )


def withdrawing(case_id: UUID, *, now: datetime) -> Part:
    """Part (a guard): a decision is taken off."""
    return Part(
        """UPDATE cases.publication SET withdrawn_at = $3::timestamptz
        WHERE bucket = $1::smallint AND case_id = $2::uuid AND withdrawn_at IS NULL RETURNING id""",
        (bucket_of(case_id), case_id, now),
    )


def returning(case_id: UUID) -> Part:
    """Part (a guard): a decision that was taken off is public again."""
    return Part(
        """UPDATE cases.publication SET withdrawn_at = NULL
        WHERE bucket = $1::smallint AND case_id = $2::uuid AND withdrawn_at IS NOT NULL RETURNING id""",
        (bucket_of(case_id), case_id),
    )


async def published_late(db: Database, *, since: datetime, zone: str) -> int:
    """How many public decisions that were made ``since`` came out after their day in this zone, for the doctor."""
    return int(
        await db.value(
            """-- across people: how many, and nothing of whom
            SELECT count(*) FROM cases.publication WHERE withdrawn_at IS NULL AND decided_at > $1
            AND (published_at AT TIME ZONE $2::text)::date > due_on""",
            since,
            zone,
        )
    )


async def published(
    db: Database,
    *,
    item: str | None,
    department: str | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Publication]:
    """What is public, of one item or one department if asked, latest decided first; keyset by (decision, id)."""
    instant, place = before or (_LAST, _EVERYBODY)
    asked = tuple(value for value in (item, department) if value is not None)
    rows = await db.rows(_LISTS[item is not None, department is not None], instant, place, limit, *asked)
    return [msgspec.convert(dict(row), Publication) for row in rows]
