"""Guided questionnaires: fewest questions, no dead ends, a result that no further answer would change."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from tests.catalogue.guided import TODAY, combinations, questionnaires, truth_of
from tongban.catalogue.model.asking import Guidance, next_question, result
from tongban.catalogue.model.lint_guided import lint_guided
from tongban.catalogue.model.questionnaire import (
    Questionnaire,
    with_answers,
)
from tongban.kit.rules import Fact, replayed


def walked(guided: Questionnaire, answers: dict[str, str]) -> tuple[list[str], dict[str, Fact]]:
    """The questions that somebody with these answers is asked, and the facts at the end."""
    asked: list[str] = []
    facts = with_answers(guided, {}, {})
    while (question := next_question(guided, facts, today=TODAY)) is not None:
        asked.append(question.key)
        facts = with_answers(guided, {key: answers[key] for key in asked}, {})
    return asked, facts


def effects_of(found: Guidance) -> set[Any]:
    """What a result says, spelt as the oracle spells it."""
    return {
        *(("offer", one.item) for one in found.items),
        *(("situation", one.item, key, value) for one in found.items for key, value in one.situation.items()),
        *(("exempt", row.then.of, row.then.item, row.then.by) for row in found.exempt),
        *(("nothing", row.key) for row in found.nothing),
    }


@settings(max_examples=120, deadline=None)
@given(questionnaires())
def test_only_what_can_change_the_result_is_asked(guided: Questionnaire) -> None:
    """How it can fail (tried): let ``turned_by`` name every open question, and needless ones are asked."""
    every = combinations(guided)
    truths = {tuple(answers.items()): truth_of(guided, answers) for answers in every}
    for answers in every:
        asked, facts = walked(guided, answers)
        found = result(guided, facts, today=TODAY)
        assert effects_of(found) == truths[tuple(answers.items())], "what was not asked changes nothing"
        assert all(one.rules for one in found.items), "each item names the rule that brought it"
        assert replayed(guided.table, found.outcome) == found.outcome
        for place, key in enumerate(asked):
            before = {one: answers[one] for one in asked[:place]}
            alike = [one for one in every if before.items() <= one.items()]
            turns = any(
                truths[tuple(one.items())] != truths[tuple({**one, key: option.value}.items())]
                for one in alike
                for option in guided.question(key).options  # type: ignore[union-attr]
            )
            assert turns, f"{key} was asked and could change nothing"


@settings(max_examples=120, deadline=None)
@given(questionnaires())
def test_a_dead_end_is_found_before_publishing_and_only_then(guided: Questionnaire) -> None:
    """How it can fail (tried): leave out the look at offers and nothing in ``_walk``, and dead ends pass."""
    truths = [{effect[0] for effect in truth_of(guided, answers)} for answers in combinations(guided)]
    rules = {finding.rule for finding in lint_guided(guided, ("one", "two", "three"), today=TODAY)}
    if rules & {"GUIDE-1", "GUIDE-2"}:
        return  # a condition names an option that its question has not
    assert ("GUIDE-4" in rules) == any(not truth & {"offer", "nothing"} for truth in truths)
    assert ("GUIDE-5" in rules) == any({"offer", "nothing"} <= truth for truth in truths)
