"""What an applicant filed, on her receipt: tables by their rows and sums, what is sensitive masked."""

from __future__ import annotations

from types import SimpleNamespace

from tests.conftest import CITY
from tongban.cases.model import Move
from tongban.cases.model.papers.stated import stated
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of
from tongban.kit import forms

FORM = forms.compile_form(draft_of(CITY / "items" / "minimum_living.yaml", CityFiles(CITY)).form)
ANSWERS = {
    "household": "together",
    "household_members": [
        {"member": "李小明", "relation": "child", "monthly": 0},
        {"member": "王芳", "relation": "spouse", "monthly": 123450},
    ],
}


def test_a_table_stands_on_the_receipt_row_by_row_and_with_its_sums() -> None:
    filed = SimpleNamespace(
        step=SimpleNamespace(move=Move.SUBMIT, detail={}), form=FORM, answers=ANSWERS, together=()
    )
    _, facts = stated(filed)  # type: ignore[arg-type]
    rows = dict(facts.rows)
    label = str(FORM.by_name["household_members"].label)
    assert "王" in rows[f"{label} 2"] and "1,234.50 元" in rows[f"{label} 2"]
    assert "王芳" not in rows[f"{label} 2"], "a name in a table is masked as any other"
    sums = [value for words, value in rows.items() if words.endswith("合计")]
    assert sums == (["1,234.50 元"] if FORM.by_name["household_members"].totals([]) else [])
