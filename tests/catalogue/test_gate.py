"""The gate of publishing: four classes of material are never asked for, and a new source checks the whole catalogue.

Its last test is the mutation check: with one class switched off, these tests fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec
import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.catalogue import test_lint
from tests.catalogue.conftest import NOW, draft
from tests.conftest import CITY
from tongban import catalogue
from tongban.catalogue import Exemption, Material, Source, SourceUnknown, refused
from tongban.catalogue.actions.checking import changed_tasks, put_source, recheck
from tongban.catalogue.model import Register, gate
from tongban.catalogue.model.drafting import KIND_OF
from tongban.catalogue.store import tasks
from tongban.kit.db import Database, write
from tongban.kit.i18n import Text
from tongban.kit.ids import new_id
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import SYSTEM, Actor, Duty, Role
from tongban.licences.actions.types import listed

WORDS = Text("字", "Words")
ELEMENTS = [f"DE-{letter}" for letter in "ABCDE"]
PAPERS = [f"paper_{number}" for number in range(3)]
ITEMS = ["one", "two"]
DUE = date(2026, 12, 22)
KEEPER = Actor(Role.OFFICER, new_id(3), "甲", department="data-310000", duties=frozenset({Duty.SOURCES}))

sources_drawn = st.builds(
    Source,
    kind=st.sampled_from(["resource", "licence_type", "commitment"]),
    code=st.text("abcdef", min_size=3, max_size=6),
    name=st.just(WORDS),
    provider=st.just(WORDS),
    elements=st.just(()),
    tells=st.dictionaries(st.sampled_from("vwxyz"), st.sampled_from(ELEMENTS), max_size=5),
    replaces=st.lists(st.sampled_from(PAPERS), max_size=2, unique=True).map(tuple),
    not_for=st.lists(st.sampled_from(ITEMS), max_size=1).map(tuple),
    state=st.sampled_from(["up", "down", "planned"]),
    mark=st.just("synthetic"),
)
materials_drawn = st.builds(
    Material,
    code=st.just("paper"),
    name=st.just(WORDS),
    detail=st.just(WORDS),
    why=st.just(WORDS),
    route=st.sampled_from(["none", "none", "none", "licence", "shared", "commitment"]),
    basis=st.sampled_from([WORDS, WORDS, None]),
    material_code=st.sampled_from(["", *PAPERS]),
    elements=st.lists(st.sampled_from(ELEMENTS), max_size=3, unique=True).map(tuple),
    beyond=st.sampled_from([None, None, WORDS]),
    mark=st.just("synthetic"),
)
KINDS = {
    "resource": Exemption.SHARED,
    "licence_type": Exemption.LICENCE,
    "commitment": Exemption.COMMITMENT,
}


def plainly(material: Material, sources: list[Source], item: str) -> Iterator[tuple[Exemption, str]]:
    """The issue's sentence read word by word, without any index: class and source."""
    if material.route != "none":
        return
    if material.basis is None:
        yield Exemption.NO_BASIS, ""
    for source in sources if material.beyond is None else []:
        whole = (
            source.kind != "commitment"
            and material.elements
            and set(material.elements) <= set(source.tells.values())
        )
        paper = material.material_code in source.replaces and item not in source.not_for
        if source.state != "planned" and (whole or paper):
            yield KINDS[source.kind], source.code


registers_drawn = st.lists(sources_drawn, max_size=8, unique_by=lambda one: one.code)
DRAWN = (registers_drawn, materials_drawn, st.sampled_from(ITEMS))


def gate_and_plain_reading_agree(sources: list[Source], material: Material, item: str) -> None:
    """What holds of every register and material; raises AssertionError."""
    found = refused(material, Register(sources), item=item)
    assert {(one.exemption, one.source.code if one.source else "") for one in found} == set(
        plainly(material, sources, item)
    )
    for one in found:
        assert one.message.zh and one.message.en
        if one.source is not None:
            assert {one.source.tells[field] for field in one.fields} <= set(material.elements)
            assert one.source.name.zh in one.message.zh


@given(*DRAWN)
def test_exactly_what_the_four_classes_cover_is_refused(
    sources: list[Source], material: Material, item: str
) -> None:
    """Over random registers and materials, the gate says what the plain reading says: no more and no less."""
    gate_and_plain_reading_agree(sources, material, item)


@settings(max_examples=80)
@given(
    registers_drawn,
    registers_drawn,
    st.lists(st.lists(materials_drawn, min_size=3, max_size=6), min_size=2, max_size=2),
)
def test_exactly_what_must_go_is_a_task_and_what_may_stay_is_none(
    before: list[Source], after: list[Source], asked: list[list[Material]]
) -> None:
    """Over random catalogues: after each change of the register the tasks are those of the plain reading, and again
    nothing changes.

    How it can fail (tried): without the withdrawal, a task stands whose source is one no longer; with tasks opened only
    where none stands, a later source opens none.
    """
    catalogue_ = [
        tasks.AskedOf(
            *(item, 1, "organ"),
            [msgspec.structs.replace(one, code=f"paper_{place}") for place, one in enumerate(materials)],
        )
        for item, materials in zip(ITEMS, asked, strict=False)
    ]
    standing: list[catalogue.Task] = []
    for sources in (before, after):
        opened, gone = changed_tasks(catalogue_, Register(sources), standing, due=DUE, now=NOW)
        standing = [one for one in standing if one.id not in gone] + opened
        must = {
            (of.item, one.code): {exemption for exemption, _ in plainly(one, sources, of.item)}
            for of in catalogue_
            for one in of.materials
        }
        assert {(one.item, one.material) for one in standing} == {key for key, why in must.items() if why}
        assert all(one.exemption in must[one.item, one.material] for one in opened)
        assert changed_tasks(catalogue_, Register(sources), standing, due=DUE, now=NOW) == ([], [])


def tells(code: str, *elements: str, state: str = "up", **more: object) -> Source:
    plain = {
        "kind": "resource",
        "code": code,
        "name": WORDS,
        "provider": WORDS,
        "elements": elements,
        "state": state,
    }
    return msgspec.convert(
        plain
        | {"tells": {f"f{place}": one for place, one in enumerate(elements)}, "mark": "synthetic"}
        | more,
        Source,
    )


ASKED = draft("food_business")
PLACE = next(place for place, one in enumerate(ASKED.materials) if not one.exempt)
PAPER = ASKED.materials[PLACE].code


def asking(**changes: object) -> catalogue.ItemVersion:
    """A restaurant's licence whose first paper to bring has these marks."""
    materials = list(ASKED.materials)
    materials[PLACE] = msgspec.structs.replace(materials[PLACE], **changes)
    return msgspec.structs.replace(ASKED, materials=tuple(materials))


async def test_a_new_source_makes_a_task_and_a_version_without_the_paper_ends_it(city: Database) -> None:
    """How it can fail (tried): without the part that closes tasks, the task stands after the version is published."""
    await catalogue.publish(city, SYSTEM, draft=asking(elements=("DE-EVENT-DATE",)), area_code="021", now=NOW)
    before = await tasks.asked_counts(city)
    assert await tasks.open_tasks(city) == []
    await write(city, catalogue.register_source(tells("fresh", "DE-EVENT-DATE", state="planned")))
    assert (await recheck(city, SYSTEM, days=20, now=NOW)).opened == 0, "what is planned gives nothing yet"
    await put_source(city, KEEPER, kind="resource", code="fresh", state="up", now=NOW)
    [task] = await rechecked(city)
    assert (task.item, task.material, task.exemption, task.source, task.fields, task.due_on) == (
        *("food_business", PAPER, Exemption.SHARED, "fresh", ("f0",)),
        date(2026, 12, 22),
    )
    assert task.organ == ASKED.task_code[:18]
    assert (await recheck(city, SYSTEM, days=20, now=NOW)).opened == 0, "checked again, nothing is new"
    with pytest.raises(catalogue.PublishingRefused) as no:
        await catalogue.publish(
            *(city, SYSTEM),
            draft=asking(elements=("DE-EVENT-DATE",), required=False),
            area_code="021",
            now=NOW,
        )
    assert [one.rule for one in no.value.findings] == ["GATE-2"] and "f0" in no.value.findings[0].message.zh
    # What is in force stays as it is until then: loading the city again is no publication.
    await catalogue.publish(city, SYSTEM, draft=asking(elements=("DE-EVENT-DATE",)), area_code="021", now=NOW)
    assert len(await tasks.open_tasks(city)) == 1
    await catalogue.publish(city, SYSTEM, draft=asking(elements=("DE-QUANTITY",)), area_code="021", now=NOW)
    assert await tasks.open_tasks(city) == []
    assert await city.value("SELECT closed_as FROM catalogue.task") == "published"
    assert before[-1][2] == (await tasks.asked_counts(city))[-1][2]


async def rechecked(city: Database) -> list[catalogue.Task]:
    """The tasks once the worker has heard of the source."""
    await recheck(city, SYSTEM, days=20, now=NOW)
    return await tasks.open_tasks(city)


async def test_a_source_that_is_none_any_more_withdraws_its_tasks(city: Database) -> None:
    """How it can fail (tried): with ``put_by`` not kept, loading the city's file puts the source up again."""
    await catalogue.publish(city, SYSTEM, draft=asking(elements=("DE-EVENT-DATE",)), area_code="021", now=NOW)
    await write(city, catalogue.register_source(tells("fresh", "DE-EVENT-DATE")))
    assert len(await rechecked(city)) == 1
    await put_source(city, KEEPER, kind="resource", code="fresh", state="planned", now=NOW)
    await write(city, catalogue.register_source(tells("fresh", "DE-EVENT-DATE")))
    assert await rechecked(city) == []
    assert await city.value("SELECT closed_as FROM catalogue.task") == "withdrawn"
    await put_source(city, KEEPER, kind="resource", code="fresh", state="down", now=NOW)
    assert len(await rechecked(city)) == 1, "one that is down is a source nevertheless"
    events = "SELECT count(*) FROM kit.outbox WHERE topic = 'catalogue.source_changed'"
    count = await city.value(events)
    await put_source(city, KEEPER, kind="resource", code="fresh", state="down", now=NOW)
    assert await city.value(events) == count, "the same again changes nothing"
    with pytest.raises(SourceUnknown):
        await put_source(city, KEEPER, kind="resource", code="nobody", state="up", now=NOW)
    with pytest.raises(NotAllowed):
        await put_source(
            city,
            Actor(Role.OFFICER, new_id(3), department="police-310104"),
            kind="resource",
            code="fresh",
            state="up",
            now=NOW,
        )


async def test_the_citys_catalogue_has_no_open_task(city: Database) -> None:
    """What the city's files publish keeps the gate: loading them leaves nothing to do, and a register that is put up
    makes a task of what it holds alone: of a degree from abroad it says nothing.

    How it can fail (tried): leave ``beyond`` out of the degree from abroad."""
    assert (await recheck(city, SYSTEM, days=20, now=NOW)).opened == 0
    [(day, items, asked)] = await tasks.asked_counts(city)
    assert (day, items) == (NOW.date(), await city.value("SELECT count(*) FROM catalogue.item"))
    assert asked == sum(len(one.materials) for one in await tasks.everything_asked(city, day=day)) > 0
    await put_source(city, KEEPER, kind="resource", code="degree", state="up", now=NOW)
    assert [(one.item, one.material) for one in await rechecked(city)] == [
        ("foreign_work_permit", "degree_china")
    ]


@pytest.mark.parametrize("missing", Exemption)
def test_with_a_class_switched_off_the_tests_fail(
    missing: Exemption, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation check: no class can be lost without a test that says so."""
    monkeypatch.delitem(gate.CHECKS, missing)
    # That it fails is all that is wanted: the smallest example is not looked for, which takes seconds.
    found = settings(phases=[Phase.generate], max_examples=400)(given(*DRAWN)(gate_and_plain_reading_agree))
    with pytest.raises(AssertionError):
        found()
    with pytest.raises(AssertionError):
        test_lint.test_a_broken_rule_is_found_alone_and_explained(gate.RULE_OF[missing])


def test_the_library_and_the_register_say_the_same() -> None:
    """A standard material that a source gives is one that this source replaces, and elements are told as forms ask.

    How it can fail (tried): with ``replaces`` of the population register left out, its identity card is told.
    """
    every = {(one.kind, one.code): one for one in test_lint.sources()}
    shorts = {kind.short: kind.code for kind in listed(CITY)}
    wrong = []
    for row in yaml.safe_load((CITY / "materials.yaml").read_text())["materials"]:
        kind = KIND_OF.get(row.get("route", "none"))
        if kind is not None:
            source = every[kind, shorts.get(row["source"], row["source"])]
            wrong += [] if row["code"] in source.replaces else [row["code"]]
    for element in yaml.safe_load((CITY / "elements.yaml").read_text())["elements"]:
        prefill = element["ui"].get("prefill", {"resource": "account"})
        if prefill["resource"] not in ("account", "held"):
            told = every["resource", prefill["resource"]].tells.get(prefill["field"])
            wrong += [] if told else [element["code"]]
    assert wrong == []
