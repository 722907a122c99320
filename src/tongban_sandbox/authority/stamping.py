"""Time stamps (RFC 3161): a digest comes in, and a signed word of when it was there goes out."""

import secrets
from datetime import UTC, datetime
from typing import ClassVar

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .hierarchy import Holder

#: Our policy, from the tree that ITU-T X.667 keeps for everybody (2.25 and a UUID).
POLICY = "2.25.276918235466034741862513045391264813077"
_SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}


def stamped(request: bytes, unit: Holder) -> bytes:
    """The answer to a request (both DER): granted with a token, or refused with the reason."""
    try:
        asked = tsp.TimeStampReq.load(request, strict=True)
        imprint = asked["message_imprint"]
        algorithm, digest = imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
        wanted = asked["req_policy"].native
    except (ValueError, TypeError, KeyError):
        return _refused("bad_data_format")
    if _SIZES.get(algorithm) != len(digest):
        return _refused("bad_alg")
    if wanted not in (None, POLICY):
        return _refused("unaccepted_policy")
    certificate = x509.Certificate.load(unit.certificate.public_bytes(serialization.Encoding.DER))
    info = _info(asked, datetime.now(UTC))
    signed = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "tst_info", "content": info},
            "signer_infos": [_signer(info, certificate, unit.key)],
            **({"certificates": [certificate]} if asked["cert_req"].native else {}),
        }
    )
    token = cms.ContentInfo({"content_type": "signed_data", "content": signed})
    return bytes(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump())


def _info(asked: tsp.TimeStampReq, now: datetime) -> core.ParsableOctetString:
    told = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": asked["message_imprint"],
        "serial_number": secrets.randbits(127),
        "gen_time": now.replace(microsecond=0),
        "accuracy": {"seconds": 1},
        "ordering": False,
    }
    if asked["nonce"].native is not None:
        told["nonce"] = asked["nonce"]
    return core.ParsableOctetString(tsp.TSTInfo(told).dump())


def _signer(
    info: core.ParsableOctetString, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey
) -> cms.SignerInfo:
    whole = hashes.Hash(hashes.SHA256())
    whole.update(bytes(info))
    own = hashes.Hash(hashes.SHA256())
    own.update(certificate.dump())
    said = cms.CMSAttributes(
        [
            _attribute("content_type", "tst_info"),
            _attribute("message_digest", whole.finalize()),
            _attribute(
                "signing_certificate_v2", tsp.SigningCertificateV2({"certs": [{"cert_hash": own.finalize()}]})
            ),
        ]
    )
    # Signed is the set as DER writes it (RFC 5652, 5.4), not with the tag that it has inside the message.
    signature = key.sign(said.untag().dump(), ec.ECDSA(hashes.SHA256()))
    issuer = cms.IssuerAndSerialNumber(
        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    )
    return cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": issuer}),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": said,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": signature,
        }
    )


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


class _Refusal(core.Sequence):  # type: ignore[misc]
    """An answer without a token, which asn1crypto's own does not know (RFC 3161, 2.4.2)."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo)]


def _refused(why: str) -> bytes:
    return bytes(_Refusal({"status": {"status": "rejection", "fail_info": {why}}}).dump())
