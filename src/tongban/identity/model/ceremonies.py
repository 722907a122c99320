"""The ceremonies of WebAuthn (W3C Web Authentication, level 2): a challenge, and what answers it. Pure rules.

A challenge is kept nowhere: it travels sealed with whom and which browser it is for, and whoever answers it uses it up.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import webauthn
from cryptography.exceptions import UnsupportedAlgorithm
from webauthn.helpers import options_to_json_dict, parse_client_data_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tongban.identity.model.passkeys import FRESH, ChallengeGone, Passkey, PasskeyRefused, UserUnverified
from tongban.kit import keys

#: ``add``: a passkey is made; ``log_in``: anybody's opens a session; ``second``: an officer's, after her password;
#: ``prove``: one's own, that it is still she who sits there.
Act = Literal["add", "log_in", "second", "prove"]

LIFETIME = timedelta(minutes=5)
CHALLENGE_BYTES = 32
#: What a browser sends is some hundred bytes; with an attestation that we do not ask for, a few thousand.
LONGEST = 20_000
#: WebAuthn §5.8.5 recommends these three; any authenticator has one of them.
_ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_CEREMONY = b"identity.ceremony"
_PROOF = b"identity.passkey_proof"
#: What the library raises for bytes that are no credential: its own errors, and those of the parsers beneath it.
_BROKEN = (WebAuthnException, UnsupportedAlgorithm, ValueError, TypeError, KeyError, AttributeError)


class Party(msgspec.Struct, frozen=True):
    """The relying party 依赖方 that browsers know us as: ``id`` is the host of the public address."""

    id: str
    origin: str
    name: str


def party_of(public_url: str, *, name: str) -> Party:
    """The relying party of a public address, its origin as browsers spell it: without the scheme's own port."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    default = {"https": 443, "http": 80}.get(parts.scheme)
    port = "" if parts.port in (None, default) else f":{parts.port}"
    return Party(host, f"{parts.scheme}://{host}{port}", name)


class Ceremony(msgspec.Struct, frozen=True, array_like=True):
    """A challenge that was handed out: what for, whose (None: whoever comes), to which browser, when."""

    act: Act
    account: UUID | None
    browser: bytes
    at: datetime
    challenge: bytes

    @property
    def hash(self) -> bytes:
        """By which a challenge that was answered is known again."""
        return hashlib.sha256(self.challenge).digest()


def _browser(secret: str) -> bytes:
    return hashlib.sha256(b"ceremony\x1f" + secret.encode()).digest()[:16]


def begun(act: Act, *, account: UUID | None, browser: str, now: datetime) -> Ceremony:
    """A fresh challenge; ``browser`` is the secret of the cookie that it belongs to."""
    return Ceremony(act, account, _browser(browser), now, secrets.token_bytes(CHALLENGE_BYTES))


def _sealed(value: msgspec.Struct, context: bytes) -> str:
    return urlsafe_b64encode(keys.current().seal(msgspec.msgpack.encode(value), context)).decode().rstrip("=")


def _opened(token: str, context: bytes) -> bytes:
    return keys.current().open(urlsafe_b64decode(token + "=" * (-len(token) % 4)), context)


def ceremony_token(ceremony: Ceremony) -> str:
    """The ceremony as one opaque word for the page."""
    return _sealed(ceremony, _CEREMONY)


def ceremony_of(token: str, act: Act, *, account: UUID | None, browser: str, now: datetime) -> Ceremony:
    """The ceremony again; raises ChallengeGone when it is not ours, another's, another browser's, or over."""
    try:
        found = msgspec.msgpack.decode(_opened(token, _CEREMONY), type=Ceremony)
    except (ValueError, msgspec.MsgspecError, keys.SealBroken) as broken:
        raise ChallengeGone from broken
    if (found.act, found.account, found.browser) != (act, account, _browser(browser)):
        raise ChallengeGone
    if found.at + LIFETIME <= now:
        raise ChallengeGone
    return found


class _Proof(msgspec.Struct, frozen=True, array_like=True):
    account: UUID
    browser: bytes
    at: datetime


def proof_token(account: UUID, *, browser: str, now: datetime) -> str:
    """That the password was typed just now, in this browser."""
    return _sealed(_Proof(account, _browser(browser), now), _PROOF)


def proof_holds(token: str, account: UUID, *, browser: str, now: datetime) -> bool:
    """Whether the password was typed in this browser, for this account, lately."""
    try:
        proof = msgspec.msgpack.decode(_opened(token, _PROOF), type=_Proof)
    except (ValueError, msgspec.MsgspecError, keys.SealBroken):
        return False
    return (proof.account, proof.browser) == (account, _browser(browser)) and now < proof.at + FRESH


def _described(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    known = {one.value: one for one in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=one.credential, transports=[known[word] for word in one.transports if word in known] or None
        )
        for one in passkeys
    ]


def making_options(
    ceremony: Ceremony,
    party: Party,
    *,
    account: UUID,
    name: str,
    have: Sequence[Passkey],
    discoverable: bool,
) -> dict[str, Any]:
    """What ``navigator.credentials.create`` is called with, as JSON (level 3, §5.1.10).

    The user handle is the account's id: it says nothing of the person and finds her bucket. ``have`` are not made
    twice; ``discoverable``: it must be found without a name being typed.
    """
    return options_to_json_dict(
        webauthn.generate_registration_options(
            rp_id=party.id,
            rp_name=party.name,
            user_id=account.bytes,
            user_name=name,
            user_display_name=name,
            challenge=ceremony.challenge,
            timeout=int(LIFETIME.total_seconds() * 1000),
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED
                if discoverable
                else ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_described(have),
            supported_pub_key_algs=_ALGORITHMS,
        )
    )


def asking_options(ceremony: Ceremony, party: Party, *, have: Sequence[Passkey] = ()) -> dict[str, Any]:
    """What ``navigator.credentials.get`` is called with; without ``have`` the browser offers what it finds."""
    return options_to_json_dict(
        webauthn.generate_authentication_options(
            rp_id=party.id,
            challenge=ceremony.challenge,
            timeout=int(LIFETIME.total_seconds() * 1000),
            allow_credentials=_described(have),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


class _Response(msgspec.Struct, frozen=True, rename="camel"):
    client_data: str = msgspec.field(name="clientDataJSON")
    user_handle: str | None = None
    transports: list[str] = []


class Answer(msgspec.Struct, frozen=True, rename="camel"):
    """What a browser sends, as far as we look into it ourselves: which credential, and whose it says it is."""

    raw_id: str
    response: _Response

    @property
    def credential(self) -> bytes:
        """The credential's id."""
        return _unwritten(self.raw_id)

    @property
    def account(self) -> UUID | None:
        """The account in the user handle, where the authenticator keeps one. Nothing is proved by it."""
        handle = _unwritten(self.response.user_handle or "")
        return UUID(bytes=handle) if len(handle) == 16 else None


def _unwritten(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as broken:
        raise PasskeyRefused("malformed") from broken


def answer_in(text: str) -> Answer:
    """The answer in a form's field; raises PasskeyRefused for what can be none."""
    if not text or len(text) > LONGEST:
        raise PasskeyRefused("malformed")
    try:
        return msgspec.json.decode(text, type=Answer)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as broken:
        raise PasskeyRefused("malformed") from broken


class Made(msgspec.Struct, frozen=True):
    """A credential that an authenticator has made for us."""

    credential: bytes
    public_key: bytes
    sign_count: int
    aaguid: UUID
    transports: list[str]
    synced: bool
    backed_up: bool


def made(text: str, ceremony: Ceremony, party: Party) -> Made:
    """The credential in what a browser sent for ``ceremony``. Raises PasskeyRefused or UserUnverified.

    Level 2, §7.1: type, challenge, origin, relying party, presence and verification of the user, an algorithm that was
    asked for. No attestation is asked for: who makes the authenticator is no reason to refuse a citizen.
    """
    answer = answer_in(text)
    _same_origin(answer)
    try:
        found = webauthn.verify_registration_response(
            credential=text,
            expected_challenge=ceremony.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            supported_pub_key_algs=_ALGORITHMS,
        )
        aaguid = UUID(found.aaguid)
    except _BROKEN as broken:
        raise PasskeyRefused("registration") from broken
    if not found.user_verified:
        raise UserUnverified
    known = {one.value for one in AuthenticatorTransport}
    return Made(
        found.credential_id,
        found.credential_public_key,
        found.sign_count,
        aaguid,
        sorted(known & set(answer.response.transports)),
        found.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        found.credential_backed_up,
    )


class Used(msgspec.Struct, frozen=True):
    """What an authenticator says with a signature that holds; ``copied``: its count went back or stood still."""

    sign_count: int
    backed_up: bool
    copied: bool


def used(text: str, ceremony: Ceremony, party: Party, *, public_key: bytes, sign_count: int) -> Used:
    """The use of a passkey in what a browser sent for ``ceremony``. Raises PasskeyRefused or UserUnverified.

    Level 2, §7.2. The count is compared here and not by the library: a copy is no mere failure (§6.1.1).
    """
    _same_origin(answer_in(text))
    try:
        found = webauthn.verify_authentication_response(
            credential=text,
            expected_challenge=ceremony.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
        )
    except _BROKEN as broken:
        raise PasskeyRefused("assertion") from broken
    if not found.user_verified:
        raise UserUnverified
    count = found.new_sign_count
    return Used(count, found.credential_backed_up, bool(count or sign_count) and count <= sign_count)


def _same_origin(answer: Answer) -> None:
    """Refuse what was made in somebody else's frame (level 3, §7.2): the library does not look."""
    try:
        framed = parse_client_data_json(_unwritten(answer.response.client_data)).cross_origin
    except _BROKEN as broken:
        raise PasskeyRefused("malformed") from broken
    if framed:
        raise PasskeyRefused("framed")
