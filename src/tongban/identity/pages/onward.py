"""What travels through the steps of a log-in: where to go afterwards, and a form kept for then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar.response import Response

from tongban.identity.actions import Opened
from tongban.identity.actions.opening import remember_device
from tongban.identity.actions.second_factor import sets_up
from tongban.identity.model.said import said_token
from tongban.kit import clock
from tongban.kit.db import DatabaseAway, DatabaseBusy
from tongban.kit.errors import Refused
from tongban.kit.policy import Actor, Role
from tongban.kit.web import kept_fields, local_path, page, redirect, visit
from tongban.kit.web.pages import typed_once_more
from tongban.kit.web.sessions import set_session_cookie

#: Where the administrators work, and heads of departments see to their officers.
STAFF_DESK = "/desk/staff"
#: Where an administrator sets up the factor that she must come in by.
FACTOR_PAGE = "/staff/account/totp"


class Onward(msgspec.Struct, frozen=True):
    """``next``: a local path; ``kept``: fields posted after a session's end, sealed by the web floor."""

    next: str
    kept: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, str], *, home: str) -> Onward:
        """From a page's address (``next``, or the frame's ``back``) or a form's hidden fields."""
        wanted = fields.get("next") or fields.get("back") or home
        return cls(local_path(wanted, home=home), fields.get("kept", ""))

    def of_actor(self, actor: Actor) -> str:
        """Where this one goes on: an administrator has no desk of cases; who came by SMS sets up an authenticator."""
        if sets_up(actor):
            return FACTOR_PAGE
        if actor.role is not Role.ADMINISTRATOR:
            return self.next
        return STAFF_DESK if self.next in ("/desk", "/") else self.next


def next_step(path: str, step: str, onward: Onward, **more: str) -> str:
    """The address of a further step; only for what needs no kept form, which is too long for an address."""
    return f"{path}?{urlencode({'step': step, 'next': onward.next, **more})}"


def same_step(path: str, step: str, onward: Onward, refused: Refused, *, now: datetime) -> Response[Any]:
    """The step's own page again, which tells the refusal: reloading it repeats nothing, and it may be kept."""
    return redirect(next_step(path, step, onward, said=said_token(refused, now=now)))


def in_place(onward: Onward, refused: Refused) -> bool:
    """Whether a refusal must be told at once: a kept form fits into no address, and what is away may stay so."""
    return bool(onward.kept) or isinstance(refused, (DatabaseAway, DatabaseBusy))


def welcome(opened: Opened, onward: Onward, *, way: str = "identity/continue.html") -> Response[Any]:
    """Logged in: go on, or post the kept form again, by a button of the resident's own on the page ``way``."""
    if not opened.cookie:
        return redirect(onward.next)
    set_session_cookie(opened.cookie)
    remember_device(opened.actor, now=clock.now())
    current = visit()
    current.actor, current.session_ended = opened.actor, False
    if not onward.kept:
        return redirect(onward.of_actor(opened.actor))
    return posted_again(way, onward, opened.actor)


def posted_again(template: str, onward: Onward, actor: Actor) -> Response[Any]:
    """The form that was kept, to be posted by a button of her own. What she wrote in another's name is shown to be
    copied, for it would be sent in her own; of what somebody else wrote nothing is shown."""
    kept = kept_fields(onward.kept)
    if kept.written_by(actor):
        return page(template, target=onward.next, fields=kept.fields)
    same = kept.same_person(actor)
    return page(
        "identity/kept.html",
        same=same,
        typed=typed_once_more(dict(kept.fields), path=onward.next) if same else [],
    )


def go_on_with(cookie: str) -> None:
    """The browser goes on under its session's new cookie; an empty one changes nothing."""
    if cookie:
        set_session_cookie(cookie)


def refused_page(template: str, refused: Refused | None, **context: Any) -> Response[Any]:
    """A form again with what was typed, the sentences beside their fields, and the refusal's status."""
    errors: list[tuple[str | None, Any]] = []
    if refused is not None:
        errors = [*refused.fields.items()] or [(None, refused.message)]
    answer = page(
        template,
        status=refused.status if refused else 200,
        errors=errors,
        fields=refused.fields if refused else {},
        **context,
    )
    if refused is not None and refused.retry_after is not None:
        answer.headers["retry-after"] = str(refused.retry_after)
    return answer
