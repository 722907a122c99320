"""Enrolment and its SMS against the outside world: the sandbox's register and gateway, over signed HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CITY
from tests.identity.conftest import SECRET, enrolled, last_code, wrong
from tests.sandbox.conftest import HouseNode, Sandbox
from tests.world import peopled
from tongban import audit, exchange, identity, settings
from tongban.identity.actions import codes
from tongban.identity.actions.accounts import own_account
from tongban.identity.model.codes import LIFETIME
from tongban.identity.model.duplicates import EnrolledByOtherPaper
from tongban.identity.model.refusals import CodeWrong, RegisterSaysNo
from tongban.identity.model.typed import Typed
from tongban.kit import clock, outbox
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import bucket_of, new_id
from tongban.notices import SmsAway
from tongban.notices import jobs as notices_jobs


@pytest.fixture(scope="module")
def running(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The outside world, which trusts this house's node; the house's settings point to it."""
    node = HouseNode(data_dir / "keys" / "node.pub.pem")
    sandbox = Sandbox(peopled(tmp_path_factory.mktemp("outside"), tmp_path_factory), node)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TONGBAN_SANDBOX_URL", f"http://127.0.0.1:{sandbox.port}")
        settings.reload()
        yield sandbox
    settings.reload()
    sandbox.stop()


@pytest.fixture
async def sandbox(db: Database, running: Sandbox) -> AsyncIterator[Sandbox]:
    """The same, whole, with its registers known to the exchange and the check plugged in."""
    await exchange.load(db, CITY)
    exchange.forget_breakers()
    identity.plug_register_check(exchange.check_person)
    yield running
    running.http.delete("/faults").raise_for_status()
    exchange.forget_breakers()


def taken(sandbox: Sandbox, situation: str = "eligible_work") -> Typed:
    """Somebody who was never used before."""
    answer = sandbox.http.post("/cast/take", json={"situation": situation, "by": "tests"})
    answer.raise_for_status()
    one: dict[str, Any] = answer.json()
    return Typed(one["name"], one["id_number"], one["phone"], SECRET)


def heard(sandbox: Sandbox, phone: str) -> list[str]:
    return [one["text"] for one in sandbox.http.get("/sms/v1/messages", params={"phone": phone}).json()]


def code_in(text: str) -> str:
    found = re.search(r"\d{6}", text)
    assert found
    return found[0]


async def test_a_person_of_the_register_enrols_with_the_code_on_her_phone(
    db: Database, sandbox: Sandbox
) -> None:
    one = taken(sandbox)
    step = await identity.enrol(db, one, now=clock.now())
    (event,) = await outbox.claim(db, now=clock.now(), outward=True)
    await notices_jobs.send_sms(db, event, now=clock.now())
    (text,) = heard(sandbox, one.phone)
    assert text.startswith("【通办】注册验证码 ")
    with pytest.raises(CodeWrong):
        await identity.finish_enrolment(db, step=step, code=wrong(code_in(text)), now=clock.now())
    opened = await identity.finish_enrolment(db, step=step, code=code_in(text), now=clock.now())
    assert opened.actor.id is not None
    assert (await identity.person(db, opened.actor.id)).id_number == one.id_number
    home = (await own_account(db, opened.actor, now=clock.now())).residence
    assert home is not None and home.residence is not None, "hukou and residence come with the check"
    assert (
        home.residence.hukou_area.isdigit()
        and home.residence.hukou_address
        and home.residence.residence_since
    )
    reads = await db.rows("SELECT purpose, subject FROM audit.ledger WHERE kind = 'read'")
    assert [tuple(row) for row in reads] == [(opened.actor.id, opened.actor.id)]


async def test_people_with_other_papers_enrol_and_are_read_about(db: Database, sandbox: Sandbox) -> None:
    for one in sandbox.http.get("/cast/overseas").json():
        typed = Typed(one["name"], one["number"], one["phone"], SECRET, one["paper_kind"], one["country"])
        if one["status"] != "正常":
            with pytest.raises(RegisterSaysNo):
                await identity.enrol(db, typed, now=clock.now())
            continue
        step = await identity.enrol(db, typed, now=clock.now())
        opened = await identity.finish_enrolment(
            db, step=step, code=await last_code(db, typed.phone), now=clock.now()
        )
        who = opened.actor.id
        assert who is not None
        purpose = new_id(bucket_of(who))
        part = audit.opening_purpose(
            id=purpose,
            kind="case",
            subject=who,
            reference="case",
            item="item",
            fields=["population.name", "population.is_local_hukou"],
            basis="art. 1",
            until=clock.now() + timedelta(hours=1),
            now=clock.now(),
        )
        await write(db, Part("SELECT 1 AS one"), part)
        told = await exchange.read(
            *(db, opened.actor),
            resource="population",
            subject=who,
            fields=["name", "is_local_hukou"],
            purpose=purpose,
            now=clock.now(),
        )
        assert told.data == {"name": one["name"], "is_local_hukou": None}, one["key"]


async def test_another_paper_of_the_register_finds_the_account(db: Database, sandbox: Sandbox) -> None:
    """Over the wire: the residence permit of who enrolled with her home-return permit."""
    permit = Typed("陈嘉欣", "810000199003120262", "13800005021", SECRET, "HMT")
    for number, one in enumerate((Typed("陈嘉欣", "H05500116", "13800005021", SECRET, "516"), permit)):
        at = clock.now() + timedelta(minutes=2 * number)
        step = await identity.enrol(db, one, now=at)
        ended = identity.finish_enrolment(db, step=step, code=await last_code(db, one.phone), now=at)
        if number:
            # The register told the permit already with the first, so it is one of that account's.
            with pytest.raises(EnrolledByOtherPaper):
                await ended
        else:
            await ended


async def test_the_dead_and_strangers_do_not_enrol(db: Database, sandbox: Sandbox) -> None:
    people = {one["key"]: one for one in sandbox.http.get("/cast/demo").json()}
    dead = people["deceased"]
    with pytest.raises(RegisterSaysNo) as refused:
        await identity.enrol(
            db, Typed(dead["name"], dead["id_number"], dead["phone"], SECRET), now=clock.now()
        )
    assert "已经注销" in str(refused.value.fields["id_number"])
    living = taken(sandbox)
    with pytest.raises(RegisterSaysNo) as refused:
        await identity.enrol(db, Typed(living.name, living.id_number, "13000000000", SECRET), now=clock.now())
    assert set(refused.value.fields) == {"phone"}


async def test_a_register_that_is_down_loses_nothing(db: Database, sandbox: Sandbox) -> None:
    one = taken(sandbox)
    sandbox.http.post("/faults", json={"service": "population", "mode": "down"}).raise_for_status()
    with pytest.raises(identity.RegisterAway) as away:
        await identity.enrol(db, one, now=clock.now())
    sandbox.http.delete("/faults").raise_for_status()
    exchange.forget_breakers()
    assert await identity.retry(db, step=away.value.step, now=clock.now())


async def test_a_gateway_that_is_down_is_tried_again_and_sends_once(db: Database, sandbox: Sandbox) -> None:
    one = taken(sandbox)
    await identity.enrol(db, one, now=clock.now())
    (event,) = await outbox.claim(db, now=clock.now(), outward=True)
    sandbox.http.post("/faults", json={"service": "sms", "mode": "error"}).raise_for_status()
    with pytest.raises(SmsAway):
        await notices_jobs.send_sms(db, event, now=clock.now())
    sandbox.http.delete("/faults").raise_for_status()
    await notices_jobs.send_sms(db, event, now=clock.now())
    assert len(heard(sandbox, one.phone)) == 1


async def test_after_an_outage_the_one_code_comes_that_counts(db: Database, sandbox: Sandbox) -> None:
    """Two codes wait; the older is dropped, the newer goes out and logs in; one that has expired never goes out. How it
    can fail (tried): leave ``notices.outdating`` out of ``texting_code``."""
    one, now = taken(sandbox), clock.now()
    await enrolled(db, one, now=now - timedelta(hours=1))
    await db.run("DELETE FROM kit.outbox")
    step = await identity.check_password(db, "log_in", account=one.phone, password=SECRET, now=now)
    sandbox.http.post("/faults", json={"service": "sms", "mode": "down"}).raise_for_status()
    (event,) = await outbox.claim(db, now=now, outward=True)
    with pytest.raises(SmsAway):
        await notices_jobs.send_sms(db, event, now=now)
    await outbox.postpone(db, event, reason="away", now=now)
    later = now + timedelta(minutes=2)
    await codes.resend(db, step, stages=("log_in",), now=later)
    sandbox.http.delete("/faults").raise_for_status()
    waiting = await outbox.claim(db, now=later, outward=True)
    for event in waiting:
        await notices_jobs.send_sms(db, event, now=later)
    (text,) = heard(sandbox, one.phone)
    await outbox.finish(db, waiting)
    opened = await identity.log_in(db, "log_in", step=step, code=code_in(text), now=later)
    assert opened.actor.id is not None
    await identity.check_password(db, "log_in", account=one.phone, password=SECRET, now=later)
    (event,) = await outbox.claim(db, now=later, outward=True)
    await notices_jobs.send_sms(db, event, now=later + LIFETIME)
    assert len(heard(sandbox, one.phone)) == 1
    dropped = await db.rows("SELECT detail FROM audit.ledger WHERE action = 'notices.drop_sms'")
    assert [row["detail"]["why"] for row in dropped] == ["late", "late"]
