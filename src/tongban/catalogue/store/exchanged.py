"""SQL of the national exchange tables: items that came with them, and a whole import in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from tongban.catalogue.model import ItemVersion
from tongban.catalogue.model.national_out import Rows
from tongban.catalogue.store.searching import Entry, Line
from tongban.kit.db import Database, Part


class Came(NamedTuple):
    """An item's rows as they came, and what would have been written of it then."""

    code: str
    came: Rows
    written: Rows


async def items_in_force(db: Database, codes: Sequence[str]) -> list[ItemVersion]:
    """The versions in force of these items, or of all."""
    rows = await db.rows(
        """SELECT v.body FROM catalogue.item i
        JOIN catalogue.item_version v ON v.code = i.code AND v.number = i.number
        WHERE cardinality($1::text[]) = 0 OR i.code = ANY($1) ORDER BY i.code""",
        list(codes),
    )
    return [msgspec.convert(row["body"], ItemVersion) for row in rows]


async def every_came(db: Database) -> dict[str, Came]:
    """What came of each item that a neighbour still has."""
    rows = await db.rows("SELECT code, came, written FROM catalogue.exchanged WHERE cancelled_at IS NULL")
    return {row["code"]: Came(row["code"], row["came"], row["written"]) for row in rows}


async def numbers(db: Database) -> dict[str, int]:
    """The greatest number that was ever published of each item, in force or not."""
    rows = await db.rows("SELECT code, max(number) AS number FROM catalogue.item_version GROUP BY code")
    return {row["code"]: row["number"] for row in rows}


def once() -> Part:
    """Guard: always holds, with one row, so that the ledger has one of the whole import."""
    return Part("SELECT true AS holds")


def adding_versions(published: Sequence[tuple[ItemVersion, bytes]], *, by: str, now: datetime) -> Part:
    """Part: the new versions of many items; a number that was taken meanwhile is a UniqueViolationError."""
    return Part(
        """INSERT INTO catalogue.item_version (code, number, body, body_hash, published_at, published_by)
        SELECT v.code, v.number, b.value, v.body_hash, $5::timestamptz, $6::text
        FROM unnest($1::text[], $2::integer[], $4::bytea[]) WITH ORDINALITY AS v(code, number, body_hash, place)
        JOIN jsonb_array_elements($3::jsonb) WITH ORDINALITY AS b(value, place) USING (place)""",
        (
            [one.code for one, _ in published],
            [one.number for one, _ in published],
            [msgspec.to_builtins(one) for one, _ in published],
            [content for _, content in published],
            now,
            by,
        ),
    )


def cancelled(codes: Sequence[str], *, now: datetime) -> Part:
    """Part: a neighbour has cancelled these items; their versions stay."""
    return Part(
        "UPDATE catalogue.exchanged SET cancelled_at = $2::timestamptz WHERE code = ANY($1::text[])",
        (list(codes), now),
    )


def out_of_force(codes: Sequence[str]) -> tuple[Part, Part]:
    """Parts: these items are not offered any more, nor found."""
    return (
        Part("DELETE FROM catalogue.item WHERE code = ANY($1::text[])", (list(codes),)),
        Part("DELETE FROM catalogue.search_entry WHERE code = ANY($1::text[])", (list(codes),)),
    )


def in_force(published: Sequence[ItemVersion], *, now: datetime) -> Part:
    """Part: these versions become the current ones of their items."""
    return Part(
        """INSERT INTO catalogue.item (code, number, published_at)
        SELECT v.code, v.number, $3::timestamptz FROM unnest($1::text[], $2::integer[]) AS v(code, number)
        ON CONFLICT (code) DO UPDATE SET number = EXCLUDED.number, published_at = EXCLUDED.published_at""",
        ([one.code for one in published], [one.number for one in published], now),
    )


def overtaken(codes: Sequence[str], *, now: datetime) -> tuple[Part, Part]:
    """Parts: the open tasks of these items are done, since the gate let their versions pass; drafts are dropped."""
    return (
        Part(
            """UPDATE catalogue.task SET closed_at = $2::timestamptz, closed_as = 'published'
            WHERE item = ANY($1::text[]) AND closed_at IS NULL""",
            (list(codes), now),
        ),
        Part("DELETE FROM catalogue.draft WHERE item = ANY($1::text[])", (list(codes),)),
    )


def putting_entries(found: Sequence[tuple[Entry, Line]]) -> Part:
    """Part: what a search finds of the versions that are being published."""
    plain: list[dict[str, Any]] = [
        {**msgspec.to_builtins(entry), **msgspec.to_builtins(line)} for entry, line in found
    ]
    return Part(
        """INSERT INTO catalogue.search_entry (code, named, called, terms, pinyin, online, card, facts)
        SELECT e.code, e.named, e.called, e.terms, e.pinyin, e.online, e.card, e.facts
        FROM jsonb_to_recordset($1::jsonb) AS e(code text, named text[], called text[], terms text[], pinyin text,
            online boolean, card jsonb, facts jsonb)
        ON CONFLICT (code) DO UPDATE SET named = EXCLUDED.named, called = EXCLUDED.called, terms = EXCLUDED.terms,
            pinyin = EXCLUDED.pinyin, online = EXCLUDED.online, card = EXCLUDED.card, facts = EXCLUDED.facts""",
        (plain,),
    )


def keeping_came(came: Sequence[Came], *, now: datetime) -> Part:
    """Part: the neighbour's rows as they came."""
    return Part(
        """INSERT INTO catalogue.exchanged (code, came, written, imported_at)
        SELECT c.code, c.came, c.written, $2::timestamptz
        FROM jsonb_to_recordset($1::jsonb) AS c(code text, came jsonb, written jsonb)
        ON CONFLICT (code) DO UPDATE SET came = EXCLUDED.came, written = EXCLUDED.written,
            imported_at = EXCLUDED.imported_at, cancelled_at = NULL""",
        ([one._asdict() for one in came], now),
    )
