"""What the officer's table says of a finding: which conditions are met, which are not, and which settle nothing."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tongban.cases.api.desk import _condition
from tongban.cases.pages.findings import _value, conditions, rule_rows, unmet
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of
from tongban.kit import forms
from tongban.kit.i18n import Text
from tongban.kit.rules import Fact, Outcome, Trace, Truth, evaluate, rule_set

CITY = Path(__file__).resolve().parents[2] / "city"
PERMIT = draft_of(CITY / "items" / "residence_permit.yaml", CityFiles(CITY))
FORM = forms.compile_form(PERMIT.form)
RULES = rule_set(PERMIT.rules)
SOURCE = Text("登记库", "Register")
WORKS = {
    "population.status": "正常",
    "population.is_local_hukou": False,
    "residence.registered": True,
    "residence.residence_since": "2024-01-05",
    "employment.employed": True,
    "employment.contribution_run": 14,
    "property.home_kind": None,
    "property.home_since": None,
    "education.enrolled": None,
    "education.continuous": None,
}


def found(**changed: Any) -> Outcome:
    """The finding on somebody who works here, but for what is changed; ``...`` is a register that is away."""
    told = {**WORKS, **{name.replace("__", "."): value for name, value in changed.items()}}
    known = {
        name: Fact(value, SOURCE, datetime(2026, 11, 25, 2, tzinfo=UTC))
        for name, value in told.items()
        if value is not ...
    }
    return evaluate(RULES, known, today=date(2026, 11, 25))


def results(finding: Outcome) -> dict[str, str]:
    return {str(row["condition"]): row["result"] for row in rule_rows(finding, FORM, {})}


def test_what_is_not_needed_is_not_shown_as_failed() -> None:
    rows = results(found(property__home_kind=...))
    assert rows["在本市就业"] == rows["社会保险连续缴费满 6 个月"] == "met"
    assert rows["自有住房或者租赁备案"] == "spare", "a register that is away settles nothing either"
    assert rows["在本市学校就读"] == rows["就读没有中断"] == "spare"
    assert "unmet" not in rows.values()


@pytest.mark.parametrize(("run", "result"), [(3, "unmet"), (..., "unknown")])
def test_while_none_of_several_is_met_each_says_what_it_is(run: Any, result: str) -> None:
    rows = results(found(employment__contribution_run=run))
    assert rows["社会保险连续缴费满 6 个月"] == result
    assert rows["在本市学校就读"] == "unmet"


def test_values_are_in_the_rules_words() -> None:
    values = {str(row["condition"]): str(row["value"]) for row in rule_rows(found(), FORM, {})}
    assert values["户籍不在本市"] == "外地户籍"
    assert values["在本市就业"] == "在职"
    assert values["社会保险连续缴费满 6 个月"] == "连续 14 个月"
    assert values["居住登记满 6 个月"] == "2024-01-05 起，34 个月"
    assert values["自有住房或者租赁备案"] == "登记库中没有记录"


def test_the_conditions_one_level_down_say_what_met_them() -> None:
    last = conditions(found())[-1]
    assert (last["result"], str(last["met_by"])) == ("met", "合法稳定就业")
    assert [str(label) for label in unmet(found(population__is_local_hukou=True))] == ["户籍不在本市"]


def test_what_must_not_hold_is_shown_as_its_rule_asks_it() -> None:
    rental = draft_of(CITY / "items" / "public_rental.yaml", CityFiles(CITY))
    told = {"population.status": "正常", "population.is_local_hukou": True, "property.home_kind": None}
    known = {name: Fact(value, SOURCE) for name, value in told.items()}
    finding = evaluate(rental.rules, known, today=date(2026, 11, 25))
    row = next(
        row
        for row in rule_rows(finding, forms.compile_form(rental.form), {})
        if row["condition"].zh == "在本市没有自有住房"
    )
    assert (row["result"], str(row["value"])) == ("met", "登记库中没有记录")


def test_an_age_is_told_in_years() -> None:
    """“284 个月” is nobody's age."""
    label = Text("满 18 周岁", "At least 18")
    born = Trace(
        op="months_since",
        label=label,
        result=Truth.TRUE,
        fact="population.birth_date",
        value="2003-03-15",
        months=284,
    )
    form = forms.compile_form({"type": "object", "properties": {}})
    assert str(_value(born, form)) == "2003-03-15 出生，23 周岁"


def test_what_the_form_masks_is_masked_in_the_table_and_in_the_api() -> None:
    """How it can fail (tried): the API gave the value as it was told, and the page the rule's words with it."""
    leaf = Trace(
        op="compare",
        label=Text("本人", "Herself"),
        result=Truth.TRUE,
        fact="account.id_number",
        value="310101199003074514",
        says=Text("号码 310101199003074514", "Number 310101199003074514"),
    )
    assert str(_value(leaf, FORM)) == _condition(leaf, FORM).value == "3101**********4514"
    plain = msgspec.structs.replace(leaf, fact="population.status", value="正常", says=None)
    assert str(_value(plain, FORM)) == _condition(plain, FORM).value == "正常"


def test_a_living_applicant_is_not_told_of_death() -> None:
    # Who declares a death is asked when it was; the label is of the deceased.
    declared = {CITY / "items" / f"{one}.yaml" for one in ("household_cancellation", "survivor_benefit")}
    for path in sorted({*(CITY / "items").glob("*.yaml")} - declared):
        assert not re.search(r"label: \{zh: [^}]*死亡", path.read_text()), path.name
