"""Pointing out before an approval what an officer should have seen 提示, as case and item stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from tongban import catalogue, licences
from tongban.cases import store
from tongban.cases.actions.afterwards.holding import gone_licence
from tongban.cases.actions.reading.cases import Opened
from tongban.cases.actions.reading.premises import at_premises
from tongban.cases.actions.reviewing.reasons import REASON, reason_beside, reason_of
from tongban.cases.model import Case, State
from tongban.cases.model.cautions import (
    Caution,
    CautionsUnread,
    Inspected,
    Looked,
    cautions,
    faults_of_ticks,
    gone_so_far,
)
from tongban.cases.model.facts import Heard, stated_unregistered
from tongban.cases.model.life import IN_FAVOUR
from tongban.cases.model.stops import coded
from tongban.kit import forms
from tongban.kit.db import Database
from tongban.kit.forms import Form
from tongban.kit.i18n import Message, both
from tongban.kit.policy import Actor

#: Where a case may still come to be decided, and nobody can speak for it now.
_NOT_SO_FAR = frozenset({State.SUBMITTED, State.CORRECTING, State.SUSPENDED})


async def cautions_of(
    db: Database,
    actor: Actor,
    case: Case,
    version: catalogue.ItemVersion,
    *,
    form: Form,
    answers: Mapping[str, Any],
    facts: Mapping[str, Heard],
    now: datetime,
) -> list[Caution]:
    """What is pointed out of a case as it stands.

    One statement where the item is inspected on the spot; one where its licence is one for each premises, with a
    second where there is one already; one where it is about a licence that one holds; else none.
    """
    inspected = await store.inspected_so_far(db, case_id=case.id) if version.inspection else None
    if inspected == Inspected() and not _inspection_due(case, version):
        inspected = None
    there = await at_premises(db, actor, case, version, form, answers, now=now)
    gone = await gone_licence(db, case, version, now=now)
    return cautions(looked_at(case, version, facts, inspected, there, gone))


async def cautions_at_desk(db: Database, actor: Actor, opened: Opened, *, now: datetime) -> list[Caution]:
    """What is pointed out of a case laid open, while somebody may speak for it; of one that is not so far, or stands
    still, only that the licence which it is about holds no more."""
    if not opened.moves & IN_FAVOUR:
        if opened.case.state not in _NOT_SO_FAR:
            return []
        return gone_so_far(await gone_licence(db, opened.case, opened.version, now=now))
    return await cautions_of(
        *(db, actor, opened.case, opened.version),
        form=opened.form,
        answers=opened.answers,
        facts=opened.facts,
        now=now,
    )


def _inspection_due(case: Case, version: catalogue.ItemVersion) -> bool:
    """Whether what this case asks for is looked at on the spot; what was looked at anyway is told all the same."""
    return any(one.due_for(case.answers) for one in version.special_procedures if one.kind == "2")


def looked_at(
    case: Case,
    version: catalogue.ItemVersion,
    facts: Mapping[str, Heard],
    inspected: Inspected | None,
    there: licences.AtPremises | None = None,
    gone: Message | None = None,
) -> Looked:
    """What of a case is looked at; ``there`` is the licence that its premises have already, ``gone`` how the one
    stands that it is about, once that holds no more."""
    return Looked(
        gone=gone,
        there=there,
        inspected=inspected,
        procedures={
            code: one.name
            for code, one in coded(version)
            if one.kind == "2" and not one.condition and one.due_for(case.answers)
        },
        run={one.kind for one in case.course.specials},
        follow_up=case.follow_up,
        consulted=case.consulted,
        silent={name: one.source for name, one in facts.items() if one.outcome == "down"},
        unregistered=stated_unregistered(forms.compile_form(version.form), case.answers, facts),
        together=case.joint if version.rules.facts else None,
    )


def approved_in_spite(
    found: Sequence[Caution], seen: Collection[str], note: str, *, needed: bool
) -> tuple[str | None, dict[str, Any]]:
    """The words of an approval and what its step keeps: what was pointed out, in both languages, and why she approves.

    ``seen`` are the keys that she ticked; words are ``needed`` also where the case itself asks for them, and not kept
    where nothing does. The applicant reads them nowhere. Raises CautionsUnread with all that is missing, the words
    among it; ReasonMissing where they alone are.
    """
    if not found:
        return (reason_of(note, REASON) if needed else None), {}
    words = reason_beside(note, faults_of_ticks(found, seen), partial(CautionsUnread, found), REASON)
    told = [{"key": one.key, "words": msgspec.to_builtins(both(one.words))} for one in found]
    return words, {"cautions": told, "why": words}
