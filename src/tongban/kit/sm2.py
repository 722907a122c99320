"""SM2 signatures 国密 SM2 with SM3 (GB/T 32918.2-2016): checked, and made by the key of a demonstration.

By GmSSL. What others sent is taken apart here and handed to it in fixed sizes only. What it knows no key of,
``cryptography``, still reads certificates and lists of revoked ones; their keys are read out here (GM/T 0015-2012).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

#: GM/T 0006-2012: the curve, and signatures by SM2 over SM3.
CURVE = "1.2.156.10197.1.301"
SM2_WITH_SM3 = x509.ObjectIdentifier("1.2.156.10197.1.501")
#: Whose signature it is, where the parties agreed on nothing else (GM/T 0009-2012, 10).
SIGNER = b"1234567812345678"
_ORDER = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_7203DF6B_21C6052B_53BBF409_39D54123
_DER = serialization.Encoding.DER


@cache
def _asn1() -> Any:
    """asn1crypto, loaded with the first certificate of SM2: no process needs it for anything else that it serves."""
    import asn1crypto.csr  # noqa: PLC0415
    import asn1crypto.pem  # noqa: PLC0415

    asn1crypto.keys.NamedCurve.register("sm2p256v1", CURVE, 32)
    return asn1crypto


class NoSm2(Exception):  # noqa: N818 - there is none, nothing is at fault
    """GmSSL is not on this machine: its wheel is for x86-64."""


def _gmssl() -> Any:
    try:
        import gmssl_pyx  # noqa: PLC0415 - not on every machine
    except ImportError as missing:
        raise NoSm2 from missing
    return gmssl_pyx


def holds(point: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature (DER, or 64 bytes r‖s) is of this message by the key of this point (64 bytes x‖y).

    Raises NoSm2.
    """
    gmssl = _gmssl()
    try:
        if len(signature) == 64:
            r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        else:
            r, s = decode_dss_signature(signature)
        if not (0 < r < _ORDER and 0 < s < _ORDER and len(point) == 64):
            return False
        return bool(gmssl.sm2_verify(point, message, encode_dss_signature(r, s), signer_id=SIGNER))
    except (ValueError, gmssl.GmsslInnerError):
        return False


def point_of(certificate: x509.Certificate) -> bytes | None:
    """The point of a certificate's key, 64 bytes x‖y; None where its key is no SM2 key."""
    try:
        key = _asn1().x509.Certificate.load(certificate.public_bytes(_DER)).public_key
        algorithm = key["algorithm"]
        if algorithm["algorithm"].dotted != "1.2.840.10045.2.1" or _curve(algorithm) != CURVE:
            return None
        point = bytes(key["public_key"])
    except (ValueError, TypeError):
        return None
    return point[1:] if len(point) == 65 and point[0] == 4 else None


def _curve(algorithm: Any) -> str:
    parameters = algorithm["parameters"].chosen
    return str(parameters.dotted) if hasattr(parameters, "dotted") else ""


class Sm2Key(msgspec.Struct, frozen=True):
    """A private key with its point, as a file of the demonstration has it."""

    number: bytes
    point: bytes

    @classmethod
    def new(cls) -> Sm2Key:
        """A fresh one. Raises NoSm2."""
        point, number = _gmssl().sm2_key_generate()
        return cls(number, point)

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, DER. Raises NoSm2."""
        made: bytes = _gmssl().sm2_sign(self.number, self.point, message, signer_id=SIGNER)
        return made

    @property
    def public_info(self) -> Any:
        """The public key as certificates carry it (RFC 5280, 4.1.2.7)."""
        return _asn1().keys.PublicKeyInfo({"algorithm": _algorithm(), "public_key": b"\x04" + self.point})

    def pem(self) -> bytes:
        """The private key as PKCS#8."""
        private = _asn1().keys.ECPrivateKey(
            {
                "version": "ecPrivkeyVer1",
                "private_key": int.from_bytes(self.number),
                "public_key": b"\x04" + self.point,
            }
        )
        info = _asn1().keys.PrivateKeyInfo(
            {"version": 0, "private_key_algorithm": _algorithm(), "private_key": private}
        )
        armoured: bytes = _asn1().pem.armor("PRIVATE KEY", info.dump())
        return armoured

    @classmethod
    def of_pem(cls, content: bytes) -> Sm2Key | None:
        """The key of a file; None where the file's key is another, or there is none."""
        for label, _, der in _asn1().pem.unarmor(content, multiple=True):
            if label != "PRIVATE KEY":
                continue
            info = _asn1().keys.PrivateKeyInfo.load(der)
            if _curve(info["private_key_algorithm"]) != CURVE:
                return None
            private = info["private_key"].parsed
            number = int(private["private_key"].native).to_bytes(32)
            return cls(number, bytes(private["public_key"])[1:])
        return None

    def request(self, name: x509.Name) -> bytes:
        """The PKCS#10 request (DER) for this key in this name, signed by it."""
        # The library that knows names knows no such key: one of its own kind is put in and taken out again.
        other = ec.generate_private_key(ec.SECP256R1())
        draft = x509.CertificateSigningRequestBuilder().subject_name(name).sign(other, hashes.SHA256())
        made = _asn1().csr.CertificationRequest.load(draft.public_bytes(_DER))
        info = made["certification_request_info"]
        info["subject_pk_info"] = self.public_info
        made["signature_algorithm"] = {"algorithm": SM2_WITH_SM3.dotted_string}
        made["signature"] = self.sign(info.dump(force=True))
        der: bytes = made.dump(force=True)
        return der


def _algorithm() -> dict[str, Any]:
    return {"algorithm": "ec", "parameters": _asn1().keys.ECDomainParameters("named", CURVE)}
