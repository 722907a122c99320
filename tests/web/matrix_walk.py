"""How one reader of the matrix asks every route: what she is refused first, and that nothing came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

import httpx

from tests.journeys.house import PATIENCE_SECONDS, House
from tests.journeys.sessions import second_session
from tests.web.matrix import Route, routes
from tests.web.matrix_asking import ask, kept_in, said, seen, token_of
from tests.web.matrix_expected import BEYOND_ITEM, Due, agents_row, expected, row_for
from tests.web.matrix_readers import HALF, Reader
from tongban.kit.policy import Relation, Role, Verdict

#: What ends or changes the very session: asked through another of the same person.
LEAVING = frozenset(
    {"/my/acting/switch", "/api/v1/acting", "/logout", "/oidc/logout/confirm", "/account/sessions/end-others"}
)
#: Who reads the whole table, each by one walk. Those whose powers end come after those whose powers they are.
READERS = (
    "owner_of_too_low_a_level",
    "agent_of_too_low_a_level",
    "agent_for_the_item",
    "agent_for_another_item",
    "agent_for_one_half",
    "agent_for_the_other_half",
    "agent_after_the_day",
    "agent_after_the_revocation",
    "security_administrator",
    "audit_administrator",
    "guardian",
    "representative",
    "steward",
    "firms_agent",
)


@dataclass(frozen=True)
class NotWalked:
    """Routes that some readers are not led to, and why."""

    readers: frozenset[str]
    route: Callable[[Route], bool]
    why: str


def _asks_a_level(route: Route, relation: Relation) -> bool:
    row = row_for(route.who, Role.RESIDENT, relation)
    return row is not None and row.verdict is Verdict.STEP_UP


def _by_hand_or_hall(route: Route) -> bool:
    of_officers = (row_for(route.who, Role.OFFICER, one) for one in (*_OF_DESKS, Relation.HALL))
    return "{case_id:" in route.path and any(of_officers)


def _open_to_all(route: Route) -> bool:
    """Whoever asks comes in, logged in or not."""
    people = (role for role in Role if role is not Role.SYSTEM)
    return not route.unsafe and all(expected(route, role, Relation.ANY) == "in" for role in people)


_OF_DESKS = (Relation.ASSIGNED, Relation.DEPARTMENT)
#: All that is left out, each with its reason; what stands in no line is asked.
NOT_WALKED = (
    NotWalked(
        frozenset({"at the hall", "a colleague"}),
        lambda one: not _by_hand_or_hall(one),
        "no row tells a record by hall or hand: it says the same of every officer, who is walked",
    ),
    NotWalked(
        frozenset(READERS) - {"agent_after_the_day", "agent_after_the_revocation"},
        _open_to_all,
        "open to everybody, and asked by six: only whose power has ended is kept out",
    ),
    NotWalked(
        frozenset({"owner_of_too_low_a_level"}),
        lambda one: not _asks_a_level(one, Relation.OWN),
        "no row asks more than L1: the same as of the owner, who is walked; L0 is in test_matrix_phone_only.py",
    ),
    NotWalked(
        frozenset({"agent_of_too_low_a_level"}),
        lambda one: not _asks_a_level(one, Relation.DELEGATED),
        "no row asks more than L1: the same as of the agent for everything, who is walked",
    ),
    NotWalked(
        frozenset({"agent_for_one_half"}),
        lambda one: (row := agents_row(one.who)) is not None and row.errand in HALF,
        "her power names the errand: asked by the agent for the other half, whose does not",
    ),
    NotWalked(
        frozenset({"agent_for_the_other_half"}),
        lambda one: (row := agents_row(one.who)) is None or row.errand not in HALF,
        "her power names the errand, or none is asked: asked by the agent for one half",
    ),
)


def routes_for(who: str) -> list[Route]:
    """The routes that this reader is led to."""
    out = [one for one in NOT_WALKED if who in one.readers]
    return [route for route in routes() if not any(one.route(route) for one in out)]


#: So many refusals are looked at together for what they changed.
_TOGETHER = 40


def walk(house: House, reader: Reader, asked: list[Route]) -> list[str]:
    """Ask these routes; gives what was wrong, by route."""
    due = {route: reader.due(route) for route in asked}
    refused = [one for one in due if due[one].what == "forbidden"]
    with _worker_at_rest(house, reader):
        wrong = _refusals(house, reader, refused, due)
    # What ends all her other sessions comes last.
    for route in sorted(due, key=lambda one: one.path.endswith("/end-others")):
        if due[route].what != "forbidden":
            wrong += _asked(house, reader, route, due[route])
    return wrong


def _refusals(house: House, reader: Reader, refused: list[Route], due: dict[Route, Due]) -> list[str]:
    """What was wrong with these refusals, and what changed while they were asked."""
    wrong: list[str] = []
    left = iter(refused)
    before = kept_in(house, reader.buckets)
    while some := list(islice(left, _TOGETHER)):
        for route in some:
            wrong += _asked(house, reader, route, due[route])
        after = kept_in(house, reader.buckets)
        if changed := [name for name in after if after[name] != before[name]]:
            wrong.append(
                f"{changed} changed by one of {[f'{one.method} {one.path}' for one in some if one.unsafe]}"
            )
            before = after
    return wrong


#: What the worker still has to do of itself for what was filed before: events to hear of, papers to seal.
_UNDONE = """SELECT (SELECT count(*) FROM cases.seal_wanted WHERE bucket = ANY($1))
    + (SELECT count(*) FROM kit.outbox WHERE bucket = ANY($1) AND given_up_at IS NULL) AS n"""
_REST = "UPDATE cases.to_archive SET due_at = due_at + $2::interval WHERE bucket = ANY($1)"


@contextmanager
def _worker_at_rest(house: House, reader: Reader) -> Iterator[None]:
    """Nothing that was filed before is still being sealed, and no ended case is packed meanwhile: each adds a file.

    Packages come seconds after an end, and minutes where its ledger rows were not sealed yet: they are put off.
    """
    buckets = sorted(set(reader.buckets))
    until = time.monotonic() + PATIENCE_SECONDS
    while left := house.sql(_UNDONE, buckets)[0]["n"]:
        assert time.monotonic() < until, f"{left} events and seals are still waited for"
        time.sleep(0.2)
    house.sql(_REST, buckets, timedelta(hours=1))
    try:
        yield
    finally:
        house.sql(_REST, buckets, timedelta(hours=-1))


def _asked(house: House, reader: Reader, route: Route, due: Due) -> Iterator[str]:
    leaves = route.unsafe and route.path in LEAVING
    browser = second_session(house, reader.browser) if leaves else reader.browser
    fields = {"_csrf": token_of(browser)} if route.unsafe else {}
    answer = ask(browser, route, reader.names(route), **fields)
    if (what := _wrong(reader, route, due, answer)) is not None:
        yield f"{route.method} {route.path} ({route.who}): {what}, {answer.status_code} {answer.text[:300]!r}"


def _wrong(reader: Reader, route: Route, due: Due, answer: httpx.Response) -> str | None:
    """What is wrong with an answer, if anything."""
    came = seen(answer)
    if came == "unknown" and due.words in ("", BEYOND_ITEM) and reader.may_not_know(route):
        return None  # by what is not there nobody can be told whose it is, or what it is about
    if came != due.what:
        return f"{due.what} {due.words} expected"
    if due.words and due.words not in said(answer):
        return f"refused without its reason {due.words}"
    if came == "in" and (shown := [one for one in reader.hidden if one in answer.text]):
        return f"shows {shown}"
    return None
