"""Parts of the writes that take a status back: as a mistake of the organ's own, or overturned on reconsideration."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tongban.cases.model import Case, Correction, Edge, State
from tongban.cases.model.course import Course, Dues
from tongban.cases.model.follow_up import FollowUp
from tongban.kit.db import Part


def rectifying(
    case: Case,
    edge: Edge,
    *,
    follow_up: FollowUp | None,
    correction: Correction | None,
    warn_at: datetime | None,
) -> Part:
    """Part (a guard): a mistaken status is taken back; what it had set is unset, the limits stay.

    A right to a hearing that was told before is told anew before the next refusal; one that is under way goes on.
    ``follow_up`` is what follows from now on, ``warn_at`` from when the lamp is amber. It goes
    on at the desk that the case given here names, which may have taken over its office meanwhile.
    """
    accepted, goes_on = edge.target is not State.SUBMITTED, edge.target is State.SUSPENDED
    return Part(
        """UPDATE cases."case" SET state = $5, version = version + 1, reason = NULL, decided_at = NULL,
            ruling = NULL, hearing = CASE WHEN $9 THEN hearing END, closed_at = NULL,
            accepted_at = CASE WHEN $6 THEN accepted_at END,
            promise_due = CASE WHEN $6 THEN promise_due END, statutory_due = CASE WHEN $6 THEN statutory_due END,
            follow_up = $7, correction = $10, warn_at = $11, department = $8,
            assignee = CASE WHEN department = $8 THEN assignee END,
            assignee_name = CASE WHEN department = $8 THEN assignee_name END
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (
            *(case.bucket, case.id, case.version, str(edge.source), str(edge.target), accepted),
            *(msgspec.to_builtins(follow_up), case.department, goes_on),
            *(msgspec.to_builtins(correction), warn_at),
        ),
    )


def overturning(
    case: Case,
    edge: Edge,
    *,
    course: Course,
    dues: Dues,
    correction: Correction | None,
    follow_up: FollowUp | None,
) -> Part:
    """Part (a guard): a decision that was overturned is taken back; what it had set is unset, limits begin anew.

    ``correction`` is what is to be put right, with her new limit; ``follow_up`` what follows from now on. The desk is
    as :func:`rectifying` has it.
    """
    return Part(
        """UPDATE cases."case" SET state = $5, version = version + 1, reason = NULL, decided_at = NULL,
            hearing = NULL, closed_at = NULL, course = $6, accept_due = $7, promise_due = $8, statutory_due = $9,
            warn_at = $10, correction = $11, follow_up = $12, department = $13,
            assignee = CASE WHEN department = $13 THEN assignee END,
            assignee_name = CASE WHEN department = $13 THEN assignee_name END
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (
            *(case.bucket, case.id, case.version, str(edge.source), str(edge.target)),
            msgspec.to_builtins(course),
            *(dues.accept, dues.promise, dues.statutory, dues.warn_at),
            *(msgspec.to_builtins(correction), msgspec.to_builtins(follow_up)),
            case.department,
        ),
    )
