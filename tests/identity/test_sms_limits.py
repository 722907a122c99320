"""SMS bombing 短信轰炸: every action that sends a code is limited, by network, for the house and by phone."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from uuid import UUID

import msgspec
import pytest

from tests.conftest import HOME
from tests.identity.conftest import LI, SECRET, WANG, Client, Register, enrolled, texts
from tests.identity.pages import submit, words
from tests.identity.staffing import Staff
from tests.identity.test_own_phone import with_session
from tests.identity.test_staff import JOINER
from tests.identity.test_window import NEW_PHONE, clerk
from tongban import identity
from tongban.identity.actions import (
    codes,
    deciding_staff,
    joining,
    own_phone,
    phone_only,
    recovering,
    window_recovering,
)
from tongban.identity.actions import sending as counting
from tongban.identity.model.refusals import RegisterAway
from tongban.identity.model.seen import Seen
from tongban.identity.model.sending import PER_NETWORK, PER_PHONE_UNASKED, Counted, TooManyTexts
from tongban.identity.model.stuffing import HOUR, hour_of
from tongban.identity.store import sending as store
from tongban.identity.store import staffing
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.papers import Paper
from tongban.kit.web.visit import Visit, begin
from tongban.settings import settings

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
OWN_NEW = "13800005088"
SEEN = Seen("111", LI.id_number, LI.name, None, same_face=True, genuine=True, for_good=True)
#: Texts with an end of their use that bring no code: to the security administrators, of a lock.
NO_CODE = {"locked_out.tell_security"}
Ways = dict[str, Callable[[], Awaitable[object]]]


def called_in(function: ast.AST) -> set[str]:
    """The names of what a function calls; ``texting until`` for a text that is worthless after a while."""
    names = set()
    for call in ast.walk(function):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            ends = name == "texting" and any(one.arg == "until" for one in call.keywords)
            names.add("texting until" if ends else name)
    return names


def senders() -> tuple[set[str], set[str]]:
    """What of the room sends a code by a call of its own, and what of it was never counted on the way there."""
    found = {}
    for file in (HOME / "src/tongban/identity").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found[f"{file.stem}.{node.name}"] = called_in(node)
    makers = {one for one, calls in found.items() if "texting until" in calls} - NO_CODE
    uncounted = {one for one in makers if "must_be_sendable" not in found[one]}
    while True:
        names = {one.split(".")[1] for one in uncounted}
        more = {
            one for one, calls in found.items() if calls & names and "must_be_sendable" not in calls
        } - uncounted
        if not more:
            break
        uncounted |= more
    makers |= {one for one, calls in found.items() if {"texting_code"} & calls}
    names = {one.split(".")[1] for one in makers} - {"resend"}
    # A sender is who makes the parts of a code, where these are not its own to pass on.
    return {one for one, calls in found.items() if calls & names} - makers | {"codes.resend"}, uncounted


async def ways(db: Database, staff: Staff, register: Register) -> Ways:
    """Every sender with all that it needs, two minutes after what came before it."""
    now = clock.now()
    before = now - timedelta(minutes=2)
    li = with_session(await enrolled(db, now=now - timedelta(minutes=10)))
    step = await identity.check_password(db, "log_in", account=LI.phone, password=SECRET, now=before)
    register.down = True
    with pytest.raises(RegisterAway) as away:
        await identity.enrol(db, WANG, now=before)
    register.down = False
    lost = await recovering.ask_recovery(db, name=LI.name, paper=LI.paper, now=before)
    register.people[LI.id_number] = msgspec.structs.replace(LI, phone=OWN_NEW)
    change = await own_phone.ask_change(db, li, phone=OWN_NEW, now=before)
    officer = await clerk(db)

    async def at_window(when: datetime) -> UUID:
        register.people[LI.id_number] = msgspec.structs.replace(LI, phone=NEW_PHONE)
        try:
            return await window_recovering.begin_recovery(db, officer, seen=SEEN, phone=NEW_PHONE, now=when)
        finally:
            register.people[LI.id_number] = LI

    seen = await at_window(before)
    sys, sec = [await identity.actor_of(db, kind="username", value=one) for one in ("sys", "sec")]
    joiner = await joining.propose(db, sys, posted=JOINER, key=None, now=before)
    other = JOINER | {"username": "lin-2", "phone": "13800008802"}
    waits = await joining.propose(db, sys, posted=other, key=None, now=before)

    async def grant(who: UUID) -> None:
        (asked,) = await staffing.history(db, who)
        await deciding_staff.decide(db, sec, officer=who, change=asked.id, grant=True, answer="", now=before)

    async def ask_own() -> None:
        register.people[LI.id_number] = msgspec.structs.replace(LI, phone=OWN_NEW)
        await own_phone.ask_change(db, li, phone=OWN_NEW, now=now)

    await grant(joiner)
    return {
        "logging_in._let_pass": lambda: identity.check_password(
            db, "log_in", account=LI.phone, password=SECRET, now=now
        ),
        "codes.resend": lambda: codes.resend(db, step, stages=("log_in",), now=now),
        "enrolling._ask_register": lambda: identity.retry(db, step=away.value.step, now=now),
        "recovering.ask_recovery": lambda: recovering.ask_recovery(db, name=LI.name, paper=LI.paper, now=now),
        "recovering.send_again": lambda: recovering.send_again(db, lost, now=now),
        "own_phone.ask_change": ask_own,
        "own_phone.send_again": lambda: own_phone.send_again(
            db, li, step=change.step, which="phone_new", now=now
        ),
        "window_recovering.begin_recovery": lambda: at_window(now),
        "window_recovering.send_again": lambda: window_recovering.send_again(
            db, officer, recovery=seen, now=now
        ),
        "joining.invite_again": lambda: joining.invite_again(db, sys, officer=joiner, now=now),
        "deciding_staff._granted": lambda: grant(waits),
        "phone_only.open_by_phone": lambda: phone_only.open_by_phone(
            db, phone="13800008803", password=SECRET, now=now
        ),
    }


def ceiling(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    here = msgspec.structs.replace(settings(), sms_per_hour=most)
    monkeypatch.setattr(counting, "settings", lambda: here)


async def test_every_action_that_sends_a_code_is_limited(
    db: Database, staff: Staff, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by reading the room's code; each is tried with the house's ceiling reached. How it can fail (tried): take
    ``must_be_sendable`` out of any of the places that call it, or send a code by a new action."""
    found, uncounted = senders()
    assert not uncounted - {"codes.texting_code"}, "a code goes out that nobody has counted"
    every = await ways(db, staff, register)
    assert found == set(every)
    before = await texts(db)
    ceiling(monkeypatch, 0)
    for name, way in every.items():
        with pytest.raises(TooManyTexts) as full:
            await way()
        assert full.value.by is Counted.HOUSE, name
    assert await texts(db) == before


async def test_what_is_counted_and_when_it_begins_anew(db: Database) -> None:
    """The kinds of codes apart, an IPv6 /64 as one, and those that meet at the last place: one of them."""
    now = clock.instant_of(date(2026, 11, 23), time(23, 50))
    start = counting.must_be_sendable

    async def fill(by: Counted, act: str, to: str, sent: int) -> None:
        await start(db, act=act, to=to, now=now)
        await db.run("UPDATE identity.text_count SET sent = $2 WHERE kind = $1", str(by), sent)

    begin(Visit(address="2001:db8:0:7::1"))
    await fill(Counted.NETWORK, "log_in", "a", PER_NETWORK - 1)
    met = await asyncio.gather(
        *(start(db.sibling(), act="log_in", to=str(one), now=now) for one in range(3)), return_exceptions=True
    )
    assert [one for one in met if one is not None and not isinstance(one, TooManyTexts)] == []
    assert met.count(None) == 1, "one place was left"
    begin(Visit(address="2001:db8:0:7:ffff::2"))
    with pytest.raises(TooManyTexts) as network:
        await start(db, act="log_in", to="b", now=now)
    assert network.value.by is Counted.NETWORK and 0 < network.value.retry_after <= 3600
    begin(Visit(address="2001:db8:0:8::1"))
    await fill(Counted.PHONE, "enrol", "13800005001", PER_PHONE_UNASKED)
    with pytest.raises(TooManyTexts) as phone:
        await start(db, act="enrol", to="13800005001", now=now)
    assert phone.value.by is Counted.PHONE and "明天再试" in str(phone.value.message)
    assert 0 < phone.value.retry_after <= 600
    await start(db, act="log_in", to="13800005001", now=now)
    await start(db, act="enrol", to="13800005001", now=now + timedelta(minutes=11))
    assert "13800005001" not in str(await db.rows("SELECT key FROM identity.text_count"))


async def test_a_recovery_says_the_same_where_the_phone_is_full(db: Database, register: Register) -> None:
    """With an account and without: the same statements, no word of it, and no further code."""
    await enrolled(db, now=clock.now() - timedelta(hours=1))
    told = []
    for paper in (LI.paper, Paper("111", WANG.id_number)):
        for left in (1, 0):
            await db.run("DELETE FROM identity.attempt")
            await db.run("UPDATE identity.code SET sent_at = sent_at - interval '2 min', hour_sent = 1")
            await db.run(
                "UPDATE identity.text_count SET sent = $1 WHERE kind = 'phone'", PER_PHONE_UNASKED - left
            )
            before, sent = db.count, len(await texts(db))
            step = await recovering.ask_recovery(db, name=LI.name, paper=paper, now=clock.now())
            told.append((db.count - before, len(step), len(await texts(db)) - sent))
    assert told[:2] == told[2:]
    assert [sent for *_, sent in told] == [1, 0, 1, 0]


async def test_the_page_says_when_to_come_back_and_loses_nothing(client: Client, db: Database) -> None:
    await enrolled(db, now=clock.now() - timedelta(hours=1))
    for hour in (hour_of(clock.now()), hour_of(clock.now()) + HOUR):
        await store.count(db, [(Counted.HOUSE, b"house", hour, 1)])
    await db.run("UPDATE identity.text_count SET sent = $1", settings().sms_per_hour)
    for language, told in (
        ("zh", "获取短信验证码的人太多"),
        ("en", "Too many codes are being sent by SMS right now"),
    ):
        client.cookies.set("tongban_language", language)
        shown = await client.get("/login")
        answer = await submit(client, shown, "/login", {"account": LI.phone, "password": SECRET})
        assert answer.status_code == 429 and 0 < int(answer.headers["retry-after"]) <= 3600
        assert told in words(answer) and f'value="{LI.phone}"' in answer.text
