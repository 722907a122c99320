"""Log-in by a firm's certificate 单位证书登录 (法人一证通): a challenge, its signature, and what the certificate says.

The key lies with the firm's keeper; whoever signs is the firm (电子签名法 art. 13, 14). The certificate is an X.509
one of the city's certificate authority (RFC 5280): its subject has the firm's code as ETSI EN 319 412-1, 5.1.4
writes it and the keeper's name. Signed is the challenge's text in UTF-8, by ECDSA over P-256 with SHA-256 or by SM2
over SM3, DER or r‖s.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, SignatureAlgorithmOID

from tongban.kit import keys, sm2
from tongban.kit.errors import Invalid, Unavailable
from tongban.kit.i18n import N_, Message

#: So long a challenge can be answered. Ours, by the brief of such keys: at most two minutes.
LIFETIME = timedelta(minutes=2)
_CONTEXT = b"identity.firm_challenge"
_CODE = "NTRCN-"
#: Why a log-in was refused, for the ledger.
Fault = Literal[
    "challenge",
    "certificate",
    "algorithm",
    "authority",
    "validity",
    "revoked",
    "taken_back",
    "usage",
    "subject",
    "signature",
    "size",
    "secret",
    "unread",
]
_SAID: dict[Fault, Message] = {
    "challenge": N_(
        "这次登录的挑战码已超时、已用过，或者不是在这个浏览器上取得的。请用下面新的挑战码重新签名。"
    ),
    "certificate": N_("没有读到证书。请选择证书文件（PEM 或者 DER 格式），或者粘贴它的全部内容。"),
    "algorithm": N_("证书的算法不受支持。请使用本市电子认证机构签发的 SM2 或者 P-256 证书。"),
    "authority": N_("这张证书不是本市认可的电子认证机构签发的。请使用本市签发的单位证书。"),
    "validity": N_("证书还没有生效，或者已经过期。请到电子认证机构更新后再登录。"),
    "revoked": N_("证书已被吊销。请到电子认证机构办理新的证书。"),
    "taken_back": N_(
        "单位已经停用这张证书。请用单位的其他证书登录；仍要用证书的，请到电子认证机构办理新的，或者请经办人以本人登录办理。"
    ),
    "usage": N_("这张证书不是用于单位登录的。请使用单位登录证书。"),
    "subject": N_("证书里没有单位的统一社会信用代码或者保管人姓名。请到电子认证机构更换证书。"),
    "signature": N_("签名与挑战码或者证书不符。请用这张证书的密钥，对下面的挑战码重新签名。"),
    "size": N_("文件超过 16 KB，不是证书或者签名。请重新选择。"),
    "secret": N_(
        "您提交的内容里有私钥，我们没有保存。私钥只能留在您自己的密钥设备里：请只提交证书或者签名；私钥如果已经给过别人，请尽快更换证书。"
    ),
    "unread": N_(
        "没有读到签名。签名是 Base64、PEM 或者 DER 格式，由密钥软件对下面的挑战码签出，不是证书文件。"
    ),
}


class Challenge(msgspec.Struct, frozen=True, array_like=True):
    """What is to be signed 挑战码: single use, of one browser, for two minutes."""

    browser: bytes
    at: datetime
    nonce: bytes

    @property
    def text(self) -> str:
        """The words that are signed: they say what they are for, so that no signature for something else fits."""
        return f"tongban-firm-log-in:{self.nonce.hex()}"

    @property
    def hash(self) -> bytes:
        """By which it is known to be used up."""
        return hashlib.sha256(self.text.encode()).digest()


class Certified(msgspec.Struct, frozen=True):
    """What a certificate that holds says: the firm's code, its keeper's name, its serial number, until when."""

    code: str
    keeper: str
    serial: str
    until: datetime


class CertificateRefused(Invalid):
    """The firm's certificate does not log in; ``why`` is for the ledger, the sentence says what to do."""

    def __init__(self, why: Fault, place: str = "") -> None:
        place = place or ("signature" if why in ("challenge", "signature", "unread") else "certificate")
        super().__init__("certificate-refused", N_("单位证书登录没有成功。"), fields={place: _SAID[why]})
        self.why = why


class FirmUnbound(Invalid):
    """The certificate is in order, but the firm has no account here, or is no more."""

    def __init__(self) -> None:
        super().__init__(
            "firm-unbound",
            N_("单位证书登录没有成功。"),
            fields={
                "certificate": N_(
                    "这个单位还没有开通账户，或者已经不再存续。请法定代表人先以本人登录，在“代办与授权”绑定单位。"
                )
            },
        )


class AuthorityAway(Unavailable):
    """Nobody says whether the certificate was revoked."""

    def __init__(self) -> None:
        super().__init__(
            "authority-away",
            N_("电子认证机构没有应答，无法确认证书是否有效。请几分钟后再试，或者请经办人以本人登录办理。"),
            retry_after=60,
        )


def _browser(secret: str) -> bytes:
    return hashlib.sha256(b"firm." + secret.encode()).digest()


def begun(*, browser: str, now: datetime) -> Challenge:
    """A fresh challenge; ``browser`` is the secret of the cookie that it belongs to."""
    return Challenge(_browser(browser), now, secrets.token_bytes(32))


def challenge_token(challenge: Challenge) -> str:
    """The challenge as one opaque word for the form."""
    sealed = keys.current().seal(msgspec.msgpack.encode(challenge), _CONTEXT)
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def challenge_of(token: str, *, browser: str, now: datetime) -> Challenge:
    """The challenge again; raises CertificateRefused when it is not ours, another browser's, or too old."""
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        found = msgspec.msgpack.decode(keys.current().open(sealed, _CONTEXT), type=Challenge)
    except (ValueError, msgspec.MsgspecError, keys.SealBroken) as broken:
        raise CertificateRefused("challenge") from broken
    if found.browser != _browser(browser) or not found.at <= now < found.at + LIFETIME:
        raise CertificateRefused("challenge")
    return found


def is_national(certificate: x509.Certificate) -> bool:
    """Whether it was issued by SM2 国密; raises CertificateRefused where it is of no algorithm that is taken."""
    if certificate.signature_algorithm_oid == sm2.SM2_WITH_SM3 and sm2.point_of(certificate) is not None:
        return True
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as unknown:
        raise CertificateRefused("algorithm") from unknown
    ours = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    if not ours or certificate.signature_algorithm_oid != SignatureAlgorithmOID.ECDSA_WITH_SHA256:
        raise CertificateRefused("algorithm")
    return False


def certified(
    certificate: x509.Certificate,
    *,
    issuing: x509.Certificate,
    anchors: tuple[x509.Certificate, ...],
    revoked: x509.CertificateRevocationList,
    now: datetime,
) -> Certified:
    """What the certificate says, when it holds now: its chain, its days, its use, and that nobody took it back.

    ``anchors`` are the roots that the city believes. Raises CertificateRefused; AuthorityAway for a list that is not of
    today or not the authority's.
    """
    if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
        raise CertificateRefused("validity")
    _must_be_under(certificate, issuing, anchors, now=now)
    _must_log_in(certificate)
    if not _lists(revoked, issuing) or (revoked.next_update_utc or now) <= now:
        raise AuthorityAway
    if revoked.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
        raise CertificateRefused("revoked")
    return _subject(certificate)


def taken_back(
    *,
    issuing: x509.Certificate,
    anchors: tuple[x509.Certificate, ...],
    revoked: x509.CertificateRevocationList,
    now: datetime,
) -> list[str]:
    """The serials of all certificates that the authority has taken back. Raises AuthorityAway for a list that is not of
    today or not that of an authority under the roots that the city believes."""
    ours = any(_issued(issuing, root) for root in anchors) and _lists(revoked, issuing)
    if not ours or (revoked.next_update_utc or now) <= now:
        raise AuthorityAway
    return [f"{one.serial_number:x}" for one in revoked]


def _must_be_under(
    certificate: x509.Certificate,
    issuing: x509.Certificate,
    anchors: tuple[x509.Certificate, ...],
    *,
    now: datetime,
) -> None:
    if not _issued(certificate, issuing):
        raise CertificateRefused("authority")
    for root in anchors:
        valid = all(one.not_valid_before_utc <= now < one.not_valid_after_utc for one in (issuing, root))
        if valid and _issued(issuing, root):
            return
    raise CertificateRefused("authority")


def _issued(below: x509.Certificate, above: x509.Certificate) -> bool:
    """Whether one certificate stands directly under another, by either algorithm."""
    if below.signature_algorithm_oid == sm2.SM2_WITH_SM3:
        return below.issuer == above.subject and _signed_by_sm2(
            above, below.tbs_certificate_bytes, below.signature
        )
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _lists(revoked: x509.CertificateRevocationList, issuing: x509.Certificate) -> bool:
    """Whether the list of what was revoked is the authority's own."""
    if revoked.signature_algorithm_oid == sm2.SM2_WITH_SM3:
        return _signed_by_sm2(issuing, revoked.tbs_certlist_bytes, revoked.signature)
    try:
        key = issuing.public_key()
    except UnsupportedAlgorithm:
        return False
    return isinstance(key, ec.EllipticCurvePublicKey) and revoked.is_signature_valid(key)


def _signed_by_sm2(certificate: x509.Certificate, message: bytes, signature: bytes) -> bool:
    point = sm2.point_of(certificate)
    try:
        return point is not None and sm2.holds(point, message, signature)
    except sm2.NoSm2 as missing:
        raise CertificateRefused("algorithm") from missing


def _must_log_in(certificate: x509.Certificate) -> None:
    """An organ's seal, or the certificate of one act, opens no account."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        signs = certificate.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
    except (x509.ExtensionNotFound, ValueError) as other:
        raise CertificateRefused("usage") from other
    if ExtendedKeyUsageOID.CLIENT_AUTH not in usage or not signs:
        raise CertificateRefused("usage")


def _subject(certificate: x509.Certificate) -> Certified:
    codes = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if len(codes) != 1 or len(names) != 1 or not str(codes[0].value).startswith(_CODE):
        raise CertificateRefused("subject")
    return Certified(
        str(codes[0].value).removeprefix(_CODE),
        str(names[0].value),
        f"{certificate.serial_number:x}",
        certificate.not_valid_after_utc,
    )


def must_be_signed(challenge: Challenge, certificate: x509.Certificate, signature: bytes) -> None:
    """Raise CertificateRefused unless the signature (DER, or 64 bytes r‖s) is this key's of this challenge."""
    message = challenge.text.encode()
    if is_national(certificate):
        if not _signed_by_sm2(certificate, message, signature):
            raise CertificateRefused("signature")
        return
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    if len(signature) == 64:
        signature = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    try:
        key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as wrong:
        raise CertificateRefused("signature") from wrong


def certificate_hash(serial: str) -> bytes:
    """The HMAC by which the power of one certificate is found."""
    return keys.current().blind_index("certificate", serial)
