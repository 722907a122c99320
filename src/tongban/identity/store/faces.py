"""SQL of face checks: begun in one session, told of, and ended once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban.identity.model.faces import FaceCheck
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of

_COLUMNS = "id, account, session, state, token, address, code, until, told_at"


def beginning(who: UUID, *, check: UUID, session: bytes, key: str, until: datetime, now: datetime) -> Part:
    """The part that notes a check; the same form again notes none."""
    return Part(
        """INSERT INTO identity.face_check (bucket, id, account, session, key, begun_at, until)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::bytea, $5::text, $6::timestamptz, $7::timestamptz FROM guard
        ON CONFLICT ON CONSTRAINT face_check_key DO NOTHING""",
        (bucket_of(who), check, who, session, key, now, until),
    )


async def by_key(db: Database, who: UUID, key: str) -> FaceCheck | None:
    """The check that a form began."""
    row = await db.row(
        f"SELECT {_COLUMNS} FROM identity.face_check WHERE bucket = $1 AND account = $2 AND key = $3",
        *(bucket_of(who), who, key),
    )
    return None if row is None else msgspec.convert(dict(row), FaceCheck)


async def check_of(db: Database, who: UUID, check: UUID) -> FaceCheck | None:
    """One of a person's checks."""
    row = await db.row(
        f"SELECT {_COLUMNS} FROM identity.face_check WHERE bucket = $1 AND id = $3 AND account = $2",
        *(bucket_of(who), who, check),
    )
    return None if row is None else msgspec.convert(dict(row), FaceCheck)


def opening(who: UUID, check: UUID, *, token: str, address: str, until: datetime) -> Part:
    """The guard that notes the provider's page for a check; lost when it has one."""
    return Part(
        """UPDATE identity.face_check SET token = $4::text, address = $5::text, until = $6::timestamptz
        WHERE bucket = $1::smallint AND id = $3::uuid AND account = $2::uuid AND state = 'open' AND token = ''
        RETURNING bucket, id""",
        (bucket_of(who), who, check, token, address, until),
    )


def told(check: UUID, *, now: datetime) -> Part:
    """The guard that notes that the provider has a result: once; gives whose it is."""
    return Part(
        """UPDATE identity.face_check SET told_at = $3::timestamptz
        WHERE bucket = $1::smallint AND id = $2::uuid AND state = 'open' AND told_at IS NULL
        RETURNING bucket, account""",
        (bucket_of(check), check, now),
    )


async def known(db: Database, check: UUID) -> UUID | None:
    """Whose check this is; None for none of ours."""
    owner: UUID | None = await db.value(
        "SELECT account FROM identity.face_check WHERE bucket = $1 AND id = $2", bucket_of(check), check
    )
    return owner


def passing(who: UUID, check: UUID, *, session: bytes, serial: str, now: datetime) -> Part:
    """The guard that a check passed: once, in the session that began it, in time, and while the consent stands."""
    return Part(
        """UPDATE identity.face_check AS f
        SET state = 'passed', code = '0', serial = $5::text, ended_at = $6::timestamptz
        WHERE f.bucket = $1::smallint AND f.id = $3::uuid AND f.account = $2::uuid AND f.state = 'open'
            AND f.session = $4::bytea AND f.until > $6::timestamptz
            AND EXISTS (SELECT FROM identity.consent c WHERE c.bucket = f.bucket AND c.subject = f.account
                AND c.purpose = 'face' AND c.item = '' AND c.withdrawn_at IS NULL)
        RETURNING f.bucket, f.account, 3::smallint AS level""",
        (bucket_of(who), who, check, session, serial, now),
    )


def failing(who: UUID, check: UUID, *, code: str, serial: str, now: datetime) -> Part:
    """The guard that a check ended without raising anybody: once."""
    return Part(
        """UPDATE identity.face_check
        SET state = 'failed', code = $4::text, serial = $5::text, ended_at = $6::timestamptz
        WHERE bucket = $1::smallint AND id = $3::uuid AND account = $2::uuid AND state = 'open'
        RETURNING bucket, account""",
        (bucket_of(who), who, check, code, serial, now),
    )


async def forget(db: Database, *, before: datetime) -> None:
    """Drop checks that were begun long ago: what they raised has its own record."""
    await db.run(
        """-- across people: the hourly sweep
        DELETE FROM identity.face_check WHERE begun_at < $1""",
        before,
    )
