"""A table in an item's form, filled in without scripts: rows come and go, the draft is found on another device."""

from __future__ import annotations

import pytest

from tests.journeys.house import House
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

ITEM = "public_rental"
TABLE = "household_members"


def members(page: Visitor, case: str) -> list[str]:
    """The names that stand in the rows, as the page shows them."""
    fields = page.form(case).fields
    names = (f"{TABLE}.{number}.member" for number in range(12))
    return [fields[name] for name in names if name in fields]


def test_rows_are_kept_as_they_are_typed(house: House) -> None:
    page = house.enrol(house.person("eligible_work"))
    page.visit(f"/apply/{ITEM}").post(f"/apply/{ITEM}")
    case = page.path.rsplit("/", 1)[-1]
    page.post(case, _go=f"add:{TABLE}")
    start = len(members(page, case)) - 1
    page.post(case, **{f"{TABLE}.{start}.member": "李小明", "marital_status": "married"}, _go=f"add:{TABLE}")
    assert members(page, case)[start:] == ["李小明", ""]
    typed = {f"{TABLE}.{start + 1}.member": "李大明", f"{TABLE}.{start + 1}.monthly": "很多"}
    page.post(case, **typed, _go="later")
    other = house.window(page).visit(f"/apply/{ITEM}/{case}")
    assert members(other, case)[start:] == ["李小明", "李大明"]
    assert other.form(case).fields["marital_status"] == "married"
    other.post(case, _go="check")
    assert other.status == 422
    assert f"第 {start + 2} 行的月收入应为金额，最多两位小数，例如 1,234.50。" in other.text
    assert f'href="#{TABLE}.{start + 1}.monthly"' in other.html
    other.post(case, _go=f"remove:{TABLE}:{start}")
    assert members(other, case)[start:] == ["李大明"]
    assert other.form(case).fields[f"{TABLE}.{start}.monthly"] == "很多"
