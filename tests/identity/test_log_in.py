"""Password, then SMS code; five wrong passwords rest an account, known or not."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from tests.identity.conftest import (
    LI,
    NOW,
    SECRET,
    WANG,
    Register,
    actions_of,
    enrolled,
    last_code,
    texts,
    wrong,
)
from tongban import identity
from tongban.identity.actions import passwords
from tongban.identity.actions.codes import resend
from tongban.identity.model import refusals
from tongban.kit.db import Database
from tongban.kit.policy import VISITOR, Role
from tongban.kit.web.recognising import Sessions

LATER = NOW + timedelta(hours=3)
OFFICER = identity.DemoOfficer("zhoumin", "周敏", "police-310101", "13800009001")


async def password(
    db: Database, account: str = LI.phone, word: str = SECRET, address: str = "192.0.2.1", **at: int
) -> str:
    return await identity.check_password(
        db, "log_in", account=account, password=word, address=address, now=LATER + timedelta(**at)
    )


@pytest.fixture
async def house(db: Database, register: Register) -> Database:
    await enrolled(db)
    return db


@pytest.mark.parametrize("account", [LI.phone, "+86 138-0000-5001", LI.id_number, LI.id_number.lower()])
async def test_by_phone_or_id_number(house: Database, account: str) -> None:
    before = house.count
    step = await password(house, account)
    assert house.count - before == 3
    code = await last_code(house)
    before = house.count
    opened = await identity.log_in(house, "log_in", step=step, code=code, now=LATER)
    assert house.count - before == 2
    actor = await Sessions(house).actor(opened.cookie, now=LATER)
    assert actor is not None
    assert (actor.id, actor.role, actor.level) == (opened.actor.id, Role.RESIDENT, 1)
    assert (await actions_of(house))[-2:] == ["identity.check_password", "identity.log_in"]


async def test_officers_log_in_through_their_own_door(db: Database) -> None:
    await identity.load_demo(db, [], [OFFICER], password=SECRET, now=NOW)
    with pytest.raises(refusals.WrongPassword):
        await password(db, OFFICER.username)
    step = await identity.check_password(db, "staff", account="ZhouMin", password=SECRET, now=LATER)
    with pytest.raises(refusals.StepGone):
        await identity.log_in(db, "log_in", step=step, code=await last_code(db), now=LATER)
    opened = await identity.log_in(db, "staff", step=step, code=await last_code(db), now=LATER)
    assert (opened.actor.role, opened.actor.name) == (Role.OFFICER, "周敏")
    assert opened.actor.department == "police-310101"


async def test_nothing_typed_costs_no_try(house: Database) -> None:
    before = house.count
    with pytest.raises(refusals.TypedInvalid) as refused:
        await password(house, "", "")
    assert set(refused.value.fields) == {"account", "password"}
    assert house.count == before


@pytest.mark.parametrize("account", [LI.phone, LI.id_number, "13900000000", "110105194912310021", "nobody"])
async def test_five_wrong_passwords_lock_known_and_unknown_alike(house: Database, account: str) -> None:
    sentences = []
    for second in range(6):
        with pytest.raises((refusals.WrongPassword, refusals.Locked)) as refused:
            await password(house, account, "wrong", seconds=second)
        sentences.append(str(refused.value.fields.get("password") or refused.value.message))
    assert [
        f"还可以再试 {left} 次" in words for left, words in zip((4, 3, 2, 1), sentences, strict=False)
    ] == [True] * 4
    # 05:00 UTC + 4 s + 15 min on the city's clock
    assert all("13:15 之前不能从当前网络登录" in words for words in sentences[4:])
    assert (await actions_of(house))[-6:] == ["identity.fail_password"] * 6


async def test_a_locked_account_opens_after_its_time_only(house: Database) -> None:
    for _ in range(5):
        with pytest.raises((refusals.WrongPassword, refusals.Locked)):
            await password(house, word="wrong")
    with pytest.raises(refusals.Locked):
        await password(house, minutes=14, seconds=59)
    assert await password(house, minutes=15, seconds=1)


async def test_phone_and_id_number_count_together(house: Database) -> None:
    for account in (LI.phone, LI.id_number, LI.phone, LI.id_number):
        with pytest.raises(refusals.WrongPassword):
            await password(house, account, "wrong")
    with pytest.raises(refusals.Locked):
        await password(house, LI.phone, "wrong")


async def test_many_guesses_at_once_are_no_more_than_five(house: Database) -> None:
    ends = await asyncio.gather(
        *(password(house, word=f"guess {number}") for number in range(12)), return_exceptions=True
    )
    kinds = [type(end).__name__ for end in ends]
    assert (kinds.count("WrongPassword"), kinds.count("Locked")) == (4, 8)


async def test_the_right_password_ends_the_row_of_wrong_ones(house: Database) -> None:
    for round_ in range(3):
        for _ in range(4):
            with pytest.raises(refusals.WrongPassword):
                await password(house, word="wrong", minutes=2 * round_)
        await password(house, minutes=2 * round_)


async def test_within_a_minute_no_second_code_is_sent(house: Database) -> None:
    await password(house)
    step = await password(house, seconds=30)
    sent = len(await texts(house))
    assert sent == 2  # the enrolment's and one
    with pytest.raises(refusals.TooSoon) as refused:
        await resend(house, step, stages=("log_in",), now=LATER + timedelta(seconds=45))
    assert "15 秒后" in str(refused.value.message)
    await resend(house, step, stages=("log_in",), now=LATER + timedelta(seconds=60))
    assert len(await texts(house)) == 3
    assert await identity.log_in(
        house, "log_in", step=step, code=await last_code(house), now=LATER + timedelta(seconds=61)
    )


async def test_a_code_that_was_used_is_followed_by_another_at_once(house: Database) -> None:
    step = await password(house)
    assert await identity.log_in(
        house, "log_in", step=step, code=await last_code(house), now=LATER + timedelta(seconds=5)
    )
    step = await password(house, seconds=20)
    assert await identity.log_in(
        house, "log_in", step=step, code=await last_code(house), now=LATER + timedelta(seconds=25)
    )


async def test_a_second_window_gets_a_code_of_its_own_once_the_first_used_theirs(house: Database) -> None:
    first = await password(house)
    second = await password(house, seconds=2)
    assert first and second
    code = await last_code(house)
    assert await identity.log_in(house, "log_in", step=first, code=code, now=LATER + timedelta(seconds=5))
    with pytest.raises(refusals.CodeUsed):
        await identity.log_in(house, "log_in", step=second, code=code, now=LATER + timedelta(seconds=6))
    await resend(house, second, stages=("log_in",), now=LATER + timedelta(seconds=7))
    assert await identity.log_in(
        house, "log_in", step=second, code=await last_code(house), now=LATER + timedelta(seconds=9)
    )


async def test_a_double_click_on_resend_sends_one(house: Database) -> None:
    step = await password(house)
    ends = await asyncio.gather(
        *(resend(house, step, stages=("log_in",), now=LATER + timedelta(seconds=61)) for _ in range(3)),
        return_exceptions=True,
    )
    assert [type(end).__name__ for end in ends].count("TooSoon") == 2
    assert len(await texts(house)) == 3


async def test_ten_codes_an_hour_are_enough(house: Database) -> None:
    step = ""
    for number in range(10):
        step = await password(house, minutes=2 * number)
    with pytest.raises(refusals.TooManyCodes) as refused:
        await resend(house, step, stages=("log_in",), now=LATER + timedelta(minutes=22))
    assert "14:00 之后" in str(refused.value.message)
    for second in range(7):  # the right password is no wrong try: the account is not locked by it
        with pytest.raises(refusals.TooManyCodes):
            await password(house, minutes=22, seconds=second)
    assert await password(house, minutes=60)


async def test_a_stranger_cannot_lock_the_owner_out(house: Database) -> None:
    for second in range(6):
        with pytest.raises((refusals.WrongPassword, refusals.Locked)):
            await password(house, word="wrong", address="2001:db8:1:2::3", seconds=second)
    for address in ("2001:db8:1:2::3", "2001:db8:1:2:ffff::1"):
        with pytest.raises(refusals.Locked):
            await password(house, address=address, seconds=10)
    assert await password(house, address="2001:db8:1:3::3", seconds=10)
    assert await password(house, address="192.0.2.7", minutes=2)


async def test_an_unknown_account_costs_the_same_work(
    house: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, not timed: as many statements, and one Argon2 of the same parameters, whoever is asked for."""
    verify, asked = passwords._verify, []

    def counted(stored: str, password: str) -> bool:
        asked.append(stored.split("$")[1:4])  # algorithm, version, parameters
        return verify(stored, password)

    monkeypatch.setattr(passwords, "_verify", counted)
    costs = []
    for account in (LI.phone, "13900000000"):
        before = house.count
        with pytest.raises(refusals.WrongPassword):
            await password(house, account, "wrong")
        costs.append(house.count - before)
    assert costs == [2, 2]
    assert len(asked) == 2 and asked[0] == asked[1]


async def forget(db: Database, *, now: datetime) -> None:
    """As the hourly sweep does with the demo city's periods."""
    for sweep in (identity.ATTEMPTS, identity.CODES):
        await sweep(db, before=now - timedelta(days=1), look=False)
    await identity.ENROLMENTS(db, before=now, look=False)


async def test_what_is_over_is_forgotten(house: Database, register: Register) -> None:
    register.down = True
    with pytest.raises(identity.RegisterAway):
        await identity.enrol(house, WANG, now=LATER)
    await password(house)
    with pytest.raises(refusals.WrongPassword):
        await password(house, "13900000000", "wrong")
    tables = ("attempt", "code", "application")

    async def rows() -> list[int]:
        return [await house.value(f"SELECT count(*) FROM identity.{table}") for table in tables]

    await forget(house, now=LATER)
    assert await rows() == [3, 2, 1]
    await forget(house, now=LATER + timedelta(hours=25))
    assert await rows() == [0, 0, 0]
    assert await house.value("SELECT count(*) FROM identity.account") == 1


async def test_a_code_lasts_five_minutes(house: Database) -> None:
    step = await password(house)
    with pytest.raises(refusals.CodeExpired) as refused:
        await identity.log_in(
            house, "log_in", step=step, code=await last_code(house), now=LATER + timedelta(minutes=5)
        )
    assert "已过期" in str(refused.value.fields["code"])


async def test_a_code_may_be_tried_five_times(house: Database) -> None:
    step = await password(house)
    code = await last_code(house)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(refusals.CodeWrong) as refused:
            await identity.log_in(house, "log_in", step=step, code=wrong(code), now=LATER)
        assert (f"还可以再试 {left} 次" if left else "重新获取") in str(refused.value.message)
    with pytest.raises(refusals.CodesUsedUp):
        await identity.log_in(house, "log_in", step=step, code=code, now=LATER)
    assert (await actions_of(house)).count("identity.fail_code") == 5


async def test_guessing_at_once_counts_too(house: Database) -> None:
    step = await password(house)
    code = await last_code(house)
    ends = await asyncio.gather(
        *(
            identity.log_in(house, "log_in", step=step, code=f"{(int(code) + n) % 10**6:06d}", now=LATER)
            for n in range(1, 13)
        ),
        return_exceptions=True,
    )
    kinds = [type(end).__name__ for end in ends]
    assert (kinds.count("CodeWrong"), kinds.count("CodesUsedUp")) == (5, 7), kinds


async def test_a_code_opens_one_session(house: Database) -> None:
    step = await password(house)
    code = await last_code(house)
    ends = await asyncio.gather(
        *(identity.log_in(house, "log_in", step=step, code=code, now=LATER) for _ in range(2)),
        return_exceptions=True,
    )
    assert sorted(type(end).__name__ for end in ends) == ["CodeUsed", "Opened"]


async def test_full_width_digits_and_blanks_are_forgiven(house: Database) -> None:
    step = await password(house)
    code = await last_code(house)
    typed = " ".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert await identity.log_in(house, "log_in", step=step, code=typed, now=LATER)


async def test_another_s_code_or_step_does_not_pass(house: Database) -> None:
    step = await password(house)
    for broken in ("", "x", step[:-2], step[::-1]):
        with pytest.raises(refusals.StepGone):
            await identity.log_in(house, "log_in", step=broken, code="123456", now=LATER)
    with pytest.raises(refusals.StepGone):
        await identity.log_in(
            house, "log_in", step=step, code=await last_code(house), now=LATER + timedelta(minutes=15)
        )


async def test_the_code_is_stored_as_a_keyed_hash(house: Database) -> None:
    await password(house)
    code = await last_code(house)
    row = await house.value("SELECT c::text FROM identity.code c WHERE act = 'log_in'")
    assert code not in row.split(",")
    assert len(await house.value("SELECT hash FROM identity.code WHERE act = 'log_in'")) == 32


async def test_log_out_ends_the_session(house: Database) -> None:
    step = await password(house)
    opened = await identity.log_in(house, "log_in", step=step, code=await last_code(house), now=LATER)
    actor = await Sessions(house).actor(opened.cookie, now=LATER)
    assert actor is not None
    await identity.log_out(house, actor, now=LATER + timedelta(minutes=1))
    assert await Sessions(house).actor(opened.cookie, now=LATER + timedelta(minutes=2)) is None
    assert (await actions_of(house))[-1] == "identity.log_out"
    await identity.log_out(house, VISITOR, now=LATER)
