"""What the register of firms says of one firm by its code, and how a firm is changed for a demonstration.

The register's file has the firms as they were founded; what became of one since stands beside it in `fate`.
"""

import json
import sqlite3
from typing import Any

import msgspec
from litestar import Request, post

from .civil import now
from .faults import from_here
from .problems import Problem, decoded

#: 统一社会信用代码 in the place of a paper's kind: the question is about a firm.
FIRM = "001"
#: 存续, 吊销, 注销, and the two ends at which others take over: 因合并注销, 因分立注销.
STATES = ("active", "revoked", "struck_off", "merged", "split")
_TOLD = ("uscc", "name", "address", "district", "scope", "since", "until")


class Change(msgspec.Struct):
    """What the register is told of a firm: a new one in whole, of a known one what changes.

    `representative` is an ID number of the population register; `successors` are codes of firms that it knows.
    """

    uscc: str
    name: str | None = None
    representative: str | None = None
    address: str | None = None
    district: str | None = None
    scope: str | None = None
    state: str | None = None
    successors: list[str] | None = None


def told(row: sqlite3.Row) -> dict[str, Any]:
    """A firm as a query tells of it."""
    return {name: row[name] for name in _TOLD} | {"legal_representative": row["representative"]}


def by_code(db: sqlite3.Connection, uscc: str) -> sqlite3.Row | None:
    """The firm of this code with its state, `active` unless something became of it."""
    row: sqlite3.Row | None = db.execute(
        "SELECT f.*, coalesce(s.state, 'active') AS state, coalesce(s.successors, '[]') AS successors"
        " FROM firm f LEFT JOIN fate s USING (uscc) WHERE f.uscc = ?",
        (uscc,),
    ).fetchone()
    return row


def matched(db: sqlite3.Connection, uscc: str, name: str, number: str) -> dict[str, Any]:
    """Whether the firm stands and whether she, if anybody is named, is its representative; what does not hold:
    unknown, representative, state."""
    row = by_code(db, uscc)
    if row is None:
        return {"match": False, "reasons": ["unknown"], "firm": None}
    reasons = []
    if number and (row["id_number"], row["representative"]) != (number, name):
        reasons.append("representative")
    if row["state"] != "active":
        reasons.append("state")
    firm = {"name": row["name"], "state": row["state"], "successors": json.loads(row["successors"])}
    return {"match": not reasons, "reasons": reasons, "firm": firm}


def changed(db: sqlite3.Connection, people: sqlite3.Connection, change: Change) -> dict[str, Any]:
    """Write a change down; gives the firm as it stands now. Repeated, it does nothing."""
    before = by_code(db, change.uscc)
    if before is None:
        _founded(db, people, change)
    elif change.representative is not None:
        holder = _person(people, change.representative)
        db.execute(
            "UPDATE firm SET id_number = ?, representative = ? WHERE uscc = ?",
            (change.representative, holder, change.uscc),
        )
    if before is not None and change.name is not None:
        db.execute("UPDATE firm SET name = ? WHERE uscc = ?", (change.name, change.uscc))
    if change.state is not None:
        _fate(db, change)
    row = by_code(db, change.uscc)
    assert row is not None
    return told(row) | {"state": row["state"], "successors": json.loads(row["successors"])}


def _person(people: sqlite3.Connection, number: str) -> str:
    row = people.execute("SELECT name FROM person WHERE id_number = ?", (number,)).fetchone()
    if row is None:
        raise Problem(400, "Unknown person", "No such ID number.", pointers=["representative"])
    return str(row["name"])


def _founded(db: sqlite3.Connection, people: sqlite3.Connection, change: Change) -> None:
    if not change.name or change.representative is None:
        raise Problem(400, "Unknown firm", "A new firm needs a name and a representative.", pointers=["uscc"])
    db.execute(
        "INSERT INTO firm VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, 1)",
        (
            *(change.uscc, change.name, change.representative, _person(people, change.representative)),
            *(change.address or "示范路 1 号", change.district or "310106"),
            *(change.scope or "技术服务。", now().date().isoformat()),
        ),
    )


def _fate(db: sqlite3.Connection, change: Change) -> None:
    if change.state not in STATES:
        raise Problem(400, "Unknown state", f"One of {', '.join(STATES)}.", pointers=["state"])
    successors = change.successors or []
    if unknown := [i for i, code in enumerate(successors) if by_code(db, code) is None]:
        raise Problem(400, "Unknown firm", "No such code.", pointers=[f"successors/{i}" for i in unknown])
    db.execute(
        "INSERT INTO fate VALUES (?, ?, ?, ?) ON CONFLICT (uscc) DO UPDATE"
        " SET state = excluded.state, successors = excluded.successors, since = excluded.since",
        (change.uscc, change.state, json.dumps(successors), now().date().isoformat()),
    )


@post("/firms", status_code=200)
async def change_firm(
    request: Request[Any, Any, Any], enterprise: sqlite3.Connection, population: sqlite3.Connection
) -> dict[str, Any]:
    """Found or change a firm: {"uscc", "name"?, "representative"?, "state"?, "successors"?, …}."""
    from_here(request)
    return changed(enterprise, population, decoded(await request.body(), Change))


routes = [change_firm]
