"""Whose a case is, of a person with several accounts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tongban.kit.db import Database
from tongban.kit.ids import OWN_ACCOUNTS, bucket_of, by_bucket


async def whose(db: Database, case_id: UUID, accounts: Sequence[UUID]) -> UUID | None:
    """Which of these accounts of one person applied in a case, else was asked to confirm it, else is told of it as one
    whom it bears on 利害关系人; None for a case that is none of hers."""
    found = await db.value(
        f"""SELECT one FROM (
            SELECT applicant AS one, 1 AS rank FROM cases."case"
            WHERE bucket = $3 AND id = $4 AND applicant = ANY($2::uuid[])
            UNION ALL
            SELECT p.person, 2 FROM {OWN_ACCOUNTS} JOIN cases.party p
                ON p.bucket = own.bucket AND p.person = own.account AND p.case_id = $4
            UNION ALL
            SELECT i.person, 3 FROM {OWN_ACCOUNTS} JOIN cases.interested i
                ON i.bucket = own.bucket AND i.person = own.account AND i.case_id = $4 AND i.account
        ) found ORDER BY rank, array_position($2::uuid[], one) LIMIT 1""",
        *(*by_bucket(accounts), bucket_of(case_id), case_id),
    )
    return found if isinstance(found, UUID) else None
