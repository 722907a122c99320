"""The list of a package and its signature: what was sealed, by which key."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from tongban.kit.keys.ring import signature_holds, thumbprint

#: The first two members of a package.
MANIFEST, SIGNATURE = "manifest.json", "manifest.jws"
#: A member that may bring the sealer's key set along (RFC 7517): older keys signed what a package proves.
KEYS = "keys.json"
#: The form that this code writes and reads.
FORMAT = "tongban-package-1"
#: What the signature is for (RFC 7515 §4.1.9): a signed list never passes for another thing that the key signs.
_TYPE = "tongban-package-manifest+json"
_encode = msgspec.json.Encoder(order="sorted").encode


class PackageMalformed(ValueError):  # noqa: N818 - a verdict
    """The file is no package, or its list cannot be read; the sentence says what is wrong."""


class Member(msgspec.Struct, frozen=True):
    """A member as the list names it 清单条目: name, size in bytes, SM3 and SHA-256 in hexadecimal digits."""

    name: str
    size: int
    sm3: str
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The list of a package 封装清单: its form, what it is about (``about``: text and whole numbers), its members."""

    format: str = FORMAT
    about: dict[str, Any]
    members: list[Member]


def listed(manifest: Manifest) -> bytes:
    """The list as it is signed: JSON, names sorted, no blanks."""
    return _encode(manifest)


def readable(content: bytes) -> Manifest:
    """The list that these bytes are; raises PackageMalformed, also where they are not the one way to write it."""
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except (
        ValueError,
        RecursionError,
    ) as odd:  # msgspec's refusals and text that is no UTF-8 are ValueErrors
        raise PackageMalformed(f"{MANIFEST} cannot be read: {odd}") from odd
    if manifest.format != FORMAT:
        raise PackageMalformed(f"{MANIFEST} is of the form {manifest.format!r}, not {FORMAT!r}")
    if listed(manifest) != content:
        raise PackageMalformed(f"{MANIFEST} is not written in the one way that lists are written")
    return manifest


def signed(content: bytes, jwk: Mapping[str, str], sign: Callable[[bytes], bytes]) -> bytes:
    """The detached JWS over a list; ``jwk`` is the public key with its ``kid``, ``sign`` makes r‖s (ES256).

    ``sign`` must give the same signature for the same bytes (RFC 6979), or no package is ever the same twice.
    """
    header = _encoded(_encode({"alg": "ES256", "jwk": jwk, "kid": jwk["kid"], "typ": _TYPE}))
    signature = sign(f"{header}.{_encoded(content)}".encode())
    return f"{header}..{_encoded(signature)}".encode()


class Signed(msgspec.Struct, frozen=True):
    """What a signature says: the key's id (RFC 7638) and the key that the package brings along."""

    kid: str
    key: ec.EllipticCurvePublicKey
    text: bytes
    signature: bytes

    def holds(self, key: ec.EllipticCurvePublicKey) -> bool:
        """Whether this key made the signature."""
        return signature_holds(key, self.text, self.signature)


def signature_of(content: bytes, token: bytes) -> Signed:
    """The signature of a list as it stands in a package; raises PackageMalformed."""
    try:
        head, body, tail = token.decode("ascii").split(".")
        header = msgspec.json.decode(_decoded(head), type=dict[str, Any])
        key = public_key(header["jwk"])
        sound = (header["alg"], header["typ"], body, header["kid"]) == ("ES256", _TYPE, "", thumbprint(key))
        signature = _decoded(tail)
    except (ValueError, KeyError, TypeError, RecursionError) as odd:
        raise PackageMalformed(f"{SIGNATURE} cannot be read: {type(odd).__name__}") from odd
    if not sound or "crit" in header:
        raise PackageMalformed(f"{SIGNATURE} does not say what the signature of a list says")
    return Signed(thumbprint(key), key, f"{head}.{_encoded(content)}".encode(), signature)


def public_key(jwk: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    """A P-256 key of a JWK (RFC 7517); raises ValueError or KeyError for what is none."""
    if (jwk["kty"], jwk["crv"]) != ("EC", "P-256"):
        raise ValueError("not a P-256 key")
    x, y = (int.from_bytes(_decoded(jwk[name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encoded(data) != text:
        raise ValueError("not canonical base64url")
    return data
