"""What goes of a person's cases when she asks for it 删除 (PIPL art. 47): drafts; what was filed is archived."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from tongban.cases.actions.applying.discarding import discard, expire_drafts
from tongban.cases.actions.applying.drafting import DRAFT_LIFETIME
from tongban.cases.model.refusals import MovedOn
from tongban.cases.store import erasing as store
from tongban.kit.db import Database, write
from tongban.kit.personal import Erasure, counted
from tongban.kit.policy import Actor, Role


async def erase(db: Database, who: UUID, *, closing: bool, look: bool, now: datetime) -> Erasure:
    """Drafts go, with their files; cases that were submitted stay with their archive. Repeated it finds none."""
    del closing
    row = await store.numbers(db, who)
    drafts, filed, others = (row["drafts"], row["cases"], row["others"]) if row else (0, 0, 0)
    if not look:
        for case_id in await store.drafts_of(db, who):
            with suppress(MovedOn):  # she submitted or changed it in another window meanwhile: it stays
                await discard(db, Actor(Role.RESIDENT, who), case_id=case_id, now=now)
        await write(db, *store.dropping_discarded(who))
    return Erasure(counted({"cases.drafts": drafts}), counted({"cases.case": filed, "cases.others": others}))


async def keep_drafts(db: Database, *, before: datetime, look: bool) -> int:
    """Let go of drafts that were begun before an instant, 200 at a time, or count them (``city/keeping.yaml``)."""
    if look:
        return await store.old_drafts(db, before=before)
    return await expire_drafts(db, now=before + DRAFT_LIFETIME)
