"""Role × route × ownership over HTTP: every route of the house for every kind of person, as the policy table says.

The routes come from `rooms.routes()`, the expectation from `rooms.POLICY`: a new route is in the matrix by itself, and
fails here while it names an id that `Records` cannot fill.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.journeys.administrators import administrators, joiner
from tests.journeys.house import House, Person
from tests.journeys.powers import accept, act, offer
from tests.web.told import BEARS, PUBLIC, QUESTION, TOLD
from tongban import rooms
from tongban.kit.acting import Acting
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Duty, Policy, Relation, Role, Verdict
from tongban.kit.web import floor, preferences
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180), pytest.mark.xdist_group("matrix")]

#: What changes a record for good comes last, so that the others still find it.
LAST = ("/discard", "/submit", "/submission", "/withdraw", "/withdrawal", "/end-others", "/logout")
PARAMETER = re.compile(r"\{(\w+):\w+\}")


@dataclass(frozen=True)
class Route:
    """One line of the house's table of routes."""

    method: str
    path: str
    who: str

    @property
    def unsafe(self) -> bool:
        return self.method != "GET"


def routes() -> list[Route]:
    """Every route but the static files, those that end a record last."""
    handlers = [*rooms.routes(), *preferences.routes, floor.livez, floor.readyz]
    found = [
        Route(method, path, handler.opt["who"])
        for handler in handlers
        for path in sorted(handler.paths)
        for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"})
    ]
    return sorted(
        found,
        key=lambda one: next((1 + place for place, end in enumerate(LAST) if one.path.endswith(end)), 0),
    )


@dataclass(frozen=True)
class Record:
    """A personal record: its owner's browser, its department's officer, and what stands for it in an address."""

    owner: Visitor
    officer: Visitor
    names: dict[str, str]


class Records:
    """Three people with a draft, a submitted case and a licence, and those whom none of it concerns."""

    def __init__(self, house: House) -> None:
        self.people: list[Person] = []
        self._house = house
        self.draft = self._draft(house)
        self.case = self._case(house)
        self.accepted = self._accepted(house)
        self.licence = self._licence(house)
        home = house.person()["facts"]["residence"]["district"]
        self.another = house.enrol(self._met(house.person()))
        far, asked = [one for one in DISTRICTS if one not in (self._district, home)][:2]
        self.elsewhere = house.new_officer(far)
        self.question = self._question(house, asked)
        self.hearing, self.interested = self._hearing(house)
        self.principal, self.agent, self.power = self._power(house)
        self.anybody = house.visitor()
        self.administrators = administrators(house)
        self.staff = Record(self.case.owner, self.case.officer, joiner(self.administrators, self._district))

    def _met(self, person: Person) -> Person:
        self.people.append(person)
        return person

    def _power(self, house: House) -> tuple[Record, Record, dict[Visitor, str]]:
        """A power that waits for its answer, as its principal and as its agent see it; and by whom the agent may act
        for the owners of the other records."""
        agent = self._met(house.person())
        hers = house.enrol(agent)
        giver = house.enrol(self._met(house.person()))
        officer = house.new_officer(self._district)
        waits = offer(giver, agent)
        stands = {}
        for one in (self.draft, self.case, self.accepted, self.licence, self.hearing):
            power = offer(one.owner, agent)
            accept(hers, power)
            stands[one.owner] = power
        names = {"power_id": waits}
        return Record(giver, officer, names), Record(hers, officer, names), stands

    def _draft(self, house: House) -> Record:
        person, owner, case = house.applying()
        self._met(person)
        return Record(owner, house.new_officer(person.district), {"case_id": case})

    def _case(self, house: House) -> Record:
        person, owner, case = house.submitted()
        self._district = self._met(person).district
        officer = house.new_officer(person.district)
        applicant = house.desk_path(owner, officer, case).split("/")[2]
        file = house.keep_file(applicant, case)
        names = {"case_id": case, "applicant": applicant, "file_id": file, "move": "recheck"}
        return Record(owner, officer, names)

    def _accepted(self, house: House) -> Record:
        person, owner, case = house.submitted(district=self._district)
        officer = house.new_officer(self._met(person).district)
        desk = house.desk_path(owner, officer, case)
        officer.post("/recheck", to=f"{desk}/accept")
        return Record(owner, officer, {"case_id": case, "applicant": desk.split("/")[2]})

    def _licence(self, house: House) -> Record:
        person, owner, case = house.submitted(district=self._district)
        officer = house.new_officer(self._met(person).district)
        desk = house.desk_path(owner, officer, case)
        officer.post("/recheck", to=f"{desk}/accept").post("/recheck", to=f"{desk}/approve")
        pattern = re.compile(r"/my/licences/([0-9a-f-]{36})$")
        house.until(owner, "/my/licences", lambda page: any(map(pattern.match, page.links)), "the licence")
        licence = next(found[1] for found in map(pattern.match, owner.links) if found)
        face = f"/my/licences/{licence}"
        house.until(owner, face, lambda page: f"{face}/code" in page.links, "its code")
        token = owner.visit(f"{face}/code").path.removeprefix("/verify/")
        house.until(owner, "/my/inbox", lambda page: "/my/inbox/" in page.html, "a notice")
        notice = owner.form().action.rsplit("/", 1)[-1]
        kept = re.compile(r"/desk/archive/([0-9a-f-]{36})$")
        house.until(officer, "/desk/archive", lambda page: any(map(kept.match, page.links)), "the package")
        archived = next(found[1] for found in map(kept.match, officer.links) if found)
        names = {"licence": licence, "notice": notice, "asked": token, "archived": archived}
        return Record(owner, officer, {**names, "move": "suspend"})

    def _question(self, house: House, asked: str) -> Record:
        """A case on which another department is asked its opinion; its officer is that department's."""
        person, owner, case = house.submitted(district=self._district)
        officer = house.new_officer(self._met(person).district)
        desk = house.desk_path(owner, officer, case)
        officer.post("/recheck", to=f"{desk}/accept")
        officer.post(
            "/recheck",
            to=f"{desk}/forms/consult",
            department=f"police-{asked}",
            days="3",
            reason=QUESTION,
        )
        applicant = desk.split("/")[2]
        names = {"case_id": case, "applicant": applicant, "file_id": house.keep_file(applicant, case)}
        return Record(owner, house.new_officer(asked), names)

    def _hearing(self, house: House) -> tuple[Record, Record]:
        """A case whose applicant has been told of her right to a hearing, and the same to her whom it bears on."""
        person, owner, case = house.submitted(district=self._district)
        officer = house.new_officer(self._met(person).district)
        desk = house.desk_path(owner, officer, case)
        officer.post("/recheck", to=f"{desk}/accept")
        officer.visit(f"{desk}/hearing").post("/hearing", do="tell", **TOLD)
        names = {"case_id": case, "applicant": desk.split("/")[2]}
        bears_on = self._met(house.person())
        hers = house.enrol(bears_on)
        who = {"name": bears_on["name"], "number": bears_on["id_number"]}
        officer.visit(f"{desk}/hearing").post("/hearing", **who, **BEARS | {"do": "tell_interested"})
        return Record(owner, officer, names), Record(hers, officer, names)

    def of(self, route: Route) -> Record:
        """The record that the route's ids name."""
        if route.path.startswith("/desk/staff"):
            return self.staff
        asked = set(PARAMETER.findall(route.path)) - {"code"}
        if "power_id" in asked:
            return self.agent if route.who == "identity.answer_power" else self.principal
        if asked & {"licence", "notice", "asked", "archived"}:
            return self.licence
        if "form" in asked:
            return self.accepted
        if route.path.startswith("/desk/opinions/"):
            return self.question
        if "/interested/" in route.path:
            return self.interested
        if "/hearing" in route.path:
            return self.hearing
        return (
            self.draft if route.path.startswith("/apply") or route.path.endswith("submission") else self.case
        )

    def names(self, route: Route) -> dict[str, str]:
        """What stands for each parameter of the route; an upload is one of its own, for one of the three ends it."""
        names = {**PUBLIC, **self.of(route).names}
        if "{upload_id:" in route.path:
            names["upload_id"] = self._house.begin_upload(names["case_id"])
        return names


DISTRICTS = ("310101", "310104", "310105", "310106")


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
) -> str:
    """What the table says: come in, log in first, not yours to know of, not for you.

    ``duty`` is an administrator's, who has one; she is told what is another's, for it concerns no person.
    """
    if not policy.open_to(route.who, role):
        return "log in" if role is Role.VISITOR else "forbidden"
    if role is Role.ADMINISTRATOR:
        hers = policy.decide(Actor(role, duties=frozenset({duty})), route.who, Relation.ANY)
        return "forbidden" if hers is Verdict.REFUSE else "in"
    actor = Actor(role, duties=OFFICERS_DUTIES)  # the demo city's officers have all of them
    allowed = any(
        policy.decide(actor, route.who, one) is not Verdict.REFUSE for one in (relation, Relation.ANY)
    )
    return "in" if allowed else "unknown"


def seen(answer: httpx.Response) -> str:
    """What came, in the same words."""
    to = answer.headers.get("location", "")
    if answer.status_code == 401 or (answer.status_code == 303 and re.match(r"(/staff)?/login\?next=", to)):
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


def ask(person: Visitor, route: Route, names: dict[str, str], **fields: str) -> httpx.Response:
    address = PARAMETER.sub(lambda found: names[found[1]], route.path)
    if "/uploads" in route.path:
        tus = {"tus-resumable": "1.0.0", "upload-offset": "0", "x-csrf-token": fields.get("_csrf", "")}
        tus["idempotency-key"] = str(uuid4())
        tus |= {"content-type": "application/offset+octet-stream"} if route.method == "PATCH" else {}
        return person.client.request(route.method, address, headers=tus, follow_redirects=False)
    if not route.unsafe:
        return person.client.get(address, follow_redirects=False)
    if route.path.startswith("/api/"):
        own = {"x-csrf-token": fields.get("_csrf", ""), "idempotency-key": str(uuid4()), "if-match": "*"}
        named = {"name": "a.pdf"} if "{field:" in route.path else {}
        return person.client.request(route.method, address, json={}, headers=own, params=named)
    return person.client.post(
        address, data=fields, headers={"x-csrf-token": fields.get("_csrf", "")}, follow_redirects=False
    )


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


@pytest.mark.parametrize(
    "route", [one for one in routes() if one.unsafe], ids=lambda one: f"{one.method} {one.path}"
)
def test_a_form_that_is_not_ours_changes_nothing(records: Records, route: Route) -> None:
    """Without a token, and with another session's."""
    names = records.names(route)
    stranger = token_of(records.another)
    wrong = []
    for who, person, role, relation in people(records, route):
        if expected(route, role, relation) != "in":
            continue
        for fields in ({}, {"_csrf": stranger} if person is not records.another else {}):
            answer = ask(person, route, names, **fields)
            if answer.status_code != 403 or (
                "stale-form" not in answer.text and "没有提交" not in answer.text
            ):
                wrong.append((who, bool(fields), answer.status_code, answer.headers.get("location")))
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


@pytest.mark.parametrize(
    "route", [one for one in routes() if one.method == "GET"], ids=lambda one: f"{one.method} {one.path}"
)
def test_an_agent_gets_what_the_rows_for_agents_say(records: Records, route: Route) -> None:
    """Who acts for the record's owner by a power for everything sees what is open to agents, and nothing else; the
    head of each answer says for whom."""
    record = records.of(route)
    power = records.power.get(record.owner, records.power[records.case.owner])
    browser = records.agent.owner
    act(browser, power)
    try:
        answer = ask(browser, route, records.names(route))
    finally:
        act(browser)
    assert "tongban-acting-for" in answer.headers
    due = as_agent(route)
    assert seen(answer) in ({due} if record.owner in records.power else {due, "unknown"}), answer.text[:500]


def as_agent(route: Route, policy: Policy = rooms.POLICY) -> str:
    """What the table says of who acts for the record's owner by a power for everything."""
    acting = Acting(uuid4(), "attorney", uuid4(), "", datetime.now(UTC) + timedelta(days=1))
    actor = Actor(Role.RESIDENT, uuid4(), acting=acting)
    refused = policy.decide(actor, route.who, Relation.DELEGATED) is Verdict.REFUSE
    return "forbidden" if refused else "in"


def _plain(answer: httpx.Response, names: dict[str, str]) -> tuple[int, str]:
    """Status and words, without what differs by the address or by each request."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|[0-9a-f]{16}", "*", answer.text)
    return answer.status_code, text


def test_the_matrix_has_every_route_of_the_app(data_dir: Any) -> None:
    from tongban.app import create_app

    app = {route.path for route in create_app().routes if not route.path.startswith("/static")}
    assert {one.path for one in routes()} == app
    assert len(app) >= 40


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
