"""The sessions of an account that live, as their owner sees them: by ids that open nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.kit.db import Database
from tongban.kit.i18n import Message, Text
from tongban.kit.ids import OWN_ACCOUNTS, by_bucket
from tongban.kit.policy import Actor
from tongban.kit.web.devices import device_words
from tongban.kit.web.places import place_words, way_words
from tongban.kit.web.sessions import idle_since


class LivingSession(msgspec.Struct, frozen=True):
    """A session as its owner sees it; ``own`` is the one through which she looks."""

    id: UUID
    opened_at: datetime
    seen_at: datetime
    agent: str
    opened_by: str
    place: str
    own: bool

    @property
    def device(self) -> Message | Text:
        """Browser and system in words."""
        return device_words(self.agent)

    @property
    def way(self) -> Message | str:
        """How it was opened, in words."""
        return way_words(self.opened_by)

    @property
    def where(self) -> Message:
        """From where it was opened, coarsely."""
        return place_words(self.place)


async def was_own(db: Database, actor: Actor, session: UUID, *, accounts: Collection[UUID] = ()) -> bool:
    """Whether a session is the actor's, or was until it ended; ``accounts`` as for :func:`living_sessions`."""
    assert actor.holder is not None, "a visitor has no session"
    found = await db.value(
        f"""SELECT EXISTS (SELECT FROM {OWN_ACCOUNTS}
            JOIN kit.session s ON s.bucket = own.bucket AND s.actor = own.account WHERE s.id = $3)""",
        *by_bucket([*dict.fromkeys((actor.holder, *actor.also, *accounts))]),
        session,
    )
    return bool(found)


async def living_sessions(
    db: Database, actor: Actor, *, accounts: Collection[UUID] = (), now: datetime
) -> list[LivingSession]:
    """The actor's sessions that have not ended, her own first, then by when they were last seen; those of accounts
    merged into hers too.

    ``accounts``: all that are hers, where she may be inside one that was merged into another.
    """
    assert actor.holder is not None, "a visitor has no session"
    rows = await db.rows(
        f"""SELECT s.id, s.opened_at, s.seen_at, s.agent, s.opened_by, s.place, s.token_hash = $3 AS own
        FROM {OWN_ACCOUNTS} JOIN kit.session s ON s.bucket = own.bucket AND s.actor = own.account
        WHERE s.ends_at > $4 AND (s.role = 'resident' OR s.seen_at > $5)
        ORDER BY s.token_hash = $3 DESC, s.seen_at DESC, s.id LIMIT 100""",
        *by_bucket([*dict.fromkeys((actor.holder, *actor.also, *accounts))]),
        actor.session,
        now,
        idle_since(now),
    )
    return [LivingSession(**row) for row in rows]
