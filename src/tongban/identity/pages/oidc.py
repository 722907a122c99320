"""Doors of the OpenID Connect provider: what browsers are sent to by systems, and what systems ask by themselves."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban import regions
from tongban.identity import actions
from tongban.identity.actions import oidc_asking, oidc_leaving, oidc_tokens
from tongban.identity.actions.oidc_clients import RESUME
from tongban.identity.model.oidc import Client, RequestBroken, asked_token, handed_words
from tongban.identity.model.oidc_endpoints import discovery
from tongban.identity.model.oidc_server import Asked, Reply
from tongban.kit import keys
from tongban.kit.db import Database
from tongban.kit.i18n import LANGUAGES, Language, use_language
from tongban.kit.policy import Actor, Role
from tongban.kit.web import page, redirect, visit
from tongban.kit.web.csrf import FIELD
from tongban.kit.web.sessions import clear_session_cookie
from tongban.kit.web.visit import LANGUAGE_COOKIE
from tongban.settings import settings

#: Longer requests find no room in the address that a log-in goes on to.
LONGEST_REQUEST = 1500
#: A request to leave carries an ID token, and nothing that a log-in must remember.
LONGEST_FAREWELL = 4000
#: So much of a ``login_hint`` is put where the account is typed.
LONGEST_HINT = 40
#: So long our pages speak the language that a system asked for.
_SPOKEN_SECONDS = 3600
_PUBLIC = {"cache-control": "public, max-age=300", "access-control-allow-origin": "*"}


async def _asked(request: Request[Any, Any, Any]) -> Asked:
    """The request as the provider judges it: the fields of its address and, of a form, those of its body."""
    fields = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if request.method == "POST":
        body = (await request.body()).decode("utf-8", "replace")
        fields = parse_qsl(body, keep_blank_values=True)
    return _with(request, fields)


def _with(request: Request[Any, Any, Any], fields: Iterable[tuple[str, str]]) -> Asked:
    # PostgreSQL takes no NUL, and the library no header that is not in its form: such a one names nobody.
    kept = tuple(
        (name, value.replace("\0", "\N{REPLACEMENT CHARACTER}"))
        for name, value in fields
        if name not in (FIELD, "lang")
    )
    headers = dict(request.headers)
    if not _readable(headers.get("authorization", "")):
        del headers["authorization"]
    return Asked(request.method, request.scope["path"], kept, headers)


def _readable(header: str) -> bool:
    kind, _, word = header.partition(" ")
    if kind.lower() != "basic":
        return True
    try:
        return "\0" not in b64decode(word, validate=True).decode()
    except ValueError:
        return False


def _answer(reply: Reply) -> Response[Any]:
    """The provider's answer to a system or, by a browser, at the system's address."""
    if reply.location is not None:
        return Redirect(reply.location, status_code=303, headers={"referrer-policy": "no-referrer"})
    media = reply.headers.pop("content-type", "application/json")
    body = reply.body if isinstance(reply.body, str) else msgspec.json.encode(dict(reply.body))
    headers = {**reply.headers, "cache-control": "no-store", "pragma": "no-cache"}
    return Response(body, status_code=reply.status, media_type=media, headers=headers)


@get("/.well-known/openid-configuration", who="identity.oidc_metadata", sync_to_thread=False)
def configuration() -> Response[bytes]:
    """What the provider is and can (OpenID Connect Discovery 1.0)."""
    body = msgspec.json.encode(discovery(settings().public_url))
    return Response(body, media_type="application/json", headers=_PUBLIC)


@get("/oidc/jwks.json", who="identity.oidc_metadata", sync_to_thread=False)
def oidc_keys() -> Response[bytes]:
    """The public keys that tokens are signed with (RFC 7517), retired ones too."""
    body = msgspec.json.encode(keys.current().jwks("oidc"))
    return Response(body, media_type="application/jwk-set+json", headers=_PUBLIC)


@get("/oidc/authorize", who="identity.oidc_authorize")
async def authorize(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """A system sends somebody to log in: she is sent back with a code, or first asked what is missing."""
    asked = await _asked(request)
    words = oidc_asking.request_of(asked)
    if len(words) > LONGEST_REQUEST:
        raise RequestBroken(f"request longer than {LONGEST_REQUEST} characters")
    with use_language(_spoken(request, asked)):
        return await _turn(db, actor, asked, words, now=now)


def _spoken(request: Request[Any, Any, Any], asked: Asked) -> Language:
    """The language of our pages: the visitor's own choice, else what the system says that she reads (``ui_locales``),
    for this log-in only."""
    current = visit()
    if LANGUAGE_COOKIE in request.cookies or "lang" in request.query_params:
        return current.language
    for tag in asked.get("ui_locales").lower().split():
        wanted = next((one for one in LANGUAGES if tag.split("-")[0] == one), None)
        if wanted is not None:
            current.language = wanted
            current.set_cookie(LANGUAGE_COOKIE, wanted, max_age=_SPOKEN_SECONDS)
            break
    return current.language


async def _turn(db: Database, actor: Actor, asked: Asked, words: str, *, now: datetime) -> Response[Any]:
    turn = await oidc_asking.authorize(db, actor, asked, now=now)
    if turn.reply is not None:
        return _answer(turn.reply)
    if turn.kind == "log_in":
        return _log_in(turn.client, actor, words, hint=asked.get("login_hint"), now=now)
    client = turn.client
    return page(
        f"identity/oidc_{turn.kind}.html",
        client=client,
        department=await _department(db, client),
        handed=handed_words(turn.scopes, real=client.name_form == "real"),
        wanted=turn.wanted,
        request=asked_fields(asked),
        query=urlencode(asked.fields),
    )


def asked_fields(asked: Asked) -> list[tuple[str, str]]:
    """The request's fields, for the hidden ones of a form."""
    return list(asked.fields)


def _log_in(client: Client, actor: Actor, words: str, *, hint: str, now: datetime) -> Response[Any]:
    """To the log-in and back; anew, where she is logged in already: the old session ends with the new one."""
    again = actor.id is not None
    more = f"&{urlencode({oidc_asking.AGAIN: asked_token(words, now=now)})}" if again else ""
    onward = {"next": f"{RESUME}?{words}{more}", **({"again": "1"} if again else {})}
    if hint:
        onward["hint"] = hint[:LONGEST_HINT]
    door = "/staff/login" if client.staff else "/login"
    return redirect(f"{door}?{urlencode(onward)}")


async def _department(db: Database, client: Client) -> str:
    try:
        return str((await regions.department(db, client.department)).name)
    except regions.DepartmentUnknown:  # it is no more, its system is still registered
        return client.department


@post("/oidc/authorize", who="identity.oidc_authorize", by_credentials=True)
async def authorize_posted(request: Request[Any, Any, Any]) -> Response[Any]:
    """The same, sent as a form (OpenID Connect Core §3.1.2.1): read only, and asked again as an address."""
    return _as_address("/oidc/authorize", await _asked(request), most=LONGEST_REQUEST)


def _as_address(path: str, asked: Asked, *, most: int) -> Response[Any]:
    """A posted request asked again as an address; raises RequestBroken for one that no address holds."""
    words = urlencode(asked.fields)
    if len(words) > most:
        raise RequestBroken(f"request longer than {most} characters")
    return redirect(f"{path}?{words}")


@get(RESUME, who="identity.oidc_authorize", sync_to_thread=False)
def resume(request: Request[Any, Any, Any]) -> Response[Any]:
    """Goes on by itself to the request after a log-in or a consent.

    A page and no redirection: browsers let a form of ours lead to our own addresses only (``form-action 'self'``),
    through every redirection that follows, and the request ends at the system's.
    """
    query = request.scope["query_string"].decode("latin-1")
    return page("identity/oidc_resume.html", target=f"/oidc/authorize?{query}")


@post("/oidc/consent", who="identity.oidc_consent")
async def consent(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """She agrees: kept, and on to the system."""
    asked = await _asked(request)
    words = oidc_asking.request_of(asked)
    token = asked_token(words, now=now)
    await oidc_asking.consent(db, actor, asked, now=now)
    again = urlencode({oidc_asking.AGAIN: asked.get(oidc_asking.AGAIN) or token})
    return redirect(f"{RESUME}?{words}&{again}")


@get("/oidc/decline", who="identity.oidc_authorize")
async def decline(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """She does not want it: back to the system, which is told so."""
    turn = await oidc_asking.decline(db, actor, await _asked(request), now=now)
    return _answer(turn.reply) if turn.reply is not None else redirect("/")


@post("/oidc/token", who="identity.oidc_client", by_credentials=True, status_code=200)
async def token(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """A system gets tokens for a code."""
    return _answer(await oidc_tokens.exchange(db, await _asked(request), now=now))


@post("/oidc/revoke", who="identity.oidc_client", by_credentials=True, status_code=200)
async def revoke(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """A system gives a token back (RFC 7009)."""
    return _answer(await oidc_tokens.revoke(db, await _asked(request), now=now))


@post("/oidc/introspect", who="identity.oidc_client", by_credentials=True, status_code=200)
async def introspect(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """A system asks whether a token of its own stands (RFC 7662)."""
    return _answer(await oidc_tokens.introspect(db, await _asked(request), now=now))


@get("/oidc/userinfo", who="identity.oidc_client")
async def userinfo(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """A system reads the claims that it was granted."""
    return _answer(await oidc_tokens.userinfo(db, await _asked(request), now=now))


@post("/oidc/userinfo", who="identity.oidc_client", by_credentials=True, status_code=200)
async def userinfo_posted(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """The same by POST, as OpenID Connect Core §5.3.1 has it."""
    return _answer(await oidc_tokens.userinfo(db, await _asked(request), now=now))


@get("/oidc/logout", who="identity.oidc_logout")
async def end_session(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """A system wants the session to end (RP-Initiated Logout 1.0)."""
    asked = await _asked(request)
    wish = await oidc_leaving.farewell(db, actor, asked, now=now)
    if wish.asks:
        return page("identity/oidc_log_out.html", client=wish.client, request=asked_fields(asked))
    await _end(request, db, actor, now=now)
    if wish.onward is not None:
        return Redirect(wish.onward, status_code=303, headers={"referrer-policy": "no-referrer"})
    return page("identity/oidc_left.html", client=wish.client, onward=None)


@post("/oidc/logout", who="identity.oidc_logout", by_credentials=True)
async def end_session_posted(request: Request[Any, Any, Any]) -> Response[Any]:
    """The same, sent as a form by the system's page: read only, and asked again as an address."""
    return _as_address("/oidc/logout", await _asked(request), most=LONGEST_FAREWELL)


@post("/oidc/logout/confirm", who="identity.oidc_logout", status_code=200)
async def confirm_end(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """She says herself that her session shall end."""
    wish = await oidc_leaving.farewell(db, actor, await _asked(request), now=now)
    await _end(request, db, actor, now=now)
    return page("identity/oidc_left.html", client=wish.client, onward=wish.onward)


async def _end(request: Request[Any, Any, Any], db: Database, actor: Actor, *, now: datetime) -> None:
    if actor.role is Role.VISITOR:
        return
    await actions.log_out(db, actor, now=now)
    request.app.state.sessions.forget(visit().session_cookie)
    clear_session_cookie()


routes: list[Any] = [
    configuration,
    oidc_keys,
    authorize,
    authorize_posted,
    resume,
    consent,
    decline,
    token,
    revoke,
    introspect,
    userinfo,
    userinfo_posted,
    end_session,
    end_session_posted,
    confirm_end,
]
