"""SQL of hukou and residence on the account."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from tongban.identity.model.residence import ASKED_AGAIN_AFTER, OLD_AFTER, Kept, Residence
from tongban.identity.model.sealed import hukou_address_of, residence_address_of
from tongban.kit import keys
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of

_FACTS = (
    *("hukou_area", "hukou_area_name", "residence_area", "residence_area_name"),
    *("residence_since", "residence_permit_state"),
)
#: The columns of what is kept; ``r`` is the row of it.
KEPT = f"""{", ".join(f"r.{one}" for one in _FACTS)}, r.hukou_address_sealed, r.residence_address_sealed,
    r.as_of AS told_at, r.asked_at"""


async def kept(db: Database, who: UUID) -> Kept | None:
    """What the account keeps; None where the register was never asked."""
    row = await db.row(
        f"SELECT {KEPT} FROM identity.residence r WHERE r.bucket = $1 AND r.id = $2", bucket_of(who), who
    )
    return None if row is None else kept_of(row, who)


async def hukou_area(db: Database, who: UUID) -> tuple[str, datetime] | None:
    """The area of somebody's hukou and as of when the register told it; None where it is not known."""
    row = await db.row(
        """SELECT hukou_area, as_of FROM identity.residence
        WHERE bucket = $1 AND id = $2 AND as_of IS NOT NULL AND hukou_area <> ''""",
        bucket_of(who),
        who,
    )
    return None if row is None else (row["hukou_area"], row["as_of"])


def reading(who: UUID) -> Part:
    """The guard that reads what the account keeps, so that its ledger row is written with it; lost where it keeps
    nothing."""
    return Part(
        f"""SELECT {KEPT} FROM identity.residence r
        WHERE r.bucket = $1::smallint AND r.id = $2::uuid AND r.as_of IS NOT NULL""",
        (bucket_of(who), who),
    )


def kept_of(row: Record, who: UUID) -> Kept:
    """What is kept, from a row that carries the columns of :data:`KEPT`."""
    if row["told_at"] is None:
        return Kept(None, None, row["asked_at"])
    told: dict[str, Any] = {name: row[name] for name in _FACTS}
    ring = keys.current()
    told["hukou_address"] = ring.open(row["hukou_address_sealed"], hukou_address_of(who)).decode()
    told["residence_address"] = ring.open(row["residence_address_sealed"], residence_address_of(who)).decode()
    return Kept(Residence(**told), row["told_at"], row["asked_at"])


def taking_from_application(*, now: datetime) -> Part:
    """The part that keeps on the account what waited with its enrolment."""
    return Part(
        """INSERT INTO identity.residence (bucket, id, hukou_area, hukou_area_name, hukou_address_sealed,
            residence_area, residence_area_name, residence_address_sealed, residence_since, residence_permit_state,
            as_of, asked_at)
        SELECT bucket, id, residence ->> 'hukou_area', residence ->> 'hukou_area_name', hukou_address_sealed,
            residence ->> 'residence_area', residence ->> 'residence_area_name', residence_address_sealed,
            (residence ->> 'residence_since')::date, residence ->> 'residence_permit_state', as_of, $1::timestamptz
        FROM guard WHERE residence IS NOT NULL""",
        (now,),
    )


def adding(who: UUID, residence: Residence, *, now: datetime) -> Part:
    """The part that keeps on a new account what the register says now."""
    return Part(
        """INSERT INTO identity.residence (bucket, id, hukou_area, hukou_area_name, hukou_address_sealed,
            residence_area, residence_area_name, residence_address_sealed, residence_since, residence_permit_state,
            as_of, asked_at)
        SELECT bucket, id, $1::jsonb ->> 'hukou_area', $1::jsonb ->> 'hukou_area_name', $2::bytea,
            $1::jsonb ->> 'residence_area', $1::jsonb ->> 'residence_area_name', $3::bytea,
            ($1::jsonb ->> 'residence_since')::date, $1::jsonb ->> 'residence_permit_state',
            $4::timestamptz, $4::timestamptz
        FROM guard""",
        (residence.facts(), *residence.sealed(who), now),
    )


def asking(who: UUID, *, now: datetime) -> Part:
    """The guard of a question to the register; lost where the last one was less than an hour ago."""
    return Part(
        """INSERT INTO identity.residence AS r (bucket, id, asked_at)
        SELECT bucket, id, $3::timestamptz FROM identity.person WHERE bucket = $1::smallint AND id = $2::uuid
        ON CONFLICT (bucket, id) DO UPDATE SET asked_at = EXCLUDED.asked_at
            WHERE r.asked_at IS NULL OR r.asked_at <= EXCLUDED.asked_at - $4::interval
        RETURNING bucket, id""",
        (bucket_of(who), who, now, ASKED_AGAIN_AFTER),
    )


def telling(who: UUID, residence: Residence, *, as_of: datetime, asked: datetime) -> Part:
    """The guard that keeps the answer to the question of ``asked``; lost where a later one was asked."""
    return Part(
        """UPDATE identity.residence SET hukou_area = $3::jsonb ->> 'hukou_area',
            hukou_area_name = $3::jsonb ->> 'hukou_area_name', hukou_address_sealed = $4::bytea,
            residence_area = $3::jsonb ->> 'residence_area',
            residence_area_name = $3::jsonb ->> 'residence_area_name', residence_address_sealed = $5::bytea,
            residence_since = ($3::jsonb ->> 'residence_since')::date,
            residence_permit_state = $3::jsonb ->> 'residence_permit_state',
            as_of = $6::timestamptz, wanted_at = NULL
        WHERE bucket = $1::smallint AND id = $2::uuid AND asked_at = $7::timestamptz
        RETURNING bucket, id""",
        (bucket_of(who), who, residence.facts(), *residence.sealed(who), as_of, asked),
    )


def unasking(who: UUID, *, asked: datetime, wanted: bool) -> Part:
    """The guard that forgets a question which came to nothing, so that it may be asked again; ``wanted``: the worker
    goes on asking, where it was a log-in that did, after the others: a register that fails for one holds up nobody."""
    return Part(
        """UPDATE identity.residence SET asked_at = as_of,
            wanted_at = CASE WHEN $4::boolean AND wanted_at IS NOT NULL THEN $3::timestamptz END
        WHERE bucket = $1::smallint AND id = $2::uuid AND asked_at = $3::timestamptz
        RETURNING bucket, id""",
        (bucket_of(who), who, asked, wanted),
    )


def wanting(who: UUID, *, now: datetime) -> Part:
    """The part of a log-in that leaves it to the worker to ask anew where the answer is old."""
    return Part(
        """UPDATE identity.residence r SET wanted_at = $3::timestamptz FROM guard
        WHERE r.bucket = $1::smallint AND r.id = $2::uuid AND r.wanted_at IS NULL
            AND r.asked_at < $3::timestamptz - $4::interval""",
        (bucket_of(who), who, now, OLD_AFTER),
    )


async def wanted(db: Database, *, limit: int) -> list[UUID]:
    """Whose answers log-ins found old, the longest waiting first."""
    rows = await db.rows(
        """SELECT id FROM identity.residence WHERE wanted_at IS NOT NULL  -- across people: the worker's list
        ORDER BY wanted_at LIMIT $1""",
        limit,
    )
    return [row["id"] for row in rows]


def dropping(who: UUID) -> Part:
    """The part that drops it with the account: cases keep what they were decided on themselves."""
    return Part(
        "DELETE FROM identity.residence r USING guard WHERE r.bucket = $1::smallint AND r.id = $2::uuid",
        (bucket_of(who), who),
    )
