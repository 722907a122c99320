"""Sessions: a random cookie whose hash finds the row; an in-process cache at most two seconds old.

The cookie carries the bucket of its account, so the look-up names its shard. Ending a session is seen
by every process within the cache's age. Their owner sees them by an id that opens nothing.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tongban.kit.acting import PowerEnd
from tongban.kit.db import Database, Part
from tongban.kit.ids import OWN_ACCOUNTS, bucket_of, by_bucket, new_id
from tongban.kit.policy import Actor, Duty, Role
from tongban.kit.web.devices import device_of
from tongban.kit.web.places import place_of
from tongban.kit.web.visit import SESSION_COOKIE, VISITOR_COOKIE, visit

LIFETIME = {
    Role.RESIDENT: timedelta(hours=2),
    Role.OFFICER: timedelta(hours=9),
    Role.ADMINISTRATOR: timedelta(hours=9),
}
#: Who works here and touches nothing for so long is logged out (GB/T 22239-2019, 8.1.4.1); what she typed is kept.
IDLE = {Role.OFFICER: timedelta(minutes=30), Role.ADMINISTRATOR: timedelta(minutes=30)}
CACHE_SECONDS = 2.0
CACHE_SIZE = 20_000
#: So many sessions of one account live at once; the one longest unseen makes room.
MOST = 20
_NOBODY = Actor(Role.RESIDENT)
#: `seen_at` is no finer than this, so that who reads pages writes hardly anything.
SEEN_AFTER = timedelta(minutes=1)


def hash_of(cookie: str) -> bytes:
    """What is kept of a cookie: who reads the table can open no session."""
    return hashlib.sha256(cookie.encode()).digest()


def bucket_in(cookie: str) -> int | None:
    """The bucket that a cookie names, None when it is none of ours."""
    try:
        raw = base64.urlsafe_b64decode(cookie + "==")
    except ValueError:
        return None
    bucket = int.from_bytes(raw[:2], "big") if len(raw) == 26 else 1024
    return bucket if bucket < 1024 else None


def _holder(actor: Actor) -> UUID:
    assert actor.holder is not None, "a visitor has no session"
    return actor.holder


def _hers(actor: Actor, accounts: Collection[UUID]) -> tuple[list[int], list[UUID]]:
    """Whose sessions are the actor's, as ``OWN_ACCOUNTS`` takes them: hers, those merged into it, and ``accounts``."""
    return by_bucket([*dict.fromkeys((_holder(actor), *actor.also, *accounts))])


def new_cookie(bucket: int) -> str:
    """A cookie that nobody has seen: the bucket of its account, and 24 random bytes."""
    return base64.urlsafe_b64encode(bucket.to_bytes(2, "big") + secrets.token_bytes(24)).decode().rstrip("=")


def opening_session(
    actor: Actor,
    *,
    now: datetime,
    opened_by: str = "password",
    session: UUID | None = None,
    proved_at: datetime | None = None,
) -> tuple[str, Part]:
    """A new session for ``actor``: the cookie's value, and the part that stores its hash.

    ``opened_by`` is how she proved who she is, ``session`` the id by which its owner names it (a fresh one without),
    ``proved_at`` when she did, where that is not now.
    :func:`making_room` belongs into the same write. Who acts for another has the session in her own name still.
    """
    bucket = bucket_of(_holder(actor))
    cookie = new_cookie(bucket)
    return cookie, Part(
        """INSERT INTO kit.session
            (bucket, token_hash, actor, role, name, department, level, opened_at, seen_at, ends_at, id, agent,
                duties, acting_for, acting_name, acting, power, opened_by, place, also, l2_until, l3_until, proved_at)
        SELECT $1::smallint, $2::bytea, $3::uuid, $4::text, $5::text, $6::text, $7::smallint,
            $8::timestamptz, $8::timestamptz, $9::timestamptz, $10::uuid, $11::text, $12::text[],
            $13::uuid, $14::text, $15::jsonb, $16::uuid, $17::text, $18::text, $19::uuid[],
            $20::timestamptz, $21::timestamptz, $22::timestamptz
        FROM guard""",
        (
            bucket,
            hash_of(cookie),
            actor.id,
            str(actor.role),
            actor.name,
            actor.department,
            actor.level,
            now,
            now + LIFETIME[actor.role],
            session or new_id(bucket),
            device_of(visit().agent),
            sorted(actor.duties),
            *_acting_columns(actor),
            opened_by,
            place_of(visit().address),
            list(actor.also),
            *actor.level_ends,
            proved_at,
        ),
    )


def _acting_columns(actor: Actor) -> tuple[UUID | None, str | None, dict[str, Any] | None, UUID | None]:
    """In whose name, her name, how, by which power: None of each for who acts for herself."""
    if actor.acting is None:
        return None, None, None, None
    return actor.id, actor.name, msgspec.to_builtins(actor.acting), actor.acting.power


def switching(
    actor: Actor, principal: Actor | None, *, owner: Actor | None = None, now: datetime
) -> tuple[str, Part, Part]:
    """Act for somebody else from now on, or for oneself (None): a new cookie in the place of the actor's.

    ``owner``: another of her accounts, whose session it is from now on: the one that holds the power, or to which she
    goes back; there she has no higher level than it has, whatever was checked in the other one.

    Gives the cookie's value and the two parts that end the old session and store the new one, which is as old as that
    and ends when it would have. The new cookie sees to it that no process still takes it for the old principal's, and
    that no form opened in one name is ever sent in another: its token hangs on the cookie.
    """
    bucket = bucket_of(_holder(actor))
    into = bucket if owner is None else bucket_of(_holder(owner))
    cookie = new_cookie(into)
    opening = Part(
        """INSERT INTO kit.session
            (bucket, token_hash, actor, role, name, department, level, opened_at, seen_at, ends_at, id, agent,
                duties, proved_at, acting_for, acting_name, acting, power, opened_by, place, also,
                l2_until, l3_until)
        SELECT $10::smallint, $1::bytea, coalesce($11::uuid, s.actor), s.role, coalesce($12::text, s.name),
            s.department, least(s.level, $14::smallint), s.opened_at, $2::timestamptz, s.ends_at, $3::uuid, s.agent,
            s.duties, s.proved_at,
            $4::uuid, $5::text, $6::jsonb, $7::uuid, s.opened_by, s.place, coalesce($13::uuid[], s.also),
            s.l2_until, s.l3_until
        FROM guard, kit.session AS s
        WHERE s.bucket = $8::smallint AND s.token_hash = $9::bytea AND s.ends_at > $2::timestamptz""",
        (
            *(hash_of(cookie), now, new_id(into)),
            *_acting_columns(principal or _NOBODY),
            *(bucket, actor.session, into),
            *((None, None, None) if owner is None else (owner.id, owner.name, list(owner.also))),
            None if owner is None or principal is not None else owner.level,
        ),
    )
    return cookie, ending_own(actor, now=now), opening


async def taken(db: Database, cookie: str) -> str:
    """The cookie where its session was stored, else nothing: a button that is pressed twice finds the old session
    ended, and the browser has the new one by the first answer. One that opens nothing must not take its place."""
    found = await db.value(
        "SELECT 1 FROM kit.session WHERE bucket = $1 AND token_hash = $2", bucket_in(cookie), hash_of(cookie)
    )
    return cookie if found else ""


def passing_on(actor: Actor, other: Actor, *, now: datetime) -> tuple[str, Part]:
    """Into another account of one's own: a session of ``other`` that goes on from the actor's, as old as that one.

    Gives the cookie's value and the part; the actor's own is ended beside it. What asks for a fresh proof asks as
    before, and the session ends when it would have: going to and fro proves nothing and lengthens nothing.
    """
    bucket = bucket_of(_holder(other))
    cookie = new_cookie(bucket)
    return cookie, Part(
        """INSERT INTO kit.session
            (bucket, token_hash, actor, role, name, level, opened_at, seen_at, ends_at, id, agent, duties, proved_at,
                opened_by, place, also, l2_until, l3_until)
        SELECT $1::smallint, $2::bytea, $3::uuid, s.role, $4::text, $5::smallint, s.opened_at, $6::timestamptz,
            s.ends_at, $7::uuid, s.agent, s.duties, s.proved_at, 'merged', s.place, $10::uuid[],
            least(s.l2_until, $11::timestamptz), least(s.l3_until, $12::timestamptz)
        FROM guard, kit.session AS s
        WHERE s.bucket = $8::smallint AND s.token_hash = $9::bytea AND s.ends_at > $6::timestamptz""",
        (
            *(bucket, hash_of(cookie), other.id, other.name, other.level, now, new_id(bucket)),
            *(bucket_of(_holder(actor)), actor.session, list(other.also), *other.level_ends),
        ),
    )


def ending_own(actor: Actor, *, now: datetime) -> Part:
    """The part that ends the session through which ``actor`` came, where another takes its place."""
    return Part(
        """UPDATE kit.session AS s SET ends_at = $3::timestamptz FROM guard
        WHERE s.bucket = $1::smallint AND s.token_hash = $2::bytea AND s.ends_at > $3::timestamptz""",
        (bucket_of(_holder(actor)), actor.session, now),
    )


def living_session(actor: Actor, *, now: datetime) -> Part:
    """The guard that stands while the session through which ``actor`` came has not ended."""
    return Part(
        """SELECT bucket, id FROM kit.session
        WHERE bucket = $1::smallint AND token_hash = $2::bytea AND ends_at > $3::timestamptz""",
        (bucket_of(_holder(actor)), actor.session, now),
    )


def ending_power(agent: UUID, power: UUID, why: PowerEnd) -> Part:
    """The part that ends what an agent's sessions do by a power. Whoever fills a form just then is told so when she
    sends it: the session stays hers, and no process acts by what it remembers of it."""
    return Part(
        """UPDATE kit.session AS s SET power_ended = $4::text FROM guard
        WHERE s.bucket = $1::smallint AND s.actor = $2::uuid AND s.power = $3::uuid AND s.power_ended IS NULL""",
        (bucket_of(agent), agent, power, why),
    )


def making_room(actor: Actor, *, now: datetime) -> Part:
    """The part that ends what is too many beside a session that is being opened: the longest unseen first.

    And the one with which the browser came, whoever's it was: nothing that was known before the log-in opens anything
    after it. Where another part of the write ends that one too, both do the same.
    """
    former = visit().session_cookie
    return Part(
        """UPDATE kit.session AS s SET ends_at = $3::timestamptz FROM guard
        WHERE s.ends_at > $3::timestamptz AND (s.bucket, s.token_hash) IN (
            (SELECT o.bucket, o.token_hash FROM kit.session AS o
            WHERE o.bucket = $1::smallint AND o.actor = $2::uuid AND o.ends_at > $3::timestamptz
            ORDER BY o.seen_at DESC, o.token_hash OFFSET $4::integer)
            UNION ALL SELECT $5::smallint, $6::bytea)""",
        (bucket_of(_holder(actor)), _holder(actor), now, MOST - 1, bucket_in(former), hash_of(former)),
    )


def ending_session(actor: Actor, *, now: datetime) -> Part:
    """The part that ends the session through which ``actor`` came. May be the guard: it returns the actor."""
    return Part(
        """UPDATE kit.session SET ends_at = $3::timestamptz
        WHERE bucket = $1::smallint AND token_hash = $2::bytea RETURNING actor""",
        (bucket_of(_holder(actor)), actor.session, now),
    )


def ending_named(actor: Actor, session: UUID, *, accounts: Collection[UUID] = (), now: datetime) -> Part:
    """The guard that ends one of the actor's sessions; lost when it is none of hers or over already."""
    return Part(
        f"""UPDATE kit.session AS s SET ends_at = $4::timestamptz FROM {OWN_ACCOUNTS}
        WHERE s.bucket = own.bucket AND s.actor = own.account AND s.id = $3::uuid AND s.ends_at > $4::timestamptz
        RETURNING s.id""",
        (*_hers(actor, accounts), session, now),
    )


def having_others(actor: Actor, *, accounts: Collection[UUID] = (), now: datetime) -> Part:
    """The guard that stands while the actor has living sessions beside the one she came through; gives ``others``."""
    return Part(
        f"""SELECT count(*)::integer AS others FROM {OWN_ACCOUNTS}
        JOIN kit.session s ON s.bucket = own.bucket AND s.actor = own.account
        WHERE s.token_hash <> $3::bytea AND s.ends_at > $4::timestamptz
        HAVING count(*) > 0""",
        (*_hers(actor, accounts), actor.session, now),
    )


def ending_others(actor: Actor, *, accounts: Collection[UUID] = (), now: datetime) -> Part:
    """The part that ends all of the actor's sessions but the one she came through; all, where she came through none.

    ``accounts``: all that are hers, where she may be inside one that was merged into another, or comes through no
    session; those that her session knows of are ended without it.
    """
    return Part(
        f"""UPDATE kit.session AS s SET ends_at = $4::timestamptz FROM guard, {OWN_ACCOUNTS}
        WHERE s.bucket = own.bucket AND s.actor = own.account AND s.token_hash <> $3::bytea
            AND s.ends_at > $4::timestamptz""",
        (*_hers(actor, accounts), actor.session, now),
    )


def renaming_sessions(who: UUID, *, shown: str, name: str, agents: Collection[UUID], now: datetime) -> Part:
    """The part that gives living sessions somebody's new name: ``shown`` in the head of her pages and of those of
    ``agents`` who act for her, ``name`` where she is named as the agent."""
    return Part(
        """UPDATE kit.session AS s SET
            name = CASE WHEN s.actor = $2::uuid THEN $3::text ELSE s.name END,
            acting_name = CASE WHEN s.acting_for = $2::uuid THEN $3::text ELSE s.acting_name END,
            acting = CASE WHEN s.acting ->> 'agent' = $2::text
                THEN jsonb_set(s.acting, '{agent_name}', to_jsonb($4::text)) ELSE s.acting END
        FROM guard
        WHERE s.bucket = ANY($1::smallint[]) AND s.actor = ANY($5::uuid[]) AND s.ends_at > $6::timestamptz
            AND (s.actor = $2::uuid OR s.acting_for = $2::uuid)""",
        (*([bucket_of(one) for one in (who, *agents)], who, shown, name, [who, *agents], now),),
    )


def renewing(
    actor: Actor,
    *,
    now: datetime,
    proved: bool = False,
    duties: Collection[Duty] | None = None,
    department: str | None = None,
) -> tuple[str, Part]:
    """A new cookie, and the part that lets the actor's own session go on under it and under no other.

    For whatever makes the session worth more, or ends the others because one of them may be a thief's. ``proved``: she
    has just proved that it is she. ``duties`` and ``department``: those that the session was opened without. What
    :func:`taken` says of the cookie belongs after the write.
    """
    bucket = bucket_of(_holder(actor))
    cookie = new_cookie(bucket)
    return cookie, Part(
        """UPDATE kit.session AS s SET token_hash = $3::bytea, duties = coalesce($6::text[], s.duties),
            department = coalesce($7::text, s.department),
            proved_at = CASE WHEN $5::boolean THEN $4::timestamptz ELSE s.proved_at END
        FROM guard WHERE s.bucket = $1::smallint AND s.token_hash = $2::bytea AND s.ends_at > $4::timestamptz""",
        (
            *(bucket, actor.session, hash_of(cookie), now, proved),
            None if duties is None else sorted(duties),
            department,
        ),
    )


async def proved_at(db: Database, actor: Actor) -> datetime | None:
    """When the actor last proved in her session that it is she; None where the session is no more.

    Read from the row, not from a process's cache: what asks for it is rare, and must be right at once.
    """
    at: datetime | None = await db.value(
        "SELECT coalesce(proved_at, opened_at) FROM kit.session WHERE bucket = $1 AND token_hash = $2",
        bucket_of(_holder(actor)),
        actor.session,
    )
    return at


def idle_since(now: datetime) -> datetime:
    """Who was last seen before that is idle; ``seen_at`` may be a minute behind, which is in her favour."""
    return now - IDLE[Role.OFFICER] - SEEN_AFTER


def set_session_cookie(cookie: str) -> None:
    """Give the browser its session; it ends with the browser or with the row, whichever is first.

    Forms of this answer belong to it. What tokens of a visitor's forms hung on goes: it was known before.
    """
    current = visit()
    current.set_cookie(SESSION_COOKIE, cookie)
    if current.visitor_cookie:
        current.set_cookie(VISITOR_COOKIE, "", max_age=0)
    current.session_cookie = cookie


def clear_session_cookie() -> None:
    """Take the session out of the browser."""
    visit().set_cookie(SESSION_COOKIE, "", max_age=0)
