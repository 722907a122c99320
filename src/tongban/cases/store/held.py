"""SQL of what the cases room holds about a person: for her copy (PIPL art. 45)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongban.cases.model import Case, CaseEvent
from tongban.cases.store.reading import C_COLUMNS, EVENTS, case_from, events_from
from tongban.kit.db import Database
from tongban.kit.ids import bucket_of


async def cases_held(db: Database, person: UUID) -> list[tuple[Case, list[CaseEvent], dict[str, Any]]]:
    """A person's cases, newest first, with their steps and what else lies with them, by its word in the copy.

    What officers noted is among it, with the department and without the officer's name, who is a third person.
    """
    rows = await db.rows(
        f"""SELECT {C_COLUMNS}, {EVENTS}, jsonb_build_object(
            'inspections', (SELECT jsonb_agg(i.record || jsonb_build_object('submitted_at', i.submitted_at)
                    ORDER BY i.submitted_at)
                FROM cases.inspection i WHERE i.bucket = $1 AND i.case_id = c.id AND i.submitted_at IS NOT NULL),
            'promises', (SELECT jsonb_agg(jsonb_build_object('state', m.state, 'promised_at', m.promised_at,
                    'check_due', m.check_due, 'cure_due', m.cure_due, 'found', m.found, 'until', m.until))
                FROM cases.commitment m WHERE m.bucket = $1 AND m.case_id = c.id),
            'notes', (SELECT jsonb_agg(jsonb_build_object('at', n.at, 'department', n.department, 'words', n.words)
                    ORDER BY n.id) FROM cases.note n WHERE n.bucket = $1 AND n.case_id = c.id),
            'supervisions', (SELECT jsonb_agg(jsonb_build_object('at', s.at, 'rule', s.rule, 'lamp', s.lamp,
                    'department', s.department, 'due', s.due, 'answer', s.answer, 'answered_at', s.answered_at)
                    ORDER BY s.at) FROM cases.supervision s WHERE s.bucket = $1 AND s.case_id = c.id),
            'consultations', (SELECT jsonb_agg(jsonb_build_object('department', o.department,
                    'asked_by', o.asked_by, 'due', o.due, 'ended_at', o.ended_at) ORDER BY o.due)
                FROM cases.consultation o WHERE o.bucket = $1 AND o.case_id = c.id),
            'papers', (SELECT jsonb_agg(jsonb_build_object('kind', p.kind, 'step', p.step,
                    'department', p.department, 'size', p.size, 'sealed_at', p.sealed_at) ORDER BY p.step)
                FROM cases.sealed_paper p WHERE p.bucket = $1 AND p.case_id = c.id),
            'archive', (SELECT jsonb_agg(jsonb_build_object('number', a.number, 'sealed_at', a.sealed_at,
                    'retention', a.retention, 'dispose_on', a.dispose_on, 'state', a.state, 'size', a.size)
                    ORDER BY a.sealed_at) FROM cases.archive a WHERE a.bucket = $1 AND a.case_id = c.id),
            'appraisals', (SELECT jsonb_agg(jsonb_build_object('decision', d.decision, 'reason', d.reason,
                    'dispose_on', d.dispose_on, 'at', d.at) ORDER BY d.version)
                FROM cases.archive a JOIN cases.appraisal d ON d.bucket = a.bucket AND d.archive_id = a.id
                WHERE a.bucket = $1 AND a.case_id = c.id),
            'published', (SELECT jsonb_agg(jsonb_build_object('number', u.number, 'holder', u.holder,
                    'decided_at', u.decided_at, 'published_at', u.published_at, 'withdrawn_at', u.withdrawn_at)
                    ORDER BY u.published_at) FROM cases.publication u WHERE u.bucket = $1 AND u.case_id = c.id),
            'hearing', c.hearing) AS beside
        FROM cases."case" c WHERE c.bucket = $1 AND c.applicant = $2 ORDER BY c.id DESC""",
        bucket_of(person),
        person,
    )
    return [(case_from(row), events_from(row), row["beside"]) for row in rows]


async def of_others(db: Database, person: UUID) -> list[dict[str, Any]]:
    """The cases of others that she was asked to confirm, and those that bear on her: what is in them is theirs."""
    asked = await db.rows(
        """SELECT case_id AS id, 'asked_to_confirm' AS state, asked_at FROM cases.party
        WHERE bucket = $1 AND person = $2 ORDER BY case_id DESC""",
        bucket_of(person),
        person,
    )
    named = await db.rows(
        """SELECT case_id AS id, 'interested' AS state, told_at FROM cases.interested
        WHERE bucket = $1 AND person = $2 AND account ORDER BY case_id DESC""",
        bucket_of(person),
        person,
    )
    return [dict(row) for row in (*asked, *named)]
