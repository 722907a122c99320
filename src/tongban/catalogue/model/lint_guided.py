"""What a guided questionnaire must keep before it is published: every way through it leads somewhere.

Rules GUIDE-1 to GUIDE-8. Where a way is wrong, the finding names it: the questions and answers that lead there. All
days are looked at on which a row begins or ceases to be in force.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from itertools import product
from typing import Any

from tongban.catalogue.model.asking import Asking, TooWide
from tongban.catalogue.model.lint import Finding
from tongban.catalogue.model.questionnaire import ANSWER, OWN_WORD, Questionnaire, asked_in
from tongban.kit.i18n import Text
from tongban.kit.rules import Compare, Condition, Fact, MonthsSince, Truth, conditions_of

#: The most ways through a questionnaire that are walked; one with more is to be split.
MOST_WAYS = 20_000

Known = Mapping[str, str]


def lint_guided(
    guided: Questionnaire, items: Collection[str], *, today: date, off: Collection[str] = ()
) -> list[Finding]:
    """Every broken rule of a questionnaire, empty when it may be published; ``items`` are the codes there are, ``off``
    those that are cancelled."""
    found = [*_named(guided, items), *_cancelled(guided, off), *_circles(guided)]
    return found or list(_ways(guided, today))


def _named(guided: Questionnaire, items: Collection[str]) -> Iterator[Finding]:
    """GUIDE-1: names that exist, once each; GUIDE-2: at least two different answers."""
    questions = {question.key: question for question in guided.questions}
    if len(questions) < len(guided.questions):
        yield _found("GUIDE-1", "questions", "有两个问题的键相同。", "Two questions have the same key.")
    for question in guided.questions:
        values = {option.value for option in question.options}
        field = f"questions.{question.key}"
        if len(values) < max(2, len(question.options)):
            yield _found(
                "GUIDE-2",
                field,
                "问题至少要有两个不同的选项。",
                "A question needs two different options or more.",
            )
        if question.prefill and not values.issuperset(question.prefill.options.values()):
            yield _found(
                "GUIDE-1",
                field,
                "预填的值不是这个问题的选项。",
                "It is prefilled with what is no option of it.",
            )
        yield from _answers_exist(question.when, field, guided)
    for row in guided.rows:
        yield from _answers_exist(row.when, f"rows.{row.key}", guided)
        if row.then.does not in ("offer", "exempt", "nothing"):
            yield _found(
                *("GUIDE-1", f"rows.{row.key}"),
                "行的结果只能是提供事项、免交材料或无需办理。",
                "A row offers an item, exempts a material or says that there is nothing to do.",
            )
        for code in [row.then.of if row.then.does == "offer" else row.then.item]:
            if code and code not in items:
                yield _found(
                    "GUIDE-1", f"rows.{row.key}", f"没有这个事项：{code}。", f"There is no item {code}."
                )


def _cancelled(guided: Questionnaire, off: Collection[str]) -> Iterator[Finding]:
    """GUIDE-8: nobody is led to what she cannot apply for any more."""
    for row in guided.rows:
        if row.then.does == "offer" and row.then.of in off:
            yield _found(
                *("GUIDE-8", f"rows.{row.key}"),
                f"事项 {row.then.of} 已经取消，请去掉这一行或者换成替代的事项。",
                f"The item {row.then.of} is cancelled: take the row out, or offer what has come in its place.",
            )


def _answers_exist(when: Condition, field: str, guided: Questionnaire) -> Iterator[Finding]:
    for part in conditions_of(when):
        if not isinstance(part, Compare) or not part.fact.startswith(ANSWER):
            continue
        question = guided.question(part.fact.removeprefix(ANSWER))
        values = part.value if isinstance(part.value, list) else [part.value]
        if question is None:
            name = part.fact.removeprefix(ANSWER)
            yield _found("GUIDE-1", field, f"没有这个问题：{name}。", f"There is no question {name}.")
        elif unknown := [value for value in values if question.option(value) is None]:
            yield _found(
                *("GUIDE-1", field),
                f"问题 {question.key} 没有这个选项：{unknown[0]}。",
                f"The question {question.key} has no option {unknown[0]}.",
            )


def _circles(guided: Questionnaire) -> Iterator[Finding]:
    """GUIDE-3: no question waits for itself."""
    hangs_on = {question.key: asked_in(question.when) for question in guided.questions}
    for start in hangs_on:
        ways = [[start]]
        seen: set[str] = set()
        while ways:
            way = ways.pop()
            for key in hangs_on.get(way[-1], ()):
                if key == start:
                    told = " → ".join([*way, start])
                    yield _found(
                        "GUIDE-3", f"questions.{start}", f"问题互相等待：{told}。", f"Questions wait: {told}."
                    )
                    return
                if key not in seen:
                    seen.add(key)
                    ways.append([*way, key])


def _ways(guided: Questionnaire, today: date) -> Iterator[Finding]:
    """GUIDE-4 to 7: walked on every day on which the table differs, with whatever registers may tell."""
    reached: set[str] = set()
    asked: set[str] = set()
    broken: dict[str, Finding] = {}
    for day in _days(guided, today):
        for told in _worlds(guided, day):
            try:
                at_work = Asking(guided, told, day)
            except TooWide as wide:
                yield _found(
                    "GUIDE-7",
                    "questions",
                    f"组合太多，请拆分主题：{wide}。",
                    f"Too many combinations, split it: {wide}.",
                )
                return
            for finding in _walk(guided, at_work, reached, asked):
                broken.setdefault(finding.rule, finding)
    yield from broken.values()
    if broken:
        return
    for row in guided.rows:
        if row.key not in reached and (row.valid_until is None or row.valid_until >= today):
            way = "; ".join(part.label.zh for part in conditions_of(row.when) if isinstance(part, Compare))
            yield _found(
                *("GUIDE-6", f"rows.{row.key}"),
                f"没有任何回答会走到这一行：{way}。",
                f"No answers lead to this row: {way}.",
            )
    for question in guided.questions:
        if question.key not in asked:
            yield _found(
                *("GUIDE-6", f"questions.{question.key}"),
                "这个问题永远不会问到，或回答不影响结果。",
                "This question is never asked, or its answer changes nothing.",
            )


def _walk(guided: Questionnaire, at_work: Asking, reached: set[str], asked: set[str]) -> Iterator[Finding]:
    """Every way that answers can take; what is met on them is noted in ``reached`` and ``asked``."""
    ways: list[dict[str, str]] = [{}]
    walked = 0
    while ways:
        known = ways.pop()
        walked += 1
        if walked > MOST_WAYS:
            yield _found(
                "GUIDE-7", "questions", "走法太多，请拆分主题。", "Too many ways through it, split it."
            )
            return
        question = at_work.next(known)
        if question is not None:
            asked.add(question.key)
            ways += [{**known, question.key: option.value} for option in question.options]
            continue
        reached |= at_work.reached(known)
        effects = {
            effect[0]: truth for effect, truth in at_work.holding(known).items() if truth is not Truth.FALSE
        }
        sure = {effect[0] for effect, truth in at_work.holding(known).items() if truth is Truth.TRUE}
        if not effects.keys() & {"offer", "nothing"}:
            way = told_way(guided, known)
            yield _found(
                *("GUIDE-4", "rows"),
                f"这样回答没有结果：{way.zh}。",
                f"These answers lead nowhere: {way.en}.",
            )
        if {"offer", "nothing"} <= sure:
            way = told_way(guided, known)
            yield _found(
                *("GUIDE-5", "rows"),
                f"这样回答，结果互相矛盾（既要办理又无需办理）：{way.zh}。",
                f"These answers lead to items and to “nothing to do” at once: {way.en}.",
            )


def told_way(guided: Questionnaire, known: Known) -> Text:
    """A way through the questionnaire in words: each question with its answer."""
    steps = []
    for key, value in known.items():
        question = guided.question(key)
        option = question.option(value) if question else None
        if question is not None and option is not None:
            steps.append((question.text, option.text))
    return Text(
        " → ".join(f"{asked.zh}{said.zh}" for asked, said in steps) or "不用回答",
        " → ".join(f"{asked.en} {said.en}" for asked, said in steps) or "no answer",
    )


def _days(guided: Questionnaire, today: date) -> list[date]:
    """Today and every later day on which a row begins to be in force, or is not any more."""
    begins = [row.valid_from for row in guided.rows if row.valid_from]
    ends = [row.valid_until + timedelta(days=1) for row in guided.rows if row.valid_until]
    return sorted({today, *(day for day in [*begins, *ends] if day > today)})


def _worlds(guided: Questionnaire, today: date) -> Iterator[dict[str, Fact]]:
    """What registers may tell of the facts that rows look at themselves: every kind of value, and nothing."""
    kinds: dict[str, list[Any]] = {}
    for row in guided.table.rows:
        for part in conditions_of(row.when):
            if hasattr(part, "fact") and not part.fact.startswith(ANSWER):
                kinds.setdefault(part.fact, [None]).extend(_kinds(part, today))
    choices = [
        [(name, None), *((name, Fact(value, OWN_WORD)) for value in _once(values))]
        for name, values in kinds.items()
    ]
    for world in product(*choices):
        yield {name: fact for name, fact in world if fact is not None}


def _kinds(part: Condition, today: date) -> list[Any]:
    """Values on both sides of what a condition asks."""
    if isinstance(part, MonthsSince):
        return [today.replace(year=today.year - part.at_least // 12 - 1).isoformat(), today.isoformat()]
    if not isinstance(part, Compare):
        return [True]
    values = part.value if isinstance(part.value, list) else [part.value]
    if all(isinstance(value, bool) for value in values):
        return [True, False]
    if all(isinstance(value, int | float) for value in values):
        return [one for value in values for one in (value - 1, value, value + 1)]
    return [*values, "·"]


def _once(values: list[Any]) -> list[Any]:
    return [value for place, value in enumerate(values) if value not in values[:place]]


def _found(rule: str, field: str, zh: str, en: str) -> Finding:
    return Finding(rule, field, Text(zh, en))
