"""The licence library 电子证照库: what was issued to whom, signed so that anybody can verify it.

The room owns licence types, licences, the index of their identifiers (GB/T 36904) and the orders to the card
maker. A decision founds a licence with :func:`issuing`, joined to its own write; the worker orders the card and
makes the licence valid when the serial comes back (event ``licences.issued``, reference = the case). Every row is
signed over all its cells, every QR is a signed token: :func:`verify` says which of the two does not hold.
"""

from tongban.licences.actions import issuing
from tongban.licences.model import Identifier, Licence, LicenceType, Malformed, MoveRefused, State, Validity, make, parse

__all__ = [
    "Identifier",
    "Licence",
    "LicenceType",
    "Malformed",
    "MoveRefused",
    "State",
    "Validity",
    "issuing",
    "make",
    "parse",
]
