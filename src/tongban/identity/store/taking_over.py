"""SQL of an account that its holder takes over: one that others had opened for her."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.identity.model import Account
from tongban.identity.store.accounts import account_of
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of


async def kept_for(db: Database, application: UUID) -> Account | None:
    """The account without a password that the number of a checked enrolment finds, if there is one."""
    row = await db.row(
        """-- across people: the global index is what tells the bucket
        SELECT a.id, a.role, a.name_sealed, a.phone_sealed, a.level, a.password, a.also,
            NULL AS department, NULL AS duties
        FROM identity.application e JOIN identity.id_index i ON i.hash IN (e.id_hash, e.id_older)
        JOIN identity.account a ON a.bucket = i.bucket AND a.id = i.account
        WHERE e.bucket = $1 AND e.id = $2 AND e.state = 'checked' AND a.password = ''
            AND a.kind = 'person' AND a.closed_at IS NULL""",
        bucket_of(application),
        application,
    )
    return None if row is None else account_of(row)


def taking_over(kept: Account, own: Account, *, phone_sealed: bytes, name_sealed: bytes) -> Part:
    """Part (a guard): the account is its holder's from now on. Lost when somebody took it over before.

    ``own``: as the enrolment would have opened it, with the password that was chosen.
    """
    return Part(
        """UPDATE identity.account SET password = $3::text, phone_sealed = $4::bytea, name_sealed = $5::bytea,
            level = $6::smallint
        WHERE bucket = $1::smallint AND id = $2::uuid AND password = '' AND closed_at IS NULL AND merged_into IS NULL
        RETURNING bucket, id""",
        (bucket_of(kept.id), kept.id, own.password, phone_sealed, name_sealed, own.level),
    )


def checked_again(application: UUID) -> Part:
    """Part: what the register has said of her now, from the enrolment."""
    return Part(
        """UPDATE identity.person AS p SET as_of = e.as_of, checked_at = e.checked_at
        FROM guard, identity.application e
        WHERE p.bucket = guard.bucket AND p.id = guard.id AND e.bucket = $1::smallint AND e.id = $2::uuid""",
        (bucket_of(application), application),
    )


def ending_application(application: UUID, *, now: datetime) -> tuple[Part, Part]:
    """Parts: the enrolment is over, its code used up."""
    where = (bucket_of(application), application)
    return (
        Part(
            """DELETE FROM identity.application AS e USING guard WHERE e.bucket = $1::smallint AND e.id = $2::uuid""",
            where,
        ),
        Part(
            """UPDATE identity.code AS c SET used_at = $3::timestamptz FROM guard
            WHERE c.bucket = $1::smallint AND c.account = $2::uuid AND c.act = 'enrol'""",
            (*where, now),
        ),
    )
