"""One write, one statement: parts handed out by rooms are joined to data-modifying CTEs.

The first part is the guard: the room's own row, matched by its version, with RETURNING. Every other
part takes its rows ``FROM guard``; a lost guard therefore writes nothing at all. Each part numbers
its parameters from $1; they are renumbered here. Part texts are constants, so the joined text is
made once per combination and stays prepared in the connections.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

from tongban.kit.db.pool import Database

_PLACE = re.compile(r"\$(\d+)")


class Part(msgspec.Struct, frozen=True):
    """A piece of a write: fixed SQL text and its parameters, ready to be joined with others."""

    sql: str
    params: tuple[Any, ...] = ()


@lru_cache(maxsize=1024)
def as_text_array(values: tuple[str, ...]) -> str:
    """An array of texts in PostgreSQL's own spelling, for a parameter ``$n::text::text[]``.

    For arrays that are the same in many writes: asyncpg looks at each element in three ways before it sends it.
    """
    escaped = (value.replace("\\", r"\\").replace('"', r"\"") for value in values)
    return "{" + ",".join(f'"{value}"' for value in escaped) + "}"


@lru_cache(maxsize=512)
def _joined(texts: tuple[str, ...], counts: tuple[int, ...]) -> str:
    ctes: list[str] = []
    offset = 0
    for position, (text, count) in enumerate(zip(texts, counts, strict=True)):
        name = "guard" if position == 0 else f"part_{position}"
        shift = offset
        body = _PLACE.sub(lambda place, shift=shift: f"${int(place[1]) + shift}", text)  # type: ignore[misc]
        ctes.append(f"{name} AS (\n{body}\n)")
        offset += count
    return "WITH " + ",\n".join(ctes) + "\nSELECT * FROM guard"


def beside(one: Part, other: Part) -> Part:
    """A guard of two reads whose rows stand side by side: where either finds nothing, neither is read.

    For what one room may open and another keeps; no column's name may stand in both.
    """
    shift = len(one.params)
    second = _PLACE.sub(lambda place: f"${int(place[1]) + shift}", other.sql)
    return Part(
        f"SELECT * FROM (\n{one.sql}\n) AS one CROSS JOIN (\n{second}\n) AS other",
        (*one.params, *other.params),
    )


async def write(db: Database, guard: Part, *parts: Part) -> Record | None:
    """Do one write in one round trip; gives the guard's row, or None when the guard was lost.

    The statement is its own transaction: it is durable when this returns.
    """
    text, params = _statement(guard, *parts)
    return await db.row(text, *params)


async def write_in_turn(db: Database, kind: str, of: UUID | str, guard: Part, *parts: Part) -> Record | None:
    """The same, one after the other among those of one ``kind`` and owner: for a guard that counts rows and adds one.

    Two at once would count the same rows and pass a limit together. It takes four round trips: for seldom acts.
    """
    text, params = _statement(guard, *parts)
    turn = blake2b(f"{kind}\x1f{of}".encode(), digest_size=8).digest()
    return await db.row_in_turn(int.from_bytes(turn, "big", signed=True), text, *params)


def _statement(*every: Part) -> tuple[str, Iterator[Any]]:
    text = _joined(tuple(part.sql for part in every), tuple(len(part.params) for part in every))
    return text, chain.from_iterable([part.params for part in every])
