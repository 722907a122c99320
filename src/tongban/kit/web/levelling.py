"""The real-name level of sessions that live: raised by a check, lowered where one is taken back, asked of the row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of, by_bucket
from tongban.kit.policy import Actor, LevelEnds, level_at
from tongban.kit.web.sessions import hash_of, new_cookie


def levelling_sessions(
    who: UUID,
    *,
    own: bytes = b"",
    level: int,
    ends: LevelEnds,
    name: str | None = None,
    now: datetime,
) -> tuple[str, Part]:
    """A new cookie, and the part that raises an account's living sessions to ``level`` and gives them a new ``name``.

    ``level`` is what the check proves and ``ends`` until when: a session that has a higher one keeps it, and none gets
    more. ``own`` is the hash of the session through which its owner came: that one goes on under the new cookie. What
    has risen is so known by nothing that was seen before, and no process's cache tells the old level.
    """
    cookie = new_cookie(bucket_of(who))
    return cookie, Part(
        """UPDATE kit.session AS s SET level = greatest(s.level, $3::smallint), name = coalesce($9::text, s.name),
            l2_until = greatest(s.l2_until, $7::timestamptz), l3_until = greatest(s.l3_until, $8::timestamptz),
            token_hash = CASE WHEN s.token_hash = $4::bytea THEN $5::bytea ELSE s.token_hash END
        FROM guard
        WHERE s.bucket = $1::smallint AND s.actor = $2::uuid AND s.ends_at > $6::timestamptz""",
        (bucket_of(who), who, level, own, hash_of(cookie), now, *ends, name),
    )


def lowering_sessions(
    accounts: Sequence[UUID], *, own: bytes, level: int, ends: LevelEnds, now: datetime
) -> tuple[str, Part]:
    """A new cookie, and the part that leaves the living sessions of ``accounts`` no more than ``level``.

    ``ends`` are those of the checks that are left; a session that has less, or for a shorter time, keeps that: it was
    opened by one that had proved no more. The first account is that of ``own``, the hash of the session through which
    its owner came: that one goes on under the new cookie.
    """
    cookie = new_cookie(bucket_of(accounts[0]))
    return cookie, Part(
        """UPDATE kit.session AS s SET level = least(s.level, $3::smallint),
            l2_until = CASE WHEN $7::timestamptz IS NOT NULL THEN least(s.l2_until, $7::timestamptz) END,
            l3_until = CASE WHEN $8::timestamptz IS NOT NULL THEN least(s.l3_until, $8::timestamptz) END,
            token_hash = CASE WHEN s.token_hash = $4::bytea THEN $5::bytea ELSE s.token_hash END
        FROM guard
        WHERE s.bucket = ANY($1::smallint[]) AND s.actor = ANY($2::uuid[]) AND s.ends_at > $6::timestamptz""",
        (*by_bucket(accounts), level, own, hash_of(cookie), now, *ends),
    )


async def level_now(db: Database, actor: Actor, *, now: datetime) -> int:
    """The level of the session through which the actor came, as its row has it now: a process may know the one of two
    seconds ago. 0 where it is no more. One statement."""
    assert actor.holder is not None, "a visitor has no session"
    row = await db.row(
        """SELECT level, l2_until, l3_until FROM kit.session
        WHERE bucket = $1 AND token_hash = $2 AND ends_at > $3""",
        bucket_of(actor.holder),
        actor.session,
        now,
    )
    return 0 if row is None else level_at(row["level"], (row["l2_until"], row["l3_until"]), now)
