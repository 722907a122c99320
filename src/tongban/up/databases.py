"""The house's database: the embedded one, or one's own through DATABASE_URL once it proves fit."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import asyncpg

from tongban.kit.db import migrations
from tongban.up.endings import CannotStart

OLDEST = 17
_WAIT_SECONDS = 180.0


async def check_own(dsn: str, *, wait_seconds: float = _WAIT_SECONDS) -> None:
    """Wait for one's own server; raises CannotStart when it refuses us or is older than PostgreSQL 17."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + wait_seconds
    while True:
        try:
            connection = await asyncpg.connect(dsn, timeout=10)
            break
        except (
            OSError,
            TimeoutError,
            asyncpg.CannotConnectNowError,
            asyncpg.TooManyConnectionsError,
        ) as away:
            if loop.time() > give_up:
                raise CannotStart(
                    f"The database of DATABASE_URL ({_place(dsn)}) did not answer within {wait_seconds:.0f} s: {away}."
                ) from away
            await asyncio.sleep(0.5)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as refused:
            raise CannotStart(
                f"The database of DATABASE_URL ({_place(dsn)}) refused us: {refused}."
            ) from refused
    try:
        check_version(connection.get_server_version().major)
    finally:
        await connection.close()


def check_version(major: int) -> None:
    """Raises CannotStart with a sentence for a server older than the house needs."""
    if major < OLDEST:
        raise CannotStart(
            f"The database of DATABASE_URL is PostgreSQL {major}; Tongban needs {OLDEST} or newer. "
            "Upgrade it, or leave DATABASE_URL empty to use the embedded one."
        )


async def migrate(dsn: str) -> list[str]:
    """Apply the missing migrations; raises CannotStart where they do not fit the database."""
    try:
        return await migrations.apply(dsn)
    except (migrations.MigrationChanged, asyncpg.PostgresError) as refused:
        raise CannotStart(f"The database could not be migrated: {refused}.") from refused


def _place(dsn: str) -> str:
    """Where the server is, without the password."""
    try:
        parts = urlsplit(dsn)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "unreadable address"
    return f"{host or 'local'}:{port or 5432}"
