"""Every problem type that the house may answer with has a row, with the status that it is raised with."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from scripts.source import File, house
from tongban.kit import errors
from tongban.kit.errors import Refused
from tongban.kit.web.refusals import TITLES
from tongban.portal.files import problems

KINDS = {
    name: kind.status
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, Refused)
}
CODE = re.compile(r"[a-z]+(-[a-z]+)+")


def raised(files: Iterable[File]) -> dict[str, int]:
    """Code → status of every refusal that the source makes: of its own class, or of a kind as it is."""
    found: dict[str, int] = {}
    for file in files:
        tree = ast.parse(file.text)
        for one in ast.walk(tree):
            if isinstance(one, ast.ClassDef):
                kind = next(
                    (base.id for base in one.bases if isinstance(base, ast.Name) and base.id in KINDS), ""
                )
                found |= dict.fromkeys(_codes(one, "__init__"), KINDS[kind]) if kind else {}
        for kind, status in KINDS.items():
            found |= dict.fromkeys(_codes(tree, kind), status)
    return found


def _codes(tree: ast.AST, called: str) -> Iterator[str]:
    """First arguments, of a problem's form, of the calls of one name."""
    for one in ast.walk(tree):
        if isinstance(one, ast.Call) and one.args and isinstance(first := one.args[0], ast.Constant):
            name = getattr(one.func, "attr", getattr(one.func, "id", ""))
            if name == called and isinstance(first.value, str) and CODE.fullmatch(first.value):
                yield first.value


#: What the web floor itself answers to Litestar's refusals, to bugs, and while the house is closed.
FLOOR = {f"http-{status}": status for status in (400, 404, 405, 413)} | {"bug": 500, "maintenance": 503}


def test_every_refusal_has_its_row_and_every_row_its_refusal() -> None:
    told = {code: one.status for code, one in problems().items()}
    due = raised(house()) | FLOOR
    assert len(due) > 40
    assert told == due


def test_every_row_says_what_it_means_and_what_to_do_in_both_languages() -> None:
    for code, one in problems().items():
        assert one.status in TITLES, code
        for words in (one.meaning, one.todo):
            assert words.zh.endswith("。") and words.en.endswith("."), code


def test_the_rule_can_fail() -> None:
    text = """
class Odd(Conflict):
    def __init__(self):
        super().__init__("odd-thing", N_("x"))
def f():
    raise Refused("plain-thing", N_("y"))
class Other(Exception):
    def __init__(self):
        super().__init__("no-refusal", 1)
"""
    assert raised([File("tongban/x.py", text)]) == {"odd-thing": 409, "plain-thing": 400}
