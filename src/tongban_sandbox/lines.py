"""The mobile operators: a person takes on a further number in her own name, which the population register knows."""

import hashlib
import sqlite3
from typing import Any

from litestar import Request, Response, post
from litestar.response import Redirect

from .civil import now
from .overseas import everybody, with_phone
from .problems import Problem

MOST = 5  # further numbers of one person


def numbers_of(population: sqlite3.Connection, id_number: str) -> list[str]:
    """The further numbers of whoever has a paper of this number, the oldest first."""
    rows = population.execute("SELECT phone FROM line WHERE id_number = ? ORDER BY at, phone", (id_number,))
    return [row["phone"] for row in rows]


def holder_of(population: sqlite3.Connection, phone: str) -> str:
    """The number of the paper of whose phone this is; empty for nobody's."""
    row = population.execute(
        "SELECT id_number FROM person WHERE phone = ? UNION ALL SELECT id_number FROM line WHERE phone = ?",
        (phone, phone),
    ).fetchone()
    other = with_phone(phone)
    return str(row["id_number"]) if row else other.number if other else ""


def take(population: sqlite3.Connection, id_number: str) -> str:
    """A number that nobody has, from now on hers."""
    have = len(numbers_of(population, id_number))
    if have >= MOST:
        raise Problem(409, "Too many numbers", f"One person has {MOST} further numbers at most.")
    for turn in range(1000):
        digest = hashlib.sha256(f"{id_number} {have} {turn}".encode()).digest()
        phone = f"199{int.from_bytes(digest[:6]) % 10**8:08d}"
        if not holder_of(population, phone):
            population.execute(
                "INSERT INTO line (phone, id_number, at) VALUES (?, ?, ?)",
                (phone, id_number, now().isoformat()),
            )
            return phone
    raise Problem(409, "No number left", "All numbers are taken.")


@post("/phone/{number:str}/line", sync_to_thread=False)
def take_line(request: Request[Any, Any, Any], number: str, population: sqlite3.Connection) -> Response[Any]:
    """Another number for whose phone this is; leads to its page."""
    id_number = holder_of(population, number)
    if not id_number:
        raise Problem(404, "Unknown phone", "Nobody has this number.")
    phone = take(population, id_number)
    if "text/html" in request.headers.get("accept", ""):
        return Redirect(f"/phone/{phone}", status_code=303)
    return Response({"phone": phone})


def name_of(population: sqlite3.Connection, id_number: str) -> str:
    """The name of whoever has a paper of this number."""
    row = population.execute("SELECT name FROM person WHERE id_number = ?", (id_number,)).fetchone()
    if row:
        return str(row["name"])
    return next((one.name for one in everybody() if one.number == id_number), "")


routes = [take_line]
