"""The residence permit's own data over the real registers: what is read, what the rule says, what the form lacks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import CITY
from tests.exchange.conftest import Resident
from tests.sandbox.conftest import Sandbox
from tongban import exchange
from tongban.catalogue import ItemVersion
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of
from tongban.kit import clock, forms
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.rules import Fact, Truth, evaluate

OWN = {"phone": "13800138000", "collection": "courier", "declaration": True}


@pytest.fixture(scope="module")
def item() -> ItemVersion:
    return draft_of(CITY / "items" / "residence_permit.yaml", CityFiles(CITY))


async def heard(resident: Resident, item: ItemVersion) -> dict[str, exchange.Answer]:
    answers = await exchange.read_many(
        *(resident.db, resident.actor),
        wanted=item.purpose_fields,
        subject=resident.id,
        purpose=await resident.purpose(*item.purpose_field_names),
        now=clock.now(),
        id_number=resident.number,
    )
    found = {name: one for name, one in answers.items() if isinstance(one, exchange.Answer)}
    assert len(found) == len(item.purpose_fields)
    return found


def facts_of(answers: dict[str, exchange.Answer]) -> dict[str, Fact]:
    return {
        f"{resource}.{field}": Fact(value, answer.source, answer.as_of)
        for resource, answer in answers.items()
        for field, value in answer.data.items()
    }


def answers_of(
    form: forms.Form, resident: Resident, heard: dict[str, exchange.Answer], ground: str
) -> dict[str, Any]:
    """What the form holds when the registers have filled it and the person has chosen her ground."""
    known: dict[str, forms.Prefilled] = {}
    for resource, answer in heard.items():
        known |= forms.prefilled_from(form, resource, answer.data, source=answer.source, as_of=answer.as_of)
    own = {"id_number": resident.number, "phone": resident.phone}
    known |= forms.prefilled_from(form, "account", own, source=Text("账户", "Account"), as_of=None)
    return forms.overlay(form, {**forms.starting_answers(form, known), "ground": ground, **OWN}, known)


@pytest.mark.parametrize("ground", ["work", "home", "study"])
async def test_who_is_entitled_has_nothing_left_to_type(
    db: Database, world: Sandbox, item: ItemVersion, ground: str
) -> None:
    resident = Resident(db, world.take(f"eligible_{ground}"))
    told = await heard(resident, item)
    outcome = evaluate(item.rules, facts_of(told), today=clock.city_day(clock.now()))
    assert outcome.verdict is Truth.TRUE
    assert outcome.missing() == ()
    form = forms.compile_form(item.form)
    answers = answers_of(form, resident, told, ground)
    answers["card_address"] = answers["residence_address"]
    assert forms.check(form, answers, today=clock.city_day(clock.now())) == {}


@pytest.mark.parametrize(
    ("situation", "label"),
    [
        ("five_months", "居住登记满 6 个月"),
        ("interrupted_work", "社会保险连续缴费满 6 个月"),
        ("no_basis", "在本市就业"),
        ("local_hukou", "户籍不在本市"),
        ("deceased", "人口状态正常"),
    ],
)
async def test_who_is_not_is_told_which_condition_fails(
    db: Database, world: Sandbox, item: ItemVersion, situation: str, label: str
) -> None:
    told = await heard(Resident(db, world.take(situation)), item)
    outcome = evaluate(item.rules, facts_of(told), today=clock.city_day(clock.now()))
    assert outcome.verdict is Truth.FALSE
    failed = {leaf.label.zh for leaf in outcome.trace.leaves() if leaf.result is Truth.FALSE}
    assert label in failed


async def test_a_register_that_is_away_leaves_the_rule_open(
    db: Database, world: Sandbox, item: ItemVersion
) -> None:
    told = await heard(Resident(db, world.take("eligible_work")), item)
    for ground in ("employment", "property", "education"):  # who works may have a home of her own besides
        del told[ground]
    outcome = evaluate(item.rules, facts_of(told), today=clock.city_day(clock.now()))
    assert outcome.verdict is Truth.UNKNOWN
    assert {"employment.employed", "employment.contribution_run"} <= set(outcome.missing())
