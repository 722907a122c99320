"""Role × route × ownership over HTTP: every route of the house for every kind of person, as the policy table says.

The routes come from `rooms.routes()`, the expectation from `rooms.POLICY`: a new route is in the matrix by itself, and
fails here while it names an id that `Records` cannot fill.
"""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
from click.testing import CliRunner

from tests.journeys.house import ITEM, House
from tests.journeys.sessions import newest, second_session
from tests.web.matrix import PARAMETER, Record, Records, Route, routes
from tests.web.matrix_asking import FOREIGN, ask, said, seen, token_of
from tests.web.matrix_expected import Due, Power, expected, of_administrator, of_agent, of_owner_at
from tests.web.matrix_readers import Readers
from tests.web.matrix_walk import LEAVING, NOT_WALKED, READERS, routes_for, walk
from tests.web.told import PUBLIC
from tongban import cli, rooms
from tongban.cases.pages.desk_forms import FORMS
from tongban.kit.acting import Errand
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Duty, Policy, Relation, Role, Verdict
from tongban.kit.web.sessions import hash_of
from tongban.kit.web.visit import SESSION_COOKIE
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300), pytest.mark.xdist_group("matrix")]


@pytest.fixture(scope="module")
def records(house: House) -> Records:
    house.heal()
    return Records(house)


@pytest.fixture(scope="module")
def readers(house: House, records: Records) -> Readers:
    return Readers(house, records)


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


@pytest.mark.parametrize("route", routes_for("at the hall"), ids=lambda one: f"{one.method} {one.path}")
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


@pytest.mark.parametrize("who", READERS)
def test_each_reader_gets_what_the_policy_says(
    house: House, records: Records, readers: Readers, who: str
) -> None:
    """Agents by powers that are too narrow or have ended, too low a level, administrators, a guardian, those of a firm:
    each asks every route, what she is refused first; it says why, and nothing of the principal's and of hers changes.

    How it can fail (tried): another duty, level or right of guardians in the expected rows names the routes; so does
    `must_cover` gone from the page before a form; a row changed while she is refused names its table.
    """
    reader = getattr(readers, who)()
    wrong = walk(house, reader, routes_for(who))
    assert not wrong, "\n".join(wrong)
    if who == "agent_for_the_item":
        assert records.licence.names["case_id"] in reader.browser.visit("/my/cases").html
        assert "/my/inbox/" in reader.browser.visit("/my/inbox").html


def test_who_has_raised_her_level_gets_what_she_was_refused(house: House, records: Records) -> None:
    """The page that sent her to a higher level opens in the same session once she has it."""
    owner = second_session(house, records.licence.owner, level=1)
    asked = routes_for("owner_of_too_low_a_level")
    assert [seen(ask(owner, one, records.names(one))) for one in asked] == ["forbidden"] * len(asked) != []
    house.sql(
        "UPDATE kit.session SET level = 3 WHERE token_hash = $1", hash_of(newest(owner, SESSION_COOKIE))
    )
    assert [seen(ask(owner, one, records.names(one))) for one in asked] == ["in"] * len(asked)


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


@pytest.mark.parametrize("route", routes(), ids=lambda one: f"{one.method} {one.path}")
def test_an_agent_gets_what_the_rows_for_agents_say(house: House, records: Records, route: Route) -> None:
    """Who acts for the owner by a power for everything sees and does what is open to agents; each answer says for whom,
    each page with one step back to oneself, each refusal why. After everybody: she too ends what is the owner's. Broken
    on purpose: without the bar in base.html, each page failed; walked before everybody, she withdrew the case and six
    pages of its officer failed."""
    record = records.of(route)
    browser, principal = records.acting_for(
        record.owner if record.owner in records.power else records.case.owner
    )
    if route.unsafe and route.path in LEAVING:
        browser = second_session(house, browser)
    fields = {"_csrf": token_of(browser)} if route.unsafe else {}
    answer = ask(browser, route, records.names(route), **fields)
    due = of_agent(route, Power())
    assert seen(answer) in {due.what, *(() if record.owner in records.power else ("unknown",))}, answer.text[
        :500
    ]
    assert due.words in said(answer), answer.text[:500]
    if route.who == "public.assets" or (route.unsafe and route.path in LEAVING):
        return  # no page of hers, or one in which she is herself again
    assert answer.headers["tongban-acting-for"] == principal
    if answer.text and answer.headers.get("content-type", "").startswith("text/html"):
        assert "您正在代 " in answer.text and "有效至 " in answer.text
        assert _BACK.search(answer.text), "one step back to herself"


#: The form of the bar by which she is herself again.
_BACK = re.compile(
    r'<form action="/my/acting/switch" method="post">(?:(?!</form>).)+?name="power" value=""><button',
    re.DOTALL,
)


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
    every = {(one["methods"], one["path"]) for one in told}
    for who in (*READERS, "at the hall", "a colleague"):
        asked = {(one.method, one.path) for one in routes_for(who)}
        left_out = {
            (one.method, one.path)
            for one in routes()
            for row in NOT_WALKED
            if who in row.readers and row.route(one)
        }
        assert asked and asked | left_out == every and not asked & left_out, who
    assert {who for row in NOT_WALKED for who in row.readers} <= {*READERS, "at the hall", "a colleague"}
    assert all(one["who"] and one["rows"] for one in told)
    (readings,) = (one["rows"] for one in told if one["path"] == "/my/readings")
    assert readings[1] == "resident × delegated → allow whole guardian", "what a row asks is printed whole"
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
    account = Route("GET", "/my/account", "identity.account")
    library = Route("GET", "/my/licences", "licences.library")
    some, guards = Power(items=frozenset({ITEM})), Power("guardian")
    assert of_agent(mine, Power()) == of_agent(mine, some, ITEM) == Due("in")
    assert of_agent(mine, some, "clean_record").words == "授权不包括这个事项"
    assert (
        of_agent(mine, Power(errands=frozenset({Errand.APPLY}))).words == "授权不包括“查看办件、文书和消息”"
    )
    assert of_agent(mine, Power(), policy=Policy([])) == of_agent(account, Power())
    assert of_agent(account, Power()).words == "这项操作只能由本人进行"
    assert of_agent(library, some).words == "授权只限于部分事项"
    readings = Route("GET", "/my/readings", "audit.readings")
    assert (of_agent(readings, Power()).words, of_agent(readings, guards)) == ("但不是监护人", Due("in"))
    assert of_agent(mine, Power(ended="到期")) == Due("forbidden", "到期")
    show = Route("GET", "/my/licences/{licence:uuid}/code", "licences.show")
    assert [of_owner_at(show, level).what for level in (2, 3)] == ["forbidden", "in"]
    assert [of_agent(show, Power(level=level)).what for level in (2, 3)] == ["forbidden", "in"]
    grant = Route("POST", "/desk/staff/{officer:uuid}/lock", "identity.staff_grant")
    assert [of_administrator(grant, one).what for one in (Duty.SYSTEM_ADMIN, Duty.SECURITY_ADMIN)] == [
        "forbidden",
        "in",
    ]
