"""Drafts: opened with what the registers know, saved as typed, discarded."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit, catalogue, identity, licences
from tongban.cases import store
from tongban.cases.actions.afterwards.holding import held_facts
from tongban.cases.actions.afterwards.linking import about_case
from tongban.cases.actions.applying.library import ask_library
from tongban.cases.actions.applying.papers import paper_refusal
from tongban.cases.actions.applying.registers import account, ask, ask_account, find
from tongban.cases.model import (
    POLICY,
    AlreadyHeld,
    Case,
    Move,
    MovedOn,
    NoSuchCase,
    NotPossibleNow,
    State,
    edge,
)
from tongban.cases.model.asked import Asked, types_to_look_up, withdrawn
from tongban.cases.model.attachments import carried, taken_off
from tongban.cases.model.facts import (
    ACCOUNT,
    Heard,
    heard,
    outcomes,
    prefilled,
    stored,
    to_ask_anew,
    told,
    unheard,
    updated,
)
from tongban.cases.model.follow_up import faults_of
from tongban.cases.model.held import change_faults
from tongban.cases.model.kept_residence import from_account
from tongban.cases.model.linked import FROM_THE_CASE
from tongban.cases.model.rights import relation_to_case
from tongban.kit import clock, files, forms, keys
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Words
from tongban.kit.forms import Form, Prefilled
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor, Relation, must_cover

#: A draft that nobody touches keeps its purpose, and with it the right to read, no longer than this.
DRAFT_LIFETIME = timedelta(days=30)


class Sheet(msgspec.Struct, frozen=True):
    """A draft opened for its owner: the form with what is typed, what is known, and the rule's finding.

    ``withdrawn`` are the places of materials that need not be brought any more, with the source that gives each.
    """

    case: Case
    version: catalogue.ItemVersion
    form: Form
    answers: dict[str, Any]
    prefilled: dict[str, Prefilled]
    facts: dict[str, Heard]
    withdrawn: dict[str, Asked] = {}

    @property
    def kept_until(self) -> datetime:
        """When the draft ends with its purpose, if it is not submitted before."""
        return self.case.opened_at + DRAFT_LIFETIME

    @property
    def unsigned(self) -> catalogue.Commitment | None:
        """The commitment that she has chosen and not signed: it has a page of its own behind the form."""
        asks, chosen = self.version.commitment, self.version.situation(self.answers)
        return asks if asks and asks.chosen(chosen) and not self.answers.get(asks.tick) else None

    def faults(self, *, now: datetime) -> dict[str, Words]:
        """What does not hold as of ``now``, by field or cell; a commitment is signed after all else."""
        later = self.unsigned.tick if self.unsigned else ""
        faults = faults_of(
            *(self.version.materials, self.form),
            {name: value for name, value in self.answers.items() if name != later},
            today=clock.city_day(now),
            told=told(self.form, self.facts),
            withdrawn={*self.withdrawn, later},
        )
        return faults or change_faults(self.version.after, self.answers, self.facts)

    def paging(self, *, now: datetime, at: str, told: Collection[str] = ()) -> forms.Paging | None:
        """The pages of a long form with what is done as of ``now``, ``at`` open; None for a form of one page.
        ``told`` are the paths of what does not hold besides."""
        if not self.form.paged:
            return None
        asked = [field.name for field in self.form.asked(self.answers)]
        return forms.paging(self.form, asked, {*self.faults(now=now), *told}, at=at)


class Started(msgspec.Struct, frozen=True):
    """What :func:`open_draft` gives: the case, and whether it was opened by this act or lived already."""

    case: UUID
    created: bool


async def start(db: Database, actor: Actor, *, item: str, about: UUID | None = None, now: datetime) -> UUID:
    """Open a draft 草稿 of ``item`` for the resident, or give the living case she has of it already.

    ``about`` is the case that it is about, where the item is of another one (reconsideration, complaint).
    """
    return (await open_draft(db, actor, item=item, about=about, key=None, now=now)).case


async def open_draft(
    db: Database, actor: Actor, *, item: str, about: UUID | None = None, key: str | None, now: datetime
) -> Started:
    """As :func:`start`, once for an Idempotency-Key: repeated with it, whoever was first gives the answer.

    The draft, its purpose (why registers may be read for it), the ledger row and the remembered answer are one
    write; then the registers that the item's form names are read under that purpose, one ledger row each.
    Idempotent by the index on living cases too: two tabs get one draft. Raises AlreadyHeld when the licence that the
    item gives stands in her library and nobody needs two of it, PaperNotTaken when it is for people with another paper
    than hers, KeyReused, what the catalogue raises.
    """
    POLICY.require(actor, "cases.start", Relation.ANY)
    must_cover(actor, item)
    if about is not None and actor.also:
        actor = actor.at(await store.whose(db, about, actor.accounts))
    opened: list[UUID] = []

    async def act(remembering: Remembering) -> dict[str, Any]:
        assert actor.id is not None
        known = await store.living_case(db, accounts=actor.accounts, item=item, about=about)
        if known is None:
            case = await _new_draft(db, actor, item=item, about=about, now=now)
            answer = {"case": str(case.id), "created": True}
            if await _open(db, actor, case, remembering(answer), now=now):
                opened.append(case.id)
                return answer
            known = await store.living_case(db, accounts=actor.accounts, item=item, about=about)
        if known is None:
            raise MovedOn
        answer = {"case": str(known[0]), "created": False}
        if remembered := remembering(answer):
            await write(db, store.existing(known[0], accounts=actor.accounts), *remembered)
        return answer

    answer = await answer_once(
        db, act, bucket=actor.bucket, caller=actor.caller, key=key, body=_asked(item, about), now=now
    )
    for case_id in opened:
        await heard_anew(db, actor, await sheet(db, actor, case_id=case_id), now=now)
    return msgspec.convert(answer, Started)


def _asked(item: str, about: UUID | None) -> dict[str, str]:
    """What an Idempotency-Key stands for."""
    return {"start": item} | ({"about": str(about)} if about else {})


async def _new_draft(
    db: Database, actor: Actor, *, item: str, about: UUID | None = None, now: datetime
) -> Case:
    """The draft as it will be written; raises NoSuchItem, NotOnline, ItemCancelled, AlreadyHeld, as about_case does."""
    assert actor.id is not None
    version = await catalogue.current(db, item)
    catalogue.must_be_online(version)
    await catalogue.must_be_offered(db, item, today=clock.city_day(now))
    case_id = new_id(actor.bucket)
    facts = await held_facts(db, actor, version, about, case_id=case_id, now=now)
    answers = {} if facts else await about_case(db, actor, version, about, now=now)
    if version.one_each and await licences.holds(db, actor.accounts, type_code=version.licence_type, now=now):
        raise AlreadyHeld
    person = await identity.person(db, actor.id)
    if (refused := paper_refusal(version, person, now=now)) is not None:
        raise refused
    return Case.draft(
        id=case_id,
        applicant=actor.id,
        item=item,
        item_version=version.number,
        applicant_masked=person.name_masked,
        purpose=new_id(actor.bucket),
        about=about,
        answers=answers,
        facts=facts,
        now=now,
    )


async def _open(
    db: Database, actor: Actor, case: Case, remembered: tuple[Part, ...], *, now: datetime
) -> bool:
    """Write the draft with what belongs to its birth; False when a living case of the item was there first."""
    version = await catalogue.version(db, case.item, case.item_version)
    done = await write(
        db,
        store.adding_draft(case),
        audit.opening_purpose(
            id=case.purpose,
            kind="draft",
            subject=case.applicant,
            reference=str(case.id),
            item=case.item,
            fields=version.purpose_field_names,
            basis=version.purpose_law,
            until=now + DRAFT_LIFETIME,
            now=now,
        ),
        audit.record(
            actor, "cases.start", subject=case.applicant, reference=case.id, purpose=case.purpose, now=now
        ),
        *remembered,
    )
    return done is not None


async def living(
    db: Database, actor: Actor, *, item: str, about: UUID | None = None
) -> tuple[UUID, State] | None:
    """The draft or the case under way that the resident has of ``item`` already: one statement."""
    POLICY.require(actor, "cases.start", Relation.ANY)
    must_cover(actor, item)
    assert actor.id is not None
    return await store.living_case(db, accounts=actor.accounts, item=item, about=about)


async def sheet(db: Database, actor: Actor, *, case_id: UUID) -> Sheet:
    """The resident's own draft as the form shows it. Raises NoSuchCase, or NotPossibleNow once submitted."""
    return await sheet_of(db, actor, await own_case(db, actor, case_id))


async def sheet_of(db: Database, actor: Actor, case: Case) -> Sheet:
    """The resident's own case, once read, as :func:`sheet`; raises NotPossibleNow when it is no draft."""
    if case.state is not State.DRAFT:
        raise NotPossibleNow(case.state)
    version = await catalogue.version(db, case.item, case.item_version)
    _, own = await account(db, actor)
    return laid_open(case, version, own, await catalogue.known_sources(db))


def laid_open(
    case: Case, version: catalogue.ItemVersion, own: Heard, sources: catalogue.KnownSources
) -> Sheet:
    """A draft as its form shows it; ``own`` is what the applicant's account says, ``sources`` the register."""
    form = forms.compile_form(version.form)
    facts = heard(case.facts, form, keys.current(), case.id.bytes)
    known = prefilled(form, {**facts, ACCOUNT: own}) | from_account(form, facts)
    typed = forms.open_answers(form, case.answers, keys.current(), case.id.bytes)
    # What follows from the case that the draft is about stands there before she has typed anything.
    given = FROM_THE_CASE if version.about else frozenset()
    begun = any(form.by_name[name].ui.element not in given for name in typed if name in form.by_name)
    answers = forms.overlay(form, typed, known) if begun else forms.starting_answers(form, known) | typed
    gone = withdrawn(version, sources, case.facts)
    return Sheet(case, version, form, answers, known, facts, gone)


async def fresh_sheet(
    db: Database, actor: Actor, *, case_id: UUID, at_once: bool = False, now: datetime
) -> Sheet:
    """The draft as :func:`sheet`, its registers asked where that is due, as :func:`heard_anew`.

    Opening a draft is two steps, the draft and the asking: whoever was cut off in between finds the asking made up
    for. A draft left for days is not checked with the registers' words of then.
    """
    current = await sheet(db, actor, case_id=case_id)
    if await heard_anew(db, actor, current, at_once=at_once, now=now):
        return await sheet(db, actor, case_id=case_id)
    return current


async def heard_anew(
    db: Database, actor: Actor, current: Sheet, *, at_once: bool = False, now: datetime
) -> bool:
    """Ask the registers that the draft has not heard, or that were down or spoke long ago; whether any was asked.

    Then the draft is another one. ``at_once``: those too that were down just now, and MovedOn is raised where somebody
    was faster; else her other tab has asked at the same time. No statement where nothing is due.
    """
    case, resources = current.case, current.version.purpose_fields
    types = types_to_look_up(current.version, await catalogue.known_sources(db))
    due = to_ask_anew([*resources, *types], current.facts, now=now)
    missing = {*unheard(resources, outcomes(case.facts)), *due}
    if not (missing if at_once else due):
        return False
    said = await ask(db, actor, case, current.version, resources=sorted(missing - types), now=now)
    said |= await ask_library(db, actor, types=missing & types, now=now)
    facts = updated(current.facts, said)
    facts |= await ask_account(db, actor, case, current.form, facts, now=now)
    try:
        await learn(db, current, facts, now=now)
    except MovedOn:
        if at_once:
            raise
    return True


async def learn(db: Database, current: Sheet, facts: dict[str, Heard], *, now: datetime) -> None:
    """Keep what was heard for a draft, over the version that ``current`` shows. Raises MovedOn."""
    case = current.case
    saved = await write(
        db,
        store.saving_draft(
            case,
            answers=case.answers,
            facts=stored(facts, current.form, keys.current(), case.id.bytes),
            finding=find(current.version, facts, now=now),
        ),
    )
    if saved is None:
        raise MovedOn


async def save(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    posted: Mapping[str, str],
    version: int | None,
    now: datetime,
) -> Sheet:
    """Keep what was typed, right or wrong, and give the sheet with its faults: nothing typed is lost.

    Values of registers that the person may not change are the registers', whatever was posted; files stay as they
    were attached, but for the one whose button to remove it was pressed: its row goes in the same write.
    ``version`` is the draft's version that the page was made from: when another tab has saved in
    between, MovedOn is raised with nothing overwritten (the page shows what was typed again).
    """
    current = await sheet(db, actor, case_id=case_id)
    edge(Move.SAVE, current.case.state, actor.role)
    if version is not None and version != current.case.version:
        raise MovedOn
    asked = forms.with_known(current.form, posted, current.prefilled)
    typed = forms.parse(current.form, asked, kept=current.answers)
    typed = forms.unmasked(current.form, typed, current.answers, eyes=actor.eyes)
    noted = audit.record(
        actor, "cases.save", subject=current.case.applicant, reference=case_id, purpose=case_id, now=now
    )
    # One's own savings are many and nobody's concern; an agent's are acts that the principal can see.
    saved = await keep(
        *(db, current, forms.overlay(current.form, typed, current.prefilled)),
        *((noted,) if actor.acting else ()),
        now=now,
    )
    if saved is None:
        raise MovedOn
    return saved


async def keep(
    db: Database, current: Sheet, answers: dict[str, Any], *parts: Part, now: datetime
) -> Sheet | None:
    """Write the draft's answers over the version that ``current`` shows, and ``parts`` with them; None when somebody
    was faster."""
    answers = carried(current.version.materials, current.form, current.answers, answers)
    gone, then = (
        taken_off(current.version.form, current.case.answers, answers),
        with_answers(current, answers),
    )
    row = await write(
        db,
        store.saving_draft(
            current.case,
            answers=then.case.answers,
            facts=current.case.facts,
            finding=find(current.version, current.facts, now=now),
        ),
        *([files.dropping(gone, subject=current.case.applicant, reference=current.case.id)] if gone else []),
        *parts,
    )
    return None if row is None else then


def with_answers(current: Sheet, answers: dict[str, Any]) -> Sheet:
    """The draft once these answers are written over the version that was read, sealed as its row keeps them."""
    sealed = forms.seal_answers(current.form, answers, keys.current(), current.case.id.bytes)
    case = msgspec.structs.replace(current.case, answers=sealed, version=current.case.version + 1)
    return msgspec.structs.replace(current, case=case, answers=answers)


async def own_case(db: Database, actor: Actor, case_id: UUID) -> Case:
    """The resident's own case, whatever its state: one statement. Raises NoSuchCase."""
    assert actor.id is not None
    case = await store.case_of(db, case_id=case_id, applicant=actor.id)
    if case is None:
        raise NoSuchCase
    POLICY.require(actor, "cases.draft", relation_to_case(actor, case))
    return case
