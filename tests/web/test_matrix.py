"""Role × route × ownership over HTTP: every route of the house for every kind of person, as the policy table says.

The routes come from `rooms.routes()`, the expectation from `rooms.POLICY`: a new route is in the matrix by itself, and
fails here while it names an id that `Records` cannot fill.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from click.testing import CliRunner

from tests.journeys.house import ITEM, House
from tests.journeys.powers import act
from tests.web.matrix import PARAMETER, Record, Records, Route, routes
from tests.web.told import PUBLIC
from tongban import cli, rooms
from tongban.cases.pages.desk_forms import FORMS
from tongban.kit.acting import Acting
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Duty, Policy, Relation, Role, Verdict
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180), pytest.mark.xdist_group("matrix")]


@pytest.fixture(scope="module")
def records(house: House) -> Records:
    house.heal()
    return Records(house)


def expected(
    route: Route,
    role: Role,
    relation: Relation,
    policy: Policy = rooms.POLICY,
    duty: Duty = Duty.SYSTEM_ADMIN,
    duties: frozenset[Duty] = OFFICERS_DUTIES,
) -> str:
    """What the table says: come in, log in first, not yours to know of, not for you.

    ``duty`` is an administrator's, who has one; she is told what is another's, for it concerns no person. ``duties``
    are an officer's; who lacks one is told whose it is.
    """
    if not policy.open_to(route.who, role):
        return "log in" if role is Role.VISITOR else "forbidden"
    if role is Role.ADMINISTRATOR:
        hers = policy.decide(Actor(role, duties=frozenset({duty})), route.who, Relation.ANY)
        return "forbidden" if hers is Verdict.REFUSE else "in"
    actor = Actor(role, duties=duties)
    asked = (relation, Relation.ANY)
    if any(policy.decide(actor, route.who, one) is not Verdict.REFUSE for one in asked):
        return "in"
    return "forbidden" if any(policy.reserved(actor, route.who, one) for one in asked) else "unknown"


def seen(answer: httpx.Response) -> str:
    """What came, in the same words."""
    to = answer.headers.get("location", "")
    asked = answer.status_code == 303 and re.match(r"(/staff)?/login\?next=", to)
    if asked or (answer.status_code == 401 and "www-authenticate" not in answer.headers):
        return "log in"
    if answer.status_code in (403, 404):
        return {403: "forbidden", 404: "unknown"}[answer.status_code]
    return "in" if answer.status_code < 500 and answer.status_code != 405 else str(answer.status_code)


def token_of(person: Visitor) -> str:
    """The CSRF token of her session, from the form that each page for her role carries."""
    page = person.client.get("/enrol/waiting" if not person.client.cookies.get("tongban_session") else "/")
    found = re.search(r'name="_csrf" value="([^"]+)"', page.text)
    assert found, page.text[:600]
    return found[1]


#: What a browser says of another site's page that has the token; and a form with files of another session.
FOREIGN: tuple[tuple[dict[str, str], bool], ...] = (
    ({"sec-fetch-site": "cross-site"}, True),
    ({"origin": "https://evil.example"}, True),
    ({"content-type": "multipart/form-data; boundary=b"}, False),
)


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


def people(records: Records, route: Route) -> list[tuple[str, Visitor, Role, Relation]]:
    """The five, the owner last: what she may do may end the record."""
    record = records.of(route)
    named = bool(set(PARAMETER.findall(route.path)) - {*PUBLIC, "asked"})
    other = Relation.OTHER if named else Relation.OWN
    return [
        ("a visitor", records.anybody, Role.VISITOR, Relation.OTHER),
        ("another resident", records.another, Role.RESIDENT, other),
        (
            "an officer of elsewhere",
            records.elsewhere,
            Role.OFFICER,
            Relation.OTHER if named else Relation.DEPARTMENT,
        ),
        (
            "the system administrator",
            records.administrators[Duty.SYSTEM_ADMIN],
            Role.ADMINISTRATOR,
            Relation.ANY,
        ),
        ("an officer of the department", record.officer, Role.OFFICER, Relation.DEPARTMENT),
        ("the owner", record.owner, Role.RESIDENT, Relation.OWN),
    ]


#: What the table says of an officer by what the record is to her; the rest is the same for all of them.
_BY_RELATION = frozenset({Relation.ASSIGNED, Relation.DEPARTMENT, Relation.HALL})


@pytest.mark.parametrize(
    "route",
    [one for one in routes() if one.unsafe and not one.by_credentials],
    ids=lambda one: f"{one.method} {one.path}",
)
def test_a_form_that_is_not_ours_changes_nothing(records: Records, route: Route) -> None:
    """Without a token, with another session's, and with one's own from another site's page or in a body that no form of
    ours sends; in a form with files too."""
    names = records.names(route)
    stranger = token_of(records.another)
    wrong: list[tuple[object, ...]] = []
    last: Visitor | None = None
    for who, person, role, relation in people(records, route):
        if expected(route, role, relation) != "in":
            continue
        for fields in ({}, {"_csrf": stranger} if person is not records.another else {}):
            answer = ask(person, route, names, **fields)
            if answer.status_code != 403 or (
                "stale-form" not in answer.text and "没有提交" not in answer.text
            ):
                wrong.append((who, bool(fields), answer.status_code, answer.headers.get("location")))
        last = person
    for headers, own in FOREIGN if last is not None else ():
        assert last is not None
        answer = ask(last, route, names, headers=headers, _csrf=token_of(last) if own else stranger)
        if answer.status_code != 403:
            wrong.append((*headers.items(), answer.status_code, answer.headers.get("location")))
    assert wrong == []


@pytest.mark.parametrize(
    "route",
    [
        one
        for one in routes()
        if "{case_id:" in one.path
        and any(
            rule.action == one.who and rule.role is Role.OFFICER and rule.relation in _BY_RELATION
            for rule in rooms.POLICY.rules
        )
    ],
    ids=lambda one: f"{one.method} {one.path}",
)
def test_a_hall_and_a_colleague_get_what_their_rows_say(records: Records, route: Route) -> None:
    """An officer of another department at the hall where the case came in, and one of its department who examines.

    Before everybody is walked: then the owner takes back what is hers.
    """
    record = records.of(route)
    at_hall = Relation.HALL if record in records.cases else Relation.OTHER
    wrong = []
    for who, person, relation, duties in (
        ("at the hall", records.at_hall, at_hall, _NONE),
        ("a colleague", records.colleague, _to_a_colleague(records, record), _EXAMINES),
    ):
        names = records.names(route)
        answer = ask(person, route, names, **({"_csrf": token_of(person)} if route.unsafe else {}))
        due = expected(route, Role.OFFICER, relation, duties=duties)
        if seen(answer) != due:
            wrong.append(f"{who}: {due} expected, {answer.status_code} {answer.text[:300]}")
        if relation is Relation.HALL and due == "in":
            wrong += [f"{who} reads {one}" for one in records.told_of(record) if one in answer.text]
    assert wrong == []


@pytest.mark.parametrize("route", routes(), ids=lambda one: f"{one.method} {one.path}")
def test_everybody_gets_what_the_policy_says(records: Records, route: Route) -> None:
    names = records.names(route)
    wrong = []
    for who, person, role, relation in people(records, route):
        fields = {"_csrf": token_of(person)} if route.unsafe else {}
        answer = ask(person, route, names, **fields)
        due = expected(route, role, relation)
        if seen(answer) != due:
            wrong.append(f"{who}: {due} expected, {answer.status_code} {answer.headers.get('location', '')}")
        if due == "unknown":
            # What is not hers looks exactly like what is not there.
            nothing = {name: str(uuid4()) if "-" in value else value for name, value in names.items()}
            there, not_there = (
                _plain(one, names | nothing) for one in (answer, ask(person, route, nothing, **fields))
            )
            if there != not_there:
                wrong.append(f"{who} can tell a record of somebody else from none")
    assert wrong == []


#: Duties of those two.
_NONE, _EXAMINES = frozenset[Duty](), frozenset({Duty.EXAMINE})


def _to_a_colleague(records: Records, record: Record) -> Relation:
    """What a record is to her: what nobody has in hand is in hers too; nothing, what is another department's to say."""
    if record is records.question:
        return Relation.OTHER
    return Relation.ASSIGNED if record is records.case else Relation.DEPARTMENT


@pytest.mark.parametrize("name", sorted(FORMS))
def test_each_move_is_for_whom_its_row_says(records: Records, name: str) -> None:
    """The address of moves is one for all of them; whose each move is, its own row says: here by the relation."""
    record = records.accepted
    path = "/desk/{applicant}/{case_id}/forms/".format(**record.names) + name
    for person, relation, duties in (
        (record.officer, Relation.ASSIGNED, OFFICERS_DUTIES),
        (records.colleague, Relation.DEPARTMENT, _EXAMINES),
    ):
        actor = Actor(Role.OFFICER, duties=duties)
        refused = rooms.POLICY.decide(actor, FORMS[name].action, relation) is Verdict.REFUSE
        answer = person.client.get(path, follow_redirects=False)
        assert (answer.status_code == 403) is refused, (name, relation, answer.text[:400])


@pytest.mark.parametrize(
    "route",
    [one for one in routes() if one.method == "GET" and one.who != "public.assets"],
    ids=lambda one: f"{one.method} {one.path}",
)
def test_an_agent_gets_what_the_rows_for_agents_say(records: Records, route: Route) -> None:
    """Who acts for the owner by a power for everything sees what is open to agents; each answer says for whom,
    each page with one step back to oneself. Broken on purpose: without the bar in base.html, each page failed."""
    record = records.of(route)
    power = records.power.get(record.owner, records.power[records.case.owner])
    act(browser := records.agent.owner, power)
    try:
        principal = records.principal_of(browser, power)
        answer = ask(browser, route, records.names(route))
    finally:
        act(browser)
    assert answer.headers["tongban-acting-for"] == principal
    if answer.text and answer.headers.get("content-type", "").startswith("text/html"):
        assert "您正在代 " in answer.text and "有效至 " in answer.text
        assert _BACK.search(answer.text), "one step back to herself"
    due = as_agent(route)
    assert seen(answer) in ({due} if record.owner in records.power else {due, "unknown"}), answer.text[:500]


@pytest.mark.parametrize(
    "route",
    [
        one
        for one in routes()
        if one.method == "GET"
        and set(PARAMETER.findall(one.path)) <= {*PUBLIC, "case_id", "licence", "notice"}
        and any((rule.action, rule.relation) == (one.who, Relation.DELEGATED) for rule in rooms.POLICY.rules)
    ],
    ids=lambda one: f"{one.method} {one.path}",
)
def test_an_agent_for_one_item_sees_what_is_about_it(records: Records, route: Route) -> None:
    """What tells items apart is open to a power for some of them, what shows everything at once is not."""
    answer = ask(records.limited, route, {**PUBLIC, **records.licence.names})
    assert "tongban-acting-for" in answer.headers
    due = as_agent(route, items=frozenset({ITEM}))
    gone = {"unknown"} if "/hearing" in route.path or "/uploads" in route.path else set()
    assert seen(answer) in {due} | gone, answer.text[:500]
    if route.path in ("/my/inbox", "/my/cases"):
        assert records.licence.names["case_id"] in answer.text or "/my/inbox/" in answer.text


#: The form of the bar by which she is herself again.
_BACK = re.compile(
    r'<form action="/my/acting/switch" method="post">.{1,200}?name="power" value=""><button', re.DOTALL
)


def as_agent(route: Route, policy: Policy = rooms.POLICY, *, items: frozenset[str] | None = None) -> str:
    """What the table says of who acts for the record's owner by a power for everything, or for some items."""
    until = datetime.now(UTC) + timedelta(days=1)
    acting = Acting(uuid4(), "attorney", uuid4(), "", until, items)
    verdict = policy.decide(Actor(Role.RESIDENT, uuid4(), acting=acting), route.who, Relation.DELEGATED)
    return "forbidden" if verdict is Verdict.REFUSE else "in"


def _plain(answer: httpx.Response, names: dict[str, str]) -> tuple[int, str]:
    """Status and words, without what differs by the address or by each request."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|[0-9a-f]{16}", "*", answer.text)
    return answer.status_code, text


def test_the_matrix_has_every_route_of_the_app(data_dir: Any) -> None:
    from tongban.app import create_app

    app = {route.path for route in create_app().routes}
    assert {one.path for one in routes()} == app
    told = json.loads(CliRunner().invoke(cli.main, ["routes", "--json"]).output)
    assert len(told) == len(routes()) >= 200
    assert all(one["who"] and one["rows"] for one in told)
    rows = [re.fullmatch(r"\S+ × (\S+) → (\S+).*", row) for one in told for row in one["rows"]]
    assert {row[1] for row in rows if row} == {*Relation} - {Relation.OTHER}, "what no row names is refused"
    assert {row[2] for row in rows if row} >= {"allow", "mask", "step-up"}


def test_the_matrix_can_fail() -> None:
    """A table that forgets a row, or opens one, expects something else."""
    mine = Route("GET", "/my/cases/{case_id:uuid}", "cases.mine")
    assert expected(mine, Role.RESIDENT, Relation.OWN) == "in"
    assert expected(mine, Role.RESIDENT, Relation.OTHER) == "unknown"
    assert expected(mine, Role.OFFICER, Relation.OTHER) == "forbidden"
    assert expected(mine, Role.VISITOR, Relation.OTHER) == "log in"
    assert expected(mine, Role.RESIDENT, Relation.OWN, Policy([])) == "forbidden"
    assert as_agent(mine) == "in"
    assert as_agent(Route("GET", "/my/account", "identity.account")) == "forbidden"
    assert as_agent(mine, Policy([])) == "forbidden"
    library = Route("GET", "/my/licences", "licences.library")
    assert (as_agent(library), as_agent(library, items=frozenset({ITEM}))) == ("in", "forbidden")
