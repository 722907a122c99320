"""SQL of interested persons: the row that names one, in her bucket; what she reads of the case; who are told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.cases.model import Case, State
from tongban.cases.model.hearing import Hearing
from tongban.cases.store.reading import C_COLUMNS, case_from
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of


class InterestRow(msgspec.Struct, frozen=True):
    """Who an interested person is: ``person`` her account's id where she has one (``account``), else an id of nobody.

    ``sealed`` are her name, number and address; ``purpose`` that of her reading of the case, ``own_purpose`` that of
    the department's reading of her, None without an account.
    """

    person: UUID
    case_id: UUID
    applicant: UUID
    seat: int
    account: bool
    sealed: bytes
    purpose: UUID
    own_purpose: UUID | None
    told_at: datetime


_COLUMNS = "person, case_id, applicant, seat, account, sealed, purpose, own_purpose, told_at"
_NAMED = f"""INSERT INTO cases.interested (bucket, {_COLUMNS})
    SELECT $1::smallint, $2::uuid, $3::uuid, $4::uuid, $5::smallint, $6::boolean, $7::bytea, $8::uuid, $9::uuid,
        $10::timestamptz FROM guard"""
_NAMED_ANEW = f"""{_NAMED} ON CONFLICT (bucket, person, case_id) DO UPDATE SET seat = EXCLUDED.seat,
    sealed = EXCLUDED.sealed, purpose = EXCLUDED.purpose, own_purpose = EXCLUDED.own_purpose,
    told_at = EXCLUDED.told_at"""


def naming(row: InterestRow, *, anew: bool) -> Part:
    """Part: the row that names her. ``anew``: the case knows nobody any more, and one of before is taken over; else a
    second telling of the same account violates ``interested_pkey``."""
    return Part(_NAMED_ANEW if anew else _NAMED, (bucket_of(row.person), *msgspec.structs.astuple(row)))


async def interest_of(db: Database, *, case_id: UUID, person: UUID) -> InterestRow | None:
    """A person's own row of this case, if she has one."""
    row = await db.row(
        f"""SELECT {_COLUMNS} FROM cases.interested WHERE bucket = $1 AND person = $2 AND case_id = $3 AND account""",
        bucket_of(person),
        person,
        case_id,
    )
    return InterestRow(*row.values()) if row else None


async def interested_of(db: Database, *, case_id: UUID) -> list[InterestRow]:
    """Everybody whom the case names, by seat."""
    rows = await db.rows(
        f"""-- across people: those whom one case names are found by its id (interested_case)
        SELECT {_COLUMNS} FROM cases.interested WHERE case_id = $1 ORDER BY seat""",
        case_id,
    )
    return [InterestRow(*row.values()) for row in rows]


async def case_of_interest(db: Database, *, case_id: UUID, person: UUID) -> tuple[Case, int] | None:
    """The case for the act of a person whom it names, and her seat in it."""
    row = await db.row(
        f"""SELECT {C_COLUMNS}, i.seat AS her_seat FROM cases.interested i
        JOIN cases."case" c ON c.bucket = $1 AND c.id = i.case_id
        WHERE i.bucket = $2 AND i.person = $3 AND i.case_id = $4 AND i.account""",
        bucket_of(case_id),
        bucket_of(person),
        person,
        case_id,
    )
    return (case_from(row), row["her_seat"]) if row else None


class Concerned(msgspec.Struct, frozen=True):
    """What of a case concerns an interested person: no numbers, the applicant's name masked. Of the answers she is told
    what :class:`Matter` holds, which is opened apart."""

    item: str
    item_version: int
    state: State
    district: str | None
    department: str
    applicant_masked: str
    decided_at: datetime | None
    hearing: Hearing | None


def reading_concerned(case_id: UUID) -> Part:
    """Part (a guard): what concerns an interested person of the case, read with its ledger row."""
    return Part(
        """SELECT item, item_version, state, district, department, applicant_masked, decided_at, hearing, answers
        FROM cases."case" WHERE bucket = $1::smallint AND id = $2::uuid""",
        (bucket_of(case_id), case_id),
    )


def as_concerned(row: Any) -> Concerned:
    """The guard's row of :func:`reading_concerned`."""
    return msgspec.convert(dict(row), Concerned)


def reading_interest(row: InterestRow) -> Part:
    """Part (a guard): who she is, read with its ledger row by the department that delivers her notice."""
    return Part(
        """SELECT sealed FROM cases.interested
        WHERE bucket = $1::smallint AND person = $2::uuid AND case_id = $3::uuid""",
        (bucket_of(row.person), row.person, row.case_id),
    )
