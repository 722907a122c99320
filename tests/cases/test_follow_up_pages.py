"""Acceptance with a material that follows over HTTP, as both sides meet it: no script, nothing typed is lost."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from typing import Any

import pytest

from tests import make
from tests.cases.following import FIELD, PROMISE, accepted, draft, filed, supplied, timer
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit import sample_files
from tongban import cases
from tongban.cases.actions import end_overdue
from tongban.kit import clock
from tongban.kit.db import Database

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


async def post(web: Client, address: str, *files: tuple[str, bytes], to: str = "", **typed: str) -> Any:
    """Post a page's form as the page has it, the token first."""
    shown = (await web.get(address)).text
    hidden = dict(re.findall(r'name="(_csrf|_version|_key)" value="([^"]*)"', shown))
    sent = [(FIELD, one) for one in files] or None
    return await web.post(to or address, data={**hidden, **typed}, files=sent, follow_redirects=False)


async def test_the_check_page_offers_the_promise(web: Client, city: Database, owner: Resident) -> None:
    case_id = await draft(city, owner, promised=False, now=clock.now())
    await log_in(web, city, owner.actor)
    home = f"/apply/food_business/{case_id}"
    form = (await web.get(f"{home}?section=papers")).text
    assert f'name="{PROMISE}"' in form and "受理后 5 个工作日内补交" in form
    check = await web.get(f"{home}/check")
    assert check.status_code == 200 and f'action="{home}/promise"' in check.text
    assert f'action="{home}/submit"' not in check.text and "食品安全管理制度" in check.text
    answer = await post(web, f"{home}/check", to=f"{home}/promise")
    assert answer.headers["location"] == f"{home}/check"
    check = await web.get(f"{home}/check")
    assert f'action="{home}/submit"' in check.text and "容缺受理：“食品安全管理制度”暂时没有" in check.text
    answer = await post(web, f"{home}/check", to=f"{home}/submit")
    assert answer.headers["location"] == f"/my/cases/{case_id}?new=1"


async def test_the_form_keeps_the_promise_and_lets_it_go(
    web: Client, city: Database, owner: Resident
) -> None:
    """A page of a long form that is posted without the tick takes the promise back; then the material is missing."""
    case_id = await draft(city, owner, promised=True, now=clock.now())
    await log_in(web, city, owner.actor)
    page = f"/apply/food_business/{case_id}?section=papers"
    shown = (await web.get(page)).text
    typed = {"_section": "papers", "_asked": f"file_layout {FIELD} {PROMISE} phone declaration"}
    typed |= {"phone": "13900000000", "declaration": "yes"}
    assert re.search(rf'name="{PROMISE}"[^>]*checked', shown)
    answer = await post(web, page, to=page.split("?", maxsplit=1)[0], _go="check", **typed)
    assert answer.status_code == 422 and "暂时没有的，请勾选下面的容缺受理承诺" in answer.text
    answer = await post(
        web, page, to=page.split("?", maxsplit=1)[0], _go="check", **typed, **{PROMISE: "yes"}
    )
    assert answer.status_code == 303 and answer.headers["location"].endswith("/check")


async def test_handing_it_in_without_scripts(web: Client, city: Database, owner: Resident) -> None:
    case_id, officer = await accepted(city, owner, now=clock.now())
    home = f"/my/cases/{case_id}"
    await log_in(web, city, owner.actor)
    shown = (await web.get(home)).text
    assert (
        f'href="{home}/supply"' in shown and "补交材料期限" in shown and "要补交：食品安全管理制度。" in shown
    )
    answer = await post(web, f"{home}/supply", _go="send")
    assert answer.status_code == 422 and "请上传“食品安全管理制度”" in answer.text
    answer = await post(web, f"{home}/supply", ("坏.pdf", b"MZ" + bytes(600)), _go=f"upload:{FIELD}")
    assert answer.status_code == 422 and "坏.pdf" in answer.text
    answer = await post(web, f"{home}/supply", ("制度.pdf", sample_files.pdf(2)), _go=f"upload:{FIELD}")
    assert answer.status_code == 303 and answer.headers["location"].startswith(f"{home}/supply#")
    assert "制度.pdf" in (await web.get(f"{home}/supply")).text
    assert (await post(web, f"{home}/supply", _go="later")).headers["location"] == home
    answer = await post(web, f"{home}/supply", _go="send")
    assert answer.headers["location"] == f"{home}?new=1"
    shown = (await web.get(f"{home}?new=1")).text
    assert "补交的材料已收到" in shown and ">补交材料凭证<" in shown and f'href="{home}/supply"' not in shown
    assert "材料都已交来" in (await web.get(f"{home}/supply")).text

    await log_in(web, city, officer)
    desk = f"/desk/{owner.actor.id}/{case_id}"
    assert f'href="{desk}/supply"' in (await web.get(desk)).text
    looked = (await web.get(f"{desk}/supply")).text
    (file,) = re.findall(rf'href="({desk}/files/[0-9a-f-]+)"', looked)[:1]
    assert (await web.get(file)).status_code == 200
    assert await make.ledger(city, case_id, "cases.read_file")
    answer = await post(web, f"{desk}/supply", material=FIELD, _go="ask_again", said="短")
    assert answer.status_code == 422 and "短</textarea>" in answer.text
    answer = await post(web, f"{desk}/supply", material=FIELD, _go="ask_again", said="缺少进货查验的内容。")
    assert answer.headers["location"] == f"{desk}?did=ask_again"
    assert "已退回重交" in (await web.get(f"{desk}?did=ask_again")).text
    shown = (await web.get(f"{desk}/supply")).text
    assert "已退回，等申请人重交" in shown and f'href="{desk}"' in shown
    await log_in(web, city, owner.actor)
    assert "缺少进货查验的内容。" in (await web.get(f"{home}/supply")).text

    await supplied(city, owner, case_id, now=clock.now())
    await log_in(web, city, officer)
    answer = await post(web, f"{desk}/supply", material=FIELD, _go="take_in")
    assert answer.headers["location"] == f"{desk}?did=take_in"
    assert "已核收" in (await web.get(desk)).text


async def test_the_desks_list_says_how_many_are_still_to_follow(
    web: Client, city: Database, owner: Resident
) -> None:
    case_id, officer = await accepted(city, owner, now=clock.now())
    await log_in(web, city, officer)
    assert "还欠 1 份" in (await web.get("/desk")).text
    web.cookies.set("tongban_language", "en")
    assert "1 to follow" in (await web.get("/desk")).text
    await supplied(city, owner, case_id, now=clock.now())
    assert "to follow" not in (await web.get("/desk")).text


async def test_a_phone_uploads_it_piece_by_piece(web: Client, city: Database, owner: Resident) -> None:
    case_id, _ = await accepted(city, owner, now=clock.now())
    home = f"/my/cases/{case_id}"
    await log_in(web, city, owner.actor)
    shown = (await web.get(f"{home}/supply")).text
    assert f'data-uploads="{home}/uploads"' in shown
    token = re.findall(r'name="_csrf" value="([^"]*)"', shown)[0]
    content = sample_files.pdf(1)
    begun = await web.post(f"{home}/uploads", headers=tus(token, content))
    assert begun.status_code == 201, begun.text
    place = begun.headers["location"]
    sent = await web.patch(
        place,
        content=content,
        headers={
            "tus-resumable": "1.0.0",
            "upload-offset": "0",
            "content-type": "application/offset+octet-stream",
            "x-csrf-token": token,
        },
    )
    assert sent.status_code == 204, sent.text
    upload = place.rsplit("/", 1)[1]
    answer = await post(web, f"{home}/supply", ("", b""), _go="send", _uploaded=f"{FIELD}:{upload}")
    assert answer.headers["location"] == f"{home}?new=1"
    assert len((await make.row(city, case_id))["answers"][FIELD]) == 1


def tus(token: str, content: bytes) -> dict[str, str]:
    """What begins an upload of the rules."""

    def said(value: str) -> str:
        return base64.b64encode(value.encode()).decode()

    return {
        "tus-resumable": "1.0.0",
        "upload-length": str(len(content)),
        "upload-metadata": f"field {said(FIELD)},filename {said('制度.pdf')}",
        "x-csrf-token": token,
    }


async def test_the_api_tells_of_it(web: Client, city: Database, owner: Resident) -> None:
    case_id, _ = await accepted(city, owner, now=clock.now())
    await log_in(web, city, owner.actor)
    case = (await web.get(f"/api/v1/cases/{case_id}")).json()
    (one,) = case["follow_up"]
    assert (one["material"], one["field"], one["working_days"]) == ("rules", FIELD, 5)
    assert one["supplied_at"] is None and "supply" in case["moves"]
    await supplied(city, owner, case_id, now=clock.now())
    case = (await web.get(f"/api/v1/cases/{case_id}")).json()
    assert case["follow_up"][0]["supplied_at"] and "supply" not in case["moves"]
    assert "supply" in [one["move"] for one in case["steps"]]


async def test_the_guide_says_within_how_many_days(web: Client, city: Database) -> None:
    guide = (await web.get("/items/food_business")).text
    assert "可容缺后补，受理后 5 个工作日内" in guide
    material = (await web.get("/api/v1/items/food_business")).json()["materials"][-1]
    assert (material["later"], material["later_days"]) == (True, 5)


async def said(web: Client, address: str) -> str:
    """What the page says where nothing is to be done: its heading, behind it the words; it leads to the case."""
    shown = await web.get(address, follow_redirects=False)
    assert shown.status_code == 200, shown.headers
    assert f'href="{address.removesuffix("/supply")}"' in shown.text.split("<main", 1)[1]
    card = shown.text.split("<h1", 1)[1].split("</main>")[0]
    return re.sub(r"<[^>]+>|\s+", " ", card.split(">", 1)[1])


async def test_where_nothing_is_to_be_done_each_side_is_told_how_it_stands(
    web: Client, city: Database, owner: Resident
) -> None:
    """Tried with the refusals that were there: the applicant was led away without a word, the officer met a 409."""
    now = clock.now()
    case_id, officer = await filed(city, owner, now=now)
    mine, desk = f"/my/cases/{case_id}/supply", f"/desk/{owner.actor.id}/{case_id}/supply"

    async def both() -> tuple[str, str]:
        await log_in(web, city, owner.actor)
        hers = await said(web, mine) if (await web.get(mine)).text.count("data-uploads") == 0 else ""
        await log_in(web, city, officer)
        return hers, await said(web, desk)

    hers, theirs = await both()
    assert "还没有到补交的时候" in hers and "食品安全管理制度" in hers
    assert "还没有到补交的时候" in theirs and "受理以后开始计算" in theirs
    await cases.accept(city, officer, case_id=case_id, now=now)
    hers, theirs = await both()
    assert hers == "" and "等申请人补交" in theirs and "最晚" in theirs
    await supplied(city, owner, case_id, now=now)
    await log_in(web, city, owner.actor)
    assert "材料都已交来" in await said(web, mine)
    await cases.take_in(city, officer, case_id=case_id, field=FIELD, now=now)
    hers, theirs = await both()
    assert "材料都已核收" in hers and "材料都已核收" in theirs
    answer = await post(web, f"/desk/{owner.actor.id}/{case_id}", to=desk, material=FIELD, _go="take_in")
    assert (
        answer.status_code == 409
        and "材料都已核收" in answer.text
        and "没有等待核收的补交材料" in answer.text
    )


async def test_whoever_is_late_or_promised_nothing_is_told(
    web: Client, city: Database, owner: Resident
) -> None:
    case_id, officer = await accepted(city, owner, now=clock.now() - timedelta(days=30))
    await log_in(web, city, owner.actor)
    assert "补交期限已过" in await said(web, f"/my/cases/{case_id}/supply")
    answer = await post(web, f"/my/cases/{case_id}", to=f"/my/cases/{case_id}/supply", _go="send")
    assert answer.headers["location"] == f"/my/cases/{case_id}/supply"
    await end_overdue(city, case_id=case_id, event=timer(case_id, owner), now=clock.now())
    assert f'href="/my/cases/{case_id}/supply"' not in (await web.get(f"/my/cases/{case_id}")).text
    ended = await said(web, f"/my/cases/{case_id}/supply")
    assert "这份申请不再补交材料" in ended and "“已终止”" in ended
    await log_in(web, city, officer)
    assert "这个办件不再补交材料" in await said(web, f"/desk/{owner.actor.id}/{case_id}/supply")
    await log_in(web, city, owner.actor)
    other = await make.submitted(city, owner)
    assert "没有承诺容缺后补" in await said(web, f"/my/cases/{other}/supply")
    await log_in(web, city, await make.desk_of(city, owner))
    assert "没有承诺容缺后补" in await said(web, f"/desk/{owner.actor.id}/{other}/supply")
