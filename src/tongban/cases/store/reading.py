"""Readings of one case, or of one person's: each is one statement, or the guard of a reading with its ledger row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tongban.cases.model import Case, CaseEvent, CaseInBrief, State
from tongban.cases.model.linked import LinkedCase
from tongban.cases.store.offices import OFFICES_OF_3, OFFICES_OF_4
from tongban.kit.db import Database, Part
from tongban.kit.ids import OWN_ACCOUNTS, bucket_of, by_bucket

CASE_COLUMNS = """bucket, id, applicant, item, item_version, state, version, department, district,
    applicant_masked, number, short_code, answers, facts, finding, purpose, opened_at, submitted_at,
    accepted_at, decided_at, closed_at, accept_due, promise_due, statutory_due, reason, language, correction, warn_at,
    course, issue_due, about, assignee, assignee_name, joint, follow_up, ruling, hall, consulted, opinions, hearing"""
#: Without the contents, which are most of a row.
BRIEF_COLUMNS = CASE_COLUMNS.replace("answers, facts, finding, ", "").replace(
    ", consulted, opinions, hearing", ""
)
_TO_SUBMIT = f"""{CASE_COLUMNS.replace("finding", "NULL::jsonb AS finding")},
    finding->>'rules' AS found_by, (finding->>'today')::date AS found_on"""
C_COLUMNS = ", ".join(f"c.{name.strip()}" for name in CASE_COLUMNS.split(","))


class FoundBy(NamedTuple):
    """The hash of the rule that a finding followed, and its day; both None where there is none."""

    rules: str | None
    today: date | None


def case_from(row: Any) -> Case:
    """The case of a row that has :data:`CASE_COLUMNS`."""
    return msgspec.convert({name: row[name] for name in Case.__struct_fields__}, Case)


async def case_of(db: Database, *, case_id: UUID, applicant: UUID) -> Case | None:
    """An applicant's own case; another person's is not found."""
    row = await db.row(
        f"""SELECT {CASE_COLUMNS} FROM cases."case" WHERE bucket = $1 AND id = $2 AND applicant = $3""",
        bucket_of(case_id),
        case_id,
        applicant,
    )
    return case_from(row) if row else None


async def own_cases(db: Database, *, ids: Sequence[UUID], applicant: UUID) -> list[Case]:
    """Those of these cases that are an applicant's own."""
    rows = await db.rows(
        f"""SELECT {CASE_COLUMNS} FROM cases."case" WHERE bucket = $1 AND id = ANY($2::uuid[]) AND applicant = $3""",
        bucket_of(applicant),
        list(ids),
        applicant,
    )
    return [case_from(row) for row in rows]


async def to_submit(db: Database, *, case_id: UUID, applicant: UUID) -> tuple[Case, FoundBy] | None:
    """An applicant's own case and by which rule on which day its finding was made; the finding itself, which is
    more than half of the row, stays where it is."""
    row = await db.row(
        f"""SELECT {_TO_SUBMIT} FROM cases."case" WHERE bucket = $1 AND id = $2 AND applicant = $3""",
        bucket_of(case_id),
        case_id,
        applicant,
    )
    return _to_submit(row) if row else None


async def all_to_submit(
    db: Database, *, ids: Sequence[UUID], applicant: UUID
) -> dict[UUID, tuple[Case, FoundBy]]:
    """As :func:`to_submit`, those of these cases that are an applicant's own."""
    rows = await db.rows(
        f"""SELECT {_TO_SUBMIT} FROM cases."case" WHERE bucket = $1 AND id = ANY($2::uuid[]) AND applicant = $3""",
        bucket_of(applicant),
        list(ids),
        applicant,
    )
    return {row["id"]: _to_submit(row) for row in rows}


def _to_submit(row: Any) -> tuple[Case, FoundBy]:
    return case_from(row), FoundBy(row["found_by"], row["found_on"])


async def case_for_work(db: Database, *, case_id: UUID) -> Case | None:
    """A case for an officer's or the system's move; the action asks the policy with its department."""
    row = await db.row(
        f"""SELECT {CASE_COLUMNS} FROM cases."case" WHERE bucket = $1 AND id = $2""",
        bucket_of(case_id),
        case_id,
    )
    return case_from(row) if row else None


async def case_and_help(db: Database, *, case_id: UUID, officer: UUID) -> tuple[Case, bool] | None:
    """As :func:`case_for_work`, and whether this officer helped its applicant with it at a window."""
    row = await db.row(
        f"""SELECT {CASE_COLUMNS}, EXISTS (SELECT FROM cases.event e WHERE e.bucket = $1 AND e.case_id = $2
            AND e.detail ->> 'helper' = $3::text) AS helped
        FROM cases."case" WHERE bucket = $1 AND id = $2""",
        bucket_of(case_id),
        case_id,
        str(officer),
    )
    return (case_from(row), row["helped"]) if row else None


async def line_of(db: Database, *, applicant: UUID, case_id: UUID) -> list[Case]:
    """An applicant's case and those that it is about, one after the other, the earliest first."""
    rows = await db.rows(
        f"""WITH RECURSIVE line AS (
            SELECT c.*, 0 AS back FROM cases."case" c WHERE c.bucket = $1 AND c.id = $2 AND c.applicant = $3
            UNION ALL
            SELECT c.*, l.back + 1 FROM line l
            JOIN cases."case" c ON c.bucket = $1 AND c.id = l.about AND c.applicant = $3
            WHERE l.back < 50
        )
        SELECT {CASE_COLUMNS} FROM line ORDER BY back DESC""",
        bucket_of(applicant),
        case_id,
        applicant,
    )
    return [case_from(row) for row in rows]


async def living_case(
    db: Database, *, accounts: Sequence[UUID], item: str, about: UUID | None = None
) -> tuple[UUID, State] | None:
    """Her draft of this item, or the case of it that bars another, about that other case or about none, if any.

    What is of a matter of its own (another firm, other premises) bars no other once it is filed. ``accounts`` are all
    of hers.
    """
    row = await db.row(
        f"""SELECT c.id, c.state FROM {OWN_ACCOUNTS} JOIN cases."case" c
            ON c.bucket = own.bucket AND c.applicant = own.account AND c.item = $3
        AND c.state IN ('draft', 'confirming', 'submitted', 'correcting', 'accepted', 'examined', 'reviewed',
            'suspended', 'issuing')
        AND c.about IS NOT DISTINCT FROM $4::uuid AND c.matter = '' LIMIT 1""",
        *by_bucket(accounts),
        item,
        about,
    )
    return (row["id"], State(row["state"])) if row else None


async def progress(
    db: Database, *, case_id: UUID, applicant: UUID
) -> tuple[Case, list[CaseEvent], list[LinkedCase]] | None:
    """An applicant's case with all its steps and the cases about it, in one statement."""
    row = await db.row(
        f"""SELECT {C_COLUMNS}, {EVENTS}, {_LINKED} FROM cases."case" c
        WHERE c.bucket = $1 AND c.id = $2 AND c.applicant = $3""",
        bucket_of(case_id),
        case_id,
        applicant,
    )
    return (
        (case_from(row), events_from(row), msgspec.convert(row["linked"], list[LinkedCase])) if row else None
    )


_LINKED = """coalesce((SELECT jsonb_agg(jsonb_build_object('id', l.id, 'item', l.item,
        'item_version', l.item_version, 'state', l.state, 'short_code', l.short_code, 'ruling', l.ruling,
        'submitted_at', to_char(l.submitted_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'decided_at', to_char(l.decided_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) ORDER BY l.id) FROM cases."case" l
        WHERE l.bucket = c.bucket AND l.about = c.id AND l.state <> 'discarded'), '[]') AS linked"""
EVENTS = """coalesce((SELECT jsonb_agg(jsonb_build_object('version', e.version, 'move', e.move,
        'from_state', e.from_state, 'to_state', e.to_state, 'actor_role', e.actor_role,
        'actor_name', e.actor_name, 'at', to_char(e.at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'detail', e.detail)
        ORDER BY e.version) FROM cases.event e WHERE e.bucket = c.bucket AND e.case_id = c.id), '[]') AS events"""


def events_from(row: Any) -> list[CaseEvent]:
    """The steps of a row that has :data:`EVENTS`."""
    return msgspec.convert(row["events"], list[CaseEvent])


async def granted_by(db: Database, *, cases: Collection[UUID]) -> frozenset[UUID]:
    """Who decided the last grant of each of these cases, as its step keeps it where the item has a chain."""
    rows = await db.rows(
        """SELECT DISTINCT ON (case_id) (detail ->> 'by')::uuid AS by FROM cases.event
        WHERE (bucket, case_id) IN (SELECT * FROM unnest($1::smallint[], $2::uuid[]))
        AND move IN ('approve', 'grant') ORDER BY case_id, version DESC""",
        [bucket_of(one) for one in cases],
        list(cases),
    )
    return frozenset(row["by"] for row in rows if row["by"] is not None)


async def visits_of(db: Database, *, case_id: UUID) -> list[datetime]:
    """When the applicants of a case came in person, as its steps record it."""
    rows = await db.rows(
        "SELECT at FROM cases.event WHERE bucket = $1 AND case_id = $2 AND move = 'visit'",
        bucket_of(case_id),
        case_id,
    )
    return [row["at"] for row in rows]


def reading(*, case_id: UUID, applicant: UUID, department: str, states: Collection[State]) -> Part:
    """Part (a guard): a case of a department, or of one whose office it has, with its steps, read with its ledger
    row."""
    return Part(
        f"""SELECT {C_COLUMNS}, {EVENTS} FROM cases."case" c
        WHERE c.bucket = $1::smallint AND c.id = $2::uuid AND c.applicant = $3::uuid
        AND c.department = ANY({OFFICES_OF_4}) AND c.state = ANY($5::text[])""",
        (bucket_of(case_id), case_id, applicant, department, [str(state) for state in states]),
    )


def readable(
    *, case_id: UUID, applicant: UUID, department: str, states: Collection[State], hand: UUID | None = None
) -> Part:
    """A guard that holds while a department's case is in one of these states; nothing of it is read but who has it.

    ``hand``: only while this officer has it in hand, or nobody.
    """
    return Part(
        f"""SELECT c.id AS case_id, c.assignee FROM cases."case" c
        WHERE c.bucket = $1::smallint AND c.id = $2::uuid AND c.applicant = $3::uuid
        AND c.department = ANY({OFFICES_OF_4}) AND c.state = ANY($5::text[])
        AND ($6::uuid IS NULL OR c.assignee IS NULL OR c.assignee = $6::uuid)""",
        (bucket_of(case_id), case_id, applicant, department, [str(state) for state in states], hand),
    )


def as_read(row: Any) -> tuple[Case, list[CaseEvent]]:
    """The guard's row of :func:`reading` as a case with its steps."""
    return case_from(row), events_from(row)


async def cases_of(
    db: Database,
    *,
    accounts: Sequence[UUID],
    before: UUID | None,
    limit: int,
    item: str | None = None,
    states: Collection[State] | None = None,
    reach: Collection[str] | None = None,
) -> list[CaseInBrief]:
    """A person's cases, newest first, of one item or in some states if asked; keyset by id (UUIDv7 sorts by birth).

    ``accounts`` are all of hers: each is asked for no more than a page by its index, of which the newest are given.
    ``reach``: the items to which a power of who acts for her is limited.
    """
    rows = await db.rows(
        f"""SELECT one.* FROM {OWN_ACCOUNTS} CROSS JOIN LATERAL (
            SELECT {BRIEF_COLUMNS} FROM cases."case" WHERE bucket = own.bucket AND applicant = own.account
            AND state <> 'discarded' AND ($3::uuid IS NULL OR id < $3)
            AND ($5::text IS NULL OR item = $5) AND ($6::text[] IS NULL OR state = ANY($6))
            AND ($7::text[] IS NULL OR item = ANY($7)) ORDER BY id DESC LIMIT $4
        ) one ORDER BY one.id DESC LIMIT $4""",
        *by_bucket(accounts),
        before,
        limit,
        item,
        None if states is None else [str(state) for state in states],
        None if reach is None else sorted(reach),
    )
    return [msgspec.convert(dict(row), CaseInBrief) for row in rows]


async def old_drafts(db: Database, *, before: datetime, limit: int) -> list[Case]:
    """Drafts opened before an instant, the oldest first."""
    rows = await db.rows(
        f"""-- across people: the job that lets drafts go asks for all that are too old (case_draft)
        SELECT {CASE_COLUMNS} FROM cases."case" WHERE state = 'draft' AND opened_at < $1
        ORDER BY opened_at LIMIT $2""",
        before,
        limit,
    )
    return [case_from(row) for row in rows]


async def with_steps(db: Database, *, case_id: UUID) -> tuple[Case, list[CaseEvent]] | None:
    """A case with all its steps, for the house's own work on it."""
    row = await db.row(
        f"""SELECT {C_COLUMNS}, {EVENTS} FROM cases."case" c WHERE c.bucket = $1 AND c.id = $2""",
        bucket_of(case_id),
        case_id,
    )
    return (case_from(row), events_from(row)) if row else None


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
        f"""SELECT {C_COLUMNS}, {EVENTS} FROM cases."case" c
        WHERE c.bucket = $1::smallint AND c.id = $2::uuid AND c.applicant = $3::uuid""",
        (bucket_of(case_id), case_id, applicant),
    )


async def applicant_of(db: Database, *, case_id: UUID) -> UUID | None:
    """Whose case this is, for the ledger row of an act about it; nothing else of it is read."""
    found = await db.value(
        """SELECT applicant FROM cases."case" WHERE bucket = $1 AND id = $2""", bucket_of(case_id), case_id
    )
    return found if isinstance(found, UUID) else None


async def applicant_at(db: Database, *, case_id: UUID, department: str) -> UUID | None:
    """Whose case this is, if it lies with this department or one whose office it has; nothing else of it is read."""
    found = await db.value(
        f"""SELECT applicant FROM cases."case" WHERE bucket = $1 AND id = $2 AND department = ANY({OFFICES_OF_3})""",
        bucket_of(case_id),
        case_id,
        department,
    )
    return found if isinstance(found, UUID) else None
