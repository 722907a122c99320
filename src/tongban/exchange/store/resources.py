"""SQL of the resources."""

from __future__ import annotations

from typing import Any

import msgspec

from tongban.catalogue import Source
from tongban.exchange.model import FieldMapping, Resource
from tongban.kit.db import Database, Part


async def every_resource(db: Database) -> list[tuple[str, dict[str, Any]]]:
    """How each resource is called, by code."""
    rows = await db.rows(
        "SELECT code, register, wire_code, path, timeout_ms, fields FROM exchange.resource ORDER BY code"
    )
    return [(row["code"], dict(row)) for row in rows]


def resource_from(row: dict[str, Any], *, source: Source) -> Resource:
    """A row as a resource, whose provider and state the catalogue's register of sources knows."""
    fields = msgspec.convert(row["fields"], dict[str, FieldMapping])
    return Resource(**{**row, "fields": fields, "provider": source.provider, "state": source.state})


def putting(resource: Resource) -> Part:
    """Part: how the guard's source is called, replaced when it is there."""
    plain: dict[str, Any] = msgspec.to_builtins(resource.fields)
    return Part(
        """INSERT INTO exchange.resource (code, register, wire_code, path, timeout_ms, fields)
        SELECT $1::text, $2::text, $3::text, $4::text, $5::integer, $6::jsonb FROM guard
        ON CONFLICT (code) DO UPDATE SET register = EXCLUDED.register, wire_code = EXCLUDED.wire_code,
            path = EXCLUDED.path, timeout_ms = EXCLUDED.timeout_ms, fields = EXCLUDED.fields""",
        (
            resource.code,
            resource.register,
            resource.wire_code,
            resource.path,
            resource.timeout_ms,
            plain,
        ),
    )
