"""The certificate authority over HTTP: enrolment by EST (RFC 7030), each request signed by our node."""

from __future__ import annotations

import asyncio
import base64
import binascii
import time
from typing import Literal
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from tongban.kit.signing import signature_headers
from tongban.kit.sm2 import Sm2Key

TIMEOUT_SECONDS = 10.0
_EST = "/.well-known/est"
_DER = serialization.Encoding.DER


class AuthorityAway(Exception):  # noqa: N818 - it is away, not at fault
    """The authority did not answer, or not in its own words."""


class EnrolmentRefused(Exception):  # noqa: N818 - named as the answer
    """The authority does not certify this name."""


#: What a certificate is asked for: an organ's seal, one act of one person 事件型证书, or a firm's log-in, by SM2 too.
Profile = Literal["seal", "event", "firm", "firm-sm2"]


def of_organ(organ: str, uscc: str) -> x509.Name:
    """An organ's name in its seal; its USCC (GB 32100) as ETSI EN 319 412-1, 5.1.4 writes it."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organ[:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"NTRCN-{uscc}"),
            x509.NameAttribute(NameOID.COMMON_NAME, organ[:64]),
        ]
    )


def of_act(name_masked: str, reference: str) -> x509.Name:
    """A person's masked name and the act that the certificate is for."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.COMMON_NAME, name_masked[:64]),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, reference[:64]),
        ]
    )


def of_firm(firm: str, uscc: str, keeper: str) -> x509.Name:
    """A firm's name in its log-in certificate, its USCC as in an organ's, and who keeps the key."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, firm[:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"NTRCN-{uscc}"),
            x509.NameAttribute(NameOID.COMMON_NAME, keeper[:64]),
        ]
    )


def request_for(key: ec.EllipticCurvePrivateKey | Sm2Key, name: x509.Name) -> bytes:
    """The PKCS#10 request (DER) for a key and its holder's name."""
    if isinstance(key, Sm2Key):
        return key.request(name)
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(name)
        .sign(key, hashes.SHA256())
        .public_bytes(_DER)
    )


async def enrol(address: str, request: bytes, profile: Profile) -> tuple[x509.Certificate, list[bytes]]:
    """The certificate for a request, and those above it (DER). The same request again gets the same certificate.

    Raises AuthorityAway or EnrolmentRefused.
    """
    body = base64.encodebytes(request)
    certificate = await _call(address, "POST", f"{_EST}/{profile}/simpleenroll", body)
    above = await _call(address, "GET", f"{_EST}/cacerts", b"")
    return certificate[0], [one.public_bytes(_DER) for one in above]


async def root(address: str, *, national: bool = False) -> bytes:
    """The authority's own root (PEM), as it publishes it, ``national`` that of SM2; whether to believe it is somebody
    else's question."""
    answer = await _answer(address, "GET", "/sm2/root.pem" if national else "/root.pem", b"", {})
    return answer.content


async def _call(address: str, method: str, path: str, body: bytes) -> list[x509.Certificate]:
    # The wall clock, not the house's: the other side compares it with its own.
    signed = signature_headers(method, urlsplit(address).path + path, body, timestamp=int(time.time()))
    answer = await _answer(address, method, path, body, {"content-type": "application/pkcs10", **signed})
    try:
        found = pkcs7.load_der_pkcs7_certificates(base64.b64decode(b"".join(answer.content.split())))
    except (ValueError, binascii.Error) as strange:
        raise AuthorityAway("the answer is not readable") from strange
    if not found:
        raise AuthorityAway("the answer holds no certificate")
    return found


async def _answer(
    address: str, method: str, path: str, body: bytes, headers: dict[str, str]
) -> httpx.Response:
    try:
        async with (
            asyncio.timeout(TIMEOUT_SECONDS),
            httpx.AsyncClient(timeout=None, trust_env=False) as client,  # noqa: S113 - limited as a whole
        ):
            answer = await client.request(method, address + path, content=body, headers=headers)
    except (TimeoutError, httpx.HTTPError) as away:
        raise AuthorityAway(type(away).__name__) from away
    if answer.status_code in {400, 409, 422}:
        raise EnrolmentRefused(f"the authority answered {answer.status_code}")
    if answer.status_code != 200:
        raise AuthorityAway(f"the authority answered {answer.status_code}")
    return answer
