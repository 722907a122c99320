"""`tongban archive verify FILE`: no network, no database, no data folder; it names what was altered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cases.archiving import archived, content_of, written
from tests.cases.printing import LATER, brought
from tests.cases.test_archive import AFTER
from tests.cast import Resident
from tests.kit.test_packages import rebuilt
from tongban.cases.model.papers import PaperKind
from tongban.kit import keys, packages
from tongban.kit.db import Database
from tongban.kit.keys import Keys
from tongban.kit.packages import manifest, witness
from tongban.kit.policy import Actor

pytestmark = pytest.mark.usefixtures("no_press")

#: The command in a process that may open no connection, knows no database and no data folder, and loads no driver.
_ALONE = """
import sys
def watched(event, args):
    if event.startswith("socket."):
        raise SystemExit(f"it asked the network: {event}")
sys.addaudithook(watched)
from tongban.cli import main
try:
    main(sys.argv[1:])
finally:
    loaded = [name for name in sys.modules if name.split(".")[0] == "asyncpg" or name.startswith("tongban.kit.db")]
    if loaded:
        raise SystemExit(f"it loaded {loaded[0]}")
"""


def alone(*words: str | Path) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "TONGBAN_DATA"}}
    return subprocess.run(
        [sys.executable, "-c", _ALONE, "archive", "verify", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={**bare, "TONGBAN_DATA": "/nonexistent", "HOME": "/nonexistent"},
    )


@pytest.fixture
async def package(city: Database, owner: Resident, officer: Actor, tmp_path: Path) -> Path:
    """A refused case's package."""
    case_id = await brought(city, owner, officer, PaperKind.REFUSAL, "zh")
    row = await archived(city, case_id, ended=LATER, now=AFTER)
    (tmp_path / "node-jwks.json").write_text(json.dumps(keys.current().jwks("node")))
    return written(await content_of(city, row), tmp_path / "case.zip")


def forged(package: Path, name: str, old: bytes, new: bytes) -> None:
    """A member changed by who lists it anew and signs with a key of her own."""
    own = keys.load(keys.ensure(package.parent).parent)

    def change(members: dict[str, bytes]) -> dict[str, bytes]:
        assert old in members[name]
        members = {**members, name: members[name].replace(old, new)}
        listed = manifest.readable(members["manifest.json"])
        told = [one if one.name != name else _told(name, members[name]) for one in listed.members]
        text = packages.listed(manifest.Manifest(about=listed.about, members=told))
        jwk = {key: own.jwks("node")["keys"][0][key] for key in ("crv", "kid", "kty", "x", "y")}
        return {**members, "manifest.json": text, "manifest.jws": manifest.signed(text, jwk, _signing(own))}

    rebuilt(package, change)


def _told(name: str, content: bytes) -> packages.Member:
    from tongban.kit.packages.writing import Digests

    digests = Digests()
    digests.take(content)
    return digests.member(name)


def _signing(own: Keys) -> Any:
    return lambda text: own.sign("node", text)


async def test_it_is_green_alone_and_names_what_was_altered(package: Path) -> None:
    pinned = package.with_name("node-jwks.json")
    whole = alone(package, "--keys", pinned)
    assert (whole.returncode, whole.stderr) == (0, ""), whole.stdout
    assert "whole" in whole.stdout and "the key is pinned" in whole.stdout
    asserted = alone(package)
    assert asserted.returncode == 0 and "self-asserted" in asserted.stdout

    other = written(package.read_bytes(), package.with_name("other.zip"))
    rebuilt(other, lambda m: {**m, "answers.json": m["answers.json"].replace(b"work", b"home")})
    both = alone(package, other, "--json")
    assert both.returncode == 1
    told = json.loads(both.stdout)
    assert told[str(package)]["whole"] and told[str(package)]["about"]["state"] == "refused"
    assert [(one["kind"], one["place"]) for one in told[str(other)]["findings"]] == [
        ("member_altered", "answers.json")
    ]
    said = alone(other, package.with_name("gone.zip"), "--keys", pinned)
    assert said.returncode == 1
    assert "answers.json" in said.stdout and "gone.zip: package: No such file" in said.stdout


async def test_who_seals_it_anew_is_not_who_is_pinned(package: Path) -> None:
    pinned = json.loads(package.with_name("node-jwks.json").read_text())
    forged(package, "answers.json", b"work", b"home")
    assert packages.verify(package).whole, "it vouches for itself, and says so"
    assert packages.verify(package).self_asserted
    assert [one.kind for one in packages.verify(package, jwks=pinned).findings] == ["key_unknown"]


async def test_a_row_of_the_ledger_is_proved_by_the_head_that_the_node_signed(package: Path) -> None:
    """Even the node's own key seals no other row into a package: the row's head was signed when it was written."""
    asks = frozenset({witness.MEMBER})
    assert packages.verify(package, asks=asks, inspect=witness.inspect).whole
    forged(package, "ledger.json", b"cases.refuse", b"cases.accept")
    report = packages.verify(package, asks=asks, inspect=witness.inspect)
    assert {one.kind for one in report.findings} == {"row_unproved"}
    assert any("row" in one.place for one in report.findings)
