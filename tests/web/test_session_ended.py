"""Nothing typed is lost when the session ends under a half-filled form, whichever way it ended."""

from __future__ import annotations

import re
import time

import httpx
import pytest

from tests.journeys.house import ITEM, PASSWORD, House, Person
from tests.journeys.sessions import newest
from tongban.kit.web.sessions import hash_of
from tongban.kit.web.visit import SESSION_COOKIE
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
#: Every web process has forgotten an ended session after this (`sessions.CACHE_SECONDS`).
CACHE_SECONDS = 2.2
ENDINGS = ("row ended", "cookie gone")


def end_session(house: House, page: Visitor, person: Person, ending: str) -> None:
    """End her session behind her back: on our side, or in her browser (it was closed and its tabs came back)."""
    if ending == "cookie gone":
        page.client.cookies.delete("tongban_session")
        return
    ended = house.sql(
        """UPDATE kit.session SET ends_at = now() WHERE ends_at > now() AND actor =
        (SELECT actor FROM kit.session WHERE token_hash = $1) RETURNING actor""",
        hash_of(newest(page, SESSION_COOKIE)),
    )
    assert ended
    time.sleep(CACHE_SECONDS)


def press(page: Visitor, address: str, fields: dict[str, str]) -> Visitor:
    """Send a form as a browser does: with the Origin of the page that it stands in."""
    origin = str(page.client.base_url).rstrip("/")
    return page._took(page.client.post(address, data=fields, headers={"origin": origin}))


def log_in_again(house: House, page: Visitor, person: Person) -> Visitor:
    """She logs in on the page that she was given, and stands before 继续提交."""
    assert page.status == 401
    assert "内容已保留" in page.text
    after = house.newest(person["phone"])
    page.post("/login", account=person["phone"], password="wrong at first")
    assert page.status == 422 and "还可以再试" in page.text
    page.post("/login", account=person["phone"], password=PASSWORD)
    page.post("/login/code", code=house.message(person["phone"], after))
    assert "继续提交" in page.text, page.text[:600]
    return page


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_half_filled_form_survives_the_end_of_its_session(house: House, ending: str) -> None:
    person, page, case = house.applying()
    form = page.form(case)
    typed = {
        **form.fields,
        "ground": "home",
        "phone": "13912345678",
        "collection": "courier",
        "card_address": "望川路 1 号 <b>“楼上”</b> & 2 室",
        "_go": "check",
    }
    end_session(house, page, person, ending)
    press(page, form.action, typed)
    log_in_again(house, page, person)
    kept = page.form(case)
    assert {name: kept.fields.get(name) for name in typed if name != "_csrf"} == {
        name: value for name, value in typed.items() if name != "_csrf"
    }
    page.post(case)
    # The declaration is still missing: back in the form, with everything that was typed.
    assert page.status == 422, page.text[:600]
    assert "请阅读并勾选承诺" in page.text
    again = page.form(case).fields
    assert again["ground"] == "home" and again["collection"] == "courier" and again["phone"] == "13912345678"
    assert again["card_address"] == typed["card_address"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_submit_survives_the_end_of_its_session(house: House, ending: str) -> None:
    person, page, case = house.applying()
    house.fill(page, case)
    form = page.form("/submit")
    end_session(house, page, person, ending)
    press(page, form.action, form.fields)
    log_in_again(house, page, person)
    page.post("/submit")
    assert page.path == f"/my/cases/{case}", (page.status, page.path, page.text[:600])
    assert re.search(r"\b\d{19}\b", page.text)


def test_the_officers_reason_survives_too(house: House) -> None:
    from tongban.demo import PASSWORD as DEMO_PASSWORD
    from tongban.demo import officer_phone, username

    person, resident, case = house.submitted()
    officer = house.new_officer(person.district)
    desk = house.desk_path(resident, officer, case)
    form = officer.form("/recheck")
    officer.client.cookies.delete("tongban_session")
    reason = "户籍在本市，不属于申领范围，请核对。"
    press(officer, f"{desk}/decline", {**form.fields, "reason": reason})
    assert officer.status == 401
    house.a_minute_passes()
    phone = officer_phone(person.district)
    after = house.newest(phone)
    officer.post("/staff/login", account=username(person.district), password=DEMO_PASSWORD)
    officer.post("/staff/login/code", code=house.message(phone, after))
    officer.post("/decline")
    assert officer.path == "/desk" and "已作出不予受理的决定" in officer.text
    assert reason in resident.visit(f"/my/cases/{case}").text


def test_somebody_elses_page_fills_no_form_of_ours(house: House) -> None:
    """A page of another site posts to us in a logged-out browser: nothing of it is kept to be continued."""
    for headers in (
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "null"},
        {},
    ):
        answer = httpx.post(
            f"{house.base}/apply/{ITEM}", data={"phone": "13900000000", "_csrf": "x"}, headers=headers
        )
        assert answer.status_code == 401
        assert 'name="kept"' not in answer.text and "内容已保留" not in answer.text


def test_a_kept_form_that_was_altered_is_refused_with_a_sentence(house: House) -> None:
    person, page, case = house.applying()
    form = page.form(case)
    page.client.cookies.delete("tongban_session")
    press(page, form.action, {**form.fields, "phone": "13912345678"})
    after = house.newest(person["phone"])
    page.post("/login", account=person["phone"], password=PASSWORD)
    kept = page.form("/login/code").fields["kept"]
    page.post(
        "/login/code",
        code=house.message(person["phone"], after),
        kept=kept[:-2] + ("00" if kept[-2:] != "00" else "01"),
    )
    assert page.status in (400, 422)
    assert "无法恢复" in page.text
