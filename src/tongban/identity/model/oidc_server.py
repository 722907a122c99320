"""The provider's judgement: Authlib over rows that were read before, so that it asks nobody while it judges.

What a request may and what is answered are the library's checks (RFC 6749, 7636, 7523, 9068, 9207, 7009, 7662, OpenID
Connect Core, RP-Initiated Logout). Ours are the rows, PKCE without exception, and which methods a system registered.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    ClientMixin,
    InvalidClientError,
    InvalidRequestError,
    OAuth2Payload,
    OAuth2Request,
    grants,
)
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import AuthorizationCodeMixin, OpenIDCode
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tongban.identity.model.oidc import (
    ID_TOKEN_LIFETIME,
    SCOPES,
    TOKEN_LIFETIME,
    Client,
    Code,
    Login,
    Token,
    acr_of,
    code_in,
    hash_of,
    subject_at,
)
from tongban.identity.model.oidc_keys import SigningKey, signing_key
from tongban.kit import keys
from tongban.kit.ids import bucket_of, new_id

METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
#: What a system may sign its assertions with: those of joserfc's recommended ones that are no shared secret.
ASSERTION_ALGORITHMS = ["ES256", "RS256"]


class UnmetRequirements(OAuth2Error):  # type: ignore[misc]  # noqa: N818 - the code's own name
    """OpenID Connect Core Error Code unmet_authentication_requirements: the level that was asked is not hers."""

    error = "unmet_authentication_requirements"


class Asked(msgspec.Struct, frozen=True):
    """A request at one of the provider's doors: its fields in order, repeated ones too, and its headers."""

    method: str
    path: str
    fields: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]

    def get(self, name: str) -> str:
        """A field's first value, else nothing."""
        return next((value for key, value in self.fields if key == name), "")


class Reply(msgspec.Struct):
    """What is answered; ``location`` stands apart, because the library adds to it."""

    status: int
    body: Any
    headers: dict[str, str]
    location: str | None = None


class Burnt(msgspec.Struct, frozen=True):
    """An assertion that is used up with this request."""

    client: str
    hash: bytes
    expires_at: float


class Loaded(msgspec.Struct, frozen=True):
    """The rows that a request names, read in one statement: nothing else is looked at."""

    client: Client | None = None
    code: Code | None = None
    token: Token | None = None
    assertion_used: bool = False


class _Payload(OAuth2Payload):  # type: ignore[misc]
    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        self._data = dict(reversed(fields))
        self._lists: dict[str, list[str]] = {}
        for name, value in fields:
            self._lists.setdefault(name, []).append(value)

    @property
    def data(self) -> dict[str, str]:
        return self._data

    @property
    def datalist(self) -> dict[str, list[str]]:
        return self._lists


class _Request(OAuth2Request):  # type: ignore[misc]
    def __init__(self, asked: Asked, issuer: str) -> None:
        super().__init__(asked.method, issuer + asked.path, headers=_Headers(asked.headers))
        self.payload = _Payload(asked.fields)

    @property
    def args(self) -> dict[str, str]:
        return self.payload.data

    @property
    def form(self) -> dict[str, str]:
        return self.payload.data


class _Headers(dict[str, str]):
    """Headers whose names are found in any spelling: ASGI has them in small letters."""

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


class Registered(ClientMixin):  # type: ignore[misc]
    """A registered system as the library asks about it."""

    def __init__(self, client: Client) -> None:
        self.record = client
        self.client_id = client.id
        self.id_token_signed_response_alg = "ES256"  # noqa: S105 - an algorithm
        self.client_metadata = {"post_logout_redirect_uris": list(client.after_logout)}

    def get_client_id(self) -> str:
        return self.record.id

    def get_default_redirect_uri(self) -> None:
        """None: the address must be named each time, in full."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        asked = (scope or "").split()
        return " ".join(one for one in asked if one in self.record.scopes) if "openid" in asked else None

    def check_redirect_uri(self, uri: str) -> bool:
        return uri in self.record.redirects

    def check_client_secret(self, secret: str) -> bool:
        given = hashlib.sha256(secret.encode()).hexdigest()
        return any(hmac.compare_digest(given, one) for one in self.record.secrets)

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == self.record.method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class _CodeRow(AuthorizationCodeMixin):  # type: ignore[misc]
    """A code's row as the library asks about it."""

    code_challenge_method = "S256"

    def __init__(self, code: Code, client: Client) -> None:
        self.record = code
        self.client = client
        self.code_challenge = code.challenge

    def get_redirect_uri(self) -> str:
        return self.record.redirect

    def get_scope(self) -> str:
        return self.record.scope

    def get_nonce(self) -> str | None:
        return self.record.nonce

    def get_auth_time(self) -> int:
        return int(self.record.login.auth_at.timestamp())

    def get_acr(self) -> str:
        return acr_of(self.client, self.record.login.level)

    def get_amr(self) -> None:
        """None: how somebody proved to be herself is not the system's affair, ``acr`` is."""


class _User:
    """The person of a code, under the name that she has at this system."""

    def __init__(self, client: Client, login: Login) -> None:
        self.login = login
        self.subject = subject_at(client, login.account)

    def user_id(self) -> str:
        return self.subject

    get_user_id = user_id  # as the library calls it


class _Grant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def generate_authorization_code(self) -> str:
        return code_in(self.server.bucket, os.urandom(32))

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        self.server.code_made = (code, request)

    def query_authorization_code(self, code: str, client: Registered) -> _CodeRow | None:
        row = self.server.loaded.code
        if (
            row is None
            or row.login.client != client.client_id
            or not hmac.compare_digest(row.hash, hash_of(code))
        ):
            return None
        self.server.reused = row.used_at is not None
        login = row.login
        over = (
            row.expires_at <= self.server.now or login.ended_at is not None or login.until <= self.server.now
        )
        return None if self.server.reused or over else _CodeRow(row, client.record)

    def delete_authorization_code(self, authorization_code: _CodeRow) -> None:
        self.server.code_used = authorization_code.record

    def authenticate_user(self, authorization_code: _CodeRow) -> _User:
        return _User(authorization_code.client, authorization_code.record.login)


class _Challenge(CodeChallenge):  # type: ignore[misc]
    """PKCE without exception (RFC 9700 §2.1.1): the library lets it be left out, and takes no method for ``plain``."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if not data.get("code_challenge"):
            raise InvalidRequestError("Missing 'code_challenge'")
        if data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("Unsupported 'code_challenge_method': use S256")
        super().validate_code_challenge(grant, redirect_uri)


class _OpenID(OpenIDCode):  # type: ignore[misc]
    def __init__(self, issuer: str) -> None:
        super().__init__(require_nonce=False)
        self._issuer = issuer

    def exists_nonce(self, _nonce: str, _request: OAuth2Request) -> bool:
        """False: the nonce binds a token to the system's own session; codes are single use without it."""
        return False

    def resolve_client_private_key(self, _client: Registered) -> SigningKey:
        return signing_key()

    def get_client_claims(self, client: Registered) -> dict[str, Any]:
        return {"iss": self._issuer, "aud": client.client_id}

    def get_encode_header(self, _client: Registered) -> dict[str, str]:
        return {"alg": "ES256", "kid": keys.current().kid("oidc")}

    DEFAULT_EXPIRES_IN = int(ID_TOKEN_LIFETIME.total_seconds())

    def generate_user_info(self, user: _User, _scope: str) -> dict[str, Any]:
        """No more than who and which session: what else a scope names is asked at the userinfo endpoint."""
        return {"sub": user.subject, "sid": str(user.login.id)}


class _Tokens(JWTBearerTokenGenerator):  # type: ignore[misc]
    def __init__(self, server: Provider) -> None:
        super().__init__(server.issuer, alg="ES256", expires_generator=int(TOKEN_LIFETIME.total_seconds()))
        self._server = server

    def get_jwks(self) -> KeySet:
        """A set of the one key: of a set the library writes the key's id into the token."""
        return KeySet([signing_key()])

    def get_jti(self, _client: Any, _grant_type: str, user: _User, _scope: str) -> str:
        self._server.token_id = new_id(bucket_of(user.login.account))
        return str(self._server.token_id)

    def get_audiences(self, _client: Any, _user: Any, _scope: Any) -> str:
        return self._server.issuer

    def get_acr(self, user: _User) -> None:
        """None: the ID token says it."""


class _Assertion(JWTBearerClientAssertion):  # type: ignore[misc]
    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, server: Provider) -> None:
        super().__init__(validate_jti=True, leeway=30)
        self._server = server

    def get_audiences(self) -> list[str]:
        return [self._server.issuer, f"{self._server.issuer}/oidc/token"]

    def resolve_client_public_key(self, client: Registered) -> KeySet:
        if not client.record.keys:
            raise InvalidClientError(description="The client has no keys here.")
        return KeySet.import_key_set({"keys": list(client.record.keys)})

    def validate_jti(self, claims: Mapping[str, Any], jti: Any) -> bool:
        if self._server.loaded.assertion_used or not isinstance(jti, str):
            return False
        self._server.burnt = Burnt(str(claims["sub"]), hash_of(jti), float(claims["exp"]) + self.leeway)
        return True


class _Issuer(IssuerParameter):  # type: ignore[misc]
    def __init__(self, server: Provider) -> None:
        self._issuer = server.issuer
        super().__init__()
        self(server)

    def get_issuer(self) -> str:
        return self._issuer


class Provider(AuthorizationServer):  # type: ignore[misc]
    """The library's server for one request, over the rows ``loaded`` for it; it leaves behind what is to be written.

    ``code_made``: a code and its request; ``code_used``: the row of the code that bought tokens; ``reused``: a code
    came twice; ``burnt``: an assertion that is used up.
    """

    def __init__(self, issuer: str, loaded: Loaded, *, now: datetime, bucket: int = 0) -> None:
        super().__init__(scopes_supported=SCOPES)
        self.issuer, self.loaded, self.now, self.bucket = issuer, loaded, now, bucket
        self.code_made: tuple[str, OAuth2Request] | None = None
        self.code_used: Code | None = None
        self.token_id: UUID | None = None
        self.reused = False
        self.burnt: Burnt | None = None
        self.register_grant(_Grant, [_OpenID(issuer), _Challenge(required=True)])
        self.register_token_generator("default", _Tokens(self))
        self.register_client_auth_method("private_key_jwt", _Assertion(self))
        self.register_extension(_Issuer)

    def query_client(self, client_id: str) -> Registered | None:
        client = self.loaded.client
        return Registered(client) if client is not None and client.id == client_id else None

    def save_token(self, _token: Any, _request: Any) -> None:
        """Nothing yet: the action writes token and used code in one statement, from what is left behind here."""

    def send_signal(self, _name: str, *_args: Any, **_kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Asked | OAuth2Request) -> OAuth2Request:
        return request if isinstance(request, OAuth2Request) else _Request(request, self.issuer)

    def handle_response(self, status: int, body: Any, headers: Sequence[tuple[str, str]]) -> Reply:
        told = {name.lower(): value for name, value in headers}
        return Reply(status, body, told, told.pop("location", None))

    def refusal(self, error: OAuth2Error) -> Reply:
        """An error as the system is told it: at its own address where that is known, with who says so (RFC 9207)."""
        reply: Reply = self.handle_error_response(None, error)
        self.execute_hook("after_create_authorization_response", reply)
        return reply


def client_named(asked: Asked) -> str:
    """Which system a request says it comes from, before anything is proved: its rows are read by this."""
    from authlib.oauth2.rfc6749.util import extract_basic_authorization  # noqa: PLC0415

    named, _ = extract_basic_authorization(_Headers(asked.headers))
    return named or asked.get("client_id") or str(assertion_claims(asked).get("sub", ""))


def assertion_claims(asked: Asked) -> dict[str, Any]:
    """What a client's assertion claims, unproved: only to know which rows to read."""
    from joserfc import jws  # noqa: PLC0415

    try:
        told = msgspec.json.decode(jws.extract_compact(asked.get("client_assertion").encode()).payload)
    except (JoseError, msgspec.MsgspecError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
