"""SQL of corrected names and numbers, and of those that somebody had before."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.identity.model.corrections import Former
from tongban.identity.model.hashes import older, spellings
from tongban.identity.model.people import open_id_number, open_name
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.papers import Paper


async def name_sealed(db: Database, who: UUID) -> bytes | None:
    """The name as its column keeps it: what a correction is guarded by."""
    sealed: bytes | None = await db.value(
        "SELECT name_sealed FROM identity.account WHERE bucket = $1 AND id = $2", bucket_of(who), who
    )
    return sealed


def claiming(who: UUID, hash_: bytes, kind: str, *, name_before: bytes, now: datetime) -> Part:
    """The guard: the new number becomes this account's while its name is still the one that was read.

    Lost where somebody was faster, or the account was merged into another meanwhile. Gives ``own``: false where the
    number is another account's, present or former.
    """
    return Part(
        """WITH mine AS (
            SELECT bucket, id FROM identity.account
            WHERE bucket = $1::smallint AND id = $2::uuid AND name_sealed = $5::bytea
                AND merged_into IS NULL FOR UPDATE
        )
        INSERT INTO identity.id_index AS i (hash, kind, bucket, account, at)
        SELECT $3::bytea, $4::text, bucket, id, $6::timestamptz FROM mine
        WHERE NOT EXISTS (SELECT FROM identity.id_index o WHERE o.hash = ANY($7::bytea[]) AND o.account <> $2::uuid)
        ON CONFLICT (hash) DO UPDATE SET former = false WHERE i.account = EXCLUDED.account
        RETURNING bucket, account AS id""",
        (bucket_of(who), who, hash_, kind, name_before, now, spellings(hash_)),
    )


def claiming_older(hash_: bytes, kind: str, *, now: datetime) -> Part:
    """The part that makes it hers in its older spelling too; another's claim of a moment before breaks the column's
    rule (as in ``own_phone.indexing``), and the whole write is undone."""
    return Part(
        """INSERT INTO identity.id_index AS i (hash, kind, bucket, account, at, older)
        SELECT h, $2::text, bucket, id, $3::timestamptz, true FROM guard, unnest($1::bytea[]) AS h
        ON CONFLICT (hash) DO UPDATE SET former = false,
            account = CASE WHEN i.account = EXCLUDED.account THEN i.account END""",
        (older(hash_), kind, now),
    )


def keeping_former(who: UUID, *, source: str, as_of: datetime, officer: UUID, now: datetime) -> Part:
    """The part that keeps name and number as they were until now; they began where the last correction ended."""
    return Part(
        """INSERT INTO identity.name_history
            (bucket, id, account, name_sealed, id_number_sealed, paper_kind, paper_country, since, until, source,
                as_of, officer)
        SELECT a.bucket, $3::uuid, a.id, a.name_sealed, p.id_number_sealed, p.paper_kind, p.paper_country,
            coalesce((SELECT max(h.until) FROM identity.name_history h
                WHERE h.bucket = a.bucket AND h.account = a.id), a.opened_at),
            $4::timestamptz, $5::text, $6::timestamptz, $7::uuid
        FROM guard JOIN identity.account a ON a.bucket = guard.bucket AND a.id = guard.id
            JOIN identity.person p ON p.bucket = a.bucket AND p.id = a.id
        WHERE a.bucket = $1::smallint AND a.id = $2::uuid""",
        (bucket_of(who), who, new_id(bucket_of(who)), now, source, as_of, officer),
    )


def renaming(name: bytes) -> Part:
    """The part that gives the account its new name."""
    return Part(
        """UPDATE identity.account AS a SET name_sealed = $1::bytea FROM guard
        WHERE a.bucket = guard.bucket AND a.id = guard.id""",
        (name,),
    )


def renumbering(paper: Paper, *, number_sealed: bytes, as_of: datetime, now: datetime) -> Part:
    """The part that gives the person her new number, as the register says."""
    return Part(
        """UPDATE identity.person AS p SET id_number_sealed = $1::bytea, paper_kind = $2::text,
            paper_country = $3::text, as_of = $4::timestamptz, checked_at = $5::timestamptz
        FROM guard WHERE p.bucket = guard.bucket AND p.id = guard.id""",
        (number_sealed, paper.kind, paper.country, as_of, now),
    )


def ending_claim(hash_: bytes, new: bytes) -> Part:
    """The part that makes the old number a former one: it finds its holder still, and is nobody else's ever."""
    return Part(
        """UPDATE identity.id_index AS i SET former = true FROM guard
        WHERE i.hash = ANY($1::bytea[]) AND i.hash <> ALL($2::bytea[]) AND i.account = guard.id""",
        (spellings(hash_), spellings(new)),
    )


async def former(db: Database, who: UUID) -> list[Former]:
    """The names and numbers that somebody had, newest first."""
    rows = await db.rows(
        """SELECT name_sealed, id_number_sealed, paper_kind, paper_country, since, until, source, as_of
        FROM identity.name_history WHERE bucket = $1 AND account = $2 ORDER BY until DESC LIMIT 100""",
        bucket_of(who),
        who,
    )
    return [
        Former(
            name=open_name(row["name_sealed"], who),
            paper=Paper(
                row["paper_kind"], open_id_number(row["id_number_sealed"], who), row["paper_country"]
            ),
            since=row["since"],
            until=row["until"],
            source=row["source"],
            as_of=row["as_of"],
        )
        for row in rows
    ]
