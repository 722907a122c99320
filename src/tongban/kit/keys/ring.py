"""The ring of keys in memory: what signs, what seals, what indexes blindly."""

from __future__ import annotations

import hashlib
import hmac
import os
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec
from cryptography.exceptions import InvalidSignature as BadSignature
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SM3
from cryptography.hazmat.primitives.hmac import HMAC

from tongban.kit.keys.ciphers import sealing_with
from tongban.kit.keys.lookup import Lookup

#: What a signing key is for. A signature of one purpose never passes for another.
Signer = Literal["node", "licence", "oidc"]

_ES256 = ec.ECDSA(SHA256())
#: The same with nonces made of key and text (RFC 6979): the same text has the same signature.
_REPEATABLE = ec.ECDSA(SHA256(), deterministic_signing=True)
_NONCE = 12


class InvalidSignature(Exception):  # noqa: N818 - a verdict, named as the field names it
    """The token or signature does not hold: altered, malformed, or signed by a key that is not ours."""


class SealBroken(Exception):  # noqa: N818 - a verdict
    """A sealed value does not open: altered, moved to another place, or its key is gone."""


class Renewed(msgspec.Struct, frozen=True):
    """The keys that may be changed while the house runs, by id: of columns, of look-ups."""

    sealing: Mapping[int, bytes]
    lookup: Mapping[int, bytes]


class Keys:
    """All keys of one installation; safe to share between tasks and threads.

    ``signing`` holds the private key per purpose, ``published`` every public key per purpose (retired
    ones too, so that what they signed still verifies), ``sealing`` the keys of columns by id, AES-256 or SM4
    by their length: the highest id seals, all of them open. ``lookup`` are the keys of the hashes by which people are
    found. ``renewed`` gives both again when they changed, else None: a new key seals in every running process from the
    next value on, and none meets a value that it cannot open.
    """

    __slots__ = (
        *(
            "_index",
            "_jwks",
            "_kids",
            "_lookup",
            "_newest",
            "_public",
            "_renewed",
            "_sealing",
            "_session",
            "_signing",
        ),
    )

    def __init__(
        self,
        *,
        signing: Mapping[Signer, ec.EllipticCurvePrivateKey],
        published: Mapping[Signer, list[ec.EllipticCurvePublicKey]],
        sealing: Mapping[int, bytes],
        lookup: Mapping[int, bytes],
        index: bytes,
        session: bytes,
        renewed: Callable[[], Renewed | None] | None = None,
    ) -> None:
        self._signing = dict(signing)
        self._kids = {purpose: thumbprint(key.public_key()) for purpose, key in signing.items()}
        self._public = {
            (purpose, thumbprint(key)): key for purpose, keys in published.items() for key in keys
        }
        self._public |= {(purpose, self._kids[purpose]): key.public_key() for purpose, key in signing.items()}
        self._jwks = {purpose: self._key_set(purpose) for purpose in signing}
        self._sealing = {number: sealing_with(key) for number, key in sealing.items()}
        self._newest = max(sealing)
        self._lookup = Lookup(lookup)
        self._index = index
        self._session = session
        self._renewed = renewed

    def __repr__(self) -> str:
        return f"Keys({', '.join(f'{purpose}={kid[:8]}' for purpose, kid in self._kids.items())})"

    def kid(self, purpose: Signer) -> str:
        """The id (RFC 7638 thumbprint) of the key that signs for ``purpose`` now."""
        return self._kids[purpose]

    def sign(self, purpose: Signer, data: bytes, *, repeatable: bool = False) -> bytes:
        """An ES256 signature (RFC 7518 §3.4): r and s, 32 bytes each; ``repeatable`` is the same each time."""
        how = _REPEATABLE if repeatable else _ES256
        r, s = decode_dss_signature(self._signing[purpose].sign(data, how))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def verify(self, kid: str, data: bytes, signature: bytes, *, purpose: Signer = "licence") -> bool:
        """Whether the key ``kid`` of ``purpose`` made this 64-byte signature; False for an unknown key."""
        key = self._public.get((purpose, kid))
        return key is not None and signature_holds(key, data, signature)

    def jwks(self, purpose: Signer = "licence") -> dict[str, Any]:
        """The public keys as a JWK set (RFC 7517), the present one first."""
        return self._jwks[purpose]

    def jws(self, claims: Mapping[str, Any], purpose: Signer = "licence") -> str:
        """The claims as a compact JWS (RFC 7515), header ``{"alg":"ES256","kid":…}``.

        Claims are written with sorted names, so the same claims always have the same signed text.
        """
        header = _encoded(msgspec.json.encode({"alg": "ES256", "kid": self._kids[purpose]}))
        signed = f"{header}.{_encoded(msgspec.json.encode(claims, order='sorted'))}"
        return f"{signed}.{_encoded(self.sign(purpose, signed.encode()))}"

    def read_jws(self, token: str, purpose: Signer = "licence") -> dict[str, Any]:
        """The claims of a token that one of our keys for ``purpose`` signed; else InvalidSignature.

        Only the one way to write a token is taken: base64url with stray bits is refused, so that no
        altered character passes.
        """
        try:
            head, body, tail = token.split(".")
            header = msgspec.json.decode(_decoded(head), type=dict[str, Any])
            if header.get("alg") != "ES256" or "crit" in header:
                raise InvalidSignature
            if not self.verify(
                str(header.get("kid")), f"{head}.{body}".encode(), _decoded(tail), purpose=purpose
            ):
                raise InvalidSignature
            return msgspec.json.decode(_decoded(body), type=dict[str, Any])
        except (ValueError, msgspec.MsgspecError) as malformed:
            raise InvalidSignature from malformed

    def seal(self, plaintext: bytes, context: bytes) -> bytes:
        """AES-256-GCM or SM4-GCM, as the key is: key id (1 byte), nonce (12), ciphertext with tag.

        ``context`` names the place the value belongs to (table, column, owner): moved elsewhere it
        does not open. Random nonces are sound for 2³² seals a key (NIST SP 800-38D §8.3); rotate before.
        """
        nonce, newest = os.urandom(_NONCE), self.newest
        return bytes((newest,)) + nonce + self._sealing[newest].encrypt(nonce, plaintext, context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """The plaintext of :meth:`seal`; raises SealBroken."""
        if len(sealed) <= _NONCE:
            raise SealBroken
        key = self._sealing.get(sealed[0])
        if key is None and self.newest:  # a key made since this process began
            key = self._sealing.get(sealed[0])
        if key is None:
            raise SealBroken
        try:
            return key.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], context)
        except InvalidTag as broken:
            raise SealBroken from broken

    @property
    def newest(self) -> int:
        """The id of the key that seals now: the first byte of what it seals."""
        self._renew()
        return self._newest

    @property
    def lookup(self) -> Lookup:
        """The keys by which people are found now: :meth:`person_hash`, and its spellings."""
        self._renew()
        return self._lookup

    def _renew(self) -> None:
        found = None if self._renewed is None else self._renewed()
        if found is None:
            return
        self._sealing |= {number: sealing_with(key) for number, key in found.sealing.items()}
        self._newest = max(found.sealing)
        self._lookup = Lookup(found.lookup)

    def resealed(self, sealed: bytes, context: bytes) -> bytes:
        """The same value under the newest key, itself where that sealed it already; raises SealBroken."""
        return (
            sealed if sealed[:1] == bytes((self.newest,)) else self.seal(self.open(sealed, context), context)
        )

    def blind_index(self, kind: str, value: str) -> bytes:
        """The keyed HMAC by which something is found again (32 bytes); a person's number by :meth:`person_hash`.

        The value is normalised first: full-width forms, inner spaces and letter case do not matter.
        ``kind`` ("firm", "username") keeps equal texts of different kinds apart.
        """
        return hmac.digest(self._index, f"{kind}\x1f{normalised(value)}".encode(), "sha256")

    def person_hash(self, kind: str, value: str) -> bytes:
        """The hash by which a person's number or phone is found again, under the newest look-up key (49 bytes).

        Whoever looks for it asks for all its spellings: ``lookup.spellings``. Normalised as :meth:`blind_index` does.
        """
        found = self.lookup
        return found.spelled(self.blind_index(kind, value), found.newest)

    def content_address(self) -> HMAC:
        """A running HMAC-SM3 (GB/T 32905) whose 32 bytes are a content's address in the store of files.

        Keyed, so that an address betrays nothing: nobody can ask the store whether it holds a known paper.
        """
        return HMAC(hmac.digest(self._index, b"content-address", "sha256"), SM3())

    def csrf(self, cookie: bytes) -> str:
        """The form token that belongs to one session cookie."""
        return _encoded(hmac.digest(self._session, b"csrf\x1f" + cookie, "sha256"))

    def csrf_holds(self, cookie: bytes, token: str) -> bool:
        """Whether a posted form token belongs to this session cookie (constant time)."""
        return hmac.compare_digest(self.csrf(cookie).encode(), token.encode())

    def _key_set(self, purpose: Signer) -> dict[str, Any]:
        kids = [kid for kind, kid in self._public if kind == purpose]
        kids.sort(key=lambda kid: (kid != self._kids[purpose], kid))
        return {
            "keys": [
                {**_public_jwk(self._public[(purpose, kid)]), "kid": kid, "alg": "ES256", "use": "sig"}
                for kid in kids
            ]
        }


def thumbprint(key: ec.EllipticCurvePublicKey) -> str:
    """RFC 7638: SHA-256 of the required members in order, base64url."""
    return _encoded(hashlib.sha256(msgspec.json.encode(_public_jwk(key), order="sorted")).digest())


def signature_holds(key: ec.EllipticCurvePublicKey, data: bytes, signature: bytes) -> bool:
    """Whether a raw r‖s ES256 signature holds under ``key``."""
    if len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.verify(encode_dss_signature(r, s), data, _ES256)
    except BadSignature:
        return False
    return True


def normalised(value: str) -> str:
    """The one spelling of an identifier: NFKC, no blanks, nothing that is not seen, upper case.

    A telephone's list of contacts copies a number with a mark of direction before and behind it (U+202D, U+202C).
    """
    return "".join(seen(unicodedata.normalize("NFKC", value)).split()).upper()


def seen(text: str) -> str:
    """Without the characters that only steer how others are set (Unicode category Cf), which nobody sees or types."""
    return text if text.isascii() else "".join(one for one in text if unicodedata.category(one) != "Cf")


def _public_jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    point = key.public_numbers()
    return {
        "crv": "P-256",
        "kty": "EC",
        "x": _encoded(point.x.to_bytes(32, "big")),
        "y": _encoded(point.y.to_bytes(32, "big")),
    }


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encoded(data) != text:
        raise ValueError("not canonical base64url")
    return data
