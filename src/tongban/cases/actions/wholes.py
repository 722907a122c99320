"""Which whole a case is part of: told by the room that joins cases, if one does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor

#: Where the correction of a part is put right, and the name of the whole; None for a case that stands alone.
Wholes = Callable[[Database, Actor, UUID], Awaitable[tuple[str, Text] | None]]
_plugged: list[Wholes] = []


def plug_wholes(wholes: Wholes) -> None:
    """Tell this room how to ask of which whole a case is part; the house does it once per process."""
    _plugged[:] = [wholes]


async def whole_of(db: Database, actor: Actor, case_id: UUID) -> tuple[str, Text] | None:
    """Where the correction of a case is put right with those of the whole that it is part of; None if it is of none."""
    return await _plugged[0](db, actor, case_id) if _plugged else None
