"""A system asks for a log-in: judged by the library, answered with a code, or first with a step of the person's own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec
from asyncpg import Record
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AccessDeniedError, InvalidRequestError
from authlib.oidc.core.errors import ConsentRequiredError, LoginRequiredError

from tongban import audit
from tongban.identity.model import POLICY
from tongban.identity.model.merging import InMergedAccount
from tongban.identity.model.oidc import (
    CODE_LIFETIME,
    HANDED,
    ITEM,
    Client,
    Code,
    Consent,
    Login,
    OtherDoor,
    RequestBroken,
    SystemUnknown,
    asked_at,
    hash_of,
    level_asked,
)
from tongban.identity.model.oidc_server import Asked, Loaded, Provider, Reply, UnmetRequirements
from tongban.identity.store import oidc as store
from tongban.identity.store.oidc_registered import had_consent
from tongban.kit.acting import ActingFor
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import new_id
from tongban.kit.not_allowed import REAL_NAME
from tongban.kit.policy import Actor, Relation
from tongban.kit.web.standing import Standing, standing
from tongban.settings import settings

#: The field that we add to a request whose log-in or consent was asked anew.
AGAIN = "again"


class Turn(msgspec.Struct, frozen=True):
    """What is next: the ``reply`` to the system, or a step of the person's own before it.

    ``log_in``: she is not logged in, or the system wants it done anew. ``consent``: she is asked what may be handed
    over (``scopes``). ``level``: the system wants a real-name level ``wanted`` that is above hers.
    """

    kind: Literal["reply", "log_in", "consent", "level"]
    client: Client
    reply: Reply | None = None
    scopes: tuple[str, ...] = ()
    wanted: int = 0


class _Ask(msgspec.Struct, frozen=True):
    """A request that the library let pass, with what is known of who came with it."""

    provider: Provider
    grant: Any
    client: Client
    actor: Actor
    row: Record | None
    session: Standing | None
    since: datetime | None
    now: datetime

    @property
    def prompts(self) -> set[str]:
        return set((self.grant.request.payload.data.get("prompt") or "").split())

    @property
    def scopes(self) -> tuple[str, ...]:
        return tuple(self.grant.request.scope.split())

    @property
    def agreed(self) -> bool:
        """Whether all that is asked was agreed to; anew, where the system wants that."""
        row = self.row
        if row is None or not set(self.scopes) <= set(row["agreed"] or ()):
            return False
        return "consent" not in self.prompts or (self.since is not None and row["agreed_at"] >= self.since)

    @property
    def fresh(self) -> bool:
        """Whether the log-in is as young as the system wants; raises OAuth2Error for a wrong ``max_age``."""
        assert self.session is not None
        opened_at = self.session.opened_at
        if self.since is not None and opened_at >= self.since:
            return True
        most = self.grant.request.payload.data.get("max_age")
        if most is not None and not (most.isascii() and most.isdigit() and len(most) < 10):
            raise InvalidRequestError("Invalid 'max_age'")
        if most is not None and opened_at + timedelta(seconds=int(most)) < self.now:
            return False
        return "login" not in self.prompts


def request_of(asked: Asked) -> str:
    """The request as one text, without what we added to it."""
    return urlencode([(name, value) for name, value in asked.fields if name != AGAIN])


async def authorize(db: Database, actor: Actor, asked: Asked, *, now: datetime) -> Turn:
    """Answer an authorization request (OpenID Connect Core §3.1.2): two reads, the library's judgement, one write.

    Raises RequestBroken where nobody may be answered, OtherDoor for the wrong kind of account, ActingFor for who acts
    for another: no system ever takes her for the principal. Raises InMergedAccount inside an account that was merged
    into another: a system would know one person by two names.
    """
    POLICY.require(actor, "identity.oidc_authorize", Relation.ANY)
    for _ in range(3):
        ask = await _judged(db, actor, asked, now=now)
        if isinstance(ask, Turn):
            return ask
        turn = _before(ask)
        if turn is not None:
            return turn
        reply: Reply = ask.provider.create_authorization_response(
            ask.grant.request, grant_user=ask.actor, grant=ask.grant
        )
        if ask.provider.code_made is None or await _keep(db, ask):
            return Turn("reply", ask.client, reply)
    raise AssertionError("her session at this system was opened and closed by others three times in a row")


async def _judged(db: Database, actor: Actor, asked: Asked, *, now: datetime) -> _Ask | Turn:
    named = asked.get("client_id")
    row = session = None
    if actor.id is not None and actor.acting is None:
        session = await standing(db, actor, now=now)
    if session is not None and actor.id is not None:
        row = await store.ask(db, named, actor.id, session=session.id)
    client = await store.client(db, named) if row is None else store.client_of(row)
    known = actor if client is not None and row is not None and actor.role is client.role else None
    provider = Provider(
        settings().public_url, Loaded(client), now=now, bucket=actor.bucket if known is not None else 0
    )
    try:
        grant = provider.get_consent_grant(asked, end_user=known)
    except (
        ValueError
    ) as unspeakable:  # the library may not repeat in its answer what was sent (RFC 6749 §4.1.2.1)
        raise RequestBroken("characters that no parameter of this request may have") from unspeakable
    except OAuth2Error as error:
        if not error.redirect_uri or client is None:
            raise RequestBroken(error.description or error.error) from error
        return Turn("reply", client, provider.refusal(error))
    assert client is not None
    since = asked_at(asked.get(AGAIN), request_of(asked), now=now)
    return _Ask(
        provider, grant, client, actor, *((row, session) if known is not None else (None, None)), since, now
    )


def _before(ask: _Ask) -> Turn | None:
    """What must be done before the system is answered; an error where it wants nobody to be asked."""
    quiet = "none" in ask.prompts
    error: OAuth2Error
    if ask.row is None:
        if ask.actor.acting is not None:
            # Nobody logs in anywhere as whom she acts for.
            raise ActingFor(ask.actor.name, alone=ask.actor.acting.alone)
        if ask.actor.id is not None and ask.actor.role is not ask.client.role:
            raise OtherDoor(staff=ask.client.staff)
        return Turn("log_in", ask.client)
    if ask.row["merged"]:
        if quiet:
            return _told(ask, LoginRequiredError())
        raise InMergedAccount
    try:
        fresh = ask.fresh
    except OAuth2Error as wrong:
        return _told(ask, wrong)
    if not fresh:
        error, turn = LoginRequiredError(), Turn("log_in", ask.client)
        return _told(ask, error) if quiet else turn
    # A phone alone names nobody: departments' systems get a person.
    wanted = max(level_asked(ask.grant.request.payload.data.get("acr_values") or ""), REAL_NAME)
    if wanted > ask.actor.level and not ask.client.staff:
        turn = Turn("level", ask.client, wanted=wanted)
        return _told(ask, UnmetRequirements()) if quiet else turn
    if not ask.agreed:
        turn = Turn("consent", ask.client, scopes=ask.scopes)
        return _told(ask, ConsentRequiredError()) if quiet else turn
    return None


def _told(ask: _Ask, error: OAuth2Error) -> Turn:
    error.redirect_uri = ask.grant.redirect_uri
    error.state = ask.grant.request.payload.state
    return Turn("reply", ask.client, ask.provider.refusal(error))


async def _keep(db: Database, ask: _Ask) -> bool:
    """Write the code, with the session at the system that it is for; False when that has just been opened or ended."""
    row, session, actor, now = ask.row, ask.session, ask.actor, ask.now
    assert (
        row is not None
        and session is not None
        and actor.id is not None
        and ask.provider.code_made is not None
    )
    login = Login(
        id=row["login"] or new_id(actor.bucket),
        account=actor.id,
        client=ask.client.id,
        level=actor.level,
        auth_at=session.opened_at,
        until=session.ends_at,
        department=actor.department,
        duties=tuple(sorted(actor.duties)),
    )
    text, request = ask.provider.code_made
    data = request.payload.data
    code = Code(
        hash_of(text),
        login,
        data["redirect_uri"],
        request.scope,
        data.get("nonce"),
        data["code_challenge"],
        now + CODE_LIFETIME,
        None,
        b"",
    )
    guard = (
        store.using_login(login, now=now)
        if row["login"]
        else store.opening_login(login, session=session.id, now=now)
    )
    opening = () if row["login"] else _purpose(ask.client, login, now=now)
    done = await write(
        db,
        guard,
        store.making_code(code, now=now),
        store.marking_consent(actor.id, ask.client.id, now=now),
        audit.record(
            actor,
            "identity.log_in_at_system",
            subject=actor.id,
            reference=login.id,
            detail={"system": ask.client.id, "scopes": list(ask.scopes)},
            now=now,
        ),
        *opening,
    )
    return done is not None


def _purpose(client: Client, login: Login, *, now: datetime) -> tuple[Part, ...]:
    """Why the system may read what its registration names, while the session lasts (PIPL art. 13 (1): her consent)."""
    claims = sorted({claim for scope in client.scopes for claim in HANDED[scope]})
    if not claims:
        return ()
    return (
        audit.opening_purpose(
            id=login.id,
            kind="own_act",
            subject=login.account,
            reference=login.id,
            item=ITEM,
            fields=[f"identity.{claim}" for claim in claims],
            basis="个人信息保护法第十三条第一款第一项：本人同意",
            until=login.until,
            now=now,
        ),
    )


async def consent(db: Database, actor: Actor, asked: Asked, *, now: datetime) -> None:
    """Keep that the actor agrees to what this very request asks; once more changes nothing but the day.

    Raises what :func:`authorize` does.
    """
    POLICY.require(actor, "identity.oidc_consent", Relation.ANY)
    assert actor.id is not None
    ask = await _judged(db, actor, asked, now=now)
    if isinstance(ask, Turn) or ask.row is None or ask.row["merged"]:
        return  # the session ended, or the request is answered with an error: authorize says which
    await write(
        db,
        store.consenting(actor.id, ask.client.id, ask.scopes, now=now),
        audit.record(
            actor,
            "identity.consent_to_system",
            subject=actor.id,
            reference=ask.client.id,
            detail={"scopes": list(ask.scopes)},
            now=now,
        ),
    )


async def decline(db: Database, actor: Actor, asked: Asked, *, now: datetime) -> Turn:
    """Tell the system that the person does not want it (RFC 6749 §4.1.2.1: access_denied). Nothing is written.

    Raises what :func:`authorize` does.
    """
    POLICY.require(actor, "identity.oidc_authorize", Relation.ANY)
    ask = await _judged(db, actor, asked, now=now)
    return ask if isinstance(ask, Turn) else _told(ask, AccessDeniedError())


async def systems(db: Database, actor: Actor) -> list[Consent]:
    """The systems that the actor has agreed to, the latest first."""
    POLICY.require(actor, "identity.oidc_systems", Relation.ANY)
    assert actor.id is not None
    return await store.consents(db, actor.id)


async def withdraw_consent(db: Database, actor: Actor, *, system: str, now: datetime) -> bool:
    """Take a consent back: sessions and tokens of the system end with it. False where it was taken back before; raises
    SystemUnknown where there never was one."""
    POLICY.require(actor, "identity.oidc_systems", Relation.ANY)
    assert actor.id is not None
    done = await write(
        db,
        store.revoking_consent(actor.id, system, now=now),
        store.shortening_logins(actor.id, system, now=now),
        audit.record(actor, "identity.withdraw_from_system", subject=actor.id, reference=system, now=now),
    )
    if done is None and not await had_consent(db, actor.id, system):
        raise SystemUnknown
    return done is not None
