"""Licences of a grown demo city: valid ones, identified, sealed and signed like any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tongban import audit, regions
from tongban.kit import clock, keys
from tongban.kit.db import Bulk, Database
from tongban.kit.ids import bucket_of, id_at
from tongban.kit.policy import SYSTEM
from tongban.licences import store
from tongban.licences.actions.types import licence_type
from tongban.licences.actions.validity import VERIFIABLE_FOR, VERIFIED_FIELDS, VERIFYING_BASIS
from tongban.licences.model import Licence, LicenceType, State, last_day, make, sealed, signed


class Founding(NamedTuple):
    """Whose licence, on which decision, by whom, and when it was issued. ``face`` as :func:`issuing` takes claims."""

    holder: UUID
    name: str
    id_number: str
    reference: UUID
    department: str
    face: Mapping[str, Any]
    serial: str
    decided_at: datetime
    issued_at: datetime


async def many(db: Database, foundings: Iterable[Founding], *, type_code: str) -> list[Bulk]:
    """The licences of synthetic decisions, each with its ledger row and the purpose that lets it be verified."""
    kind = await licence_type(db, type_code)
    made = [_licence(kind, one, (await regions.department(db, one.department)).uscc) for one in foundings]
    return [*store.many(made), *audit.many(map(_act, made), ((_verifying(one), None) for one in made))]


def _licence(kind: LicenceType, one: Founding, uscc: str) -> Licence:
    ring, today = keys.current(), clock.city_day(one.issued_at)
    licence = id_at(bucket_of(one.holder), one.decided_at)
    face = msgspec.json.encode(dict(one.face), order="sorted").decode()
    return signed(
        Licence(
            bucket=bucket_of(one.holder),
            id=licence,
            holder=one.holder,
            type_code=kind.code,
            reference=one.reference,
            state=State.VALID,
            revision=2,
            version=1,
            identifier=make(type_code=kind.code, issuer=uscc, serial=one.serial, version=1),
            number=one.serial,
            holder_name_sealed=sealed(ring, licence, "holder_name", one.name),
            holder_code_sealed=sealed(ring, licence, "holder_code", one.id_number),
            face_sealed=sealed(ring, licence, "face", face),
            issuer_uscc=uscc,
            issuer_code=one.department,
            issued_at=one.issued_at,
            valid_from=today,
            valid_until=last_day(kind, today),
            shown={},
            state_changed_at=one.issued_at,
            state_reason="",
            signed_by="",
            signature=b"",
        ),
        ring,
    )


def _act(one: Licence) -> audit.Act:
    assert one.issued_at is not None
    detail = {"licence": str(one.id), "identifier": one.identifier, "revision": one.revision}
    return audit.Act(
        *(SYSTEM, "licences.issue", one.holder, one.reference, None, "act", one.issued_at, detail)
    )


def _verifying(one: Licence) -> audit.Purpose:
    assert one.issued_at is not None
    return audit.Purpose(
        *(one.id, one.holder, "own_act", str(one.id), one.type_code, tuple(VERIFIED_FIELDS)),
        *(VERIFYING_BASIS, one.issued_at, one.issued_at + VERIFIABLE_FOR),
    )
