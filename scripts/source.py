"""How house tests and the map read the source: files, trees, SQL, tables, events.

Each takes text, so that a test can feed it bad text.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

HOME = Path(__file__).resolve().parents[1]
SRC = HOME / "src"
HOUSE = SRC / "tongban"
WORLD = SRC / "tongban_sandbox"

#: Lowest first; the order in which rooms may look down.
FLOORS = (
    *("audit", "notices", "regions", "identity", "catalogue", "exchange", "licences", "cases"),
    *("bundles", "portal", "reform"),
)


@dataclass(frozen=True)
class File:
    """A source file: its path below src/ and its text."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)

    @property
    def room(self) -> str:
        """The first folder or file below the package."""
        return self.path.split("/")[1].removesuffix(".py")


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def house() -> tuple[File, ...]:
    """Every Python file of the house."""
    return _files(HOUSE)


@cache
def everything() -> tuple[File, ...]:
    """The house, the outside world, tests, scripts and benches."""
    return (
        house() + _files(WORLD) + _files(HOME / "tests") + _files(HOME / "scripts") + _files(HOME / "bench")
    )


def _files(folder: Path) -> tuple[File, ...]:
    top = SRC if folder.is_relative_to(SRC) else HOME
    return tuple(
        File(str(path.relative_to(top)), path.read_text())
        for path in sorted(folder.rglob("*.py"))
        if "__pycache__" not in path.parts
    )


def rooms() -> tuple[str, ...]:
    """The rooms that are built."""
    return tuple(room for room in FLOORS if (HOUSE / room / "__init__.py").exists())


@dataclass(frozen=True)
class Sql:
    """A statement in the source. ``holes`` are names put into its text that are no constants of the module."""

    path: str
    line: int
    text: str
    holes: tuple[str, ...] = ()

    @property
    def room(self) -> str:
        return self.path.split("/")[1]

    @property
    def where(self) -> str:
        return f"{self.path}:{self.line}"

    @property
    def bare(self) -> str:
        """Without comments and quoted values."""
        text = re.sub(r"--[^\n]*", " ", self.text)
        return re.sub(r"'(?:[^']|'')*'", "''", text)


_SQL = re.compile(
    r"^\s*(?:--[^\n]*\n\s*)*(?:SELECT|WITH|VALUES|INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE|COPY|LOCK|"
    r"ALTER\s+TABLE|CREATE\s+\w+|DROP\s+\w+)\s+[\w\"($*'/⟨-]"
)
_SQL_LOWER = re.compile(
    r"\b(?:select\s.+\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s)", re.IGNORECASE
)


def is_sql(text: str) -> bool:
    """Whether a string is a statement: the house writes keywords in capitals, others are caught all the same."""
    return bool(_SQL.match(text)) or bool(_SQL_LOWER.search(text) and re.search(r"\b[a-z_]+\.[a-z_]+", text))


def statements(files: tuple[File, ...]) -> Iterator[Sql]:
    """Every string with SQL, docstrings left out, constants of the module filled in."""
    for file in files:
        constants = _constants(file.tree)
        prose = _docstrings(file.tree)
        inner = {
            id(part) for one in ast.walk(file.tree) if isinstance(one, ast.JoinedStr) for part in one.values
        }
        for one in ast.walk(file.tree):
            if id(one) in prose or id(one) in inner:
                continue
            found = _text(one, constants)
            if found is not None and is_sql(found[0]):
                yield Sql(file.path, getattr(one, "lineno", 0), *found)


def _constants(tree: ast.Module) -> dict[str, str]:
    known: dict[str, str] = {}
    for one in tree.body:
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
            name = one.targets[0].id
            found = _text(one.value, known)
            if name.isupper() and found is not None and not found[1]:
                known[name] = found[0]
    return known


def _text(one: ast.AST, constants: dict[str, str]) -> tuple[str, tuple[str, ...]] | None:
    if isinstance(one, ast.Constant):
        return (one.value, ()) if isinstance(one.value, str) else None
    if not isinstance(one, ast.JoinedStr):
        return None
    text, holes = "", []
    for part in one.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
            continue
        name = ast.unparse(part.value) if isinstance(part, ast.FormattedValue) else "?"
        if name in constants:
            text += constants[name]
        else:
            text += f"⟨{name}⟩"
            holes.append(name)
    return text, tuple(holes)


def _docstrings(tree: ast.Module) -> set[int]:
    """Strings that stand as statements of their own: documentation."""
    return {
        id(one.value)
        for one in ast.walk(tree)
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
    }


@dataclass(frozen=True)
class Table:
    """A table as its migration creates it."""

    schema: str
    name: str
    columns: tuple[str, ...]

    @property
    def full(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def personal(self) -> bool:
        """Rows that lie in somebody's bucket. Tables named ``*_index`` are global on purpose: keyed by their value."""
        return "bucket" in self.columns and not self.name.endswith("_index")


_CREATE = re.compile(r'CREATE TABLE (?:IF NOT EXISTS )?(\w+)\."?(\w+)"?\s*\((.*?)\n\)', re.DOTALL)


def tables_in(text: str) -> list[Table]:
    """The tables that a migration's text creates."""
    plain = re.sub(r"--[^\n]*", "", text)
    return [
        Table(schema, name, tuple(re.findall(r"^\s{4}\"?([a-z_]+)\"? ", body, re.MULTILINE)))
        for schema, name, body in _CREATE.findall(plain)
    ]


@cache
def tables() -> tuple[Table, ...]:
    """Every table of the house."""
    return tuple(
        table
        for path in sorted((HOUSE / "migrations").glob("[0-9]*.sql"))
        for table in tables_in(path.read_text())
    )


ANNOUNCING = {"announcing", "outbox.announcing"}
SETTING = {"timers.setting"}


def topics(files: Iterable[File]) -> tuple[set[str], list[str]]:
    """Topics named where they are announced, and the calls whose topic is neither a text nor a life table's event."""
    named: set[str] = set()
    unclear: list[str] = []
    for file in files:
        for call in ast.walk(file.tree):
            if not isinstance(call, ast.Call) or ast.unparse(call.func) not in ANNOUNCING | SETTING:
                continue
            topic = call.args[0] if call.args else None
            prefix = "timer." if ast.unparse(call.func) in SETTING else ""
            if isinstance(topic, ast.Constant) and isinstance(topic.value, str):
                named.add(prefix + topic.value)
            elif topic is None or ".event" not in ast.unparse(topic):
                unclear.append(f"{file.path}:{call.lineno}")
    return named, unclear


def life_events(module: ModuleType) -> set[str]:
    """The events on the edges of a life-cycle table: any tuple or dict of a model whose members have ``event``."""
    found: set[str] = set()
    for value in vars(module).values():
        members: Iterable[Any] = ()
        if isinstance(value, dict):
            members = value.values()
        elif isinstance(value, tuple | list | frozenset):
            members = value
        found |= {
            member.event
            for member in members
            if isinstance(getattr(member, "event", None), str) and member.event
        }
    return found


@cache
def announced(*of: str) -> set[str]:
    """Every topic that these rooms (none named: all) announce or set a timer for."""
    chosen = of or rooms()
    found, _ = topics(file for file in house() if file.room in chosen)
    for room in chosen:
        model = importlib.import_module(f"tongban.{room}.model") if _has_model(room) else None
        if model is None:
            continue
        found |= life_events(model)
        for part in pkgutil.iter_modules(getattr(model, "__path__", [])):
            found |= life_events(importlib.import_module(f"tongban.{room}.model.{part.name}"))
    return found


def _has_model(room: str) -> bool:
    return any(
        file.path.startswith((f"tongban/{room}/model.py", f"tongban/{room}/model/")) for file in house()
    )
