"""Filing: the write by which an application reaches its department, whoever gave the last word for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from tongban import audit, catalogue, identity, licences
from tongban.cases import store
from tongban.cases.actions.applying.competence import competent_department, district_of
from tongban.cases.actions.applying.registers import find
from tongban.cases.actions.limits.clocks import acceptance_due, received_at, warned_from
from tongban.cases.actions.moving import dated
from tongban.cases.model import (
    AnswersInvalid,
    Case,
    Joint,
    Move,
    MovedOn,
    case_number,
    edge,
    holder_proof,
    short_code,
)
from tongban.cases.model.answers import ID_NUMBER, by_element, firm_of
from tongban.cases.model.asked import metered
from tongban.cases.model.facts import heard, outcomes, unheard
from tongban.cases.model.papers import COMMITTED, Standing
from tongban.cases.model.papers.standing import got
from tongban.cases.model.same_matter import matter_of, same_matter, told_apart_by
from tongban.cases.model.visits import booking_of
from tongban.kit import clock, forms, keys, outbox, serials, timers
from tongban.kit.acting import BeyondPower
from tongban.kit.db import Database, Part, write
from tongban.kit.forms import Form, numbers
from tongban.kit.i18n import Language
from tongban.kit.policy import Actor
from tongban.kit.rules import Outcome

#: The purpose of a case outlives its longest clock; it is closed with the case.
CASE_LIFETIME = timedelta(days=365)
#: How soon the worker asks a register again that was down at submission.
RECHECK_AFTER = timedelta(seconds=30)


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """An application that may be filed: item, form, answers in clear, by what its finding was made, in which language;
    ``joint`` with every signature where it is applied for together; ``apart`` tells its matter from others."""

    version: catalogue.ItemVersion
    form: Form
    answers: dict[str, Any]
    found_by: store.FoundBy
    language: Language
    apart: tuple[str, ...]
    joint: Joint | None = None


def must_afford(actor: Actor, version: catalogue.ItemVersion, answers: Mapping[str, Any]) -> None:
    """Raise BeyondPower for an agent whose power is limited to less than the fees of this one application."""
    due = version.due(answers).total
    if actor.acting is not None and actor.acting.most is not None and not actor.acting.affords(due):
        raise BeyondPower.of_amount(
            actor.name, numbers.shown_yuan(due), numbers.shown_yuan(actor.acting.most)
        )


async def ready(
    db: Database, case: Case, found_by: store.FoundBy, *, language: Language, joint: Joint | None = None
) -> Ready:
    """The case with its form and its answers opened; whether they hold is the caller's to ask."""
    version = await catalogue.version(db, case.item, case.item_version)
    form = forms.compile_form(version.form)
    answers = forms.open_answers(form, case.answers, keys.current(), case.id.bytes)
    return Ready(
        version=version,
        form=form,
        answers=answers,
        found_by=found_by,
        language=language,
        apart=await told_apart(db, version),
        joint=joint,
    )


@contextmanager
def one_matter(form: Form, apart: tuple[str, ...]) -> Iterator[None]:
    """Raises AnswersInvalid where the write would give the applicant a second case under way of the same matter."""
    try:
        yield
    except asyncpg.UniqueViolationError as busy:
        if busy.constraint_name == "case_living" and apart:
            raise AnswersInvalid(same_matter(form, apart)) from busy
        raise


async def told_apart(db: Database, version: catalogue.ItemVersion) -> tuple[str, ...]:
    """The data elements by which two matters of this item are told apart: no statement, types are kept in memory."""
    form = forms.compile_form(version.form)
    kind = await licences.licence_type(db, version.licence_type) if version.licence_type else None
    return told_apart_by(version, form, per_premises=kind is not None and kind.one_per is not None)


def _masked_now(actor: Actor, case: Case) -> str:
    """The applicant's masked name: a draft may be older than a correction of it, her session is not."""
    return (actor.name if actor.id == case.applicant else "") or case.applicant_masked


async def file_case(
    db: Database, actor: Actor, case: Case, this: Ready, *parts: Part, code: str, now: datetime
) -> None:
    """Write the submission: state, step, numbers, ledger row, news, purposes, the acceptance timer, and ``parts``.

    ``actor`` gives the last word, ``code`` is the case's from :func:`new_code`. Raises MovedOn when somebody was
    faster, AnswersInvalid while the same matter is under way: then nothing is written.
    """
    step, version, day = edge(Move.SUBMIT, case.state, actor.role), this.version, clock.city_day(now)
    department = await competent_department(db, version, this.answers)
    number = case_number(version.task_code, day, await serials.take(db, f"number:{version.task_code}:{day}"))
    # The case's purpose carries the case's own id, so that whoever reads the case names it without asking.
    purpose = case.id
    booked = booking_of(version, this.answers, filed=day)
    due = await acceptance_due(db, version, submitted_at=now, booked=booked)
    then = Standing(
        *(department.name, await received_at(db, submitted_at=now), due, got(case.facts)),
        booked=booked.on if booked else None,
    )
    asked = metered(version, this.form, this.answers, await catalogue.known_sources(db), case.facts)
    with one_matter(this.form, this.apart):
        moved = await write(
            db,
            store.submitting(
                case,
                department=department.code,
                district=district_of(version, this.answers),
                number=number,
                code=code,
                purpose=purpose,
                finding=_finding(case, this, now=now),
                accept_due=due,
                warn_at=await warned_from(
                    db, due=due, days=booked.days if booked else version.clock.accept_days
                ),
                course=msgspec.structs.replace(case.course, booked=booked),
                language=this.language,
                joint=this.joint,
                named=firm_of(this.form, this.answers)[0] or _masked_now(actor, case),
                matter=matter_of(keys.current(), this.form, this.answers, this.apart),
                hall=actor.acting.hall if actor.acting else None,
                now=now,
            ),
            store.noting(
                case,
                step,
                actor,
                now=now,
                detail={"code": code} | (await dated(db, then)).stored() | asked.stored() | _committed(this),
            ),
            store.numbering(
                code=code,
                number=number,
                applicant=case.applicant,
                case_id=case.id,
                proof=holder_proof(
                    keys.current(), code, await own_number(db, case.applicant, this.form, this.answers)
                ),
            ),
            audit.record(
                actor, "cases.submit", subject=case.applicant, reference=case.id, purpose=purpose, now=now
            ),
            audit.closing_purpose(subject=case.applicant, reference=str(case.id), now=now),
            _opening(case, version, purpose, now=now),
            outbox.announcing(str(step.event), subject=case.applicant, reference=case.id, now=now),
            timers.setting("cases.acceptance", subject=case.applicant, reference=case.id, due=due),
            *later_check(case, version, now=now),
            *parts,
        )
    if moved is None:
        raise MovedOn


async def new_code(db: Database, this: Ready, *, now: datetime) -> str:
    """The 19 digits by which people know the case."""
    district, day = district_of(this.version, this.answers), clock.city_day(now)
    return short_code(district, day, await serials.take(db, f"code:{district}:{day}"))


async def own_number(db: Database, applicant: UUID, form: Form, answers: Mapping[str, Any]) -> str:
    """The applicant's ID number: what the form took from her account, else the account's own."""
    return by_element(form, answers, ID_NUMBER) or (await identity.person(db, applicant)).id_number


def _committed(this: Ready) -> dict[str, Any]:
    """Of a commitment that is signed with the application: what had been told, by its hash."""
    asks = this.version.commitment
    given = asks is not None and asks.given(this.version.situation(this.answers), this.answers)
    return {COMMITTED: asks.digest} if asks is not None and given else {}


def _finding(case: Case, this: Ready, *, now: datetime) -> Outcome | None:
    """The rule as of today: a draft may have become six months old since it was typed. None: what stands there.

    Facts and finding are saved by one statement, and the rule says the same of the same facts on the same day: what
    was found today by this very rule would be found, and written, once more.
    """
    if this.found_by == (this.version.rules.hash, clock.city_day(now)):
        return None
    return find(this.version, heard(case.facts, this.form, keys.current(), case.id.bytes), now=now)


def _opening(case: Case, version: catalogue.ItemVersion, purpose: UUID, *, now: datetime) -> Part:
    return audit.opening_purpose(
        id=purpose,
        kind="case",
        subject=case.applicant,
        reference=str(case.id),
        item=case.item,
        fields=version.purpose_field_names,
        basis=version.purpose_law,
        until=now + CASE_LIFETIME,
        now=now,
    )


def later_check(case: Case, version: catalogue.ItemVersion, *, now: datetime) -> tuple[Part, ...]:
    """A register that was down is asked again after submission; the applicant is not made to wait for it."""
    if not unheard(version.purpose_fields, outcomes(case.facts)):
        return ()
    return (
        timers.setting(
            "cases.recheck",
            subject=case.applicant,
            reference=case.id,
            due=now + RECHECK_AFTER,
            outward=True,
        ),
    )
