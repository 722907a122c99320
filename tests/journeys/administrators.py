"""The three administrators of a house, come in by an authenticator, and somebody whom they let join."""

from __future__ import annotations

import base64
import re
from uuid import uuid4

from tests.journeys.house import DEMO_PASSWORD, House
from tongban import demo_staff
from tongban.identity.model import totp
from tongban.kit import clock
from tongban.kit.policy import Duty
from tongban.tour.visitor import Visitor


def administrator(house: House, account: str, phone: str) -> Visitor:
    """One of the three administrators, come in by an authenticator; later ones of a house by a recovery code."""
    house.a_minute_passes()
    page, after = house.visitor(), house.newest(phone)
    page.visit("/staff/login")
    page.post("/staff/login", account=account, password=DEMO_PASSWORD)
    if account in house._recovery:
        return page.post("/staff/login/totp", code=house._recovery[account].pop())
    page.post("/staff/login/code", code=house.message(phone, after))
    assert page.path == "/staff/account/totp", (page.status, page.path, page.text[:600])
    secret = base64.b32decode(page.html.split('scan__secret num">')[1].split("<")[0].replace(" ", ""))
    code = totp.hotp(secret, totp.step_at(clock.now()))
    page.post("/staff/account/totp", code=code, present=DEMO_PASSWORD)
    house._recovery[account] = re.findall(r"<li>([2-9A-Z]{5}-[2-9A-Z]{5})</li>", page.html)
    assert len(house._recovery[account]) == 10, page.text[:600]
    return page


def administrators(house: House) -> dict[Duty, Visitor]:
    """One of each."""
    return {
        duty: administrator(house, login, str(demo_staff.PHONES + place))
        for place, (login, _, duty) in enumerate(demo_staff._ADMINISTRATORS)
        if not login.endswith("-2")
    }


def joiner(three: dict[Duty, Visitor], district: str) -> dict[str, str]:
    """Somebody who is proposed for the police of the district: her account and what was asked for her."""
    page = three[Duty.SYSTEM_ADMIN].visit("/desk/staff/new")
    said = f"{uuid4().int % 10**8:08}"
    page.post(
        "/desk/staff/new",
        name="Lin Wei",
        username=f"joiner-{said}",
        phone=f"139{said}",
        reason="Order 7",
        **{"department": f"police-{district}", "duties-1": "examine"},
    )
    assert page.path.startswith("/desk/staff/"), page.text[:600]
    officer = page.path.rsplit("/", 1)[-1]
    page = three[Duty.SECURITY_ADMIN].visit(f"/desk/staff/{officer}")
    change = re.findall(r"/changes/([0-9a-f-]{36})", page.html)[0]
    return {"officer": officer, "change": change}
