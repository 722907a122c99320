"""What news and timers do to cases. Each function calls one action; the action carries the event's mark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from tongban.cases import actions
from tongban.cases.actions import archiving
from tongban.cases.actions.afterwards import committing
from tongban.cases.actions.letters import telling
from tongban.cases.actions.reading import asking
from tongban.cases.model import NoSuchCase
from tongban.kit.db import Database
from tongban.kit.outbox import Event, RefusedForGood
from tongban.kit.policy import SYSTEM
from tongban.settings import settings


@contextmanager
def _of_a_case() -> Iterator[None]:
    """News about a case that does not exist will never find it: it is given up, for the operator to look at."""
    try:
        yield
    except NoSuchCase as gone:
        raise RefusedForGood("no such case") from gone


async def tell(db: Database, event: Event, *, now: datetime) -> None:
    """Any step of a case: the applicant is told."""
    with _of_a_case():
        await actions.tell(db, event=event, now=now)


async def count_asked(db: Database, event: Event, *, now: datetime) -> None:
    """cases.submitted: what was asked for although nobody should be is added up."""
    with _of_a_case():
        await asking.count_asked(db, event=event, now=now)


async def give_promise(db: Database, event: Event, *, now: datetime) -> None:
    """cases.approved: what was granted on commitment waits for its check."""
    with _of_a_case():
        await committing.give_promise(db, event=event, now=now)


async def check_promise(db: Database, event: Event, *, now: datetime) -> None:
    """The timer of a promise: its check has come, or the time to put right is over."""
    with _of_a_case():
        await committing.check_promise(db, event=event, now=now)


async def note_revoked(db: Database, event: Event, *, now: datetime) -> None:
    """licences.revoked: a promise that was found wrong ends with it."""
    await committing.note_revoked(db, event=event, now=now)


async def enter_credit(db: Database, event: Event, *, now: datetime) -> None:
    """cases.promise_broken: the credit register takes it in."""
    await committing.enter_credit(db, event=event, now=now)


async def lift_credit(db: Database, event: Event, *, now: datetime) -> None:
    """cases.promise_restored: the credit register takes the entry out."""
    await committing.lift_credit(db, event=event, now=now)


async def tell_promise(db: Database, event: Event, *, now: datetime) -> None:
    """cases.promise_turned: who gave the promise is told what became of it."""
    with _of_a_case():
        await telling.tell_promise(db, event=event, now=now)


async def invite(db: Database, event: Event, *, now: datetime) -> None:
    """cases.invited: the others are asked for their word."""
    with _of_a_case():
        await actions.invite(db, event=event, now=now)


async def welcome(db: Database, event: Event, *, now: datetime) -> None:
    """identity.opened: what has been waiting for this person is laid before her."""
    await actions.welcome(db, event=event, now=now)


async def inherit(db: Database, event: Event, *, now: datetime) -> None:
    """An officer has left or serves elsewhere: what she had in hand goes to the head of her department."""
    await actions.inherit(db, officer=event.subject, department=event.payload["department"], now=now)


async def note_firm_ended(db: Database, event: Event, *, now: datetime) -> None:
    """identity.firm_ended: the departments that have its cases find it noted there."""
    await actions.note_firm_ended(db, event=event, now=now)


async def note_firm_taken_over(db: Database, event: Event, *, now: datetime) -> None:
    """identity.firm_taken_over: they find there too who goes on with them."""
    await actions.note_firm_taken_over(db, event=event, now=now)


async def uninvite(db: Database, event: Event, *, now: datetime) -> None:
    """A draft went back to its first applicant: nobody is asked any more."""
    with _of_a_case():
        await actions.uninvite(db, event=event, now=now)


async def lapse(db: Database, event: Event, *, now: datetime) -> None:
    """The confirming timer: thirty days without everybody's word."""
    with _of_a_case():
        await actions.lapse(db, case_id=UUID(event.reference), event=event, now=now)


async def deem_accepted(db: Database, event: Event, *, now: datetime) -> None:
    """The acceptance timer: five working days without an answer."""
    with _of_a_case():
        await actions.deem_accepted(db, case_id=UUID(event.reference), event=event, now=now)


async def deem_renewed(db: Database, event: Event, *, now: datetime) -> None:
    """The deeming timer: a licence's last day is over and its renewal, applied for in time, is not decided."""
    with _of_a_case():
        await actions.deem_renewed(db, case_id=UUID(event.reference), event=event, now=now)


async def end_licence(db: Database, event: Event, *, now: datetime) -> None:
    """cases.granted: a licence whose holder asked for its cancellation is cancelled."""
    with _of_a_case():
        await actions.end_licence(db, event=event, now=now)


async def terminate(db: Database, event: Event, *, now: datetime) -> None:
    """The correction timer: what had to be put right was not, in time."""
    with _of_a_case():
        await actions.terminate(db, case_id=UUID(event.reference), event=event, now=now)


async def end_overdue(db: Database, event: Event, *, now: datetime) -> None:
    """The timer of materials that follow: what was promised did not come, in time."""
    with _of_a_case():
        await actions.end_overdue(db, case_id=UUID(event.reference), event=event, now=now)


async def remind(db: Database, event: Event, *, now: datetime) -> None:
    """The timer before that: what was promised has not come yet."""
    with _of_a_case():
        await actions.remind(db, event=event, now=now)


async def recheck(db: Database, event: Event, *, now: datetime) -> None:
    """The recheck timer: a register was down when the case was submitted."""
    with _of_a_case():
        await actions.recheck(db, SYSTEM, case_id=UUID(event.reference), event=event, now=now)


async def complete(db: Database, event: Event, *, now: datetime) -> None:
    """licences.issued: the licence that this case asked for stands in the library."""
    with _of_a_case():
        await actions.complete(db, event=event, now=now)


async def follow_licence(db: Database, event: Event, *, now: datetime) -> None:
    """News of a licence: what its issuer has decided gets its paper; one that is not made after all ends its case."""
    await actions.follow_licence(db, event=event, now=now)


async def publish(db: Database, event: Event, *, now: datetime) -> None:
    """A decision that grants: it becomes public, if it is about a licence."""
    with _of_a_case():
        await actions.publish(db, event=event, now=now)


async def unpublish(db: Database, event: Event, *, now: datetime) -> None:
    """licences.revoked, cases.called_off: the decision that founded the licence is public no more."""
    await actions.unpublish(db, event=event, now=now)


async def republish(db: Database, event: Event, *, now: datetime) -> None:
    """licences.reinstated: the decision that founded the licence is public again, where it was taken off."""
    await actions.republish(db, event=event, now=now)


async def note_ended(db: Database, event: Event, *, now: datetime) -> None:
    """News of an end: the case waits for its package from now on."""
    await archiving.note_ended(db, case_id=UUID(event.reference), at=event.at, now=now)


async def archive_anew(db: Database, event: Event, *, now: datetime) -> None:
    """News after an end, a status taken back or a delivery: the package is made anew."""
    await archiving.archive_anew(
        db, case_id=UUID(event.reference), applicant=event.subject, at=event.at, now=now
    )


async def archive(db: Database, *, now: datetime) -> None:
    """Every few seconds: the cases that have ended are sealed into their packages, a batch at a time."""
    await archiving.archive_due(db, now=now)


async def forget_batches(db: Database, *, now: datetime) -> None:
    """Hourly: what bulk actions of more than a week ago came to is dropped."""
    await actions.forget_batches(db, now=now)


async def recount(db: Database, *, now: datetime) -> None:
    """Each minute: dates that an amended calendar moves. One statement more than none while nothing was amended."""
    await actions.recount(db, now=now)


async def supervise(db: Database, *, now: datetime) -> None:
    """Each minute: dates that were missed since the last look are recorded, unanswered records handed on."""
    # A clock that is pinned for a test has no witness.
    await actions.supervise(db, now=now, witnessed=settings().now is None)


async def supervise_step(db: Database, event: Event, *, now: datetime) -> None:
    """A step that may break a rule by itself: deemed acceptance, a second correction, a decision without a reason, a
    hearing put off by the calendar."""
    with _of_a_case():
        await actions.supervise_step(db, event=event, now=now)


async def special_overran(db: Database, event: Event, *, now: datetime) -> None:
    """The timer of a special procedure: it takes longer than the applicant was told."""
    with _of_a_case():
        await actions.special_overran(db, event=event, now=now)


async def review_overran(db: Database, event: Event, *, now: datetime) -> None:
    """The timer of a first review: the case was not reported to the organ that decides, in time."""
    with _of_a_case():
        await actions.review_overran(db, event=event, now=now)


async def end_unasked(db: Database, event: Event, *, now: datetime) -> None:
    """The timer of what must be asked for in person after a wait by law: nobody came in time."""
    with _of_a_case():
        await actions.end_unasked(db, case_id=UUID(event.reference), event=event, now=now)


async def close_record(db: Database, event: Event, *, now: datetime) -> None:
    """The hearing's timer: the record was laid before the applicant, and she has said nothing of it in time."""
    with _of_a_case():
        await actions.close_record(db, case_id=UUID(event.reference), event=event, now=now)


async def apply_outcome(db: Database, event: Event, *, now: datetime) -> None:
    """cases.granted: a reconsideration that was granted takes back the decision that it is about, on a case or on the
    licence that it gave."""
    with _of_a_case():
        await actions.apply_outcome(db, event=event, now=now)


async def seal_papers(db: Database, *, now: datetime) -> int:
    """Every second: papers that were given get the seal of their organ."""
    return await actions.seal_papers(db, now=now)
