"""`tongban clock`: a case's dates told day by day to whoever asks at the machine, and the year's notice read in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests import cast, make
from tests.cast import Resident
from tests.commands import Command
from tongban import cases
from tongban.cases.actions.limits.explaining import explained
from tongban.cases.model.course import LimitKind
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HEAD = "day,kind,name_zh,name_en,notice,mark\n"


async def test_every_day_of_a_paused_case_is_told_with_its_reason(
    city: Database, owner: Resident, officer: Actor, command: Command
) -> None:
    await make.limits(city, statutory_days=40)
    case_id = await make.suspended(city, owner, officer, now=MONDAY, days=5)
    row = await make.row(city, case_id)
    code = str(row["short_code"])
    as_written = f"{code[:6]}-{code[6:10]} {code[10:]}"
    told = json.loads((await command("clock", "explain", as_written, "--json")).output)
    assert told["case"] == str(case_id) and told["state"] == "suspended"
    promise = next(one for one in told["limits"] if one["kind"] == "promise")
    assert promise["end"] == str(clock.city_day(row["promise_due"]))
    days = promise["days_told"]
    assert sum(day["counted"] for day in days) == promise["days"]
    assert sum("现场核查" in day["reason"]["zh"] for day in days) == 5
    assert owner.name not in json.dumps(told, ensure_ascii=False)
    said = (await command("clock", "explain", str(case_id), "--language", "zh")).output
    assert promise["end"] in said and "周末" in said and "现场核查" in said
    assert "日期为暂定" in said, "the law's date lies in a year without a notice"


async def test_limits_that_were_met_are_told_in_one_language(
    city: Database, owner: Resident, officer: Actor, command: Command
) -> None:
    case_id = await make.submitted(city, owner, now=MONDAY)
    said = {"card_address": "收件地址没有写室号，请补全。"}
    await cases.ask_correction(city, officer, case_id=case_id, said=said, now=MONDAY + DAY)
    await cases.correct(city, owner.actor, case_id=case_id, key=None, now=MONDAY + 3 * DAY)
    await cases.accept(city, officer, case_id=case_id, now=MONDAY + 4 * DAY)
    limits = json.loads((await command("clock", "explain", str(case_id), "--json")).output)["limits"]
    assert [(one["kind"], one["start"], one["ended"]) for one in limits[:4]] == [
        ("acceptance", "2026-11-23", "2026-11-24"),
        ("correction", "2026-11-24", "2026-11-26"),
        ("acceptance", "2026-11-26", "2026-11-27"),
        ("promise", "2026-11-27", None),
    ]
    assert [one["runs"] for one in limits[:4]] == [False, False, False, True]
    english = (await command("clock", "explain", str(case_id))).output
    assert "Ended on 2026-11-24." in english
    assert not [sign for sign in english if "\u4e00" <= sign <= "\u9fff"], english


async def test_only_what_was_granted_is_to_be_issued(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    await make.limits(city, issue_days=10)
    refused = await make.accepted(city, owner, officer)
    await cases.refuse(city, officer, case_id=refused, reason=make.REASON, now=clock.now())
    granted = await make.approved(city, other, await cast.officer_of(city, other.district))
    kinds = []
    for who, case_id in ((owner, refused), (other, granted)):
        opened = await cases.progress(city, who.actor, case_id=case_id)
        told = await explained(city, opened.case, opened.events, opened.version)
        kinds.append({one.kind for one in told})
    assert LimitKind.ISSUE not in kinds[0] and LimitKind.ISSUE in kinds[1]


async def test_no_such_case_is_said(city: Database, command: Command) -> None:
    for word in ("3101012611260000018", str(uuid4()), "一个编码"):
        done = await command("clock", "explain", word)
        assert done.exit_code == 1 and "There is no case" in done.output, done.output


async def test_a_notice_is_loaded_once(city: Database, command: Command, tmp_path: Path) -> None:
    notice = tmp_path / "2031.csv"
    notice.write_text(HEAD + "2031-01-01,off,元旦,New Year,国办发明电〔2030〕99号,synthetic\n")
    odd = await command("clock", "load-notice", str(notice), "--json")
    assert odd.exit_code == 1 and "Spring Festival" in odd.output and "--sure" in odd.output, odd.output
    first = await command("clock", "load-notice", str(notice), "--sure", "--json")
    assert json.loads(first.output) == {"days": 1, "changed": 1}, first.output
    again = await command("clock", "load-notice", str(notice))
    assert again.output == "1 days read, 0 changed\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, "There is no notice in it"),
        (HEAD + "2031-02-30,off,a,a,n,synthetic\n", "2031-02-30"),
        (HEAD + "2031-01-01,perhaps,a,a,n,synthetic\n", "kind is either"),
        ("day,kind\n2031-01-01,off\n", ""),
    ],
)
async def test_a_notice_that_cannot_be_read_changes_nothing(
    city: Database, command: Command, tmp_path: Path, text: str, said: str
) -> None:
    before = await city.value("SELECT count(*) FROM kit.calendar_day")
    notice = tmp_path / "wrong.csv"
    notice.write_text(text)
    done = await command("clock", "load-notice", str(notice))
    assert done.exit_code == 1 and done.output.startswith("Error: ") and said in done.output, done.output
    assert await city.value("SELECT count(*) FROM kit.calendar_day") == before
