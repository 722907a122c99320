"""How many have an account 实名用户: for the operator's figures."""

from __future__ import annotations

from tongban import regions
from tongban.identity.model.figures import Figures
from tongban.identity.store import figures as store
from tongban.kit.db import Database


async def figures(db: Database) -> Figures:
    """Persons, those of local hukou, by level, and firms: one statement over all accounts, and the city's districts."""
    own = {one.code[:2] for one in await regions.districts(db)}
    return await store.figures(db, provinces=sorted(own))
