"""The word of a party in a hearing 听证 as JSON, of applicant and interested person: the bodies, how each is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request

from tongban.cases.actions.hearing.speaking import AGREE, ASK, DROP, OBJECT, PLEAD, UNSAID, WAIVE
from tongban.cases.model import State
from tongban.cases.model.life import as_applicant_sees
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web import Nothing, body_of, required_key


class AskHearing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a party wants to speak about, if she says so."""

    wishes: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class PleadRecusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the presider should withdraw; what is too short is told as on the page."""

    reason: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class ConfirmRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the record is so, and if not, what is not right in it; ``agrees`` must be said."""

    agrees: bool | msgspec.UnsetType = msgspec.UNSET
    reason: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class HearingWord(msgspec.Struct, frozen=True):
    """The case as it stands after her word, as she sees it: not how far up the office it is."""

    case: UUID
    state: State


class Spoken(msgspec.Struct, frozen=True):
    """A kind of word: the body that it ``takes``, and that ``read`` as what is said and its words."""

    takes: type
    read: Callable[[Any], tuple[str, str]]


def _on_record(body: ConfirmRecord) -> tuple[str, str]:
    if body.agrees is msgspec.UNSET:
        return UNSAID, body.reason
    return (AGREE if body.agrees else OBJECT), body.reason


ASKS = Spoken(AskHearing, lambda body: (ASK, body.wishes))
WAIVES = Spoken(Nothing, lambda _: (WAIVE, ""))
DROPS = Spoken(Nothing, lambda _: (DROP, ""))
PLEADS = Spoken(PleadRecusal, lambda body: (PLEAD, body.reason))
CONFIRMS = Spoken(ConfirmRecord, _on_record)


def door(kind: Spoken) -> dict[str, Any]:
    """What the route of a word of this ``kind`` says of itself; nothing is made by a word, so the answer is 200."""
    return {"include_in_schema": True, "status_code": 200, "takes": kind.takes}


async def taken(
    kind: Spoken,
    answer: Callable[..., Awaitable[dict[str, Any]]],
    request: Request[Any, Any, Any],
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    now: datetime,
) -> HearingWord:
    """Take a word of this ``kind``, once for its Idempotency-Key; ``answer`` is the party's verb."""
    key = required_key(request)
    said, words = kind.read(await body_of(request, kind.takes))
    after = await answer(db, actor, case_id=case_id, said=said, words=words, key=key, now=now)
    return HearingWord(UUID(after["case"]), as_applicant_sees(State(after["state"])))
