"""A café's food licence at a phone: a photographed plan, two corrections, an inspection, three officers, a refusal.

All of it by taps and typing in a real Chromium, 390 px wide with a touch screen; the officers hold a phone too. Only
the log-ins and the days that pass while the clock stands are made behind the pages.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.chromium import chromium
from tests.journeys.browser import PHONE, Walker
from tests.journeys.house import House
from tests.journeys.test_browser import pictures
from tests.kit import sample_files
from tongban.kit import clock
from tongban.tour import food
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]
GO = ".btn[name=_go][value={}]"
#: What the café answers, page by page; the papers and the declaration are the last page's.
PAGES = {
    "firm": ("firm_name", "firm_code", "legal_representative", "firm_address"),
    "matter": ("application_kind",),
    "items": ("business_form", "food_scope", "drink_water", "online_business"),
    "premises": (
        *("place_name", "place_address", "place_district", "place_area", "kitchen_area", "place_title"),
        "equipment",
    ),
    "staff": ("food_safety_manager", "manager_certificate", "staff_count", "health_checked"),
}
#: What she is told to put right.
WRONG = {"kitchen_area": food.WRONG["kitchen_area"], "file_layout": "平面图没有标尺寸，请标好后重新拍摄。"}
REASON = "场所、设备和制度经核查，对照法定条件逐项审查。"


class Phone(Walker):
    """Somebody at a phone: a finger, and a keyboard that puts in whole words."""

    def __init__(self, browser: Browser, house: House, who: Visitor) -> None:
        super().__init__(
            browser, house.base, width=PHONE, language="zh", script=True, pictures=pictures(), touch=True
        )
        self.house = house
        self.context.add_cookies(
            [{"name": a.name, "value": a.value or "", "url": self.base} for a in who.client.cookies.jar]
        )

    def types(self, name: str, text: str) -> None:
        """Tap a field and type over what stands there."""
        self.page.tap(f"[name='{name}']:not([type=hidden])")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def taps(self, name: str, value: str) -> None:
        """Tap the words of an answer: they lie over its box."""
        box = self.page.locator(f"input[name^='{name}'][value='{value}']:not([type=hidden])")
        self.page.tap(f"label[for='{box.get_attribute('id')}']")
        assert box.is_checked()

    def goes(self, selector: str, arrives: str) -> None:
        """Tap a button or link and wait for the page that it leads to."""
        self.page.tap(selector)
        self.page.wait_for_url(re.compile(re.escape(self.base) + arrives), wait_until="load")

    def says(self, *words: str) -> None:
        """The page says all of this."""
        for one in words:
            expect(self.page.locator("main")).to_contain_text(one)


def test_a_cafe_from_the_photographed_plan_to_the_licence(house: House, tmp_path: Path) -> None:
    house.heal()
    plan, better = (tmp_path / name for name in ("平面图.jpg", "标了尺寸的平面图.jpg"))
    for one in (plan, better):
        one.write_bytes(sample_files.photographed_plan())
    accounts = [food.ACCOUNT + tail for tail in ("", "-review", "-approve")]
    with chromium() as browser:
        examiner, reviewer, approver = (Phone(browser, house, house.at_desk(one)) for one in accounts)
        owner, second = (Phone(browser, house, house.enrol(house.person())) for _ in range(2))
        case = _files(owner, plan, judged=True)
        desk = _finds(owner, examiner, case)
        _corrects(owner, examiner, case, desk, better)
        _accepts(examiner, desk)
        _is_inspected(house, owner, examiner, case, desk, plan)
        _is_decided(examiner, reviewer, approver, desk, favour="approve")
        _has_licence(owner, case)
        refused = _files(second, plan)
        desk = _finds(second, examiner, refused)
        _accepts(examiner, desk)
        _gives_up_hearing(second, examiner, refused, desk)
        _is_decided(examiner, reviewer, approver, desk, favour="refuse")
        _reconsiders(second, refused)
        for one in (owner, second, examiner, reviewer, approver):
            one.close()


def _files(owner: Phone, plan: Path, *, judged: bool = False) -> str:
    """She fills in the form page by page, photographs her plan and hands in; gives the case."""
    page = owner.page
    page.goto(f"{owner.base}/apply/{food.FOOD}")
    owner.goes("main form[method=post] button[type=submit]", f"/apply/{food.FOOD}/[0-9a-f-]+$")
    case = page.url.rsplit("/", 1)[-1]
    # Where the registers know all that a page asks, the form opens at the next.
    while (part := page.input_value("[name=_section]")) != "papers":
        for name in PAGES[part]:
            _answers(owner, name, food.CAFE[name])
        owner.goes(GO.format("next"), rf".*section=(?!{part}$)\w+$")
    for field in ("file_layout", "file_rules"):
        _sends(owner, field, plan)
    assert page.locator(".files__doubt").count() == 0, "the photo is sharp"
    owner.taps("declaration", "yes")
    owner.goes(GO.format("check"), f"/apply/{food.FOOD}/{case}/check$")
    owner.says("平面图.jpg", "望川路咖啡店", "咖啡机")
    if judged:
        owner.judge("cafe-check")
    owner.goes("form[action$='/submit'] button[type=submit]", f"/my/cases/{case}.*")
    return case


def _answers(owner: Phone, name: str, value: Any) -> None:
    """One answer as its question wants it: typed, tapped, picked, a row of several, or known already."""
    page = owner.page
    if page.locator(f".known[id='{name}']").count():
        return  # the registers know her firm
    if name == "equipment":
        for at, row in enumerate(value):
            if at:
                page.tap(GO.format(f"'add:{name}'"))
            for column, cell in row.items():
                _answers(owner, f"{name}.{at}.{column}", cell)
        return
    asked = page.locator(f"[name='{name}']:not([type=hidden]), [name^='{name}-'][type=checkbox]").first
    asked.wait_for(state="attached")
    kind = asked.evaluate("one => one.type")
    if kind in ("radio", "checkbox"):
        for one in value if isinstance(value, list) else [value]:
            owner.taps(name, one)
    elif kind == "select-one":
        asked.select_option(value)
    else:
        owner.types(name, str(value))


def _sends(owner: Phone, field: str, photo: Path) -> None:
    """A photo of more than a megabyte: it goes up in pieces, and stands on the page."""
    page = owner.page
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.set_input_files(f"input[type=file][name={field}]", photo)
        page.tap(GO.format(f"'upload:{field}'"))
    page.locator(f"fieldset:has([name={field}]) .files__file a:has-text('{photo.name}')").wait_for()


def _finds(owner: Phone, officer: Phone, case: str) -> str:
    """The officer finds the case by the code that its owner was given; gives its address on the desk."""
    code = re.search(r"\b\d{19}\b", owner.page.inner_text("main"))
    assert code, owner.page.inner_text("main")[:600]
    officer.page.goto(f"{officer.base}/desk")
    officer.types("q", code[0])
    officer.page.keyboard.press("Enter")
    officer.page.wait_for_url(re.compile(f"/desk/[0-9a-f-]+/{case}"))
    return officer.path.partition("?")[0]


def _corrects(owner: Phone, officer: Phone, case: str, desk: str, plan: Path) -> None:
    """An answer and the plan are to be put right, told at once; she does so, and nothing else is open to her."""
    officer.goes("a[href*='/correction']", f"{desk}/correction.*")
    for name, words in WRONG.items():
        officer.page.tap(f"details:has([name='said-{name}']) > summary")
        officer.types(f"said-{name}", words)
    officer.goes(GO.format("send"), rf"{desk}\?did=ask_correction")
    page = owner.page
    page.goto(f"{owner.base}/my/cases/{case}")
    owner.says("请补正 2 项")
    owner.goes(f"main a[href='/my/cases/{case}/correct']", ".*/correct$")
    owner.says(*WRONG.values())
    assert page.locator("main form[action$='/correct'] input:not([type=hidden])").count() == len(WRONG)
    owner.judge("cafe-corrects")
    owner.types("kitchen_area", "14")
    _sends(owner, "file_layout", plan)
    page.tap(".files__file:has-text('平面图.jpg'):not(:has-text('标了')) [value^='drop:']")
    expect(page.locator("fieldset .files__file")).to_have_count(1)
    owner.goes(GO.format("send"), rf"/my/cases/{case}\?new=1")
    owner.says("补正材料已收到")


def _accepts(officer: Phone, desk: str) -> None:
    officer.page.goto(officer.base + desk)
    officer.goes("[formaction*='/accept']", r"/desk.*did=accept.*")


def _last_day(owner: Phone, case: str) -> str:
    """The last day of her case as her page has it in large type."""
    owner.page.goto(f"{owner.base}/my/cases/{case}")
    return owner.page.inner_text(".due__value >> nth=0")[:10]


def _struck(owner: Phone) -> int:
    """How many days the first calendar of her page does not count for the visit; all but today's are struck out."""
    calendar = owner.page.locator(".calendar >> nth=0")
    for day in calendar.locator(".day--paused").all():
        assert "现场核查" in str(day.text_content())
        assert "line-through" in day.evaluate("one => getComputedStyle(one).textDecorationLine")
    return calendar.locator(".day:has-text('现场核查')").count()


def _is_inspected(house: House, owner: Phone, officer: Phone, case: str, desk: str, photo: Path) -> None:
    """The clock stands still from the notice to the end of the visit, and her page says from when to when and why."""
    before = _last_day(owner, case)
    assert _struck(owner) == 0
    officer.goes(f"a[href*='{desk}/forms/special']", f"{desk}/forms/special.*")
    officer.taps("kind", "site_inspection")
    officer.types("days", "5")
    officer.types("reason", "需要到现场核查布局和设备是否一致。")
    officer.goes(f"form[action*='{desk}/forms/special'] .btn--primary", rf"{desk}\?did=suspend.*")
    assert _last_day(owner, case) > before and _struck(owner) == 5
    owner.says("正在进行：现场核查", "部门告知需要 5 个工作日", "需要到现场核查布局和设备是否一致")
    owner.judge("cafe-clock-stands")
    house.days_pass(case, 7)
    _records(officer, desk, photo)
    assert "现场核查合格" in officer.page.input_value("[name=reason]")
    officer.goes(f"form[action*='{desk}/forms/resumption'] .btn--primary", rf"{desk}\?did=resume.*")
    _last_day(owner, case)
    said = re.search(r"停止计时 (\d+) 个工作日", owner.page.inner_text("main"))
    assert said and int(said[1]) == _struck(owner), owner.page.inner_text("main")
    owner.says("现场核查合格")


def _records(officer: Phone, desk: str, photo: Path) -> None:
    """The record of the inspection on the spot, page by page, with two photos, read over and signed."""
    page, home = officer.page, f"{desk}/inspection"
    officer.goes(f"a[href='{home}']", f"{home}$")
    officer.goes("main .btn--primary", f"{home}/about$")
    now = clock.city_time(clock.now())
    begun, ended = (f"{now - timedelta(minutes=ago):%Y-%m-%dT%H:%M}" for ago in (2, 1))
    mine = page.input_value("[name=officer_1]")
    people = page.locator("[name=officer_2] option").evaluate_all("all => all.map(one => one.value)")
    page.select_option("[name=officer_2]", next(one for one in people if one not in ("", mine)))
    for name, words in (("met", "示范甲"), ("met_as", "店主")):
        officer.types(name, words)
    page.fill("[name=started]", begun)
    officer.goes(GO.format("next"), f"{home}/(?!about).*")
    points = 0
    while not page.url.endswith("/end"):
        if not points:
            page.set_input_files("input[type=file][name=photos]", [photo, photo])
            officer.goes(GO.format("upload"), ".*#photos")
            expect(page.locator(".files__file")).to_have_count(2)
            officer.judge("cafe-photos-of-a-point")
        officer.taps("finding", "met")
        officer.goes(GO.format("next"), f"{home}/(?!{page.url.rpartition('/')[2].partition('#')[0]}$).*")
        points += 1
    assert points >= 10
    page.fill("[name=ended]", ended)
    officer.taps("conclusion", "passed")
    officer.taps("signed", "yes")
    officer.goes(GO.format("next"), f"{home}$")
    officer.goes(f"form[action='{home}'] .btn--primary", f"{desk}/forms/resumption.*")


def _is_decided(examiner: Phone, reviewer: Phone, approver: Phone, desk: str, *, favour: str) -> None:
    """Three persons one after the other, each with the case from her own list."""
    for who, button, reason in (
        (examiner, f"[formaction*='/propose'][value={favour}]", REASON),
        (reviewer, "[formaction*='/endorse']", "同意初审意见。"),
        (approver, f"[formaction*='/{favour}']", REASON),
    ):
        who.page.goto(f"{who.base}/desk")
        who.goes(f"[data-queue] a[href^='{desk}']", f"{desk}.*")
        for words in who.page.locator("#cautions .choice__label").all():
            words.tap()  # the register of firms knows none of hers
        who.types("reason", reason)
        who.goes(button, r"/desk.*did=.*")


def _has_licence(owner: Phone, case: str) -> None:
    """The licence lies in her library, and is shown on her phone with its code."""
    link = "main a[href^='/my/licences/']"
    _comes(owner, "/my/licences", link)
    owner.goes(link, "/my/licences/[0-9a-f-]{36}")
    _comes(owner, owner.path, "img[src$='/qr.svg']")
    owner.says("食品经营许可证", "望川路咖啡")
    owner.judge("cafe-licence")
    _comes(owner, f"/my/cases/{case}", ":text('证照已制好')")


def _comes(owner: Phone, at: str, selector: str) -> None:
    """Look again until what other processes make is there."""
    for _ in range(200):
        owner.page.goto(owner.base + at)
        if owner.page.locator(selector).count():
            return
        owner.page.wait_for_timeout(200)
    raise AssertionError(f"{selector} did not come: {owner.page.inner_text('main')}")


def _gives_up_hearing(owner: Phone, examiner: Phone, case: str, desk: str) -> None:
    """She is told what is intended and of her right to a hearing 听证, and gives it up on her phone."""
    examiner.page.goto(examiner.base + desk)
    examiner.goes(f".desk-forms a[href='{desk}/hearing']", f"{desk}/hearing$")
    for name, words in food.TOLD.items():
        examiner.types(name, words)
    examiner.judge("cafe-hearing-desk")
    examiner.goes(f"form[action='{desk}/hearing'] .btn--primary", rf"{desk}\?did=tell_hearing")
    home = f"/my/cases/{case}"
    owner.page.goto(owner.base + home)
    owner.goes(f"a[href='{home}/hearing']", f"{home}/hearing$")
    owner.says(*food.TOLD.values())
    owner.taps("do", "waive")
    owner.judge("cafe-hearing")
    owner.goes(f"form[action='{home}/hearing'] .btn--primary", f"{home}/hearing$")
    owner.says("您放弃了听证")


def _reconsiders(owner: Phone, refused: str) -> None:
    """She reads why, and asks for reconsideration 行政复议 from that very page."""
    page, at = owner.page, "/apply/reconsideration"
    page.goto(f"{owner.base}/my/cases/{refused}")
    owner.says(REASON, "区人民政府申请行政复议")
    code = re.search(r"\b\d{19}\b", page.inner_text(".page-head"))
    owner.judge("cafe-refused")
    owner.goes(f"a[href='{at}?about={refused}']", rf"{at}\?about=.*")
    owner.goes("main form[method=post] button[type=submit]", f"{at}/[0-9a-f-]+$")
    owner.taps("request", "revoke")
    owner.types("facts_reasons", "现场核查没有进行就作出不予许可的决定，理由与事实不符。")
    owner.taps("declaration", "yes")
    owner.goes(GO.format("check"), f"{at}/.*/check$")
    assert code and code[0] in page.inner_text("main")
    owner.goes("form[action$='/submit'] button[type=submit]", "/my/cases/.*new=1")
    owner.says("已提交", "行政复议")
