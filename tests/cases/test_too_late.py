"""What was typed for a case that somebody else has moved on meanwhile stands on the page of the refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests import make
from tests.cases.together import asked, drain, spouse
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor

MINE = "住址写得不全，请写到门牌号。"


async def late(web: Client, at: str, shown: str, posted: Mapping[str, str]) -> Any:
    """Post a page that was opened before somebody else was faster."""
    hidden = dict(re.findall(r'name="(_csrf|_key)" value="([^"]*)"', shown))
    return await web.post(at, data={**hidden, **posted})


async def test_a_colleagues_request_or_the_end_loses_no_word_of_an_officers(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    """A correction after another correction, then a correction, a visit and a hand-over after the end."""
    case_id = await make.submitted(city, owner)
    home, now = f"/desk/{owner.actor.id}/{case_id}", clock.now()
    await log_in(web, city, officer)
    pages = {
        name: (await web.get(f"{home}/{name}")).text for name in ("correction", "visit", "forms/handover")
    }
    fields = re.findall(r'name="(said-[^"]+)"', pages["correction"])
    await cases.ask_correction(
        city, officer, case_id=case_id, said={fields[1].removeprefix("said-"): "请填写。"}, now=now
    )
    answer = await late(web, f"{home}/correction", pages["correction"], {fields[0]: MINE})
    assert answer.status_code == 409 and "先前已经办好" in answer.text
    assert re.search(rf'name="{fields[0]}"[^>]*>\s*{MINE}', answer.text) and "请先打开办件" in answer.text

    await cases.withdraw(city, owner.actor, case_id=case_id, now=now)
    visit = {"why": "originals", "place": "0", "note": MINE}
    for name, posted in (
        ("correction", {fields[0]: MINE}),
        ("visit", visit),
        ("forms/handover", {"to": str(officer.id), "reason": MINE}),
    ):
        answer = await late(web, f"{home}/{name}", pages[name], posted)
        assert answer.status_code == 409, name
        assert MINE in answer.text, name
        assert ("没有发出" in answer.text) is (name != "forms/handover"), name


async def test_after_silence_has_accepted_the_desk_says_so_and_loses_no_word(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    """The limit passes between a page and its answer, and the worker is late (行政许可法 art. 32(1)(4))."""
    case_id = await make.submitted(city, owner)
    home = f"/desk/{owner.actor.id}/{case_id}"
    await log_in(web, city, officer)
    pages = {at: (await web.get(f"{home}{at}")).text for at in ("", "/correction")}
    assert f"{home}/decline" in pages[""]
    await city.sibling().run('UPDATE cases."case" SET accept_due = now() WHERE id = $1', case_id)
    field = re.findall(r'name="(said-[^"]+)"', pages["/correction"])[0]
    for at, posted in (("/decline", {"reason": MINE}), ("/correction", {field: MINE})):
        answer = await late(web, f"{home}{at}", pages.get(at, pages[""]), posted)
        assert answer.status_code == 409 and "点“受理”登记后继续审查" in answer.text
        assert re.search(rf"<textarea[^>]*>\s*{MINE}", answer.text), at
    page = (await web.get(home)).text
    assert 'id="silence"' in page and f"{home}/accept" in page
    assert f"{home}/decline" not in page and f"{home}/correction" not in page
    assert (await web.get(f"{home}/correction")).status_code == 409
    answer = await late(web, f"{home}/accept", page, {})
    assert "已登记为依法视为受理" in (await web.get(str(answer.headers["location"]))).text


async def test_a_joint_applicants_word_after_the_draft_was_taken_back(
    web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    case_id = await asked(city, owner, spouse(other.name, other.number))
    await log_in(web, city, other.actor)
    at = f"/my/confirmations/{case_id}"
    shown = (await web.get(at)).text
    await cases.recall(city, owner.actor, case_id=case_id, now=clock.now())
    for worker in (False, True):
        if worker:
            await drain(city)
        answer = await late(web, f"{at}/refuse", shown, {"reason": MINE})
        assert answer.status_code in (404, 409) and MINE in answer.text and "取回修改" in answer.text
    assert "取回修改" in (await late(web, f"{at}/sign", shown, {"agree": "yes"})).text
