"""Acting for another: /my/acting, where powers are given, answered, taken back, and used by one step."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity import actions
from tongban.identity.actions import Opened
from tongban.identity.actions.cooling import must_have_cooled
from tongban.identity.model import POLICY
from tongban.identity.model.answered import said_already
from tongban.identity.model.firms import FirmGivesNone
from tongban.identity.model.founding import papers_of
from tongban.identity.model.offering import offered
from tongban.identity.model.powers import (
    BASES,
    STATES,
    STATES_TO_AGENT,
    PowerOver,
    PowerState,
    PowerUnknown,
    may_offer,
)
from tongban.identity.model.typed import ENROLLING
from tongban.identity.pages.onward import refused_page
from tongban.kit import clock, papers
from tongban.kit.acting import ERRANDS, KINDS
from tongban.kit.db import Database
from tongban.kit.errors import Conflict, Refused
from tongban.kit.i18n import N_, Message
from tongban.kit.ids import id_told
from tongban.kit.policy import VISITOR, Actor, Relation, Role
from tongban.kit.web import form_of, local_path, page, redirect, visit
from tongban.kit.web.sessions import set_session_cookie

HUB = "/my/acting"
#: What was done by a power: so many acts its page shows; the others are a step further.
_ACTS = 10
#: What has just been done, told once on the page that one comes back to.
_DONE: dict[str, Message] = {
    "bound": N_("单位绑定成功，您可以代表单位办理了。"),
    "taken_over": N_("您接手了这个单位的办件，切换后可以继续办理。"),
    "guarded": N_("已经核对上，您现在可以为孩子办事了。"),
    "offered": N_("授权已经发出，对方接受后生效。"),
    "accepted": N_("您已接受授权，可以开始代办。"),
    "declined": N_("您没有接受这份授权，对方已收到通知。"),
    "revoked": N_("授权已经撤回，立即生效。"),
    "renounced": N_("您已放弃这份授权。"),
}
#: What was done had been done before, or was otherwise by then: the power says how it stands.
_BEFORE = "before"
#: Kinds of paper by whose number an agent is named; a passport's finds nobody without its state.
_NAMING = tuple(one for one in ENROLLING if one != papers.PASSPORT)


@get(HUB, who="identity.acting")
async def acting(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[str]:
    """For whom one can act, what one is offered, and whom one has given powers."""
    return await _hub(request, db, actor, None, now=now)


async def _hub(
    request: Request[Any, Any, Any], db: Database, actor: Actor, refused: Refused | None, *, now: datetime
) -> Response[str]:
    """The hub; ``refused``: why the power that she wanted to act by cannot be used."""
    found = await actions.powers_of(db, actor, now=now)
    acting = actor.acting
    # Of a firm that is no more nothing but what is left is done, and that by the successor's representative alone.
    former = acting is not None and any(one.succeeds for one in found.held if one.id == acting.power)
    return page(
        "identity/acting.html",
        status=refused.status if refused else 200,
        refused=refused.message if refused else None,
        found=found,
        now=now,
        states=STATES,
        states_to_agent=STATES_TO_AGENT,
        names=await actions.item_names(db),
        done=_DONE.get(request.query_params.get("done", "")),
        may_give=acting is None or found.steward,
        may_offer=acting is None or (found.steward and acting.kind != "guardian" and not former),
        of_firm=acting is not None and acting.for_firm,
    )


@post(f"{HUB}/switch", who="identity.acting")
async def switch(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Act for somebody from now on, or for oneself again; then the page where one was, or the other's own."""
    form = await form_of(request)
    onward = local_path(form.get("next", ""), home="/my")
    asked = form.get("power", "")
    power = id_told(asked)
    if power is None and asked:
        raise PowerUnknown
    if power is None and actor.acting is None:
        return redirect(onward)  # she is herself already: the button was pressed twice
    try:
        opened = await actions.switch(db, actor, power_id=power, now=now)
    except Conflict as refused:  # beside the powers that she can use, and those that wait for her
        return await _hub(request, db, actor, refused, now=now)
    # Where an officer ends her help, the next one waits at the window.
    return _onward(opened, "/desk/assist" if opened.actor.role is Role.OFFICER else onward)


def _onward(opened: Opened, path: str) -> Response[Any]:
    current = visit()
    if not opened.cookie:
        current.actor = VISITOR  # the session of this press has ended: its answer is in nobody's name
        return redirect(path)
    set_session_cookie(opened.cookie)
    current.session_cookie, current.actor = opened.cookie, opened.actor
    return redirect(path)


@get(f"{HUB}/offer", who="identity.empower")
async def show_offer(db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The form that gives somebody a power; who could not send it just now is told before she fills it in, and so is
    who acts for a firm that is no more."""
    await must_have_cooled(db, actor, now=now)
    if actor.acting is not None and actor.acting.for_firm:
        firm = await actions.firm_of(db, actor)
        if firm is not None and not firm.active:
            raise FirmGivesNone(firm.name, firm.state)
    return await _form(db, actor, {"errands": "all"})


@post(f"{HUB}/offer", who="identity.empower")
async def offer(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Give the power; posted twice, it is one."""
    form = await form_of(request)
    names = await actions.item_names(db)
    try:
        wanted = offered(form, kinds=may_offer(actor), items=names, now=now)
        await actions.offer_power(db, actor, wanted, now=now)
    except Refused as refused:
        return await _form(db, actor, form, refused)
    return redirect(f"{HUB}?done=offered")


async def _form(
    db: Database, actor: Actor, typed: Mapping[str, str], refused: Refused | None = None
) -> Response[Any]:
    POLICY.require(actor, "identity.empower", Relation.OWN)
    return refused_page(
        "identity/offer.html",
        refused,
        typed=typed,
        kinds=[(one, KINDS[one]) for one in may_offer(actor)],
        papers=[(one, papers.PAPER_KINDS[one].name) for one in _NAMING],
        errands=[(str(one), words) for one, words in ERRANDS.items()],
        chosen_errands=[str(one) for one in ERRANDS]
        if typed.get("errands") == "all"
        else _posted(typed, "errands-"),
        items=await actions.item_groups(db, actor),
        chosen_items=_posted(typed, "items-"),
        today=clock.city_day(clock.now()),
    )


def _posted(typed: Mapping[str, str], prefix: str) -> list[str]:
    return [value for name, value in typed.items() if name.startswith(prefix)]


@get(f"{HUB}/{{power_id:uuid}}", who="identity.acting")
async def show_power(
    request: Request[Any, Any, Any], db: Database, actor: Actor, power_id: UUID, now: datetime
) -> Response[str]:
    """A power, what it lets its agent do, and every act that was done by it."""
    found = await actions.power(db, actor, power_id=power_id)
    # What another gave is given to her, by whichever of her accounts.
    mine = found.agent == actor.holder or found.principal != actor.id
    state, said = found.at(now), request.query_params.get("done", "")
    return page(
        "identity/power.html",
        power=found,
        state=state,
        words=(STATES_TO_AGENT if mine else STATES)[state],
        next=local_path(request.query_params.get("next", ""), home=""),
        basis=BASES.get(found.basis) or found.basis_in_words,
        seen_at_window=papers_of(found.basis) is not None,
        mine=mine,
        own=actor.acting is None,
        names=await actions.item_names(db),
        acts=await actions.acts_by(db, found, limit=_ACTS),
        waits=state is PowerState.OFFERED,
        replaces=state is PowerState.OFFERED and await actions.replaced_by(db, found, now=now),
        stands=state is PowerState.STANDING,
        done=_DONE.get(said),
        before=said_already(found, mine=mine, now=now) if said == _BEFORE else None,
    )


@post(f"{HUB}/{{power_id:uuid}}/accept", who="identity.answer_power")
async def accept(db: Database, actor: Actor, power_id: UUID, now: datetime) -> Response[Any]:
    """The agent accepts."""
    return await _answer(db, actor, power_id, accept=True, now=now)


@post(f"{HUB}/{{power_id:uuid}}/decline", who="identity.answer_power")
async def decline(db: Database, actor: Actor, power_id: UUID, now: datetime) -> Response[Any]:
    """The agent declines."""
    return await _answer(db, actor, power_id, accept=False, now=now)


async def _answer(
    db: Database, actor: Actor, power_id: UUID, *, accept: bool, now: datetime
) -> Response[Any]:
    done = actions.answer_power(db, actor, power_id=power_id, accept=accept, now=now)
    return await _at_page(power_id, done, "accepted" if accept else "declined")


async def _at_page(power_id: UUID, done: Awaitable[bool], words: str) -> Response[Any]:
    """Back at the power's page: it says what was done, or that it had been before, or otherwise, by whom and when."""
    try:
        said = words if await done else _BEFORE
    except PowerOver:
        said = _BEFORE
    return redirect(f"{HUB}/{power_id}?done={said}")


@post(f"{HUB}/{{power_id:uuid}}/revoke", who="identity.empower")
async def revoke(db: Database, actor: Actor, power_id: UUID, now: datetime) -> Response[Any]:
    """The principal takes it back."""
    done = actions.revoke_power(db, actor, power_id=power_id, now=now)
    return await _at_page(power_id, done, "revoked")


@post(f"{HUB}/{{power_id:uuid}}/renounce", who="identity.answer_power")
async def renounce(db: Database, actor: Actor, power_id: UUID, now: datetime) -> Response[Any]:
    """The agent gives it up."""
    done = actions.renounce_power(db, actor, power_id=power_id, now=now)
    return await _at_page(power_id, done, "renounced")


routes: list[Any] = [
    *(acting, switch, show_offer, offer, show_power),
    *(accept, decline, revoke, renounce),
]
