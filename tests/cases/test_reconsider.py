"""How a reconsideration is filed late, decided by two persons with an outcome of the law, and what it does then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from tests import cast, make
from tests.cases.reconsidering import WHY, decided, drafted, filed
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit.sample_paper import text_of
from tongban import cases, regions
from tongban.cases import jobs
from tongban.cases.actions import reconsidering
from tongban.cases.actions.afterwards.overturning import OtherLives
from tongban.cases.actions.letters.of_steps import letter
from tongban.cases.actions.papers.printing import my_paper
from tongban.cases.model import Move, ReasonMissing
from tongban.cases.model.chain import FourEyes, OutOfTurn
from tongban.cases.model.linked import NothingToReconsider, ReconsideredAlready, ReconsideredTooLate
from tongban.cases.model.papers import PaperKind
from tongban.cases.model.rulings import RULINGS, Ruling, RulingNotChosen, SameReasonBarred
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.pdf import press
from tongban.kit.policy import Actor, Duty

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
#: When each is decided on: a working day, long after the first limits.
LATER = MONDAY + 50 * DAY
SAID = {"card_address": "请补全室号。"}


async def declined(city: Database, owner: Resident, officer: Actor) -> UUID:
    case_id = await make.submitted(city, owner, now=MONDAY)
    await cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=MONDAY)
    return case_id


async def refused(city: Database, owner: Resident, officer: Actor) -> UUID:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    await cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=MONDAY + DAY)
    return case_id


async def uncorrected(city: Database, owner: Resident, officer: Actor) -> UUID:
    case_id = await make.submitted(city, owner, now=MONDAY)
    await cases.ask_correction(city, officer, case_id=case_id, said=SAID, now=MONDAY)
    news = make.event("timer.cases.correction", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    await jobs.terminate(city, news, now=MONDAY + 25 * DAY)
    return case_id


async def terminated(city: Database, owner: Resident, officer: Actor) -> UUID:
    case_id = await make.suspended(city, owner, officer, now=MONDAY)
    await cases.terminate_at_desk(
        city, officer, case_id=case_id, ground="object_gone", reason=make.REASON, now=MONDAY + DAY
    )
    return case_id


Ending = Callable[[Database, Resident, Actor], Awaitable[UUID]]


@pytest.mark.parametrize(
    ("ended", "was", "stands", "timer", "date"),
    [
        (declined, "not_accepted", "submitted", "cases.acceptance", "accept_due"),
        (refused, "refused", "accepted", None, "promise_due"),
        (terminated, "terminated", "accepted", None, "promise_due"),
        (uncorrected, "terminated", "correcting", "cases.correction", None),
    ],
)
async def test_each_decision_that_is_revoked_is_taken_back_with_its_whole_limit(
    city: Database,
    owner: Resident,
    officer: Actor,
    web: Client,
    ended: Ending,
    was: str,
    stands: str,
    timer: str | None,
    date: str | None,
) -> None:
    about = await ended(city, owner, officer)
    assert await make.state(city, about) == was
    await log_in(web, city, owner.actor)
    assert "如果您不同意" in (await web.get(f"/my/cases/{about}")).text
    asked = await filed(city, owner, "reconsideration", about, now=LATER - 5 * DAY)
    news = await decided(city, asked, Ruling.REVOKE_ANEW, now=LATER)
    for _ in range(2):  # the second delivery of the same news does nothing more
        await jobs.apply_outcome(city, news, now=LATER)
    row = await make.row(city, about)
    assert (row["state"], row["reason"], row["decided_at"], row["closed_at"]) == (stands, None, None, None)
    assert row["course"]["anew"] == f"{clock.city_day(LATER)}" and not row["course"].get("specials")
    due = row[date] if date else datetime.fromisoformat(row["correction"]["until"])
    assert due > LATER
    timers = await make.timers(city, about)
    assert (
        (timers == {timer: row["accept_due"]}) if date == "accept_due" else (set(timers) == {timer} - {None})
    )
    assert (await make.purposes(city, about))[-1] == ("case", True)
    step = (await make.steps(city, about))[-1]
    assert (step["to_state"], step["actor_role"], step["detail"]["was"]["state"]) == (stands, "system", was)
    assert WHY in step["detail"]["reason"], "the department reads on what it decides anew"
    assert (await make.ledger(city, about))[-1]["action"] == f"cases.{step['move']}"
    assert (await make.news(city, about))[-1] == "cases.rectified"
    opened = await cases.progress(city, owner.actor, case_id=about)
    told = letter(
        "cases.rectified", opened.case, opened.version, mark="通办", organ=None, detail=step["detail"]
    )
    day = f"{clock.city_day(opened.case.due):%Y-%m-%d}" if opened.case.due else "?"
    assert day in told.sms.zh and day in told.body.en and "不用重新申请" in told.body.zh
    paper = await my_paper(
        city, owner.actor, case_id=about, kind=PaperKind.RECTIFICATION, step=None, now=LATER
    )
    assert paper.title == "重新办理通知书" and "更正" not in str(paper.blocks)
    asked_row = await make.row(city, asked)
    granted = next(one for one in await make.steps(city, asked) if one["move"] == "grant")
    government = await regions.reconsideration_organ(city, asked_row["department"])
    for one in (
        *(WHY, f"文书编号 {asked_row['short_code']}-{granted['version']:02d}", government.name.zh),
        *("撤销原决定，责令重新作出决定", clock.day_in_words(clock.city_day(due)), "从次日起重新计算"),
        *(["承诺办结", "法定办结"] if stands == "accepted" else []),
    ):
        assert one in str(paper.blocks), one
    page = (await web.get(f"/my/cases/{about}")).text
    assert "复议决定日" in page and "从次日起重新计算" in page and "有误" not in page
    if stands == "correcting":
        await cases.correct(city, owner.actor, case_id=about, key=None, now=LATER + DAY)
    elif stands == "submitted":
        await cases.accept(city, officer, case_id=about, now=LATER + DAY)
        assert (await make.row(city, about))["promise_due"] > due
    else:
        await cases.approve(city, officer, case_id=about, now=LATER + DAY)


@pytest.mark.parametrize("ruling", [Ruling.REVOKE_ANEW, Ruling.REVOKE_PROCEDURE])
async def test_what_was_revoked_is_not_decided_again_for_the_same_reason_unless_it_was_the_procedure(
    city: Database, owner: Resident, officer: Actor, web: Client, ruling: Ruling
) -> None:
    about = await refused(city, owner, officer)
    asked = await filed(city, owner, "reconsideration", about, now=MONDAY + 2 * DAY)
    await jobs.apply_outcome(city, await decided(city, asked, ruling, now=LATER), now=LATER)
    again = {"case_id": about, "now": LATER + DAY}
    same = f" {make.REASON.rstrip('。')} ！"
    if ruling is Ruling.REVOKE_PROCEDURE:
        await cases.refuse(city, officer, reason=same, **again)
        return
    with pytest.raises(SameReasonBarred):
        await cases.refuse(city, officer, reason=same, **again)
    await log_in(web, city, officer)
    address = f"/desk/{owner.actor.id}/{about}"
    token = (await web.get(address)).text.split('name="_csrf" value="')[1].split('"')[0]
    told = await web.post(f"{address}/refuse", data={"_csrf": token, "reason": make.REASON})
    assert told.status_code == 422 and "第六十四条第二款" in told.text and make.REASON in told.text
    await cases.refuse(city, officer, reason="居住登记地址经上门核实不存在，另附核查记录。", **again)


async def test_what_is_not_put_right_within_ten_days_counts_as_given_up(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    about = await refused(city, owner, officer)
    asked = await filed(city, owner, "reconsideration", about, now=MONDAY + 2 * DAY)
    office = make.officer_with((await make.row(city, asked))["department"], Duty.EXAMINE)
    await cases.ask_correction(
        city, office, case_id=asked, said={"facts_reasons": "请补全事实和理由。"}, now=MONDAY + 3 * DAY
    )
    until = datetime.fromisoformat((await make.row(city, asked))["correction"]["until"])
    assert f"{clock.city_day(until)}" == "2026-12-10", "art. 31, 88: ten working days from the notice"
    await log_in(web, city, owner.actor)
    assert "第三十一条" in (page := (await web.get(f"/my/cases/{asked}/correct")).text) and "视为放弃" in page
    opened = await cases.progress(city, owner.actor, case_id=asked)
    told = letter("cases.correction_asked", opened.case, opened.version, mark="通办", organ=None)
    assert "视为放弃申请" in told.body.zh and "2026-12-10" in told.body.zh
    by_officer = msgspec.structs.replace(opened.case, reason=make.REASON, accepted_at=MONDAY + 4 * DAY)
    told = letter("cases.terminated", by_officer, opened.version, mark="通办", organ=None)
    assert "第三十条第一款第七项" in told.body.zh and "可以重新申请" not in told.body.zh
    news = make.event("timer.cases.correction", subject=owner.actor.id, reference=asked)  # type: ignore[arg-type]
    await jobs.terminate(city, news, now=until + DAY)
    assert await make.state(city, asked) == "terminated"
    paper = await my_paper(
        city, owner.actor, case_id=asked, kind=PaperKind.TERMINATION, step=None, now=until + DAY
    )
    assert "第三十一条" in str(paper.blocks) and "视为放弃" in str(paper.blocks)
    assert "视为放弃申请" in (await web.get(f"/my/cases/{asked}")).text


async def test_what_is_not_the_contested_decision_any_more_is_left_alone(
    city: Database, owner: Resident, officer: Actor
) -> None:
    about = await refused(city, owner, officer)
    asked = await filed(city, owner, "reconsideration", about, now=MONDAY + 2 * DAY)
    await cases.rectify(city, officer, case_id=about, reason=WHY, now=MONDAY + 3 * DAY)
    await cases.refuse(city, officer, case_id=about, reason=make.REASON, now=MONDAY + 4 * DAY)
    news = await decided(city, asked, Ruling.REVOKE, now=MONDAY + 7 * DAY)
    await jobs.apply_outcome(city, news, now=MONDAY + 7 * DAY)
    assert await make.state(city, about) == "refused", "it was decided anew meanwhile"


async def test_it_waits_while_another_application_for_the_same_lives(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    about = await refused(city, owner, officer)
    asked = await filed(city, owner, "reconsideration", about, now=MONDAY + 2 * DAY)
    anew = await make.draft(city, owner, now=MONDAY + 2 * DAY)
    news = await decided(city, asked, Ruling.REVOKE, now=MONDAY + 3 * DAY)
    with pytest.raises(OtherLives):
        await jobs.apply_outcome(city, news, now=MONDAY + 3 * DAY)
    assert await make.state(city, about) == "refused"
    await log_in(web, city, owner.actor)
    page = (await web.get(f"/my/cases/{about}")).text
    assert "等它办结、撤回或者放弃后恢复" in page and "条件具备后" not in page
    await cases.discard(city, owner.actor, case_id=anew, now=MONDAY + 3 * DAY)
    await jobs.apply_outcome(city, news, now=MONDAY + 3 * DAY)
    assert await make.state(city, about) == "accepted"


async def test_the_sixty_days_run_from_the_last_delivery_that_was_noted(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    about = await refused(city, owner, officer)
    at = MONDAY + DAY
    for number, days in enumerate((2, 9)):
        await cases.deliver(
            *(city, officer),
            case_id=about,
            way="courier",
            receiver="示例单号",
            note="",
            key=str(number),
            now=at + days * DAY,
        )
    opened = await cases.progress(city, owner.actor, case_id=about)
    of_decision = (await reconsidering(city, opened.case, opened.linked)).until
    found = await reconsidering(city, opened.case, opened.linked, opened.events)
    assert found.until is not None and of_decision is not None
    assert clock.city_day(found.until) == clock.city_day(at + 69 * DAY) and of_decision < found.until
    await log_in(web, city, owner.actor)
    assert "自登记的送达之日（" in (await web.get(f"/my/cases/{about}")).text
    await filed(city, owner, "reconsideration", about, now=found.until)


async def test_after_sixty_days_it_is_filed_with_what_kept_her_and_the_office_judges(
    city: Database, owner: Resident, officer: Actor
) -> None:
    about = await refused(city, owner, officer)
    opened = await cases.progress(city, owner.actor, case_id=about)
    last = (await reconsidering(city, opened.case, opened.linked)).until
    assert last is not None
    draft = await drafted(city, owner, "reconsideration", about, now=last + DAY)
    before = await make.everything(city, draft)
    for _ in range(2):
        with pytest.raises(ReconsideredTooLate) as told:
            await cases.submit(city, owner.actor, case_id=draft, key="late", now=last + DAY)
        assert set(told.value.fields) == {"delay"} and told.value.status == 422
    assert await make.everything(city, draft) == before, "nothing typed is lost"
    sheet = await cases.sheet(city, owner.actor, case_id=draft)
    said = dict(sheet.answers) | {"delay": "自十一月底起住院治疗，今天出院，病历附后。"}
    await make.answered(city, draft, sheet.form, said)
    await cases.submit(city, owner.actor, case_id=draft, key="late", now=last + DAY)
    assert await make.state(city, draft) == "submitted"


async def test_what_changed_since_the_draft_was_opened_is_told_when_it_is_filed(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    about = await refused(city, owner, officer)
    draft = await drafted(city, owner, "reconsideration", about, now=MONDAY + 2 * DAY)
    await cases.rectify(city, officer, case_id=about, reason=WHY, now=MONDAY + 3 * DAY)
    with pytest.raises(NothingToReconsider):
        await cases.submit(city, owner.actor, case_id=draft, key=None, now=MONDAY + 3 * DAY)
    await log_in(web, city, owner.actor)
    at = f"/apply/reconsideration/{draft}"
    token = (await web.get(f"{at}/check")).text.split('name="_csrf" value="')[1].split('"')[0]
    answer = await web.post(f"{at}/submit", data={"_csrf": token})
    assert answer.status_code == 409 and "没有可以在网上申请行政复议的决定" in answer.text
    assert 'name="facts_reasons"' in answer.text and await make.state(city, draft) == "draft"
    # Decided before by another one: her draft is older than that, and comes too late.
    await cases.refuse(city, officer, case_id=about, reason=make.REASON, now=MONDAY + 4 * DAY)
    await city.sibling().run("""UPDATE cases."case" SET state = 'discarded' WHERE id = $1""", draft)
    other = await filed(city, owner, "reconsideration", about, now=MONDAY + 5 * DAY)
    await decided(city, other, Ruling.UPHOLD, now=MONDAY + 7 * DAY)
    await city.sibling().run("""UPDATE cases."case" SET state = 'draft' WHERE id = $1""", draft)
    with pytest.raises(ReconsideredAlready):
        await cases.submit(city, owner.actor, case_id=draft, key=None, now=MONDAY + 8 * DAY)


async def test_who_examines_proposes_an_outcome_and_another_person_decides(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    about = await refused(city, owner, officer)
    asked = await filed(city, owner, "reconsideration", about, now=MONDAY + 2 * DAY)
    both = make.officer_with((await make.row(city, asked))["department"], Duty.EXAMINE, Duty.APPROVE)
    now = MONDAY + 3 * DAY
    await cases.accept(city, both, case_id=asked, now=now)
    with pytest.raises(OutOfTurn):
        await cases.refuse(city, both, case_id=asked, reason=WHY, ruling=Ruling.UPHOLD, now=now)
    for wrong in ("", Ruling.REJECT, "annul"):
        with pytest.raises(RulingNotChosen) as told:
            await cases.propose(city, both, case_id=asked, ruling=wrong, reason="短", now=now)
        assert set(told.value.fields) == {"ruling", "reason"}
    await log_in(web, city, both)
    address = f"/desk/{owner.actor.id}/{asked}"
    page = (await web.get(address)).text
    assert "提出审理意见" in page and "确认原决定违法（第六十五条）" in page and "拟准予" not in page
    assert 'value="reject"' not in page, "no duty was said not done"
    token = page.split('name="_csrf" value="')[1].split('"')[0]
    sent = {"_csrf": token, "ruling": "unlawful", "reason": WHY}
    assert (await web.post(f"{address}/propose", data=sent, follow_redirects=False)).status_code == 303
    assert "拟确认原决定违法" in (await web.get(address)).text
    with pytest.raises(FourEyes):
        await cases.approve(city, both, case_id=asked, note=WHY, ruling=Ruling.UNLAWFUL, now=now)
    head = make.officer_with(both.department or "", Duty.APPROVE, Duty.HEAD)
    with pytest.raises(RulingNotChosen):
        await cases.approve(city, head, case_id=asked, note=WHY, ruling=Ruling.UPHOLD, now=now)
    with pytest.raises(ReasonMissing):
        await cases.approve(city, head, case_id=asked, ruling=Ruling.CHANGE, now=now)
    await log_in(web, city, head)
    page = (await web.get(address)).text
    assert "区人民政府的名义作出，并加盖其印章" in page
    assert "作出复议决定" in page and "退回审查" in page and "维持：事实清楚、依据正确" in page
    assert "不符合办理条件" not in page, "no template of an ordinary refusal"
    token = page.split('name="_csrf" value="')[1].split('"')[0]
    empty = await web.post(f"{address}/grant", data={"_csrf": token, "reason": WHY, "ruling": ""})
    assert empty.status_code == 422 and "请选择复议决定的种类" in empty.text and WHY in empty.text
    sent = {"_csrf": token, "ruling": "uphold", "reason": WHY}
    done = await web.post(f"{address}/grant", data=sent, follow_redirects=True)
    assert "已决定维持原决定" in done.text and await make.state(city, asked) == "refused"
    assert "维持原决定" in (await web.get("/desk/done")).text
    assert (await make.row(city, asked))["ruling"] == "uphold"


@pytest.mark.usefixtures("no_press")
@pytest.mark.parametrize("ruling", list(Ruling))
async def test_the_outcome_is_the_same_on_paper_letter_pages_and_api(
    web: Client, city: Database, owner: Resident, officer: Actor, ruling: Ruling
) -> None:
    about = await refused(city, owner, officer)
    duty = {"request": RULINGS[ruling].asked} if RULINGS[ruling].asked else {}
    asked = await filed(city, owner, "reconsideration", about, now=MONDAY + 2 * DAY, **duty)
    news = await decided(city, asked, ruling, now=MONDAY + 3 * DAY)
    await jobs.apply_outcome(city, news, now=MONDAY + 3 * DAY)
    found = RULINGS[ruling]
    assert await make.state(city, about) == ("accepted" if found.takes_back else "refused")
    kind = PaperKind.APPROVAL if found.move is Move.GRANT else PaperKind.REFUSAL
    paper = await my_paper(city, owner.actor, case_id=asked, kind=kind, step=None, now=MONDAY + 4 * DAY)
    text = text_of((await press.printed(paper)).content)
    code = (await make.row(city, about))["short_code"]
    # By the name of the government, whose office the bureau is (行政复议法 art. 61, 75); the receipt is the office's.
    row = await make.row(city, asked)
    organ = await regions.reconsideration_organ(city, row["department"])
    assert paper.organ == paper.signature.organ == organ.name.zh and "人民政府" in paper.organ
    receipt = await my_paper(
        city, owner.actor, case_id=asked, kind=PaperKind.RECEIPT, step=None, now=MONDAY + 4 * DAY
    )
    assert organ.office is not None and receipt.organ == organ.office.zh
    # Nothing was handed in, so nothing stands there; and the law is its own (art. 30).
    blocks = str(receipt.blocks)
    assert "证据材料" not in blocks and "下列材料" not in blocks and "“行政复议”申请" in blocks
    assert "法律依据：《行政复议法》第三十条。" in blocks and "行政许可法" not in blocks
    for one in (
        *(
            "行政复议决定书",
            "示范市公安局",
            code,
            organ.name.zh,
            receipt.organ,
            found.words.msgid,
            found.follows.msgid,
        ),
        *(f"依照《行政复议法》{found.article.msgid}", "15日内，可以向有管辖权的人民法院提起行政诉讼"),
    ):
        assert "".join(one.split()) in text, one
    assert "行政许可法" not in text and "不予办理" not in text and "{" not in text
    opened = await cases.progress(city, owner.actor, case_id=asked)
    topic = "cases.granted" if found.move is Move.GRANT else "cases.refused"
    told = letter(topic, opened.case, opened.version, mark="通办", organ=cast.CITY_GOVERNMENT)
    assert f"{cast.CITY_GOVERNMENT.name.zh}决定{found.words.msgid}" in told.body.zh
    assert found.words.msgid in told.sms.zh and found.follows.msgid in told.body.zh
    assert "15 days" in told.body.en and "未获准" not in told.title.zh
    await log_in(web, city, owner.actor)
    for address in (f"/my/cases/{asked}", "/my/cases", "/", f"/api/v1/cases/{asked}", "/api/v1/cases"):
        page = (await web.get(address)).text
        assert found.words.msgid in page or address == "/", address
        assert "已准予" not in page and "已办结" not in page, address
    if not found.takes_back:
        page = (await web.get(f"/my/cases/{about}")).text
        assert f"行政复议已于2026年11月26日决定{found.words.msgid}" in page and "6 个月内" not in page
    checked = await cases.check(
        city, owner.actor, code=opened.case.short_code or "", four=owner.number[-4:], now=MONDAY + 4 * DAY
    )
    assert checked.state_words == found.words
