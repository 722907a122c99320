"""Fills the files of registers and cast, all or nothing."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path

from tongban_sandbox.city import City
from tongban_sandbox.civil import months_later
from tongban_sandbox.files import SEEDED, VERSION, building
from tongban_sandbox.overseas import everybody

from . import firms
from .demo import CHILDREN, ROLES, demo_child, demo_person
from .households import PLAN, households
from .people import Draw, Home, Person
from .situations import situation

Progress = Callable[[int, int], None]


class World:
    """The files while they are being filled."""

    def __init__(self, folder: Path, today: date) -> None:
        self.db = {s: building(folder / f"{s}.sqlite", s) for s in SEEDED}
        self.today = today
        self.households = 0
        self.people = 0
        self.ordinals: dict[str, int] = {}

    def add(self, family: list[Person]) -> None:
        """Write one household into all registers; the head comes first."""
        self.households += 1
        self.people += len(family)
        head = family[0]
        self.db["residence"].execute(
            "INSERT INTO household VALUES (?, ?, ?)", (self.households, head.id_number, head.name)
        )
        for person in family:
            self._person(person)
            self._stay(person)
            self._livelihood(person)
        self._kinship(family)

    def cast(self, person: Person) -> None:
        """Offer a person for the situation it is in, if any."""
        if found := situation(person, self.today):
            self.ordinals[found] = self.ordinals.get(found, 0) + 1
            self.db["cast"].execute(
                "INSERT INTO candidate VALUES (?, ?, ?, NULL, NULL)",
                (found, self.ordinals[found], person.id_number),
            )

    def _person(self, p: Person) -> None:
        self.db["population"].execute(
            "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
            (
                p.id_number,
                p.name,
                p.sex,
                str(p.born),
                p.ethnicity,
                p.hukou_address,
                p.hukou_area,
                p.local,
                f"photo:{self.people:06d}",
                p.phone,
                p.status,
                p.status_since and str(p.status_since),
            ),
        )

    def _kinship(self, family: list[Person]) -> None:
        """Who is whose child here: those of the head, and of whom she is married to."""
        for child in (one for one in family if one.relation in ("子", "女")):
            for parent in (one for one in family if one.relation in ("户主", "配偶")):
                self.db["kinship"].execute(
                    "INSERT INTO parentage VALUES (?, ?, ?, ?, ?, 1)",
                    (
                        *(child.id_number, child.name, parent.id_number, parent.name),
                        "父" if parent.sex == "男" else "母",
                    ),
                )

    def _stay(self, p: Person) -> None:
        stay = p.stay
        self.db["residence"].execute(
            "INSERT INTO registration VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
            (
                p.id_number,
                p.name,
                stay.registered,
                str(stay.since),
                stay.floats,
                stay.address.text,
                stay.address.district,
                stay.address.subdistrict,
                self.households,
                p.relation,
            ),
        )
        for since, until, address in stay.moves:
            self.db["residence"].execute(
                "INSERT INTO move VALUES (?, ?, ?, ?, ?)",
                (p.id_number, str(since), str(until), address.text, address.district),
            )

    def _livelihood(self, p: Person) -> None:
        if job := p.job:
            paid_from = months_later(job.since.replace(day=1), 1)
            self.db["employment"].execute("INSERT OR IGNORE INTO employer VALUES (?, ?)", job.employer)
            self.db["employment"].execute(
                "INSERT INTO job VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)",
                (
                    p.id_number,
                    p.name,
                    job.employer[0],
                    str(job.since),
                    job.ended and str(job.ended),
                    str(job.contract_until),
                    str(paid_from),
                    job.gap_every,
                ),
            )
        for home in p.homes:
            self._home(p, home)
        if study := p.study:
            self.db["education"].execute(
                "INSERT INTO enrolment VALUES (?, ?, ?, ?, ?, ?, 1, 1)",
                (p.id_number, p.name, study.school, study.level, str(study.since), str(study.until)),
            )

    def _home(self, p: Person, home: Home) -> None:
        self.db["property"].execute(
            "INSERT INTO home VALUES (?, ?, ?, ?, ?, ?, ?, 1)",
            (
                p.id_number,
                p.name,
                home.kind,
                home.address,
                str(home.since),
                home.until and str(home.until),
                home.document_no,
            ),
        )

    def firm(self, firm: firms.Firm) -> None:
        """Write a firm into the register of firms."""
        self.db["enterprise"].execute(
            "INSERT INTO firm VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, 1)",
            (
                firm.uscc,
                firm.name,
                firm.representative.id_number,
                firm.representative.name,
                firm.address.text,
                firm.address.district,
                firm.scope,
                str(firm.since),
            ),
        )

    def close(self, seed: int) -> None:
        """Write down what made this world, and put it on the disk."""
        self.db["population"].executemany(
            "INSERT INTO meta VALUES (?, ?)",
            (("version", VERSION), ("seed", str(seed)), ("reference_date", str(self.today))),
        )
        for db in self.db.values():
            db.execute("COMMIT")
            db.execute("ANALYZE")
            db.close()


def _fill(folder: Path, city: City, seed: int, today: date, progress: Progress) -> int:
    world = World(folder, today)
    # The demo people have their own chance: whatever else changes, they stay who they are.
    theirs = Draw(seed, today, city)
    draw = Draw(seed + 1, today, city)
    founding = firms.Founding(seed + 2, today, city)
    people = {role.key: demo_person(theirs, role) for role in ROLES}
    for ordinal, role in enumerate(ROLES):
        person = people[role.key]
        world.add([person, *(demo_child(theirs, one, person) for one in CHILDREN if one.parent == role.key)])
        if role.owns_a_firm:
            world.firm(founding.firm(person))
        world.db["cast"].execute(
            "INSERT INTO demo VALUES (?, ?, ?, ?)", (role.key, ordinal, role.situation, person.id_number)
        )
    draw.numbers |= theirs.numbers
    draw.phones |= theirs.phones | {one.phone for one in everybody()}
    total = sum(PLAN.values())
    for done, family in enumerate(households(draw), start=1):
        world.add(family)
        for person in family:
            world.cast(person)
        if founding.owns_one(family[0]):
            world.firm(founding.firm(family[0]))
        if done % 1000 == 0 or done == total:
            progress(done, total)
    world.close(seed)
    return world.people


def seeded(folder: Path) -> dict[str, str] | None:
    """What made the world that lies in `folder`; None when there is none (or only half of one)."""
    if not all((folder / f"{s}.sqlite").is_file() for s in SEEDED):
        return None
    db = sqlite3.connect(folder / "population.sqlite")
    try:
        return dict(db.execute("SELECT key, value FROM meta"))
    finally:
        db.close()


def seed_world(folder: Path, city: City, *, seed: int, today: date, progress: Progress) -> int:
    """Make all people in a folder beside and move its files in; population, the last, makes the world count.

    Returns the number of people. Takes seconds; killed half-way it leaves nothing that a next start
    would take for a world.
    """
    temporary = folder / "seeding.tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    people = _fill(temporary, city, seed, today, progress)
    (folder / "population.sqlite").unlink(missing_ok=True)
    for service in sorted(SEEDED, key=lambda s: s == "population"):
        for leftover in (f"{service}.sqlite-wal", f"{service}.sqlite-shm"):
            (folder / leftover).unlink(missing_ok=True)
        path = temporary / f"{service}.sqlite"
        with path.open("rb") as made:
            os.fsync(made.fileno())
        path.replace(folder / path.name)
    temporary.rmdir()
    return people
