"""SQL of sealed papers, and of the queue of cases that have papers to be sealed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tongban.cases.model import Case
from tongban.kit.db import Database, Part
from tongban.kit.files import File
from tongban.kit.ids import bucket_of


class Wanted(NamedTuple):
    """A case whose papers are to be sealed; ``asked`` tells a later wish from the one that was taken."""

    case_id: UUID
    applicant: UUID
    asked: int
    attempts: int


class Backlog(NamedTuple):
    """How many cases wait for a seal, and why those that were tried were not sealed."""

    waiting: int
    error: str | None


def wanting_seals(case: Case, *, now: datetime) -> Part:
    """Part: the case's papers that have no seal yet are to be sealed."""
    return Part(
        """INSERT INTO cases.seal_wanted (bucket, case_id, applicant, due_at)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::timestamptz FROM guard
        ON CONFLICT (bucket, case_id) DO UPDATE SET asked = seal_wanted.asked + 1""",
        (case.bucket, case.id, case.applicant, now),
    )


async def want_seals(db: Database, *, case_id: UUID, applicant: UUID, now: datetime) -> None:
    """The same by itself, for a paper of before there were seals that somebody opens; once is enough."""
    await db.run(
        """INSERT INTO cases.seal_wanted (bucket, case_id, applicant, due_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (bucket, case_id) DO NOTHING""",
        bucket_of(case_id),
        case_id,
        applicant,
        now,
    )


async def next_wanted(db: Database, *, now: datetime, until: datetime) -> Wanted | None:
    """Take the case that has waited longest, until ``until``; other workers pass it by."""
    row = await db.row(
        """-- across people: the queue of all cases that have papers to be sealed (seal_wanted_due)
        WITH due AS (
            SELECT bucket, case_id FROM cases.seal_wanted WHERE due_at <= $1
            ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        UPDATE cases.seal_wanted w SET due_at = $2, attempts = w.attempts + 1
        FROM due WHERE w.bucket = due.bucket AND w.case_id = due.case_id
        RETURNING w.case_id, w.applicant, w.asked, w.attempts""",
        now,
        until,
    )
    return Wanted(**row) if row else None


async def wish_done(db: Database, wanted: Wanted, *, now: datetime) -> None:
    """All is sealed: the wish goes, or is due again when another came meanwhile."""
    await db.run(
        """WITH gone AS (
            DELETE FROM cases.seal_wanted WHERE bucket = $1 AND case_id = $2 AND asked = $3
        )
        UPDATE cases.seal_wanted SET due_at = $4, attempts = 0, last_error = NULL
        WHERE bucket = $1 AND case_id = $2 AND asked <> $3""",
        bucket_of(wanted.case_id),
        wanted.case_id,
        wanted.asked,
        now,
    )


async def put_off(db: Database, wanted: Wanted, *, reason: str, due: datetime) -> None:
    """Try again then; the reason is for the doctor and names nobody."""
    await db.run(
        "UPDATE cases.seal_wanted SET due_at = $3, last_error = $4 WHERE bucket = $1 AND case_id = $2",
        bucket_of(wanted.case_id),
        wanted.case_id,
        due,
        reason[:300],
    )


async def seal_backlog(db: Database) -> Backlog:
    """What waits, for the doctor."""
    row = await db.row(
        """-- across people: how much waits, and nothing of whom
        SELECT count(*) AS waiting, max(last_error) AS error FROM cases.seal_wanted"""
    )
    return Backlog(**row) if row else Backlog(0, None)


async def sealed_papers(db: Database, *, case_id: UUID) -> dict[tuple[int, str], UUID]:
    """The papers of a case that are sealed, by their step and kind, each with the file in which it lies."""
    rows = await db.rows(
        "SELECT step, kind, file FROM cases.sealed_paper WHERE bucket = $1 AND case_id = $2",
        bucket_of(case_id),
        case_id,
    )
    return {(row["step"], row["kind"]): row["file"] for row in rows}


def keeping_sealed(
    file: File,
    *,
    case_id: UUID,
    step: int,
    kind: str,
    department: str,
    seal: UUID,
    sha256: bytes,
    at: datetime,
) -> Part:
    """Part (a guard): this paper is sealed and lies in that file; nothing when it was sealed before."""
    return Part(
        """INSERT INTO cases.sealed_paper (bucket, case_id, step, applicant, kind, department, seal, file, digest,
            size, sha256, sealed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (bucket, case_id, step, kind) DO NOTHING RETURNING case_id""",
        (
            *(bucket_of(case_id), case_id, step, file.subject, kind, department, seal),
            *(file.id, file.digest, file.size, sha256, at),
        ),
    )


async def sealed_paper(db: Database, *, case_id: UUID, applicant: UUID, step: int, kind: str) -> File | None:
    """The file of a sealed paper of this applicant's case."""
    row = await db.row(
        """SELECT file AS id, applicant AS subject, digest, size, sealed_at FROM cases.sealed_paper
        WHERE bucket = $1 AND case_id = $2 AND applicant = $3 AND step = $4 AND kind = $5""",
        bucket_of(case_id),
        case_id,
        applicant,
        step,
        kind,
    )
    if row is None:
        return None
    return File(
        id=row["id"],
        subject=row["subject"],
        reference=str(case_id),
        digest=row["digest"],
        size=row["size"],
        media_type="application/pdf",
        name="",
        pages=0,
        width=None,
        height=None,
        created_at=row["sealed_at"],
    )
