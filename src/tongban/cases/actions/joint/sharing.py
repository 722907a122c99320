"""Sharing: what joint applicants read of an application, each reading with its purpose and its ledger row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit, catalogue
from tongban.cases import store
from tongban.cases.actions.applying.drafting import Sheet
from tongban.cases.actions.applying.filing import own_number
from tongban.cases.actions.joint.corrected import waits_for_words
from tongban.cases.actions.joint.naming import name_fits, spelled
from tongban.cases.actions.owed.correcting import sheet_of_correction
from tongban.cases.actions.reading.cases import Line, Opened, laid_open, line_of, progress
from tongban.cases.model import (
    ENDED,
    POLICY,
    UNDER_PURPOSE,
    AnswersInvalid,
    Case,
    Joint,
    Named,
    NoSuchCase,
    NotPossibleNow,
    State,
    named,
)
from tongban.cases.model.joint import visible
from tongban.kit.db import Database, write
from tongban.kit.errors import Words
from tongban.kit.policy import Actor, Relation, covers, must_cover

#: How many invitations and shared cases one page looks at.
MOST = 100
FILED = UNDER_PURPOSE | ENDED
#: Where a case may wait for the others' word: before it is filed, and when what was filed is corrected.
WAITING = frozenset({State.CONFIRMING, State.CORRECTING})


class ToConfirm(msgspec.Struct, frozen=True):
    """What is laid before an invited one: the case, the answers as she may read them, which of the signers she is, and
    whether the name beside her number is hers.

    Of a correction ``before`` is what she has signed, as she may read it, and ``changed`` names what reads otherwise
    now.
    """

    opened: Opened
    answers: dict[str, Any]
    seat: int
    name_fits: bool
    before: dict[str, Any] | None = None
    changed: tuple[str, ...] = ()

    @property
    def round(self) -> Joint:
        """The round that waits for her word, or for others' after hers."""
        joint = self.opened.case.joint
        assert joint is not None
        return joint.running

    @property
    def signed(self) -> bool:
        """Whether she has signed already."""
        return self.round.signers[self.seat].signed_at is not None


class Shared(msgspec.Struct, frozen=True):
    """What concerns a person beside the cases of her own: what waits for her word, and what she has signed."""

    waiting: list[Line]
    signed: list[Line]


async def shared(db: Database, actor: Actor) -> Shared:
    """The resident's invitations, and the cases that she applies for with others: two statements, one if there is none.

    Nothing of the applications' contents is read.
    """
    POLICY.require(actor, "cases.confirmations", Relation.OWN)
    assert actor.id is not None
    invited = {one.case_id: one for one in await store.invitations(db, accounts=actor.accounts, limit=MOST)}
    if not invited:
        return Shared([], [])
    waiting: list[Line] = []
    signed: list[Line] = []
    for case in await store.cases_in_brief(db, list(invited)):
        if not covers(actor, case.item):
            continue
        if case.joint is None or case.joint.round != invited[case.id].round or case.joint.ended is not None:
            continue
        mine = any(case.joint.seat_of(one) is not None for one in actor.accounts)
        if mine and case.state in FILED:
            signed.append(line_of(case, await catalogue.version(db, case.item, case.item_version)))
        if case.state is State.CONFIRMING or (case.state is State.CORRECTING and case.joint.running.waits):
            waiting.append(line_of(case, await catalogue.version(db, case.item, case.item_version)))
    return Shared(waiting, signed)


async def to_confirm(db: Database, actor: Actor, *, case_id: UUID, now: datetime) -> ToConfirm:
    """What is laid before her, read under the purpose of applying together, with its ledger row: two statements.

    Raises NoSuchCase for whoever was not asked; NotPossibleNow for the first applicant, and once the round is over.
    """
    assert actor.id is not None
    invited = await store.invitation(db, case_id=case_id, person=actor.id)
    if invited is None:
        own = await store.case_of(db, case_id=case_id, applicant=actor.id)
        raise NoSuchCase if own is None else NotPossibleNow(own.state)
    opened = await _read(db, actor, invited, states=WAITING, now=now)
    if opened is None:
        case = await store.case_laid_before(db, invited)
        raise NoSuchCase if case is None else NotPossibleNow(case.state)
    if opened.case.state is State.CORRECTING:
        return await _corrected(db, actor, opened, invited)
    answers = visible(opened.version, opened.form, opened.stated, hers=_hers(opened.case, invited))
    return ToConfirm(opened, answers, invited.seat, invited.name_fits)


async def _corrected(db: Database, actor: Actor, opened: Opened, invited: store.Invitation) -> ToConfirm:
    """A correction as it is laid before her. Raises NotPossibleNow where none waits for her word."""
    if not waits_for_words(opened.case):
        raise NotPossibleNow(opened.case.state)
    sheet = await sheet_of_correction(db, opened.case)
    assert actor.id is not None
    fits = await name_fits(
        *(db, opened.case, sheet.version, sheet.form, sheet.answers), person=actor.id, seat=invited.seat
    )
    hers = _hers(opened.case, invited)
    return ToConfirm(
        opened,
        visible(sheet.version, sheet.form, sheet.answers, hers=hers),
        invited.seat,
        fits,
        before=visible(sheet.version, sheet.form, sheet.submitted, hers=hers),
        changed=tuple(sheet.restated),
    )


def _hers(case: Case, invited: store.Invitation) -> Callable[[str], bool]:
    """Whether a number is that of the invited one: her seat holds its hash."""
    assert case.joint is not None
    seat = case.joint.signers[invited.seat]
    return lambda number: seat.hash in spelled(number)


async def misnamed(db: Database, sheet: Sheet) -> Mapping[str, Words]:
    """What is wrong with whom the draft names beside its owner, by field, before she files it; herself among them."""
    if sheet.version.joint_applicants is None:
        return {}
    own = await own_number(db, sheet.case.applicant, sheet.form, sheet.answers)
    try:
        named(sheet.version.joint_applicants, sheet.form, sheet.answers, own=own)
    except AnswersInvalid as wrong:
        return wrong.fields
    return {}


async def others_of(db: Database, sheet: Sheet) -> list[Named]:
    """Whose word the draft needs beside its owner's, as it stands; empty where the answers do not hold."""
    asks = sheet.version.joint_applicants
    if asks is None:
        return []
    own = await own_number(db, sheet.case.applicant, sheet.form, sheet.answers)
    try:
        return named(asks, sheet.form, sheet.answers, own=own)
    except AnswersInvalid:
        return []


async def followed(db: Database, actor: Actor, *, case_id: UUID, now: datetime) -> Opened:
    """A case of the resident's own, or one that she has signed and that is filed: then read with its ledger row.

    Of the latter the answers are as a joint applicant may read them. Raises NoSuchCase.
    """
    try:
        return await progress(db, actor, case_id=case_id)
    except NoSuchCase:
        assert actor.id is not None
        invited = await store.invitation(db, case_id=case_id, person=actor.id)
        opened = invited and await _read(db, actor, invited, states=FILED, now=now)
        if not invited or not opened:
            raise
        must_cover(actor, opened.case.item)
    masked = visible(opened.version, opened.form, opened.stated, hers=_hers(opened.case, invited))
    return msgspec.structs.replace(opened, stated=masked)


async def _read(
    db: Database, actor: Actor, invited: store.Invitation, *, states: frozenset[State], now: datetime
) -> Opened | None:
    row = await write(
        db,
        store.reading_together(invited, states=states),
        audit.record(
            *(actor, "cases.read_together"),
            subject=invited.applicant,
            reference=invited.case_id,
            purpose=invited.purpose,
            kind="read",
            now=now,
        ),
    )
    if row is None:
        return None
    case, events = store.as_read_together(row)
    return await laid_open(db, case, events, purpose=invited.purpose)
