"""Every sealed value is in ``rooms.SEALED``: what is not would be lost with the key that sealed it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scripts.source import HOUSE
from tongban import rooms
from tongban.kit.db import Database
from tongban.kit.sealed import Sealed

SCHEMA = HOUSE / "migrations" / "schema.sql"
#: Sealed values in columns of another name, and the signature that covers sealed cells.
OTHERWISE = {
    *("cases.case.answers", "cases.case.facts", "cases.case.correction", "cases.event.detail"),
    *("cases.interested.sealed", "kit.file.name", "kit.file.sm3", "kit.upload.name", "kit.outbox.payload"),
    *("licences.licence.signed_by", "licences.licence.signature"),
}


def sealed_in(schema: str) -> set[str]:
    """The bytea columns that are called sealed, by the DDL itself."""
    return {
        f"{name}.{column}".replace('"', "")
        for name, body in re.findall(r'CREATE TABLE ([\w."]+) \((.*?)\n\)', schema, re.DOTALL)
        for column in re.findall(r"^ +(\w+_sealed) bytea", body, re.MULTILINE)
    }


def told(tables: Iterable[Sealed]) -> set[str]:
    return {f"{one.table}.{column}" for one in tables for column in one.columns}


def test_every_sealed_column_is_sealed_again_by_a_new_key() -> None:
    found = sealed_in(SCHEMA.read_text())
    assert len(found) > 15
    assert told(rooms.SEALED) == found | OTHERWISE
    assert len({one.table for one in rooms.SEALED}) == len(rooms.SEALED)
    assert sealed_in("CREATE TABLE a.b (\n    note_sealed bytea\n);") == {"a.b.note_sealed"}


async def test_their_statements_fit_the_schema(db: Database) -> None:
    for one in rooms.SEALED:
        assert await db.rows(one.find, b"\x01", 1, *one.first) == [], one.table
        assert await db.value(one.put, *([[]] * (len(one.first) + 2 * len(one.columns)))) == 0, one.table
        assert await db.rows(one.uses) == [], one.table
