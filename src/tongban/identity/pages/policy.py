"""The policy table as administrators read it 权限表, and what of it one officer has and by whose word."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Litestar, Request, get
from litestar.response import Response
from litestar.routes import HTTPRoute

from tongban import audit
from tongban.identity.actions import staffing
from tongban.identity.model.policy_view import (
    RELATIONS,
    ROLES,
    ROOMS,
    VERDICTS,
    grounds,
    lines,
)
from tongban.identity.model.staff import DUTY_WORDS
from tongban.identity.pages.staff import names_of, staff_page
from tongban.kit.acting import ERRANDS
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Policy, Role

_DOORS = "tongban.doors"


def _doors(app: Litestar) -> dict[str, list[str]]:
    """The methods and paths of each action, as the application has them; made once."""
    known: dict[str, list[str]] | None = app.state.get(_DOORS)
    if known is not None:
        return known
    found: dict[str, list[str]] = {}
    for route in app.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                found.setdefault(str(handler.opt.get("who")), []).append(f"{method} {route.path_format}")
    app.state[_DOORS] = found
    return found


@get("/desk/staff/policy", who="identity.staff_policy")
async def table(
    request: Request[Any, Any, Any], db: Database, actor: Actor, role: str = "", room: str = ""
) -> Response[Any]:
    """The whole table, by room and action; ``role`` and ``room`` narrow it."""
    staffing.require(actor, "identity.staff_policy")
    policy: Policy = request.app.state.policy
    role, room = role if role in {*Role} else "", room if room in ROOMS else ""
    found = lines(policy.rules, _doors(request.app), role=role, room=room)
    return staff_page(
        "staff_policy",
        actor,
        lines=found,
        whole=len(policy.rules),
        role=role,
        room=room,
        named={one.action: await audit.action_name(db, one.action) for one in found},
        **_words(),
    )


@get("/desk/staff/{officer:uuid}/rights", who="identity.staff_read")
async def rights(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime, officer: UUID
) -> Response[Any]:
    """What one officer may do and why: her post, her duties, who asked for each and who granted it."""
    seen = await staffing.seen(db, actor, officer=officer)
    policy: Policy = request.app.state.policy
    found = grounds(policy.rules, seen.officer.powers, seen.history)
    return staff_page(
        "staff_rights",
        actor,
        officer=seen.officer,
        grounds=found,
        stale=seen.officer.stale(now=now),
        named={rule.action: await audit.action_name(db, rule.action) for one in found for rule in one.rules},
        **_words(),
        **await names_of(db),
    )


def _words() -> dict[str, Any]:
    return {
        "roles": ROLES,
        "rooms": ROOMS,
        "relations": RELATIONS,
        "verdicts": VERDICTS,
        "duty_words": DUTY_WORDS,
        "errand_words": ERRANDS,
    }


routes: list[Any] = [table, rights]
