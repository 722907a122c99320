"""Which whole a case is part of: told by the room that joins cases, if one does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from uuid import UUID

import msgspec

from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor


class Prepared(msgspec.Struct, frozen=True):
    """A draft that its whole fills in and files: the whole's page and name, how far the draft has come there."""

    href: str
    name: Text
    words: Words
    sent: bool


#: Where the correction of a part is put right, and the name of the whole; None for a case that stands alone.
Wholes = Callable[[Database, Actor, UUID], Awaitable[tuple[str, Text] | None]]
#: Of some drafts of a person those that a whole files.
Prepares = Callable[[Database, Actor, Collection[UUID]], Awaitable[Mapping[UUID, Prepared]]]
_plugged: list[tuple[Wholes, Prepares]] = []


def plug_wholes(wholes: Wholes, prepares: Prepares) -> None:
    """Tell this room how to ask of which whole a case is part; the house does it once per process."""
    _plugged[:] = [(wholes, prepares)]


async def whole_of(db: Database, actor: Actor, case_id: UUID) -> tuple[str, Text] | None:
    """Where the correction of a case is put right with those of the whole that it is part of; None if it is of none."""
    return await _plugged[0][0](db, actor, case_id) if _plugged else None


async def prepared(db: Database, actor: Actor, drafts: Collection[UUID]) -> Mapping[UUID, Prepared]:
    """Those of these drafts that are filled in and filed with a whole: one statement, none without a draft."""
    return await _plugged[0][1](db, actor, drafts) if _plugged and drafts else {}
