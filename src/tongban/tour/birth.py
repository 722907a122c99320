"""`tongban tour --birth`: a mother files 出生一件事 in one form, four departments decide, the parallel parts finish.

What waits for another part is filed by the house when that one is granted; its number goes on by itself.
"""

from __future__ import annotations

import re
from typing import Any

from tongban import demo
from tongban.kit import clock
from tongban.tour.food import log_in_officer
from tongban.tour.lines import enrolled, vetted
from tongban.tour.visitor import Visitor
from tongban.tour.walk import Tour

_GUIDE = "/bundles/birth/guide"
_ANSWERS = {"certificate": "no", "hukou": "yes", "registered": "yes", "insured": "no"}
_FORM = {
    "applicant_relation": "mother",
    "child_name": "示范宝",
    "child_sex": "女",
    "child_ethnicity": "汉族",
    "child_birth_place": "示范市妇幼保健院",
    "application_kind": "first",
    "situation_married": "no",
    "native_place": "示范市",
    "bank": "示范银行",
    "collection": "courier",
    "declaration": "yes",
}
#: Who decides which part: the account of the department's officer.
_PARTS = (
    ("birth_certificate", "clinic-{district}"),
    ("vaccination_record", "health-310000"),
    ("birth_registration", "police-{district}"),
    ("newborn_insurance", "medical-insurance-310000"),
    ("newborn_social_card", "human-resources-310000"),
)


def walk_birth(tour: Tour, phones: dict[str, str]) -> None:
    """The whole of it; ``phones`` are those of the officers, by account. Raises TourFailed."""
    mother = Visitor(tour.base)
    run = _begins(tour, mother)
    district = str(tour.person["facts"]["residence"]["district"])
    officers: dict[str, Visitor] = {}
    police = _officer(tour, officers, demo.username(district), phones)
    vetted(tour, police)
    _fills(tour, mother, run, district)
    for item, account in _PARTS:
        officer = _officer(tour, officers, account.format(district=district), phones)
        _is_decided(tour, mother, officer, run, item)
    with tour.step("各项全部办好，一件事办结") as seen:
        tour.until(mother, run, lambda page: "已办结" in page.text, "the end of the whole")
        assert "5 项中已办成 5 项" in mother.text, mother.text[:600]
        tour.keep("birth-4-done.html", mother.html)
        seen.append("5 项，一张表，提交一次")


def _officer(tour: Tour, officers: dict[str, Visitor], account: str, phones: dict[str, str]) -> Visitor:
    if account not in officers:
        officers[account] = Visitor(tour.base)
        log_in_officer(tour, officers[account], account, phones[account])
    return officers[account]


def _begins(tour: Tour, mother: Visitor) -> str:
    """She reads what it spares, enrols, answers the questions; gives the address of what she has begun."""
    with tour.step("一件事列表，出生一件事：联办哪些事项，少跑多少") as seen:
        mother.visit("/bundles")
        assert "/bundles/birth" in mother.links, mother.text[:300]
        mother.visit("/bundles/birth")
        assert "比分开办少多少" in mother.text, mother.text[:600]
        tour.keep("birth-1-bundle.html", mother.html)
        seen.append("7 个事项，一张表")
    with tour.step("实名注册，逐个回答引导问题，列出要办的事项") as seen:
        enrolled(tour, mother, onward=_GUIDE, situation="local_hukou")
        said: dict[str, str] = {}
        for key, value in _ANSWERS.items():
            said[key] = value
            mother.visit(f"{_GUIDE}?" + "&".join(f"{one}={each}" for one, each in said.items()))
        assert "您要办的事项" in mother.text and "今天提交，最晚" in mother.text, mother.text[:600]
        mother.post("/bundles/birth")
        found = re.fullmatch(r"(/my/bundles/[0-9a-f-]{36})/form", mother.path)
        assert found, f"{mother.status} {mother.path}: {mother.text[:600]}"
        seen.append("5 个事项")
    return found[1]


def _fills(tour: Tour, mother: Visitor, run: str, district: str) -> None:
    with tour.step("填写一张表：登记信息已预填，孩子的信息只填一次") as seen:
        today = clock.city_day(clock.now())
        born = {"child_birth_date-year": f"{today:%Y}", "child_birth_date-month": f"{today:%m}"}
        born |= {name.replace("child_birth_date", "start_date"): value for name, value in born.items()}
        born |= {"child_birth_date-day": f"{today:%d}", "start_date-day": f"{today:%d}"}
        more = {"phone": tour.person["phone"], "district": district, "place_district": district}
        address = f"示范市示范路{int(run[-4:], 16)}号"
        more |= {"move_in_address": address, "residence_address": address, "delivery_address": address}
        mother.visit(f"{run}/form")
        tour.keep("birth-2-form.html", mother.html)
        for _ in range(20):
            mother.post("/form", **_FORM, **born, **more, _go="next")
            if mother.path.endswith("/check"):
                break
        assert mother.path.endswith("/check"), f"{mother.status} {mother.path}: {mother.text[:1200]}"
        seen.append("填完")
    with tour.step("确认，一次提交：出生医学证明马上提交，其余等待") as seen:
        mother.post("/send")
        assert mother.path == run and "已一次提交" in mother.text, f"{mother.path}: {mother.text[:600]}"
        tour.keep("birth-3-sent.html", mother.html)
        seen.append("提交一次")


def _is_decided(tour: Tour, mother: Visitor, officer: Visitor, run: str, item: str) -> None:
    with tour.step(f"{_NAMES[item]}：轮到时自动提交，部门受理并办结") as seen:
        tour.until(mother, run, lambda page: _code(page, item) != "", f"the filing of {item}")
        code = _code(mother, item)
        officer.visit(f"/desk?q={code}")
        assert "/desk/" in officer.path, f"{officer.path}: {officer.text[:300]}"
        desk = officer.path
        if item == "birth_registration":
            officer.visit(f"{desk}/visit").post("/visit", why="apply", place="0", note="")
            assert officer.status == 200, officer.text[:600]
        for move in ("accept", "approve"):
            officer.visit(desk)
            ticks: dict[str, Any] = dict(re.findall(r'name="(seen-\w+)" value="([^"]*)"', officer.html))
            officer.post("/recheck", to=f"{desk}/{move}", **(ticks if move == "approve" else {}))
            assert officer.status == 200, f"{move}: {officer.status} {officer.text[:600]}"
        tour.until(mother, run, lambda page: _words(page, item).endswith("已办成"), f"the end of {item}")
        seen.append(f"编码 {code}")


_NAMES = {
    "birth_certificate": "出生医学证明签发",
    "vaccination_record": "预防接种建档",
    "birth_registration": "出生登记（新生儿落户）",
    "newborn_insurance": "新生儿城乡居民医保参保登记",
    "newborn_social_card": "新生儿社会保障卡申领",
}


def _line(page: Visitor, item: str) -> str:
    """The line of a part on the progress page."""
    found = re.search(
        rf'<li class="lane__one[^>]*>(?:(?!</li>).)*?{_NAMES[item]}<.*?</li>', page.html, re.DOTALL
    )
    return "" if found is None else re.sub(r"<[^>]+>", " ", found[0])


def _code(page: Visitor, item: str) -> str:
    found = re.search(r"\b\d{19}\b", _line(page, item))
    return "" if found is None else found[0]


def _words(page: Visitor, item: str) -> str:
    """How far a part has come: the words of its chip."""
    found = re.search(rf"{_NAMES[item]}\s+(\S+)", _line(page, item))
    return "" if found is None else found[1]
