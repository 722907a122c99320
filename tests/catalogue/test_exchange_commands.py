"""The exchange at the command line, and items that are cancelled: their day goes out and comes in."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.catalogue.conftest import NOW
from tests.catalogue.neighbour import csv_rows, hashes, neighbour
from tests.commands import Command
from tongban import catalogue
from tongban.catalogue.actions import exchange_files
from tongban.catalogue.model.national import BASIC, MATERIAL
from tongban.kit.clock import city_day
from tongban.kit.db import Database
from tongban.kit.i18n import Text

OWN = "residence_permit"
DAY = timedelta(days=1)


@pytest.mark.usefixtures("no_dictionaries")
async def test_the_commands_tell_every_fault_and_load_all_or_nothing(
    city: Database, command: Command, tmp_path: Path
) -> None:
    """How it can fail (tried): load the good tables of a folder with a bad row, count lines from the header, load on a
    dry run, end a refused import with 0."""
    before = await hashes(city)
    done = await command("catalogue", "export", str(tmp_path / "out"), OWN, "--format", "sql")
    assert done.exit_code == 0 and f"      1  {BASIC}" in done.output
    unknown = await command("catalogue", "export", str(tmp_path / "none"), "no_such_item")
    assert unknown.exit_code == 1 and "no item in force" in unknown.output
    for form in ("csv", "sql"):
        rows = neighbour()
        rows[BASIC][0] |= {"promise_day": "七"}
        rows[MATERIAL] += [rows[MATERIAL][0] | {"row_guid": "g9", "is_need": "9"}]
        exchange_files.written(rows, tmp_path / form, sql=form == "sql")
        refused = await command("catalogue", "import", str(tmp_path / form))
        assert refused.exit_code == 1, refused.output
        for told in (
            f"{BASIC}.{form}:2: promise_day: ",
            f"{MATERIAL}.{form}:3: is_need: ",
            "nothing was loaded",
        ):
            assert told in refused.output
        plain = json.loads((await command("catalogue", "import", str(tmp_path / form), "--json")).output)
        assert plain["loaded"] is False
        places = [(one["file"], one["line"], one["field"]) for one in plain["faults"]]
        assert places == [(f"{BASIC}.{form}", 2, "promise_day"), (f"{MATERIAL}.{form}", 3, "is_need")]
    exchange_files.written(neighbour(), tmp_path / "good", sql=True)
    looked = await command("catalogue", "import", str(tmp_path / "good"), "--dry-run")
    assert looked.exit_code == 0 and "1 to publish" in looked.output and "Nothing was loaded" in looked.output
    assert await hashes(city) == before
    loaded = json.loads((await command("catalogue", "import", str(tmp_path / "good"), "--json")).output)
    assert loaded["loaded"] is True and len(loaded["published"]) == 1
    assert set(await hashes(city)) == {*before, *loaded["published"]}
    assert (
        "0 to publish, 0 to cancel, 1 as they are"
        in (await command("catalogue", "import", str(tmp_path / "good"))).output
    )
    found = json.loads((await command("catalogue", "check", "--json")).output)["findings"]
    assert [one for one in found if one["item"] in loaded["published"]] == [], "what came in breaks no rule"


@pytest.mark.usefixtures("no_dictionaries")
async def test_the_day_of_cancelling_goes_out_and_comes_in(city: Database, tmp_path: Path) -> None:
    """How it can fail (tried): leave ``plan_cancel_date`` out of the rows, write state 3 before the day, take a
    neighbour's day for the city's own, lift the city's decision by rows without it."""
    today = city_day(NOW)
    ends = today + 30 * DAY
    rows = neighbour()
    rows[BASIC][0] |= {"plan_cancel_date": str(ends)}
    exchange_files.written(rows, tmp_path / "in", sql=False)
    [code] = (await catalogue.take_in(city, tmp_path / "in", now=NOW)).published
    catalogue.forget_copies()
    assert (await catalogue.cancellations(city))[code].on == ends
    await catalogue.must_be_offered(city, code, today=ends - DAY)
    with pytest.raises(catalogue.ItemCancelled):
        await catalogue.must_be_offered(city, code, today=ends)
    assert await exported(city, tmp_path / "same", code) == rows[BASIC][0]
    later = await exported(city, tmp_path / "later", code, days=31)
    assert (later["task_state"], later["plan_cancel_date"]) == ("3", str(ends))

    words = Text("决定", "Decision")
    decided = catalogue.Cancellation(code=OWN, on=ends, basis=words, instead=words)
    assert await catalogue.put_cancellations(city, [decided], now=NOW)
    assert code in await catalogue.cancellations(city), "what a neighbour says stays"
    assert (await exported(city, tmp_path / "own", OWN))["task_state"] == "1"
    assert (await exported(city, tmp_path / "gone", OWN, days=31))["task_state"] == "3"
    for folder in ("own", "gone"):
        assert (await catalogue.take_in(city, tmp_path / folder, now=NOW)).unchanged == 1
        assert (await catalogue.cancellations(city))[OWN] == decided
    assert await catalogue.put_cancellations(city, [], now=NOW)
    await catalogue.take_in(city, tmp_path / "gone", now=NOW)
    assert await ending(city, OWN) == (ends, "exchange"), "another house of the kind learns the day"
    path = tmp_path / "gone" / f"{BASIC}.csv"
    path.write_text(path.read_text("utf-8").replace(str(ends), ""), encoding="utf-8")
    with pytest.raises(catalogue.ExchangeWrong) as wrong:
        await catalogue.take_in(city, tmp_path / "gone", now=NOW)
    assert [(one.line, one.field) for one in wrong.value.faults] == [(2, "plan_cancel_date")]
    exchange_files.written(neighbour(), tmp_path / "in", sql=False)
    await catalogue.take_in(city, tmp_path / "in", now=NOW)
    assert await ending(city, code) is None, "rows without the day lift it"


async def exported(db: Database, folder: Path, code: str, *, days: int = 0) -> dict[str, str]:
    """The item's first row, written so many days from now."""
    await catalogue.export(db, folder, codes=[code], source="甲市", now=NOW + days * DAY)
    return csv_rows(folder, BASIC)[0]


async def ending(db: Database, code: str) -> tuple[date, str] | None:
    catalogue.forget_copies()
    found = (await catalogue.cancellations(db)).get(code)
    return None if found is None else (found.on, found.by)
