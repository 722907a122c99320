"""A ledger entry and its hash: what is hashed, in which spelling."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

EntryKind = Literal["act", "read"]

#: RFC 6962 §2.1: leaves and inner nodes are hashed in different domains, so that neither passes for the other.
LEAF = b"\x00"

_encode = msgspec.json.Encoder(order="sorted").encode

#: A value that is nothing but a resident ID number (GB 11643) or a mobile number.
_PERSONAL = re.compile(
    rb'"(?:[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]|1[3-9]\d{9})"'
)


class PersonalDataInLedger(ValueError):  # noqa: N818 - named for what was about to happen
    """A detail holds an ID or phone number: the ledger is kept for good and must not."""


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One line of the ledger 台账: who did or read what of whose affair, why and when.

    The order of the fields is the order in which they are hashed; it never changes. ``at`` is UTC;
    ``actor_name`` is empty for residents (their names stay out of the ledger), ``reference`` is what it
    was about (a case), ``detail`` holds codes and counts, no personal data and no fractions.
    """

    bucket: int
    id: UUID
    at: datetime
    kind: str
    actor_role: str
    actor: UUID | None
    actor_name: str
    department: str | None
    action: str
    subject: UUID
    reference: str
    purpose: UUID | None
    detail: dict[str, Any] | None

    @property
    def hashed_text(self) -> bytes:
        """The entry as a JSON array, names in ``detail`` sorted."""
        return _encode(self)

    @property
    def hash(self) -> bytes:
        """SHA-256 over 0x00 and the entry's text: a Merkle leaf as it is."""
        return hashlib.sha256(LEAF + _encode(self)).digest()


def check_detail(detail: Mapping[str, Any]) -> None:
    """Refuse what must not, or could not verifiably, lie in the ledger.

    Raises PersonalDataInLedger for ID and phone numbers, TypeError for fractions: jsonb may write them
    otherwise than they were hashed.
    """
    written = _encode(detail)
    if _PERSONAL.search(written):
        raise PersonalDataInLedger("a ledger detail holds an ID or phone number")
    _no_fractions(msgspec.json.decode(written))


def _no_fractions(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("a ledger detail holds no fractions; write minor units or text")
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return
    for inner in value:
        _no_fractions(inner)
