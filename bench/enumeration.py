"""``python -m bench.enumeration [--pairs N] [--door NAME …]``: whether an answer's time tells who has an account.

Log-in with a wrong password, recovery, the first step of an enrolment with a paper and with a phone alone, and the
log-in of staff, each over HTTP for somebody who has an account and for somebody who has none, in pairs that change
places, so that a busy machine slows both. What counts tries and codes is emptied before each pair: otherwise the fifth
would be another page. The answers are compared too. A last line says what of a log-in's processor time is its Argon2id.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

import httpx
import msgspec

from bench.house import House, cpu_ms, own_house
from bench.rows import Row, join, table
from tongban.identity.actions import passwords
from tongban.kit.db import Database, connect
from tongban.tour.visitor import Visitor

#: How far apart the two may lie, in either direction, in percent.
APART = 10.0
PAIRS = 400
_SECRET = "correct horse of the bench"
_WARM = 20
LOG_IN = "log-in: processor time of a password over HTTP, beside its Argon2id"
DOORS = ("log-in", "recovery", "enrolment", "enrolment by phone", "staff log-in")
#: Somebody of the demo city's staff, and a user name as long that nobody has.
_STAFF = ("sysadmin", "sysedmin")


class Somebody(msgspec.Struct, frozen=True):
    """A person of the sandbox's registers; ``username`` is what she would type as one of the staff."""

    name: str
    id_number: str
    phone: str
    username: str = ""


def name_of(door: str) -> str:
    """The line of a door."""
    return f"{door}: time of an answer with an account and without"


def _form(door: str, one: Somebody) -> tuple[str, dict[str, str]]:
    """Where a door's form goes, and what is typed into it."""
    paper = {"paper_kind": "111", "country": "", "name": one.name, "id_number": one.id_number}
    return {
        "log-in": ("/login", {"account": one.phone, "password": "a wrong password"}),
        "recovery": ("/recover", paper),
        "enrolment": ("/enrol", paper | {"phone": one.phone, "password": _SECRET, "agree": "yes"}),
        "enrolment by phone": ("/enrol/phone", {"phone": one.phone, "password": _SECRET, "agree": "yes"}),
        "staff log-in": ("/staff/login", {"account": one.username, "password": "a wrong password"}),
    }[door]


def _taken(house: House, username: str) -> Somebody:
    answer = httpx.post(
        f"{house.sandbox}/cast/take", json={"situation": "eligible_work", "by": "bench"}, timeout=30
    )
    answer.raise_for_status()
    told = answer.json()
    return Somebody(told["name"], told["id_number"], told["phone"], username)


def _with_account(house: House, one: Somebody) -> None:
    """Enrol her, as she would herself, with the code that her phone got."""
    visitor = Visitor(house.base)
    path, typed = _form("enrolment", one)
    visitor.visit("/enrol").post(path, **typed)
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        found = httpx.get(f"{house.sandbox}/sms/v1/messages", params={"phone": one.phone}, timeout=30).json()
        if found:
            digits = "".join(sign for sign in found[0]["text"] if sign.isdigit())[:6]
            visitor.post("/enrol/code", code=digits)
            break
        time.sleep(0.2)
    visitor.close()


class Doors:
    """A browser before the doors."""

    def __init__(self, house: House) -> None:
        self.client = httpx.Client(base_url=house.base, follow_redirects=False, timeout=60)
        self.visitor = Visitor(house.base)

    def asking(self, door: str) -> Callable[[Somebody], tuple[float, tuple[Any, ...]]]:
        """What sends this door's form for somebody: milliseconds, and what the answer is like."""
        path, _ = _form(door, Somebody("", "", ""))
        page = self.visitor.visit(path)
        hidden: Mapping[str, str] = page.form(path).fields
        cookies = dict(self.visitor.client.cookies)

        def ask(one: Somebody) -> tuple[float, tuple[Any, ...]]:
            form = {**hidden, **_form(door, one)[1]}
            begun = time.perf_counter()
            answer = self.client.post(path, data=form, cookies=cookies)
            took = (time.perf_counter() - begun) * 1000
            place = answer.headers.get("location", "")
            # A sealed step has as many letters for everybody; a page shows again what was typed.
            return took, (answer.status_code, len(place), len(answer.text) - len(one.name))

        return ask


async def _empty(db: Database) -> None:
    """Forget tries and codes, so that each pair is the first."""
    for rows in ("attempt", "network_hour", "text_count", "code", "application"):
        await db.run(f"DELETE FROM identity.{rows}")


async def _timed(doors: Doors, door: str, db: Database, has: Somebody, new: Somebody, pairs: int) -> Row:
    ask = doors.asking(door)
    took: dict[Somebody, list[float]] = {has: [], new: []}
    for number in range(pairs + _WARM):
        await _empty(db)
        both = [has, new]
        random.shuffle(both)
        answers = {one: ask(one) for one in both}
        if answers[has][1] != answers[new][1]:
            raise SystemExit(f"{door}: the answers differ: {answers[has][1]} and {answers[new][1]}")
        if number >= _WARM:
            for one in both:
                took[one].append(answers[one][0])
    with_one, without = median(took[has]), median(took[new])
    # Within a pair both met the same machine: between pairs it may have had other work.
    apart = abs(median(one - other for one, other in zip(took[has], took[new], strict=True)))
    return Row(
        name=name_of(door),
        value=round(with_one, 2),
        unit="ms",
        peer=round(without, 2),
        ratio=round(1 + apart / min(with_one, without), 3),
        target=1 + APART / 100,
        p50_ms=round(with_one, 2),
        rows=pairs,
    )


async def _processor_time(house: House, db: Database, has: Somebody, times: int) -> Row:
    """Processor time of the web workers for a log-in's password over HTTP, beside that of its Argon2id alone."""
    ask = Doors(house).asking("log-in")
    workers = house.web_workers()
    spent = 0.0
    for number in range(times + _WARM):
        await _empty(db)
        before = cpu_ms(workers)
        ask(has)
        if number >= _WARM:
            spent += cpu_ms(workers) - before
    stored = await passwords.hashed(_SECRET)
    begun = time.process_time()
    for _ in range(times):
        await passwords.holds(stored, _SECRET)
    alone = (time.process_time() - begun) * 1000 / times
    whole = spent / times
    return Row(
        name=LOG_IN,
        value=round(whole, 2),
        unit="ms CPU",
        peer=round(alone, 2),
        ratio=round(whole / alone, 3),
        target=1.25,  # a log-in is bound by its password's hash alone
    )


async def _measured(house: House, pairs: int, chosen: Sequence[str]) -> list[Row]:
    has, new = (_taken(house, username) for username in _STAFF)
    _with_account(house, has)
    db = await connect(house.dsn, size=1)
    try:
        known = await db.value("SELECT count(*) FROM identity.account WHERE role = 'resident' AND level = 1")
        if not known:
            raise SystemExit("Nobody could be enrolled: there is nothing to compare.")
        doors = chosen or DOORS
        timed = [await _timed(Doors(house), door, db, has, new, pairs) for door in doors]
        return [*timed, await _processor_time(house, db, has, pairs)] if "log-in" in doors else timed
    finally:
        await db.close()


def main() -> int:
    """Measure, print, keep the lines; 1 where an answer's time tells."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pairs", type=int, default=PAIRS)
    asked.add_argument(
        "--door", action="append", choices=DOORS, default=[], help="only this one; several times"
    )
    told = asked.parse_args()
    pairs: int = told.pairs
    with own_house() as house:
        rows = asyncio.run(_measured(house, pairs, told.door))
    if pairs == PAIRS:
        join(rows)
    print(table(rows))
    return int(any(row.misses for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
