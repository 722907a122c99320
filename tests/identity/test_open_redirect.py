"""Where a page sends its visitor on: no address that a request names leads off this site (open redirect)."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from tests.identity.conftest import Client, Register, logged_in, with_account
from tests.identity.pages import fields_of
from tongban.identity import pages
from tongban.kit.db import Database

pytestmark = [pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")]

HERE = "http://testserver.local"
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


def routes() -> list[tuple[str, str]]:
    """The room's routes without an id in their address; who leaves by one of them is not asked."""
    return [
        (method, path)
        for handler in pages.routes
        for path in sorted(handler.paths)
        for method in sorted(handler.http_methods & {"GET", "POST"})
        if "{" not in path and not path.startswith("/api/") and "logout" not in path
    ]


@pytest.mark.parametrize("as_resident", [False, True])
async def test_no_address_that_a_request_names_leads_off_this_site(
    client: Client, db: Database, register: Register, as_resident: bool
) -> None:
    """Routes that take one are found by asking each for a place of ours. Seen to fail with ``local_path`` letting a
    second slash through."""
    assert register is not None
    await with_account(db)
    if as_resident:
        shown = await logged_in(client, db, "/login?next=/my/acting")
        token = fields_of(shown.text, "/logout")["_csrf"]
    else:
        token = fields_of((await client.get("/login")).text, "/login")["_csrf"]
    taking = []
    for method, path in routes():
        answer = await ask(client, method, path, "/probe-4711", token)
        if any("probe-4711" in one for one in addresses(answer)):
            taking.append((method, path))
    assert len(taking) >= (4 if as_resident else 6), taking
    wrong = [
        (method, path, wanted, one)
        for method, path in taking
        for wanted in ELSEWHERE
        for one in addresses(await ask(client, method, path, wanted, token))
        if leads_away(one)
    ]
    assert wrong == []
