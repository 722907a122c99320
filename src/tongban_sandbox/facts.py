"""What each register answers: its fields, computed on the day of the question from the stored row.

Dates move with the day asked: contributions go on month by month, leases are renewed each year while
somebody lives there, and the people "registered for five months" stay so until the cast hands them out.
"""

import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from .civil import month_index, month_text, months_later
from .files import LATER
from .firms import told
from .later import fields, known_later

FIELDS = {
    "population": (
        "name",
        "sex",
        "birth_date",
        "ethnicity",
        "hukou_address",
        "hukou_district",
        "is_local_hukou",
        "photo_ref",
        "phone",
        "status",
        "status_since",
        "synthetic",
    ),
    "residence": (
        "registered",
        "residence_since",
        "residence_address",
        "district",
        "subdistrict",
        "household_head",
        "relation",
        "earlier_addresses",
        "synthetic",
    ),
    "employment": (
        "employed",
        "employer",
        "employer_uscc",
        "since",
        "contribution_months_recent",
        "contract_until",
        "synthetic",
    ),
    "property": ("homes", "synthetic"),
    "education": ("enrolled", "school", "level", "since", "until_expected", "continuous", "synthetic"),
    "enterprise": ("firms", "synthetic"),
    "kinship": ("parents", "synthetic"),
    **{register: fields(register) for register in LATER},
}
RECENT = 12  # months of contributions that are told


def _population(db: sqlite3.Connection, number: str, _: date) -> tuple[str, dict[str, Any]] | None:
    row = db.execute("SELECT * FROM person WHERE id_number = ?", (number,)).fetchone()
    if row is None:
        return None
    facts = {field: row[field] for field in FIELDS["population"]}
    facts["is_local_hukou"] = bool(row["is_local_hukou"])
    return row["name"], facts


def floating_since(today: date, floats: int) -> date:
    """Five months and some days ago, seen from today."""
    return months_later(today, -5) - timedelta(days=floats)


def _residence(db: sqlite3.Connection, number: str, today: date) -> tuple[str, dict[str, Any]] | None:
    row = db.execute(
        "SELECT r.*, h.head_name FROM registration r JOIN household h ON h.id = r.household"
        " WHERE id_number = ?",
        (number,),
    ).fetchone()
    if row is None:
        return None
    since = row["since"] if row["floats"] is None else str(floating_since(today, row["floats"]))
    moves = db.execute(
        "SELECT since, until, address, district FROM move WHERE id_number = ?", (number,)
    ).fetchall()
    return row["name"], {
        "registered": bool(row["registered"]),
        "residence_since": since,
        "residence_address": row["address"],
        "district": row["district"],
        "subdistrict": row["subdistrict"],
        "household_head": row["head_name"],
        "relation": row["relation"],
        "earlier_addresses": [dict(move) for move in moves],
    }


def _months_paid(paid_from: date, ended: date | None, gap_every: int | None, today: date) -> list[str]:
    """Months with a contribution among the last twelve whole ones, oldest first."""
    last = month_index(today) - 1
    first = max(month_index(paid_from), last - RECENT + 1)
    if ended:
        last = min(last, month_index(ended))
    return [month_text(i) for i in range(first, last + 1) if not gap_every or i % gap_every]


def _employment(db: sqlite3.Connection, number: str, today: date) -> tuple[str, dict[str, Any]] | None:
    row = db.execute(
        "SELECT j.*, e.name AS employer FROM job j JOIN employer e USING (uscc) WHERE id_number = ?",
        (number,),
    ).fetchone()
    if row is None:
        return None
    ended = date.fromisoformat(row["ended"]) if row["ended"] else None
    contract = date.fromisoformat(row["contract_until"])
    while ended is None and contract < today:
        contract = months_later(contract, 36)  # renewed, the person still works there
    return row["name"], {
        "employed": ended is None,
        "employer": row["employer"],
        "employer_uscc": row["uscc"],
        "since": row["since"],
        "contribution_months_recent": _months_paid(
            date.fromisoformat(row["paid_from"]), ended, row["gap_every"], today
        ),
        "contract_until": str(contract),
    }


def _property(db: sqlite3.Connection, number: str, today: date) -> tuple[str, dict[str, Any]] | None:
    rows = db.execute("SELECT * FROM home WHERE id_number = ? ORDER BY since", (number,)).fetchall()
    if not rows:
        return None
    return rows[0]["name"], {"homes": [_home(row, today) for row in rows]}


def _home(row: sqlite3.Row, today: date) -> dict[str, Any]:
    until = date.fromisoformat(row["until"]) if row["until"] else None
    while until and until < today + timedelta(days=30):
        until = months_later(until, 12)
    document = "certificate_no" if row["kind"] == "owned" else "lease_filing_no"
    return {
        "kind": row["kind"],
        "address": row["address"],
        "since": row["since"],
        "until": until and str(until),
        document: row["document_no"],
    }


def _education(db: sqlite3.Connection, number: str, today: date) -> tuple[str, dict[str, Any]] | None:
    row = db.execute("SELECT * FROM enrolment WHERE id_number = ?", (number,)).fetchone()
    if row is None:
        return None
    enrolled = row["since"] <= str(today) <= row["until_expected"]
    facts = {field: row[field] for field in FIELDS["education"] if field != "enrolled"}
    return row["name"], facts | {"enrolled": enrolled, "continuous": enrolled and bool(row["continuous"])}


def _enterprise(db: sqlite3.Connection, number: str, _: date) -> tuple[str, dict[str, Any]] | None:
    """The firms that a person represents at law and that still are, the oldest first."""
    rows = db.execute(
        "SELECT * FROM firm WHERE id_number = ? AND uscc NOT IN"
        " (SELECT uscc FROM fate WHERE state <> 'active') ORDER BY since, uscc",
        (number,),
    ).fetchall()
    if not rows:
        return None
    return rows[0]["representative"], {"firms": [told(row) for row in rows]}


def _kinship(db: sqlite3.Connection, number: str, _: date) -> tuple[str, dict[str, Any]] | None:
    """The parents of a person, as births and households were entered."""
    rows = db.execute(
        "SELECT * FROM parentage WHERE id_number = ? ORDER BY relation DESC", (number,)
    ).fetchall()
    if not rows:
        return None
    return rows[0]["name"], {
        "parents": [
            {"name": row["parent_name"], "id_number": row["parent_id_number"], "relation": row["relation"]}
            for row in rows
        ]
    }


Reader = Callable[[sqlite3.Connection, str, date], tuple[str, dict[str, Any]] | None]
READERS: dict[str, Reader] = {
    "population": _population,
    "residence": _residence,
    "employment": _employment,
    "property": _property,
    "education": _education,
    "enterprise": _enterprise,
    "kinship": _kinship,
}


def known(
    db: sqlite3.Connection, register: str, number: str, today: date
) -> tuple[str, dict[str, Any]] | None:
    """Name and all facts that a register knows of a person today; None when it has no row."""
    read = READERS.get(register)
    found = read(db, number, today) if read else known_later(db, number)
    if found:
        found[1]["synthetic"] = True
    return found
