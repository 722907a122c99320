"""Files that come piece by piece 断点续传, so that a phone that loses its line goes on where it was: whose they are.

The protocol is :mod:`tongban.kit.web.resumable`. When a file is all there, the form is posted with its name in
``_uploaded``, and it is taken in like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from tongban.cases import actions
from tongban.kit import files
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web import resumable


async def _of_the_form(
    db: Database, actor: Actor, case_id: UUID, now: datetime
) -> Mapping[str, files.Wanted]:
    """The questions of a draft, or of what is put right, that take files."""
    return await actions.files_wanted(db, actor, case_id=case_id)


async def _that_follow(
    db: Database, actor: Actor, case_id: UUID, now: datetime
) -> Mapping[str, files.Wanted]:
    """The materials that follow after acceptance and are due now."""
    return await actions.supply_wanted(db, actor, case_id=case_id, now=now)


routes = [
    *resumable.door(
        "/apply/{code:str}/{case_id:uuid}/uploads", about="case_id", who="cases.draft", wanted=_of_the_form
    ),
    *resumable.door(
        "/my/cases/{case_id:uuid}/uploads", about="case_id", who="cases.supply", wanted=_that_follow
    ),
]
