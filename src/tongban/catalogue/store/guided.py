"""SQL of rule tables and guided questionnaires."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from tongban.catalogue.model import Questionnaire
from tongban.kit.db import Database, Part
from tongban.kit.rules import RuleTable


async def table_of(db: Database, *, hash_: str) -> RuleTable | None:
    """The rule table of this hash."""
    body = await db.value("SELECT body FROM catalogue.rule_table WHERE hash = $1", hash_)
    return None if body is None else msgspec.convert(body, RuleTable)


async def in_force(db: Database) -> list[Questionnaire]:
    """The questionnaires in force, in the city's order."""
    rows = await db.rows(
        "SELECT DISTINCT ON (key) key, body FROM catalogue.questionnaire ORDER BY key, number DESC"
    )
    found = [msgspec.convert(row["body"], Questionnaire) for row in rows]
    return sorted(found, key=lambda one: (one.place, one.key))


def keeping_table(table: RuleTable, *, now: datetime) -> Part:
    """Guard: the table's row; one that is kept already stays as it is."""
    body: dict[str, Any] = msgspec.to_builtins(table)
    return Part(
        """INSERT INTO catalogue.rule_table (hash, key, body, kept_at)
        VALUES ($1::text, $2::text, $3::jsonb, $4::timestamptz)
        ON CONFLICT (hash) DO UPDATE SET key = catalogue.rule_table.key RETURNING hash""",
        (table.hash, table.key, body, now),
    )


def adding_version(guided: Questionnaire, *, by: str, now: datetime) -> Part:
    """Part: the questionnaire's new version, on the table that the guard keeps."""
    body: dict[str, Any] = msgspec.to_builtins(guided)
    return Part(
        """INSERT INTO catalogue.questionnaire (key, number, body, table_hash, published_at, published_by)
        SELECT $1::text, $2::integer, $3::jsonb, hash, $4::timestamptz, $5::text FROM guard""",
        (guided.key, guided.number, body, now, by),
    )
