"""The words of a room's API, from the ``api.yaml`` beside its ``api.py``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from tongban.kit.i18n import Text


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request 示例 that the house answers so: what stands in the address, after the question mark, in the body.

    Of a ``media`` type that is not JSON the body is the name of a file.
    """

    path: dict[str, str] = {}
    query: dict[str, str | int | bool] = {}
    body: Any = None
    media: str = "application/json"
    status: int = 200
    answer: Any = None


class OperationWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is told of an operation; ``refusals`` are the problem types of its own, beside those of the floor."""

    title: Text
    text: Text
    parameters: dict[str, Text] = {}
    refusals: tuple[str, ...] = ()
    example: Example | None = None


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A heading of operations."""

    title: Text
    text: Text


class RoomWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is told of a room's part of the API: its heading, operations by handler, records by type and member.

    The member ``.`` is the record itself. ``section``: how its operations are headed where the heading is another's.
    """

    title: Text
    text: Text
    section: Section | None = None
    operations: dict[str, OperationWords] = {}
    records: dict[str, dict[str, Text]] = {}


def words_of(handler: Callable[..., Any]) -> RoomWords:
    """The words of a handler's room; none where it has no such file."""
    return _read(room_of(handler) / "api.yaml")


def room_of(handler: Callable[..., Any]) -> Path:
    """The folder of the room that a handler belongs to, whose ``api`` is a module or a folder of them, or stands
    among its pages."""
    folder = Path(inspect.getfile(handler)).parent
    return folder.parent if folder.name in ("api", "pages") else folder


@cache
def _read(file: Path) -> RoomWords:
    if not file.exists():
        return RoomWords(Text("", ""), Text("", ""))
    return msgspec.convert(yaml.safe_load(file.read_text()), RoomWords)
