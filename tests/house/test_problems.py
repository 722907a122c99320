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
        for one in ast.walk(file.tree):
            if isinstance(one, ast.ClassDef):
                kind = next(
                    (base.id for base in one.bases if isinstance(base, ast.Name) and base.id in KINDS), ""
                )
                own = (code for name, code in _codes(one) if name == "__init__") if kind else ()
                found |= dict.fromkeys(own, KINDS.get(kind, 0))
        found |= {code: KINDS[name] for name, code in _codes(file.tree) if name in KINDS}
    return found


def _codes(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Calls with a first argument of a problem's form: what is called, and that argument."""
    for one in ast.walk(tree):
        if not isinstance(one, ast.Call) or not one.args or not isinstance(one.args[0], ast.Constant):
            continue
        code = one.args[0].value
        if isinstance(code, str) and CODE.fullmatch(code):
            yield getattr(one.func, "attr", getattr(one.func, "id", "")), code


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
