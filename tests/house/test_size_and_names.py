"""Files and functions stay small, names say what things are, doors say what they are for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

import pytest

from scripts.source import File, everything, house

MAX_LINES = 400
MAX_STATEMENTS = 40
BANNED_FILES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "services",
    "service",
    "manager",
    "managers",
    "base",
    "common",
    "misc",
}
#: Libraries that judge by asking methods of ours.
CALLING = {"authlib", "joserfc"}
BANNED_NAME = re.compile(r"^get_|(Service|Manager|Helper|Util|Utils)$")


def too_long(files: Iterable[File]) -> list[str]:
    """Files past 400 lines: they become a folder of the same name."""
    counts = ((file.path, file.text.count("\n")) for file in files)
    return [f"{path}: {lines} lines" for path, lines in counts if lines > MAX_LINES]


def statements_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Statements inside a function, its docstring and inner functions' heads included."""
    return sum(isinstance(one, ast.stmt) for one in ast.walk(function)) - 1


def long_functions(files: Iterable[File]) -> list[str]:
    """Functions past 40 statements."""
    return [
        f"{file.path}:{one.lineno} {one.name}: {statements_of(one)} statements"
        for file in files
        for one in ast.walk(file.tree)
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and statements_of(one) > MAX_STATEMENTS
    ]


def banned(files: Iterable[File]) -> list[str]:
    """Names that tell nothing: files of odds and ends, get_…, …Service.

    What a library of :data:`CALLING` calls by names of its own, on classes made of its own, is not ours to name.
    """
    wrong = []
    for file in files:
        theirs = _of_libraries(file.tree)
        wrong += [
            f"{file.path}: {part}"
            for part in file.path.removesuffix(".py").split("/")
            if part in BANNED_FILES
        ]
        wrong += [
            f"{file.path}:{one.lineno} {one.name}"
            for one in ast.walk(file.tree)
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and BANNED_NAME.search(one.name)
            and one not in theirs
        ]
    return wrong


def _of_libraries(tree: ast.Module) -> set[ast.AST]:
    """Methods of classes that are made of a class of :data:`CALLING`."""
    names = {
        name.asname or name.name
        for one in ast.walk(tree)
        if isinstance(one, ast.ImportFrom) and (one.module or "").split(".")[0] in CALLING
        for name in one.names
    }
    return {
        method
        for one in ast.walk(tree)
        if isinstance(one, ast.ClassDef) and {ast.unparse(base).split(".")[0] for base in one.bases} & names
        for method in one.body
    }


def unfinished(files: Iterable[File]) -> list[str]:
    """Marks of work left lying."""
    mark = re.compile(r"#\s*(TODO|FIXME|XXX|HACK)\b")
    return [
        f"{file.path}:{number}"
        for file in files
        for number, line in enumerate(file.text.splitlines(), 1)
        if mark.search(line)
    ]


def wordless(files: Iterable[File]) -> list[str]:
    """Modules, actions, store functions and model types without a docstring."""
    wrong = []
    for file in files:
        if file.text.strip() and not ast.get_docstring(file.tree):
            wrong.append(f"{file.path}: module")
        if not re.search(r"/(actions|store|model)(\.py|/)", file.path):
            continue
        wrong += [
            f"{file.path}:{one.lineno} {one.name}"
            for one in file.tree.body
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and not one.name.startswith("_")
            and not ast.get_docstring(one)
        ]
    return wrong


def test_files_are_short() -> None:
    assert too_long(everything()) == []


def test_functions_are_short() -> None:
    assert long_functions(everything()) == []


def test_names_say_what_things_are() -> None:
    assert banned(everything()) == []


def test_nothing_is_left_lying() -> None:
    assert unfinished(everything()) == []


def test_doors_actions_stores_and_types_have_their_sentence() -> None:
    assert wordless(house()) == []


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (too_long, "tongban/x.py", "x = 1\n" * 401),
        (long_functions, "tongban/x.py", "def f():\n" + "    x = 1\n" * 41),
        (banned, "tongban/cases/utils.py", ""),
        (banned, "tongban/x.py", "def get_case(): ..."),
        (banned, "tongban/x.py", "class CaseService: ..."),
        (banned, "tongban/x.py", "from authlib.x import A\nclass C:\n    def get_case(self): ..."),
        (unfinished, "tongban/x.py", "x = 1  # " + "TODO later"),
        (wordless, "tongban/x.py", "x = 1"),
        (wordless, "tongban/cases/actions/submit.py", '"""Doc."""\nasync def submit(): ...'),
    ],
)
def test_each_rule_can_fail(rule: object, path: str, text: str) -> None:
    assert callable(rule)
    assert rule([File(path, text)])
