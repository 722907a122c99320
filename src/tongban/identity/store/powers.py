"""SQL of powers: who may act for whom. A power lies with its principal; who holds it finds it by her own bucket."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from tongban.identity.model.hashes import spellings
from tongban.identity.model.powers import (
    MOST,
    OFFER_STANDS,
    Offer,
    Power,
    PowerState,
    open_agent_name,
    open_principal_name,
    seal_agent_name,
    seal_principal_name,
)
from tongban.kit.acting import Errand, PowerKind
from tongban.kit.db import Database, Part
from tongban.kit.ids import OWN_ACCOUNTS, bucket_of, by_bucket

#: What :func:`power_in` reads, of a power ``p`` and its principal's account ``a``.
COLUMNS = """p.id, p.principal, p.agent, p.agent_name_sealed, p.principal_name_sealed, p.kind, p.items, p.errands,
            p.most, p.basis, p.starts_at, p.until, p.state, p.offered_at, p.answered_at, p.ended_at,
            a.kind = 'firm' AS firm"""


def power_in(row: Record) -> Power:
    """A power as its row has it."""
    return Power(
        row["id"],
        row["principal"],
        row["agent"],
        open_principal_name(row["principal_name_sealed"], row["id"]),
        open_agent_name(row["agent_name_sealed"], row["id"]),
        row["kind"],
        None if row["items"] is None else frozenset(row["items"]),
        None if row["errands"] is None else frozenset(map(Errand, row["errands"])),
        row["most"],
        row["basis"],
        row["starts_at"],
        row["until"],
        PowerState(row["state"]),
        row["offered_at"],
        row["answered_at"],
        row["ended_at"],
        row["firm"],
    )


async def given(db: Database, accounts: Sequence[UUID]) -> list[Power]:
    """The powers that a principal gave by any of her accounts, those that live first, then the newest: for a page, 200
    at most."""
    rows = await db.rows(
        f"""SELECT {COLUMNS} FROM {OWN_ACCOUNTS}
        JOIN identity.power p ON p.bucket = own.bucket AND p.principal = own.account
        JOIN identity.account a ON a.bucket = p.bucket AND a.id = p.principal
        ORDER BY (p.state IN ('offered', 'standing')) DESC, p.id DESC LIMIT $3""",
        *by_bucket(accounts),
        MOST,
    )
    return [power_in(row) for row in rows]


async def ever_given(db: Database, principal: UUID) -> list[Power]:
    """Every power that a principal gave, the newest first: for what must miss none of them, ended or not."""
    rows = await db.rows(
        f"""SELECT {COLUMNS} FROM identity.power p
        JOIN identity.account a ON a.bucket = p.bucket AND a.id = p.principal
        WHERE p.bucket = $1 AND p.principal = $2 ORDER BY p.id DESC""",
        bucket_of(principal),
        principal,
    )
    return [power_in(row) for row in rows]


async def whose(db: Database, power: UUID, accounts: Sequence[UUID]) -> UUID | None:
    """Which of these accounts of one person gave a power, or holds it; None for one that does not concern her."""
    found = await db.value(
        """SELECT CASE WHEN principal = ANY($3) THEN principal ELSE agent END FROM identity.power
        WHERE bucket = $1 AND id = $2 AND (principal = ANY($3) OR agent = ANY($3))""",
        *(bucket_of(power), power, list(accounts)),
    )
    return found if isinstance(found, UUID) else None


async def living_given(db: Database, principal: UUID) -> list[Power]:
    """All powers of a principal that were not ended or declined, newest first: for what must miss none of them."""
    rows = await db.rows(
        f"""SELECT {COLUMNS} FROM identity.power p
        JOIN identity.account a ON a.bucket = p.bucket AND a.id = p.principal
        WHERE p.bucket = $1 AND p.principal = $2 AND p.state IN ('offered', 'standing') ORDER BY p.id DESC""",
        bucket_of(principal),
        principal,
    )
    return [power_in(row) for row in rows]


async def ended_since(db: Database, principal: UUID, *, since: datetime) -> list[Power]:
    """The powers of a principal that ended after ``since``."""
    rows = await db.rows(
        f"""SELECT {COLUMNS} FROM identity.power p
        JOIN identity.account a ON a.bucket = p.bucket AND a.id = p.principal
        WHERE p.bucket = $1 AND p.principal = $2 AND p.ended_at > $3""",
        bucket_of(principal),
        principal,
        since,
    )
    return [power_in(row) for row in rows]


async def last_of(db: Database, principal: UUID, agent_hash: bytes, kind: PowerKind) -> Power | None:
    """The newest power of a kind between these two, ended or not."""
    row = await db.row(
        f"""SELECT {COLUMNS} FROM identity.power p
        JOIN identity.account a ON a.bucket = p.bucket AND a.id = p.principal
        WHERE p.bucket = $1 AND p.principal = $2 AND p.agent_hash = ANY($3) AND p.kind = $4
        ORDER BY p.id DESC LIMIT 1""",
        bucket_of(principal),
        principal,
        spellings(agent_hash),
        kind,
    )
    return None if row is None else power_in(row)


async def by_certificates(db: Database, hashes: Sequence[bytes]) -> list[Power]:
    """The powers that stand of the certificates with these hashes of their serials."""
    rows = await db.rows(
        f"""-- across people: the authority's list names serials, an index of their own finds the firms
        SELECT {COLUMNS} FROM identity.power p
        JOIN identity.account a ON a.bucket = p.bucket AND a.id = p.principal
        WHERE p.agent_hash = ANY($1) AND p.kind = 'certificate' AND p.state = 'standing'""",
        spellings(*hashes),
    )
    return [power_in(row) for row in rows]


async def held(db: Database, accounts: Sequence[UUID]) -> list[Power]:
    """The powers that were given to any of an agent's accounts, those that live first, then the newest: for a page, 200
    at most."""
    rows = await db.rows(
        f"""-- across people: an agent's own list names each principal's bucket
        SELECT {COLUMNS} FROM {OWN_ACCOUNTS}
        JOIN identity.power_held h ON h.bucket = own.bucket AND h.agent = own.account
        JOIN identity.power p ON p.bucket = h.of_bucket AND p.id = h.power
        JOIN identity.account a ON a.bucket = p.bucket AND a.id = p.principal
        ORDER BY (p.state IN ('offered', 'standing')) DESC, h.at DESC, h.power LIMIT $3""",
        *by_bucket(accounts),
        MOST,
    )
    return [power_in(row) for row in rows]


async def living_held(db: Database, agent: UUID) -> list[Power]:
    """All powers of an agent that were not ended or declined: for what must miss none of them."""
    rows = await db.rows(
        f"""-- across people: an agent's own list names each principal's bucket
        SELECT {COLUMNS} FROM identity.power_held h
        JOIN identity.power p ON p.bucket = h.of_bucket AND p.id = h.power
        JOIN identity.account a ON a.bucket = p.bucket AND a.id = p.principal
        WHERE h.bucket = $1 AND h.agent = $2 AND p.state IN ('offered', 'standing') ORDER BY h.at DESC, h.power""",
        bucket_of(agent),
        agent,
    )
    return [power_in(row) for row in rows]


async def held_one(db: Database, power: UUID, accounts: Sequence[UUID]) -> Power | None:
    """A power that was given to one of an agent's accounts."""
    row = await db.row(
        f"""SELECT {COLUMNS} FROM identity.power p
        JOIN identity.account a ON a.bucket = p.bucket AND a.id = p.principal
        WHERE p.bucket = $1 AND p.id = $2 AND p.agent = ANY($3::uuid[])""",
        bucket_of(power),
        power,
        list(accounts),
    )
    return None if row is None else power_in(row)


async def power_of(db: Database, power: UUID, *, who: UUID) -> Power | None:
    """A power that concerns ``who``, as its principal or its agent."""
    row = await db.row(
        f"""SELECT {COLUMNS} FROM identity.power p
        JOIN identity.account a ON a.bucket = p.bucket AND a.id = p.principal
        WHERE p.bucket = $1 AND p.id = $2 AND (p.principal = $3 OR p.agent = $3)""",
        bucket_of(power),
        power,
        who,
    )
    return None if row is None else power_in(row)


#: The row of a new power; where it is taken FROM follows.
ADDING = """INSERT INTO identity.power (bucket, id, principal, agent, agent_hash, agent_name_sealed,
            principal_name_sealed, kind, items, errands, most, basis, starts_at, until, state, offered_at, offered_by,
            answered_at)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::uuid, $5::bytea, $6::bytea, $7::bytea, $8::text, $9::text[],
            $10::text[], $11::bigint, $12::text, $13::timestamptz, $14::timestamptz, $15::text, $16::timestamptz,
            $17::uuid, CASE WHEN $15::text = 'standing' THEN $16::timestamptz END"""
#: After the two parts of ``replacing.making_way``: that the ended ones are counted makes them end first, since the
#: index bears two of a kind not even for a moment.
IN_PLACE = " FROM guard, (SELECT count(*) AS n FROM part_1) AS ended WHERE ended.n >= 0"
#: Whether a giver's account ``a`` is no firm's, or that of one that stands. What the register says next of it waits for
#: this write, so that whoever ends the firm's powers then finds this one.
FIRM_STANDS = """(a.kind <> 'firm' OR EXISTS (
                SELECT FROM identity.firm AS f
                WHERE f.bucket = a.bucket AND f.id = a.id AND f.state = 'active' FOR SHARE OF f))"""
_OF_OPEN_ACCOUNT = """ FROM identity.account AS a
        WHERE a.bucket = $1::smallint AND a.id = $3::uuid AND a.closed_at IS NULL"""
_ONCE = " FOR SHARE OF a ON CONFLICT (bucket, id) DO NOTHING RETURNING bucket, id"


def offering(
    power: UUID,
    offer: Offer,
    *,
    principal: UUID,
    principal_name: str,
    agent: UUID | None,
    agent_hash: bytes,
    by: UUID,
    state: PowerState = PowerState.OFFERED,
    basis: str = "",
    in_place: bool = False,
    former: bool = False,
    now: datetime,
) -> Part:
    """Part (a guard): a new power; lost where its giver's account has closed, or is that of a firm that is no more. The
    unique index refuses a second living one of its kind between the same two.

    ``in_place``: it is no guard but follows the two parts of ``replacing.making_way``. ``former``: it is for what is
    left of a firm that is no more, which its successor takes over.
    """
    own = _OF_OPEN_ACCOUNT + ("" if former else f" AND {FIRM_STANDS}") + _ONCE
    return Part(
        ADDING + (IN_PLACE if in_place else own),
        (
            *(bucket_of(principal), power, principal, agent, agent_hash, seal_agent_name(offer.name, power)),
            *(seal_principal_name(principal_name, power), offer.kind),
            None if offer.items is None else sorted(offer.items),
            None if offer.errands is None else sorted(offer.errands),
            *(offer.most, basis, offer.starts_at, offer.until, str(state), now, by),
        ),
    )


def holding(agent: UUID, power: UUID, *, now: datetime) -> Part:
    """Part: the agent finds the power in her own bucket."""
    return Part(
        """INSERT INTO identity.power_held (bucket, agent, power, of_bucket, at)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::smallint, $5::timestamptz FROM guard LIMIT 1
        ON CONFLICT DO NOTHING""",
        (bucket_of(agent), agent, power, bucket_of(power), now),
    )


def waiting(hash_: bytes, power: UUID, *, now: datetime) -> Part:
    """Part: a power waits for whoever enrols with this paper."""
    return Part(
        """INSERT INTO identity.power_waiting (hash, power, at)
        SELECT $1::bytea, $2::uuid, $3::timestamptz FROM guard LIMIT 1 ON CONFLICT DO NOTHING""",
        (hash_, power, now),
    )


async def waiting_for(db: Database, hash_: bytes) -> list[UUID]:
    """The powers that wait for this paper's holder."""
    rows = await db.rows(
        "SELECT DISTINCT power FROM identity.power_waiting WHERE hash = ANY($1) LIMIT 200", spellings(hash_)
    )
    return [row["power"] for row in rows]


async def waits_for(db: Database, power: UUID) -> str:
    """The name of whom an offer waits for, as its principal typed it; empty where it has its agent, or has ended."""
    sealed: bytes | None = await db.value(
        """SELECT agent_name_sealed FROM identity.power
        WHERE bucket = $1 AND id = $2 AND agent IS NULL AND state = 'offered'""",
        bucket_of(power),
        power,
    )
    return "" if sealed is None else open_agent_name(sealed, power)


def binding(power: UUID, agent: UUID, hash_: bytes) -> Part:
    """Part (a guard): the power that waited has its agent now; lost when it has one already."""
    return Part(
        """UPDATE identity.power SET agent = $3::uuid
        WHERE bucket = $1::smallint AND id = $2::uuid AND agent IS NULL AND agent_hash = ANY($4::bytea[])
        RETURNING bucket, id""",
        (bucket_of(power), power, agent, spellings(hash_)),
    )


def waiting_no_more(hash_: bytes, power: UUID) -> Part:
    """Part: the power no longer waits for this paper."""
    return Part(
        """DELETE FROM identity.power_waiting AS w USING guard
        WHERE w.hash = ANY($1::bytea[]) AND w.power = $2::uuid""",
        (spellings(hash_), power),
    )


def ending(power: UUID, *, state: PowerState, by: UUID, states: Sequence[PowerState], now: datetime) -> Part:
    """Part (a guard): the power ends, from one of ``states``; lost when it has ended already. Gives its agent."""
    return Part(
        """UPDATE identity.power SET state = $3::text, ended_at = $4::timestamptz, ended_by = $5::uuid
        WHERE bucket = $1::smallint AND id = $2::uuid AND state = ANY ($6::text[]) RETURNING bucket, id, agent""",
        (bucket_of(power), power, str(state), now, by, [str(one) for one in states]),
    )


def ending_with(power: UUID, *, state: PowerState, by: UUID, now: datetime) -> Part:
    """Part: a power that stands ends with what the guard did."""
    return Part(
        """UPDATE identity.power AS p SET state = $3::text, ended_at = $4::timestamptz, ended_by = $5::uuid
        FROM guard WHERE p.bucket = $1::smallint AND p.id = $2::uuid AND p.state = 'standing'""",
        (bucket_of(power), power, str(state), now, by),
    )


def usable(power: UUID, *, agent: UUID, now: datetime) -> Part:
    """Part (a guard): the power stands, and goes on standing until this write is done. A revocation waits for it."""
    return Part(
        """SELECT bucket, id FROM identity.power
        WHERE bucket = $1::smallint AND id = $2::uuid AND agent = $3::uuid AND state = 'standing'
            AND starts_at <= $4::timestamptz AND until > $4::timestamptz FOR SHARE""",
        (bucket_of(power), power, agent, now),
    )


def renewing(power: UUID, *, until: datetime) -> Part:
    """Part: what the register confirmed again stands longer."""
    return Part(
        """UPDATE identity.power AS p SET until = greatest(p.until, $3::timestamptz) FROM guard
        WHERE p.bucket = $1::smallint AND p.id = $2::uuid AND p.state = 'standing'""",
        (bucket_of(power), power, until),
    )


async def ended_without_word(
    db: Database, *, now: datetime, limit: int
) -> list[tuple[UUID, PowerKind, UUID]]:
    """Powers whose last day is over and that still stand, with their kind and principal: for the job that writes
    down their end."""
    rows = await db.rows(
        """-- across people: the job goes through everybody's powers
        SELECT id, kind, principal FROM identity.power WHERE state IN ('offered', 'standing')
            AND (until <= $1 OR (state = 'offered' AND offered_at <= $2)) ORDER BY until LIMIT $3""",
        now,
        now - OFFER_STANDS,
        limit,
    )
    return [(row["id"], row["kind"], row["principal"]) for row in rows]


async def every_held(db: Database, agent: UUID) -> list[Power]:
    """All powers that were given to somebody: for the copy of what is held about her."""
    rows = await db.rows(
        f"""-- across people: an agent's own list names each principal's bucket
        SELECT {COLUMNS} FROM identity.power_held h
        JOIN identity.power p ON p.bucket = h.of_bucket AND p.id = h.power
        JOIN identity.account a ON a.bucket = p.bucket AND a.id = p.principal
        WHERE h.bucket = $1 AND h.agent = $2 ORDER BY h.at DESC, h.power""",
        bucket_of(agent),
        agent,
    )
    return [power_in(row) for row in rows]


def taking_back_offers(*principals: UUID, now: datetime) -> Part:
    """Part: what these accounts have offered and nobody has accepted is taken back."""
    return Part(
        """UPDATE identity.power AS p SET state = 'taken_back', ended_at = $3::timestamptz, ended_by = p.principal
        FROM guard WHERE p.bucket = ANY($1::smallint[]) AND p.principal = ANY($2::uuid[]) AND p.state = 'offered'""",
        (*by_bucket(principals), now),
    )


def standing_no_more(power: UUID) -> Part:
    """Part (a guard): the power has ended."""
    return Part(
        """SELECT bucket, id FROM identity.power
        WHERE bucket = $1::smallint AND id = $2::uuid AND state NOT IN ('offered', 'standing')""",
        (bucket_of(power), power),
    )
