"""The department's moves: accept, decline, approve, refuse; and the two that time and news make."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tongban import catalogue, identity, licences
from tongban.cases import store
from tongban.cases.actions.afterwards.differing import must_differ
from tongban.cases.actions.afterwards.holding import must_be_undecided, must_still_stand, taking_over
from tongban.cases.actions.afterwards.ruling import chosen
from tongban.cases.actions.applying.competence import district_of
from tongban.cases.actions.applying.registers import find
from tongban.cases.actions.hearing.closing import heard_before
from tongban.cases.actions.limits.clocks import decision_dues, deemed_at, issue_due, received_on
from tongban.cases.actions.moving import carry_out, case_at_work, organ_giving, organ_of, step_of
from tongban.cases.actions.owed.following_up import following_from, told_of
from tongban.cases.actions.reading.premises import premises_of
from tongban.cases.actions.reviewing.cautioning import approved_in_spite, cautions_of
from tongban.cases.actions.reviewing.conditions import must_be_open, must_have_applied, waiting_from
from tongban.cases.actions.reviewing.consulting import advised
from tongban.cases.actions.reviewing.examining import in_turn
from tongban.cases.actions.reviewing.reasons import reason_beside, reason_of
from tongban.cases.actions.reviewing.reporting import watched
from tongban.cases.actions.reviewing.silence import accepted_since, must_be_in_time
from tongban.cases.actions.reviewing.visiting import end_not_come
from tongban.cases.model import (
    AuthorityTooLong,
    Case,
    Edge,
    Move,
    NotPossibleNow,
    RuleNotMet,
    State,
    edge,
)
from tongban.cases.model.answers import FIRM_CODE, FIRM_NAME, ID_NUMBER, NAME, by_element, licence_face
from tongban.cases.model.facts import Heard, heard, settled
from tongban.cases.model.follow_up import must_have_come
from tongban.cases.model.numbers import licence_number
from tongban.cases.model.papers import Standing
from tongban.cases.model.papers.standing import got
from tongban.cases.model.refusals import too_long
from tongban.cases.model.rulings import Ruling
from tongban.kit import clock, forms, keys, outbox, papers, serials, timers
from tongban.kit.db import Database, Part, write
from tongban.kit.forms import Form
from tongban.kit.i18n import N_
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM, Actor, Role
from tongban.kit.rules import Outcome, Truth

LONGEST_AUTHORITY = 200


async def accept(
    db: Database, actor: Actor, *, case_id: UUID, applicant: UUID | None = None, now: datetime
) -> None:
    """Accept 受理: the decision clock starts, and the limits of materials that were promised to follow.

    After the acceptance limit the law has accepted already: what is written is that, counted from the same day as
    :func:`deem_accepted` would, by the officer. Raises NotPossibleNow, MovedOn, NoSuchCase.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.accept", applicant=applicant)
    step = await step_of(db, case, Move.ACCEPT, actor)
    must_have_applied(case)
    version = await catalogue.version(db, case.item, case.item_version)
    since = await accepted_since(db, case, version, now=now)
    if since is not None:
        step = edge(Move.DEEM_ACCEPTED, case.state, Role.SYSTEM)  # the law's move, whoever writes it down
    await _accept(db, actor, case, step, now=now, counted_from=since)


async def deem_accepted(db: Database, *, case_id: UUID, event: Event, now: datetime) -> None:
    """No answer in time counts as accepted, on the day that the law says (``deemed_from`` of the item's limits).

    On the day of receipt, after a correction that of the correction (行政许可法 art. 32(1)(4)); or on the day on which
    the limit has run out (行政复议法 art. 30).

    Called by the acceptance timer; a case that has moved on by then is left alone. Where the limit runs still, because
    it was moved after the timer had gone or another worker's clock is ahead, the timer is set for its end. A booking
    that nobody came with until then ends.
    """
    case = await case_at_work(db, SYSTEM, case_id=case_id, action="cases.accept")
    if case.state is not State.SUBMITTED:
        return
    handled = outbox.handling(event, "cases.jobs.deem_accepted", now=now)
    assert case.accept_due is not None
    if case.accept_due > now:
        subject, due = case.applicant, case.accept_due
        anew = timers.setting("cases.acceptance", subject=subject, reference=case.id, due=due)
        await write(db, store.standing(case), anew, handled)
        return
    version = await catalogue.version(db, case.item, case.item_version)
    if case.course.booked is not None:
        await end_not_come(db, case, case.course.booked, event=event, now=now)
        return
    step, since = await step_of(db, case, Move.DEEM_ACCEPTED, SYSTEM), await deemed_at(db, case, version)
    await _accept(db, SYSTEM, case, step, handled, now=now, counted_from=since)


async def _accept(
    db: Database,
    actor: Actor,
    case: Case,
    step: Edge,
    *parts: Part,
    now: datetime,
    counted_from: datetime | None = None,
) -> None:
    version = await catalogue.version(db, case.item, case.item_version)
    start = counted_from or now
    calendar = await clock.current_calendar(db)
    course, asking = waiting_from(case, version, clock.city_day(start), calendar)
    received = received_on(case, calendar)
    promise, statutory, warn_at = await decision_dues(
        db, version, case.answers, accepted_at=start, received=received, course=course
    )
    follow_up, limits = await following_from(db, case, version, now=now)
    guard = store.accepting(
        case,
        actor,
        promise_due=promise,
        statutory_due=statutory,
        warn_at=warn_at,
        course=course,
        follow_up=follow_up,
        now=start,
    )
    cancelled = timers.cancelling("cases.acceptance", subject=case.applicant, reference=case.id)
    then = Standing(await organ_of(db, case), start, promise, got(case.facts))
    await carry_out(
        db,
        actor,
        case,
        step,
        guard,
        cancelled,
        *limits,
        *asking,
        *watched(case, version, course, clock.city_day(start), calendar),
        *parts,
        now=now,
        detail=told_of(follow_up),
        then=then,
    )


async def decline(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    reason: str,
    authority: str = "",
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Do not accept 不予受理, with the reason that the applicant reads.

    ``authority`` is whom she should ask instead where the matter is another organ's (行政许可法 art. 32(1)(2)); it
    stands on the paper. Raises AcceptedByLaw after the acceptance limit, ReasonMissing, ReasonTooLong,
    AuthorityTooLong, SameReasonBarred.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.accept", applicant=applicant)
    step = await step_of(db, case, Move.DECLINE, actor)
    version = await catalogue.version(db, case.item, case.item_version)
    await must_be_undecided(db, case, version, now=now)
    await must_be_in_time(db, case, version, now=now)
    instead = " ".join(authority.split())
    faults = {"authority": too_long(N_("应当申请的机关"), len(instead), LONGEST_AUTHORITY)}
    words = reason_beside(reason, faults if len(instead) > LONGEST_AUTHORITY else {}, AuthorityTooLong)
    await must_differ(db, case, step, words)
    guard = store.moving(case, step, now=now, reason=words)
    then = Standing(await organ_giving(db, case, step.move), authority=instead)
    await carry_out(db, actor, case, step, guard, now=now, detail={"reason": words}, then=then, closes=True)


async def refuse(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    reason: str,
    ruling: str = "",
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Refuse 不予办理, with the reason; the page adds the remedies (行政许可法 art. 38).

    ``ruling`` is how a reconsideration is decided against her (行政复议法 art. 68, 69). Raises HearingNotTold,
    HearingRightRuns and HearingToBeHeld where a hearing comes first, RulingNotChosen, SameReasonBarred.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.decide", applicant=applicant, now=now)
    step = await step_of(db, case, Move.REFUSE, actor)
    version = await catalogue.version(db, case.item, case.item_version)
    in_turn(version, case, Move.REFUSE, actor)
    await must_be_undecided(db, case, version, now=now)
    advised(case, now=now)
    hearing = await heard_before(db, case, version, Move.REFUSE, now=now)
    found = chosen(version, case, ruling, reason, move=Move.REFUSE)
    words = reason_of(reason)
    await must_differ(db, case, step, words)
    await carry_out(
        db,
        actor,
        case,
        step,
        store.moving(case, step, now=now, reason=words, ruling=found),
        now=now,
        detail={"reason": words, **hearing, **_ruled(found)},
        closes=True,
    )


def _ruled(ruling: Ruling | None) -> dict[str, Any]:
    """What a step keeps of how a reconsideration is decided."""
    return {"ruling": str(ruling)} if ruling else {}


async def approve(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    note: str = "",
    ruling: str = "",
    seen: Collection[str] = (),
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Approve 准予: the licence is put in hand in the same write; an item that gives none ends with the approval.

    Two round trips, one more where the item is inspected on the spot, where its licence is one for each premises (two
    when there is one), for the account when the population register has been silent, and where the law makes a
    procedure or a time the condition of it; four more for what is asked for a held licence, five for a renewal, since
    each rule reads that licence as it stands. A rule that is not met cannot be approved; where a register's answer is
    missing, or the chain proposed a refusal, the officer states what she checked. What :func:`cautions_of` points out
    she has ``seen`` (the keys of the ticks) and says why she approves all the same; step and ledger keep it. ``ruling``
    is how a reconsideration is decided for her (行政复议法 art. 63 to 66). Raises CautionsUnread, RulingNotChosen,
    ReasonMissing, MaterialsOutstanding while what was promised has not come, AdviceAwaited while advice is waited for,
    HearingToBeHeld where a hearing comes first, RenewedByLaw, NotStanding where its licence has ended, ProcedureDue,
    WaitingRuns, NotAskedInPerson where the law's condition is not met, OutOfTurn, DutyMissing, FourEyes where the item
    has a chain.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.decide", applicant=applicant, now=now)
    await step_of(db, case, Move.APPROVE, actor)  # before anything is read about the applicant
    version = await catalogue.version(db, case.item, case.item_version)
    in_turn(version, case, Move.APPROVE, actor)
    await must_be_open(db, case, version, now=now)
    hearing = await heard_before(db, case, version, Move.APPROVE, now=now)
    must_have_come(case.follow_up)
    await must_be_undecided(db, case, version, now=now)
    await must_still_stand(db, case, version)
    form = forms.compile_form(version.form)
    ring, place = keys.current(), case.id.bytes
    facts = heard(case.facts, form, ring, place)
    finding = find(version, facts, now=now)
    if finding.verdict is Truth.FALSE:
        raise RuleNotMet
    advised(case, now=now)
    by_law = chosen(version, case, ruling, note, move=Move.GRANT)
    against = any(one.favour is False for one in case.opinions)
    needed = by_law is not None or against or finding.verdict is not Truth.TRUE
    answers = settled(form, forms.open_answers(form, case.answers, ring, place), facts)
    found = await cautions_of(*(db, actor, case, version), form=form, answers=answers, facts=facts, now=now)
    words, told = approved_in_spite(found, seen, note, needed=needed)
    ledger = {"cautions": [one.key for one in found]} if found else None
    detail = hearing | told | _ruled(by_law) | ({"by": str(actor.id)} if version.chain else {})
    if not version.licence_type:
        await _grant(
            *(db, actor, case),
            reason=words,
            ruling=by_law,
            finding=finding,
            detail=detail,
            ledger=ledger,
            now=now,
        )
        return
    step = await step_of(db, case, Move.APPROVE, actor)
    until = await issue_due(db, version, decided_at=now)
    guard = store.moving(case, step, now=now, reason=words, finding=finding, issue_due=until)
    issuing = await _licence(db, case, version, form, answers, facts, now=now)
    then = Standing(await organ_of(db, case), due=case.promise_due)
    await carry_out(db, actor, case, step, guard, *issuing, now=now, detail=detail, ledger=ledger, then=then)


async def _grant(
    db: Database,
    actor: Actor,
    case: Case,
    *,
    reason: str | None,
    ruling: Ruling | None,
    finding: Outcome,
    detail: dict[str, Any],
    ledger: dict[str, Any] | None,
    now: datetime,
) -> None:
    """The approval of an item that gives no licence 准予、办结: nothing is left to be made."""
    step = await step_of(db, case, Move.GRANT, actor)
    guard = store.moving(case, step, now=now, reason=reason, finding=finding, ruling=ruling)
    await carry_out(db, actor, case, step, guard, now=now, detail=detail, ledger=ledger, closes=True)


async def _licence(
    db: Database,
    case: Case,
    version: catalogue.ItemVersion,
    form: Form,
    answers: Mapping[str, Any],
    facts: Mapping[str, Heard],
    *,
    now: datetime,
) -> tuple[Part, ...]:
    """The parts that found the licence, in the name of whom its type is for: the firm, or the person herself."""
    if version.after is not None:
        return await taking_over(db, case, version, form, answers, now=now)
    kind = await licences.licence_type(db, version.licence_type)
    if kind.holder_kind == "organisation":
        name = by_element(form, answers, FIRM_NAME)
        number = (
            await _new_code(db, district_of(version, answers))
            if version.assigns_code
            else by_element(form, answers, FIRM_CODE)
        )
    else:
        name, number = await _holder(db, case, form, answers, facts)
    assert case.department is not None
    return licences.issuing(
        holder=case.applicant,
        type_code=version.licence_type,
        reference=case.id,
        department=case.department,
        holder_name=name,
        holder_code=number,
        claims=licence_face(form, answers, version.face),
        number=await _number(db, version, answers),
        purpose=case.purpose,
        premises=await premises_of(db, version.licence_type, form, answers),
        now=now,
    )


async def _number(db: Database, version: catalogue.ItemVersion, answers: Mapping[str, Any]) -> str | None:
    """The licence's number by the rule of its item 许可证编号; None where it has none. Serials may leave gaps."""
    rule = version.numbering
    if rule is None:
        return None
    district, digit = district_of(version, answers), rule.digits[str(answers[rule.field])]
    serial = await serials.take(db, f"licence-number:{rule.prefix}{digit}{district}")
    return licence_number(rule, digit=digit, district=district, serial=serial)


async def _new_code(db: Database, district: str) -> str:
    """The unified social credit code of an organisation that did not exist before: the district's next (GB 32100).

    Organisation codes of firms registered since 2015 begin with MA; the serial is leased, so gaps are allowed.
    """
    serial = await serials.take(db, f"uscc:{district}")
    return papers.firm_code(district, f"MA{serial:06d}")


async def _holder(
    db: Database, case: Case, form: Form, answers: Mapping[str, Any], facts: Mapping[str, Heard]
) -> tuple[str, str]:
    """Name and ID number as they stand on a person's licence.

    The register's word, or that of the account, which a register confirmed when it was opened: never a name typed.
    """
    name, number = by_element(form, answers, NAME), by_element(form, answers, ID_NUMBER)
    if "population" not in facts or facts["population"].outcome != "found":
        holder = await identity.person(db, case.applicant)
        name, number = holder.name, holder.id_number
    return name, number


async def complete(db: Database, *, event: Event, now: datetime) -> None:
    """The licence is issued: the case is closed 办结. Handles licences.issued, once."""
    case = await case_at_work(db, SYSTEM, case_id=UUID(event.reference), action="cases.complete")
    if case.state is State.CLOSED:
        return
    if case.state is not State.ISSUING:
        raise NotPossibleNow(case.state)
    step = await step_of(db, case, Move.COMPLETE, SYSTEM)
    await carry_out(
        db,
        SYSTEM,
        case,
        step,
        store.moving(case, step, now=now),
        outbox.handling(event, "cases.jobs.complete", now=now),
        now=now,
        detail={"licence": event.payload.get("licence")},
        closes=True,
    )
