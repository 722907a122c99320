"""All that is wrong with a form of the desk is told at once, in the summary and at each field; what was typed stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests import make
from tests.cases import hearing, inspecting
from tests.cases.hearing import TOLD, colleague, sitting
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.cases.model.hearing_refusals import HearingIncomplete
from tongban.cases.pages.desk_forms import FORMS
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty

LONG = "长" * 2005
GAP = "经审查，【请填写：查明的事实】，不符合办理条件。"
#: What is wrong in each row of the table of forms, by its field: one submit must name them all.
WRONG: dict[str, dict[str, str]] = {
    "handover": {"to": "", "reason": LONG},
    "consult": {"department": "", "days": "0", "reason": "短"},
    "special": {"kind": "", "days": "很多", "reason": GAP + LONG},
    "extension": {"reason": GAP},
    "termination": {"ground": "", "reason": LONG},
    "rectification": {"reason": ""},
    "resumption": {"reason": LONG},
    "delivery": {"way": "", "receiver": "", "note": LONG},
}


async def refused(web: Client, address: str, wrong: Mapping[str, str], to: str = "", **more: str) -> str:
    """Post what is wrong; the page names each field in its summary and marks it, and keeps what was typed."""
    shown = (await web.get(address)).text
    hidden = dict(re.findall(r'name="(_csrf|_key|_version)" value="([^"]*)"', shown))
    answer: Any = await web.post(to or address, data={**hidden, **more, **wrong})
    assert answer.status_code == 422, (address, answer.status_code)
    page: str = answer.text
    summary = re.search(r'class="errors".*?</ul>', page, re.DOTALL)
    assert summary is not None, address
    named = re.findall(r'href="#([^"]+)"', summary[0])
    assert sorted(named) == sorted(wrong), (address, named)
    for name, text in wrong.items():
        assert re.search(rf'id="{name}(-error)?"', page) and f'id="{name}-error"' in page, (address, name)
        assert not text or text in page, (address, name)
    return page


async def test_each_row_of_the_forms_tells_all_its_faults_at_once(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    """Reasons were checked last: termination and special named two of three fields."""
    assert set(WRONG) == set(FORMS)
    await make.limits(city, extension_days=10, extension_unit="working")
    head = await colleague(city, officer, "示例负责", Duty.HEAD, Duty.APPROVE)
    case_id = await make.accepted(city, owner, officer)
    home = f"/desk/{owner.actor.id}/{case_id}"
    await log_in(web, city, head)
    told = {
        name: await refused(web, f"{home}/forms/{name}", wrong)
        for name, wrong in WRONG.items()
        if name not in ("resumption", "delivery")
    }
    assert "“移交的原因”有 2005 个字，最多 2000 个字" in told["handover"]
    both = "【请填写：查明的事实】。请换成本案的具体内容。另外，“原因”有"
    assert both in told["special"]
    await cases.suspend(
        city, head, case_id=case_id, kind="appraisal", days="3", reason=make.SPECIAL_REASON, now=clock.now()
    )
    page = await refused(web, f"{home}/forms/resumption", WRONG["resumption"])
    assert "“结果”有 2005 个字" in page
    await cases.resume(city, head, case_id=case_id, result=make.RESULT, now=clock.now())
    await cases.refuse(city, head, case_id=case_id, reason=make.REASON, now=clock.now())
    await refused(web, f"{home}/forms/delivery", WRONG["delivery"])


async def test_the_panel_and_another_departments_opinion_tell_all_their_faults(
    web: Client, city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    home = f"/desk/{owner.actor.id}/{case_id}"
    await log_in(web, city, officer)
    await refused(web, home, {"reason": "", "authority": "远" * 201}, to=f"{home}/decline")
    await cases.accept(city, officer, case_id=case_id, now=clock.now())
    assert elsewhere.department is not None
    await cases.consult(
        *(city, officer),
        case_id=case_id,
        department=elsewhere.department,
        days="3",
        question="请就居住情况提出你部门的意见。",
        now=clock.now(),
    )
    await log_in(web, city, elsewhere)
    page = await refused(web, f"/desk/opinions/{owner.actor.id}/{case_id}", {"agrees": "", "reason": "短"})
    assert "请填写“理由”，至少 10 个字。" in page, "the applicant does not read it"
    await log_in(web, city, officer)
    page = await refused(web, "/desk/bulk", {"move": "", "cases": ""})
    assert "请至少勾选一个办件" in page and "请选择要进行的操作" in page


async def test_each_form_of_a_hearing_names_its_fields_and_tells_how_long_they_are(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    head = await colleague(city, officer, "示例负责", Duty.HEAD)
    presider = await colleague(city, officer, "示例主持")
    case_id = await make.accepted(city, owner, officer)
    desk, mine = f"/desk/{owner.actor.id}/{case_id}/hearing", f"/my/cases/{case_id}/hearing"
    await log_in(web, city, head)
    page = await refused(web, desk, {"facts": LONG, "reasons": "", "intended": LONG}, do="tell")
    assert "“查明的事实”有 2005 个字，最多 2000 个字" in page and "“拟作的决定”有" in page
    await cases.tell_hearing(city, officer, case_id=case_id, posted=TOLD, now=clock.now())
    await log_in(web, city, owner.actor)
    page = await refused(web, mine, {"do": "", "wishes": LONG})
    assert "“听证时想说明什么”有 2005 个字" in page
    await cases.ask_hearing(city, owner.actor, case_id=case_id, now=clock.now())
    await log_in(web, city, head)
    wrong = {"at": "明天", "place": "远" * 130, "presider": "", "reason": LONG}
    assert "“改期或者迟延的原因”有 2005" in await refused(web, desk, wrong, do="fix")
    day = (await clock.current_calendar(city)).add_working_days(clock.city_day(clock.now()), 8)
    at = sitting(presider, at=f"{day}T09:30")
    await cases.fix_hearing(city, officer, case_id=case_id, posted=at, now=clock.now())
    await log_in(web, city, owner.actor)
    await refused(web, mine, {"reason": LONG}, do="recusal")
    await cases.ask_recusal(city, owner.actor, case_id=case_id, reason=hearing.PLEA, now=clock.now())
    await log_in(web, city, head)
    assert "“决定的理由”有" in await refused(web, desk, {"granted": "", "decision": LONG}, do="recusal")


async def test_the_record_of_a_hearing_tells_all_that_is_wrong(
    city: Database, owner: Resident, officer: Actor
) -> None:
    presider = await colleague(city, officer, "示例主持")
    case_id = await hearing.fixed(city, owner, officer, presider)
    wrong = {**hearing.RECORD, "ended": "", "clerk": "远" * 201, "others": "远" * 201, "evidence": LONG}
    later = hearing.SITTING + timedelta(hours=3)
    with pytest.raises(HearingIncomplete) as told:
        await cases.hold_hearing(city, presider, case_id=case_id, posted=wrong, now=later)
    assert set(told.value.fields) == {"ended", "clerk", "others", "evidence"}
    assert "“其他人员”有 201 个字，最多 200 个字" in str(told.value.fields["others"])
    held = {"city": city, "case_id": case_id}
    await hold_and_sign(held, owner, presider, later=later)


async def hold_and_sign(held: Mapping[str, Any], owner: Resident, presider: Actor, *, later: Any) -> None:
    """Her word on the record: neither chosen nor short enough."""
    city, case_id = held["city"], held["case_id"]
    await cases.hold_hearing(city, presider, case_id=case_id, posted=hearing.RECORD, now=later)
    with pytest.raises(HearingIncomplete) as told:
        await cases.sign_record(city, owner.actor, case_id=case_id, agrees="", reason=LONG, now=later)
    assert set(told.value.fields) == {"agrees", "reason"}


async def test_an_inspections_overview_lists_every_fault_of_every_page(
    web: Client, city: Database, owner: Resident
) -> None:
    case_id, officer = await inspecting.accepted(city, owner)
    home = f"/desk/{owner.actor.id}/{case_id}/inspection"
    await log_in(web, city, officer)
    typed = {"ended": "", "words": "长" * 501, "unsigned": "长" * 501}
    page = await refused(web, f"{home}/end", {**typed, "conclusion": ""})
    assert "“没有确认的原因和见证人”有 501 个字，最多 500 个字" in page
    await inspecting.filled_in(city, officer, case_id, owner)
    hidden = dict(re.findall(r'name="(_csrf|_key)" value="([^"]*)"', (await web.get(home)).text))
    await inspecting.keep(city, officer, case_id, owner, "about", {"met": "张"})
    await inspecting.keep(city, officer, case_id, owner, "dry_store", {"finding": "", "words": "长" * 501})
    page = (await web.post(home, data=hidden)).text
    summary = re.search(r'class="errors".*?</ul>', page, re.DOTALL)
    assert summary is not None and len(re.findall("<li>", summary[0])) == 7
    for target in re.findall(r'href="#([^"]+)"', summary[0]):
        assert f'id="{target}"' in page
