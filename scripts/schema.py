"""The schema as the migrations make it, for reading and for review: ``src/tongban/migrations/schema.sql``.

    python -m scripts.schema              write it, with a PostgreSQL of its own
    python -m scripts.schema --check      exit 1 when it is not what the migrations make

A house test compares it too.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.made import put
from tongban.kit.db import migrations
from tongban.kit.db.embedded import EmbeddedPostgres
from tongban.kit.db.embedded.program import binaries

FILE = migrations.DIRECTORY / "schema.sql"
HEADER = "-- Generated from the migrations by scripts/schema.py. Read it; change the schema with a new migration.\n\n"
_NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)$", re.MULTILINE)


def schema_of(dsn: str) -> str:
    """The schema of a migrated database, without what differs between servers and days."""
    program = binaries(Path(tempfile.gettempdir()), None) / "pg_dump"
    dumped = subprocess.run(
        [program, "--schema-only", "--no-owner", "--no-privileges", "--no-comments", "--dbname", dsn],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return HEADER + re.sub(r"\n{3,}", "\n\n", _NOISE.sub("", dumped)).strip() + "\n"


def made() -> str:
    """The schema that the migrations make on an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with EmbeddedPostgres(Path(folder) / "postgres", fast=True).running() as server:
            server.make_database("schema")
            asyncio.run(migrations.apply(server.dsn("schema")))
            return schema_of(server.dsn("schema"))


def main() -> int:
    """The command."""
    return put(FILE, made(), of="the migrations make", script="schema")


if __name__ == "__main__":
    sys.exit(main())
