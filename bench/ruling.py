"""``python -m bench.ruling``: rules with their full trace and the next question of a guided questionnaire, on one core.

Everything is pure Python over the city's own rules, so the rate is that of one process. A row is one of a rule table,
its conditions answered and traced; the table of the theme of most rows is answered whole. The first question of a
theme is timed with nothing remembered of it, which each process does once a day.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from bench.rows import Row, join, middle, table
from tongban.catalogue import Questionnaire, next_question, with_answers
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.guiding import questionnaires_of
from tongban.catalogue.actions.loading import draft_of
from tongban.kit.i18n import Text
from tongban.kit.rules import Compare, Fact, MonthsSince, answer, conditions_of, evaluate

CITY = Path(__file__).resolve().parents[1] / "city"
TODAY = date(2026, 11, 24)
RUNS = 5
ROUNDS = 20_000
ITEM = "rules: the rule of the residence permit, with its full trace"
ROWS = "rules: a row of a rule table, with its full trace"
TABLE = "rules: the table of a theme of {n} rows, with its full trace"
FIRST = "guided questions: the first question of a theme, nothing remembered"
NEXT = "guided questions: a question, remembered"
#: The theme of most rows; the name of its line tells how many.
THEME = "moving_in"
_SOURCE = Text("人口库", "Population register")
_AT = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)


def told(value: object) -> Fact:
    """What a register tells."""
    return Fact(value, _SOURCE, _AT)


def permit() -> Callable[[], object]:
    """The rule of fifteen conditions that the city decides residence permits by, on facts of which one is not known."""
    rules = draft_of(CITY / "items" / "residence_permit.yaml", CityFiles(CITY)).rules
    known = {}
    for one in conditions_of(rules.root):
        if isinstance(one, Compare):
            known[one.fact] = told(one.value[0] if isinstance(one.value, list) else one.value)
        elif isinstance(one, MonthsSince):
            known[one.fact] = told("2025-01-01")
    del known["education.continuous"]
    return lambda: evaluate(rules, known, today=TODAY)


def theme() -> Questionnaire:
    """The theme that is measured."""
    return next(one for one in questionnaires_of(CITY) if one.key == THEME)


def rate(reckon: Callable[[], object], rounds: int = ROUNDS) -> float:
    """How often a second of the processor, the median of the runs."""
    rates: list[float | None] = []
    for _ in range(RUNS):
        begun = time.process_time()
        for _ in range(rounds):
            reckon()
        rates.append(rounds / (time.process_time() - begun))
    return middle(rates) or 0.0


def rows() -> list[Row]:
    """The lines of this bench."""
    guided = theme()
    answers = {"hukou": "elsewhere", "permit": "no", "registered": "no", "home": "leased"}
    facts = with_answers(guided, answers, {"population.is_local_hukou": told(False)})
    size = len(guided.table.rows)
    whole = rate(lambda: answer(guided.table, facts, today=TODAY), ROUNDS // 10)

    def first() -> None:
        fresh = msgspec.structs.replace(guided)  # what was worked out stays with the other
        next_question(fresh, {}, today=TODAY)

    return [
        Row(name=ITEM, value=rate(permit()), unit="1/s a core", target=150_000),
        Row(name=ROWS, value=round(whole * size, 2), unit="1/s a core", target=150_000),
        Row(name=TABLE.format(n=size), value=whole, unit="1/s a core"),
        Row(name=FIRST, value=round(1000 / rate(first, 20), 2), unit="ms CPU", target=50),
        Row(
            name=NEXT,
            value=round(1e6 / rate(lambda: next_question(guided, facts, today=TODAY), ROUNDS // 10), 2),
            unit="µs",
        ),
    ]


def main() -> None:
    """The command line."""
    argparse.ArgumentParser(prog="python -m bench.ruling", description=__doc__).parse_args()
    found = rows()
    join(found)
    print(table(found))


if __name__ == "__main__":
    main()
