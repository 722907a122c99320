"""SQL of accounts, persons, staff and the index by which they are found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from tongban.identity.model import Account, Person
from tongban.identity.model.hashes import by_spelling, older, spellings
from tongban.identity.model.people import open_id_number, open_name
from tongban.kit import papers
from tongban.kit.db import Bulk, Database, Part
from tongban.kit.ids import bucket_of
from tongban.kit.papers import Paper
from tongban.kit.policy import NO_ENDS, STAFF, Duty, Role, level_at, staff_role
from tongban.notices import open_phone

#: Until when an account's checks carry each level: for statements whose account opens a session; ``a`` is its row.
LEVEL_ENDS = """(SELECT max(k.until) FROM identity.level_check k  -- across people: in the account's own bucket
            WHERE k.bucket = a.bucket AND k.account = a.id AND k.ended_at IS NULL) AS l2_until,
            (SELECT max(k.until) FROM identity.level_check k
            WHERE k.bucket = a.bucket AND k.account = a.id AND k.ended_at IS NULL AND k.level = 3) AS l3_until"""
#: The columns of a person or firm: ``a`` is her account, ``p`` the person, ``f`` the firm.
PERSON = """a.id, a.name_sealed, a.phone_sealed, a.level, p.id_number_sealed,
    coalesce(p.as_of, f.as_of) AS as_of, coalesce(p.checked_at, f.checked_at) AS checked_at,
    p.paper_kind, p.paper_country, f.code, f.name AS firm, f.state"""


async def person(db: Database, who: UUID) -> Person | None:
    """A resident or a firm with what the register confirmed."""
    row = await db.row(
        f"""SELECT {PERSON} FROM identity.account a
        LEFT JOIN identity.person p ON p.bucket = a.bucket AND p.id = a.id
        LEFT JOIN identity.firm f ON f.bucket = a.bucket AND f.id = a.id
        WHERE a.bucket = $1 AND a.id = $2 AND (p.id IS NOT NULL OR f.id IS NOT NULL)""",
        bucket_of(who),
        who,
    )
    return None if row is None else person_of(row, who)


def person_of(row: Record, who: UUID) -> Person:
    """A person or firm from a row that carries the columns of :data:`PERSON`."""
    if row["code"] is not None:
        return Person(
            id=who,
            name=row["firm"],
            id_number=row["code"],
            phone=open_phone(row["phone_sealed"], who),
            level=row["level"],
            as_of=row["as_of"],
            checked_at=row["checked_at"],
            paper_kind=papers.FIRM,
            state=row["state"],
        )
    return Person(
        who,
        open_name(row["name_sealed"], who),
        open_id_number(row["id_number_sealed"], who),
        open_phone(row["phone_sealed"], who),
        row["level"],
        row["as_of"],
        row["checked_at"],
        row["paper_kind"],
        row["paper_country"],
    )


async def names(db: Database, who: Collection[UUID]) -> dict[UUID, tuple[str, bool]]:
    """The names of residents and firms as they are now, and whether each is a firm's; unknown ones are left out."""
    rows = await db.rows(
        """SELECT a.id, a.name_sealed, f.name AS firm FROM identity.account a
        LEFT JOIN identity.firm f ON f.bucket = a.bucket AND f.id = a.id
        WHERE a.bucket = ANY($1::smallint[]) AND a.id = ANY($2::uuid[])""",
        list({bucket_of(one) for one in who}),
        list(who),
    )
    return {
        row["id"]: (row["firm"], True) if row["firm"] else (open_name(row["name_sealed"], row["id"]), False)
        for row in rows
    }


async def level(db: Database, who: UUID, *, now: datetime) -> int | None:
    """The real-name level of an account as its row and the checks behind it have it now."""
    row = await db.row(
        f"SELECT a.level, {LEVEL_ENDS} FROM identity.account a WHERE a.bucket = $1 AND a.id = $2",
        bucket_of(who),
        who,
    )
    return None if row is None else level_at(row["level"], (row["l2_until"], row["l3_until"]), now)


def standing(who: UUID) -> Part:
    """The guard that stands while there is this account."""
    return Part(
        "SELECT bucket, id FROM identity.account WHERE bucket = $1::smallint AND id = $2::uuid",
        (bucket_of(who), who),
    )


async def phone_sealed(db: Database, who: UUID) -> bytes | None:
    """The sealed phone number of an account."""
    sealed: bytes | None = await db.value(
        "SELECT phone_sealed FROM identity.account WHERE bucket = $1 AND id = $2", bucket_of(who), who
    )
    return sealed


def reading_paper(who: UUID) -> Part:
    """The guard that reads a resident's paper, its number sealed, so that its ledger row is written with it; of a
    firm its ``code``."""
    return Part(
        """SELECT p.id_number_sealed, p.paper_kind, p.paper_country, f.code FROM identity.account a
        LEFT JOIN identity.person p ON p.bucket = a.bucket AND p.id = a.id
        LEFT JOIN identity.firm f ON f.bucket = a.bucket AND f.id = a.id
        WHERE a.bucket = $1::smallint AND a.id = $2::uuid AND (p.id IS NOT NULL OR f.id IS NOT NULL)""",
        (bucket_of(who), who),
    )


def account_of(row: Record) -> Account:
    """An account from a row that carries its columns, the officer's department and duties; where it opens a session,
    its level's ends too."""
    duties = frozenset(map(Duty, row["duties"] or ()))
    role = Role(row["role"])
    return Account(
        row["id"],
        staff_role(duties) if role is Role.OFFICER else role,
        row["name_sealed"],
        row["phone_sealed"],
        row["level"],
        row["password"],
        row["department"],
        duties,
        tuple(row["also"]),
        (row["l2_until"], row["l3_until"]) if "l2_until" in row else NO_ENDS,
    )


def claiming(hash_: bytes, kind: str, account: UUID, *, now: datetime) -> Part:
    """The guard that claims a number or name for a new account; lost when somebody has it."""
    return Part(
        """INSERT INTO identity.id_index (hash, kind, bucket, account, at)
        SELECT $1::bytea, $2::text, $3::smallint, $4::uuid, $5::timestamptz
        WHERE NOT EXISTS (SELECT FROM identity.id_index i WHERE i.hash = ANY($6::bytea[]))
        ON CONFLICT (hash) DO NOTHING RETURNING bucket, account AS id""",
        (hash_, kind, bucket_of(account), account, now, spellings(hash_)),
    )


def claiming_older(hash_: bytes, kind: str, *, now: datetime) -> Part:
    """The part that claims a person's number in its older spelling too; a claim of a moment before undoes the write."""
    return Part(
        """INSERT INTO identity.id_index (hash, kind, bucket, account, at, older)
        SELECT h, $2::text, bucket, id, $3::timestamptz, true FROM guard, unnest($1::bytea[]) AS h""",
        (older(hash_), kind, now),
    )


def adding_account(account: Account, *, now: datetime) -> Part:
    """The part that opens an account whose number was claimed."""
    return Part(
        """INSERT INTO identity.account (bucket, id, role, name_sealed, phone_sealed, level, password, opened_at)
        SELECT bucket, id, $1::text, $2::bytea, $3::bytea, $4::smallint, $5::text, $6::timestamptz FROM guard""",
        (
            "officer" if account.role in STAFF else account.role.value,
            account.name_sealed,
            account.phone_sealed,
            account.level,
            account.password,
            now,
        ),
    )


def adding_person(paper: Paper, *, number_sealed: bytes, now: datetime) -> Part:
    """The part that adds what the register confirmed, now."""
    return Part(
        """INSERT INTO identity.person
            (bucket, id, id_number_sealed, as_of, checked_at, paper_kind, paper_country)
        SELECT bucket, id, $1::bytea, $2::timestamptz, $2::timestamptz, $3::text, $4::text FROM guard""",
        (number_sealed, now, paper.kind, paper.country),
    )


def adding_staff(
    *, username: str, department: str, duties: Iterable[Duty], hall: str | None, now: datetime
) -> Part:
    """The part that adds where an officer serves, and what she does there, granted now."""
    return Part(
        """INSERT INTO identity.staff (bucket, id, username, department, duties, hall, granted_at)
        SELECT bucket, id, $1::text, $2::text, $3::text[], $4::text, $5::timestamptz FROM guard""",
        (username, department, sorted(duties), hall, now),
    )


def many(
    accounts: Iterable[tuple[Account, datetime]], persons: Iterable[tuple[UUID, bytes, datetime]]
) -> tuple[Bulk, Bulk]:
    """Residents to be copied in: accounts with when each was opened; sealed ID numbers with when each was checked."""
    return (
        Bulk(
            schema="identity",
            table="account",
            columns=("bucket", "id", "role", "name_sealed", "phone_sealed", "level", "password", "opened_at"),
            records=[
                (
                    *(bucket_of(one.id), one.id, one.role.value, one.name_sealed, one.phone_sealed),
                    *(one.level, one.password, at),
                )
                for one, at in accounts
            ],
        ),
        Bulk(
            schema="identity",
            table="person",
            columns=("bucket", "id", "id_number_sealed", "as_of", "checked_at"),
            records=[(bucket_of(who), who, sealed, at, at) for who, sealed, at in persons],
        ),
    )


def claims(rows: Iterable[tuple[bytes, str, UUID, datetime, bool]]) -> Bulk:
    """Entries of the global index to be copied in: hash, kind, account, since when, whether in an older spelling."""
    return Bulk(
        schema="identity",
        table="id_index",
        columns=("hash", "kind", "bucket", "account", "at", "older"),
        records=[
            (hash_, kind, bucket_of(account), account, at, old) for hash_, kind, account, at, old in rows
        ],
    )


def indexing_phone(hash_: bytes, *, now: datetime) -> Part:
    """The part that makes a phone find this account: the register says whose phone it is now."""
    return Part(
        """INSERT INTO identity.id_index (hash, kind, bucket, account, at, older)
        SELECT h.hash, 'phone', bucket, id, $2::timestamptz, h.place > 1
        FROM guard, unnest($1::bytea[]) WITH ORDINALITY AS h (hash, place)
        ON CONFLICT (hash) DO UPDATE
        SET bucket = EXCLUDED.bucket, account = EXCLUDED.account, at = EXCLUDED.at""",
        (spellings(hash_), now),
    )


def changing_password(who: UUID, *, before: str, after: str) -> Part:
    """The guard that sets a new password; lost when another one was set meanwhile."""
    return Part(
        """UPDATE identity.account SET password = $4::text
        WHERE bucket = $1::smallint AND id = $2::uuid AND password = $3::text RETURNING bucket, id""",
        (bucket_of(who), who, before, after),
    )


async def residents_by_claims(db: Database, hashes: Sequence[bytes]) -> dict[bytes, UUID]:
    """The accounts that these numbers of papers find in the global index; a number that nobody has is left out."""
    asked = by_spelling(hashes)
    rows = await db.rows(
        "SELECT hash, account FROM identity.id_index WHERE hash = ANY($1) AND kind IN ('id_number', 'paper')",
        list(asked),
    )
    return {asked[row["hash"]]: row["account"] for row in rows}


async def account_of_id(db: Database, who: UUID) -> Account | None:
    """The account of this id, as a log-in knows it."""
    row = await db.row(
        f"""SELECT a.id, a.role, a.name_sealed, a.phone_sealed, a.level, a.password, a.also, s.department, s.duties,
            {LEVEL_ENDS}
        FROM identity.account a LEFT JOIN identity.staff s ON s.bucket = a.bucket AND s.id = a.id
        WHERE a.bucket = $1 AND a.id = $2""",
        bucket_of(who),
        who,
    )
    return None if row is None else account_of(row)


async def account_by_claim(db: Database, hash_: bytes) -> Account | None:
    """The account that an ID number, a phone or a log-in name finds (its hash in the global index)."""
    row = await db.row(
        f"""SELECT a.id, a.role, a.name_sealed, a.phone_sealed, a.level, a.password, a.also, s.department, s.duties,
            {LEVEL_ENDS}
        FROM identity.id_index i
        JOIN identity.account a ON a.bucket = i.bucket AND a.id = i.account
        LEFT JOIN identity.staff s ON s.bucket = a.bucket AND s.id = a.id
        WHERE i.hash = ANY($1::bytea[]) LIMIT 1  -- across people: the global index is what tells the bucket
        """,
        spellings(hash_),
    )
    return None if row is None else account_of(row)
