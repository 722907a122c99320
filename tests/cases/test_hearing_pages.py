"""A hearing over HTTP as applicant and officers meet it: no script, nothing typed is lost; its papers and letters."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from tests import make
from tests.cases.hearing import ABSENT, PLEA, RECORD, TOLD, colleague, sitting
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.cases.actions.letters.of_steps import letter
from tongban.cases.model.papers import PaperKind
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.pdf.model import Paper
from tongban.kit.policy import Actor


async def post(web: Client, address: str, /, **typed: str) -> Any:
    """Post a page's form as the page has it: the token and the key first."""
    shown = (await web.get(address)).text
    hidden = dict(re.findall(r'name="(_csrf|_key)" value="([^"]*)"', shown))
    return await web.post(address, data={**hidden, **typed}, follow_redirects=False)


def said(paper: Paper) -> str:
    return repr(paper.blocks)


async def paper(city: Database, owner: Resident, case_id: Any, kind: PaperKind) -> str:
    found = await cases.my_paper(city, owner.actor, case_id=case_id, kind=kind, step=None, now=clock.now())
    return said(found)


@pytest.fixture
async def presider(city: Database, officer: Actor) -> Actor:
    return await colleague(city, officer, "示例主持")


async def test_told_at_the_desk_and_asked_for_on_a_phone(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    await make.limits(city, hearing="refusal")
    case_id = await make.accepted(city, owner, officer)
    desk, home = f"/desk/{owner.actor.id}/{case_id}", f"/my/cases/{case_id}"
    await log_in(web, city, officer)
    shown = (await web.get(desk)).text
    assert f'href="{desk}/hearing"' in shown
    token = dict(re.findall(r'name="(_csrf)" value="([^"]*)"', shown))
    no = await web.post(f"{desk}/refuse", data={**token, "reason": make.REASON})
    assert no.status_code == 422 and "送达听证告知书" in no.text and make.REASON in no.text
    answer = await post(web, f"{desk}/hearing", do="tell", **TOLD | {"reasons": "无"})
    assert answer.status_code == 422 and TOLD["facts"] in answer.text and "请写明理由" in answer.text
    answer = await post(web, f"{desk}/hearing", do="tell", **TOLD)
    assert answer.headers["location"] == f"{desk}?did=tell_hearing"
    assert "听证告知书已送达" in (await web.get(answer.headers["location"])).text
    no = await web.post(f"{desk}/refuse", data={**token, "reason": make.REASON})
    assert no.status_code == 422 and "可以要求听证，期满" in no.text
    assert "拟不予办理居住证" in await paper(city, owner, case_id, PaperKind.HEARING_RIGHT)

    await log_in(web, city, owner.actor)
    assert f'href="{home}/hearing"' in (await web.get(home)).text
    page = (await web.get(f"{home}/hearing")).text
    assert TOLD["facts"] in page and "提出听证的期限" in page and "day--due" in page
    answer = await post(web, f"{home}/hearing", wishes="房东可以作证")
    assert answer.status_code == 422 and "房东可以作证" in answer.text and "请选择要求听证" in answer.text
    answer = await post(web, f"{home}/hearing", do="ask", wishes="房东可以作证")
    assert answer.headers["location"] == f"{home}/hearing"
    assert "办理时限停止计算" in (await web.get(f"{home}/hearing")).text
    assert "正在进行：听证" in (await web.get(home)).text
    await log_in(web, city, officer)
    assert "房东可以作证" in (await web.get(f"{desk}/hearing")).text


async def test_from_the_sitting_to_the_decision_on_its_record(
    web: Client, city: Database, owner: Resident, officer: Actor, presider: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer)
    desk, home = f"/desk/{owner.actor.id}/{case_id}", f"/my/cases/{case_id}"
    await cases.tell_hearing(city, officer, case_id=case_id, posted=TOLD, now=clock.now())
    await cases.ask_hearing(city, owner.actor, case_id=case_id, now=clock.now())
    await log_in(web, city, officer)
    assert "示例主持" in (await web.get(f"{desk}/hearing")).text
    assert 'href="/desk/hearings"' in (await web.get("/desk?show=suspended")).text
    assert f'href="{desk}/hearing"' in (await web.get("/desk/hearings")).text
    assert (await post(web, f"{desk}/hearing", do="tea")).status_code == 422
    day = (await clock.current_calendar(city)).add_working_days(clock.city_day(clock.now()), 8)
    typed = sitting(presider, at=f"{day}T09:30")
    answer = await post(web, f"{desk}/hearing", do="fix", **typed | {"place": "三楼"})
    assert answer.status_code == 422 and "写到房间，4 至" in answer.text and f"{day}T09:30" in answer.text
    answer = await post(web, f"{desk}/hearing", do="fix", **typed)
    assert answer.headers["location"] == f"{desk}?did=fix_hearing"
    assert "三楼听证室" in await paper(city, owner, case_id, PaperKind.HEARING_NOTICE)

    await log_in(web, city, owner.actor)
    assert "示例主持" in (page := (await web.get(f"{home}/hearing")).text) and "申请主持人回避" in page
    answer = await post(web, f"{home}/hearing", do="recusal", reason="不公")
    assert answer.status_code == 422 and "不公" in answer.text
    await post(web, f"{home}/hearing", do="recusal", reason=PLEA)
    await log_in(web, city, officer)
    assert "决定是否回避" in (page := (await web.get(f"{desk}/hearing")).text) and PLEA in page
    await post(web, f"{desk}/hearing", do="recusal", granted="no", decision="经核实没有亲属关系，不予回避。")

    at = clock.instant_of(day, clock.OFFICE_OPEN) + timedelta(hours=3)
    made = RECORD | {"began": f"{day}T09:30", "ended": f"{day}T10:30"}
    await cases.hold_hearing(city, presider, case_id=case_id, posted=made, now=at)
    await log_in(web, city, owner.actor)
    assert RECORD["party_said"] in (page := (await web.get(f"{home}/hearing")).text) and "笔录属实吗" in page
    assert RECORD["report"] not in page, "what the presider advises is for the organ"
    assert (await post(web, f"{home}/hearing", do="sign", agrees="no", reason="")).status_code == 422
    await post(web, f"{home}/hearing", do="sign", agrees="yes")
    await speaks_to_her_and_of_her(web, city, owner, officer, case_id)
    record = await paper(city, owner, case_id, PaperKind.HEARING_RECORD)
    assert RECORD["party_said"] in record and "确认无误" in record and RECORD["report"] not in record
    await cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=at)
    assert "本决定根据听证笔录" in await paper(city, owner, case_id, PaperKind.REFUSAL)
    assert (await web.get(f"{home}/hearing")).status_code == 200


async def speaks_to_her_and_of_her(
    web: Client, city: Database, owner: Resident, officer: Actor, case_id: Any
) -> None:
    """Her own pages say you; the officer's speak of the applicant."""
    desk, home = f"/desk/{owner.actor.id}/{case_id}", f"/my/cases/{case_id}"
    assert "您确认了笔录" in (page := (await web.get(home)).text) and "申请人确认" not in page
    assert "您的申辩和质证" in (page := (await web.get(f"{home}/hearing")).text) and "申请人的" not in page
    await log_in(web, city, officer)
    assert "申请人确认了笔录" in (page := (await web.get(f"{desk}/hearing")).text) and "申请人的申辩" in page
    await log_in(web, city, owner.actor)


async def test_each_step_has_its_letter_and_an_absence_its_paper(
    city: Database, owner: Resident, officer: Actor, presider: Actor
) -> None:
    now = clock.now()
    case_id = await make.accepted(city, owner, officer)
    await cases.tell_hearing(city, officer, case_id=case_id, posted=TOLD, now=now)
    await cases.ask_hearing(city, owner.actor, case_id=case_id, now=now)
    day = (await clock.current_calendar(city)).add_working_days(clock.city_day(now), 8)
    await cases.fix_hearing(
        city, officer, case_id=case_id, posted=sitting(presider, at=f"{day}T09:30"), now=now
    )
    at = clock.instant_of(day, clock.OFFICE_OPEN) + timedelta(hours=3)
    await cases.miss_hearing(city, presider, case_id=case_id, reason=ABSENT, now=at)
    record = await paper(city, owner, case_id, PaperKind.HEARING_RECORD)
    assert "视为放弃听证" in record and ABSENT in record
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    words = {
        event.move: letter(
            f"cases.{_TOPIC[event.move]}",
            opened.case,
            opened.version,
            mark="通办",
            organ=None,
            detail=event.detail,
        )
        for event in opened.events
        if event.move in _TOPIC
    }
    assert len(words) == 4
    assert "不收费用" in words["tell_hearing"].body.zh and "free of charge" in words["tell_hearing"].body.en
    assert f"{day} 09:30" in words["fix_hearing"].sms.zh
    assert "视为放弃" in words["miss_hearing"].body.zh
    await cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=at)
    assert "无正当理由没有出席" in await paper(city, owner, case_id, PaperKind.REFUSAL)


_TOPIC = {
    "tell_hearing": "hearing_told",
    "ask_hearing": "hearing_asked",
    "fix_hearing": "hearing_fixed",
    "miss_hearing": "hearing_missed",
}


async def test_a_case_without_one_has_no_page_and_a_wrong_step_is_told(
    web: Client, city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer)
    home, desk = f"/my/cases/{case_id}", f"/desk/{owner.actor.id}/{case_id}"
    await log_in(web, city, owner.actor)
    assert (await web.get(f"{home}/hearing")).headers["location"] == home
    await cases.tell_hearing(city, officer, case_id=case_id, posted=TOLD, now=clock.now())
    await cases.waive_hearing(city, owner.actor, case_id=case_id, now=clock.now())
    late = await post(web, f"{home}/hearing", do="ask")
    assert late.status_code in (403, 409)
    await log_in(web, city, other.actor)
    assert (await web.get(f"{home}/hearing")).status_code == 404
    await log_in(web, city, officer)
    assert "申请人明确放弃听证" in (await web.get(f"{desk}/hearing")).text
    assert "没有要举行的听证" in (await web.get("/desk/hearings")).text
