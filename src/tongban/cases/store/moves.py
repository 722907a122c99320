"""Parts of the writes of the cases room: a draft, its submission, each move of a case and the step that it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.cases.model import Case, CaseEvent, Correction, Edge, Joint, Move, State
from tongban.cases.model.chain import Opinion
from tongban.cases.model.course import Course, Dues
from tongban.cases.model.follow_up import FollowUp
from tongban.cases.model.rulings import Ruling
from tongban.kit import clock
from tongban.kit.db import Bulk, Part
from tongban.kit.i18n import Language
from tongban.kit.ids import bucket_of
from tongban.kit.policy import Actor, Role
from tongban.kit.rules import Outcome


def adding_draft(case: Case) -> Part:
    """Part (a guard): the birth of a draft; nothing when a draft of this item, or a case that bars it, is there."""
    return Part(
        """INSERT INTO cases."case" (bucket, id, applicant, item, item_version, state, version,
            applicant_masked, answers, facts, purpose, opened_at, about)
        VALUES ($1, $2, $3, $4, $5, 'draft', 1, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (bucket, applicant, item, (coalesce(about, '00000000-0000-0000-0000-000000000000'::uuid)), matter)
        WHERE state IN ('draft', 'confirming', 'submitted', 'correcting', 'accepted', 'examined', 'reviewed',
            'suspended', 'issuing')
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
            case.about,
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
    case: Case, edge: Edge, *, facts: dict[str, Any], finding: Outcome, department: str, district: str | None
) -> Part:
    """Part (a guard): a later check of the registers, the rule's new finding, and whose case it is by that."""
    return Part(
        """UPDATE cases."case" SET facts = $5, finding = $6, department = $7, district = $8, state = $9,
            version = version + 1, assignee = CASE WHEN department = $7 THEN assignee END,
            assignee_name = CASE WHEN department = $7 THEN assignee_name END
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (
            case.bucket,
            case.id,
            case.version,
            str(edge.source),
            facts,
            finding,
            department,
            district,
            str(edge.target),
        ),
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
    joint: Joint | None,
    named: str,
    course: Course,
    matter: bytes,
    hall: str | None,
    now: datetime,
) -> Part:
    """Part (a guard): to submitted, with its numbers, its department, that day's finding and date.

    From a draft, or from confirming with the last signature in ``joint``. ``finding`` None leaves the one that stands
    there. ``named`` is the applicant as the desk names her: the firm that she acts for, else herself, masked.
    ``hall`` is where an officer helps her to file it. ``matter`` is what it is of: the unique index ``case_living``
    refuses the write while it is under way already.
    """
    return Part(
        """UPDATE cases."case" SET state = 'submitted', version = version + 1, department = $4, district = $5,
            number = $6, short_code = $7, purpose = $8, accept_due = $9, submitted_at = $10,
            finding = coalesce($11, finding), language = $12, warn_at = $13, joint = $14, applicant_masked = $16,
            course = $17, matter = $18, hall = $19
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $15 RETURNING id, version""",
        (
            *(case.bucket, case.id, case.version, department, district),
            *(number, code, purpose, accept_due, now, finding, language, warn_at),
            *(msgspec.to_builtins(joint), str(case.state), named, msgspec.to_builtins(course), matter, hall),
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
    case: Case,
    actor: Actor,
    *,
    promise_due: datetime,
    statutory_due: datetime | None,
    warn_at: datetime,
    course: Course,
    follow_up: FollowUp | None,
    now: datetime,
) -> Part:
    """Part (a guard): submitted to accepted; the decision clock starts, and who accepts has it in hand.

    A case that somebody has in hand already stays there; one that is accepted by time is in nobody's. ``follow_up``
    is what was promised to follow, ``course`` what stops the clock from the first day.
    """
    hand = actor if actor.role is Role.OFFICER else None
    return Part(
        """UPDATE cases."case" SET state = 'accepted', version = version + 1, accepted_at = $4,
            promise_due = $5, statutory_due = $6, warn_at = $7, assignee = coalesce(assignee, $8),
            assignee_name = coalesce(assignee_name, $9), follow_up = $10, course = $11
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = 'submitted' RETURNING id, version""",
        (
            *(case.bucket, case.id, case.version, now, promise_due, statutory_due, warn_at),
            *(hand.id if hand else None, hand.name if hand else None, msgspec.to_builtins(follow_up)),
            msgspec.to_builtins(course),
        ),
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
    course: Course,
    accept_due: datetime,
    warn_at: datetime,
    named: str,
    matter: bytes,
    joint: Joint | None,
) -> Part:
    """Part (a guard): correcting to submitted; the corrected answers take the others' place, a new clock runs.

    ``named`` and ``matter`` as :func:`submitting`; ``joint`` with everybody's word for them, where it was applied for
    together.
    """
    return Part(
        """UPDATE cases."case" SET state = 'submitted', version = version + 1, correction = $4, answers = $5,
            accept_due = $6, warn_at = $7, department = $8, district = $9, course = $10, applicant_masked = $11,
            joint = $12, assignee = CASE WHEN department = $8 THEN assignee END,
            assignee_name = CASE WHEN department = $8 THEN assignee_name END, matter = $13
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = 'correcting' RETURNING id, version""",
        (
            *(case.bucket, case.id, case.version),
            *(msgspec.to_builtins(correction), answers, accept_due, warn_at, department, district),
            *(msgspec.to_builtins(course), named, msgspec.to_builtins(joint), matter),
        ),
    )


def moving(
    case: Case,
    edge: Edge,
    *,
    now: datetime,
    reason: str | None = None,
    finding: Outcome | None = None,
    issue_due: datetime | None = None,
    ruling: Ruling | None = None,
) -> Part:
    """Part (a guard): any other move; decisions and ends take their times from the target state.

    ``finding`` is what an approval rests on: the rule over what is known, on the day of the decision; ``issue_due``
    until when what it grants must be issued and delivered; ``ruling`` how a reconsideration is decided.
    """
    decided = edge.move in (Move.APPROVE, Move.GRANT, Move.DEEM_RENEWED, Move.REFUSE, Move.DECLINE)
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
            finding = coalesce($9, finding), issue_due = coalesce($10, issue_due), ruling = coalesce($11, ruling)
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
            issue_due,
            ruling and str(ruling),
        ),
    )


def examining(case: Case, edge: Edge, opinions: tuple[Opinion, ...]) -> Part:
    """Part (a guard): a step of the item's chain, with what has been said in the round that runs."""
    return Part(
        """UPDATE cases."case" SET state = $5, version = version + 1, opinions = $6
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (
            *(case.bucket, case.id, case.version, str(edge.source), str(edge.target)),
            msgspec.to_builtins(opinions),
        ),
    )


def reporting(
    case: Case, edge: Edge, opinions: tuple[Opinion, ...], course: Course, *, department: str
) -> Part:
    """Part (a guard): the report to the organ that decides, ``department`` from now on; in nobody's hand there."""
    return Part(
        """UPDATE cases."case" SET state = $5, version = version + 1, opinions = $6, course = $7, department = $8,
            assignee = NULL, assignee_name = NULL
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (
            *(case.bucket, case.id, case.version, str(edge.source), str(edge.target)),
            *(msgspec.to_builtins(opinions), msgspec.to_builtins(course), department),
        ),
    )


def noted(case: Case, edge: Edge) -> Part:
    """Part (a guard): a step that changes nothing of the case but its version."""
    return Part(
        """UPDATE cases."case" SET version = version + 1
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (case.bucket, case.id, case.version, str(edge.source)),
    )


def reckoned(
    case: Case, edge: Edge, course: Course, dues: Dues, *, follow_up: FollowUp | None = None
) -> Part:
    """Part (a guard): a move that stops, resumes or moves the clock: its course, and the dates that follow.

    ``follow_up`` are the limits for materials that follow, where they are moved too.
    """
    return Part(
        """UPDATE cases."case" SET state = $5, version = version + 1, course = $6, accept_due = $7, promise_due = $8,
            statutory_due = $9, issue_due = $10, warn_at = $11, follow_up = coalesce($12, follow_up)
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (
            *(case.bucket, case.id, case.version, str(edge.source), str(edge.target)),
            *(
                msgspec.to_builtins(course),
                dues.accept,
                dues.promise,
                dues.statutory,
                dues.issue,
                dues.warn_at,
            ),
            msgspec.to_builtins(follow_up) if follow_up is not None else None,
        ),
    )


def noting(
    case: Case, edge: Edge, actor: Actor, *, now: datetime, detail: dict[str, Any] | None = None
) -> Part:
    """Part: the step in the case's life; its number is the version that the move makes.

    What the deputy of an absent officer does to her cases says for whom.
    """
    shown = actor.name if actor.role is Role.OFFICER else ""
    step = (
        *(case.bucket, case.id, case.version + 1, str(edge.move), str(edge.source), str(edge.target)),
        *(str(actor.role), shown, now, _with_agent(actor, detail)),
    )
    if actor.role is not Role.OFFICER or case.assignee in (None, actor.id):
        return Part(f"{_NOTED} $10::jsonb FROM guard", step)
    assert case.assignee is not None
    return Part(
        f"""{_NOTED} $10::jsonb || coalesce((SELECT jsonb_build_object('for', a.officer_name) FROM cases.absence a
            WHERE a.bucket = $11::smallint AND a.officer = $12::uuid AND a.deputy = $13::uuid
            AND a.ended_at IS NULL AND a.first_day <= $14::date AND a.last_day >= $14
            ORDER BY a.id LIMIT 1), '{{}}') FROM guard""",
        (*step, bucket_of(case.assignee), case.assignee, actor.id, clock.city_day(now)),
    )


def _with_agent(actor: Actor, detail: dict[str, Any] | None) -> dict[str, Any]:
    """What a step keeps besides: of an agent's, whose step is the applicant's, her name and by what right she acts."""
    acting = actor.acting
    if acting is None:
        return detail or {}
    # Who helped at the window does not decide: her steps are found by her id.
    helper = {"helper": str(acting.agent)} if acting.kind == "assisted" else {}
    # And on what paper, where a window founded the power: whoever reads the step can ask for it.
    basis = {"agent_basis": acting.basis} if acting.basis else {}
    return (detail or {}) | {"agent": acting.agent_name, "agent_kind": acting.kind} | helper | basis


_NOTED = """INSERT INTO cases.event (bucket, case_id, version, move, from_state, to_state, actor_role,
            actor_name, at, detail)
        SELECT $1::smallint, $2::uuid, $3::integer, $4::text, $5::text, $6::text, $7::text, $8::text,
            $9::timestamptz,"""


def existing(case_id: UUID, *, accounts: Sequence[UUID]) -> Part:
    """Part (a guard): the case is there and of one of her accounts; for a write that remembers an answer about it."""
    return Part(
        """SELECT id FROM cases."case" WHERE bucket = $1::smallint AND id = $2::uuid
            AND applicant = ANY($3::uuid[])""",
        (bucket_of(case_id), case_id, list(accounts)),
    )


def standing(case: Case) -> Part:
    """Part (a guard): the case is there; for a write that tells about it and changes nothing of it."""
    return Part(
        """SELECT id FROM cases."case" WHERE bucket = $1::smallint AND id = $2::uuid""",
        (case.bucket, case.id),
    )


def many(
    cases: list[Case], events: Iterable[tuple[Case, CaseEvent]], numbers: Iterable[tuple[Case, bytes]]
) -> tuple[Bulk, Bulk, Bulk]:
    """Cases to be copied in with their steps, and the global rows of their numbers with the holder's proof."""
    return (
        Bulk("cases", "case", Case.__struct_fields__, [msgspec.structs.astuple(case) for case in cases]),
        Bulk(
            *("cases", "event", ("bucket", "case_id", *CaseEvent.__struct_fields__)),
            [(case.bucket, case.id, *msgspec.structs.astuple(event)) for case, event in events],
        ),
        Bulk(
            *("cases", "number_index", ("short_code", "number", "applicant", "case_id", "holder_proof")),
            [(case.short_code, case.number, case.applicant, case.id, proof) for case, proof in numbers],
        ),
    )
