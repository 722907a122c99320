"""After the decision: from the desk the officer suspends, resumes and revokes; whoever scans the code sees it."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from tests.journeys.house import ITEM, House
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
REASON = "居住地址正在核实，暂停使用"


def licence_of(house: House, resident: Visitor) -> str:
    """The address of her licence once its card is made."""
    house.until(resident, "/my/licences", lambda page: "有效期至" in page.text, "the licence")
    found = re.search(r"/my/licences/[0-9a-f-]{36}", resident.html)
    assert found
    return found[0]


def verdict(house: House, token: str) -> str:
    return str(house.visitor().client.get(token, headers={"accept": "application/json"}).json()["verdict"])


def closed(officer: Visitor, desk: str) -> Visitor:
    """A closed case laid open once more: a ground is asked first, each time."""
    officer.visit(desk)
    assert "监督检查、抽查" in officer.text and "证照标识" not in officer.text
    return officer.post(desk, ground="licence")


def do(officer: Visitor, desk: str, words: str, reason: str = REASON) -> Visitor:
    """The link in the case's licence panel, the reason, the button."""
    link = re.search(rf'href="(/staff/licences/[^"]+)"[^>]*><span>{words}', closed(officer, desk).html)
    assert link, (words, officer.text)
    officer.visit(link[1])
    ground = {"撤销证照": "deceit", "挂起证照": "withheld"}.get(words)
    return officer.post(reason=reason, **({"ground": ground, "heard": "heard"} if ground else {}))


def test_after_a_decision_the_desk_says_so_and_the_holder_is_led_to_her_licence(house: House) -> None:
    person, resident, case = house.submitted()
    officer = house.officer(person.district)
    desk = house.desk_path(resident, officer, case)
    assert "已受理，申请人会收到通知" in officer.post("/recheck", to=f"{desk}/accept").text
    assert "已准予" not in officer.visit(f"{desk}?did=approve").text
    officer.post("/recheck", to=f"{desk}/approve")
    assert "已准予，证照正在制作" in officer.text
    assert re.search(r'href="/desk(/[0-9a-f-]{36}){0,2}">(办下一件|回到待办)', officer.html)
    assert "示范市公安局" in officer.html.split("</header>")[0]
    licence = licence_of(house, resident)
    shown = f'class="btn btn--primary" href="{licence}"'
    house.until(resident, "/", lambda page: shown in page.html, "the licence on the home page")
    assert "去申领" not in resident.text
    progress = resident.visit(f"/my/cases/{case}").text
    assert "为什么是" not in progress
    assert "看我提交的内容" in progress and "邮寄到家" in progress and person["id_number"] not in progress
    house.until(resident, f"/my/cases/{case}", lambda page: "已办结" in page.text, "the end of the case")
    notice = resident.visit(f"/apply/{ITEM}")
    assert notice.status == 200 and f'href="{licence}"' in notice.html
    assert f'action="/apply/{ITEM}"' not in notice.html
    code = re.search(r"\b\d{19}\b", progress)
    assert code
    wide = code[0].translate({place: place + 0xFEE0 for place in range(0x30, 0x3A)})
    for typed in (wide, f"{code[0][:6]}\u3000{code[0][6:]}", f"{code[0][:6]}-{code[0][6:]}。"):
        assert officer.visit(f"/desk?q={quote(typed)}").path.startswith(desk), typed


def test_a_case_that_was_not_accepted_is_named_and_leads_to_the_next(house: House) -> None:
    person, resident, case = house.submitted()
    house.submitted(district=person.district)
    officer = house.officer(person.district)
    desk = house.desk_path(resident, officer, case)
    code = re.search(r"\b\d{19}\b", resident.text)
    assert code
    officer.post("/recheck", to=f"{desk}/decline", reason="居住地址不在本区，请向居住地申请。")
    assert officer.path == "/desk" and "已作出不予受理的决定" in officer.text
    assert f"受理编码 {code[0]}" in officer.text and "居住证申领·" in officer.text
    assert re.search(r'href="/desk(/[0-9a-f-]{36}){2}">办下一件', officer.html)
    # An address typed by hand claims nothing that is not so.
    another = house.officer("310115" if person.district != "310115" else "310104")
    for who, address in (
        (officer, "/desk?did=decline"),
        (officer, f"/desk?did=refuse&of={case}"),
        (officer, f"/desk?did=decline&of={case[:-12]}000000000000"),
        (another, f"/desk?did=decline&of={case}"),
    ):
        assert who.visit(address).status == 200
        assert "的决定，申请人会收到理由" not in who.text and code[0] not in who.text, address


def test_a_licence_is_suspended_resumed_and_revoked_from_the_desk(house: House) -> None:
    person, resident, case = house.submitted()
    officer = house.officer(person.district)
    desk = house.desk_path(resident, officer, case)
    officer.post("/recheck", to=f"{desk}/accept").post("/recheck", to=f"{desk}/approve")
    licence = licence_of(house, resident)
    token = resident.visit(f"{licence}/code").path
    assert verdict(house, token) == "valid"
    house.until(resident, f"/my/cases/{case}", lambda page: "已办结" in page.text, "the end of the case")
    assert "请选择事由" in officer.visit(desk).post(desk).text

    refused = do(officer, desk, "挂起证照", reason="短")
    assert refused.status == 422 and "5 至 200 个字" in refused.text and "短" in refused.text
    for words, expected, offered in (
        ("挂起证照", "suspended", {"resume", "cancel", "retract", "revoke"}),
        ("恢复证照", "valid", {"suspend", "cancel", "retract", "revoke"}),
        ("撤销证照", "revoked", {"cancel"}),  # 行政许可法 art. 70(4)
    ):
        told = do(officer, desk, words)
        assert told.path == "/desk/done" and "持证人会收到通知和理由" in told.text
        assert verdict(house, token) == expected
        assert REASON in closed(officer, desk).text
        assert set(re.findall(r"/staff/licences/[0-9a-f-]+/(\w+)", officer.html)) == offered
    assert REASON in resident.visit(licence).text
    assert "不能再使用" in resident.text and "行政复议" in resident.text
    assert "与签名不符" not in resident.text, "ended by the issuer is not altered by somebody"
    assert "办结后再次查看：变更、挂起或者注销证照" in resident.visit("/my/readings").text
    other = house.officer("310115" if person.district != "310115" else "310104")
    assert other.visit(desk).status == 404
