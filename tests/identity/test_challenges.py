"""Challenges: each is for one purpose, of one browser or account, ends by time, and is answered once.

By two at once: a log-in's code ``test_log_in``, an enrolment's ``test_enrol``, both phones' ``test_own_phone``, a
scan ``test_scanning``, a passkey's answer ``test_passkeys``, a firm's ``test_firm_log_in``, an authenticator's and a
recovery code ``test_totp``, a system's code and assertion ``test_oidc_faults``, an invitation ``test_staff``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any, get_args
from uuid import UUID

import msgspec
import pytest

from tests.identity.conftest import LI, NOW, SECRET, Client, Register, enrolled, last_code, with_account
from tests.identity.pages import fields_of, submit
from tests.identity.test_levels import shown_of
from tests.identity.test_window import clerk
from tongban import identity
from tongban.identity.actions import recovering, window_recovering
from tongban.identity.model import (
    ceremonies,
    certificates,
    codes,
    oidc,
    own_phone,
    said,
    steps,
    totp,
    window_merging,
)
from tongban.identity.model.refusals import CodeUsed
from tongban.identity.model.steps import IN_ITS_BROWSER, LIFETIME, Step
from tongban.identity.model.window_recovering import RecoveryOver
from tongban.identity.store import window_recovering as store
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.web import keeping

pytestmark = [
    pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning"),
    pytest.mark.usefixtures("data_dir"),
]

WHO, OTHER = UUID("0198a7c2-0000-7000-8000-00000000beef"), UUID("0198a7c2-0000-7000-8000-00000000dead")
HERE, THERE = "this browser", "another browser"
Opener = Callable[[str, UUID, str, datetime], object]


def opens(opener: Opener, word: str, *, who: UUID = WHO, browser: str = HERE, at: datetime = NOW) -> bool:
    """Whether it is taken: each says no by a sentence, None or False."""
    try:
        found = opener(word, who, browser, at)
    except Refused:
        return False
    return found is not None and found is not False


def _words() -> dict[str, tuple[str, Opener, timedelta]]:
    """Every opaque word that pages carry: one of Li's from this browser, who opens it, and how long it may."""
    found: dict[str, tuple[str, Opener, timedelta]] = {}
    for stage, lasts in LIFETIME.items():
        word = steps.step_token(Step(stage, WHO, NOW, "", browser=HERE.encode()))
        found[f"step {stage}"] = word, _step(stage), lasts
    for act in get_args(ceremonies.Act):
        begun = ceremonies.begun(act, account=WHO, browser=HERE, now=NOW)
        found[f"passkey {act}"] = ceremonies.ceremony_token(begun), _ceremony(act), ceremonies.LIFETIME
    merge = window_merging.Sides(OTHER, UUID(int=7), WHO, NOW)
    return found | {
        "password typed": (
            ceremonies.proof_token(WHO, browser=HERE, now=NOW),
            lambda word, who, browser, at: ceremonies.proof_holds(word, who, browser=browser, now=at),
            ceremonies.FRESH,
        ),
        "firm": (
            certificates.challenge_token(certificates.begun(browser=HERE, now=NOW)),
            lambda word, who, browser, at: certificates.challenge_of(word, browser=browser, now=at),
            certificates.LIFETIME,
        ),
        "new phone": (
            own_phone.change_token(own_phone.PhoneChange(WHO, NOW, LI.phone)),
            lambda word, who, browser, at: own_phone.change_of(word, who, now=at),
            own_phone.STEP_LIFETIME,
        ),
        "authenticator": (
            totp.offer_token(b"secret", WHO, now=NOW),
            lambda word, who, browser, at: totp.offered_secret(word, who, now=at),
            totp.OFFER_LIFETIME,
        ),
        "two papers seen": (
            window_merging.token_of(merge),
            lambda word, who, browser, at: window_merging.sides_of(word, officer=who, now=at),
            window_merging.STANDS,
        ),
        "system's wish": (
            oidc.asked_token("client_id=x", now=NOW),
            lambda word, who, browser, at: oidc.asked_at(word, "client_id=x", now=at),
            oidc.ASKED_LIFETIME,
        ),
        "told": (
            said.said_token(CodeUsed(), now=NOW),
            lambda word, who, browser, at: said.said_in(word, now=at),
            said.LIFETIME,
        ),
    }


def _step(stage: steps.Stage) -> Opener:
    return lambda word, who, browser, at: steps.step_of(word, stage, browser=browser.encode(), now=at)


def _ceremony(act: ceremonies.Act) -> Opener:
    return lambda word, who, browser, at: ceremonies.ceremony_of(
        word, act, account=who, browser=browser, now=at
    )


def test_no_word_of_one_purpose_opens_another() -> None:
    """Nor in another browser, for another account, or after its time. Seen to fail with steps that name no browser."""
    words = _words()
    for word, opener, lasts in words.values():
        assert opens(opener, word, at=NOW + lasts - timedelta(seconds=1))
        assert not opens(opener, word, at=NOW + lasts)
        assert not opens(opener, f"{word[:-6]}AAAAAA") and not opens(opener, "")
    taken = [(a, b) for a, b in permutations(words, 2) if opens(words[b][1], words[a][0])]
    assert taken == []
    kept = keeping.keep_fields({"a": "b"})
    assert not [name for name, (_, opener, _) in words.items() if opens(opener, kept)]
    in_browser = {name for name, (word, opener, _) in words.items() if not opens(opener, word, browser=THERE)}
    assert in_browser == {
        *(f"step {stage}" for stage in IN_ITS_BROWSER),
        *(f"passkey {act}" for act in get_args(ceremonies.Act)),
        *("password typed", "firm"),
    }
    of_one = {name for name, (word, opener, _) in words.items() if not opens(opener, word, who=OTHER)}
    assert of_one >= {"passkey add", "passkey second", "new phone", "authenticator", "two papers seen"}


def test_a_code_is_for_one_act_of_one_account() -> None:
    hashes = {
        codes.code_hash("123456", account=who, act=act, to=to)
        for who in (WHO, OTHER)
        for act in get_args(codes.Act)
        for to in ("", LI.phone)
    }
    assert len(hashes) == 2 * len(get_args(codes.Act)) * 2


async def test_a_step_goes_on_in_the_browser_that_took_it(client: Client, db: Database) -> None:
    """An address that was seen over a shoulder, and the code with it, open nothing elsewhere."""
    await with_account(db)
    shown = await submit(
        client, await client.get("/login?next=/draft"), "/login", {"account": LI.phone, "password": SECRET}
    )
    code = await last_code(db)
    at_home = dict(client.cookies)
    client.cookies.clear()
    token = fields_of((await client.get("/login")).text, "/login")["_csrf"]
    stolen = {**fields_of(shown.text, "/login/code"), "_csrf": token, "code": code}
    assert (await client.get(shown.url)).url.path == "/login/code" and "tongban_session" not in client.cookies
    refused = await client.post("/login/code", data=stolen)
    assert refused.status_code >= 400 and "tongban_session" not in client.cookies
    client.cookies.clear()
    client.cookies.update(at_home)
    assert (await submit(client, shown, "/login/code", {"code": code})).text == "draft"


async def test_a_recovery_is_used_once_by_two_at_once(db: Database, register: Register) -> None:
    await enrolled(db)
    later = NOW + timedelta(hours=3)
    step = await recovering.ask_recovery(db, name=LI.name, paper=LI.paper, now=later)
    code = await last_code(db, LI.phone)
    words = [f"another horse {n}" for n in range(3)]
    ends = await asyncio.gather(
        *(recovering.recover(db.sibling(), step=step, code=code, new=one, now=later) for one in words),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in ends) == ["CodeUsed", "CodeUsed", "NoneType"]
    word = words[ends.index(None)]
    assert await identity.check_password(db, "log_in", account=LI.phone, password=word, now=later)


async def test_a_windows_code_proves_the_phone_that_it_was_sent_to(db: Database, register: Register) -> None:
    """Two windows have begun for one person: the code that came to one phone gives the account to no other phone, and
    two at once give it back once."""
    who = (await enrolled(db, now=NOW - timedelta(days=1))).actor.id
    first = await clerk(db)
    second = await clerk(db, name="window-b", phone="13800006073")

    async def begun(officer: Any, phone: str, now: datetime) -> UUID:
        register.people[LI.id_number] = msgspec.structs.replace(LI, phone=phone)
        return await window_recovering.begin_recovery(db, officer, seen=shown_of(LI), phone=phone, now=now)

    one = await begun(first, "13900005001", NOW)
    later = NOW + timedelta(minutes=2)
    two = await begun(second, "13900005002", later)
    code = await last_code(db, "13900005002")
    with pytest.raises(RecoveryOver):
        await window_recovering.finish_recovery(db, first, recovery=one, code=code, now=later)
    ends = await asyncio.gather(
        *(
            window_recovering.finish_recovery(db.sibling(), second, recovery=two, code=code, now=later)
            for _ in range(3)
        ),
        return_exceptions=True,
    )
    assert all(one is None or isinstance(one, CodeUsed) for one in ends) and None in ends, ends
    found = await store.recovery_of(db, two, officer=second.id) if second.id else None
    assert found is not None and found.done_at == later
    assert who is not None and (await identity.person(db, who)).phone == "13900005002"
