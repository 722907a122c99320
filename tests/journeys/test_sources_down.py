"""A source that does not answer is no dead end: a stated ask or a later check, and nothing typed is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.journeys.house import ITEM, PASSWORD, House, Person

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]
REGISTERS = ("population", "residence", "employment", "property", "education")


@pytest.fixture(autouse=True)
def healed(house: House) -> Iterator[None]:
    """Whatever a test breaks is mended after it. Too few calls fail here to open a breaker."""
    house.heal()
    yield
    house.heal()


def works_only(house: House) -> Person:
    """Somebody for whom only her work speaks: without that register her case stays open."""
    while True:
        person = house.person("eligible_work")
        if not (person["facts"]["property"] or {}).get("homes") and not person["facts"]["education"]:
            return person


def recheck_now(house: House, case: str) -> None:
    """The time of the later check has come."""
    moved = house.sql(
        "UPDATE kit.timer SET due_at = now() WHERE kind = 'cases.recheck' AND reference = $1 RETURNING kind",
        case,
    )
    assert moved, "no later check is set for this case"


def test_employment_down_at_the_start(house: House) -> None:
    """She is told, states what she knows, submits; once the register is back the worker checks and the rule is met."""
    person = works_only(house)
    page = house.enrol(person, onward=f"/apply/{ITEM}")
    house.fault("employment", "down")
    page.post(f"/apply/{ITEM}")
    assert page.status == 200
    case = page.path.rsplit("/", 1)[-1]
    assert "暂时没有应答" in page.text and "重新读取登记信息" in page.text
    page.post(case, ground="work", collection="pick_up", declaration="yes", _go="check")
    # A stated ask: what the register would have told she says herself, and what she said already stands.
    assert page.status == 422
    fields = page.form(case).fields
    assert fields["ground"] == "work" and fields["declaration"] == "yes"
    assert "社会保险库暂时没有提供这一项，请填写，之后由工作人员核对" in page.text
    page.post(
        case,
        employer="望川示范商贸有限公司",
        **{"employed_since-year": "2024", "employed_since-month": "3", "employed_since-day": "1"},
        _go="check",
    )
    assert page.path.endswith("/check"), (page.status, page.text[:900])
    assert "您可以照常提交" in page.text
    page.post("/submit")
    assert page.path == f"/my/cases/{case}"

    officer = house.officer(person.district)
    desk = house.desk_path(page, officer, case)
    assert "缺数据" in officer.text and "rules__row--unknown" in officer.html
    # Approving on missing data needs what she checked, in words.
    officer.post("/recheck", to=f"{desk}/accept")
    officer.post("/recheck", to=f"{desk}/approve", reason="")
    assert officer.status == 422 and "请填写“理由”" in officer.text

    house.heal()
    recheck_now(house, case)
    house.until(officer, desk, lambda shown: "建议准予" in shown.text, "the later check")
    assert "rules__row--unknown" not in officer.html
    officer.post("/recheck", to=f"{desk}/approve")
    assert officer.status == 200 and "请写明理由" not in officer.text


def test_every_source_down_after_enrolment(house: House) -> None:
    """Even then she can fill, save and submit; nothing that she typed goes, and the readings tell the failures."""
    person = house.person("eligible_work")
    page = house.enrol(person, onward=f"/apply/{ITEM}")
    for register in REGISTERS:
        house.fault(register, "down" if register != "property" else "error")
    begun = time.monotonic()
    page.post(f"/apply/{ITEM}")
    assert page.status == 200 and time.monotonic() - begun < 20, (
        "the page waits for sources that do not answer"
    )
    case = page.path.rsplit("/", 1)[-1]
    stay, civil = person["facts"]["residence"], person["facts"]["population"]
    typed = {
        "name": "冒名顶替",
        "sex": civil["sex"],
        "hukou_address": civil["hukou_address"],
        "residence_address": stay["residence_address"],
        "district": stay["district"],
        "subdistrict": stay["subdistrict"],
        "ground": "work",
        "employer": "望川示范商贸有限公司",
        "collection": "pick_up",
        "declaration": "yes",
    }
    for name, day in (("birth_date", civil["birth_date"]), ("residence_since", stay["residence_since"])):
        typed |= dict(zip((f"{name}-year", f"{name}-month", f"{name}-day"), day.split("-"), strict=True))
    page.post(case, **typed, _go="check")
    assert page.status == 422, "the day of her first job is still asked for"
    fields = page.form(case).fields
    assert fields["employer"] == typed["employer"]
    assert stay["residence_address"] in page.text, (
        "her account knows where she lives, the register being silent"
    )
    since = {"employed_since-year": "2024", "employed_since-month": "3", "employed_since-day": "1"}
    page.post(case, **since, _go="check")
    assert page.path.endswith("/check"), (page.status, page.text[:1500])
    page.post("/submit")
    assert page.path == f"/my/cases/{case}", (page.status, page.text[:900])
    officer = house.officer(stay["district"])
    desk = house.desk_path(page, officer, case)
    assert "缺数据" in officer.text

    house.heal()
    recheck_now(house, case)
    house.until(officer, desk, lambda shown: "建议受理" in shown.text, "the later check")
    officer.post("/recheck", to=f"{desk}/accept").post("/recheck", to=f"{desk}/approve")
    assert officer.status == 200
    house.until(page, f"/my/cases/{case}", lambda shown: "已办结" in shown.text, "the end")
    page.visit("/my/licences")
    assert person["name"] in page.text and "冒名" not in page.text, "a licence bears the registers' name"


def test_reading_again_from_the_form(house: House) -> None:
    person = house.person("eligible_home")
    page = house.enrol(person, onward=f"/apply/{ITEM}")
    house.fault("property", "down")
    page.post(f"/apply/{ITEM}")
    case = page.path.rsplit("/", 1)[-1]
    page.post(case, phone="13944444444", collection="pick_up", _go="refresh")
    assert "重新读取登记信息" in page.text, "still down, still said"
    house.heal()
    page.post(case, _go="refresh")
    assert page.status == 200 and "重新读取登记信息" not in page.text
    fields = page.form(case).fields
    assert fields["phone"] == "13944444444" and fields["collection"] == "pick_up", "what was typed stays"


def test_the_population_register_down_at_enrolment(house: House) -> None:
    """Her words are kept for a day; one press later she is in."""
    person = house.person()
    house.fault("population", "down")
    page = house.visitor().visit(f"/enrol?next=/apply/{ITEM}")
    page.post(
        "/enrol",
        name=person["name"],
        id_number=person["id_number"],
        phone=person["phone"],
        password=PASSWORD,
        agree="yes",
    )
    assert page.path == "/enrol/waiting"
    assert "不用重新填写" in page.text
    page.post("/enrol/waiting")
    assert page.status == 503 and "已保留 24 小时" in page.text
    assert page.client.get("/livez").status_code == 200
    house.heal()
    after = house.newest(person["phone"])
    page.post("/enrol/waiting")
    assert page.path == "/enrol/code", (page.status, page.text[:600])
    page.post("/enrol/code", code=house.message(person["phone"], after))
    assert page.path == f"/apply/{ITEM}"


def test_no_text_messages_for_a_while(house: House) -> None:
    """The SMS service is down at log-in: the code comes when it is back, the page waits with her."""
    person = house.person()
    house.fault("sms", "down")
    after = house.newest(person["phone"])
    page = house.visitor().visit("/enrol?next=/my")
    page.post(
        "/enrol",
        name=person["name"],
        id_number=person["id_number"],
        phone=person["phone"],
        password=PASSWORD,
        agree="yes",
    )
    assert page.path == "/enrol/code"
    time.sleep(1)
    house.heal()
    page.post("/enrol/code", code=house.message(person["phone"], after))
    assert page.path == "/my"


def test_the_card_maker_down_when_a_case_is_approved(house: House) -> None:
    """The order waits and is made once the maker is back; the resident sees that it is in the making."""
    person, page, case = house.submitted()
    officer = house.officer(person.district)
    desk = house.desk_path(page, officer, case)
    officer.post("/recheck", to=f"{desk}/accept")
    house.fault("cards", "down")
    officer.post("/recheck", to=f"{desk}/approve")
    assert officer.status == 200
    time.sleep(2)
    assert "制证中" in page.visit(f"/my/cases/{case}").text
    house.heal()
    house.until(page, f"/my/cases/{case}", lambda shown: "已办结" in shown.text, "the licence")


def test_an_opening_that_was_cut_off(house: House) -> None:
    """The web process died between the draft and the asking of the registers: the next look makes up for it."""
    person, page, case = house.applying()
    house.sql("""UPDATE cases."case" SET facts = '{}', finding = NULL WHERE id = $1::uuid""", case)
    page.visit(page.path)
    assert person["facts"]["residence"]["residence_address"] in page.text
    assert "公安 居住登记库" in page.text


def test_a_case_filed_in_the_wrong_district_is_passed_on(house: House) -> None:
    house.fault("residence", "down")
    person = house.person()
    page = house.enrol(person, onward=f"/apply/{ITEM}")
    # Her account would know the district; so it is with whoever enrolled while the register was silent.
    house.sql(
        "DELETE FROM identity.residence WHERE id = "
        "(SELECT id FROM identity.account WHERE role = 'resident' ORDER BY opened_at DESC LIMIT 1)"
    )
    page.post(f"/apply/{ITEM}")
    case = page.path.rsplit("/", 1)[-1]
    other = "310115" if person.district != "310115" else "310104"
    stated = {
        "district": other,
        "residence_address": "示范路1号101室",
        "subdistrict": "示范街道",
        "residence_since": "2020-01-05",
        "card_address": "示范路1号101室",
    }
    house.fill(page, case, **stated)
    assert page.path.endswith("/check"), page.text[:900]
    page.post("/submit")
    house.heal()
    wrong = house.officer(other)
    desk = house.desk_path(page, wrong, case)
    wrong.post("/recheck")
    assert wrong.path == "/desk" and "已转交" in wrong.text and "申请人也已收到通知" in wrong.text
    assert wrong.visit(desk).status == 404
    right = house.officer(person.district)
    assert house.desk_path(page, right, case) == desk
    assert "填写与登记不同" in right.text
    assert "已转交有管辖权的部门" in page.visit(f"/my/cases/{case}").text


def test_checking_again_in_vain_is_not_called_a_success(house: House) -> None:
    person, page, case = house.submitted()
    officer = house.officer(person.district)
    desk = house.desk_path(page, officer, case)
    house.fault("employment", "down")
    officer.post("/recheck")
    assert officer.path == desk
    assert "人社 社会保险库没有应答" in officer.text and "已重新核对：" not in officer.text


def test_no_reason_is_put_into_the_officers_mouth(house: House) -> None:
    person, page, case = house.submitted("five_months")
    officer = house.officer(person.district)
    desk = house.desk_path(page, officer, case)
    assert "条件不满足" in officer.text
    assert officer.form("/recheck").fields["reason"].strip() == ""
    refused = officer.post("/recheck", to=f"{desk}/decline")
    assert refused.status == 422 and "请写明理由" in refused.text
