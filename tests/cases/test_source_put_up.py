"""A register that was only announced is put up: tasks, versions without the paper, and nobody is asked any more."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from lxml import html

from tests.cases.web import Client, log_in
from tests.cast import enrolled
from tests.sandbox.conftest import Sandbox
from tongban import cases, catalogue, news
from tongban.catalogue.store import tasks
from tongban.exchange.actions import resources
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.ids import new_id
from tongban.kit.outbox import claim
from tongban.kit.policy import Actor, Duty, Role

ITEM = "residence_permit_points"
DESK = f"/desk/catalogue/{ITEM}"
PAPER = "profession_certificate"


def _officer(department: str, duty: Duty, number: int) -> Actor:
    return Actor(Role.OFFICER, new_id(number), "示例", department=department, duties=frozenset({duty}))


def _posted(page: str, action: str, **more: str) -> dict[str, str]:
    """What the page's form for this address would post, with what is typed in it."""
    form = next(one for one in html.fromstring(page).forms if one.action == action)
    return {name: str(value) for name, value in form.form_values()} | more


async def _heard(city: Database) -> None:
    """What the worker does on the news that a source changed."""
    for event in await claim(city, now=clock.now()):
        if event.topic == "catalogue.source_changed":
            for listener in news.LISTENERS[event.topic]:
                await listener(city, event, now=clock.now())


async def test_a_register_put_up_takes_its_paper_out_of_the_form(
    web: Client, city: Database, outside: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How it can fail (tried): with ``with_sources`` left out the version is refused (MATERIAL-5), the paper stays."""
    monkeypatch.setattr(resources, "FRESH_SECONDS", 0.0)
    her = next(one for one in outside.http.get("/cast/demo").json() if one["key"] == "work")
    who = await enrolled(city, her)
    organ = (await catalogue.current(city, ITEM)).task_code[:18]
    counted = (await tasks.asked_counts(city))[-1][2]

    async def asked() -> set[str]:
        case = await cases.start(city, who.actor, item=ITEM, now=clock.now())
        draft = await cases.sheet(city, who.actor, case_id=case)
        answers = draft.answers | {"situation_profession": "yes"}
        filled = {name: one.value for name, one in draft.prefilled.items() if one.state == "filled"}
        await cases.discard(city, who.actor, case_id=case, now=clock.now())
        return {one.name for one in draft.form.asked(answers) if one.name not in filled}

    assert {"profession_number", f"file_{PAPER}"} <= await asked()
    await log_in(web, city, _officer("data-310000", Duty.SOURCES, 4))
    token = re.search(r'name="_csrf" value="([^"]+)"', (await web.get("/desk/sources")).text)
    assert token is not None
    put: dict[str, Any] = {"_csrf": token[1], "source": "resource/profession", "state": "up"}
    assert (await web.post("/desk/sources", data=put)).status_code == 303
    await _heard(city)
    [task] = await tasks.open_tasks(city)
    assert (task.item, task.material, task.source, task.organ) == (ITEM, PAPER, "profession", organ)

    await log_in(web, city, _officer("human-resources-310000", Duty.CATALOGUE, 5))
    place = [one.code for one in (await catalogue.current(city, ITEM)).materials].index(PAPER)
    page = (await web.get(DESK)).text
    assert "整改任务" in page
    kept = _posted(page, DESK, do="keep", **{f"materials.{place}.from": "resource/profession"})
    assert (await web.post(DESK, data=kept)).status_code == 303
    page = (await web.get(DESK)).text
    assert "不能发布的原因" not in page, unescape(page)
    assert (await web.post(DESK, data=_posted(page, DESK, do="publish"))).status_code == 303
    assert await tasks.open_tasks(city) == []
    assert (await tasks.asked_counts(city))[-1][2] == counted - 1
    assert not {"profession_number", f"file_{PAPER}"} & await asked()
    case = await cases.start(city, who.actor, item=ITEM, now=clock.now())
    draft = await cases.sheet(city, who.actor, case_id=case)
    assert draft.prefilled["profession_number"].value == "3100201908120045"
