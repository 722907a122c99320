"""The very statements that a page runs, caught while it runs, and the same as a pgbench script.

A page's action is called once on a recording handle. Each statement comes out with its text and its parameters; for
pgbench the parameters become what tells one run from another (ids computed from a number) or plain literals. Literals
are known when the statement is planned and nothing is sent over the wire, so the peer has it a little easier than the
house: ratios err to our disadvantage.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from tongban.kit.db import Database


class Statement(msgspec.Struct, frozen=True):
    """One round trip: text with $1…$n, and what stood there."""

    sql: str
    args: tuple[Any, ...]


class Recording(Database):
    """A handle that remembers what was asked through it."""

    def __init__(self, db: Database) -> None:
        super().__init__(db._connections, db.origin)  # noqa: SLF001 - the same connections, another handle
        self.said: list[Statement] = []

    async def row(self, sql: str, *args: Any) -> asyncpg.Record | None:
        """As always, remembered."""
        self.said.append(Statement(sql, args))
        return await super().row(sql, *args)

    async def rows(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """As always, remembered."""
        self.said.append(Statement(sql, args))
        return await super().rows(sql, *args)

    async def value(self, sql: str, *args: Any) -> Any:
        """As always, remembered."""
        self.said.append(Statement(sql, args))
        return await super().value(sql, *args)


_CTE = re.compile(
    r"(?:^WITH |,\n)(guard|part_\d+) AS \(\n(.*?)\n\)(?=,\npart_|\nSELECT \* FROM guard$)", re.DOTALL
)
_FROM_GUARD = re.compile(r"\s+(?:FROM|USING) guard\b")


def one_by_one(statement: Statement) -> list[Statement]:
    """The parts of a write as statements of their own, as a program without :func:`write` would send them."""
    parts = _CTE.findall(statement.sql)
    if not parts:
        return [statement]
    return [Statement(_FROM_GUARD.sub("", text), statement.args) for _, text in parts]


#: pgbench's ``:i`` is the number of the case; a bench row's ids are computed from it and carry its bucket (kit.ids).
BUCKET = "(:i::int % 1024)::smallint"


def uuid_of(family: int, number: str = ":i::int", *, bucket: str = ":i::int % 1024") -> str:
    """SQL of the id of ``number`` in a family: UUIDv7 in form, its bucket where kit.ids puts it."""
    return (
        f"('019000{family:02x}-0000-7' || lpad(to_hex(({bucket}) * 4), 3, '0') || '-8000-'"
        f" || lpad(to_hex({number}), 12, '0'))::uuid"
    )


CASE, APPLICANT, PURPOSE = 0, 1, 2
_FIRST_FRESH = 16


class Script:
    """A pgbench script made of recorded statements.

    ``same`` maps values of the recording to SQL that computes them from ``:i``. Every other UUID is a fresh id,
    made from ``:n``, a number that grows with each run and differs between clients.
    """

    def __init__(self, same: Mapping[Any, str]) -> None:
        self._same = dict(same)
        self._families: dict[UUID, int] = {}

    def text(self, statements: Sequence[Statement], *, transaction: bool = False) -> str:
        """The script's statements, in one transaction if wanted."""
        lines = [self._filled(statement).replace("\n", " ") + ";" for statement in statements]
        if transaction:
            lines = ["BEGIN;", *lines, "COMMIT;"]
        return "\n".join(lines) + "\n"

    def _filled(self, statement: Statement) -> str:
        text = re.sub(r"--[^\n]*\n", "\n", statement.sql)
        # What is no cast stands in a literal (a format of to_char): see _quoted.
        text = re.sub(r"(?<!:):(?=\w)", "'||':'||'", text)
        return re.sub(r"\$(\d+)", lambda place: self._literal(statement.args[int(place[1]) - 1]), text)

    def _literal(self, value: Any) -> str:
        if isinstance(value, UUID | str | int) and value in self._same:
            return str(self._same[value])
        if isinstance(value, UUID):
            family = self._families.setdefault(value, _FIRST_FRESH + len(self._families))
            return uuid_of(family, ":n::int")
        if isinstance(value, str):
            return _quoted(value)
        if value is None or isinstance(value, bool | int | float):
            return "NULL" if value is None else str(value)
        return _typed_literal(value)


def _typed_literal(value: Any) -> str:
    match value:
        case datetime():
            return f"{_quoted(value.isoformat())}::timestamptz"
        case bytes():
            return f"'\\x{value.hex()}'::bytea"
        case list() | tuple():
            return f"ARRAY[{', '.join(_quoted(str(item)) for item in value)}]"
        case dict() | msgspec.Struct():
            return f"{_quoted(msgspec.json.encode(value).decode())}::jsonb"
    raise TypeError(f"no literal of {type(value).__name__}")


def _quoted(text: str) -> str:
    # A colon before a letter or digit may be a variable to pgbench; the pieces are joined when it is planned.
    pieces = re.sub(r":(?=\w)", "'||':'||'", text.replace("'", "''"))
    return f"('{pieces}')" if "||" in pieces else f"'{pieces}'"
