"""A promise 告知承诺 that was broken, through the doors of its people: paper, letters, licence, credit register, and
the ordinary way that stays open."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from tests import cast, filling, make
from tests.cases import held
from tests.cases.test_every_item import officer_at
from tests.cases.test_promises import ITEM, NOW, fires, granted, letters
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit.sample_paper import text_of
from tests.sandbox.conftest import Sandbox
from tongban import cases, catalogue, licences
from tongban.cases import jobs
from tongban.cases.actions.afterwards.committing import (
    enter_credit,
    lift_credit,
    note_revoked,
    record_check,
)
from tongban.cases.model.commitments import Committed, Promise
from tongban.cases.providers.credit import CreditAway, CreditRefused, Entry, enter
from tongban.cases.store import commitments as rows
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.pades import office
from tongban.kit.policy import Actor, Duty
from tongban.settings import settings

pytestmark = pytest.mark.usefixtures("no_press")


async def post(web: Client, shown_at: str, path: str = "", **typed: str) -> httpx.Response:
    """What a form of a page is answered, with what the page hides in it."""
    shown = await web.get(shown_at)
    hidden = dict(re.findall(r'name="(_csrf|_version|_key)" value="([^"]+)"', shown.text))
    return await web.post(path or shown_at, data={**hidden, **typed}, follow_redirects=False)


#: Of a case that waits for its acceptance, where it is decided on that day.
_SAME_DAY = "即办：工作人员最晚"


async def test_the_commitment_is_a_sealed_paper_of_the_case_and_its_hash_is_in_the_ledger(
    city: Database, outside: Sandbox, web: Client
) -> None:
    """How it can fail: the second paper of the step takes the place of the receipt; the ledger keeps no hash;
    who applied in the ordinary way is said to have committed herself."""
    await licences.trust_authority()
    who, case_id, approver = await granted(city, outside)
    await log_in(web, city, who.actor)
    page = (await web.get(f"/my/cases/{case_id}")).text
    link = f"/my/cases/{case_id}/papers/commitment.pdf"
    assert link in page and f"{link[:-14]}receipt.pdf" in page
    assert "正在加盖" in text_of((await web.get(link)).content)
    await jobs.seal_papers(city, now=clock.now())
    kept = (await web.get(link)).content
    receipt = (await web.get(f"{link[:-14]}receipt.pdf")).content
    assert kept != receipt
    said = text_of(kept)
    words_told = ("告知承诺书", "您选择以告知承诺方式", who.name, "直接为顾客服务的人员", "24个月内", "-03C")
    for words in (*words_told, "20个工作日内决定"):
        assert words in said.replace(" ", ""), words
    sealed = {
        one["detail"]["paper"]: one["detail"]["sha256"]
        for one in await make.ledger(city, case_id, "cases.seal")
    }
    assert sealed["commitment"] == hashlib.sha256(kept).hexdigest() != sealed["receipt"]
    asks = (await catalogue.current(city, ITEM)).commitment
    assert asks is not None
    step = (await make.steps(city, case_id))[0]
    assert step["detail"]["committed"] == asks.digest and asks.digest in said.replace(" ", "")
    await log_in(web, city, approver)
    desk = f"/desk/{who.actor.id}/{case_id}"
    assert (await web.get(f"{desk}/papers/commitment.pdf")).content == kept
    await office.close()


async def revoked(city: Database, web: Client, who: Resident, case_id: UUID, officer: Actor) -> Committed:
    """The check finds something, nothing is put right in time, and the licence is revoked at its issuer's page."""
    licence = await held.issued(city, who, case_id, now=NOW)
    due = await fires(city, who, case_id, NOW + timedelta(days=2))
    assert due.state is Promise.CHECK_DUE  # no register tells of hygiene: the officers look
    stranger = make.officer_with("somewhere-else", Duty.EXAMINE)
    with pytest.raises(cases.NoSuchCase):
        await record_check(city, stranger, case_id=case_id, turn="fail", found="没有证明", now=NOW)
    await log_in(web, city, officer)
    desk, one = "/desk/commitments", f"/desk/commitments/{case_id}"
    assert due.short_code in (await web.get(desk)).text
    wordless = await post(web, desk, one, turn="fail", found=" 无 ")
    assert wordless.status_code == 422 and "请写明核查发现了什么" in wordless.text
    found = await post(web, desk, one, turn="fail", found="三人没有健康证明")
    assert found.status_code == 303
    failed = await rows.promise_of(city, case_id=case_id)
    assert failed is not None and failed.state is Promise.CURING and failed.cure_due is not None
    assert (await fires(city, who, case_id, NOW)).state is Promise.CURING  # not yet over
    await log_in(web, city, who.actor)
    assert "三人没有健康证明" in (await web.get(f"/my/cases/{case_id}")).text
    assert (await fires(city, who, case_id, failed.cure_due)).state is Promise.BROKEN

    await log_in(web, city, make.officer_with(licence.issuer_code, Duty.APPROVE))
    path = f"/staff/licences/{licence.id}/revoke"
    typed = {"reason": "承诺不实，逾期没有整改", "ground": "deceit", "heard": "heard"}
    assert (await post(web, path, **typed)).status_code == 303
    (news,) = await city.sibling().rows("SELECT * FROM kit.outbox WHERE topic = 'licences.revoked'")
    for _ in range(2):
        event = make.event("licences.revoked", subject=news["subject"], reference=UUID(news["reference"]))
        await note_revoked(city, event=event, now=clock.now())
    await log_in(web, city, who.actor)
    assert "已撤销" in (await web.get(f"/my/licences/{licence.id}")).text
    verdict = await web.get(f"/verify/{licence.identifier}", headers={"accept": "application/json"})
    assert verdict.json()["verdict"] == "revoked"
    over = await rows.promise_of(city, case_id=case_id)
    assert over is not None and over.state is Promise.REVOKED and over.until is not None
    assert (await make.news(city, case_id)).count("cases.promise_broken") == 1
    return over


async def entered(city: Database, outside: Sandbox, one: Committed) -> None:
    """The entry goes in once the register is there, and no other stands under its id."""
    news = make.event("cases.promise_broken", subject=one.applicant, reference=one.case_id)
    cast.away(outside, "credit")
    with pytest.raises(CreditAway):
        await enter_credit(city, event=news, now=clock.now())
    outside.http.delete("/faults").raise_for_status()
    await enter_credit(city, event=news, now=clock.now())
    entry = Entry(
        entry_id=one.case_id,
        subject_kind="person",
        subject_number="x",
        organ="x",
        matter="x",
        decided_on=clock.city_day(NOW),
        until=clock.city_day(NOW),
    )
    with pytest.raises(CreditRefused):  # the id stands for the entry that went in
        await enter(settings().sandbox_url, entry)


async def again(city: Database, web: Client, outside: Sandbox, who: Resident) -> None:
    """She applies once more: no promise is taken of her, and the same draft goes on in the ordinary way."""
    case_id = await cases.start(city, who.actor, item=ITEM, now=clock.now())
    home = f"/apply/{ITEM}/{case_id}"
    sheet = await cases.sheet(city, who.actor, case_id=case_id)
    answers = filling.filled(sheet.form, sheet.answers, today=clock.city_day(clock.now()))
    del answers["promise_promise"]
    await make.answered(city, case_id, sheet.form, answers)
    await log_in(web, city, who.actor)
    form = (await web.get(home)).text
    assert "situation_way" in form and "promise_promise" not in form
    assert (await web.get(f"{home}/check", follow_redirects=False)).headers[
        "location"
    ] == f"{home}/commitment"
    read = (await web.get(f"{home}/commitment")).text
    assert "直接为顾客服务的人员持有有效健康证明" in read and "24 个月内" in read
    barred = await post(web, f"{home}/commitment", _go="sign")
    assert barred.status_code == 409 and "信用修复" in barred.text and "42号" in barred.text
    # What another house entered stands in the register alone.
    await city.run("UPDATE cases.commitment SET until = now() - interval '1 day'")
    elsewhere = await post(web, f"{home}/commitment", _go="sign")
    assert elsewhere.status_code == 409 and "公共场所卫生许可”记录过承诺不实" in elsewhere.text
    cast.away(outside, "credit")
    silent = await post(web, f"{home}/commitment", _go="sign")
    outside.http.delete("/faults").raise_for_status()
    assert silent.status_code == 503 and "暂时没有应答" in silent.text and "改选一般程序" in silent.text
    assert (await make.ledger(city, case_id, "cases.ask_credit"))[0]["kind"] == "read"
    await ordinarily(city, web, who, case_id, home)


async def ordinarily(city: Database, web: Client, who: Resident, case_id: UUID, home: str) -> None:
    """The same draft asks for the papers then, nobody is asked about her, and the limit is that of the ordinary way."""
    assert (await post(web, f"{home}/commitment", _go="ordinary")).headers["location"] == home
    asked = (await web.get(home)).text
    assert "file_report_before" in asked and "file_health_certificates" in asked
    sheet = await cases.sheet(city, who.actor, case_id=case_id)
    assert set(sheet.faults(now=clock.now())) == {"file_health_certificates"}, "the report went along"
    files = {name: [filling.FILE] for name in sheet.faults(now=clock.now())}
    await make.answered(city, case_id, sheet.form, sheet.answers | files)
    assert (await web.get(f"{home}/check", follow_redirects=False)).status_code == 200
    looks = len(await make.ledger(city, case_id, "cases.ask_credit"))
    await cases.submit(city, who.actor, case_id=case_id, key=None, now=NOW)
    assert len(await make.ledger(city, case_id, "cases.ask_credit")) == looks, (
        "asked of nobody who promises nothing"
    )
    (step,) = await make.steps(city, case_id)
    assert "committed" not in step["detail"]
    waiting = (await web.get(f"/my/cases/{case_id}")).text
    assert "等待受理" in waiting and _SAME_DAY not in waiting
    officer = await officer_at(city, (await make.row(city, case_id))["department"])
    await cases.accept(city, officer, case_id=case_id, now=NOW)
    calendar = await clock.current_calendar(city)
    row = await make.row(city, case_id)
    assert clock.city_day(row["promise_due"]) == calendar.add_working_days(clock.city_day(NOW), 20)
    await cases.withdraw(city, who.actor, case_id=case_id, now=NOW)


async def test_from_the_check_to_revocation_the_credit_register_and_out_of_it(
    city: Database, outside: Sandbox, web: Client
) -> None:
    """How it can fail: the time to put right never runs out; who broke her promise gives the next one; a silent
    register bars her, or lets her; the ordinary way has the promise's own day; an entry taken out still bars; the same
    day is promised in the ordinary way, or on no case (tried)."""
    who, case_id, officer = await granted(city, outside)
    one = await revoked(city, web, who, case_id, officer)
    await entered(city, outside, one)
    await again(city, web, outside, who)
    await city.run("UPDATE cases.commitment SET until = $1", one.until)
    await log_in(web, city, officer)
    desk = "/desk/commitments"
    assert "信用记录至" in (await web.get(desk)).text
    out = await post(web, desk, f"{desk}/{case_id}", turn="restore", found="已补办健康证明并培训")
    assert out.status_code == 303 and one.short_code not in (await web.get(desk)).text
    news = make.event("cases.promise_restored", subject=one.applicant, reference=case_id)
    await lift_credit(city, event=news, now=clock.now())
    told = await letters(city, who, case_id)
    steps = ("最晚", "开始核查", "三人没有", "到期没有", "被撤销", "已记入", "同意信用修复", "已移出")
    assert [any(words in one for one in told) for words in steps] == [True] * len(steps)
    texts = await city.sibling().rows("SELECT payload FROM kit.outbox WHERE topic = 'notices.sms'")
    assert {f"cases.promise.{what}" for what in ("given", "fail", "revoke", "entered", "lifted")} <= {
        one["payload"]["template"] for one in texts
    }

    fresh = await cases.start(city, who.actor, item=ITEM, now=clock.now())
    sheet = await cases.sheet(city, who.actor, case_id=fresh)
    answers = filling.filled(sheet.form, sheet.answers, today=clock.city_day(clock.now()))
    await make.answered(city, fresh, sheet.form, answers | {"promise_promise": False})
    home = f"/apply/{ITEM}/{fresh}"
    await log_in(web, city, who.actor)
    signed = await post(web, f"{home}/commitment", _go="sign")
    assert signed.headers["location"] == f"{home}/check"
    asks = sheet.version.commitment
    (kept,) = await make.ledger(city, fresh, "cases.sign_commitment")
    assert asks is not None and kept["detail"]["notice"] == asks.digest
    assert (await web.get(f"{home}/check", follow_redirects=False)).status_code == 200
    # What is changed behind the signature is signed anew.
    typed = filling.posted(sheet.form, {n: v for n, v in answers.items() if n != "promise_promise"})
    await post(web, home, _go="check", **{**typed, "place_name": "另一家理发店"})
    assert (await web.get(f"{home}/check", follow_redirects=False)).headers[
        "location"
    ] == f"{home}/commitment"
    await post(web, f"{home}/commitment", _go="sign")
    await cases.submit(city, who.actor, case_id=fresh, key=None, now=clock.now())
    assert _SAME_DAY in (await web.get(f"/my/cases/{fresh}")).text, "it waits for an officer, and says so"
