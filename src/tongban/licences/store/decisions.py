"""SQL of what issuers have decided about licences, and of the papers of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of, by_bucket
from tongban.licences.model import Decision

_COLUMNS = """bucket, licence, revision, holder, reference, act, ground, reason, compensation, department, officer_name,
    at, answered_at, paper, number"""


def deciding(decision: Decision) -> Part:
    """The part that keeps a decision beside the change that it makes."""
    return Part(
        f"""INSERT INTO licences.decision ({_COLUMNS})
        SELECT $1::smallint, $2::uuid, $3::integer, $4::uuid, $5::uuid, $6::text, $7::text, $8::text, $9::text,
            $10::text, $11::text, $12::timestamptz, $13::timestamptz, $14::text, $15::text FROM guard""",
        msgspec.structs.astuple(decision),
    )


def answering(decision: Decision, *, paper: str, number: str, now: datetime) -> Part:
    """The part by which a decision has its paper, at that address under that number; the first one stays."""
    return Part(
        """UPDATE licences.decision d
        SET answered_at = $4::timestamptz, paper = $5::text, number = $6::text FROM guard
        WHERE d.bucket = $1::smallint AND d.licence = $2::uuid AND d.revision = $3::integer
            AND d.answered_at IS NULL""",
        (decision.bucket, decision.licence, decision.revision, now, paper, number),
    )


def left_to_the_issuer(decision: Decision, *, now: datetime) -> Part:
    """The guard by which a decision gets no paper of the house; nothing for one that has its answer."""
    return Part(
        """UPDATE licences.decision SET answered_at = $4
        WHERE bucket = $1 AND licence = $2 AND revision = $3 AND answered_at IS NULL RETURNING licence""",
        (decision.bucket, decision.licence, decision.revision, now),
    )


async def decision(db: Database, *, licence: UUID, revision: int) -> Decision | None:
    """The decision that brought a licence to this revision; None where it was no decision of the issuer's."""
    row = await db.row(
        f"SELECT {_COLUMNS} FROM licences.decision WHERE bucket = $1 AND licence = $2 AND revision = $3",
        bucket_of(licence),
        licence,
        revision,
    )
    return msgspec.convert(dict(row), Decision) if row else None


async def decisions_on(db: Database, *, licence: UUID, holder: UUID) -> list[Decision]:
    """What was decided about a licence of this holder, the latest first."""
    rows = await db.rows(
        f"""SELECT {_COLUMNS} FROM licences.decision WHERE bucket = $1 AND licence = $2 AND holder = $3
        ORDER BY revision DESC LIMIT 50""",
        bucket_of(licence),
        licence,
        holder,
    )
    return [msgspec.convert(dict(row), Decision) for row in rows]


async def decisions_about(
    db: Database, *, licences: Collection[UUID], accounts: Sequence[UUID]
) -> dict[UUID, list[Decision]]:
    """What was decided about these licences of a holder, of all her accounts, the latest first, by licence."""
    rows = await db.rows(
        f"""SELECT {_COLUMNS} FROM licences.decision WHERE bucket = ANY($1::smallint[])
        AND licence = ANY($3::uuid[]) AND holder = ANY($2::uuid[]) ORDER BY licence, revision DESC""",
        *by_bucket(accounts),
        list(licences),
    )
    found: dict[UUID, list[Decision]] = {}
    for row in rows:
        found.setdefault(row["licence"], []).append(msgspec.convert(dict(row), Decision))
    return found


async def by_hand(db: Database) -> int:
    """How many decisions have no paper of the house, for the doctor."""
    return int(
        await db.value(
            """-- across people: how many, and nothing of whom
            SELECT count(*) FROM licences.decision WHERE answered_at IS NOT NULL AND paper IS NULL"""
        )
    )
