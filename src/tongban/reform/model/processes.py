"""The processes that are made anew 流程再造: their stages, why each was chosen, before and after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Literal

import msgspec

from tongban.kit.i18n import Text

Stage = Literal["chosen", "planned", "ready", "done"]
#: In their order; who is in one has been in those before it.
STAGES: tuple[Stage, ...] = ("chosen", "planned", "ready", "done")


class Weights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By what a process is scored: points for each bad review, each ticket of the hotline, each thousand cases."""

    bad_reviews: int
    tickets: int
    thousand_cases: int


class Process(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A process, a row of ``processes.csv``: the days on which it came to each stage, the year's evidence why it was
    chosen, and what it takes before and after; days in working days. ``after`` is the plan until it is done."""

    code: str
    name: Text
    department_kind: str
    chosen_on: date
    planned_on: date | None
    ready_on: date | None
    done_on: date | None
    bad_reviews: int
    tickets: int
    cases: int
    steps_before: int
    steps_after: int
    materials_before: int
    materials_after: int
    visits_before: int
    visits_after: int
    days_before: int
    days_after: int
    mark: Literal["real", "realistic", "synthetic"]

    def reached(self, stage: Stage) -> date | None:
        """On which day it came to this stage."""
        day: date | None = getattr(self, f"{stage}_on")
        return day

    def stage(self, on: date) -> Stage:
        """The last stage that it has come to by this day."""
        came = [one for one in STAGES if (day := self.reached(one)) is not None and day <= on]
        return came[-1] if came else "chosen"

    def score(self, weights: Weights) -> int:
        """Why it was chosen, as a number: weighted bad reviews, tickets and thousands of cases, rounded down."""
        return (
            self.bad_reviews * weights.bad_reviews
            + self.tickets * weights.tickets
            + self.cases * weights.thousand_cases // 1000
        )

    def faults(self) -> list[str]:
        """What is wrong with its stages: one without that before it, or before it in time."""
        wrong = []
        for before, after in pairwise(STAGES):
            first, then = self.reached(before), self.reached(after)
            if then is not None and (first is None or then < first):
                wrong.append(f"{self.code}: {after} on {then} without or before {before}")
        return wrong


def staged(processes: Iterable[Process], on: date) -> dict[Stage, int]:
    """How many have come to each stage by this day; each stage contains those after it."""
    found = list(processes)
    return {
        stage: sum((day := one.reached(stage)) is not None and day <= on for one in found) for stage in STAGES
    }
