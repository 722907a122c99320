"""The end of a session, told to the systems: by the person, by a system that asks for it, or by time."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from authlib.oauth2 import OAuth2Error
from joserfc import jws
from joserfc.errors import JoseError

from tongban import audit
from tongban.identity.model import POLICY
from tongban.identity.model.oidc import Client, Login, RequestBroken, subject_at
from tongban.identity.model.oidc_endpoints import EndSession
from tongban.identity.model.oidc_server import Asked, Loaded, Provider
from tongban.identity.providers import back_channel
from tongban.identity.store import oidc as store
from tongban.kit import outbox
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import SYSTEM, Actor, Relation
from tongban.kit.web.standing import ended_sessions
from tongban.settings import settings

#: How long the worker may have stood still and yet tells systems of a session that ended before its time; of others
#: it tells them when their time is over.
CATCH_UP = timedelta(minutes=15)
#: What is over stays so long for whoever looks into a fault; the ledger keeps that it was.
KEPT = timedelta(days=7)


class Farewell(msgspec.Struct, frozen=True):
    """A system's wish that a session end: ``asks`` says that the person herself must say so first.

    ``onward`` is the system's own address, checked against its registration, or None.
    """

    client: Client | None
    onward: str | None
    asks: bool


async def farewell(db: Database, actor: Actor, asked: Asked, *, now: datetime) -> Farewell:
    """Judge a request to end the session (RP-Initiated Logout 1.0); the session is ended by ``log_out``.

    An ID token of ours that was made for this very person needs no question. Raises RequestBroken.
    """
    POLICY.require(actor, "identity.oidc_logout", Relation.ANY)
    client = await store.client(db, asked.get("client_id") or _audience(asked))
    provider = Provider(settings().public_url, Loaded(client), now=now)
    provider.register_endpoint(EndSession(provider))
    try:
        judged = provider.validate_endpoint_request("end_session", asked)
    except OAuth2Error as error:
        raise RequestBroken(error.description or error.error) from error
    claims = judged.id_token_claims or {}
    hers = client is not None and actor.id is not None and claims.get("sub") == subject_at(client, actor.id)
    return Farewell(client, judged.redirect_uri, asks=actor.id is not None and not hers)


def _audience(asked: Asked) -> str:
    """For which system an ID token says it was made, unproved: only to know which row to read."""
    try:
        told = msgspec.json.decode(jws.extract_compact(asked.get("id_token_hint").encode()).payload)
        return str(told["aud"])
    except (JoseError, msgspec.MsgspecError, ValueError, KeyError, TypeError):
        return ""


async def follow_sessions(db: Database, *, now: datetime) -> int:
    """The worker: sessions at systems end with the person's own, however that ended; gives how many did.

    Each is one write: its tokens and purpose end, and the system will be told.
    """
    await write(db, ended_sessions(since=now - CATCH_UP, now=now), store.following_sessions(now=now))
    over = await store.over(db, now=now)
    for login, client in over:
        await _end(db, login, client, now=now)
    return len(over)


async def _end(db: Database, login: Login, client: Client | None, *, now: datetime) -> None:
    told = client is not None and client.back_channel is not None
    news = outbox.announcing(
        "identity.left_system", subject=login.account, reference=login.id, now=now, outward=True
    )
    await write(
        db,
        store.ending_login(login, now=now),
        store.revoking_tokens(login, now=now),
        audit.closing_purpose(subject=login.account, reference=login.id, now=now),
        audit.record(
            SYSTEM,
            "identity.leave_system",
            subject=login.account,
            reference=login.id,
            detail={"system": login.client},
            now=now,
        ),
        *((news,) if told else ()),
    )


async def tell_system(db: Database, event: outbox.Event, *, mark: Part, now: datetime) -> None:
    """Post the logout token to the system (Back-Channel Logout 1.0); the outbox repeats it until it is taken.

    Raises outbox.AwayForNow, and outbox.RefusedForGood where the system says that it never will.
    """
    found = await store.ended(db, event.subject, UUID(event.reference))
    if found is None or found[1].back_channel is None:
        return  # the system is registered no more
    login, client = found
    await back_channel.post(client, login, issuer=settings().public_url, event=event.id)
    await write(
        db,
        Part("SELECT 1 AS told"),
        mark,
        audit.record(
            SYSTEM,
            "identity.tell_system",
            subject=login.account,
            reference=login.id,
            detail={"system": client.id},
            now=now,
        ),
    )


async def forget(db: Database, *, now: datetime) -> None:
    """Drop codes, tokens, assertions and sessions at systems that have been over for a week."""
    await store.forget(db, before=now - KEPT)
