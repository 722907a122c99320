"""What agents open: every page of the principal's that they can ask for leaves a row, or says why it leaves none."""

from __future__ import annotations

from uuid import uuid4

from litestar import Litestar

from tongban import agents_readings, naming
from tongban.agents_readings import NOT_READ, READINGS, reading_of
from tongban.app import create_app
from tongban.kit.policy import Relation, Role
from tongban.rooms import POLICY


def _of_agents(app: Litestar) -> dict[str, set[str]]:
    """The actions of all GETs that are open to agents, with the parameters of their addresses."""
    open_to = {
        rule.action
        for rule in POLICY.rules
        if (rule.role, rule.relation) == (Role.RESIDENT, Relation.DELEGATED)
    }
    found: dict[str, set[str]] = {}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if "GET" in handler.http_methods and handler.opt.get("who") in open_to:
                names = set(route.path_parameters)
                found.setdefault(handler.opt["who"], set()).update(names)
    return found


def _lists(app: Litestar) -> dict[str, list[str]]:
    """The pages that name no record, by the action of what is noted; a program's door opens what its page does."""
    found: dict[str, list[str]] = {}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            opens = READINGS.get(handler.opt.get("who", ""))
            named = opens is not None and opens.by in route.path_parameters
            if (
                opens is not None
                and not named
                and "GET" in handler.http_methods
                and "/api/" not in route.path
            ):
                found.setdefault(handler.opt["who"], []).append(route.path)
    return found


def test_every_page_of_agents_is_noted_or_says_why_not() -> None:
    """How it can fail (tried): take a row out of READINGS, or a word out of naming.ACTIONS; let two pages have one
    ``who``, or two of them one list's name."""
    app = create_app()
    asked = _of_agents(app)
    assert sorted(asked.keys() - READINGS.keys() - NOT_READ.keys()) == []
    assert not READINGS.keys() & NOT_READ.keys() and all(NOT_READ.values())
    words = {one.list for one in READINGS.values()} | {one.record for one in READINGS.values()} - {""}
    words |= {said for within in agents_readings._WITHIN.values() for _, said in within.values()}
    assert sorted(words - naming.ACTIONS.keys()) == []
    lists = [one.list for one in {id(one): one for one in READINGS.values()}.values()]
    assert len(lists) == len(set(lists)), "the second leaves no row for an hour after the first"
    shared = {who: pages for who, pages in _lists(app).items() if len(pages) > 1}
    assert shared == {}, "two pages of one name, of which the principal reads one"
    for action, names in asked.items():
        opens = READINGS.get(action)
        if opens is not None and opens.by:
            assert opens.by in names or not names, (action, names)


def test_the_nearest_thing_is_named() -> None:
    case, file = uuid4(), uuid4()
    assert reading_of("cases.mine", {"case_id": case}) == ("cases.see_case", case, {})
    assert reading_of("cases.mine", {"case_id": case, "file_id": file}) == (
        *("cases.see_file", case),
        {"file": str(file)},
    )
    assert reading_of("cases.mine", {"case_id": case, "name": "receipt.pdf"}) == (
        *("cases.see_paper", case),
        {"paper": "receipt.pdf"},
    )
    assert reading_of("cases.mine", {}) == ("cases.see_list", None, {})
    assert reading_of("licences.show", {"licence": case}) is None
