"""Rooms call down: import-linter's contracts in pyproject.toml hold, and they can break."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.source import FLOORS, HOME, HOUSE


def lint(*more: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200"}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo", *more],
        cwd=HOME,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_contracts_hold() -> None:
    done = lint()
    assert done.returncode == 0, done.stdout + done.stderr


BAD = {
    "floors": {"kit/thing.py": "from tongban import audit\n", "audit/model.py": ""},
    "inside": {"audit/store.py": "from tongban.audit import pages\n", "audit/pages.py": ""},
    "pure": {"cases/model.py": "from tongban.kit.db import write\n", "kit/db.py": "write = 1\n"},
    "webless": {"cases/actions.py": "from litestar import get\n"},
    "worlds": {"kit/thing.py": "import tongban_sandbox\n"},
}


@pytest.fixture
def sketch(tmp_path: Path) -> Path:
    """A house of empty rooms that keeps every contract."""
    for name in (
        "__main__.py",
        "cli.py",
        "app.py",
        "worker.py",
        "rooms.py",
        "news.py",
        "naming.py",
        "rights_words.py",
        "settings.py",
    ):
        (tmp_path / "tongban" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "tongban" / name).write_text("")
    for name in ("kit", "up", *FLOORS):
        (tmp_path / "tongban" / name).mkdir()
        (tmp_path / "tongban" / name / "__init__.py").write_text("")
    for room in ("audit", "cases"):
        for name in ("model", "store", "actions", "pages"):
            (tmp_path / "tongban" / room / f"{name}.py").write_text("")
    for name in ("db", "web"):
        (tmp_path / "tongban" / "kit" / f"{name}.py").write_text("")
    (tmp_path / "tongban" / "__init__.py").write_text("")
    (tmp_path / "tongban_sandbox").mkdir()
    (tmp_path / "tongban_sandbox" / "__init__.py").write_text("")
    return tmp_path


def test_an_empty_house_keeps_them(sketch: Path) -> None:
    done = lint(path=sketch)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 kept" in done.stdout


@pytest.mark.parametrize("contract", BAD)
def test_each_contract_can_break(sketch: Path, contract: str) -> None:
    for name, text in BAD[contract].items():
        (sketch / "tongban" / name).write_text(text)
    done = lint("--contract", contract, path=sketch)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


def test_a_file_that_no_room_may_have_breaks(sketch: Path) -> None:
    (sketch / "tongban" / "cases" / "utils.py").write_text("")
    assert lint("--contract", "inside", path=sketch).returncode == 1


def test_the_kit_offers_nothing_by_itself() -> None:
    body = ast.parse((HOUSE / "kit" / "__init__.py").read_text()).body
    assert len(body) <= 1, "tongban.kit re-exports nothing: import the tool itself"
