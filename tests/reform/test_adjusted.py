"""An approval that is adjusted is a task of its organ from its day, until a version carries the adjustment."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from tests.cases.web import Client, log_in
from tests.catalogue.conftest import draft
from tests.conftest import CITY
from tongban import catalogue, reform, regions
from tongban.catalogue.actions import publishing
from tongban.catalogue.model.adjusting import Adjustment
from tongban.catalogue.store import tasks
from tongban.catalogue.store.searching import Entry
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.ids import new_id
from tongban.kit.policy import SYSTEM, Actor, Duty, Role
from tongban.reform import pages
from tongban.reform.actions import approving
from tongban.reform.files import CityReform, city_reform

ITEM = "hotel_permit"
KEEPER = Actor(Role.OFFICER, new_id(3), "甲", department="police-310000", duties=frozenset({Duty.CATALOGUE}))


def decided(on: date, days: int = 5) -> CityReform:
    """The city's reform with one approval alone: from this day it is decided sooner."""
    [hotel] = [one for one in city_reform().approvals if one.item == ITEM]
    sooner = {"instead": Text("承诺时限再压缩", "Promised sooner"), "change": "shorter", "days": days}
    return msgspec.structs.replace(
        city_reform(), approvals=(msgspec.structs.replace(hotel, on=on, **sooner),)
    )


async def sooner(db: Database, days: int) -> None:
    """A next version of the item, with another promise."""
    standing = await catalogue.current(db, ITEM)
    next_one = msgspec.structs.replace(
        standing, clock=msgspec.structs.replace(standing.clock, promise_days=days)
    )
    await catalogue.publish(db, SYSTEM, draft=next_one, area_code="021", now=clock.now())


async def text(web: Client, path: str) -> str:
    """A page that is there."""
    answer = await web.get(path)
    assert answer.status_code == 200, (path, answer.text)
    return answer.text


async def indexed(drafts: list[catalogue.ItemVersion]) -> list[Entry]:
    """The terms of the search without its dictionaries, which take a second to be loaded."""
    return [Entry(one.code, [], [], [one.code], one.code) for one in drafts]


async def test_its_organ_has_a_task_until_a_version_carries_it(
    city: Database, web: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How it can fail (tried): open the task before its day, leave ``adjusted`` out of ``closing``, let the re-check of
    sources look at tasks of a change, keep the task of a decision that is taken back, say of every adjusted item that
    it is as decided, hold a version against no decision, or against one whose day has not come."""
    now = clock.now()
    today = clock.city_day(now)
    monkeypatch.setattr(publishing, "index", indexed)

    async def follow(on: date, days: int = 5) -> list[catalogue.Task]:
        for module in (approving, pages):
            monkeypatch.setattr(module, "city_reform", lambda: decided(on, days))
        await reform.follow_approvals(city, now=now)
        return await tasks.open_tasks(city)

    assert await follow(today + timedelta(days=1)) == []
    await sooner(city, 7)
    assert "到那一天由主管部门限期公布新版本" in await text(web, "/reform/approvals")
    assert "在那一天以前，按本页办理" in await text(web, f"/items/{ITEM}")

    [task] = await follow(today)
    standing = await catalogue.current(city, ITEM)
    assert (task.item, task.change, task.material, task.exemption) == (ITEM, "shorter", "", None)
    assert (task.organ, task.number) == (standing.task_code[:18], 2) and task.due_on > today
    await catalogue.recheck(city, SYSTEM, days=20, now=now)
    assert await follow(today) == [task], "once, and no source withdraws it"
    city.count = 0
    await reform.follow_approvals(city, now=now)
    assert city.count == 3, "three reads when there is nothing to do"
    assert "还没有调整，主管部门要在" in await text(web, "/reform/approvals")
    assert "主管部门正在修改" in await text(web, f"/items/{ITEM}")
    await _desk_says_so(city, web)

    await _refused(city, 6)
    assert await follow(today) == [task], "what is refused ends no task"
    await sooner(city, 5)
    await _refused(city, 6)
    assert await follow(today) == []
    assert await city.value("SELECT closed_as FROM catalogue.task") == "published"
    await reform.measure_new(city)
    assert "现行第 3 版已按此调整" in await text(web, "/reform/approvals")
    assert "本页已经按决定修改" in await text(web, f"/items/{ITEM}")

    assert len(await follow(today, days=3)) == 1, "decided anew"
    monkeypatch.setattr(approving, "city_reform", city_reform)
    await reform.follow_approvals(city, now=now)
    assert await tasks.open_tasks(city) == []
    assert await city.value("SELECT count(*) FROM catalogue.task WHERE closed_as = 'withdrawn'") == 1


async def _refused(db: Database, days: int) -> None:
    """A version that is not as decided is not published: the decision is named, and what it asks."""
    with pytest.raises(catalogue.PublishingRefused) as refused:
        await sooner(db, days)
    [finding] = refused.value.findings
    assert (finding.rule, finding.field) == ("ADJUST-1", "clock.promise_days")
    assert (
        "示范市第二批取消调整审批事项清单" in finding.message.zh and "不超过 5 个工作日" in finding.message.zh
    )


async def _desk_says_so(db: Database, web: Client) -> None:
    """Its organ reads the task beside its items and on the draft's page, with the decision."""
    await regions.load(db, CITY)
    await log_in(web, db, KEEPER)
    for path in ("/desk/catalogue", f"/desk/catalogue/{ITEM}"):
        seen = await text(web, path)
        assert "承诺时限再压缩" in seen and "示范市第二批取消调整审批事项清单" in seen, path
    assert "整改任务" in seen and "要整改 1 项" in await text(web, f"/desk/catalogue?after={ITEM[:-1]}")


def test_each_kind_of_change_is_seen_in_the_item() -> None:
    """How it can fail (tried): take any kind for the other, take an approval for a filing."""
    carrying = {
        "commitment": ("public_place_hygiene", ITEM),
        "filing": ("elderly_home_filing", ITEM),
        "shorter": ("public_place_hygiene", ITEM),
        "districts": (ITEM, "passport"),
    }
    for change, (yes, no) in carrying.items():
        words = Text("甲", "A")
        one = Adjustment(code="x", on=date(2019, 7, 1), basis=words, instead=words, change=change, days=5)  # type: ignore[arg-type]
        assert (one.carried(draft(yes)), one.carried(draft(no))) == (True, False), change
    today = date(2026, 11, 28)
    lacking = [
        one.code
        for one in approving.adjusted(city_reform(CITY).approvals)
        if one.in_force(today) and not one.carried(draft(one.code))
    ]
    assert lacking == [], "what the demo city has adjusted is so in its catalogue"
