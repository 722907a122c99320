"""Many accounts tried from one network 撞库: it rests until the full hour, and other ways stay open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.identity.conftest import LI, NOW, SECRET, Client, Register, enrolled
from tests.identity.pages import submit, words
from tongban import identity
from tongban.identity.model import refusals, stuffing
from tongban.identity.model.stuffing import NetworkRests
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.up.doctor import guessing

LATER = NOW + timedelta(hours=3)
FROM = "192.0.2.77"
OFFICER = identity.DemoOfficer("zhoumin", "周敏", "police-310101", "13800009001")
pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


@pytest.fixture
async def house(db: Database, register: Register, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A network that may be wrong four times: the rule is the same, the test is quick."""
    monkeypatch.setattr("tongban.identity.actions.logging_in.MOST_OF_NETWORK", 4)
    await enrolled(db)
    return db


async def come(
    db: Database, account: str, word: str = SECRET, door: str = "log_in", address: str = FROM, **at: int
) -> str:
    now = LATER + timedelta(**at)
    return await identity.check_password(
        db,
        door,
        account=account,
        password=word,
        address=address,
        now=now,  # type: ignore[arg-type]
    )


async def stuff(db: Database) -> None:
    """One wrong password for each of four accounts that nobody has."""
    for number in range(4):
        with pytest.raises(refusals.WrongPassword):
            await come(db, f"1390000000{number}", "wrong")


async def test_the_network_rests_whoever_is_tried_and_elsewhere_is_open(house: Database) -> None:
    await stuff(house)
    told = []
    for account, word in ((LI.phone, SECRET), (LI.phone, "wrong"), ("13900000009", "wrong")):
        with pytest.raises(NetworkRests) as rests:
            await come(house, account, word, minutes=10)
        told.append((rests.value.message, rests.value.retry_after))
    assert told[0] == told[1] == told[2]
    assert "14:00 之前" in str(told[0][0]) and told[0][1] == 50 * 60
    assert await come(house, LI.phone, address="192.0.2.78", minutes=10)
    assert await come(house, LI.phone, minutes=61)
    # Of what came after the network began to rest one row stands in the ledger, whatever came.
    rows = await house.value("SELECT count(*) FROM audit.ledger WHERE action = 'identity.fail_password'")
    assert rows == 5


async def test_right_passwords_do_not_fill_a_network_that_many_share(house: Database) -> None:
    for minute in range(8):
        await come(house, LI.phone, minutes=2 * minute)
    assert await house.value("SELECT tries FROM identity.network_hour") == 0
    assert b"\xc0\x00\x02\x4d" not in await house.value("SELECT network FROM identity.network_hour")


async def test_an_officer_with_an_authenticator_comes_in_another_learns_nothing(house: Database) -> None:
    await identity.load_demo(house, [], [OFFICER], password=SECRET, now=NOW)
    await stuff(house)
    told = []
    for word in (SECRET, "wrong"):
        with pytest.raises(NetworkRests) as rests:
            await come(house, "zhoumin", word, "staff", minutes=1)
        told.append(rests.value.message)
    assert told[0] == told[1]
    await house.run("UPDATE identity.staff SET totp_sealed = 'sealed'")
    assert await come(house, "zhoumin", SECRET, "staff", minutes=2)


async def test_the_doctor_tells_how_hard_passwords_are_guessed(house: Database) -> None:
    await stuff(house)
    now = LATER + timedelta(minutes=30)
    assert guessing(await identity.pressure(house, now=now)).state == "good"
    await house.run("UPDATE identity.network_hour SET tries = 101")
    assert guessing(await identity.pressure(house, now=now)).state == "note"
    await house.run("UPDATE identity.network_hour SET tries = 10000")
    assert guessing(await identity.pressure(house, now=now)).state == "bad"
    await identity.ATTEMPTS(house, before=now + timedelta(days=1), look=False)
    assert await house.value("SELECT count(*) FROM identity.network_hour") == 0


async def test_the_page_offers_the_other_ways(
    client: Client, house: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = stuffing.network_key(FROM)
    monkeypatch.setattr("tongban.identity.actions.logging_in.network_key", lambda _: key)
    await house.run(
        "INSERT INTO identity.network_hour (network, hour, tries) VALUES ($1, $2, 100)",
        *(key, stuffing.hour_of(clock.now())),
    )
    shown = await client.get("/login")
    answer = await submit(client, shown, "/login", {"account": LI.phone, "password": SECRET})
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) <= 3600
    assert "请用通行密钥或手机扫码登录" in words(answer)
    assert f'value="{LI.phone}"' in answer.text
    for way in ("/login/passkey", "/login/scan"):
        assert f'action="{way}"' in answer.text
