"""Every setting is documented, and only settings.py reads the environment."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from scripts.source import HOME, HOUSE, File, house
from tongban.settings import Settings


def names_read(text: str) -> set[str]:
    """The environment's names in settings.py."""
    return {
        one.value
        for one in ast.walk(ast.parse(text))
        if isinstance(one, ast.Constant)
        and isinstance(one.value, str)
        and re.fullmatch(r"[A-Z][A-Z_]{4,}", one.value)
    }


def readers(files: Iterable[File]) -> list[str]:
    """Files that read the environment; a child's surroundings handed on (``up``, the embedded server) are not read."""
    reading = re.compile(r"os\.environ(?:\[|\.get\(|\.pop\()|os\.getenv\(|from os import .*environ")
    return [file.path for file in files if file.path != "tongban/settings.py" and reading.search(file.text)]


def test_every_setting_is_documented() -> None:
    documented = (HOME / "docs" / "settings.md").read_text()
    names = names_read((HOUSE / "settings.py").read_text())
    assert len(names) >= 10
    assert {name for name in names if f"`{name}`" not in documented} == set()
    told = set(re.findall(r"^\| `([A-Z_]+)`", documented, re.MULTILINE))
    assert told - names == set(), "documented, but nobody reads it"


def test_settings_are_frozen() -> None:
    assert Settings.__struct_config__.frozen


def test_only_settings_read_the_environment() -> None:
    assert readers(house()) == []


def test_the_rules_can_fail() -> None:
    assert names_read('x = os.environ.get("TONGBAN_NEW")') == {"TONGBAN_NEW"}
    assert readers([File("tongban/cases/pages.py", 'os.environ["HOME"]')])
