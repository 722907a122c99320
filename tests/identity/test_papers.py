"""Enrolment with other papers than the identity card: one person one account all the same."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from tests.identity.conftest import (
    CHAN,
    LI,
    MARTIN,
    NOW,
    SECRET,
    TYPED,
    WANG,
    WEBER,
    Client,
    Register,
    enrolled,
    last_code,
)
from tests.identity.pages import fields_of, submit, words
from tongban import identity
from tongban.identity.model.hashes import number_hash
from tongban.identity.model.people import paper_hash
from tongban.identity.model.refusals import RegisterSaysNo, TypedInvalid, WrongPassword
from tongban.identity.model.typed import Typed, checked
from tongban.kit.db import Database
from tongban.kit.papers import Paper

OTHERS = [CHAN, WEBER, MARTIN]
LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize("one", OTHERS, ids=lambda one: one.paper_kind)
async def test_each_paper_opens_an_account(db: Database, register: Register, one: Typed) -> None:
    opened = await enrolled(db, one)
    assert opened.actor.id is not None
    person = await identity.person(db, opened.actor.id)
    assert (person.name, person.paper, person.level) == (one.name, one.paper, 1)
    assert one.id_number not in person.id_masked and "*" in person.id_masked
    held, *_ = await identity.holdings(db, opened.actor.id)
    assert (held["paper_kind"], held["paper_country"]) == (one.paper_kind, one.country)
    kinds = await db.rows("SELECT kind FROM identity.id_index ORDER BY kind")
    assert [row["kind"] for row in kinds] == ["paper", "phone"]


async def test_what_a_number_tells_is_told_and_no_more(db: Database, register: Register) -> None:
    told = {}
    for one in (LI, *OTHERS):
        opened = await enrolled(db, one)
        assert opened.actor.id is not None
        person = await identity.person(db, opened.actor.id)
        told[one.paper_kind] = (
            person.sex,
            person.birth,
            str(person.salutation(date(2026, 11, 23))),
            opened.actor.name,
        )
        assert person.salutation(date(2005, 1, 1)) == one.name, "a child is addressed by the name alone"
    assert told == {
        "111": ("female", date(1993, 5, 18), "李女士", "李*雯"),
        "516": (None, None, "陈嘉欣", "陈*欣"),
        "553": ("female", date(1988, 11, 9), "ANNA MARIA WEBER", "A*** M**** W****"),
        "414": (None, None, "JULIEN MARTIN", "J***** M*****"),
    }


async def test_one_passport_enrolled_at_once_is_one_account(db: Database, register: Register) -> None:
    steps, codes = [], []
    for _ in range(4):
        steps.append(await identity.enrol(db, MARTIN, now=NOW))
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


async def test_a_renewed_permit_is_no_second_account(db: Database, register: Register) -> None:
    await enrolled(db, CHAN)
    renewed = msgspec.structs.replace(CHAN, id_number="H0550011602")
    register.people[renewed.id_number] = renewed
    step = await identity.enrol(db, renewed, now=LATER)
    with pytest.raises(identity.AlreadyEnrolled):
        await identity.finish_enrolment(db, step=step, code=await last_code(db), now=LATER)


def test_the_hash_of_an_id_number_needs_no_kind_of_paper(data_dir: Any) -> None:
    for kind, number in (("111", LI.id_number), ("HMT", "810000199207089025")):
        assert paper_hash(Paper(kind, number)) == number_hash("id_number", number)


def test_the_same_number_of_two_kinds_or_two_states_is_two_people(data_dir: Any) -> None:
    papers = [
        Paper("414", "05500332", "FRA"),
        Paper("414", "05500332", "DEU"),
        Paper("511", "05500332"),
        Paper("516", "H05500332"),
        Paper("414", "H05500332", "FRA"),
    ]
    assert len({paper_hash(paper) for paper in papers}) == len(papers)


@pytest.mark.parametrize(
    ("one", "account"),
    [
        (CHAN, "h0550 0116"),
        (CHAN, "H0550011699"),
        (WEBER, WEBER.id_number),
        (MARTIN, MARTIN.phone),
        (LI, LI.id_number[:6] + LI.id_number[8:17]),  # the 15 digits of the card of once
    ],
)
async def test_by_number_or_phone(db: Database, register: Register, one: Typed, account: str) -> None:
    opened = await enrolled(db, one)
    step = await identity.check_password(db, "log_in", account=account, password=SECRET, now=LATER)
    again = await identity.log_in(db, "log_in", step=step, code=await last_code(db), now=LATER)
    assert again.actor.id == opened.actor.id


async def test_a_passports_number_alone_finds_nobody(db: Database, register: Register) -> None:
    await enrolled(db, MARTIN)
    with pytest.raises(WrongPassword):
        await identity.check_password(db, "log_in", account=MARTIN.id_number, password=SECRET, now=LATER)


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        (msgspec.structs.replace(CHAN, id_number="H99999999"), {"id_number": "有居民身份证的"}),
        (msgspec.structs.replace(CHAN, paper_kind="414", country="FRA"), {"id_number": "没有查到这个证件"}),
        (msgspec.structs.replace(MARTIN, country="DEU"), {"id_number": "没有查到这个证件"}),
        (msgspec.structs.replace(WEBER, name="ANNA WEBER"), {"name": "外文姓名"}),
        (msgspec.structs.replace(WEBER, phone="13900000000"), {"phone": "没有登记在您名下"}),
    ],
)
async def test_the_register_says_no(
    db: Database, register: Register, typed: Typed, fields: dict[str, str]
) -> None:
    with pytest.raises(RegisterSaysNo) as refused:
        await identity.enrol(db, typed, now=NOW)
    assert set(refused.value.fields) == set(fields)
    for field, sentence in fields.items():
        assert sentence in str(refused.value.fields[field])
    assert refused.value.typed["paper_kind"] == typed.paper_kind


async def test_who_has_left_the_country_is_told_where_to_go(db: Database, register: Register) -> None:
    register.status[WEBER.id_number] = "moved_out"
    with pytest.raises(RegisterSaysNo) as refused:
        await identity.enrol(db, WEBER, now=NOW)
    assert "出入境管理部门" in str(refused.value.fields["id_number"])


def typed(one: Typed, **other: str) -> Typed:
    given = {
        "name": one.name,
        "id_number": one.id_number,
        "phone": one.phone,
        "password": one.password,
        "paper_kind": one.paper_kind,
        "country": one.country,
    }
    return checked(**{**given, **other}, agreed=True, today=date(2026, 11, 24))


def test_how_it_is_typed_does_not_matter() -> None:
    assert typed(WEBER, name=" Anna  Maria weber ") == WEBER
    assert typed(CHAN, id_number=" h 0550 0116") == CHAN
    assert typed(MARTIN, id_number="05ab05533") == MARTIN
    long = "KUMARA WEERASINGHE ARACHCHIGE DON SURANGA PERERA SENANAYAKE"
    assert typed(MARTIN, name=long).name == long
    assert typed(WANG, name="阿依古丽•买买提").name == "阿依古丽·买买提"
    assert typed(WANG, name="朱㛃").name == "朱㛃"
    assert typed(MARTIN, name="Mary-Ann O’Neill Jr.").name == "MARY-ANN O’NEILL JR."
    assert typed(LI, country="FRA").country == "", "only a passport has a state"
    assert typed(LI, paper_kind="XXX") == LI
    hmt = typed(LI, id_number="810000199207089025")
    assert hmt.paper_kind == "HMT", "the number says which of the two it is"


@pytest.mark.parametrize(
    ("one", "field", "value", "sentence"),
    [
        (CHAN, "id_number", "", "请填写证件号码"),
        (CHAN, "id_number", "C12345678", "港澳居民来往内地通行证的号码：字母 H 或 M"),
        (MARTIN, "id_number", "X1", "护照的号码：5 至 15 位"),
        (MARTIN, "country", "", "签发国家"),
        (MARTIN, "country", "XYZ", "签发国家"),
        (WEBER, "id_number", "931276198811090244", "末位校验不符"),
        (WEBER, "id_number", "931276202611250247", "出生日期不存在"),
        (WEBER, "id_number", LI.id_number, "外国人永久居留身份证的号码"),
        (LI, "id_number", WEBER.id_number, "地区代码"),
        (MARTIN, "name", "J", "最多 60 个字"),
        (MARTIN, "name", "J" * 61, "最多 60 个字"),
        (MARTIN, "name", "JULIEN 2ND", "不含数字"),
    ],
)
def test_each_fault_has_its_sentence(one: Typed, field: str, value: str, sentence: str) -> None:
    with pytest.raises(TypedInvalid) as refused:
        typed(one, **{field: value})
    assert set(refused.value.fields) == {field}
    assert sentence in str(refused.value.fields[field])


def test_a_chinese_passport_must_look_like_one() -> None:
    abroad = msgspec.structs.replace(MARTIN, country="CHN", id_number="EA5500551")
    assert typed(abroad).country == "CHN"
    with pytest.raises(TypedInvalid):
        typed(abroad, id_number="05AB05533")


pages = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


@pages
async def test_from_the_other_form_to_the_account(client: Client, db: Database, register: Register) -> None:
    shown = await client.get("/enrol?next=/my/account")
    mine = {**TYPED, "name": "Julien Martin", "phone": MARTIN.phone, "other": "414"}
    shown = await submit(client, shown, "/enrol", mine, to="/enrol/paper")
    assert shown.status_code == 200 and "护照签发国家" in words(shown)
    kept = fields_of(shown.text, "/enrol")
    assert (kept["name"], kept["phone"], kept["paper_kind"]) == ("Julien Martin", MARTIN.phone, "414")
    assert kept["next"] == "/my/account" and register.asked == []
    given = {"id_number": "05ab 05533", "password": SECRET, "agree": "yes"}
    shown = await submit(client, shown, "/enrol", given)
    assert shown.status_code == 422 and 'href="#country"' in shown.text
    assert fields_of(shown.text, "/enrol")["id_number"] == "05ab 05533"
    shown = await submit(client, shown, "/enrol", {**given, "country": "FRA"})
    arrived = await submit(client, shown, "/enrol/code", {"code": await last_code(db)})
    assert arrived.url.path == "/my/account"
    assert "护照" in words(arrived) and "法国" in words(arrived) and MARTIN.id_number not in arrived.text


@pages
async def test_the_registers_no_comes_back_to_the_same_form(client: Client, register: Register) -> None:
    shown = await client.get("/enrol?paper=516")
    mine = {**TYPED, "name": "陈嘉", "id_number": CHAN.id_number, "phone": CHAN.phone}
    answer = await submit(client, shown, "/enrol", mine)
    assert answer.status_code == 422 and "港澳居民来往内地通行证" in words(answer)
    assert fields_of(answer.text, "/enrol")["paper_kind"] == "516"


@pages
async def test_a_register_that_is_down_keeps_the_paper(
    client: Client, db: Database, register: Register
) -> None:
    register.down = True
    shown = await client.get("/enrol?paper=516&next=/my/account")
    mine = {**TYPED, "name": CHAN.name, "id_number": CHAN.id_number, "phone": CHAN.phone}
    shown = await submit(client, shown, "/enrol", mine)
    assert shown.url.path == "/enrol/waiting"
    register.down = False
    shown = await submit(client, shown, "/enrol/waiting", {})
    arrived = await submit(client, shown, "/enrol/code", {"code": await last_code(db)})
    assert "香港特别行政区" in words(arrived)


@pages
@pytest.mark.parametrize("paper", ["", "111", "001", "nonsense", "112"])
async def test_an_unknown_paper_is_the_usual_one(client: Client, paper: str) -> None:
    shown = await client.get("/enrol", params={"paper": paper})
    assert fields_of(shown.text, "/enrol")["paper_kind"] == "111"


async def test_the_account_of_before_has_an_identity_card(db: Database, register: Register) -> None:
    """The migration's default: a row written without the new columns."""
    opened = await enrolled(db, LI)
    await db.run("UPDATE identity.person SET paper_kind = DEFAULT, paper_country = DEFAULT")
    assert opened.actor.id is not None
    assert (await identity.person(db, opened.actor.id)).paper == LI.paper
