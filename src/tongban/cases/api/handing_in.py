"""What the department waits for, handed in: a correction 补正 and materials that follow 容缺后补."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, post

from tongban.cases import actions
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web import Nothing, body_of, required_key


class HandedIn(msgspec.Struct, frozen=True):
    """The case with which it was handed in."""

    case: UUID


@post("/api/v1/cases/{case_id:uuid}/supply", who="cases.supply", include_in_schema=True, takes=Nothing)
async def supply(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> HandedIn:
    """Hand in what was attached of the promised materials, once for an Idempotency-Key."""
    key = required_key(request)
    await body_of(request, Nothing)
    await actions.supply(db, actor, case_id=case_id, key=key, now=now)
    return HandedIn(case_id)


@post("/api/v1/cases/{case_id:uuid}/correction", who="cases.correct", include_in_schema=True, takes=Nothing)
async def correct(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> HandedIn:
    """Hand in the correction, once for an Idempotency-Key."""
    key = required_key(request)
    await body_of(request, Nothing)
    await actions.correct(db, actor, case_id=case_id, key=key, now=now)
    return HandedIn(case_id)


routes = [supply, correct]
