"""A case as its records in the API show it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from tongban.cases import actions
from tongban.cases.actions import Line, Opened
from tongban.cases.model import CaseInBrief, Move, State
from tongban.cases.model.follow_up import Following
from tongban.cases.model.linked import state_words
from tongban.cases.model.rulings import Ruling
from tongban.kit.clock import Instant
from tongban.kit.db import Database
from tongban.kit.i18n import Message, Text, both


class CaseStep(msgspec.Struct, frozen=True):
    """One step: what was done and when (UTC); ``agent`` is who made it for her, null for herself."""

    move: Move
    to: State
    at: Instant
    agent: str | None


class CaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """A case as a list shows it; instants in UTC.

    ``due`` is the date that counts now, ``promised_due`` until when the result is promised and ``statutory_due`` until
    when the law wants it; both null before acceptance.
    """

    id: UUID
    item: str
    name: Text
    state: State
    state_words: Text
    ruling: Ruling | None
    code: str | None
    number: str | None
    opened_at: Instant
    submitted_at: Instant | None
    accepted_at: Instant | None
    due: Instant | None
    promised_due: Instant | None
    statutory_due: Instant | None
    reason: str | None


class FollowingMaterial(msgspec.Struct, frozen=True, kw_only=True):
    """A material that was promised to follow after acceptance: within how many working days, and until when.

    ``supplied_at`` is null while it is outstanding; ``said`` is why it was sent back, empty if it was not.
    """

    material: str
    field: str
    name: Text
    working_days: int
    until: Instant
    supplied_at: Instant | None
    taken_in_at: Instant | None
    said: str


class FirstReviewAnswer(msgspec.Struct, frozen=True):
    """A first review 初审: the organ ``above`` decides, the case is reported to it by the end of ``until``.

    ``reported_on`` is the day on which it was, null before.
    """

    above: Text
    until: date
    reported_on: date | None


class CaseHistory(CaseLine, frozen=True, kw_only=True):
    """A case with its steps, the earliest first, and the materials that follow after its acceptance.

    ``first_review`` is null where the department that accepts it decides, and before acceptance.
    """

    steps: tuple[CaseStep, ...]
    follow_up: tuple[FollowingMaterial, ...]
    first_review: FirstReviewAnswer | None


def line_of(line: Line) -> CaseLine:
    """A case as a line of a list."""
    return CaseLine(**_members(line.case, line.name, line.words))


async def history_of(db: Database, opened: Opened) -> dict[str, Any]:
    """The members of :class:`CaseHistory` for a case laid open; no statement of its own."""
    steps = tuple(
        CaseStep(event.move, State(event.to_state), event.at, event.detail.get("agent"))
        for event in opened.events
    )
    follow_up = opened.case.follow_up
    following = tuple(_following(one) for one in follow_up.materials) if follow_up else ()
    case, version = opened.case, opened.version
    words = state_words(version, case.state, case.ruling)
    found = await actions.first_review(db, case, version)
    return {
        **_members(case, version.name, words),
        "steps": steps,
        "follow_up": following,
        "first_review": FirstReviewAnswer(found.above, found.until, found.on) if found else None,
    }


def _following(one: Following) -> FollowingMaterial:
    return FollowingMaterial(
        material=one.code,
        field=one.field,
        name=one.name,
        working_days=one.days,
        until=one.until,
        supplied_at=one.supplied_at,
        taken_in_at=one.taken_at,
        said=one.said,
    )


def _members(case: CaseInBrief, name: Text, words: Message) -> dict[str, Any]:
    return {
        "id": case.id,
        "item": case.item,
        "name": name,
        "state": case.state,
        "state_words": both(words),
        "ruling": case.ruling,
        "code": case.short_code,
        "number": case.number,
        "opened_at": case.opened_at,
        "submitted_at": case.submitted_at,
        "accepted_at": case.accepted_at,
        "due": case.due,
        "promised_due": case.promise_due,
        "statutory_due": case.statutory_due,
        "reason": case.reason,
    }
