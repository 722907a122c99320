"""SQL of accounts of staff: read for the pages about them, opened, changed by two persons, and ended."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

from tongban.identity.model.hashes import older, spellings
from tongban.identity.model.people import open_name
from tongban.identity.model.staff import Change, Officer, Powers, State
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of
from tongban.kit.policy import Actor, Duty

MOST = 100
#: No department's code stands behind it.
_BEHIND_ALL = "\U0010ffff"

_OFFICER = """s.id, s.username, a.name_sealed, s.state, s.department, s.hall, s.duties, s.until, s.home,
        s.granted_at, s.reviewed_at, s.failed_at, s.totp_sealed IS NOT NULL AS totp,
        EXISTS (SELECT FROM identity.passkey p
            WHERE p.bucket = s.bucket AND p.account = s.id AND p.ended_at IS NULL) AS passkey"""
_CHANGE = """id, officer, kind, state, department, hall, duties, until, before, reason, asked_by, asked_by_name,
        asked_at, decided_by, decided_by_name, decided_at, answer"""


def powers_of(stored: dict[str, Any] | None) -> Powers | None:
    """Powers as a jsonb column keeps them."""
    return None if not stored else msgspec.convert(stored, Powers)


def _officer(row: Record) -> Officer:
    return Officer(
        row["id"],
        row["username"],
        open_name(row["name_sealed"], row["id"]),
        State(row["state"]),
        Powers(row["department"], tuple(map(Duty, row["duties"])), row["hall"]),
        row["until"],
        powers_of(row["home"]),
        row["granted_at"],
        row["reviewed_at"],
        row["failed_at"],
        row["totp"],
        row["passkey"],
    )


def _change(row: Record) -> Change:
    return Change(
        id=row["id"],
        officer=row["officer"],
        kind=row["kind"],
        state=row["state"],
        powers=Powers(row["department"], tuple(map(Duty, row["duties"])), row["hall"]),
        until=row["until"],
        before=row["before"],
        reason=row["reason"],
        asked_by=row["asked_by"],
        asked_by_name=row["asked_by_name"],
        asked_at=row["asked_at"],
        decided_by=row["decided_by"],
        decided_by_name=row["decided_by_name"],
        decided_at=row["decided_at"],
        answer=row["answer"],
    )


async def page_of(
    db: Database, department: str | None, *, after: tuple[str, str] | None, limit: int
) -> list[Officer]:
    """Accounts of a department, or of all (None), by department and log-in name, those behind ``after``; who has left
    stands among them."""
    rows = await db.rows(
        f"""-- across people: a department's staff have an index of their own (staff_department)
        SELECT {_OFFICER} FROM (
            SELECT * FROM identity.staff
            WHERE (department, username) > ($1, $2) AND department BETWEEN $3 AND $4
            ORDER BY department, username LIMIT $5) AS s
        JOIN identity.account a ON a.bucket = s.bucket AND a.id = s.id ORDER BY s.department, s.username""",
        *(after or (department or "", "")),
        *(department or "", department or _BEHIND_ALL, limit),
    )
    return [_officer(row) for row in rows]


async def officer(db: Database, who: UUID) -> Officer | None:
    """One account of staff."""
    row = await db.row(
        f"""SELECT {_OFFICER} FROM identity.staff s JOIN identity.account a ON a.bucket = s.bucket AND a.id = s.id
        WHERE s.bucket = $1 AND s.id = $2""",
        bucket_of(who),
        who,
    )
    return None if row is None else _officer(row)


async def history(db: Database, who: UUID) -> list[Change]:
    """What was asked for an officer and what came of it, the newest first; a hundred at most."""
    rows = await db.rows(
        f"""SELECT {_CHANGE} FROM identity.staff_change
        WHERE bucket = $1 AND officer = $2 ORDER BY asked_at DESC, id DESC LIMIT {MOST}""",
        bucket_of(who),
        who,
    )
    return [_change(row) for row in rows]


async def waiting(db: Database) -> list[tuple[Change, str]]:
    """What waits for a second person, the longest first, each with the officer's name; a hundred at most."""
    rows = await db.rows(
        f"""-- across people: what is open has an index of its own (staff_change_waiting)
        SELECT c.*, a.name_sealed FROM (
            SELECT bucket, {_CHANGE} FROM identity.staff_change WHERE state = 'asked'
            ORDER BY asked_at, id LIMIT {MOST}) AS c
        JOIN identity.account a ON a.bucket = c.bucket AND a.id = c.officer ORDER BY c.asked_at, c.id"""
    )
    return [(_change(row), open_name(row["name_sealed"], row["officer"])) for row in rows]


async def stale(
    db: Database, *, before: datetime, after: tuple[datetime, str] | None, limit: int
) -> tuple[list[Officer], int]:
    """Whose powers nobody has confirmed since ``before``, the longest first, behind ``after``; and how many in all."""
    seen_at, username = after or (None, "")
    rows = await db.rows(
        f"""-- across people: the yearly look at everybody's powers
        SELECT * FROM (
            SELECT {_OFFICER}, coalesce(s.reviewed_at, s.granted_at) AS seen_at, count(*) OVER () AS in_all
            FROM identity.staff s JOIN identity.account a ON a.bucket = s.bucket AND a.id = s.id
            WHERE s.state IN ('active', 'locked') AND coalesce(s.reviewed_at, s.granted_at) <= $1) AS stale
        WHERE $2::timestamptz IS NULL OR (seen_at, username) > ($2, $3::text)
        ORDER BY seen_at, username LIMIT $4""",
        *(before, seen_at, username, limit),
    )
    return [_officer(row) for row in rows], rows[0]["in_all"] if rows else 0


async def shut_out(db: Database, *, since: datetime) -> list[Officer]:
    """Whose log-in was locked by wrong passwords or codes since then, the newest first; a hundred at most."""
    rows = await db.rows(
        f"""-- across people: what the security administrator looks after
        SELECT {_OFFICER} FROM identity.staff s JOIN identity.account a ON a.bucket = s.bucket AND a.id = s.id
        WHERE s.failed_at >= $1 AND s.state <> 'left' ORDER BY s.failed_at DESC, s.username LIMIT {MOST}""",
        since,
    )
    return [_officer(row) for row in rows]


def taking_phone(hash_: bytes, account: UUID, *, now: datetime) -> Part:
    """The guard of a new account: whose phone it is at staff; lost when somebody at staff has it."""
    return Part(
        """INSERT INTO identity.staff_phone_index (hash, bucket, account, at)
        SELECT $1::bytea, $2::smallint, $3::uuid, $4::timestamptz
        WHERE NOT EXISTS (SELECT FROM identity.staff_phone_index i WHERE i.hash = ANY($5::bytea[]))
        ON CONFLICT (hash) DO NOTHING RETURNING bucket, account AS id""",
        (hash_, bucket_of(account), account, now, spellings(hash_)),
    )


def taking_phone_older(hash_: bytes, *, now: datetime) -> Part:
    """The part that notes it in its older spelling too; somebody of a moment before undoes the whole write."""
    return Part(
        """INSERT INTO identity.staff_phone_index (hash, bucket, account, at, older)
        SELECT h, bucket, id, $2::timestamptz, true FROM guard, unnest($1::bytea[]) AS h""",
        (older(hash_), now),
    )


def taking_username(hash_: bytes, *, now: datetime) -> Part:
    """The part that gives a log-in name for ever; a name that was given violates ``id_index_pkey``."""
    return Part(
        """INSERT INTO identity.id_index (hash, kind, bucket, account, at)
        SELECT $1::bytea, 'username', bucket, id, $2::timestamptz FROM guard""",
        (hash_, now),
    )


def proposing(*, username: str, powers: Powers) -> Part:
    """The part that adds somebody who is proposed: she has no duty until they are granted."""
    return Part(
        """INSERT INTO identity.staff (bucket, id, username, department, hall, duties, state)
        SELECT bucket, id, $1::text, $2::text, $3::text, '{}', 'proposed' FROM guard""",
        (username, powers.department, powers.hall),
    )


class Asking(msgspec.Struct, frozen=True):
    """A change as it is written: of whom, what, from what, by whom and why."""

    id: UUID
    officer: UUID
    kind: str
    powers: Powers
    until: date | None
    before: Powers | None
    reason: str
    by: Actor
    now: datetime
    state: str = "asked"

    @property
    def row(self) -> tuple[Any, ...]:
        """The columns of its row, from bucket to asked_at."""
        before = {} if self.before is None else msgspec.to_builtins(self.before)
        powers = self.powers
        return (
            *(bucket_of(self.officer), self.id, self.officer, self.kind, self.state, powers.department),
            *(powers.hall, sorted(powers.duties), self.until, before, self.reason),
            *(self.by.id, self.by.name, self.now),
        )


def asking_for_new(asked: Asking) -> Part:
    """The part that asks for the powers of somebody who is being proposed, or notes what is done at once."""
    return Part(
        """INSERT INTO identity.staff_change (bucket, id, officer, kind, state, department, hall, duties, until, before,
            reason, asked_by, asked_by_name, asked_at)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::text, $5::text, $6::text, $7::text, $8::text[], $9::date,
            $10::jsonb, $11::text, $12::uuid, $13::text, $14::timestamptz FROM guard""",
        asked.row,
    )


def asking(asked: Asking) -> Part:
    """The guard that asks for a change; lost when one is open for her, or she is not here any more."""
    return Part(
        """INSERT INTO identity.staff_change (bucket, id, officer, kind, state, department, hall, duties, until, before,
            reason, asked_by, asked_by_name, asked_at)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::text, $5::text, $6::text, $7::text, $8::text[], $9::date,
            $10::jsonb, $11::text, $12::uuid, $13::text, $14::timestamptz
        FROM identity.staff s
        WHERE s.bucket = $1::smallint AND s.id = $3::uuid AND s.state IN ('granted', 'active', 'locked')
        ON CONFLICT (bucket, officer) WHERE state = 'asked' DO NOTHING RETURNING bucket, officer AS id""",
        asked.row,
    )


def deciding(officer: UUID, change: UUID, actor: Actor, *, granted: bool, answer: str, now: datetime) -> Part:
    """The guard that decides what was asked, by another than who asked; lost when somebody was faster or she has left.

    Her row is locked first, as where she leaves: the two never wait for each other.
    """
    return Part(
        """UPDATE identity.staff_change AS c
        SET state = $4::text, decided_by = $5::uuid, decided_by_name = $6::text, decided_at = $7::timestamptz,
            answer = $8::text
        FROM (SELECT s.bucket, s.id FROM identity.staff s
            WHERE s.bucket = $1::smallint AND s.id = $2::uuid AND s.state <> 'left' FOR UPDATE) AS her
        WHERE c.bucket = her.bucket AND c.officer = her.id AND c.id = $3::uuid AND c.state = 'asked'
            AND c.asked_by <> $5::uuid AND c.officer <> $5::uuid
        RETURNING c.bucket, c.officer AS id""",
        (
            *(bucket_of(officer), officer, change, "granted" if granted else "refused"),
            *(actor.id, actor.name, now, answer),
        ),
    )


def placing(officer: UUID, powers: Powers, *, until: date | None, home: Powers | None, now: datetime) -> Part:
    """The part that gives what was granted: where she serves and what she does there, from now on.

    Who was proposed may now take her account up; a phone that was lost to a leaver stays hers.
    """
    return Part(
        """UPDATE identity.staff AS s SET department = $3::text, hall = $4::text, duties = $5::text[], until = $6::date,
            home = $7::jsonb, granted_at = $8::timestamptz, reviewed_at = NULL,
            state = CASE s.state WHEN 'proposed' THEN 'granted' ELSE s.state END
        FROM guard WHERE s.bucket = $1::smallint AND s.id = $2::uuid""",
        (
            *(bucket_of(officer), officer, powers.department, powers.hall, sorted(powers.duties), until),
            *(None if home is None else msgspec.to_builtins(home), now),
        ),
    )


def returning(officer: UUID, *, until: date) -> Part:
    """The guard that ends a posting: she is where she was; lost when it ended or another took its place."""
    return Part(
        """UPDATE identity.staff AS s SET department = s.home ->> 'department', hall = s.home ->> 'hall',
            duties = ARRAY(SELECT jsonb_array_elements_text(s.home -> 'duties')), until = NULL, home = NULL
        WHERE s.bucket = $1::smallint AND s.id = $2::uuid AND s.until = $3::date AND s.state <> 'left'
        RETURNING s.bucket, s.id""",
        (bucket_of(officer), officer, until),
    )


def ending(officer: UUID, *, by: UUID) -> Part:
    """The guard that ends an account for good, with its authenticator; lost when it has ended or is one's own."""
    return Part(
        """UPDATE identity.staff SET state = 'left', duties = '{}', until = NULL, home = NULL, totp_sealed = NULL,
            totp_since = NULL
        WHERE bucket = $1::smallint AND id = $2::uuid AND id <> $3::uuid AND state <> 'left'
        RETURNING bucket, id""",
        (bucket_of(officer), officer, by),
    )


def emptying_account(officer: UUID) -> Part:
    """The part that takes the password away: nothing that is typed is it."""
    return Part(
        """UPDATE identity.account AS a SET password = '' FROM guard
        WHERE a.bucket = $1::smallint AND a.id = $2::uuid""",
        (bucket_of(officer), officer),
    )


def dropping_codes(officer: UUID) -> Part:
    """The part that makes codes worthless that are on their way."""
    return Part(
        """DELETE FROM identity.code AS c USING guard WHERE c.bucket = $1::smallint AND c.account = $2::uuid""",
        (bucket_of(officer), officer),
    )


def dropping_invitation(officer: UUID) -> Part:
    """The part that makes the one-time code of who joins worthless."""
    return Part(
        """DELETE FROM identity.invitation AS i USING guard
        WHERE i.bucket = $1::smallint AND i.account = $2::uuid""",
        (bucket_of(officer), officer),
    )


def freeing_phone(officer: UUID) -> Part:
    """The part that lets the phone go, for whoever has it next."""
    return Part(
        """DELETE FROM identity.staff_phone_index AS i USING guard
        WHERE i.bucket = $1::smallint AND i.account = $2::uuid""",
        (bucket_of(officer), officer),
    )


def overtaking(officer: UUID) -> Part:
    """The part that closes what was asked for who leaves: nobody decides it any more."""
    return Part(
        """UPDATE identity.staff_change AS c SET state = 'done' FROM guard
        WHERE c.bucket = $1::smallint AND c.officer = $2::uuid AND c.state = 'asked'""",
        (bucket_of(officer), officer),
    )


def locking(officer: UUID, *, by: UUID) -> Part:
    """The guard that locks an account; lost when it is locked already or is one's own."""
    return Part(
        """UPDATE identity.staff SET state = 'locked'
        WHERE bucket = $1::smallint AND id = $2::uuid AND id <> $3::uuid AND state = 'active'
        RETURNING bucket, id""",
        (bucket_of(officer), officer, by),
    )


def unlocking(officer: UUID, *, by: UUID) -> Part:
    """The guard that opens a locked account again, by another than who locked it last; lost when it is open already or
    is one's own."""
    return Part(
        """UPDATE identity.staff AS s SET state = 'active'
        WHERE s.bucket = $1::smallint AND s.id = $2::uuid AND s.id <> $3::uuid AND s.state = 'locked'
            AND $3::uuid IS DISTINCT FROM (SELECT c.asked_by FROM identity.staff_change c
                WHERE c.bucket = s.bucket AND c.officer = s.id AND c.kind = 'lock'
                ORDER BY c.asked_at DESC, c.id DESC LIMIT 1)
        RETURNING s.bucket, s.id""",
        (bucket_of(officer), officer, by),
    )


async def locked_by(db: Database, officer: UUID) -> UUID | None:
    """Who locked this account last."""
    found: UUID | None = await db.value(
        """SELECT asked_by FROM identity.staff_change WHERE bucket = $1 AND officer = $2 AND kind = 'lock'
        ORDER BY asked_at DESC, id DESC LIMIT 1""",
        bucket_of(officer),
        officer,
    )
    return found


def confirming(officer: UUID, *, by: UUID, before: datetime, now: datetime) -> Part:
    """The guard that confirms powers for another year; lost when they are fresh or one's own."""
    return Part(
        """UPDATE identity.staff SET reviewed_at = $4::timestamptz
        WHERE bucket = $1::smallint AND id = $2::uuid AND id <> $3::uuid AND state IN ('active', 'locked')
            AND coalesce(reviewed_at, granted_at) <= $5::timestamptz
        RETURNING bucket, id""",
        (bucket_of(officer), officer, by, now, before),
    )


def turning_away(officer: UUID) -> Part:
    """The part that ends the account of who was proposed and is not granted anything."""
    return Part(
        """UPDATE identity.staff AS s SET state = 'left' FROM guard
        WHERE s.bucket = $1::smallint AND s.id = $2::uuid AND s.state = 'proposed'""",
        (bucket_of(officer), officer),
    )
