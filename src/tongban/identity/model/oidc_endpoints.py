"""The provider's other doors, as the library keeps them: userinfo, revocation, introspection, the end of a session."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from authlib.oauth2 import OAuth2Request, ResourceProtector
from authlib.oauth2.rfc6749 import TokenMixin
from authlib.oauth2.rfc6750 import InvalidTokenError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from authlib.oidc.core import UserInfoEndpoint
from authlib.oidc.discovery import OpenIDProviderMetadata
from authlib.oidc.rpinitiated import EndSessionEndpoint
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tongban.identity.model.oidc import (
    ACR_LEVEL,
    ACR_STAFF,
    LEVELS,
    LOGOUT_TOKEN_LIFETIME,
    SCOPES,
    Client,
    Login,
    Token,
    claims_for,
    subject_at,
)
from tongban.identity.model.oidc_keys import own_keys, signing_key
from tongban.identity.model.oidc_server import (
    ASSERTION_ALGORITHMS,
    METHODS,
    Asked,
    Provider,
    Registered,
)

_LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


def discovery(issuer: str) -> dict[str, Any]:
    """OpenID Connect Discovery 1.0: what the provider is and can. A test lets the library check it."""
    told = OpenIDProviderMetadata(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/oidc/authorize",
            "token_endpoint": f"{issuer}/oidc/token",
            "userinfo_endpoint": f"{issuer}/oidc/userinfo",
            "jwks_uri": f"{issuer}/oidc/jwks.json",
            "end_session_endpoint": f"{issuer}/oidc/logout",
            "revocation_endpoint": f"{issuer}/oidc/revoke",
            "introspection_endpoint": f"{issuer}/oidc/introspect",
            "scopes_supported": list(SCOPES),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": METHODS,
            "token_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
            "revocation_endpoint_auth_methods_supported": METHODS,
            "revocation_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
            "introspection_endpoint_auth_methods_supported": METHODS,
            "introspection_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
            "code_challenge_methods_supported": ["S256"],
            "acr_values_supported": [*(f"{ACR_LEVEL}{level}" for level in LEVELS), ACR_STAFF],
            "claims_supported": ["sub", "sid", "acr", "auth_time", "name", "level", "department", "duties"],
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "prompt_values_supported": ["none", "login", "consent"],
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
            "ui_locales_supported": ["zh-CN", "en"],
        }
    )
    return dict(told)


def token_id(token: str) -> UUID | None:
    """The id that an access token claims, unproved: only to know which row to read."""
    try:
        told = msgspec.json.decode(jws.extract_compact(token.encode()).payload)
        return UUID(str(told["jti"]))
    except (JoseError, msgspec.MsgspecError, ValueError, KeyError, TypeError):
        return None


def bearer_of(asked: Asked) -> str:
    """The access token of a request's header, or nothing."""
    kind, _, token = asked.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


class _Validator(JWTBearerTokenValidator):  # type: ignore[misc]
    """An access token holds by signature and claims (the library), and while its row was not taken back (ours)."""

    def __init__(self, provider: Provider) -> None:
        super().__init__(provider.issuer, provider.issuer)
        self._provider = provider

    def get_jwks(self) -> KeySet:
        return own_keys()

    def validate_token(self, token: Any, scopes: Any, request: Any, **more: Any) -> None:
        super().validate_token(token, scopes, request, **more)
        row = self._provider.loaded.token
        if row is None or str(row.id) != token["jti"] or not row.stands(now=self._provider.now):
            raise InvalidTokenError(realm=self.realm, extra_attributes=self.extra_attributes)


class _Protector(ResourceProtector):  # type: ignore[misc]
    def __init__(self, provider: Provider) -> None:
        super().__init__()
        self.register_token_validator(_Validator(provider))
        self.request: OAuth2Request | None = None
        self._provider = provider

    def acquire_token(self, scope: str) -> _Shown:
        self.validate_request([scope], self.request)
        row, client = self._provider.loaded.token, self._provider.loaded.client
        assert row is not None and client is not None
        return _Shown(row, client)


class _Shown(TokenMixin):  # type: ignore[misc]
    """A token's row as the library asks about it."""

    def __init__(self, row: Token, client: Client) -> None:
        self.row, self.client, self.scope = row, client, row.scope

    def get_client(self) -> Registered:
        return Registered(self.client)

    def get_user(self) -> _Shown:
        return self


class UserInfo(UserInfoEndpoint):  # type: ignore[misc]
    """Userinfo: the claims of the token's scopes."""

    def __init__(self, provider: Provider) -> None:
        self._protector = _Protector(provider)
        super().__init__(provider, self._protector)

    def __call__(self, request: OAuth2Request) -> Any:
        self._protector.request = request
        return super().__call__(request)

    def generate_user_info(self, user: _Shown, scope: str) -> dict[str, Any]:
        """The claims, from the rows that were read."""
        return claims_for(user.client, user.row.login, scope, name_sealed=user.row.name_sealed)


class _Row(TokenMixin):  # type: ignore[misc]
    """A token's row for revocation and introspection."""

    def __init__(self, row: Token, provider: Provider) -> None:
        self.row, self._provider = row, provider

    def check_client(self, client: Registered) -> bool:
        return self.row.login.client == client.client_id

    def is_expired(self) -> bool:
        return self.row.expires_at <= self._provider.now

    def is_revoked(self) -> bool:
        return not self.row.stands(now=self._provider.now)


def _own_token(provider: Provider, token: str) -> _Row | None:
    """The row of a token that one of our keys signed; what is made up names no row."""
    row = provider.loaded.token
    try:
        told = jwt.decode(token, own_keys()).claims
    except (JoseError, ValueError):
        return None
    return None if row is None or told.get("jti") != str(row.id) else _Row(row, provider)


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    """RFC 7009: the action takes back what is left behind in ``revoked``."""

    CLIENT_AUTH_METHODS = METHODS
    revoked: Token | None = None

    def query_token(self, token: str, _hint: str | None) -> _Row | None:
        """The token's row."""
        return _own_token(self.server, token)

    def revoke_token(self, token: _Row, _request: OAuth2Request) -> None:
        """Leaves it to the action."""
        self.revoked = token.row


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]
    """RFC 7662: a system learns of its own tokens only, whether they stand."""

    CLIENT_AUTH_METHODS = METHODS

    def query_token(self, token: str, _hint: str | None) -> _Row | None:
        """The token's row."""
        return _own_token(self.server, token)

    def check_permission(self, token: _Row, client: Registered, _request: OAuth2Request) -> bool:
        """Its own only: of others' it is told that they are none."""
        return token.check_client(client)

    def introspect_token(self, token: _Row) -> dict[str, Any]:
        """What a token that stands says."""
        row, client = token.row, self.server.loaded.client
        return {
            "active": True,
            "client_id": client.id,
            "token_type": "Bearer",
            "scope": row.scope,
            "sub": subject_at(client, row.login.account),
            "iss": self.server.issuer,
            "aud": self.server.issuer,
            "jti": str(row.id),
            "iat": int(row.issued_at.timestamp()),
            "exp": int(row.expires_at.timestamp()),
        }


class EndSession(EndSessionEndpoint):  # type: ignore[misc]
    """RP-Initiated Logout 1.0: the action ends the session that the library found rightly asked for."""

    def get_server_jwks(self) -> KeySet:
        """Our keys."""
        return own_keys()

    def get_algorithms(self) -> list[str]:
        """What we sign with."""
        return ["ES256"]

    def end_session(self, _request: Any) -> None:
        """Leaves it to the action, which knows whose session it is."""


def logout_token(client: Client, login: Login, *, issuer: str, event: UUID, at: int) -> str:
    """OpenID Connect Back-Channel Logout 1.0 §2.4: this session of this person is over. ``event`` is its ``jti``."""
    claims = {
        "iss": issuer,
        "aud": client.id,
        "iat": at,
        "exp": at + int(LOGOUT_TOKEN_LIFETIME.total_seconds()),
        "jti": str(event),
        "sub": subject_at(client, login.account),
        "sid": str(login.id),
        "events": {_LOGOUT_EVENT: {}},
    }
    return jwt.encode({"alg": "ES256", "typ": "logout+jwt"}, claims, KeySet([signing_key()]))
