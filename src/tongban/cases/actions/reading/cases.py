"""Reading a case: the applicant her own, the officer with a ledger row in the same statement."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

from tongban import audit, catalogue, licences
from tongban.cases import store
from tongban.cases.actions.applying.registers import find
from tongban.cases.actions.reviewing.silence import accepted_since
from tongban.cases.model import (
    ENDED,
    GROUNDS,
    POLICY,
    SHOWN_FOR,
    UNDER_PURPOSE,
    Case,
    CaseEvent,
    CaseInBrief,
    GroundMissing,
    Move,
    NoSuchCase,
    ShownForNothing,
    State,
    as_applicant_sees,
    possible,
)
from tongban.cases.model.chain import OF_CHAIN, OF_OFFICE, Chain, chain_of, may, open_moves
from tongban.cases.model.facts import Heard, heard, settled
from tongban.cases.model.follow_up import idle_moves
from tongban.cases.model.hearing import closed_moves, may_examine
from tongban.cases.model.linked import LinkedCase, state_words
from tongban.cases.model.reporting import closed_by_report, reports_up, told_of
from tongban.cases.model.rights import relation_in_list, relation_to_case
from tongban.cases.model.terminations import ended_at_desk
from tongban.cases.model.whose import is_hers
from tongban.kit import forms, keys
from tongban.kit.db import Database, write
from tongban.kit.forms import Form
from tongban.kit.i18n import Message, Text
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import Actor, Role, Verdict, reach_of

#: What the department's silence past the acceptance limit has closed.
_IN_TIME = frozenset({Move.ASK_CORRECTION, Move.DECLINE})
#: How long an officer's second look at an ended case may go on under one purpose.
LOOKED_UP_FOR = timedelta(hours=1)


class Opened(msgspec.Struct, frozen=True):
    """A case laid open: itself, its steps, its item, its form, the answers in clear, what registers said.

    ``answers`` are as a decision takes them; ``stated`` is what the applicant submitted, where registers were silent.
    ``purpose`` is the one that it is read under, and its files with it. ``accepted_since`` is from when the law has
    accepted it in the department's silence, while no step says so. ``masked`` as the policy's row says: sensitive
    answers are shown behind a mask.
    """

    case: Case
    events: list[CaseEvent]
    version: catalogue.ItemVersion
    form: Form
    answers: dict[str, Any]
    facts: dict[str, Heard]
    stated: dict[str, Any]
    purpose: UUID
    linked: list[LinkedCase] = []
    accepted_since: datetime | None = None
    masked: bool = False

    @property
    def moves(self) -> frozenset[Move]:
        """What officers can do now: of the two approvals the one that fits the item, of the steps its chain's next."""
        other = Move.GRANT if self.version.licence_type else Move.APPROVE
        state = self.case.state
        here = open_moves(self.chain, state, possible(state, Role.OFFICER), above=self.above)
        late = _IN_TIME if self.accepted_since else frozenset()
        if state is State.TERMINATED and not ended_at_desk(self.events):
            here -= {Move.RECTIFY}
        return (
            here
            - {other, Move.REOPEN, *closed_by_report(self.version, self.case)}
            - late
            - closed_moves(self.case.hearing, state)
            - idle_moves(self.case.follow_up)
        )

    @property
    def chain(self) -> Chain:
        """Who examines, reviews and decides; empty where one officer does."""
        return chain_of(self.version.chain)

    @property
    def above(self) -> bool:
        """Whether the organ above decides, and has not got it yet 初审."""
        return reports_up(self.version, self.case)

    def moves_of(self, actor: Actor) -> frozenset[Move]:
        """What this officer can do now: her duties and what she has said of the case before are looked at.

        What is another's, the named presider's or the head's, is not among it.
        """
        case, above = self.case, self.above
        sitting = case.hearing.sitting if case.hearing else None
        presider = sitting.presider if sitting else None
        asked = {one.department for one in case.consulted if one.answered_at is None}
        return frozenset(
            move
            for move in self.moves
            if may_examine(case.hearing, move, actor.id)
            and is_hers(self.chain, move, actor, presider=presider, asked=asked)
            and (move not in OF_CHAIN or may(self.chain, case.state, case.opinions, move, actor, above=above))
        )


async def progress(db: Database, actor: Actor, *, case_id: UUID) -> Opened:
    """The resident's own case with its steps: one statement. Raises NoSuchCase."""
    assert actor.id is not None
    found = await store.progress(db, case_id=case_id, applicant=actor.id)
    if found is None:
        raise NoSuchCase
    case, events, linked = found
    POLICY.require(actor, "cases.mine", relation_to_case(actor, case))
    opened = await laid_open(db, *as_owner_sees(case, events))
    return msgspec.structs.replace(opened, linked=linked)


def as_owner_sees(case: Case, events: list[CaseEvent]) -> tuple[Case, list[CaseEvent]]:
    """A case and its steps for its applicant: what is said up the office's chain is not for her, only its end is."""
    return msgspec.structs.replace(
        case,
        state=as_applicant_sees(case.state),
        opinions=(),
        consulted=(),
        assignee=None,
        assignee_name=None,
    ), [
        msgspec.structs.replace(
            step,
            from_state=str(as_applicant_sees(State(step.from_state))),
            to_state=str(as_applicant_sees(State(step.to_state))),
            detail=told_of(step),
        )
        for step in events
        if step.move not in OF_OFFICE
    ]


async def open_case(
    db: Database, actor: Actor, *, case_id: UUID, subject: UUID, ground: str | None = None, now: datetime
) -> Opened:
    """A case on the officer's desk: read and ledger row are one statement, under the case's own purpose.

    ``subject`` is the applicant's id, in whose bucket the ledger row lies. A case that has ended is read
    again for a ``ground`` of :data:`GROUNDS` only, under a purpose of supervision that lasts an hour (a second
    statement); without one GroundMissing is raised and nothing is read. Until the decision the rule is
    run as of today over what is known: months go on while a case waits. Raises NoSuchCase, also for a case of
    another applicant or department: then nothing is read, and no row says otherwise.
    """
    row = await write(
        db,
        store.reading(
            case_id=case_id, applicant=subject, department=actor.department or "", states=UNDER_PURPOSE
        ),
        audit.record(
            actor, "cases.read", subject=subject, reference=case_id, purpose=case_id, kind="read", now=now
        ),
    )
    purpose = case_id
    if row is None:
        purpose = new_id(bucket_of(subject))
        row = await _looked_up_again(
            db, actor, purpose, case_id=case_id, subject=subject, ground=ground, now=now
        )
    case, events = store.as_read(row)
    # The guard read no case but the department's, or one of a department whose office it has.
    verdict = POLICY.require(actor, "cases.read", relation_in_list(actor, case.assignee))
    opened = await laid_open(db, case, events, purpose=purpose)
    opened = msgspec.structs.replace(opened, masked=verdict is Verdict.MASK)
    if case.decided_at is not None:
        return opened  # what the decision rested on stays as it was
    return msgspec.structs.replace(
        opened,
        case=msgspec.structs.replace(case, finding=find(opened.version, opened.facts, now=now)),
        accepted_since=await accepted_since(db, case, opened.version, now=now),
    )


async def reveal(db: Database, actor: Actor, opened: Opened, *, why: str, now: datetime) -> list[str]:
    """The sensitive answers of an opened case that its officer may now see in full, by name, as the ledger notes them.

    One statement: a row of its own beside that of the opening, under the same purpose, with the fields' names and
    ``why``: of a running case a key of SHOWN_FOR, of an ended one the ground that it was opened for. A case without
    such answers leaves none. Raises ShownForNothing, and NoSuchCase when the case went on to another desk in between.
    """
    case = opened.case
    POLICY.require(actor, "cases.reveal", relation_in_list(actor, case.assignee))
    running = opened.purpose == case.id
    if why not in (SHOWN_FOR if running else GROUNDS):
        raise ShownForNothing
    asked = {field.name for field in opened.form.asked(opened.answers)}
    names = [
        field.name
        for field in opened.form.sensitive
        if field.name in asked and opened.answers.get(field.name) not in (None, "", [])
    ]
    if not names:
        return names
    row = await write(
        db,
        store.readable(
            case_id=case.id,
            applicant=case.applicant,
            department=actor.department or "",
            states=UNDER_PURPOSE if running else ENDED,
        ),
        audit.record(
            *(actor, "cases.reveal"),
            subject=case.applicant,
            reference=case.id,
            purpose=opened.purpose,
            kind="read",
            detail={"fields": names, "why" if running else "ground": why},
            now=now,
        ),
    )
    if row is None:
        raise NoSuchCase
    return names


async def licence_of(db: Database, actor: Actor, case: Case, *, now: datetime) -> licences.Founded | None:
    """What the decision on an approved case founded: one statement more, for such cases only."""
    if case.state not in (State.ISSUING, State.CLOSED):
        return None
    return await licences.founded_by(db, actor, holder=case.applicant, reference=case.id, now=now)


async def _looked_up_again(
    db: Database,
    actor: Actor,
    purpose: UUID,
    *,
    case_id: UUID,
    subject: UUID,
    ground: str | None,
    now: datetime,
) -> Record:
    if ground not in GROUNDS:
        if await store.applicant_at(db, case_id=case_id, department=actor.department or "") != subject:
            raise NoSuchCase
        raise GroundMissing
    row = await write(
        db,
        store.reading(case_id=case_id, applicant=subject, department=actor.department or "", states=ENDED),
        audit.opening_purpose(
            id=purpose,
            kind="supervision",
            subject=subject,
            reference=str(case_id),
            item="",
            fields=["cases.case"],
            basis="行政许可法第六十条",
            until=now + LOOKED_UP_FOR,
            now=now,
        ),
        audit.record(
            *(actor, "cases.read"),
            subject=subject,
            reference=case_id,
            purpose=purpose,
            kind="read",
            detail={"ground": ground},
            now=now,
        ),
    )
    if row is None:
        raise NoSuchCase
    return row


async def laid_open(
    db: Database, case: Case, events: list[CaseEvent], *, purpose: UUID | None = None
) -> Opened:
    """A case that was read, with its item, form, answers in clear and facts; ``purpose`` is its own unless said."""
    version = await catalogue.version(db, case.item, case.item_version)
    form = forms.compile_form(version.form)
    ring, context = keys.current(), case.id.bytes
    facts = heard(case.facts, form, ring, context)
    stated = forms.open_answers(form, case.answers, ring, context)
    return Opened(
        case, events, version, form, settled(form, stated, facts), facts, stated, purpose or case.purpose
    )


class Line(msgspec.Struct, frozen=True):
    """A case in the resident's list, with its item's name and how it stands in words."""

    case: CaseInBrief
    name: Text
    words: Message


def line_of(case: CaseInBrief, version: catalogue.ItemVersion) -> Line:
    """A case as its applicant's lists show it: how far up the office it has come is not for her."""
    state = as_applicant_sees(case.state)
    shown = msgspec.structs.replace(case, state=state)
    return Line(shown, version.name, state_words(version, state, case.ruling))


async def my_cases(
    db: Database,
    actor: Actor,
    *,
    before: UUID | None,
    limit: int,
    item: str | None = None,
    state: State | None = None,
) -> list[Line]:
    """The resident's cases, newest first, of one item or in one state if asked: one statement."""
    assert actor.id is not None
    states = None if state is None else {one for one in State if as_applicant_sees(one) is state}
    found = await store.cases_of(
        db,
        accounts=actor.accounts,
        before=before,
        limit=limit,
        item=item,
        states=states,
        reach=reach_of(actor),
    )
    return [line_of(case, await catalogue.version(db, case.item, case.item_version)) for case in found]


async def item_words(db: Database, item: str) -> tuple[Text, catalogue.Clock]:
    """An item's name and limits as they stand today, from the process's memory."""
    version = await catalogue.current(db, item)
    return version.name, version.clock
