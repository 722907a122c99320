"""Corrections 补正: the department tells once what is wrong, the applicant puts just that right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import catalogue, identity
from tongban.cases import store
from tongban.cases.actions.applying.booking import on_days_off
from tongban.cases.actions.applying.competence import competent_department, district_of
from tongban.cases.actions.applying.filing import later_check, must_afford, one_matter, told_apart
from tongban.cases.actions.joint.corrected import lapse_correction, lay_correction, waits_for_words
from tongban.cases.actions.joint.naming import must_name_the_same
from tongban.cases.actions.limits.clocks import acceptance_due, received_at, warned_from
from tongban.cases.actions.moving import carry_out, case_at_work, step_of
from tongban.cases.actions.reviewing.silence import must_be_in_time
from tongban.cases.actions.reviewing.terminating import end_by_time
from tongban.cases.model import (
    POLICY,
    AnswersInvalid,
    BeingConfirmed,
    Case,
    Confirmed,
    Correction,
    CorrectionGivenUp,
    Joint,
    Move,
    NoSuchCase,
    NothingToCorrect,
    NotPossibleNow,
    State,
    ToldOnce,
    edge,
    worded,
)
from tongban.cases.model.answers import firm_of
from tongban.cases.model.attachments import wanted
from tongban.cases.model.facts import ACCOUNT, heard, prefilled
from tongban.cases.model.follow_up import faults_of
from tongban.cases.model.papers import Standing
from tongban.cases.model.papers.standing import got
from tongban.cases.model.rights import relation_to_case
from tongban.cases.model.same_matter import matter_of
from tongban.cases.model.visits import booking_of
from tongban.kit import clock, files, forms, keys, timers
from tongban.kit.db import Database, Part
from tongban.kit.errors import Words
from tongban.kit.forms import Form, Prefilled
from tongban.kit.i18n import N_
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM, Actor


class CorrectionSheet(msgspec.Struct, frozen=True):
    """A correction opened for the applicant: the form, what she submitted, and her answers as she has them now.

    ``only`` are the fields that she may change: those named, and what is asked only since she changed one of them.
    """

    case: Case
    version: catalogue.ItemVersion
    form: Form
    submitted: dict[str, Any]
    answers: dict[str, Any]
    correction: Correction

    @property
    def only(self) -> frozenset[str]:
        """The fields that are open."""
        return forms.reopened(
            self.form, self.answers, kept=self.submitted, only=self.correction.fields.keys()
        )

    @property
    def unchanged(self) -> bool:
        """Whether nothing that is open has been changed."""
        return all(self.submitted.get(name) == self.answers.get(name) for name in self.only)

    @property
    def filed(self) -> set[str]:
        """The files that were submitted, by id: they stay with the case, whatever takes their place."""
        return {
            file["file"]
            for field in self.form.fields
            if field.ui.widget == "files"
            for file in self.submitted.get(field.name) or ()
        }

    def given_up(self, *, now: datetime) -> CorrectionGivenUp | None:
        """That it comes too late, where the law counts the application as given up then; elsewhere the end of the
        case alone closes it."""
        if self.version.clock.uncorrected != "given_up" or now <= self.correction.until:
            return None
        last = clock.city_day(self.correction.until)
        return CorrectionGivenUp(last, self.version.clock.correction_basis)

    @property
    def restated(self) -> list[str]:
        """The answers that read otherwise than what was submitted, in the form's order; files apart."""
        attached = wanted(self.version.form)
        return [
            field.name
            for field in self.form.fields
            if field.name not in attached and self.submitted.get(field.name) != self.answers.get(field.name)
        ]

    def faults(self, *, now: datetime) -> dict[str, Words]:
        """What does not hold as of ``now``, by field or cell; what is asked for now, no promise puts off."""
        return faults_of(
            self.version.materials,
            self.form,
            self.answers,
            today=clock.city_day(now),
            due=self.correction.fields.keys(),
            filed=self.filed,
            fixed=self.form.by_name.keys() - self.only,
            told=self.submitted,
        )


async def ask_correction(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    said: Mapping[str, str],
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Tell the applicant once what must be put right 补正告知: by field, in words; the acceptance clock stops.

    行政许可法 art. 32(1)(4). Raises NothingToCorrect with a sentence for each field said too little of, or that only
    a register can put right; ToldOnce when a second request names what the first did not; AcceptedByLaw after the
    acceptance limit; NotPossibleNow, MovedOn.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.accept", applicant=applicant)
    step = await step_of(db, case, Move.ASK_CORRECTION, actor)
    correction = await correction_asked(db, case, said, now=now)
    await carry_out(
        db,
        actor,
        case,
        step,
        store.asking_correction(case, correction),
        timers.cancelling("cases.acceptance", subject=case.applicant, reference=case.id),
        timers.setting("cases.correction", subject=case.applicant, reference=case.id, due=correction.until),
        now=now,
        detail={"fields": correction.fields, "until": correction.until.isoformat()},
    )


async def correction_asked(db: Database, case: Case, said: Mapping[str, str], *, now: datetime) -> Correction:
    """The correction that these words would ask for now, and until when; raises as :func:`ask_correction`."""
    version = await catalogue.version(db, case.item, case.item_version)
    await must_be_in_time(db, case, version, now=now)
    form = forms.compile_form(version.form)
    words = worded(form, said)
    _by_the_applicant(form, case, words)
    earlier = case.correction
    bounds = earlier.bounds if earlier else None
    if bounds is not None and not words.keys() <= bounds:
        raise ToldOnce
    kept = earlier.answers if earlier is not None and earlier.taken_back else {}
    calendar = await clock.current_calendar(db)
    return Correction(
        asked_at=now,
        until=clock.end_of_day(calendar.add_working_days(clock.city_day(now), version.clock.correction_days)),
        fields=words,
        answers={name: value for name, value in kept.items() if name in words},
        before=tuple(sorted(bounds or ())),
        times=earlier.times + (not earlier.taken_back) if earlier else 1,
    )


def correctable(form: Form, case: Case) -> list[forms.Field]:
    """The answers that the applicant herself can put right.

    What a register or her account tells is theirs to correct; in a statement that she ticked nothing can be put right.
    """
    told = prefilled(form, heard(case.facts, form, keys.current(), case.id.bytes))
    return [field for field in form.fields if "const" not in field.rule and not _is_told(field, told)]


def _is_told(field: forms.Field, told: Mapping[str, Prefilled]) -> bool:
    if field.ui.editable or field.ui.prefill is None:
        return False
    known = told.get(field.name)
    return field.ui.prefill.resource == ACCOUNT or (known is not None and known.state == "filled")


def _by_the_applicant(form: Form, case: Case, words: Mapping[str, str]) -> None:
    possible = {field.name for field in correctable(form, case)}
    told: dict[str, Words] = {
        f"said-{name}": N_(
            "“{label}”来自登记部门，申请人不能改；请重新核对登记信息。", label=form.by_name[name].label
        )
        for name in words
        if name not in possible
    }
    if told:
        raise NothingToCorrect(told)


async def correction_sheet(db: Database, actor: Actor, *, case_id: UUID) -> CorrectionSheet:
    """The applicant's own case that waits for her correction. Raises NoSuchCase, NotPossibleNow."""
    assert actor.id is not None
    case = await store.case_of(db, case_id=case_id, applicant=actor.id)
    if case is None:
        raise NoSuchCase
    return await correction_of(db, actor, case)


async def correction_of(db: Database, actor: Actor, case: Case) -> CorrectionSheet:
    """The applicant's own case, once read, as :func:`correction_sheet`.

    Raises NotPossibleNow; BeingConfirmed while joint applicants are asked for their word on it.
    """
    POLICY.require(actor, "cases.correct", relation_to_case(actor, case))
    if case.state is State.CORRECTING and waits_for_words(case):
        raise BeingConfirmed
    return await sheet_of_correction(db, case)


async def sheet_of_correction(db: Database, case: Case) -> CorrectionSheet:
    """A case's correction as it stands, for whoever may read it. Raises NotPossibleNow."""
    if case.state is not State.CORRECTING or case.correction is None:
        raise NotPossibleNow(case.state)
    version = await catalogue.version(db, case.item, case.item_version)
    form = forms.compile_form(version.form)
    ring, place = keys.current(), case.id.bytes
    submitted = forms.open_answers(form, case.answers, ring, place)
    put_right = forms.open_answers(form, case.correction.answers, ring, place)
    answers = (
        forms.overlay(form, put_right, {}, kept=submitted, only=case.correction.fields.keys())
        if put_right
        else submitted
    )
    return CorrectionSheet(case, version, form, submitted, answers, case.correction)


async def files_open(db: Database, actor: Actor, *, case_id: UUID) -> dict[str, files.Wanted]:
    """The open questions that take files: asked before a body is read. Raises as :func:`correction_sheet`."""
    sheet = await correction_sheet(db, actor, case_id=case_id)
    return {name: one for name, one in wanted(sheet.version.form).items() if name in sheet.only}


async def correct(
    db: Database, actor: Actor, *, case_id: UUID, key: str | None, now: datetime
) -> dict[str, Any]:
    """Hand in the correction 补正: the case is submitted again and a new acceptance clock runs from now.

    What others have signed reads otherwise only with their word for it: a correction that changes more than files of
    what was applied for together is laid before them first, and the last one's word hands it in (``sign``).
    Gives ``{case}``. Two round trips. Raises AnswersInvalid with a sentence per field; BeyondPower where what is put
    right costs more than an agent may pay; CorrectionGivenUp after the last
    day of a reconsideration's; BeingConfirmed while it lies before the others. The same key gives the same answer.
    """

    async def act(remembering: Remembering) -> dict[str, Any]:
        sheet = await correction_sheet(db, actor, case_id=case_id)
        if gone := sheet.given_up(now=now):
            raise gone
        must_afford(actor, sheet.version, sheet.answers)
        if faults := sheet.faults(now=now) or await on_days_off(
            db, sheet.form, sheet.answers, only=sheet.only
        ):
            raise AnswersInvalid(faults)
        await must_name_the_same(db, sheet.case, sheet.version, sheet.form, sheet.answers)
        if sheet.case.joint is not None and sheet.restated:
            changed = [sheet.form.by_name[name].label for name in sheet.restated]
            await lay_correction(db, actor, sheet.case, sheet.version, changed, remembering, now=now)
        else:
            await hand_in(db, actor, sheet, remembering({"case": str(case_id)}), now=now)
        return {"case": str(case_id)}

    return await answer_once(
        db, act, bucket=actor.bucket, caller=actor.caller, key=key, body={"correct": str(case_id)}, now=now
    )


async def hand_in(
    db: Database,
    actor: Actor,
    sheet: CorrectionSheet,
    remembering: Sequence[Part],
    *,
    joint: Joint | None = None,
    now: datetime,
) -> None:
    """Give the corrected text to the department; ``joint`` is the round with everybody's word for it.

    Raises MovedOn.
    """
    case = sheet.case
    step = edge(Move.CORRECT, case.state, actor.role)
    booked = case.course.booked and booking_of(sheet.version, sheet.answers, filed=clock.city_day(now))
    due = await acceptance_due(db, sheet.version, submitted_at=now, booked=booked)
    answers = forms.seal_answers(sheet.form, sheet.answers, keys.current(), case.id.bytes)
    # What was put right may be where one lives: then another district's department takes it up.
    department = await competent_department(db, sheet.version, sheet.answers)
    apart = await told_apart(db, sheet.version)
    guard: Part = store.correcting(
        case,
        msgspec.structs.replace(sheet.correction, answers={}, hers=None),
        answers=answers,
        department=department.code,
        district=district_of(sheet.version, sheet.answers),
        course=msgspec.structs.replace(
            case.course, booked=booked, received=(await clock.current_calendar(db)).received_day(now)
        ),
        accept_due=due,
        warn_at=await warned_from(
            db, due=due, days=booked.days if booked else sheet.version.clock.accept_days
        ),
        named=await _named(db, sheet),
        matter=matter_of(keys.current(), sheet.form, sheet.answers, apart),
        joint=msgspec.structs.replace(case.joint, corrected=joint) if case.joint and joint else case.joint,
    )
    with one_matter(sheet.form, apart):
        await carry_out(
            db,
            actor,
            case,
            step,
            guard,
            timers.cancelling("cases.correction", subject=case.applicant, reference=case.id),
            timers.setting("cases.acceptance", subject=case.applicant, reference=case.id, due=due),
            *later_check(case, sheet.version, now=now),
            *remembering,
            now=now,
            detail={
                "fields": sorted(sheet.correction.fields),
                "was": _replaced(sheet),
                **({"confirmed": msgspec.to_builtins(Confirmed.of(joint))} if joint else {}),
            },
            then=Standing(
                *(department.name, await received_at(db, submitted_at=now), due, got(case.facts)),
                booked=booked.on if booked else None,
            ),
        )


async def _named(db: Database, sheet: CorrectionSheet) -> str:
    """As what the desk names the applicant now: who applied for a firm may have put right that it is for herself."""
    if firm := firm_of(sheet.form, sheet.answers)[0]:
        return firm
    if firm_of(sheet.form, sheet.submitted)[0]:
        return (await identity.person(db, sheet.case.applicant)).name_masked
    return sheet.case.applicant_masked


def _replaced(sheet: CorrectionSheet) -> dict[str, Any]:
    """What stood where something else stands now, as it is stored: the first receipt goes on to say it."""
    return {
        name: sheet.case.answers.get(name)
        for name in sorted(sheet.submitted.keys() | sheet.answers.keys())
        if sheet.submitted.get(name) != sheet.answers.get(name)
    }


async def terminate(db: Database, *, case_id: UUID, event: Event, now: datetime) -> None:
    """An application that was not put right in time is ended 终止; the applicant may apply anew.

    Called by the correction timer; a case that has been corrected by then, or whose date has moved, is left alone.
    Where it lies before joint applicants she has kept her limit, and it is theirs that ends: it is hers again. A
    reconsideration counts as given up by law (行政复议法 art. 31). Else no law sets this limit: the house's own is
    long, told in the request, and ends nothing but this application.
    """
    case = await case_at_work(db, SYSTEM, case_id=case_id, action="cases.terminate")
    if case.state is not State.CORRECTING or case.correction is None or case.correction.until > now:
        return
    if waits_for_words(case):
        await lapse_correction(db, case, event=event, now=now)
        return
    await end_by_time(db, case, event=event, handler="cases.jobs.terminate", now=now)
