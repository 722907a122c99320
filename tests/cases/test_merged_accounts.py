"""One person, two accounts that were merged: what is of either is hers in one list and on its page, until parted."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from tests import cast, make
from tests.cases.conftest import CHAINED
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.identity.pages import submit, words
from tongban import cases, identity, licences, notices, rooms
from tongban.identity.actions import merging
from tongban.identity.actions.answering import answer_power
from tongban.identity.actions.consenting import (
    giving_consent,
    my_consents,
    standing_consent,
    withdraw_consent,
)
from tongban.identity.actions.powers import offer_power
from tongban.identity.model.powers import Offer, PowerState
from tongban.identity.store import powers
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import Text
from tongban.kit.papers import Paper, id_check_digit
from tongban.kit.policy import Actor, Duty, Relation, Role, StepUpNeeded
from tongban.portal.actions.holding import ask_copy, held_about, make_copy

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
VETTER = Actor(Role.OFFICER, uuid4(), "受理", "civil-310106", duties=frozenset({Duty.VET}))


async def newer(db: Database, former: Resident) -> Resident:
    """Another account of the same person, opened with a number that the registers know nothing of."""
    sequence = "98" if former.number[14:16] == "99" else "99"
    body = f"{former.number[:14]}{sequence}{former.number[16]}"
    number = body + id_check_digit(body)
    return await cast.enrolled(
        db, {"name": former.name, "id_number": number, "phone": "13800007711", "facts": former.facts}
    )


async def merged(db: Database, lasting: Resident, former: Resident) -> Actor:
    """The lasting account's actor as it logs in after the merge."""
    assert lasting.actor.id is not None and former.actor.id is not None
    await merging.carry_out(
        *(db, lasting.actor, lasting.actor.id, former.actor.id), proof="window", more=(), now=clock.now()
    )
    return await identity.actor_of(db, kind="id_number", value=lasting.number)


async def parted(db: Database, former: Resident) -> None:
    typed = merging.Undoing("111", former.number, "", "本人到窗口要求分开", True)
    await merging.unmerge(db, VETTER, typed=typed, now=clock.now())


def cases_on(page: str) -> list[UUID]:
    return list(dict.fromkeys(UUID(one) for one in re.findall(r"/my/cases/([0-9a-f-]{36})", page)))


async def affairs(db: Database, owner: Resident, officer: Actor) -> tuple[Resident, UUID, UUID, UUID]:
    """A draft of another account of the owner's, between a granted and a filed case of hers; and a letter to her."""
    lasting = await newer(db, owner)
    granted = await make.approved(db, owner, officer)
    draft = await cases.start(db, lasting.actor, item="passport", now=clock.now())
    filed = await make.answered_case(db, owner, CHAINED)
    letter = notices.telling(
        recipient=owner.actor.id,  # type: ignore[arg-type]
        title=Text("给原账户的消息", "To the former account"),
        body=Text("内容", "Words"),
        link="/my/cases",
        now=clock.now(),
    )
    await write(db.sibling(), Part("SELECT 1 AS told"), letter)
    return lasting, granted, draft, filed


async def test_what_is_of_either_account_is_one_list_and_each_page_opens_until_they_are_parted(
    city: Database, web: Client, owner: Resident, other: Resident, officer: Actor
) -> None:
    """How it can fail (tried): the gate does not ask whose a record is; a row of ``rooms.OWNERS`` is missing; a session
    with several accounts is taken from a process's cache."""
    lasting, granted, draft, filed = await affairs(city, owner, officer)
    await log_in(web, city, lasting.actor)
    assert cases_on((await web.get("/my/cases")).text) == [draft]
    assert (await web.get(f"/my/cases/{filed}")).status_code == 404

    actor = await merged(city, lasting, owner)
    assert actor.also == (owner.actor.id,)
    before = city.count
    assert [one.case.id for one in await cases.my_cases(city, actor, before=None, limit=2)] == [filed, draft]
    assert [one.case.id for one in await cases.my_cases(city, actor, before=draft, limit=2)] == [granted]
    assert city.count - before == 2
    web.cookies.clear()
    await log_in(web, city, actor)
    assert cases_on((await web.get("/my/cases")).text) == [filed, draft, granted]
    assert (await web.get("/api/v1/cases?limit=1")).json()["cases"][0]["id"] == str(filed)
    [face] = await licences.library(city, lasting.actor.id, also=actor.also)  # type: ignore[arg-type]
    assert face.href in (await web.get("/my/licences")).text
    assert (await web.get(face.href)).status_code == 200
    assert "给原账户的消息" in words(await web.get("/my/inbox"))
    asking = await web.get(f"/my/cases/{filed}/withdraw")
    done = await submit(web, asking, f"/my/cases/{filed}/withdraw", {})
    assert done.status_code == 303
    assert await make.state(city, filed) == "withdrawn"
    row = (await make.ledger(city, filed))[-1]
    assert (row["action"], row["subject"], row["actor"]) == (
        "cases.withdraw",
        owner.actor.id,
        lasting.actor.id,
    )
    # Nobody needs two of one kind, and what is under way is gone on with, whichever account has it.
    again = await cases.open_draft(city, actor, item="passport", key=None, now=clock.now())
    assert (again.case, again.created) == (draft, False)
    # She proves nothing of an account by having merged it, and an address of her own makes no act another account's.
    await city.run("UPDATE identity.account SET level = 1 WHERE id = $1", lasting.actor.id)
    low = msgspec.structs.replace(actor, level=1).at(owner.actor.id)
    with pytest.raises(StepUpNeeded):
        await identity.must_reach(city, low, level=2, now=clock.now())
    assert lasting.number[-4:] in (await web.get(f"/my/account?about={granted}")).text
    with pytest.raises(cases.NoSuchCase):
        await cases.progress(city, other.actor, case_id=filed)

    await parted(city, owner)
    assert cases_on((await web.get("/my/cases")).text) == [draft]
    for gone in (f"/my/cases/{filed}", face.href):
        assert (await web.get(gone)).status_code == 404
    assert "给原账户的消息" not in words(await web.get("/my/inbox"))


async def test_powers_given_to_either_account_are_hers_to_use_until_they_are_parted(
    city: Database, web: Client, owner: Resident, other: Resident
) -> None:
    """Listed on the page and over the API, switched to and back, by the level of the account she came through; parted,
    nothing is done by them.

    How it can fail (tried): ask for powers held by the lasting account alone; leave the session the lasting account's,
    which no power's end and no parting finds.
    """
    lasting, now = await newer(city, owner), clock.now()
    offer = Offer(
        Paper("111", owner.number), owner.name, "attorney", None, None, None, now, now + timedelta(days=9)
    )
    power = await offer_power(city, other.actor, offer, now=now)
    await answer_power(city, owner.actor, power_id=power, accept=True, now=now)
    actor = await merged(city, lasting, owner)
    await log_in(web, city, actor)
    page = await web.get("/my/acting")
    assert f"/my/acting/{power}" in page.text
    assert [one["power"] for one in (await web.get("/api/v1/acting")).json()["powers"]] == [str(power)]
    shown = await web.get(f"/my/acting/{power}")
    assert "打开合并前的账户" not in shown.text
    switched = await submit(web, shown, "/my/acting/switch", {"power": str(power), "next": "/my/acting"})
    assert switched.status_code in (200, 303)
    page = await web.get("/my/acting")
    assert "您正在代" in words(page) and page.headers["tongban-acting-for"] == str(other.actor.id)
    row = await city.row("SELECT actor, level FROM kit.session WHERE power = $1 AND ends_at > $2", power, now)
    assert row is not None and (row["actor"], row["level"]) == (owner.actor.id, actor.level)
    assert (await web.get(f"/my/acting/{power}")).status_code == 200
    await submit(web, page, "/my/acting/switch", {"power": ""})
    page = await web.get("/my/acting")
    assert "tongban-acting-for" not in page.headers and f"/my/acting/{power}" in page.text
    assert lasting.number[-4:] in (await web.get("/my/account")).text

    await submit(web, page, "/my/acting/switch", {"power": str(power), "next": "/my/acting"})
    await parted(city, owner)
    living = "SELECT count(*) FROM kit.session WHERE power = $1 AND ends_at > $2"
    assert await city.value(living, power, clock.now()) == 0, "what she did by it has ended"
    await log_in(web, city, await identity.actor_of(city, kind="id_number", value=lasting.number))
    assert f"/my/acting/{power}" not in (await web.get("/my/acting")).text


async def test_powers_and_consents_of_either_account_are_hers_to_take_back(
    city: Database, web: Client, owner: Resident, other: Resident
) -> None:
    """How it can fail (tried): the list asks for the lasting account alone; no row for ``power_id`` in ``OWNERS``;
    consents are withdrawn from the lasting account alone."""
    lasting, now = await newer(city, owner), clock.now()
    paper = Paper("111", other.number)
    offer = Offer(paper, other.name, "attorney", None, None, None, now, now + timedelta(days=30))
    power = await offer_power(city, owner.actor, offer, now=now)
    await answer_power(city, other.actor, power_id=power, accept=True, now=now)
    agreed = giving_consent(subject=owner.actor.id, purpose="face", now=now)  # type: ignore[arg-type]
    await write(city.sibling(), Part("SELECT 1 AS asked"), agreed)
    actor = await merged(city, lasting, owner)
    await log_in(web, city, actor)
    assert f"/my/acting/{power}" in (await web.get("/my/acting")).text
    shown = await web.get(f"/my/acting/{power}")
    assert (await submit(web, shown, f"/my/acting/{power}/revoke", {})).status_code == 303
    assert [one.state for one in await powers.given(city, (owner.actor.id,))] == [PowerState.REVOKED]  # type: ignore[arg-type]
    assert [one.withdrawn_at for one in await my_consents(city, actor)] == [None]
    await withdraw_consent(city, actor, purpose="face", now=clock.now())
    assert await standing_consent(city, owner.actor.id, purpose="face") is None  # type: ignore[arg-type]
    await parted(city, owner)
    assert (await web.get(f"/my/acting/{power}")).status_code == 404


@pytest.mark.usefixtures("no_press")
async def test_her_rights_over_her_data_reach_to_both_until_they_are_parted(
    city: Database, web: Client, owner: Resident, officer: Actor
) -> None:
    """How it can fail (tried): the copy is made of one account; a copy of both is given out after they are parted."""
    lasting = await newer(city, owner)
    case_id = await make.accepted(city, owner, officer)
    await cases.open_case(city, officer, case_id=case_id, subject=owner.actor.id, now=clock.now())  # type: ignore[arg-type]
    actor = await merged(city, lasting, owner)
    await rooms.warm(city)
    held = {one.room: one.records for one in await held_about(city, actor)}
    assert held["cases"] == 1
    await log_in(web, city, actor)
    looked = words(await web.get("/my/readings"))
    assert officer.name in looked
    await ask_copy(city, actor, now=clock.now())
    row = await city.row("SELECT * FROM kit.outbox WHERE topic = 'portal.copy_requested'")
    assert row is not None
    event = make.event(row["topic"], subject=row["subject"], reference=row["reference"], **row["payload"])
    await make_copy(city, event, mark=Part("SELECT 1 FROM guard"), now=clock.now())
    copy = await web.get("/my/data/files/copy.json")
    assert str(case_id) in copy.text
    assert (await web.get(f"/my/data/decisions/{case_id}")).status_code == 200
    await parted(city, owner)
    assert str(case_id) not in (await web.get("/my/data/files/copy.json")).text
    assert officer.name not in words(await web.get("/my/readings"))


def test_whatever_an_address_names_of_a_person_has_somebody_who_knows_whose_it_is() -> None:
    """How it can fail (tried): a row of ``rooms.OWNERS`` taken out."""
    own = {
        rule.action
        for rule in rooms.POLICY.rules
        if (rule.role, rule.relation) == (Role.RESIDENT, Relation.OWN)
    }
    unknown = {
        name: route.paths
        for route in rooms.routes()
        if route.opt.get("who") in own
        for path in route.paths
        for name in re.findall(r"{(\w+):uuid}", path)
        if name not in rooms.OWNERS and not rooms.OWNERS.keys() & set(re.findall(r"{(\w+):uuid}", path))
    }
    assert unknown == {}
