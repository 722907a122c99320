"""Papers of a case, for its applicant and for the department: which there are, and what stands on one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit, catalogue, identity, regions
from tongban.cases import store
from tongban.cases.actions.joint.naming import spelled
from tongban.cases.actions.joint.sharing import followed
from tongban.cases.actions.limits.clocks import clock_of
from tongban.cases.actions.moving import organ_giving, organ_of, reconsidered_by
from tongban.cases.actions.reading.cases import Opened, laid_open
from tongban.cases.model import (
    ENDED,
    POLICY,
    UNDER_PURPOSE,
    Case,
    CaseEvent,
    Confirmed,
    GroundMissing,
    Move,
    NoSuchCase,
    named,
)
from tongban.cases.model.answers import ID_NUMBER, NAME, by_element, firm_of
from tongban.cases.model.contested import numbered_on_licence
from tongban.cases.model.linked import OF_A_DECISION, paper_contested
from tongban.cases.model.papers import (
    Contested,
    Filed,
    NoSuchPaper,
    PaperKind,
    Signed,
    Standing,
    kinds_of,
    number_of,
    paper,
    standing,
    title_of,
)
from tongban.cases.model.papers.stated import as_filed
from tongban.kit import forms, keys, papers
from tongban.kit.db import Database, write
from tongban.kit.i18n import N_, Language, Message, Text, both
from tongban.kit.pdf.model import Paper
from tongban.kit.policy import Actor, Relation
from tongban.settings import settings


class Given(msgspec.Struct, frozen=True):
    """A paper that the case has given, as lists show it; ``step`` is the step that gave it."""

    kind: PaperKind
    title: Message
    number: str
    step: int
    at: datetime

    @property
    def mark(self) -> str:
        """How it is told among the papers of its case."""
        return self.number.rpartition("-")[2].lstrip("0")

    def titled(self, language: Language) -> str:
        """The title in a language: in that of the paper, whatever the page's is."""
        return both(self.title).within(language)


def papers_given(case: Case, events: Iterable[CaseEvent], version: catalogue.ItemVersion) -> list[Given]:
    """The papers of a case in the order in which they were given."""
    return [
        Given(
            kind,
            title_of(kind, item_kind=version.kind, about=version.about, move=event.move, detail=event.detail),
            number_of(case, event, kind),
            event.version,
            event.at,
        )
        for event in events
        for kind in kinds_of(event)
    ]


async def my_paper(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    kind: str,
    step: int | None,
    translated: bool = False,
    now: datetime,
) -> Paper:
    """A paper of the resident's own case, two statements, or of one that she has signed.

    ``step`` is the step that gave it; without one the last of its kind is meant. ``translated``: in the language that
    the case was not filed in, which every item allows, for none is published without both. Raises NoSuchCase,
    NoSuchPaper.
    """
    opened = await followed(db, actor, case_id=case_id, now=now)
    asks = opened.version.joint_applicants if opened.case.applicant != actor.id else None
    given, withheld = _given(opened, kind, step), asks.withheld if asks else ()
    return await drawn(db, opened, given, PaperKind(kind), without=withheld, translated=translated)


async def paper_at_desk(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    subject: UUID,
    kind: str,
    step: int | None,
    under: UUID,
    now: datetime,
) -> Paper:
    """A paper of a case of the officer's department: read with its ledger row in one statement, each time.

    It is what was given and sealed, so it names its addressee in full as the law has it; numbers and accounts are
    masked on it. The row says both: which paper, and that the name stood there.

    ``under`` is the purpose that the case's page was opened under: the case's own while it lasts, afterwards that of
    the officer's stated ground, for as long as it stands; then GroundMissing is raised and nothing is read. Or it is
    a case of her department's that is about this one (行政复议法 art. 48). Raises NoSuchCase, NoSuchPaper.
    """
    POLICY.require(actor, "cases.print", Relation.DEPARTMENT)
    asked: dict[str, Any] = {"case_id": case_id, "applicant": subject, "department": actor.department or ""}
    guard = store.reading(**asked, states=UNDER_PURPOSE if under == case_id else ENDED)
    if under != case_id:
        purpose = await audit.standing_purpose(db, id=under, subject=subject, now=now)
        if purpose is not None and purpose.kind == "case":
            guard = store.reading_contested(**asked, by=under, states=UNDER_PURPOSE)
        elif purpose is None or purpose.reference != str(case_id):
            raise GroundMissing
    row = await write(
        db,
        guard,
        audit.record(
            *(actor, "cases.print"),
            subject=subject,
            reference=case_id,
            purpose=under,
            kind="read",
            detail={"paper": kind[:20], "fields": ["name"]},
            now=now,
        ),
    )
    if row is None:
        raise NoSuchCase
    opened = await laid_open(db, *store.as_read(row))
    return await drawn(db, opened, _given(opened, kind, step), PaperKind(kind))


def _given(opened: Opened, kind: str, step: int | None) -> CaseEvent:
    found = [event for event in opened.events if kind in kinds_of(event) and step in (None, event.version)]
    if not found:
        raise NoSuchPaper
    return found[-1]


async def drawn(
    db: Database,
    opened: Opened,
    step: CaseEvent,
    kind: PaperKind,
    *,
    without: Collection[str] = (),
    translated: bool = False,
) -> Paper:
    """The paper of this ``kind`` that a step gave, of an opened case; ``without`` the answers that its reader, a joint
    applicant, does not read of the other; ``translated`` into the other language, for reference."""
    # A step of before papers wrote nothing down: it is told as things stand now.
    then = standing(step.detail) or Standing(await organ_of(db, opened.case))
    filed = await _filed(db, opened, step, then, without=without)
    return paper(msgspec.structs.replace(filed, kind=kind), translated=translated)


async def foreseen(db: Database, opened: Opened, step: CaseEvent) -> Paper:
    """The paper that this step would give if it were made now, the same but for her name, which is masked."""
    filed = await _filed(db, opened, step, Standing(await organ_giving(db, opened.case, step.move)))
    return paper(msgspec.structs.replace(filed, applicant=papers.mask_name(filed.applicant)))


async def _filed(
    db: Database, opened: Opened, step: CaseEvent, then: Standing, *, without: Collection[str] = ()
) -> Filed:
    """What the paper of a step is made of, as things stood ``then``."""
    case, city = opened.case, _city()
    firm, firm_code = firm_of(opened.form, opened.stated)
    person = await identity.person(db, case.applicant)
    who, masked, number_of = _applicant(person, opened)
    if person.is_firm and not firm:
        firm, firm_code = person.name, person.id_number
    answers = forms.open_answers(
        opened.form,
        as_filed(case.answers, opened.events, step=step.version),
        keys.current(),
        case.id.bytes,
    )
    return Filed(
        case=case,
        step=step,
        standing=then,
        version=msgspec.structs.replace(opened.version, clock=clock_of(opened.version, case.answers)),
        form=opened.form,
        answers={name: value for name, value in answers.items() if name not in without},
        given=frozenset(name for name, value in answers.items() if value),
        applicant=who,
        id_masked=masked,
        guardian=guardian_of(opened.events),
        level=person.level,
        number_of=number_of,
        together=signed_together(opened, person.id_number, step),
        asked_at=_asked_at(case, step),
        signed_by_all=bool(signers_of(case, step)),
        firm=firm,
        firm_code=firm_code,
        brand=Text(f"{city.mark} {city.name.zh}", f"{city.mark} {city.name.en}"),
        note=city.note,
        address=settings().public_url,
        contested=await _contested(db, opened),
        reconsidered_by=await reconsidered_by(db, case),
    )


def _applicant(person: identity.Person, opened: Opened) -> tuple[str, str, Message | Text]:
    """Who signs for the application: name, masked number, what that number is. Of a firm its agent 经办人, as the
    application names her."""
    number_of = N_("公民身份号码")
    if person.is_firm:
        name = by_element(opened.form, opened.stated, NAME)
        return name, papers.mask_id(by_element(opened.form, opened.stated, ID_NUMBER)), number_of
    if person.paper_kind in papers.NUMBERED_AS_CITIZENS:
        return person.name, person.id_masked, number_of
    return person.name, person.id_masked, person.paper.of.name


async def _contested(db: Database, opened: Opened) -> Contested | None:
    """The decision that a reconsideration is about: one statement more, for such a case only."""
    if opened.version.about != OF_A_DECISION or opened.case.about is None:
        return None
    found = await store.with_steps(db, case_id=opened.case.about)
    if found is None or found[0].applicant != opened.case.applicant:
        raise NoSuchCase
    other, events = found
    version = await catalogue.version(db, other.item, other.item_version)
    number = paper_contested(opened.form, opened.case.answers)
    on_licence = numbered_on_licence(other, version, events, number) if number else None
    organ = on_licence.organ if on_licence else await organ_of(db, other)
    return Contested(other.short_code or "", version.name, organ, on_licence)


def guardian_of(events: Sequence[CaseEvent]) -> str:
    """Who handed the application in as the legal representative 法定代理人 of a minor; empty where nobody did."""
    return next(
        (str(one.detail["agent"]) for one in events if one.detail.get("agent_kind") == "guardian"), ""
    )


def signed_together(opened: Opened, own: str, step: CaseEvent | None = None) -> tuple[Signed, ...]:
    """Who has applied together with her, by the names that were confirmed, and when each signed: what was filed, or of
    a correction, its ``step``, what it was changed to."""
    case = opened.case
    if case.joint is None:
        return ()
    stated = forms.open_answers(opened.form, case.answers, keys.current(), case.id.bytes)
    names = {
        hash_: one.name
        for one in named(opened.version.joint_applicants, opened.form, stated, own=own)
        for hash_ in spelled(one.number)
    }
    anew = _confirmed(step) if step else None
    signers = case.joint.signers
    times = anew.signed if anew else tuple(one.signed_at for one in signers)
    levels = anew.levels if anew else tuple(one.level for one in signers)
    return tuple(
        Signed(one.role, names.get(one.hash, one.name), at, level)
        for one, at, level in zip(signers, times, levels, strict=True)
        if at is not None
    )


def signers_of(case: Case, step: CaseEvent) -> tuple[UUID, ...]:
    """The accounts of those who have signed with the first applicant what the step handed in: the application, or a
    correction that changed it. What she alone handed in she alone signs."""
    joint = case.joint
    if joint is None or not (step.move is Move.SUBMIT or "confirmed" in step.detail):
        return ()
    return tuple(one.person for one in joint.signers if one.person is not None)


def _asked_at(case: Case, step: CaseEvent) -> datetime | None:
    """When the first applicant gave her own word for what the step handed in."""
    anew = _confirmed(step)
    return anew.asked_at if anew else case.joint.asked_at if case.joint else None


def _confirmed(step: CaseEvent) -> Confirmed | None:
    """What the step keeps of everybody's word for a correction."""
    kept = step.detail.get("confirmed")
    return msgspec.convert(kept, Confirmed) if kept else None


@cache
def _city() -> regions.City:
    return regions.city_of(settings().city_dir)
