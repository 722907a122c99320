"""SQL of bulk actions: the lines of the cases chosen, and what each of them came to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.cases.model import DeskRow, Move
from tongban.cases.model.batch import BulkResult
from tongban.cases.store.lists import ROW
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of


async def desk_rows(db: Database, *, cases: Sequence[UUID], department: str) -> dict[UUID, DeskRow]:
    """Those of these cases that lie with a department, as lines of its desk."""
    rows = await db.rows(
        f"""SELECT {ROW} FROM cases."case"
        WHERE (bucket, id) IN (SELECT * FROM unnest($1::smallint[], $2::uuid[])) AND department = $3""",
        [bucket_of(one) for one in cases],
        list(cases),
        department,
    )
    return {row["id"]: msgspec.convert(dict(row), DeskRow) for row in rows}


def claiming(case_id: UUID, *, caller: str, key: str, move: Move, now: datetime) -> Part:
    """Part (a guard): a case of a batch is begun; nothing when this batch has begun it before."""
    return Part(
        """INSERT INTO cases.bulk (bucket, caller, key, case_id, move, at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING RETURNING case_id""",
        (bucket_of(case_id), caller, key, case_id, str(move), now),
    )


def concluding(case_id: UUID, result: BulkResult, *, caller: str, key: str) -> Part:
    """Part (a guard): what a case of a batch came to."""
    return Part(
        """UPDATE cases.bulk SET result = $5 WHERE bucket = $1 AND caller = $2 AND key = $3 AND case_id = $4
        RETURNING case_id""",
        (bucket_of(case_id), caller, key, case_id, msgspec.to_builtins(result)),
    )


async def concluded(db: Database, *, case_id: UUID, caller: str, key: str) -> tuple[str, BulkResult | None]:
    """The move of a case that this batch has begun, and what it came to; None while that is not known."""
    row = await db.row(
        "SELECT move, result FROM cases.bulk WHERE bucket = $1 AND caller = $2 AND key = $3 AND case_id = $4",
        bucket_of(case_id),
        caller,
        key,
        case_id,
    )
    assert row is not None
    return row["move"], msgspec.convert(row["result"], BulkResult) if row["result"] else None


async def forget_batches(db: Database, *, before: datetime) -> None:
    """Drop what batches of before an instant came to."""
    await db.run(
        """-- across people: results that nobody asks for any more (bulk_at)
        DELETE FROM cases.bulk WHERE at < $1""",
        before,
    )
