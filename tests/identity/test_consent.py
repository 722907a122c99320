"""Consents (PIPL art. 14, 15, 29, 31): the tick of an enrolment is a row, withdrawn from now on."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from hashlib import sha256

import pytest

from tests.identity.conftest import LI, NOW, TYPED, Client, Register, enrolled, logged_in, with_account
from tests.identity.pages import fields_of, submit, words
from tongban import identity
from tongban.identity.actions import consenting
from tongban.identity.model.consent import PURPOSES, NoSuchPurpose
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import new_bucket, new_id
from tongban.kit.policy import Actor, Role

pytestmark = [
    pytest.mark.usefixtures("register"),
    pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning"),
]


async def test_the_tick_is_a_row_as_of_when_it_was_set(db: Database, register: Register) -> None:
    opened = await enrolled(db)
    who = opened.actor.id
    assert who is not None
    consent = await identity.standing_consent(db, who, purpose="enrolment")
    assert consent is not None
    assert (consent.given_at, consent.way, consent.separate, consent.given_by) == (NOW, "portal", True, None)
    assert consent.words == PURPOSES["enrolment"].words[consent.version]


async def test_withdrawn_it_stands_no_more_and_is_kept(db: Database) -> None:
    opened = await enrolled(db)
    assert opened.actor.id is not None
    later = NOW + timedelta(days=1)
    await asyncio.gather(
        *(identity.withdraw_consent(db, opened.actor, purpose="enrolment", now=later) for _ in range(3))
    )
    assert await identity.standing_consent(db, opened.actor.id, purpose="enrolment") is None
    (kept,) = await consenting.my_consents(db, opened.actor)
    assert kept.withdrawn_at == later
    acts = await db.sibling().rows("SELECT 1 FROM audit.ledger WHERE action = 'identity.withdraw_consent'")
    assert len(acts) == 1
    await asyncio.gather(
        *(consenting.give_consent(db, opened.actor, purpose="enrolment", now=later) for _ in range(3))
    )
    assert len(await consenting.my_consents(db, opened.actor)) == 2
    with pytest.raises(NoSuchPurpose):
        await consenting.give_consent(db, opened.actor, purpose="nothing", now=later)


async def test_a_guardian_s_consent_for_a_child_names_her(db: Database) -> None:
    child, guardian = new_id(new_bucket()), new_id(new_bucket())
    await write(
        db,
        Part("SELECT 1 AS one"),
        identity.giving_consent(
            subject=child, purpose="enrolment", way="desk", given_by=guardian, item="birth", now=NOW
        ),
    )
    (one,) = await consenting.my_consents(db, Actor(Role.RESIDENT, child))
    assert (one.given_by, one.way, one.item) == (guardian, "desk", "birth")


async def test_the_page_shows_the_words_and_withdraws(client: Client, db: Database) -> None:
    """How it can fail (tried): leave the question for what she agreed to out of ``withdraw_consent``; tell a form that
    names nothing as done."""
    form = await client.get("/enrol")
    about = PURPOSES["enrolment"]
    assert str(about.words[about.version]) in words(form)
    assert TYPED["name"] == LI.name
    await with_account(db)
    await logged_in(client, db)
    shown = await client.get("/account/consents")
    assert "网络安全法第二十四条" in words(shown)
    done = await submit(client, shown, "/account/consents/withdraw", {})
    assert "已撤回" in words(done)
    # Withdrawn once more it is said again; what she never agreed to is not there.
    asked = {"_csrf": fields_of(shown.text, "/account/consents/withdraw")["_csrf"]}
    twice = await client.post("/account/consents/withdraw", data={**asked, "purpose": "enrolment"})
    assert twice.status_code == 200 and "撤回前依据同意" in words(twice)
    for named in ({"purpose": "zzz"}, {"purpose": "face"}, {"purpose": "guardianship", "child": "zzz"}):
        for act in ("withdraw", "give") if named["purpose"] == "zzz" else ("withdraw",):
            answer = await client.post(f"/account/consents/{act}", data={**asked, **named})
            assert answer.status_code == 404 and "没有这项同意" in words(answer), (act, named)
    for act in ("withdraw", "give"):
        none = await client.post(f"/account/consents/{act}", data={**asked, "consent": "zzz"})
        assert none.status_code == 200 and "撤回前依据同意" not in words(none) and "已记下" not in words(none)
    again = await submit(client, done, "/account/consents/give", {})
    assert "已记下您的同意" in words(again)


def test_other_words_are_another_version() -> None:
    """Whoever changes words that people agreed to adds a version; the old ones stay readable."""
    known = {
        "enrolment/2026-01": "7f08702ee8eb",
        "face/2026-11": "ec03d55305b3",
        "guardianship/2026-11": "219e5cb310a7",
        "guardianship/2026-12": "901210241dab",
    }
    now = {
        f"{code}/{version}": sha256(words.zh.encode()).hexdigest()[:12]
        for code, about in PURPOSES.items()
        for version, words in about.words.items()
    }
    assert now == known
