"""A decision on a licence is reconsidered from the licence's page; overturned, the licence stands again as it did."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests import make
from tests.cases import held
from tests.cases.reconsidering import WHY, before_the_head, decided, drafted, filed
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit.sample_paper import text_of
from tongban import cases, licences, notices
from tongban.cases import jobs
from tongban.cases.actions import published
from tongban.cases.model import NoSuchCase
from tongban.cases.model.linked import (
    NothingToReconsider,
    OtherDecisionNamed,
    ReconsideredAlready,
    ReconsideredTooLate,
)
from tongban.cases.model.rulings import Ruling, open_for
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.pdf import press
from tongban.kit.policy import VISITOR, Duty
from tongban.licences.model import Statement, Verdict
from tongban.worker import drain_once

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
REASON = "申请时提交的排水监测报告经核实系伪造"
ITEM = "reconsideration"


@pytest.fixture
async def first(city: Database, owner: Resident) -> UUID:
    """The case whose decision gave the owner a permit."""
    case_id = await held.granted(city, owner, now=MONDAY, place_name="望川小馆")
    await drain(city)
    return case_id


async def drain(city: Database) -> None:
    while await drain_once(city):
        pass


async def decided_on(
    city: Database, who: Resident, case_id: UUID, act: str, *, ground: str, now: datetime
) -> str:
    """The issuer decides, and the decision has its paper; gives that one's number."""
    row = await held.licence_of(city, who, case_id)
    officer, how = make.officer_with(row.issuer_code, Duty.APPROVE), {"ground": ground}
    more = {} if act == "cancel" else {"heard": Statement("silent")}
    await getattr(licences, act)(city, officer, licence=row.id, reason=REASON, now=now, **how, **more)
    await drain(city)
    case = await make.row(city, case_id)
    return f"{case['short_code']}-{case['version']:02d}"


async def letters(city: Database, who: Resident) -> list[str]:
    assert who.actor.id is not None
    found = await notices.inbox(city, who.actor.id, before=None, limit=9)
    return [f"{one.title.zh}：{one.body.zh}" for one in found]


async def offered(city: Database, owner: Resident, first: UUID, web: Client) -> None:
    """Page of licence and case, API, paper and letter say how it is asked for online."""
    await log_in(web, city, owner.actor)
    row = await held.licence_of(city, owner, first)
    home, apply = f"/my/licences/{row.id}", f"/apply/reconsideration?about={first}"
    for page in ((await web.get(home)).text, (await web.get(f"/my/cases/{first}")).text):
        assert f'href="{apply}"' in page and "最晚" in page and "目前不能在网上" not in page
        (year,) = set(re.findall(r"最晚 (\d{4})-[-\d]+ [:\d]+ 申请", page))
        may_move = (await clock.current_calendar(city)).provisional(int(year))
        assert ("日期可能变动" in page) is may_move, "a last day in a year without a notice says so"
    assert (await web.get(f"/api/v1{home[3:]}")).json()["case"] == str(first)
    assert "行政复议可以在网上申请" in await said(city, owner, first, "revocation")
    assert any("60 日内可以从“我的证照”" in one for one in await letters(city, owner))


async def said(city: Database, owner: Resident, case_id: UUID, kind: str) -> str:
    """The words of a paper, without spaces."""
    paper = await cases.my_paper(city, owner.actor, case_id=case_id, kind=kind, step=None, now=clock.now())
    return "".join(text_of((await press.printed(paper)).content).split())


async def stands_again(city: Database, owner: Resident, first: UUID, asked: UUID, web: Client) -> None:
    """The licence is valid, and its page, the case that gave it, the public list, a letter and the paper say why."""
    row, case = await held.licence_of(city, owner, first), await make.row(city, asked)
    assert (await held.verdict(city, row, now=clock.now())).verdict is Verdict.VALID
    ruling = f"{case['short_code']}-{case['version']:02d}"
    await log_in(web, city, owner.actor)
    told = (await web.get(f"/api/v1/licences/{row.id}")).json()["decisions"][0]
    assert (told["act"], told["paper_number"]) == ("reinstate", ruling) and ruling in told["reason"]
    assert (await web.get(told["href"])).status_code == 200, "its paper is the reconsideration's own"
    assert "如果您不同意" not in (await web.get(f"/my/licences/{row.id}")).text
    assert (await make.steps(city, first))[-1]["move"] == "reinstate_licence"
    page = (await web.get(f"/my/cases/{first}")).text
    assert "证照已制好" in page and "对证照的决定经行政复议改变" in page
    assert [one.row.case_id for one in await published(city, VISITOR, limit=5)] == [first]
    assert any("恢复有效" in one for one in await letters(city, owner))
    text = await said(city, owner, asked, "approval")
    for words in ("《撤销行政许可决定书》", "证照恢复到该决定作出之前的状态"):
        assert words in text, words


@pytest.mark.usefixtures("no_press")
async def test_a_revocation_is_contested_from_the_licence_and_overturned_the_licence_is_valid_again(
    city: Database, owner: Resident, other: Resident, first: UUID, web: Client
) -> None:
    now = clock.now()
    number = await decided_on(city, owner, first, "revoke", ground="deceit", now=now)
    assert await published(city, VISITOR, limit=5) == []
    with pytest.raises(NoSuchCase):
        await cases.start(city, other.actor, item=ITEM, about=first, now=now)
    await decided_on(city, owner, first, "cancel", ground="taken", now=now)
    await offered(city, owner, first, web)
    asked = await filed(city, owner, ITEM, first, now=now)
    assert (await make.row(city, asked))["answers"]["about_code"] == number
    assert await cases.start(city, owner.actor, item=ITEM, about=first, now=now) == asked, "no second one"
    row = await held.licence_of(city, owner, first)
    page = (await web.get(f"/my/licences/{row.id}")).text
    assert "下面针对撤销的决定" in page, "which of the two can be contested"
    assert "第六十九条第二款" in page and "第七十条第四项" in page, (
        "revoked, and cancelled for that: both are told"
    )
    assert f"/my/cases/{asked}" in page and "/apply/reconsideration" not in page and "正在办理" in page

    head = await before_the_head(city, asked, Ruling.REVOKE, now=now)
    await log_in(web, city, head)
    page = (await web.get(f"/desk/{owner.actor.id}/{asked}")).text
    for words in ("申请复议的决定", number, REASON, "第六十九条第二款", "撤销行政许可决定书"):
        assert words in page, words
    assert 'value="perform"' not in page and "原申请继续办理" not in page
    (look,) = [one for one in await make.ledger(city, first, "cases.read") if one["kind"] == "read"]
    assert look["purpose"] == asked, "who examines it reads the decision under the reconsideration's purpose"
    await cases.approve(city, head, case_id=asked, note=WHY, ruling=Ruling.REVOKE, now=now)
    await drain(city)
    await stands_again(city, owner, first, asked, web)

    back = await held.licence_of(city, owner, first)
    news = make.event("cases.granted", subject=owner.actor.id, reference=asked)  # type: ignore[arg-type]
    await jobs.apply_outcome(city, news, now=clock.now())
    await drain(city)
    assert await held.licence_of(city, owner, first) == back, "the same ruling twice changes nothing"
    with pytest.raises(NothingToReconsider):
        await cases.start(city, owner.actor, item=ITEM, about=first, now=now)


async def test_after_sixty_days_it_is_asked_for_with_what_kept_her(
    city: Database, owner: Resident, first: UUID, web: Client
) -> None:
    now = clock.now()
    await decided_on(city, owner, first, "cancel", ground="barred", now=now - 61 * DAY)
    draft = await drafted(city, owner, ITEM, first, now=now)
    with pytest.raises(ReconsideredTooLate):
        await cases.submit(city, owner.actor, case_id=draft, key=None, now=now)
    await log_in(web, city, owner.actor)
    row = await held.licence_of(city, owner, first)
    page = (await web.get(f"/my/licences/{row.id}")).text
    assert "说明耽误的原因，申请行政复议" in page and "60 日已过" in page


async def test_what_was_decided_on_anew_is_named_when_it_is_filed_and_is_not_undone(
    city: Database, owner: Resident, first: UUID, web: Client
) -> None:
    now = clock.now() - timedelta(minutes=5)  # so that the worker takes what is announced after it
    suspended = await decided_on(city, owner, first, "suspend", ground="hazard", now=now)
    asked = await filed(city, owner, ITEM, first, now=now)
    revoked = await decided_on(city, owner, first, "revoke", ground="deceit", now=now + timedelta(minutes=1))
    await log_in(web, city, owner.actor)
    row = await held.licence_of(city, owner, first)
    page = (await web.get(f"/my/licences/{row.id}")).text
    assert "您对前一个决定的复议正在办理" in page and f"/my/cases/{asked}" in page
    await decided(city, asked, Ruling.CHANGE, now=now + timedelta(minutes=2))
    await drain(city)
    assert (await held.licence_of(city, owner, first)) == row, "it was revoked meanwhile, by another decision"
    (told,) = [one for one in await letters(city, owner) if "行政复议改变了对您的" in one]
    assert "后来又有新的决定（撤销的决定）" in told and "另行申请行政复议" in told
    assert "reinstate_licence" not in [one["move"] for one in await make.steps(city, first)]

    draft = await drafted(city, owner, ITEM, first, now=now + DAY, about_code=suspended)
    with pytest.raises(OtherDecisionNamed) as refused:
        await cases.submit(city, owner.actor, case_id=draft, key=None, now=now + DAY)
    assert revoked in str(refused.value.fields["about_code"])
    assert "又作出了新的决定" in str(refused.value.fields["about_code"])
    sheet = await cases.sheet(city, owner.actor, case_id=draft)
    await make.answered(city, draft, sheet.form, {**sheet.answers, "about_code": revoked})
    await cases.submit(city, owner.actor, case_id=draft, key=None, now=now + DAY)
    await decided(city, draft, Ruling.UPHOLD, now=now + 2 * DAY)
    with pytest.raises(ReconsideredAlready):
        await cases.start(city, owner.actor, item=ITEM, about=first, now=now + 3 * DAY)
    page = (await web.get(f"/my/licences/{row.id}")).text
    assert "决定维持原决定" in page and f"/my/cases/{draft}" in page


async def test_a_suspension_that_stands_again_can_be_contested_for_itself(
    city: Database, owner: Resident, first: UUID
) -> None:
    now = clock.now() - timedelta(minutes=5)
    suspended = await decided_on(city, owner, first, "suspend", ground="hazard", now=now)
    await decided_on(city, owner, first, "revoke", ground="deceit", now=now + timedelta(minutes=1))
    asked = await filed(city, owner, ITEM, first, now=now + timedelta(minutes=2))
    await decided(city, asked, Ruling.REVOKE, now=now + timedelta(minutes=3))
    await drain(city)
    assert (await held.licence_of(city, owner, first)).state == "suspended"
    draft = await cases.start(city, owner.actor, item=ITEM, about=first, now=now + timedelta(minutes=4))
    assert (await make.row(city, draft))["answers"]["about_code"] == suspended


def test_of_an_act_no_duty_is_ordered() -> None:
    assert set(open_for("perform")) - set(open_for("perform", on_licence=True)) == {Ruling.PERFORM}
