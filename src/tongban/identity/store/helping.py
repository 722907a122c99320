"""SQL of help at the window: the account of who came, and the power that her signature founds."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.kit.db import Part
from tongban.kit.ids import bucket_of


def signing(power: UUID, *, officer: UUID, now: datetime) -> Part:
    """Part (a guard): the consent is signed, and the help stands; lost when it ended meanwhile. Twice is the same."""
    return Part(
        """UPDATE identity.power SET state = 'standing', answered_at = coalesce(answered_at, $4::timestamptz)
        WHERE bucket = $1::smallint AND id = $2::uuid AND agent = $3::uuid AND kind = 'assisted'
            AND state IN ('offered', 'standing') AND until > $4::timestamptz RETURNING bucket, id""",
        (bucket_of(power), power, officer, now),
    )


def ending_help(power: UUID, *, officer: UUID, now: datetime) -> Part:
    """Part: the help is over: whoever goes back to her desk needs a new signature to help again."""
    return Part(
        """UPDATE identity.power AS p SET state = 'renounced', ended_at = $4::timestamptz, ended_by = $3::uuid
        FROM guard WHERE p.bucket = $1::smallint AND p.id = $2::uuid AND p.agent = $3::uuid AND p.kind = 'assisted'
            AND p.state IN ('offered', 'standing')""",
        (bucket_of(power), power, officer, now),
    )
