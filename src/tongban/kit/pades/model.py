"""What sealing and checking take and give. No I/O."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from tongban.kit.pdf.model import Place


class Sealing(msgspec.Struct, frozen=True, kw_only=True, tag="sealing"):
    """A PDF to be sealed, and by whom. Certificates and ``key`` (PKCS#8) are DER.

    ``above`` is the chain from the issuer up, ``anchors`` whom we trust: nothing is signed under a chain that does
    not end there. ``stamp_address`` is the time-stamp authority. ``imprint`` is a PDF of one page that is drawn at
    ``place``; without a place nothing is seen of the signature. ``field`` names it within the PDF. ``archive``: a
    stamp over all of it follows; not where another signature does.
    """

    pdf: bytes
    field: str
    key: bytes
    certificate: bytes
    above: tuple[bytes, ...]
    anchors: tuple[bytes, ...]
    stamp_address: str
    reason: str
    place: Place | None = None
    imprint: bytes = b""
    archive: bool = True


class Sealed(msgspec.Struct, frozen=True, tag="sealed"):
    """The sealed PDF, and the instant that its time stamp says."""

    content: bytes
    at: datetime


class Checking(msgspec.Struct, frozen=True, kw_only=True, tag="checking"):
    """A PDF to be checked under ``anchors`` (DER) as of ``at``; ``lists`` are newer revocation lists (CRL, DER)."""

    pdf: bytes
    anchors: tuple[bytes, ...]
    at: datetime
    lists: tuple[bytes, ...] = ()


class Holding(StrEnum):
    """How one signature stands."""

    HOLDS = "holds"
    #: The bytes that it covers are others, or what came after it is more than proof.
    ALTERED = "altered"
    #: Its certificate, or that of its time stamp, does not lead to whom we trust.
    UNTRUSTED = "untrusted"
    #: The certificate had been taken back when it signed.
    REVOKED = "revoked"
    #: Something of what proves it later is not in the file.
    WITHOUT_PROOF = "without-proof"
    #: All of it holds, but the time stamp's own certificate has run out: what guards it has to be renewed by then.
    AGED = "aged"


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """One signature of a PDF. ``signer`` and ``organisation`` are as its certificate says, empty when unreadable.

    ``at`` is the instant of its time stamp and ``guarded_until`` when that stamp's certificate runs out, None where no
    good stamp says so. ``identifier`` is the organisation's (ETSI EN 319 412-1, 5.1.4).
    """

    field: str
    holding: Holding
    signer: str = ""
    organisation: str = ""
    identifier: str = ""
    reason: str = ""
    at: datetime | None = None
    guarded_until: datetime | None = None


class Checked(msgspec.Struct, frozen=True, tag="checked"):
    """The signatures of a PDF, in the order in which they were made; none of one that nobody signed."""

    signatures: tuple[Signature, ...]


class Fault(StrEnum):
    """Why nothing came of it."""

    #: The time stamp or the state of a certificate could not be fetched: to be tried again.
    AWAY = "away"
    #: The authority has taken the signing certificate back.
    REVOKED = "revoked"
    #: A certificate has run out, or does not lead to whom we trust.
    REFUSED = "refused"
    #: It is no PDF that can be read.
    UNREADABLE = "unreadable"
    #: A fault of ours.
    OURS = "ours"


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """What the child says of a fault; ``words`` are the error's type and place, nothing of the paper."""

    fault: Fault
    words: str
