"""What the three do, in order."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tongban import demo
from tongban.tour.visitor import Visitor
from tongban.tour.walk import ITEM, PASSWORD, Tour


def walk_all(tour: Tour) -> None:
    """The whole main job; raises TourFailed at the step that does not hold."""
    search(tour)
    enrol(tour)
    apply(tour)
    submit(tour)
    decide(tour)
    licence(tour)
    verify(tour)
    readings(tour)


def search(tour: Tour) -> None:
    """1. She searches, and reads the guide."""
    with tour.step("搜索“居住证”，打开办事指南") as seen:
        page = tour.resident.visit("/search?q=居住证")
        assert f"/items/{ITEM}" in page.links, page.text[:300]
        page = tour.resident.visit(f"/items/{ITEM}")
        assert page.status == 200, page.text[:300]
        item = page.json(f"/api/v1/items/{ITEM}")
        tour.exempt = sum(material["route"] != "none" for material in item["materials"])
        assert item["zero_material"], item
        tour.keep("1-guide.html", page.html)
        seen.append(f"{len(item['materials'])} 份材料，{tour.exempt} 份免提交")


def enrol(tour: Tour) -> None:
    """1. Somebody whom no tour has used opens her account: checked against the population register."""
    with tour.step("实名注册并登录（人口库核验、短信验证码）") as seen:
        enrolled(tour, tour.resident, onward=f"/apply/{ITEM}")
        seen.append("账户实名等级 L1")


def enrolled(tour: Tour, page: Visitor, *, onward: str, situation: str = "eligible_work") -> None:
    """Somebody new, ``tour.person`` from now on, enrols at this browser and stands on ``onward``."""
    tour.person = tour.world.post("/cast/take", json={"situation": situation, "by": "tour"}).json()
    person = tour.person
    after = tour.newest(person["phone"])
    page.visit(f"/enrol?next={onward}")
    page.post(
        "/enrol",
        name=person["name"],
        id_number=person["id_number"],
        phone=person["phone"],
        password=PASSWORD,
        agree="yes",
    )
    assert page.path == "/enrol/code", f"{page.status} {page.path}: {page.text[:600]}"
    code = tour.message(person["phone"], after, r"(\d{6})")
    page.post("/enrol/code", code=code)
    assert page.status == 200, page.text[:300]
    assert page.path == onward, f"{page.path}: {page.text[:300]}"


def apply(tour: Tour) -> None:
    """1. The form is filled from the registers, source and time beside each value; nothing to attach."""
    with tour.step("打开表单：登记信息已预填，注明来源和时间") as seen:
        page = tour.resident.post(f"/apply/{ITEM}")
        assert page.status == 200, page.text[:300]
        tour.case = page.path.rsplit("/", 1)[-1]
        known = page.html.count('class="known"')
        assert known >= 5, f"only {known} prefilled values: {page.text[:500]}"
        assert 'type="file"' not in page.html
        tour.keep("2-form.html", page.html)
        seen.append(f"{known} 项已预填，附件 0 件")
    with tour.step("核对、补填三项，进入确认页") as seen:
        page = tour.resident
        answers = {"ground": "work", "collection": "courier", "declaration": "yes", "_go": "update"}
        page.post(tour.case, **answers)
        page.post(tour.case, **{**answers, "_go": "check"})
        assert page.path.endswith("/check"), f"{page.status} {page.path}: {page.text[:600]}"
        tour.keep("3-check.html", page.html)
        seen.append("条件初步核对满足" if "均满足" in page.text else "可提交")


def submit(tour: Tour) -> None:
    """1. She submits; the same form posted again is the same case."""
    with tour.step("提交，得到受理编码；重复提交仍是同一件") as seen:
        page = tour.resident
        form = page.form("/submit")
        page.post("/submit")
        assert page.path == f"/my/cases/{tour.case}", f"{page.path}: {page.text[:300]}"
        found = re.search(r"\b\d{19}\b", page.text)
        assert found, page.text[:300]
        tour.code = found[0]
        again = page.client.post(form.action, data=form.fields)
        assert tour.code in again.text
        tour.keep("4-submitted.html", page.html)
        seen.append(f"编码 {tour.code}")


def decide(tour: Tour) -> None:
    """2. The officer of her district sees the case with its date, its rule, and approves."""
    district = tour.person["facts"]["residence"]["district"]
    phone = demo.officer_phone(district)
    with tour.step("经办人登录（密码＋短信）") as seen:
        after = tour.newest(phone)
        page = tour.officer.visit("/staff/login")
        page.post("/staff/login", account=demo.username(district), password=demo.PASSWORD)
        assert page.path == "/staff/login/code", f"{page.status} {page.path}: {page.text[:600]}"
        tour.type_code(page, phone, after)
        assert page.path.startswith("/desk"), f"{page.path}: {page.text[:300]}"
        seen.append(demo.username(district))
    vetted(tour, tour.officer)
    with tour.step("工作台：找到办件，条件核对，受理并准予") as seen:
        page = tour.officer.visit(f"/desk?q={tour.code}")
        assert tour.case in page.path, f"{page.path}: {page.text[:300]}"
        met = page.html.count("rules__row--met")
        tour.keep("5-desk.html", page.html)
        page.post("/recheck", to=f"{page.path}/accept")
        assert page.status == 200, page.text[:400]
        page.post("/recheck", to=f"{page.path}/approve")
        assert page.status == 200, page.text[:400]
        seen.append(f"{met} 项条件满足，已准予")


def vetted(tour: Tour, officer: Visitor) -> None:
    """An officer sees ``tour.person`` and her identity card at the window: her level of assurance is L3."""
    with tour.step("窗口当面核验本人和证件，实名等级升到 L3") as seen:
        officer.visit("/staff/vetting")
        officer.post(
            "/staff/vetting",
            paper_kind="111",
            number=tour.person["id_number"],
            name=tour.person["name"],
            for_good="yes",
            genuine="yes",
            same_face="yes",
        )
        assert officer.status == 200, officer.text[:600]
        seen.append("L3")


def licence(tour: Tour) -> None:
    """3. The card maker's serial comes back; the licence stands signed in her library."""
    with tour.step("制卡回号，电子证照入库") as seen:
        tour.until(
            tour.resident,
            "/my/licences",
            lambda page: any(re.match(r"/my/licences/[0-9a-f-]{36}$", link) for link in page.links),
            "the licence",
        )
        path = next(link for link in tour.resident.links if re.match(r"/my/licences/[0-9a-f-]{36}$", link))
        tour.until(tour.resident, path, lambda page: f"{path}/code" in page.links, "the signed code")
        # The page shows it in groups; its copy button holds it whole.
        identifier = re.search(r'data-copy="(1\.2\.156\.3005\.2\.[0-9A-Z.]+)"', tour.resident.html)
        tour.keep("6-licence.html", tour.resident.html)
        assert identifier, tour.resident.text[:300]
        seen.append(identifier[1])
        signed = tour.resident.visit(f"{path}/code")
        tour.token = signed.path.removeprefix("/verify/")
        assert tour.token.count(".") == 2, f"no signed token: {signed.path}"
    with tour.step("办件自动办结，短信告知") as seen:
        tour.until(tour.resident, f"/my/cases/{tour.case}", lambda page: "已办结" in page.text, "the end")
        seen.append("已办结")


def verify(tour: Tour) -> None:
    """4. Anyone scans the code: valid; one altered letter: invalid; unknown is told as such."""
    with tour.step("扫码核验：有效；改动一个字符：无效") as seen:
        page = tour.verifier.visit(f"/verify/{tour.token}")
        assert page.status == 200, page.text[:300]
        assert "verdict--ok" in page.html, page.text[:300]
        tour.keep("7-verified.html", page.html)
        middle = len(tour.token) // 2
        other = "A" if tour.token[middle] != "A" else "B"
        broken = tour.verifier.visit(f"/verify/{tour.token[:middle]}{other}{tour.token[middle + 1 :]}")
        assert "verdict--ok" not in broken.html, broken.text[:300]
        seen.append("有效 / 无效 均如实")


def readings(tour: Tour) -> None:
    """4. She sees every step, and who read her data."""
    with tour.step("谁看过我的数据") as seen:
        page = tour.resident.visit("/my/readings")
        rows = page.html.count('class="reads__row"')
        assert rows >= 5, f"{rows} readings: {page.text[:300]}"
        tour.keep("8-readings.html", page.html)
        seen.append(f"{rows} 条读取记录")
        assert urlsplit(tour.base).hostname


def saved(tour: Tour) -> int:
    """Papers that nobody had to bring."""
    return tour.exempt
