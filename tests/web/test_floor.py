"""What every answer carries and what the web floor refuses, over HTTP against the running house."""

from __future__ import annotations

import re
import socket
import time
from http.cookies import SimpleCookie
from urllib.parse import quote, urlsplit

import httpx
import pytest

from tests.journeys.house import ITEM, PASSWORD, House
from tongban.kit.web.keeping import KEPT_BODY_BYTES
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def somebody(house: House) -> Visitor:
    """A resident who is logged in."""
    return house.enrol(house.person())


ADDRESSES = (
    *(
        "/",
        "/search?q=居住证",
        f"/items/{ITEM}",
        "/login",
        "/enrol",
        "/staff/login",
        "/verify",
        "/verify/xyz",
    ),
    *("/my", "/desk", "/nothing-here", "/items/nothing", "/livez", "/.well-known/jwks.json", "/api/v1/cases"),
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_has_the_security_headers(house: House, address: str) -> None:
    answer = httpx.get(house.base + address)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'")
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy and "object-src 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "permissions-policy" in answer.headers and answer.headers["x-trace-id"]
    if not address.startswith("/.well-known"):
        assert "no-store" in answer.headers["cache-control"]
    assert len(answer.headers.get_list("content-security-policy")) == 1


STRANGE = (
    "%00",
    "a%00b",
    "居住证%00",
    "x" * 3000,
    "😀" * 300,
    "%ff%fe",
    "..%2f..%2fetc%2fpasswd",
    "%0d%0aX: y",
)


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize(
    "folder",
    ["/items/", "/apply/", "/api/v1/items/", "/static/", "/verify/", "/my/licences/", "/no/", "/search?q="],
)
def test_a_strange_address_is_an_answer_and_no_fault(
    house: House, somebody: Visitor, folder: str, name: str
) -> None:
    address = house.base + folder + name
    for answer in (httpx.get(address), somebody.client.get(address, follow_redirects=False)):
        assert answer.status_code < 500, answer.text[:300]
        assert answer.headers["x-trace-id"]


def test_static_files_may_be_kept_and_pages_hold_no_inline_code(house: House) -> None:
    page = httpx.get(f"{house.base}/items/{ITEM}").text
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\sstyle=|\son\w+=\"|javascript:", page)
    assets = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert assets
    for asset in set(assets):
        answer = httpx.get(house.base + asset.partition("#")[0])
        assert answer.status_code == 200 and "set-cookie" not in answer.headers
        assert "no-store" not in answer.headers.get("cache-control", "")


def test_cookies_are_for_the_server_only(house: House) -> None:
    given: dict[str, str] = {}
    with httpx.Client(base_url=house.base) as client:
        for address in (
            "/login",
            "/preferences/language?to=en",
            "/preferences/theme?to=dark",
            "/preferences/elder",
        ):
            for line in client.get(address).headers.get_list("set-cookie"):
                given[line.partition("=")[0]] = line
    assert set(given) == {"tongban_visitor", "tongban_language", "tongban_theme", "tongban_elder"}
    for name, line in given.items():
        morsel = SimpleCookie(line)[name]
        assert morsel["samesite"] == "Lax" and morsel["path"] == "/" and not morsel["domain"], line
        assert morsel["httponly"], line


def test_the_session_cookie_is_new_at_each_log_in_and_dead_after_log_out(house: House) -> None:
    person = house.person()
    page = house.visitor()
    page.client.cookies.set("tongban_session", "A" * 35)
    house.enrol(person, visitor=page)
    cookies = {one.name: one for one in page.client.cookies.jar if one.value != "A" * 35}
    session = cookies["tongban_session"]
    assert session.has_nonstandard_attr("HttpOnly") and session.get_nonstandard_attr("SameSite") == "Lax"
    assert session.value != "A" * 35, "a session that somebody else chose"
    stolen = httpx.Client(base_url=house.base, cookies={"tongban_session": str(session.value)})
    with stolen:
        assert stolen.get("/my").status_code == 200
        page.client.cookies.clear()
        page.client.cookies.set("tongban_session", str(session.value))
        page.visit("/my")
        token = re.search(r'action="/logout".*?name="_csrf" value="([^"]+)"', page.html, re.DOTALL)
        assert token
        page.client.post("/logout", data={"_csrf": token[1]})
        # The other process may remember it for two seconds.
        for _ in range(60):
            if stolen.get("/my").status_code == 303:
                break
        else:
            time.sleep(2.2)
            assert stolen.get("/my").status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "A" * 35, "é", "%00", "A" * 5000, '"', "a=b; c"])
def test_a_strange_session_cookie_is_a_visitor(house: House, cookie: str) -> None:
    answer = httpx.get(f"{house.base}/my", headers={"cookie": f"tongban_session={cookie}".encode()})
    assert answer.status_code in (303, 400, 431), answer.status_code
    if answer.status_code == 303:
        assert answer.headers["location"] == "/login?next=%2Fmy"


@pytest.mark.parametrize("how", ["whole", "in chunks"])
def test_too_large_a_body_is_refused_with_a_page(house: House, how: str) -> None:
    page = house.visitor().visit("/enrol")
    token = page.form("/enrol").fields["_csrf"]
    text = f"_csrf={token}&name=".encode() + b"1" * (KEPT_BODY_BYTES + 10)
    kind = {"content-type": "application/x-www-form-urlencoded"}
    content = iter([text[:1000], text[1000:]]) if how == "in chunks" else text
    answer = page.client.post("/enrol", content=content, headers=kind)
    assert answer.status_code == 413, answer.text[:300]
    assert "超过大小限制" in answer.text and "content-security-policy" in answer.headers
    fits = page.client.post("/enrol", data={"_csrf": token, "name": "1" * 10_000, "password": "x"})
    assert fits.status_code in (422, 429)


EVIL = (
    *("https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example"),
    *(
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:x=1",
        "/\r\nSet-Cookie: x=1",
        " //evil.example",
        "http:evil.example",
    ),
    *("/..//evil.example", "////evil.example", "", "/login?next=//evil.example", "\x00", "/" * 3000),
)


@pytest.mark.parametrize("wanted", EVIL)
def test_where_one_goes_next_stays_on_this_site(house: House, wanted: str) -> None:
    """Log-in carries `next` in its form; the preferences go `back`: neither leads out."""
    with httpx.Client(base_url=house.base) as client:
        for address in ("/login?next=", "/enrol?next=", "/staff/login?next=", "/login?back="):
            page = house.visitor()
            page.visit(address + quote(wanted, safe=""))
            assert page.status == 200, (address, page.status)
            _local(page.form().fields["next"])
        for preference in ("language?to=zh", "theme?to=light", "elder?to=off"):
            answer = client.get(f"/preferences/{preference}&back={quote(wanted, safe='')}")
            assert answer.status_code == 303, answer.text[:300]
            _local(answer.headers["location"])
            assert "x=1" not in str(answer.headers.get_list("set-cookie"))


def _local(path: str) -> None:
    assert re.match(r"/(?![/\\])", path), path
    assert not re.search(r"[\r\n\t\x00]", path), path
    assert urlsplit(path).netloc == "" and urlsplit(path).scheme == "", path


def test_after_the_log_in_one_is_where_one_wanted_to_be(house: House) -> None:
    person = house.person()
    house.enrol(person)
    page = house.visitor().visit("/my/readings?before=x&lang=zh")
    assert page.path == "/login"
    after = house.newest(person["phone"])
    page.post("/login", account=person["id_number"].lower(), password=PASSWORD)
    page.post("/login/code", code=house.message(person["phone"], after))
    assert page.path == "/my/readings"


def test_language_theme_and_large_type(house: House) -> None:
    page = house.visitor().visit("/")
    assert '<html lang="zh-CN" data-theme="auto">' in page.html
    page.visit("/preferences/language?to=en&back=/search")
    assert page.path == "/search" and '<html lang="en"' in page.html
    assert 'lang="en"' in page.visit("/no-such-page").html and page.status == 404
    page.visit("/preferences/theme?to=dark&back=/")
    assert 'data-theme="dark"' in page.html
    page.visit("/preferences/elder?to=on&back=/")
    assert "data-elder" in page.html and 'data-theme="dark"' in page.html
    page.visit("/preferences/elder?to=off&back=/")
    assert "data-elder" not in page.html
    page.visit("/preferences/theme?to=<script>&back=/")
    assert 'data-theme="auto"' in page.html
    page.visit("/preferences/language?to=fr&back=/")
    assert '<html lang="zh-CN"' in page.html
    assert '<html lang="en"' in page.visit("/?lang=en").html
    assert '<html lang="zh-CN"' in page.visit("/").html, "?lang= is for one page"


@pytest.mark.parametrize(
    "address",
    [
        "/nothing",
        "/items/nothing",
        "/apply/nothing",
        "/my/cases/nothing",
        "/static/nothing.css",
        "/static/../app.py",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(somebody: Visitor, address: str) -> None:
    page = somebody.visit(address)
    assert page.status == 404, (page.status, page.text[:300])
    if not address.startswith("/static"):
        assert "<h1" in page.html and "退出" in page.text, "she is still logged in there"
    answer = page.client.get(address, headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (
        told["status"] == 404 and told["type"].startswith("/problems/") and told["trace"] and told["detail"]
    )


@pytest.mark.parametrize(
    ("method", "address"), [("POST", "/"), ("DELETE", "/my"), ("GET", "/logout"), ("PUT", "/login")]
)
def test_a_wrong_method_is_told(house: House, method: str, address: str) -> None:
    answer = httpx.request(method, house.base + address, headers={"accept": "text/html"})
    assert answer.status_code == 405
    assert "请从首页重新进入" in answer.text and "content-security-policy" in answer.headers
    told = httpx.request(method, house.base + address, headers={"accept": "application/json"})
    assert told.json()["status"] == 405


def test_a_problem_type_is_a_page_and_json(house: House) -> None:
    kind = httpx.get(f"{house.base}/api/v1/cases").json()["type"]
    shown = house.visitor().visit(kind)
    assert shown.status == 200 and "要登录后才能使用" in shown.text and "登录后重试" in shown.text
    assert "somebody who is logged in" in house.visitor().visit(f"{kind}?lang=en").text
    told = httpx.get(house.base + kind, headers={"accept": "application/json"}).json()
    assert told["type"] == kind and told["status"] == 401 and told["todo"]["en"] == "Log in and try again."
    all_types = httpx.get(f"{house.base}/problems", headers={"accept": "application/json"}).json()
    assert told in all_types["problems"] and kind in house.visitor().visit("/problems").links
    unknown = httpx.get(f"{house.base}/problems/nothing", headers={"accept": "application/json"})
    assert unknown.status_code == 404 and unknown.json()["type"] == "/problems/problem-unknown"


def test_a_submission_by_program_needs_a_key_and_takes_json(house: House) -> None:
    _, page, case = house.applying()
    address = f"/api/v1/cases/{case}/submission"
    given = {"x-csrf-token": page.form(case).fields["_csrf"], "content-type": "application/json"}
    keyless = page.client.post(address, content=b"{}", headers=given)
    assert keyless.status_code == 400 and keyless.json()["type"] == "/problems/idempotency-key-missing"
    assert "Idempotency-Key" in keyless.json()["detail"]
    given["idempotency-key"] = "a-key-of-this-test"
    for body in (b"{bad", b"[]", b"\xff", b"1"):
        torn = page.client.post(address, content=body, headers=given)
        assert torn.status_code == 400 and torn.json()["type"] == "/problems/body-not-json"
        assert torn.headers["content-type"] == "application/problem+json"
    assert page.visit(f"/apply/{ITEM}/{case}").status == 200, "still a draft"
    house.fill(page, case)
    first = page.client.post(address, headers={**given, "x-csrf-token": page.form("/submit").fields["_csrf"]})
    assert first.status_code == 201 and len(first.json()["code"]) == 19
    again = page.client.post(address, content=b"{}", headers=given)
    assert (again.status_code, again.json()) == (201, first.json())


def test_head_tells_of_an_answer_without_sending_it(house: House) -> None:
    for address in ("/", "/login", "/nothing-here", "/livez"):
        with socket.create_connection(("127.0.0.1", house.port), timeout=10) as line:
            line.sendall(f"HEAD {address} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".encode())
            told = b"".join(iter(lambda: line.recv(65536), b""))
        head, _, body = told.partition(b"\r\n\r\n")
        assert head.split()[1].decode() == str(httpx.get(house.base + address).status_code)
        assert body == b"" and b"x-trace-id" in head.lower()


def test_the_api_speaks_problem_json(house: House) -> None:
    answer = httpx.get(f"{house.base}/api/v1/cases")
    assert answer.status_code == 401 and answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/log-in-first"
    answer = httpx.get(f"{house.base}/api/v1/items/nothing")
    assert answer.status_code == 404 and answer.json()["status"] == 404


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe", b"_csrf=%FF&a=%", b"a" * 9000, b"--x\r\n", b"{", b"", b"a=1&" * 2000],
    ids=["not utf-8", "bad escapes", "no pairs", "torn multipart", "torn json", "nothing", "many fields"],
)
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json"]
)
def test_a_broken_body_is_refused_not_a_fault(house: House, body: bytes, kind: str) -> None:
    for address in ("/login", "/enrol/code", "/logout", f"/apply/{ITEM}"):
        answer = httpx.post(house.base + address, content=body, headers={"content-type": kind})
        assert 400 <= answer.status_code < 500, (address, answer.status_code, answer.text[:200])


@pytest.mark.parametrize(
    "q",
    ["%00", "a" * 5000, "居" * 900, "%FF", "'; DROP TABLE x; --", "%25%5F\\", "<script>alert(1)</script>"],
)
def test_strange_searches_are_answered(house: House, q: str) -> None:
    answer = httpx.get(f"{house.base}/search?q={q}")
    assert answer.status_code in (200, 400, 414), (answer.status_code, answer.text[:200])
    assert "<script>alert" not in answer.text


def test_a_connection_outlives_a_request_that_was_refused_before_its_body_had_come(house: House) -> None:
    """Whoever keeps her connection (RFC 9112, 9.3) would send her next request into one that is shut."""
    host, port = urlsplit(house.base).hostname, urlsplit(house.base).port
    with socket.create_connection((str(host), int(port or 80)), timeout=10) as line:
        head = f"POST /api/v1/cases HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        line.sendall(f"{head}Content-Length: 2\r\n\r\n".encode())
        time.sleep(0.2)
        line.sendall(b"{}")
        time.sleep(0.2)
        assert line.recv(65_536).startswith(b"HTTP/1.1 401 ")
        line.sendall(f"GET /livez HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert line.recv(65_536).startswith(b"HTTP/1.1 200 ")
