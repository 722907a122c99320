"""A firm's log-in certificate 单位证书, asked for at the city's authority as the software of its USB key would."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from tongban.kit.sm2 import Sm2Key
from tongban.licences.model import SealAway, SealRefused
from tongban.licences.providers import authority
from tongban.settings import settings


async def certify_firm(
    key: ec.EllipticCurvePrivateKey | Sm2Key, *, firm: str, code: str, keeper: str
) -> x509.Certificate:
    """The authority's certificate for a firm's key: its name, its code, who keeps it. Raises SealAway, SealRefused."""
    request = authority.request_for(key, authority.of_firm(firm, code, keeper))
    try:
        profile: authority.Profile = "firm-sm2" if isinstance(key, Sm2Key) else "firm"
        certificate, _ = await authority.enrol(settings().authority_url, request, profile)
    except authority.AuthorityAway as away:
        raise SealAway(str(away)) from away
    except authority.EnrolmentRefused as refused:
        raise SealRefused(str(refused)) from refused
    return certificate
