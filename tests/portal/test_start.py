"""The pages of guided questionnaires: one question at a time, nothing asked that is known, a result that tells why."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests import make
from tests.cases.held import granted
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.portal.test_for_whom import acting
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor

pytestmark = pytest.mark.usefixtures("no_press")


def heading(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page)
    assert found
    return html.unescape(found[1])


async def answered(web: Client, page: str, value: str) -> str:
    """Send the question's form, as a browser without scripts does."""
    action = re.search(r'<form method="get" action="((?:/desk)?/start/[^"]+)"', page)
    name = re.search(r'type="radio"[^>]*name="([^"]+)"', page)
    assert action and name
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return (await web.get(action[1], params={**hidden, name[1]: value})).text


async def test_a_visitor_is_led_from_the_home_page_to_what_has_to_be_done(web: Client) -> None:
    """How it can fail: drop the hidden answers, and the first question comes again for ever; offer an item in
    no situation, and the lease is not among the materials.
    """
    assert "/start/moving_in" in (await web.get("/")).text
    assert 'href="/start/moving_in"' in (await web.get("/search?q=居住证")).text
    assert 'href="/start/moving_in"' not in (await web.get("/search?q=护照")).text
    assert "/start/after_death" in (await web.get("/start")).text

    page = (await web.get("/start/moving_in")).text
    assert heading(page) == "您是本市户籍吗？"
    assert "居住证发给在本市居住的外省市户籍人员。" in page, "it says why it asks"
    unanswered = (await web.get("/start/moving_in", params={"sent": "hukou"})).text
    assert "请选择一个回答，再继续。" in unanswered
    assert 'href="#hukou"' in unanswered
    asked = []
    said = {"hukou": "elsewhere", "permit": "no", "registered": "no", "home": "leased", "insurance": "no"}
    while 'type="radio"' in page:
        name = re.search(r'type="radio"[^>]*name="([^"]+)"', page)
        assert name
        asked.append(name[1])
        page = await answered(web, page, said[name[1]])
    assert sorted(asked) == sorted(said), "whoever has no permit is not asked about points"
    assert heading(page) == "要办 2 件事"
    for words in ("居住登记", "房屋租赁合同备案", "居住证暂行条例第二条", "租赁合同", "住在哪里？"):
        assert words in page, words
    assert 'href="/items/residence_registration?home_kind=leased"' in page

    again = re.search(r'href="(/start/moving_in\?[^"]*ask-again=hukou)"', page)
    assert again
    query = dict(parse_qsl(urlsplit(html.unescape(again[1])).query))
    changed = (await web.get("/start/moving_in", params=query)).text
    assert heading(changed) == "您是本市户籍吗？"
    assert re.search(r'value="elsewhere" checked', changed), "the answer that is changed is shown"
    done = await answered(web, changed, "local")
    assert heading(done) == "没有要办的事"
    assert "本市户籍的人不用居住证" in done
    assert "住在哪里？" not in done, "an answer that no longer counts is not shown"

    assert (await web.get("/start/nothing")).status_code == 404
    assert heading((await web.get("/start/moving_in?hukou=moon&colour=red")).text) == "您是本市户籍吗？"


async def test_what_is_known_is_not_asked_and_may_be_changed(
    web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    """How it can fail: take no fact of the library or of the account, and she is asked all the same."""
    await granted(city, owner, "birth_certificate", now=clock.now())
    await log_in(web, city, owner.actor)
    known = (await web.get("/start/birth?stage=after&hukou=elsewhere&insured=no")).text
    assert heading(known) == "没有要办的事"
    assert "来自电子证照库" in known
    corrected = (await web.get("/start/birth?stage=after&hukou=elsewhere&insured=no&certified=no")).text
    assert heading(corrected) == "要办 1 件事"
    assert "来自电子证照库" not in corrected, "what she says herself goes before"

    await log_in(web, city, acting(other, owner, "certificate", None))
    firm = (await web.get("/start/restaurant?food=packed&tobacco=no")).text
    assert heading(firm) == "没有要办的事"
    assert "来自您的账户" in firm


async def test_a_clerk_answers_for_somebody_and_reads_nothing_without_her_case(
    web: Client, city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    """How it can fail: take the facts of no case, and the hukou is asked; read the case by the store, and no
    row tells her of it.
    """
    case = await make.submitted(city, owner)
    about = f"{owner.actor.id}~{case}"
    readings = "SELECT count(*) FROM audit.ledger WHERE action = 'cases.read' AND actor = $1"

    async def read_by(who: Actor) -> object:
        return await city.sibling().value(readings, who.id)

    await log_in(web, city, officer)
    assert "/desk/start/moving_in" in (await web.get("/desk/start")).text
    alone = (await web.get("/desk/start/moving_in")).text
    assert heading(alone) == "您是本市户籍吗？"
    assert "不读取本人的任何信息" in alone
    assert await read_by(officer) == 0
    listed = (await web.get("/desk/start", params={"about": about})).text
    assert f"/desk/start/moving_in?about={owner.actor.id}" in listed
    beside = (await web.get("/desk/start/moving_in", params={"about": about})).text
    assert heading(beside) == "您有本市居住证吗？"
    assert "公安 人口库" in beside
    assert await read_by(officer) == 1
    assert heading(await answered(web, beside, "yes")) != heading(beside)
    assert await read_by(officer) == 2, "the case goes along in the form"
    assert f'href="/desk/start?about={about}"' in (await web.get(f"/desk/{about.replace('~', '/')}")).text
    for wrong in ("x", f"{owner.actor.id}~{owner.actor.id}"):
        assert (await web.get("/desk/start/moving_in", params={"about": wrong})).status_code == 404

    await log_in(web, city, elsewhere)
    assert (await web.get("/desk/start/moving_in", params={"about": about})).status_code == 404
    assert await read_by(elsewhere) == 0
    await log_in(web, city, owner.actor)
    assert (await web.get("/desk/start")).status_code == 403
    assert 'href="/start"' in (await web.get(f"/my/cases/{case}")).text
