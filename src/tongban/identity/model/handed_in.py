"""Certificate and signature as they are handed in 递交的证书和签名: pasted or as a file, PEM, base64 or DER."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from typing import Literal

from cryptography import x509

from tongban.identity.model.certificates import CertificateRefused

#: No certificate or signature is larger, in bytes.
LARGEST = 16_384
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
Field = Literal["certificate", "signature"]


def certificate_in(given: str | bytes) -> x509.Certificate:
    """The certificate of what was handed in: PEM, the first of several; DER; or DER in base64.

    Raises CertificateRefused: nothing there, too large, or a private key among it.
    """
    content = _content(given, "certificate")
    blocks = _PEM.findall(content)
    if blocks:
        der = next((_plain(body) for label, body in blocks if label.endswith(b"CERTIFICATE")), None)
    else:
        der = _plain(content) or content
    try:
        return x509.load_der_x509_certificate(der or b"")
    except ValueError as wrong:
        raise CertificateRefused("certificate") from wrong


def signature_in(given: str | bytes) -> bytes:
    """The signature of what was handed in, as DER or 64 bytes r‖s: in PEM, in base64, or as it is; beside a certificate
    in PEM too, as a key's software prints both.

    Raises CertificateRefused: no signature there, too large, or a private key.
    """
    content = _content(given, "signature")
    blocks = _PEM.findall(content)
    if blocks:
        found = next((_plain(body) for label, body in blocks if label != b"CERTIFICATE"), None)
        found = found or _plain(_PEM.sub(b"", content))
    else:
        found = _plain(content) or content
    if found is None or not _like_one(found):
        raise CertificateRefused("unread")
    return found


def _content(given: str | bytes, field: Field) -> bytes:
    content = given.strip().encode("utf-8", "replace") if isinstance(given, str) else given
    if len(content) > LARGEST:
        raise CertificateRefused("size", field)
    if b"PRIVATE KEY-----" in content:
        raise CertificateRefused("secret", field)
    return content


def _plain(text: bytes) -> bytes | None:
    """What stands in base64, in whatever lines; None where it is none."""
    try:
        return b64decode(b"".join(text.split()), validate=True)
    except binascii.Error:
        return None


def _like_one(found: bytes) -> bool:
    """64 bytes r‖s, or a DER sequence of two numbers, which is as long as it says."""
    return len(found) == 64 or (8 <= len(found) <= 72 and found[0] == 0x30 and found[1] == len(found) - 2)
