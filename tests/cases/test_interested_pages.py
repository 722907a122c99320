"""Interested persons over HTTP: named at the desk, on a page of her own, on paper; no script, nothing typed is lost."""

from __future__ import annotations

from uuid import UUID

from tests import make
from tests.cases import inspecting
from tests.cases.hearing import ABSENT, PLEA, TOLD, colleague, sitting
from tests.cases.test_hearing_pages import post
from tests.cases.test_interested import BEARS, FIRM, HEARD, letters, named
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.kit import clock, papers
from tongban.kit.db import Database
from tongban.kit.policy import Actor


async def test_named_at_the_desk_she_answers_on_a_page_of_her_own(
    web: Client, city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer)
    desk, hers = f"/desk/{owner.actor.id}/{case_id}/hearing", f"/my/interested/{case_id}"
    await log_in(web, city, officer)
    assert "告知一位利害关系人" in (await web.get(desk)).text
    no = await post(web, desk, do="tell_interested", **named(other, interest="无"))
    assert no.status_code == 422 and BEARS["planned"] in no.text and "怎样影响其利益，至少" in no.text
    answer = await post(web, desk, do="tell_interested", **named(other))
    assert answer.headers["location"] == f"{desk}?did=tell_interested"
    shown = (await web.get(answer.headers["location"])).text
    assert "的账户，最晚" in shown and 'name="interest"' in shown and "hearing interest 1" in shown
    assert "等待答复" in shown and BEARS["interest"] in shown and other.name not in shown

    await log_in(web, city, other.actor)
    page = (await web.get(hers)).text
    assert BEARS["interest"] in page and "您可以要求听证" in page
    row = await make.row(city, case_id)
    for secret in (owner.name, owner.number, owner.phone, row["short_code"], row["number"]):
        assert secret not in page
    no = await post(web, hers, words="没有同意出租")
    assert no.status_code == 422 and "没有同意出租" in no.text and "请选择您的答复" in no.text
    no = await post(web, hers, do="ask", words="没有同意出租" * 400)
    assert no.status_code == 422 and 'href="#words"' in no.text and 'id="words-error"' in no.text
    answer = await post(web, hers, do="ask", words="没有同意出租")
    assert answer.headers["location"] == hers
    assert "将举行听证" in (page := (await web.get(hers)).text) and "确认撤回听证申请" in page
    assert chip(page) == "已要求听证"
    await log_in(web, city, owner.actor)
    mine = f"/my/cases/{case_id}"
    assert "利害关系人要求听证" in (await web.get(mine)).text
    assert "利害关系人要求听证，办理时限停止计算" in (await web.get(f"{mine}/hearing")).text
    assert (await web.get(hers)).status_code == 404
    await log_in(web, city, officer)
    assert "没有同意出租" in (await web.get(desk)).text


async def test_her_word_on_the_record_is_told_as_taken_and_who_stayed_away_is_ticked(
    web: Client, city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    presider = await colleague(city, officer, "示例主持")
    now = clock.now()
    case_id = await make.accepted(city, owner, officer)
    await cases.tell_hearing(
        city, officer, case_id=case_id, posted=TOLD | {"intended": "拟不予居住证。"}, now=now
    )
    await cases.tell_interested(city, officer, case_id=case_id, posted=named(other), now=now)
    await cases.ask_hearing(city, owner.actor, case_id=case_id, now=now)
    await cases.answer_as_interested(city, other.actor, case_id=case_id, said="ask", now=now)
    day = (await clock.current_calendar(city)).add_working_days(clock.city_day(now), 8)
    at = sitting(presider, at=f"{day}T09:30")
    await cases.fix_hearing(city, officer, case_id=case_id, posted=at, now=now)
    await pleads_on_her_page(web, city, other, case_id)
    await log_in(web, city, officer)
    desk = f"/desk/{owner.actor.id}/{case_id}/hearing"
    assert PLEA in (page := (await web.get(desk)).text) and "申请回避：" in page
    await post(web, desk, do="recusal", granted="no", decision="经核实没有亲属关系，不予回避。")
    await city.run(_HOUR_COMES, case_id)
    desk, hers = f"/desk/{owner.actor.id}/{case_id}/hearing", f"/my/interested/{case_id}"
    await log_in(web, city, presider)
    page = (await web.get(desk)).text
    assert "利害关系人的意见和质证" in page and 'name="stayed-1"' in page
    no = await post(web, desk, do="miss", absent=ABSENT, **{"stayed-1": "0"})
    assert no.status_code == 422 and ABSENT in no.text and "听证照常举行，请提交听证笔录并" in no.text
    made = HEARD | {"began": "2026-01-05T09:30", "ended": "2026-01-05T11:00", "party": "", "party_said": ""}
    answer = await post(web, desk, do="hold", **made, **{"stayed-1": "0"})
    assert answer.status_code == 303
    await log_in(web, city, other.actor)
    page = (await web.get(hers)).text
    assert HEARD["others_said"] in page and "要求听证而没有出席" in page and "请核对下面的笔录" in page
    assert HEARD["report"] not in page and chip(page) == "等待确认笔录"
    await post(web, hers, do="agree")
    page = (await web.get(hers)).text
    assert "您的答复已记录" in page and "请核对" not in page and chip(page) == "已确认笔录"
    web.cookies.set("tongban_language", "en")
    assert chip((await web.get(hers)).text) == "Record confirmed"
    web.cookies.delete("tongban_language")
    await log_in(web, city, presider)
    assert HEARD["report"] in (page := (await web.get(desk)).text) and "已确认笔录" in page


def chip(page: str) -> str:
    """What the badge of her page says."""
    return page.split('class="chip ', 1)[1].split(">", 1)[1].split("<", maxsplit=1)[0].strip()


async def pleads_on_her_page(web: Client, city: Database, other: Resident, case_id: UUID) -> None:
    """A reason too short is shown again with its sentence; the plea stands on her page afterwards."""
    hers = f"/my/interested/{case_id}"
    await log_in(web, city, other.actor)
    no = await post(web, hers, do="recusal", reason="不公")
    assert no.status_code == 422 and "不公" in no.text and 'details class="more" open' in no.text
    await post(web, hers, do="recusal", reason=PLEA)
    assert PLEA in (page := (await web.get(hers)).text) and "等待负责人决定" in page


#: The hour of a hearing has come.
_HOUR_COMES = """
UPDATE cases."case" SET hearing = jsonb_set(hearing, '{sitting,at}', '"2026-01-05T01:30:00Z"') WHERE id = $1
"""


async def test_she_learns_which_firm_applies_and_for_which_place_not_who_acts_for_it(
    web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    case_id, officer = await inspecting.accepted(city, owner)
    tell = {"case_id": case_id, "now": clock.now()}
    await cases.tell_interested(city, officer, posted=named(other), **tell)  # type: ignore[arg-type]
    (letter,) = await letters(city, "cases.interested_told", "tell_interested", other, case_id)
    await cases.tell_interested(city, officer, posted=FIRM, **tell)  # type: ignore[arg-type]
    said = (await make.row(city, case_id))["answers"]
    assert said["firm_name"] in letter["body_zh"] and said["place_address"] in letter["body_zh"]
    await log_in(web, city, officer)
    paper = (await web.get(f"/desk/{owner.actor.id}/{case_id}/hearing/notice?seat=2")).text
    await log_in(web, city, other.actor)
    for page in (paper, (await web.get(f"/my/interested/{case_id}")).text):
        for words in ("firm_name", "place_name", "place_address"):
            assert said[words] in page
        assert papers.mask_name(owner.name) not in page
    told = (await web.get(f"/api/v1/interested/{case_id}")).json()
    assert [told["applicant"], told["place"], told["address"]] == [
        said[one] for one in ("firm_name", "place_name", "place_address")
    ]


async def test_on_paper_the_notice_is_printed_and_its_delivery_and_her_answer_noted(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer)
    desk = f"/desk/{owner.actor.id}/{case_id}/hearing"
    today = f"{clock.city_day(clock.now())}"
    await log_in(web, city, officer)
    await post(web, desk, do="tell_interested", **FIRM)
    paper = (await web.get(f"{desk}/notice?seat=1")).text
    assert FIRM["name"] in paper and FIRM["address"] in paper and "听证告知书（利害关系人）" in paper
    assert owner.name not in paper and (await web.get(f"{desk}/notice?seat=7")).status_code in (303, 200)
    no = await post(web, desk, do="serve", seat="1", served="")
    assert no.status_code == 422 and "请填写送达日期" in no.text
    assert (await post(web, desk, do="serve", seat="x", served=today)).status_code == 422
    await post(web, desk, do="serve", seat="1", served=today)
    no = await post(web, desk, do="note", seat="1", said="waive", on="", words="不要求")
    assert no.status_code == 422 and "收到答复的日期，不早于" in no.text and "不要求" in no.text
    await post(web, desk, do="note", seat="1", said="ask", on=today)
    assert "已登记" in (page := (await web.get(f"{desk}?did=note")).text) and 'value="drop"' in page
    await post(web, desk, do="note", seat="1", said="drop", on=today)
    assert "撤回听证申请" in (await web.get(desk)).text
    await cases.approve(city, officer, case_id=case_id, now=clock.now())
