"""The how-to "add an item in ten minutes", as it is written: its file passes, is published, found and can be filled."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests import filling
from tests.catalogue.conftest import NOW
from tests.conftest import CITY, HOME
from tongban import catalogue, rooms
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of
from tongban.kit import forms
from tongban.kit.db import Database
from tongban.kit.policy import SYSTEM


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The demo city with the how-to's item in it."""
    text = (HOME / "docs/howto/add-an-item.md").read_text()
    [written] = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    city = tmp_path / "city"
    shutil.copytree(CITY, city)
    (city / "items" / "bicycle_locker.yaml").write_text(written)
    return city


def test_it_keeps_the_rules(mine: Path) -> None:
    assert rooms.item_findings(mine, ["bicycle_locker"]) == []


def test_what_is_wrong_with_it_is_named(mine: Path) -> None:
    path = mine / "items" / "bicycle_locker.yaml"
    path.write_text(
        path.read_text().replace("    basis: {zh: 示例办法第三条", "    standard: {zh: 示例办法第三条")
    )
    [finding] = rooms.item_findings(mine, ["bicycle_locker"])
    assert (finding["item"], finding["rule"], finding["field"]) == (
        "bicycle_locker",
        "GATE-1",
        "materials.0",
    )
    path.write_text("code: [")
    assert rooms.item_findings(mine, ["bicycle_locker"])[0]["rule"] == "FILE"
    [unknown] = rooms.item_findings(mine, ["bicycle_loker"])
    assert unknown["rule"] == "FILE" and "there is no item 'bicycle_loker'" in unknown["message"]
    assert "`bicycle_locker`?" in unknown["message"]


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("    kind: approval", "    kind: aproval", "allowed: approval, licence, other"),
        ("visits: 0", "visitz: 0", "unknown field `visitz`; did you mean `visits`?"),
        ("place_address, quantity,", "place_address, quantty,", "'quantty'; did you mean 'quantity'?"),
    ],
)
def test_a_fault_of_the_file_is_named_with_its_line_and_what_would_be_right(
    mine: Path, right: str, wrong: str, told: str
) -> None:
    path = mine / "items" / "bicycle_locker.yaml"
    text = path.read_text()
    assert right in text
    path.write_text(text.replace(right, wrong))
    line = text[: text.index(right)].count("\n") + 1
    said = [finding["message"] for finding in rooms.item_findings(mine, ["bicycle_locker"])]
    assert any(one.startswith(f"bicycle_locker.yaml:{line}: ") and told in one for one in said), said


def test_every_fault_of_the_files_structure_is_told_at_once(mine: Path) -> None:
    path = mine / "items" / "bicycle_locker.yaml"
    path.write_text(path.read_text().replace("    kind: approval", "    kind: x") + "shoe_size: 43\n")
    fields = {finding["field"] for finding in rooms.item_findings(mine, ["bicycle_locker"])}
    assert fields == {"results.0.kind", "shoe_size"}


async def test_it_is_published_found_and_filled(city: Database, mine: Path) -> None:
    draft = draft_of(mine / "items" / "bicycle_locker.yaml", CityFiles(mine))
    published = await catalogue.publish(city, SYSTEM, draft=draft, area_code="021", now=NOW)
    for words in ("车棚", "zxc", "bike shed", "自行车停放"):
        assert (await catalogue.search(city, words, "zh"))[0].code == "bicycle_locker", words
    form = forms.compile_form(published.form)
    assert {"place_address", "quantity", "file_invoice", "declaration", "phone"} <= form.by_name.keys()
    today = date(2026, 11, 25)
    assert forms.check(form, filling.filled(form, {}, today=today), today=today) == {}
