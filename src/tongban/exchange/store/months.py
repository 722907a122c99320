"""SQL of the call log's months. Names of partitions cannot be parameters; they are made of two numbers."""

from __future__ import annotations

import msgspec

from tongban.kit.db import Database

_COLUMNS = "bucket, id, at, msg_id, resource, purpose, fields, outcome, latency_ms, bytes"


class Month(msgspec.Struct, frozen=True, order=True):
    """A calendar month in UTC."""

    year: int
    month: int

    @property
    def following(self) -> Month:
        """The month after."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def partition(self) -> str:
        """The name of its partition."""
        return f"call_{self.year:04d}_{self.month:02d}"

    @property
    def starts(self) -> str:
        """Its first instant."""
        return f"{self.year:04d}-{self.month:02d}-01T00:00:00Z"


async def partitions(db: Database) -> set[str]:
    """The names of the partitions that exist."""
    rows = await db.rows(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
        "WHERE i.inhparent = 'exchange.call'::regclass"
    )
    return {row["relname"] for row in rows}


async def make(db: Database, month: Month) -> None:
    """Make a month's partition, with what lies of it in the default one, in one transaction."""
    await db.run(
        f"""-- across people: rows move from one part of the table to another, unchanged
        ALTER TABLE exchange.call DETACH PARTITION exchange.call_rest;
        CREATE TABLE IF NOT EXISTS exchange.{month.partition} PARTITION OF exchange.call
        FOR VALUES FROM ('{month.starts}') TO ('{month.following.starts}')
        WITH (autovacuum_analyze_scale_factor = 0.05, autovacuum_analyze_threshold = 500);
        WITH moved AS (
            DELETE FROM exchange.call_rest WHERE at >= '{month.starts}' AND at < '{month.following.starts}' RETURNING *
        )
        INSERT INTO exchange.call ({_COLUMNS}) SELECT {_COLUMNS} FROM moved;
        ALTER TABLE exchange.call ATTACH PARTITION exchange.call_rest DEFAULT"""
    )
