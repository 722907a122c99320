"""Decisions on licences that are contested: what their holder can do against them, and giving back what they took."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban import audit, notices
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_, Message, both
from tongban.kit.policy import SYSTEM, Actor, Relation
from tongban.licences import store
from tongban.licences.actions.change import change, sound_licence
from tongban.licences.actions.present import Face
from tongban.licences.actions.types import licence_type
from tongban.licences.model import (
    POLICY,
    Against,
    Decision,
    Licence,
    LicenceMovedOn,
    Move,
    OverturnedBy,
    State,
)
from tongban.licences.model.contesting import Contests, beyond, of_weight, reinstated, stood_before

_contests: list[Contests] = []


def plug_contests(contests: Contests) -> None:
    """Tell this room how to ask how a decision stands to reconsideration; the house does it once per process."""
    _contests[:] = [contests]


async def against(db: Database, actor: Actor, face: Face, *, now: datetime) -> Against | None:
    """What this holder can do against the decision that stands on her licence; None where none does.

    Where the house has no case to ask from, it is asked for in writing, and that is said; not of a cancellation that
    she asked for herself, of which the remedies are only named.
    """
    POLICY.require(actor, "licences.library", Relation.OWN)
    organ = face.reconsidered_by
    if organ is None or actor.id is None:
        return None
    for contests in _contests:
        found = await contests(db, holder=actor.id, reference=face.reference, now=now)
        if found is not None:
            return found
    if face.cancelled_as_asked:
        return Against(tuple(organ.ways), organ.basis)
    return Against((*organ.ways, organ.in_writing), organ.basis)


async def reinstate(
    db: Database,
    *,
    licence: UUID,
    contested: str,
    by: OverturnedBy,
    one_each: bool,
    mark: Part,
    now: datetime,
) -> bool:
    """恢复: a decision on the licence was overturned on reconsideration, and it stands as it did before. Gives whether.

    By the system, once: a decision of its own with the ruling's number, signed anew, announced, with ``mark``, which
    says that the news of it has had its effect. ``contested`` is the number of the overturned decision's paper. Past
    its last day it is expired. One that was replaced, or decided on anew meanwhile, stays as it is, and so does one of
    which its holder needs no second (``one_each``) and has got another; she is told why. The same ruling twice changes
    nothing. Raises LicenceUnknown, RowAltered, LicenceMovedOn.
    """
    before = await sound_licence(db, licence)
    decisions = await store.decisions_on(db, licence=licence, holder=before.holder)
    if any(one.act is Move.REINSTATE and one.number == by.number for one in decisions):
        return True
    kept = next((one for one in decisions if one.number == contested), None)
    why = beyond(before, next(reversed(of_weight(decisions[::-1])), None), kept)
    if why is None and one_each and before.state is not State.SUSPENDED:
        why = await _has_another(db, before, now=now)
    if why is not None or kept is None:
        await _left(db, before, by, mark, why=why, now=now)
        return False
    stood = stood_before(decisions[::-1], kept)
    decided = Decision(
        bucket=before.bucket,
        licence=before.id,
        revision=before.revision + 1,
        holder=before.holder,
        reference=before.reference,
        act=Move.REINSTATE,
        ground=None,
        reason=by.kept,
        compensation="",
        department=by.department,
        officer_name=SYSTEM.name,
        at=now,
        answered_at=now,
        paper=by.paper,
        number=by.number,
    )
    await change(
        db,
        SYSTEM,
        before,
        Move.REINSTATE,
        store.deciding(decided),
        mark,
        reason=decided.kept_on(None),
        told=False,  # the case tells her, with a text message
        to=reinstated(before, stood, today=clock.city_day(now)),
        now=now,
    )
    return True


async def _has_another(db: Database, licence: Licence, *, now: datetime) -> Message | None:
    today = clock.city_day(now)
    if await store.standing(db, (licence.holder,), type_code=licence.type_code, today=today):
        return N_("您已经另外取得一张同类证照，同一种证照只持有一张，请使用那一张；这一张不恢复使用。")
    return None


async def _left(
    db: Database, licence: Licence, by: OverturnedBy, mark: Part, *, why: Message | None, now: datetime
) -> None:
    """The licence stays as it is, and its holder is told why. Raises LicenceMovedOn where it changed meanwhile."""
    kind = await licence_type(db, licence.type_code)
    done = await write(
        db,
        store.unchanged(licence),
        notices.telling(
            recipient=licence.holder,
            title=both(N_("行政复议改变了对您的{licence}的决定", licence=kind.name)),
            body=both(
                N_(
                    "{organ}经行政复议{words}（受理编码 {code}）。{why}因原决定受到损失的，可以依法要求赔偿。",
                    organ=by.organ,
                    words=by.words,
                    code=by.code,
                    why=why or "",
                )
            ),
            link=f"/my/licences/{licence.id}",
            item=notices.OF_LICENCE,
            now=now,
        ),
        audit.record(
            SYSTEM, "licences.leave_as_it_is", subject=licence.holder, reference=licence.id, now=now
        ),
        mark,
    )
    if done is None:  # what she would be told may be so no longer: the news is handed out again
        raise LicenceMovedOn
