"""SQL of log-ins by QR: asked by a browser, opened and answered by a phone, used once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tongban.identity.model.scanning import LIFETIME, TRIES, Asked
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of
from tongban.kit.policy import Actor


def asking(hash_: bytes, *, browser: bytes, agent: str, place: str, number: int, now: datetime) -> Part:
    """The guard that keeps a browser's request for two minutes."""
    return Part(
        """INSERT INTO identity.qr_login (hash, browser, agent, place, number, asked_at, expires_at)
        VALUES ($1::bytea, $2::bytea, $3::text, $4::text, $5::smallint, $6::timestamptz, $7::timestamptz)
        RETURNING hash""",
        (hash_, browser, agent, place, number, now, now + LIFETIME),
    )


_ASKED = """agent, place, number, asked_at, expires_at, account, answer, used_at, level, l2_until, l3_until,
    proved_at"""


async def asked_by(db: Database, hash_: bytes, *, browser: bytes) -> Asked | None:
    """The request of this code, when this browser has asked it."""
    row = await db.row(
        f"SELECT {_ASKED} FROM identity.qr_login WHERE hash = $1 AND browser = $2", hash_, browser
    )
    return None if row is None else Asked(**row)


def opening(hash_: bytes, who: UUID, *, now: datetime) -> Part:
    """The guard by which a phone opens a request; lost when it is answered, over, or another account has opened it."""
    return Part(
        f"""UPDATE identity.qr_login SET account = $2::uuid, opened_at = coalesce(opened_at, $3::timestamptz)
        WHERE hash = $1::bytea AND answer IS NULL AND expires_at > $3::timestamptz
            AND (account IS NULL OR account = $2::uuid)
        RETURNING {_ASKED}""",
        (hash_, who, now),
    )


async def trying(db: Database, hash_: bytes, who: UUID, *, now: datetime) -> tuple[int, int] | None:
    """Count one try of the number before it is compared: the number and the tries; None when there is none to try."""
    row = await db.row(
        f"""UPDATE identity.qr_login SET tries = tries + 1
        WHERE hash = $1 AND account = $2 AND answer IS NULL AND expires_at > $3 AND tries < {TRIES}
        RETURNING number, tries""",
        hash_,
        who,
        now,
    )
    return None if row is None else (row["number"], row["tries"])


def answering(hash_: bytes, actor: Actor, answer: str, *, proved_at: datetime | None, now: datetime) -> Part:
    """The guard by which the one who opened a request answers it, with what her session has proved; lost when it is
    answered or over."""
    return Part(
        """UPDATE identity.qr_login SET answer = $3::text, answered_at = $4::timestamptz, level = $5::smallint,
            l2_until = $6::timestamptz, l3_until = $7::timestamptz, proved_at = $8::timestamptz
        WHERE hash = $1::bytea AND account = $2::uuid AND answer IS NULL AND expires_at > $4::timestamptz
        RETURNING hash""",
        (hash_, actor.id, answer, now, actor.level, *actor.level_ends, proved_at),
    )


def using(hash_: bytes, *, browser: bytes, account: UUID, now: datetime) -> Part:
    """The guard that uses a confirmed request up; lost when it is none of this browser's, over, or used, or when the
    account was merged into another meanwhile."""
    return Part(
        """UPDATE identity.qr_login SET used_at = $3::timestamptz
        WHERE hash = $1::bytea AND browser = $2::bytea AND answer = 'confirmed' AND used_at IS NULL
            AND expires_at > $3::timestamptz AND EXISTS (
                SELECT FROM identity.account a
                WHERE a.bucket = $4::smallint AND a.id = $5::uuid AND a.id = qr_login.account
                    AND a.merged_into IS NULL)
        RETURNING hash""",
        (hash_, browser, now, bucket_of(account), account),
    )


def ending(accounts: Sequence[UUID], *, now: datetime) -> Part:
    """The part that ends the requests of these accounts: what a session confirmed that has ended opens nothing."""
    return Part(
        """UPDATE identity.qr_login AS q SET expires_at = $2::timestamptz FROM guard
        WHERE q.account = ANY($1::uuid[]) AND q.expires_at > $2::timestamptz""",
        (list(accounts), now),
    )


async def forget(db: Database, *, before: datetime) -> None:
    """Drop requests that are over since ``before``."""
    await db.run("DELETE FROM identity.qr_login WHERE expires_at < $1", before)
