"""What systems ask by themselves: a code for tokens, claims for a token, whether a token stands, its end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError, InvalidGrantError
from authlib.oauth2.rfc6750 import InvalidTokenError

from tongban import audit
from tongban.identity.model.oidc import TOKEN_LIFETIME, Code, Login, Token, bucket_in, hash_of
from tongban.identity.model.oidc_endpoints import (
    Introspection,
    Revocation,
    UserInfo,
    bearer_of,
    token_id,
)
from tongban.identity.model.oidc_server import Asked, Loaded, Provider, Reply, assertion_claims, client_named
from tongban.identity.store import oidc as store
from tongban.kit.db import Database, Part, write
from tongban.settings import settings


def _assertion(asked: Asked) -> bytes:
    jti = assertion_claims(asked).get("jti")
    return hash_of(jti) if isinstance(jti, str) else b""


async def _burnt(db: Database, provider: Provider) -> bool:
    """Use up the assertion that the system came with; False when a twin was faster."""
    burnt = provider.burnt
    if burnt is None:
        return True
    ends = datetime.fromtimestamp(min(burnt.expires_at, 253_402_300_000), UTC)
    return await write(db, store.burning(burnt, ends=ends)) is not None


async def exchange(db: Database, asked: Asked, *, now: datetime) -> Reply:
    """Tokens for a code (OpenID Connect Core §3.1.3). One read, the library's judgement, one write.

    A code that comes twice is refused, and what it bought is taken back (RFC 6749 §4.1.2). With ``private_key_jwt``
    one write more, so that an assertion is used up whatever comes of it.
    """
    code = asked.get("code")
    client, row, used = await store.exchange(
        db, client_named(asked), bucket=bucket_in(code), hash_=hash_of(code), assertion=_assertion(asked)
    )
    provider = Provider(settings().public_url, Loaded(client, row, assertion_used=used), now=now)
    reply: Reply = provider.create_token_response(asked)
    if not await _burnt(db, provider):
        return provider.refusal(InvalidClientError(description="JWT ID is used before."))
    if provider.code_used is not None and not await _sell(db, provider, provider.code_used, now=now):
        provider.reused = True
        reply = provider.refusal(InvalidGrantError("Invalid 'code' in request."))
    if provider.reused and row is not None:
        revoking = store.revoking_code(row, now=now)
        await _carry_out(db, provider, row.login, "identity.refuse_used_code", revoking, now=now)
    return reply


async def _sell(db: Database, provider: Provider, code: Code, *, now: datetime) -> bool:
    assert provider.token_id is not None
    using = store.using_code(code, now=now)
    issuing = store.issuing_token(provider.token_id, code, lifetime=TOKEN_LIFETIME, now=now)
    return await _carry_out(db, provider, code.login, "identity.issue_token", using, issuing, now=now)


async def _carry_out(
    db: Database,
    provider: Provider,
    login: Login,
    action: str,
    guard: Part,
    *more: Part,
    shown: list[str] | None = None,
    now: datetime,
) -> bool:
    """Write what the library allowed, with the system's row in the person's ledger; False when a twin was faster.

    ``shown`` are the claims that the system reads.
    """
    client = provider.loaded.client
    assert client is not None
    done = await write(
        db,
        guard,
        *more,
        audit.record(
            client.actor,
            action,
            subject=login.account,
            reference=login.id,
            purpose=login.id if shown else None,
            kind="read" if shown else "act",
            detail={"system": client.id} | ({"fields": shown} if shown else {}),
            now=now,
        ),
    )
    return done is not None


async def userinfo(db: Database, asked: Asked, *, now: datetime) -> Reply:
    """The claims of an access token (OpenID Connect Core §5.3), with a ledger row: the person sees who read them."""
    client, token, _ = await store.token(db, token_id(bearer_of(asked)), "", assertion=b"")
    provider = Provider(settings().public_url, Loaded(client, token=token), now=now)
    provider.register_endpoint(UserInfo(provider))
    reply: Reply = provider.create_endpoint_response("userinfo", asked)
    if reply.status != 200 or token is None:
        return reply
    fields = sorted(set(reply.body) - {"sub"})
    showing = store.showing(token, now=now)
    if fields and not await _carry_out(
        db, provider, token.login, "identity.hand_claims", showing, shown=fields, now=now
    ):
        return provider.refusal(InvalidTokenError())
    return reply


async def introspect(db: Database, asked: Asked, *, now: datetime) -> Reply:
    """Whether a token stands (RFC 7662), told to the system that it was given to."""
    reply, _ = await _about_token(db, asked, "introspection", Introspection, now=now)
    return reply


async def revoke(db: Database, asked: Asked, *, now: datetime) -> Reply:
    """Take a token back (RFC 7009); one that is none, or was taken back before, is as good as taken back now."""
    reply, endpoint = await _about_token(db, asked, "revocation", Revocation, now=now)
    token: Token | None = endpoint.revoked
    if token is not None and endpoint.server.loaded.client is not None:
        revoking = store.revoking_token(token, now=now)
        await _carry_out(db, endpoint.server, token.login, "identity.revoke_token", revoking, now=now)
    return reply


async def _about_token(
    db: Database, asked: Asked, name: str, kind: type[Any], *, now: datetime
) -> tuple[Reply, Any]:
    client, token, used = await store.token(
        db, token_id(asked.get("token")), client_named(asked), assertion=_assertion(asked)
    )
    provider = Provider(settings().public_url, Loaded(client, token=token, assertion_used=used), now=now)
    endpoint = kind(provider)
    provider.register_endpoint(endpoint)
    reply: Reply = provider.create_endpoint_response(name, asked)
    if not await _burnt(db, provider):
        endpoint.revoked = None
        return provider.refusal(InvalidClientError(description="JWT ID is used before.")), endpoint
    return reply, endpoint
