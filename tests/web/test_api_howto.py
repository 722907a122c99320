"""docs/howto/use-the-api.md is run line by line, and so is the log-in that the page of the API shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import HOME
from tests.journeys.house import PASSWORD, House, Person
from tongban.portal.actions.sheet import sheet

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300), pytest.mark.xdist_group("api-examples")]

HOWTO = HOME / "docs" / "howto" / "use-the-api.md"


def lines(text: str) -> Iterator[str]:
    """What a reader types: the indented lines, in order."""
    for line in text.splitlines():
        if line.startswith("    "):
            yield line[4:]


def typed(house: House, person: Person, script: str, place: Path) -> str:
    """What the shell says to these lines; the code of the text message is typed when it has come."""
    after = house.newest(person["phone"])
    shell = subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=place,
        env={
            **os.environ,
            "HOUSE": f"http://localhost:{house.port}",
            "ACCOUNT": person["phone"],
            "PASSWORD": PASSWORD,
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said, _ = shell.communicate(house.message(person["phone"], after) + "\n", timeout=120)
    assert shell.returncode == 0, said
    return said


@pytest.fixture
def person(house: House) -> Person:
    """A resident with an account, whose last code was sent a minute ago."""
    house.heal()
    person = house.person()
    house.enrol(person)
    house.a_minute_passes()
    return person


def test_the_walk_leads_to_a_submitted_case(house: House, person: Person, tmp_path: Path) -> None:
    walk = list(lines(HOWTO.read_text()))
    assert len(walk) > 30
    said = typed(house, person, "\n".join(walk), tmp_path)
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert re.fullmatch(r"\d{19}", receipt["code"]) and receipt["code"] in said
    (row,) = house.sql('SELECT state FROM cases."case" WHERE id = $1::uuid', receipt["case"])
    assert row["state"] == "submitted"
    assert '"conditions":"true"' in said and '"complete":true' in said
    cookies = (tmp_path / "cookies.txt").read_text()
    assert not re.search(r"tongban_session\t\S", cookies), "logged out"


def test_the_walk_names_what_is_there() -> None:
    """Addresses in the text, outside the lines that are run, are addresses of the document."""
    from tongban import rooms

    known = {re.sub(r"\{\w+:\w+\}", "$CASE", path) for handler in rooms.routes() for path in handler.paths}
    for path in re.findall(r"`(?:GET|POST|PUT|DELETE) (/[^`]+)`", HOWTO.read_text()):
        assert path in known, path


def test_the_log_in_that_the_page_shows_is_one(house: House, person: Person, tmp_path: Path) -> None:
    shown = sheet(httpx.get(f"{house.base}/api/openapi.json").json()).log_in
    assert shown.splitlines()[0] == "{" and shown.splitlines()[-1] == "}", "it can be pasted whole"
    said = typed(house, person, f'{shown}\ncall "$HOUSE/api/v1/session"', tmp_path)
    assert '"role":"resident"' in said
