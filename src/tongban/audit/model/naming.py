"""How codes of higher rooms get their words on the readings page: plugged in by ``rooms.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.audit.model.reading import NameKind, Naming
from tongban.kit.i18n import Text

if TYPE_CHECKING:
    from tongban.kit.db import Database

_plugged: list[Naming] = []


def plug_names(naming: Naming) -> None:
    """Let ``naming`` give the words for codes; the last one plugged is asked."""
    _plugged[:] = [naming]


async def action_name(db: Database, action: str) -> Text | str:
    """The words for an action of the ledger; its code where nobody knows better."""
    return await name_of(db, kind="action", code=action)


async def name_of(db: Database, *, kind: NameKind, code: str) -> Text | str:
    """The words for a code; the code itself where nobody knows better."""
    for naming in _plugged:
        known = await naming(db, kind=kind, code=code)
        if known is not None:
            return known
    return code
