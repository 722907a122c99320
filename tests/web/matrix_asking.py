"""How the matrix asks a route of the house, and what came, in the words of the policy table."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from uuid import uuid4

import httpx

from tests.journeys.house import House
from tests.journeys.sessions import newest
from tests.web.matrix import PARAMETER, Route
from tongban.kit.web.visit import SESSION_COOKIE, VISITOR_COOKIE
from tongban.tour.visitor import Visitor

#: What a browser says of another site's page that has the token; and a form with files of another session.
FOREIGN: tuple[tuple[dict[str, str], bool], ...] = (
    ({"sec-fetch-site": "cross-site"}, True),
    ({"origin": "https://evil.example"}, True),
    ({"content-type": "multipart/form-data; boundary=b"}, False),
)


def seen(answer: httpx.Response) -> str:
    """What came: in, log in first, not for you, not yours to know of; else the status of what should not be."""
    to = answer.headers.get("location", "")
    asked = answer.status_code == 303 and re.match(r"(/staff)?/login\?next=", to)
    if asked or (answer.status_code == 401 and "www-authenticate" not in answer.headers):
        return "log in"
    if answer.status_code in (403, 404):
        return {403: "forbidden", 404: "unknown"}[answer.status_code]
    return "in" if answer.status_code < 500 and answer.status_code != 405 else str(answer.status_code)


def said(answer: httpx.Response) -> str:
    """The words of a page, or of a problem."""
    if re.search(r"[/+]json\b", answer.headers.get("content-type", "")):
        return json.dumps(answer.json(), ensure_ascii=False)
    return html.unescape(answer.text)


#: The token of each session, and of each visitor, once its page has been read: it hangs on the cookie alone.
_tokens: dict[tuple[str, str], str] = {}


def token_of(person: Visitor) -> str:
    """The CSRF token of her session, from the form that each page for her role carries."""
    session, visitor = (newest(person, one) for one in (SESSION_COOKIE, VISITOR_COOKIE))
    if (session, visitor) not in _tokens:
        page = person.client.get("/" if session else "/enrol/waiting")
        found = re.search(r'name="_csrf" value="([^"]+)"', page.text)
        assert found, page.text[:600]
        session, visitor = (newest(person, one) for one in (SESSION_COOKIE, VISITOR_COOKIE))
        _tokens[session, visitor] = found[1]
    return _tokens[session, visitor]


def ask(
    person: Visitor,
    route: Route,
    names: dict[str, str],
    *,
    headers: dict[str, str] | None = None,
    **fields: str,
) -> httpx.Response:
    address = PARAMETER.sub(lambda found: names[found[1]], route.path)
    if "/uploads" in route.path:
        tus = {"tus-resumable": "1.0.0", "upload-offset": "0", "x-csrf-token": fields.get("_csrf", "")}
        tus["idempotency-key"] = str(uuid4())
        tus |= {"content-type": "application/offset+octet-stream"} if route.method == "PATCH" else {}
        tus |= headers or {}
        return person.client.request(route.method, address, headers=tus, follow_redirects=False)
    if not route.unsafe:
        return person.client.get(address, follow_redirects=False)
    if route.path.startswith("/api/"):
        own = {"x-csrf-token": fields.get("_csrf", ""), "idempotency-key": str(uuid4()), "if-match": "*"}
        own |= headers or {}
        named = {"name": "a.pdf"} if "{field:" in route.path else {}
        return person.client.request(route.method, address, json={}, headers=own, params=named)
    if "content-type" in (headers or {}):
        part = f'--b\r\ncontent-disposition: form-data; name="_csrf"\r\n\r\n{fields["_csrf"]}\r\n--b--\r\n'
        return person.client.post(address, content=part, headers=headers, follow_redirects=False)
    token = {"x-csrf-token": fields.get("_csrf", "")} | (headers or {})
    return person.client.post(address, data=fields, headers=token, follow_redirects=False)


#: What the house does by itself, whatever is asked: the outbox is drained, the ledger sealed, timers ring.
_BY_ITSELF = frozenset(
    {"audit.seal_block", "audit.seal_tip", "kit.session", "kit.outbox", "kit.timer", "exchange.call"}
)
#: Every table with a bucket; of a partitioned one the whole.
_TABLES = """SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'bucket' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg%'"""


def kept_in(house: House, buckets: Iterable[int]) -> dict[str, tuple[int, int]]:
    """All that is kept in these buckets, a number and a sum for each table; of the ledger, to which the house adds
    seals by itself, the number."""
    names = sorted({row["name"] for row in house.sql(_TABLES)} - _BY_ITSELF)
    each = [
        f"SELECT '{name}' AS name, count(*) AS rows, "
        + ("0" if name == "audit.ledger" else "coalesce(sum(hashtext(t::text)), 0)")
        + f"::bigint AS sum FROM {name} t WHERE bucket = ANY($1)"
        for name in names
    ]
    found = house.sql(" UNION ALL ".join(each), sorted(set(buckets)))
    return {row["name"]: (row["rows"], row["sum"]) for row in found}
