"""extend: once, in time, by the head, or with the government's approval."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests import make
from tests.cases import held
from tests.cases.test_pause import DAY, MONDAY, dates
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.cases.model import (
    ApprovalIncomplete,
    ExtendedAlready,
    ExtensionTooLate,
    NoExtension,
)
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor, Duty


async def test_only_the_head_extends_once_and_in_time(
    city: Database, owner: Resident, officer: Actor, clerk: Actor
) -> None:
    await make.limits(city, statutory_days=20, extension_days=10, profile="licence")
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    about = {"case_id": case_id, "reason": "申请量大，核对跨省登记信息需要更多时间。"}
    with pytest.raises(NotAllowed):
        await cases.extend(city, clerk, **about, now=MONDAY)  # type: ignore[arg-type]
    with pytest.raises(ExtensionTooLate):
        await cases.extend(city, officer, **about, now=MONDAY + 40 * DAY)  # type: ignore[arg-type]
    await cases.extend(city, officer, **about, now=MONDAY + 3 * DAY)  # type: ignore[arg-type]
    assert await dates(city, case_id) == (date(2026, 12, 28), date(2027, 1, 5))
    with pytest.raises(ExtendedAlready):
        await cases.extend(city, officer, **about, now=MONDAY + 4 * DAY)  # type: ignore[arg-type]
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    assert opened.case.course.extension is not None and opened.case.course.extension.by == officer.name


async def test_what_organs_handle_jointly_the_government_extends_and_the_paper_says_by_whom(
    city: Database, owner: Resident
) -> None:
    """Art. 42(2): 45 working days, 15 more on the approval of the government's head."""
    case_id = await held.filed(city, owner, "road_occupation", now=MONDAY)
    desk = (await make.row(city, case_id))["department"]
    head = make.officer_with(desk, Duty.EXAMINE, Duty.HEAD)
    await cases.accept(city, head, case_id=case_id, now=MONDAY)
    assert await dates(city, case_id) == (date(2026, 12, 2), date(2027, 1, 26))
    about = {
        "case_id": case_id,
        "reason": "需要与公安交管部门会商交通组织方案，时间不够。",
        "now": MONDAY + DAY,
    }
    with pytest.raises(ApprovalIncomplete) as told:
        await cases.extend(city, head, **about, number="府批", approved_on="2026-11-25")
    assert set(told.value.fields) == {"approver", "number", "approved_on"}, "on a day that is yet to come"
    whose = {"approver": "示范区副区长张示例", "number": "示府批〔2026〕12 号"}
    await cases.extend(city, head, **about, **whose, approved_on="2026-11-24")
    assert await dates(city, case_id) == (date(2026, 12, 23), date(2027, 2, 18))
    paper = await cases.my_paper(
        city, owner.actor, case_id=case_id, kind="extension", step=None, now=MONDAY + DAY
    )
    assert all(words in str(paper.blocks) for words in (*whose.values(), "经本级人民政府负责人批准"))


async def test_the_form_asks_for_the_governments_approval_and_keeps_what_was_typed(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    await make.limits(city, statutory_days=45, extension_days=15, extension_by="government", profile="joint")
    case_id = await make.accepted(city, owner, officer)
    at = f"/desk/{owner.actor.id}/{case_id}/forms/extension"
    await log_in(web, city, officer)
    typed = dict(re.findall(r'name="(_csrf|_key)" value="([^"]*)"', (await web.get(at)).text))
    today = clock.city_day(clock.now())
    typed |= {"approver": "示范区副区长张示例", "reason": make.REASON, "approved_on-year": f"{today.year}"}
    wrong = await web.post(at, data=typed)
    assert wrong.status_code == 422 and "请填写批准的日期" in wrong.text and "批准文件的文号" in wrong.text
    assert typed["approver"] in wrong.text and f'value="{today.year}"' in wrong.text
    typed |= {
        "approved_on-month": f"{today.month}",
        "approved_on-day": f"{today.day}",
        "number": "示府批〔2026〕12 号",
    }
    done = await web.post(at, data=typed, follow_redirects=False)
    assert done.status_code == 303
    assert (await make.row(city, case_id))["course"]["extension"]["approval"]["by"] == typed["approver"]


async def test_what_the_law_does_not_extend_is_not(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    with pytest.raises(NoExtension):
        await cases.extend(city, officer, case_id=case_id, reason=make.REASON, now=MONDAY)


async def test_who_is_not_the_head_reads_whose_the_extension_is_and_whom_to_ask(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    await make.limits(city, statutory_days=20, extension_days=10, profile="licence")
    case_id = await make.accepted(city, owner, officer)
    clerk = make.officer_with(officer.department or "", Duty.EXAMINE, Duty.APPROVE)
    desk = f"/desk/{owner.actor.id}/{case_id}"
    await log_in(web, city, clerk)
    page = (await web.get(desk)).text
    assert (
        f"{desk}/forms/extension" not in page and "本行政机关负责人批准（《行政许可法》第四十二条）" in page
    )
    assert "更正已经作出的状态由本机关负责人办理" in page
    told = await web.get(f"{desk}/forms/extension")
    assert (
        told.status_code == 403 and "第四十二条" in told.text and f"本部门负责人：{officer.name}" in told.text
    )
    with pytest.raises(NotAllowed) as refused:
        await cases.extend(city, clerk, case_id=case_id, reason=make.REASON, now=clock.now())
    assert "负责人批准" in str(refused.value.message)
    await log_in(web, city, officer)
    page = (await web.get(desk)).text
    assert f"{desk}/forms/extension" in page and "由负责人办理的操作" not in page
