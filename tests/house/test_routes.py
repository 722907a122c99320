"""Every route declares who may come in, and the policy table knows it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar, get
from litestar.handlers import HTTPRouteHandler

from tongban.kit.policy import Duty, Policy, Relation, Role, Rule


def handlers(app: Litestar) -> list[tuple[str, HTTPRouteHandler]]:
    """Every HTTP handler with its path; the OPTIONS answers are Litestar's own."""
    return [
        (route.path, handler)
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        if isinstance(handler, HTTPRouteHandler) and handler.http_methods != {"OPTIONS"}
    ]


def undeclared(found: Iterable[tuple[str, Any]], policy: Policy) -> list[str]:
    """Routes without ``who``, or with one that no policy row names."""
    return [
        f"{path}: who={handler.opt.get('who')!r}"
        for path, handler in found
        if not isinstance(handler.opt.get("who"), str) or not policy.knows(handler.opt["who"])
    ]


@pytest.fixture(scope="module")
def app(data_dir: Path) -> Litestar:
    """The app as granian makes it; nothing connects before its start."""
    from tongban.app import create_app

    return create_app()


def test_every_route_declares_who(app: Litestar) -> None:
    from tongban import rooms

    found = handlers(app)
    assert len(found) >= 20, "the app has no routes: this test would prove nothing"
    assert undeclared(found, rooms.POLICY) == []


def test_every_policy_row_is_for_something(app: Litestar) -> None:
    """An action of the table that neither a route nor any code names is a row that guards nothing."""
    from scripts.source import house
    from tongban import rooms

    routed = {handler.opt.get("who") for _, handler in handlers(app)}
    code = "\n".join(file.text for file in house() if "/model" not in file.path)
    idle = {
        rule.action
        for rule in rooms.POLICY.rules
        if rule.action not in routed and f'"{rule.action}"' not in code
    }
    assert idle == set()


@get("/a")
async def careless() -> str:
    """Declares nothing."""
    return ""


@get("/b", who="cases.unheard_of")
async def unknown() -> str:
    """Declares an action that no row names."""
    return ""


@get("/c", who="cases.submit")
async def known() -> str:
    """Declares a known action."""
    return ""


def test_the_rule_can_fail() -> None:
    policy = Policy([Rule("cases.submit", Role.RESIDENT, Relation.OWN)])
    app = Litestar([careless, unknown, known], openapi_config=None)
    assert [line.split(":")[0] for line in undeclared(handlers(app), policy)] == ["/a", "/b"]


def test_every_action_of_the_table_has_words_in_both_languages() -> None:
    """Administrators read what a duty opens, never a bare code. Seen to fail with a row of the words taken out."""
    from tongban import naming, rooms
    from tongban.identity.model.staff import DUTY_WORDS
    from tongban.kit.acting import ERRANDS, Errand
    from tongban.rights_words import RIGHTS

    actions = {rule.action for rule in rooms.POLICY.rules}
    assert sorted(actions - naming.ACTIONS.keys() - RIGHTS.keys()) == []
    assert sorted(RIGHTS.keys() - actions) == [], "words of no action"
    assert sorted(RIGHTS.keys() & naming.ACTIONS.keys()) == [], "two words for one action"
    for told in ([words.zh for words in RIGHTS.values()], [words.en for words in RIGHTS.values()]):
        assert all(told) and len(told) == len({*told}), "two actions with the same words"
    assert DUTY_WORDS.keys() == {*Duty} and ERRANDS.keys() == {*Errand}


def test_every_row_says_what_it_is_about() -> None:
    """role × action × resource × relation, and `tongban routes` prints all of a row. How it can fail (tried): a verb of
    no action among the resources; the guardian's condition left out of the command."""
    from tongban import rooms
    from tongban.cli.looking import _resource, _rows
    from tongban.rights_words import RESOURCES

    actions = {rule.action for rule in rooms.POLICY.rules}
    assert RESOURCES.keys() - actions == set(), "a resource of no action"
    for rule in rooms.POLICY.rules:
        assert rule.resource is not None and rule.resource.zh and rule.resource.en, rule.action
    for action, what in (
        ("cases.mine", "case"),
        ("cases.hear", "hearing"),
        ("portal.erase", "personal data"),
    ):
        assert _resource(action) == what
    assert "resident × delegated → allow whole guardian" in _rows("portal.erase")
