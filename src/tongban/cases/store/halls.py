"""SQL of what came in at the windows of a hall 政务服务大厅: masked lines, and one of them with its ledger row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.cases.model import CaseInBrief
from tongban.cases.store.reading import BRIEF_COLUMNS
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of

#: As the key of the hall's index spells it: what has been filed and has not ended.
_OPEN = """state IN ('submitted', 'correcting', 'accepted', 'examined', 'reviewed', 'suspended', 'issuing')"""
_LAST = (datetime(9000, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))


def brief_from(row: Any) -> CaseInBrief:
    """The case in brief of a row that has :data:`BRIEF_COLUMNS`."""
    return msgspec.convert({name: row[name] for name in CaseInBrief.__struct_fields__}, CaseInBrief)


async def filed_at(
    db: Database, *, hall: str, before: tuple[datetime, UUID] | None, limit: int
) -> list[CaseInBrief]:
    """The open cases that were filed at a hall, the newest first; keyset by (filing, id)."""
    rows = await db.rows(
        f"""-- across people: what came in at a hall has an index of its own (case_hall)
        SELECT {BRIEF_COLUMNS} FROM cases."case" WHERE hall = $1 AND {_OPEN}
        AND (submitted_at, id) < ($2::timestamptz, $3::uuid) ORDER BY submitted_at DESC, id DESC LIMIT $4""",
        hall,
        *(before or _LAST),
        limit,
    )
    return [brief_from(row) for row in rows]


def reading_slip(*, case_id: UUID, applicant: UUID, hall: str) -> Part:
    """Part (a guard): an open case that was filed at this hall, in brief."""
    return Part(
        f"""SELECT {BRIEF_COLUMNS} FROM cases."case"
        WHERE bucket = $1::smallint AND id = $2::uuid AND applicant = $3::uuid AND hall = $4::text AND {_OPEN}""",
        (bucket_of(case_id), case_id, applicant, hall),
    )
