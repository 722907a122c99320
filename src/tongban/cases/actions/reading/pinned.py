"""Which running cases hang on an item, in numbers: what a change of it would touch."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tongban.cases.model import State
from tongban.cases.model.terminations import ITEM_CANCELLED
from tongban.cases.store import pinned as store
from tongban.kit.db import Database


class Running(msgspec.Struct, frozen=True):
    """So many cases of a version, in a state, at a department (its code); they stay on the version of their filing."""

    version: int
    department: str
    state: State
    number: int


async def running_of(db: Database, item: str) -> list[Running]:
    """The cases of an item that are filed and not ended, the newest version first. One statement."""
    return [
        Running(version, department, State(state), number)
        for version, department, state, number in await store.running_of(db, item=item)
    ]


async def running_in(db: Database, items: Sequence[str]) -> dict[str, int]:
    """How many cases of each of these items are filed and not ended. One statement."""
    return await store.running_in(db, items=items)


async def ended_cancelled(db: Database, items: Sequence[str]) -> dict[str, int]:
    """How many cases of each of these items were ended because it was cancelled. One statement."""
    return await store.ended_by_ground(db, items=items, ground=ITEM_CANCELLED)
