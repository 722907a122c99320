"""All people of one world, walked register by register: they agree with each other and with the calendar."""

import csv
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tongban_sandbox.city import CityError, load
from tongban_sandbox.digits import id_is_valid, uscc_check
from tongban_sandbox.facts import known
from tongban_sandbox.files import REGISTERS, SEEDED
from tongban_sandbox.seeding import SITUATIONS, seed_world, seeded
from tongban_sandbox.seeding.demo import ROLES, demo_person
from tongban_sandbox.seeding.people import Draw

CITY = Path(__file__).parents[2] / "city"
TODAY = date(2026, 11, 24)
World = dict[str, sqlite3.Connection]


@contextmanager
def opened(folder: Path) -> Iterator[World]:
    dbs = {s: sqlite3.connect(folder / f"{s}.sqlite") for s in SEEDED}
    for db in dbs.values():
        db.row_factory = sqlite3.Row
    yield dbs
    for db in dbs.values():
        db.close()


def make(folder: Path, today: date = TODAY) -> None:
    seed_world(folder, load(CITY), seed=7, today=today, progress=lambda _done, _of: None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("world")
    make(path)
    return path


@pytest.fixture
def world(folder: Path) -> Iterator[World]:
    with opened(folder) as dbs:
        yield dbs


def everybody(
    world: World, today: date = TODAY, numbers: list[str] | None = None
) -> list[tuple[str, dict[str, Any]]]:
    """Number and the facts of all registers, of each person (or of those named)."""
    numbers = numbers or [r[0] for r in world["population"].execute("SELECT id_number FROM person")]
    people = []
    for number in numbers:
        found = {r: known(world[r], r, number, today) for r in REGISTERS}
        people.append((number, {r: facts[1] if facts else {} for r, facts in found.items()}))
    return people


def six_months_before(today: date) -> str:
    month = today.month - 6 + (12 if today.month <= 6 else 0)
    return str(date(today.year - (today.month <= 6), month, min(today.day, 28)))


def in_a_row(months: list[str], today: date) -> int:
    """Paid months without a gap, counted back from the last whole one."""
    year, month, count = today.year, today.month, 0
    while True:
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        if f"{year}-{month:02d}" not in months:
            return count
        count += 1


def bases(facts: dict[str, Any], today: date) -> set[str]:
    """The rule of the permit, read anew from what the registers answer."""
    line, found = six_months_before(today), set()
    work, study = facts["employment"], facts["education"]
    if work.get("employed") and in_a_row(work["contribution_months_recent"], today) >= 6:
        found.add("work")
    for home in facts["property"].get("homes", []):
        if home["since"] <= line and (home["until"] is None or home["until"] >= str(today)):
            found.add("home")
    if study.get("enrolled") and study["continuous"]:
        found.add("study")
    return found


def settled(facts: dict[str, Any], today: date) -> bool:
    stay = facts["residence"]
    return bool(stay["registered"] and stay["residence_since"] <= six_months_before(today))


def cast_of(world: World, situation: str) -> list[str]:
    return [
        r[0]
        for r in world["cast"].execute("SELECT id_number FROM candidate WHERE situation = ?", (situation,))
    ]


def test_twenty_thousand_with_valid_unique_numbers(world: World) -> None:
    rows = world["population"].execute("SELECT * FROM person").fetchall()
    assert len(rows) >= 20_000
    areas: dict[str, tuple[int, int]] = {}
    data = Path(__file__).parents[2] / "src/tongban_sandbox/data/origins.csv"
    for path in (CITY / "districts.csv", CITY / "former_districts.csv", data):
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
            areas[row["code"]] = (int(row["valid_from"]), int(row.get("valid_until") or 9999))
    for row in rows:
        number = row["id_number"]
        assert id_is_valid(number)
        assert number[6:14] == row["birth_date"].replace("-", "")
        assert (int(number[16]) % 2 == 1) == (row["sex"] == "男")
        since, until = areas[number[:6]]
        assert since <= max(int(number[6:10]), 1984) <= until, number
        assert row["synthetic"] == 1
        assert row["birth_date"] <= str(TODAY)
    phones = [r["phone"] for r in rows if r["phone"]]
    assert len(phones) == len(set(phones))
    assert all(re.fullmatch(r"1[3-9]\d{9}", p) for p in phones)
    assert sum(r["name"][:2] in ("欧阳", "上官", "诸葛", "司马") for r in rows) > 20
    assert any(ord(c) > 0xFFFF for r in rows for c in r["name"])


def test_registers_agree_about_everybody(world: World) -> None:
    homes_here = homes = 0
    for number, facts in everybody(world):
        person, stay, work = facts["population"], facts["residence"], facts["employment"]
        assert stay, number
        assert person["birth_date"] <= stay["residence_since"] <= str(TODAY)
        if work:
            assert uscc_check(work["employer_uscc"][:17]) == work["employer_uscc"][17]
            earliest = date.fromisoformat(stay["residence_since"]) - timedelta(days=150)
            assert str(earliest) <= work["since"] <= str(TODAY), number
            assert int(work["since"][:4]) - int(person["birth_date"][:4]) >= 18
            assert not (work["employed"] and person["status"] == "死亡")
            assert all(month > work["since"][:7] for month in work["contribution_months_recent"])
        for home in facts["property"].get("homes", []):
            homes += 1
            homes_here += home["address"] == stay["residence_address"]
            assert home["since"] <= str(TODAY)
        if study := facts["education"]:
            age = int(study["since"][:4]) - int(person["birth_date"][:4])
            low, high = {"小学": (6, 13), "初中": (11, 16), "高中": (14, 19)}.get(study["level"], (17, 29))
            assert low <= age <= high, (number, study)
        if not stay["registered"]:
            assert person["status"] in ("死亡", "迁出")
            assert person["status_since"] <= str(TODAY)
    assert homes_here / homes > 0.85


def test_households_share_a_roof_and_children_have_a_parent(world: World) -> None:
    rows = world["residence"].execute("SELECT * FROM registration").fetchall()
    born = dict(world["population"].execute("SELECT id_number, birth_date FROM person").fetchall())
    roofs: dict[int, set[str]] = {}
    adults: Counter[int] = Counter()
    heads = {r["id"]: r["head_id_number"] for r in world["residence"].execute("SELECT * FROM household")}
    for row in rows:
        roofs.setdefault(row["household"], set()).add(row["address"])
        adults[row["household"]] += born[row["id_number"]] <= "2008-11-24"
    assert all(len(addresses) == 1 for addresses in roofs.values())
    children = [r for r in rows if born[r["id_number"]] > "2008-11-24"]
    assert len(children) > 3000
    for child in children:
        assert adults[child["household"]] >= 1
        assert int(born[child["id_number"]][:4]) - int(born[heads[child["household"]]][:4]) >= 20
    moved = world["residence"].execute("SELECT * FROM move").fetchall()
    assert len(moved) > 500
    assert all(m["since"] < m["until"] <= str(TODAY) for m in moved)


def test_enough_people_for_each_situation(world: World) -> None:
    count = dict(world["cast"].execute("SELECT situation, count(*) FROM candidate GROUP BY 1").fetchall())
    assert set(count) == set(SITUATIONS)
    for situation in SITUATIONS:
        assert count[situation] >= (2000 if situation.startswith("eligible") else 300), situation


@pytest.mark.parametrize("days", [0, 15, 120])
def test_situations_satisfy_or_violate_the_rule_and_stay_so(world: World, days: int) -> None:
    today = TODAY + timedelta(days=days)
    facts = dict(everybody(world, today, [one for kind in SITUATIONS for one in cast_of(world, kind)]))
    for situation in SITUATIONS:
        for number in cast_of(world, situation):
            mine, where = facts[number], (situation, number)
            person = mine["population"]
            alive_outsider = person["status"] == "正常" and not person["is_local_hukou"]
            assert alive_outsider or situation in ("deceased", "local_hukou"), where
            assert int(person["birth_date"][:4]) <= today.year - 18 or situation == "deceased", where
            if situation.startswith("eligible_"):
                assert settled(mine, today), where
                assert situation.removeprefix("eligible_") in bases(mine, today), where
            elif situation == "five_months":
                assert not settled(mine, today), where
                assert bases(mine, today) == {"work"}, where
            elif situation in ("no_basis", "interrupted_work"):
                assert settled(mine, today), where
                assert not bases(mine, today), where
                assert bool(mine["employment"].get("employed")) == (situation == "interrupted_work")
            elif situation == "local_hukou":
                assert person["is_local_hukou"], where
            else:
                assert person["status"] == "死亡", where


@pytest.mark.parametrize("today", [date(2027, 3, 31), date(2028, 8, 29)])
def test_other_days_make_as_good_a_world(tmp_path: Path, today: date) -> None:
    make(tmp_path, today)
    with opened(tmp_path) as world:
        test_enough_people_for_each_situation(world)
        for situation in ("eligible_work", "eligible_home", "eligible_study"):
            for _, facts in everybody(world, today, cast_of(world, situation)):
                assert settled(facts, today)
                assert situation.removeprefix("eligible_") in bases(facts, today)


def test_same_seed_same_day_same_people(world: World, tmp_path: Path) -> None:
    make(tmp_path)
    with opened(tmp_path) as again:
        for register in SEEDED:
            assert list(again[register].iterdump()) == list(world[register].iterdump())


def test_demo_people_never_change_their_numbers(world: World) -> None:
    mine = world["cast"].execute("SELECT * FROM demo ORDER BY ordinal").fetchall()
    assert len(mine) == 12
    for seed, today in ((1, date(2027, 6, 1)), (2, date(2030, 1, 31))):
        draw = Draw(seed, today, load(CITY))
        assert [demo_person(draw, role).id_number for role in ROLES] == [r["id_number"] for r in mine]
    first = known(world["population"], "population", mine[0]["id_number"], TODAY)
    assert first
    assert first[0].startswith("李")
    assert first[1]["sex"] == "女"
    assert mine[0]["situation"] == "eligible_work"


def test_demo_people_are_in_their_situations_and_reserved(world: World) -> None:
    demo = dict(world["cast"].execute("SELECT id_number, situation FROM demo").fetchall())
    assert not set(demo) & {r[0] for r in world["cast"].execute("SELECT id_number FROM candidate")}
    for number, facts in everybody(world, TODAY, list(demo)):
        wanted = demo[number]
        if wanted.startswith("eligible_"):
            assert settled(facts, TODAY)
            assert wanted.removeprefix("eligible_") in bases(facts, TODAY)
        elif wanted in ("five_months", "no_basis", "interrupted_work"):
            assert settled(facts, TODAY) == (wanted != "five_months")
            assert bases(facts, TODAY) == ({"work"} if wanted == "five_months" else set())


def test_half_a_world_is_no_world(folder: Path, tmp_path: Path) -> None:
    assert seeded(folder)
    shutil.copytree(folder, tmp_path / "half")
    (tmp_path / "half" / "population.sqlite").unlink()
    assert seeded(tmp_path / "half") is None


def test_city_without_districts_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CityError, match=r"districts\.csv; give their folder"):
        load(tmp_path)
