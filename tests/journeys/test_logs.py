"""A whole journey, then every log of the house: no number, no name, no password, no code stands in one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.journeys import powers
from tests.journeys.house import ITEM, PASSWORD, House
from tongban.demo import PASSWORD as DEMO_PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]
#: A new password at the recovery.
NEW = "Tongban-recovered-2026"
_NUMBERS = re.compile(r"(?<![0-9A-Za-z-])(?:\d{17}[\dXx]|1[3-9]\d{9})(?![0-9A-Za-z])")


def leaks(log: str, secrets: Iterable[str]) -> list[str]:
    """The lines of a log in which an ID number, a phone or one of ``secrets`` stands."""
    known = [one for one in secrets if one]
    return [line for line in log.splitlines() if _NUMBERS.search(line) or any(one in line for one in known)]


def logs_of(house: House) -> list[Path]:
    """What the house's programs and its database write; the sandbox is the outside world."""
    return [
        path
        for path in (house.place / "data").rglob("*.log*")
        if path.is_file() and not path.name.startswith("sandbox")
    ]


def test_no_log_names_anybody(house: House) -> None:
    house.heal()
    she, agent = house.person(), house.person()
    hers, page = house.enrol(she), house.enrol(agent)
    power = powers.offer(hers, agent)
    powers.accept(page, power)
    powers.act(page, power)
    page.visit(f"/apply/{ITEM}").post(f"/apply/{ITEM}")
    case = page.path.rsplit("/", 1)[-1]
    house.fill(page, case)
    page.post("/submit")
    assert page.path == f"/my/cases/{case}", (page.status, page.path, page.text[:600])
    codes = [_recovers(house, she)]
    desk = house.officer(she.district)
    place = house.desk_path(page, desk, case)
    assert "已受理" in desk.post("/recheck", to=f"{place}/accept").text
    house.visitor().visit("/staff/login").post("/staff/login", account="nobody", password="wrong-and-secret")
    found = logs_of(house)
    assert {"web", "worker"} <= {path.name.split(".")[0] for path in found}, found
    secrets = [she["name"], agent["name"], PASSWORD, DEMO_PASSWORD, NEW, "wrong-and-secret"]
    bad = {
        path.name: rows[:3]
        for path in found
        if (rows := leaks(path.read_text(errors="replace"), secrets)) or _has_code(path, codes)
    }
    assert bad == {}


def _has_code(path: Path, codes: list[str]) -> bool:
    """Six digits stand in many a number of microseconds: a code counts where it stands alone."""
    return any(re.search(rf"(?<![\d.]){code}(?![\dZ])", path.read_text(errors="replace")) for code in codes)


def _recovers(house: House, she: dict[str, str]) -> str:
    """She sets her password anew; gives the code that was sent."""
    page, after = house.visitor(), house.newest(she["phone"])
    page.visit("/recover").post("/recover", name=she["name"], id_number=she["id_number"])
    code = house.message(she["phone"], after, r"验证码 (\d{6})")
    page.post("/recover/code", code=code, password=NEW)
    assert page.status == 200, (page.status, page.path, page.text[:600])
    return code


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "x", "number": "310101199003074514"}',
        "to 13800005001",
        "Tongban-journey-2026",
        "李文",
    ],
)
def test_the_search_finds_what_it_looks_for(line: str) -> None:
    assert leaks(f"fine\n{line}\nfine", [PASSWORD, "李文"]) == [line]
    assert not leaks(
        '{"at": "2026-11-27T08:26:45.123456Z", "id": "01993074-5138-7000-8000-000000000000"}', ["李文"]
    )
