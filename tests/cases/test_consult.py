"""Joint review: another department is asked, answers on its own desk, and the decision waits for it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests import make
from tests.cases.test_read_file import filed
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases, regions
from tongban.audit.store.ledger import unlawful_readings
from tongban.cases.actions import asked_case, asked_file, asked_of_us
from tongban.cases.model import MovedOn, NoSuchCase, NotPossibleNow, State
from tongban.cases.model.cautions import CautionsUnread
from tongban.cases.model.consulting import AdviceAwaited, AdviceIncomplete, ConsultIncomplete
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty

QUESTION = "请核对该住址是否登记在你处管理的集体宿舍内。"
ANSWER = {"agrees": "yes", "reason": "经核对，住址和登记一致，没有不同意见。"}


async def asked(city: Database, owner: Resident, officer: Actor, elsewhere: Actor, days: str = "3"):  # type: ignore[no-untyped-def]
    case_id = await make.accepted(city, owner, officer)
    await cases.consult(
        city,
        officer,
        case_id=case_id,
        department=elsewhere.department or "",
        days=days,
        question=QUESTION,
        now=clock.now(),
    )
    return case_id


async def test_the_decision_waits_for_the_answer_which_is_given_on_the_other_desk(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    subject = owner.actor.id
    assert subject is not None
    case_id = await asked(city, owner, officer, elsewhere)
    now = clock.now()
    for verb in (
        cases.approve(city, officer, case_id=case_id, now=now),
        cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=now),
    ):
        with pytest.raises(AdviceAwaited) as told:
            await verb
        assert "会签部门还没有答复" in str(told.value.message)
    before = city.count
    waiting = await asked_of_us(city, elsewhere, after=None, limit=9)
    assert [one.case_id for one in waiting] == [case_id] and city.count - before == 1
    before = city.count
    opened, question = await asked_case(city, elsewhere, case_id=case_id, subject=subject, now=now)
    assert city.count - before == 1 and question.question == QUESTION and opened.answers
    assert (await make.ledger(city, case_id, "cases."))[-1]["action"] == "cases.read"
    assert await unlawful_readings(city, since=now - timedelta(days=1), until=now + timedelta(days=1)) == 0
    before = city.count
    await cases.advise(city, elsewhere, case_id=case_id, posted=ANSWER, now=now)
    assert city.count - before == 2
    assert await asked_of_us(city, elsewhere, after=None, limit=9) == []
    with pytest.raises(NoSuchCase):
        await asked_case(city, elsewhere, case_id=case_id, subject=subject, now=now)
    with pytest.raises(NoSuchCase):
        await cases.advise(city, elsewhere, case_id=case_id, posted=ANSWER, now=now)
    await cases.approve(city, officer, case_id=case_id, now=now)
    seen = await cases.progress(city, owner.actor, case_id=case_id)
    assert seen.case.consulted == () and not {"consult", "advise"} & {str(step.move) for step in seen.events}


async def test_after_the_limit_it_is_decided_without_and_an_objection_needs_words(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id = await asked(city, owner, officer, elsewhere, days="1")
    later = clock.now() + timedelta(days=12)
    no = {"agrees": "no", "reason": "该处为厂房，不能作为居住地址登记。"}
    await cases.advise(city, elsewhere, case_id=case_id, posted=no, now=later)
    with pytest.raises(CautionsUnread) as told:
        await cases.approve(city, officer, case_id=case_id, now=later)
    assert set(told.value.fields) == {"seen-advice", "reason"}
    await cases.consult(
        city,
        officer,
        case_id=case_id,
        department=elsewhere.department or "",
        days="1",
        question=QUESTION,
        now=clock.now(),
    )
    assert len((await make.row(city, case_id))["consulted"]) == 1, (
        "asked again, the answer before does not count"
    )
    await cases.approve(city, officer, case_id=case_id, now=later)
    assert await asked_of_us(city, elsewhere, after=None, limit=9) == [], "nothing waits for a case decided"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"department": ""}, "department"),
        ({"department": "own"}, "department"),
        ({"department": "nowhere"}, "department"),
        ({"days": "0"}, "days"),
        ({"days": "31"}, "days"),
        ({"days": "三"}, "days"),
    ],
)
async def test_a_question_has_a_department_and_a_limit(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor, change: dict[str, str], field: str
) -> None:
    case_id = await make.accepted(city, owner, officer)
    asking = {"department": elsewhere.department or "", "days": "3", "question": QUESTION} | change
    if asking["department"] == "own":
        asking["department"] = officer.department or ""
    with pytest.raises(ConsultIncomplete) as told:
        await cases.consult(city, officer, case_id=case_id, now=clock.now(), **asking)
    assert list(told.value.fields) == [field]


async def test_whom_nobody_asked_sees_nothing(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id, now = await make.submitted(city, owner), clock.now()
    assert owner.actor.id is not None
    asking = {"department": elsewhere.department or "", "days": "3", "question": QUESTION, "now": now}
    with pytest.raises(NotPossibleNow):
        await cases.consult(city, officer, case_id=case_id, **asking)
    with pytest.raises(NoSuchCase):
        await cases.consult(city, elsewhere, case_id=case_id, **asking)
    for who in (elsewhere, owner.actor):
        with pytest.raises(NoSuchCase):
            await cases.advise(city, who, case_id=case_id, posted=ANSWER, now=now)
    with pytest.raises(NoSuchCase):
        await asked_case(city, elsewhere, case_id=case_id, subject=owner.actor.id, now=now)
    await cases.accept(city, officer, case_id=case_id, now=now)
    await cases.consult(city, officer, case_id=case_id, **asking)
    with pytest.raises(AdviceIncomplete):
        await cases.advise(city, elsewhere, case_id=case_id, posted={"reason": "同意"}, now=now)
    await cases.withdraw(city, owner.actor, case_id=case_id, now=now)
    with pytest.raises(NotPossibleNow):
        await cases.advise(city, elsewhere, case_id=case_id, posted=ANSWER, now=now)
    assert await make.state(city, case_id) == State.WITHDRAWN and issubclass(MovedOn, Exception)


async def test_the_materials_are_read_while_the_question_is_open(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor, web: Client
) -> None:
    case_id, file_id = await filed(city, owner)
    await cases.accept(city, officer, case_id=case_id, now=clock.now())
    at = f"/desk/opinions/{owner.actor.id}/{case_id}"
    await log_in(web, city, elsewhere)
    assert (await web.get(f"{at}/files/{file_id}")).status_code == 404, "nobody asks this department yet"
    asking = {"department": elsewhere.department or "", "days": "3", "question": QUESTION}
    await cases.consult(city, officer, case_id=case_id, now=clock.now(), **asking)
    assert f'href="{at}/files/{file_id}"' in (await web.get(at)).text
    shown = await web.get(f"{at}/files/{file_id}")
    assert shown.status_code == 200 and shown.headers["content-type"] == "application/pdf"
    assert (await web.get(f"{at}/files/{file_id}/thumbnail")).status_code == 200
    rows = await make.ledger(city, case_id, "cases.read_file")
    assert {(row["kind"], row["purpose"]) for row in rows} == {("read", case_id)}
    assert [row["detail"]["view"] for row in rows] == ["content", "thumbnail"]
    hour = timedelta(hours=1)
    assert await unlawful_readings(city, since=clock.now() - hour, until=clock.now() + hour) == 0
    heir = make.officer_with("justice-310000", Duty.EXAMINE)
    former, successor = elsewhere.department or "", heir.department or ""
    await cases.succeed(city, former=former, successor=successor, basis=make.REASON, now=clock.now())
    about = {"case_id": case_id, "subject": owner.actor.id or case_id, "file_id": file_id}
    await asked_file(city, heir, view="content", now=clock.now(), **about)
    await cases.advise(city, elsewhere, case_id=case_id, posted=ANSWER, now=clock.now())
    assert (await web.get(f"{at}/files/{file_id}")).status_code == 404, (
        "answered, it is not its case any more"
    )


async def test_the_pages_of_both_departments(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor, web: Client
) -> None:
    case_id = await make.accepted(city, owner, officer)
    address = f"/desk/{owner.actor.id}/{case_id}"
    await log_in(web, city, officer)
    form = (await web.get(f"{address}/forms/consult")).text
    ours = await regions.department(city, officer.department or "")
    groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', form)
    assert groups[0][0] == next(
        str(one.name) for one in await regions.districts(city) if one.code == ours.district
    )
    assert groups[1][0] == "市级部门" and len(groups) > 3
    assert ours.name.zh not in groups[0][1] and form.count("<option value=") > 100
    assert "人民政府<" not in form, "a government answers for no item, and nobody works there"
    token = form.split('name="_csrf" value="')[1].split('"')[0]
    posted = {"_csrf": token, "department": elsewhere.department or "", "days": "x", "reason": QUESTION}
    again = await web.post(f"{address}/forms/consult", data=posted)
    assert again.status_code == 422 and QUESTION in again.text
    done = await web.post(f"{address}/forms/consult", data=posted | {"days": "3"}, follow_redirects=True)
    assert "已征求意见" in done.text and "等待答复" in done.text
    await log_in(web, city, elsewhere)
    assert f"/desk/opinions/{owner.actor.id}/{case_id}" in (await web.get("/desk/opinions")).text
    page = (await web.get(f"/desk/opinions/{owner.actor.id}/{case_id}")).text
    assert QUESTION in page and owner.number not in page
    token = page.split('name="_csrf" value="')[1].split('"')[0]
    answered = await web.post(
        f"/desk/opinions/{owner.actor.id}/{case_id}", data={"_csrf": token, **ANSWER}, follow_redirects=True
    )
    assert "意见已答复" in answered.text
    assert (await web.get(address)).status_code == 404, "the case itself is not theirs"
    await log_in(web, city, officer)
    seen = (await web.get(address)).text
    assert "：同意" in seen and ANSWER["reason"] in seen
