"""Requests about one's data as JSON 更正请求: what may be said to be wrong, said once, followed, taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post, put
from litestar.response import Response

from tongban.kit.clock import Instant
from tongban.kit.db import Database
from tongban.kit.i18n import Text, both
from tongban.kit.policy import Actor
from tongban.kit.web import body_of, required_key
from tongban.kit.web.paging import USUAL, After, Limit, cursor, listed, place, shown
from tongban.portal.actions import following, requesting
from tongban.portal.actions.following import Shown
from tongban.portal.model import RequestState, Said, Sort

_LIST = "requests"


class WrongThing(msgspec.Struct, frozen=True):
    """Something that may be said to be wrong, and who answers."""

    thing: str
    kind: Text
    name: Text
    goes: str


class WrongThings(msgspec.Struct, frozen=True):
    """All of them."""

    things: list[WrongThing]


class AskCorrection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is wrong, and what it should be."""

    thing: str
    should: str
    stands: str | msgspec.UnsetType = msgspec.UNSET
    why: str | msgspec.UnsetType = msgspec.UNSET
    about: str | msgspec.UnsetType = msgspec.UNSET
    district: str | msgspec.UnsetType = msgspec.UNSET


class AskedFor(msgspec.Struct, frozen=True):
    """The request that waits for its answer."""

    request: UUID


class RequestLine(msgspec.Struct, frozen=True):
    """A request about one's data, and how it stands."""

    id: UUID
    sort: Sort
    thing: str
    thing_words: Text
    about: str
    department: str
    organ: Text
    state: RequestState
    state_words: Text
    asked_at: Instant
    due: Instant
    ended_at: Instant | None


class RequestPage(msgspec.Struct, frozen=True):
    """A page of them."""

    requests: list[RequestLine]
    next: str | None


class RequestAnswer(msgspec.Struct, frozen=True):
    """One request with what was said and answered."""

    request: RequestLine
    stands: str
    should: str
    why: str
    files: int
    answer: str | None


def _line(one: Shown) -> RequestLine:
    it = one.request
    return RequestLine(
        *(it.id, it.sort, it.thing, _text(one.thing), it.about, it.department, one.department),
        *(it.state, both(it.words), it.asked_at, it.due, it.ended_at),
    )


def _given(words: str | msgspec.UnsetType) -> str:
    """What came, cleaned; nothing where the member was left out."""
    return "" if isinstance(words, msgspec.UnsetType) else words.strip()


def _text(words: Any) -> Text:
    return words if isinstance(words, Text) else both(words)


@get("/api/v1/requests/things", who="portal.ask_correction", include_in_schema=True, sync_to_thread=False)
def wrong_things() -> WrongThings:
    """What may be said to be wrong."""
    return WrongThings(
        [
            WrongThing(code, kind.name, field.name, field.goes)
            for code, (kind, field) in following.things().items()
            if field.goes is not None
        ]
    )


@post(
    "/api/v1/requests", who="portal.ask_correction", include_in_schema=True, takes=AskCorrection, located=True
)
async def ask_correction(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[AskedFor]:
    """Ask for a correction, once for an Idempotency-Key; the same that waits already is given."""
    key = required_key(request)
    wanted = await body_of(request, AskCorrection)
    said = Said(_given(wanted.stands), wanted.should.strip(), _given(wanted.why))
    asked = await requesting.ask_once(
        *(db, actor),
        thing=wanted.thing,
        about=_given(wanted.about),
        district=_given(wanted.district),
        said=said,
        key=key,
        now=now,
    )
    return Response(AskedFor(asked), status_code=201, headers={"location": f"/api/v1/requests/{asked}"})


@get("/api/v1/requests", who="portal.requests", include_in_schema=True)
async def listed_requests(
    db: Database, actor: Actor, after: After = None, limit: Limit = USUAL
) -> Response[RequestPage]:
    """My requests, newest first."""
    before = place(after, _LIST, UUID)
    found, last = shown(await following.mine(db, actor, before=before, limit=limit + 1), limit)
    next_page = cursor(_LIST, last.request.id) if last else None
    return listed(RequestPage([_line(one) for one in found], next_page), next_page)


@get("/api/v1/requests/{request_id:uuid}", who="portal.requests", include_in_schema=True)
async def one_request(db: Database, actor: Actor, request_id: UUID) -> RequestAnswer:
    """One of my requests with its answer."""
    found = await following.my_request(db, actor, request_id)
    said = found.request.said
    return RequestAnswer(
        _line(found), said.stands, said.should, said.why, len(found.proof), found.request.answer or None
    )


@put(
    "/api/v1/requests/{request_id:uuid}/withdrawal",
    who="portal.requests",
    include_in_schema=True,
    status_code=204,
)
async def take_back(db: Database, actor: Actor, now: datetime, request_id: UUID) -> None:
    """Take a request back; doing it twice changes nothing."""
    await following.withdraw(db, actor, request_id, now=now)


routes: list[Any] = [wrong_things, ask_correction, listed_requests, one_request, take_back]
