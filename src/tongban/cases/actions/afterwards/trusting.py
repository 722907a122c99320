"""Whether somebody may give a commitment 告知承诺: asked when she signs it, and when it is submitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit, catalogue, identity
from tongban.cases import store
from tongban.cases.actions.applying.drafting import Sheet, keep
from tongban.cases.actions.applying.drafting import sheet as draft_sheet
from tongban.cases.model import Case, Move, MovedOn, edge
from tongban.cases.model.commitments import CreditSilent, NoPromiseTaken
from tongban.cases.model.papers.committing import PROMISED, told
from tongban.cases.providers import credit
from tongban.cases.store import commitments as rows
from tongban.kit import clock
from tongban.kit.db import Database, write
from tongban.kit.i18n import Message
from tongban.kit.policy import Actor
from tongban.settings import settings


class Notice(msgspec.Struct, frozen=True):
    """What the page shows before a commitment is given: the item, what is ``told`` and ``promised``, who signs, and
    whether that was done already; ``version`` is the draft's."""

    item: catalogue.ItemVersion
    version: int
    asks: catalogue.Commitment
    told: Sequence[tuple[Message, str]]
    promised: Sequence[Message]
    signed: bool
    who: str


async def notice_of(db: Database, actor: Actor, sheet: Sheet) -> Notice | None:
    """The notice 告知 that a draft's applicant reads before she signs; None where it is applied for without one."""
    asks = sheet.version.commitment
    if asks is None or not asks.chosen(sheet.version.situation(sheet.answers)):
        return None
    assert actor.id is not None
    signed, who = sheet.unsigned is None, (await identity.person(db, actor.id)).name
    return Notice(sheet.version, sheet.case.version, asks, told(asks), PROMISED, signed, who)


async def answer_notice(
    db: Database, actor: Actor, posted: Mapping[str, str], *, case_id: UUID, now: datetime
) -> bool:
    """Do what the button below the notice says: sign, or go on in the ordinary way; gives whether it was signed.

    Raises as :func:`sign_commitment`, over the version of the draft that the page showed.
    """
    if posted.get("_go") == "ordinary":
        await apply_ordinarily(db, actor, case_id=case_id, now=now)
        return False
    typed = posted.get("_version", "")
    version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
    await sign_commitment(db, actor, case_id=case_id, version=version, now=now)
    return True


async def sign_commitment(
    db: Database, actor: Actor, *, case_id: UUID, version: int | None = None, now: datetime
) -> Sheet:
    """Sign 签署 in a draft the commitment whose notice was read; its signature stands with the submission.

    The ledger keeps the hash of what had been told. Any later change in the form takes the signature off again: what is
    signed is what is filed. A second time changes nothing. Raises NoPromiseTaken and CreditSilent, after which the
    ordinary way is open; NoSuchCase, NotPossibleNow, MovedOn.
    """
    current = await draft_sheet(db, actor, case_id=case_id)
    edge(Move.SAVE, current.case.state, actor.role)
    asks = current.unsigned
    if asks is None:
        return current
    if version is not None and version != current.case.version:
        raise MovedOn
    await must_be_trusted(db, actor, current.case, current.version, current.answers, now=now)
    noted = audit.record(
        actor,
        "cases.sign_commitment",
        subject=current.case.applicant,
        reference=case_id,
        purpose=current.case.purpose,
        detail={"notice": asks.digest},
        now=now,
    )
    signed = await keep(db, current, current.answers | {asks.tick: True}, noted, now=now)
    if signed is None:
        raise MovedOn
    return signed


async def apply_ordinarily(db: Database, actor: Actor, *, case_id: UUID, now: datetime) -> Sheet:
    """Go on in the ordinary way 一般程序 with the same draft: its form asks for the materials then. Raises as
    :func:`sign_commitment`."""
    current = await draft_sheet(db, actor, case_id=case_id)
    edge(Move.SAVE, current.case.state, actor.role)
    asks, name = current.version.commitment, f"situation_{catalogue.WAY}"
    if asks is None or name not in current.form.by_name:
        return current
    answers = {one: value for one, value in current.answers.items() if one != asks.tick}
    kept = await keep(db, current, answers | {name: str(catalogue.Way.ORDINARY)}, now=now)
    if kept is None:
        raise MovedOn
    return kept


async def must_be_trusted(
    db: Database,
    actor: Actor,
    case: Case,
    version: catalogue.ItemVersion,
    answers: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Raises NoPromiseTaken for who broke a promise lately, here or by the credit register; CreditSilent while that
    does not answer. No statement where none is given: whoever applies in the ordinary way is asked nothing.

    The register is asked under the purpose of the case, and the ledger says so.
    """
    asks = version.commitment
    if asks is None or not asks.chosen(version.situation(answers)):
        return
    until = await rows.no_promise_until(db, accounts=actor.accounts, now=now)
    if until is not None:
        raise NoPromiseTaken(f"{clock.city_day(until):%Y-%m-%d}")
    person = await identity.person(db, case.applicant)
    await write(
        db,
        store.standing(case),
        audit.record(
            actor,
            "cases.ask_credit",
            subject=case.applicant,
            reference=case.id,
            purpose=case.purpose,
            kind="read",
            now=now,
        ),
    )
    try:
        entries = await credit.standing(settings().sandbox_url, person.id_number, on=clock.city_day(now))
    except credit.CreditAway as away:
        raise CreditSilent from away
    if entries:
        last = max(entries, key=lambda one: one.until)
        raise NoPromiseTaken(f"{last.until:%Y-%m-%d}", organ=last.organ, matter=last.matter)
