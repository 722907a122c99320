"""tell: a letter and a text message for each step, once, however often the news is handed over."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import pytest

from tests import make
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases, notices
from tongban.cases import jobs
from tongban.cases.actions import tell
from tongban.cases.actions.letters.of_steps import brief
from tongban.cases.model import MOVES, NoSuchCase
from tongban.cases.model.answers import PHONE, contact_phone
from tongban.kit import clock, keys, outbox
from tongban.kit.db import Database
from tongban.kit.forms import compile_form
from tongban.kit.i18n import use_language
from tongban.kit.ids import new_id
from tongban.kit.outbox import Event
from tongban.kit.policy import Actor
from tongban.news import Handler
from tongban.notices.model import open_words
from tongban.worker import drain_once


def news(topic: str, who: Resident, case_id: UUID) -> Event:
    assert who.actor.id is not None
    return make.event(topic, subject=who.actor.id, reference=case_id)


async def inbox(city: Database, who: Resident) -> list[dict[str, str]]:
    rows = await city.sibling().rows(
        "SELECT * FROM notices.inbox WHERE recipient = $1 ORDER BY at, id", who.actor.id
    )
    return [dict(row) for row in rows]


async def texts(city: Database, who: Resident) -> list[str]:
    """The SMS that wait for the worker."""
    assert who.actor.id is not None
    rows = await city.sibling().rows("SELECT payload FROM kit.outbox WHERE topic = 'notices.sms' ORDER BY id")
    return [open_words(row["payload"]["words"], who.actor.id) for row in rows]


def heard(outside: Sandbox, phone: str) -> list[str]:
    """What a phone was sent, newest first."""
    return [one["text"] for one in outside.http.get("/sms/v1/messages", params={"phone": phone}).json()]


async def drain(city: Database) -> None:
    while await drain_once(city):
        pass


#: What a step's SMS must say of it.
SAID = {
    "cases.submitted": "已收到",
    "cases.accepted": "已受理",
    "cases.not_accepted": "不予受理",
    "cases.transferred": "已转交",
    "cases.reported": "已报送",
    "cases.succeeded": "由承接的部门继续办理",
    "cases.approved": "已获准",
    "cases.refused": "未获准",
    "cases.correction_asked": "需要补正",
    "cases.corrected": "已收到",
    "cases.granted": "已准予",
    "cases.withdrawn": "已撤回",
    "cases.terminated": "已终止",
    "cases.closed": "已办结",
    "cases.suspended": "期间不计时限",
    "cases.resumed": "恢复计时",
    "cases.extended": "延长 10 个工作日",
    "cases.date_moved": "放假安排有变",
    "cases.rectified": "已更正",
    "cases.delivered": "已送达",
    "cases.deemed_renewed": "视为准予延续",
    "cases.called_off": "不再制证",
    "cases.licence_decided": "作出了决定",
}
#: What has happened to the clock of a case that letters tell of.
COURSE = {
    "specials": [
        {
            "kind": "test",
            "name": {"zh": "检测", "en": "Test"},
            "days": 5,
            "since": "2026-11-24",
            "reason": make.SPECIAL_REASON,
            "result": make.RESULT,
        }
    ],
    "extension": {"on": "2026-11-24", "days": 10, "reason": make.REASON, "by": "周警官"},
}
#: What joint applicants say to each other has its letters in test_joint, what an inspection found in test_inspect,
#: materials that follow in test_follow_up, hearings in test_hearing, interested persons in test_interested.
ELSEWHERE = {
    *("invited", "signed", "unsigned", "dissented", "recalled", "lapsed", "withdrawal_asked"),
    *("correction_laid", "correction_returned"),
    *("inspected", "supplied", "taken_in", "asked_again"),
    *(
        "hearing_asked",
        "hearing_dropped",
        "hearing_ended",
        "hearing_fixed",
        "hearing_held",
        "hearing_left",
        "hearing_missed",
        "hearing_told",
        "hearing_unfixed",
        "interested_told",
        "hearing_waived",
        "recusal_decided",
    ),
}
TOPICS = sorted({edge.event for edge in MOVES if edge.event} - {f"cases.{name}" for name in ELSEWHERE})


@pytest.mark.parametrize("topic", TOPICS)
async def test_every_event_of_the_life_cycle_has_its_letter_in_both_languages(
    city: Database, owner: Resident, topic: str
) -> None:
    case_id = await make.submitted(city, owner)
    await city.run('UPDATE cases."case" SET course = $2 WHERE id = $1', case_id, COURSE)
    await tell(city, event=news(topic, owner, case_id), now=clock.now())
    (letter,) = await inbox(city, owner)
    code = (await make.row(city, case_id))["short_code"]
    for words in (letter["body_zh"], letter["body_en"]):
        assert code in words and "{" not in words
    assert letter["title_zh"] != letter["title_en"] and letter["body_zh"] != letter["body_en"]
    if topic == "cases.transferred":  # the district may follow a firm or a place as well as a residence
        assert "居住登记" not in letter["body_zh"] and "residence" not in letter["body_en"]
    assert letter["link"] == f"/my/cases/{case_id}"
    (sms,) = await texts(city, owner)
    assert sms.startswith("【通办】") and code in sms and len(sms) <= 140
    assert "居住证申领" in sms and SAID[topic] in sms and "{" not in sms


async def test_who_applied_in_english_is_texted_in_english(
    city: Database, owner: Resident, officer: Actor
) -> None:
    with use_language("en"):
        case_id = await make.submitted(city, owner)
    await cases.accept(city, officer, case_id=case_id, applicant=owner.actor.id, now=clock.now())
    for topic in ("cases.submitted", "cases.accepted"):
        await tell(city, event=news(topic, owner, case_id), now=clock.now())
    code = (await make.row(city, case_id))["short_code"]
    sent = await texts(city, owner)
    assert len(sent) == 2
    for sms in sent:
        assert "Residence permit application" in sms and "居住证" not in sms and code in sms


async def test_the_same_news_at_four_workers_tells_once(city: Database, owner: Resident) -> None:
    case_id = await make.submitted(city, owner)
    event = news("cases.submitted", owner, case_id)
    results = await asyncio.gather(
        *(tell(city, event=event, now=clock.now()) for _ in range(4)), return_exceptions=True
    )
    assert results.count(None) == 1
    for one in results:
        assert one is None or (isinstance(one, asyncpg.UniqueViolationError) and outbox.already_handled(one))
    assert len(await inbox(city, owner)) == 1
    assert await city.value("SELECT count(*) FROM kit.outbox WHERE topic = 'notices.sms'") == 1


async def test_the_words_reach_her_phone_through_the_worker(
    city: Database, owner: Resident, officer: Actor, outside: Sandbox
) -> None:
    case_id = await make.submitted(city, owner)
    await drain(city)
    await cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=clock.now())
    await drain(city)
    came = heard(outside, owner.phone)
    code = (await make.row(city, case_id))["short_code"]
    assert len(came) == 2 and all(code in text for text in came)
    assert f"不予受理，受理编码 {code}。理由：{make.REASON}全文请" in came[0]


async def test_the_longest_reason_is_texted_in_short_and_stands_whole_in_the_inbox(
    city: Database, owner: Resident, officer: Actor, outside: Sandbox
) -> None:
    case_id = await make.accepted(city, owner, officer)
    reason = "居住登记不满六个月，\n不符合《居住证暂行条例》第二条。" + "请在登记满六个月后重新申请" * 140
    await cases.refuse(city, officer, case_id=case_id, reason=reason, now=clock.now())
    await drain(city)
    came = heard(outside, owner.phone)[0]
    assert "理由：居住登记不满六个月， 不符合《居住证暂行条例》第二条。请在" in came and "……如不服" in came
    assert len(came) <= 140
    assert reason[:2000] in (await inbox(city, owner))[-1]["body_zh"]
    assert await city.value("SELECT count(*) FROM kit.outbox") == 0


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("不满六个月", "不满六个月。"),
        ("不满六个月。", "不满六个月。"),
        ("Not yet six months.", "Not yet six months."),
        ("满" * 40, "满" * 40 + "。"),
        ("满" * 41, "满" * 38 + "……"),
        ("", "。"),
    ],
)
def test_a_reason_in_an_sms_is_one_sentence(reason: str, said: str) -> None:
    assert brief(reason) == said


async def test_the_phone_given_for_the_case_is_texted_and_no_other(
    city: Database, owner: Resident, outside: Sandbox
) -> None:
    given = "13900001111"
    before, known = len(heard(outside, given)), len(heard(outside, owner.phone))
    case_id = await make.submitted(city, owner, phone=given)
    await drain(city)
    code = (await make.row(city, case_id))["short_code"]
    came = heard(outside, given)
    assert len(came) == before + 1 and code in came[0]
    assert len(heard(outside, owner.phone)) == known


async def test_a_case_without_a_phone_of_its_own_texts_the_accounts(
    city: Database, owner: Resident, outside: Sandbox
) -> None:
    case_id = await make.submitted(city, owner)
    await city.run("UPDATE cases.\"case\" SET answers = answers - 'phone' WHERE id = $1", case_id)
    await drain(city)
    assert (await make.row(city, case_id))["short_code"] in heard(outside, owner.phone)[0]


async def test_of_several_phones_in_an_old_form_none_gets_the_news(city: Database) -> None:
    """Of a version from before rule ELEMENT-1 nobody can say whose they are: the account's phone is texted."""
    ui = {"label": {"zh": "号码", "en": "Number"}, "element": PHONE}
    asked = {name: {"type": "string", "format": "cn-phone", "x-ui": ui} for name in ("opponent", "own")}
    for names, said in ((["own"], "13900001111"), (["opponent", "own"], "")):
        schema = {
            "type": "object",
            "properties": {name: asked[name] for name in names},
            "x-ui": {"order": names},
        }
        answers = dict.fromkeys(names, "13900001111")
        assert contact_phone(compile_form(schema), answers, keys.current(), b"") == said


async def test_an_sms_that_is_refused_for_good_leaves_the_notice_in_the_inbox(
    city: Database, owner: Resident
) -> None:
    """The gateway knows no such number: nobody asks it again, and nothing else is held up."""
    case_id = await make.submitted(city, owner)
    assert owner.actor.id is not None
    none = notices.seal_phone("12345678901", owner.actor.id)
    await city.run("UPDATE cases.\"case\" SET answers = answers - 'phone' WHERE id = $1", case_id)
    await city.run("UPDATE identity.account SET phone_sealed = $2 WHERE id = $1", owner.actor.id, none)
    await drain(city)
    (trouble,) = await outbox.troubles(city)
    assert trouble.given_up and trouble.topic == "notices.sms"
    assert (
        trouble.reason == "notices.jobs.send_sms: SmsRefused: the gateway answered 400 (Not a mobile number)"
    )
    assert len(await inbox(city, owner)) == 1


async def test_a_case_that_is_not_there_is_said_so(city: Database, owner: Resident) -> None:
    with pytest.raises(NoSuchCase):
        await tell(city, event=news("cases.submitted", owner, new_id(owner.actor.bucket)), now=clock.now())


@pytest.mark.parametrize("handler", [jobs.tell, jobs.deem_accepted, jobs.recheck])
async def test_news_of_a_case_that_is_none_is_given_up(
    city: Database, owner: Resident, handler: Handler
) -> None:
    with pytest.raises(outbox.RefusedForGood, match="no such case"):
        await handler(city, news("cases.submitted", owner, new_id(3)), now=clock.now())
