"""SQL of powers that take each other's place: one offer waits, and one power stands, of a kind between the same two."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from tongban.identity.model.hashes import spellings
from tongban.identity.model.powers import Power, PowerState
from tongban.identity.store.powers import COLUMNS, FIRM_STANDS, power_in
from tongban.kit.acting import PowerKind
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of

#: What keeps a second offer, and a second power that stands, from being.
_ONE = frozenset({"power_offered", "power_standing", "power_standing_agent"})


def is_second(refused: asyncpg.UniqueViolationError) -> bool:
    """Whether a write was refused because such an offer waits already, or such a power stands."""
    return refused.constraint_name in _ONE


async def in_the_way(
    db: Database,
    principal: UUID,
    agent_hash: bytes,
    kind: PowerKind,
    *,
    states: Collection[PowerState],
    agent: UUID | None = None,
) -> list[Power]:
    """What is in one of ``states`` of a kind between these two, run out or not: of offers there is one. ``agent``:
    found by her account too, whichever of her papers named her."""
    rows = await db.rows(
        f"""SELECT {COLUMNS} FROM identity.power p
        JOIN identity.account a ON a.bucket = p.bucket AND a.id = p.principal
        WHERE p.bucket = $1 AND p.principal = $2 AND p.kind = $4 AND p.state = ANY($5::text[])
            AND (p.agent_hash = ANY($3::bytea[]) OR p.agent = $6::uuid) ORDER BY p.id""",
        bucket_of(principal),
        principal,
        spellings(agent_hash),
        kind,
        [str(one) for one in states],
        agent,
    )
    return [power_in(row) for row in rows]


async def replaced_by(db: Database, offer: UUID) -> list[Power]:
    """The powers that end once this offer is accepted, run out or not: of its kind, given to its agent, by whichever of
    her papers she was named. Her account finds them where a hash has another spelling."""
    rows = await db.rows(
        f"""SELECT {COLUMNS} FROM identity.power o
        JOIN identity.power p ON p.bucket = o.bucket AND p.principal = o.principal AND p.kind = o.kind
            AND p.state = 'standing' AND (p.agent_hash = o.agent_hash OR p.agent = o.agent)
        JOIN identity.account a ON a.bucket = p.bucket AND a.id = p.principal
        WHERE o.bucket = $1 AND o.id = $2 AND o.state = 'offered' ORDER BY p.id""",
        bucket_of(offer),
        offer,
    )
    return [power_in(row) for row in rows]


def making_way(principal: UUID, replaced: Sequence[Power], *, now: datetime) -> tuple[Part, Part]:
    """The guard and the part that follows it at once: what a new power takes the place of ends. The third part adds it.

    Lost when its giver's account has closed or is that of a firm that is no more, or one of ``replaced`` is not in the
    state any more in which it was read.
    """
    locking = Part(
        f"""SELECT a.bucket, a.id, a.id AS principal FROM identity.account AS a
        WHERE a.bucket = $1::smallint AND a.id = $2::uuid AND a.closed_at IS NULL AND {FIRM_STANDS}
            AND (SELECT count(*) FROM (
                SELECT FROM identity.power s
                WHERE s.bucket = $1::smallint AND (s.id, s.state) IN (SELECT * FROM unnest($3::uuid[], $4::text[]))
                ORDER BY s.id FOR UPDATE OF s
            ) AS locked) = cardinality($3::uuid[])
        FOR SHARE OF a""",
        (
            *(bucket_of(principal), principal),
            *([one.id for one in replaced], [str(one.state) for one in replaced]),
        ),
    )
    return locking, _ending([one.id for one in replaced], now=now)


def _ending(replaced: Sequence[UUID], *, now: datetime) -> Part:
    """Part: these end for a new one; what had run out is said to have. The guard has locked them."""
    return Part(
        """UPDATE identity.power AS s SET ended_at = $1::timestamptz, ended_by = guard.principal,
            state = CASE WHEN s.until <= $1::timestamptz THEN 'expired' ELSE 'superseded' END
        FROM guard WHERE s.bucket = guard.bucket AND s.id = ANY($2::uuid[]) AND s.state IN ('offered', 'standing')
        RETURNING s.id""",
        (now, list(replaced)),
    )


def declining(power: Power, *, now: datetime) -> Part:
    """Part (a guard): the agent declines; lost when the offer no longer waits, or its giver's account has closed."""
    return Part(
        """UPDATE identity.power SET state = 'declined', answered_at = $3::timestamptz, ended_at = $3::timestamptz
        WHERE bucket = $1::smallint AND id = $2::uuid AND agent = $4::uuid AND state = 'offered' AND EXISTS (
            SELECT FROM identity.account AS a
            WHERE a.bucket = $1::smallint AND a.id = principal AND a.closed_at IS NULL FOR SHARE OF a)
        RETURNING bucket, id""",
        (bucket_of(power.id), power.id, now, power.agent),
    )


def accepting(power: Power, replaced: Sequence[UUID], *, now: datetime) -> tuple[Part, Part, Part]:
    """The guard and the two parts that follow it at once: what an offer takes the place of ends, then the offer stands.

    Lost when the offer no longer waits, its giver's account has closed or is that of a firm that is no more, or one of
    ``replaced`` has ended meanwhile. Where another stands by now, the unique index undoes the whole write.
    """
    locking = Part(
        f"""SELECT p.bucket, p.id, p.principal FROM identity.power p
        WHERE p.bucket = $1::smallint AND p.id = $2::uuid AND p.agent = $3::uuid AND p.state = 'offered'
            AND EXISTS (
                SELECT FROM identity.account AS a
                WHERE a.bucket = p.bucket AND a.id = p.principal AND a.closed_at IS NULL AND {FIRM_STANDS}
                FOR SHARE OF a)
            AND (SELECT count(*) FROM (
                SELECT FROM identity.power s
                WHERE s.bucket = $1::smallint AND s.id = ANY($4::uuid[]) AND s.state = 'standing'
                ORDER BY s.id FOR UPDATE
            ) AS locked) = cardinality($4::uuid[])
        FOR UPDATE OF p""",
        (bucket_of(power.id), power.id, power.agent, list(replaced)),
    )
    # That the ended ones are counted makes them end first: the index bears two that stand not even for a moment.
    standing = Part(
        """UPDATE identity.power AS p SET state = 'standing', answered_at = $1::timestamptz
        FROM guard, (SELECT count(*) AS n FROM part_1) AS ended
        WHERE p.bucket = guard.bucket AND p.id = guard.id AND p.state = 'offered' AND ended.n >= 0""",
        (now,),
    )
    return locking, _ending(replaced, now=now), standing
