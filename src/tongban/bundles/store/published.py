"""SQL of the bundles that the city offers, and of their versions. Reference tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from tongban.bundles.model import Bundle
from tongban.kit.db import Database, Part


async def bundles_in_force(db: Database) -> list[Bundle]:
    """The versions in force, in the city's order."""
    rows = await db.rows(
        """SELECT v.body, v.number FROM bundles.bundle b
        JOIN bundles.version v ON v.code = b.code AND v.number = b.number ORDER BY b.place, b.code"""
    )
    return [_bundle(row) for row in rows]


async def bundle_of(db: Database, *, code: str, number: int) -> Bundle | None:
    """A published version."""
    row = await db.row(
        "SELECT body, number FROM bundles.version WHERE code = $1 AND number = $2", code, number
    )
    return _bundle(row) if row else None


async def numbers_in_force(db: Database) -> dict[str, tuple[int, str, int]]:
    """Of every bundle the number in force, the hash of its content, and its place in the list."""
    rows = await db.rows(
        """SELECT b.code, b.number, v.hash, b.place FROM bundles.bundle b
        JOIN bundles.version v ON v.code = b.code AND v.number = b.number"""
    )
    return {row["code"]: (row["number"], row["hash"], row["place"]) for row in rows}


def publishing(bundle: Bundle, *, place: int, now: datetime) -> tuple[Part, Part]:
    """Guard and part: a bundle's next version, which is in force from now on; lost when the number is taken."""
    body: dict[str, Any] = msgspec.to_builtins(bundle)
    return (
        Part(
            """INSERT INTO bundles.version (code, number, body, hash, published_at)
            VALUES ($1::text, $2::integer, $3::jsonb, $4::text, $5::timestamptz)
            ON CONFLICT (code, number) DO UPDATE SET published_at = bundles.version.published_at
            WHERE bundles.version.hash = $4::text RETURNING code, number""",
            (bundle.code, bundle.number, body, bundle.hash, now),
        ),
        Part(
            """INSERT INTO bundles.bundle (code, number, place, published_at)
            SELECT code, number, $1::integer, $2::timestamptz FROM guard
            ON CONFLICT (code) DO UPDATE SET number = EXCLUDED.number, place = EXCLUDED.place,
                published_at = EXCLUDED.published_at""",
            (place, now),
        ),
    )


def _bundle(row: Any) -> Bundle:
    return msgspec.structs.replace(msgspec.convert(row["body"], Bundle), number=row["number"])
