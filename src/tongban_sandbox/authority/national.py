"""The same authority by SM2 国密 (GM/T 0015-2012): its root, what issues firms' log-in certificates, and its list.

``root 国密根证书 → issuing 国密签发证书 → a firm's certificate``, each signed by SM2 over SM3. Only where GmSSL is
on the machine; elsewhere the authority answers as one that has no such service.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import crl, csr, keys, pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tongban_sandbox.problems import Problem

from .hierarchy import SKEW, builder, crl_at, key_usage, subject

_CURVE, _SIGNATURE = "1.2.156.10197.1.301", "1.2.156.10197.1.501"
_YEAR = timedelta(days=365)
_DER = serialization.Encoding.DER
_NEEDED = (NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATION_IDENTIFIER, NameOID.COMMON_NAME)
keys.NamedCurve.register("sm2p256v1", _CURVE, 32)


def _gmssl() -> Any:
    try:
        import gmssl_pyx  # noqa: PLC0415 - not on every machine
    except ImportError as missing:
        raise Problem(404, "Not found", "This authority certifies no SM2 keys on this machine.") from missing
    return gmssl_pyx


class _Key:
    """An SM2 key: 32 bytes, and its point of 64."""

    def __init__(self, number: bytes, point: bytes) -> None:
        self.number, self.point = number, point

    def sign(self, message: bytes) -> bytes:
        made: bytes = _gmssl().sm2_sign(self.number, self.point, message)
        return made


class National:
    """The SM2 side of the authority; keys and certificates are made when it is asked first and kept in ``folder``."""

    def __init__(self, folder: Path, base: str) -> None:
        self.folder, self.base = folder / "sm2", f"{base}/sm2"

    def root(self) -> x509.Certificate:
        """The root, as everybody may fetch it."""
        return self._holder("root")[1]

    def issuing(self) -> x509.Certificate:
        """What stands above every certificate."""
        return self._holder("issuing")[1]

    def issue(self, request: bytes) -> tuple[bytes, bytes, x509.Name]:
        """A firm's log-in certificate (DER) for a PKCS#10 request that is signed by the key that it names, with that
        key's point and the names."""
        asked, point = _request(request)
        key, above = self._holder("issuing")
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        made = (
            builder(asked.subject, _other().public_key(), above, now=datetime.now(UTC), lasts=_YEAR)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(key_usage("digital_signature", "content_commitment"), critical=True)
            .add_extension(crl_at(f"{self.base}/issuing.crl"), critical=False)
            .add_extension(usage, critical=True)
        )
        return _signed(made, point, key), point, asked.subject

    def revoked(self, taken: list[tuple[str, str]]) -> bytes:
        """The list of what was revoked (DER): serial (hexadecimal) and instant of each."""
        key, above = self._holder("issuing")
        now = datetime.now(UTC).replace(microsecond=0)
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(above.subject)
            .last_update(now - SKEW)
            .next_update(now + timedelta(days=30))
        )
        for serial, at in taken:
            made = made.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(int(serial, 16))
                .revocation_date(datetime.fromisoformat(at))
                .build()
            )
        signed = crl.CertificateList.load(made.sign(_other(), hashes.SHA256()).public_bytes(_DER))
        signed["tbs_cert_list"]["signature"] = {"algorithm": _SIGNATURE}
        return _resigned(signed, "tbs_cert_list", "signature", key)

    def _holder(self, name: str) -> tuple[_Key, x509.Certificate]:
        place = self.folder / f"{name}.pem"
        if not place.exists():
            self._make(name, place)
        (_, _, number), (_, _, der) = pem.unarmor(place.read_bytes(), multiple=True)
        made = x509.load_der_x509_certificate(der)
        return _Key(number[:32], number[32:]), made

    def _make(self, name: str, place: Path) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        point, number = _gmssl().sm2_key_generate()
        own = _Key(number, point)
        by, above = (own, None) if name == "root" else self._holder("root")
        words = {"root": "示范国密根证书 Demo SM2 Root CA", "issuing": "示范国密签发证书 Demo SM2 Issuing CA"}
        lasts = (30 if above is None else 10) * _YEAR
        made = (
            builder(subject(words[name]), _other().public_key(), above, now=datetime.now(UTC), lasts=lasts)
            .add_extension(x509.BasicConstraints(ca=True, path_length=above is None or 0), critical=True)
            .add_extension(key_usage("key_cert_sign", "crl_sign"), critical=True)
        )
        content = pem.armor("SM2 KEY", number + point) + pem.armor("CERTIFICATE", _signed(made, point, by))
        draft = place.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_bytes(content)
        draft.replace(place)


def _other() -> ec.EllipticCurvePrivateKey:
    """A key of the kind that the library knows, put in and taken out again."""
    return ec.generate_private_key(ec.SECP256R1())


def _signed(made: x509.CertificateBuilder, point: bytes, by: _Key) -> bytes:
    signed = asn1.Certificate.load(made.sign(_other(), hashes.SHA256()).public_bytes(_DER))
    inner = signed["tbs_certificate"]
    inner["signature"] = {"algorithm": _SIGNATURE}
    inner["subject_public_key_info"] = keys.PublicKeyInfo(
        {
            "algorithm": {"algorithm": "ec", "parameters": keys.ECDomainParameters("named", _CURVE)},
            "public_key": b"\x04" + point,
        }
    )
    for extension in inner["extensions"]:
        if extension["extn_id"].native == "key_identifier":
            own = hashlib.sha1(b"\x04" + point, usedforsecurity=False).digest()
            extension["extn_value"] = asn1.OctetString(own)
    return _resigned(signed, "tbs_certificate", "signature_value", by)


def _resigned(whole: Any, inner: str, place: str, by: _Key) -> bytes:
    whole["signature_algorithm"] = {"algorithm": _SIGNATURE}
    whole[place] = by.sign(whole[inner].dump(force=True))
    der: bytes = whole.dump(force=True)
    return der


def _request(der: bytes) -> tuple[x509.CertificateSigningRequest, bytes]:
    """The request with the point of its key, when whoever made it holds the key and says who it is for."""
    try:
        asked = x509.load_der_x509_csr(der)
        info = csr.CertificationRequest.load(der)["certification_request_info"]["subject_pk_info"]
        point = bytes(info["public_key"])[1:]
        named = info["algorithm"]["parameters"].chosen.dotted == _CURVE
        holds = _gmssl().sm2_verify(point, asked.tbs_certrequest_bytes, asked.signature)
    except (ValueError, TypeError, AttributeError) as wrong:
        raise Problem(400, "Malformed request", "The body is no PKCS#10 request for an SM2 key.") from wrong
    if not named or not holds:
        raise Problem(400, "Key refused", "An SM2 key is needed, and the request signed with it.")
    if any(not asked.subject.get_attributes_for_oid(oid) for oid in _NEEDED):
        raise Problem(400, "Name missing", "The subject lacks the firm, its code or the keeper.")
    return asked, point
