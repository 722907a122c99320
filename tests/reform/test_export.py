"""What the reform publishes is recomputed by a script that knows nothing of the house; a row made up is found."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import HOME
from tongban import cases, reform
from tongban.kit.db import Database
from tongban.kit.outbox import Event
from tongban.reform import jobs

TODAY = date(2026, 11, 27)
SCRIPT = HOME / "docs" / "recompute.py"


def recomputed(rows: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """How the script ends on these rows, and what it says."""
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT)],
        input="".join(json.dumps(row) + "\n" for row in rows),
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout.splitlines()


def test_the_script_is_short_and_stands_alone() -> None:
    """How it can fail (tried): import anything of the house in it."""
    text = SCRIPT.read_text()
    assert len(text.splitlines()) <= 60
    assert "import tongban" not in text and "from tongban" not in text


async def test_each_figure_is_recomputed_and_a_false_row_is_named(
    city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How it can fail (tried): round down in ``percent``, leave the calendar days of a limit as they are, count a
    simultaneous step: the script says which figure differs; take the mark of the event away: the news counts twice."""

    async def spent(_db: Database, *, case_id: object) -> cases.TimeSpent:
        return cases.TimeSpent("drainage_permit", date(2026, 11, 20), 7, 5)

    monkeypatch.setattr(cases, "time_spent", spent)
    news = Event(uuid4(), "cases.approved", uuid4(), str(uuid4()), {}, datetime(2026, 11, 20, tzinfo=UTC))
    await jobs.add_pace(city, news, now=news.at)
    with pytest.raises(Exception, match="handled_pkey"):
        await jobs.add_pace(city, news, now=news.at)
    await city.run("UPDATE reform.measure SET measured_on = $1", TODAY)
    city.count = 0
    rows = list(await reform.exported(city, on=TODAY))
    assert city.count == 2, "the statements do not grow with the items"
    figures = {row["key"]: row["value"] for row in rows if row["row"] == "figure"}
    ended, said = recomputed(rows)
    assert (ended, [line for line in said if not line.startswith("equal ")]) == (0, [])
    assert len(said) == len(figures)
    wanted = {
        "reform.processes": "100",
        "reform.processes_planned": "88",
        "reform.processes_ready": "46",
        "reform.processes_done": "6",
        "reform.items_cancelled": "15",
        "reform.items_adjusted": "2",
        "reform.items_to_cancel": "17",
        "reform.items_to_adjust": "2",
        "reform.decided": "1",
        "reform.used_share": "71.4",
        "reform.wb.permit.2018.time": "169.5",
        "reform.wb.permit.2018.procedures": "19",
        "reform.wb.start.2017.time": "22",
        "reform.wb.electricity.2017.time": "145",
        "reform.wb.property.2018.time": "9",
        "reform.wb_time_cut_year1": "53.3",
    }
    assert {key: figures[key] for key in wanted} == wanted
    assert 50 <= float(figures["reform.materials_cut"]) <= 51, "the baseline was drawn up to the declared cut"

    false = [dict(row) for row in rows]
    item = next(row for row in false if row["row"] == "item" and row["kind"] == "01")
    item["materials_then"] += 40
    ended, said = recomputed(false)
    differs = [line for line in said if line.startswith("DIFFERS ")]
    assert ended == 1
    assert {line.split()[1].rstrip(":") for line in differs} == {
        "reform.materials_cut",
        f"reform.materials_cut.{item['department']}",
    }
    assert recomputed([row for row in rows if row["row"] != "figure"])[0] == 1, (
        "nothing published is not equal"
    )

    early = list(await reform.exported(city, on=date(2019, 5, 2)))
    assert recomputed(early)[0] == 0
    assert not any(row["row"] == "item" for row in early), "no version was in force on that day"
