"""SQL of items and their versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from tongban.catalogue.model import ItemVersion
from tongban.kit.db import Bulk, Database, Part


async def version_of(db: Database, *, code: str, number: int) -> ItemVersion | None:
    """A published version."""
    body = await db.value(
        "SELECT body FROM catalogue.item_version WHERE code = $1 AND number = $2", code, number
    )
    return None if body is None else msgspec.convert(body, ItemVersion)


async def current_version(db: Database, *, code: str) -> ItemVersion | None:
    """The version that is in force."""
    body = await db.value(
        """SELECT v.body FROM catalogue.item i
        JOIN catalogue.item_version v ON v.code = i.code AND v.number = i.number WHERE i.code = $1""",
        code,
    )
    return None if body is None else msgspec.convert(body, ItemVersion)


async def for_held_licences(db: Database) -> list[ItemVersion]:
    """The versions in force of the items that are about a licence one holds 许可后续办理."""
    rows = await db.rows(
        """SELECT v.body FROM catalogue.item i
        JOIN catalogue.item_version v ON v.code = i.code AND v.number = i.number
        WHERE v.body->>'about' = 'licence' ORDER BY i.code"""
    )
    return [msgspec.convert(row["body"], ItemVersion) for row in rows]


async def every_in_force(db: Database) -> list[ItemVersion]:
    """Every version in force, by code: some twenty megabytes at a city's size."""
    rows = await db.rows(
        """SELECT v.body FROM catalogue.item i
        JOIN catalogue.item_version v ON v.code = i.code AND v.number = i.number ORDER BY i.code"""
    )
    return [msgspec.convert(row["body"], ItemVersion) for row in rows]


async def numbers_in_force(db: Database) -> dict[str, tuple[int, bytes]]:
    """Of every item the number in force and the hash of its content."""
    rows = await db.rows(
        """SELECT i.code, i.number, v.body_hash FROM catalogue.item i
        JOIN catalogue.item_version v ON v.code = i.code AND v.number = i.number"""
    )
    return {row["code"]: (row["number"], row["body_hash"]) for row in rows}


def adding_version(version: ItemVersion, *, body_hash: bytes, by: str, now: datetime) -> Part:
    """Guard: the new version's row; lost when the number has been taken meanwhile."""
    body: dict[str, Any] = msgspec.to_builtins(version)
    return Part(
        """INSERT INTO catalogue.item_version (code, number, body, body_hash, published_at, published_by)
        VALUES ($1::text, $2::integer, $3::jsonb, $4::bytea, $5::timestamptz, $6::text)
        ON CONFLICT (code, number) DO NOTHING RETURNING code, number""",
        (version.code, version.number, body, body_hash, now, by),
    )


def putting_in_force(*, now: datetime) -> Part:
    """Part: the guard's version becomes the item's current one."""
    return Part(
        """INSERT INTO catalogue.item (code, number, published_at)
        SELECT code, number, $1::timestamptz FROM guard
        ON CONFLICT (code) DO UPDATE SET number = EXCLUDED.number, published_at = EXCLUDED.published_at""",
        (now,),
    )


def first_versions(
    versions: list[ItemVersion], hashes: list[bytes], *, by: str, now: datetime
) -> tuple[Bulk, Bulk]:
    """The first versions of items that were never published, and that they are in force: rows to be copied in."""
    bodies = [
        (one.code, one.number, one, body_hash, now, by)
        for one, body_hash in zip(versions, hashes, strict=True)
    ]
    columns = ("code", "number", "body", "body_hash", "published_at", "published_by")
    current = [(one.code, one.number, now) for one in versions]
    return (
        Bulk("catalogue", "item_version", columns, bodies),
        Bulk("catalogue", "item", ("code", "number", "published_at"), current),
    )
