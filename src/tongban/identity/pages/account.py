"""One's own account: /my/account for residents, /staff/account for officers; sessions and the password for both."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban import regions
from tongban.identity import actions
from tongban.identity.actions.accounts import own_account
from tongban.identity.model import POLICY
from tongban.identity.model.levels import OPENS
from tongban.identity.model.people import LEVEL_PHONE
from tongban.identity.model.refusals import SessionUnknown
from tongban.identity.pages.onward import go_on_with, refused_page
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_, Message
from tongban.kit.ids import id_told
from tongban.kit.policy import STAFF, Actor, Relation
from tongban.kit.web import form_of, page, redirect, visit

#: What has just been done, told once on the page that one comes back to.
_DONE: dict[str, Message] = {
    "ended": N_("这台设备已退出登录。"),
    "others": N_("其他设备已全部退出登录。"),
    "password": N_("密码已修改，其他设备上的登录已全部退出。"),
    "phone": N_("手机号已更换，其他设备上的登录已全部退出。"),
    "residence": N_("户籍和居住信息已按人口库更新。"),
    "residence_fresh": N_("一小时内刚查询过，显示的就是最新结果。过一小时可以再查。"),
    "replaced": N_("验证器已更换，旧的不能再用。"),
    "sms": N_("动态口令已停用，下次登录起改用短信验证码。"),
}


def home_of(actor: Actor) -> str:
    """Where the actor's account is."""
    return "/staff/account" if actor.role in STAFF else "/my/account"


def _done(request: Request[Any, Any, Any]) -> Message | None:
    return _DONE.get(request.query_params.get("done", ""))


@get("/my/account", who="identity.account")
async def account(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[str]:
    """Name, number, phone (masked), real-name level, when the register confirmed them; the sessions.

    With a phone alone: what it opens, what a real name would, and one's rights.
    """
    POLICY.require(actor, "identity.account", Relation.OWN)
    assert actor.id is not None
    if actor.level == LEVEL_PHONE:
        return page(
            "identity/phone_account.html",
            opens=OPENS,
            sessions=await actions.own_sessions(db, actor, now=now),
            done=_done(request),
        )
    own = await own_account(db, actor, now=now)
    return page(
        "identity/account.html",
        person=own.person,
        sessions=await actions.own_sessions(db, actor, now=now),
        residence=own.residence,
        cools_until=own.cools_until,
        done=_done(request),
    )


@get("/staff/account", who="identity.staff_account")
async def staff_account(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[str]:
    """The officer's name, department and second factor; the sessions."""
    return page(
        "identity/staff_account.html",
        department=await _department(db, actor),
        factor=await actions.second_factor(db, actor),
        sessions=await actions.own_sessions(db, actor, now=now),
        done=_done(request),
    )


async def _department(db: Database, actor: Actor) -> str:
    code = actor.department or ""
    try:
        return str((await regions.department(db, code)).name)
    except regions.DepartmentUnknown:  # it is no more, its officers' accounts are
        return code


@post("/account/sessions/end", who="identity.end_session")
async def end_session(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """End one of one's own sessions; one that is over already is as good as ended now.

    Raises SessionUnknown, and a form that names none leads back.
    """
    typed = (await form_of(request)).get("session", "")
    if not typed:
        return redirect(home_of(actor))
    if (session := id_told(typed)) is None:
        raise SessionUnknown
    await actions.end_session(db, actor, session=session, now=now)
    return redirect(f"{home_of(actor)}?done=ended")


@post("/account/sessions/end-others", who="identity.end_session")
async def end_others(db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """End all of one's own sessions but this one."""
    await actions.end_other_sessions(db, actor, now=now)
    return redirect(f"{home_of(actor)}?done=others")


def _password(actor: Actor, refused: Refused | None = None) -> Response[Any]:
    staff = actor.role in STAFF
    return refused_page("identity/password.html", refused, staff=staff, home=home_of(actor))


@get("/account/password", who="identity.change_password")
async def show_password(actor: Actor) -> Response[Any]:
    """The form for a new password."""
    return _password(actor)


@post("/account/password", who="identity.change_password")
async def change_password(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """The present password and a new one; all other sessions end."""
    form = await form_of(request)
    try:
        cookie = await actions.change_password(
            db,
            actor,
            present=form.get("present", ""),
            new=form.get("new", ""),
            address=visit().address,
            now=now,
        )
    except Refused as refused:
        return _password(actor, refused)
    go_on_with(cookie)
    return redirect(f"{home_of(actor)}?done=password")


routes: list[Any] = [account, staff_account, end_session, end_others, show_password, change_password]
