"""Duties and department of an officer: changed in one write, and her open sessions with them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests import cast, make
from tests.cases.conftest import Desk
from tests.cases.test_chain import BACK, proposed
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import identity, regions
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import OFFICERS_DUTIES, Duty
from tongban.kit.web import recognising

USER = "test-reviewer"


async def reviewer_of(db: Database, department: str) -> None:
    one = identity.DemoOfficer(USER, "示例科长", department, "13800009998", (Duty.REVIEW,))
    await identity.load_demo(db, [], [one], password=cast.PASSWORD, now=clock.now())


async def test_a_revoked_reviewer_with_an_open_page_is_told_and_keeps_her_words(
    city: Database, owner: Resident, at: Desk, web: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognising, "CACHE_SECONDS", 0.0)
    await reviewer_of(city, at.examiner.department or "")
    await proposed(city, at)
    officer = await identity.actor_of(city, kind="username", value=USER)
    assert officer.duties == {Duty.REVIEW}
    await log_in(web, city, officer)
    address = f"/desk/{owner.actor.id}/{at.case}"
    page = (await web.get(address)).text
    token = page.split('name="_csrf" value="')[1].split('"')[0]
    posted = {"_csrf": token, "reason": BACK, "stood": "examined"}
    before = city.count
    done = await identity.post_to(city, username=USER, duties=(), order=make.BY_CONSOLE, now=clock.now())
    assert city.count - before == 3 and done.duties == ()
    held = await make.row(city, at.case)
    told = await web.post(f"{address}/endorse", data=posted)
    assert told.status_code == 403 and "没有其中任何一项职责" in told.text and BACK in told.text
    # Nor does anything else go through that her page offered: the clock runs, and what she typed is still there.
    for form, words in (("special", "原因是现场还要再核查一次"), ("extension", "案情复杂需要延长办理")):
        sent = {"_csrf": token, "_key": "k-" + form, "kind": "test", "days": "5", "reason": words}
        told = await web.post(f"{address}/forms/{form}", data=sent)
        assert told.status_code == 403 and "请" in told.text and words in told.text, form
        assert (await web.get(f"{address}/forms/{form}")).status_code == 403
    for form in ("visit", "correction"):
        told = await web.get(f"{address}/{form}")
        assert told.status_code == 403 and "没有其中任何一项职责" in told.text and "textarea" not in told.text
    told = await web.post(f"{address}/hearing", data={"_csrf": token, "do": "tell", "facts": BACK})
    assert told.status_code == 403 and "没有其中任何一项职责" in told.text and BACK in told.text
    told = await web.post(f"{address}/visit", data={"_csrf": token, "_key": "visit-of-today", "note": BACK})
    assert told.status_code == 403 and "没有其中任何一项职责" in told.text and BACK in told.text
    page = (await web.get(address)).text
    assert "可以查看，不能办理" in page and f"{address}/forms/" not in page and f"{address}/visit" not in page
    assert f"{address}/inspection" not in page and 'id="decision"' not in page
    assert await make.row(city, at.case) == held
    # Moved to another department, the case is no longer hers to see at all.
    other = next(one.code for one in await regions.departments(city) if one.code != officer.department)
    await identity.post_to(
        city, username=USER, duties=[Duty.REVIEW], department=other, order=make.BY_CONSOLE, now=clock.now()
    )
    assert (await web.post(f"{address}/endorse", data=posted)).status_code == 404
    assert (await web.get(address)).status_code == 404
    await identity.post_to(
        city, username=USER, department=officer.department, order=make.BY_CONSOLE, now=clock.now()
    )
    assert (await web.post(f"{address}/endorse", data=posted)).status_code in (302, 303)
    ledger = await city.rows("SELECT detail FROM audit.ledger WHERE action = 'identity.post_to' ORDER BY at")
    assert len(ledger) == 3 and ledger[0]["detail"]["after"] == [officer.department]


async def test_whom_nobody_knows_and_where_nobody_is(city: Database) -> None:
    with pytest.raises(identity.PersonUnknown):
        await identity.post_to(city, username="nobody", duties=(), order=make.BY_CONSOLE, now=clock.now())
    username = next(
        one.code for one in await regions.departments(city) if one.kind == "police" and one.district
    )
    with pytest.raises(regions.DepartmentUnknown):
        await identity.post_to(
            city, username=username, department="nowhere", order=make.BY_CONSOLE, now=clock.now()
        )
    found = await identity.colleagues(city, username)
    assert [one.duties for one in found.values()] == [OFFICERS_DUTIES]


async def test_the_command_says_and_changes(city: Database, city_dsn: str) -> None:
    username = next(
        one.code for one in await regions.departments(city) if one.kind == "police" and one.district
    )

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tongban", "staff", "duties", username, *words, "--json"],
            capture_output=True,
            text=True,
            env=os.environ | {"DATABASE_URL": city_dsn},
            check=False,
        )

    def staff(*words: str) -> dict[str, object]:
        ran = run(*words)
        assert ran.returncode == 0, ran.stderr
        return dict(json.loads(ran.stdout))

    asked = ("--by", "示例主任", "--reason", "两位管理员都无法登录", "--emergency")
    assert staff()["duties"] == sorted(OFFICERS_DUTIES)
    assert "--by NAME --reason WORDS" in run("review", "--emergency").stderr
    assert staff("--none", *asked) == {"username": username, "department": username, "duties": []}
    row = await city.value("SELECT detail FROM audit.ledger WHERE action = 'identity.post_to'")
    assert (row["by"], row["reason"], row["emergency"]) == ("示例主任", "两位管理员都无法登录", True)
    assert row["login"], "the log-in of the machine"
