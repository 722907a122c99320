"""The pages of joint applicants over HTTP: each from her own browser, in Chinese and English."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests import cast, make
from tests.cases import together
from tests.cases.test_joint_filed import asked_to_correct
from tests.cases.together import asked, sellers, spouse
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases
from tongban.kit import clock
from tongban.kit.db import Database


async def send(web: Client, at: str, page: str, **typed: str) -> Any:
    """Post one of the page's forms, its own token with it."""
    shown = (await web.get(page)).text
    hidden = dict(re.findall(r'name="(_csrf|_key)" value="([^"]*)"', shown))
    return await web.post(at, data={**hidden, **typed}, follow_redirects=False)


@pytest.fixture
async def case_id(city: Database, owner: Resident, other: Resident) -> UUID:
    """A couple's application that waits for the other one."""
    return await asked(city, owner, spouse(other.name, other.number, spouse_phone="13912345678"))


async def test_the_other_one_is_led_to_it_reads_signs_and_follows_it(
    web: Client, city: Database, owner: Resident, other: Resident, case_id: UUID
) -> None:
    await log_in(web, city, other.actor)
    at = f"/my/confirmations/{case_id}"
    assert "有 1 份申请等待您确认" in (await web.get("/my/cases")).text
    assert f'href="{at}"' in (await web.get("/my/confirmations")).text
    page = (await web.get(at)).text
    assert "13912345678" in page and "我自愿与对方结婚" in page and "第一千零四十六条" in page
    assert owner.phone not in page and owner.number not in page and "户籍地址" in page
    unticked = await send(web, f"{at}/sign", at)
    assert unticked.status_code == 422 and "请阅读声明并勾选" in unticked.text
    signed = await send(web, f"{at}/sign", at, agree="yes")
    assert signed.headers["location"] == f"/my/cases/{case_id}?new=1"
    progress = (await web.get(f"/my/cases/{case_id}")).text
    assert (
        "您是共同申请人" in progress
        and "等待到场（预约 " in progress
        and "撤回申请" in progress
        and owner.phone not in progress
    )
    assert str((await make.row(city, case_id))["short_code"]) in (await web.get("/my/cases")).text
    assert (await web.get(at, follow_redirects=False)).headers["location"] == f"/my/cases/{case_id}"
    paper = await web.get(f"/my/cases/{case_id}/papers/receipt.pdf")
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF")


async def test_the_first_one_waits_with_what_to_do_and_may_take_it_back(
    web: Client, city: Database, owner: Resident, case_id: UUID
) -> None:
    await log_in(web, city, owner.actor)
    home = f"/my/cases/{case_id}"
    page = (await web.get(home)).text
    assert "等待共同申请人确认" in page and "没有账户的，请用您填写的身份证号注册" in page
    assert "待共同申请人确认" in (await web.get("/my/cases")).text
    assert "正在等共同申请人确认" in (await web.get("/apply/marriage")).text
    assert (await web.get(f"/my/confirmations/{case_id}", follow_redirects=False)).headers["location"] == home
    assert (await send(web, f"{home}/recall", home)).headers["location"] == home
    form = await web.get(home, follow_redirects=True)
    assert form.url.path == f"/apply/marriage/{case_id}" and "之前的确认作废" in form.text
    assert "我确认，请对方确认" in (await web.get(f"/apply/marriage/{case_id}/check")).text
    sheet = await cases.sheet(city, owner.actor, case_id=case_id)
    sunday = clock.city_day(clock.now()) + timedelta(days=2)
    sunday += timedelta(days=6 - sunday.weekday())
    await make.answered(city, case_id, sheet.form, {**sheet.answers, "visit_date": sunday.isoformat()})
    off = await web.get(f"/apply/marriage/{case_id}/check")
    assert off.status_code == 422 and f"{sunday}）是休息日" in off.text
    await make.answered(city, case_id, sheet.form, {**sheet.answers, **spouse(owner.name, owner.number)})
    herself = await web.get(f"/apply/marriage/{case_id}/check")
    assert herself.status_code == 422 and "共同申请人不能是您自己" in herself.text


async def test_a_refusal_needs_its_reason_and_the_first_one_reads_it(
    web: Client, city: Database, owner: Resident, other: Resident, case_id: UUID
) -> None:
    await log_in(web, city, other.actor)
    at = f"/my/confirmations/{case_id}"
    short = await send(web, f"{at}/refuse", at, reason="不")
    assert short.status_code == 422 and "请写明为什么不确认" in short.text
    done = await send(web, f"{at}/refuse", at, reason="日期不对，请改到周五。")
    assert done.headers["location"] == "/my/confirmations"
    await log_in(web, city, owner.actor)
    form = (await web.get(f"/my/cases/{case_id}", follow_redirects=True)).text
    assert "原因：日期不对，请改到周五。" in form and "13912345678" in form


async def test_a_stranger_finds_no_page(web: Client, city: Database, outside: Sandbox, case_id: UUID) -> None:
    stranger = await cast.resident(city, outside)
    await log_in(web, city, stranger.actor)
    assert "没有等待您确认的申请" in (await web.get("/my/confirmations")).text
    for path in (f"/my/confirmations/{case_id}", f"/my/cases/{case_id}"):
        assert (await web.get(path)).status_code == 404
    for move in ("sign", "refuse", "take-back"):
        answer = await send(
            web, f"/my/confirmations/{case_id}/{move}", "/my", agree="yes", reason="我不同意这件事"
        )
        assert answer.status_code == 404


async def test_the_guide_says_that_several_apply_and_how(web: Client) -> None:
    marriage = (await web.get("/items/marriage")).text
    assert 'id="together"' in marriage and "任何一方都可以撤回" in marriage
    transfer = (await web.get("/items/property_transfer")).text
    assert "须全体申请人都要求撤回" in transfer
    assert 'id="together"' not in (await web.get("/items/residence_permit")).text


async def test_one_of_several_signs_and_takes_it_back_and_a_wish_to_withdraw_is_shown(
    web: Client, city: Database, outside: Sandbox, owner: Resident, other: Resident
) -> None:
    third = await cast.resident(city, outside)
    case_id = await asked(city, owner, sellers(owner, other, third), item=together.TRANSFER)
    await log_in(web, city, other.actor)
    web.cookies.set("tongban_language", "en")
    at = f"/my/confirmations/{case_id}"
    assert (await send(web, f"{at}/sign", at, agree="yes")).headers["location"] == at
    assert "You have confirmed" in (await web.get(at)).text
    assert (await send(web, f"{at}/take-back", at)).headers["location"] == at
    assert "If you agree, confirm" in (await web.get(at)).text
    await together.sign(city, other, case_id)
    await together.sign(city, third, case_id)
    home = f"/my/cases/{case_id}"
    assert "only when all applicants ask" in (await web.get(f"{home}/withdraw")).text
    assert (await send(web, f"{home}/withdraw", f"{home}/withdraw")).headers["location"] == home
    assert "asks to withdraw" in (await web.get(home)).text
    assert await make.state(city, case_id) == "submitted"


async def test_a_correction_that_changes_what_was_signed_is_read_and_refused_by_the_other(
    web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    case_id = await asked_to_correct(city, owner, other)
    home, at = f"/my/cases/{case_id}", f"/my/confirmations/{case_id}"
    await log_in(web, city, owner.actor)
    done = await send(web, f"{home}/correct", f"{home}/correct", home_price="80000", _go="send")
    assert done.headers["location"] == f"{home}?new=1"
    page = (await web.get(f"{home}?new=1")).text
    assert (
        "补正已交来，改动的内容等共同申请人确认" in page and f"{home}/recall" in page and "去补正" not in page
    )
    assert (await web.get(f"{home}/correct", follow_redirects=False)).headers["location"] == home
    await log_in(web, city, other.actor)
    assert f'href="{at}"' in (await web.get(home)).text
    assert "补正时有改动" in (await web.get("/my/confirmations")).text
    page = (await web.get(at)).text
    assert "改动的内容" in page and "80,000.00" in page and "确认改动" in page
    short = await send(web, f"{at}/refuse", at, reason="不")
    assert short.status_code == 422 and "请写明为什么不确认" in short.text
    await send(web, f"{at}/refuse", at, reason="价格不是这样说定的。")
    assert (await web.get(at, follow_redirects=False)).headers["location"] == home
    await log_in(web, city, owner.actor)
    page = (await web.get(home)).text
    assert "原因：价格不是这样说定的。" in page and "去补正" in page
    assert "80,000.00" in (await web.get(f"{home}/correct")).text, "what she typed is kept"
