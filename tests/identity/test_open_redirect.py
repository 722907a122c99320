"""Where a page sends its visitor on: no address that a request names leads off this site (open redirect)."""

from __future__ import annotations

import html
import inspect
import re
import sys
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit
from uuid import UUID

import pytest

from tests.identity.conftest import Client, Register, logged_in, with_account
from tests.identity.pages import fields_of
from tests.identity.staffing import Staff
from tongban import rooms
from tongban.identity import pages
from tongban.kit.db import Database
from tongban.kit.web import preferences

pytestmark = [pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")]

HERE = "http://testserver.local"
#: An id that nothing has.
NOBODY = UUID("01993074-5138-7000-8000-000000000000")
#: By these names a request says where it wants to go on.
NAMES = ("next", "back")
ELSEWHERE = (
    "//evil.example/x",
    "\\\\evil.example/x",
    "/\\evil.example/x",
    "///evil.example/x",
    "/\t/evil.example/x",
    "/\n/evil.example/x",
    "/%2F/evil.example/../x\r\nlocation: //evil.example/x",
    "https://evil.example/x",
    "https:evil.example/x",
    "javascript:alert('evil.example')",
    f"{HERE}@evil.example/x",
    "/@evil.example\\@x",
)
_ADDRESS = re.compile(r'(?:href|action|formaction)="([^"]*)"|name="(?:next|back)"[^>]*value="([^"]*)"')


def addresses(answer: Any) -> list[str]:
    """Every address that an answer leads to: by itself, by its links and forms, by what a form carries on."""
    found = [one or two for one, two in _ADDRESS.findall(answer.text)]
    return [html.unescape(one) for one in found] + [answer.headers.get("location", "")]


def leads_away(address: str) -> bool:
    """As a browser reads it: tabs and newlines are dropped, backslashes are slashes (WHATWG URL)."""
    read = address.translate({9: None, 10: None, 13: None}).replace("\\", "/")
    there = urlsplit(urljoin(f"{HERE}/now", read))
    return "evil.example" in there.netloc or there.scheme not in ("http", "https", "mailto", "tel")


async def ask(client: Client, method: str, path: str, wanted: str, token: str) -> Any:
    given = dict.fromkeys(NAMES, wanted)
    if method == "GET":
        return await client.get(path, params=given, follow_redirects=False)
    return await client.post(path, data={**given, "_csrf": token}, follow_redirects=False)


def handlers() -> list[Any]:
    return [*pages.routes, *preferences.routes]


def routes() -> list[tuple[str, str]]:
    """The room's routes and those of the frame, with an id that nothing has; who leaves by one of them leaves last."""
    found = [
        (method, re.sub(r"\{\w+:\w+\}", str(NOBODY), path))
        for handler in handlers()
        for path in sorted(handler.paths)
        for method in sorted(handler.http_methods & {"GET", "POST"})
        if not path.startswith("/api/")
    ]
    return sorted(found, key=lambda one: "logout" in one[1])


def goes_to(address: str, place: str) -> bool:
    """Whether an address is this place or carries it on, deeper than the frame's own links to the page itself do."""
    there = urlsplit(address)
    carried = parse_qs(there.query)
    return there.path == place or any(
        one.startswith(place) for name in NAMES for one in carried.get(name, ())
    )


#: As whom the routes are asked, and how many take an address then.
TAKING = {"visitor": 10, "resident": 8, "sys": 6}


@pytest.mark.parametrize("who", TAKING)
async def test_no_address_that_a_request_names_leads_off_this_site(
    staff: Staff, db: Database, register: Register, who: str
) -> None:
    """Routes that take one are found by asking each for a place of ours. Seen to fail with ``local_path`` letting a
    second slash through, and with a link of the frame that goes to ``back`` as it comes."""
    assert register is not None
    client = staff.client
    client.cookies.clear()
    if who == "resident":
        await with_account(db)
        shown = await logged_in(client, db, "/login?next=/my/acting")
        token = fields_of(shown.text, "/logout")["_csrf"]
    elif who == "visitor":
        token = fields_of((await client.get("/login")).text, "/login")["_csrf"]
    else:
        await staff.be(who)
        token = re.findall(r'name="_csrf" value="([^"]+)"', (await client.get("/staff/account")).text)[0]
    taking = []
    for method, path in routes():
        answer = await ask(client, method, path, "/probe-4711", token)
        if any(goes_to(one, "/probe-4711") for one in addresses(answer)):
            taking.append((method, path))
    assert len(taking) >= TAKING[who], taking
    assert {("GET", f"/preferences/{what}") for what in ("language", "theme", "elder")} <= set(taking)
    wrong = [
        (method, path, wanted, one)
        for method, path in taking
        for wanted in ELSEWHERE
        for one in addresses(await ask(client, method, path, wanted, token))
        if leads_away(one)
    ]
    assert wrong == []


#: How a handler reads where to go on: a parameter of its own, or a field of the form or the address.
_READS = re.compile(
    r"""(?:get\(|\[)["'](?:next|back)["']|\b(?:next|back|next_path): str[,)=]|local_path\(|Onward\.of"""
)


def readers(some: Iterable[Any]) -> set[str]:
    """The modules of handlers that read it."""
    modules = {inspect.unwrap(one.fn).__module__ for one in some}
    return {name for name in modules if _READS.search(inspect.getsource(sys.modules[name]))}


def test_no_other_room_takes_an_address() -> None:
    """Only these routes need to be asked: a page of another room that reads ``next`` or ``back`` would be found here.
    Seen to fail with such a page in the portal."""
    asked = readers(handlers())
    assert {"tongban.identity.pages.acting", "tongban.kit.web.preferences"} <= asked
    assert readers([*rooms.routes(), *preferences.routes]) - asked == set()
