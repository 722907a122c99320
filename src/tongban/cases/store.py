"""SQL of the cases room, on its own schema. Each function is one statement, or one part of a write."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tongban.cases.model import Case, CaseEvent, Correction, DeskRow, Edge, Move, State
from tongban.kit.db import Database, Part
from tongban.kit.i18n import Language
from tongban.kit.ids import bucket_of
from tongban.kit.policy import Actor, Role
from tongban.kit.rules import Outcome

_COLUMNS = """bucket, id, applicant, item, item_version, state, version, department, district,
    applicant_masked, number, short_code, answers, facts, finding, purpose, opened_at, submitted_at,
    accepted_at, decided_at, closed_at, accept_due, promise_due, statutory_due, reason, language, correction, warn_at"""
_UNFOUND = _COLUMNS.replace("finding", "NULL::jsonb AS finding")
_C_COLUMNS = ", ".join(f"c.{name.strip()}" for name in _COLUMNS.split(","))


class FoundBy(NamedTuple):
    """The hash of the rule that a finding followed, and its day; both None where there is none."""

    rules: str | None
    today: date | None


def _case(row: Any) -> Case:
    return msgspec.convert({name: row[name] for name in Case.__struct_fields__}, Case)


def adding_draft(case: Case) -> Part:
    """Part (a guard): the birth of a draft; nothing when a living case of this item exists already."""
    return Part(
        """INSERT INTO cases."case" (bucket, id, applicant, item, item_version, state, version,
            applicant_masked, answers, facts, purpose, opened_at)
        VALUES ($1, $2, $3, $4, $5, 'draft', 1, $6, $7, $8, $9, $10)
        ON CONFLICT (bucket, applicant, item)
        WHERE state IN ('draft', 'submitted', 'correcting', 'accepted', 'issuing')
        DO NOTHING RETURNING id""",
        (
            case.bucket,
            case.id,
            case.applicant,
            case.item,
            case.item_version,
            case.applicant_masked,
            case.answers,
            case.facts,
            case.purpose,
            case.opened_at,
        ),
    )


def saving_draft(
    case: Case, *, answers: dict[str, Any], facts: dict[str, Any], finding: Outcome | None
) -> Part:
    """Part (a guard): what was typed and what the registers said, guarded by the draft's version."""
    return Part(
        """UPDATE cases."case" SET answers = $4, facts = $5, finding = $6, version = version + 1
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = 'draft' RETURNING id, version""",
        (case.bucket, case.id, case.version, answers, facts, finding),
    )


def noting_facts(
    case: Case, *, facts: dict[str, Any], finding: Outcome, department: str, district: str | None
) -> Part:
    """Part (a guard): a later check of the registers, the rule's new finding, and whose case it is by that."""
    return Part(
        """UPDATE cases."case" SET facts = $5, finding = $6, department = $7, district = $8, version = version + 1
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (case.bucket, case.id, case.version, str(case.state), facts, finding, department, district),
    )


def submitting(
    case: Case,
    *,
    department: str,
    district: str,
    number: str,
    code: str,
    purpose: UUID,
    finding: Outcome | None,
    accept_due: datetime,
    warn_at: datetime,
    language: Language,
    now: datetime,
) -> Part:
    """Part (a guard): draft to submitted, with its numbers, its department, that day's finding and date.

    ``finding`` None leaves the one that stands there.
    """
    return Part(
        """UPDATE cases."case" SET state = 'submitted', version = version + 1, department = $4, district = $5,
            number = $6, short_code = $7, purpose = $8, accept_due = $9, submitted_at = $10,
            finding = coalesce($11, finding), language = $12, warn_at = $13
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = 'draft' RETURNING id, version""",
        (
            *(case.bucket, case.id, case.version, department, district),
            *(number, code, purpose, accept_due, now, finding, language, warn_at),
        ),
    )


def numbering(*, code: str, number: str, applicant: UUID, case_id: UUID, proof: bytes) -> Part:
    """Part: the global row that keeps numbers unique and finds a case by its short code.

    ``proof`` is the keyed HMAC of code and last four of the ID number, for who holds a paper of the case.
    """
    return Part(
        """INSERT INTO cases.number_index (short_code, number, applicant, case_id, holder_proof)
        SELECT $1::text, $2::text, $3::uuid, $4::uuid, $5::bytea FROM guard""",
        (code, number, applicant, case_id, proof),
    )


def accepting(
    case: Case, *, promise_due: datetime, statutory_due: datetime | None, warn_at: datetime, now: datetime
) -> Part:
    """Part (a guard): submitted to accepted; the decision clock starts."""
    return Part(
        """UPDATE cases."case" SET state = 'accepted', version = version + 1, accepted_at = $4,
            promise_due = $5, statutory_due = $6, warn_at = $7
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = 'submitted' RETURNING id, version""",
        (case.bucket, case.id, case.version, now, promise_due, statutory_due, warn_at),
    )


def asking_correction(case: Case, correction: Correction) -> Part:
    """Part (a guard): submitted to correcting; what is to be put right is kept with the case, no clock runs."""
    return Part(
        """UPDATE cases."case" SET state = 'correcting', version = version + 1, correction = $4, warn_at = NULL
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = 'submitted' RETURNING id, version""",
        (case.bucket, case.id, case.version, msgspec.to_builtins(correction)),
    )


def keeping_corrections(case: Case, correction: Correction) -> Part:
    """Part (a guard): what has been put right so far, beside the answers that were submitted."""
    return Part(
        """UPDATE cases."case" SET version = version + 1, correction = $4
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = 'correcting' RETURNING id, version""",
        (case.bucket, case.id, case.version, msgspec.to_builtins(correction)),
    )


def correcting(
    case: Case,
    correction: Correction,
    *,
    answers: dict[str, Any],
    department: str,
    district: str,
    accept_due: datetime,
    warn_at: datetime,
) -> Part:
    """Part (a guard): correcting to submitted; the corrected answers take the others' place, a new clock runs."""
    return Part(
        """UPDATE cases."case" SET state = 'submitted', version = version + 1, correction = $4, answers = $5,
            accept_due = $6, warn_at = $7, department = $8, district = $9
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = 'correcting' RETURNING id, version""",
        (
            *(case.bucket, case.id, case.version),
            *(msgspec.to_builtins(correction), answers, accept_due, warn_at, department, district),
        ),
    )


def moving(
    case: Case,
    edge: Edge,
    *,
    now: datetime,
    reason: str | None = None,
    finding: Outcome | None = None,
) -> Part:
    """Part (a guard): any other move; decisions and ends take their times from the target state.

    ``finding`` is what an approval rests on: the rule over what is known, on the day of the decision.
    """
    decided = edge.move in (Move.APPROVE, Move.GRANT, Move.REFUSE, Move.DECLINE)
    closed = edge.target in (
        State.REFUSED,
        State.NOT_ACCEPTED,
        State.WITHDRAWN,
        State.TERMINATED,
        State.CLOSED,
        State.DISCARDED,
    )
    return Part(
        """UPDATE cases."case" SET state = $5, version = version + 1, reason = coalesce($6, reason),
            decided_at = coalesce($7, decided_at), closed_at = coalesce($8, closed_at),
            finding = coalesce($9, finding)
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (
            case.bucket,
            case.id,
            case.version,
            str(edge.source),
            str(edge.target),
            reason,
            now if decided else None,
            now if closed else None,
            finding,
        ),
    )


def noting(
    case: Case, edge: Edge, actor: Actor, *, now: datetime, detail: dict[str, Any] | None = None
) -> Part:
    """Part: the step in the case's life; its number is the version that the move makes."""
    shown = actor.name if actor.role is Role.OFFICER else ""
    return Part(
        """INSERT INTO cases.event (bucket, case_id, version, move, from_state, to_state, actor_role,
            actor_name, at, detail)
        SELECT $1::smallint, $2::uuid, $3::integer, $4::text, $5::text, $6::text, $7::text, $8::text,
            $9::timestamptz, $10::jsonb FROM guard""",
        (
            case.bucket,
            case.id,
            case.version + 1,
            str(edge.move),
            str(edge.source),
            str(edge.target),
            str(actor.role),
            shown,
            now,
            detail or {},
        ),
    )


async def case_of(db: Database, *, case_id: UUID, applicant: UUID) -> Case | None:
    """An applicant's own case; another person's is not found."""
    row = await db.row(
        f"""SELECT {_COLUMNS} FROM cases."case" WHERE bucket = $1 AND id = $2 AND applicant = $3""",
        bucket_of(case_id),
        case_id,
        applicant,
    )
    return _case(row) if row else None


async def to_submit(db: Database, *, case_id: UUID, applicant: UUID) -> tuple[Case, FoundBy] | None:
    """An applicant's own case and by which rule on which day its finding was made; the finding itself, which is
    more than half of the row, stays where it is."""
    row = await db.row(
        f"""SELECT {_UNFOUND}, finding->>'rules' AS found_by, (finding->>'today')::date AS found_on
        FROM cases."case" WHERE bucket = $1 AND id = $2 AND applicant = $3""",
        bucket_of(case_id),
        case_id,
        applicant,
    )
    return (_case(row), FoundBy(row["found_by"], row["found_on"])) if row else None


async def case_for_work(db: Database, *, case_id: UUID) -> Case | None:
    """A case for an officer's or the system's move; the action asks the policy with its department."""
    row = await db.row(
        f"""SELECT {_COLUMNS} FROM cases."case" WHERE bucket = $1 AND id = $2""", bucket_of(case_id), case_id
    )
    return _case(row) if row else None


async def living_case(db: Database, *, applicant: UUID, item: str) -> tuple[UUID, State] | None:
    """The one living case of this person for this item, if any."""
    row = await db.row(
        """SELECT id, state FROM cases."case" WHERE bucket = $1 AND applicant = $2 AND item = $3
        AND state IN ('draft', 'submitted', 'correcting', 'accepted', 'issuing')""",
        bucket_of(applicant),
        applicant,
        item,
    )
    return (row["id"], State(row["state"])) if row else None


async def progress(db: Database, *, case_id: UUID, applicant: UUID) -> tuple[Case, list[CaseEvent]] | None:
    """An applicant's case with all its steps, in one statement."""
    row = await db.row(
        f"""SELECT {_C_COLUMNS}, {_EVENTS} FROM cases."case" c
        WHERE c.bucket = $1 AND c.id = $2 AND c.applicant = $3""",
        bucket_of(case_id),
        case_id,
        applicant,
    )
    return (_case(row), _events(row)) if row else None


_EVENTS = """coalesce((SELECT jsonb_agg(jsonb_build_object('version', e.version, 'move', e.move,
        'from_state', e.from_state, 'to_state', e.to_state, 'actor_role', e.actor_role,
        'actor_name', e.actor_name, 'at', to_char(e.at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'detail', e.detail)
        ORDER BY e.version) FROM cases.event e WHERE e.bucket = c.bucket AND e.case_id = c.id), '[]') AS events"""


def _events(row: Any) -> list[CaseEvent]:
    return msgspec.convert(row["events"], list[CaseEvent])


def reading(*, case_id: UUID, applicant: UUID, department: str, states: Collection[State]) -> Part:
    """Part (a guard): a department's case in one of these states with its steps, read with its ledger row."""
    return Part(
        f"""SELECT {_C_COLUMNS}, {_EVENTS} FROM cases."case" c
        WHERE c.bucket = $1::smallint AND c.id = $2::uuid AND c.applicant = $3::uuid AND c.department = $4::text
        AND c.state = ANY($5::text[])""",
        (bucket_of(case_id), case_id, applicant, department, [str(state) for state in states]),
    )


def readable(*, case_id: UUID, applicant: UUID, department: str, states: Collection[State]) -> Part:
    """A guard that holds while a department's case is in one of these states; nothing of it is read."""
    return Part(
        """SELECT c.id AS case_id FROM cases."case" c
        WHERE c.bucket = $1::smallint AND c.id = $2::uuid AND c.applicant = $3::uuid AND c.department = $4::text
        AND c.state = ANY($5::text[])""",
        (bucket_of(case_id), case_id, applicant, department, [str(state) for state in states]),
    )


def as_read(row: Any) -> tuple[Case, list[CaseEvent]]:
    """The guard's row of :func:`reading` as a case with its steps."""
    return _case(row), _events(row)


async def old_drafts(db: Database, *, before: datetime, limit: int) -> list[Case]:
    """Drafts opened before an instant, the oldest first."""
    rows = await db.rows(
        f"""-- across people: the job that lets drafts go asks for all that are too old (case_draft)
        SELECT {_COLUMNS} FROM cases."case" WHERE state = 'draft' AND opened_at < $1
        ORDER BY opened_at LIMIT $2""",
        before,
        limit,
    )
    return [_case(row) for row in rows]


def existing(case_id: UUID, *, applicant: UUID) -> Part:
    """Part (a guard): the applicant's case is there; for a write that remembers an answer about it."""
    return Part(
        """SELECT id FROM cases."case" WHERE bucket = $1::smallint AND id = $2::uuid AND applicant = $3::uuid""",
        (bucket_of(case_id), case_id, applicant),
    )


def standing(case: Case) -> Part:
    """Part (a guard): the case is there; for a write that tells about it and changes nothing of it."""
    return Part(
        """SELECT id FROM cases."case" WHERE bucket = $1::smallint AND id = $2::uuid""",
        (case.bucket, case.id),
    )


async def cases_of(
    db: Database,
    *,
    applicant: UUID,
    before: UUID | None,
    limit: int,
    item: str | None = None,
    state: State | None = None,
) -> list[Case]:
    """A person's cases, newest first, of one item or in one state if asked; keyset by id (UUIDv7 sorts by birth)."""
    rows = await db.rows(
        f"""SELECT {_COLUMNS} FROM cases."case" WHERE bucket = $1 AND applicant = $2
        AND state <> 'discarded' AND ($3::uuid IS NULL OR id < $3)
        AND ($5::text IS NULL OR item = $5) AND ($6::text IS NULL OR state = $6) ORDER BY id DESC LIMIT $4""",
        bucket_of(applicant),
        applicant,
        before,
        limit,
        item,
        None if state is None else str(state),
    )
    return [_case(row) for row in rows]


_ROW = """id, applicant, item, applicant_masked, short_code, state, decided_at, submitted_at,
    coalesce(promise_due, accept_due) AS due, warn_at, statutory_due"""
#: Bounds that every instant of a case lies between: with them one statement serves all pages of a list by its index.
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9000, 1, 1, tzinfo=UTC)
_NOBODY = UUID(int=0)


async def desk(
    db: Database,
    *,
    department: str,
    after: tuple[datetime, UUID] | None,
    limit: int,
    due_from: datetime | None = None,
    due_before: datetime | None = None,
    near: bool | None = None,
    now: datetime,
) -> list[DeskRow]:
    """The department's open cases, soonest date first; keyset by (date, id).

    ``due_from`` and ``due_before`` bound the date that counts; ``near`` asks for those whose limit is near, or is not.
    """
    instant, place = after or (_FIRST, _NOBODY)
    rows = await db.rows(
        f"""-- across people: a department's desk has an index of its own (case_desk)
        SELECT {_ROW}
        FROM cases."case" WHERE department = $1 AND state IN ('submitted', 'accepted')
        AND (coalesce(promise_due, accept_due), id) > ($2::timestamptz, $3::uuid)
        AND coalesce(promise_due, accept_due) >= $4::timestamptz
        AND coalesce(promise_due, accept_due) < $5::timestamptz
        AND ($6::boolean IS NULL OR coalesce(warn_at <= $7::timestamptz, false) = $6)
        ORDER BY coalesce(promise_due, accept_due), id LIMIT $8""",
        department,
        instant,
        place,
        due_from or _FIRST,
        due_before or _LAST,
        near,
        now,
        limit,
    )
    return [msgspec.convert(dict(row), DeskRow) for row in rows]


async def correcting_cases(
    db: Database, *, department: str, after: tuple[datetime, UUID] | None, limit: int
) -> list[DeskRow]:
    """The department's cases that wait for their applicants' corrections, oldest first; keyset by id."""
    rows = await db.rows(
        f"""-- across people: what waits for its applicants has an index of its own (case_correcting)
        SELECT {_ROW}
        FROM cases."case" WHERE department = $1 AND state = 'correcting' AND id > $2 ORDER BY id LIMIT $3""",
        department,
        after[1] if after else _NOBODY,
        limit,
    )
    return [msgspec.convert(dict(row), DeskRow) for row in rows]


#: Of each lamp no more are counted than these: a desk needs to know that there are many, not how many.
COUNTED = 100


async def lamp_counts(db: Database, *, department: str, now: datetime) -> dict[str, int]:
    """How many open cases are past their date, near it, in time, and wait for a correction; each up to COUNTED."""
    row = await db.row(
        """-- across people: bounded counts over the desk's own indexes (case_desk, case_correcting)
        SELECT (SELECT count(*) FROM (SELECT 1 FROM cases."case" WHERE department = $1
                AND state IN ('submitted', 'accepted') AND coalesce(promise_due, accept_due) < $2::timestamptz
                LIMIT $3) r) AS red,
            (SELECT count(*) FROM (SELECT 1 FROM cases."case" WHERE department = $1
                AND state IN ('submitted', 'accepted') AND coalesce(promise_due, accept_due) >= $2
                AND warn_at <= $2 ORDER BY coalesce(promise_due, accept_due) LIMIT $3) a) AS amber,
            (SELECT count(*) FROM (SELECT 1 FROM cases."case" WHERE department = $1
                AND state IN ('submitted', 'accepted') AND coalesce(promise_due, accept_due) >= $2
                AND coalesce(warn_at > $2, true) LIMIT $3) g) AS green,
            (SELECT count(*) FROM (SELECT 1 FROM cases."case" WHERE department = $1
                AND state = 'correcting' LIMIT $3) w) AS correcting""",
        department,
        now,
        COUNTED,
    )
    return dict(row) if row else {}


async def done(
    db: Database, *, department: str, before: tuple[datetime, UUID] | None, limit: int
) -> list[DeskRow]:
    """The department's decided cases, latest first; keyset by (decision, id)."""
    rows = await db.rows(
        f"""-- across people: a department's decided cases have an index of their own (case_done)
        SELECT {_ROW}
        FROM cases."case" WHERE department = $1 AND decided_at IS NOT NULL
        AND ($2::timestamptz IS NULL OR (decided_at, id) < ($2, $3::uuid))
        ORDER BY decided_at DESC, id DESC LIMIT $4""",
        department,
        before[0] if before else None,
        before[1] if before else None,
        limit,
    )
    return [msgspec.convert(dict(row), DeskRow) for row in rows]


async def desk_row(db: Database, *, case_id: UUID, department: str) -> DeskRow | None:
    """A department's case as a line of its lists."""
    row = await db.row(
        f"""SELECT {_ROW}
        FROM cases."case" WHERE bucket = $1 AND id = $2 AND department = $3""",
        bucket_of(case_id),
        case_id,
        department,
    )
    return msgspec.convert(dict(row), DeskRow) if row else None


async def by_short_code(db: Database, *, code: str) -> UUID | None:
    """The case that a short code names; who may see it is asked afterwards."""
    found = await db.value("SELECT case_id FROM cases.number_index WHERE short_code = $1", code)
    return found if isinstance(found, UUID) else None


class Holder(msgspec.Struct, frozen=True):
    """Whose a code is, and what its holder must know; ``proof`` is None for codes of before papers."""

    applicant: UUID
    case_id: UUID
    proof: bytes | None


async def holder_of(db: Database, *, code: str) -> Holder | None:
    """What the numbers' index knows of a short code."""
    row = await db.row(
        "SELECT applicant, case_id, holder_proof FROM cases.number_index WHERE short_code = $1", code
    )
    return Holder(*row.values()) if row else None


def reading_filed(*, case_id: UUID, applicant: UUID) -> Part:
    """Part (a guard): a case with its steps for one who has proved to hold a paper of it."""
    return Part(
        f"""SELECT {_C_COLUMNS}, {_EVENTS} FROM cases."case" c
        WHERE c.bucket = $1::smallint AND c.id = $2::uuid AND c.applicant = $3::uuid""",
        (bucket_of(case_id), case_id, applicant),
    )


async def applicant_at(db: Database, *, case_id: UUID, department: str) -> UUID | None:
    """Whose case this is, if it lies with this department; nothing else of it is read."""
    found = await db.value(
        """SELECT applicant FROM cases."case" WHERE bucket = $1 AND id = $2 AND department = $3""",
        bucket_of(case_id),
        case_id,
        department,
    )
    return found if isinstance(found, UUID) else None


async def holdings(db: Database, person: UUID) -> list[dict[str, Any]]:
    """A person's cases, one row each, for the copy that she may ask for (PIPL art. 45).

    Sensitive answers stay sealed; the case's own page shows them.
    """
    rows = await db.rows(
        """SELECT id, item, state, number, short_code, answers, facts, opened_at, submitted_at, decided_at,
            closed_at, reason
        FROM cases."case" WHERE bucket = $1 AND applicant = $2 ORDER BY id DESC""",
        bucket_of(person),
        person,
    )
    return [dict(row) for row in rows]
