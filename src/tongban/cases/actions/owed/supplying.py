"""Promising and handing in materials that follow after acceptance 容缺后补: the applicant's side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit, catalogue
from tongban.cases import store
from tongban.cases.actions.applying.drafting import Sheet, keep
from tongban.cases.actions.applying.drafting import sheet as draft_sheet
from tongban.cases.actions.moving import carry_out
from tongban.cases.actions.owed.following_up import told, waiting
from tongban.cases.model import POLICY, Case, Move, MovedOn, NoSuchCase, edge
from tongban.cases.model.attachments import taken_off, wanted, with_more
from tongban.cases.model.follow_up import (
    Following,
    FollowUp,
    NothingToSupply,
    SupplyIncomplete,
    supply_schema,
)
from tongban.cases.model.rights import relation_to_case
from tongban.kit import clock, files, forms
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Words
from tongban.kit.forms import Form
from tongban.kit.i18n import N_
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.policy import Actor

_NO_FILES: Mapping[str, Sequence[files.Received]] = {}


def may_promise(sheet: Sheet, faults: Mapping[str, Words]) -> list[catalogue.Material]:
    """What stands against submitting where it is nothing but materials that may follow; empty where it is more."""
    offered = [
        one for one in sheet.version.materials if one.place in faults and one.promise in sheet.form.by_name
    ]
    return offered if len(offered) == len(faults) else []


async def promise(db: Database, actor: Actor, *, case_id: UUID, now: datetime) -> None:
    """Promise in a draft that what is missing will follow 容缺受理承诺, all of it in one; signed with the submission.

    Where something else is missing, too, nothing is promised. A second time changes nothing. Raises NoSuchCase,
    NotPossibleNow, MovedOn.
    """
    current = await draft_sheet(db, actor, case_id=case_id)
    edge(Move.SAVE, current.case.state, actor.role)
    offered = may_promise(current, current.faults(now=now))
    if not offered:
        return
    if await keep(db, current, current.answers | {one.promise: True for one in offered}, now=now) is None:
        raise MovedOn


class SupplySheet(msgspec.Struct, frozen=True):
    """What the applicant may hand in now: a form of these materials alone, and what is attached for each."""

    case: Case
    version: catalogue.ItemVersion
    schema: dict[str, Any]
    form: Form
    answers: dict[str, Any]
    follow_up: FollowUp
    open: tuple[Following, ...]

    @property
    def said(self) -> dict[str, str]:
        """Why a material was sent back, by field."""
        return {one.field: one.said for one in self.open if one.said}

    def fresh(self) -> list[Following]:
        """Those to which something was attached that the department has not seen."""
        return [
            one
            for one in self.open
            if self.answers.get(one.field)
            and self.answers[one.field] != (self.case.answers.get(one.field) or [])
        ]


async def supply_sheet(db: Database, actor: Actor, *, case_id: UUID, now: datetime) -> SupplySheet:
    """The applicant's own case that waits for materials. Raises NoSuchCase, NotPossibleNow, NothingToSupply."""
    assert actor.id is not None
    case = await store.case_of(db, case_id=case_id, applicant=actor.id)
    if case is None:
        raise NoSuchCase
    return await supply_of(db, actor, case, now=now)


async def supply_of(db: Database, actor: Actor, case: Case, *, now: datetime) -> SupplySheet:
    """The applicant's own case, once read, as :func:`supply_sheet`. Raises NotPossibleNow, NothingToSupply."""
    POLICY.require(actor, "cases.supply", relation_to_case(actor, case))
    edge(Move.SUPPLY, case.state, actor.role)
    if case.follow_up is None or not case.follow_up.open(now):
        raise NothingToSupply
    version = await catalogue.version(db, case.item, case.item_version)
    may = case.follow_up.open(now)
    schema = supply_schema(version.form, version.materials, may)
    kept = {one.field: case.follow_up.answers.get(one.field, case.answers.get(one.field)) for one in may}
    answers = {name: value for name, value in kept.items() if value}
    return SupplySheet(case, version, schema, forms.compile_form(schema), answers, case.follow_up, may)


async def supply_wanted(
    db: Database, actor: Actor, *, case_id: UUID, now: datetime
) -> dict[str, files.Wanted]:
    """The materials that take files now: asked before a body is read. Raises as :func:`supply_sheet`."""
    return wanted((await supply_sheet(db, actor, case_id=case_id, now=now)).schema)


async def keep_supply(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    posted: Mapping[str, str],
    received: Mapping[str, Sequence[files.Received]] = _NO_FILES,
    uploads: Sequence[UUID] = (),
    version: int | None,
    now: datetime,
) -> SupplySheet:
    """Keep what was attached, and take off what a button took off; nothing is handed in yet.

    The rows of the files, the lists that name them, the end of the ``uploads`` they came in by and the ledger row are
    one write. Files that were handed in before stay with the case. Raises MovedOn when another tab was faster,
    AttachmentsTooMany.
    """
    current = await supply_sheet(db, actor, case_id=case_id, now=now)
    case = current.case
    if version is not None and version != case.version:
        raise MovedOn
    coming = {
        name: [files.named(one, subject=case.applicant, reference=case.id, now=now) for one in more]
        for name, more in received.items()
    }
    answers = forms.parse(current.form, posted, kept=current.answers)
    answers = with_more(
        current.schema, answers, {name: list(map(files.as_answer, more)) for name, more in coming.items()}
    )
    answers = {name: value for name, value in answers.items() if value}
    if answers == current.answers:
        return current
    every = [file for more in coming.values() for file in more]
    kept = await keep_attached(
        db,
        current,
        answers,
        *([files.keeping(every)] if every else []),
        *([files.using_up(uploads, subject=case.applicant)] if uploads else []),
        audit.record(
            *(actor, "cases.attach"),
            subject=case.applicant,
            reference=case.id,
            purpose=case.purpose,
            detail={"files": len(every)},
            now=now,
        ),
    )
    if kept is None:
        raise MovedOn
    return kept


async def keep_attached(
    db: Database, current: SupplySheet, answers: dict[str, Any], *parts: Part
) -> SupplySheet | None:
    """Write the lists of what is attached over the version that ``current`` shows, and ``parts`` with them; None when
    somebody was faster. Files that stand in no list any more go, but for those that were handed in."""
    case = current.case
    handed_in = {file["file"] for one in current.open for file in case.answers.get(one.field) or ()}
    gone = [one for one in taken_off(current.schema, current.answers, answers) if str(one) not in handed_in]
    follow_up = msgspec.structs.replace(
        current.follow_up, answers={one.field: answers.get(one.field, []) for one in current.open}
    )
    row = await write(
        db,
        store.keeping_follow_up(case, follow_up),
        *([files.dropping(gone, subject=case.applicant, reference=case.id)] if gone else []),
        *parts,
    )
    if row is None:
        return None
    kept = msgspec.structs.replace(case, follow_up=follow_up, version=row["version"])
    return msgspec.structs.replace(current, case=kept, follow_up=follow_up, answers=answers)


async def supply(
    db: Database, actor: Actor, *, case_id: UUID, key: str | None, now: datetime
) -> dict[str, Any]:
    """Hand in 补交 what was attached; gives ``{case}``. The others may follow still later, each in its limit.

    Two round trips. Raises SupplyIncomplete when nothing new is attached, NothingToSupply when it has all come or the
    limit is over, MovedOn when time, or the office, was faster. The same key gives the same answer.
    """

    async def act(remembering: Remembering) -> dict[str, Any]:
        sheet = await supply_sheet(db, actor, case_id=case_id, now=now)
        return await _supply(db, actor, sheet, remembering, now=now)

    return await answer_once(
        db, act, bucket=actor.bucket, caller=actor.caller, key=key, body={"supply": str(case_id)}, now=now
    )


async def _supply(
    db: Database, actor: Actor, sheet: SupplySheet, remembering: Remembering, *, now: datetime
) -> dict[str, Any]:
    case, fresh = sheet.case, sheet.fresh()
    if not fresh:
        raise SupplyIncomplete(
            {
                one.field: N_("“{name}”和上次交的一样，请上传改好的。", name=one.name)
                if sheet.answers.get(one.field)
                else N_("请上传“{name}”。", name=one.name)
                for one in sheet.open
            }
        )
    step, fields = edge(Move.SUPPLY, case.state, actor.role), [one.field for one in fresh]
    left = {name: value for name, value in sheet.follow_up.answers.items() if name not in fields}
    follow_up = msgspec.structs.replace(
        sheet.follow_up.changed(fields, supplied_at=now, taken_at=None, said=""), answers=left
    )
    answers = case.answers | {name: sheet.answers[name] for name in fields}
    answer = {"case": str(case.id)}
    await carry_out(
        db,
        actor,
        case,
        step,
        store.supplying(case, step, follow_up, answers=answers),
        *waiting(case, follow_up, await clock.current_calendar(db), now=now),
        *remembering(answer),
        now=now,
        detail={
            "fields": fields,
            "materials": [told(one) for one in fresh],
            "was": {name: case.answers.get(name) for name in fields},
            "left": [told(one) for one in follow_up.outstanding],
        },
    )
    return answer
