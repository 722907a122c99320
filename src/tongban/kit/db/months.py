"""Logs partitioned by month: partitions are made before they are needed, and late ones take their rows over.

A table ``x.log`` partitioned by range of ``at`` has a default partition ``x.log_rest``, so that no row is ever
refused; its months are ``x.log_2026_11``.
"""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import msgspec

from tongban.kit.db.pool import Database

#: This month and so many after it.
AHEAD = 3


class Month(msgspec.Struct, frozen=True):
    """A calendar month in UTC."""

    year: int
    month: int

    @property
    def following(self) -> Month:
        """The month after."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def starts(self) -> str:
        """Its first instant, as SQL reads it."""
        return f"{self.year:04d}-{self.month:02d}-01T00:00:00Z"

    def part_of(self, table: str) -> str:
        """The name of its partition."""
        return f"{table}_{self.year:04d}_{self.month:02d}"


async def ensure_months(db: Database, table: str, *, now: datetime) -> list[str]:
    """Make the partitions of ``table`` for this month and the next three; gives the names made. Called daily."""
    moment = now.astimezone(UTC)
    existing = await _partitions(db, table)
    month, made = Month(moment.year, moment.month), []
    for _ in range(1 + AHEAD):
        name = month.part_of(table)
        if name not in existing:
            try:
                await db.run(_creating(table, month))
            except asyncpg.CheckViolationError:
                # Rows came before their month was made (a worker that was away for long): they move.
                await db.run(_moving(table, month))
            made.append(name)
        month = month.following
    return made


async def _partitions(db: Database, table: str) -> set[str]:
    rows = await db.rows(
        """SELECT n.nspname || '.' || c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE i.inhparent = $1::text::regclass""",
        table,
    )
    return {row["name"] for row in rows}


def _creating(table: str, month: Month) -> str:
    """Names and bounds cannot be parameters: they are made of the table's name and two numbers."""
    return f"""CREATE TABLE IF NOT EXISTS {month.part_of(table)} PARTITION OF {table}
        FOR VALUES FROM ('{month.starts}') TO ('{month.following.starts}')
        WITH (autovacuum_analyze_scale_factor = 0.05, autovacuum_analyze_threshold = 500)"""


def _moving(table: str, month: Month) -> str:
    """Several statements sent without parameters are one transaction."""
    return f"""ALTER TABLE {table} DETACH PARTITION {table}_rest;
        {_creating(table, month)};
        WITH moved AS (
            DELETE FROM {table}_rest WHERE at >= '{month.starts}' AND at < '{month.following.starts}' RETURNING *
        )
        INSERT INTO {table} SELECT * FROM moved;
        ALTER TABLE {table} ATTACH PARTITION {table}_rest DEFAULT"""
