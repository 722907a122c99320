"""What hangs on a session elsewhere: its id, which outlives a new cookie, and that it has ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban.kit.db import Database, Part
from tongban.kit.policy import Actor


class Standing(msgspec.Struct, frozen=True):
    """The session through which somebody came: its id, which outlives a new cookie, since when, and until when."""

    id: UUID
    opened_at: datetime
    ends_at: datetime


async def standing(db: Database, actor: Actor, *, now: datetime) -> Standing | None:
    """The session through which the actor came; None where it has ended."""
    row = await db.row(
        """SELECT id, opened_at, ends_at FROM kit.session
        WHERE bucket = $1 AND token_hash = $2 AND ends_at > $3""",
        actor.bucket,
        actor.session,
        now,
    )
    return None if row is None else Standing(**row)


def ended_sessions(*, since: datetime, now: datetime) -> Part:
    """The guard whose rows are the sessions that ended after ``since``, of whomever."""
    return Part(
        """SELECT bucket, id FROM kit.session
        WHERE ends_at > $1::timestamptz AND ends_at <= $2::timestamptz""",
        (since, now),
    )
