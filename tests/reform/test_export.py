"""What the reform publishes is recomputed by a script that knows nothing of the house; a row made up is found.

What anybody downloads at the door is all she needs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.cases.web import Client
from tests.conftest import HOME
from tongban import cases, reform
from tongban.kit.db import Database
from tongban.kit.outbox import Event
from tongban.kit.pace import Pace
from tongban.reform import jobs, pages
from tongban.reform.actions import exporting

TODAY = date(2026, 11, 27)
SCRIPT = HOME / "docs" / "recompute.py"


def recomputed(rows: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """How the script ends on these rows, and what it says."""
    done = run(SCRIPT, "".join(json.dumps(row) + "\n" for row in rows))
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout.splitlines()


def run(script: Path, rows: str) -> subprocess.CompletedProcess[str]:
    """The script over these lines, as whoever has no more than both runs it."""
    return subprocess.run(
        [sys.executable, "-I", str(script)], input=rows, capture_output=True, text=True, check=False
    )


def test_the_script_is_short_and_stands_alone() -> None:
    """How it can fail (tried): import anything of the house in it; take the first row unasked."""
    text = SCRIPT.read_text()
    assert len(text.splitlines()) <= 60
    assert "import tongban" not in text and "from tongban" not in text
    nothing = run(SCRIPT, "")
    assert nothing.returncode == 1
    assert nothing.stderr == "No rows: python recompute.py < the file from /reform\n"


async def downloaded(web: Client, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A visitor with the two files of the page, and nothing else, finds each figure equal."""
    monkeypatch.setattr(pages, "_files", exporting.RowsFiles())
    monkeypatch.setattr(pages, "_pace", Pace(questions=3, window=60))
    made = []

    async def exported(db: Database, *, on: date) -> Iterator[dict[str, Any]]:
        made.append(on)
        return await reform.exported(db, on=on)

    monkeypatch.setattr(exporting, "exported", exported)
    answer = await web.get(f"/reform/rows.jsonl?on={TODAY}")
    assert "tongban-reform-2026-11-27.jsonl" in answer.headers["content-disposition"]
    script = folder / "recompute.py"
    script.write_bytes((await web.get("/reform/recompute.py")).content)
    done = run(script, answer.text)
    assert (done.returncode, done.stderr) == (0, "")
    assert "equal reform.time_cut " in done.stdout and "equal reform.used_share 71.4" in done.stdout
    assert {json.loads(line)["row"] for line in answer.text.splitlines()} == {
        *("day", "item", "pace", "process", "approval", "step", "figure")
    }
    assert (await web.get(f"/reform/rows.jsonl?on={TODAY}")).content == answer.content
    assert made == [TODAY], "it is made once a minute, however often it is asked for"
    for day in ("2019-05-02", "2019-05-03"):
        first = json.loads((await web.get(f"/reform/rows.jsonl?on={day}")).text.splitlines()[0])
        assert first["on"] == day
    refused = await web.get("/reform/rows.jsonl?on=2019-05-04")
    assert (refused.status_code, 0 < int(refused.headers["retry-after"]) <= 60) == (429, True)
    assert "下载太频繁" in refused.text


async def test_each_figure_is_recomputed_and_a_false_row_is_named(
    city: Database, web: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """How it can fail (tried): round down in ``percent``, leave the calendar days of a limit as they are, count a
    simultaneous step: the script says which figure differs; take the mark of the event away: the news counts twice.
    At the door: make the file for each who asks, or of today whatever day is asked for; forget the pace."""

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

    await downloaded(web, monkeypatch, tmp_path)
    early = list(await reform.exported(city, on=date(2019, 5, 2)))
    assert recomputed(early)[0] == 0
    assert not any(row["row"] == "item" for row in early), "no version was in force on that day"
