"""Which running cases hang on an item, in numbers: what a change of it would touch."""

from __future__ import annotations

import msgspec

from tongban.cases.model import State
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
