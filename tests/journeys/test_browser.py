"""The main job in a real Chromium: a resident at her phone, an officer at her desk, somebody who scans the licence.

With scripts in Chinese, in the soak without scripts in English too, and what she saw on a wide screen, on which
`page_matrix` opens every page; every page is judged (see `browser.Walker`).
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.browser import DESKTOP, PHONE, Walker
from tests.journeys.house import ITEM, PASSWORD, House, Person
from tests.journeys.sessions import bucket_of_session, newest
from tongban.demo import PASSWORD as DEMO_PASSWORD
from tongban.demo import officer_phone, username
from tongban.kit.ids import new_id
from tongban.kit.web import sessions
from tongban.kit.web.visit import SESSION_COOKIE
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]
WHOLE = os.environ.get("TONGBAN_MATRIX") == "whole"
#: In the ordinary run with scripts in Chinese; without, in English, in the soak.
WAYS = [("zh", True), *([("en", False)] if WHOLE else [])]
SUBMIT = "main form[method=post] button[type=submit]"


def pictures() -> Path:
    """Where the pictures of the pages go; kept for whoever looks at them."""
    folder = Path(os.environ.get("TONGBAN_PICTURES") or tempfile.mkdtemp(prefix="tongban-pictures-"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize(("language", "script"), WAYS)
def test_the_main_job_in_a_browser(house: House, browser: Browser, language: str, script: bool) -> None:
    house.heal()
    person, folder = house.person(), pictures()

    def walker(width: int) -> Walker:
        return Walker(browser, house.base, width=width, language=language, script=script, pictures=folder)

    resident, officer, anyone = walker(PHONE), walker(DESKTOP), walker(PHONE)
    _reads_the_guide(resident)
    _enrols(house, resident, person)
    case = _applies(resident)
    _decides(house, officer, person, case)
    licence = _finds_her_licence(house, resident, case)
    _is_verified(resident, anyone, licence)
    _looks_around(resident)
    if WHOLE and script:
        _wide(walker(DESKTOP), resident)
    elif WHOLE:
        _pages_of_visitors(anyone)
    for one in (resident, officer, anyone):
        one.close()


def test_what_an_officer_types_stays_with_its_case(house: House, browser: Browser) -> None:
    """Two cases on one desk: the reason for one is never seen in the other, and is there again on coming back."""
    house.heal()
    district = house.person()["facts"]["residence"]["district"]
    (_, one_s, one), (_, _, two) = house.submitted(district=district), house.submitted(district=district)
    officer = house.officer(district)
    house.desk_path(one_s, officer, one)
    walker = Walker(browser, house.base, width=DESKTOP, language="zh", script=True, pictures=pictures())
    _sits_down(walker, officer)
    page = walker.to(officer.path, "desk-typing")

    def open_row(case: str) -> str:
        page.click(f"[data-queue] a[href*='{case}']")
        page.locator(f"[formaction*='{case}/decline']").wait_for()
        page.wait_for_load_state("networkidle")
        return page.input_value("[name=reason]")

    page.fill("[name=reason]", "居住地址不在本区，请核对登记")
    assert open_row(two) == ""
    page.fill("[name=reason]", "短")
    assert open_row(one) == "居住地址不在本区，请核对登记"
    assert open_row(two) == "短"
    walker.page.route("**/decline", lambda route: route.abort())
    page.click("[formaction*='/decline']")  # the line is down: nothing was sent
    page.wait_for_timeout(500)
    walker.page.unroute("**/decline")
    page.goto(f"{house.base}/desk")
    assert open_row(one) == "居住地址不在本区，请核对登记"
    page.click("[formaction*='/decline']")
    page.wait_for_url(re.compile(r"/desk\?did=decline"))
    assert open_row(two) == "短"
    page.click("form[action='/logout'] button")
    page.wait_for_url(lambda url: "/desk" not in url)
    assert page.evaluate("JSON.stringify(sessionStorage)") == "{}", "the log-out forgets it"
    walker.close()


def _sits_down(walker: Walker, officer: Visitor) -> None:
    """The browser takes the place of an officer who is logged in."""
    walker.context.add_cookies(
        [{"name": a.name, "value": a.value or "", "url": walker.base} for a in officer.client.cookies.jar]
    )


def test_the_next_officer_in_the_tab_does_not_see_what_the_last_one_typed(
    house: House, browser: Browser
) -> None:
    """No log-out lies between the two: the first one's session has run out."""
    house.heal()
    district = house.person()["facts"]["residence"]["district"]
    _, resident, case = house.submitted(district=district)
    officer = house.officer(district)
    path = house.desk_path(resident, officer, case)
    walker = Walker(browser, house.base, width=DESKTOP, language="zh", script=True, pictures=pictures())
    _sits_down(walker, officer)
    page = walker.to(path, "desk-first-officer")
    page.fill("[name=reason]", "前一位的话，不给后一位看")
    page.reload()
    assert page.input_value("[name=reason]") == "前一位的话，不给后一位看"
    _sits_down(walker, _colleague(house, district))
    page.goto(house.base + path)
    assert page.input_value("[name=reason]") == ""
    _sits_down(walker, officer)
    page.goto(house.base + path)
    assert page.input_value("[name=reason]") == "前一位的话，不给后一位看"
    walker.close()


def _colleague(house: House, district: str) -> Visitor:
    """A second officer of a branch, of which the demo city has one each: a session with another officer's id."""
    second = house.new_officer(district)
    cookie = newest(second, SESSION_COOKIE)
    other = new_id(bucket_of_session(second))
    house.sql("UPDATE kit.session SET actor = $2 WHERE token_hash = $1", sessions.hash_of(cookie), other)
    time.sleep(sessions.CACHE_SECONDS + 0.2)  # every web process has forgotten the first id
    return second


def test_j_and_k_go_on_from_the_row_that_was_clicked(house: House, browser: Browser) -> None:
    """The clicked row keeps the focus when htmx changes the page; the keys count from the case that is open."""
    house.heal()
    district = house.person()["facts"]["residence"]["district"]
    for _ in range(3):
        house.submitted(district=district)
    walker = Walker(browser, house.base, width=DESKTOP, language="zh", script=True, pictures=pictures())
    _sits_down(walker, house.officer(district))
    page = walker.to("/desk", "desk-keys")
    rows = [str(row.get_attribute("href")) for row in page.locator("[data-queue] a").all()]
    assert len(rows) >= 3

    def opens(row: str) -> None:
        page.wait_for_url(f"**{row}")
        page.locator(f"[data-queue] a[href='{row}'][aria-current]").wait_for()
        page.wait_for_load_state("networkidle")

    page.click(f"[data-queue] a[href='{rows[0]}']")
    opens(rows[0])
    for key, row in (("j", rows[1]), ("j", rows[2]), ("k", rows[1]), ("k", rows[0])):
        page.keyboard.press(key)
        opens(row)
    walker.close()


def _reads_the_guide(resident: Walker) -> None:
    resident.to("/", "home")
    resident.page.fill("main input[name=q], header input[name=q]", "居住证")
    resident.page.keyboard.press("Enter")
    resident.page.wait_for_url(re.compile(r".*/search\?q="))
    resident.judge("search")
    resident.press(f"main a[href='/items/{ITEM}']", "guide", arrives=f"/items/{ITEM}")


def _enrols(house: House, resident: Walker, person: Person) -> None:
    resident.press(f"main a[href^='/apply/{ITEM}']", "log-in", arrives="/login.*")
    resident.press("main a[href^='/enrol']", "enrol", arrives="/enrol.*")
    page = resident.page
    for name in ("name", "id_number", "phone"):
        page.fill(f"[name={name}]", person[name])
    page.fill("[name=password]", PASSWORD)
    resident.tick("agree")
    after = house.newest(person["phone"])
    resident.press(SUBMIT, "enrol-code", arrives="/enrol/code.*")
    page.fill("[name=code]", house.message(person["phone"], after))
    resident.press(SUBMIT, "notice", arrives=f"/apply/{ITEM}$")
    house.raise_level(resident.session)


def _applies(resident: Walker) -> str:
    page = resident.press(SUBMIT, "form", arrives=f"/apply/{ITEM}/[0-9a-f-]+$")
    case = resident.path.rsplit("/", 1)[-1]
    assert page.locator(".known").count() >= 5, "the form is not filled from the registers"
    assert page.locator("input[type=file]").count() == 0
    page.click("button[name=_go][value=check]")
    page.wait_for_selector(".errors")
    # The answer of a POST has no address of its own for a second browser: judged where scripts run.
    if resident.script:
        resident.judge("form-errors")
    resident.tick("ground", "work")
    resident.tick("collection", "courier")
    resident.tick("declaration")
    resident.press("button[name=_go][value=check]", "check", arrives=rf"/apply/{ITEM}/{case}/check")
    page = resident.press(
        f"form[action$='/submit'] {SUBMIT.removeprefix('main form[method=post] ')}",
        "progress-submitted",
        arrives=f"/my/cases/{case}.*",
    )
    assert re.search(r"\b\d{19}\b", page.inner_text("body"))
    return case


def _decides(house: House, officer: Walker, person: Person, case: str) -> None:
    phone = officer_phone(person.district)
    house.a_minute_passes()
    page = officer.to("/staff/login", "staff-login")
    page.fill("[name=account]", username(person.district))
    page.fill("[name=password]", DEMO_PASSWORD)
    after = house.newest(phone)
    officer.press(SUBMIT, "staff-code", arrives="/staff/login/code.*")
    page.fill("[name=code]", house.message(phone, after))
    officer.press(SUBMIT, "desk", arrives="/desk$")
    page.click(f"a[href$='/{case}']")
    page.wait_for_url(f"**/{case}")
    page.locator(f"[formaction$='{case}/accept']").wait_for()
    officer.judge("desk-case")
    page.click(f"[formaction$='{case}/accept']")
    page.locator(f"[formaction$='{case}/approve']").wait_for()
    officer.judge("desk-accepted")
    page.click(f"[formaction$='{case}/approve']")
    page.locator("[formaction$='/approve']").wait_for(state="detached")
    officer.judge("desk-approved")
    officer.to("/desk/done", "desk-done")


def _finds_her_licence(house: House, resident: Walker, case: str) -> str:
    page = resident.page
    for _ in range(120):
        page.goto(f"{resident.base}/my/licences")
        link = page.locator("main a[href^='/my/licences/']").first
        if link.count():
            path = str(link.get_attribute("href"))
            page.goto(resident.base + path)
            if page.locator(f"a[href='{path}/code']").count():
                break
        page.wait_for_timeout(300)
    else:
        raise AssertionError(f"the licence did not come: {page.inner_text('main')}")
    resident.to("/my/licences", "licences")
    resident.to(path, "licence")
    resident.to(f"/my/cases/{case}", "progress-done")
    return path


def _is_verified(resident: Walker, anyone: Walker, licence: str) -> None:
    resident.page.goto(f"{resident.base}{licence}/code")
    token = resident.page.url.rpartition("/verify/")[2]
    assert token.count(".") == 2, "what the QR holds is a signed token"
    page = anyone.to(f"/verify/{token}", "verified")
    assert page.locator(".verdict--ok").count() == 1
    anyone.to("/verify", "verify-form")
    half = len(token) // 2
    altered = token[:half] + ("A" if token[half] != "A" else "B") + token[half + 1 :]
    page = anyone.to(f"/verify/{altered}", "verify-altered")
    assert page.locator(".verdict--ok").count() == 0


def _looks_around(resident: Walker) -> None:
    for path, name in (
        ("/my", "my"),
        ("/my/cases", "cases"),
        ("/my/readings", "readings"),
        ("/my/inbox", "inbox"),
        ("/my/account", "account"),
        ("/no-such-page", "not-found"),
    ):
        resident.to(path, name)
    for preference in ("/preferences/theme?to=dark&back=/", "/preferences/elder?to=on&back=/my/cases"):
        resident.to(preference, "dark" if "dark" in preference else "elder")
    resident.to(f"/items/{ITEM}", "guide-dark-elder")


def _pages_of_visitors(anyone: Walker) -> None:
    for path, name in (
        ("/", "home-visitor"),
        ("/search", "search-empty"),
        ("/search?q=zzzz", "search-nothing"),
        ("/login", "login"),
        ("/enrol", "enrol"),
        ("/problems", "problems"),
    ):
        anyone.to(path, name)


def _wide(wide: Walker, resident: Walker) -> None:
    """What the resident saw on her phone, on a wide screen."""
    wide.context.add_cookies(
        [one for one in resident.context.cookies() if one["name"] == "tongban_session"]  # type: ignore[misc]
    )
    for path, name in dict.fromkeys(
        (line.split(" ")[1].partition("?")[0], line.split(" ")[0])
        for line in resident.seen
        if not line.startswith(
            ("log-in", "enrol", "form", "check", "notice", "dark", "elder", "progress-submitted")
        )
    ):
        wide.to(path, f"wide-{name}")
    wide.close()


def test_a_passkey_in_place_of_password_and_sms(house: House, browser: Browser) -> None:
    """Chromium's own WebAuthn with an authenticator that it plays itself: added, logged out, logged in with it."""
    person = house.person()
    resident = house.enrol(person)
    # Browsers bind a passkey to a host name: the public address is localhost, never a number.
    walker = Walker(
        *(browser, f"http://localhost:{house.port}"),
        width=PHONE,
        language="zh",
        script=True,
        pictures=pictures(),
    )
    _sits_down(walker, resident)
    devtools = walker.context.new_cdp_session(walker.page)
    devtools.send("WebAuthn.enable")
    kind = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": kind})["authenticatorId"]
    walker.to("/my/account", "account")
    walker.press("main a[href='/account/passkeys']", "passkeys-none", arrives="/account/passkeys$")
    page = walker.press(
        "main a[href='/account/passkeys/add']", "passkey-add", arrives="/account/passkeys/add$"
    )
    assert "Chrome" in page.input_value("[name=name]"), "the device's own name is offered"
    page.fill("[name=name]", "我的手机")
    walker.press("[data-passkey] button", "passkeys", arrives=r"/account/passkeys\?done=added$")
    (made,) = devtools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert made["rpId"] == "localhost" and made["isResidentCredential"]
    page.goto(f"{walker.base}/account/passkeys/add")
    page.fill("[name=name]", "再来一把")
    page.click("[data-passkey] button")
    page.get_by_role("alert").filter(has_text="已经有本账户的通行密钥").wait_for()
    walker.judge("passkey-known")
    page.goto(f"{walker.base}/my")
    page.click("main form[action='/logout'] button")
    walker.to("/login?next=/my", "log-in-passkey")
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.click("[data-passkey] button")
    page.get_by_role("alert").filter(has_text="没有完成").wait_for()
    walker.judge("log-in-cancelled")
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    walker.press("[data-passkey] button", "logged-in", arrives="/my$")
    walker.close()
