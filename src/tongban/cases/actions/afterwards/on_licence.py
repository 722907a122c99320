"""What the library of licences decides, followed by the case that gave the licence: its step, its paper, its end."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from tongban import licences, regions
from tongban.cases import store
from tongban.cases.actions.moving import carry_out, step_of
from tongban.cases.model import Case, Move, State
from tongban.cases.model.on_licence import AGAINST, FOLLOWING, CalledOff, Decided
from tongban.cases.model.papers import GIVEN, Standing, paper_number
from tongban.kit import clock, outbox
from tongban.kit.db import Database, Part
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM

_HANDLER = "cases.jobs.follow_licence"


async def follow_licence(db: Database, *, event: Event, now: datetime) -> None:
    """Note what the issuer has decided about a licence on the case that gave it, once; the paper is made of the step.

    A licence that was cancelled in the making ends its case. One whose case is not in this house is left to its issuer,
    and the holder is told so. What is no decision of the issuer's (an expiry, a cancellation that the holder asked for
    and has her own decision of) leaves no step. Raises NotPossibleNow while the case is not closed yet, MovedOn: both
    are tried again.
    """
    licence = UUID(event.payload["licence"])
    decided = await licences.decision(db, licence=licence, revision=event.payload.get("revision"))
    in_making = event.payload.get("was") == licences.State.MAKING
    if decided is None and not in_making:
        return
    mark = outbox.handling(event, _HANDLER, now=now)
    case = await store.case_for_work(db, case_id=UUID(event.reference))
    if case is None:
        if decided is not None:
            await licences.left_to_the_issuer(db, decided, mark=mark, now=now)
    elif in_making:
        await _call_off(db, case, event, decided, mark, now=now)
    elif decided is not None:
        await _note(db, case, decided, event, mark, now=now)


async def granted_by(db: Database, *, references: Collection[UUID]) -> frozenset[UUID]:
    """Who decided the grants of those of these cases whose item has a chain; nobody of any other, and of grants of
    before that was kept. What the licences ask before a licence is revoked or withdrawn."""
    return await store.granted_by(db, cases=references)


async def _note(
    db: Database,
    case: Case,
    decided: licences.Decision,
    event: Event,
    mark: Part,
    *,
    now: datetime,
) -> None:
    """The step of a decision, with its paper; of one that was overturned the paper is the reconsideration's."""
    move = FOLLOWING[decided.act]
    step = await step_of(db, case, move, SYSTEM)
    held = await licences.holding(db, holder=decided.holder, reference=decided.reference)
    legal = await licences.legal_of(db, decided)
    told = Decided(
        licence=held.name,
        number=held.licence.number or "",
        identifier=held.licence.identifier or "",
        issued=held.licence.valid_from,
        code=decided.ground or "",
        ground=legal.words if legal else None,
        article=legal.article if legal else None,
        reason=decided.reason,
        compensation=decided.compensation,
        at=decided.at,
        against=move in AGAINST,
        back=licences.State(event.payload["state"]) if move is Move.REINSTATE_LICENCE else None,
    )
    papered = () if decided.paper else (_answering(decided, case, move, now=now),)
    await carry_out(
        db,
        SYSTEM,
        case,
        step,
        store.noted(case, step),
        *papered,
        mark,
        now=now,
        detail=told.stored(),
        then=Standing(
            (await regions.department(db, decided.department)).name,
            reconsidered_by=await regions.reconsideration_organ(db, decided.department),
        ),
    )


async def _call_off(
    db: Database, case: Case, event: Event, decided: licences.Decision | None, mark: Part, *, now: datetime
) -> None:
    """The licence is not made after all: the case ends, with the paper and letter of it, and supervision is told."""
    if case.state is not State.ISSUING:
        return
    step = await step_of(db, case, Move.CALL_OFF, SYSTEM)
    held = await licences.holding(db, holder=case.applicant, reference=case.id)
    base, since = event.payload.get("base"), event.payload.get("since")
    why = CalledOff(
        licence=held.name,
        base=licences.State(base) if base else None,
        since=clock.city_day(datetime.fromisoformat(since)) if since else None,
        reason=decided.kept_on(await licences.legal_of(db, decided)) if decided else "",
    )
    answered = (_answering(decided, case, Move.CALL_OFF, now=now),) if decided else ()
    await carry_out(
        db,
        SYSTEM,
        case,
        step,
        store.moving(case, step, now=now),
        *answered,
        mark,
        now=now,
        detail=why.stored(),
        closes=True,
    )


def _answering(decided: licences.Decision, case: Case, move: Move, *, now: datetime) -> Part:
    """The paper is that of the case's next step."""
    step = case.version + 1
    paper = f"/my/cases/{case.id}/papers/{GIVEN[move]}.pdf?step={step}"
    return licences.answering(decided, paper=paper, number=paper_number(case, step), now=now)
