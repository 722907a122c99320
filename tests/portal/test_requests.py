"""Saying that something held is wrong (PIPL art. 46): once, to who keeps the register, answered in time."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests import make
from tests.cases.web import Client, log_in
from tests.cast import Resident, officer_elsewhere
from tests.identity.pages import fields_of, words
from tests.kit import sample_files
from tests.portal.test_erase import closed
from tongban import audit, identity, notices, rooms
from tongban.kit import clock
from tongban.kit.acting import Acting, BeyondPower, Errand
from tongban.kit.db import Database, write
from tongban.kit.ids import new_id
from tongban.kit.keys.ring import normalised
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.outbox import Event
from tongban.kit.policy import Actor, Duty
from tongban.portal import jobs
from tongban.portal.actions import answering, following, placing, requesting
from tongban.portal.model import (
    RequestInvalid,
    RequestOver,
    RequestStands,
    RequestState,
    RequestUnknown,
    RightsRequest,
    Said,
)
from tongban.portal.store import requests as store

NAME = "identity.account.name"
SAID = Said("李文", "李雯", "2026 年换发身份证，号码 310101199001011234")
#: A Monday.
NOW = clock.instant_of(date(2026, 3, 2), clock.OFFICE_OPEN)


async def ask(db: Database, who: Resident, *, said: Said = SAID, draft: UUID | None = None) -> UUID:
    return await requesting.ask(
        db,
        who.actor,
        draft=draft or new_id(who.actor.bucket),
        thing=NAME,
        about="",
        district=who.district,
        said=said,
        now=NOW,
    )


async def told(db: Database, who: Resident) -> list[str]:
    assert who.actor.id is not None
    return [f"{one.title} {one.body}" for one in await notices.inbox(db, who.actor.id)]


async def look_at(city: Database, owner: Resident, officer: Actor, at: dict[str, Any]) -> None:
    """Masked to the officer of the department, in full for a reason, unknown elsewhere, refused without the duty.

    Each look stands among who read her data, as of her request. How it can fail (tried): as of her own act."""
    (line,) = await answering.queue(city, officer, after=None, limit=9, now=NOW)
    assert owner.name not in line.name
    elsewhere = await officer_elsewhere(city, owner.district)
    assert await answering.queue(city, elsewhere, after=None, limit=9, now=NOW) == []
    with pytest.raises(RequestUnknown):
        await answering.look(city, elsewhere, **at)
    with pytest.raises(NotAllowed):
        await answering.look(city, msgspec.structs.replace(officer, duties=frozenset({Duty.HEAD})), **at)
    masked = await answering.look(city, officer, **at)
    assert "310101199001011234" not in masked.said.why
    assert (masked.said.should, owner.number in masked.number) == ("李*", False)
    full = await answering.look(city, officer, why="compare", **at)
    assert full.number == owner.number
    assert msgspec.structs.replace(full.said, place="") == SAID and owner.district in full.said.place
    assert (await placing.as_kept(city, full.said.place)).en.endswith(f"Shifan City ({owner.district})")
    readings = await audit.readings_of(city, subject=owner.actor.id, limit=2)
    seen = await audit.shown_readings(city, owner.actor, readings)
    assert [str(one["purpose"]) for one in seen] == ["您提出的请求"] * 2, "the officer's look, no act of hers"


async def test_a_request_is_one_goes_to_the_registers_department_and_is_answered(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    await rooms.warm(city)
    assert owner.actor.id is not None
    drafts = [new_id(owner.actor.bucket) for _ in range(3)]
    asked = await asyncio.gather(*(ask(city.sibling(), owner, draft=one) for one in (*drafts, drafts[0])))
    assert len(set(asked)) == 1
    with pytest.raises(RequestStands) as stands:
        await ask(city, owner, said=Said("", "李文静", ""))
    assert stands.value.request == asked[0]
    with pytest.raises(RequestInvalid) as missing:
        await requesting.ask(
            *(city, owner.actor),
            draft=drafts[1],
            thing=NAME,
            about="",
            district="",
            said=Said("", "", ""),
            now=NOW,
        )
    assert set(missing.value.fields) == {"should", "district"}

    (mine,) = await following.mine(city, owner.actor)
    assert clock.city_day(mine.request.due) == date(2026, 3, 23)  # fifteen working days
    with pytest.raises(RequestUnknown):
        await following.my_request(city, other.actor, asked[0])

    at = {"subject": owner.actor.id, "request": asked[0], "now": NOW}
    await look_at(city, owner, officer, at)
    await answering.answer(city, officer, outcome="refused", words="人口库登记的就是李文。", **at)
    with pytest.raises(RequestOver):
        await answering.answer(city, officer, outcome="granted", words="已经更正了。", **at)
    with pytest.raises(RequestOver):
        await answering.look(city, officer, **at)
    newest, *_ = await told(city, owner)
    assert "人口库登记的就是李文" in newest
    assert "12345" in newest
    assert owner.actor.id is not None
    asked_for = (await notices.inbox(city, owner.actor.id))[-1]
    assert "answers by 2026-03-23" in asked_for.body.en
    assert (await following.my_request(city, owner.actor, asked[0])).request.state is RequestState.REFUSED
    rows = await city.sibling().rows(
        "SELECT action, kind, detail FROM audit.ledger WHERE action LIKE 'portal.%'"
    )
    acts = [row["action"] for row in rows]
    assert acts.count("portal.ask_correction") == acts.count("portal.answer_correction") == 1
    assert [row["detail"]["why"] for row in rows if row["action"] == "portal.reveal_request"] == ["compare"]
    assert await audit.reads_without_purpose(city, now=NOW + timedelta(days=1), since=NOW) == 0
    assert await ask(city, owner) != asked[0]  # after an answer it may be asked anew


async def test_nobody_answers_her_own_request_at_the_desk(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    """Who keeps the register and has asked is told to leave it to a colleague, of whatever she opens; the colleague
    answers. How it can fail (tried): leave out ``own_matter``."""
    await rooms.warm(city)
    asked = await ask(city, owner)
    her_own = identity.DemoOfficer("own", "文警官", officer.department or "", owner.phone)
    await identity.load_demo(city, [], [her_own], password="one she alone knows", now=NOW)
    await log_in(web, city, await identity.actor_of(city, kind="username", value="own"))
    page = f"/desk/requests/{owner.actor.id}/{asked}"
    answered = {"outcome": "granted", "answer": "已经在登记中更正。", "why": "compare"}
    csrf = fields_of((await web.get("/staff/account")).text, "/logout")["_csrf"]
    for shown in (
        await web.get(page),
        await web.post(f"{page}/show", data={**answered, "_csrf": csrf}),
        await web.post(page, data={**answered, "_csrf": csrf}),
        await web.get(f"{page}/files/{new_id(owner.actor.bucket)}"),
    ):
        assert shown.status_code == 403 and "请本部门的另一位工作人员答复" in words(shown), shown.url  # type: ignore[arg-type]
        assert SAID.should not in shown.text
    assert owner.actor.id is not None
    at = {"subject": owner.actor.id, "request": asked, "now": NOW}
    await answering.answer(city, officer, outcome="granted", words="已经在登记中更正。", **at)


async def test_no_answer_in_time_is_told_once_and_old_ones_go(
    city: Database, owner: Resident, other: Resident
) -> None:
    await rooms.warm(city)
    assert owner.actor.id is not None
    late, taken_back = await ask(city, owner), await ask(city, other)
    await following.withdraw(city, other.actor, taken_back, now=NOW)
    await following.withdraw(city, other.actor, taken_back, now=NOW)
    timers = await city.sibling().rows(
        "SELECT reference, due_at FROM kit.timer WHERE kind = 'portal.request'"
    )
    assert [row["reference"] for row in timers] == [str(late)]
    due: datetime = timers[0]["due_at"]
    event = Event(new_id(owner.actor.bucket), "timer.portal.request", owner.actor.id, str(late), {}, due, 1)
    await jobs.tell_overdue(city, event, now=due)
    assert sum("还没有收到答复" in one for one in await told(city, owner)) == 1
    assert await following.keep_requests(city, before=NOW, look=True) == 0
    assert await following.keep_requests(city, before=NOW + timedelta(days=1), look=False) == 1
    assert await following.mine(city, other.actor) == []
    assert len(await following.mine(city, owner.actor)) == 1  # what waits stays, however old


async def test_each_thing_goes_to_whom_it_belongs(city: Database, owner: Resident, officer: Actor) -> None:
    """A case to its department, a register of the whole city to its keeper, what the platform made to its operator."""
    await rooms.warm(city)
    case_id = await make.submitted(city, owner)

    async def sent_to(thing: str, about: str = "") -> str:
        asked = await requesting.ask(
            city,
            owner.actor,
            draft=new_id(owner.actor.bucket),
            thing=thing,
            about=about,
            district="",
            said=SAID,
            now=NOW,
        )
        return (await following.my_request(city, owner.actor, asked)).request.department

    assert await sent_to("cases.case.content", str(case_id)) == officer.department
    assert await sent_to("exchange.call.register", "employment") == "human-resources-310000"
    assert await sent_to("notices.inbox.content") == "data-310000"
    for thing, about, field in (
        ("cases.case.content", str(new_id(owner.actor.bucket)), "about"),
        ("licences.licence.content", "", "about"),
        ("exchange.call.register", "population", "district"),
    ):
        with pytest.raises(RequestInvalid) as missing:
            await sent_to(thing, about)
        assert set(missing.value.fields) == {field}


async def test_an_agent_needs_the_errand(city: Database, owner: Resident, other: Resident) -> None:
    await rooms.warm(city)
    assert other.actor.id is not None
    acting = Acting(
        new_id(owner.actor.bucket), "attorney", other.actor.id, other.name, NOW + timedelta(days=9)
    )
    limited = msgspec.structs.replace(acting, errands=frozenset({Errand.APPLY}))
    with pytest.raises(BeyondPower):
        await requesting.choices(city, msgspec.structs.replace(owner.actor, acting=limited), NAME)
    agent = msgspec.structs.replace(owner.actor, acting=acting)
    await ask(city, msgspec.structs.replace(owner, actor=agent))
    (row,) = await city.sibling().rows(
        "SELECT detail FROM audit.ledger WHERE action = 'portal.ask_correction'"
    )
    assert row["detail"]["agent"] == str(other.actor.id)


async def test_the_page_keeps_what_was_typed_and_uploaded(
    web: Client, city: Database, owner: Resident
) -> None:
    await log_in(web, city, owner.actor)
    shown = await web.get(f"/my/data/wrong?of={NAME}&district={owner.district}")
    fields = fields_of(shown.text, "/my/data/wrong")
    typed = {**fields, "stands": "李文", "why": "写错了", "should": "李雯", "_go": "send"}
    proof = {"proof": ("证明.png", sample_files.screenshot(), "image/png")}
    refused = await web.post("/my/data/wrong", data={**typed, "district": ""}, files=proof)
    assert refused.status_code == 422
    for kept in ("李文", "李雯", "写错了", "证明.png", "请选择登记所在的地方"):
        assert kept in refused.text, kept
    again = {**fields_of(refused.text, "/my/data/wrong"), **typed}
    asked = await web.post("/my/data/wrong", data=again)
    page = await web.get(asked.headers["location"])
    for said in ("李雯", "证明.png", "等待答复"):
        assert said in words(page), said  # type: ignore[arg-type]
    assert (await web.post("/my/data/wrong", data=again)).headers["location"] == asked.headers["location"]
    hers = new_id(owner.actor.bucket)  # as her case's: what goes with a request must not go with that
    chosen = {**again, "draft": str(hers), "stands": "", "should": "李文雯"}
    await web.post("/my/data/wrong", data=chosen, files=proof)
    assert await city.value("SELECT count(*) FROM kit.file WHERE reference = $1", str(hers)) == 0
    chooser = words(await web.get("/my/data/wrong"))  # type: ignore[arg-type]
    assert "手机号和登录密码" in chooser
    assert (await web.get("/my/data/wrong?of=identity.account.phone")).status_code == 404


async def test_what_turns_a_line_comes_in_by_no_door(web: Client, city: Database, owner: Resident) -> None:
    """Ordinary form, form with files, program: what her officer reads goes from the left. How it can fail: take
    the marks out of one kind of form alone, or not of a program's body."""
    await log_in(web, city, owner.actor)
    at, rest = (
        "/my/data/wrong",
        {"stands": "\u2067李\u0007文", "should": "\u202e雯李\u202c\u200d", "_go": "send"},
    )
    csrf = {"x-csrf-token": (await web.get("/api/v1/session")).json()["csrf"]}
    for door in ("form", "files", "program"):
        if door == "program":
            body = {one: rest[one] for one in ("stands", "should")} | {
                "thing": NAME,
                "district": owner.district,
            }
            key = {"idempotency-key": f"{door}-00000000"}
            sent = await web.post("/api/v1/requests", json=body, headers=csrf | key)
        else:
            form = await web.get(f"{at}?of={NAME}&district={owner.district}")
            fields = fields_of(form.text, at)
            proof = {"proof": ("a.png", sample_files.screenshot(), "image/png")} if door == "files" else None
            sent = await web.post(at, data={**fields, **rest}, files=proof)
        assert sent.status_code in (201, 303), (door, sent.text)
        one = (await following.mine(city, owner.actor))[0].request
        assert (one.said.stands, one.said.should) == ("李文", "雯李\u200d"), door
        await following.withdraw(city, owner.actor, one.id, now=NOW)


async def test_an_account_that_closes_leaves_the_departments_queue_readable(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """Her request stays, and with it her name. How it can fail (tried): let the name go with the account."""
    await rooms.warm(city)
    await ask(city, owner)
    await closed(city, owner)
    assert len(await answering.queue(city, officer, after=None, limit=9, now=NOW)) == 1


REQUEST = RightsRequest(
    id=UUID(int=1),
    subject=UUID(int=2),
    sort="correction",
    thing="identity.account.paper",
    about="",
    department="civil-310106",
    purpose=UUID(int=3),
    asked_at=NOW,
    due=NOW,
    state=RequestState.ASKED,
    ended_at=None,
    said=SAID,
    answer="",
)


@pytest.mark.parametrize(
    "typed",
    ["310101199001011234", "３１０１０１１９９００１０１１２３４", "310101 19900101 1234", "138 0000 5001"],
)
def test_a_number_is_masked_however_it_was_typed(typed: str) -> None:
    """In wide digits and in groups too. How it can fail (tried): look for plain digits in a row."""
    said = Said("", "李雯", f"2026 年换发，号码 {typed}，请改")
    one = msgspec.structs.replace(REQUEST, said=said)
    why = answering.masked(one, "李文").why
    assert why.startswith("2026 年换发，号码 ") and why.endswith("，请改")
    assert "*" in why and normalised(typed)[4:-4] not in normalised(why)


async def test_a_queue_of_twenty_takes_as_many_statements_as_one_of_one(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """How it can fail (tried): read the persons one by one."""
    await ask(city, owner)

    async def counted() -> tuple[int, list[str]]:
        before = city.count
        lines = await answering.queue(city, officer, after=None, limit=50, now=NOW)
        return city.count - before, [line.name for line in lines]

    who = owner.actor.id
    assert who is not None
    one, (name,) = await counted()
    assert owner.name not in name
    (first,) = await store.requests_of(city, [who])
    for number in range(19):
        another = msgspec.structs.replace(first, id=new_id(owner.actor.bucket), about=str(number))
        await write(city, store.asking(another))
    assert await counted() == (one, [name] * 20)
