"""The visit: what one request knows about its visitor, in a context variable for pages and logs."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Literal

import msgspec

from tongban.kit.forms import Form
from tongban.kit.i18n import Language
from tongban.kit.maintenance import Notice
from tongban.kit.policy import VISITOR, Actor, Policy, Relation, Verdict

Theme = Literal["auto", "light", "dark"]

SESSION_COOKIE = "tongban_session"
VISITOR_COOKIE = "tongban_visitor"
DEVICE_COOKIE = "tongban_device"
LANGUAGE_COOKIE = "tongban_language"
THEME_COOKIE = "tongban_theme"
ELDER_COOKIE = "tongban_elder"


class Visit(msgspec.Struct):
    """One request's surroundings 访问: actor, language, looks, and the cookies that its answer will set."""

    path: str = "/"
    query: str = ""
    here: str = "/"  # where a link that changes language or looks comes back to
    language: Language = "zh"
    theme: Theme = "auto"
    elder: bool = False
    actor: Actor = VISITOR
    policy: Policy | None = None  # where somebody is logged in: what pages offer her
    session_cookie: str = ""
    session_ended: bool = False
    session_unknown: bool = False  # the database was away when the cookie was looked up
    visitor_cookie: str = ""
    device_cookie: str = ""  # who has logged in on this device before, sealed
    wants_json: bool = False
    accept: str = ""
    trace: str = ""
    address: str = ""
    notice: Notice | None = None  # what the house tells everybody; closed: nothing but health is answered
    agent: str = ""  # what the browser says of itself; kept nowhere as it is
    secure: bool = False  # the house's public address is https: its cookies never travel in the open
    noting: Callable[[], Awaitable[None]] | None = None  # writes down what an agent's request has opened
    posted: dict[str, str] | None = None  # the fields of an ordinary form, once they have been read
    form: Form | None = None  # the item's form that was posted and is not taken
    set_cookies: list[str] = msgspec.field(default_factory=list)

    @property
    def closed(self) -> Notice | None:
        """The notice that closes the house, if it is closed."""
        return self.notice if self.notice is not None and self.notice.closed else None

    def reaches(self, action: str) -> bool:
        """Whether the actor may do this with what is her own, or her principal's: what she may not is not offered."""
        return (
            self.policy is None or self.policy.decide(self.actor, action, Relation.OWN) is not Verdict.REFUSE
        )

    @property
    def secret(self) -> str:
        """What CSRF tokens are bound to: the session's cookie, or a visitor's own, made on first need."""
        if self.session_cookie:
            return self.session_cookie
        if not self.visitor_cookie:
            self.visitor_cookie = secrets.token_urlsafe(18)
            self.set_cookie(VISITOR_COOKIE, self.visitor_cookie)
        return self.visitor_cookie

    def set_cookie(self, name: str, value: str, *, max_age: int | None = None, visible: bool = False) -> None:
        """Let this request's answer set a cookie: HttpOnly unless ``visible``, SameSite=Lax, this host only."""
        parts = [f"{name}={value}", "Path=/", "SameSite=Lax"]
        if not visible:
            parts.append("HttpOnly")
        if max_age is not None:
            parts.append(f"Max-Age={max_age}")
        if self.secure:
            parts.append("Secure")
        self.set_cookies.append("; ".join(parts))


_visit: ContextVar[Visit] = ContextVar("visit")


def visit() -> Visit:
    """The visit of the request that is being answered; a fresh one outside a request (letters, tests)."""
    try:
        return _visit.get()
    except LookupError:
        return Visit()


def begin(current: Visit) -> None:
    """Make ``current`` the visit of this task; called by the middleware only."""
    _visit.set(current)
