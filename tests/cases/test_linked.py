"""Cases about cases: a reconsideration names a decision, in time; granted, it takes that decision back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests import cast, make
from tests.cases import held
from tests.cases.reconsidering import decided, drafted, filed
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.conftest import CITY
from tongban import cases, catalogue, regions
from tongban.cases import jobs
from tongban.cases.actions import reconsidering, specials_of
from tongban.cases.actions.letters.of_steps import letter
from tongban.cases.actions.papers.printing import my_paper
from tongban.cases.model import NoSuchCase, NotPossibleNow
from tongban.cases.model.linked import (
    AboutNeeded,
    NothingToReconsider,
    OrganNotCompetent,
    OtherDecisionNamed,
    ReconsideredAbove,
    ReconsideredAlready,
)
from tongban.cases.model.rulings import Ruling
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty
from tongban.regions import city_of

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


async def refused(city: Database, owner: Resident, officer: Actor) -> UUID:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    await cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=MONDAY + DAY)
    return case_id


async def test_a_granted_reconsideration_takes_the_decision_back(
    city: Database, owner: Resident, officer: Actor
) -> None:
    about = await refused(city, owner, officer)
    asked = await filed(city, owner, "reconsideration", about, now=MONDAY + 2 * DAY)
    row = await make.row(city, asked)
    assert row["about"] == about
    first = await make.row(city, about)
    assert row["answers"]["about_code"] == first["short_code"]
    # By the government of the district whose department decided (行政复议法 art. 24), through its justice bureau.
    assert row["answers"]["organ"] == row["district"] == first["district"]
    assert row["department"] == f"justice-{first['district']}"
    news = await decided(city, asked, Ruling.REVOKE_ANEW, now=MONDAY + 3 * DAY)
    await jobs.apply_outcome(city, news, now=MONDAY + 3 * DAY)
    assert await make.state(city, about) == "accepted"
    step = (await make.steps(city, about))[-1]
    assert (step["move"], step["actor_role"]) == ("rectify", "system")
    assert row["short_code"] in step["detail"]["reason"]
    await cases.approve(city, officer, case_id=about, now=MONDAY + 4 * DAY)


async def test_another_organ_than_the_competent_one_is_not_taken(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    """Told at its field, on the page before the last and once more where it is sent all the same."""
    about = await refused(city, owner, officer)
    draft = await drafted(
        city, owner, "reconsideration", about, now=MONDAY + 2 * DAY, organ=city_of(CITY).code
    )
    with pytest.raises(OrganNotCompetent) as told:
        await cases.submit(city, owner.actor, case_id=draft, key=None, now=MONDAY + 2 * DAY)
    assert "区人民政府复议" in str(told.value.fields["organ"])
    assert await make.state(city, draft) == "draft"
    await log_in(web, city, owner.actor)
    at = f"/apply/reconsideration/{draft}"
    check = await web.get(f"{at}/check")
    hidden = dict(re.findall(r'name="(_csrf|_key)" value="([^"]*)"', check.text))
    for page in (check, await web.post(f"{at}/submit", data=hidden)):
        assert page.status_code == 422 and 'id="organ-error"' in page.text
        assert "区人民政府复议，请改选" in page.text and 'name="facts_reasons"' in page.text


async def test_a_firm_whose_application_was_not_accepted_asks_itself(city: Database, owner: Resident) -> None:
    about = await held.filed(city, owner, "food_business", now=MONDAY)
    desk = await held.desk(city, about)
    await cases.decline(city, desk, case_id=about, reason=make.REASON, now=MONDAY)
    other = {
        "firm_name": "另一家（示范）有限公司",
        "about_code": "1234567890123456789",
        "organ": city_of(CITY).code,
    }
    draft = await drafted(city, owner, "reconsideration", about, now=MONDAY + DAY, **other)
    with pytest.raises(OtherDecisionNamed) as told:
        await cases.submit(city, owner.actor, case_id=draft, key=None, now=MONDAY + DAY)
    assert set(told.value.fields) == {"about_code", "firm_name", "organ"}, "all at once, each at its field"
    assert "填写的编号不对" in str(told.value.fields["about_code"])
    await cases.discard(city, owner.actor, case_id=draft, now=MONDAY + DAY)
    asked = await filed(city, owner, "reconsideration", about, now=MONDAY + DAY)
    first, row = await make.row(city, about), await make.row(city, asked)
    assert row["answers"]["firm_code"] == first["answers"]["firm_code"]
    assert row["applicant_masked"] == first["applicant_masked"] == first["answers"]["firm_name"]


async def test_what_an_organ_led_from_above_decided_is_not_reconsidered_here(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    """行政复议法 art. 27: of a tax bureau's decision the tax bureau above it, which is not this city's."""
    about = await refused(city, owner, officer)
    await city.run(
        "UPDATE cases.\"case\" SET department = 'taxation-310000', decided_at = now() WHERE id = $1", about
    )
    with pytest.raises(ReconsideredAbove) as told:
        await cases.start(city, owner.actor, item="reconsideration", about=about, now=MONDAY + 2 * DAY)
    assert "国家税务总局" in str(told.value.message)
    await log_in(web, city, owner.actor)
    page = (await web.get(f"/my/cases/{about}")).text
    assert f"/apply/reconsideration?about={about}" not in page
    assert "书面申请递交或者邮寄给国家税务总局" in page


async def test_one_that_is_refused_leaves_the_decision(
    city: Database, owner: Resident, officer: Actor
) -> None:
    about = await refused(city, owner, officer)
    asked = await filed(city, owner, "reconsideration", about, now=MONDAY + 2 * DAY)
    await decided(city, asked, Ruling.UPHOLD, now=MONDAY + 3 * DAY)
    assert await make.state(city, about) == "refused"


async def test_what_can_be_asked_about(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    running = await make.accepted(city, owner, officer, now=MONDAY)
    start = {"item": "reconsideration", "now": MONDAY}
    with pytest.raises(AboutNeeded):
        await cases.start(city, owner.actor, **start)  # type: ignore[arg-type]
    with pytest.raises(NothingToReconsider):
        await cases.start(city, owner.actor, about=running, **start)  # type: ignore[arg-type]
    with pytest.raises(NoSuchCase):
        await cases.start(city, other.actor, about=running, **start)  # type: ignore[arg-type]
    draft = await make.draft(city, other, now=MONDAY)
    with pytest.raises(NotPossibleNow):
        await cases.start(city, other.actor, item="complaint", about=draft, now=MONDAY)
    await cases.refuse(city, officer, case_id=running, reason=make.REASON, now=MONDAY)
    last = MONDAY + 60 * DAY
    assert await cases.start(city, owner.actor, item="reconsideration", about=running, now=last + DAY)


async def test_a_draft_about_a_case_is_filled_from_the_account_too(
    city: Database, owner: Resident, officer: Actor
) -> None:
    about = await refused(city, owner, officer)
    draft = await cases.start(city, owner.actor, item="reconsideration", about=about, now=MONDAY + DAY)
    sheet = await cases.sheet(city, owner.actor, case_id=draft)
    assert sheet.answers["phone"] == owner.phone
    assert sheet.answers["about_code"] == (await make.row(city, about))["short_code"]


async def test_one_living_case_about_each(city: Database, owner: Resident, officer: Actor) -> None:
    about = await refused(city, owner, officer)
    first = await cases.start(city, owner.actor, item="complaint", about=about, now=MONDAY)
    assert await cases.start(city, owner.actor, item="complaint", about=about, now=MONDAY) == first
    another = await make.submitted(city, owner, now=MONDAY)
    assert await cases.start(city, owner.actor, item="complaint", about=another, now=MONDAY) != first


async def test_the_page_of_a_refusal_leads_there_and_shows_what_came_of_it(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    about = await make.accepted(city, owner, officer)
    await cases.refuse(city, officer, case_id=about, reason=make.REASON, now=clock.now())
    await log_in(web, city, owner.actor)
    page = (await web.get(f"/my/cases/{about}")).text
    assert f"/apply/reconsideration?about={about}" in page and "投诉这份办件" in page
    notice = (await web.get(f"/apply/reconsideration?about={about}")).text
    token = re.findall(r'name="_csrf" value="([^"]*)"', notice)[0]
    begun = await web.post(
        f"/apply/reconsideration?about={about}", data={"_csrf": token}, follow_redirects=False
    )
    assert begun.status_code == 303
    form = (await web.get(begun.headers["location"])).text
    assert (await make.row(city, about))["short_code"] in form
    assert "关联的办件" in (await web.get(f"/my/cases/{about}")).text
    bare = await web.get("/apply/reconsideration")
    assert bare.status_code == 200 and "从那里申请" in bare.text and "“我的证照”里的那一张" in bare.text


async def test_of_a_reconsideration_there_is_none_again_and_the_court_is_open_for_fifteen_days(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    about = await refused(city, owner, officer)
    asked = await filed(city, owner, "reconsideration", about, now=MONDAY + 2 * DAY)
    await decided(city, asked, Ruling.UPHOLD, now=MONDAY + 4 * DAY)
    await log_in(web, city, owner.actor)
    page = (await web.get(f"/my/cases/{asked}")).text
    assert "15 日内，可以向有管辖权的人民法院提起行政诉讼" in page and "《行政诉讼法》第四十五条" in page
    assert "60 日内" not in page and "条件具备后" not in page and "about=" not in page
    with pytest.raises(NothingToReconsider):
        await cases.start(city, owner.actor, item="reconsideration", about=asked, now=MONDAY + 5 * DAY)
    opened = await cases.progress(city, owner.actor, case_id=asked)
    told = letter("cases.refused", opened.case, opened.version, mark="通办", organ=cast.CITY_GOVERNMENT)
    assert (
        "15 日内" in told.body.zh and "within 15 days" in told.body.en and "申请行政复议" not in told.sms.zh
    )


async def test_a_decision_is_reconsidered_once(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    about = await refused(city, owner, officer)
    start = {"item": "reconsideration", "about": about}
    await log_in(web, city, owner.actor)

    async def again(now: datetime) -> UUID:
        return await cases.start(city, owner.actor, **start, now=now)  # type: ignore[arg-type]

    given_up = await filed(city, owner, "reconsideration", about, now=MONDAY + 2 * DAY)
    page = (await web.get(f"/my/cases/{about}")).text
    assert "正在办理" in page and "《行政复议法》第二十九条" in page and f"/my/cases/{given_up}" in page
    assert "6 个月内" not in page and f"reconsideration?about={about}" not in page
    assert await again(MONDAY + 2 * DAY) == given_up
    await cases.withdraw(city, owner.actor, case_id=given_up, now=MONDAY + 3 * DAY)
    asked = await filed(city, owner, "reconsideration", about, now=MONDAY + 4 * DAY)
    assert asked != given_up
    await decided(city, asked, Ruling.UPHOLD, now=MONDAY + 7 * DAY)
    with pytest.raises(ReconsideredAlready) as told:
        await again(MONDAY + 8 * DAY)
    assert told.value.earlier == asked
    page = (await web.get(f"/my/cases/{about}")).text
    assert (
        "行政复议已于2026年11月30日决定维持原决定" in page
        and "15 日内，可以向有管辖权的人民法院提起行政诉讼" in page
    )
    assert "6 个月内" not in page and "60 日内" not in page and f"reconsideration?about={about}" not in page
    token = re.findall(r'name="_csrf" value="([^"]*)"', page)[0]
    barred = await web.post(f"/apply/reconsideration?about={about}", data={"_csrf": token})
    assert barred.status_code == 409
    assert "同一决定只复议一次" in barred.text and f"/my/cases/{asked}" in barred.text


async def test_a_decision_made_anew_can_be_reconsidered_again(
    city: Database, owner: Resident, officer: Actor
) -> None:
    about = await refused(city, owner, officer)
    handed = {"way": "courier", "receiver": "示例单号", "note": "", "key": "1"}
    await cases.deliver(city, officer, case_id=about, now=MONDAY + DAY, **handed)
    first = await filed(city, owner, "reconsideration", about, now=MONDAY + 2 * DAY)
    news = await decided(city, first, Ruling.REVOKE, now=MONDAY + 3 * DAY)
    with pytest.raises(ReconsideredAlready):  # until the news of it has come
        await cases.start(city, owner.actor, item="reconsideration", about=about, now=MONDAY + 3 * DAY)
    await jobs.apply_outcome(city, news, now=MONDAY + 3 * DAY)
    with pytest.raises(NothingToReconsider):
        await cases.start(city, owner.actor, item="reconsideration", about=about, now=MONDAY + 3 * DAY)
    await cases.refuse(city, officer, case_id=about, reason=make.REASON, now=MONDAY + 4 * DAY)
    opened = await cases.progress(city, owner.actor, case_id=about)
    found = await reconsidering(city, opened.case, opened.linked, opened.events)
    assert found.delivered is None, "what was delivered was the first decision"
    second = await cases.start(city, owner.actor, item="reconsideration", about=about, now=MONDAY + 5 * DAY)
    assert second != first


async def test_a_reconsideration_is_stayed_on_the_grounds_of_its_own_law(
    city: Database, owner: Resident, officer: Actor
) -> None:
    offered = specials_of(await catalogue.current(city, "reconsideration"))
    assert "other_case" in offered and "quarantine" not in offered
    assert "quarantine" in specials_of(await catalogue.current(city, "residence_permit"))
    asked = await filed(city, owner, "reconsideration", await refused(city, owner, officer), now=MONDAY + DAY)
    office = make.officer_with((await make.row(city, asked))["department"], Duty.EXAMINE, Duty.HEAD)
    await cases.accept(city, office, case_id=asked, now=MONDAY + 2 * DAY)
    stay = {"kind": "other_case", "days": "5", "reason": "另一案的判决尚未生效，须以其为依据。"}
    await cases.suspend(city, office, case_id=asked, now=MONDAY + 3 * DAY, **stay)
    opened = await cases.progress(city, owner.actor, case_id=asked)
    told = letter("cases.suspended", opened.case, opened.version, mark="通办", organ=None)
    assert "中止审理：需要以其他案件的审理结果为依据" in told.body.zh and "需要进行" not in told.body.zh
    await cases.resume(city, office, case_id=asked, result="判决已经生效，恢复审理。", now=MONDAY + 4 * DAY)
    await cases.extend(city, office, case_id=asked, reason=make.REASON, now=MONDAY + 4 * DAY)
    for kind, title, *words in (
        ("special", "行政复议中止通知书", "自2026年11月26日起中止审理：", "《行政复议法》第三十九条。"),
        ("resumption", "行政复议恢复审理通知书", "已于2026年11月27日消除，自次日起恢复审理"),
        ("extension", "行政复议延期审理通知书", "经行政复议机构负责人批准，审理期限延长 30 日"),
    ):
        paper = await my_paper(city, owner.actor, case_id=asked, kind=kind, step=None, now=MONDAY + 5 * DAY)
        text = str(paper.blocks).replace("\\x02", "").replace("\\x03", "")
        assert paper.title == title and all(one in text for one in words), (kind, text)
        assert "依法需要进行" not in text and "行政许可法" not in text and "本行政机关" not in text


async def test_one_that_is_not_taken_leaves_the_first_decision_to_the_court(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    about = await refused(city, owner, officer)
    asked = await filed(city, owner, "reconsideration", about, now=MONDAY + DAY)
    office = make.officer_with((await make.row(city, asked))["department"], Duty.EXAMINE)
    await cases.decline(city, office, case_id=asked, reason=make.REASON, now=MONDAY + 2 * DAY)
    at = MONDAY + 3 * DAY
    paper = await my_paper(city, owner.actor, case_id=asked, kind="not-accepted", step=None, now=at)
    assert paper.title == "不予受理行政复议申请决定书"
    government = (await regions.reconsideration_organ(city, office.department or "")).name.zh
    assert paper.organ == government, "行政复议法 art. 30: the organ itself"
    await log_in(web, city, owner.actor)
    for words in (str(paper.blocks), (await web.get(f"/my/cases/{asked}")).text):
        assert "可以就原决定向有管辖权的人民法院" in words and "自收到复议决定之日" not in words
        assert "第三十五条" in words
    opened = await cases.progress(city, owner.actor, case_id=asked)
    told = letter(
        "cases.not_accepted", opened.case, opened.version, mark="通办", organ=cast.CITY_GOVERNMENT
    ).body
    assert "就原决定在 6 个月内提起" in told.zh and "first decision" in told.en
    # Withdrawn after acceptance it cannot be asked for again on the same facts and reasons.
    again = await filed(city, owner, "reconsideration", about, now=at)
    await cases.accept(city, office, case_id=again, now=at + DAY)
    assert "不得再以同一事实和理由" in (await web.get(f"/my/cases/{again}/withdraw")).text
    await cases.withdraw(city, owner.actor, case_id=again, now=at + DAY)
    paper = await my_paper(city, owner.actor, case_id=again, kind="termination", step=None, now=at + DAY)
    assert paper.organ == government, "art. 41: so is its end"
    opened = await cases.progress(city, owner.actor, case_id=again)
    left = letter("cases.withdrawn", opened.case, opened.version, mark="通办", organ=None)
    for words in (str(paper.blocks), left.body.zh, left.sms.zh):
        assert "不得再以同一事实和理由" in words and "可重新申请" not in words
