"""Who calls: an ES256 signature over method, path, time and body, checked against the node's public key."""

import base64
import binascii
import hashlib
import re
import time
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from litestar import Request

from .problems import Problem

SKEW = 300  # seconds a signature may lie before or after our own clock
PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.DOTALL)


class TrustError(Exception):
    """The trusted keys cannot be read; the text is a sentence for the person who starts the sandbox."""


def signed_text(method: str, path: str, timestamp: str, body: bytes) -> bytes:
    """The octets under the signature."""
    return f"{method}\n{path}\n{timestamp}\n{hashlib.sha256(body).hexdigest()}\n".encode()


class Trust:
    """The public keys in one PEM file (several while a node changes its key), read again when it changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.changed = 0
        self.keys: list[ec.EllipticCurvePublicKey] = []
        self._read()

    def _read(self) -> bool:
        """Whether the file had news."""
        try:
            changed = self.path.stat().st_mtime_ns
            if changed == self.changed:
                return False
            keys = [load_pem_public_key(pem) for pem in PEM.findall(self.path.read_bytes())]
        except (OSError, ValueError) as wrong:
            raise TrustError(f"The trusted key {self.path} cannot be read: {wrong}") from wrong
        self.keys = [
            k for k in keys if isinstance(k, ec.EllipticCurvePublicKey) and k.curve.name == "secp256r1"
        ]
        if not self.keys:
            raise TrustError(f"{self.path} holds no public key of curve P-256 in PEM.")
        self.changed = changed
        return True

    def _matches(self, text: bytes, signature: bytes) -> bool:
        der = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
        for key in self.keys:
            try:
                key.verify(der, text, ec.ECDSA(hashes.SHA256()))
            except InvalidSignature:
                continue
            return True
        return False

    def check(self, method: str, path: str, timestamp: str, signature: str, body: bytes) -> None:
        """Refuse a call whose signature is missing, old or not of a trusted key."""
        try:
            age = abs(time.time() - int(timestamp))
            raw = base64.b64decode(signature, validate=True)
        except (ValueError, binascii.Error) as wrong:
            raise Problem(
                401, "Signature malformed", "Timestamp or signature is missing or malformed."
            ) from wrong
        if age > SKEW:
            raise Problem(401, "Signature expired", f"The timestamp is {age:.0f} s off, {SKEW} are allowed.")
        text = signed_text(method, path, timestamp, body)
        if len(raw) != 64 or not (self._matches(text, raw) or (self._reread() and self._matches(text, raw))):
            raise Problem(
                401, "Signature invalid", "The signature is not of a trusted node over this request."
            )

    def _reread(self) -> bool:
        try:
            return self._read()
        except TrustError:
            return False  # half-written just now: the keys we know stay in force


async def caller(request: Request[Any, Any, Any], trust: Trust) -> tuple[str, bytes]:
    """The node that signed this request, and its body."""
    body = await request.body()
    node = request.headers.get("tongban-node", "")
    if not node:
        raise Problem(401, "Signature missing", "The header Tongban-Node is missing.")
    trust.check(
        request.method,
        request.url.path,
        request.headers.get("tongban-timestamp", ""),
        request.headers.get("tongban-signature", ""),
        body,
    )
    return node, body
