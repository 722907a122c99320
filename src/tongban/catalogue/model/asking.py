"""Which question comes next, and what follows once none is left.

A result is a set of effects: an item is offered, a situation of it is answered, a material is exempt, there is nothing
to do. For each effect a table over the questions that it hangs on says whether it holds, one line for each combination
of their answers. So it is known exactly whether an answer can still change the result: a question that cannot is never
asked. Among those that can, the one comes next after which the fewest are left on average; then the author's order.

A question whose condition does not hold counts as answered with "none".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import product
from math import prod
from typing import Any

import msgspec

from tongban.catalogue.model.questionnaire import (
    ANSWER,
    OWN_WORD,
    Question,
    Questionnaire,
    asked_in,
    prefilled,
)
from tongban.kit.rules import (
    Fact,
    Facts,
    Row,
    RowTrace,
    TableOutcome,
    Truth,
    Truthing,
    answer,
    truthing_of,
)

#: The most combinations of answers that one effect may hang on; a theme that needs more is to be split.
WIDEST = 20_000
#: How many states of a questionnaire a process remembers.
_KEPT = 2_000
#: How many days and sets of facts; beyond, the oldest is worked out again.
_DAYS = 8

_NONE = Fact(None, OWN_WORD)

Effect = tuple[str, ...]
Known = tuple[tuple[str, str], ...]


class Offered(msgspec.Struct, frozen=True):
    """An item that is offered, the rows that brought it and what they say of its situations.

    Rows that are not settled stand for it together where each answer that is still open would bring it.
    """

    item: str
    rules: tuple[RowTrace, ...]
    situation: dict[str, str]


class Guidance(msgspec.Struct, frozen=True):
    """What a questionnaire leads to. ``perhaps`` are rows that a fact decides which no source told.

    ``outcome`` is the full trace with the table's hash: kept, it can be answered again.
    """

    items: tuple[Offered, ...]
    exempt: tuple[RowTrace, ...]
    nothing: tuple[RowTrace, ...]
    perhaps: tuple[RowTrace, ...]
    outcome: TableOutcome


class _Table:
    """Whether an effect holds, for each combination of answers to the questions that it hangs on."""

    def __init__(self, names: Sequence[str], sizes: Sequence[int], values: list[Truth]) -> None:
        self.names = names
        self.values = values
        self.sizes = dict(zip(names, sizes, strict=True))
        self.steps = {name: prod(sizes[place + 1 :]) for place, name in enumerate(names)}

    def left(self, known: Mapping[str, int]) -> list[int]:
        """The lines that the known answers leave."""
        start = sum(self.steps[name] * known[name] for name in self.names if name in known)
        lines = [start]
        for name in self.names:
            if name not in known:
                step, size = self.steps[name], self.sizes[name]
                lines = [line + step * value for line in lines for value in range(size)]
        return lines

    def turned_by(self, known: Mapping[str, int]) -> set[str]:
        """The open questions whose answers can still turn it."""
        lines, values = self.left(known), self.values
        first = values[lines[0]]
        if all(values[line] is first for line in lines):
            return set()
        return {name for name in self.names if name not in known and self._turns(name, lines)}

    def _turns(self, name: str, lines: list[int]) -> bool:
        step, size, values = self.steps[name], self.sizes[name], self.values
        return any(
            values[line] is not values[line + step * value]
            for line in lines
            if line // step % size == 0
            for value in range(1, size)
        )


class TooWide(ValueError):  # noqa: N818 - named for what it is
    """An effect hangs on more combinations of answers than :data:`WIDEST`."""


class Asking:
    """A questionnaire on one day, with what registers told: knows what every answer would change."""

    def __init__(self, guided: Questionnaire, told: Facts, today: date) -> None:
        self.questions = {question.key: question for question in _in_order(guided.questions)}
        self._author = {question.key: place for place, question in enumerate(guided.questions)}
        self._whens = {key: truthing_of(one.when) for key, one in self.questions.items()}
        self._hangs_on = {key: self._closed(asked_in(one.when)) for key, one in self.questions.items()}
        self._told = told
        self._today = today
        self._values = {
            key: [one.value for one in question.options] for key, question in self.questions.items()
        }
        self._states: dict[Known, frozenset[str]] = {}
        rows = [row for row in guided.rows if row.validity(today) == "in_force"]
        self._rows = {row.key: truthing_of(row.when) for row in rows}
        self.tables = {effect: self._table(parts) for effect, parts in effects(rows).items()}

    def matters(self, known: Mapping[str, str]) -> frozenset[str]:
        """The questions whose answers can still change the result."""
        state = tuple(sorted(known.items()))
        found = self._states.get(state)
        if found is None:
            places = {key: self._values[key].index(value) for key, value in known.items()}
            found = frozenset(key for table in self.tables.values() for key in table.turned_by(places))
            if len(self._states) >= _KEPT:
                self._states.clear()
            self._states[state] = found
        return found

    def next(self, known: Mapping[str, str]) -> Question | None:
        """The question that comes next; None when nothing can change the result any more."""
        open_ = self.matters(known)
        ready = [key for key in open_ if not open_ & self._hangs_on[key]]
        if not ready:
            return None
        return self.questions[min(ready, key=lambda key: (self._left_after(key, known), self._author[key]))]

    def holding(self, known: Mapping[str, str]) -> dict[Effect, Truth]:
        """Each effect as it is, once no question can change it."""
        places = {key: self._values[key].index(value) for key, value in known.items()}
        return {effect: table.values[table.left(places)[0]] for effect, table in self.tables.items()}

    def reached(self, known: Mapping[str, str]) -> set[str]:
        """The rows that may hold with these answers, once no question can change the result."""
        facts = self.normal(known)
        return {key for key, row in self._rows.items() if row(facts, self._today) is not Truth.FALSE}

    def _left_after(self, key: str, known: Mapping[str, str]) -> float:
        values = self._values[key]
        return sum(len(self.matters({**known, key: value})) for value in values) / len(values)

    def _closed(self, keys: Iterable[str]) -> set[str]:
        """The questions and those that their conditions hang on."""
        found: set[str] = set()
        left = [key for key in keys if key in self.questions]
        while left:
            key = left.pop()
            if key not in found:
                found.add(key)
                left += [one for one in asked_in(self.questions[key].when) if one in self.questions]
        return found

    def _table(self, parts: list[list[Row]]) -> _Table:
        keys = self._closed(key for rows in parts for row in rows for key in asked_in(row.when))
        names = [key for key in self.questions if key in keys]
        sizes = [len(self._values[name]) for name in names]
        if prod(sizes) > WIDEST:
            raise TooWide(", ".join(names))
        asked = [[truthing_of(row.when) for row in rows] for rows in parts]
        values = [
            self._answered(asked, names, dict(zip(names, combination, strict=True)))
            for combination in product(*(self._values[name] for name in names))
        ]
        return _Table(names, sizes, values)

    def _answered(
        self, parts: list[list[Truthing]], names: Sequence[str], answers: Mapping[str, str]
    ) -> Truth:
        """All parts hold, each by one of its rows."""
        facts = self._facts(names, answers)
        return _least(_most(row(facts, self._today) for row in rows) for rows in parts)

    def normal(self, answers: Mapping[str, str]) -> dict[str, Fact]:
        """The facts: what was told, the answers, and "none" for every question that does not come up."""
        return self._facts(self.questions, answers)

    def _facts(self, names: Iterable[str], answers: Mapping[str, str]) -> dict[str, Fact]:
        facts = dict(self._told)
        for key in names:
            if self._whens[key](facts, self._today) is Truth.FALSE:
                facts[ANSWER + key] = _NONE
            elif key in answers:
                facts[ANSWER + key] = Fact(answers[key], OWN_WORD)
        return facts


def effects(rows: Iterable[Row]) -> dict[Effect, list[list[Row]]]:
    """What may come of the rows, each with the rows that bring it: of every part one must hold."""
    found: dict[Effect, list[list[Row]]] = {}
    rows = list(rows)
    offers = [row for row in rows if row.then.does == "offer"]
    for row in rows:
        then = row.then
        found.setdefault(effect_of(row), [[]])[0].append(row)
        for key, value in then.situation.items():
            found.setdefault(("situation", then.of, key, value), [[]])[0].append(row)
    for effect, parts in found.items():
        if effect[0] == "exempt":
            parts.append([row for row in offers if effect[2] in ("", row.then.of)])
    return found


def effect_of(row: Row) -> Effect:
    """What follows from a row, as a name."""
    then = row.then
    match then.does:
        case "offer":
            return ("offer", then.of)
        case "exempt":
            return ("exempt", then.of, then.item, then.by)
        case _:
            return (then.does, row.key)


def asking(guided: Questionnaire, told: Facts, *, today: date) -> Asking:
    """The questionnaire on that day with what registers told; worked out once for as long as it is remembered."""
    direct = {
        name: told[name] for name in sorted(guided.table.facts & told.keys()) if not name.startswith(ANSWER)
    }
    name = (today, msgspec.json.encode({key: fact.value for key, fact in direct.items()}))
    kept: dict[Any, Asking] = vars(guided).setdefault("askings", {})
    found = kept.get(name)
    if found is None:
        if len(kept) >= _DAYS:
            del kept[next(iter(kept))]
        found = kept[name] = Asking(guided, direct, today)
    return found


def known_answers(guided: Questionnaire, facts: Facts) -> dict[str, str]:
    """The answers that stand: given ones, and those that a register gives where none was given."""
    known = {}
    for question in guided.questions:
        fact = facts.get(ANSWER + question.key) or prefilled(question, facts)
        if fact is not None and question.option(fact.value) is not None:
            known[question.key] = fact.value
    return known


def answers_standing(guided: Questionnaire, facts: Facts, *, today: date) -> dict[str, str]:
    """The known answers to questions that come up; one that another answer made idle is left out."""
    known = known_answers(guided, facts)
    normal = asking(guided, facts, today=today).normal(known)
    return {key: value for key, value in known.items() if normal[ANSWER + key].value is not None}


def next_question(guided: Questionnaire, facts: Facts, *, today: date) -> Question | None:
    """The question that comes next, None when no answer can change the result any more."""
    return asking(guided, facts, today=today).next(known_answers(guided, facts))


def result(guided: Questionnaire, facts: Facts, *, today: date) -> Guidance:
    """What the answers lead to, each with the rows that brought it, and the full trace."""
    at_work = asking(guided, facts, today=today)
    known = known_answers(guided, facts)
    normal = at_work.normal(known)
    sources = {key: fact for key, fact in facts.items() if key in normal}
    for question in guided.questions:
        looked_up = prefilled(question, facts)
        if looked_up is not None:
            sources.setdefault(ANSWER + question.key, looked_up)
    outcome = answer(
        guided.table,
        {key: fact if fact is _NONE else sources.get(key, fact) for key, fact in normal.items()},
        today=today,
    )
    return _told(guided, at_work.holding(known), outcome)


def _told(guided: Questionnaire, holding: Mapping[Effect, Truth], outcome: TableOutcome) -> Guidance:
    traces = {trace.key: trace for trace in outcome.rows}
    rows = {row.key: row for row in guided.rows}
    open_ = [traces[key] for key in rows if traces[key].result is Truth.UNKNOWN]
    held = {effect for effect, truth in holding.items() if truth is Truth.TRUE}

    def by(effect: Effect) -> tuple[RowTrace, ...]:
        mine = [traces[key] for key, row in rows.items() if effect_of(row) == effect]
        sure = [trace for trace in mine if trace.result is Truth.TRUE]
        return tuple(sure or [trace for trace in mine if trace.result is Truth.UNKNOWN])

    return Guidance(
        items=tuple(
            Offered(
                item,
                by(("offer", item)),
                {
                    key: value
                    for _, of, key, value in sorted(e for e in held if e[0] == "situation")
                    if of == item
                },
            )
            for item in guided.items
            if ("offer", item) in held
        ),
        exempt=tuple(
            trace for effect in holding if effect in held and effect[0] == "exempt" for trace in by(effect)
        ),
        nothing=tuple(
            trace for effect in holding if effect in held and effect[0] == "nothing" for trace in by(effect)
        ),
        perhaps=tuple(trace for trace in open_ if holding.get(effect_of(rows[trace.key])) is Truth.UNKNOWN),
        outcome=outcome,
    )


def _in_order(questions: Sequence[Question]) -> list[Question]:
    """Each question behind those on which its condition hangs; those of a circle as they come."""
    left, done, found = list(questions), set[str](), list[Question]()
    known = {question.key for question in questions}
    while left:
        ready = [one for one in left if all(key in done or key not in known for key in asked_in(one.when))]
        for one in ready or left[:1]:
            found.append(one)
            done.add(one.key)
            left.remove(one)
    return found


def _most(truths: Iterable[Truth]) -> Truth:
    best = Truth.FALSE
    for truth in truths:
        if truth is Truth.TRUE:
            return truth
        if truth is Truth.UNKNOWN:
            best = truth
    return best


def _least(truths: Iterable[Truth]) -> Truth:
    worst = Truth.TRUE
    for truth in truths:
        if truth is Truth.FALSE:
            return truth
        if truth is Truth.UNKNOWN:
            worst = truth
    return worst
