"""The certificate authority over HTTP: who issues the firms' certificates, and which were taken back (RFC 5280)."""

from __future__ import annotations

import asyncio
import time

import httpx
import msgspec
from cryptography import x509

from tongban.identity.model.certificates import AuthorityAway

_SECONDS = 5.0
#: A list of what was revoked is fetched again after so many seconds: so soon does a revocation reach every log-in.
FRESH_SECONDS = 10.0
_LARGEST = 8 << 20


class Word(msgspec.Struct, frozen=True):
    """The authority's word: its issuing certificate, and the list of what it has taken back."""

    issuing: x509.Certificate
    revoked: x509.CertificateRevocationList


_kept: dict[str, tuple[float, Word]] = {}


async def word(address: str, *, national: bool = False) -> Word:
    """What the authority at ``address`` says now, at most ten seconds old; ``national``: of what it issues by SM2.

    Raises AuthorityAway.
    """
    address = f"{address}/sm2" if national else address
    moment = time.monotonic()
    kept = _kept.get(address)
    if kept is not None and moment - kept[0] < FRESH_SECONDS:
        return kept[1]
    try:
        async with (
            asyncio.timeout(_SECONDS),
            httpx.AsyncClient(timeout=None, trust_env=False) as client,  # noqa: S113 - limited as a whole
        ):
            issuing, revoked = await asyncio.gather(
                *(_fetched(client, f"{address}/{name}") for name in ("issuing.cer", "issuing.crl"))
            )
        found = Word(x509.load_der_x509_certificate(issuing), x509.load_der_x509_crl(revoked))
    except (TimeoutError, httpx.HTTPError, ValueError) as away:
        raise AuthorityAway from away
    _kept[address] = (moment, found)
    return found


async def _fetched(client: httpx.AsyncClient, address: str) -> bytes:
    answer = await client.get(address)
    answer.raise_for_status()
    if len(answer.content) > _LARGEST:
        raise ValueError("the answer is too large")
    return answer.content


def forget() -> None:
    """Ask again at once: for tests, and after a revocation that must not wait."""
    _kept.clear()
