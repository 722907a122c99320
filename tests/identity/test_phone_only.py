"""An account by phone alone (L0): what it opens, how it rises, what ends it; it tells nobody who has an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.identity.conftest import (
    LI,
    NOW,
    SECRET,
    WANG,
    Client,
    Register,
    actions_of,
    enrolled,
    last_code,
    texts,
)
from tests.identity.pages import submit, words
from tongban import identity, notices
from tongban.identity.actions.figures import figures
from tongban.identity.actions.logging_in import Opened
from tongban.identity.actions.merging import prove_other
from tongban.identity.actions.phone_only import ended_accounts, finish_opening, keep_phone_only, open_by_phone
from tongban.identity.actions.real_name import finish_raising
from tongban.identity.model import refusals
from tongban.identity.model.duplicates import EnrolledByOtherPaper
from tongban.identity.model.merging import MergeNotSame
from tongban.identity.model.phone_only import PhoneHasAccount, PhoneOnlyOver
from tongban.identity.model.phones import PhoneBound
from tongban.identity.model.residence import Residence
from tongban.kit import papers
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web.recognising import Sessions

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
LATER = NOW + timedelta(minutes=10)
OTHER = "another battery staple"


async def opened(db: Database, phone: str = LI.phone, password: str = SECRET, *, now: Any = NOW) -> Opened:
    step = await open_by_phone(db, phone=phone, password=password, now=now)
    return await finish_opening(db, step=step, code=await last_code(db, phone), now=now)


async def session(db: Database, one: Opened, *, now: Any = LATER) -> Actor:
    """The actor as a request finds her, with her session."""
    found = await Sessions(db).actor(one.cookie, now=now)
    assert found is not None
    return found


async def raised(db: Database, one: Opened, typed: Any = LI, *, now: Any = LATER) -> Opened:
    actor = await session(db, one, now=now)
    step = await identity.enrol(
        db, msgspec.structs.replace(typed, phone="", password=""), actor=actor, now=now
    )
    return await finish_raising(db, actor, step=step, code=await last_code(db, LI.phone), now=now)


async def account(db: Database, who: UUID | None) -> dict[str, Any]:
    row = await db.row("SELECT level, password, closed_at FROM identity.account WHERE id = $1", who)
    assert row is not None
    return dict(row)


async def test_a_phone_and_a_password_open_an_account_of_level_nought(
    db: Database, register: Register
) -> None:
    one = await opened(db)
    assert (one.actor.name, one.actor.level) == (papers.mask_phone(LI.phone), 0)
    assert register.asked == [], "no register is asked about a phone"
    assert await actions_of(db) == ["identity.ask_phone_account", "identity.open_account"]
    step = await identity.check_password(db, "log_in", account=LI.phone, password=SECRET, now=LATER)
    again = await identity.log_in(db, "log_in", step=step, code=await last_code(db), now=LATER)
    assert (again.actor.id, again.actor.level) == (one.actor.id, 0)
    assert one.actor.id is not None
    held = await identity.holdings(db, one.actor.id)
    assert [(row["phone"], row["level"], row["phone_only"]["used_at"][:10]) for row in held] == [
        (LI.phone, 0, f"{LATER:%Y-%m-%d}")
    ]
    told = await figures(db)
    assert (told.persons, told.level_0, told.level_1) == (0, 1, 0)


async def test_nobody_learns_who_has_an_account(db: Database, register: Register) -> None:
    """The first step is the same statements whoever has the phone; the code tells its owner alone."""
    await enrolled(db)
    counts, steps = [], []
    for phone in (LI.phone, "13800005077"):
        before = db.count
        steps.append(await open_by_phone(db, phone=phone, password=OTHER, now=LATER))
        counts.append(db.count - before)
        assert "手机号开户验证码" in (await texts(db, phone))[-1]
    assert counts[0] == counts[1]
    with pytest.raises(PhoneHasAccount):
        await finish_opening(db, step=steps[0], code=await last_code(db, LI.phone), now=LATER)
    assert await db.value("SELECT count(*) FROM identity.account") == 1
    assert await db.value("SELECT count(*) FROM identity.application WHERE phone_hash IS NOT NULL") == 1


async def test_a_real_name_raises_the_same_account(db: Database, register: Register) -> None:
    register.homes[LI.id_number] = Residence(hukou_area="310101", hukou_address="人民大道 1 号")
    one = await opened(db)
    risen = await raised(db, one)
    assert (risen.actor.id, risen.actor.level, risen.actor.name) == (one.actor.id, 1, "李*雯")
    assert one.actor.id is not None
    person = await identity.person(db, one.actor.id)
    assert (person.name, person.id_number, person.phone, person.level) == (
        *(LI.name, LI.id_number, LI.phone),
        1,
    )
    home = (await identity.holdings(db, one.actor.id))[0]["residence"]
    assert home["hukou_address"] == "人民大道 1 号", "sealed to the account, no more to the enrolment"
    assert await Sessions(db).actor(one.cookie, now=LATER) is None, "a new cookie goes on"
    going = await session(db, risen)
    assert (going.level, going.name) == (1, "李*雯")
    for by in (LI.phone, LI.id_number):
        await identity.check_password(db, "log_in", account=by, password=SECRET, now=LATER)
    assert register.purposes == [True], "under a purpose of the account itself"
    assert await db.value("SELECT count(*) FROM identity.phone_only") == 0
    assert (await figures(db)).level_1 == 1
    with pytest.raises(PhoneOnlyOver):
        await identity.enrol(db, LI, actor=going, now=LATER)


async def test_twins_of_a_raise_make_one_person(db: Database, register: Register) -> None:
    one = await opened(db)
    actor = await session(db, one)
    steps = [await identity.enrol(db, LI, actor=actor, now=LATER + timedelta(minutes=at)) for at in (0, 2)]
    first, second = (await texts(db, LI.phone))[-2:]
    codes = ["".join(sign for sign in text if sign.isdigit())[:6] for text in (first, second)]
    await finish_raising(db, actor, step=steps[0], code=codes[0], now=LATER + timedelta(minutes=2))
    with pytest.raises(PhoneOnlyOver):
        await finish_raising(db, actor, step=steps[1], code=codes[1], now=LATER + timedelta(minutes=2))
    assert await db.value("SELECT count(*) FROM identity.person") == 1


async def test_no_other_session_ends_a_raise_and_no_visitor(db: Database, register: Register) -> None:
    one, other = await opened(db), await opened(db, WANG.phone)
    step = await identity.enrol(db, LI, actor=await session(db, one), now=LATER)
    code = await last_code(db, LI.phone)
    with pytest.raises(refusals.StepGone):
        await finish_raising(db, await session(db, other), step=step, code=code, now=LATER)
    with pytest.raises(refusals.StepGone):
        await identity.finish_enrolment(db, step=step, code=code, now=LATER)


async def test_who_has_an_account_by_her_paper_is_led_to_it(db: Database, register: Register) -> None:
    """Her paper is known: the account of the phone closes. It found her by another paper: it stays, she may say no."""
    await enrolled(db, WANG)
    hers = msgspec.structs.replace(WANG, phone=LI.phone)
    register.people[WANG.id_number] = hers
    one = await opened(db)
    with pytest.raises(refusals.AlreadyEnrolled):
        await raised(db, one, hers)
    assert await Sessions(db).actor(one.cookie, now=LATER) is None
    assert (await account(db, one.actor.id))["closed_at"] == LATER
    two = await opened(db, now=LATER)
    assert two.actor.id != one.actor.id, "the phone is free again"
    register.others[LI.id_number] = (WANG.paper,)
    with pytest.raises(EnrolledByOtherPaper):
        await raised(db, two, LI, now=LATER + timedelta(minutes=2))
    assert (await account(db, two.actor.id))["closed_at"] is None


async def test_her_account_that_lost_its_phone_gets_this_one(db: Database, register: Register) -> None:
    li = await enrolled(db)
    register.people[WANG.id_number] = msgspec.structs.replace(WANG, phone=LI.phone)
    await enrolled(db, register.people[WANG.id_number], now=NOW + timedelta(minutes=2))
    moved = msgspec.structs.replace(LI, phone="13800005099")
    register.people[LI.id_number] = moved
    one = await opened(db, moved.phone)
    actor = await session(db, one)
    step = await identity.enrol(db, moved, actor=actor, now=LATER)
    with pytest.raises(PhoneBound):
        await finish_raising(db, actor, step=step, code=await last_code(db, moved.phone), now=LATER)
    assert li.actor.id is not None
    assert (await identity.person(db, li.actor.id)).phone == moved.phone
    assert (await account(db, one.actor.id))["closed_at"] == LATER


async def test_a_number_that_passed_on_takes_nothing_along(db: Database, register: Register) -> None:
    """Whoever proves the phone anew, by itself or with her paper, never gets into the former account."""
    one = await opened(db)
    two = await opened(db, password=OTHER, now=LATER)
    assert two.actor.id != one.actor.id
    assert await Sessions(db).actor(one.cookie, now=LATER) is None
    with pytest.raises(refusals.WrongPassword):
        await identity.check_password(db, "log_in", account=LI.phone, password=SECRET, now=LATER)
    three = await enrolled(db, now=LATER + timedelta(minutes=2))
    assert three.actor.level == 1
    kept = await account(db, two.actor.id)
    assert (kept["closed_at"], kept["password"]) == (LATER + timedelta(minutes=2), "")
    assert set(await ended_accounts(db)) == {one.actor.id, two.actor.id}


async def test_what_nobody_uses_ends_and_what_is_used_stays(db: Database, register: Register) -> None:
    one, other = await opened(db), await opened(db, WANG.phone, now=LATER)
    assert await keep_phone_only(db, before=LATER, look=True) == 1
    assert await keep_phone_only(db, before=LATER, look=False) == 1
    assert (await account(db, one.actor.id))["closed_at"] is not None
    assert (await account(db, other.actor.id))["closed_at"] is None
    assert await ended_accounts(db) == [one.actor.id]
    for who in await ended_accounts(db):
        await identity.forget_ended(db, who, now=LATER)
    assert await ended_accounts(db) == []


async def test_it_closes_when_its_holder_asks_and_is_never_merged(db: Database, register: Register) -> None:
    li, one = await enrolled(db), await opened(db, WANG.phone)
    with pytest.raises(MergeNotSame):
        await prove_other(db, li.actor, account=WANG.phone, password=SECRET, now=LATER)
    assert one.actor.id is not None
    await identity.ask_closing(db, one.actor, password=SECRET, now=LATER)
    due = LATER + timedelta(days=16)
    assert await identity.close_account(db, one.actor.id, keep_name=False, now=due)
    assert await db.value("SELECT count(*) FROM identity.phone_only") == 0
    assert (await opened(db, WANG.phone, now=due)).actor.id != one.actor.id


async def _by_phone(client: Client, db: Database) -> Any:
    shown = await client.get("/enrol/phone?next=/draft")
    shown = await submit(client, shown, "/enrol/phone", {"phone": "13", "password": SECRET})
    assert shown.status_code == 422 and "手机号应为 11 位" in words(shown)
    shown = await submit(client, shown, "/enrol/phone", {"phone": LI.phone, "password": SECRET})
    asked = shown.url
    shown = await submit(client, shown, "/enrol/phone/code", {"code": await last_code(db)})
    back = await client.get(str(asked))
    assert "只用手机号开户" not in words(back), (
        "whoever goes back has her account, and no form that would end it"
    )
    return shown


async def test_a_form_that_asks_a_name_comes_back_as_it_was_typed(client: Client, db: Database) -> None:
    shown = await _by_phone(client, db)
    assert shown.status_code == 403 and "需要实名" in words(shown), "the page that she came from asks L1"
    shown = await client.get("/my/account")
    assert "还没有实名" in words(shown) and papers.mask_phone(LI.phone) in words(shown)
    for reads in ("/my/inbox", "/account/consents", "/account/password"):
        assert (await client.get(reads)).status_code == 200, reads
    for asks in ("/account/phone", "/account/passkeys", "/my/acting", "/account/level/card", "/my/scan"):
        shown = await client.get(asks)
        assert (shown.status_code, "需要实名" in words(shown)) == (403, True), asks
    form = await client.get("/account/password")
    token = form.text.split('name="_csrf" value="')[1].split('"')[0]
    typed = {"_csrf": token, "address": "人民大道 1 号", "note": "三楼"}
    shown = await client.post("/draft", data=typed)
    assert shown.status_code == 403
    shown = await submit(client, shown, "/enrol/paper", {})
    assert "实名核验" in words(shown) and 'name="phone"' not in shown.text
    wrong = {"name": "李四", "id_number": LI.id_number, "agree": "yes"}
    shown = await submit(client, shown, "/enrol", wrong)
    assert shown.status_code == 422 and "姓名与这个身份号码登记的不一致" in words(shown)
    shown = await submit(client, shown, "/enrol", {**wrong, "name": LI.name})
    shown = await submit(client, shown, "/enrol/code", {"code": await last_code(db)})
    assert "您刚才填写的内容都在" in words(shown)
    done = await submit(client, shown, "/draft", {})
    assert done.json() == {"by": "李*雯", "address": "人民大道 1 号", "note": "三楼"}


async def test_who_has_an_account_logs_in_there_with_her_form(
    client: Client, db: Database, register: Register
) -> None:
    wang = msgspec.structs.replace(WANG, phone=LI.phone)
    await enrolled(db, WANG, now=NOW - timedelta(days=1))
    register.people[WANG.id_number] = wang
    shown = await _by_phone(client, db)
    shown = await submit(client, shown, "/enrol/paper", {})
    typed = {"name": WANG.name, "id_number": WANG.id_number, "agree": "yes"}
    shown = await submit(client, shown, "/enrol", typed)
    shown = await submit(client, shown, "/enrol/code", {"code": await last_code(db)})
    assert shown.status_code == 409 and "您已有账号" in words(shown)
    shown = await submit(client, shown, "/login", {"account": WANG.id_number, "password": SECRET})
    shown = await submit(client, shown, "/login/code", {"code": await last_code(db, WANG.phone)})
    assert shown.text == "draft"


async def test_a_register_that_is_down_keeps_the_raise(
    client: Client, db: Database, register: Register
) -> None:
    """Once it answers, the page after the code says what she may do now, and leads back. How it can fail: go on
    without a word."""
    shown = await _by_phone(client, db)
    shown = await submit(client, shown, "/enrol/paper", {})
    register.down = True
    typed = {"name": LI.name, "id_number": LI.id_number, "agree": "yes"}
    shown = await submit(client, shown, "/enrol", typed)
    assert "人口库暂时没有应答" in words(shown)
    register.down = False
    shown = await submit(client, shown, "/enrol/waiting", {})
    assert "完成实名" in words(shown) and "完成注册" not in words(shown)
    shown = await submit(client, shown, "/enrol/code", {"code": await last_code(db)})
    assert shown.url.path == "/account/level" and "现在可以网上申办" in words(shown)
    assert 'href="/draft"' in shown.text and (await client.get("/draft")).text == "draft"
    told = await notices.inbox(db, await db.value("SELECT id FROM identity.person"))
    assert "已完成实名核验" in {one.title.zh for one in told}
