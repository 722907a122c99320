"""Issuing: a decision founds a licence, the card maker's serial makes it valid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.kit import keys, outbox
from tongban.kit.db import Part
from tongban.kit.ids import bucket_of, new_id
from tongban.licences import store
from tongban.licences.model import Licence, State, sealed, signed


def issuing(
    *,
    holder: UUID,
    type_code: str,
    reference: UUID,
    issuer_uscc: str,
    issuer_code: str,
    purpose: UUID,
    face: Mapping[str, str],
    now: datetime,
    claims: Mapping[str, Any] | None = None,
) -> tuple[Part, Part]:
    """The parts that found a licence (state making, signed) and announce ``licences.making``.

    To be joined to the write of the decision: ``write(db, guard, *issuing(...))``. ``issuer_uscc`` and
    ``issuer_code`` are the issuing department's; ``purpose`` is the open purpose under which holder's name and ID
    number are then read for the card (a case's own); ``face`` is personal and goes on the card only
    (``address``, ``district``), ``claims`` is not personal and may be shown. A second licence of the same type
    for one reference raises ``asyncpg.UniqueViolationError``.
    """
    bucket = bucket_of(holder)
    ring = keys.current()
    licence_id = new_id(bucket)
    licence = signed(
        Licence(
            bucket=bucket,
            id=licence_id,
            holder=holder,
            type_code=type_code,
            reference=reference,
            state=State.MAKING,
            revision=1,
            version=1,
            identifier=None,
            number=None,
            holder_name_sealed=None,
            holder_code_sealed=None,
            face_sealed=sealed(ring, licence_id, "face", msgspec.json.encode(dict(face), order="sorted").decode()),
            issuer_uscc=issuer_uscc,
            issuer_code=issuer_code,
            issued_at=None,
            valid_from=None,
            valid_until=None,
            claims=dict(claims or {}),
            state_changed_at=now,
            state_reason="",
            signed_by="",
            signature=b"",
        ),
        ring,
    )
    return store.adding(licence), outbox.announcing(
        "licences.making",
        subject=holder,
        reference=reference,
        payload={"licence": str(licence_id), "purpose": str(purpose)},
        now=now,
    )
