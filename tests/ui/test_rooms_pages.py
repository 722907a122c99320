"""The rooms' templates against the components: each call names a macro that exists, with parameters that it has."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from jinja2 import nodes

from tests.ui import gallery

PAGES = sorted(
    path for path in gallery.UI.parent.glob("*/templates/**/*.html") if "components" not in path.parts
)


@cache
def macros() -> dict[str, tuple[list[str], bool]]:
    """Each macro's parameters, and whether it takes any number of words (varargs)."""
    found: dict[str, tuple[list[str], bool]] = {}
    for path in (gallery.UI / "templates" / "components").glob("*.html"):
        tree = gallery.environment().parse(path.read_text())
        for macro in tree.find_all(nodes.Macro):
            takes_any = any(name.name == "varargs" for name in macro.find_all(nodes.Name))
            found[macro.name] = ([argument.name for argument in macro.args], takes_any)
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_page_calls_macros_as_they_are(path: Path) -> None:
    known = macros()
    tree = gallery.environment().parse(path.read_text())
    for call in tree.find_all(nodes.Call):
        if not (isinstance(call.node, nodes.Getattr) and isinstance(call.node.node, nodes.Name)):
            continue
        if call.node.node.name != "c":
            continue
        name, line = call.node.attr, f"{path.name}:{call.lineno}"
        assert name in known, f"{line}: no macro {name}"
        parameters, takes_any = known[name]
        assert takes_any or len(call.args) <= len(parameters), f"{line}: {name} takes {parameters}"
        given = [keyword.key for keyword in call.kwargs]
        assert set(given) <= set(parameters), f"{line}: {name} has no {set(given) - set(parameters)}"
        assert not set(given) & set(parameters[: len(call.args)]), f"{line}: {name} gets a parameter twice"
