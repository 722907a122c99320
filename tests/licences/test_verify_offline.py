"""docs/verify_licence.py: forty lines and the published keys are enough."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec

from tongban import licences
from tongban.kit import keys
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Role

from .conftest import NAME, NOW, Founding

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify_licence.py"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *words], capture_output=True, text=True, check=False
    )


def test_it_is_forty_lines_and_needs_one_package() -> None:
    text = SCRIPT.read_text()
    assert len(text.splitlines()) <= 40
    imported = {
        line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))
    }
    assert imported <= {"json", "sys", "base64", "pathlib", "cryptography"}


async def test_it_reads_a_true_token_and_refuses_an_altered_one(
    city: Database, issued: Founding, tmp_path: Path
) -> None:
    row = await issued()
    published = tmp_path / "jwks.json"
    published.write_bytes(msgspec.json.encode(keys.current().jwks("licence")))
    address = await licences.code_of(
        city, Actor(Role.RESIDENT, row.holder, NAME, level=3), licence=row.id, now=NOW
    )
    token = address.rsplit("/", 1)[-1]
    for given in (token, address):
        good = run(given, str(published))
        assert good.returncode == 0, good.stderr
        assert json.loads(good.stdout)["id"] == row.identifier
    head, body, tail = token.split(".")
    for bad in (
        f"{head}.{body[:40]}{'A' if body[40] != 'A' else 'B'}{body[41:]}.{tail}",
        f"{head}.{body}.{tail[:-1]}{'A' if tail[-1] != 'A' else 'B'}",
        f"{head}.{body}",
        "",
        "居住证",
    ):
        answer = run(bad, str(published))
        assert (answer.returncode, answer.stdout, answer.stderr.strip()) == (1, "", "INVALID"), bad
    other = tmp_path / "other.json"
    other.write_bytes(msgspec.json.encode(keys.current().jwks("node")))
    assert run(token, str(other)).returncode == 1
