"""Staff as administrators and heads of departments see it 工作人员: lists, one account, what waits, the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, get
from litestar.response import Response

from tongban import regions
from tongban.identity.actions import staffing
from tongban.identity.model.staff import DUTY_WORDS, KIND_WORDS, STATE_WORDS, Change, Powers
from tongban.identity.model.staff_acts import ACTS
from tongban.kit.db import Database
from tongban.kit.errors import Refused, Words
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import ADMINISTRATORS, OFFICERS_DUTIES, Actor, Duty, Role
from tongban.kit.web import page
from tongban.kit.web.paging import cursor, place

#: What has just been done, told once on the page that one comes back to.
DONE: dict[str, Message] = {
    "proposed": N_("账户已开立，等待安全管理员授权。授权后，本人会收到启用短信。"),
    "asked": N_("变动已提出，等待安全管理员复核。复核之前权限不变。"),
    "granted": N_("已授权。权限立即生效，原来的权限最多 2 秒后失效。"),
    "joining": N_("已授权，启用短信已发送给本人。本人用启用码启用账户后就能登录。"),
    "refused": N_("已退回，没有授权。"),
    "left": N_("已办理离职：登录、密码和动态口令立即失效，承办的办件转给部门负责人。"),
    "locked": N_("账户已锁定，登录已全部退出。"),
    "unlocked": N_("账户已解除锁定。"),
    "confirmed": N_("权限已复核，一年后再次提示。"),
    "reset": N_(
        "动态口令已停用，通行密钥已移除，登录已全部退出。本人下次登录用短信验证码，再重新启用动态口令。"
    ),
    "nothing": N_("没有启用动态口令，不需要重置。"),
    "invited": N_("启用短信已重新发送，先前的启用码失效。"),
}
#: What the address says of all departments at once.
EVERYWHERE = "all"
_ORDER = [
    *(Duty.EXAMINE, Duty.REVIEW, Duty.APPROVE, Duty.HEAD, Duty.VET, Duty.ASSIST),
    *(Duty.CATALOGUE, Duty.SOURCES),
    *(Duty.SYSTEM_ADMIN, Duty.SECURITY_ADMIN, Duty.AUDIT_ADMIN),
]


async def names_of(db: Database) -> dict[str, Any]:
    """Departments and halls by code, in the page's words."""
    departments = {one.code: one.name for one in await regions.departments(db)}
    halls = {one.code: one.name for one in await regions.halls(db)}
    return {"departments": departments, "halls": halls}


def words_of(powers: Powers | None) -> list[Words]:
    """Duties in words, in the order of the work."""
    held = set(powers.duties) if powers else set()
    return [DUTY_WORDS[one] for one in _ORDER if one in held]


def duty_choices(actor: Actor) -> list[tuple[str, Message]]:
    """The duties that this one may ask for."""
    offered = OFFICERS_DUTIES | (ADMINISTRATORS if actor.role is Role.ADMINISTRATOR else frozenset())
    return [(str(one), DUTY_WORDS[one]) for one in _ORDER if one in offered]


def staff_page(
    template: str, actor: Actor, *, refused: Refused | None = None, **context: Any
) -> Response[Any]:
    """A page about staff, with the words and powers that all of them need; a refusal's errors beside their fields."""
    errors = {} if refused is None else (refused.fields or {"": refused.message})
    return page(
        f"identity/{template}.html",
        status=200 if refused is None else refused.status,
        errors=errors,
        states=STATE_WORDS,
        kinds=KIND_WORDS,
        words_of=words_of,
        may={one: staffing.may(actor, f"identity.staff_{one}") for one in ("open", "ask", "grant", "ledger")},
        **context,
    )


def done_of(request: Request[Any, Any, Any]) -> Message | None:
    """What has just been done."""
    return DONE.get(request.query_params.get("done", ""))


@get("/desk/staff", who="identity.staff_read")
async def staff(
    request: Request[Any, Any, Any],
    db: Database,
    actor: Actor,
    department: str = "",
    q: str = "",
    after: str = "",
) -> Response[Any]:
    """Staff by department and log-in name, with search and paging; a head's are always her own department's."""
    names = await names_of(db)
    everybody = actor.role is Role.ADMINISTRATOR
    chosen = department or (EVERYWHERE if everybody else actor.department or "")
    if chosen not in names["departments"]:
        chosen = EVERYWHERE if everybody else actor.department or ""
    listed = await staffing.listed_staff(
        *(db, actor),
        department=None if chosen == EVERYWHERE else chosen,
        words=q,
        after=place(after or None, "staff", tuple[str, str]),
    )
    asked = {"department": chosen} | ({"q": q} if q else {})
    following = f"/desk/staff?{urlencode(asked | {'after': cursor('staff', listed.after)})}"
    return staff_page(
        "staff_list",
        actor,
        officers=listed.officers,
        chosen=chosen,
        everywhere=EVERYWHERE,
        typed=q,
        next_href=following if listed.after else None,
        first_href=f"/desk/staff?{urlencode(asked)}" if after else None,
        done=done_of(request),
        **names,
    )


async def officer_page(
    db: Database,
    actor: Actor,
    officer: UUID,
    *,
    now: datetime,
    refused: Refused | None = None,
    typed: Mapping[str, str] | None = None,
    done: Message | None = None,
) -> Response[Any]:
    """One account with its history and what this one may do to it; what was typed stays in a refused form."""
    seen = await staffing.seen(db, actor, officer=officer)
    ticked = (
        [value for name, value in typed.items() if name.startswith("duties-")]
        if typed is not None
        else [str(one) for one in seen.officer.powers.duties]
    )
    return staff_page(
        "staff_officer",
        actor,
        refused=refused,
        officer=seen.officer,
        history=seen.history,
        acts=seen.acts,
        named=ACTS,
        waits=next((one for one in seen.history if one.state == "asked"), None),
        own=actor.id == officer,
        stale=seen.officer.stale(now=now),
        choices=duty_choices(actor),
        ticked=ticked,
        typed=typed or {},
        done=DONE["joining"] if done is DONE["granted"] and seen.officer.state == "granted" else done,
        changed=_changed,
        **await names_of(db),
    )


def _changed(change: Change) -> tuple[Powers | None, Powers | None]:
    """What there was, and what there is then, of an entry that changes powers."""
    if change.kind in ("confirm", "lock", "unlock"):
        return None, None
    before = change.before
    if not before:
        return None, change.powers
    return (
        Powers(str(before["department"]), tuple(Duty(str(one)) for one in _list(before.get("duties"))), None),
        change.powers,
    )


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


@get("/desk/staff/{officer:uuid}", who="identity.staff_read")
async def one(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime, officer: UUID
) -> Response[Any]:
    """One account."""
    return await officer_page(db, actor, officer, now=now, done=done_of(request))


@get("/desk/staff/waiting", who="identity.staff_review")
async def waiting(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime, after: str = ""
) -> Response[Any]:
    """What waits for a second person, powers that nobody confirmed for a year, and log-ins that were locked.

    The yearly review goes on, a page at a time, behind ``after``.
    """
    begin = place(after or None, "stale", tuple[datetime, str])
    seen = await staffing.waiting(db, actor, after=begin, now=now)
    following = "" if seen.following is None else cursor("stale", seen.following)
    return staff_page(
        "staff_waiting",
        actor,
        waiting=seen,
        next_href=f"/desk/staff/waiting?{urlencode({'after': following})}" if following else None,
        first_href="/desk/staff/waiting" if after else None,
        done=done_of(request),
        **await names_of(db),
    )


routes: list[Any] = [staff, waiting, one]
