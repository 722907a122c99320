"""Columns that hold people's hashes, for a new look-up key: the same batches as sealed columns go through.

A room says in its store which of its columns hold them; ``rooms.HASHED`` joins them. Nothing is opened: a hash is
spelled anew from its old spelling (``kit/keys/lookup.py``), so that columns turn whose number is kept nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from tongban.kit import keys
from tongban.kit.db import Database
from tongban.kit.keys import SealBroken
from tongban.kit.sealed import BY_ID, FIRST, Change, Sealed

#: Of a hash {0}: whether it is spelled otherwise than by the key $1 (one byte). A plain one, of 32 bytes, is.
OLD = "(length({0}) = 32 OR substr({0}, 1, 1) <> $1)"
#: The key that a hash {0} is spelled by; 0 for a plain one.
KEY = r"CASE WHEN length({0}) = 32 THEN '\x00'::bytea ELSE substr({0}, 1, 1) END"
#: Both of a hash that stands as ``hash``, or as ``h``.
OLD_HASH, OLD_H, KEY_H = OLD.format("hash"), OLD.format("h"), KEY.format("h")
#: What a column is: one hash, or several.
Holds = Literal["bytea", "bytea[]"]


def respelled(hash_: bytes) -> bytes:
    """The hash in its newest spelling; raises SealBroken where it was spelled by a key that is not known here."""
    lookup = keys.current().lookup
    newest = lookup.spellings(hash_)[0]
    if len(newest) == 32 or newest[0] != lookup.newest:
        raise SealBroken
    return newest


def _several(written: str) -> str:
    """The same for an array as the database writes it."""
    hashes = (respelled(bytes.fromhex(one)).hex() for one in re.findall(r"x([0-9a-f]+)", written))
    return "{" + ",".join(rf'"\\x{one}"' for one in dict.fromkeys(hashes)) + "}"


def _change(columns: Mapping[str, Holds]) -> Change:
    async def change(_db: Database, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(
            row[name] and (respelled(row[name]) if holds == "bytea" else _several(row[name]))
            for name, holds in columns.items()
        )

    return change


def hashed_columns(
    table: str,
    columns: Mapping[str, Holds],
    *,
    key: Mapping[str, str] = BY_ID,
    first: tuple[Any, ...] = FIRST,
    only: str = "true",
    put: str = "",
) -> Sealed:
    """A table with columns that hold people's hashes; ``only`` says of which rows ``t``.

    ``key`` names the columns of the primary key with their types, the hash may be one of them; ``first`` is where
    reading by it begins. ``put`` takes the place of the statement that writes a batch. All are a store's own texts.
    """
    names = list(key)
    listed = ", ".join(columns)
    behind = ", ".join(f"${place}::{kind}" for place, kind in enumerate(key.values(), 3))
    old = " OR ".join(
        OLD.format(f"t.{name}")
        if holds == "bytea"
        else f"EXISTS (SELECT FROM unnest(t.{name}) AS h WHERE {OLD.format('h')})"
        for name, holds in columns.items()
    )
    read = [f"t.{name}" if holds == "bytea" else f"t.{name}::text" for name, holds in columns.items()]
    kinds = ["bytea" if holds == "bytea" else "text" for holds in columns.values()]
    arrays = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate([*key.values(), *kinds, *kinds], 1))
    ordered = ", ".join(f"t.{name}" for name in names)
    same = [
        *(f"t.{name} = n.key_{name}" for name in names),
        *(f"t.{name} IS NOT DISTINCT FROM n.{name}_was::{holds}" for name, holds in columns.items()),
    ]
    single = [(name, f"t.{name}") for name, holds in columns.items() if holds == "bytea"]
    values = ", ".join(f"({KEY.format(column)}, {column})" for _, column in single)
    several = "".join(
        f" UNION ALL SELECT {KEY.format('h')}, h FROM unnest(t.{name}) AS h"
        for name, holds in columns.items()
        if holds == "bytea[]"
    )
    found = (f"SELECT * FROM (VALUES {values}) AS v (k, h)" if single else "") + several
    return Sealed(
        table=table,
        columns=tuple(columns),
        find=f"""-- across people: a new look-up key
    SELECT {", ".join([*(f"t.{name} AS key_{name}" for name in names), *read])} FROM {table} AS t
    WHERE ({ordered}) > ({behind}) AND ({only}) AND ({old}) ORDER BY {ordered} LIMIT $2""",
        put=put
        or f"""-- across people: a new look-up key
    WITH put AS (
        UPDATE {table} AS t SET {", ".join(f"{name} = n.{name}::{holds}" for name, holds in columns.items())}
        FROM unnest({arrays}) AS n ({", ".join(f"key_{name}" for name in names)}, {listed},
            {", ".join(f"{name}_was" for name in columns)})
        WHERE {" AND ".join(same)} RETURNING 1
    ) SELECT count(*) FROM put""",
        uses=f"""-- across people: what a look-up key is used for
    SELECT c.k AS key, count(*) AS number
    FROM {table} AS t, LATERAL ({found.removeprefix(" UNION ALL ")}) AS c (k, h)
    WHERE c.h IS NOT NULL AND ({only}) GROUP BY 1""",
        change=_change(columns),
        first=first,
    )
