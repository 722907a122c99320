"""Cases about other cases 关联办件: what may be asked about a case, and what its outcome does to that one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import catalogue, regions
from tongban.cases import store
from tongban.cases.actions.afterwards.overturning import give_back, overturn
from tongban.cases.model import Case, CaseEvent, CaseInBrief, Move, NoSuchCase, NotPossibleNow, State
from tongban.cases.model.answers import FIRM_CODE, FIRM_NAME, by_element, firm_of
from tongban.cases.model.contested import numbered_on_licence, standing_on_licence
from tongban.cases.model.linked import (
    ABOUT_CODE,
    DECIDED_AGAINST,
    DELAY,
    MISSTATED,
    NOT_RECONSIDERED,
    OF_A_DECISION,
    ORGAN,
    AboutNeeded,
    LinkedCase,
    NothingToReconsider,
    OrganNotCompetent,
    OtherApplicant,
    OtherDecisionNamed,
    ReconsideredAbove,
    ReconsideredAlready,
    ReconsideredTooLate,
    called_off,
    paper_contested,
    reconsiderable,
    reconsidered_by,
    reconsidered_until,
    ruled,
)
from tongban.cases.model.on_licence import OnLicence
from tongban.kit import clock, forms, keys
from tongban.kit.db import Database
from tongban.kit.errors import Invalid, Words
from tongban.kit.outbox import Event
from tongban.kit.policy import Actor


class Reconsidering(msgspec.Struct, frozen=True):
    """Whether a decision can be reconsidered: the reconsideration that there was, or until when one may be asked for.

    Neither where the case has no such decision; where the time is over ``until`` is past. ``above`` is the organ that
    reconsiders it outside the city, of whom it is asked in writing. ``on_licence`` is the decision where it is one on
    the licence that the case gave; ``busy`` the reconsideration of an earlier one on that licence, which is still under
    way. ``delivered`` is when the decision was delivered, where that was noted and so counts instead of its own day.
    """

    earlier: LinkedCase | None = None
    until: datetime | None = None
    above: regions.ReconsiderationOrgan | None = None
    on_licence: OnLicence | None = None
    busy: LinkedCase | None = None
    delivered: datetime | None = None


async def about_case(
    db: Database, actor: Actor, version: catalogue.ItemVersion, about: UUID | None, *, now: datetime
) -> dict[str, Any]:
    """The first answers of a draft about another case, where the form asks for them: its code, or the number of the
    paper of the decision on its licence, and who reconsiders it.

    Nothing for an item that is about none. Raises AboutNeeded, NoSuchCase for what is not hers, NothingToReconsider,
    ReconsideredAlready, ReconsideredAbove, NotPossibleNow for a draft. Whether it is late is asked when it is filed.
    """
    if not version.about:
        return {}
    if about is None:
        raise AboutNeeded(version.about)
    assert actor.id is not None
    found = await store.progress(db, case_id=about, applicant=actor.id)
    if found is None:
        raise NoSuchCase
    case, events, linked = found
    if case.state in (State.DRAFT, State.DISCARDED):
        raise NotPossibleNow(case.state)
    known: dict[str, str | None] = {ABOUT_CODE: case.short_code}
    if version.about == OF_A_DECISION:
        _, known[ABOUT_CODE] = await _reconsiderable(db, case, linked, events)
        known[ORGAN] = (await _organ_of(db, case)).area
        known[FIRM_NAME], known[FIRM_CODE] = await _firm_of(db, case)
    form = forms.compile_form(version.form)
    return {field.name: known[field.ui.element] for field in form.fields if known.get(field.ui.element)}


async def _firm_of(db: Database, case: Case) -> tuple[str, str]:
    """The firm that applied in this case, by name and code, both empty where a person did for herself."""
    form = forms.compile_form((await catalogue.version(db, case.item, case.item_version)).form)
    return firm_of(form, forms.open_answers(form, case.answers, keys.current(), case.id.bytes))


async def _organ_of(db: Database, case: CaseInBrief) -> regions.ReconsiderationOrgan:
    """Who reconsiders what was decided on this case; it has reached its department."""
    assert case.department is not None
    return await regions.reconsideration_organ(db, case.department)


async def _reconsiderable(
    db: Database, case: CaseInBrief, linked: Iterable[LinkedCase], events: Iterable[CaseEvent]
) -> tuple[datetime, str]:
    """Until when this decision may be asked to be reconsidered here, and how it is named.

    Raises ReconsideredAlready, ReconsideredAbove, NothingToReconsider.
    """
    found = await reconsidering(db, case, linked, events)
    if found.earlier is not None:
        raise ReconsideredAlready(found.earlier)
    if found.above is not None:
        raise ReconsideredAbove(found.above)
    if found.until is None:
        raise NothingToReconsider
    return found.until, found.on_licence.number if found.on_licence else case.short_code or ""


async def must_be_reconsiderable(
    db: Database, case: Case, version: catalogue.ItemVersion, answers: Mapping[str, Any], *, now: datetime
) -> None:
    """What may have changed since the draft was opened, asked when it is filed: one statement, for such items only.

    After the sixty days it is filed with the reason of the delay alone, of which the organ judges when it accepts
    (行政复议法 art. 20(2)). What does not fit is told at once, each at its field. Raises NothingToReconsider,
    ReconsideredAlready, ReconsideredAbove; OtherDecisionNamed, ReconsideredTooLate, OtherApplicant or
    OrganNotCompetent, the first of them with the fields of the others.
    """
    if version.about != OF_A_DECISION or case.about is None:
        return
    found = await store.progress(db, case_id=case.about, applicant=case.applicant)
    if found is None:
        raise NothingToReconsider
    contested, events, linked = found
    until, named = await _reconsiderable(db, contested, linked, events)
    form = forms.compile_form(version.form)
    wrong: list[Invalid] = []
    if (typed := by_element(form, answers, ABOUT_CODE)) != named:
        earlier = await _decided_before(db, contested, events, typed)
        wrong.append(OtherDecisionNamed(_field_of(form, ABOUT_CODE), named, earlier=earlier))
    if now > until and not by_element(form, answers, DELAY).strip():
        wrong.append(ReconsideredTooLate(until, _field_of(form, DELAY)))
    firm = await _firm_of(db, contested)
    if _field_of(form, FIRM_NAME) and firm_of(form, answers) != firm:
        wrong.append(OtherApplicant(firm[0], _field_of(form, FIRM_NAME)))
    organ = await _organ_of(db, contested)
    if _field_of(form, ORGAN) and by_element(form, answers, ORGAN) != organ.area:
        wrong.append(OrganNotCompetent(organ, _field_of(form, ORGAN)))
    if wrong:
        first = wrong[0]
        first.fields = {name: words for one in wrong for name, words in one.fields.items()}
        raise first


async def _decided_before(db: Database, case: CaseInBrief, events: Iterable[CaseEvent], number: str) -> bool:
    """Whether this number names a decision on the case, or on its licence, that has been followed by another."""
    version = await catalogue.version(db, case.item, case.item_version)
    return number == case.short_code or numbered_on_licence(case, version, events, number) is not None


async def misstated(
    db: Database, case: Case, version: catalogue.ItemVersion, answers: Mapping[str, Any], *, now: datetime
) -> Mapping[str, Words]:
    """What :func:`must_be_reconsiderable` says of the answers of a draft, by field, before she files it; nothing where
    there can be no reconsideration at all, which is told when it is filed."""
    try:
        await must_be_reconsiderable(db, case, version, answers, now=now)
    except MISSTATED as wrong:
        return wrong.fields
    except NOT_RECONSIDERED:
        return {}
    return {}


def _field_of(form: forms.Form, element: str) -> str:
    return next((one.name for one in form.fields if one.ui.element == element), "")


async def reconsidering(
    db: Database,
    case: CaseInBrief,
    linked: Iterable[LinkedCase],
    events: Iterable[CaseEvent] = (),
) -> Reconsidering:
    """How this case's decision stands to reconsideration, or the one on the licence that it gave, by its steps and the
    cases about it; no statement of its own."""
    version = await catalogue.version(db, case.item, case.item_version)
    if not reconsiderable(version):
        return Reconsidering()
    steps = list(events)
    on_licence = standing_on_licence(case, version, steps) if case.state is State.CLOSED else None
    decided = on_licence.decided.at if on_licence else _decided_against(case)
    if decided is None:
        return Reconsidering()
    ours = [
        one
        for one in linked
        if (await catalogue.version(db, one.item, one.item_version)).about == OF_A_DECISION
    ]
    earlier = reconsidered_by(decided, ours, before=on_licence.followed_at if on_licence else None)
    if earlier is not None:
        return Reconsidering(earlier=earlier, on_licence=on_licence)
    organ = await _organ_of(db, case)
    if not organ.area:
        return Reconsidering(above=organ, on_licence=on_licence)
    delivered = None if on_licence else _delivered(steps, since=decided)
    return Reconsidering(
        until=reconsidered_until(delivered or decided, await clock.current_calendar(db)),
        delivered=delivered,
        on_licence=on_licence,
        busy=next((one for one in ours if one.under_way), None) if on_licence else None,
    )


def _delivered(steps: Iterable[CaseEvent], *, since: datetime) -> datetime | None:
    """When the decision of then was delivered 送达, the last time if several were noted; None where none was.

    Without one it is known by the letter, which follows the decision at once.
    """
    return max((one.at for one in steps if one.move is Move.DELIVER and one.at >= since), default=None)


def _decided_against(case: CaseInBrief) -> datetime | None:
    """When the case was decided against its applicant, None where it stands otherwise."""
    if case.state not in DECIDED_AGAINST or called_off(case.state, case.decided_at):
        return None
    return case.decided_at or case.closed_at


async def apply_outcome(db: Database, *, event: Event, now: datetime) -> None:
    """A reconsideration was granted: the decision that it is about is taken back, and the office goes on with it; of
    one on a licence, that stands again as it did.

    行政复议法 art. 63, 64, 66, 67; one that was found unlawful stands (art. 65). Handles cases.granted, once; a case
    that is about none, or whose decision no longer stands, is left alone.
    """
    case = await store.case_for_work(db, case_id=UUID(event.reference))
    if case is None:
        raise NoSuchCase
    if case.about is None:
        return
    version = await catalogue.version(db, case.item, case.item_version)
    number = paper_contested(forms.compile_form(version.form), case.answers)
    found = ruled(version, case.state, case.ruling, on_licence=bool(number))
    if found is None or not found.takes_back:
        return
    if number:
        await give_back(db, by=case, contested=number, ruling=found, event=event, now=now)
    else:
        await overturn(db, case_id=case.about, by=case, ruling=found, event=event, now=now)
