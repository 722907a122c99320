"""A resident goes the whole way in a browser: list, questions, one form, check, progress."""

from __future__ import annotations

import re
from uuid import UUID

from tests import applications, filling
from tests.bundles.going import ANSWERS, begun
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import bundles
from tongban.kit import clock
from tongban.kit.db import Database

_SAID = {"certificate": "no", "hukou": "yes", "registered": "yes", "insured": "no"}


def _hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None, text[:600]
    return found[1]


async def test_the_guide_asks_one_at_a_time_and_shows_what_is_spared(web: Client, city: Database) -> None:
    """How it can fail: a question without an answer led on; one that hangs on another was asked first."""
    listed = await web.get("/bundles")
    assert all(f"/bundles/{one.code}" in listed.text for one in await bundles.in_force(city))
    about = await web.get("/bundles/birth")
    assert "出生登记" in about.text and "比分开办少多少" in about.text and "少 60%" in about.text
    assert (await web.get("/bundles/nothing")).status_code == 404
    assert "您是本市户籍，孩子随您落户吗" in (await web.get("/bundles/birth/guide")).text
    missed = await web.get("/bundles/birth/guide?_go=hukou&hukou=maybe")
    assert missed.status_code == 422 and "请选择一项" in missed.text
    hangs = await web.get("/bundles/birth/guide?certificate=no&hukou=no")
    assert "您有本市居住证吗" in hangs.text
    result = await web.get("/bundles/birth/guide", params=_SAID)
    assert "您要办的事项" in result.text and "生育保险待遇" not in result.text
    assert "今天提交，最晚" in result.text and "开始以后会查询" in result.text


async def _filled(web: Client, db: Database, who: Resident, home: str) -> None:
    """Page by page, until the check."""
    for _ in range(12):
        sheet = await bundles.sheet(db, who.actor, run_id=UUID(home.rsplit("/", 1)[1]))
        form = await web.get(f"{home}/form")
        wanted = filling.filled(sheet.form, sheet.answers, today=clock.city_day(clock.now()))
        wanted = {name: value for name, value in wanted.items() if not name.startswith("other_parent")}
        data = filling.posted(sheet.form, wanted) | {
            name: _hidden(form.text, name) for name in ("_csrf", "_section", "_asked")
        }
        answer = await web.post(f"{home}/form", data={**data, "_go": "next"})
        assert answer.status_code in (303, 422), answer.text[:500]
        if answer.headers.get("location", "").endswith("/check"):
            return
    raise AssertionError("the form does not end")


async def test_from_the_questions_to_the_progress(
    city: Database, web: Client, mother: Resident, other: Resident
) -> None:
    """How it can fail: the page of another person's run was shown; a posted section blanked the others."""
    await log_in(web, city, mother.actor)
    result = await web.get("/bundles/birth/guide", params=_SAID)
    posted = {
        "_csrf": _hidden(result.text, "_csrf"),
        **{f"said_{key}": value for key, value in _SAID.items()},
    }
    begun = await web.post("/bundles/birth", data=posted)
    home = begun.headers["location"].removesuffix("/form")
    form = await web.get(f"{home}/form")
    assert "填一次，用在" in form.text and "比分开填少回答" in form.text
    await _filled(web, city, mother, home)
    check = await web.get(f"{home}/check")
    assert "一次提交" in check.text and "轮到时自动提交" in check.text, check.text[:600]
    sent = await web.post(f"{home}/send", data={"_csrf": _hidden(check.text, "_csrf")})
    assert sent.headers["location"] == f"{home}?new=1"
    progress = await web.get(f"{home}?new=1")
    assert "已一次提交" in progress.text and "之后自动提交" in progress.text
    assert (await web.get(f"{home}/form")).headers["location"] == home
    assert "联合办理中" in (await web.get("/my/bundles")).text
    assert "确认撤回" in (await web.get(f"{home}/withdraw")).text
    await log_in(web, city, other.actor)
    assert (await web.get(home)).status_code == 404


async def test_what_the_pages_of_a_bundle_cost(city: Database, mother: Resident) -> None:
    """Public pages come from memory, one's own list and progress do not grow with the parts; the one form reads at
    most three statements a part, as each part's own form does.

    How it can fail: the progress asks each case by itself; a list reads what every visitor sees alike.
    """
    async with applications.visited(city) as web:
        await log_in(web, city, mother.actor)
        run_id = await begun(city, mother, ANSWERS)
        parts = len((await bundles.sheet(city, mother.actor, run_id=run_id)).sheets)
        home = f"/my/bundles/{run_id}"
        cost = {}
        for path in ("/bundles", "/bundles/birth", "/bundles/birth/guide", "/my/bundles", f"{home}/form"):
            await web.get(path)
            before = city.count
            assert (await web.get(path)).status_code == 200
            cost[path] = city.count - before
        await bundles.send(city, mother.actor, run_id=run_id, now=clock.now())
        await web.get(home)
        before = city.count
        await web.get(home)
        assert cost.pop(f"{home}/form") <= 3 * parts
        assert list(cost.values()) == [0, 0, 0, 1]
        assert city.count - before == 2
