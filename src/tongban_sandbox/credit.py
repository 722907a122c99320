"""The credit register 公共信用信息平台: takes in who broke a promise, once, takes entries out, and tells whether
something stands."""

import asyncio
import sqlite3
from typing import Any

import msgspec
from litestar import Request, Router, get, post

from .civil import now
from .faults import Faults
from .problems import Problem, decoded
from .signing import Trust, caller

LONGEST = 500  # characters of what was found


class Entry(msgspec.Struct):
    """An entry of the register; the shape on the wire. `kind` is 告知承诺失信."""

    entry_id: str
    subject_kind: str
    subject_number: str
    kind: str
    organ: str
    matter: str
    decided_on: str
    until: str


class Question(msgspec.Struct):
    """About whom the register is asked."""

    subject_number: str
    on: str


def enter(db: sqlite3.Connection, node: str, entry: Entry) -> int:
    """Keep an entry on disk and return its serial; the same entry_id is the same entry."""
    wanting = [
        name
        for name in ("entry_id", "subject_number", "organ", "matter", "decided_on", "until")
        if not getattr(entry, name) or len(getattr(entry, name)) > LONGEST
    ]
    if wanting or entry.kind != "commitment_broken" or entry.subject_kind not in ("person", "firm"):
        raise Problem(400, "Malformed body", "An entry needs all its fields.", pointers=wanting or ["kind"])
    db.execute(
        "INSERT INTO entry (entry_id, subject_number, body, caller, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (entry_id) DO NOTHING",
        (
            *(entry.entry_id, entry.subject_number, msgspec.json.encode(entry).decode(), node),
            now().isoformat(timespec="milliseconds"),
        ),
    )
    row = db.execute("SELECT seq, body FROM entry WHERE entry_id = ?", (entry.entry_id,)).fetchone()
    if msgspec.json.decode(row["body"], type=Entry) != entry:
        raise Problem(409, "Entry reused", "This entry_id was used for another entry.", pointers=["entry_id"])
    return int(row["seq"])


class Removal(msgspec.Struct):
    """Which entry is taken out 信用修复."""

    entry_id: str


def remove(db: sqlite3.Connection, node: str, removal: Removal) -> None:
    """Take an entry out that this caller had made; one that is not there is gone already."""
    db.execute("DELETE FROM entry WHERE entry_id = ? AND caller = ?", (removal.entry_id, node))


def standing(db: sqlite3.Connection, number: str, on: str) -> list[dict[str, Any]]:
    """The entries of somebody that stand on a day, the latest first."""
    rows = db.execute("SELECT body FROM entry WHERE subject_number = ? ORDER BY seq DESC", (number,))
    entries = [msgspec.json.decode(row["body"], type=Entry) for row in rows]
    return [msgspec.to_builtins(entry) for entry in entries if entry.until > on]


def routes(db: sqlite3.Connection, writer: sqlite3.Connection, trust: Trust, faults: Faults) -> Router:
    """The register's routes; `writer` is a connection of its own."""
    turn = asyncio.Lock()

    async def suffer(_: Request[Any, Any, Any]) -> None:
        await faults.suffer("credit")

    @post("/v1/entries", status_code=201, before_request=suffer)
    async def add(request: Request[Any, Any, Any]) -> dict[str, Any]:
        node, body = await caller(request, trust)
        entry = decoded(body, Entry)
        async with turn:
            seq = await asyncio.to_thread(enter, writer, node, entry)
        return {"entry_id": entry.entry_id, "serial": f"XY{seq:010d}"}

    @post("/v1/removals", status_code=200, before_request=suffer)
    async def take_out(request: Request[Any, Any, Any]) -> dict[str, str]:
        node, body = await caller(request, trust)
        removal = decoded(body, Removal)
        async with turn:
            await asyncio.to_thread(remove, writer, node, removal)
        return {"entry_id": removal.entry_id}

    @post("/v1/query", status_code=200, before_request=suffer)
    async def query(request: Request[Any, Any, Any]) -> dict[str, Any]:
        _, body = await caller(request, trust)
        asked = decoded(body, Question)
        return {"entries": standing(db, asked.subject_number, asked.on)}

    @get("/healthz", sync_to_thread=False, before_request=suffer)
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return Router("/credit", route_handlers=[add, take_out, query, healthz])
