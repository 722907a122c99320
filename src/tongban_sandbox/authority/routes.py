"""The authority's doors. Enrolment is signed by the node that asks; state and time are for everybody."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from litestar import Request, Response, Router, get, post

from tongban_sandbox.faults import Faults, from_here
from tongban_sandbox.problems import Problem, decoded
from tongban_sandbox.signing import Trust, caller

from .issuing import NATIONAL, Authority, Profile
from .stamping import stamped

_CERTS_ONLY = "application/pkcs7-mime; smime-type=certs-only"


class Revocation(msgspec.Struct):
    """What is asked of the demonstration: a serial number (hexadecimal), and since when, now unless said."""

    serial: str
    at: datetime | None = None


def routes(authority: Authority, trust: Trust, faults: Faults) -> Router:
    """The routes of one authority."""

    @get("/.well-known/est/cacerts", sync_to_thread=False)
    def above() -> Response[bytes]:
        return _bundle(authority.chain())

    @post("/.well-known/est/{profile:str}/simpleenroll", status_code=200)
    async def enrol(request: Request[Any, Any, Any], profile: str) -> Response[bytes]:
        await faults.suffer("ca")
        _, body = await caller(request, trust)
        try:
            asked = base64.b64decode(b"".join(body.split()), validate=True)
        except binascii.Error as wrong:
            raise Problem(400, "Malformed request", "The body is base64 of a PKCS#10 request.") from wrong
        return _bundle([_issued(authority, asked, profile)])

    @post("/ocsp", status_code=200)
    async def state(request: Request[Any, Any, Any]) -> Response[bytes]:
        await faults.suffer("ocsp")
        return Response(authority.answer(await request.body()), media_type="application/ocsp-response")

    @get("/{name:str}")
    async def published(name: str) -> Response[bytes]:
        await faults.suffer("ocsp")
        return _published(authority, name)

    @get("/sm2/{name:str}")
    async def published_national(name: str) -> Response[bytes]:
        await faults.suffer("ocsp")
        return _published_national(authority, name)

    @post("/tsa", status_code=200)
    async def stamp(request: Request[Any, Any, Any]) -> Response[bytes]:
        await faults.suffer("tsa")
        return Response(
            stamped(await request.body(), authority.own.tsa), media_type="application/timestamp-reply"
        )

    @post("/revocations", status_code=200)
    async def revoke(request: Request[Any, Any, Any]) -> dict[str, str]:
        from_here(request)
        asked = decoded(await request.body(), Revocation)
        authority.revoke(asked.serial.casefold(), at=asked.at or datetime.now(UTC))
        return {"serial": asked.serial, "state": "revoked"}

    @get(["/ca/healthz", "/ocsp/healthz", "/tsa/healthz"], sync_to_thread=False)
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    own = Router("/ca", route_handlers=[above, enrol, state, published, published_national, stamp, revoke])
    return Router("/", route_handlers=[own, healthz])


def _issued(authority: Authority, asked: bytes, profile: str) -> x509.Certificate:
    if profile == NATIONAL:
        return authority.issue_national(asked)
    return authority.issue(asked, _profile(profile))


def _published(authority: Authority, name: str) -> Response[bytes]:
    """What anybody may fetch by its name: lists of what was revoked, and the authority's own certificates."""
    own = authority.own
    if name == "root.crl":
        return Response(authority.revoked("root"), media_type="application/pkix-crl")
    if name == "issuing.crl":
        return Response(authority.revoked("issuing"), media_type="application/pkix-crl")
    if name == "issuing.cer":
        der = own.issuing.certificate.public_bytes(serialization.Encoding.DER)
        return Response(der, media_type="application/pkix-cert")
    if name == "root.pem":
        pem = own.root.certificate.public_bytes(serialization.Encoding.PEM)
        return Response(pem, media_type="application/x-pem-file")
    raise Problem(404, "Not found", "The authority publishes nothing by this name.")


def _published_national(authority: Authority, name: str) -> Response[bytes]:
    """The same of its SM2 side."""
    own = authority.national
    if name == "issuing.crl":
        return Response(authority.revoked_national(), media_type="application/pkix-crl")
    if name == "issuing.cer":
        der = own.issuing().public_bytes(serialization.Encoding.DER)
        return Response(der, media_type="application/pkix-cert")
    if name == "root.pem":
        pem = own.root().public_bytes(serialization.Encoding.PEM)
        return Response(pem, media_type="application/x-pem-file")
    raise Problem(404, "Not found", "The authority publishes nothing by this name.")


def _profile(name: str) -> Profile:
    if name == "seal":
        return "seal"
    if name == "event":
        return "event"
    if name == "firm":
        return "firm"
    raise Problem(404, "Unknown profile", "Certificates are issued as seal, event, firm or firm-sm2.")


def _bundle(certificates: list[Any]) -> Response[bytes]:
    """Certificates as EST carries them: PKCS#7 without a signature, in base64 (RFC 7030, 4.1.3 and 4.2.3)."""
    body = base64.encodebytes(pkcs7.serialize_certificates(certificates, serialization.Encoding.DER))
    return Response(body, media_type=_CERTS_ONLY, headers={"Content-Transfer-Encoding": "base64"})
