"""The rules of hearings without a database: what items owe, on which days one can be held, what a stage closes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from tests.cases.conftest import CHAINED
from tests.conftest import CITY
from tongban.cases.actions.hearing.rights import hearing_special
from tongban.cases.model.hearing import Hearing, Stage, closed_moves, fits, stage
from tongban.cases.model.hearing_parts import Begun, Notice, Telling
from tongban.cases.model.life import Move
from tongban.cases.model.states import State
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of
from tongban.catalogue.model.lint import lint
from tongban.kit.clock import Calendar

DAY = timedelta(days=1)
LAST = date(2026, 11, 30)
ASKED = Begun(on=date(2026, 11, 24), by=(0,), hold_by=date(2026, 12, 22))


def test_an_item_says_what_it_owes_and_on_what_law() -> None:
    item = draft_of(CITY / "items" / f"{CHAINED}.yaml", CityFiles(CITY))
    assert item.clock.hearing == "refusal" and "第四十七条" in item.clock.basis["hearing"].zh

    def rules(**changes: Any) -> set[str]:
        changed = msgspec.structs.replace(item, clock=msgspec.structs.replace(item.clock, **changes))
        return {one.rule for one in lint(changed, []) if one.rule.startswith("HEARING")}

    assert rules() == set()
    assert rules(promise_days=0) == {"HEARING-1"}
    assert rules(basis={}) == {"HEARING-2"}
    assert rules(hearing="", basis={}, promise_days=0) == set()


@pytest.mark.parametrize(
    ("day", "fixed_before", "reason", "good"),
    [
        (date(2026, 12, 3), 0, "", False),  # the sixth working day from the 25th
        (date(2026, 12, 4), 0, "", True),
        (date(2026, 12, 5), 0, "", False),  # a Saturday
        (date(2026, 12, 22), 0, "", True),  # the twentieth from the 24th
        (date(2026, 12, 23), 0, "x", False),
        (date(2026, 12, 23), 1, "", False),
        (date(2026, 12, 23), 1, "x", True),
    ],
)
def test_a_sitting_lies_seven_days_ahead_and_within_twenty(
    day: date, fixed_before: int, reason: str, good: bool
) -> None:
    asked = hearing_special(Calendar(), days=20, reason="", on=date(2026, 11, 28))
    assert asked.since == date(2026, 11, 30), "asked for on a Saturday, the clock stands still from Monday on"
    hearing = Hearing(begun=ASKED, fixed=fixed_before)
    wrong = fits(day, hearing, Calendar(), date(2026, 11, 25), reason=reason)
    assert (not wrong) is good, wrong


def test_where_no_day_keeps_both_limits_the_first_possible_is_taken_with_a_reason() -> None:
    hearing = Hearing(begun=ASKED)
    late = date(2026, 12, 16)
    assert fits(date(2026, 12, 25), hearing, Calendar(), late, reason="") != []
    assert fits(date(2026, 12, 25), hearing, Calendar(), late, reason="x") == []


def test_the_stage_follows_from_the_day_and_closes_the_buttons() -> None:
    notice = Notice(facts="", reasons="", intended="")
    hearing = Hearing(told=Telling(on=date(2026, 11, 23), until=LAST, by=uuid4(), notice=notice))
    assert stage(hearing, Calendar(), LAST) is Stage.TOLD
    assert stage(hearing, Calendar(), LAST + DAY) is Stage.LAPSED
    assert Move.FIX_HEARING in closed_moves(
        hearing, State.ACCEPTED
    ) and Move.TELL_HEARING not in closed_moves(None, State.ACCEPTED)
    going = Hearing(begun=ASKED)
    assert Move.RESUME in closed_moves(going, State.SUSPENDED) and Move.FIX_HEARING not in closed_moves(
        going, State.SUSPENDED
    )
    assert Move.HOLD_HEARING in closed_moves(going, State.SUSPENDED)
