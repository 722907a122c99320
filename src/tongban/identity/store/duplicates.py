"""SQL of the other papers of a person, of the account that an enrolment finds by them, and of disputes about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tongban.identity.model.duplicates import Dispute, Finding, FoundAccount, OtherPaper
from tongban.identity.model.people import open_id_number, open_name
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of
from tongban.kit.papers import Paper
from tongban.notices import open_phone

#: The papers of the enrolment ``guard``, one a row, without those that an officer found to be another person's.
_PAPERS = """SELECT guard.bucket, guard.id, guard.as_of, p.hash, p.older, p.kind
        FROM guard, LATERAL (
            SELECT guard.id_hash AS hash, guard.id_older AS older, guard.paper_kind AS kind
            UNION ALL SELECT * FROM unnest(guard.other_hashes, guard.other_older, guard.other_kinds)
        ) AS p
        WHERE NOT EXISTS (
            SELECT FROM identity.paper_dispute d  -- across people: a dispute lies in the claimant's bucket
            WHERE d.id_hash IN (guard.id_hash, guard.id_older) AND d.state = 'two'
                AND d.found && ARRAY[p.hash, p.older] AND p.hash <> guard.id_hash
        )"""
#: The same, each in both its spellings while a new look-up key takes over.
_SPELLED = f"""SELECT p.bucket, p.id, p.kind, s.hash, s.older, p.hash AS newest, p.older AS oldest
        FROM ({_PAPERS}) AS p, LATERAL (VALUES (p.hash, false), (p.older, true)) AS s (hash, older)
        WHERE s.hash IS NOT NULL"""


def claiming(*, of_citizens: Sequence[str], now: datetime) -> Part:
    """The part that makes one person one account over all her papers: a second claim of any undoes the whole write.

    ``of_citizens``: the kinds of paper whose number is a 公民身份号码. In one order, so that two enrolments at once
    with two papers of one person wait for each other and are no deadlock.
    """
    return Part(
        f"""INSERT INTO identity.id_index (hash, kind, bucket, account, at, older)
        SELECT q.hash, CASE WHEN q.kind = ANY($2::text[]) THEN 'id_number' ELSE 'paper' END, q.bucket, q.id,
            $1::timestamptz, q.older
        FROM ({_SPELLED}) AS q ORDER BY q.hash""",
        (now, list(of_citizens)),
    )


def keeping_others() -> Part:
    """The part that keeps which papers find the account beside its own."""
    return Part(
        f"""INSERT INTO identity.other_paper (bucket, hash, account, paper_kind, as_of)
        SELECT q.bucket, q.hash, q.id, q.kind, q.as_of FROM ({_PAPERS}) AS q, guard WHERE q.hash <> guard.id_hash"""
    )


async def others(db: Database, who: UUID) -> list[OtherPaper]:
    """The papers by which an account is found beside its own, the oldest first."""
    rows = await db.rows(
        """SELECT hash, paper_kind, as_of FROM identity.other_paper
        WHERE bucket = $1 AND account = $2 ORDER BY as_of, hash LIMIT 100""",
        bucket_of(who),
        who,
    )
    return [OtherPaper(**row) for row in rows]


def dropping_others(who: UUID) -> Part:
    """The part that forgets them: the account is closed."""
    return Part(
        "DELETE FROM identity.other_paper o USING guard WHERE o.bucket = $1::smallint AND o.account = $2::uuid",
        (bucket_of(who), who),
    )


async def found_by(db: Database, application: UUID) -> FoundAccount | None:
    """The account that a checked enrolment finds by another paper; None where it finds none, or one of the typed paper.

    Of several the one that was found first.
    """
    row = await db.row(
        """SELECT a.id, a.password <> '' AS used, p.paper_kind, e.paper_kind AS typed_kind, array_agg(i.hash) AS found
        FROM identity.application e
        JOIN identity.id_index i ON i.hash = ANY(ARRAY[e.id_hash, e.id_older] || e.other_hashes || e.other_older)
        JOIN identity.account a ON a.bucket = i.bucket AND a.id = i.account AND a.closed_at IS NULL
        JOIN identity.person p ON p.bucket = a.bucket AND p.id = a.id  -- across people: the index tells the bucket
        WHERE e.bucket = $1 AND e.id = $2 AND e.state = 'checked'
            AND (i.hash <> ALL(ARRAY[e.id_hash, coalesce(e.id_older, e.id_hash)]) OR EXISTS (
                SELECT FROM identity.other_paper o WHERE o.bucket = a.bucket AND o.hash IN (e.id_hash, e.id_older)
            ))
            AND NOT EXISTS (
                SELECT FROM identity.paper_dispute d
                WHERE d.id_hash IN (e.id_hash, e.id_older) AND d.state = 'two' AND NOT EXISTS (
                    SELECT FROM unnest(e.id_hash || e.other_hashes, e.id_older || e.other_older) AS p (hash, older)
                    WHERE i.hash IN (p.hash, p.older)
                        AND (p.hash = e.id_hash OR NOT d.found && ARRAY[p.hash, p.older]))
            )
        GROUP BY a.id, a.password, p.paper_kind, e.paper_kind ORDER BY min(i.at), a.id LIMIT 1""",
        bucket_of(application),
        application,
    )
    if row is None:
        return None
    return FoundAccount(row["id"], row["paper_kind"], row["typed_kind"], row["used"], tuple(row["found"]))


def ending(application: UUID, *, account: UUID, now: datetime) -> Part:
    """The guard that ends a checked enrolment whose paper is added to an account; lost when it was ended before, or the
    account was merged into another meanwhile, which the paper would not find."""
    return Part(
        """WITH mine AS (
            SELECT FROM identity.account
            WHERE bucket = $4::smallint AND id = $5::uuid AND merged_into IS NULL AND closed_at IS NULL FOR UPDATE
        )
        DELETE FROM identity.application AS e USING mine
        WHERE e.bucket = $1::smallint AND e.id = $2::uuid AND e.state = 'checked' AND e.expires_at > $3::timestamptz
        RETURNING e.bucket, e.id, e.id_hash, e.paper_kind, e.other_hashes, e.other_kinds, e.as_of, e.id_older,
            e.other_older""",
        (bucket_of(application), application, now, bucket_of(account), account),
    )


def counting(who: UUID) -> Part:
    """The part that notes at the account that something more finds it: a merge that did not read it loses."""
    return Part(
        """UPDATE identity.account AS a SET merges = a.merges + 1 FROM guard
        WHERE a.bucket = $1::smallint AND a.id = $2::uuid""",
        (bucket_of(who), who),
    )


def claiming_for(who: UUID, *, of_citizens: Sequence[str], now: datetime) -> Part:
    """The part that makes the papers of an ended enrolment find this account, where they are nobody else's."""
    return Part(
        f"""INSERT INTO identity.id_index (hash, kind, bucket, account, at, older)
        SELECT q.hash, CASE WHEN q.kind = ANY($4::text[]) THEN 'id_number' ELSE 'paper' END, $1::smallint, $2::uuid,
            $3::timestamptz, q.older
        FROM ({_SPELLED}) AS q
        WHERE NOT EXISTS (
            SELECT FROM identity.id_index i WHERE i.hash IN (q.newest, q.oldest) AND i.account <> $2::uuid
        )
        ORDER BY q.hash
        ON CONFLICT (hash) DO NOTHING""",
        (bucket_of(who), who, now, list(of_citizens)),
    )


def keeping_for(who: UUID, own: Sequence[bytes]) -> Part:
    """The part that keeps them beside the account's ``own`` paper, in all its spellings; what is another
    account's is left out."""
    return Part(
        f"""INSERT INTO identity.other_paper (bucket, hash, account, paper_kind, as_of)
        SELECT $1::smallint, q.hash, $2::uuid, q.kind, q.as_of FROM ({_PAPERS}) AS q
        WHERE NOT ARRAY[q.hash, q.older] && $3::bytea[] AND NOT EXISTS (
            SELECT FROM identity.id_index i WHERE i.hash IN (q.hash, q.older) AND i.account <> $2::uuid
        ) AND NOT EXISTS (
            SELECT FROM identity.other_paper o WHERE o.bucket = $1::smallint AND o.hash IN (q.hash, q.older)
        )
        ON CONFLICT (bucket, hash) DO NOTHING""",
        (bucket_of(who), who, list(own)),
    )


def disputing(application: UUID, account: UUID, found: Sequence[bytes], *, now: datetime) -> Part:
    """The guard that keeps a dispute with what the enrolment has; lost when the enrolment is over, or one lies open."""
    return Part(
        """INSERT INTO identity.paper_dispute (bucket, id, account, account_bucket, name_sealed, id_number_sealed,
            phone_sealed, paper_kind, paper_country, id_hash, found, at, state)
        SELECT e.bucket, e.id, $3::uuid, $6::smallint, e.name_sealed, e.id_number_sealed, e.phone_sealed,
            e.paper_kind, e.paper_country, e.id_hash, $4::bytea[], $5::timestamptz, 'open'
        FROM identity.application e
        WHERE e.bucket = $1::smallint AND e.id = $2::uuid AND e.state = 'checked' AND e.expires_at > $5::timestamptz
        ON CONFLICT (bucket, id) DO NOTHING RETURNING bucket, id""",
        (bucket_of(application), application, account, list(found), now, bucket_of(account)),
    )


def dropping_disputed() -> Part:
    """The part that ends the enrolment about which the dispute is."""
    return Part(
        "DELETE FROM identity.application e USING guard WHERE e.bucket = guard.bucket AND e.id = guard.id"
    )


async def phone_of_application(db: Database, application: UUID) -> bytes | None:
    """The sealed phone of an enrolment under way."""
    sealed: bytes | None = await db.value(
        "SELECT phone_sealed FROM identity.application WHERE bucket = $1 AND id = $2",
        bucket_of(application),
        application,
    )
    return sealed


async def open_disputes(db: Database, *, limit: int) -> list[Dispute]:
    """The disputes that wait for an officer, the oldest first."""
    rows = await db.rows(
        """SELECT d.id, d.at, d.name_sealed, d.id_number_sealed, d.phone_sealed, d.paper_kind, d.paper_country,
            a.id AS account, a.name_sealed AS account_name, a.level, a.opened_at, p.id_number_sealed AS account_number,
            p.paper_kind AS account_kind, p.paper_country AS account_country
        FROM identity.paper_dispute d
        JOIN identity.account a ON a.bucket = d.account_bucket AND a.id = d.account
        JOIN identity.person p ON p.bucket = a.bucket AND p.id = a.id
        WHERE d.state = 'open'  -- across people: the window's queue
        ORDER BY d.at, d.id LIMIT $1""",
        limit,
    )
    return [
        Dispute(
            id=row["id"],
            at=row["at"],
            name=open_name(row["name_sealed"], row["id"]),
            paper=Paper(
                row["paper_kind"], open_id_number(row["id_number_sealed"], row["id"]), row["paper_country"]
            ),
            phone=open_phone(row["phone_sealed"], row["id"]),
            account=row["account"],
            account_name=open_name(row["account_name"], row["account"]),
            account_paper=Paper(
                row["account_kind"],
                open_id_number(row["account_number"], row["account"]),
                row["account_country"],
            ),
            opened_at=row["opened_at"],
            level=row["level"],
        )
        for row in rows
    ]


async def open_dispute(db: Database, dispute: UUID) -> tuple[UUID, bytes, bytes] | None:
    """Whose account an open dispute is about, the claimant's sealed phone, and the hash of her paper."""
    row = await db.row(
        """SELECT account, phone_sealed, id_hash FROM identity.paper_dispute
        WHERE bucket = $1 AND id = $2 AND state = 'open'""",
        bucket_of(dispute),
        dispute,
    )
    return None if row is None else (row["account"], row["phone_sealed"], row["id_hash"])


def deciding(dispute: UUID, finding: Finding, *, by: UUID, department: str, why: str, now: datetime) -> Part:
    """The guard that decides an open dispute; what was sealed in it goes. Lost when somebody was faster."""
    return Part(
        """UPDATE identity.paper_dispute SET state = $3::text, decided_by = $4::uuid, department = $5::text,
            why = $6::text, decided_at = $7::timestamptz, name_sealed = NULL, id_number_sealed = NULL,
            phone_sealed = NULL
        WHERE bucket = $1::smallint AND id = $2::uuid AND state = 'open'
        RETURNING bucket, id, account, account_bucket""",
        (bucket_of(dispute), dispute, finding, by, department, why, now),
    )


def parting(spelled: Sequence[bytes]) -> tuple[Part, Part]:
    """The parts by which the claimant's number, in all its spellings, finds the account no more, where the register
    alone had added it."""
    return (
        Part(
            """DELETE FROM identity.id_index i USING guard  -- across people: the account lies in its own bucket
            WHERE i.hash = ANY($1::bytea[]) AND i.account = guard.account AND EXISTS (
                SELECT FROM identity.other_paper o
                WHERE o.bucket = guard.account_bucket AND o.hash = ANY($1::bytea[]))""",
            (list(spelled),),
        ),
        Part(
            """DELETE FROM identity.other_paper o USING guard  -- across people: the account lies in its own bucket
            WHERE o.bucket = guard.account_bucket AND o.hash = ANY($1::bytea[]) AND o.account = guard.account""",
            (list(spelled),),
        ),
    )
