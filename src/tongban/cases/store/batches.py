"""SQL of bulk actions: the lines of the cases chosen, and what each of them came to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tongban.cases.model import DeskRow, Move
from tongban.cases.model.batch import BulkResult
from tongban.cases.model.cautions import Inspected
from tongban.cases.model.course import Course
from tongban.cases.model.follow_up import FollowUp
from tongban.cases.store.inspections import INSPECTED
from tongban.cases.store.lists import LINE, filed_by
from tongban.kit.db import Database, Part
from tongban.kit.i18n import Text
from tongban.kit.ids import bucket_of


class Aside(NamedTuple):
    """What stands beside a case's line for a bulk action: what followed, its clock's course, its inspections, and the
    registers that gave no answer, with their names."""

    follow_up: FollowUp | None
    course: Course
    inspected: Inspected
    silent: dict[str, Text]


#: A line of the desk, of the case that the statement below calls ``c``.
_ROW = f"""{LINE}, {filed_by("c")}"""


async def with_asides(
    db: Database, *, cases: Sequence[UUID], department: str
) -> dict[UUID, tuple[DeskRow, Aside]]:
    """Those of these cases that lie with a department, as lines of its desk, with what a bulk action looks at."""
    rows = await db.rows(
        f"""SELECT {_ROW}, follow_up, course, {INSPECTED},
            coalesce((SELECT jsonb_object_agg(f.key, f.value->'source') FROM jsonb_each(facts) f
                WHERE f.value->>'outcome' = 'down'), '{{}}') AS silent
        FROM cases."case" c
        WHERE (bucket, id) IN (SELECT * FROM unnest($1::smallint[], $2::uuid[])) AND department = $3""",
        [bucket_of(one) for one in cases],
        list(cases),
        department,
    )
    return {row["id"]: (msgspec.convert(dict(row), DeskRow), _aside(row)) for row in rows}


def _aside(row: Any) -> Aside:
    return Aside(
        msgspec.convert(row["follow_up"], FollowUp | None),
        msgspec.convert(row["course"], Course),
        msgspec.convert({"conclusion": row["conclusion"], "begun": row["begun"]}, Inspected),
        msgspec.convert(row["silent"], dict[str, Text]),
    )


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
