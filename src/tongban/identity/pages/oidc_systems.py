"""/account/systems: the systems that one has agreed to 已授权的系统, and taking that back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban import regions
from tongban.identity.actions import oidc_asking, oidc_registered
from tongban.identity.pages.account import home_of
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Text
from tongban.kit.policy import Actor, Role
from tongban.kit.web import form_of, page, redirect


@get("/account/systems", who="identity.oidc_systems")
async def systems(request: Request[Any, Any, Any], db: Database, actor: Actor) -> Response[str]:
    """Each system with its department, what it gets, since when, and when last."""
    names: dict[str, Text] = {one.code: one.name for one in await regions.departments(db)}
    done = request.query_params.get("done") == "withdrawn"
    return page(
        "identity/oidc_systems.html",
        consents=await oidc_asking.systems(db, actor),
        departments=names,
        staff=actor.role is Role.OFFICER,
        home=home_of(actor),
        done=N_("已取消授权：这个系统上的登录已退出，它不能再读取您的信息。") if done else None,
    )


@post("/account/systems/withdraw", who="identity.oidc_systems")
async def withdraw(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """Take one consent back; one that was taken back already is as good as taken back now. Raises SystemUnknown, and a
    form that names none leads back."""
    system = (await form_of(request)).get("system", "")
    if not system:
        return redirect("/account/systems")
    await oidc_asking.withdraw_consent(db, actor, system=system, now=now)
    return redirect("/account/systems?done=withdrawn")


@get("/desk/staff/systems", who="identity.oidc_registered")
async def registered(db: Database, actor: Actor) -> Response[str]:
    """Every system that is registered, for administrators, and why one was not told that sessions ended."""
    return page(
        "identity/staff_systems.html",
        systems=await oidc_registered.registered(db, actor),
        departments={one.code: one.name for one in await regions.departments(db)},
    )


routes: list[Any] = [systems, withdraw, registered]
