"""Every event that is announced has a row in rooms.py, and every row somebody who announces it."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from tests.house.source import File, house, rooms

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


def announced() -> set[str]:
    """Every topic of the house."""
    found, _ = topics(file for file in house() if file.room != "kit")
    for room in rooms():
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


def test_every_topic_is_clear() -> None:
    assert topics(file for file in house() if file.room != "kit")[1] == []


def test_news_and_listeners_match() -> None:
    from tongban import rooms as table

    heard = set(table.LISTENERS)
    told = announced()
    assert len(told) >= 5
    assert told - heard == set(), "announced, but rooms.LISTENERS has no row"
    assert heard - told == set(), "a row of rooms.LISTENERS that nobody announces"


def test_topics_name_their_room() -> None:
    assert [topic for topic in announced() if topic.removeprefix("timer.").split(".")[0] not in rooms()] == []


def test_handlers_are_the_rooms_jobs() -> None:
    from tongban import rooms as table

    for handlers in table.LISTENERS.values():
        for handler in handlers:
            assert ".jobs" in handler.__module__, handler


def test_the_rules_can_fail() -> None:
    files = [
        File("tongban/x/actions.py", "announcing('x.done', subject=s)\ntimers.setting('x.late', due=d)"),
        File(
            "tongban/y/actions.py", "outbox.announcing(topic, subject=s)\noutbox.announcing(str(step.event))"
        ),
    ]
    assert topics(files) == ({"x.done", "timer.x.late"}, ["tongban/y/actions.py:1"])
    module = ModuleType("model")

    class Edge:
        event = "x.moved"

    vars(module)["LIFE"] = {"a": Edge()}
    assert life_events(module) == {"x.moved"}
