"""One-time passwords after RFC 6238: the RFC's own numbers, clocks that differ, codes that are good once."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import struct
from base64 import b32decode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.identity.conftest import NOW, SECRET, actions_of, last_code, texts
from tongban import identity
from tongban.identity import actions
from tongban.identity.actions.codes import resend
from tongban.identity.model import refusals, totp
from tongban.kit.db import Database
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor
from tongban.kit.web.recognising import Sessions

#: RFC 6238 appendix B, SHA-1; RFC 4226 appendix D.
SHARED = b"12345678901234567890"
RFC_6238 = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]
RFC_4226 = [
    "755224",
    "287082",
    "359152",
    "969429",
    "338314",
    "254676",
    "287922",
    "162583",
    "399871",
    "520489",
]

OFFICER = identity.DemoOfficer("zhoumin", "周敏", "police-310101", "13800009001")
LATER = NOW + timedelta(hours=1)


def counted(secret: bytes, counter: int, digits: int) -> str:
    """RFC 4226 §5.3 once more, from its prose."""
    digest = hmac.new(secret, struct.pack(">Q", counter), hashlib.sha1).digest()
    at = digest[19] % 16
    (word,) = struct.unpack(">I", digest[at : at + 4])
    return str(word % 2**31 % 10**digits).zfill(digits)


@pytest.mark.parametrize(("seconds", "code"), RFC_6238)
def test_the_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    step = totp.step_at(datetime.fromtimestamp(seconds, UTC))
    assert totp.hotp(SHARED, step, digits=8) == code
    assert totp.matching_step(SHARED, code[2:], now=datetime.fromtimestamp(seconds, UTC)) == step


@pytest.mark.parametrize(("counter", "code"), list(enumerate(RFC_4226)))
def test_the_vectors_of_rfc_4226(counter: int, code: str) -> None:
    assert totp.hotp(SHARED, counter) == code


@given(st.binary(min_size=1, max_size=64), st.integers(0, 2**63), st.integers(6, 8))
def test_any_secret_and_counter(secret: bytes, counter: int, digits: int) -> None:
    assert totp.hotp(secret, counter, digits=digits) == counted(secret, counter, digits)


@given(st.integers(1_500_000_000, 4_000_000_000), st.integers(-4, 4))
def test_a_step_earlier_and_a_step_later_are_taken(seconds: int, steps: int) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    code = counted(SHARED, seconds // 30 + steps, 6)
    found = totp.matching_step(SHARED, code, now=now)
    if found is None:
        assert abs(steps) > 1
    else:
        assert abs(found - seconds // 30) <= 1 and counted(SHARED, found, 6) == code


def test_recovery_codes_are_told_apart_and_forgiven_their_form() -> None:
    codes = totp.new_recovery_codes()
    assert len(set(codes)) == len(codes) == 10
    for code in codes:
        for typed in (code, code.lower(), code.replace("-", ""), f" {code[:3]} {code[3:]} "):
            assert totp.factor_typed(typed, field="code") == totp.Factor("recovery", code.replace("-", ""))


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "٣٣٣٣٣٣", "ABCDEFGHI", "0OIL1ABCDE", "x" * 5000])
def test_what_can_be_neither_costs_no_try(typed: str) -> None:
    with pytest.raises(refusals.FactorMalformed) as refused:
        totp.factor_typed(typed, field="present")
    assert set(refused.value.fields) == {"present"}


def test_full_width_digits_are_digits() -> None:
    assert totp.factor_typed("１２３ ４５６", field="code") == totp.Factor("totp", "123456")


def test_the_qr_code_says_what_an_authenticator_reads() -> None:
    address = urlsplit(totp.address_of(SHARED, issuer="通办 示范市", account="police-310101"))
    asked = parse_qs(address.query)
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/通办 示范市:police-310101"
    assert b32decode(asked["secret"][0]) == SHARED
    assert (asked["issuer"], asked["digits"], asked["period"]) == (["通办 示范市"], ["6"], ["30"])
    assert totp.written(SHARED).replace(" ", "") == asked["secret"][0]


class Phone:
    """An authenticator: it has scanned a secret and shows codes."""

    def __init__(self, offer: actions.Offer) -> None:
        self.secret = b32decode(offer.secret.replace(" ", ""))

    def shows(self, now: datetime) -> str:
        return totp.hotp(self.secret, totp.step_at(now))


@pytest.fixture
async def officer(db: Database) -> Actor:
    await identity.load_demo(db, [], [OFFICER], password=SECRET, now=NOW)
    step = await identity.check_password(db, "staff", account="zhoumin", password=SECRET, now=NOW)
    opened = await identity.log_in(db, "staff", step=step, code=await last_code(db), now=NOW)
    actor = await Sessions(db).actor(opened.cookie, now=NOW)
    assert actor is not None
    return actor


async def enabled(db: Database, officer: Actor) -> tuple[Phone, list[str]]:
    offer = actions.offer(officer, username="zhoumin", now=NOW)
    phone = Phone(offer)
    codes, _ = await actions.enable_totp(
        db, officer, token=offer.token, password=SECRET, code=phone.shows(NOW), now=NOW
    )
    return phone, codes


async def password(db: Database, *, now: datetime = LATER) -> str:
    return await identity.check_password(db, "staff", account="zhoumin", password=SECRET, now=now)


async def log_in(db: Database, code: str, *, now: datetime = LATER) -> identity.Opened:
    return await actions.log_in_with_totp(db, step=await password(db, now=now), code=code, now=now)


async def test_once_it_is_in_use_no_sms_is_sent(db: Database, officer: Actor) -> None:
    phone, _ = await enabled(db, officer)
    sent = len(await texts(db))
    before = db.count
    step = await password(db)
    assert db.count - before == 2
    assert len(await texts(db)) == sent
    before = db.count
    opened = await actions.log_in_with_totp(db, step=step, code=phone.shows(LATER), now=LATER)
    assert db.count - before == 2
    assert (opened.actor.id, opened.actor.name) == (officer.id, "周敏")
    assert (await actions_of(db))[-2:] == ["identity.check_password", "identity.log_in"]


async def test_the_sms_does_not_open_it_any_more(db: Database, officer: Actor) -> None:
    earlier = NOW + timedelta(minutes=2)
    step = await password(db, now=earlier)
    code = await last_code(db)
    phone, _ = await enabled(db, officer)
    with pytest.raises(refusals.CodeUsed):
        await identity.log_in(db, "staff", step=step, code=code, now=earlier)
    totp_step = await password(db)
    for stage in ("staff", "log_in"):
        with pytest.raises(refusals.StepGone):
            await resend(db, totp_step, stages=(stage,), now=LATER)
    with pytest.raises(refusals.StepGone):
        await identity.log_in(db, "staff", step=totp_step, code=phone.shows(LATER), now=LATER)


@pytest.mark.parametrize("seconds", [-30, 0, 30])
async def test_a_clock_that_is_half_a_minute_off(db: Database, officer: Actor, seconds: int) -> None:
    phone, _ = await enabled(db, officer)
    assert await log_in(db, phone.shows(LATER + timedelta(seconds=seconds)))


@pytest.mark.parametrize("seconds", [-90, 90])
async def test_a_clock_that_is_further_off(db: Database, officer: Actor, seconds: int) -> None:
    phone, _ = await enabled(db, officer)
    with pytest.raises(refusals.TotpWrong) as refused:
        await log_in(db, phone.shows(LATER + timedelta(seconds=seconds)))
    assert "还可以再试 4 次" in str(refused.value.fields["code"])


async def test_a_code_is_good_once_even_at_once(db: Database, officer: Actor) -> None:
    phone, _ = await enabled(db, officer)
    with pytest.raises(refusals.TotpUsed):  # the first code, taken when it was put in use
        await log_in(db, phone.shows(NOW), now=NOW)
    steps = [await password(db) for _ in range(3)]
    ends = await asyncio.gather(
        *(actions.log_in_with_totp(db, step=step, code=phone.shows(LATER), now=LATER) for step in steps),
        return_exceptions=True,
    )
    assert sorted(type(end).__name__ for end in ends) == ["Opened", "TotpUsed", "TotpUsed"]
    assert await log_in(db, phone.shows(LATER + timedelta(seconds=30)), now=LATER + timedelta(seconds=30))


async def test_five_wrong_ones_rest_it_wherever_they_come_from(db: Database, officer: Actor) -> None:
    phone, codes = await enabled(db, officer)
    step = await password(db)
    for left in (4, 3, 2, 1):
        with pytest.raises(refusals.TotpWrong) as refused:
            await actions.log_in_with_totp(db, step=step, code="000000", now=LATER)
        assert f"还可以再试 {left} 次" in str(refused.value.message)
    for code in ("000000", phone.shows(LATER), codes[0]):
        with pytest.raises(refusals.FactorLocked):
            await actions.log_in_with_totp(db, step=step, code=code, now=LATER)
    assert (await actions_of(db)).count("identity.fail_second_factor") == 7
    again = LATER + timedelta(minutes=16)
    assert await log_in(db, phone.shows(again), now=again)


async def test_guesses_at_once_are_no_more_than_five(db: Database, officer: Actor) -> None:
    await enabled(db, officer)
    step = await password(db)
    ends = await asyncio.gather(
        *(actions.log_in_with_totp(db, step=step, code="000000", now=LATER) for _ in range(12)),
        return_exceptions=True,
    )
    kinds = [type(end).__name__ for end in ends]
    assert (kinds.count("TotpWrong"), kinds.count("FactorLocked")) == (4, 8)


async def test_a_recovery_code_opens_it_once(db: Database, officer: Actor) -> None:
    _, codes = await enabled(db, officer)
    assert await log_in(db, codes[3].lower())
    with pytest.raises(refusals.RecoveryCodeWrong):
        await log_in(db, codes[3])
    with pytest.raises(refusals.RecoveryCodeWrong):
        await log_in(db, "2222222222")
    ends = await asyncio.gather(*(log_in(db, codes[4]) for _ in range(3)), return_exceptions=True)
    assert [type(end).__name__ for end in ends].count("Opened") == 1
    assert (await actions.second_factor(db, officer)).recovery_left == 8


async def test_wrong_recovery_codes_are_counted_too(db: Database, officer: Actor) -> None:
    phone, _ = await enabled(db, officer)
    step = await password(db)
    for _ in range(4):
        with pytest.raises(refusals.RecoveryCodeWrong):
            await actions.log_in_with_totp(db, step=step, code="2222222222", now=LATER)
    for code in ("2222222222", phone.shows(LATER)):
        with pytest.raises(refusals.FactorLocked):
            await actions.log_in_with_totp(db, step=step, code=code, now=LATER)


async def test_secret_and_codes_are_nowhere_in_the_clear(db: Database, officer: Actor) -> None:
    phone, codes = await enabled(db, officer)
    await log_in(db, codes[0])
    tables = await db.rows(
        "SELECT schemaname || '.' || tablename AS name FROM pg_tables"
        " WHERE schemaname IN ('identity', 'kit', 'audit')"
    )
    for table in tables:
        for row in await db.rows(f"SELECT t::text AS words FROM {table['name']} t"):
            for value in (phone.secret.hex(), *codes, *(code.replace("-", "") for code in codes)):
                assert value not in row["words"], table["name"]


async def test_it_is_put_in_use_by_its_first_code_and_the_password(db: Database, officer: Actor) -> None:
    offer = actions.offer(officer, username="zhoumin", now=NOW)
    right = Phone(offer).shows(NOW)
    other = Phone(actions.offer(officer, username="zhoumin", now=NOW)).shows(NOW)
    for word, code, fields in (
        (SECRET, other, {"code"}),
        (SECRET, "abc", {"code"}),
        ("", right, {"present"}),
        ("wrong", right, {"present"}),
    ):
        with pytest.raises(
            (refusals.TypedInvalid, refusals.FactorMalformed, refusals.PresentPasswordWrong)
        ) as refused:
            await actions.enable_totp(db, officer, token=offer.token, password=word, code=code, now=NOW)
        assert set(refused.value.fields) == fields
        assert "恢复码" not in str(refused.value.message), "there are none yet"
    assert (await actions.second_factor(db, officer)).since is None
    late = NOW + timedelta(minutes=15)
    for token, now in ((offer.token, late), ("x", NOW), (offer.token[:-3], NOW)):
        with pytest.raises(refusals.StepGone):
            await actions.enable_totp(db, officer, token=token, password=SECRET, code=right, now=now)
    stranger = Actor(officer.role, new_id(3), "陈", officer.department)
    with pytest.raises(refusals.StepGone):
        await actions.enable_totp(db, stranger, token=offer.token, password=SECRET, code=right, now=NOW)


async def test_two_windows_put_one_in_use(db: Database, officer: Actor) -> None:
    offers = [actions.offer(officer, username="zhoumin", now=NOW) for _ in range(3)]
    ends = await asyncio.gather(
        *(
            actions.enable_totp(
                db, officer, token=offer.token, password=SECRET, code=Phone(offer).shows(NOW), now=NOW
            )
            for offer in offers
        ),
        return_exceptions=True,
    )
    assert sorted(type(end).__name__ for end in ends) == ["TotpOn", "TotpOn", "tuple"]
    told = [str(end.message) for end in ends if isinstance(end, refusals.TotpOn)]
    assert all("恢复码没有抄下的，请在下面换一批" in one for one in told), "a second click hid them"
    assert await db.value("SELECT count(*) FROM identity.recovery_code") == 10


async def test_another_authenticator_takes_its_place(db: Database, officer: Actor) -> None:
    old, codes = await enabled(db, officer)
    for proof, wrong_proof in ((old.shows(LATER), "000000"), (codes[0], "2222222222")):
        offer = actions.offer(officer, username="zhoumin", now=LATER)
        new = Phone(offer)
        with pytest.raises((refusals.TotpWrong, refusals.RecoveryCodeWrong)) as refused:
            await actions.replace_totp(
                db, officer, token=offer.token, present=wrong_proof, code=new.shows(LATER), now=LATER
            )
        assert set(refused.value.fields) == {"present"}
        await actions.replace_totp(
            db, officer, token=offer.token, present=proof, code=new.shows(LATER), now=LATER
        )
        with pytest.raises((refusals.TotpWrong, refusals.TotpUsed)):
            await log_in(db, old.shows(LATER))
        old = new
    assert (await actions.second_factor(db, officer)).recovery_left == 9
    later = LATER + timedelta(minutes=1)
    assert await log_in(db, old.shows(later), now=later)


async def test_recovery_codes_are_renewed_on_a_code_only(db: Database, officer: Actor) -> None:
    phone, codes = await enabled(db, officer)
    with pytest.raises(refusals.TypedInvalid):
        await actions.renew_recovery_codes(db, officer, code=codes[0], now=LATER)
    fresh = await actions.renew_recovery_codes(db, officer, code=phone.shows(LATER), now=LATER)
    assert not set(fresh) & set(codes)
    with pytest.raises(refusals.RecoveryCodeWrong):
        await log_in(db, codes[0])
    assert await log_in(db, fresh[0])


@pytest.mark.parametrize("by_recovery", [False, True])
async def test_given_up_the_sms_is_back(db: Database, officer: Actor, by_recovery: bool) -> None:
    phone, codes = await enabled(db, officer)
    with pytest.raises(refusals.TotpWrong):
        await actions.remove_totp(db, officer, code="000000", now=LATER)
    await actions.remove_totp(db, officer, code=codes[0] if by_recovery else phone.shows(LATER), now=LATER)
    with pytest.raises(refusals.TotpOff):
        await actions.remove_totp(db, officer, code=codes[1], now=LATER)
    step = await password(db)
    assert await identity.log_in(db, "staff", step=step, code=await last_code(db), now=LATER)
    with pytest.raises(refusals.StepGone):
        await actions.log_in_with_totp(db, step=step, code=codes[1], now=LATER)
    _, fresh = await enabled(db, officer)
    with pytest.raises(refusals.RecoveryCodeWrong):
        await log_in(db, codes[1])
    assert await log_in(db, fresh[0])


async def test_the_administrator_resets_it_and_the_ledger_has_it(db: Database, officer: Actor) -> None:
    phone, _ = await enabled(db, officer)
    opened = await log_in(db, phone.shows(LATER))
    assert await identity.reset_totp(db, username="ZhouMin", now=LATER)
    assert await Sessions(db).actor(opened.cookie, now=LATER) is None
    assert (await actions_of(db))[-1] == "identity.reset_totp"
    assert not await identity.reset_totp(db, username="zhoumin", now=LATER)
    assert (await actions_of(db)).count("identity.reset_totp") == 1
    with pytest.raises(identity.PersonUnknown):
        await identity.reset_totp(db, username="nobody", now=LATER)
    step = await password(db)
    assert await identity.log_in(db, "staff", step=step, code=await last_code(db), now=LATER)


async def test_taken_codes_are_forgotten_once_they_are_long_over(db: Database, officer: Actor) -> None:
    phone, _ = await enabled(db, officer)
    await log_in(db, phone.shows(LATER))
    await identity.CODES(db, before=LATER + timedelta(hours=24) - timedelta(days=1), look=False)
    assert await db.value("SELECT count(*) FROM identity.totp_used") == 1
    await identity.CODES(db, before=LATER + timedelta(hours=25) - timedelta(days=1), look=False)
    assert await db.value("SELECT count(*) FROM identity.totp_used") == 0
