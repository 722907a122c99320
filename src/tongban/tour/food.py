"""`tongban tour --food`: a café's licence from its plan to its number, and a refusal that is taken further.

An owner files with a photographed plan, puts right what she is told, is inspected while the clock stands still, and
three officers decide one after the other. A second owner is told of her right to a hearing 听证 and gives it up, is
refused, and asks for reconsideration 行政复议.
"""

from __future__ import annotations

import io
import re
from typing import Any

from PIL import Image, ImageDraw

from tongban.demo import PASSWORD as STAFF_PASSWORD
from tongban.kit import clock
from tongban.tour.lines import enrolled
from tongban.tour.visitor import Visitor
from tongban.tour.walk import Tour

FOOD = "food_business"
#: The district of the premises: its market regulation decides.
DISTRICT = "310106"
ACCOUNT = f"market-{DISTRICT}"
CAFE: dict[str, Any] = {
    "firm_name": "望川路咖啡（示范）有限公司",
    "firm_code": "91310115MA1K00015K",
    "legal_representative": "示范甲",
    "firm_address": "示范市望川路18号101室",
    "application_kind": "first",
    "business_form": "catering",
    "food_scope": ["drinks"],
    "drink_water": "filtered",
    "online_business": "no",
    "place_name": "望川路咖啡店",
    "place_address": "示范市望川路18号101室",
    "place_district": DISTRICT,
    "place_area": 46.5,
    "kitchen_area": 12,
    "place_title": "owned",
    "equipment": [
        {"what": "咖啡机", "use": "make", "number": 1, "where": "吧台"},
        {"what": "冷藏柜", "use": "store", "number": 2, "where": "后厨"},
    ],
    "food_safety_manager": "示范甲",
    "manager_certificate": "SP20260001",
    "staff_count": 3,
    "health_checked": 3,
    "declaration": True,
}
WRONG = {
    "kitchen_area": "与布局图标注的 14 平方米不一致，请改为实际面积。",
    "staff_count": "与健康证明的人数不一致，请核对。",
}
TOLD = {
    "facts": "经审查申请材料，布局与申报不一致，没有列明冷藏设备和消毒设施。",
    "reasons": "不符合食品安全法第三十三条第一款第二项规定的条件。",
    "intended": "拟不予食品经营许可，整改后可以重新申请。",
}
_DUE = re.compile(r"最晚办结\D{0,20}?(\d{4}-\d{2}-\d{2})")


def walk_food(tour: Tour, phones: dict[str, str]) -> None:
    """The whole of it; ``phones`` are those of the three officers, by account. Raises TourFailed."""
    officers = {name: Visitor(tour.base) for name in phones}
    for account, page in officers.items():
        log_in_officer(tour, page, account, phones[account])
    examiner, reviewer, approver = (officers[f"{ACCOUNT}{tail}"] for tail in ("", "-review", "-approve"))
    owner = Visitor(tour.base)
    _files(tour, owner, "店主备齐平面图和制度，网上申请")
    desk = _desk_of(tour, examiner)
    _corrects(tour, owner, examiner, desk)
    _is_inspected(tour, owner, examiner, desk)
    _is_decided(tour, desk, examiner, reviewer, approver, favour="approve")
    _has_licence(tour, owner)
    second = Visitor(tour.base)
    _files(tour, second, "另一位店主申请")
    desk = _desk_of(tour, examiner)
    with tour.step("受理，不符合条件，三级审查不予许可") as seen:
        _pressed(examiner, desk, "accept")
        seen.append("已受理")
    _gives_up_hearing(tour, second, examiner, desk)
    _is_decided(tour, desk, examiner, reviewer, approver, favour="refuse")
    _reconsiders(tour, second)


def log_in_officer(tour: Tour, page: Visitor, account: str, phone: str) -> None:
    """An officer logs in at this browser: password and the code on the phone."""
    with tour.step(f"{account} 登录（密码＋短信）") as seen:
        after = tour.newest(phone)
        page.visit("/staff/login")
        page.post("/staff/login", account=account, password=STAFF_PASSWORD)
        assert page.path == "/staff/login/code", f"{page.status} {page.path}: {page.text[:600]}"
        tour.type_code(page, phone, after)
        assert page.path.startswith("/desk"), f"{page.path}: {page.text[:300]}"
        seen.append(page.path)


def _plan() -> bytes:
    """A floor plan drawn by hand, as a phone takes it."""
    image = Image.new("RGB", (1200, 900), "white")
    draw = ImageDraw.Draw(image)
    for box in ((60, 60, 1140, 840), (60, 60, 480, 520), (480, 60, 800, 300), (800, 500, 1140, 840)):
        draw.rectangle(box, outline="black", width=6)
    for row in range(12):
        draw.line((90, 560 + 20 * row, 420, 560 + 20 * row), fill="black", width=2)
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=90)
    return packed.getvalue()


def _files(tour: Tour, owner: Visitor, name: str) -> None:
    """She enrols, answers by the API, sends her two papers on the form's last page, and submits."""
    with tour.step(name) as seen:
        enrolled(tour, owner, onward=f"/apply/{FOOD}")
        owner.post(f"/apply/{FOOD}")
        assert owner.status == 200, owner.text[:400]
        tour.case = owner.path.rsplit("/", 1)[-1]
        home = f"/apply/{FOOD}/{tour.case}"
        _answers(owner, tour.case, {**CAFE, **_premises(tour.case), "phone": tour.person["phone"]})
        for field in ("file_layout", "file_rules"):
            owner.visit(f"{home}?section=papers")
            owner.send(tour.case, field, f"{field}.jpg", _plan(), "image/jpeg", _go=f"upload:{field}")
            assert owner.status == 200, f"{owner.status}: {owner.text[:600]}"
        owner.visit(f"{home}?section=papers").post(tour.case, declaration="yes", _go="check")
        assert owner.path.endswith("/check"), f"{owner.status} {owner.path}: {owner.text[:900]}"
        owner.post("/submit")
        found = re.search(r"\b\d{19}\b", owner.text)
        assert found, f"{owner.path}: {owner.text[:400]}"
        tour.code = found[0]
        tour.keep(f"food-submitted-{tour.code}.html", owner.html)
        seen.append(f"编码 {tour.code}，附件 2 件")


def _premises(case: str) -> dict[str, str]:
    """Premises of a case's own: where the firm has a licence already, who decides has to look at that first."""
    house, room = divmod(int(case[-6:], 16), 1000)
    return {"place_address": f"示范市望川路{house + 1}号{room + 101}室"}


def _answers(owner: Visitor, case: str, answers: dict[str, Any]) -> None:
    at = f"/api/v1/cases/{case}/answers"
    token = owner.json("/api/v1/session")["csrf"]
    read = owner.client.get(at)
    kept = owner.client.put(
        at,
        json={**read.json()["answers"], **answers},
        headers={"if-match": read.headers["etag"], "x-csrf-token": token},
    )
    assert kept.status_code == 200, kept.text[:600]
    wrong = {where for where in kept.json()["faults"] if not where.startswith("/file_")}
    assert not wrong, kept.text[:900]


def _desk_of(tour: Tour, officer: Visitor) -> str:
    officer.visit(f"/desk?q={tour.code}")
    assert tour.case in officer.path, f"{officer.path}: {officer.text[:300]}"
    return officer.path


def _pressed(officer: Visitor, desk: str, move: str, **values: str) -> None:
    """One of the buttons of the case's panel; before an approval what is pointed out is ticked as read."""
    officer.visit(desk)
    ticks = dict(re.findall(r'name="(seen-\w+)" value="([^"]*)"', officer.html)) if move == "approve" else {}
    officer.post("/recheck", to=f"{desk}/{move}", **ticks, **values)
    assert officer.status == 200, f"{move}: {officer.status} {officer.text[:600]}"


def _corrects(tour: Tour, owner: Visitor, examiner: Visitor, desk: str) -> None:
    with tour.step("一次告知两处补正；店主补正，受理") as seen:
        examiner.visit(f"{desk}/correction")
        examiner.post("/correction", **{f"said-{name}": words for name, words in WRONG.items()}, _go="send")
        assert examiner.path == desk, f"{examiner.status}: {examiner.text[:600]}"
        owner.visit(f"/my/cases/{tour.case}/correct")
        assert all(words in owner.text for words in WRONG.values()), owner.text[:600]
        owner.post("/correct", kitchen_area="14", staff_count="4", _go="send")
        assert owner.path == f"/my/cases/{tour.case}", f"{owner.status}: {owner.text[:600]}"
        _pressed(examiner, desk, "accept")
        seen.append(f"补正 {len(WRONG)} 项后受理")


def _due(owner: Visitor, case: str) -> str:
    """The last day of her case, as its page says it."""
    told = owner.json(f"/api/v1/cases/{case}")
    return str(told["due"])


def _is_inspected(tour: Tour, owner: Visitor, examiner: Visitor, desk: str) -> None:
    before = _due(owner, tour.case)
    with tour.step("现场核查：书面告知，计时停止，日期顺延") as seen:
        examiner.visit(f"{desk}/forms/special")
        kind = re.search(r'name="kind"[^>]*value="([^"]+)"', examiner.html)
        assert kind, examiner.text[:600]
        examiner.post("/forms/special", kind=kind[1], days="5", reason="需要到现场核查布局和设备是否一致。")
        assert examiner.path == desk, f"{examiner.status}: {examiner.text[:600]}"
        paused = owner.visit(f"/my/cases/{tour.case}")
        assert "现场核查" in paused.text, paused.text[:600]
        after = _due(owner, tour.case)
        assert after > before, f"the date stays at {before}, {after}"
        tour.keep("food-paused.html", owner.html)
        seen.append(f"最晚办结 {before[:10]} → {after[:10]}")
    with tour.step("现场填核查记录，结束核查，恢复计时") as seen:
        points = _record(examiner, desk)
        examiner.visit(f"{desk}/forms/resumption")
        examiner.post("/forms/resumption", reason="现场核查合格，布局和设备与申报一致。")
        assert examiner.path == desk, f"{examiner.status}: {examiner.text[:600]}"
        seen.append(f"{points} 项符合")


def _colleague(page: str) -> str:
    """Whom the page lets her choose as the second officer, beside herself, who is chosen as the first."""
    first, second = re.findall(r'<select[^>]*name="officer_[12]"[^>]*>(.*?)</select>', page, re.DOTALL)
    chosen = re.findall(r'<option value="([0-9a-f-]{36})" selected>', first)
    others = [who for who in re.findall(r'<option value="([0-9a-f-]{36})"', second) if who not in chosen]
    assert chosen and others, f"nobody to go with her: {page[:600]}"
    return str(others[0])


def _record(examiner: Visitor, desk: str) -> int:
    """The record of the inspection, page by page; gives how many points it has."""
    now = clock.now()
    # The clock was stopped for it a moment ago: it cannot have begun in a minute before that.
    begun = ended = f"{clock.city_time(now):%Y-%m-%dT%H:%M}"
    examiner.visit(f"{desk}/inspection/about")
    about = {
        "officer_2": _colleague(examiner.html),
        "met": "示范甲",
        "met_as": "店主",
        "started": begun,
    }
    examiner.post("/inspection/about", **about, _go="next")
    points = 0
    while not examiner.path.endswith("/inspection/end"):
        assert examiner.status == 200, examiner.text[:600]
        examiner.post(examiner.path, finding="met", _go="next")
        points += 1
        assert points < 100, f"the record does not end: {examiner.path}"
    examiner.post("/inspection/end", ended=ended, conclusion="passed", signed="yes", _go="next")
    assert examiner.path.endswith("/inspection"), f"{examiner.path}: {examiner.text[:600]}"
    examiner.post("/inspection")
    assert examiner.status == 200, examiner.text[:600]
    return points


def _is_decided(
    tour: Tour, desk: str, examiner: Visitor, reviewer: Visitor, approver: Visitor, *, favour: str
) -> None:
    what = "准予" if favour == "approve" else "不予"
    with tour.step(f"初审、复审、审定：{what}，三个人") as seen:
        reason = "场所、设备和制度经核查，对照法定条件逐项审查。"
        _pressed(examiner, desk, "propose", favour=favour, reason=reason)
        _pressed(reviewer, desk, "endorse", reason="同意初审意见。")
        _pressed(approver, desk, favour, reason=reason)
        tour.keep(f"food-{favour}.html", approver.html)
        seen.append(what)


def _gives_up_hearing(tour: Tour, owner: Visitor, examiner: Visitor, desk: str) -> None:
    with tour.step("拟不予许可，告知听证权利；店主明确放弃") as seen:
        examiner.visit(f"{desk}/hearing")
        examiner.post("/hearing", do="tell", **TOLD)
        assert examiner.path == desk, f"{examiner.status}: {examiner.text[:600]}"
        owner.visit(f"/my/cases/{tour.case}/hearing")
        assert TOLD["facts"] in owner.text, owner.text[:600]
        tour.keep("food-hearing.html", owner.html)
        owner.post("/hearing", do="waive")
        assert "您放弃了听证" in owner.text, f"{owner.status}: {owner.text[:600]}"
        seen.append("放弃听证")


def _has_licence(tour: Tour, owner: Visitor) -> None:
    with tour.step("食品经营许可证入库，办件自动办结") as seen:
        tour.until(
            owner,
            "/my/licences",
            lambda page: any(re.match(r"/my/licences/[0-9a-f-]{36}$", link) for link in page.links),
            "the licence",
        )
        tour.until(owner, f"/my/cases/{tour.case}", lambda page: "已办结" in page.text, "the end")
        tour.keep("food-finished.html", owner.html)
        seen.append("已办结")


def _reconsiders(tour: Tour, owner: Visitor) -> None:
    with tour.step("不服决定：从这份办件申请行政复议，原编码已填") as seen:
        refused, at = tour.code, "/apply/reconsideration"
        owner.visit(f"/my/cases/{tour.case}")
        assert f"{at}?about={tour.case}" in owner.links, owner.text[:600]
        owner.visit(f"{at}?about={tour.case}")
        owner.post(f"{at}?about={tour.case}")
        assert owner.status == 200, owner.text[:600]
        case = owner.path.rsplit("/", 1)[-1]
        asked = {
            "request": "revoke",
            "facts_reasons": "申请材料已列明全部设备，不予的理由与材料不符。",
            "declaration": "yes",
        }
        owner.post(case, **asked, phone=tour.person["phone"], _go="check")
        assert owner.path.endswith("/check"), f"{owner.status} {owner.path}: {owner.text[:900]}"
        assert refused in owner.text, owner.text[:600]
        owner.post("/submit")
        found = re.search(r"\b\d{19}\b", owner.text)
        assert found, f"{owner.path}: {owner.text[:400]}"
        tour.keep("food-reconsideration.html", owner.html)
        seen.append(f"复议申请 {found[0]}")
