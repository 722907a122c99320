"""The record of an inspection over HTTP, as an officer on the spot meets it: no script, nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests import make
from tests.cases.inspecting import about, accepted, end, filled_in, keep, officer_at
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit import sample_files
from tongban import cases
from tongban.cases.model.inspection import END
from tongban.kit import clock
from tongban.kit.db import Database

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


async def post(web: Client, address: str, *photos: tuple[str, bytes], to: str = "", **typed: str) -> Any:
    """Post a page's form as the page has it, the token first."""
    shown = (await web.get(address)).text
    hidden = dict(re.findall(r'name="(_csrf|_version|_key)" value="([^"]*)"', shown))
    files = [("photos", one) for one in photos] or None
    return await web.post(to or address, data={**hidden, **typed}, files=files, follow_redirects=False)


async def test_from_the_first_page_to_the_end_of_the_pause(
    web: Client, city: Database, owner: Resident
) -> None:
    case_id, officer = await accepted(city, owner)
    desk = f"/desk/{owner.actor.id}/{case_id}"
    home = f"{desk}/inspection"
    await cases.suspend(
        *(city, officer),
        case_id=case_id,
        kind="site_inspection",
        days="5",
        reason="需要到店核对布局和设备情况",
        now=clock.now(),
    )
    await log_in(web, city, officer)
    assert f'href="{home}"' in (await web.get(desk)).text
    shown = (await web.get(home)).text
    assert "开始填写" in shown and "提交核查记录" not in shown
    await log_in(web, city, officer)
    named = await about(city, officer, clock.now())
    shown = (await web.get(f"{home}/about")).text
    assert f'<option value="{officer.id}" selected>周核查</option>' in shown, "who records it is the first"
    assert shown.count(">吴核查</option>") == 2 and "今天请假" not in shown
    answer = await post(web, f"{home}/about", **named | {"met": "张", "officer_1": ""})
    assert "请选择核查人员" in answer.text and 'id="officer_1-error"' in answer.text
    assert f'<option value="{named["officer_2"]}" selected>吴核查</option>' in answer.text, (
        "what was chosen stays"
    )
    assert answer.status_code == 422 and 'value="张"' in answer.text and "请填写现场人员姓名" in answer.text
    answer = await post(web, f"{home}/about", _go="next", **named)
    assert answer.headers["location"] == f"{home}/layout_as_filed"
    for place, photo in enumerate([("一.jpg", sample_files.photo()), ("坏.jpg", b"MZ" + bytes(600))]):
        answer = await post(
            web, f"{home}/hand_washing", photo, _go="upload", finding="met", words=f"第{place}次"
        )
    assert answer.status_code == 422 and "坏.jpg" in answer.text and "第1次" in answer.text
    listed = re.findall(rf'src="({desk}/files/[0-9a-f-]+/thumbnail)"', answer.text)
    assert len(listed) == 1 and (await web.get(listed[0])).headers["content-type"] == "image/jpeg"
    answer = await post(web, f"{home}/hand_washing", _go="later", finding="met")
    assert answer.headers["location"] == home and "照片 1 张" in (await web.get(home)).text
    sheet = await cases.inspection_sheet(city, officer, case_id=case_id, applicant=owner.actor.id)  # type: ignore[arg-type]
    for point in sheet.item.inspection:
        await keep(city, officer, case_id, owner, point.key, {"finding": "met"})
    answer = await post(web, f"{home}/end", _go="next", **end(clock.now()))
    assert answer.headers["location"] == home
    answer = await post(web, home)
    assert answer.headers["location"] == f"{desk}/forms/resumption"
    assert re.search(
        r"<textarea[^>]*name=\"reason\"[^>]*>\s*[^<]*现场核查合格",
        (await web.get(f"{desk}/forms/resumption")).text,
    )
    assert await make.state(city, case_id) == "suspended"


async def test_who_is_away_today_and_a_name_typed_before_there_was_a_choice(
    web: Client, city: Database, owner: Resident
) -> None:
    """A draft of before: its names are shown, that of one colleague is chosen; who is on leave stands apart."""
    case_id, officer = await accepted(city, owner)
    home = f"/desk/{owner.actor.id}/{case_id}/inspection"
    third = await officer_at(city, officer.department or "", "郑核查")
    day = clock.city_day(clock.now()).isoformat()
    away = {"deputy": str(officer.id), "first": day, "last": day}
    await cases.be_absent(city, third, posted=away, now=clock.now())
    await keep(city, officer, case_id, owner, END, {})
    await city.sibling().run(
        """UPDATE cases.inspection SET record = record || '{"officers": ["郑核查", "退休核查"]}' WHERE case_id = $1""",
        case_id,
    )
    await log_in(web, city, officer)
    shown = (await web.get(f"{home}/about")).text
    assert "原来填写的是：退休核查" in shown
    assert f'<optgroup label="今天请假"><option value="{third.id}" selected>郑核查' in shown
    answer = await post(web, f"{home}/about", _go="later", met="郑店长")
    assert answer.status_code == 303 and "退休核查" in (await web.get(f"{home}/about")).text


async def test_a_page_that_another_officer_overtook_keeps_what_was_typed(
    web: Client, city: Database, owner: Resident
) -> None:
    case_id, officer = await accepted(city, owner)
    home = f"/desk/{owner.actor.id}/{case_id}/inspection"
    await log_in(web, city, officer)
    shown = (await web.get(f"{home}/dry_store")).text
    token = re.search(r'name="_csrf" value="([^"]*)"', shown)
    assert token is not None
    await keep(city, officer, case_id, owner, "dry_store", {"finding": "met", "words": "先到的"})
    typed = {"_csrf": token[1], "_version": "0", "finding": "unmet", "words": "后到的话", "_go": "next"}
    answer = await web.post(f"{home}/dry_store", data=typed)
    assert (
        answer.status_code == 409 and "后到的话" in answer.text and 'name="_version" value="1"' in answer.text
    )
    sheet = await cases.inspection_sheet(city, officer, case_id=case_id, applicant=owner.actor.id)  # type: ignore[arg-type]
    assert sheet.record.points["dry_store"].words == "先到的"


async def test_the_applicant_reads_the_conclusion_and_what_was_not_met(
    web: Client, city: Database, owner: Resident
) -> None:
    case_id, officer = await accepted(city, owner)
    wrong = {"pest_control": "后门缝隙大于一厘米"}
    await filled_in(city, officer, case_id, owner, unmet=wrong, conclusion="failed", words="整改后另行核查")
    await log_in(web, city, owner.actor)
    assert "后门缝隙" not in (await web.get(f"/my/cases/{case_id}")).text
    await cases.inspect(city, officer, case_id=case_id, key=None, now=clock.now())
    page = (await web.get(f"/my/cases/{case_id}")).text
    for said in (
        "现场核查不合格",
        "整改后另行核查",
        "后门缝隙大于一厘米",
        f"{case_id}/papers/inspection.pdf",
    ):
        assert said in page, said
    assert "生、熟食品的工具" not in page  # what was met is in the paper
    await log_in(web, city, officer)
    desk = (await web.get(f"/desk/{owner.actor.id}/{case_id}")).text
    assert "后门缝隙大于一厘米" in desk


async def test_what_is_missing_is_told_on_the_overview_and_nothing_is_handed_in(
    web: Client, city: Database, owner: Resident
) -> None:
    case_id, officer = await accepted(city, owner)
    home = f"/desk/{owner.actor.id}/{case_id}/inspection"
    await filled_in(city, officer, case_id, owner)
    await log_in(web, city, officer)
    shown = (await web.get(home)).text
    hidden = dict(re.findall(r'name="(_csrf|_key)" value="([^"]*)"', shown))
    await keep(city, officer, case_id, owner, END, {**end(clock.now()), "conclusion": ""})
    answer = await web.post(home, data=hidden)
    assert answer.status_code == 422 and "请选择核查结论" in answer.text
    assert "inspect" not in [one["move"] for one in await make.steps(city, case_id)]
