"""After a grant on commitment 告知承诺: the promise falls due, is checked, put right or broken, and entered."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tongban import audit, catalogue, identity, regions
from tongban.cases import store
from tongban.cases.actions.applying.registers import ask
from tongban.cases.actions.moving import acting_as
from tongban.cases.model import POLICY, Case, NoSuchCase
from tongban.cases.model.commitments import (
    BY_OFFICER,
    ENTERED,
    EXPIRED,
    GIVEN,
    LIFE,
    LIFTED,
    WITH_WORDS,
    Committed,
    FindingMissing,
    Promise,
    PromiseMovedOn,
    PromiseUnknown,
    Turn,
    mismatches,
    turned,
)
from tongban.cases.model.follow_up import listed
from tongban.cases.providers import credit
from tongban.cases.store import commitments as rows
from tongban.kit import clock, forms, keys, outbox, timers
from tongban.kit.clock import end_of_day
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_, use_language
from tongban.kit.ids import new_id
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM, Actor, Relation
from tongban.settings import settings

#: A register that is silent is asked again after this.
AGAIN_AFTER = timedelta(hours=1)
#: How long one look into the registers may take under its purpose.
LOOKED_FOR = timedelta(minutes=10)
_LENGTHS = range(4, 501)


async def give_promise(db: Database, *, event: Event, now: datetime) -> None:
    """A case was granted: where that was on commitment its check begins; once. Raises NoSuchCase."""
    case = await _case(db, event)
    version = await catalogue.version(db, case.item, case.item_version)
    asks, decided = version.commitment, case.decided_at
    if asks is None or decided is None or not asks.given(version.situation(case.answers), case.answers):
        return
    calendar, day = await clock.current_calendar(db), clock.city_day(decided)
    due = end_of_day(calendar.add_working_days(day, asks.check_days))
    one = Committed(
        bucket=case.bucket,
        case_id=case.id,
        applicant=case.applicant,
        item=case.item,
        department=case.department or "",
        short_code=case.short_code or "",
        state=Promise.PROMISED,
        version=1,
        drawn=asks.drawn(case.number or "", decided.isoformat()),
        promised_at=decided,
        check_due=due,
        changed_at=now,
    )
    await write(
        db,
        rows.giving_promise(one),
        timers.setting(
            "cases.promise",
            subject=case.applicant,
            reference=case.id,
            due=end_of_day(calendar.add_working_days(day, 1)),
            outward=True,
        ),
        _news(one, GIVEN, due, now=now),
        audit.record(SYSTEM, "cases.give_promise", subject=case.applicant, reference=case.id, now=now),
    )


async def check_promise(db: Database, *, event: Event, now: datetime) -> None:
    """The timer of a promise: it falls due, and what registers can tell is looked at.

    What they cannot tell is the officers' to look at, and one that is drawn whatever they say. What was to be put right
    and was not when the time is over, is broken.
    """
    case = await _case(db, event)
    one = await rows.promise_of(db, case_id=case.id)
    if one is not None and one.state is Promise.REVOKED and one.until is not None and one.until <= now:
        ended = outbox.handling(event, "cases.jobs.check_promise", now=now)
        await write(db, store.standing(case), ended, _news(one, EXPIRED, None, now=now))
        return
    if one is None or one.state not in (Promise.PROMISED, Promise.CHECK_DUE, Promise.CURING):
        return
    if one.state is Promise.CURING:
        if one.cure_due is not None and one.cure_due <= now:
            await _turn(db, SYSTEM, one, Turn.LAPSE, now=now)
        return
    version = await catalogue.version(db, case.item, case.item_version)
    if one.state is Promise.PROMISED:
        await _turn(db, SYSTEM, one, Turn.FALL_DUE, now=now)
        one = msgspec.structs.replace(one, state=Promise.CHECK_DUE, version=one.version + 1)
    asks = version.commitment
    if asks is not None and asks.checks:
        await _by_data(db, case, version, asks, one, now=now)


async def _by_data(
    db: Database,
    case: Case,
    version: catalogue.ItemVersion,
    asks: catalogue.Commitment,
    one: Committed,
    *,
    now: datetime,
) -> None:
    """What the registers say of the promise, read under a purpose of the case's own that ends with the look."""
    purpose = new_id(case.bucket)
    await write(
        db,
        store.standing(case),
        audit.opening_purpose(
            id=purpose,
            kind="case",
            subject=case.applicant,
            reference=str(case.id),
            item=case.item,
            fields=version.purpose_field_names,
            basis=version.purpose_law,
            until=now + LOOKED_FOR,
            now=now,
        ),
    )
    reading = msgspec.structs.replace(case, purpose=purpose)
    wanted = sorted({check.resource for check in asks.checks})
    said = await ask(db, SYSTEM, reading, version, resources=wanted, now=now)
    form = forms.compile_form(version.form)
    answers = forms.open_answers(form, case.answers, keys.current(), case.id.bytes)
    closing = audit.closing_purpose(subject=case.applicant, reference=str(case.id), now=now)
    if any(answer.outcome == "down" for answer in said.values()):
        again = timers.setting(
            "cases.promise", subject=case.applicant, reference=case.id, due=now + AGAIN_AFTER, outward=True
        )
        await write(db, store.standing(case), closing, again)
        return
    wrong = mismatches(
        tuple(
            (one.label, said[one.resource].data.get(one.field), answers.get(one.answer))
            for one in asks.checks
        )
    )
    if wrong:
        # In the language of the case: her letter quotes it.
        with use_language(case.language):
            found = str(N_("登记信息与承诺不一致：{labels}", labels=listed(wrong)))
        await _failed(db, SYSTEM, one, version, found, closing, now=now)
    elif one.drawn:
        await write(db, store.standing(case), closing)
    else:
        await _turn(db, SYSTEM, one, Turn.HOLD, closing, now=now)


async def record_check(
    db: Database, actor: Actor, *, case_id: UUID, turn: str, found: str, now: datetime
) -> Committed:
    """Record what an officer of the department found 登记核查: it holds, it does not, or it was put right.

    Raises NoSuchCase for who is not of the department, PromiseUnknown, PromiseMovedOn, FindingMissing where something
    was wrong and no words say what.
    """
    POLICY.require(actor, "cases.promises", Relation.DEPARTMENT)
    one = await rows.promise_of(db, case_id=case_id)
    case = await store.case_for_work(db, case_id=case_id) if one is None else None
    about = one or case
    if about is None or await acting_as(db, actor, about.department) != actor.department:
        raise NoSuchCase
    if one is None:
        raise PromiseUnknown
    if turn not in BY_OFFICER:
        raise PromiseMovedOn(one.state)
    turned(one.state, Turn(turn))
    words = found.strip()
    if turn in WITH_WORDS and len(words) not in _LENGTHS:
        raise FindingMissing
    if turn == Turn.RESTORE:
        out = outbox.announcing(
            "cases.promise_restored", subject=one.applicant, reference=case_id, now=now, outward=True
        )
        return await _turn(db, actor, one, Turn.RESTORE, out, found=words, now=now)
    if turn == Turn.FAIL:
        case = await store.case_for_work(db, case_id=case_id)
        if case is None:
            raise NoSuchCase
        version = await catalogue.version(db, case.item, case.item_version)
        return await _failed(db, actor, one, version, words, now=now)
    return await _turn(db, actor, one, Turn(turn), now=now)


async def promises(
    db: Database, actor: Actor, *, after: UUID | None = None, limit: int, now: datetime
) -> list[Committed]:
    """The promises about which the officer's department has to do something: one statement, keyset."""
    POLICY.require(actor, "cases.promises", Relation.DEPARTMENT)
    return await rows.promises_at_desk(
        db, department=actor.department or "", after=after, limit=limit, now=now
    )


async def promise_shown(db: Database, case: Case, version: catalogue.ItemVersion) -> Committed | None:
    """What became of a case's promise, for its page; no statement where its item takes none."""
    return await rows.promise_of(db, case_id=case.id) if version.commitment else None


async def note_revoked(db: Database, *, event: Event, now: datetime) -> None:
    """licences.revoked: a promise that was found wrong ends with its licence, and goes into the credit register."""
    one = await rows.promise_of(db, case_id=UUID(event.reference))
    if one is None or (one.state, Turn.REVOKE) not in LIFE:
        return
    version = await catalogue.current(db, one.item)
    months = version.commitment.barred_months if version.commitment else 0
    until = now + timedelta(days=30 * months)
    await _turn(
        db,
        SYSTEM,
        one,
        Turn.REVOKE,
        outbox.announcing(
            "cases.promise_broken", subject=one.applicant, reference=one.case_id, now=now, outward=True
        ),
        timers.setting(
            "cases.promise", subject=one.applicant, reference=one.case_id, due=until, outward=True
        ),
        until=until,
        now=now,
    )


async def enter_credit(db: Database, *, event: Event, now: datetime) -> None:
    """cases.promise_broken: the credit register takes the entry, once; raises CreditAway while it does not."""
    one = await rows.promise_of(db, case_id=UUID(event.reference))
    if one is None or one.until is None:
        return
    person = await identity.person(db, one.applicant)
    version = await catalogue.current(db, one.item)
    entry = credit.Entry(
        entry_id=one.case_id,
        subject_kind="firm" if person.is_firm else "person",
        subject_number=person.id_number,
        organ=(await regions.department(db, one.department)).name.zh,
        matter=version.name.zh,
        decided_on=clock.city_day(one.changed_at),
        until=clock.city_day(one.until),
    )
    await credit.enter(settings().sandbox_url, entry)
    await write(
        db,
        Part("SELECT 1 AS entered"),
        outbox.handling(event, "cases.jobs.enter_credit", now=now),
        audit.record(SYSTEM, "cases.enter_credit", subject=one.applicant, reference=one.case_id, now=now),
        _news(one, ENTERED, one.until, now=now),
    )


async def lift_credit(db: Database, *, event: Event, now: datetime) -> None:
    """cases.promise_restored: the credit register takes the entry out; raises CreditAway while it does not."""
    one = await rows.promise_of(db, case_id=UUID(event.reference))
    if one is None or one.state is not Promise.RESTORED:
        return
    await credit.lift(settings().sandbox_url, one.case_id)
    await write(
        db,
        Part("SELECT 1 AS lifted"),
        outbox.handling(event, "cases.jobs.lift_credit", now=now),
        audit.record(SYSTEM, "cases.lift_credit", subject=one.applicant, reference=one.case_id, now=now),
        _news(one, LIFTED, None, now=now),
    )


async def _failed(
    db: Database,
    actor: Actor,
    one: Committed,
    version: catalogue.ItemVersion,
    found: str,
    *parts: Part,
    now: datetime,
) -> Committed:
    assert version.commitment is not None, "a promise was taken"
    calendar = await clock.current_calendar(db)
    due = end_of_day(calendar.add_working_days(clock.city_day(now), version.commitment.cure_days))
    timer = timers.setting(
        "cases.promise", subject=one.applicant, reference=one.case_id, due=due, outward=True
    )
    return await _turn(db, actor, one, Turn.FAIL, timer, *parts, cure_due=due, found=found, now=now)


async def _turn(
    db: Database,
    actor: Actor,
    one: Committed,
    turn: Turn,
    *parts: Part,
    cure_due: datetime | None = None,
    found: str | None = None,
    until: datetime | None = None,
    now: datetime,
) -> Committed:
    """One turn of its life: the row, the ledger, and the news, of which she is told. Raises PromiseMovedOn."""
    after = msgspec.structs.replace(
        one,
        state=turned(one.state, turn),
        cure_due=cure_due or one.cure_due,
        found=found or one.found,
        checked_by=one.checked_by if actor is SYSTEM else actor.name,
        changed_at=now,
        until=until,
    )
    done = await write(
        db,
        rows.turning(one, after),
        audit.record(
            actor,
            "cases.check_promise",
            subject=one.applicant,
            reference=one.case_id,
            detail={"turn": str(turn)},
            now=now,
        ),
        _news(after, str(turn), after.due, now=now),
        *parts,
    )
    if done is None:
        raise PromiseMovedOn(one.state)
    return after


def _news(one: Committed, what: str, until: datetime | None, *, now: datetime) -> Part:
    """What happened to a promise, for her letter: what was found, and the date that counts then."""
    day = {} if until is None else {"until": f"{clock.city_day(until):%Y-%m-%d}"}
    payload = {"what": what, "found": one.found or "", **day}
    return outbox.announcing(
        "cases.promise_turned", subject=one.applicant, reference=one.case_id, payload=payload, now=now
    )


async def _case(db: Database, event: Event) -> Case:
    case = await store.case_for_work(db, case_id=UUID(event.reference))
    if case is None:
        raise NoSuchCase
    return case
