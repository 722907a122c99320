"""The face provider tells its result to the asker's address under its own signature (ES256)."""

import base64
import contextlib
import sqlite3
import threading
import time
import uuid
from typing import Any

import httpx
import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from .civil import now

TRIES = 3
TIMEOUT = 5.0


def _key_in(db: sqlite3.Connection) -> ec.EllipticCurvePrivateKey:
    """The provider's key, made at the first start."""
    made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    db.execute("INSERT INTO meta (key, value) VALUES ('key', ?) ON CONFLICT DO NOTHING", (made.decode(),))
    pem = db.execute("SELECT value FROM meta WHERE key = 'key'").fetchone()["value"]
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


class Notices:
    """What the provider tells, and what it has told."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._key = _key_in(db)
        public = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.pem = public.decode()
        digest = hashes.Hash(hashes.SHA256())
        digest.update(public)
        self.serial = digest.finalize().hex()[:16].upper()

    def signed(self, body: bytes) -> dict[str, str]:
        """The headers of a notice: time, nonce, and the signature over both and the body."""
        stamp, nonce = str(int(time.time())), uuid.uuid4().hex
        text = f"{stamp}\n{nonce}\n".encode() + body + b"\n"
        r, s = decode_dss_signature(self._key.sign(text, ec.ECDSA(hashes.SHA256())))
        return {
            "Content-Type": "application/json",
            "Face-Serial": self.serial,
            "Face-Timestamp": stamp,
            "Face-Nonce": nonce,
            "Face-Signature": base64.b64encode(r.to_bytes(32) + s.to_bytes(32)).decode(),
        }

    def tell(self, url: str, result: dict[str, Any]) -> None:
        """Write the notice down and send it, beside whoever waits for the page."""
        body = msgspec.json.encode(result)
        headers = self.signed(body)
        self._db.execute(
            "INSERT INTO notice (order_no, headers, body, at) VALUES (?, ?, ?, ?)",
            (result["orderNo"], msgspec.json.encode(headers).decode(), body.decode(), now().isoformat()),
        )
        threading.Thread(target=_send, args=(url, headers, body), daemon=True).start()

    def sent(self, order: str) -> list[dict[str, Any]]:
        """What was told of an order."""
        rows = self._db.execute("SELECT headers, body FROM notice WHERE order_no = ?", (order,))
        return [{"headers": msgspec.json.decode(row["headers"]), "body": row["body"]} for row in rows]


def _send(url: str, headers: dict[str, str], body: bytes) -> None:
    """Three tries; an asker that is away asks for the result itself."""
    for pause in range(TRIES):
        time.sleep(pause)
        with contextlib.suppress(httpx.HTTPError):
            if httpx.post(url, content=body, headers=headers, timeout=TIMEOUT, trust_env=False).is_success:
                return
