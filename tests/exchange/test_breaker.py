"""The breaker, and what is mapped out of a register's lists: pure rules."""

from __future__ import annotations

from datetime import date

import pytest

from tongban.exchange.model import Breaker, FieldMapping, Resource, mapped
from tongban.exchange.model.breaker import FAILURES, REST, WITHIN
from tongban.exchange.model.resource import run_of_months
from tongban.kit.i18n import Text


def broken(at: float = 0.0) -> Breaker:
    breaker = Breaker()
    for step in range(FAILURES):
        assert breaker.allows(at + step)
        breaker.failed(at + step, begun=at + step)
    return breaker


def test_five_failures_in_half_a_minute_open_it() -> None:
    breaker = broken()
    assert not breaker.allows(FAILURES)
    assert breaker.state(FAILURES) == "open"


def test_failures_far_apart_do_not() -> None:
    breaker = Breaker()
    for step in range(3 * FAILURES):
        moment = step * (WITHIN / (FAILURES - 1) + 1)
        breaker.failed(moment, begun=moment)
    assert breaker.state(1e6) == "closed"


def test_a_success_between_them_starts_anew() -> None:
    breaker = Breaker()
    for _ in range(FAILURES - 1):
        breaker.failed(0, begun=0)
    breaker.succeeded(begun=0)
    breaker.failed(1, begun=1)
    assert breaker.allows(1)


def test_half_open_lets_one_try() -> None:
    breaker = broken()
    later = FAILURES - 1 + REST
    assert breaker.state(later) == "half_open"
    assert breaker.allows(later)
    assert not breaker.allows(later + 0.1)
    breaker.succeeded(begun=later)
    assert breaker.allows(later + 0.2)
    assert breaker.state(later + 0.2) == "closed"


def test_a_failed_trial_opens_it_again() -> None:
    breaker = broken()
    later = FAILURES - 1 + REST
    assert breaker.allows(later)
    breaker.failed(later + 1, begun=later)
    assert not breaker.allows(later + REST)
    assert breaker.allows(later + 1 + REST)


def test_a_late_success_does_not_close_it() -> None:
    """A call from before the opening is answered at last: the source is not well for that."""
    breaker = broken()
    breaker.succeeded(begun=1)
    assert breaker.state(FAILURES) == "open"
    later = FAILURES - 1 + REST
    assert breaker.allows(later)
    breaker.succeeded(begun=1)
    assert not breaker.allows(later + 0.1), "the trial is still under way"
    breaker.failed(later + 1, begun=later)
    breaker.succeeded(begun=later)
    assert breaker.state(later + 2) == "open", "a trial's success is as late when another has failed since"


def test_a_late_failure_does_not_prolong_the_rest_nor_outdate_the_trial() -> None:
    breaker = broken()
    breaker.failed(FAILURES + 5, begun=1)
    later = FAILURES - 1 + REST
    assert breaker.allows(later)
    breaker.failed(later + 0.1, begun=1)
    breaker.succeeded(begun=later)
    assert breaker.state(later + 0.2) == "closed"


def test_a_trial_that_never_reports_makes_room() -> None:
    breaker = broken()
    later = FAILURES - 1 + REST
    assert breaker.allows(later)
    assert breaker.allows(later + REST)


@pytest.mark.parametrize(
    ("months", "run"),
    [
        ([], 0),
        (["2026-10"], 1),
        (["2026-08", "2026-09", "2026-10"], 3),
        (["2026-05", "2026-06", "2026-08", "2026-09"], 2),
        (["2025-11", "2025-12", "2026-01"], 3),
        (["2026-10", "2026-10", "2026-09"], 2),
    ],
)
def test_months_in_a_row(months: list[str], run: int) -> None:
    assert run_of_months(months) == run


HOMES = Resource(
    "property",
    "property",
    "1/1",
    "/x",
    1000,
    {
        "kind": FieldMapping("homes", "current", ("kind",)),
        "paper": FieldMapping("homes", "current", ("certificate_no", "lease_filing_no")),
    },
    "up",
    Text("甲", "A"),
)


def test_the_current_home_is_the_latest_that_has_not_ended() -> None:
    homes = [
        {"kind": "owned", "since": "2020-01-01", "until": None, "certificate_no": "C1"},
        {"kind": "leased", "since": "2024-01-01", "until": "2026-11-24", "lease_filing_no": "L1"},
        {"kind": "leased", "since": "2025-01-01", "until": "2026-11-23", "lease_filing_no": "L2"},
    ]
    told = mapped(HOMES, ["kind", "paper"], {"homes": homes}, today=date(2026, 11, 24))
    assert told == {"kind": "leased", "paper": "L1"}
    told = mapped(HOMES, ["kind", "paper"], {"homes": homes}, today=date(2026, 11, 25))
    assert told == {"kind": "owned", "paper": "C1"}
    assert mapped(HOMES, ["kind"], {"homes": []}, today=date(2026, 11, 25)) == {"kind": None}


def test_the_wire_is_asked_for_each_field_once() -> None:
    assert HOMES.wire_fields(["kind", "paper"]) == ["homes"]
