"""SQL of the asked-anyway meter's roll-up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from tongban.kit.db import Database, Part


class AskedCount(NamedTuple):
    """How often something stood so in a department; item, material and source of what had no good reason."""

    department: str
    standing: str
    item: str
    material: str
    source: str
    times: int


def counting(rows: Sequence[tuple[str, str, str]], *, department: str, item: str, month: date) -> Part:
    """Part: adds what a submission was asked for and spared to its month; standing, material and source of each."""
    return Part(
        """INSERT INTO cases.asked_count AS a (month, department, standing, item, material, source, times)
        SELECT $1::date, $2::text, r.standing, CASE WHEN r.material = '' AND r.source = '' THEN '' ELSE $3::text END,
            r.material, r.source, count(*)
        FROM guard, unnest($4::text[], $5::text[], $6::text[]) AS r (standing, material, source)
        GROUP BY r.standing, r.material, r.source
        ON CONFLICT (month, department, standing, item, material, source)
        DO UPDATE SET times = a.times + EXCLUDED.times""",
        (month, department, item, *(list(column) for column in zip(*rows, strict=True))),
    )


async def asked_counts(db: Database, *, since: date) -> list[AskedCount]:
    """The roll-up from this month on, by department."""
    rows = await db.rows(
        """-- across people: sums by month, which hold nothing about a person
        SELECT department, standing, item, material, source, sum(times)::bigint AS times
        FROM cases.asked_count WHERE month >= $1
        GROUP BY department, standing, item, material, source ORDER BY department, standing, item, material, source""",
        since,
    )
    return [AskedCount(**dict(row)) for row in rows]


async def by_month(db: Database, *, since: date, standings: Collection[str]) -> dict[date, int]:
    """How often something stood so in each month from ``since`` on."""
    rows = await db.rows(
        """SELECT month, sum(times)::bigint AS times FROM cases.asked_count
        WHERE month >= $1 AND standing = ANY($2::text[]) GROUP BY month""",
        since,
        sorted(standings),
    )
    return {row["month"]: row["times"] for row in rows}
