"""`tongban tour` walks the whole main job; two at once do not meet, and what it prints can be read by a program."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.journeys.house import PATIENCE_SECONDS, House
from tongban.demo import PASSWORD as DEMO_PASSWORD
from tongban.demo import username

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]


def start(house: House, papers: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "tongban", "tour", "--json", "--papers", str(papers), *words],
        env=house.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_tour_whose_officer_has_a_code_on_the_way_already(house: House, tmp_path: Path) -> None:
    """Another window of his asked within the minute and has not used it: found when two tours met at one desk."""
    house.heal()
    house.a_minute_passes()
    for district in house.sql("SELECT code FROM regions.district"):
        other = house.visitor()
        other.visit("/staff/login")
        other.post("/staff/login", account=username(district["code"]), password=DEMO_PASSWORD)
        assert other.path == "/staff/login/code", other.text[:600]
    until = time.monotonic() + PATIENCE_SECONDS
    # What an earlier test's dead gateway has put off waits longer, and is none of these.
    waiting = "SELECT count(*) AS n FROM kit.outbox WHERE topic = 'notices.sms' AND attempts <= 1"
    while house.sql(waiting)[0]["n"]:
        assert time.monotonic() < until
        time.sleep(0.1)
    tour = start(house, tmp_path / "waits")
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            tour.communicate(timeout=15)
        house.a_minute_passes()
        said, wrong = tour.communicate(timeout=120)
    finally:
        tour.kill()
    assert tour.returncode == 0, (said, wrong)


def test_two_tours_at_once_are_green_and_the_ledger_is_whole(house: House, tmp_path: Path) -> None:
    house.heal()
    house.a_minute_passes()
    tours = [start(house, tmp_path / name) for name in ("one", "two")]
    for tour in tours:
        said, wrong = tour.communicate(timeout=220)
        assert tour.returncode == 0, (said, wrong)
        told = json.loads(said)
        assert told["ok"] is True and len(told["steps"]) == 12
    for name in ("one", "two"):
        assert len(list((tmp_path / name).iterdir())) >= 5, "the pages of each are kept"
    verified = subprocess.run(
        [sys.executable, "-P", "-m", "tongban", "verify-ledger", "--json"],
        env=house.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_a_cafe_gets_its_licence_and_another_asks_for_reconsideration(house: House, tmp_path: Path) -> None:
    house.heal()
    house.a_minute_passes()
    tour = start(house, tmp_path, "--food")
    said, wrong = tour.communicate(timeout=220)
    assert tour.returncode == 0, (said, wrong)
    steps = {step["name"]: step["seen"] for step in json.loads(said)["steps"]}
    assert len(steps) == 16
    moved = next(seen for name, seen in steps.items() if name.startswith("现场核查"))
    before, after = re.findall(r"\d{4}-\d{2}-\d{2}", moved)
    assert before < after
    paused = (tmp_path / "food-paused.html").read_text()
    assert after in paused and paused.count("day--paused") > 5, (
        "the page shows the days that stopped the clock"
    )
    until = time.monotonic() + PATIENCE_SECONDS
    while (stood := last_two(house)) != [
        "closed",
        "refused",
    ]:  # what the worker does of itself ends the first
        assert time.monotonic() < until and stood == ["issuing", "refused"], stood
        time.sleep(0.2)
    asked = house.sql("SELECT state FROM cases.\"case\" WHERE item = 'reconsideration' ORDER BY opened_at")
    assert asked[-1]["state"] == "submitted"


def last_two(house: House) -> list[str]:
    """How the two cafés stand that applied last."""
    rows = house.sql(
        "SELECT state FROM cases.\"case\" WHERE item = 'food_business' AND submitted_at IS NOT NULL"
        " ORDER BY submitted_at DESC LIMIT 2"
    )
    return [row["state"] for row in reversed(rows)]


#: A tour that is broken off when the mother has submitted, before she withdraws.
_BROKEN_OFF = """
import pathlib, sys
from tongban.tour import children, walk
children._is_seen = lambda *rest: None
children.walk_child(walk.Tour(lambda step: None, pathlib.Path(sys.argv[1])))
"""


def test_who_acts_for_another_walks_all_four_ways(house: House, tmp_path: Path) -> None:
    """Also where the last tour was broken off in the midst: it had left the child's application submitted."""
    house.heal()
    house.a_minute_passes()
    (tmp_path / "broken").mkdir()
    subprocess.run(
        [sys.executable, "-P", "-c", _BROKEN_OFF, str(tmp_path / "broken")],
        env=house.environment,
        timeout=120,
        check=True,
    )
    house.a_minute_passes()
    tour = start(house, tmp_path, "--powers")
    said, wrong = tour.communicate(timeout=220)
    assert tour.returncode == 0, (said, wrong)
    told = json.loads(said)
    steps = [step["name"] for step in told["steps"]]
    assert told["ok"] and len(steps) == 22
    for way in ("填到一半授权被撤回", "为孩子申领", "一步切换到", "82 岁的老人"):
        assert any(way in name for name in steps), way
    assert (tmp_path / "powers-8-consent.pdf").read_bytes().startswith(b"%PDF")


def test_a_birth_is_done_once(house: House, tmp_path: Path) -> None:
    """One form, five parts of four departments, each filed when its turn comes.

    How it can fail: what waits was not filed by the news of what it waits for.
    """
    house.heal()
    house.a_minute_passes()
    tour = start(house, tmp_path, "--birth")
    said, wrong = tour.communicate(timeout=220)
    assert tour.returncode == 0, (said, wrong)
    told = json.loads(said)
    assert told["ok"] is True and len(told["steps"]) == 16
    assert "5 项中已办成 5 项" in (tmp_path / "birth-4-done.html").read_text()
