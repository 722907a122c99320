"""The e-seal of an organ 电子印章: a key, and the certificate that says whose it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

#: A certificate is replaced so long before it runs out.
RENEWED_BEFORE = timedelta(days=30)


class SealState(StrEnum):
    """How a seal stands; one that is retired is kept, for what it sealed names it."""

    ASKED = "asked"
    IN_USE = "in_use"
    REVOKED = "revoked"
    RETIRED = "retired"


class Seal(msgspec.Struct, frozen=True):
    """An organ's seal. ``key_sealed`` is its key (PKCS#8) sealed by the house's ring; certificates are DER."""

    id: UUID
    department: str
    state: SealState
    key_sealed: bytes
    certificate: bytes | None = None
    above: list[bytes] = []
    valid_until: datetime | None = None

    def good_at(self, now: datetime) -> bool:
        """Whether it can be used as it is."""
        return (
            self.state is SealState.IN_USE
            and self.valid_until is not None
            and self.valid_until - RENEWED_BEFORE > now
        )


def seal_place(seal: UUID) -> bytes:
    """What an organ's key is sealed to."""
    return b"licences.seal\x1fkey\x1f" + seal.bytes
