"""SQL of promises 告知承诺 and their checks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.cases.model.commitments import AT_DESK, Committed, Promise
from tongban.cases.store.offices import OFFICES_OF_1
from tongban.kit.db import Database, Part
from tongban.kit.ids import OWN_ACCOUNTS, bucket_of, by_bucket

#: In the order of :class:`Committed`.
_COLUMNS = """bucket, case_id, applicant, item, department, short_code, state, version, drawn, promised_at, check_due,
    cure_due, found, checked_by, changed_at, until"""


def giving_promise(one: Committed) -> Part:
    """Part (a guard): a promise begins its life; nothing when the case's has begun already."""
    values = msgspec.structs.astuple(one)
    return Part(
        """INSERT INTO cases.commitment (bucket, case_id, applicant, item, department, short_code, state, version,
            drawn, promised_at, check_due, cure_due, found, checked_by, changed_at, until)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        ON CONFLICT (bucket, case_id) DO NOTHING RETURNING case_id""",
        tuple(str(value) if isinstance(value, Promise) else value for value in values),
    )


def turning(before: Committed, after: Committed) -> Part:
    """Part (a guard): the promise as it stands now, over the version that was read."""
    return Part(
        """UPDATE cases.commitment SET state = $4, version = version + 1, cure_due = $5, found = $6, checked_by = $7,
            changed_at = $8, until = $9
        WHERE bucket = $1 AND case_id = $2 AND version = $3 RETURNING case_id""",
        (
            *(before.bucket, before.case_id, before.version, str(after.state), after.cure_due, after.found),
            *(after.checked_by, after.changed_at, after.until),
        ),
    )


async def promise_of(db: Database, *, case_id: UUID) -> Committed | None:
    """The promise of a case, if it was granted on one."""
    row = await db.row(
        f"SELECT {_COLUMNS} FROM cases.commitment WHERE bucket = $1 AND case_id = $2",
        bucket_of(case_id),
        case_id,
    )
    return msgspec.convert(dict(row), Committed) if row else None


async def promises_at_desk(
    db: Database, *, department: str, after: UUID | None, limit: int, now: datetime
) -> list[Committed]:
    """The promises about which a department has to do something, and those whose office it has; keyset by case."""
    rows = await db.rows(
        f"""-- across people: a department's list by its own index (commitment_desk)
        SELECT {_COLUMNS} FROM cases.commitment WHERE department = ANY({OFFICES_OF_1}) AND state = ANY($2::text[])
        AND (state <> 'revoked' OR until > $5) AND ($3::uuid IS NULL OR case_id > $3) ORDER BY case_id LIMIT $4""",
        department,
        [str(state) for state in AT_DESK],
        after,
        limit,
        now,
    )
    return [msgspec.convert(dict(row), Committed) for row in rows]


async def no_promise_until(db: Database, *, accounts: Sequence[UUID], now: datetime) -> datetime | None:
    """Until when this person gives no promise, because she broke one; None when nothing stands."""
    found: datetime | None = await db.value(
        f"""SELECT max(c.until) FROM {OWN_ACCOUNTS} JOIN cases.commitment c
            ON c.bucket = own.bucket AND c.applicant = own.account AND c.until > $3""",
        *by_bucket(accounts),
        now,
    )
    return found
