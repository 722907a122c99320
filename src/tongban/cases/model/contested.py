"""Which decision a reconsideration is about 被申请复议的决定: of a case by its steps, on a licence by its number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from tongban.cases.model.life import ON_LICENCE, Move
from tongban.cases.model.on_licence import (
    AGAINST,
    Decided,
    OnLicence,
    decided_of,
    of_weight,
    standing_decision,
)
from tongban.cases.model.papers.kinds import GIVEN, paper_number, title_of
from tongban.cases.model.papers.standing import standing
from tongban.cases.model.records import Case, CaseEvent, CaseInBrief
from tongban.catalogue import ItemVersion
from tongban.kit.i18n import Message, Text

#: By which steps a case is decided against its applicant.
_AGAINST_HER = frozenset({Move.DECLINE, Move.REFUSE, Move.TERMINATE})


def on_licence(case: CaseInBrief, version: ItemVersion, step: CaseEvent) -> OnLicence:
    """The decision on a licence that a step of its case follows, as its paper names it."""
    then = standing(step.detail)
    assert then is not None, "each such step writes down whose decision it was"
    return OnLicence(
        paper_number(case, step.version),
        title_of(GIVEN[step.move], item_kind=version.kind),
        then.organ,
        decided_of(step.detail),
        then.reconsidered_by,
    )


def standing_on_licence(
    case: CaseInBrief, version: ItemVersion, events: Iterable[CaseEvent]
) -> OnLicence | None:
    """The decision that stands against the licence which the case gave; None where none does."""
    steps = list(events)
    step = standing_decision(steps)
    if step is None:
        return None
    later = [
        decided_of(one.detail).at
        for one in of_weight(steps)
        if one.move in ON_LICENCE and one.version > step.version
    ]
    found = on_licence(case, version, step)
    return msgspec.structs.replace(found, followed_at=min(later)) if later else found


def numbered_on_licence(
    case: CaseInBrief, version: ItemVersion, events: Iterable[CaseEvent], number: str
) -> OnLicence | None:
    """The decision on the licence whose paper bears this number; None where the case has no such one."""
    for step in events:
        if step.move in AGAINST and paper_number(case, step.version) == number:
            return on_licence(case, version, step)
    return None


class UnderReview(msgspec.Struct, frozen=True):
    """The decision that is contested, for who examines the reconsideration: whose, which paper, when, and why.

    ``item`` is what it is about, ``code`` its case's; ``licence`` is said where it is one on a licence.
    """

    organ: Text
    title: Message
    number: str
    at: datetime
    item: Text
    code: str
    reason: str
    licence: Decided | None = None


def under_review(
    case: Case,
    version: ItemVersion,
    events: Iterable[CaseEvent],
    number: str,
    *,
    organ: Text,
    before: datetime,
) -> UnderReview | None:
    """The decision that a reconsideration filed then is about: ``number`` of the paper of one on a licence, else empty.

    ``organ`` has the case, where the step does not name who decided. None where the case has no such decision.
    """
    code = case.short_code or ""
    if number:
        one = numbered_on_licence(case, version, events, number)
        if one is None:
            return None
        return UnderReview(
            organ=one.organ,
            title=one.title,
            number=one.number,
            at=one.decided.at,
            item=version.name,
            code=code,
            reason=one.decided.reason,
            licence=one.decided,
        )
    against = [step for step in events if step.move in _AGAINST_HER and step.at <= before]
    if not against:
        return None
    step = against[-1]
    then = standing(step.detail)
    return UnderReview(
        organ=then.organ if then else organ,
        title=title_of(GIVEN[step.move], item_kind=version.kind),
        number=paper_number(case, step.version),
        at=step.at,
        item=version.name,
        code=code,
        reason=str(step.detail.get("reason") or case.reason or ""),
    )
