"""Issuing: a decision founds a licence, the card maker's serial makes it valid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.kit import keys, outbox
from tongban.kit.db import Part
from tongban.kit.ids import bucket_of, new_id
from tongban.licences import store
from tongban.licences.model import Licence, State, premises_key, sealed, signed


class Replacing(msgspec.Struct, frozen=True, kw_only=True):
    """The licence whose place another takes 换发, by which act, and what the new one has of it or is given.

    ``number`` is kept where no card with a serial of its own is made; ``valid_from`` is None for the day of issue.
    """

    licence: UUID
    act: str
    version: int
    number: str | None
    valid_from: date | None
    valid_until: date | None


def issuing(
    *,
    holder: UUID,
    type_code: str,
    reference: UUID,
    department: str,
    holder_name: str,
    holder_code: str,
    claims: Mapping[str, Any],
    purpose: UUID | None,
    now: datetime,
    shown: Mapping[str, str] | None = None,
    number: str | None = None,
    replacing: Replacing | None = None,
    premises: str = "",
) -> tuple[Part, ...]:
    """The parts that found a licence (state making, signed) and announce ``licences.making``.

    To be joined to the write of the decision: ``write(db, guard, *issuing(...))``. ``department`` is the code of
    the issuing department. ``holder_name``, ``holder_code`` (18-character ID number) and ``claims`` (what stands
    on the card besides: ``address``, ``district``, and ``facts``, a list of :class:`Stated`) are personal and sealed;
    ``shown`` everybody may see. ``number`` is the licence's where a rule of its item makes it; else it is numbered when
    it becomes valid. ``purpose`` is the open purpose under which they go to the card maker, a case's own.
    ``replacing`` names the licence whose place it takes once it is valid. ``premises`` is the address by which it is
    found again where there is one for each premises only (``one_per`` of its type). A second licence of the same type
    for one reference, or a second one in the same place, raises ``asyncpg.UniqueViolationError``.
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
            version=replacing.version if replacing else 1,
            identifier=None,
            number=replacing.number if replacing else number,
            holder_name_sealed=sealed(ring, licence_id, "holder_name", holder_name),
            holder_code_sealed=sealed(ring, licence_id, "holder_code", holder_code),
            face_sealed=sealed(ring, licence_id, "face", face),
            issuer_uscc=None,
            issuer_code=department,
            issued_at=None,
            valid_from=replacing.valid_from if replacing else None,
            valid_until=replacing.valid_until if replacing else None,
            shown=dict(shown or {}),
            state_changed_at=now,
            state_reason="",
            signed_by="",
            signature=b"",
            replaces=replacing.licence if replacing else None,
            came_by=replacing.act if replacing else None,
        ),
        ring,
    )
    announcing = outbox.announcing(
        "licences.making",
        subject=holder,
        reference=reference,
        payload={"licence": str(licence_id), "purpose": str(purpose) if purpose else None},
        now=now,
    )
    if not premises:
        return store.adding(licence), announcing
    key = premises_key(ring, type_code=type_code, holder_code=holder_code, address=premises)
    return store.adding(licence), store.placing(licence, key), announcing
