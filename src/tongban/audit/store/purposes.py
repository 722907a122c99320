"""SQL of purposes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.audit.model import Purpose
from tongban.kit.db import Bulk, Database, Part, as_text_array
from tongban.kit.ids import bucket_of


def opening(purpose: Purpose) -> Part:
    """Part: the purpose's row."""
    return Part(
        """INSERT INTO audit.purpose (bucket, id, subject, kind, reference, item, fields, basis, opened_at, until)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::text, $5::text, $6::text, $7::text::text[], $8::text,
            $9::timestamptz, $10::timestamptz FROM guard LIMIT 1""",
        (
            *(
                bucket_of(purpose.subject),
                purpose.id,
                purpose.subject,
                purpose.kind,
                purpose.reference,
                purpose.item,
            ),
            *(as_text_array(purpose.fields), purpose.basis, purpose.opened_at, purpose.until),
        ),
    )


def many(rows: Iterable[tuple[Purpose, datetime | None]]) -> Bulk:
    """Purposes to be copied in, each with the instant at which it was closed."""
    return Bulk(
        "audit",
        "purpose",
        ("bucket", *Purpose.__struct_fields__, "closed_at"),
        [(bucket_of(purpose.subject), *msgspec.structs.astuple(purpose), closed) for purpose, closed in rows],
    )


def closing(*, subject: UUID, reference: str, now: datetime) -> Part:
    """Part: every open purpose of this reference ends; one opened in the same statement is not seen and stays."""
    return Part(
        """UPDATE audit.purpose SET closed_at = $4::timestamptz FROM guard
        WHERE purpose.bucket = $1::smallint AND purpose.subject = $2::uuid AND purpose.reference = $3::text
            AND purpose.closed_at IS NULL""",
        (bucket_of(subject), subject, reference, now),
    )


def reopening(*, purpose: UUID, subject: UUID, until: datetime) -> Part:
    """Part: a purpose that was closed stands again, until then."""
    return Part(
        """UPDATE audit.purpose SET closed_at = NULL, until = greatest(purpose.until, $4::timestamptz) FROM guard
        WHERE purpose.bucket = $1::smallint AND purpose.id = $2::uuid AND purpose.subject = $3::uuid""",
        (bucket_of(subject), purpose, subject, until),
    )


async def standing(db: Database, *, purpose: UUID, subject: UUID, now: datetime) -> Purpose | None:
    """The purpose when it is this subject's and stands at ``now``."""
    row = await db.row(
        """SELECT id, subject, kind, reference, item, fields, basis, opened_at, until FROM audit.purpose
        WHERE bucket = $1 AND id = $2 AND subject = $3 AND closed_at IS NULL AND until > $4""",
        bucket_of(subject),
        purpose,
        subject,
        now,
    )
    return msgspec.convert(dict(row), Purpose) if row else None
