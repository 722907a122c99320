"""A resident goes the whole way in a browser: list, questions, one form, check, progress."""

from __future__ import annotations

import re

from tests import filling
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import bundles
from tongban.kit import clock
from tongban.kit.db import Database


def token(text: str) -> str:
    found = re.search(r'name="_csrf" value="([^"]+)"', text)
    assert found is not None
    return found[1]


async def test_from_the_list_to_the_progress(
    city: Database, web: Client, mother: Resident, other: Resident
) -> None:
    listed = await web.get("/bundles")
    assert "出生一件事" in listed.text and "/bundles/birth" in listed.text
    about = await web.get("/bundles/birth")
    assert "出生登记" in about.text and "比分开办少多少" in about.text
    asked = await web.get("/bundles/birth/guide")
    assert "出生医学证明办好了吗" in asked.text
    missed = await web.get("/bundles/birth/guide?_go=next")
    assert missed.status_code == 422 and "请选择一项" in missed.text
    said = "certificate=no&hukou=yes&registered=yes&insured=no"
    result = await web.get(f"/bundles/birth/guide?{said}")
    assert (
        "您要办的事项" in result.text
        and "生育保险待遇" not in result.text
        and "今天提交，最晚" in result.text
    )
    await log_in(web, city, mother.actor)
    result = await web.get(f"/bundles/birth/guide?{said}")
    posted = {
        "_csrf": token(result.text),
        **{f"said_{one.split('=')[0]}": one.split("=")[1] for one in said.split("&")},
    }
    begun = await web.post("/bundles/birth", data=posted)
    assert begun.status_code == 303, begun.text[:2000]
    home = begun.headers["location"].removesuffix("/form")
    form = await web.get(f"{home}/form")
    assert "填一次，用在" in form.text and "比分开填少回答" in form.text
    run_id = bundles.Run.__struct_fields__ and home.rsplit("/", 1)[1]
    for _ in range(12):
        sheet = await bundles.sheet(city, mother.actor, run_id=__import__("uuid").UUID(run_id))
        form = await web.get(f"{home}/form")
        section = re.search(r'name="_section" value="([^"]+)"', form.text)[1]
        wanted = filling.filled(sheet.form, sheet.answers, today=clock.city_day(clock.now()))
        wanted = {n: v for n, v in wanted.items() if n not in ("other_parent_name", "other_parent_id")}
        data = {
            **filling.posted(sheet.form, wanted),
            "_csrf": token(form.text),
            "_section": section,
            "_go": "next",
            "_asked": re.search(r'name="_asked" value="([^"]*)"', form.text)[1],
        }
        answer = await web.post(f"{home}/form", data=data)
        assert answer.status_code in (303, 422), answer.text[:500]
        if answer.status_code == 303 and answer.headers["location"].endswith("/check"):
            break
    check = await web.get(f"{home}/check")
    assert "一次提交" in check.text, check.text
    sent = await web.post(f"{home}/send", data={"_csrf": token(check.text)})
    assert sent.headers["location"] == f"{home}?new=1"
    progress = await web.get(f"{home}?new=1")
    assert "已一次提交" in progress.text and "之后自动提交" in progress.text
    mine = await web.get("/my/bundles")
    assert "联合办理中" in mine.text
    await log_in(web, city, other.actor)
    assert (await web.get(home)).status_code == 404
