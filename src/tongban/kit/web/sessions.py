"""Sessions: a random cookie whose hash finds the row; an in-process cache at most two seconds old.

The cookie carries the bucket of its account, so the look-up names its shard. Ending a session is seen
by every process within the cache's age.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from datetime import datetime, timedelta

from tongban.kit.db import Database, Part
from tongban.kit.policy import Actor, Role
from tongban.kit.web.visit import SESSION_COOKIE, visit

LIFETIME = {Role.RESIDENT: timedelta(hours=2), Role.OFFICER: timedelta(hours=9)}
CACHE_SECONDS = 2.0
CACHE_SIZE = 20_000


def _hash(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode()).digest()


def _bucket(cookie: str) -> int | None:
    try:
        raw = base64.urlsafe_b64decode(cookie + "==")
    except ValueError:
        return None
    bucket = int.from_bytes(raw[:2], "big") if len(raw) == 26 else 1024
    return bucket if bucket < 1024 else None


def opening_session(actor: Actor, *, now: datetime) -> tuple[str, Part]:
    """A new session for ``actor``: the cookie's value, and the part that stores its hash."""
    cookie = (
        base64.urlsafe_b64encode(actor.bucket.to_bytes(2, "big") + secrets.token_bytes(24))
        .decode()
        .rstrip("=")
    )
    return cookie, Part(
        """INSERT INTO kit.session
            (bucket, token_hash, actor, role, name, department, level, opened_at, seen_at, ends_at)
        SELECT $1::smallint, $2::bytea, $3::uuid, $4::text, $5::text, $6::text, $7::smallint,
            $8::timestamptz, $8::timestamptz, $9::timestamptz FROM guard""",
        (
            actor.bucket,
            _hash(cookie),
            actor.id,
            str(actor.role),
            actor.name,
            actor.department,
            actor.level,
            now,
            now + LIFETIME[actor.role],
        ),
    )


def ending_session(actor: Actor, *, now: datetime) -> Part:
    """The part that ends the session through which ``actor`` came. May be the guard: it returns the actor."""
    return Part(
        """UPDATE kit.session SET ends_at = $3::timestamptz
        WHERE bucket = $1::smallint AND token_hash = $2::bytea RETURNING actor""",
        (actor.bucket, actor.session, now),
    )


def set_session_cookie(cookie: str) -> None:
    """Give the browser its session; it ends with the browser or with the row, whichever is first."""
    visit().set_cookie(SESSION_COOKIE, cookie)


def clear_session_cookie() -> None:
    """Take the session out of the browser."""
    visit().set_cookie(SESSION_COOKIE, "", max_age=0)


class Sessions:
    """Finds the actor of a cookie; one per process."""

    def __init__(self, db: Database) -> None:
        self._db = db.sibling()
        self._cache: dict[str, tuple[float, datetime, Actor]] = {}

    async def actor(self, cookie: str, *, now: datetime) -> Actor | None:
        """The actor, or None when the session is unknown or has ended."""
        known = self._cache.get(cookie)
        if known is not None and known[0] > time.monotonic():
            return known[2] if known[1] > now else None
        bucket = _bucket(cookie)
        if bucket is None:
            return None
        token_hash = _hash(cookie)
        row = await self._db.row(
            """SELECT actor, role, name, department, level, ends_at FROM kit.session
            WHERE bucket = $1 AND token_hash = $2""",
            bucket,
            token_hash,
        )
        if row is None or row["ends_at"] <= now:
            self._cache.pop(cookie, None)
            return None
        actor = Actor(
            Role(row["role"]), row["actor"], row["name"], row["department"], row["level"], token_hash
        )
        if len(self._cache) >= CACHE_SIZE:
            self._cache.clear()
        self._cache[cookie] = (time.monotonic() + CACHE_SECONDS, row["ends_at"], actor)
        return actor

    def forget(self, cookie: str) -> None:
        """Drop a cookie from this process's cache at once (log-out)."""
        self._cache.pop(cookie, None)
