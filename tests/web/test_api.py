"""The API at the running house: a resident's whole way, every kind of refusal, lists by cursor, twenty at once."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.journeys.house import ITEM, House
from tongban.kit.web.floor import MAX_BODY_BYTES
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300), pytest.mark.xdist_group("api")]

TYPED = {"ground": "work", "collection": "pick_up", "declaration": True}


class Program:
    """A resident's program: her session's cookie and token, a key for each act."""

    def __init__(self, page: Visitor) -> None:
        self.client = page.client
        self.token: str = self.client.get("/api/v1/session").json()["csrf"]

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(f"/api/v1{path}", **more)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """A change: with the token, and with a fresh key where none is given."""
        own = {"x-csrf-token": self.token, "idempotency-key": str(uuid4())}
        own |= {name.replace("_", "-"): value for name, value in headers.items()}
        given: dict[str, Any] = {} if body is None else {"json": body}
        return self.client.request(method, f"/api/v1{path}", headers=own, **given)

    def draft(self) -> str:
        return str(self.send("POST", "/cases", {"item": ITEM}).json()["case"])

    def answered(self) -> str:
        case = self.draft()
        self.send("PUT", f"/cases/{case}/answers", TYPED, if_match="*").raise_for_status()
        return case


@pytest.fixture
def program(house: House) -> Program:
    """The program of somebody new."""
    house.heal()
    return Program(house.enrol(house.person()))


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem of a refusal, which must have this status and type and all that every problem has."""
    assert answer.status_code == status, (answer.status_code, answer.text[:600])
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["type"] == f"/problems/{code}" and told["status"] == status
    assert told["title"] and told["detail"] and told["trace"] == answer.headers["x-trace-id"]
    return told


def test_a_resident_goes_her_whole_way_by_program(house: House, program: Program) -> None:
    session = program.get("/session").json()
    assert session["role"] == "resident" and session["csrf"] == program.token
    hits = program.get("/search", params={"q": "居住证"}).json()["hits"]
    assert hits[0]["code"] == ITEM
    guide = program.get(f"/items/{ITEM}").json()
    assert guide["zero_material"] and guide["conditions"] and guide["reads"]
    assert "ground" in program.get(f"/items/{ITEM}/form").json()["properties"]

    opened = program.send("POST", "/cases", {"item": ITEM})
    case = opened.json()["case"]
    assert opened.status_code == 201 and opened.headers["location"] == f"/api/v1/cases/{case}"
    home = f"/cases/{case}"
    read = program.get(f"{home}/answers")
    answers = read.json()["answers"]
    assert "*" in answers["id_number"] and read.json()["known"]["residence_address"]["editable"] is False
    assert set(program.get(f"{home}/faults").json()["faults"]) == {"/ground", "/collection", "/declaration"}
    too_early = refused(program.send("POST", f"{home}/submission"), 422, "answers-invalid")
    assert "/ground" in too_early["fields"]

    put = program.send("PUT", f"{home}/answers", answers | TYPED, if_match=read.headers["etag"])
    assert put.status_code == 200 and put.json()["faults"] == {}
    assert put.headers["etag"] != read.headers["etag"]
    checked = program.get(f"{home}/faults").json()
    assert checked["complete"] is True and checked["conditions"] == "true"

    submitted = program.send("POST", f"{home}/submission")
    assert submitted.status_code == 201 and re.fullmatch(r"\d{19}", submitted.json()["code"])
    shown = program.get(home).json()
    assert (shown["state"], shown["code"], shown["moves"]) == (
        "submitted",
        submitted.json()["code"],
        ["withdraw"],
    )
    assert program.get(f"{home}/answers").json()["answers"]["ground"] == "work"
    assert [one["id"] for one in program.get("/cases", params={"state": "submitted"}).json()["cases"]] == [
        case
    ]
    assert program.get("/cases", params={"item": "residence_registration"}).json()["cases"] == []

    withdrawn = program.send("POST", f"{home}/withdrawal")
    assert withdrawn.json() == {"case": case, "state": "withdrawn"}
    page = house.visitor()
    page.client.cookies.update(program.client.cookies)
    house.until(page, "/my/inbox", lambda shown: "您已撤回申请" in shown.text, "the notice")
    notice = program.get("/notices").json()["notices"][0]
    assert notice["link"] == f"/my/cases/{case}" and notice["read_at"] is None
    assert program.send("PUT", f"/notices/{notice['id']}/reading").status_code == 204
    assert program.get("/notices").json()["notices"][0]["read_at"]
    assert program.get("/licences").json() == {"licences": [], "next": None}


def test_a_draft_is_given_up_once_and_for_all(program: Program) -> None:
    case = program.draft()
    assert [program.send("DELETE", f"/cases/{case}").status_code for _ in range(2)] == [204, 204]
    assert program.get(f"/cases/{case}").json()["state"] == "discarded"
    refused(program.send("PUT", f"/cases/{case}/answers", TYPED, if_match="*"), 409, "case-not-possible-now")


def test_nobody_elses(house: House, program: Program) -> None:
    case = program.draft()
    other = Program(house.enrol(house.person()))
    for method, path in (
        ("GET", ""),
        ("GET", "/answers"),
        ("GET", "/faults"),
        ("PUT", "/answers"),
        ("POST", "/submission"),
        ("POST", "/withdrawal"),
        ("DELETE", ""),
    ):
        refused(other.send(method, f"/cases/{case}{path}", {}, if_match="*"), 404, "no-such-case")


def test_each_refusal_is_a_documented_problem(house: House, program: Program) -> None:
    case = program.draft()
    answers = f"/cases/{case}/answers"
    anybody = house.visitor().client
    refused(anybody.get("/api/v1/cases"), 401, "log-in-first")
    officer = house.officer(house.person().district).client
    refused(officer.get("/api/v1/cases"), 403, "not-allowed")
    refused(program.client.post("/api/v1/cases", json={"item": ITEM}), 403, "stale-form")
    refused(program.get("/items/nothing"), 404, "no-such-item")
    refused(program.get("/cases/nothing"), 404, "http-404")
    refused(anybody.get("/api/no/such/address", headers={"accept": "text/html"}), 404, "http-404")
    refused(anybody.post("/api/v2/cases"), 404, "http-404")
    wrong_method = program.client.patch("/api/v1/cases")
    refused(wrong_method, 405, "http-405")
    assert {"GET", "POST"} <= set(wrong_method.headers["allow"].split(", "))
    refused(program.get("/cases", headers={"accept": "text/html"}), 406, "not-acceptable")
    refused(program.send("POST", f"/cases/{case}/withdrawal"), 409, "case-not-possible-now")
    refused(program.send("PUT", answers, TYPED, if_match='"99"'), 412, "draft-changed")
    large = {"ground": "x" * MAX_BODY_BYTES}
    refused(program.send("PUT", answers, large, if_match="*"), 413, "http-413")
    kind = {"x-csrf-token": program.token, "if-match": "*", "content-type": "text/plain"}
    refused(program.client.put(f"/api/v1{answers}", content=b"{}", headers=kind), 415, "media-type-not-json")
    refused(program.send("PUT", answers, TYPED), 428, "if-match-missing")
    malformed = refused(program.send("PUT", answers, {"a/b": 1}, if_match="*"), 422, "answers-malformed")
    assert list(malformed["fields"]) == ["/a~1b"]
    body = refused(program.send("POST", "/cases", {"items": ITEM}), 422, "body-invalid")
    assert set(body["fields"]) == {"/item", "/items"}
    parameters = refused(program.get("/cases", params={"state": "x", "limit": 101}), 400, "parameters-wrong")
    assert set(parameters["fields"]) == {"state", "limit"}
    refused(program.get("/cases", params={"limit": 0}), 400, "parameters-wrong")
    refused(program.get("/cases", params={"after": "made-up"}), 400, "cursor-malformed")
    keyless = program.client.post("/api/v1/cases", json={}, headers={"x-csrf-token": program.token})
    refused(keyless, 400, "idempotency-key-missing")
    refused(program.send("POST", "/cases", {}, idempotency_key="short"), 422, "idempotency-key-malformed")
    deep = b'{"item":' * 50_000
    given = {
        "x-csrf-token": program.token,
        "idempotency-key": str(uuid4()),
        "content-type": "application/json",
    }
    refused(program.client.post("/api/v1/cases", content=deep, headers=given), 400, "body-not-json")
    assert program.get(answers).json()["answers"].get("ground") is None, "none of it was kept"


def test_who_asks_too_often_is_told_in_the_same_shape(house: House) -> None:
    """From an address of its own: what is counted for an address would be missed by whoever verifies next."""
    wanted = {"accept": "application/json"}
    own = httpx.HTTPTransport(local_address="127.0.0.2")
    with httpx.Client(base_url=house.base, transport=own, timeout=30) as anybody:
        for _ in range(600):
            answer = anybody.get("/verify/1.2.156.3005.2", headers=wanted)
            if answer.status_code == 429:
                break
    refused(answer, 429, "verifying-too-fast")
    assert int(answer.headers["retry-after"]) > 0


def pages_of(client: httpx.Client, path: str, name: str) -> list[list[Any]]:
    """A list read to its end by the address in Link, which must be what ``next`` says."""
    pages = []
    while path:
        answer = client.get(path)
        assert answer.status_code == 200, answer.text[:300]
        pages.append(answer.json()[name])
        link = answer.headers.get("link", "")
        assert bool(link) is (answer.json()["next"] is not None)
        assert not link or answer.json()["next"] in link
        path = link.partition(">")[0].removeprefix("<")
    return pages


@pytest.mark.parametrize(
    ("path", "name", "key"),
    [
        ("/api/v1/departments?kind=police&limit=3", "departments", "code"),
        ("/api/v1/items?theme=personal.residence&limit=2", "items", "code"),
        ("/api/v1/items?online=true&audience=firm&mode=zero_material&limit=7", "items", "code"),
        ("/api/v1/search?q=居住&limit=2", "hits", "code"),
        ("/api/v1/search?q=residence&limit=3&lang=en&audience=person", "hits", "code"),
    ],
)
def test_a_public_list_is_whole_whatever_the_pages_size(house: House, path: str, name: str, key: str) -> None:
    client = house.visitor().client
    pages = pages_of(client, path, name)
    assert len(pages) >= 2 and len({len(one) for one in pages[:-1]}) == 1
    whole = client.get(path.replace("limit=", "limit=100&x=")).json()[name]
    assert [one[key] for page in pages for one in page] == [one[key] for one in whole]


def test_a_list_of_ones_own_neither_skips_nor_repeats_what_comes_meanwhile(program: Program) -> None:
    cases = []
    for _ in range(3):
        cases.append(program.answered())
        program.send("POST", f"/cases/{cases[-1]}/submission").raise_for_status()
        program.send("POST", f"/cases/{cases[-1]}/withdrawal").raise_for_status()
    first = program.get("/cases", params={"limit": 2}).json()
    newer = program.draft()
    second = program.get("/cases", params={"limit": 2, "after": first["next"]}).json()
    assert [one["id"] for one in first["cases"] + second["cases"]] == cases[::-1]
    assert second["next"] is None
    assert program.get("/cases").json()["cases"][0]["id"] == newer
    # A cursor leads on in its own list only.
    refused(program.get("/notices", params={"after": first["next"]}), 400, "cursor-malformed")


def at_once(program: Program, number: int, act: Any) -> list[httpx.Response]:
    """So many from one moment on, each on a connection of its own."""
    gate = threading.Barrier(number)

    def run(_: int) -> httpx.Response:
        with httpx.Client(
            base_url=program.client.base_url, cookies=program.client.cookies, timeout=60
        ) as client:
            client.get("/livez")
            gate.wait(60)
            answer: httpx.Response = act(client)
            return answer

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(run, range(number)))


def test_twenty_at_once_with_one_key_do_it_once(house: House, program: Program) -> None:
    """Open, submit, withdraw: one effect each, and all are answered the same."""
    headers = {"x-csrf-token": program.token, "idempotency-key": str(uuid4())}
    opened = at_once(
        program, 20, lambda client: client.post("/api/v1/cases", json={"item": ITEM}, headers=headers)
    )
    assert {one.status_code for one in opened} == {201}, [one.text[:300] for one in opened]
    assert len({one.text for one in opened}) == 1
    case = opened[0].json()["case"]
    assert [one["id"] for one in program.get("/cases").json()["cases"]] == [case]
    program.send("PUT", f"/cases/{case}/answers", TYPED, if_match="*").raise_for_status()
    for act, status in (("submission", 201), ("withdrawal", 200)):
        headers = {"x-csrf-token": program.token, "idempotency-key": str(uuid4())}
        address = f"/api/v1/cases/{case}/{act}"
        ends = at_once(program, 20, lambda client, to=address, own=headers: client.post(to, headers=own))
        assert {one.status_code for one in ends} == {status}, [one.text[:300] for one in ends]
        assert len({one.text for one in ends}) == 1
        again = program.client.post(address, headers=headers)
        assert (again.status_code, again.text) == (status, ends[0].text)
    done = [row["move"] for row in house.sql("SELECT move FROM cases.event WHERE case_id = $1::uuid", case)]
    assert sorted(done) == ["submit", "withdraw"]


def test_a_key_with_another_body_is_refused(program: Program) -> None:
    key = str(uuid4())
    case = program.send("POST", "/cases", {"item": ITEM}, idempotency_key=key).json()["case"]
    other = program.send("POST", "/cases", {"item": "residence_registration"}, idempotency_key=key)
    refused(other, 422, "idempotency-key-reused")
    program.send("PUT", f"/cases/{case}/answers", TYPED, if_match="*").raise_for_status()
    for act in ("submission", "withdrawal"):
        again = program.send("POST", f"/cases/{case}/{act}", idempotency_key=key)
        refused(again, 422, "idempotency-key-reused")
    assert program.get(f"/cases/{case}").json()["state"] == "draft"


def test_of_twenty_who_save_at_once_one_does(program: Program) -> None:
    case = program.draft()
    tag = program.get(f"/cases/{case}/answers").headers["etag"]
    count = iter(range(20))

    def save(client: httpx.Client) -> httpx.Response:
        own = {"x-csrf-token": program.token, "if-match": tag}
        body = TYPED | {"phone": f"139000000{next(count):02}"}
        return client.put(f"/api/v1/cases/{case}/answers", json=body, headers=own)

    ends = at_once(program, 20, save)
    assert sorted(one.status_code for one in ends) == [200] + [412] * 19
    (kept,) = [one.json() for one in ends if one.status_code == 200]
    assert program.get(f"/cases/{case}/answers").json()["answers"] == kept["answers"]
