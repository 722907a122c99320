"""For whom a program acts: its session as JSON with the CSRF token that its changes carry, and the powers of others."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, get, put
from litestar.response import Response

from tongban.identity import actions
from tongban.identity.actions import acts as acting_acts
from tongban.identity.model.acts import ActLine, days_fault, narrowed
from tongban.kit.acting import Errand, PowerKind
from tongban.kit.clock import Instant
from tongban.kit.db import Database
from tongban.kit.policy import VISITOR, Actor, Role
from tongban.kit.web import body_of, visit
from tongban.kit.web.access import LogInFirst
from tongban.kit.web.csrf import token
from tongban.kit.web.paging import USUAL, After, Limit, cursor, listed, place, shown
from tongban.kit.web.refusals import ParametersWrong
from tongban.kit.web.sessions import set_session_cookie


class PowerLine(msgspec.Struct, frozen=True):
    """A power 授权 by which the caller can act for somebody."""

    power: UUID
    principal: UUID
    name: str
    kind: PowerKind
    items: list[str] | None
    errands: list[Errand] | None
    most: int | None
    until: Instant


class PowerList(msgspec.Struct, frozen=True):
    """The powers that the caller holds and that stand."""

    powers: list[PowerLine]


class ActingAnswer(msgspec.Struct, frozen=True):
    """In whose name the session acts, and by whom it does."""

    principal: UUID
    power: UUID
    kind: PowerKind
    agent: str
    until: Instant


class SessionAnswer(msgspec.Struct, frozen=True):
    """The session 会话 of the cookie that came with the request; without one a visitor's."""

    role: Role
    name: str
    department: str | None
    acting: ActingAnswer | None
    csrf: str


class ActFor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which power to act from now on; null: for oneself."""

    power: UUID | None


def _answer(actor: Actor) -> SessionAnswer:
    how = actor.acting
    acting = None
    if how is not None and actor.id is not None:
        acting = ActingAnswer(actor.id, how.power, how.kind, how.agent_name, how.until)
    return SessionAnswer(actor.role, actor.name, actor.department, acting, token())


class ActPage(msgspec.Struct, frozen=True):
    """A page of what was done by powers."""

    acts: list[ActLine]
    next: str | None


#: The kinds of act that the house plugs in (naming.py).
KindOfAct = Literal["apply", "correct", "withdraw", "hearing", "requests", "read", "acting"]


@get("/api/v1/session", who="identity.session", include_in_schema=True, sync_to_thread=False)
def session(actor: Actor) -> SessionAnswer:
    """Who is logged in and for whom she acts, and the token for the header X-CSRF-Token, bound to this very cookie."""
    return _answer(actor)


@get("/api/v1/acting", who="identity.acting", include_in_schema=True)
async def powers(db: Database, actor: Actor, now: datetime) -> PowerList:
    """For whom I can act."""
    found = await actions.powers_of(db, actor, now=now)
    return PowerList(
        [
            PowerLine(
                power=one.id,
                principal=one.principal,
                name=one.shown_principal,
                kind=one.kind,
                items=None if one.items is None else sorted(one.items),
                errands=None if one.errands is None else sorted(one.errands),
                most=one.most,
                until=one.until,
            )
            for one in found.held
        ]
    )


@put("/api/v1/acting", who="identity.acting", include_in_schema=True, takes=ActFor)
async def act_for(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> SessionAnswer:
    """Act for somebody from now on, or for oneself: the answer sets a new cookie and gives its token."""
    wanted = await body_of(request, ActFor)
    if wanted.power is None and actor.acting is None:
        return _answer(actor)
    opened = await actions.switch(db, actor, power_id=wanted.power, now=now)
    current = visit()
    if not opened.cookie:  # sent twice at once: the session of this one has ended, and acts for nobody
        current.actor = VISITOR
        raise LogInFirst(staff=False)
    set_session_cookie(opened.cookie)
    current.session_cookie, current.actor = opened.cookie, opened.actor
    return _answer(opened.actor)


@get("/api/v1/acting/acts", who="identity.acting", include_in_schema=True)
async def acts(
    db: Database,
    actor: Actor,
    power: UUID | None = None,
    item: str = "",
    case: UUID | None = None,
    kind: KindOfAct | None = None,
    since: date | None = None,
    until: date | None = None,
    after: After = None,
    limit: Limit = USUAL,
) -> Response[ActPage]:
    """What was done by powers, newest first: by one that I gave or hold, or by all that I gave."""
    if (wrong := days_fault(since, until)) is not None:
        raise ParametersWrong({"until": wrong})
    kinds = acting_acts.act_kinds()
    asked = narrowed(kind=kinds[kind] if kind else None, item=item, case=case, since=since, until=until)
    before = place(after, "acts", UUID)
    found = await acting_acts.acts(db, actor, power=power, asked=asked, before=before, limit=limit + 1)
    lines, last = shown(found.lines, limit)
    next_page = cursor("acts", last.id) if last else None
    return listed(ActPage(lines, next_page), next_page)


routes = [session, powers, act_for, acts]
