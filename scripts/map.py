"""The floor plan as it is: ``docs/map.md``, made from the code.

python -m scripts.map             write it
python -m scripts.map --check     exit 1 when it is not what the code says
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from scripts.made import put
from scripts.source import FLOORS, HOME, announced, house, rooms, tables
from tongban.news import LISTENERS, PERIODIC, handler_name

FILE = HOME / "docs" / "map.md"
HEAD = """# The house as it is

Made from the code by `python -m scripts.map`; a house test compares. Rooms from the ground floor up: a room calls
rooms below it through their doors (`from tongban import cases`) and announces what happened to whoever listens above.
**Parts** join a caller's write; **verbs and reads** go to the database themselves.
"""


def text() -> str:
    """The whole page."""
    return HEAD + "\n" + "\n".join(_room(room) for room in rooms()) + "\n" + _events() + "\n" + _periodic()


def _room(room: str) -> str:
    door = importlib.import_module(f"tongban.{room}")
    offered = {name: getattr(door, name) for name in sorted(getattr(door, "__all__", ()))}
    lines = [f"## {room}", "", _first_sentence(door), ""]
    lines += _listed(
        "Verbs and reads", (name for name, one in offered.items() if inspect.iscoroutinefunction(one))
    )
    lines += _listed("Parts", (name for name, one in offered.items() if _gives_part(one)))
    lines += _listed("Types and errors", (name for name, one in offered.items() if inspect.isclass(one)))
    lines += _listed("Tables", (f"{one.full}{' ⬩' * one.personal}" for one in tables() if one.schema == room))
    lines += _listed("Announces", sorted(announced(room)))
    lines += _listed(
        "Listens to", sorted(topic for topic, heard in LISTENERS.items() if _heard_in(room, heard))
    )
    lines += _listed("Pages", sorted(set(_paths(room))))
    return "\n".join(lines) + "\n"


def _first_sentence(door: ModuleType) -> str:
    first = (inspect.getdoc(door) or "").split("\n\n")[0]
    return " ".join(first.split())


def _listed(title: str, names: Iterable[str]) -> list[str]:
    shown = [f"`{name}`" if "⬩" not in name else f"`{name[:-2]}`⬩" for name in names]
    return [f"- {title}: {', '.join(shown)}"] if shown else []


def _gives_part(one: Any) -> bool:
    return inspect.isfunction(one) and "Part" in str(inspect.signature(one).return_annotation)


def _heard_in(room: str, handlers: Iterable[Callable[..., Any]]) -> bool:
    return any(handler_name(handler).startswith(f"{room}.") for handler in handlers)


def _paths(room: str) -> Iterable[str]:
    for file in house():
        if not re.match(rf"tongban/{room}/(pages|api)(\.py|/)", file.path):
            continue
        for one in ast.walk(file.tree):
            if isinstance(one, ast.AsyncFunctionDef | ast.FunctionDef):
                yield from _routes(one)


def _routes(function: ast.AsyncFunctionDef | ast.FunctionDef) -> Iterable[str]:
    for call in function.decorator_list:
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or not call.args:
            continue
        paths = ast.literal_eval(call.args[0]) if isinstance(call.args[0], ast.Constant | ast.List) else []
        for path in [paths] if isinstance(paths, str) else paths:
            yield f"{call.func.id.upper()} {path}"


def _events() -> str:
    lines = ["## Who listens to what", "", "| event | announced by | handled by |", "|---|---|---|"]
    for topic in sorted(LISTENERS):
        by = [room for room in FLOORS if room in rooms() and topic in announced(room)]
        heard = ", ".join(f"`{handler_name(handler)}`" for handler in LISTENERS[topic]) or "nobody yet"
        lines.append(f"| `{topic}` | {', '.join(by)} | {heard} |")
    return "\n".join(lines) + "\n"


def _periodic() -> str:
    lines = ["## What the worker repeats", "", "| job | every |", "|---|---|"]
    lines += [f"| `{job.name}` | {job.every_seconds:g} s |" for job in PERIODIC]
    return "\n".join(lines) + "\n\n⬩ rows lie in a person's bucket.\n"


def main() -> int:
    """The command."""
    return put(FILE, text(), of="the code says", script="map")


if __name__ == "__main__":
    sys.exit(main())
