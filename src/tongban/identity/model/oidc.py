"""Departments' systems that log people in through us 统一身份认证接入: who they are, what they get, what is refused.

OpenID Connect Core 1.0. The protocol's own checks are the library's (:mod:`tongban.identity.model.oidc_server`).
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from tongban.identity.model.people import open_name
from tongban.kit import keys, papers
from tongban.kit.errors import Forbidden, NotFound, Refused
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.ids import BUCKETS
from tongban.kit.policy import ANYBODY, Actor, Relation, Role, Rule

#: RFC 6749 §4.1.2 allows ten minutes; a browser that is sent on needs seconds.
CODE_LIFETIME = timedelta(seconds=60)
TOKEN_LIFETIME = timedelta(minutes=10)
ID_TOKEN_LIFETIME = timedelta(minutes=10)
LOGOUT_TOKEN_LIFETIME = timedelta(minutes=2)
#: A log-in or a consent that a system asked for anew must be given within this.
ASKED_LIFETIME = timedelta(minutes=30)

#: The item of the purposes under which a system reads: its words are in ``rooms.py``.
ITEM = "identity.oidc"
SCOPES = ("openid", "profile", "staff")
#: What a scope hands over beside ``sub``, in the words of the page that asks for consent.
HANDED: Mapping[str, tuple[str, ...]] = {
    "openid": (),
    "profile": ("name", "level"),
    "staff": ("name", "duties"),
}
ACR_LEVEL = "urn:tongban:level:"
ACR_STAFF = "urn:tongban:staff"
LEVELS = (0, 1, 2, 3)


RULES = (
    *(
        Rule(action, role, Relation.ANY)
        for action in (
            "identity.oidc_metadata",
            "identity.oidc_client",
            "identity.oidc_authorize",
            "identity.oidc_logout",
        )
        for role in ANYBODY
    ),
    # One's own consents only: the page names none of anybody else.
    *(
        Rule(action, role, Relation.ANY)
        for action in ("identity.oidc_consent", "identity.oidc_systems")
        for role in (Role.RESIDENT, Role.OFFICER)
    ),
)


class SystemUnknown(NotFound):
    """The person never agreed to this system."""

    def __init__(self) -> None:
        super().__init__(
            "system-unknown", N_("您没有授权过这个系统。请从“已授权的系统”进入，看看授权过哪些。")
        )


class RequestBroken(Refused):
    """A system sent somebody to us with a request that cannot be answered to it: unknown system or address."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "oidc-request-broken",
            N_(
                "您要登录的系统发来的请求不完整或者没有登记，无法继续。"
                "请回到那个系统重新登录；仍不行时请告诉它的管理部门：{why}",
                why=why,
            ),
        )
        self.why = why


class OtherDoor(Forbidden):
    """The system is for officers and a resident came, or the other way round."""

    def __init__(self, *, staff: bool) -> None:
        to_staff = N_("这个系统只供工作人员使用。请先退出个人账户，再用工作人员账户登录。")
        to_residents = N_("这个系统供个人使用。请先退出工作人员账户，再用个人账户登录。")
        super().__init__("oidc-other-door", to_staff if staff else to_residents)


class ClientsWrong(ValueError):  # noqa: N818 - named for what is wrong
    """``oidc_clients.yaml`` cannot be used; the sentence says why."""


class Client(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A registered system 接入系统 of the department ``department``.

    ``audience``: whose log-in it takes. ``secrets`` are SHA-256 in hex of secrets of 256 random bits, two while one
    gives way to the other; ``keys`` are public JWKs of a system that uses ``private_key_jwt``. ``sector``: systems of
    one sector see the same ``sub`` of a person, all others different ones (OpenID Connect Core §8.1).
    """

    id: str
    name: Text
    department: str
    audience: Literal["residents", "staff"]
    method: Literal["client_secret_basic", "client_secret_post", "private_key_jwt"]
    redirects: tuple[str, ...]
    purpose: Text
    sector: str
    scopes: tuple[str, ...] = ("openid",)
    name_form: Literal["masked", "real"] = "masked"
    secrets: tuple[str, ...] = ()
    keys: tuple[dict[str, Any], ...] = ()
    after_logout: tuple[str, ...] = ()
    back_channel: str | None = None
    mark: Literal["real", "realistic", "synthetic"] = "real"

    @property
    def staff(self) -> bool:
        """Whether officers log in, not residents."""
        return self.audience == "staff"

    @property
    def role(self) -> Role:
        """Whose log-in it takes."""
        return Role.OFFICER if self.staff else Role.RESIDENT

    @property
    def actor(self) -> Actor:
        """The system as the ledger names it: by its name, of its department."""
        return Actor(Role.SYSTEM, name=self.name.zh, department=self.department)

    def fault(self) -> str | None:
        """What is wrong with the registration, for whoever keeps the file."""
        if not self.redirects or "openid" not in self.scopes or set(self.scopes) - set(SCOPES):
            return "needs redirects, and scopes of " + ", ".join(SCOPES) + " with openid among them"
        if ("staff" in self.scopes) != self.staff and "staff" in self.scopes:
            return "asks the scope staff and is not for staff"
        if (self.method == "private_key_jwt") == bool(self.secrets) or bool(self.secrets) == bool(self.keys):
            return "needs secrets, or keys with private_key_jwt"
        if any(len(bytes.fromhex(one)) != 32 for one in self.secrets) or any("d" in one for one in self.keys):
            return "has a secret that is no SHA-256 in hex, or a private key"
        addresses = [*self.redirects, *self.after_logout, *([self.back_channel] if self.back_channel else [])]
        wrong = [one for one in addresses if not _address_holds(one)]
        return f"has an address that is neither https nor this very machine: {wrong[0]}" if wrong else None


def _address_holds(address: str) -> bool:
    parts = urlsplit(address)
    local = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    return (
        bool(parts.hostname)
        and (parts.scheme == "https" or local)
        and not parts.fragment
        and "*" not in address
    )


class Login(msgspec.Struct, frozen=True):
    """A person's session at one system: ``id`` is ``sid``; level, department and duties are those of her session."""

    id: UUID
    account: UUID
    client: str
    level: int
    auth_at: datetime
    until: datetime
    department: str | None = None
    duties: tuple[str, ...] = ()
    ended_at: datetime | None = None


class Code(msgspec.Struct, frozen=True):
    """An authorization code as its row keeps it; the code itself is with the system alone."""

    hash: bytes
    login: Login
    redirect: str
    scope: str
    nonce: str | None
    challenge: str
    expires_at: datetime
    used_at: datetime | None
    name_sealed: bytes


class Token(msgspec.Struct, frozen=True):
    """An access token's row: ``id`` is its ``jti``."""

    id: UUID
    login: Login
    scope: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    name_sealed: bytes

    def stands(self, *, now: datetime) -> bool:
        """Whether it still opens anything."""
        login = self.login
        return (
            self.revoked_at is None and self.expires_at > now and login.ended_at is None and login.until > now
        )


class Consent(msgspec.Struct, frozen=True):
    """What a person agreed to hand over to a system, as her page lists it."""

    client: str
    name: Text
    department: str
    purpose: Text
    name_form: str
    scopes: tuple[str, ...]
    given_at: datetime
    used_at: datetime | None

    @property
    def handed(self) -> list[Message]:
        """What is handed over, in words."""
        return handed_words(self.scopes, real=self.name_form == "real")


def handed_words(scopes: Iterable[str], *, real: bool) -> list[Message]:
    """What these scopes hand over, in words."""
    wanted = {claim for scope in scopes for claim in HANDED.get(scope, ())}
    name = N_("您的真实姓名") if real else N_("打码后的姓名，如“李*雯”")
    words = {"name": name, "level": N_("您的实名等级"), "duties": N_("您所在的部门和岗位职责")}
    return [
        N_("一个只供这个系统使用的编号：别的系统看不到同一个编号"),
        *(text for claim, text in words.items() if claim in wanted),
    ]


def subject_at(client: Client, account: UUID) -> str:
    """The person's ``sub`` at a system: pairwise, an HMAC of sector and account (OpenID Connect Core §8.1)."""
    digest = keys.current().blind_index("oidc.sub", f"{client.sector}\x1f{account.hex}")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def acr_of(client: Client, level: int) -> str:
    """How sure we are who she is: the real-name level, or that she is an officer."""
    return ACR_STAFF if client.staff else f"{ACR_LEVEL}{level}"


def level_asked(acr_values: str) -> int:
    """The lowest real-name level that a system takes by ``acr_values``; 0 where it names none of ours."""
    known = {f"{ACR_LEVEL}{level}": level for level in LEVELS}
    return min((known[value] for value in acr_values.split() if value in known), default=0)


def claims_for(client: Client, login: Login, scope: str, *, name_sealed: bytes) -> dict[str, Any]:
    """What the userinfo endpoint hands over: no more than scope and registration name."""
    scopes = set(scope.split()) & set(client.scopes)
    claims: dict[str, Any] = {"sub": subject_at(client, login.account)}
    if scopes & {"profile", "staff"}:
        name = open_name(name_sealed, login.account)
        claims["name"] = name if client.name_form == "real" else papers.mask_name(name)
    if "profile" in scopes and not client.staff:
        claims["level"] = login.level
    if "staff" in scopes and client.staff:
        claims |= {"department": login.department, "duties": sorted(login.duties)}
    return claims


def hash_of(secret: str) -> bytes:
    """A code or an assertion's id as its column keeps it: 256 random bits need no slower hash."""
    return hashlib.sha256(secret.encode()).digest()


def code_in(bucket: int, noise: bytes) -> str:
    """An authorization code that carries the bucket of its person, as session cookies do."""
    return urlsafe_b64encode(bucket.to_bytes(2, "big") + noise).decode().rstrip("=")


def bucket_in(code: str) -> int | None:
    """The bucket that a code carries; None for what is no code of ours."""
    try:
        raw = urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except ValueError:
        return None
    bucket = int.from_bytes(raw[:2], "big") if len(raw) == 34 else BUCKETS
    return bucket if bucket < BUCKETS else None


class _Asked(msgspec.Struct, frozen=True, array_like=True):
    request: bytes
    at: datetime


_CONTEXT = b"identity.oidc_asked"


def asked_token(request: str, *, now: datetime) -> str:
    """That this very request was answered with a log-in or a consent anew, and when: nobody can make one up."""
    sealed = keys.current().seal(msgspec.msgpack.encode(_Asked(hash_of(request)[:12], now)), _CONTEXT)
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def asked_at(token: str, request: str, *, now: datetime) -> datetime | None:
    """Since when an answer to this request counts; None without a young token of ours that was made for it."""
    if not token:
        return None
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        asked = msgspec.msgpack.decode(keys.current().open(sealed, _CONTEXT), type=_Asked)
    except (ValueError, msgspec.MsgspecError, keys.SealBroken):
        return None
    fits = asked.request == hash_of(request)[:12] and asked.at + ASKED_LIFETIME > now
    return asked.at if fits else None
