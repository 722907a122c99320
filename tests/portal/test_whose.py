"""Whose things a page shows: one's own are mine, those of whom one acts for carry her name."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest

from tests import make
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.portal.test_for_whom import acting
from tongban.kit.acting import Errand
from tongban.kit.db import Database

pytestmark = pytest.mark.usefixtures("no_press")
#: What a guardian opens of a child's.
PAGES = (
    *("/my", "/my/cases", "/my/materials", "/my/licences", "/my/inbox", "/my/readings", "/my/data"),
    *("/my/data/erase", "/my/data/requests", "/my/data/wrong", "/account/consents", "/account/close"),
)
_NAMING = re.compile(
    r"<title>(.*?)</title>|<h1[^>]*>(.*?)</h1>|<h2[^>]*>(.*?)</h2>|"
    r'<nav class="(?:breadcrumbs|top__nav|dock)".*?>(.*?)</nav>',
    re.DOTALL,
)


def naming(page: str) -> str:
    """Titles, headings, breadcrumbs and tabs of a page, as they are read."""
    found = ["".join(one) for one in _NAMING.findall(page)]
    return re.sub(r"<[^>]+>|[\u2066-\u2069]", " ", " | ".join(found))


async def test_no_heading_calls_mine_what_is_anothers(
    web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    """In both languages; the principal is named in the heading, the breadcrumbs, or the line under it.

    How it can fail (tried): say 我的证照 of the principal's licences, in the heading or on a tab; leave `of_whom`
    away where somebody says what is wrong.
    """
    case = await make.submitted(city, other)
    for language, mine in (("zh", "我的"), ("en", r"\b[Mm]y\b")):
        web.cookies.set("tongban_language", language)
        await log_in(web, city, owner.actor)
        assert re.search(mine, naming((await web.get("/my/licences")).text))
        child = acting(other, owner, "guardian", None)
        await log_in(web, city, child)
        for path in (*PAGES, f"/my/cases/{case}", f"/my/data/decisions/{case}", "/"):
            answer = await web.get(path)
            assert answer.status_code == 200, f"{path}: {answer.text[:300]}"
            assert not re.search(mine, naming(answer.text)), f"{path}: {naming(answer.text)}"
            above, below = answer.text.split("<main", 1)[1].split("</h1>", 1)
            under = re.split(r"<a |<form|<button", below[:700])[
                0
            ]  # a link further down names nothing of the page
            assert child.name in above + under or path == "/", path


async def test_no_tab_leads_beyond_the_power(
    web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    """Licences are no item's: by a power for some items their tab is not offered, and asked for they are refused with
    the reason. By one that does not follow cases their tab and the messages are not; all are where the power reaches.

    How it can fail (tried): offer the tabs to everybody.
    """
    limited = acting(other, owner, "attorney", frozenset({"passport"}))
    await log_in(web, city, limited)
    home = (await web.get("/")).text
    assert 'href="/my/cases"' in home and 'href="/my/inbox"' in home
    assert 'href="/my/licences"' not in home and 'href="/my/readings"' not in home
    refused = await web.get("/my/licences")
    assert refused.status_code == 403 and "的授权只限于部分事项" in refused.text
    assert 'href="/my/licences"' not in refused.text and 'href="/my/cases"' in refused.text
    await log_in(web, city, acting(other, owner, "attorney", None))
    assert 'href="/my/licences"' in (await web.get("/")).text
    await log_in(web, city, acting(other, owner, "attorney", None, frozenset({Errand.APPLY})))
    for path in ("/", "/my", "/my/cases", "/no/such/page"):
        shown = (await web.get(path)).text
        for closed in ("/my/cases", "/my/inbox", "/my/licences"):
            assert f'href="{closed}"' not in shown, f"{path}: {closed}"


async def test_what_ends_the_acting_is_answered_in_nobodys_name(
    web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    """Sent twice at once one answer is in her own name, the other in nobody's: by API and page no header says for whom.

    How it can fail (tried): leave the visit's actor as the session had it that has just ended.
    """
    child = acting(other, owner, "guardian", None)
    for by_api in (True, False):
        web.cookies.clear()
        await log_in(web, city, child)
        token = (await web.get("/api/v1/session")).json()["csrf"]
        assert (await web.get("/api/v1/acting")).headers["tongban-acting-for"] == str(child.id)

        async def ends(by_api: bool = by_api, token: str = token) -> httpx.Response:
            if by_api:
                header = {"x-csrf-token": token}
                return await web.put("/api/v1/acting", json={"power": None}, headers=header)
            return await web.post("/my/acting/switch", data={"_csrf": token, "power": ""})

        both = await asyncio.gather(ends(), ends())
        assert sorted(one.status_code for one in both) == ([200, 401] if by_api else [303, 303])
        assert all("tongban-acting-for" not in one.headers for one in both), by_api
