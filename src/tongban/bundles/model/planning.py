"""The plan of a bundle for one person's answers: which cases, in which order, and until when the whole is done."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import msgspec

from tongban import catalogue
from tongban.bundles.model.bundle import ANSWER, Bundle, Question, Row
from tongban.catalogue import ItemVersion, Material
from tongban.kit import rules
from tongban.kit.i18n import Text
from tongban.kit.rules import Fact, Truth

_SAID = Text("您的回答", "Your answer")


class Step(msgspec.Struct, frozen=True):
    """One case of a plan: its item's version, the cases that it waits for, and the working days of the whole, counted
    from the filing, in which it begins and ends."""

    row: Row
    version: ItemVersion
    after: tuple[str, ...]
    begins: int
    ends: int

    @property
    def item(self) -> str:
        """The item's code."""
        return self.row.item


class Need(msgspec.Struct, frozen=True):
    """One material of the whole: asked once, for the items that ask it; ``exempt`` where nobody must bring it."""

    material: Material
    items: tuple[str, ...]
    exempt: bool


class Saved(msgspec.Struct, frozen=True):
    """What filing together spares: each pair is filed apart, and together.

    ``applications`` are forms sent. ``questions`` are those asked. ``documents`` are papers that everybody
    must bring. ``days`` are promised working days, one case after the other or as the graph lets them run.
    ``visits`` are those of each item, or one for each department that needs one. ``windows`` are departments gone to.
    """

    applications: tuple[int, int]
    questions: tuple[int, int]
    documents: tuple[int, int]
    days: tuple[int, int]
    visits: tuple[int, int]
    windows: tuple[int, int]


class Plan(msgspec.Struct, frozen=True):
    """The cases of a bundle for these answers, those that wait behind what they wait for.

    ``critical`` is the longest way through it: the promise of the whole is its working days.
    """

    bundle: Bundle
    steps: tuple[Step, ...]
    critical: tuple[str, ...]
    needs: tuple[Need, ...]

    @property
    def to_bring(self) -> tuple[Material, ...]:
        """What everybody brings who goes this way: required, exempt by no route, and not of some situations only."""
        return tuple(
            need.material
            for need in self.needs
            if need.material.required and not need.exempt and not need.material.only_if
        )

    @property
    def in_situations(self) -> tuple[Material, ...]:
        """What is brought in some situations only."""
        return tuple(
            need.material
            for need in self.needs
            if need.material.required and not need.exempt and need.material.only_if
        )

    @property
    def days(self) -> int:
        """In how many working days the whole is promised."""
        return max((step.ends for step in self.steps), default=0)

    @property
    def departments(self) -> tuple[Text, ...]:
        """Who decides in it, each once."""
        return tuple(
            {step.version.department_name.zh: step.version.department_name for step in self.steps}.values()
        )

    @property
    def versions(self) -> dict[str, ItemVersion]:
        """The items' versions by code, in the plan's order."""
        return {step.item: step.version for step in self.steps}

    @property
    def levels(self) -> tuple[tuple[Step, ...], ...]:
        """The cases by how many others stand before them: those of one level run side by side."""
        depth: dict[str, int] = {}
        for step in self.steps:
            depth[step.item] = 1 + max((depth[one] for one in step.after), default=-1)
        return tuple(
            tuple(step for step in self.steps if depth[step.item] == level)
            for level in range(max(depth.values(), default=-1) + 1)
        )


def facts_of(answers: Mapping[str, str], known: Mapping[str, Fact] | None = None) -> dict[str, Fact]:
    """Answers and what is known besides, as conditions name them."""
    return {**(known or {}), **{ANSWER + key: Fact(value, _SAID) for key, value in answers.items()}}


def asked(bundle: Bundle, answers: Mapping[str, str], *, today: date) -> tuple[Question, ...]:
    """The questions that these answers leave: one that hangs on another only while that other is answered so."""
    facts, found = facts_of(answers), []
    for one in bundle.questions:
        when = bundle.rules.get(one.fact)
        if when is None or rules.evaluate(when, facts, today=today).verdict is Truth.TRUE:
            found.append(one)
        else:
            facts.pop(one.fact, None)
    return tuple(found)


def next_question(bundle: Bundle, answers: Mapping[str, str], *, today: date) -> Question | None:
    """The question that comes next, as in every guided questionnaire: none that changes nothing, so few as can be.

    None once no answer can change which items there are.
    """
    facts = catalogue.with_answers(bundle.guided, answers, {})
    found = catalogue.next_question(bundle.guided, facts, today=today)
    return None if found is None else bundle.by_key[found.key]


def answered(
    bundle: Bundle, answers: Mapping[str, str], told: Mapping[str, Fact], *, today: date
) -> dict[str, Fact]:
    """The answers that count, by question, each with whose word it is: hers, or what was ``told`` without asking."""
    facts = catalogue.with_answers(bundle.guided, answers, told)
    words = {one.key: str(facts[one.fact].value) for one in bundle.questions if one.fact in facts}
    return {key: facts[ANSWER + key] for key in settled(bundle, words, today=today)}


def settled(bundle: Bundle, answers: Mapping[str, str], *, today: date) -> dict[str, str]:
    """Those of the answers that were asked for and fit, whatever else a page has sent."""
    return {
        one.key: answers[one.key] for one in asked(bundle, answers, today=today) if _answered(one, answers)
    }


def _answered(question: Question, answers: Mapping[str, str]) -> bool:
    return answers.get(question.key) in [value for value, _ in question.options]


def chosen(
    bundle: Bundle, answers: Mapping[str, str], *, known: Mapping[str, Fact] | None = None, today: date
) -> tuple[Row, ...]:
    """The rows that these answers lead to; a condition that is unknown leads to none."""
    facts = facts_of(answers, known)
    return tuple(
        row
        for row in bundle.rows
        if row.item not in bundle.rules
        or rules.evaluate(bundle.rules[row.item], facts, today=today).verdict is Truth.TRUE
    )


def plan(
    bundle: Bundle,
    answers: Mapping[str, str],
    versions: Mapping[str, ItemVersion],
    *,
    known: Mapping[str, Fact] | None = None,
    every: bool = False,
    only: Collection[str] | None = None,
    today: date,
) -> Plan:
    """The plan for these answers over the items' versions; KeyError for an item without one.

    ``every``: of all rows, whatever the answers; ``only``: of these items alone, which were chosen before. A published
    bundle has no cycle, so each case stands behind what it waits for.
    """
    if only is not None:
        rows = tuple(row for row in bundle.rows if row.item in only)
    else:
        rows = bundle.rows if every else chosen(bundle, answers, known=known, today=today)
    steps = _in_order(rows, versions)
    return Plan(bundle, steps, _critical(steps), _needs(steps))


def _in_order(rows: tuple[Row, ...], versions: Mapping[str, ItemVersion]) -> tuple[Step, ...]:
    waiting = {row.item: row for row in rows}
    done: dict[str, Step] = {}
    while waiting:
        ready = [row for row in waiting.values() if not any(one in waiting for one in row.after)]
        if not ready:
            raise ValueError(f"these wait for each other: {', '.join(waiting)}")
        for row in ready:
            del waiting[row.item]
        for row in ready:
            after = tuple(one for one in row.after if one in done)
            begins = max((done[one].ends for one in after), default=0)
            version = versions[row.item]
            done[row.item] = Step(row, version, after, begins, begins + version.clock.promise_days)
    return tuple(done.values())


def _critical(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The longest way, its last case first found and followed back; of equally long ones the first."""
    by_item = {step.item: step for step in steps}
    at = max(steps, key=lambda step: step.ends, default=None)
    way: list[str] = []
    while at is not None:
        way.append(at.item)
        before = [by_item[one] for one in at.after]
        at = next((one for one in before if one.ends == at.begins), None)
    return tuple(reversed(way))


def _needs(steps: tuple[Step, ...]) -> tuple[Need, ...]:
    """The materials by standard code where the city has one, else by their own; required by one is required."""
    found: dict[str, Need] = {}
    for step in steps:
        for one in step.version.materials:
            key = one.material_code or f"{one.code} {one.name.zh}"
            known = found.get(key)
            if known is None:
                found[key] = Need(one, (step.item,), one.exempt)
                continue
            stricter = one if one.required and not known.material.required else known.material
            # What the house has for one of them it has for all; a commitment stands for the one alone that takes it.
            had = (known.exempt and one.exempt) or "licence" in (one.route, known.material.route)
            found[key] = Need(
                stricter, (*known.items, step.item), had or "shared" in (one.route, known.material.route)
            )
    return tuple(found.values())


def saved(plan_: Plan, questions: Mapping[str, int], together: int) -> Saved:
    """What this plan spares; ``questions`` are how many each item's form asks, ``together`` those of the one form."""
    versions = [step.version for step in plan_.steps]
    apart = sum(
        one.required and not one.exempt and not one.only_if
        for version in versions
        for one in version.materials
    )
    visiting = {version.department_name.zh for version in versions if version.visits}
    return Saved(
        applications=(len(versions), min(1, len(versions))),
        questions=(sum(questions.values()), together),
        documents=(apart, len(plan_.to_bring)),
        days=(sum(version.clock.promise_days for version in versions), plan_.days),
        visits=(sum(version.visits for version in versions), len(visiting)),
        windows=(len(plan_.departments), min(1, len(versions))),
    )


def answers_in_words(bundle: Bundle, answers: Mapping[str, str]) -> list[tuple[Text, Text]]:
    """The questions that were answered, each with its answer, in words."""
    return [
        (one.text, words)
        for one in bundle.questions
        for value, words in one.options
        if answers.get(one.key) == value
    ]
