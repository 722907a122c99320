"""What a synthetic case leaves in the tables: its own rows, and by their doors those of the rooms below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tongban import audit, catalogue, licences, notices, regions
from tongban.cases import store
from tongban.cases.actions.applying.filing import CASE_LIFETIME
from tongban.cases.actions.letters.of_steps import letter
from tongban.cases.model import Case, CaseEvent, Edge, Move, State
from tongban.cases.model.answers import licence_face
from tongban.cases.model.numbers import holder_proof
from tongban.cases.model.papers import Standing
from tongban.cases.model.papers.standing import got
from tongban.kit import keys, timers
from tongban.kit.db import Bulk, Database
from tongban.kit.forms import Form
from tongban.kit.growth import Newcomer
from tongban.kit.i18n import Text
from tongban.kit.ids import id_at
from tongban.kit.policy import Actor, Role
from tongban.settings import settings

_CODE = "{code}"


class Step(NamedTuple):
    """A move with when it was made and by whom."""

    edge: Edge
    at: datetime
    by: Actor


class Filed(NamedTuple):
    """A synthetic case with whose it is, what happened to it, its answers in clear, its draft's purpose."""

    case: Case
    who: Newcomer
    steps: tuple[Step, ...]
    answers: dict[str, Any]
    draft: UUID


async def rows_of(db: Database, filed: list[Filed], version: catalogue.ItemVersion, form: Form) -> list[Bulk]:
    """All rows of these cases."""
    organs = {
        code: (await regions.department(db, code)).name
        for code in {one.case.department for one in filed}
        if code
    }
    governments = {code: await regions.reconsideration_organ(db, code) for code in organs}
    waiting = [one.case for one in filed if one.case.state is State.SUBMITTED]
    return [
        *store.many([one.case for one in filed], _events(filed, organs), _numbers(filed)),
        *audit.many(_acts(filed), _purposes(filed, version)),
        notices.many(_letters(filed, version, governments)),
        timers.many(
            ("cases.acceptance", case.applicant, str(case.id), case.accept_due)
            for case in waiting
            if case.accept_due
        ),
        *(await licences.many(db, _founded(filed, form, version.face), type_code=version.licence_type)),
    ]


def _events(filed: Iterable[Filed], organs: dict[str, Text]) -> Iterator[tuple[Case, CaseEvent]]:
    for one in filed:
        first = one.case.version - len(one.steps) + 1
        for place, step in enumerate(one.steps):
            yield (
                one.case,
                CaseEvent(
                    version=first + place,
                    move=step.edge.move,
                    from_state=step.edge.source,
                    to_state=step.edge.target,
                    actor_role=step.by.role,
                    actor_name=step.by.name if step.by.role is Role.OFFICER else "",
                    at=step.at,
                    detail=_detail(one.case, step, organs),
                ),
            )


def _detail(case: Case, step: Step, organs: dict[str, Text]) -> dict[str, Any]:
    organ = organs[case.department or ""]
    if step.edge.move is not Move.SUBMIT:
        return Standing(organ).stored()
    then = Standing(organ, step.at, case.accept_due, got(case.facts))
    return {"code": case.short_code} | then.stored()


def _numbers(filed: Iterable[Filed]) -> Iterator[tuple[Case, bytes]]:
    ring = keys.current()
    for one in filed:
        if one.case.short_code:
            yield one.case, holder_proof(ring, one.case.short_code, one.who.id_number)


def _acts(filed: Iterable[Filed]) -> Iterator[audit.Act]:
    for case, who, steps, _, draft in filed:
        own = Actor(Role.RESIDENT, who.id)
        yield audit.Act(own, "cases.start", who.id, case.id, draft, "act", case.opened_at)
        for step in steps:
            if step.by.role is Role.OFFICER:
                yield audit.Act(step.by, "cases.read", who.id, case.id, case.id, "read", step.at)
            yield audit.Act(step.by, f"cases.{step.edge.move}", who.id, case.id, case.id, "act", step.at)


def _purposes(
    filed: Iterable[Filed], version: catalogue.ItemVersion
) -> Iterator[tuple[audit.Purpose, datetime | None]]:
    fields = tuple(version.purpose_field_names)
    for case, who, _, _, draft in filed:
        about = (str(case.id), case.item, fields, version.purpose_law)
        until = case.opened_at + CASE_LIFETIME
        yield audit.Purpose(draft, who.id, "draft", *about, case.opened_at, until), case.submitted_at
        if case.submitted_at:
            until = case.submitted_at + CASE_LIFETIME
            yield audit.Purpose(case.id, who.id, "case", *about, case.submitted_at, until), case.closed_at


def _letters(
    filed: Iterable[Filed],
    version: catalogue.ItemVersion,
    governments: dict[str, regions.ReconsiderationOrgan],
) -> Iterator[tuple[UUID, notices.Notice]]:
    """Of each case the first and the last letter; what only the code tells apart is written once."""
    mark = regions.city_of(settings().city_dir).mark
    written: dict[Any, tuple[Text, Text]] = {}
    for one in filed:
        case, steps = one.case, [step for step in one.steps if step.edge.event]
        for step in {step.edge.move: step for step in (*steps[:1], *steps[-1:])}.values():
            event = str(step.edge.event)
            same = (event, case.department, case.accept_due, case.promise_due)
            words = written.get(same)
            if words is None:
                alike = msgspec.structs.replace(case, short_code=_CODE)
                organ = governments.get(case.department or "")
                made = letter(event, alike, version, mark=mark, organ=organ)
                words = written[same] = (made.title, made.body)
            title, body = words
            code = case.short_code or ""
            yield (
                one.who.id,
                notices.Notice(
                    id_at(case.bucket, step.at),
                    title,
                    Text(body.zh.replace(_CODE, code), body.en.replace(_CODE, code)),
                    f"/my/cases/{case.id}",
                    step.at,
                    None,
                ),
            )


def _founded(filed: Iterable[Filed], form: Form, named: Iterable[str]) -> Iterator[licences.Founding]:
    for case, who, _, answers, _ in filed:
        if case.state is State.CLOSED and case.decided_at and case.closed_at:
            yield licences.Founding(
                who.id,
                who.name,
                who.id_number,
                case.id,
                case.department or "",
                licence_face(form, answers, named),
                # No card maker gave it a serial: the case's own code is as unique as one.
                f"G{case.short_code}",
                case.decided_at,
                case.closed_at,
            )
