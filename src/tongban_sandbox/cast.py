"""Hands out people in a known situation, each once, and names the people of the demo log-ins.

This plays the resident who walks in with a life of her own; the product never asks here.
"""

import sqlite3
from dataclasses import asdict
from datetime import date
from typing import Any

import msgspec
from litestar import Request, get, post

from .civil import Clock, months_later, now
from .digits import id_check
from .facts import floating_since, known
from .faults import from_here
from .files import REGISTERS
from .overseas import everybody
from .problems import Problem, decoded
from .seeding import SITUATIONS
from .settled import settled


class Wish(msgspec.Struct):
    """Which situation is wanted, by whom, and where she should live (a district's code; empty: anywhere)."""

    situation: str
    by: str = ""
    district: str = ""


class Asking(msgspec.Struct):
    """Who asks."""

    by: str = ""


class Cast:
    """The people to hand out, and the registers their facts are read from."""

    def __init__(self, dbs: dict[str, sqlite3.Connection], clock: Clock) -> None:
        self.dbs = dbs
        self.clock = clock

    def take(self, situation: str, by: str, district: str = "") -> dict[str, Any]:
        """A person nobody was ever given; written down before it is told."""
        if situation not in SITUATIONS:
            raise Problem(
                400, "Unknown situation", f"One of {', '.join(SITUATIONS)}.", pointers=["situation"]
            )
        rows = (
            self.dbs["cast"]
            .execute(
                "UPDATE candidate SET taken_at = ?, taken_by = ? WHERE situation = ? AND taken_at IS NULL"
                " AND id_number = ? RETURNING id_number",
                (now().isoformat(), by, situation, self._next(situation, district)),
            )
            .fetchall()
        )
        if not rows:
            raise Problem(409, "Nobody left", f"Everybody in situation {situation} was handed out.")
        number = rows[0]["id_number"]
        self._pin(number)
        return self.person(number, situation)

    def _next(self, situation: str, district: str) -> str | None:
        """The first of those left, in the wanted district if one is wanted."""
        left = self.dbs["cast"].execute(
            "SELECT id_number FROM candidate WHERE situation = ? AND taken_at IS NULL ORDER BY ordinal",
            (situation,),
        )
        for row in left:
            number = str(row["id_number"])
            if not district or self._lives_in(number, district):
                return number
        return None

    def _lives_in(self, number: str, district: str) -> bool:
        found = known(self.dbs["residence"], "residence", number, self.clock.today())
        return found is not None and found[1].get("district") == district

    def _pin(self, number: str) -> None:
        """From now on this person's five months grow like anybody's."""
        registrations = self.dbs["residence"]
        row = registrations.execute(
            "SELECT floats FROM registration WHERE id_number = ?", (number,)
        ).fetchone()
        if row and row["floats"] is not None:
            since: date = floating_since(self.clock.today(), row["floats"])
            registrations.execute(
                "UPDATE registration SET since = ?, floats = NULL WHERE id_number = ?", (str(since), number)
            )

    def person(self, number: str, situation: str) -> dict[str, Any]:
        """Number, name, phone, situation and what the registers say today."""
        facts: dict[str, Any] = {}
        for register in REGISTERS:
            found = known(self.dbs[register], register, number, self.clock.today())
            facts[register] = found[1] if found else None
        return {
            "id_number": number,
            "name": facts["population"]["name"],
            "phone": facts["population"]["phone"],
            "situation": situation,
            "facts": facts,
            "household": settled(self.dbs["population"], self.dbs["residence"], number, self.clock.today()),
        }

    def elder(self, by: str) -> dict[str, Any]:
        """Somebody of eighty-two without a phone, in the household of somebody else who is handed out with her."""
        with_her = self.take("local_hukou", by)
        head = with_her["id_number"]
        number = self._old_number()
        name, born = f"{self._name_of(head)[0]}桂英", f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
        self.dbs["population"].execute(
            "INSERT INTO person SELECT ?, ?, '女', ?, ethnicity, hukou_address, hukou_district, is_local_hukou,"
            " 'photo:' || ?, NULL, status, NULL, 1 FROM person WHERE id_number = ?",
            (number, name, born, number, head),
        )
        self.dbs["residence"].execute(
            "INSERT INTO registration SELECT ?, ?, registered, since, NULL, address, district, subdistrict,"
            " household, '母亲', 1 FROM registration WHERE id_number = ?",
            (number, name, head),
        )
        family = {"name": with_her["name"], "phone": with_her["phone"]}
        return {**self.person(number, "elder"), "lives_with": family}

    def _name_of(self, number: str) -> str:
        found = (
            self.dbs["population"]
            .execute("SELECT name FROM person WHERE id_number = ?", (number,))
            .fetchone()
        )
        return str(found["name"])

    def _old_number(self) -> str:
        """A number of a woman born 82 years ago that nobody has: of the area of the oldest demo person."""
        area = next(one["id_number"][:6] for one in self.demo() if one["key"] == "deceased")
        first = f"{area}{months_later(self.clock.today(), -12 * 82):%Y%m%d}"
        held = {
            row["id_number"]
            for row in self.dbs["population"].execute(
                "SELECT id_number FROM person WHERE id_number LIKE ? || '%'", (first,)
            )
        }
        numbers = (f"{first}{of_day:03d}" for of_day in range(0, 1000, 2))
        return next(whole for one in numbers if (whole := one + id_check(one)) not in held)

    def demo(self) -> list[dict[str, Any]]:
        """The fixed people of the demo log-ins, never handed out by `take`."""
        rows = self.dbs["cast"].execute("SELECT * FROM demo ORDER BY ordinal")
        return [{"key": r["key"], **self.person(r["id_number"], r["situation"])} for r in rows]

    def children(self) -> list[dict[str, Any]]:
        """The children of the demo people, each with the parents that the register of families knows."""
        numbers = [person["id_number"] for person in self.demo()]
        marks = ", ".join("?" * len(numbers))
        rows = self.dbs["kinship"].execute(
            f"SELECT id_number, name, parent_id_number, parent_name, relation FROM parentage"
            f" WHERE parent_id_number IN ({marks}) ORDER BY id_number",
            numbers,
        )
        return [dict(row) for row in rows]


@post("/cast/take", status_code=200)
async def take(request: Request[Any, Any, Any], cast: Cast) -> dict[str, Any]:
    """A person never handed out before: {"situation", "by", "district"?}."""
    from_here(request)
    wish = decoded(await request.body(), Wish)
    return cast.take(wish.situation, wish.by, wish.district)


@post("/cast/elder", status_code=200)
async def elder(request: Request[Any, Any, Any], cast: Cast) -> dict[str, Any]:
    """Somebody old, without a phone, never handed out before: {"by"}."""
    from_here(request)
    return cast.elder(decoded(await request.body(), Asking).by)


@get("/cast/demo", sync_to_thread=False)
def demo(request: Request[Any, Any, Any], cast: Cast) -> list[dict[str, Any]]:
    """The people of the demo log-ins."""
    from_here(request)
    return cast.demo()


@get("/cast/overseas", sync_to_thread=False)
def overseas(request: Request[Any, Any, Any]) -> list[dict[str, Any]]:
    """The people who have another paper than an ID card."""
    from_here(request)
    return [asdict(one) for one in everybody()]


@get("/cast/children", sync_to_thread=False)
def children(request: Request[Any, Any, Any], cast: Cast) -> list[dict[str, Any]]:
    """The children of the demo people."""
    from_here(request)
    return cast.children()


routes = [take, elder, demo, overseas, children]
