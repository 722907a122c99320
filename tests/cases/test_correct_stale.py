"""A correction from a page that is no longer true: nothing changes, and each side is told what happened meanwhile."""

from __future__ import annotations

import html
import re

import pytest

from tests import firms, make
from tests.cases import held
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases, catalogue
from tongban.cases.model import GROUNDS, CorrectionGivenUp
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
SAID = {"card_address": "收件地址没有写室号，请补全。"}


def hidden(shown: str) -> dict[str, str]:
    return dict(re.findall(r'name="(_csrf|_version|_key)" value="([^"]*)"', shown))


async def test_a_second_tab_of_the_applicant_is_told_that_it_was_too_late(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    """Tried without the notice on the page, and with a way there that does not ask for it."""
    case_id = await make.submitted(city, owner)
    await cases.ask_correction(city, officer, case_id=case_id, said=SAID, now=clock.now())
    await log_in(web, city, owner.actor)
    home = f"/my/cases/{case_id}"
    first, second = [hidden((await web.get(f"{home}/correct")).text) for _ in range(2)]
    await web.post(f"{home}/correct", data={**first, "card_address": "示范路4号404室", "_go": "later"})
    moved = await web.post(
        f"{home}/correct", data={**second, "card_address": "示范路5号505室", "_go": "send"}
    )
    assert moved.status_code == 409 and "示范路5号505室" in moved.text and "将以这里的为准" in moved.text, (
        "what was typed stands in the page"
    )
    first = hidden(moved.text)
    assert first["_version"] != second["_version"], "and is taken when it is sent from there"
    taken = await web.post(f"{home}/correct", data={**first, "card_address": "示范路2号202室", "_go": "send"})
    assert taken.headers["location"] == f"{home}?new=1"
    before = await make.everything(city, case_id)
    late = await web.post(f"{home}/correct", data={**second, "card_address": "示范路3号303室", "_go": "send"})
    assert late.status_code == 409 and "刚才提交的内容没有采用" in late.text
    assert "示范路3号303室" in late.text and "示范路2号202室" not in late.text, "her own words, to copy"
    same = await web.post(f"{home}/correct", data={**second, "card_address": "示范路2号202室", "_go": "send"})
    assert (same.status_code, same.headers["location"]) == (303, f"{home}?late=1"), "nothing differs"
    assert await make.everything(city, case_id) == before
    shown = (await web.get(f"{home}?late=1")).text
    assert "刚才提交的内容没有采用" in shown and 'role="status"' in shown
    assert "补正材料已收到" not in shown and "示范路2号202室" in shown and "示范路3号303室" not in shown
    web.cookies.set("tongban_language", "en")
    assert "What you have just sent was not taken" in (await web.get(f"{home}?late=1")).text


@pytest.mark.parametrize("given_up", [True, False])
async def test_after_the_last_day_it_is_refused_where_the_law_counts_it_as_given_up_and_there_alone(
    web: Client, city: Database, owner: Resident, officer: Actor, given_up: bool
) -> None:
    """行政复议法 art. 31; the worker is late, and she has the page open. Elsewhere no law sets the limit."""
    await make.limits(
        city,
        uncorrected="given_up" if given_up else "ended",
        basis={"correction": {"zh": "《行政复议法》第三十一条", "en": "Art. 31"}},
    )
    case_id = await make.submitted(city, owner)
    await cases.ask_correction(city, officer, case_id=case_id, said=SAID, now=clock.now())
    await log_in(web, city, owner.actor)
    at = f"/my/cases/{case_id}/correct"
    page = (await web.get(at)).text
    assert 'value="send"' in page
    await city.sibling().run(
        """UPDATE cases."case" SET correction = correction || '{"until": "2026-01-09T15:59:59Z"}' WHERE id = $1""",
        case_id,
    )
    typed = "示范路2号202室"
    answer = await web.post(at, data={**hidden(page), "card_address": typed, "_go": "send"})
    assert await make.state(city, case_id) == ("correcting" if given_up else "submitted")
    if not given_up:
        return
    assert answer.status_code == 409 and typed in answer.text
    for shown in (answer.text, (await web.get(at)).text):
        assert "补正最晚 2026-01-09 提交" in shown and "《行政复议法》第三十一条" in shown
        assert "六十日还没有过的" in shown and 'value="send"' not in shown and typed in shown
    with pytest.raises(CorrectionGivenUp):
        await cases.correct(city, owner.actor, case_id=case_id, key=None, now=clock.now())


@pytest.mark.parametrize("go", ["send", "preview"])
async def test_a_stale_page_of_the_officer_asks_for_nothing_and_keeps_her_words(
    web: Client, city: Database, owner: Resident, officer: Actor, go: str
) -> None:
    """Tried with the refusal let through: the page of the error had lost what she typed."""
    case_id = await make.submitted(city, owner)
    await log_in(web, city, officer)
    desk = f"/desk/{owner.actor.id}/{case_id}"
    stale = hidden((await web.get(f"{desk}/correction")).text)
    await cases.accept(city, officer, case_id=case_id, now=clock.now())
    before = await make.everything(city, case_id)
    words = SAID["card_address"]
    answer = await web.post(f"{desk}/correction", data={**stale, "said-card_address": words, "_go": go})
    told = html.unescape(answer.text)
    assert answer.status_code == 409 and "最近一步是" in told and "请先打开办件" in told
    assert f">\n{words}</textarea>" in told and f'href="{desk}"' in told
    after = await make.everything(city, case_id)
    assert {**after, "ledger": 0} == {**before, "ledger": 0}, "it was read, and nothing else"
    assert await make.state(city, case_id) == "accepted"


async def test_a_stale_page_of_a_case_that_was_withdrawn_opens_nothing(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    await log_in(web, city, officer)
    desk = f"/desk/{owner.actor.id}/{case_id}"
    stale = hidden((await web.get(f"{desk}/correction")).text)
    await cases.withdraw(city, owner.actor, case_id=case_id, now=clock.now())
    before = await make.everything(city, case_id)
    words = SAID["card_address"]
    answer = await web.post(f"{desk}/correction", data={**stale, "said-card_address": words, "_go": "send"})
    assert answer.status_code == 409 and "没有发出" in answer.text and words in html.unescape(answer.text)
    assert await make.everything(city, case_id) == before
    kept = dict(re.findall(r'name="(_csrf|kept-[^"]*)" value="([^"]*)"', answer.text))
    for ground in ({}, {"ground": next(iter(GROUNDS))}):
        looked = html.unescape((await web.post(desk, data={**kept, **ground})).text)
        assert "没有发出" in looked and words in looked, "looking at the case does not lose them"


async def test_a_form_of_an_item_that_is_too_old_is_shown_again_under_its_questions(
    web: Client, city: Database, owner: Resident
) -> None:
    """In the reader's language, each question once and whole: a date, ticked choices, an amount, a table. An item that
    is none changes nothing but the labels.

    How it can fail (tried): without ``_item`` in the page; with a table told as how many rows it has; with the refusal
    of an unknown item let through.
    """
    draft = await cases.start(city, owner.actor, item="residence_permit", now=clock.now())
    await log_in(web, city, owner.actor)
    page = (await web.get(f"/apply/residence_permit/{draft}")).text
    assert f'name="_item" value="residence_permit.{(await _number(city, "residence_permit"))}"' in page
    typed = {
        "_item": f"minimum_living.{await _number(city, 'minimum_living')}",
        "reasons-1": "illness",
        "own_income": "1200.5",
        "declaration": "true",
        "another": "写在别处的",
        **{f"household_members.0.{name}": words for name, words in (("member", "周小明"), ("monthly", "30"))},
        "illness_costs": "八千",
    }
    own, at = {"sec-fetch-site": "same-origin"}, f"/apply/minimum_living/{draft}"
    shown = html.unescape((await web.post(at, data=typed, headers=own)).text)
    told = dict(re.findall(r'<label[^>]*for="typed-\d+">([^<]*)</label>\s*<textarea[^>]*>\n([^<]*)<', shown))
    assert told == {
        "困难的主要原因": "因病",
        "您本人的月平均收入": "1,200.50 元",
        "家庭情况发生变化的，我会及时告知街道（镇）。": "是",
        "共同生活的家庭成员": "姓名：周小明；月平均收入：30.00 元",
        "近 12 个月自付的医疗费": "八千",
        "填写的内容": "写在别处的",
    }
    web.cookies.set("tongban_language", "en")
    shown = html.unescape((await web.post(at, data=typed, headers=own)).text)
    assert "Your own income a month" in shown and "Members of the household" in shown
    for unknown in ("minimum_living", "minimum_living.x", "no-such-item.1"):
        answer = await web.post(at, data={**typed, "_item": unknown}, headers=own)
        assert answer.status_code == 403 and "周小明" in answer.text and "own income" not in answer.text


async def test_what_is_sent_to_a_case_that_was_filed_is_shown_whole(
    web: Client, city: Database, outside: Sandbox, owner: Resident
) -> None:
    """Each cell of a table, and nothing that stands there already. How it can fail (tried): with ``in_words`` for the
    answer (a table is how many rows it has); without asking what stands."""
    firm, _ = await firms.bound(city, outside, owner, "示范初见餐饮管理有限公司", serial="MA1FC0T1")
    answers = {"business_form": "catering", "food_scope": ["hot"]}
    case_id = await held.filed(city, firm, "food_business", now=clock.now(), **answers)
    await log_in(web, city, firm.actor)
    typed = {
        **hidden((await web.get("/my/acting")).text),
        "equipment.0.what": "六门冷柜",
        "equipment.0.where": "后厨东侧",
        "business_form": "catering",
        "_go": "check",
    }
    answer = await web.post(f"/apply/food_business/{case_id}", data=typed)
    told = html.unescape(answer.text)
    assert answer.status_code == 409 and "没有采用" in told
    assert "六门冷柜；" in told and "后厨东侧</textarea>" in told and "主体业态" not in told


async def _number(city: Database, item: str) -> int:
    return (await catalogue.current(city, item)).number
