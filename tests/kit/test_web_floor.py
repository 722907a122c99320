"""The web floor over HTTP: headers, cookies, language, CSRF, limits, and refusals in both formats."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Request, get, post
from litestar.testing import AsyncTestClient

from tests.conftest import CITY
from tongban.kit import clock
from tongban.kit.db import Database, Part, connect, write
from tongban.kit.errors import Invalid
from tongban.kit.i18n import N_
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor, Policy, Relation, Role, Rule
from tongban.kit.web import floor, form_of, idempotency_key, plug_templates, public, visit
from tongban.kit.web.assets import assets, static
from tongban.kit.web.csrf import HEADER, token
from tongban.kit.web.paging import MOST, USUAL, Limit
from tongban.kit.web.sessions import opening_session
from tongban.regions import city_of

# Litestar 2 warns of the injection that its third version drops; the pin is below 3.
pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")

Client = AsyncTestClient[Any]
RESIDENT = Actor(Role.RESIDENT, new_id(5), "陈**", level=1)
POLICY = Policy(
    [
        *public.POLICY.rules,
        *(Rule("t.open", role, Relation.ANY) for role in (Role.VISITOR, Role.RESIDENT)),
        Rule("t.mine", Role.RESIDENT, Relation.OWN),
        Rule("t.desk", Role.OFFICER, Relation.DEPARTMENT),
    ]
)


@get("/t/token", who="t.open")
async def shown_token() -> str:
    """A page with a form in it."""
    return token()


@post(["/t/form", "/t/mine/x/form"], who="t.open", status_code=200)
async def posted(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """A form's target."""
    return {"form": await form_of(request), "key": await idempotency_key(request)}


@post("/t/mine/{key:uuid}/word", who="t.open")
async def word(key: UUID) -> str:
    """A form's target whose address names a record."""
    return str(key)


@post("/api/v1/t/change", who="t.open", status_code=204)
async def change() -> None:
    """A program's target."""


@get("/t/mine", who="t.mine")
async def mine(actor: Actor) -> str:
    """A page for residents."""
    return str(actor.id)


@get("/t/desk", who="t.desk")
async def desk() -> str:
    """A page for officers."""
    return "desk"


@get(["/t/refused", "/api/v1/t/refused"], who="t.open")
async def refused() -> str:
    """Somebody's refusal."""
    raise Invalid("t-refused", N_("有内容需要更正，请按提示修改后再继续。"), fields={"x": N_("请先登录")})


@get(["/t/bug", "/api/v1/t/bug"], who="t.open")
async def bug() -> str:
    """A bug with something secret in its words."""
    raise ValueError("340321199305189026")


@get(["/t/numbers", "/api/v1/t/numbers"], who="t.open")
async def numbers(limit: int = 1) -> str:
    """A page with a parameter."""
    return str(limit)


@get("/api/v1/t/rows", who="t.open")
async def rows(limit: Limit = USUAL, tail: int = 0) -> str:
    """A list."""
    return str(limit + tail)


@get("/t/address", who="t.open")
async def address() -> str:
    """Where the visitor comes from."""
    return visit().address


@asynccontextmanager
async def running_at(dsn: str, **more: Any) -> AsyncIterator[Client]:
    """The floor with this file's routes."""
    plug_templates([], city=city_of(CITY))

    async def nothing(_: Database) -> None:
        return None

    app = floor.build(
        [shown_token, posted, word, change, mine, desk, refused, bug, numbers, rows, address],
        policy=POLICY,
        opening=lambda: connect(dsn, size=3),
        ready=nothing,
        **more,
    )
    async with AsyncTestClient(app, raise_server_exceptions=False) as running:
        yield running


@pytest.fixture
async def client(db: Database, dsn: str) -> AsyncIterator[Client]:
    async with running_at(dsn) as running:
        yield running


async def log_in(client: Client, db: Database, actor: Actor = RESIDENT) -> None:
    cookie, part = opening_session(actor, now=clock.now())
    await write(db, Part("SELECT 1 AS one"), part)
    client.cookies.set("tongban_session", cookie)


async def test_every_answer_carries_the_headers(client: Client) -> None:
    for path in ("/t/token", "/t/refused", "/no/such/page", "/t/bug", "/livez"):
        headers = (await client.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert len(headers["x-trace-id"]) == 16


async def test_no_page_of_the_floor_has_inline_script_or_style(client: Client) -> None:
    for path in ("/t/refused", "/no/such/page", "/t/bug"):
        text = (await client.get(path)).text
        assert "<script>" not in text and "style=" not in text and "onclick" not in text


async def test_cookies_are_closed_to_scripts_and_other_sites(client: Client) -> None:
    made = (await client.get("/t/token")).headers["set-cookie"]
    assert made.startswith("tongban_visitor=") and "HttpOnly" in made and "SameSite=Lax" in made
    assert "Secure" not in made, "over http no browser would keep it"
    assert "strict-transport-security" not in (await client.get("/t/token")).headers


async def test_where_the_public_address_is_https_nothing_travels_in_the_open(db: Database, dsn: str) -> None:
    async with running_at(dsn, secure=True) as client:
        for path in ("/t/token", "/preferences/theme?to=dark"):
            answer = await client.get(path, follow_redirects=False)
            assert answer.headers["set-cookie"].endswith("; Secure")
            assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_an_odd_cookie_of_another_program_logs_nobody_out(client: Client, db: Database) -> None:
    cookie, part = opening_session(RESIDENT, now=clock.now())
    await write(db, Part("SELECT 1 AS one"), part)
    line = f'state={{"a":1}}; é=名; tongban_session={cookie}; b[c]=d'.encode()
    assert (await client.get("/t/mine", headers={b"cookie": line})).text == str(RESIDENT.id)


async def test_only_a_proxy_of_ours_says_whom_it_speaks_for(client: Client, db: Database, dsn: str) -> None:
    said = {"x-forwarded-for": "198.51.100.1"}
    own = (await client.get("/t/address")).text
    assert (await client.get("/t/address", headers=said)).text == own
    async with running_at(dsn, proxies=[ip_network("10.0.0.0/8")]) as trusting:
        for client_address, visitor in (("10.0.0.9", "198.51.100.1"), ("192.0.2.1", "192.0.2.1")):
            way = httpx.ASGITransport(trusting.app, client=(client_address, 1))
            async with httpx.AsyncClient(transport=way, base_url="http://t.example") as browser:
                assert (await browser.get("/t/address", headers=said)).text == visitor


async def test_head_is_answered_as_get_without_a_body(client: Client) -> None:
    for path in ("/t/token", "/t/refused", "/no/such/page", "/livez", static("app.css")):
        got, asked = await client.get(path), await client.head(path)
        assert asked.status_code == got.status_code and asked.content == b""
        assert asked.headers["content-type"] == got.headers["content-type"]
    assert (await client.head("/t/form")).status_code == 405


async def test_a_wrong_method_is_told_the_right_ones(client: Client) -> None:
    assert (await client.get("/t/form")).headers["allow"] == "OPTIONS, POST"
    assert (await client.post("/api/v1/t/numbers")).headers["allow"] == "OPTIONS, GET, HEAD"


async def test_a_wrong_parameter_is_named(client: Client) -> None:
    told = await client.get("/api/v1/t/numbers?limit=abc")
    assert told.status_code == 400 and told.json()["type"] == "/problems/parameters-wrong"
    assert "limit" in told.json()["detail"] and list(told.json()["fields"]) == ["limit"]
    shown = await client.get("/t/numbers?limit=abc")
    assert shown.status_code == 400 and "limit" in shown.text


async def test_a_limit_out_of_its_bounds_is_told_them(client: Client) -> None:
    for wrong in ("-5", "0", "101", "abc", "1.5"):
        told = (await client.get(f"/api/v1/t/rows?limit={wrong}")).json()
        assert f"limit 应为 1 至 {MOST} 的整数" in told["detail"]
        assert told["fields"] == {"limit": told["detail"]}
    both = (await client.get("/api/v1/t/rows?limit=-5&tail=x")).json()
    assert "limit" in both["detail"] and "tail" in both["detail"]
    assert "1 至 100" in both["fields"]["limit"] and "1 至 100" not in both["fields"]["tail"]


async def test_an_asset_is_kept_as_long_as_its_address_names_its_content(client: Client) -> None:
    address = static("app.js")
    good = await client.get(address)
    assert good.headers["cache-control"] == "public, max-age=31536000, immutable"
    for other in ("/static/app.js", "/static/app.js?v=0123456789ab"):
        assert (await client.get(other)).headers["cache-control"] == "public, max-age=300"
    again = await client.get(address, headers={"if-none-match": good.headers["etag"]})
    assert again.status_code == 304 and again.content == b""
    for name in ("nothing.css", "x" * 3000, "..%2f..%2fapp.py"):
        assert (await client.get(f"/static/{name}")).status_code == 404


async def test_an_asset_travels_packed_and_a_page_does_not(client: Client) -> None:
    packed = await client.get(static("app.css"), headers={"accept-encoding": "gzip"})
    plain = await client.get(static("app.css"), headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert packed.content == plain.content == assets()["app.css"].plain
    assert int(packed.headers["content-length"]) * 2 < len(plain.content)
    page = await client.get("/t/refused", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in page.headers


async def test_the_language_is_asked_for_or_remembered(client: Client) -> None:
    assert 'lang="zh' in (await client.get("/t/refused")).text
    assert 'lang="en' in (await client.get("/t/refused?lang=en")).text
    answer = await client.get("/preferences/language?to=en&back=/t/refused", follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"] == "/t/refused"
    assert 'lang="en' in (await client.get("/t/refused")).text
    away = await client.get("/preferences/language?to=zh&back=//evil.example", follow_redirects=False)
    assert away.headers["location"] == "/"


async def test_a_form_needs_its_token(client: Client) -> None:
    good = (await client.get("/t/token")).text
    assert (await client.post("/t/form", data={"_csrf": good, "a": "b"})).json()["form"]["a"] == "b"
    assert (await client.post("/t/form", data={"a": "b"}, headers={"x-csrf-token": good})).status_code == 200
    for data in ({}, {"_csrf": ""}, {"_csrf": good[:-1]}, {"_csrf": good + "0"}, {"_csrf": "不是"}):
        answer = await client.post("/t/form", data=data)
        assert answer.status_code == 403 and "这个页面已过期" in answer.text


async def test_a_program_without_its_token_is_told_where_to_get_it(client: Client) -> None:
    wanted = {"accept": "application/json"}
    for path, headers in (("/api/v1/t/change", {}), ("/t/form", wanted), ("/t/form", wanted | {HEADER: "x"})):
        answer = await client.post(path, headers=headers)
        told = answer.json()
        assert answer.status_code == 403 and told["type"] == "/problems/stale-form"
        assert "X-CSRF-Token" in told["detail"] and "GET /api/v1/session" in told["detail"]
        assert "上一页" not in told["detail"]


async def test_another_browsers_token_is_no_good(client: Client, db: Database) -> None:
    as_visitor = (await client.get("/t/token")).text
    await log_in(client, db)
    assert (await client.post("/t/form", data={"_csrf": as_visitor})).status_code == 403
    own = (await client.get("/t/token")).text
    assert (await client.post("/t/form", data={"_csrf": own})).status_code == 200


async def test_who_may_come_in(client: Client, db: Database) -> None:
    sent = await client.get("/t/mine?a=1", follow_redirects=False)
    assert sent.status_code == 303 and sent.headers["location"] == "/login?next=%2Ft%2Fmine%3Fa%3D1"
    assert (
        (await client.get("/t/desk", follow_redirects=False)).headers["location"].startswith("/staff/login")
    )
    await log_in(client, db)
    assert (await client.get("/t/mine")).text == str(RESIDENT.id)
    assert (await client.get("/t/desk")).status_code == 403


async def test_a_route_that_would_go_round_the_gate_is_not_built(dsn: str) -> None:
    async def nothing(_: Any) -> None: ...

    @get("/t/ungated", who="t.desk", before_request=nothing)
    async def ungated() -> str:
        """Nobody asks who comes in."""
        return ""

    async def as_it_is(response: Any) -> Any:
        return response

    @get("/t/unnoted", who="t.desk", after_request=as_it_is)
    async def unnoted() -> str:
        """Nobody writes down what an agent reads."""
        return ""

    for route in (ungated, unnoted):
        with pytest.raises(RuntimeError, match=f"/t/{route.fn.__name__}"):
            floor.build([route], policy=POLICY, opening=lambda: connect(dsn, size=1), ready=nothing)


async def test_a_session_costs_the_page_no_statement(client: Client, db: Database) -> None:
    await log_in(client, db)
    counted = client.app.state.db.count  # type: ignore[attr-defined]
    await client.get("/t/mine")
    assert client.app.state.db.count == counted  # type: ignore[attr-defined]


@pytest.mark.parametrize("cookie", ["x", "a" * 5000, "%00", '"', "tongban_session=1", "=;=;"])
async def test_a_broken_cookie_is_a_visitor(client: Client, cookie: str) -> None:
    answer = await client.get("/t/token", headers={"cookie": f"tongban_session={cookie}"})
    assert answer.status_code == 200


async def test_refusals_as_page_and_as_problem_json(client: Client) -> None:
    shown = await client.get("/t/refused")
    assert shown.status_code == 422 and "有内容需要更正" in shown.text
    told = await client.get("/api/v1/t/refused")
    assert told.status_code == 422 and told.headers["content-type"].startswith("application/problem+json")
    body = told.json()
    assert body["type"] == "/problems/t-refused" and body["fields"] == {"/x": "请先登录"}
    assert body["trace"] == told.headers["x-trace-id"]
    assert (await client.get("/t/refused", headers={"accept": "application/json"})).json()["status"] == 422


async def test_a_bug_shows_nothing_of_itself(client: Client) -> None:
    for path in ("/t/bug", "/api/v1/t/bug"):
        answer = await client.get(path)
        assert answer.status_code == 500
        assert "340321199305189026" not in answer.text and "ValueError" not in answer.text
        assert answer.headers["x-trace-id"] in answer.text


async def test_unknown_addresses_and_wrong_methods_have_our_page(client: Client) -> None:
    """How it can fail (tried): take every address that a method is wrong for as one that there is."""
    assert "没有找到这个页面" in (await client.get("/no/such/page")).text
    wrong = await client.get("/t/form")
    assert wrong.status_code == 405
    assert "这个地址不接受这种请求" in wrong.text and "没有找到这个页面" not in wrong.text
    browser = {"accept": "text/html,*/*;q=0.8"}
    assert (await client.get("/t/form", headers=browser)).status_code == 405, "no page stands above it"
    led = await client.get("/t/mine/x/form?show=all", headers=browser, follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (303, "/t/mine?show=all")
    for other in ({"accept": "application/json"}, {}):
        assert (await client.get("/t/mine/x/form", headers=other)).status_code == 405
    assert (await client.put("/t/mine/x/form", headers=browser)).status_code == 405
    for method in ("GET", "PUT"):
        for headers in (browser, {"accept": "application/json"}, {}):
            lost = await client.request(method, "/t/mine/xx/word", headers=headers, follow_redirects=False)
            assert lost.status_code == 404, "no method takes an id of this form"
    known = await client.put(f"/t/mine/{new_id(5)}/word", headers=browser)
    assert (known.status_code, known.headers["allow"]) == (405, "OPTIONS, POST")
    assert (await client.post("/api/v1/t/numbers")).json()["title"] == "这个地址不接受这种请求"
    told = (await client.get("/api/v1/no")).json()
    assert told["status"] == 404 and "接口" in told["detail"] and "入口" not in told["detail"]
    assert "Allow" in (await client.post("/api/v1/t/numbers")).json()["detail"]


async def test_too_large_a_body_is_refused(client: Client) -> None:
    good = (await client.get("/t/token")).text
    answer = await client.post("/t/form", data={"_csrf": good, "a": "x" * 1_100_000})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("key", "status"), [("k" * 8, 200), ("k" * 7, 422), ("k" * 129, 422), ("a b c d e f", 422)]
)
async def test_an_idempotency_key_has_a_form(client: Client, key: str, status: int) -> None:
    good = (await client.get("/t/token")).text
    by_field = await client.post("/t/form", data={"_csrf": good, "_key": key})
    by_header = await client.post("/t/form", data={"_csrf": good}, headers={"idempotency-key": key})
    assert by_field.status_code == by_header.status_code == status
    if status == 200:
        assert by_field.json()["key"] == by_header.json()["key"] == key


async def test_health(client: Client) -> None:
    assert (await client.get("/livez")).json() == {"status": "alive"}
    assert (await client.get("/readyz")).json() == {"status": "ready"}
