"""What is done in the lasting account alone: inside one that was merged into it, the page leads back."""

from __future__ import annotations

from tongban.identity.model.merging import InMergedAccount
from tongban.identity.store import merging
from tongban.kit.db import Database
from tongban.kit.policy import Actor


async def must_be_lasting(db: Database, actor: Actor) -> None:
    """Raise InMergedAccount inside an account that was merged into another: what opens it, or stands for it elsewhere,
    would make two of one person. One statement; none for who holds no account, or one with others merged into it."""
    if actor.id is None or actor.also:
        return
    if await merging.is_merged(db, actor.id):
        raise InMergedAccount
