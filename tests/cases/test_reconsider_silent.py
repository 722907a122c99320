"""A reconsideration while somebody outside, or the database, gives no answer: told, nothing typed lost, whole later."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from tests import make
from tests.cases import held
from tests.cases.holding_up import cut_short
from tests.cases.reconsidering import WHY, before_the_head, drafted, filed
from tests.cases.test_contest_licence import MONDAY, decided_on, drain, letters
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit.sample_paper import text_of
from tests.sandbox.conftest import Sandbox
from tongban import cases, licences
from tongban.cases import jobs
from tongban.cases.model.rulings import Ruling
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.pades import office
from tongban.kit.pdf import press
from tongban.kit.policy import Actor
from tongban.worker import drain_once

REGISTERS = ("population", "residence", "employment", "property", "education", "enterprise")
OUTSIDE = ("ca", "tsa", "ocsp", "sms")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True, scope="module")
async def no_children() -> AsyncIterator[None]:
    yield
    await press.close()
    await office.close()


@pytest.fixture(autouse=True)
def healed(outside: Sandbox) -> Iterator[None]:
    yield
    heal(outside)


def heal(outside: Sandbox) -> None:
    outside.http.delete("/faults").raise_for_status()
    make.forget_breakers()


def silence(outside: Sandbox, *services: str) -> None:
    for service in services:
        outside.http.post("/faults", json={"service": service, "mode": "down"}).raise_for_status()


async def test_with_every_register_silent_its_fields_are_checked_and_it_is_filed(
    city: Database, owner: Resident, officer: Actor, outside: Sandbox, web: Client
) -> None:
    about, now = await make.submitted(city, owner), clock.now()
    await cases.decline(city, officer, case_id=about, reason=make.REASON, now=now)
    silence(outside, *REGISTERS)
    draft = await drafted(city, owner, "reconsideration", about, now=now)
    right = await cases.sheet(city, owner.actor, case_id=draft)
    elsewhere = next(one for one in ("310101", "310115") if one != right.answers["organ"])
    await make.answered(city, draft, right.form, {**right.answers, "organ": elsewhere})
    await log_in(web, city, owner.actor)
    page = await web.get(f"/apply/reconsideration/{draft}/check")
    assert page.status_code == 422 and 'href="#organ"' in page.text
    assert str(right.answers["facts_reasons"]) in page.text
    await make.answered(city, draft, right.form, right.answers)
    await cases.submit(city, owner.actor, case_id=draft, key=None, now=now)
    assert await make.state(city, draft) == "submitted"


def token(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(_csrf|_key|_version)" value="([^"]*)"', page))


def row(case_id: UUID) -> tuple[str, UUID]:
    return 'SELECT 1 FROM cases."case" WHERE id = $1 FOR UPDATE', case_id


async def test_a_statement_whose_time_is_over_is_told_and_what_was_typed_stands_in_the_form(
    city: Database, city_dsn: str, owner: Resident, officer: Actor, web: Client
) -> None:
    """The draft, the first case as the office reads it, and the decision anew under the bar of art. 64(2)."""
    about, now = await make.submitted(city, owner), clock.now()
    await cases.decline(city, officer, case_id=about, reason=make.REASON, now=now)
    draft = await drafted(city, owner, "reconsideration", about, now=now)
    await log_in(web, city, owner.actor)
    at, why = f"/apply/reconsideration/{draft}", "原决定所说的材料，我在申请当天已经交齐。"
    stood = (await cases.sheet(city, owner.actor, case_id=draft)).answers
    typed = {name: one for name, one in stood.items() if isinstance(one, str)}
    typed |= {"facts_reasons": why, "declaration": "yes", "_go": "later"}
    form = typed | token((await web.get(at)).text)
    page = await cut_short(city, city_dsn, web.post(at, data=form), *row(draft))
    assert page.status_code == 503 and "系统正忙" in page.text and why in page.text
    again = await web.post(at, data=form | token(page.text))
    assert again.status_code == 303
    assert (await make.row(city, draft))["answers"]["facts_reasons"] == why

    await cases.submit(city, owner.actor, case_id=draft, key=None, now=now)
    head = await before_the_head(city, draft, Ruling.REVOKE_ANEW, now=now)
    await log_in(web, city, head)
    at, ledger = f"/desk/{owner.actor.id}/{draft}/contested", "LOCK TABLE audit.ledger IN SHARE MODE"
    page = await cut_short(city, city_dsn, web.get(at), ledger)
    assert page.status_code == 503 and page.headers["retry-after"] == "3" and "系统正忙" in page.text
    assert (await web.get(at)).status_code == 200

    await cases.approve(city, head, case_id=draft, note=WHY, ruling=Ruling.REVOKE_ANEW, now=now)
    await drain(city)
    await log_in(web, city, officer)
    at = f"/desk/{owner.actor.id}/{about}"
    form = token((await web.get(at)).text)
    page = await web.post(f"{at}/decline", data=form | {"reason": make.REASON})
    assert page.status_code == 422 and make.REASON in page.text
    new = form | {"reason": "所申请的事项不属于本机关职权范围，请向另一机关申请。"}
    page = await cut_short(city, city_dsn, web.post(f"{at}/decline", data=new), *row(about))
    assert page.status_code == 503 and "系统正忙" in page.text and new["reason"] in page.text
    assert await make.state(city, about) == "submitted"
    assert (
        await web.post(f"{at}/decline", data=token(page.text) | {"reason": new["reason"]})
    ).status_code == 303
    assert (await make.row(city, about))["reason"] == new["reason"]


async def test_with_seal_stamp_and_gateway_dead_the_licence_stands_again_and_the_rest_follows(
    city: Database, owner: Resident, outside: Sandbox, web: Client
) -> None:
    await licences.trust_authority()
    first, now = await held.granted(city, owner, now=MONDAY, place_name="望川小馆"), clock.now()
    await drain(city)
    await decided_on(city, owner, first, "revoke", ground="deceit", now=now)
    asked = await filed(city, owner, "reconsideration", first, now=now)
    head = await before_the_head(city, asked, Ruling.REVOKE, now=now)
    await drain(city)
    await city.run(
        "DELETE FROM cases.seal_wanted"
    )  # those of the steps until here, which would take their time
    silence(outside, *OUTSIDE)
    await cases.approve(city, head, case_id=asked, note=WHY, ruling=Ruling.REVOKE, now=now)
    await drain(city)
    licence = await held.licence_of(city, owner, first)
    assert licence.state == "valid"
    assert any("恢复有效" in one for one in await letters(city, owner))
    step = (await make.row(city, asked))["version"]
    paper = f"/my/cases/{asked}/papers/approval.pdf?step={step}"
    await log_in(web, city, owner.actor)
    assert "电子印章正在加盖" in text_of((await web.get(paper)).content)
    assert await jobs.seal_papers(city, now=now) == 0
    assert texted(outside, owner) == 0

    heal(outside)
    later = clock.now() + HOUR
    while await drain_once(city, now=later):
        pass
    while await jobs.seal_papers(city, now=later):
        later += HOUR
    assert texted(outside, owner) == 1 and await city.value("SELECT count(*) FROM kit.outbox") == 0
    assert "电子印章正在加盖" not in text_of((await web.get(paper)).content)
    assert await held.licence_of(city, owner, first) == licence


def texted(outside: Sandbox, who: Resident) -> int:
    sent = outside.http.get("/sms/v1/messages", params={"phone": who.phone}).json()
    return len([one for one in sent if "证照恢复有效" in one["text"]])
