"""Issuing: a decision founds a licence, the card maker's serial makes it valid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
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
    department: str,
    holder_name: str,
    holder_code: str,
    claims: Mapping[str, str],
    purpose: UUID | None,
    now: datetime,
    shown: Mapping[str, str] | None = None,
) -> tuple[Part, Part]:
    """The parts that found a licence (state making, signed) and announce ``licences.making``.

    To be joined to the write of the decision: ``write(db, guard, *issuing(...))``. ``department`` is the code of
    the issuing department. ``holder_name``, ``holder_code`` (18-character ID number) and ``claims`` (what stands
    on the card besides: ``address``, ``district``) are personal and sealed; ``shown`` everybody may see.
    ``purpose`` is the open purpose under which they go to the card maker, a case's own. A second licence of the
    same type for one reference raises ``asyncpg.UniqueViolationError``.
    """
    bucket = bucket_of(holder)
    ring = keys.current()
    licence_id = new_id(bucket)
    face = msgspec.json.encode(dict(claims), order="sorted").decode()
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
            holder_name_sealed=sealed(ring, licence_id, "holder_name", holder_name),
            holder_code_sealed=sealed(ring, licence_id, "holder_code", holder_code),
            face_sealed=sealed(ring, licence_id, "face", face),
            issuer_uscc=None,
            issuer_code=department,
            issued_at=None,
            valid_from=None,
            valid_until=None,
            shown=dict(shown or {}),
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
        payload={"licence": str(licence_id), "purpose": str(purpose) if purpose else None},
        now=now,
    )
