"""Where in an item's file a fault stands, and what would be right there: for whoever writes the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

import msgspec
import yaml
from msgspec import inspect

#: A step of a path as msgspec writes it: ``$.conditions[0].mark``.
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_PATH = re.compile(r" - at `(\$[^`]*)`$")
_UNKNOWN = re.compile(r"unknown field `(\w+)`")
_NAMED = re.compile(r"'([^']+)'")


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong in a file: its ``line`` (0 where none is known), the field's path, and the sentence."""

    line: int
    field: str
    message: str


def structural(
    body: dict[str, Any], kind: type[msgspec.Struct], text: str, own: tuple[str, ...]
) -> list[Fault]:
    """Everything in ``body`` that is no ``kind``, one fault a field; ``own`` are names that a file has besides."""
    tree = yaml.compose(text, Loader=yaml.SafeLoader)
    return [_placed(message, kind, tree, own) for message in _messages(body, kind)]


def misspelt(
    item: dict[str, Any], kind: type[msgspec.Struct], text: str, own: tuple[str, ...]
) -> list[Fault]:
    """The names in a file, as it was read, that neither ``kind`` nor the composition knows."""
    known = {field.encode_name for field in msgspec.structs.fields(kind)}.union(own)
    names = [name for name in item if name not in known]
    tree = yaml.compose(text, Loader=yaml.SafeLoader)
    return [_placed(f"Object contains unknown field `{name}`", kind, tree, own) for name in names]


def _messages(body: dict[str, Any], kind: type[msgspec.Struct]) -> Iterator[str]:
    known = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in body:
        if name not in known:
            yield f"Object contains unknown field `{name}`"
    for name, field in known.items():
        if name not in body:
            if field.required:
                yield f"Object missing required field `{name}`"
            continue
        try:
            msgspec.convert(body[name], field.type)
        except msgspec.ValidationError as wrong:
            message = str(wrong)
            yield (
                message.replace("`$", f"`$.{name}") if _PATH.search(message) else f"{message} - at `$.{name}`"
            )


def _placed(message: str, kind: type[msgspec.Struct], tree: Any, own: tuple[str, ...]) -> Fault:
    found = _PATH.search(message)
    path = found[1] if found else "$"
    steps: list[str | int] = [name or int(number) for name, number in _STEP.findall(path)]
    unknown = _UNKNOWN.search(message)
    there = _type_at(kind, steps)
    if unknown is not None:
        names = [field.encode_name for field in getattr(there, "fields", ())] + ([] if steps else [*own])
        message += nearest(unknown[1], names)
        steps.append(unknown[1])
    elif isinstance(there, inspect.LiteralType):
        message += f"; allowed: {', '.join(map(str, there.values))}"
    return Fault(_line(tree, steps), ".".join(map(str, steps)), message)


def nearest(name: str, names: Iterable[str]) -> str:
    """A question that offers the closest of ``names``; empty where none is close."""
    close = get_close_matches(name, names, 1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _type_at(kind: Any, steps: list[str | int]) -> Any:
    """What the type says at a path; None where it leaves it open."""
    there: Any = inspect.type_info(kind)
    for step in steps:
        if isinstance(there, inspect.UnionType):
            there = next((one for one in there.types if not isinstance(one, inspect.NoneType)), None)
        if isinstance(there, inspect.StructType):
            there = next((field.type for field in there.fields if field.encode_name == step), None)
        elif isinstance(there, inspect.DictType):
            there = there.value_type
        else:
            there = getattr(there, "item_type", None)
    return there


def _line(node: Any, steps: list[str | int]) -> int:
    """The line of the deepest node on the path that the file itself has, from its whole tree."""
    line = 0
    for step in steps:
        if isinstance(node, yaml.MappingNode) and (pair := _pair(node, str(step))):
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _pair(node: yaml.MappingNode, name: str) -> tuple[Any, Any] | None:
    return next(((key, value) for key, value in node.value if key.value == name), None)


def named_in(message: str, text: str) -> int:
    """The line of the scalar that a message quotes, 0 where the file has none."""
    found = _NAMED.search(message)
    if found is None:
        return 0
    nodes = [yaml.compose(text, Loader=yaml.SafeLoader)]
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.ScalarNode):
            if node.value == found[1]:
                return int(node.start_mark.line) + 1
        elif node is not None:
            nodes += [
                one for child in node.value for one in (child if isinstance(child, tuple) else (child,))
            ]
    return 0
