"""Making a signature: PAdES B-LT with pyHanko, and over all of it a document time stamp (B-LTA).

The first stamp says when the organ signed. The second covers what proves it too, so that no byte of the file can change
unseen. Loaded by the child only.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator

import aiohttp
from asn1crypto import keys as asn1_keys
from asn1crypto import x509
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import DSSContentSettings
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import (
    CRLFetchError,
    InsufficientRevinfoError,
    OCSPFetchError,
    PathBuildingError,
    PathValidationError,
    RevokedError,
)
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tongban.kit.pades.checking import stamped_at
from tongban.kit.pades.model import Failed, Fault, Sealed, Sealing

#: How long one answer of the authority is waited for, in seconds.
_PATIENCE = 5
_AWAY = (
    TimestampRequestError,
    CRLFetchError,
    OCSPFetchError,
    InsufficientRevinfoError,
    aiohttp.ClientError,
    TimeoutError,
    ConnectionError,
)
#: Some of the former are kinds of these, and are looked for first.
_REFUSED = (PathBuildingError, PathValidationError)


class _Imprint(PdfContent):
    """The page that holds the seal's picture, as the signature's appearance."""

    def __init__(self, pdf: bytes) -> None:
        self._pdf = pdf
        super().__init__()

    def render(self) -> bytes:
        drawn = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)))
        self.resources.xobject["/Imprint"] = drawn
        left, bottom, right, top = drawn.get_object()["/BBox"]
        self.box = BoxConstraints(width=right - left, height=top - bottom)
        return b"/Imprint Do"


def sealed(sealing: Sealing) -> Sealed | Failed:
    """The sealed PDF; the paper's own bytes stay as they were, the signature is appended to them."""
    try:
        content = asyncio.run(_sealed(sealing))
    except Exception as fault:  # noqa: BLE001 - sorted by what led to it
        return _told(fault)
    at = stamped_at(content, sealing.field)
    return Sealed(content, at)


async def _sealed(sealing: Sealing) -> bytes:
    anchors = [x509.Certificate.load(der) for der in sealing.anchors]
    above = [x509.Certificate.load(der) for der in sealing.above]
    known = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    known.register_multiple(above)
    backend = AIOHttpFetcherBackend(per_request_timeout=_PATIENCE)
    try:
        context = ValidationContext(
            trust_roots=anchors,
            other_certs=above,
            allow_fetching=True,
            revocation_mode="require",
            fetcher_backend=backend,
        )
        signer = signers.PdfSigner(
            signers.PdfSignatureMetadata(
                field_name=sealing.field,
                md_algorithm="sha256",
                subfilter=SigSeedSubFilter.PADES,
                embed_validation_info=True,
                use_pades_lta=sealing.archive,
                timestamp_field_name=f"{sealing.field}-archive",
                # Without the old index of proofs: it would be written after the last stamp, uncovered.
                dss_settings=DSSContentSettings(include_vri=False),
                validation_context=context,
                reason=sealing.reason,
            ),
            signers.SimpleSigner(
                signing_cert=x509.Certificate.load(sealing.certificate),
                signing_key=asn1_keys.PrivateKeyInfo.load(sealing.key),
                cert_registry=known,
            ),
            timestamper=HTTPTimeStamper(sealing.stamp_address, timeout=_PATIENCE),
            stamp_style=_style(sealing),
            new_field_spec=_field(sealing),
        )
        made = await signer.async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(sealing.pdf)))
        return bytes(made.getvalue())
    finally:
        await backend.close()  # type: ignore[no-untyped-call]


def _style(sealing: Sealing) -> StaticStampStyle | None:
    if sealing.place is None:
        return None
    middle = AxisAlignment.ALIGN_MID
    return StaticStampStyle(
        background=_Imprint(sealing.imprint),
        background_opacity=1.0,
        background_layout=SimpleBoxLayoutRule(x_align=middle, y_align=middle, margins=Margins(0, 0, 0, 0)),
        border_width=0,
    )


def _field(sealing: Sealing) -> SigFieldSpec:
    place = sealing.place
    if place is None:
        return SigFieldSpec(sealing.field)
    box = (round(place.left), round(place.bottom), round(place.right), round(place.top))
    return SigFieldSpec(sealing.field, on_page=place.page, box=box)


def _told(fault: Exception) -> Failed:
    """What kind of fault it is, by the errors that led to it."""
    chain = list(_causes(fault))
    words = " < ".join(type(one).__name__ for one in chain)
    if any(isinstance(one, RevokedError) for one in chain):
        return Failed(Fault.REVOKED, words)
    if any(isinstance(one, _AWAY) for one in chain):
        return Failed(Fault.AWAY, words)
    if any(isinstance(one, _REFUSED) for one in chain):
        return Failed(Fault.REFUSED, words)
    if any(isinstance(one, PdfError) for one in chain):
        return Failed(Fault.UNREADABLE, words)
    return Failed(Fault.OURS, words)


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__
