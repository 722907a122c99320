"""One person = one account, checked against the register; each refusal has its sentence."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import msgspec
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
from tongban.identity.model import refusals
from tongban.identity.model.refusals import RegisterSaysNo, StepGone, TooManyEnrolments
from tongban.identity.model.typed import Typed
from tongban.kit import papers
from tongban.kit.db import Database
from tongban.kit.policy import Role


async def test_a_resident_gets_an_account_of_level_one(db: Database, register: Register) -> None:
    opened = await enrolled(db)
    assert (opened.actor.role, opened.actor.name, opened.actor.level) == (Role.RESIDENT, "李*雯", 1)
    assert opened.actor.id is not None
    person = await identity.person(db, opened.actor.id)
    assert (person.name, person.id_number, person.phone) == (LI.name, LI.id_number, LI.phone)
    assert (person.name_masked, person.phone_masked, person.sex) == ("李*雯", "138****5001", "female")
    assert person.id_masked == "3403" + "*" * 10 + LI.id_number[-4:]
    assert await db.value("SELECT count(*) FROM kit.session WHERE actor = $1", person.id) == 1
    assert await actions_of(db) == ["identity.enrol", "identity.confirm", "identity.open_account"]


async def test_the_register_is_asked_under_a_purpose_that_ends_with_it(
    db: Database, register: Register
) -> None:
    await enrolled(db)
    assert register.purposes == [True]
    purposes = await db.rows("SELECT kind, closed_at FROM audit.purpose")
    assert [(row["kind"], row["closed_at"]) for row in purposes] == [("own_act", NOW)]


async def test_it_takes_three_round_trips_a_step(db: Database, register: Register) -> None:
    before = db.count
    step = await identity.enrol(db, LI, now=NOW)
    assert db.count - before == 3
    code = await last_code(db)
    before = db.count
    await identity.finish_enrolment(db, step=step, code=code, now=NOW)
    assert db.count - before == 3, "whose the phone was until now is read before it passes on"


@pytest.mark.parametrize(
    ("typed", "status", "fields"),
    [
        (msgspec.structs.replace(LI, id_number="340321199305189999"), None, {"id_number": "没有查到"}),
        (msgspec.structs.replace(LI, id_number="340399199305180017"), None, {"id_number": "前 6 位 340399"}),
        (msgspec.structs.replace(LI, id_number="310115198905180017"), None, {"id_number": "从 1992 年起"}),
        (msgspec.structs.replace(LI, id_number="310119201205180017"), None, {"id_number": "只用到 2008 年"}),
        (msgspec.structs.replace(LI, name="李晓文"), None, {"name": "姓名与这个身份号码登记的不一致"}),
        (msgspec.structs.replace(LI, phone="13900000000"), None, {"phone": "没有登记在您名下"}),
        (
            msgspec.structs.replace(LI, name="李四", phone="13900000000"),
            None,
            {"name": "姓名", "phone": "手机号"},
        ),
        (LI, "deceased", {"id_number": "已经注销"}),
        (LI, "moved_out", {"id_number": "已迁出"}),
        (msgspec.structs.replace(LI, name="李四"), "deceased", {"name": "姓名"}),
    ],
)
async def test_the_register_says_no(
    db: Database, register: Register, typed: Typed, status: str | None, fields: dict[str, str]
) -> None:
    if status:
        register.status[LI.id_number] = status
    with pytest.raises(RegisterSaysNo) as refused:
        await identity.enrol(db, typed, now=NOW)
    assert set(refused.value.fields) == set(fields)
    for field, words in fields.items():
        assert words in str(refused.value.fields[field])
    assert await texts(db) == []
    assert await db.value("SELECT count(*) FROM identity.application") == 0
    assert await db.value("SELECT count(*) FROM audit.purpose WHERE closed_at IS NULL") == 0
    assert (await actions_of(db))[-1] == "identity.refuse_enrolment"


async def test_a_register_that_is_down_keeps_what_was_typed(db: Database, register: Register) -> None:
    register.down = True
    with pytest.raises(identity.RegisterAway) as away:
        await identity.enrol(db, LI, now=NOW)
    assert "已保留 24 小时" in str(away.value.message)
    with pytest.raises(identity.RegisterAway):
        await identity.retry(db, step=away.value.step, now=NOW + timedelta(hours=1))
    register.down = False
    later = NOW + timedelta(hours=2)
    step = await identity.retry(db, step=away.value.step, now=later)
    opened = await identity.finish_enrolment(db, step=step, code=await last_code(db), now=later)
    assert opened.actor.name == "李*雯"
    assert len(set(register.asked)) == 1
    assert register.purposes == [True, True, True]
    with pytest.raises(StepGone):
        await identity.retry(db, step=away.value.step, now=later)


async def test_what_the_register_knows_holds_however_odd_its_area(db: Database, register: Register) -> None:
    """Registered late: the code is younger than its holder. Whoever has it is not even told."""
    late = msgspec.structs.replace(LI, id_number="310115196005180016")
    assert papers.area_doubt(late.id_number, born=date(1960, 5, 18)) is papers.AreaDoubt.LATER
    register.people[late.id_number] = late
    assert (await enrolled(db, late)).actor.level == 1


async def test_after_a_day_the_kept_enrolment_is_gone(db: Database, register: Register) -> None:
    register.down = True
    with pytest.raises(identity.RegisterAway) as away:
        await identity.enrol(db, LI, now=NOW)
    with pytest.raises(StepGone):
        await identity.retry(db, step=away.value.step, now=NOW + timedelta(hours=24))


async def test_who_has_an_account_learns_it_only_with_the_code(db: Database, register: Register) -> None:
    await enrolled(db)
    step = await identity.enrol(db, LI, now=NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=1)
    with pytest.raises(refusals.CodeWrong):
        await identity.finish_enrolment(db, step=step, code=wrong(await last_code(db)), now=later)
    with pytest.raises(identity.AlreadyEnrolled) as refused:
        await identity.finish_enrolment(db, step=step, code=await last_code(db), now=later)
    assert "直接登录" in str(refused.value.message)
    assert await db.value("SELECT count(*) FROM identity.account") == 1
    assert await db.value("SELECT count(*) FROM identity.application") == 0
    assert (await actions_of(db))[-1] == "identity.refuse_second"


async def test_two_enrolments_at_once_make_one_account(db: Database, register: Register) -> None:
    steps, codes = [], []
    for _ in range(4):
        steps.append(await identity.enrol(db, LI, now=NOW))
        codes.append(await last_code(db))
    ends = await asyncio.gather(
        *(
            identity.finish_enrolment(db, step=step, code=code, now=NOW)
            for step, code in zip(steps, codes, strict=True)
        ),
        return_exceptions=True,
    )
    assert sorted(type(end).__name__ for end in ends) == ["AlreadyEnrolled"] * 3 + ["Opened"]
    assert await db.value("SELECT count(*) FROM identity.account") == 1
    assert await db.value("SELECT count(*) FROM kit.session") == 1


async def test_the_last_step_twice_at_once_makes_one_account(db: Database, register: Register) -> None:
    step = await identity.enrol(db, LI, now=NOW)
    code = await last_code(db)
    ends = await asyncio.gather(
        *(identity.finish_enrolment(db, step=step, code=code, now=NOW) for _ in range(2)),
        return_exceptions=True,
    )
    assert sorted(type(end).__name__ for end in ends) in (["Opened", "StepGone"], ["CodeUsed", "Opened"])
    assert await db.value("SELECT count(*) FROM identity.person") == 1


async def test_one_number_is_not_tried_for_ever(db: Database, register: Register) -> None:
    guess = msgspec.structs.replace(LI, name="李四")
    for _ in range(5):
        with pytest.raises(RegisterSaysNo):
            await identity.enrol(db, guess, now=NOW)
    with pytest.raises(TooManyEnrolments):
        await identity.enrol(db, LI, now=NOW)
    assert len(register.asked) == 5
    await identity.enrol(db, LI, now=NOW + timedelta(minutes=16))


async def test_a_phone_passes_on_with_the_register(db: Database, register: Register) -> None:
    await enrolled(db)
    heir = msgspec.structs.replace(WANG, phone=LI.phone)
    register.people[WANG.id_number] = heir
    opened = await enrolled(db, heir, now=NOW + timedelta(minutes=2))
    later = NOW + timedelta(minutes=10)
    step = await identity.check_password(db, "log_in", account=LI.phone, password=SECRET, now=later)
    again = await identity.log_in(db, "log_in", step=step, code=await last_code(db), now=later)
    assert again.actor.id == opened.actor.id


async def test_sealed_columns_hold_no_plain_text(db: Database, register: Register) -> None:
    register.down = True
    with pytest.raises(identity.RegisterAway):
        await identity.enrol(db, WANG, now=NOW)
    register.down = False
    await enrolled(db)
    tables = await db.rows(
        "SELECT schemaname || '.' || tablename AS name FROM pg_tables"
        " WHERE schemaname IN ('identity', 'kit', 'audit', 'notices')"
    )
    for table in tables:
        for row in await db.rows(f"SELECT t::text AS words FROM {table['name']} t"):
            for one in (LI, WANG):
                for value in (one.name, one.id_number, one.phone, SECRET):
                    assert value not in row["words"], table["name"]
                    assert value.encode().hex() not in row["words"], table["name"]
