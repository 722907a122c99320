"""The resident's cases: the list, a draft opened, submitted, withdrawn or given up."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, delete, get, post
from litestar.params import QueryParameter
from litestar.response import Response

from tongban.cases import actions
from tongban.cases.api.records import CaseHistory, CaseLine, history_of, line_of
from tongban.cases.model import Move, State, hers
from tongban.cases.model.follow_up import idle_moves
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web import Nothing, body_of, required_key
from tongban.kit.web.paging import USUAL, After, Limit, cursor, listed, place, shown

#: A handler's own "state" is Litestar's.
InState = Annotated[State | None, QueryParameter(name="state")]


class CaseAnswer(CaseHistory, frozen=True, kw_only=True):
    """A case as its applicant may read it, with its steps and what she may do now."""

    moves: list[Move]


class CasePage(msgspec.Struct, frozen=True):
    """Cases, newest first; ``next`` is the cursor of the following page or null."""

    cases: list[CaseLine]
    next: str | None


class OpenCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which item a draft is opened for."""

    item: Annotated[str, msgspec.Meta(pattern="^[a-z0-9_]{1,60}$")]
    about: UUID | msgspec.UnsetType = msgspec.UNSET


class Opened(msgspec.Struct, frozen=True):
    """The draft; ``created`` is false where the case lived already."""

    case: UUID
    created: bool


class Submitted(msgspec.Struct, frozen=True):
    """The receipt of a submission: the case and its 19-digit code; null while joint applicants have not confirmed."""

    case: UUID
    code: str | None


class Withdrawn(msgspec.Struct, frozen=True):
    """The case as it stands after its withdrawal."""

    case: UUID
    state: State


@get("/api/v1/cases", who="cases.mine", include_in_schema=True)
async def listed_cases(
    db: Database,
    actor: Actor,
    item: str | None = None,
    in_state: InState = None,
    after: After = None,
    limit: Limit = USUAL,
) -> Response[CasePage]:
    """My cases, newest first."""
    found, last = shown(
        await actions.my_cases(
            db, actor, before=place(after, "cases", UUID), limit=limit + 1, item=item, state=in_state
        ),
        limit,
    )
    next_page = cursor("cases", last.case.id) if last else None
    return listed(CasePage([line_of(one) for one in found], next_page), next_page)


@post("/api/v1/cases", who="cases.start", include_in_schema=True, takes=OpenCase, located=True, also=200)
async def open_draft(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any]
) -> Response[Opened]:
    """Open a draft, filled from the registers; where a case of the item lives already, that one is given (200)."""
    key = required_key(request)
    wanted = await body_of(request, OpenCase)
    started = await actions.open_draft(
        db, actor, item=wanted.item, about=wanted.about or None, key=key, now=now
    )
    return Response(
        Opened(started.case, started.created),
        status_code=201 if started.created else 200,
        headers={"location": f"/api/v1/cases/{started.case}"},
    )


@get("/api/v1/cases/{case_id:uuid}", who="cases.mine", include_in_schema=True)
async def one(db: Database, actor: Actor, case_id: UUID) -> CaseAnswer:
    """One of my cases with its steps."""
    opened = await actions.progress(db, actor, case_id=case_id)
    moves = sorted(hers(opened.case.state) - idle_moves(opened.case.follow_up))
    return CaseAnswer(**await history_of(db, opened), moves=moves)


@delete("/api/v1/cases/{case_id:uuid}", who="cases.draft", include_in_schema=True)
async def discard(db: Database, actor: Actor, now: datetime, case_id: UUID) -> None:
    """Give a draft up; doing it twice changes nothing."""
    await actions.discard(db, actor, case_id=case_id, now=now)


@post("/api/v1/cases/{case_id:uuid}/submission", who="cases.submit", include_in_schema=True, takes=Nothing)
async def submit(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> Submitted:
    """Submit a draft, once for an Idempotency-Key. The draft holds the answers: the body is empty."""
    key = required_key(request)
    await body_of(request, Nothing)
    answer = await actions.submit(db, actor, case_id=case_id, key=key, now=now)
    return Submitted(UUID(answer["case"]), answer["code"])


@post(
    "/api/v1/cases/{case_id:uuid}/withdrawal",
    who="cases.withdraw",
    include_in_schema=True,
    takes=Nothing,
    status_code=200,
)
async def withdraw(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> Withdrawn:
    """Take a submitted application back before it is decided."""
    key = required_key(request)
    await body_of(request, Nothing)
    return msgspec.convert(await actions.withdraw(db, actor, case_id=case_id, key=key, now=now), Withdrawn)


routes = [listed_cases, open_draft, one, discard, submit, withdraw]
