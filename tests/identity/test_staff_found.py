"""Staff found by name, in one department or in all, a page at a time."""

from __future__ import annotations

import re

import pytest

from tests.identity.conftest import SECRET
from tests.identity.pages import words
from tests.identity.staffing import OTHER, POLICE, Staff
from tongban import identity
from tongban.identity.actions import staffing
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.web.paging import cursor

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


async def test_an_administrator_finds_by_name_and_pages_through(
    staff: Staff, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one department or in all, however many a page looks through; a head finds her own department's, whatever the
    address says.

    How it can fail (tried): without the lower bound of ``department`` (a made-up place shows a head another's staff);
    with the place of the last one found where the look went further (the second page begins anew); with ``SEARCHED``
    accounts and no more; without ``department = actor.department``.
    """
    await staff.be("sys")
    many = [
        identity.DemoOfficer(f"window-{place:03}", f"窗口{place:03}", POLICE, f"138001{place:05}", ())
        for place in range(60)
    ]
    await identity.load_demo(db, [], many, password=SECRET, now=clock.now())
    found = words(await staff.client.get(f"/desk/staff?department={POLICE}&q=窗口047"))
    assert "窗口047" in found and "窗口048" not in found
    for wanted in (f"department={POLICE}", "q=window-", "q=窗 口0"):
        first, second = await _pages(staff, f"/desk/staff?{wanted}")
        names = [set(re.findall(r"window-\d+", one)) for one in (first, second)]
        assert len(names[0] | names[1]) == 60 and not names[0] & names[1], wanted
    everybody = words(await staff.client.get("/desk/staff?q=示例"))
    assert all(f"示例{name}" in everybody for name in ("aud", "head", "other-head")), "of all departments"
    monkeypatch.setattr(staffing, "SEARCHED", 20)
    shown = await _pages(staff, "/desk/staff?q=窗口059")
    assert len(shown) > 3 and ["window-059" in one for one in shown].count(True) == 1
    assert "还没有找到" in shown[1] and "继续查找" in shown[1]
    await staff.be("other-head")
    for address in ("all&q=示例", f"all&after={cursor('staff', ('', ''))}"):
        told = words(await staff.client.get(f"/desk/staff?department={address}"))
        assert "示例other-head" in told and "示例zhou" not in told and "示例sys" not in told
    other = await identity.actor_of(db, kind="username", value="other-head")
    listed = await staffing.listed_staff(db, other, department=None)
    assert {one.powers.department for one in listed.officers} == {OTHER}


async def _pages(staff: Staff, address: str) -> list[str]:
    """The words of a list's pages, each by the link of the one before."""
    shown = [await staff.client.get(address)]
    while following := re.search(r'href="([^"]+after=[^"]+)"', shown[-1].text):
        shown.append(await staff.client.get(following[1].replace("&amp;", "&")))
    return [words(one) for one in shown]
