"""Sealed columns 加密字段 under a new key: which there are, and how their rows are sealed again.

A room says in its store which of its columns are sealed and to which place; ``rooms.SEALED`` joins them. A row is
written only while it still holds what was read: whoever changed it meanwhile sealed it with the newest key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog

from tongban.kit import keys
from tongban.kit.db import Database, DatabaseBusy
from tongban.kit.keys import SealBroken

log = structlog.get_logger("tongban.sealed")

#: Rows read and written by one statement each.
BATCH = 200
#: Where reading by (bucket, id) begins.
FIRST = (-1, UUID(int=0))
#: The primary key of most tables: its columns with their types.
BY_ID: Mapping[str, str] = {"bucket": "smallint", "id": "uuid"}
#: From a row to what its columns hold under the newest key; raises SealBroken.
Change = Callable[[Database, Mapping[str, Any]], Awaitable[tuple[Any, ...]]]
#: From a row to the place that one of its columns is sealed to.
Place = Callable[[Mapping[str, Any]], bytes]


class Sealed(msgspec.Struct, frozen=True):
    """A table with sealed values. ``columns`` are written anew by ``change``, in this order.

    ``find`` gives rows of which a value is under another key than $1 (one byte), at most $2, behind the key $3, …;
    its first columns are the primary key, as many as ``first`` has values. ``put`` takes arrays: the key's columns, the
    new values, the values as they were; it gives how many rows it wrote. ``uses`` counts values by the first byte.
    """

    table: str
    columns: tuple[str, ...]
    find: str
    put: str
    uses: str
    change: Change
    first: tuple[Any, ...] = FIRST


class Turned(msgspec.Struct, frozen=True):
    """Rows of a table that were sealed again, and those that do not open and stay as they are."""

    table: str
    rows: int
    broken: int


def cells(**places: Place) -> Change:
    """The change of a table whose columns are sealed each for itself; one that is null stays null."""

    async def change(_db: Database, row: Mapping[str, Any]) -> tuple[Any, ...]:
        ring = keys.current()
        return tuple(row[name] and ring.resealed(row[name], place(row)) for name, place in places.items())

    return change


def sealed_columns(
    table: str,
    *,
    key: Mapping[str, str] = BY_ID,
    first: tuple[Any, ...] = FIRST,
    read: tuple[str, ...] = (),
    **places: Place,
) -> Sealed:
    """A table whose bytea columns are sealed each for itself, each to its place; a null or empty one stays.

    ``key`` names the columns of the primary key with their types, ``first`` is where reading by it begins; ``read`` are
    columns that a place needs besides. The names are a store's own, so the text is as fixed as if it were written out.
    """
    names, columns = list(key), list(places)
    by, listed = ", ".join(names), ", ".join(columns)
    behind = ", ".join(f"${place}::{kind}" for place, kind in enumerate(key.values(), 3))
    old = " OR ".join(f"substr({column}, 1, 1) NOT IN ($1, '')" for column in columns)
    kinds = [*key.values(), *(["bytea"] * (2 * len(columns)))]
    arrays = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(kinds, 1))
    was = ", ".join(f"{column}_was" for column in columns)
    same = " AND ".join(
        [
            *(f"t.{name} = n.{name}" for name in names),
            *(f"t.{column} IS NOT DISTINCT FROM n.{column}_was" for column in columns),
        ]
    )
    return Sealed(
        table=table,
        columns=tuple(columns),
        find=f"""-- across people: a new sealing key
    SELECT {", ".join([*names, *read, *columns])} FROM {table}
    WHERE ({by}) > ({behind}) AND ({old}) ORDER BY {by} LIMIT $2""",
        put=f"""-- across people: a new sealing key
    WITH put AS (
        UPDATE {table} AS t SET {", ".join(f"{column} = n.{column}" for column in columns)}
        FROM unnest({arrays}) AS n ({by}, {listed}, {was}) WHERE {same} RETURNING 1
    ) SELECT count(*) FROM put""",
        uses=f"""-- across people: what a sealing key is used for
    SELECT substr(c.v, 1, 1) AS key, count(*) AS number
    FROM {table}, LATERAL (VALUES {", ".join(f"({column})" for column in columns)}) AS c (v)
    WHERE c.v IS NOT NULL GROUP BY 1""",
        change=cells(**places),
        first=first,
    )


def _sealing() -> int:
    return keys.current().newest


async def turn(
    db: Database,
    one: Sealed,
    *,
    newest: Callable[[], int] = _sealing,
    rest: float = 0.0,
    progress: Callable[[Turned], None] | None = None,
) -> Turned:
    """Seal a table's rows with the newest key, batch by batch in the order of the primary key.

    ``rest`` is slept after a batch, in parts of the time that it took. Broken off at any moment it is called again and
    goes on: a row under the newest key is not read. What does not open is logged by its key and left.
    """
    done, broken, last = 0, 0, one.first
    clock = asyncio.get_running_loop().time
    while True:
        began = clock()
        found = await db.rows(one.find, bytes((newest(),)), BATCH, *last)
        if not found:
            return Turned(one.table, done, broken)
        last = tuple(found[-1].values())[: len(one.first)]
        wanted: list[tuple[Any, ...]] = []
        for row in found:
            key = tuple(row.values())[: len(one.first)]
            try:
                new = await one.change(db, row)
            except SealBroken:
                broken += 1
                log.warning("a sealed value does not open", table=one.table, key=[str(part) for part in key])
                continue
            wanted.append((*key, *new, *(row[name] for name in one.columns)))
        if wanted:
            done += await _put(db, one, wanted)
        if progress is not None:
            progress(Turned(one.table, done, broken))
        await asyncio.sleep(rest * (clock() - began))


async def _put(db: Database, one: Sealed, wanted: list[tuple[Any, ...]]) -> int:
    """Write a batch; a row that somebody holds locked is waited for, one that may not stand beside another is left."""
    arrays = [list(column) for column in zip(*wanted, strict=True)]
    while True:
        try:
            return int(await db.value(one.put, *arrays))
        except (DatabaseBusy, asyncpg.DeadlockDetectedError):
            await asyncio.sleep(1)
        except asyncpg.UniqueViolationError:
            if len(wanted) == 1:
                log.warning("a row would stand twice and is left", table=one.table)
                return 0
            return sum([await _put(db, one, [row]) for row in wanted])


async def uses(db: Database, one: Sealed) -> dict[int, int]:
    """How many values of a table each key sealed."""
    return {row["key"][0]: row["number"] for row in await db.rows(one.uses) if row["key"]}
