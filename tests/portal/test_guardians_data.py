"""A child's rights in its data are its guardian's to use (PIPL art. 15, 31, 45), and nobody else's who acts for it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from tests.cases.web import Client, log_in
from tests.cast import PASSWORD, Resident
from tests.identity.pages import fields_of, words
from tests.portal.filled import fill
from tongban import identity
from tongban.kit import clock
from tongban.kit.acting import Acting, PowerKind
from tongban.kit.db import Database
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor

pytestmark = pytest.mark.usefixtures("no_press")
PAGES = ("/my/data", "/my/readings", "/my/data/erase", "/account/close", "/account/consents")


def acting(
    child: Resident, agent: Resident, kind: PowerKind, *, items: frozenset[str] | None = None
) -> Actor:
    """The child's account in the hands of another."""
    until = clock.now() + timedelta(days=30)
    power = new_id(child.actor.bucket)
    how = Acting(power, kind, agent.actor.id, agent.name, until, items)
    return msgspec.structs.replace(child.actor, acting=how)


async def test_a_guardian_sees_copies_erases_and_closes_and_the_other_one_is_told(
    web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    child, db = other.actor.id, city.sibling()
    assert child is not None
    second: UUID = new_id(0)
    await fill(db, child, ["identity.power"])
    await db.run("UPDATE identity.power SET kind = 'guardian', state = 'standing', agent = $1", second)
    await log_in(web, city, acting(other, owner, "guardian"))
    assert 'href="/my/data"' in (await web.get("/my")).text
    shown = await web.get("/my/data")
    assert "以监护人身份" in words(shown), shown.text[:400]  # type: ignore[arg-type]
    assert (await web.get("/my/readings")).status_code == 200, (
        "who read the child's data is the guardian's to see"
    )
    for closed in ("/my/account", "/account/systems"):
        assert f'href="{closed}' not in shown.text.split("<main")[1], f"{closed} is refused to a guardian"
    full = await web.post("/my/data/show", data=fields_of(shown.text, "/my/data/show"))
    assert other.number in full.text and owner.number not in full.text
    asked = await web.post("/my/data/copy", data=fields_of(shown.text, "/my/data/copy"))
    assert asked.status_code == 303
    assert (await web.get("/account/consents")).status_code == 200
    page = await web.get("/account/close")
    assert "您本人的登录密码" in words(page)  # type: ignore[arg-type]
    sent = {**fields_of(page.text, "/account/close"), "confirm": "yes", "password": PASSWORD}
    assert (await web.post("/account/close", data=sent)).headers["location"] == "/account/close?done=asked"
    assert await identity.closing_of(city, child) is not None
    waiting = await web.get("/account/close")
    kept = await web.post("/account/keep", data=fields_of(waiting.text, "/account/keep"))
    assert kept.headers["location"] == "/account/close?done=kept"
    told = [
        row["title_zh"]
        for row in await db.rows("SELECT title_zh FROM notices.inbox WHERE recipient = $1", second)
    ]
    assert [one.partition("了")[0].removeprefix(owner.name) for one in told] == [
        f"为{other.actor.name}申请",
        "申请",
    ]
    ledger = await db.rows(
        "SELECT action, detail FROM audit.ledger WHERE subject = $1 AND detail ? 'agent'", child
    )
    acts = {row["action"] for row in ledger if row["detail"]["agent"] == str(owner.actor.id)}
    assert {"portal.show_data", "portal.ask_copy", "identity.close_account", "identity.keep_account"} <= acts


@pytest.mark.parametrize("kind", ["attorney", "family", "guardian"])
async def test_nobody_else_does_who_acts_for_it(
    web: Client, city: Database, owner: Resident, other: Resident, kind: PowerKind
) -> None:
    some = frozenset({"food-operation-licence"}) if kind == "guardian" else None
    await log_in(web, city, acting(other, owner, kind, items=some))
    for path in PAGES:
        refused = await web.get(path)
        assert refused.status_code == 403, path
        assert ("监护人" if some is None else "部分事项") in words(refused), path  # type: ignore[arg-type]
