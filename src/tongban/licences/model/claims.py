"""What the QR of a licence says: few signed words, none of which opens a life.

The token is a compact JWS (RFC 7515, ES256); anyone with the published key reads and checks it offline
(``docs/verify_licence.py``). It tells what was issued, not whether it still stands: that is asked online.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.kit import papers
from tongban.licences.model.licence import Licence

VERSION = 1


class Claims(msgspec.Struct, frozen=True):
    """The claims of a licence's token.

    ``id`` the identifier, ``ref`` the licence's place in the register, ``name`` the masked name, ``h`` 16 bits of a
    salted hash of name and ID number, ``iss`` the issuer's USCC, ``issued`` and ``until`` city days, ``iat`` Unix
    seconds. ``h`` lets a verifier who holds the ID card see that the code is this person's (one chance in 65,536 of
    a false fit); it is kept so short that it cannot give an ID number away.
    """

    v: int
    id: str
    ref: UUID
    type: str
    name: str
    h: str
    iss: str
    issued: str
    iat: int
    until: str | None = None


def claims_of(
    licence: Licence, *, name: str, id_number: str, type_name: str, now: datetime
) -> dict[str, Any]:
    """The claims for a licence's QR; raises ValueError while its card is in making."""
    if licence.identifier is None or licence.valid_from is None or licence.issuer_uscc is None:
        raise ValueError("a licence in making has no code to show")
    claims = Claims(
        v=VERSION,
        id=licence.identifier,
        ref=licence.id,
        type=type_name,
        name=papers.mask_name(name),
        h=short_hash(licence.id, name, id_number),
        iss=licence.issuer_uscc,
        issued=licence.valid_from.isoformat(),
        until=licence.valid_until.isoformat() if licence.valid_until else None,
        iat=int(now.astimezone(UTC).timestamp()),
    )
    built: dict[str, Any] = msgspec.to_builtins(claims)
    return {key: value for key, value in built.items() if value is not None}


def short_hash(salt: UUID, name: str, id_number: str) -> str:
    """Four hex digits of SHA-256 over the licence's id, the name and the ID number."""
    return hashlib.sha256(f"{salt}.{name}.{id_number}".encode()).hexdigest()[:4]


def masked_number(id_number: str) -> str:
    """310101199001012817 → 3101 **** **** 2817; too short to mask gives stars only."""
    return f"{id_number[:4]} **** **** {id_number[-4:]}" if len(id_number) >= 15 else "****"
