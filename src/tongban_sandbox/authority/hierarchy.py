"""The authority's own keys and certificates, made at the first start and kept in its folder.

root 根证书, 30 years
├── issuing 签发证书, 10 years: signs the certificates of organs and of single events
│   └── ocsp, 1 year: answers what became of them (RFC 6960, 4.2.2.2)
└── tsa 时间戳服务, 15 years: signs time stamps and nothing else (RFC 3161, 2.3)
"""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_YEAR = timedelta(days=365)
#: Clocks differ a little: a certificate holds from some minutes before it was made.
SKEW = timedelta(minutes=10)
_NO_USAGE = dict.fromkeys(
    (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)


class Holder(msgspec.Struct, frozen=True):
    """A certificate with its key."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


class Hierarchy(msgspec.Struct, frozen=True):
    """The four certificates that the authority works with."""

    root: Holder
    issuing: Holder
    ocsp: Holder
    tsa: Holder


def key_usage(*named: str) -> x509.KeyUsage:
    """A key usage extension with the bits of these names."""
    return x509.KeyUsage(**(_NO_USAGE | dict.fromkeys(named, True)))


def subject(common_name: str) -> x509.Name:
    """The authority's own names."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "示范电子认证服务机构（合成）"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def builder(
    name: x509.Name, key: Any, issuer: x509.Certificate | None, *, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    """A certificate that is begun: names, key, time, and what every one of them has."""
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject if issuer else name)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )
    if issuer is None:
        return made
    own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return made.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), critical=False
    )


def crl_at(address: str) -> x509.CRLDistributionPoints:
    """Where the list of what was revoked is found."""
    return x509.CRLDistributionPoints(
        [x509.DistributionPoint([x509.UniformResourceIdentifier(address)], None, None, None)]
    )


def opened(folder: Path, base: str, *, now: datetime) -> Hierarchy:
    """The hierarchy in ``folder``, made when it is not there; ``base`` is where it answers, as certificates say."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    root = _kept(folder, "root") or _keep(folder, "root", _root(now))
    issuing = _kept(folder, "issuing") or _keep(folder, "issuing", _issuing(root, base, now))
    tsa = _kept(folder, "tsa") or _keep(folder, "tsa", _tsa(root, base, now))
    ocsp = _kept(folder, "ocsp")
    if ocsp is None or ocsp.certificate.not_valid_after_utc < now + _YEAR / 12:
        ocsp = _keep(folder, "ocsp", _responder(issuing, now))
    return Hierarchy(root, issuing, ocsp, tsa)


def _root(now: datetime) -> Holder:
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        builder(subject("示范电子认证根证书 Demo Root CA"), key.public_key(), None, now=now, lasts=30 * _YEAR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(key_usage("key_cert_sign", "crl_sign"), critical=True)
    )
    return Holder(key, made.sign(key, hashes.SHA256()))


def _issuing(root: Holder, base: str, now: datetime) -> Holder:
    key = ec.generate_private_key(ec.SECP256R1())
    name = subject("示范电子认证签发证书 Demo Issuing CA")
    made = (
        builder(name, key.public_key(), root.certificate, now=now, lasts=10 * _YEAR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(crl_at(f"{base}/root.crl"), critical=False)
    )
    return Holder(key, made.sign(root.key, hashes.SHA256()))


def _tsa(root: Holder, base: str, now: datetime) -> Holder:
    key = ec.generate_private_key(ec.SECP256R1())
    name = subject("示范时间戳服务 Demo Time-Stamping Unit")
    made = (
        builder(name, key.public_key(), root.certificate, now=now, lasts=15 * _YEAR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(crl_at(f"{base}/root.crl"), critical=False)
    )
    return Holder(key, made.sign(root.key, hashes.SHA256()))


def _responder(issuing: Holder, now: datetime) -> Holder:
    key = ec.generate_private_key(ec.SECP256R1())
    name = subject("示范证书状态查询 Demo OCSP Responder")
    made = (
        builder(name, key.public_key(), issuing.certificate, now=now, lasts=_YEAR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
        .add_extension(x509.OCSPNoCheck(), critical=False)
    )
    return Holder(key, made.sign(issuing.key, hashes.SHA256()))


def _kept(folder: Path, name: str) -> Holder | None:
    try:
        key = serialization.load_pem_private_key((folder / f"{name}.key.pem").read_bytes(), None)
        certificate = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
    except FileNotFoundError:
        return None
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Holder(key, certificate)


def _keep(folder: Path, name: str, holder: Holder) -> Holder:
    """The key first: a certificate without its key would be no use."""
    _write(
        folder / f"{name}.key.pem",
        holder.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )
    _write(folder / f"{name}.pem", holder.certificate.public_bytes(serialization.Encoding.PEM))
    return holder


def _write(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
