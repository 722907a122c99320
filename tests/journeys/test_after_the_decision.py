"""After the decision: from the desk the officer suspends, resumes and revokes; whoever scans the code sees it."""

from __future__ import annotations

import re

import pytest

from tests.journeys.house import House
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]
REASON = "居住地址正在核实，暂停使用"


def licence_of(house: House, resident: Visitor) -> str:
    """The address of her licence once its card is made."""
    house.until(resident, "/my/licences", lambda page: "有效期至" in page.text, "the licence")
    found = re.search(r"/my/licences/[0-9a-f-]{36}", resident.html)
    assert found
    return found[0]


def verdict(house: House, token: str) -> str:
    return str(house.visitor().client.get(token, headers={"accept": "application/json"}).json()["verdict"])


def do(officer: Visitor, desk: str, words: str, reason: str = REASON) -> Visitor:
    """The link in the case's licence panel, the reason, the button."""
    link = re.search(rf'href="(/staff/licences/[^"]+)"[^>]*><span>{words}', officer.visit(desk).html)
    assert link, (words, officer.text)
    officer.visit(link[1])
    return officer.post(reason=reason)


def test_a_licence_is_suspended_resumed_and_revoked_from_the_desk(house: House) -> None:
    person, resident, case = house.submitted()
    officer = house.officer(person.district)
    desk = house.desk_path(resident, officer, case)
    officer.post("/recheck", to=f"{desk}/accept").post("/recheck", to=f"{desk}/approve")
    licence = licence_of(house, resident)
    token = resident.visit(f"{licence}/code").path
    assert verdict(house, token) == "valid"

    refused = do(officer, desk, "挂起证照", reason="短")
    assert refused.status == 422 and "5 至 200 个字" in refused.text and "短" in refused.text
    for words, expected, offered in (
        ("挂起证照", "suspended", {"resume", "cancel", "revoke"}),
        ("恢复证照", "valid", {"suspend", "cancel", "revoke"}),
        ("撤销证照", "revoked", set()),
    ):
        assert do(officer, desk, words).status == 200
        assert verdict(house, token) == expected
        assert REASON in officer.visit(desk).text
        assert set(re.findall(r"/staff/licences/[0-9a-f-]+/(\w+)", officer.html)) == offered
    assert REASON in resident.visit(licence).text
    other = house.officer("310115" if person.district != "310115" else "310104")
    assert other.visit(desk).status == 404
