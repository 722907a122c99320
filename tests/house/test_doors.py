"""A room is entered by its front door: only ``tongban.<room>`` itself is imported from outside."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import grimp

from scripts.source import FLOORS

#: What only rooms.py and news.py may reach for inside a room.
INNER_DOORS = {"pages", "api", "jobs", "model"}


def side_entries(imports: Iterable[tuple[str, str]]) -> list[str]:
    """Imports (from, to) that enter a room by another way than its door."""
    wrong = []
    for importer, imported in imports:
        parts = imported.split(".")
        if len(parts) < 3 or parts[0] != "tongban" or parts[1] not in FLOORS:
            continue
        if importer == f"tongban.{parts[1]}" or importer.startswith(f"tongban.{parts[1]}."):
            continue
        if importer in ("tongban.rooms", "tongban.news") and len(parts) == 3 and parts[2] in INNER_DOORS:
            continue
        wrong.append(f"{importer} imports {imported}: use `from tongban import {parts[1]}`")
    return wrong


@cache
def imports() -> tuple[tuple[str, str], ...]:
    graph = grimp.build_graph("tongban", cache_dir=None)
    return tuple(
        (importer, one)
        for importer in graph.modules
        for one in graph.find_modules_directly_imported_by(importer)
    )


def test_rooms_are_entered_by_their_doors() -> None:
    assert len(imports()) > 100
    assert side_entries(imports()) == []


def test_a_side_entry_is_found() -> None:
    assert side_entries([("tongban.cases.actions", "tongban.identity.store")])
    assert side_entries([("tongban.rooms", "tongban.identity.store")])
    assert side_entries([("tongban.rooms", "tongban.identity.model.person")])
    assert not side_entries(
        [
            ("tongban.cases.actions", "tongban.identity"),
            ("tongban.cases.actions", "tongban.cases.store"),
            ("tongban.rooms", "tongban.identity.pages"),
            ("tongban.cases.actions", "tongban.kit.db"),
        ]
    )
