"""SQL of the bundles that people have begun."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.bundles.model import Part as RunPart
from tongban.bundles.model import Run, RunState
from tongban.bundles.store.sealed import opened, seal
from tongban.kit.db import Database, Part
from tongban.kit.ids import OWN_ACCOUNTS, bucket_of, by_bucket
from tongban.kit.personal import Erasure, counted
from tongban.kit.sweeps import Sweep

_COLUMNS = """id, applicant, bundle, number, state, version, answers_sealed, parts, language, opened_at,
    sent_at, done_at"""


def _run(row: Any) -> Run:
    return Run(
        id=row["id"],
        applicant=row["applicant"],
        bundle=row["bundle"],
        number=row["number"],
        state=RunState(row["state"]),
        version=row["version"],
        answers=opened(row["id"], row["answers_sealed"]),
        parts=msgspec.convert(row["parts"], tuple[RunPart, ...]),
        language=row["language"],
        opened_at=row["opened_at"],
        sent_at=row["sent_at"],
        done_at=row["done_at"],
    )


def adding(run: Run) -> Part:
    """Part (a guard): the birth of a run; nothing while a draft of the bundle is there."""
    return Part(
        """INSERT INTO bundles.run (bucket, id, applicant, bundle, number, state, version, answers_sealed, parts,
            language, opened_at)
        VALUES ($1::smallint, $2::uuid, $3::uuid, $4::text, $5::integer, 'draft', 1, $6::bytea, $7::jsonb,
            $8::text, $9::timestamptz)
        ON CONFLICT (bucket, applicant, bundle) WHERE state = 'draft' DO NOTHING RETURNING id""",
        (
            *(run.bucket, run.id, run.applicant, run.bundle, run.number, seal(run.id, run.answers)),
            *(run.stored(), run.language, run.opened_at),
        ),
    )


def saving(before: Run, after: Run) -> Part:
    """Part (a guard): a run as it is from now on, over the version that was read."""
    return Part(
        """UPDATE bundles.run SET state = $4::text, version = version + 1, answers_sealed = $5::bytea,
            parts = $6::jsonb, language = $7::text, sent_at = $8::timestamptz, done_at = $9::timestamptz
        WHERE bucket = $1::smallint AND id = $2::uuid AND version = $3::integer RETURNING id, version""",
        (
            *(before.bucket, before.id, before.version, str(after.state), seal(after.id, after.answers)),
            *(after.stored(), after.language, after.sent_at, after.done_at),
        ),
    )


async def run_of(db: Database, *, run_id: UUID, applicant: UUID) -> Run | None:
    """An applicant's own run; another person's is not found."""
    row = await db.row(
        f"SELECT {_COLUMNS} FROM bundles.run WHERE bucket = $1 AND id = $2 AND applicant = $3",
        bucket_of(run_id),
        run_id,
        applicant,
    )
    return _run(row) if row else None


async def at_work(db: Database, *, run_id: UUID) -> Run | None:
    """A run for the house's own work on it."""
    row = await db.row(
        f"SELECT {_COLUMNS} FROM bundles.run WHERE bucket = $1 AND id = $2", bucket_of(run_id), run_id
    )
    return _run(row) if row else None


async def run_with(db: Database, *, case_id: UUID) -> Run | None:
    """The run that was sent and of which a case is part; most cases are part of none."""
    row = await db.row(
        f"""SELECT {_COLUMNS} FROM bundles.run
        WHERE bucket = $1 AND state = 'sent' AND parts @> $2::jsonb ORDER BY id DESC LIMIT 1""",
        bucket_of(case_id),
        [{"case": str(case_id)}],
    )
    return _run(row) if row else None


async def draft_of(db: Database, *, applicant: UUID, bundle: str) -> Run | None:
    """The draft of a bundle that an applicant has, if any."""
    row = await db.row(
        f"""SELECT {_COLUMNS} FROM bundles.run
        WHERE bucket = $1 AND applicant = $2 AND bundle = $3 AND state = 'draft'""",
        bucket_of(applicant),
        applicant,
        bundle,
    )
    return _run(row) if row else None


async def runs_of(db: Database, *, accounts: Sequence[UUID], limit: int = 20) -> list[Run]:
    """A person's runs, of all her accounts, the newest first, without those given up."""
    rows = await db.rows(
        f"""SELECT one.* FROM {OWN_ACCOUNTS} CROSS JOIN LATERAL (
            SELECT {_COLUMNS} FROM bundles.run WHERE bucket = own.bucket AND applicant = own.account
            AND state <> 'discarded' ORDER BY id DESC LIMIT $3
        ) one ORDER BY one.id DESC LIMIT $3""",
        *by_bucket(accounts),
        limit,
    )
    return [_run(row) for row in rows]


async def whose(db: Database, run_id: UUID, accounts: Sequence[UUID]) -> UUID | None:
    """Which of these accounts of one person a run is of; None when it is of none."""
    found = await db.value(
        "SELECT applicant FROM bundles.run WHERE bucket = $1 AND id = $2 AND applicant = ANY($3::uuid[])",
        bucket_of(run_id),
        run_id,
        list(accounts),
    )
    return found if isinstance(found, UUID) else None


async def holdings(db: Database, person: UUID) -> list[dict[str, Any]]:
    """A person's runs for her copy (PIPL art. 45), the newest first."""
    rows = await db.rows(
        f"SELECT {_COLUMNS} FROM bundles.run WHERE bucket = $1 AND applicant = $2 ORDER BY id DESC",
        bucket_of(person),
        person,
    )
    return [
        {
            "bundle": run.bundle,
            "answers": run.answers,
            "items": [part.item for part in run.parts],
            "state": str(run.state),
            "opened_at": run.opened_at,
            "sent_at": run.sent_at,
            "done_at": run.done_at,
        }
        for run in map(_run, rows)
    ]


async def kept_numbers(db: Database, who: UUID, *, closing: bool) -> tuple[int, int]:
    """How many runs of a person an erasure drops, and how many stay with the cases that they joined."""
    row = await db.row(
        """SELECT count(*) FILTER (WHERE $3 OR state IN ('draft', 'discarded')) AS gone,
            count(*) FILTER (WHERE NOT $3 AND state IN ('sent', 'done')) AS stay
        FROM bundles.run WHERE bucket = $1 AND applicant = $2""",
        bucket_of(who),
        who,
        closing,
    )
    return (row["gone"], row["stay"]) if row else (0, 0)


async def erasing(db: Database, who: UUID, *, closing: bool) -> None:
    """Drop a person's runs that were not sent, and with the account all of them."""
    await db.run(
        """DELETE FROM bundles.run WHERE bucket = $1 AND applicant = $2
        AND ($3 OR state IN ('draft', 'discarded'))""",
        bucket_of(who),
        who,
        closing,
    )


async def erase(db: Database, who: UUID, *, closing: bool, look: bool, now: datetime) -> Erasure:
    """Runs that were not sent go; what was sent stays with its cases until the account is closed."""
    del now
    gone, stay = await kept_numbers(db, who, closing=closing)
    if not look:
        await erasing(db, who, closing=closing)
    return Erasure(counted({"bundles.draft": gone}), counted({"bundles.run": stay}))


#: Runs that were begun and never sent, and those given up.
IDLE = Sweep(
    """-- across people: the hourly sweep (run_idle)
    WITH gone AS (DELETE FROM bundles.run WHERE state IN ('draft', 'discarded') AND opened_at < $1 RETURNING 1)
    SELECT count(*) FROM gone""",
    """-- across people: for the doctor (run_idle)
    SELECT count(*) FROM bundles.run WHERE state IN ('draft', 'discarded') AND opened_at < $1""",
)
