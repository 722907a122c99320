"""SQL of children: what a parent claimed, the account that is opened for a child, and who guards whom."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from asyncpg import Record

from tongban.identity.model.children import Claim
from tongban.identity.model.hashes import spellings
from tongban.identity.model.people import open_id_number, open_name, seal_id_number, seal_name
from tongban.identity.model.powers import Power, seal_agent_name, seal_principal_name
from tongban.identity.store.powers import ADDING, IN_PLACE
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of

_COLUMNS = "id, guardian, child, name_sealed, id_number_sealed, state, purpose, claimed_at, until, consent"


def _claim(row: Record) -> Claim:
    return Claim(
        row["id"],
        row["guardian"],
        row["child"],
        open_name(row["name_sealed"], row["id"]),
        open_id_number(row["id_number_sealed"], row["id"]),
        row["state"] == "waiting",
        row["purpose"],
        row["claimed_at"],
        row["until"],
        row["consent"],
    )


def claiming(claim: Claim, hash_: bytes) -> Part:
    """Part: a guardian's claim, one a child; ``child`` of it is the id that the child's account has or will have."""
    return Part(
        """INSERT INTO identity.child_claim (bucket, id, guardian, child, child_hash, name_sealed,
            id_number_sealed, consent, consented_at, state, purpose, claimed_at, ask_at, until)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::uuid, $5::bytea, $6::bytea, $7::bytea, $8::text,
            CASE WHEN $8::text IS NOT NULL THEN $9::timestamptz END, 'waiting', $10::uuid, $9::timestamptz,
            $9::timestamptz, $11::timestamptz FROM guard
        ON CONFLICT (bucket, guardian, child_hash) DO NOTHING""",
        (
            *(bucket_of(claim.guardian), claim.id, claim.guardian, claim.child, hash_),
            *(seal_name(claim.name, claim.id), seal_id_number(claim.id_number, claim.id), claim.consent),
            *(claim.claimed_at, claim.purpose, claim.until),
        ),
    )


async def claim_of(db: Database, guardian: UUID, hash_: bytes) -> Claim | None:
    """What a parent claimed of this child, if it was not dropped."""
    row = await db.row(
        f"SELECT {_COLUMNS} FROM identity.child_claim WHERE bucket = $1 AND guardian = $2 AND child_hash = ANY($3)",
        bucket_of(guardian),
        guardian,
        spellings(hash_),
    )
    return None if row is None else _claim(row)


async def claims_of(db: Database, guardian: UUID) -> list[Claim]:
    """A parent's claims that still wait for the register, newest first."""
    rows = await db.rows(
        f"""SELECT {_COLUMNS} FROM identity.child_claim
        WHERE bucket = $1 AND guardian = $2 AND state = 'waiting' ORDER BY id DESC LIMIT 50""",
        bucket_of(guardian),
        guardian,
    )
    return [_claim(row) for row in rows]


async def due(db: Database, *, now: datetime, limit: int) -> list[Claim]:
    """The claims about which the register is to be asked again."""
    rows = await db.rows(
        f"""-- across people: the job goes through everybody's claims
        SELECT {_COLUMNS} FROM identity.child_claim
        WHERE state = 'waiting' AND ask_at <= $1 ORDER BY ask_at LIMIT $2""",
        now,
        limit,
    )
    return [_claim(row) for row in rows]


def putting_off(claim: Claim, *, until: datetime) -> Part:
    """Part (a guard): the register did not answer, and is asked again at ``until``."""
    return Part(
        """UPDATE identity.child_claim SET ask_at = $3::timestamptz
        WHERE bucket = $1::smallint AND id = $2::uuid AND state = 'waiting' RETURNING id""",
        (bucket_of(claim.id), claim.id, until),
    )


def dropping(claim: Claim) -> Part:
    """Part (a guard): a claim that came to nothing is forgotten; lost when it was answered meanwhile."""
    return Part(
        """DELETE FROM identity.child_claim
        WHERE bucket = $1::smallint AND id = $2::uuid AND (state = 'waiting') = $3::boolean RETURNING id""",
        (bucket_of(claim.id), claim.id, claim.waits),
    )


def dropping_claims(guardian: UUID) -> Part:
    """Part: with a parent's account go the claims about which the register was not heard: nobody acts by them."""
    return Part(
        """DELETE FROM identity.child_claim AS c USING guard
        WHERE c.bucket = $1::smallint AND c.guardian = $2::uuid AND c.state = 'waiting'""",
        (bucket_of(guardian), guardian),
    )


def confirming(claim: Claim, *, who: UUID, now: datetime) -> Part:
    """Part (a guard): the register's yes. Its row is the child's account: ``bucket`` and ``id``. Lost to a twin."""
    return Part(
        """UPDATE identity.child_claim SET state = 'confirmed', answered_at = $3::timestamptz, child = $4::uuid
        WHERE bucket = $1::smallint AND id = $2::uuid AND state = 'waiting'
        RETURNING $5::smallint AS bucket, child AS id""",
        (bucket_of(claim.id), claim.id, now, who, bucket_of(who)),
    )


def not_founded(guardian_hash: bytes, child_hash: bytes) -> Part:
    """Part (a guard): nobody with this paper guards the child of this number; lost where a window or the register was
    faster."""
    return Part(
        """-- across people: the child's account is found by its number, its guardian by hers
        SELECT 1 AS refused WHERE NOT EXISTS (
            SELECT FROM identity.id_index i
            JOIN identity.power p ON p.bucket = i.bucket AND p.principal = i.account
            WHERE i.hash = ANY($1::bytea[]) AND p.agent_hash = ANY($2::bytea[]) AND p.kind = 'guardian'
                AND p.state = 'standing')""",
        (spellings(child_hash), spellings(guardian_hash)),
    )


def claiming_number(hash_: bytes, *, now: datetime) -> Part:
    """Part: the number finds the new account; a number that finds one already undoes the whole write."""
    return Part(
        """INSERT INTO identity.id_index (hash, kind, bucket, account, at, older)
        SELECT h.hash, 'id_number', bucket, id, $2::timestamptz, h.place > 1
        FROM guard, unnest($1::bytea[]) WITH ORDINALITY AS h (hash, place)""",
        (spellings(hash_), now),
    )


def founding(power: Power, *, agent_hash: bytes, by: UUID, in_place: bool = False, now: datetime) -> Part:
    """Part: a power that stands, or waits for a signature, without an offer: a register or a window founded it.

    ``by``: whose act it is. ``in_place``: it follows the two parts of ``replacing.making_way``. A second living one of
    its kind between the same two undoes the whole write.
    """
    return Part(
        ADDING + (IN_PLACE if in_place else " FROM guard LIMIT 1"),
        (
            *(bucket_of(power.principal), power.id, power.principal, power.agent, agent_hash),
            *(
                seal_agent_name(power.agent_name, power.id),
                seal_principal_name(power.principal_name, power.id),
            ),
            power.kind,
            None if power.items is None else sorted(power.items),
            None if power.errands is None else sorted(power.errands),
            *(power.most, power.basis, power.starts_at, power.until, str(power.state), now, by),
        ),
    )


async def nearest(db: Database, who: UUID) -> list[tuple[UUID, UUID]]:
    """Who acts for somebody as her guardian or her family now, guardians first: power and agent of each."""
    rows = await db.rows(
        """SELECT id, agent FROM identity.power
        WHERE bucket = $1 AND principal = $2 AND kind IN ('guardian', 'family') AND state = 'standing'
            AND agent IS NOT NULL ORDER BY kind = 'guardian' DESC, id LIMIT 20""",
        bucket_of(who),
        who,
    )
    return [(row["id"], row["agent"]) for row in rows]
