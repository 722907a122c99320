"""Checking signatures with nothing but the file and the trust anchors. Loaded by children and the command line.

The model is that of PAdES B-LT as readers apply it (ISO 32000-2, 12.8.4.3; ETSI EN 319 142-1, 5.4): the time stamp
says when the signature was there, and certificate, chain and stamp are judged as of that instant by the material in the
file. That they have run out since, or that the authority is no more, changes nothing. ETSI EN 319 102-1 asks for more:
fresh word on whoever stamped, or a chain of archive time stamps. Nobody has that without a network; so it is told where
it comes to matter, when the stamp's own certificate runs out.
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asn1crypto import tsp, x509
from asn1crypto.parser import peek
from msgspec.structs import replace
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate, AdESSubIndic
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import CMSExtractionError, CMSStructuralError, find_unique_cms_attribute
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.errors import (
    NoDSSFoundError,
    SignatureValidationError,
    ValidationInfoReadingError,
)
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from tongban.kit.pades.model import Checked, Checking, Failed, Fault, Holding, Signature

_PLACE = re.compile(rb"<(?:[0-9a-f]+|[0-9A-F]+)>")
#: What a reader may stumble over in bytes that somebody made up.
_UNREADABLE = (
    *(PdfError, CMSStructuralError, CMSExtractionError, ValidationInfoReadingError, SignatureValidationError),
    *(ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError),
)
#: What pyHanko says when nobody knows the state of a certificate at the instant, as against a chain that ends nowhere.
_UNPROVEN = {
    AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE,
    AdESIndeterminate.TRY_LATER,
    AdESIndeterminate.NO_POE,
}
_REVOKED = {AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE}
#: What may follow a signature: proof for it after the last; before that the next signature's field too.
_AFTER_LAST, _BEFORE_LAST = ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING


def checked(checking: Checking) -> Checked | Failed:
    """Every signature of the PDF and how it stands; nothing is fetched, nothing is asked."""
    try:
        reader = PdfFileReader(io.BytesIO(checking.pdf))
        signatures = list(reader.embedded_regular_signatures)
        return Checked(asyncio.run(_each(checking, reader, signatures)))
    except _UNREADABLE as fault:
        return Failed(Fault.UNREADABLE, type(fault).__name__)


def stamped_at(pdf: bytes, field: str) -> datetime:
    """The instant that the time stamp of the signature ``field`` says, unchecked."""
    for signature in PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures:
        if signature.field_name == field and (info := _stamp_info(signature)) is not None:
            return _instant(info)
    raise ValueError("the signature has no time stamp")


async def _each(
    checking: Checking, reader: PdfFileReader, signatures: list[EmbeddedPdfSignature]
) -> tuple[Signature, ...]:
    last = len(signatures) - 1
    told = [await _one(checking, reader, one, last=place == last) for place, one in enumerate(signatures)]
    over_all = await _over_all(checking, reader)
    if over_all is Holding.ALTERED:
        told = [replace(one, holding=over_all, at=None, guarded_until=None) for one in told]
    elif over_all is not Holding.HOLDS:
        told = [
            replace(one, holding=over_all) if one.holding in {Holding.HOLDS, Holding.AGED} else one
            for one in told
        ]
    return tuple(told)


async def _over_all(checking: Checking, reader: PdfFileReader) -> Holding:
    """How the last document time stamp stands, which covers the whole file; where there is none, all may hold."""
    stamps = list(reader.embedded_timestamp_signatures)
    if not stamps:
        return Holding.HOLDS
    try:
        at = _instant(stamps[-1].signed_data["encap_content_info"]["content"].parsed)
        status = await async_validate_pdf_timestamp(stamps[-1], _context(checking, at, *_material(reader)))
    except _UNREADABLE:
        return Holding.ALTERED
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE and _is_tidy(checking.pdf, stamps[-1])
    if not (status.valid and status.intact and whole):
        return Holding.ALTERED
    return Holding.HOLDS if status.trusted else _untrusted(status.trust_problem_indic)


def _is_tidy(pdf: bytes, embedded: EmbeddedPdfSignature) -> bool:
    """Whether the place of the signature itself, which nothing signs, holds it in one way of writing and then zeros."""
    _, left, right, _ = embedded.byte_range
    place = pdf[left:right]
    if not _PLACE.fullmatch(place):
        return False
    content = bytes.fromhex(place[1:-1].decode("ascii"))
    return not any(content[peek(content) :])


async def _one(
    checking: Checking, reader: PdfFileReader, embedded: EmbeddedPdfSignature, *, last: bool
) -> Signature:
    told = Signature(
        field=str(embedded.field_name),
        holding=Holding.ALTERED,
        reason=_text(embedded.sig_object.get("/Reason", "")),
    )
    try:
        info = _stamp_info(embedded)
        told = _named(told, embedded.signer_cert)
    except _UNREADABLE:
        return told
    if info is None:
        return replace(told, holding=Holding.WITHOUT_PROOF)
    at = _instant(info)
    holding, unit = await _holding(checking, reader, embedded, at, last=last)
    if unit is None:
        return replace(told, holding=holding)
    until: datetime = unit.not_valid_after
    if holding is Holding.HOLDS and until < checking.at:
        holding = Holding.AGED
    return replace(told, holding=holding, at=at, guarded_until=until)


async def _holding(
    checking: Checking,
    reader: PdfFileReader,
    embedded: EmbeddedPdfSignature,
    at: datetime,
    *,
    last: bool,
) -> tuple[Holding, x509.Certificate | None]:
    """How it stands as of its own stamp, and the certificate of whoever stamped it."""
    try:
        status = await _status(checking, reader, embedded, at)
    except _UNREADABLE:
        return Holding.ALTERED, None
    if not _whole(status, last=last):
        return Holding.ALTERED, None
    stamp = status.timestamp_validity
    if stamp is None or not (stamp.valid and stamp.intact):
        return Holding.ALTERED, None
    if not stamp.trusted:
        return _untrusted(stamp.trust_problem_indic), None
    if not status.trusted:
        return _untrusted(status.trust_problem_indic), stamp.signing_cert
    if checking.lists and await _taken_back(checking, reader, embedded, at):
        return Holding.REVOKED, stamp.signing_cert
    return Holding.HOLDS, stamp.signing_cert


async def _status(
    checking: Checking, reader: PdfFileReader, embedded: EmbeddedPdfSignature, at: datetime
) -> PdfSignatureStatus:
    """pyHanko's word on the signature and its stamp as of ``at``, by the material in the file alone."""
    context = _context(checking, at, *_material(reader))
    return await async_validate_pdf_signature(embedded, context, context)


async def _taken_back(
    checking: Checking, reader: PdfFileReader, embedded: EmbeddedPdfSignature, at: datetime
) -> bool:
    """Whether newer lists say that a certificate had been taken back by ``at`` already."""
    certificates, _, lists = _material(reader)
    context = _context(checking, at, certificates, [], [*lists, *checking.lists])
    status = await async_validate_pdf_signature(embedded, context, context)
    stamp = status.timestamp_validity
    return status.trust_problem_indic in _REVOKED or (
        stamp is not None and stamp.trust_problem_indic in _REVOKED
    )


def _context(
    checking: Checking,
    at: datetime,
    certificates: Sequence[x509.Certificate],
    answers: Sequence[bytes],
    lists: Sequence[bytes],
) -> ValidationContext:
    return ValidationContext(
        trust_roots=[x509.Certificate.load(der) for der in checking.anchors],
        other_certs=certificates,
        moment=at,
        allow_fetching=False,
        crls=lists,
        ocsps=answers,
        revocation_mode="require",
        # Who asks later and is told "good" knows that it was good before: a seal is not put on hold (RFC 5280, 5.3.1).
        retroactive_revinfo=True,
    )


def _material(reader: PdfFileReader) -> tuple[list[x509.Certificate], list[bytes], list[bytes]]:
    """The certificates, OCSP answers and revocation lists of the file's security store (ISO 32000-2, 12.8.4.3)."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return [], [], []
    return (
        list(store.load_certs()),
        [one.get_object().data for one in store.ocsps],
        [one.get_object().data for one in store.crls],
    )


def _whole(status: PdfSignatureStatus, *, last: bool) -> bool:
    """Whether every byte that was signed is there, and nothing after it but proof."""
    after = status.modification_level
    return (
        status.intact
        and status.valid
        and status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
        and after is not None
        and after <= (_AFTER_LAST if last else _BEFORE_LAST)
    )


def _untrusted(why: AdESSubIndic | None) -> Holding:
    if why in _REVOKED:
        return Holding.REVOKED
    return Holding.WITHOUT_PROOF if why in _UNPROVEN else Holding.UNTRUSTED


def _stamp_info(embedded: EmbeddedPdfSignature) -> tsp.TSTInfo | None:
    """What the time stamp over the signature says, not yet believed; None when there is none."""
    try:
        tokens = find_unique_cms_attribute(
            embedded.signer_info["unsigned_attrs"], "signature_time_stamp_token"
        )
    except LookupError:
        return None
    return tokens["content"]["encap_content_info"]["content"].parsed


def _instant(info: tsp.TSTInfo) -> datetime:
    at: datetime = info["gen_time"].native
    return at


def _named(told: Signature, certificate: x509.Certificate) -> Signature:
    """With who the certificate says signed."""
    names: dict[str, Any] = certificate.subject.native
    return replace(
        told,
        signer=_text(names.get("common_name")),
        organisation=_text(names.get("organization_name")),
        identifier=_text(names.get("organization_identifier")),
    )


def _text(value: Any) -> str:
    return value[:200] if isinstance(value, str) else ""
