"""Handing over: packages, index and one signed list in a folder; broken off it goes on, twice it changes nothing."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests import cast, make
from tests.cases.archiving import archived
from tests.cases.printing import LATER, brought, filed
from tests.cases.test_archive import AFTER
from tests.cases.test_archive_verify import alone
from tests.cast import Resident
from tests.kit.test_packages import rebuilt
from tests.sandbox.conftest import Sandbox
from tongban import cases
from tongban.cases.model.papers import PaperKind
from tongban.kit import keys, packages
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.regions import DepartmentUnknown

pytestmark = pytest.mark.usefixtures("no_press")
UNTIL = datetime(2026, 12, 1, tzinfo=UTC)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def exported(dsn: str, folder: Path) -> dict[str, Any]:
    """What the command says."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tongban",
            "archive",
            "export",
            "--until",
            "2026-12-01",
            "--json",
            str(folder),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DATABASE_URL": dsn},
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.fixture
async def two(city: Database, owner: Resident, officer: Actor, outside: Sandbox) -> list[UUID]:
    """Two cases with packages, refused and withdrawn."""
    other = await cast.resident(city, outside)
    first = await brought(city, owner, officer, PaperKind.REFUSAL, "zh")
    second = await filed(city, other)
    await cases.withdraw(city, other.actor, case_id=second, now=LATER)
    for case_id in (first, second):
        await archived(city, case_id, ended=LATER, now=AFTER)
    return [first, second]


async def test_a_folder_is_filled_verified_and_filled_again(
    city: Database, city_dsn: str, two: list[UUID], officer: Actor, tmp_path: Path
) -> None:
    folder = tmp_path / "handed-over"

    async def handed(now: datetime = AFTER) -> cases.Export:
        return await cases.export_archive(city, folder, until=UNTIL, department=None, now=now)

    done = await handed()
    assert (done.packages, done.written, done.waiting) == (2, 2, 0)
    first = everything(folder)
    assert len(first) == 5
    with (folder / "index.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    numbers = {(await make.row(city, case_id))["short_code"] for case_id in two}
    assert {line["number"] for line in lines} == numbers
    assert {(line["title"], line["retention"], line["dispose_on"]) for line in lines} == {
        ("居住证申领", "10 年", "2037-01-01")
    }
    whole = alone(folder)
    assert (whole.returncode, whole.stdout.count("✓")) == (0, 3), whole.stdout + whole.stderr
    report = packages.verify_batch(folder, jwks=keys.current().jwks("node"))
    assert (report.whole, report.about["count"], report.about["root"]) == (True, 2, done.root)

    # Broken off: a file cut short, one missing and no list. What is whole is left, the end is the same.
    bent, gone = (folder / line["file"] for line in lines)
    bent.write_bytes(bent.read_bytes()[:-9])
    gone.unlink()
    (folder / "manifest.json").unlink()
    assert (await handed(AFTER + timedelta(days=1))).written == 2
    assert everything(folder) == first
    again = exported(city_dsn, folder)
    assert (again["packages"], again["written"], again["root"]) == (2, 0, done.root)
    # The command counts days on the city's clock, so only the day in its list is another.
    changed = {name for name, content in everything(folder).items() if content != first[name]}
    assert changed == {"manifest.json", "manifest.jws"}
    assert (await handed(AFTER + timedelta(days=2))).written == 0
    assert everything(folder) == first
    for case_id in two:
        (act,) = await make.ledger(city, case_id, "cases.hand_over")
        assert act["detail"]["sm3"] in {line["sm3"] for line in lines}

    # Only what is asked for: before a day, of a department.
    early = await cases.export_archive(city, tmp_path / "a", until=LATER, department=None, now=AFTER)
    mine = await cases.export_archive(
        city, tmp_path / "b", until=UNTIL, department=officer.department, now=AFTER
    )
    assert (early.packages, early.root) == (0, sha256(b"").hexdigest()) and 1 <= mine.packages <= 2
    assert packages.verify_batch(tmp_path / "a").whole and packages.verify_batch(tmp_path / "b").whole
    with pytest.raises(DepartmentUnknown):
        await cases.export_archive(city, tmp_path / "c", until=UNTIL, department="nobody", now=AFTER)
    assert not (tmp_path / "c").exists()


async def test_what_is_changed_in_a_folder_is_named(city: Database, two: list[UUID], tmp_path: Path) -> None:
    await cases.export_archive(city, tmp_path, until=UNTIL, department=None, now=AFTER)
    package = next(tmp_path.glob("packages/*.zip"))
    rebuilt(package, lambda members: {**members, "README.txt": b"nothing"})
    (tmp_path / "packages" / "more.zip").write_bytes(b"")
    (tmp_path / "index.csv").unlink()
    said = alone(tmp_path)
    assert said.returncode == 1
    for words in (f"packages/{package.name}: ", "packages/more.zip: ", "index.csv: ", "README.txt: "):
        assert words in said.stdout
