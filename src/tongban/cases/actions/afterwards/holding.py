"""Cases about a held licence 许可后续办理: opened from it, filed in time or not, and what the decision does to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tongban import catalogue, licences
from tongban.cases import store
from tongban.cases.actions.limits.clocks import issue_due
from tongban.cases.actions.moving import carry_out, case_at_work, organ_of, step_of
from tongban.cases.actions.reading.premises import premises_of
from tongban.cases.model import Case, Move, MovedOn, NoSuchCase, State
from tongban.cases.model.answers import FIRM_NAME, licence_face, stated
from tongban.cases.model.facts import Heard, heard, settled, stored
from tongban.cases.model.held import DEEMED_FROM, HeldNeeded, RenewedByLaw, content, wanted
from tongban.cases.model.papers import Standing
from tongban.catalogue import HELD, NEW, Act
from tongban.kit import clock, forms, keys, outbox, timers
from tongban.kit.db import Database, Part, write
from tongban.kit.forms import Form
from tongban.kit.i18n import Message
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM, Actor


async def held_facts(
    db: Database,
    actor: Actor,
    version: catalogue.ItemVersion,
    about: UUID | None,
    *,
    case_id: UUID,
    now: datetime,
) -> dict[str, Any]:
    """The first facts of a draft about a held licence: what the licence says, as stored; none for another item.

    ``about`` is the case whose decision gave the licence. Raises HeldNeeded, LicenceUnknown for what is not hers, and
    AfterwardsRefused with the sentence why it cannot be asked now.
    """
    if version.after is None:
        return {}
    if about is None:
        raise HeldNeeded
    assert actor.id is not None
    held = await licences.holding(db, holder=actor.id, reference=about)
    await licences.must_be_askable(db, held, version.after, now=now)
    form = forms.compile_form(version.form)
    licence = held.licence
    said, _, _ = await content_of(db, applicant=actor.id, case_id=about)
    told = said | {
        "held_number": licence.number,
        "held_from": licence.valid_from.isoformat() if licence.valid_from else None,
        "held_until": licence.valid_until.isoformat() if licence.valid_until else None,
        "holder_name": held.holder_name,
        "holder_code": held.holder_code,
    }
    asked = wanted(form)
    data = {name: value for name, value in told.items() if name in asked and value is not None}
    fact = Heard("found", held.name, licence.issued_at, now, data)
    return stored({HELD: fact}, form, keys.current(), case_id.bytes)


async def held_refusal(
    db: Database, actor: Actor, version: catalogue.ItemVersion, about: UUID | None, *, now: datetime
) -> licences.AfterwardsRefused | None:
    """Why this cannot be asked for her licence now, before anything is opened; None where it can, or is about none."""
    if version.after is None or about is None or actor.id is None:
        return None
    if await store.living_case(db, accounts=actor.accounts, item=version.code, about=about):
        return None
    held = await licences.holding(db, holder=actor.id, reference=about)
    try:
        await licences.must_be_askable(db, held, version.after, now=now)
    except licences.AfterwardsRefused as refused:
        return refused
    return None


async def content_of(
    db: Database, *, applicant: UUID, case_id: UUID
) -> tuple[dict[str, Any], Form | None, tuple[str, ...]]:
    """What the licence says by the cases that made it what it is: the first one's answers, the changes over them.

    With the form of the first one and the names of what stands on the licence's face.
    """
    said: dict[str, Any] = {}
    first: Form | None = None
    named: tuple[str, ...] = ()
    ring = keys.current()
    for case in await store.line_of(db, applicant=applicant, case_id=case_id):
        version = await catalogue.version(db, case.item, case.item_version)
        form, place = forms.compile_form(version.form), case.id.bytes
        answers = settled(
            form,
            forms.open_answers(form, case.answers, ring, place),
            heard(case.facts, form, ring, place),
        )
        said = content(said, form, version.after, answers)
        if version.after is None:
            first, named = form, version.face
    return said, first, named


async def filing_parts(
    db: Database, case: Case, version: catalogue.ItemVersion, *, now: datetime
) -> tuple[Part, ...]:
    """What filing such a case writes besides: what is asked for the licence, and the timer of silence (art. 50).

    Nothing for other items. Raises as :func:`held_facts`: the licence may have changed since the draft was opened.
    """
    if version.after is None or case.about is None:
        return ()
    held = await licences.holding(db, holder=case.applicant, reference=case.about)
    await licences.must_be_askable(db, held, version.after, now=now)
    in_time = await licences.keeps_valid(db, held, version.after, now=now)
    asking = licences.asking(held, version.after.act, reference=case.id, keeps_valid=in_time, now=now)
    if not in_time or held.licence.valid_until is None:
        return (asking,)
    return asking, _timer(case, held.licence.valid_until)


async def must_be_undecided(
    db: Database, case: Case, version: catalogue.ItemVersion, *, now: datetime
) -> None:
    """Raise RenewedByLaw for a decision that comes after silence has granted the renewal, whatever the timer does."""
    if version.after is None or version.after.act is not Act.RENEW or case.about is None:
        return
    held = await licences.holding(db, holder=case.applicant, reference=case.about)
    if _granted_by_silence(held, case, now=now):
        raise RenewedByLaw


async def must_still_stand(db: Database, case: Case, version: catalogue.ItemVersion) -> None:
    """Raise NotStanding before an approval whose licence would take the place of one that was ended for good."""
    if version.after is None or case.about is None or not version.licence_type:
        return
    licences.must_stand(await licences.holding(db, holder=case.applicant, reference=case.about))


async def gone_licence(
    db: Database, case: Case, version: catalogue.ItemVersion, *, now: datetime
) -> Message | None:
    """How the held licence stands that a case is about, once it holds no more (revoked, cancelled, expired, replaced).

    None while it holds, and, without a statement, for another item.
    """
    if version.after is None or case.about is None:
        return None
    held = await licences.holding(db, holder=case.applicant, reference=case.about)
    return licences.gone_words(held, version.after.act, now=now)


def _granted_by_silence(held: licences.Holding, case: Case, *, now: datetime) -> bool:
    licence = held.licence
    return (
        licence.asked is not None
        and licence.asked.case == case.id
        and licence.asked.keeps_valid
        and licence.valid_until is not None
        and now > clock.end_of_day(licence.valid_until)
    )


async def taking_over(
    db: Database,
    case: Case,
    version: catalogue.ItemVersion,
    form: Form,
    answers: Mapping[str, Any],
    *,
    now: datetime,
) -> tuple[Part, ...]:
    """The parts that found the licence which takes the held one's place, in the name of the same holder.

    Raises NotStanding when the held one was ended for good meanwhile.
    """
    assert version.after is not None and case.about is not None and case.department is not None
    held = await licences.holding(db, holder=case.applicant, reference=case.about)
    name = next(
        (
            str(answers[f"{NEW}{field.name}"])
            for field in form.fields
            if field.ui.element == FIRM_NAME and answers.get(f"{NEW}{field.name}")
        ),
        held.holder_name,
    )
    face = {key: value for key, value in licence_face(form, answers).items() if value}
    said, first, named = await content_of(db, applicant=case.applicant, case_id=case.about)
    premises = ""
    if first is not None:
        stands = content(said, form, version.after, answers)
        facts = stated(first, stands, named or version.face)
        face |= {"facts": facts} if facts else {}
        premises = await premises_of(db, held.licence.type_code, first, stands)
    return licences.issuing(
        holder=case.applicant,
        type_code=held.licence.type_code,
        reference=case.id,
        department=case.department,
        holder_name=name,
        holder_code=held.holder_code,
        claims={**held.face, **face},
        purpose=case.purpose,
        shown=held.licence.shown,
        replacing=licences.replacing(held, version.after, now=now),
        premises=premises,
        now=now,
    )


async def deem_renewed(db: Database, *, case_id: UUID, event: Event, now: datetime) -> None:
    """The licence's last day is over without a decision: it counts as renewed (行政许可法 art. 50(2)).

    Called by the timer that filing set; a case that was decided, ended or waits for its applicant is left alone, and so
    is one whose licence was ended for good. An officer who decides at the same moment wins or loses whole. The
    decision is that of the licence's last day, whenever the worker comes to it.
    """
    case = await case_at_work(db, SYSTEM, case_id=case_id, action="cases.decide")
    version = await catalogue.version(db, case.item, case.item_version)
    if case.about is None or version.after is None:
        return
    promised = case.follow_up is not None and bool(case.follow_up.outstanding)
    if case.state is State.CORRECTING or (promised and case.state in DEEMED_FROM):
        await _let_lapse(db, case, event, now=now)
        return
    if case.state not in DEEMED_FROM:
        return
    held = await licences.holding(db, holder=case.applicant, reference=case.about)
    if not _granted_by_silence(held, case, now=now):
        await _wait_on(db, case, held, event, now=now)
        return
    assert held.licence.valid_until is not None
    last = clock.end_of_day(held.licence.valid_until)
    step = await step_of(db, case, Move.DEEM_RENEWED, SYSTEM)
    form = forms.compile_form(version.form)
    answers = forms.open_answers(form, case.answers, keys.current(), case.id.bytes)
    try:
        founding = await taking_over(db, case, version, form, answers, now=last)
    except licences.NotStanding:
        return
    until = await issue_due(db, version, decided_at=last)
    await carry_out(
        db,
        SYSTEM,
        case,
        step,
        store.moving(case, step, now=last, issue_due=until),
        *founding,
        *(timers.cancelling(kind, subject=case.applicant, reference=case.id) for kind in _NO_MORE),
        outbox.handling(event, "cases.jobs.deem_renewed", now=now),
        now=now,
        detail={"until": held.licence.valid_until.isoformat()},
        then=Standing(await organ_of(db, case), due=case.promise_due or until),
    )


async def _wait_on(db: Database, case: Case, held: licences.Holding, event: Event, *, now: datetime) -> None:
    """The timer came before the last day was over, by a clock that had jumped: it is set once more."""
    if held.licence.valid_until is None or now > clock.end_of_day(held.licence.valid_until):
        return
    await write(
        db,
        store.standing(case),
        _timer(case, held.licence.valid_until),
        outbox.handling(event, "cases.jobs.deem_renewed", now=now),
    )


def _timer(case: Case, until: date) -> Part:
    """The part that sets the timer of silence, for the end of the licence's last day."""
    due = clock.end_of_day(until)
    return timers.setting("cases.deeming", subject=case.applicant, reference=case.id, due=due)


async def again_parts(db: Database, case: Case, *, now: datetime) -> tuple[Part, ...]:
    """What taking back the end of such a case writes besides: it asks again, and where the licence has not ended
    meanwhile, what was filed in time keeps it valid again, with the timer of silence."""
    if case.about is None or case.submitted_at is None:
        return ()
    version = await catalogue.version(db, case.item, case.item_version)
    if version.after is None:
        return ()
    held = await licences.holding(db, holder=case.applicant, reference=case.about)
    until = held.licence.valid_until
    stands = until is not None and now <= clock.end_of_day(until)
    in_time = stands and await licences.keeps_valid(db, held, version.after, now=case.submitted_at)
    asks = licences.asking_again(holder=case.applicant, reference=case.id, keeps_valid=in_time)
    return (asks, _timer(case, until)) if in_time and until is not None else (asks,)


async def _let_lapse(db: Database, case: Case, event: Event, *, now: datetime) -> None:
    """The organ waits for the applicant's correction, or for what she promised.

    Nothing is granted, and the licence ends with its last day.
    """
    done = await write(
        db,
        store.standing(case),
        licences.no_longer_kept(holder=case.applicant, reference=case.id),
        outbox.handling(event, "cases.jobs.deem_renewed", now=now),
    )
    if done is None:
        raise MovedOn


#: Timers that a case has no use for once silence has decided it.
_NO_MORE = ("cases.acceptance", "cases.special", "cases.hearing")


async def end_licence(db: Database, *, event: Event, now: datetime) -> None:
    """A cancellation that was asked for is granted: the licence is cancelled 注销. Handles cases.granted, once."""
    case = await store.case_for_work(db, case_id=UUID(event.reference))
    if case is None:
        raise NoSuchCase
    version = await catalogue.version(db, case.item, case.item_version)
    if version.after is None or version.after.act is not Act.CANCEL or case.about is None:
        return
    held = await licences.holding(db, holder=case.applicant, reference=case.about)
    await licences.cancel_asked(
        db,
        licence=held.licence.id,
        case=case.id,
        code=case.short_code or "",
        mark=outbox.handling(event, "cases.jobs.end_licence", now=now),
        now=now,
    )
