"""What the authority does: issues, revokes, and says what became of a certificate."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from tongban_sandbox.problems import Problem

from .hierarchy import SKEW, Holder, builder, crl_at, key_usage, opened
from .national import National

#: What a certificate is for: the seal of an organ, two years; one act of one person 事件型证书, a day.
#: Or a firm's log-in 法人一证通: a year, in a key that its keeper has.
Profile = Literal["seal", "event", "firm"]
#: Beside them ``firm-sm2``: the same by SM2, from another root.
NATIONAL = "firm-sm2"
_LASTS: dict[Profile, timedelta] = {
    "seal": timedelta(days=730),
    "event": timedelta(days=1),
    "firm": timedelta(days=365),
}
#: Names that a request must bring: of an organ its name and its code in the form of ETSI EN 319 412-1, 5.1.4.
_NEEDED: dict[Profile, tuple[x509.ObjectIdentifier, ...]] = {
    "seal": (NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATION_IDENTIFIER, NameOID.COMMON_NAME),
    "event": (NameOID.COMMON_NAME, NameOID.SERIAL_NUMBER),
    "firm": (NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATION_IDENTIFIER, NameOID.COMMON_NAME),
}
_ANSWER_HOLDS, _LIST_HOLDS = timedelta(days=1), timedelta(days=30)


class Authority:
    """One authority over its folder of keys and its file of certificates; ``base`` is its address on the web."""

    def __init__(self, folder: Path, db: sqlite3.Connection, base: str) -> None:
        self.db = db
        self.base = base
        self.own = opened(folder, base, now=datetime.now(UTC))
        self.national = National(folder, base)

    def chain(self) -> list[x509.Certificate]:
        """Above every certificate that is issued: the issuing one and the root."""
        return [self.own.issuing.certificate, self.own.root.certificate]

    def issue(self, request: bytes, profile: Profile) -> x509.Certificate:
        """A certificate for a PKCS#10 request (DER); the same key and names again get the same certificate."""
        asked = _request(request, profile)
        key = asked.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        made = self._certificate(asked, profile).public_bytes(serialization.Encoding.DER)
        return self._kept(made, key, profile, asked.subject)

    def issue_national(self, request: bytes) -> x509.Certificate:
        """A firm's log-in certificate by SM2 for a PKCS#10 request (DER); the same key again gets the same."""
        made, key, subject = self.national.issue(request)
        return self._kept(made, key, NATIONAL, subject)

    def _kept(self, made: bytes, key: bytes, profile: str, subject: x509.Name) -> x509.Certificate:
        """The certificate, written down; or the one that this key was given before."""
        self.db.execute(
            "INSERT INTO certificate (serial, key, profile, subject, der, at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO NOTHING",
            (
                f"{x509.load_der_x509_certificate(made).serial_number:x}",
                *(key, profile, subject.public_bytes(), made, datetime.now(UTC).isoformat()),
            ),
        )
        row = self.db.execute(
            "SELECT subject, profile, der FROM certificate WHERE key = ?", (key,)
        ).fetchone()
        if (row["subject"], row["profile"]) != (subject.public_bytes(), profile):
            raise Problem(409, "Key reused", "This key was certified for somebody else.")
        return x509.load_der_x509_certificate(row["der"])

    def _certificate(self, asked: x509.CertificateSigningRequest, profile: Profile) -> x509.Certificate:
        issuing = self.own.issuing
        access = [
            x509.AccessDescription(
                AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(f"{self.base}/ocsp")
            ),
            x509.AccessDescription(
                AuthorityInformationAccessOID.CA_ISSUERS,
                x509.UniformResourceIdentifier(f"{self.base}/issuing.cer"),
            ),
        ]
        made = (
            builder(
                *(asked.subject, asked.public_key(), issuing.certificate),
                now=datetime.now(UTC),
                lasts=_LASTS[profile],
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(key_usage("digital_signature", "content_commitment"), critical=True)
            .add_extension(x509.AuthorityInformationAccess(access), critical=False)
            .add_extension(crl_at(f"{self.base}/issuing.crl"), critical=False)
        )
        if profile == "firm":
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
            made = made.add_extension(usage, critical=True)
        return made.sign(issuing.key, hashes.SHA256())

    def revoke(self, serial: str, *, at: datetime) -> None:
        """Take a certificate back, from ``at`` on; ``serial`` is hexadecimal, the first date stands."""
        done = self.db.execute(
            "UPDATE certificate SET revoked_at = coalesce(revoked_at, ?) WHERE serial = ?",
            (at.isoformat(), serial),
        )
        if not done.rowcount:
            raise Problem(404, "Unknown certificate", "No certificate has this serial number.")

    def answer(self, request: bytes) -> bytes:
        """The OCSP answer to a request (both DER)."""
        try:
            asked = ocsp.load_der_ocsp_request(request)
            serial, algorithm = asked.serial_number, asked.hash_algorithm
        except ValueError:
            return _refusal(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        row = self.db.execute(
            "SELECT der, revoked_at FROM certificate WHERE serial = ?", (f"{serial:x}",)
        ).fetchone()
        if row is None:
            return _refusal(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        now, revoked = datetime.now(UTC).replace(microsecond=0), _instant(row["revoked_at"])
        made = ocsp.OCSPResponseBuilder().add_response(
            cert=x509.load_der_x509_certificate(row["der"]),
            issuer=self.own.issuing.certificate,
            algorithm=algorithm,
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
            this_update=now,
            next_update=now + _ANSWER_HOLDS,
            revocation_time=revoked,
            revocation_reason=None,
        )
        responder = self.own.ocsp
        made = made.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate).certificates(
            [responder.certificate]
        )
        for extension in asked.extensions:
            if isinstance(extension.value, x509.OCSPNonce):
                made = made.add_extension(extension.value, critical=False)
        return made.sign(responder.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def revoked_national(self) -> bytes:
        """The list of what was revoked of what was issued by SM2 (CRL, DER)."""
        return self.national.revoked([(row["serial"], row["revoked_at"]) for row in self._taken_back()])

    def revoked(self, which: Literal["root", "issuing"]) -> bytes:
        """The list of what was revoked (CRL, DER); under the root itself nothing ever was."""
        holder: Holder = getattr(self.own, which)
        now = datetime.now(UTC).replace(microsecond=0)
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(holder.certificate.subject)
            .last_update(now - SKEW)
            .next_update(now + _LIST_HOLDS)
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
            .add_extension(_issuer_key(holder), critical=False)
        )
        for row in self._taken_back() if which == "issuing" else ():
            made = made.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(int(row["serial"], 16))
                .revocation_date(datetime.fromisoformat(row["revoked_at"]))
                .build()
            )
        return made.sign(holder.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def _taken_back(self) -> list[sqlite3.Row]:
        return self.db.execute(
            "SELECT serial, revoked_at FROM certificate WHERE revoked_at IS NOT NULL ORDER BY serial"
        ).fetchall()


def _issuer_key(holder: Holder) -> x509.AuthorityKeyIdentifier:
    own = holder.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _refusal(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(serialization.Encoding.DER)


def _request(der: bytes, profile: Profile) -> x509.CertificateSigningRequest:
    """The request, when whoever made it holds the key and says who it is for."""
    try:
        asked = x509.load_der_x509_csr(der)
        key = asked.public_key()
        holds = asked.is_signature_valid
    except ValueError as wrong:
        raise Problem(400, "Malformed request", "The body is no PKCS#10 request.") from wrong
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1" or not holds:
        raise Problem(400, "Key refused", "A P-256 key is needed, and the request signed with it.")
    missing = [oid for oid in _NEEDED[profile] if not asked.subject.get_attributes_for_oid(oid)]
    if missing:
        raise Problem(
            400, "Name missing", f"The subject lacks {', '.join(oid.dotted_string for oid in missing)}."
        )
    return asked
