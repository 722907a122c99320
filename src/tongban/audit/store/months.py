"""SQL of the ledger's months. Names of partitions cannot be parameters; they are made of two numbers."""

from __future__ import annotations

import msgspec

from tongban.kit.db import Database


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
        return f"ledger_{self.year:04d}_{self.month:02d}"

    @property
    def starts(self) -> str:
        """Its first instant."""
        return f"{self.year:04d}-{self.month:02d}-01T00:00:00Z"


async def partitions(db: Database) -> set[str]:
    """The names of the partitions that exist."""
    rows = await db.rows(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
        "WHERE i.inhparent = 'audit.ledger'::regclass"
    )
    return {row["relname"] for row in rows}


async def make(db: Database, month: Month) -> None:
    """Make a month's partition; raises asyncpg.CheckViolationError when the default one holds rows of it."""
    await db.run(_created(month))


async def make_and_move(db: Database, month: Month) -> None:
    """Make a month's partition out of what lies in the default one, in one transaction."""
    columns = """bucket, id, at, xid, kind, actor_role, actor, actor_name, department, action, subject, reference,
        purpose, detail, hash"""
    await db.run(
        f"""-- across people: rows move from one part of the table to another, unchanged
        ALTER TABLE audit.ledger DETACH PARTITION audit.ledger_rest;
        {_created(month)};
        WITH moved AS (
            DELETE FROM audit.ledger_rest WHERE at >= '{month.starts}' AND at < '{month.following.starts}' RETURNING *
        )
        INSERT INTO audit.ledger ({columns}) SELECT {columns} FROM moved;
        ALTER TABLE audit.ledger ATTACH PARTITION audit.ledger_rest DEFAULT"""
    )


def _created(month: Month) -> str:
    return f"""CREATE TABLE IF NOT EXISTS audit.{month.partition} PARTITION OF audit.ledger
        FOR VALUES FROM ('{month.starts}') TO ('{month.following.starts}')
        WITH (autovacuum_analyze_scale_factor = 0.05, autovacuum_analyze_threshold = 500)"""
