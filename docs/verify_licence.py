"""Check a licence's QR offline: python verify_licence.py TOKEN jwks.json (needs only `cryptography`).
TOKEN is what the QR holds (the whole address will do), jwks.json the keys of /.well-known/jwks.json. Prints the
signed claims, or INVALID and ends with 1. They say what was issued; whether it still stands is asked online."""

import json
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256


def octets(text: str) -> bytes:
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise ValueError("not canonical base64url")
    return data


def claims(token: str, keys: dict) -> dict:
    head, body, tail = token.rsplit("/verify/", 1)[-1].split(".")
    header, rs = json.loads(octets(head)), octets(tail)
    jwk = next(
        key for key in keys["keys"] if (header["alg"], header["kid"], len(rs)) == ("ES256", key["kid"], 64)
    )
    x, y, r, s = (int.from_bytes(n, "big") for n in (octets(jwk["x"]), octets(jwk["y"]), rs[:32], rs[32:]))
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    key.verify(encode_dss_signature(r, s), f"{head}.{body}".encode(), ec.ECDSA(SHA256()))
    return json.loads(octets(body))


try:
    found = claims(sys.argv[1], json.loads(Path(sys.argv[2]).read_text()))
except (InvalidSignature, ValueError, KeyError, StopIteration, TypeError):
    sys.exit("INVALID")
sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
