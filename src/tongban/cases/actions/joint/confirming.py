"""Confirming: a draft is laid before its joint applicants, who sign or refuse, each from an account of his or her own.

Until the last of them has signed nothing is filed: no department, no number, no clock. What brings the draft back to
its first applicant (a refusal, her recall, time) leaves everything that she typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit, catalogue, identity
from tongban.cases import store
from tongban.cases.actions.applying.drafting import DRAFT_LIFETIME
from tongban.cases.actions.applying.filing import CASE_LIFETIME, Ready, file_case, new_code, ready
from tongban.cases.actions.joint.corrected import (
    keep_word,
    recall_correction,
    refuse_correction,
    waits_for_words,
)
from tongban.cases.actions.joint.naming import name_fits, number_hash
from tongban.cases.actions.moving import carry_out, case_at_work, step_of
from tongban.cases.actions.owed.correcting import hand_in, sheet_of_correction
from tongban.cases.model import (
    ASKED_FOR,
    POLICY,
    Case,
    Edge,
    Ended,
    Joint,
    Move,
    MovedOn,
    Named,
    NameDiffers,
    NoLongerHolds,
    NoSuchCase,
    NotPossibleNow,
    Signer,
    State,
    edge,
)
from tongban.cases.model.facts import heard, told
from tongban.cases.model.follow_up import faults_of
from tongban.cases.model.joint import NotAgreed, reason_typed, signer_of
from tongban.cases.model.rights import relation_to_case
from tongban.kit import clock, keys, outbox, timers
from tongban.kit.db import Database, Part, write
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.ids import new_id
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM, Actor, Relation

#: What the field ``cases.case`` of a purpose stands for: the application itself, to those who apply together.
FIELDS = ["cases.case"]


def together(case_id: UUID) -> str:
    """The reference of the purpose under which joint applicants read the application: it outlives the case's own."""
    return f"{case_id}.joint"


async def lay_before(
    db: Database,
    actor: Actor,
    case: Case,
    this: Ready,
    others: Sequence[Named],
    remembering: Remembering,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Ask the others for their word 请共同申请人确认: one write; the first applicant has hereby given hers.

    Gives ``{case, code: None}``. The worker writes an invitation into the bucket of each who has an account; whoever
    has none finds it when she enrols. Raises MovedOn.
    """
    step, asks = edge(Move.INVITE, case.state, actor.role), this.version.joint_applicants
    assert asks is not None
    joint = Joint(
        round=case.version + 1,
        asked_at=now,
        until=now + ASKED_FOR,
        purpose=new_id(case.bucket),
        signers=tuple(signer_of(one, hash_=number_hash(one.number)) for one in others),
    )
    answer = {"case": str(case.id), "code": None}
    laid = await write(
        db,
        store.laying_before(case, joint, language=this.language),
        store.noting(case, step, actor, now=now, detail={"asked": [one.name for one in joint.signers]}),
        store.indexing(case, joint),
        audit.record(
            actor, "cases.invite", subject=case.applicant, reference=case.id, purpose=case.purpose, now=now
        ),
        audit.opening_purpose(
            id=joint.purpose,
            kind="case",
            subject=case.applicant,
            reference=together(case.id),
            item=case.item,
            fields=FIELDS,
            basis=asks.basis.zh,
            until=now + CASE_LIFETIME,
            now=now,
        ),
        outbox.announcing(
            str(step.event),
            subject=case.applicant,
            reference=case.id,
            now=now,
            payload={"round": joint.round},
        ),
        timers.setting("cases.confirming", subject=case.applicant, reference=case.id, due=joint.until),
        *remembering(answer),
    )
    if laid is None:
        raise MovedOn
    return answer


async def laid_before(db: Database, actor: Actor, case_id: UUID) -> tuple[store.Invitation, Case]:
    """What an invited one acts on: her invitation, then the case in its round; two statements, each in its own bucket.

    Raises NoSuchCase for whoever was not asked; NotPossibleNow for the first applicant, whose word stands already.
    """
    assert actor.id is not None
    invited = await store.invitation(db, case_id=case_id, person=actor.id)
    if invited is None:
        own = await store.case_of(db, case_id=case_id, applicant=actor.id)
        raise NoSuchCase if own is None else NotPossibleNow(own.state)
    POLICY.require(actor, "cases.confirm", Relation.OWN)
    case = await store.case_laid_before(db, invited)
    if case is None:
        raise NoSuchCase
    return invited, case


async def sign(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    agrees: bool,
    shown: int | None = None,
    key: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Confirm 确认 what was laid before her, on the item's statement, to which she ``agrees``.

    Gives ``{case, code}``, the code once the last signature has filed it, or handed the correction in that was laid
    before her. ``shown`` is the round that she has read; another one that has taken its place she reads first, and
    NotPossibleNow is raised. Three round trips, for two buckets are read.
    However many sign at once, one of them files, and only once: the case's version decides, and who was slower looks
    again. Raises NotAgreed, NoSuchCase, StepUpNeeded, NotPossibleNow, NameDiffers, NoLongerHolds. A second time
    changes nothing.
    """
    if not agrees:
        raise NotAgreed

    async def act(remembering: Remembering) -> dict[str, Any]:
        while True:
            invited, case = await laid_before(db, actor, case_id)
            if shown not in (None, _round_of(case).running.round):
                raise NotPossibleNow(case.state)
            try:
                if case.state is State.CORRECTING:
                    return await _sign_corrected(db, actor, invited, case, remembering, now=now)
                return await _sign(db, actor, invited, case, remembering, now=now)
            except MovedOn:  # another has signed in between; each round of this one fewer is left to do so
                continue

    return await answer_once(
        db, act, bucket=actor.bucket, caller=actor.caller, key=key, body={"sign": str(case_id)}, now=now
    )


async def _sign(
    db: Database,
    actor: Actor,
    invited: store.Invitation,
    case: Case,
    remembering: Remembering,
    *,
    now: datetime,
) -> dict[str, Any]:
    joint, answer = _round_of(case), {"case": str(case.id), "code": case.short_code}
    if joint.ended is None and joint.seat_of(actor.id) is not None:
        return answer
    step = await step_of(db, case, Move.SIGN, actor)
    if not invited.name_fits:
        raise NameDiffers
    version = await catalogue.version(db, case.item, case.item_version)
    await catalogue.must_be_offered(db, case.item, today=clock.city_day(now))
    await identity.must_reach(db, actor, level=version.min_level, now=now)
    signed = _signed(joint, invited.seat, actor, now=now)
    if signed.open:
        guard = store.keeping_word(case, step, signed)
        detail = {"seat": invited.seat, "level": actor.level}
        await carry_out(db, actor, case, step, guard, *remembering(answer), now=now, detail=detail)
        return answer
    this = await ready(db, case, store.FoundBy(None, None), language=case.language, joint=signed)
    facts = heard(case.facts, this.form, keys.current(), case.id.bytes)
    if faults_of(
        *(this.version.materials, this.form, this.answers),
        today=clock.city_day(now),
        told=told(this.form, facts),
    ):
        raise NoLongerHolds
    code = await new_code(db, this, now=now)
    answer = {"case": str(case.id), "code": code}
    await file_case(db, actor, case, this, *_settling(case), *remembering(answer), code=code, now=now)
    return answer


async def _sign_corrected(
    db: Database,
    actor: Actor,
    invited: store.Invitation,
    case: Case,
    remembering: Remembering,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Her word for a correction; the last one hands it in."""
    joint, answer = _round_of(case), {"case": str(case.id), "code": None}
    if not waits_for_words(case):
        raise NotPossibleNow(case.state)
    if joint.running.seat_of(actor.id) is not None:
        return answer
    sheet = await sheet_of_correction(db, case)
    assert actor.id is not None
    if not await name_fits(
        *(db, case, sheet.version, sheet.form, sheet.answers), person=actor.id, seat=invited.seat
    ):
        raise NameDiffers
    signed = _signed(joint.running, invited.seat, actor, now=now)
    if signed.open:
        parts = remembering(answer)
        await keep_word(db, actor, case, Move.SIGN, signed, *parts, seat=invited.seat, now=now)
        return answer
    if sheet.faults(now=now):
        raise NoLongerHolds
    answer = {"case": str(case.id), "code": case.short_code}
    await hand_in(db, actor, sheet, remembering(answer), joint=signed, now=now)
    return answer


def _round_of(case: Case) -> Joint:
    assert case.joint is not None
    return case.joint


def _signed(joint: Joint, seat: int, actor: Actor, *, now: datetime) -> Joint:
    signer = joint.signers[seat]
    return joint.at(seat, msgspec.structs.replace(signer, person=actor.id, signed_at=now, level=actor.level))


def _settling(case: Case) -> tuple[Part, ...]:
    """The parts that end the waiting: nobody is looked for any more, no time runs out."""
    return (
        store.unindexing(case),
        timers.cancelling("cases.confirming", subject=case.applicant, reference=case.id),
    )


async def unsign(db: Database, actor: Actor, *, case_id: UUID, now: datetime) -> None:
    """Take one's confirmation back 撤回确认 while others have not signed yet. A second time changes nothing.

    Raises NoSuchCase, NotPossibleNow once it is filed: then it is :func:`withdraw` that takes it back.
    """
    invited, case = await laid_before(db, actor, case_id)
    step, joint = await step_of(db, case, Move.UNSIGN, actor), _round_of(case).running
    if step.source is State.CORRECTING and not waits_for_words(case):
        raise NotPossibleNow(case.state)
    if joint.seat_of(actor.id) is None:
        return
    signer = joint.signers[invited.seat]
    without = joint.at(invited.seat, Signer(hash=signer.hash, role=signer.role, name=signer.name))
    if step.source is State.CORRECTING:
        await keep_word(db, actor, case, Move.UNSIGN, without, seat=invited.seat, now=now)
        return
    guard = store.keeping_word(case, step, without)
    await carry_out(db, actor, case, step, guard, now=now, detail={"seat": invited.seat})


async def dissent(db: Database, actor: Actor, *, case_id: UUID, reason: str, now: datetime) -> None:
    """Refuse to confirm 不确认, with the reason that the first applicant reads: her draft or correction is open again.

    Raises WhyNot, NoSuchCase, NotPossibleNow.
    """
    invited, case = await laid_before(db, actor, case_id)
    step, joint = await step_of(db, case, Move.DISSENT, actor), _round_of(case)
    if step.source is State.CORRECTING and not waits_for_words(case):
        raise NotPossibleNow(case.state)
    said = reason_typed(reason)
    if step.source is State.CORRECTING:
        await refuse_correction(db, actor, case, seat=invited.seat, said=said, now=now)
        return
    ended = joint.ending(Ended.REFUSED, by=joint.signers[invited.seat].name, said=said)
    await _reopen(db, actor, case, step, ended, now=now, detail={"seat": invited.seat, "reason": said})


async def recall(db: Database, actor: Actor, *, case_id: UUID, now: datetime) -> None:
    """The first applicant takes the draft, or her correction, back to change it 取回修改: what others have signed of it
    counts no more.

    Raises NoSuchCase, NotPossibleNow. A second time changes nothing.
    """
    assert actor.id is not None
    case = await store.case_of(db, case_id=case_id, applicant=actor.id)
    if case is None:
        raise NoSuchCase
    POLICY.require(actor, "cases.draft", relation_to_case(actor, case))
    if case.state is State.DRAFT and case.joint is not None:
        return
    step = await step_of(db, case, Move.RECALL, actor)
    if step.source is State.CORRECTING:
        if waits_for_words(case):
            await recall_correction(db, actor, case, now=now)
        return
    await _reopen(db, actor, case, step, _round_of(case).ending(Ended.RECALLED), now=now)


async def lapse(db: Database, *, case_id: UUID, event: Event, now: datetime) -> None:
    """Thirty days without everybody's word: the draft is its first applicant's again. Called by the timer; a case that
    was filed or reopened by then is left alone."""
    case = await case_at_work(db, SYSTEM, case_id=case_id, action="cases.confirm")
    if case.state is not State.CONFIRMING or _round_of(case).until > now:
        return
    step = await step_of(db, case, Move.LAPSE, SYSTEM)
    mark = outbox.handling(event, "cases.jobs.lapse", now=now)
    await _reopen(db, SYSTEM, case, step, _round_of(case).ending(Ended.LAPSED), mark, now=now)


async def _reopen(
    db: Database,
    actor: Actor,
    case: Case,
    step: Edge,
    ended: Joint,
    *parts: Part,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """The draft as it was typed, under a purpose of its own for thirty days more; the others' reading ends."""
    version = await catalogue.version(db, case.item, case.item_version)
    purpose = new_id(case.bucket)
    await carry_out(
        db,
        actor,
        case,
        step,
        store.reopening(case, ended, purpose=purpose, now=now),
        *_settling(case),
        audit.closing_purpose(subject=case.applicant, reference=str(case.id), now=now),
        audit.closing_purpose(subject=case.applicant, reference=together(case.id), now=now),
        audit.opening_purpose(
            id=purpose,
            kind="draft",
            subject=case.applicant,
            reference=str(case.id),
            item=case.item,
            fields=version.purpose_field_names,
            basis=version.purpose_law,
            until=now + DRAFT_LIFETIME,
            now=now,
        ),
        *parts,
        now=now,
        detail=detail,
    )
