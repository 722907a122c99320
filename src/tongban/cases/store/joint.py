"""SQL of joint applicants: the round in the case's row, an invitation in each one's bucket, the index of numbers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.cases.model import Case, CaseEvent, CaseInBrief, Correction, Edge, Joint, State
from tongban.cases.store.reading import BRIEF_COLUMNS, C_COLUMNS, CASE_COLUMNS, EVENTS, case_from, events_from
from tongban.kit.db import Database, Part
from tongban.kit.i18n import Language
from tongban.kit.ids import OWN_ACCOUNTS, bucket_of, by_bucket


class Invitation(msgspec.Struct, frozen=True):
    """What a joint applicant has been asked to confirm: which round of whose case, as which of the signers, the purpose
    under which she reads it, and whether the name beside her number is hers."""

    case_id: UUID
    applicant: UUID
    round: int
    seat: int
    purpose: UUID
    name_fits: bool
    asked_at: datetime


def laying_before(case: Case, joint: Joint, *, language: Language) -> Part:
    """Part (a guard): draft to confirming, with whom it waits for and in which language it will be filed."""
    return Part(
        """UPDATE cases."case" SET state = 'confirming', version = version + 1, joint = $4, language = $5
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = 'draft' RETURNING id, version""",
        (case.bucket, case.id, case.version, msgspec.to_builtins(joint), language),
    )


def keeping_word(case: Case, edge: Edge, joint: Joint) -> Part:
    """Part (a guard): a signature, or one taken back, or a wish to withdraw; the state stays."""
    return Part(
        """UPDATE cases."case" SET version = version + 1, joint = $5
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (case.bucket, case.id, case.version, str(edge.source), msgspec.to_builtins(joint)),
    )


def passing_round(case: Case, joint: Joint, correction: Correction) -> Part:
    """Part (a guard): a correction laid before the others, a word on it, or the end of that; the state stays."""
    return Part(
        """UPDATE cases."case" SET version = version + 1, joint = $4, correction = $5
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = 'correcting' RETURNING id, version""",
        (case.bucket, case.id, case.version, msgspec.to_builtins(joint), msgspec.to_builtins(correction)),
    )


def reopening(case: Case, joint: Joint, *, purpose: UUID, now: datetime) -> Part:
    """Part (a guard): confirming to draft; what was typed stays, the draft's time begins anew under a new purpose."""
    return Part(
        """UPDATE cases."case" SET state = 'draft', version = version + 1, joint = $4, purpose = $5, opened_at = $6
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = 'confirming' RETURNING id, version""",
        (case.bucket, case.id, case.version, msgspec.to_builtins(joint), purpose, now),
    )


def indexing(case: Case, joint: Joint) -> Part:
    """Part: by whose numbers the case is found while it waits for them."""
    return Part(
        """INSERT INTO cases.party_index (hash, case_id)
        SELECT decode(h, 'hex'), $2::uuid FROM guard, unnest($1::text[]) AS h ON CONFLICT DO NOTHING""",
        ([one.hash for one in joint.signers], case.id),
    )


def unindexing(case: Case) -> Part:
    """Part: the case waits for nobody any more."""
    return Part(
        "DELETE FROM cases.party_index USING guard WHERE party_index.case_id = $1::uuid",
        (case.id,),
    )


async def waiting_for(db: Database, hashes: list[bytes]) -> list[UUID]:
    """The cases that wait for the person with this number; ``hashes`` are the spellings of its hash."""
    rows = await db.rows(
        "SELECT DISTINCT case_id FROM cases.party_index WHERE hash = ANY($1) ORDER BY case_id", hashes
    )
    return [row["case_id"] for row in rows]


def inviting(case: Case, person: UUID, *, seat: int, name_fits: bool, now: datetime) -> Part:
    """Part (a guard): the invitation in the invited one's bucket; nothing for a round that she knows of already."""
    assert case.joint is not None
    return Part(
        """INSERT INTO cases.party AS p (bucket, person, case_id, applicant, round, seat, purpose, name_fits, asked_at)
        VALUES ($1::smallint, $2::uuid, $3::uuid, $4::uuid, $5::integer, $6::smallint, $7::uuid, $8::boolean,
            $9::timestamptz)
        ON CONFLICT (bucket, person, case_id) DO UPDATE SET round = EXCLUDED.round, seat = EXCLUDED.seat,
            purpose = EXCLUDED.purpose, name_fits = EXCLUDED.name_fits, asked_at = EXCLUDED.asked_at
        WHERE p.round < EXCLUDED.round RETURNING p.case_id""",
        (
            *(bucket_of(person), person, case.id, case.applicant, case.joint.round, seat),
            *(case.joint.purpose, name_fits, now),
        ),
    )


def uninviting(case_id: UUID, person: UUID, *, round_: int) -> Part:
    """Part (a guard): the invitation of a round that is over goes; nothing where a later one has taken its place."""
    return Part(
        """DELETE FROM cases.party
        WHERE bucket = $1::smallint AND person = $2::uuid AND case_id = $3::uuid AND round = $4::integer
        RETURNING case_id""",
        (bucket_of(person), person, case_id, round_),
    )


async def invitation(db: Database, *, case_id: UUID, person: UUID) -> Invitation | None:
    """A person's own invitation to this case, if she has one."""
    row = await db.row(
        """SELECT case_id, applicant, round, seat, purpose, name_fits, asked_at FROM cases.party
        WHERE bucket = $1 AND person = $2 AND case_id = $3""",
        bucket_of(person),
        person,
        case_id,
    )
    return Invitation(*row.values()) if row else None


async def invitations(db: Database, *, accounts: Sequence[UUID], limit: int) -> list[Invitation]:
    """A person's invitations, the newest first: those that are open, and those of cases that she has signed."""
    rows = await db.rows(
        f"""SELECT one.* FROM {OWN_ACCOUNTS} CROSS JOIN LATERAL (
            SELECT case_id, applicant, round, seat, purpose, name_fits, asked_at FROM cases.party
            WHERE bucket = own.bucket AND person = own.account ORDER BY case_id DESC LIMIT $3
        ) one ORDER BY one.case_id DESC LIMIT $3""",
        *by_bucket(accounts),
        limit,
    )
    return [Invitation(*row.values()) for row in rows]


async def cases_in_brief(db: Database, ids: Sequence[UUID]) -> list[CaseInBrief]:
    """These cases without their contents, wherever they lie."""
    rows = await db.rows(
        f"""SELECT {BRIEF_COLUMNS} FROM cases."case"
        WHERE (bucket, id) IN (SELECT * FROM unnest($1::smallint[], $2::uuid[])) ORDER BY id DESC""",
        [bucket_of(one) for one in ids],
        list(ids),
    )
    return [msgspec.convert(dict(row), CaseInBrief) for row in rows]


async def case_laid_before(db: Database, invited: Invitation) -> Case | None:
    """The case of an invitation, in its round, for the invited one's own act."""
    row = await db.row(
        f"""SELECT {CASE_COLUMNS} FROM cases."case"
        WHERE bucket = $1 AND id = $2 AND (joint->>'round')::integer = $3""",
        bucket_of(invited.case_id),
        invited.case_id,
        invited.round,
    )
    return case_from(row) if row else None


def reading_together(invited: Invitation, *, states: Collection[State]) -> Part:
    """Part (a guard): the case of an invitation with its steps, in its round and one of these states, for the invited
    one to read."""
    return Part(
        f"""SELECT {C_COLUMNS}, {EVENTS} FROM cases."case" c
        WHERE c.bucket = $1::smallint AND c.id = $2::uuid AND (c.joint->>'round')::integer = $3::integer
        AND c.state = ANY($4::text[])""",
        (
            *(bucket_of(invited.case_id), invited.case_id, invited.round),
            [str(state) for state in states],
        ),
    )


def as_read_together(row: Any) -> tuple[Case, list[CaseEvent]]:
    """The guard's row of :func:`reading_together` as a case with its steps."""
    return case_from(row), events_from(row)
