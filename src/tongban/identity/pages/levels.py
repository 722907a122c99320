"""One's real-name level: /account/level, with the ladder, the ways up, the history, and a bank card's check."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from litestar import Request, get, post
from litestar.response import Response

from tongban import regions
from tongban.identity import actions
from tongban.identity.actions import correcting, levels, social_cards, stepping_up
from tongban.identity.model.levels import OPENS, LevelCheck
from tongban.identity.model.people import LEVEL_CHECKED
from tongban.identity.pages.onward import go_on_with, refused_page
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.ids import id_told
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, idempotency_key, local_path, page, redirect, visit

AT = "/account/level"
_DONE: dict[str, Message] = {
    "raised": N_("核验通过，您的实名等级已提升。"),
    "named": N_(
        "实名完成：姓名和证件与人口库一致，账户、手机号和消息不变。现在可以网上申办、查看办件和证照、代别人办事。"
    ),
    "withdrawn": N_("已撤回，实名等级按其余核验记录重新确定。"),
}


def risen(request: Request[Any, Any, Any], cookie: str) -> None:
    """The browser goes on under its session's new cookie, and this process knows the old one no more at once."""
    if cookie:
        request.app.state.sessions.forget(visit().session_cookie)
    go_on_with(cookie)


async def _departments(db: Database, checks: tuple[LevelCheck, ...]) -> dict[str, Text | str]:
    names: dict[str, Text | str] = {}
    for code in {one.department for one in checks if one.department}:
        try:
            names[code] = (await regions.department(db, code)).name
        except regions.DepartmentUnknown:  # the check outlives it
            names[code] = code
    return names


@get(AT, who="identity.level")
async def ladder(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """What one has, what each level opens, how to raise it, the checks so far; with a phone alone, the first step."""
    assert actor.id is not None
    if actor.level < LEVEL_CHECKED and actor.acting is None:
        return redirect(f"/enrol?next={AT}")
    found = (await levels.ladder(db, actor)).at(now)
    return page(
        "identity/level.html",
        ladder=found,
        open=[(f"L{level}", words, True) for level, words in OPENS.items() if level <= found.level],
        further=[(f"L{level}", words, True) for level, words in OPENS.items() if level > found.level],
        person=await actions.person(db, actor.id),
        former=await correcting.former_names(db, actor.id),
        back_to=await stepping_up.kept_way_back(db, actor, now=now),
        departments=await _departments(db, found.checks),
        now=now,
        done=_DONE.get(request.query_params.get("done", "")),
        came_from=local_path(request.query_params.get("next", ""), home=""),
    )


_BANK, _SOCIAL = "identity/level_card.html", "identity/level_social.html"


async def _check(
    request: Request[Any, Any, Any],
    db: Database,
    actor: Actor,
    now: datetime,
    *,
    ask: Callable[..., Awaitable[levels.Raised]],
    template: str,
) -> Response[Any]:
    """A card's number and the consent, asked about by ``ask``; what was typed stays when the answer is no."""
    form = await form_of(request)
    key = await idempotency_key(request) or str(uuid4())
    agreed, card = form.get("agree") == "yes", form.get("card", "")
    try:
        raised = await ask(db, actor, card=card, agreed=agreed, key=key, now=now)
    except Refused as refused:
        return refused_page(template, refused, agreed=agreed, card=card)
    risen(request, raised.cookie)
    return redirect(f"{AT}?done=raised")


@get(f"{AT}/card", who="identity.check_level")
async def show_card() -> Response[Any]:
    """The form for a bank card."""
    return refused_page(_BANK, None, agreed=False, card="")


@post(f"{AT}/card", who="identity.check_level")
async def check_card(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """Ask the bank card network."""
    return await _check(request, db, actor, now, ask=levels.check_card, template=_BANK)


@get(f"{AT}/social", who="identity.check_level")
async def show_social() -> Response[Any]:
    """The form for a social security card."""
    return refused_page(_SOCIAL, None, agreed=False, card="")


@post(f"{AT}/social", who="identity.check_level")
async def check_social(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """Ask the human resources register."""
    return await _check(request, db, actor, now, ask=social_cards.check_social_card, template=_SOCIAL)


@post(f"{AT}/withdraw", who="identity.check_level")
async def withdraw(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """End one of one's own checks; what names none leads back to the list."""
    form = await form_of(request)
    check = id_told(form.get("check"))
    if check is None:
        return redirect(AT)
    risen(request, await levels.withdraw_check(db, actor, check=check, now=now))
    return redirect(f"{AT}?done=withdrawn")


routes: list[Any] = [ladder, show_card, check_card, show_social, check_social, withdraw]
