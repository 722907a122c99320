"""Hukou and residence 户籍、居住 on the account: as the register tells them, asked once an hour at most."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from tests.conftest import CITY
from tests.identity.conftest import (
    CHAN,
    LI,
    NOW,
    WANG,
    WEBER,
    Client,
    Register,
    actions_of,
    enrolled,
    logged_in,
    with_account,
)
from tests.identity.pages import submit, words
from tongban import identity, regions
from tongban.identity import jobs
from tongban.identity.actions.accounts import own_account
from tongban.identity.actions.residence import ask_residence
from tongban.kit import clock
from tongban.kit.acting import Acting, ActingFor
from tongban.kit.db import Database
from tongban.kit.ids import new_id
from tongban.kit.not_allowed import NotAllowed

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
HOME = identity.Residence(
    *("340321", "安徽省蚌埠市怀远县", "安徽省蚌埠市怀远县建设路12号"),
    *("310104", "示范市徐汇区", "示范市徐汇区云栖路8号302室", date(2021, 3, 1), "valid"),
)
PAGE = "/my/account"


async def test_the_account_shows_what_the_register_says_and_asks_again_once_an_hour(
    client: Client, db: Database, register: Register
) -> None:
    """It came with the check at enrolment; the button asks anew, twice in an hour once, and a silent register leaves
    what was there and may be asked again at once."""
    register.homes[LI.id_number] = HOME
    await with_account(db)
    assert len(register.asked) == 1, "no call of its own"
    await logged_in(client, db)
    shown = await client.get(PAGE)
    for said in (
        "安徽省蚌埠市怀远县（340321）",
        HOME.residence_address,
        "居住证有效",
        "公安 人口库",
        "数据时间",
    ):
        assert said in words(shown), said
    assert "/my/data/wrong?of=identity.residence.hukou" in shown.text
    moved = msgspec.structs.replace(
        HOME, residence_area="310115", residence_address="示范市浦东新区听松街1号"
    )
    register.homes[LI.id_number] = moved
    register.down = True
    away = await submit(client, shown, "/account/residence", {})
    assert away.status_code == 503 and "没有应答" in words(away)
    assert HOME.residence_address in words(await client.get(PAGE))
    register.down = False
    again = await submit(client, shown, "/account/residence", {})
    assert "已按人口库更新" in words(again) and "听松街1号" in words(again)
    register.homes[LI.id_number] = HOME
    asked = len(register.asked)
    twice = await submit(client, shown, "/account/residence", {})
    assert "过一小时可以再查" in words(twice) and len(register.asked) == asked
    assert all(register.purposes) and (await actions_of(db)).count("identity.keep_residence") == 1
    assert not await db.sibling().value("SELECT count(*) FROM audit.purpose WHERE closed_at IS NULL")


async def test_an_old_answer_is_asked_anew_by_the_worker_after_a_log_in(
    client: Client, db: Database, register: Register
) -> None:
    """The log-in only leaves word; a register that is away is asked again with the worker's next turn."""
    register.homes[LI.id_number] = HOME
    await with_account(db)
    await jobs.ask_residence(db, now=clock.now())
    await logged_in(client, db)
    assert len(register.asked) == 1
    await db.sibling().run("UPDATE identity.residence SET asked_at = asked_at - interval '181 days'")
    await db.sibling().run("UPDATE identity.code SET sent_at = sent_at - interval '2 min'")
    client.cookies.clear()
    await logged_in(client, db)
    assert len(register.asked) == 1, "no log-in waits for a register"
    register.down, register.homes[LI.id_number] = True, msgspec.structs.replace(HOME, residence_area="310115")
    await jobs.ask_residence(db, now=clock.now())
    register.down = False
    await jobs.ask_residence(db, now=clock.now())
    await jobs.ask_residence(db, now=clock.now())
    assert len(register.asked) == 3
    row = await db.sibling().row("SELECT residence_area, wanted_at FROM identity.residence")
    assert tuple(row) == ("310115", None)


async def test_whom_the_register_fails_for_holds_up_nobody(db: Database, register: Register) -> None:
    """It answers for all but one, who logged in first. How it can fail (tried): let her keep her place."""
    for one in (LI, WANG):
        register.homes[one.id_number] = HOME
        await enrolled(db, one, now=clock.now())
    await db.run(
        """UPDATE identity.residence SET wanted_at = asked_at,
            asked_at = asked_at - interval '181 days', as_of = as_of - interval '181 days'"""
    )
    register.fails_for = {LI.id_number}
    for turn in range(2):
        await jobs.ask_residence(db, now=clock.now() + timedelta(minutes=turn))
    assert await db.value("SELECT count(*) FROM identity.residence WHERE wanted_at IS NULL") == 1


async def test_it_is_sealed_copied_and_goes_with_the_account_and_no_agent_reads_it(
    db: Database, register: Register
) -> None:
    register.homes[LI.id_number] = HOME
    li = (await enrolled(db)).actor
    assert li.id is not None
    held = (await identity.holdings(db, li.id))[0]["residence"]
    assert held["hukou_address"] == HOME.hukou_address and held["as_of"] == NOW
    assert not await db.sibling().value("SELECT count(*) FROM identity.application")
    row = str(dict(await db.sibling().row("SELECT r.* FROM identity.residence r")))
    assert "建设路" not in row and "340321" in row
    attorney = Acting(new_id(li.bucket), "attorney", new_id(1), WANG.name, NOW + timedelta(days=1))
    agent = msgspec.structs.replace(li, acting=attorney)
    for door in (own_account(db, agent, now=NOW), ask_residence(db, agent, now=NOW)):
        with pytest.raises((NotAllowed, ActingFor)):
            await door
    assert (await identity.erase(db, li.id, closing=True, look=True, now=NOW)).goes["identity.residence"] == 1


async def test_the_figures_count_persons_those_of_local_hukou_and_firms(
    db: Database, register: Register
) -> None:
    """A person of another city, one of this one, one who was never asked about, and one who closed her account."""
    await regions.load(db, CITY)
    register.homes[LI.id_number] = HOME
    register.homes[WANG.id_number] = msgspec.structs.replace(HOME, hukou_area="310115")
    for one in (LI, WANG, CHAN, WEBER):
        gone = (await enrolled(db, one)).actor.id
    await db.sibling().run("UPDATE identity.account SET closed_at = now() WHERE id = $1", gone)
    counted = await identity.figures(db)
    assert (counted.persons, counted.local_hukou, counted.hukou_unknown, counted.firms) == (3, 1, 1, 0)
    assert (counted.level_0, counted.level_1, counted.level_2, counted.level_3) == (0, 3, 0, 0)
