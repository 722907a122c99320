"""A software authenticator: makes credentials and signs with them as WebAuthn says, and can do each thing wrong."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

#: Flags of authenticator data (level 2, §6.1).
PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
ICLOUD = bytes.fromhex("fbfc3007154e4ecc8c0b6e020557d7bd")


def written(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unwritten(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Credential:
    """One passkey inside: whose it is, its key, and how often it was used."""

    id: bytes
    key: ec.EllipticCurvePrivateKey
    handle: bytes
    count: int


@dataclass
class Authenticator:
    """Keeps passkeys for one person. ``counts``: a security key counts its uses, a phone says 0."""

    origin: str
    rp: str
    counts: bool = False
    verifies: bool = True
    framed: bool = False
    credentials: list[Credential] = field(default_factory=list)

    def make(self, options: dict[str, Any]) -> str:
        """What the browser sends for ``navigator.credentials.create(options)``."""
        assert {one["alg"] for one in options["pubKeyCredParams"]} >= {-7}
        one = Credential(
            secrets.token_bytes(20),
            ec.generate_private_key(ec.SECP256R1()),
            unwritten(options["user"]["id"]),
            int(self.counts),
        )
        self.credentials.append(one)
        point = one.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = ICLOUD + len(one.id).to_bytes(2, "big") + one.id + cbor2.dumps(cose)
        data = self._data(one, ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": written(self._client("webauthn.create", options)),
            "attestationObject": written(attestation),
            "transports": ["hybrid", "internal"],
        }
        return self._sent(one, response)

    def answer(self, options: dict[str, Any], which: int = -1) -> str:
        """What the browser sends for ``navigator.credentials.get(options)``."""
        one = self.credentials[which]
        one.count += int(self.counts)
        client, data = self._client("webauthn.get", options), self._data(one, 0)
        signature = one.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": written(client),
            "authenticatorData": written(data),
            "signature": written(signature),
            "userHandle": written(one.handle),
        }
        return self._sent(one, response)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        told = {
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": self.framed,
        }
        return json.dumps(told).encode()

    def _data(self, one: Credential, flags: int) -> bytes:
        flags |= PRESENT | ELIGIBLE | BACKED_UP | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.rp.encode()).digest() + bytes((flags,)) + one.count.to_bytes(4, "big")

    def _sent(self, one: Credential, response: dict[str, Any]) -> str:
        return json.dumps(
            {
                "id": written(one.id),
                "rawId": written(one.id),
                "type": "public-key",
                "authenticatorAttachment": "platform",
                "response": response,
            }
        )
