"""Corrected: what a correction changes of an application filed together is laid before the others before it goes back.

Each has signed a text; another text takes its place only with their word for it. While they are asked the case waits
for the correction as before, and the department has the text that was signed. What the first applicant has put right
stays kept, whatever they say.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.moving import carry_out
from tongban.cases.model import (
    Case,
    Correction,
    Ended,
    Joint,
    Move,
    NotPossibleNow,
    edge,
)
from tongban.kit import clock, timers
from tongban.kit.db import Database, Part
from tongban.kit.i18n import Text
from tongban.kit.idempotency import Remembering
from tongban.kit.outbox import Event, handling
from tongban.kit.policy import SYSTEM, Actor


def waits_for_words(case: Case) -> bool:
    """Whether the others' word for a correction is waited for."""
    return case.joint is not None and case.joint.corrected is not None and case.joint.corrected.waits


async def lay_correction(
    db: Database,
    actor: Actor,
    case: Case,
    version: catalogue.ItemVersion,
    changed: Iterable[Text],
    remembering: Remembering,
    *,
    now: datetime,
) -> None:
    """Ask the others for their word on what was corrected 请共同申请人确认补正: one write; hers is hereby given.

    She has kept her limit by it: what runs from now on is the others', as many working days as she had. ``changed``
    are the labels of the answers that read otherwise now. Raises MovedOn.
    """
    joint, correction = case.joint, case.correction
    assert joint is not None
    assert correction is not None
    step = edge(Move.INVITE, case.state, actor.role)
    until = await _end(db, version, now=now)
    laid = Joint(
        round=case.version + 1,
        asked_at=now,
        until=until,
        purpose=joint.purpose,
        signers=tuple(
            msgspec.structs.replace(one, person=None, signed_at=None, level=0, leaves_at=None)
            for one in joint.signers
        ),
    )
    theirs = msgspec.structs.replace(
        correction, asked_at=now, until=until, hers=(correction.asked_at, correction.until)
    )
    await carry_out(
        *(db, actor, case, step),
        _kept(case, laid, theirs),
        _waiting(case, until),
        *remembering({"case": str(case.id)}),
        now=now,
        detail={"changed": [{"zh": one.zh, "en": one.en} for one in changed]},
    )


async def keep_word(
    db: Database,
    actor: Actor,
    case: Case,
    move: Move,
    laid: Joint,
    *parts: Part,
    seat: int,
    now: datetime,
) -> None:
    """A signature on the correction while others' are waited for, or one taken back. Raises MovedOn."""
    assert case.correction is not None
    step, detail = edge(move, case.state, actor.role), {"seat": seat, "level": actor.level}
    guard = _kept(case, laid, case.correction)
    await carry_out(db, actor, case, step, guard, *parts, now=now, detail=detail)


async def refuse_correction(
    db: Database, actor: Actor, case: Case, *, seat: int, said: str, now: datetime
) -> None:
    """One of them does not agree: the text that was signed stands, and the first applicant may correct again.

    Her limit begins anew, for what she is told now is new to her. Raises NotPossibleNow, MovedOn.
    """
    laid = _laid(case)
    ended = laid.ending(Ended.REFUSED, by=laid.signers[seat].name, said=said)
    detail = {"seat": seat, "reason": said}
    await _anew(db, actor, case, Move.DISSENT, ended, now=now, detail=detail)


async def recall_correction(db: Database, actor: Actor, case: Case, *, now: datetime) -> None:
    """The first applicant takes her correction back to change it, within the limit that she had: that goes on running.

    Raises NotPossibleNow once that is over, MovedOn.
    """
    laid, correction = _laid(case), case.correction
    assert correction is not None
    assert correction.hers is not None
    asked_at, until = correction.hers
    if until < now:
        raise NotPossibleNow(case.state)
    step = edge(Move.RECALL, case.state, actor.role)
    own = msgspec.structs.replace(correction, asked_at=asked_at, until=until, hers=None)
    await carry_out(
        *(db, actor, case, step),
        _kept(case, laid.ending(Ended.RECALLED), own),
        _waiting(case, until),
        now=now,
        detail={"ended": str(Ended.RECALLED)},
    )


async def lapse_correction(db: Database, case: Case, *, event: Event, now: datetime) -> None:
    """The others' time is over without everybody's word: as if one of them had not agreed."""
    ended = _laid(case).ending(Ended.LAPSED)
    await _anew(
        *(db, SYSTEM, case, Move.LAPSE, ended),
        handling(event, "cases.jobs.terminate", now=now),
        now=now,
        detail={},
    )


async def _anew(
    db: Database,
    actor: Actor,
    case: Case,
    move: Move,
    ended: Joint,
    *parts: Part,
    now: datetime,
    detail: dict[str, Any],
) -> None:
    """The correction is the first applicant's again, with all that she put right and a limit that begins anew."""
    assert case.correction is not None
    step = edge(move, case.state, actor.role)
    version = await catalogue.version(db, case.item, case.item_version)
    until = await _end(db, version, now=now)
    own = msgspec.structs.replace(case.correction, asked_at=now, until=until, hers=None)
    await carry_out(
        *(db, actor, case, step),
        _kept(case, ended, own),
        _waiting(case, until),
        *parts,
        now=now,
        detail={**detail, "ended": str(ended.ended)},
    )


def _laid(case: Case) -> Joint:
    """The round of the correction that waits for words. Raises NotPossibleNow where none does."""
    if case.joint is None or case.joint.corrected is None or not case.joint.corrected.waits:
        raise NotPossibleNow(case.state)
    return case.joint.corrected


def _kept(case: Case, laid: Joint, correction: Correction) -> Part:
    assert case.joint is not None
    return store.passing_round(case, msgspec.structs.replace(case.joint, corrected=laid), correction)


def _waiting(case: Case, until: datetime) -> Part:
    return timers.setting("cases.correction", subject=case.applicant, reference=case.id, due=until)


async def _end(db: Database, version: catalogue.ItemVersion, *, now: datetime) -> datetime:
    calendar = await clock.current_calendar(db)
    return clock.end_of_day(calendar.add_working_days(clock.city_day(now), version.clock.correction_days))
