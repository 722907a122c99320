"""Erasure and the closing of an account (PIPL art. 47): both lists first, what the law keeps stays."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tests import cast, make
from tests.cases.web import Client, log_in
from tests.cast import PASSWORD, Resident
from tests.identity.conftest import last_code
from tests.identity.pages import fields_of, words
from tests.portal.filled import fill, left_of
from tongban import cases, identity, notices
from tongban.identity.actions.phone_only import finish_opening, open_by_phone
from tongban.identity.model.refusals import PresentPasswordWrong, WrongPassword
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import Text
from tongban.kit.ids import new_id
from tongban.portal import jobs
from tongban.portal.actions import erasing
from tongban.portal.model import CasesOpen

OF_NAMES = ["identity.level_check", "identity.name_history"]


def codes(lines: tuple[erasing.Line, ...]) -> set[str]:
    return {line.kind.code for line in lines}


async def test_drafts_go_and_filed_cases_stay_with_their_reason(city: Database, owner: Resident) -> None:
    filed = await make.submitted(city, owner)
    await cases.withdraw(city, owner.actor, case_id=filed, now=clock.now())
    draft = await make.draft(city, owner)
    before = await erasing.preview(city, owner.actor, closing=False, now=clock.now())
    assert "cases.drafts" in codes(before.goes)
    assert {"cases.case", "audit.ledger", "identity.account"} <= codes(before.stays)
    assert all(line.kind.stays for line in before.stays)
    assert await make.state(city, draft) == "draft", "a look changes nothing"
    assert await erasing.erase(city, owner.actor, now=clock.now()) >= 1
    left = await city.sibling().rows('SELECT id FROM cases."case"')
    assert [row["id"] for row in left] == [filed]
    assert await erasing.erase(city, owner.actor, now=clock.now()) == 0


async def test_an_open_case_forbids_closing(city: Database, owner: Resident) -> None:
    await make.submitted(city, owner)
    with pytest.raises(CasesOpen):
        await erasing.ask_closing(city, owner.actor, password=PASSWORD, now=clock.now())


async def closed(db: Database, who: Resident) -> None:
    """Asked today, and the timer's news of the last day handled."""
    await erasing.ask_closing(db, who.actor, password=PASSWORD, now=clock.now())
    await due(db, who)


async def due(db: Database, who: Resident) -> None:
    assert who.actor.id is not None
    news = make.event("timer.identity.closing", subject=who.actor.id, reference=who.actor.id)
    await jobs.close_account(db, news, now=clock.now() + timedelta(days=15, minutes=1))


async def test_after_the_wait_nothing_logs_in_and_the_number_is_free_for_another_account(
    city: Database, owner: Resident
) -> None:
    with pytest.raises(PresentPasswordWrong):
        await erasing.ask_closing(city, owner.actor, password="wrong words here", now=clock.now())
    assert owner.actor.id is not None
    former = await fill(city.sibling(), owner.actor.id, OF_NAMES)
    await closed(city, owner)
    assert await left_of(city.sibling(), owner.actor.id, OF_NAMES, former) == set()
    for account in (owner.number, owner.phone):
        with pytest.raises(WrongPassword):
            await identity.check_password(city, "log_in", account=account, password=PASSWORD, now=clock.now())
    row = await city.sibling().row("SELECT * FROM identity.account WHERE id = $1", owner.actor.id)
    assert row is not None
    assert row["closed_at"] is not None
    assert await city.sibling().rows("SELECT 1 FROM identity.person WHERE id = $1", owner.actor.id) == []
    again = await cast.enrolled(
        city, {"name": owner.name, "id_number": owner.number, "phone": owner.phone, "facts": owner.facts}
    )
    assert again.actor.id != owner.actor.id
    await due(city, owner)  # delivered twice
    assert await identity.check_password(
        city, "log_in", account=again.phone, password=PASSWORD, now=clock.now()
    )


async def test_who_has_filed_keeps_her_name_with_the_archive(city: Database, owner: Resident) -> None:
    filed = await make.submitted(city, owner)
    await cases.withdraw(city, owner.actor, case_id=filed, now=clock.now())
    assert owner.actor.id is not None
    former = await fill(city.sibling(), owner.actor.id, OF_NAMES)
    await closed(city, owner)
    assert await left_of(city.sibling(), owner.actor.id, OF_NAMES, former) == {"identity.name_history"}
    assert isinstance(owner.actor.id, UUID)
    person = await identity.person(city, owner.actor.id)
    assert (person.name, person.id_number, person.phone) == (owner.name, owner.number, "")


async def test_it_is_taken_back_and_a_case_calls_it_off(city: Database, owner: Resident) -> None:
    now = clock.now()
    await erasing.ask_closing(city, owner.actor, password=PASSWORD, now=now)
    await identity.take_back_closing(city, owner.actor, now=now)
    await due(city, owner)
    await erasing.ask_closing(city, owner.actor, password=PASSWORD, now=now)
    await make.submitted(city, owner)
    await due(city, owner)
    assert owner.actor.id is not None
    assert await identity.closing_of(city, owner.actor.id) is None
    assert await identity.check_password(
        city, "log_in", account=owner.phone, password=PASSWORD, now=clock.now()
    )


async def test_the_pages_show_both_lists_and_want_a_tick(
    web: Client, city: Database, owner: Resident
) -> None:
    await make.draft(city, owner)
    await log_in(web, city, owner.actor)
    shown = await web.get("/my/data/erase")
    refused = await web.post("/my/data/erase", data=fields_of(shown.text, "/my/data/erase"))
    assert refused.status_code == 422
    assert "请先勾选确认" in words(refused) or "请勾选" in words(refused)  # type: ignore[arg-type]
    done = await web.post(
        "/my/data/erase", data={**fields_of(shown.text, "/my/data/erase"), "confirm": "yes"}
    )
    assert done.status_code == 303
    page = await web.get("/account/close")
    sent = {**fields_of(page.text, "/account/close"), "confirm": "yes", "password": PASSWORD}
    assert (await web.post("/account/close", data=sent)).status_code == 303
    waiting = await web.get("/account/close")
    assert "撤回，保留账户" in words(waiting)  # type: ignore[arg-type]
    kept = await web.post("/account/keep", data=fields_of(waiting.text, "/account/keep"))
    assert kept.headers["location"] == "/account/close?done=kept"


async def merged(city: Database, one: Resident, into: Resident) -> None:
    """As a merge leaves them; what a merge asks is tried where merging is."""
    assert one.actor.id is not None and into.actor.id is not None
    await city.run(
        """WITH marked AS (UPDATE identity.account SET merged_into = $3 WHERE id = $2)
        INSERT INTO identity.alias (bucket, id, from_id, to_id, hashes, proof, by, at)
        VALUES ($1, $4, $2, $3, '{}', 'codes', $3, $5)""",
        *(one.actor.bucket, one.actor.id, into.actor.id, new_id(one.actor.bucket), clock.now()),
    )


async def test_what_was_merged_into_an_account_closes_with_it(
    city: Database, owner: Resident, other: Resident
) -> None:
    await merged(city, other, owner)
    await closed(city, owner)
    left = "SELECT count(*) FROM identity.account WHERE id = ANY($1) AND closed_at IS NULL"
    assert await city.value(left, [owner.actor.id, other.actor.id]) == 0


async def test_an_open_case_of_a_merged_account_forbids_closing(
    city: Database, owner: Resident, other: Resident
) -> None:
    await make.submitted(city, other)
    await merged(city, other, owner)
    with pytest.raises(CasesOpen):
        await erasing.ask_closing(city, owner.actor, password=PASSWORD, now=clock.now())


async def test_an_account_of_a_phone_that_ended_leaves_nothing(web: Client, city: Database) -> None:
    """While it stood, its page led to a real name instead of to what asks one. Seen to fail with the call of each
    room's eraser left out, and with the links of whoever has a name."""
    now, phone = clock.now(), "13700009901"
    step = await open_by_phone(city, phone=phone, password=PASSWORD, now=now)
    one = await finish_opening(city, step=step, code=await last_code(city, phone), now=now)
    assert one.actor.id is not None
    await log_in(web, city, one.actor)
    held = (await web.get("/my/data")).text
    assert 'href="/enrol?next=/my/data"' in held
    assert 'href="/my/data/wrong' not in held and 'href="/my/data/requests"' not in held
    told = notices.telling(
        recipient=one.actor.id, title=Text("一", "one"), body=Text("二", "two"), link="", now=now
    )
    await write(city, Part("SELECT 1 AS guard"), told)
    assert await erasing.erase_ended(city, now=now) == 0, "it is in use"
    assert await identity.keep_phone_only(city, before=now + timedelta(days=1), look=False) == 1
    assert await erasing.erase_ended(city, now=now) == 1
    assert await notices.inbox(city, one.actor.id) == []
    assert await identity.holdings(city, one.actor.id) == []
    assert await erasing.erase_ended(city, now=now) == 0
