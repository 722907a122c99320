"""The graph, the one form and the check before publishing, on the city's own bundles and on random ones."""

from __future__ import annotations

import time
from datetime import date
from functools import cache
from itertools import product
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import CITY
from tongban.bundles import Bundle, bundles_of, lint, plan
from tongban.bundles.model import (
    PartState,
    Run,
    RunState,
    joined,
    next_question,
    one_form,
    saved,
    settled,
    stricter,
    written_out,
)
from tongban.bundles.model.planning import chosen
from tongban.bundles.model.run import Part
from tongban.catalogue import ItemVersion
from tongban.catalogue.actions.loading import drafts_of
from tongban.kit import clock, forms
from tongban.kit.i18n import Text

TODAY = date(2026, 11, 28)
WORDS = Text("因为", "because")


@cache
def versions() -> dict[str, ItemVersion]:
    return {draft.code: draft for draft in drafts_of(CITY) if not draft.after}


@cache
def city_bundles() -> dict[str, Bundle]:
    return {one.code: one for one in bundles_of(CITY)}


def made(rows: list[dict[str, Any]], questions: list[dict[str, Any]] | None = None, **more: Any) -> Bundle:
    """A bundle of these rows, written shortly."""
    body = {
        "code": "made",
        "name": {"zh": "示例", "en": "Sample"},
        "summary": {"zh": "示例", "en": "Sample"},
        "audience": "person",
        "lead": "health",
        "mark": "synthetic",
        "questions": questions or [],
        "rows": [{"why": {"zh": "因为", "en": "because"}, "mark": "synthetic", **row} for row in rows],
        **more,
    }
    return msgspec.convert(written_out(body), Bundle)


def question(key: str, *values: str, **more: Any) -> dict[str, Any]:
    text = {"zh": f"{key}吗？", "en": f"{key}?"}
    return {
        "key": key,
        "text": text,
        "why": text,
        "options": [[one, {"zh": one, "en": one}] for one in values or ("yes", "no")],
        **more,
    }


def test_the_citys_bundles_are_twenty_six_and_hold() -> None:
    """How it can fail: a row that waits for an item whose condition excludes its own."""
    found = city_bundles()
    assert len(found) == 26
    assert {one.code: lint(one, versions()) for one in found.values()} == {code: [] for code in found}
    assert sum(one.atomic for one in found.values()) >= 2
    for one in found.values():
        plan_ = plan(one, {}, versions(), every=True, today=TODAY)
        together = one_form(one, plan_.versions)
        asked = {item: len(version.form["properties"]) for item, version in plan_.versions.items()}
        spared = saved(plan_, asked, len(together.form.fields))
        assert spared.questions[1] < spared.questions[0] and spared.applications[1] == 1
        assert spared.days[1] <= spared.days[0] and spared.documents[1] <= spared.documents[0]


def test_the_plan_is_a_graph_and_its_promise_the_longest_way() -> None:
    """How it can fail (tried): the critical path took the last case instead of the one that ends last."""
    birth = city_bundles()["birth"]
    answers = {"certificate": "no", "hukou": "yes", "registered": "no", "insured": "yes"}
    found = plan(birth, answers, versions(), today=TODAY)
    assert [[step.item for step in level] for level in found.levels] == [
        ["birth_certificate", "birth_registration_service"],
        ["birth_registration", "vaccination_record", "maternity_benefit"],
        ["newborn_insurance", "newborn_social_card"],
    ]
    assert (found.days, found.critical) == (10, ("birth_certificate", "maternity_benefit"))
    fewer = plan(birth, {**answers, "certificate": "yes", "insured": "no"}, versions(), today=TODAY)
    assert all("birth_certificate" not in step.after for step in fewer.steps)  # not chosen, not waited for
    shared = next(need for need in found.needs if need.material.code == "birth_certificate")
    assert len(shared.items) > 2 and shared.exempt


def test_what_may_not_be_published_is_refused_with_its_path() -> None:
    """How it can fail (tried): cycles, dead ends or contradictions were not looked for."""
    item = ("social_card", "pension", "passport")
    rules = {
        "CYCLE-1": made([{"item": item[0], "after": [item[1]]}, {"item": item[1], "after": [item[0]]}]),
        "ITEM-1": made([{"item": "no_such_item"}]),
        "ITEM-2": made([{"item": item[0]}, {"item": item[0]}]),
        "ITEM-3": made([{"item": "reconsideration"}]),
        "AFTER-1": made([{"item": item[0], "after": ["passport"]}]),
        "FACT-1": made([{"item": item[0], "when": {"unasked": ["yes"]}}]),
        "REACH-1": made([{"item": item[0], "when": {"a": ["maybe"]}}, {"item": item[1]}], [question("a")]),
        "REACH-2": made([{"item": item[0]}], [question("a"), question("b", when={"a": ["maybe"]})]),
        "END-1": made([{"item": item[0], "when": {"a": ["yes"]}}], [question("a")]),
        "AFTER-2": made(
            [
                {"item": item[0], "when": {"a": ["yes"]}},
                {"item": item[1], "when": {"a": ["no"]}, "after": [item[0]]},
            ],
            [question("a")],
        ),
        "ATOMIC-1": made([{"item": item[0]}], atomic=True),
        "JOIN-1": made([{"item": item[0]}], joined={"social_card.bank": ["pension.no_such"]}),
        "JOIN-2": made(
            [{"item": item[0]}, {"item": item[1]}], joined={"social_card.phone": ["pension.id_number"]}
        ),
        "GIVEN-1": made([{"item": item[0], "given": {"bank": "pension#code"}}, {"item": item[1]}]),
        "PREFILL-1": made(
            [{"item": item[0]}],
            [question("a", prefill={"fact": "licence.passport", "options": {"true": "maybe"}})],
        ),
        "WAYS-1": made([{"item": item[0]}], [question(f"q{n}") for n in range(16)]),
    }
    for rule, bundle in rules.items():
        found = lint(bundle, versions())
        assert [one.rule for one in found][:1] == [rule], (rule, found)
    cycle = lint(rules["CYCLE-1"], versions())[0].message.en
    assert "social_card → pension → social_card" in cycle
    assert "a=no" in lint(rules["END-1"], versions())[0].message.en


def test_what_is_not_the_same_question_says_whose_it_is() -> None:
    """How it can fail (tried): the way of one item answered for the other; two questions stood in the same words."""
    bundle = made([{"item": "fire_check"}, {"item": "public_place_hygiene"}])
    form = one_form(bundle, {row.item: versions()[row.item] for row in bundle.rows})
    ways = {item: form.of(item)["situation_way"] for item in bundle.by_item}
    assert len(set(ways.values())) == 2
    for item, name in ways.items():
        assert versions()[item].name.zh in form.form.by_name[name].label.zh
    reports = [form.form.by_name[name].label.zh for name in ("file_test_report", "file_report_before")]
    assert set(reports) == {"卫生检测报告"}, "one item asks for it in either situation"


ITEMS = sorted(code for code, one in versions().items() if one.is_online and not one.about)


@st.composite
def graphs(draw: st.DrawFn) -> Bundle:
    """A bundle of up to twelve items, each after some of those before it, some only on an answer."""
    items = draw(st.lists(st.sampled_from(ITEMS), min_size=1, max_size=12, unique=True))
    rows = []
    for place, code in enumerate(items):
        after = draw(st.lists(st.sampled_from(items[:place]), max_size=3, unique=True)) if place else []
        when = draw(st.sampled_from([None, None, {"a": ["yes"]}, {"b": ["no"]}]))
        rows.append({"item": code, "after": after, **({"when": when} if when else {})})
    return made(draw(st.permutations(rows)), [question("a"), question("b")])


@settings(max_examples=40)
@given(graphs(), st.sampled_from(["yes", "no"]), st.sampled_from(["yes", "no"]))
def test_any_graph_is_planned_in_its_order(bundle: Bundle, a: str, b: str) -> None:
    """How it can fail (tried): cases were planned in the order of the file."""
    found = plan(bundle, {"a": a, "b": b}, versions(), today=TODAY)
    place = {step.item: n for n, step in enumerate(found.steps)}
    ends = {step.item: step.ends for step in found.steps}
    for step in found.steps:
        assert all(place[one] < place[step.item] and ends[one] <= step.begins for one in step.after)
        assert step.after == tuple(one for one in step.row.after if one in place)
    assert found.days == max(ends.values(), default=0)
    assert (
        sum(one.version.clock.promise_days for one in found.steps if one.item in found.critical) == found.days
    )
    state = {step.item: Part(step.item, None, PartState.WAITING, step.after) for step in found.steps}
    run = Run(
        id=UUID(int=0),
        applicant=UUID(int=0),
        bundle="made",
        number=1,
        state=RunState.SENT,
        version=1,
        answers={},
        parts=tuple(state.values()),
        language="zh",
        opened_at=clock.now(),
    )
    rounds = 0
    while not run.is_over:  # whatever the graph, deciding what is due ends it
        due = run.due()
        assert due and rounds < 13
        run = run.with_parts(**{part.item: PartState.GRANTED for part in due})
        rounds += 1
    if run.parts:
        first = run.parts[0].item
        lost = msgspec.structs.replace(run, parts=tuple(state.values())).with_parts(
            **{first: PartState.ENDED}
        )
        dropped = {part.item for part in lost.parts if part.state is PartState.DROPPED}
        assert all(set(part.after) & ({first} | dropped) for part in lost.parts if part.item in dropped)
        assert not {part.item for part in lost.due()} & dropped


@settings(max_examples=25)
@given(st.lists(st.sampled_from(ITEMS), min_size=2, max_size=12, unique=True))
def test_any_items_make_one_form_that_asks_everything_once(items: list[str]) -> None:
    """How it can fail (tried): a joined question lost its place in the second item."""
    found = joined({code: versions()[code].form for code in items}, {})
    placed = [place for places in found.places.values() for place in places]
    assert sorted(placed) == sorted(
        (code, name) for code in items for name in versions()[code].form["properties"]
    )
    for places in found.places.values():
        assert len({code for code, _ in places}) == len(places)
    for code in items:
        assert len(found.of(code)) == len(versions()[code].form["properties"])
    assert forms.compile_form(found.form.schema) is found.form


@given(st.integers(0, 9), st.integers(10, 19), st.integers(0, 9), st.integers(10, 19), st.integers(-5, 25))
def test_the_stricter_rule_keeps_both(a: int, b: int, c: int, d: int, value: int) -> None:
    """How it can fail (tried): the lesser of two minima was taken."""
    ui = {"label": {"zh": "数", "en": "n"}, "element": "DE-N"}
    rules = [
        {"type": "integer", "minimum": low, "maximum": high, "x-ui": ui} for low, high in ((a, b), (c, d))
    ]
    both = stricter(*rules)
    assert both is not None
    holds = [one["minimum"] <= value <= one["maximum"] for one in (*rules, both)]
    assert holds[2] == (holds[0] and holds[1])
    assert stricter(rules[0], {**rules[1], "type": "string"}) is None
    chosen = [
        {"type": "string", "enum": list(one), "x-ui": {**ui, "options": []}} for one in ("ab", "bc", "d")
    ]
    assert (stricter(chosen[0], chosen[1]) or {})["enum"] == ["b"]
    assert stricter(chosen[0], chosen[2]) is None


def test_twelve_items_are_planned_in_twenty_milliseconds() -> None:
    """How it can fail: every plan compiled its form anew."""
    items = ITEMS[:12]
    bundle = made([{"item": code, "after": items[max(0, n - 2) : n]} for n, code in enumerate(items)])
    one_form(bundle, {code: versions()[code] for code in items})
    begun = time.process_time()
    for _ in range(20):
        found = plan(bundle, {}, versions(), today=TODAY)
        one_form(bundle, found.versions)
    assert (time.process_time() - begun) / 20 < 0.020


def test_the_fewest_questions_lead_to_the_same_items() -> None:
    """Of each bundle and for every answer: what is left unasked changes nothing.

    How it can fail (tried): the conditions of rows left out of the questionnaire, nothing is asked and items are lost.
    """
    for bundle in city_bundles().values():
        options = [[value for value, _ in one.options] for one in bundle.questions]
        for every in product(*options):
            whole = dict(zip(bundle.by_key, every, strict=True))
            said: dict[str, str] = {}
            while (one := next_question(bundle, said, today=TODAY)) is not None:
                said[one.key] = whole[one.key]
            asked = settled(bundle, whole, today=TODAY)
            assert chosen(bundle, said, today=TODAY) == chosen(bundle, asked, today=TODAY), bundle.code


def test_a_question_that_changes_nothing_is_not_asked() -> None:
    """How it can fail (tried): the questions asked in their own order until all are answered."""
    questions = [question("first", "yes", "no"), question("second", "yes", "no")]
    both = {"first": ["yes"], "second": ["yes"]}
    bundle = made([{"item": "birth_registration", "when": both}], questions)
    one = next_question(bundle, {}, today=TODAY)
    assert one is not None and next_question(bundle, {one.key: "no"}, today=TODAY) is None
    assert next_question(bundle, {one.key: "yes"}, today=TODAY) is not None
