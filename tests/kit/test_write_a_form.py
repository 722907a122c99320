"""docs/howto/write-a-form.md is followed to the letter: its examples make one form that compiles and is shown."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from tongban.kit import forms
from tongban.kit.forms import compile_form, validating
from tongban.kit.forms.x_ui import FieldUi, Widget

TEXT = (Path(__file__).parents[2] / "docs/howto/write-a-form.md").read_text()


def examples() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL):
        found |= yaml.safe_load(block)
    return found


def test_the_examples_make_one_form() -> None:
    properties = examples()
    root = properties.pop("root")
    papers = {"proofs", "note", "promise"}
    for name, rule in properties.items():
        rule["x-ui"]["section"] = "papers" if name in papers else "firm"
    schema = {"type": "object", "required": ["firm", "agent"], "properties": properties, "x-ui": root}
    form = compile_form(schema)
    assert [field.name for field in form.fields] == root["order"]
    told = forms.check(form, {"applicant": "agent", "staff": 3}, today=date(2026, 11, 24))
    assert [str(words) for words in told.values()] == ["请填写企业名称。", "请填写代理人姓名。"]
    assert "equipment_list" in {field.name for field in form.asked({"support": ["equipment"], "staff": 3})}


def test_every_word_widget_and_format_is_told() -> None:
    words = [name for name in FieldUi.__struct_fields__ if f"`{name}`" not in TEXT and f"{name}:" not in TEXT]
    assert words == []
    assert [
        widget for widget in Widget.__args__ if f"widget: {widget}" not in TEXT and f"`{widget}`" not in TEXT
    ] == []  # type: ignore[attr-defined]
    assert [name for name in validating.FORMATS if name not in TEXT] == []
