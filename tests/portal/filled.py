"""One row of one person in every personal table: for what must find all of them, or none any more.

Rows are made from the schema itself (types, checks, what may be null), so a new table is filled without a word here
unless one of its checks ties two columns together. Each row's times are :data:`MARK`, by which it is found again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tongban.bundles.store.sealed import seal
from tongban.identity.model.people import seal_id_number, seal_name
from tongban.identity.model.powers import seal_agent_name, seal_principal_name
from tongban.identity.model.sealed import hukou_address_of, residence_address_of
from tongban.kit import keys
from tongban.kit.db import Database
from tongban.kit.files.store import name_place, upload_place
from tongban.kit.ids import bucket_of, new_id
from tongban.portal.model import Said
from tongban.portal.store.requests import said_of

#: When all of them happened; to the microsecond, so that nothing else did.
MARK = datetime(2021, 3, 4, 5, 6, 7, 654321, tzinfo=UTC)
#: How a copy shows it.
MARKED = "05:06:07.654321"
#: Columns by which a row is hers; ``id`` is where the row is an account's own.
_HERS = {
    *("person", "subject", "applicant", "account", "holder", "recipient", "actor", "principal", "agent"),
    *("guardian", "to_id", "child"),
}
_OWN = {"identity.account", "identity.person", "identity.phone_only", "identity.residence", "identity.staff"}
_WORDS = re.compile(r"\(\(?(\w+) = ANY \(ARRAY\['([^']*)'")

Row = dict[str, Any]


def _sealed_file(row: Row) -> bytes:
    return keys.current().seal(b"plan.pdf", name_place(row["id"]))


def _said(row: Row) -> bytes:
    said = Said(stands="", should="", why=f"{MARK}")
    return keys.current().seal(msgspec.json.encode(said), said_of(row["id"]))


#: What a check, a key or a seal asks of single columns.
_ASKED: dict[str, dict[str, Any | Callable[[Row], Any]]] = {
    "cases.event": {
        "move": "withdraw",
        "from_state": "submitted",
        "to_state": "withdrawn",
        "actor_role": "resident",
        "version": 90,
        "detail": {},
    },
    "cases.inspection": {"submitted_at": MARK},
    "cases.commitment": {"state": "promised"},
    "cases.interested": {"account": True},
    "identity.alias": {"from_id": lambda row: new_id(row["bucket"])},
    "identity.child_claim": {
        "state": "confirmed",
        "answered_at": MARK,
        "name_sealed": lambda row: seal_name("甲乙", row["id"]),
        "id_number_sealed": lambda row: seal_id_number("x", row["id"]),
    },
    "identity.level_check": {"level": 2},
    "identity.name_history": {
        "name_sealed": lambda row: seal_name("甲乙", row["account"]),
        "id_number_sealed": lambda row: seal_id_number("x", row["account"]),
        "paper_kind": "111",
        "paper_country": "CHN",
    },
    "identity.paper_dispute": {
        "state": "same",
        "decided_at": MARK,
        "account_bucket": lambda row: row["bucket"],
    },
    "identity.power": {
        "until": MARK + timedelta(days=30),
        "agent_name_sealed": lambda row: seal_agent_name("甲乙", row["id"]),
        "principal_name_sealed": lambda row: seal_principal_name("丙丁", row["id"]),
    },
    "identity.qr_login": {"number": 10, "opened_at": MARK},
    "identity.residence": {
        "hukou_area": "310106",
        "residence_area": "310106",
        "as_of": MARK,
        "asked_at": MARK,
        "hukou_address_sealed": lambda row: keys.current().seal(b"x", hukou_address_of(row["id"])),
        "residence_address_sealed": lambda row: keys.current().seal(b"x", residence_address_of(row["id"])),
    },
    "identity.window_recovery": {"done_at": MARK},
    "licences.licence": {"issued_at": MARK},
    "kit.file": {"digest": b"d" * 32, "name": _sealed_file},
    "kit.idempotency": {"caller": lambda row: f"resident:{row['_who']}"},
    "kit.upload": {"name": lambda row: keys.current().seal(b"plan.pdf", upload_place(row["id"]))},
    "bundles.run": {
        "answers_sealed": lambda row: seal(row["id"], {}),
        "bundle": "birth",
        "parts": [],
        "language": "zh",
        "state": "done",
        "done_at": MARK,
    },
    "portal.request": {"said_sealed": _said, "state": "withdrawn", "ended_at": MARK},
}
#: Which row another one hangs on.
_HANGS = {"case_id": "cases.case", "licence": "licences.licence", "archive_id": "cases.archive"}
_HANGS |= {"login": "identity.oidc_login", "power": "identity.power"}


async def fill(
    db: Database, who: UUID, tables: list[str], *, case_id: UUID | None = None
) -> dict[str, UUID | None]:
    """A row of hers in each of ``tables``, in which she may have others; the rows' ids by table. Her case is there."""
    ids: dict[str, UUID | None] = {"cases.case": case_id}
    ends = set(_HANGS.values())
    for table in sorted(set(tables) - {"cases.case"}, key=lambda one: (one not in ends, one)):
        ids[table] = await _one(db, who, table, ids)
    return ids


async def _one(db: Database, who: UUID, table: str, ids: dict[str, UUID | None]) -> UUID | None:
    schema, name = table.split(".")
    columns = await db.rows(
        """SELECT column_name AS name, data_type AS type, udt_name AS udt,
            is_nullable = 'YES' OR column_default IS NOT NULL AS spared
        FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position""",
        schema,
        name,
    )
    checks = await db.value(
        "SELECT string_agg(pg_get_constraintdef(oid), ' ') FROM pg_constraint WHERE conrelid = $1::regclass",
        f'{schema}."{name}"',
    )
    words = dict(_WORDS.findall(checks or ""))
    row: Row = {"_who": who, "bucket": bucket_of(who)}
    row["id"] = who if table in _OWN else new_id(bucket_of(who))
    for column in columns:
        value = await _value(db, table, column, row, words, ids)
        if value is not None:
            row[column["name"]] = value
    asked = {
        key: {} if one is dict else one(row) if callable(one) else one
        for key, one in _ASKED.get(table, {}).items()
    }
    known = {column["name"] for column in columns}
    row = {key: one for key, one in (row | asked).items() if key in known}
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await db.run(
        f'INSERT INTO {schema}."{name}" ({", ".join(row)}) VALUES ({places}) ON CONFLICT DO NOTHING',
        *row.values(),
    )
    found: UUID | None = row.get("id")
    return found


async def _value(
    db: Database, table: str, column: Any, row: Row, words: dict[str, str], ids: dict[str, UUID | None]
) -> Any:
    name = column["name"]
    if name in row:
        return row[name]
    if name in _HANGS and _HANGS[name] != table and ids.get(_HANGS[name]):
        return ids[_HANGS[name]]
    if name in _HERS and column["udt"] == "uuid":
        return row["_who"]
    if name == "of_bucket":
        return row["bucket"]
    if column["spared"]:
        return None
    if name in words:
        return words[name]
    if name == "type_code":
        return await db.value("SELECT code FROM licences.licence_type LIMIT 1")
    return _OF_TYPE[column["udt"]]()


_OF_TYPE: dict[str, Callable[[], Any]] = {
    "timestamptz": lambda: MARK,
    "uuid": lambda: new_id(0),
    "text": str,
    "bytea": lambda: b"x",
    "int2": lambda: 1,
    "int4": lambda: 1,
    "int8": lambda: 1,
    "bool": lambda: False,
    "date": lambda: date(2021, 3, 4),
    "jsonb": lambda: {"at": MARK.isoformat()},
    "_text": list,
    "_bytea": list,
    "xid8": lambda: 1,
}


async def left_of(db: Database, who: UUID, tables: list[str], ids: dict[str, UUID | None]) -> set[str]:
    """The tables in which a row is hers still, or hangs on one that was."""
    found = set()
    mine = [who, *(one for one in ids.values() if one is not None)]
    for table in tables:
        schema, name = table.split(".")
        columns = await db.rows(
            """SELECT column_name AS name FROM information_schema.columns
            WHERE table_schema = $1 AND table_name = $2 AND data_type = 'uuid'""",
            schema,
            name,
        )
        hers = [f'"{one["name"]}" = ANY($1)' for one in columns]
        hers += ["caller LIKE '%' || ($1::uuid[])[1] || '%'"] if table == "kit.idempotency" else []
        if hers and await db.value(
            f'SELECT EXISTS (SELECT FROM {schema}."{name}" WHERE {" OR ".join(hers)})', mine
        ):
            found.add(table)
    return found
