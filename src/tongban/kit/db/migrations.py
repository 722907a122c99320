"""Migrations: plain SQL files, forward only, each in one transaction under an advisory lock.

``migrations/HEAD`` names the last file: two branches that both add one collide in git, not in
production.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import asyncpg

DIRECTORY = Path(__file__).resolve().parents[2] / "migrations"
_LOCK = 0x746F6E67  # "tong"


class MigrationChanged(RuntimeError):  # noqa: N818 - named for what is wrong
    """A migration that was applied earlier reads differently now."""


def files() -> list[Path]:
    """All migrations in order; raises when HEAD does not name the last one."""
    found = sorted(DIRECTORY.glob("[0-9]*.sql"))
    head = (DIRECTORY / "HEAD").read_text().strip()
    if not found or found[-1].stem != head:
        raise RuntimeError(
            f"migrations/HEAD says {head}, the last file is {found[-1].stem if found else 'none'}"
        )
    return found


async def apply(dsn: str) -> list[str]:
    """Apply what is missing; gives the names applied. Safe to run from several processes at once."""
    connection = await asyncpg.connect(dsn, server_settings={"timezone": "UTC"})
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await connection.execute(
            """
            CREATE SCHEMA IF NOT EXISTS kit;
            CREATE TABLE IF NOT EXISTS kit.migration (
                name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
            );
            """
        )
        known = {
            row["name"]: row["sha256"]
            for row in await connection.fetch("SELECT name, sha256 FROM kit.migration")
        }
        applied = []
        for file in files():
            text = file.read_text()
            digest = hashlib.sha256(text.encode()).hexdigest()
            if file.stem in known:
                if known[file.stem] != digest:
                    raise MigrationChanged(f"{file.name} was changed after it had been applied")
                continue
            async with connection.transaction():
                await connection.execute(text)
                await connection.execute(
                    "INSERT INTO kit.migration (name, sha256) VALUES ($1, $2)", file.stem, digest
                )
            applied.append(file.stem)
        return applied
    finally:
        await connection.close()


async def missing(dsn: str) -> list[str]:
    """The migrations that this database still lacks, for readiness and the doctor."""
    connection = await asyncpg.connect(dsn)
    try:
        if await connection.fetchval("SELECT to_regclass('kit.migration')") is None:
            return [file.stem for file in files()]
        known = {row["name"] for row in await connection.fetch("SELECT name FROM kit.migration")}
        return [file.stem for file in files() if file.stem not in known]
    finally:
        await connection.close()
