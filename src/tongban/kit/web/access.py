"""The gate before every route: its action must be open to the visitor's role, its form must be ours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from litestar.connection import Request

from tongban.kit import clock
from tongban.kit.acting import PowerEnded
from tongban.kit.db import DatabaseAway
from tongban.kit.errors import Refused, Unauthenticated, Unavailable
from tongban.kit.i18n import N_
from tongban.kit.maintenance import Notice
from tongban.kit.not_allowed import FactorFirst, NotAllowed
from tongban.kit.policy import STAFF, Actor, Policy, Role, level_missing
from tongban.kit.web import csrf, public
from tongban.kit.web.accepting import must_take_json
from tongban.kit.web.belonging import WHOSE, Noting, as_whose
from tongban.kit.web.forms import form_of
from tongban.kit.web.keeping import keep_fields
from tongban.kit.web.labels import form_behind
from tongban.kit.web.visit import visit

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: What is open in a session whose power has ended: to act for oneself again, or for another, and to leave.
_AFTER_THE_END = (*public.ACTIONS, "identity.acting", "identity.log_out", "identity.session")
#: What is open to an officer whom an SMS alone let in, where the house asks for more: to set up what it asks for.
_BEFORE_THE_FACTOR = (
    *public.ACTIONS,
    *("identity.totp", "identity.passkeys", "identity.prove", "identity.staff_account"),
    *("identity.change_password", "identity.end_session", "identity.log_out", "identity.session"),
)
#: What a route says of itself that other machines post to: it never looks at the visit's session.
BY_CREDENTIALS = "by_credentials"
#: When nobody knows how long a closed house stays closed, clients come back after this.
_CLOSED_SECONDS = 60


class LogInFirst(Unauthenticated):
    """The page is for somebody who is logged in; ``kept`` is what she had typed, sealed, or empty."""

    def __init__(self, *, staff: bool, kept: str = "") -> None:
        super().__init__("log-in-first", N_("请先登录，再继续办理。"))
        self.staff = staff
        self.kept = kept


class Closed(Unavailable):
    """The house is closed for maintenance; ``typed`` is what a form of ours would have sent, to be sent again."""

    def __init__(self, notice: Notice, typed: Mapping[str, str]) -> None:
        left = (notice.until - clock.now()).total_seconds() if notice.until else 0
        super().__init__("maintenance", notice.words, retry_after=max(int(left), _CLOSED_SECONDS))
        self.notice = notice
        self.typed = typed


async def _typed(request: Request[Any, Any, Any]) -> dict[str, str]:
    """What a form of ours would have sent, to be offered or shown again; nothing of one that carries a password."""
    if request.method not in UNSAFE or not await csrf.holds(request):
        return {}
    posted = await form_of(request)
    if any("password" in name for name in posted):
        return {}
    visit().form = await form_behind(request.app.state.db, posted)
    return {name: value for name, value in posted.items() if name != csrf.FIELD}


async def _close(request: Request[Any, Any, Any], notice: Notice) -> None:
    """Raise Closed. A form is offered again as it was typed, unless it carries a password."""
    raise Closed(notice, await _typed(request))


async def _must_be_entitled(request: Request[Any, Any, Any], actor: Actor, action: str) -> None:
    """Raise FactorFirst or PowerEnded of a session that opens but a few doors, before its way out of that."""
    if not actor.proven and action not in _BEFORE_THE_FACTOR:
        raise FactorFirst
    if actor.acting is not None and actor.acting.ended is not None and action not in _AFTER_THE_END:
        raise PowerEnded(actor.name, actor.acting.kind, actor.acting.ended, await _typed(request))


async def _admitted(request: Request[Any, Any, Any], actor: Actor, action: str) -> bool:
    """Whether the actor may ask for this at all; raises as the policy does. A form that she wrote in another name than
    that of now, which may not do it, is given back to her: StaleForm."""
    try:
        admitted: bool = request.app.state.policy.admits(actor, action)
    except Refused:
        if request.method in UNSAFE:
            await csrf.require_same_name(request)
        raise
    if not admitted and request.method in UNSAFE:
        await csrf.require_same_name(request)
    return admitted


async def gate(request: Request[Any, Any, Any]) -> None:
    """Before every request of the whole app: who may come in, and whether the form came from our own page.

    Litestar's ``before_request`` and not one of its guards: for each of those it copies the route's handler, field by
    field, which cost more than all that is asked here. A route with a ``before_request`` of its own would go round
    the gate: the floor refuses to build an application that has one.
    """
    if request.method == "OPTIONS":
        return  # Litestar's own answer: the methods of the address, nothing of the house
    current = visit()
    if current.path.startswith("/api/"):
        must_take_json(current.accept)
    action = request.route_handler.opt["who"]
    closed = current.closed
    if closed is not None and action not in public.ACTIONS:
        await _close(request, closed)
    policy: Policy = request.app.state.policy
    unsafe = request.method in UNSAFE
    actor = current.actor
    await _must_be_entitled(request, actor, action)
    role = actor.role
    if not await _admitted(request, actor, action):
        if role is not Role.VISITOR:
            raise NotAllowed
        if current.session_unknown:
            raise DatabaseAway  # she may well be logged in: to ask her for a log-in that cannot be would be a lie
        staff = any(policy.open_to(action, one) for one in STAFF) and not policy.open_to(
            action, Role.RESIDENT
        )
        # The session ended under a filled form: what was typed goes through the log-in and comes back. Only
        # a form of ours, whose token fits the ended session's cookie, or that the browser says our page sent
        # where the cookie has gone too: nobody else's page fills it.
        ours = unsafe and (csrf.from_our_page(request) or await csrf.holds(request))
        raise LogInFirst(staff=staff, kept=keep_fields(await form_of(request)) if ours else "")
    # Other machines' doors take no cookie: who asks proves it in the request itself, so there is no session to misuse.
    if unsafe and not request.route_handler.opt.get(BY_CREDENTIALS):
        await csrf.require(request)
    if (level := policy.level_asked(action, role)) > actor.level:
        await _step_up(request, level)
    current.actor = await _as_whose(request, current.actor)
    noting: Noting | None = request.app.state.noting
    if noting is not None and actor.acting is not None and not unsafe:
        current.noting = partial(noting, request.app.state.db, actor, action, request.path_params)


async def _as_whose(request: Request[Any, Any, Any], actor: Actor) -> Actor:
    """As which of her accounts she asks: that one whose record the address names, where several are hers."""
    if not actor.also:
        return actor
    state, asked = request.app.state, request.route_handler.opt.get(WHOSE)
    named = request.path_params if asked is None else {asked: request.query_params.get(asked)}
    return await as_whose(state.db, actor, named, state.owners)


async def _step_up(request: Request[Any, Any, Any], level: int) -> None:
    """Raise StepUpNeeded unless the row says that she has risen meanwhile: at a window, a moment ago.

    What was posted has been read by then, so that the page which tells it keeps it.
    """
    current, sessions = visit(), request.app.state.sessions
    sessions.forget(current.session_cookie)
    risen = await sessions.actor(current.session_cookie, now=clock.now())
    if risen is None or risen.level < level:
        await form_of(request)
        raise level_missing(current.actor, level)
    current.actor = risen
