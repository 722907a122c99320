"""An approval that is cancelled is off offer from its day; what is under way goes on or ends, as its decision says."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

import msgspec
import pytest

from tests import make
from tests.cases.together import inbox
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.conftest import CITY
from tongban import bundles, cases, catalogue, reform
from tongban.bundles.actions.publishing import bundles_of
from tongban.cases import jobs as cases_jobs
from tongban.catalogue.actions.guiding import questionnaires_of
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import SYSTEM, Actor
from tongban.reform import pages
from tongban.reform.actions import approving, halving
from tongban.reform.files import CityReform, city_reform
from tongban.reform.model import Approval

ENDED, KEPT = "residence_permit", "food_business"


def decided(on: date) -> CityReform:
    """The city's reform with two approvals cancelled from this day: open cases end, or go on."""

    def one(code: str, item: str, **more: str) -> Approval:
        words = {
            name: Text(f"{name}之一", f"this {name}") for name in ("name", "basis", "instead", "open_cases")
        }
        body = {"act": "cancel", "open_then": "end", "replacement": "", **words, **more}
        return Approval(code=code, item=item, on=on, department_kind="sports", mark="synthetic", **body)  # type: ignore[arg-type]

    approvals = (
        one("T1", ENDED, replacement="residence_registration"),
        one("T2", KEPT, open_then="go_on"),
    )
    return msgspec.structs.replace(city_reform(), approvals=approvals)


async def test_it_is_off_offer_from_its_day(
    city: Database,
    owner: Resident,
    other: Resident,
    officer: Actor,
    web: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """How it can fail (tried): leave the check out of ``_new_draft`` or of ``_submit``, end the cases of T2 as well,
    leave the cancelled items in the ledger, look for neither in bundles nor in questionnaires, tell of the end by the
    ordinary letter."""
    now = clock.now()
    today = clock.city_day(now)

    def said(on: date) -> None:
        for module in (approving, halving, pages):
            monkeypatch.setattr(module, "city_reform", lambda: decided(on))

    said(today + timedelta(days=30))
    await city.run("UPDATE reform.measure SET measured_on = $1", today - timedelta(days=1))
    assert await reform.follow_approvals(city, now=now) == 0
    ending = await make.accepted(city, owner, officer)
    going_on = await make.answered_case(city, owner, KEPT)
    begun = await make.filled(city, other)
    early = (await web.get(f"/items/{ENDED}")).text
    assert f"{today + timedelta(days=30)} 起取消" in early and f"/apply/{ENDED}" in early

    every = await _counted(web)

    said(today)
    assert await reform.follow_approvals(city, now=now) == 1
    assert await reform.follow_approvals(city, now=now) == 0
    assert await make.state(city, ending) == "terminated"
    assert await make.state(city, going_on) == "submitted"
    step = (await make.steps(city, ending))[-1]
    assert (step["move"], step["actor_role"]) == ("terminate", "system")
    assert "instead之一" in step["detail"]["reason"]

    assert owner.actor.id is not None
    news = make.event("cases.terminated", subject=owner.actor.id, reference=ending, move="terminate")
    await cases_jobs.tell(city, news, now=now)
    assert "审批已取消" in (await inbox(city, owner))[-1]
    await _nothing_new(city, other, begun)
    items = {line.now.item for line in await reform.ledger(city, on=today)}
    assert "residence_registration" in items and not items & {ENDED, KEPT}

    await _pages_say_so(web, city, other)
    assert await _counted(web) == every - 2, "what is cancelled counts no more"
    await _nothing_leads_there(city)
    monkeypatch.undo()
    await reform.follow_approvals(city, now=now)
    back = await cases.start(city, other.actor, item=KEPT, now=now)
    assert await make.state(city, back) == "draft", "a decision that is taken back puts it on offer again"


async def _nothing_new(db: Database, who: Resident, begun: UUID) -> None:
    now = clock.now()
    for refused in (
        cases.start(db, who.actor, item=KEPT, now=now),
        cases.submit(db, who.actor, case_id=begun, key=None, now=now),
    ):
        with pytest.raises(catalogue.ItemCancelled, match="item-cancelled"):
            await refused


async def _counted(web: Client) -> int:
    """How many items the page of figures counts; the list without words and the API have as many."""
    page = (await web.get("/catalogue/figures")).text
    assert f"{clock.city_day(clock.now())} 还在受理" in page
    number = int(re.search(r'href="/search">(\d+)', page)[1])  # type: ignore[index]
    assert f"{number} " in (await web.get("/search")).text
    for code in (ENDED, KEPT):
        words = "居住证" if code == ENDED else "食品经营"
        wide = f'/items/{code}"' in (await web.get(f"/search?q={words}&mode=at_most_one_visit")).text
        listed = f'"{code}"' in (await web.get("/api/v1/items?limit=100")).text
        assert listed == wide, code
    return number


async def _pages_say_so(web: Client, db: Database, who: Resident) -> None:
    guide = (await web.get(f"/items/{ENDED}")).text
    assert f'href="/apply/{ENDED}"' not in guide
    for words in ("这个事项已经取消", "basis之一", "instead之一", "/items/residence_registration"):
        assert words in guide
    assert "已取消" in (await web.get("/search?q=居住证申领")).text
    table = (await web.get("/reform/approvals")).text
    for words in ("已下架，不再受理新的申请", "1 件已因取消终止", "1 件正在办理"):
        assert words in table
    await log_in(web, db, who.actor)
    answer = await web.get(f"/apply/{ENDED}")
    assert answer.status_code == 409
    for words in ("这个事项已经取消", "basis之一", "instead之一"):
        assert words in answer.text


async def _nothing_leads_there(db: Database) -> None:
    """What is in force stays; what is published anew may not name it."""
    now = clock.now()
    restaurant = next(one for one in bundles_of(CITY) if KEPT in one.by_item)
    await bundles.publish(db, [restaurant], now=now)
    renamed = msgspec.structs.replace(restaurant, name=Text("别的名字", "Another name"))
    with pytest.raises(bundles.BundleRefused, match="ITEM-4"):
        await bundles.publish(db, [renamed], now=now)
    moving = next(one for one in questionnaires_of(CITY) if ENDED in one.items)
    await catalogue.publish_questionnaires(db, SYSTEM, drafts=[moving], now=now)
    changed = msgspec.structs.replace(moving, title=Text("别的名字", "Another name"))
    with pytest.raises(catalogue.PublishingRefused, match="GUIDE-8"):
        await catalogue.publish_questionnaires(db, SYSTEM, drafts=[changed], now=now)
