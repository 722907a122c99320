"""The licence library 电子证照库: what was issued to whom, signed so that anybody can verify it.

The room owns licence types, licences, the index of their identifiers (GB/T 36904) and the orders to the card
maker. A decision founds a licence with :func:`issuing`, joined to its own write; the worker orders the card and
makes the licence valid when the serial comes back (event ``licences.issued``, reference = the case). Every row is
signed over all its cells, every QR is a signed token: :func:`verify` says which of the two does not hold. Whoever
verifies leaves a ledger row that the holder sees.
"""

from tongban.licences.actions import (
    Face,
    Founded,
    cancel,
    code_of,
    expire,
    founded_by,
    held,
    holds,
    issuing,
    library,
    licence_type,
    listed_sources,
    load,
    resume,
    revoke,
    suspend,
    type_name,
    verify,
)
from tongban.licences.model import (
    POLICY,
    Finding,
    Identifier,
    Licence,
    LicenceMovedOn,
    LicenceType,
    LicenceUnknown,
    Malformed,
    MoveRefused,
    ReasonMissing,
    RowAltered,
    Shown,
    State,
    Validity,
    Verdict,
    VerifyingTooFast,
    make,
    parse,
)
from tongban.licences.store import backlog
from tongban.licences.store.licences import holdings

__all__ = [
    "POLICY",
    "Face",
    "Finding",
    "Founded",
    "Identifier",
    "Licence",
    "LicenceMovedOn",
    "LicenceType",
    "LicenceUnknown",
    "Malformed",
    "MoveRefused",
    "ReasonMissing",
    "RowAltered",
    "Shown",
    "State",
    "Validity",
    "Verdict",
    "VerifyingTooFast",
    "backlog",
    "cancel",
    "code_of",
    "expire",
    "founded_by",
    "held",
    "holdings",
    "holds",
    "issuing",
    "library",
    "licence_type",
    "listed_sources",
    "load",
    "make",
    "parse",
    "resume",
    "revoke",
    "suspend",
    "type_name",
    "verify",
]
