"""Guided questionnaires 主题引导: a few questions lead to the items that somebody needs.

A questionnaire is a rule table. Its rows offer items, or say why there is nothing to do; the answer to the question
``where`` is the fact ``answer.where``, beside what registers tell (``population.is_local_hukou``). Which question comes
next is worked out in :mod:`tongban.catalogue.model.asking`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import msgspec

from tongban.catalogue.model.guide import Mark
from tongban.kit.i18n import Text
from tongban.kit.rules import (
    ALWAYS,
    BadRules,
    Compare,
    Condition,
    Fact,
    Facts,
    Row,
    RuleTable,
    Then,
    check_rows,
    facts_of,
)

#: Before the key of a question: the fact that its answer is.
ANSWER = "answer."
#: Whose word an answer is that nobody looked up.
OWN_WORD = Text("您的回答", "Your answer")


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the answers to a question."""

    value: str
    text: Text
    hint: Text | None = None


class Prefill(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question that need not be asked where a register tells ``fact``: its values, as JSON spells them, as options.

    ``*`` stands for any other value. The answer is shown with its source; where it is ``changeable`` the person may
    say otherwise.
    """

    fact: str
    options: dict[str, str]
    changeable: bool = True


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question: ``why`` tells what hangs on it. It is asked only ``when`` the condition may still hold."""

    key: str
    text: Text
    why: Text
    options: tuple[Option, ...]
    prefill: Prefill | None = None
    when: Condition = ALWAYS

    def option(self, value: str) -> Option | None:
        """The option of this value."""
        return next((option for option in self.options if option.value == value), None)


class Questionnaire(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """A theme of life or business with its questions and what follows from the answers; ``number`` 0 is a draft.

    Lists show them by their ``place``, then by key.
    """

    key: str
    number: int = 0
    place: int = 0
    title: Text
    summary: Text
    also_called: tuple[str, ...] = ()
    icon: str = "doc"
    topics: tuple[str, ...] = ()
    questions: tuple[Question, ...]
    rows: tuple[Row, ...]
    mark: Mark

    @cached_property
    def table(self) -> RuleTable:
        """The rule table that it is: a row for each question, then what follows from the answers."""
        asks = tuple(
            Row(
                key=f"ask.{question.key}",
                when=question.when,
                then=Then(does="ask", of=question.key),
                text=question.why,
            )
            for question in self.questions
        )
        return RuleTable(key=self.key, title=self.title, rows=(*asks, *self.rows))

    @cached_property
    def told(self) -> frozenset[str]:
        """The facts that answer a question without asking it."""
        return frozenset(one.prefill.fact for one in self.questions if one.prefill is not None)

    @property
    def items(self) -> tuple[str, ...]:
        """The codes of the items that it may offer, in order."""
        return tuple(dict.fromkeys(row.then.of for row in self.rows if row.then.does == "offer"))

    def meant(self, words: str, theme: str | None) -> bool:
        """Whether somebody who searches for these words, or looks at this theme, may mean it."""
        if not words:
            return theme in self.topics
        wanted = words.casefold()
        names = (self.title.zh, self.title.en.casefold(), *self.also_called)
        return any(wanted in name or (len(name) > 1 and name in wanted) for name in names)

    def question(self, key: str) -> Question | None:
        """The question of this key."""
        return next((question for question in self.questions if question.key == key), None)


def questionnaire_of(data: Mapping[str, Any]) -> Questionnaire:
    """The questionnaire that data describe; raises BadRules.

    A condition over answers may be written in short, ``when: {where: hospital, parents: [married, single]}``: each
    question's answer must be (one of) these. Its words are then those of question and option.
    """
    said = dict(data)
    try:
        questions = said.get("questions", [])
        words = {one["key"]: one for one in questions}
        said["questions"] = [_spelt_out(one, words) for one in questions]
        said["rows"] = [_spelt_out(one, words) for one in said.get("rows", [])]
        found = msgspec.convert(said, Questionnaire)
    except msgspec.ValidationError as wrong:
        raise BadRules(str(wrong)) from wrong
    except (KeyError, TypeError, AttributeError) as wrong:
        raise BadRules(f"not a questionnaire: {wrong!r}") from wrong
    _both_languages(said, "")
    check_rows(found.table.rows)
    return found


def answers_of(facts: Facts) -> dict[str, Any]:
    """The answers among the facts, by question."""
    return {name.removeprefix(ANSWER): fact.value for name, fact in facts.items() if name.startswith(ANSWER)}


def with_answers(guided: Questionnaire, answers: Mapping[str, str], told: Facts) -> dict[str, Fact]:
    """What registers tell, with the answers that follow from it and those that the person gave.

    An answer that is no option is none. Where a register answers and the question may not be changed, that stands.
    """
    facts = dict(told)
    for question in guided.questions:
        given = answers.get(question.key)
        looked_up = prefilled(question, told)
        if given is not None and question.option(given) is None:
            given = None
        if looked_up is not None and (given in (None, looked_up.value) or not _changeable(question)):
            facts[ANSWER + question.key] = looked_up
        elif given is not None:
            facts[ANSWER + question.key] = Fact(given, OWN_WORD)
    return facts


def prefilled(question: Question, told: Facts) -> Fact | None:
    """The answer that a register gives, with its source; None where it does not know."""
    if question.prefill is None or (fact := told.get(question.prefill.fact)) is None:
        return None
    options = question.prefill.options
    spelt = msgspec.json.encode(fact.value).decode().strip('"')
    value = options.get(spelt, options.get("*"))
    return None if value is None else Fact(value, fact.source, fact.as_of)


def asked_in(condition: Condition) -> list[str]:
    """The questions on whose answers a condition looks."""
    names = (name for name in facts_of(condition) if name.startswith(ANSWER))
    return list(dict.fromkeys(name.removeprefix(ANSWER) for name in names))


def _changeable(question: Question) -> bool:
    return question.prefill is not None and question.prefill.changeable


def _both_languages(part: Any, where: str) -> None:
    """Raises BadRules where words have more or less than two languages: a comma that nobody quoted cuts them off."""
    if isinstance(part, list):
        for place, one in enumerate(part):
            _both_languages(one, f"{where}.{place}")
    elif isinstance(part, dict) and "zh" in part:
        if part.keys() != {"zh", "en"} or not all(part.values()):
            raise BadRules(f"{where.strip('.')}: words are in zh and en, and nothing else")
    elif isinstance(part, dict):
        for name, one in part.items():
            _both_languages(one, f"{where}.{name}")


def _spelt_out(row: Mapping[str, Any], questions: Mapping[str, Any]) -> dict[str, Any]:
    when = row.get("when")
    if not isinstance(when, Mapping) or "op" in when:
        return dict(row)
    parts = [_compared(key, wanted, questions) for key, wanted in when.items()]
    label = {"zh": "这些回答", "en": "These answers"}
    return {**row, "when": parts[0] if len(parts) == 1 else {"op": "all", "label": label, "of": parts}}


def _compared(key: str, wanted: Any, questions: Mapping[str, Any]) -> Any:
    if key not in questions:
        raise BadRules(f"there is no question {key!r}")
    question, values = questions[key], wanted if isinstance(wanted, list) else [wanted]
    texts = {option["value"]: option["text"] for option in question["options"]}
    unknown = [value for value in values if value not in texts]
    if unknown:
        raise BadRules(f"the question {key!r} has no option {unknown[0]!r}")
    label = Text(
        question["text"]["zh"].rstrip("?？") + "：" + "、".join(texts[value]["zh"] for value in values),
        question["text"]["en"].rstrip("?") + ": " + ", ".join(texts[value]["en"] for value in values),
    )
    return msgspec.to_builtins(
        Compare(
            label=label,
            fact=ANSWER + key,
            comparison="in" if isinstance(wanted, list) else "eq",
            value=wanted,
            says={value: Text(text["zh"], text["en"]) for value, text in texts.items()},
        )
    )
