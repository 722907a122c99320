"""Somebody of eighty-two without a phone is helped at the desk 窗口帮办: consent, form, receipt, and the end of it."""

from __future__ import annotations

import re
from typing import Any

from tongban.demo import PASSWORD
from tongban.tour.visitor import Visitor
from tongban.tour.walk import Tour

FILED = "elderly_allowance"
_DESK = "/desk/assist"


def walk_window(tour: Tour, account: str, phone: str) -> None:
    """The whole of it; ``account`` is that of an officer who helps. Raises TourFailed."""
    officer = Visitor(tour.base)
    with tour.step(f"帮办窗口 {account} 登录（密码＋短信）") as seen:
        after = tour.newest(phone)
        officer.visit("/staff/login")
        officer.post("/staff/login", account=account, password=PASSWORD)
        assert officer.path == "/staff/login/code", f"{officer.status} {officer.path}: {officer.text[:600]}"
        tour.type_code(officer, phone, after)
        seen.append(officer.path)
    elder = tour.world.post("/cast/elder", json={"by": "tour"}).json()
    _consents(tour, officer, elder)
    _files(tour, officer, elder)
    _ends(tour, officer)


def _consents(tour: Tour, officer: Visitor, elder: dict[str, Any]) -> None:
    with tour.step(
        "82 岁的老人没有手机：核对证件，没有账户的当场开户；同意书打印两份，签名前不能代办"
    ) as seen:
        officer.visit(_DESK).post(
            _DESK, name=elder["name"], id_number=elder["id_number"], item=FILED, seen="yes"
        )
        assert re.fullmatch(rf"{_DESK}/[0-9a-f-]{{36}}", officer.path), (
            f"{officer.path}: {officer.text[:600]}"
        )
        number = re.search(r"BB\d{8}[0-9A-F]{8}", officer.text)
        assert number, officer.text[:600]
        sheet = officer.client.get(f"{officer.path}/consent.pdf")
        assert sheet.content.startswith(b"%PDF"), sheet.text[:300]
        tour.keep("powers-8-consent.html", officer.html)
        (tour.papers / "powers-8-consent.pdf").write_bytes(sheet.content)
        officer.post("/signed")
        assert officer.status == 422 and "签名" in officer.text, officer.text[:600]
        officer.post("/signed", signed="yes")
        assert "窗口帮办" in officer.text, f"{officer.path}: {officer.text[:300]}"
        seen.append(f"{elder['name']}，同意书 {number[0]}")


def _files(tour: Tour, officer: Visitor, elder: dict[str, Any]) -> None:
    with tour.step("以老人的名义填报：登记信息已预填，提交，回执写明由谁帮办") as seen:
        officer.visit(f"/apply/{FILED}").post(f"/apply/{FILED}")
        tour.case = officer.path.rsplit("/", 1)[-1]
        assert elder["name"] in officer.html, officer.text[:600]
        answers = {
            "bank": "示范银行",
            "bank_account": "6222000000000000001",
            "phone": elder["lives_with"]["phone"],
            "helper_name": elder["lives_with"]["name"],
            "helper_phone": elder["lives_with"]["phone"],
            "declaration": "yes",
        }
        officer.post(tour.case, **answers, _go="check")
        assert officer.path.endswith("/check"), f"{officer.status} {officer.path}: {officer.text[:900]}"
        officer.post("/submit")
        assert officer.path == f"/my/cases/{tour.case}", f"{officer.path}: {officer.text[:300]}"
        assert "窗口帮办" in officer.text or "代办" in officer.text, officer.text[:600]
        tour.keep("powers-9-helped.html", officer.html)
        seen.append(f"办件 {tour.case[:8]}…")


def _ends(tour: Tour, officer: Visitor) -> None:
    with tour.step("结束帮办：回到窗口，老人的办件从此打不开") as seen:
        officer.post("/my/acting/switch", power="")
        assert officer.path == _DESK, f"{officer.path}: {officer.text[:300]}"
        assert officer.visit(f"/my/cases/{tour.case}").status in (403, 404), officer.text[:300]
        seen.append("下一位")
