"""Recognising: whose cookie a request carries, from an in-process cache at most two seconds old."""

from __future__ import annotations

import time
from datetime import datetime

import msgspec
from asyncpg import Record

from tongban.kit.acting import Acting
from tongban.kit.db import Database
from tongban.kit.policy import NO_ENDS, Actor, Duty, Role, level_at
from tongban.kit.web.sessions import (
    CACHE_SECONDS,
    CACHE_SIZE,
    IDLE,
    SEEN_AFTER,
    bucket_in,
    hash_of,
    idle_since,
)

_FOUND = """SELECT actor, role, name, department, level, duties, ends_at, seen_at, acting_for, acting_name, acting,
            power_ended, also, l2_until, l3_until FROM kit.session
        WHERE bucket = $1 AND token_hash = $2"""
#: The same look-up where the session may have been unseen for a minute: it notes that it is seen now.
_FOUND_SEEN = (
    """WITH seen AS (
            UPDATE kit.session SET seen_at = $3
            WHERE bucket = $1 AND token_hash = $2 AND seen_at <= $4 AND ends_at > $3
                AND (role = 'resident' OR seen_at > $5)
        )
        """
    + _FOUND
)


class _Known(msgspec.Struct, frozen=True):
    """What the cache holds of a cookie, and until when by the process's own clock it need not be looked up."""

    fresh_until: float
    ends_at: datetime
    seen_at: datetime
    actor: Actor


def _actor(row: Record, token_hash: bytes) -> Actor:
    """Who acts through a session: its owner, or in whose name she acts."""
    acting = row["acting"]
    if acting is None:
        return Actor(
            *(Role(row["role"]), row["actor"], row["name"], row["department"], row["level"], token_hash),
            frozenset(map(Duty, row["duties"])),
            also=tuple(row["also"]),
            level_ends=(row["l2_until"], row["l3_until"]),
        )
    how = msgspec.structs.replace(msgspec.convert(acting, Acting), ended=row["power_ended"])
    return Actor(
        *(Role.RESIDENT, row["acting_for"], row["acting_name"], None, how.level_of(row["level"]), token_hash),
        acting=how,
        level_ends=NO_ENDS if how.level else (row["l2_until"], row["l3_until"]),
    )


def _at(actor: Actor, now: datetime) -> Actor:
    """The same one as of now: a power whose day is over has ended by itself, and so has a level whose checks are."""
    if actor.level_ends != NO_ENDS and (left := level_at(actor.level, actor.level_ends, now)) != actor.level:
        actor = msgspec.structs.replace(actor, level=left)
    acting = actor.acting
    if acting is None or acting.ended is not None or acting.until > now:
        return actor
    return msgspec.structs.replace(actor, acting=msgspec.structs.replace(acting, ended="expired"))


def _is_idle(role: str, seen_at: datetime, *, now: datetime) -> bool:
    return Role(role) in IDLE and seen_at <= idle_since(now)


class Sessions:
    """Finds the actor of a cookie; one per process."""

    def __init__(self, db: Database) -> None:
        self._db = db.sibling()
        self._cache: dict[str, _Known] = {}

    async def actor(self, cookie: str, *, now: datetime) -> Actor | None:
        """The actor, None when the session is unknown or has ended. At most one statement, none while it is fresh.

        Who acts for another, and whom an account was merged into, is looked up whatever the cache holds: a power that
        was revoked does and shows nothing more from that moment on, and so does a merge that is undone.
        """
        known = self._cache.get(cookie)
        if known is not None and known.fresh_until > time.monotonic():
            if known.ends_at <= now:
                return None
            if known.actor.acting is None and not known.actor.also:
                return _at(known.actor, now)
        bucket = bucket_in(cookie)
        if bucket is None:
            return None
        token_hash = hash_of(cookie)
        # The worth of a page's look-up is not lowered by a write: whom this process saw a moment ago is only read.
        if known is not None and known.seen_at > now - SEEN_AFTER:
            row = await self._db.row(_FOUND, bucket, token_hash)
        else:
            row = await self._db.row(_FOUND_SEEN, bucket, token_hash, now, now - SEEN_AFTER, idle_since(now))
        if row is None or row["ends_at"] <= now or _is_idle(row["role"], row["seen_at"], now=now):
            self._cache.pop(cookie, None)
            return None
        actor = _actor(row, token_hash)
        if len(self._cache) >= CACHE_SIZE:
            self._cache.clear()
        # The statement read the row as it was; where that was a minute old, it is seen now.
        seen_at = row["seen_at"] if row["seen_at"] > now - SEEN_AFTER else now
        self._cache[cookie] = _Known(time.monotonic() + CACHE_SECONDS, row["ends_at"], seen_at, actor)
        return _at(actor, now)

    def forget(self, cookie: str) -> None:
        """Drop a cookie from this process's cache at once (log-out)."""
        self._cache.pop(cookie, None)
