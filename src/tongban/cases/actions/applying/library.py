"""Asking the e-licence library what of hers it holds, before she is asked for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from tongban import licences
from tongban.cases.model.asked import ENDED
from tongban.cases.model.facts import Heard
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor


async def ask_library(
    db: Database, actor: Actor, *, types: Collection[str], now: datetime
) -> dict[str, Heard]:
    """Of each licence type whether the applicant's library has a licence that stands; one statement, none for none.

    One that is there and does not stand counts as none, and says so.
    """
    if not types:
        return {}
    held = await licences.types_held(db, actor.accounts, types=types, now=now)
    return {
        code: Heard(
            "found" if held.get(code) else "none",
            await _source(db, code),
            now,
            now,
            {} if held.get(code, True) else {ENDED: True},
        )
        for code in sorted(types)
    }


async def _source(db: Database, code: str) -> Text:
    name = await licences.type_name(db, code) or Text(code, code)
    return Text(f"电子证照库“{name.zh}”", f"The e-licence library ({name.en})")
