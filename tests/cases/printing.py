"""Cases brought to the steps that give papers, and their papers printed, for the tests of both."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from tests import make
from tests.cast import Resident
from tongban import cases
from tongban.cases.actions import complete
from tongban.cases.model.papers import PaperKind
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import Language, use_language
from tongban.kit.pdf import press
from tongban.kit.policy import Actor

#: A Tuesday at 10 in the city; what is submitted then is accepted by December 1 or counts as accepted.
TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
LATER = TUESDAY + timedelta(days=1)
SAID = {"card_address": "收件地址没有写室号，请补全。"}


async def printed(city: Database, who: Resident, case_id: UUID, kind: str, step: int | None = None) -> bytes:
    paper = await cases.my_paper(city, who.actor, case_id=case_id, kind=kind, step=step, now=clock.now())
    made = await press.printed(paper)
    if folder := os.environ.get(
        "PAPERS"
    ):  # to be looked at: PAPERS=/tmp/papers pytest tests/cases/test_papers.py
        Path(folder, f"{kind}-{paper.language}-{paper.reference}.pdf").write_bytes(made.content)
    assert made.missing == ()
    return made.content


async def filed(city: Database, who: Resident, *, language: Language = "zh", now: datetime = TUESDAY) -> UUID:
    with use_language(language):
        return await make.submitted(city, who, now=now)


#: Papers of an accepted case that is not decided, or not for good.
RUNNING = {
    PaperKind.SPECIAL,
    PaperKind.RESUMPTION,
    PaperKind.EXTENSION,
    PaperKind.RECTIFICATION,
    PaperKind.DELIVERY,
}


async def _running(city: Database, officer: Actor, case_id: UUID, kind: PaperKind) -> None:
    about: dict[str, Any] = {"case_id": case_id}
    if kind is PaperKind.EXTENSION:
        await cases.extend(city, officer, **about, reason=make.REASON, now=LATER)
        return
    if kind in (PaperKind.RECTIFICATION, PaperKind.DELIVERY):
        await cases.refuse(city, officer, **about, reason=make.RESULT, now=LATER)
        if kind is PaperKind.RECTIFICATION:
            await cases.rectify(city, officer, **about, reason=make.REASON, now=LATER)
        else:
            posted = {"way": "counter", "receiver": "张示例", "note": ""}
            await cases.deliver(city, officer, **about, **posted, key=None, now=LATER)
        return
    special = {"kind": "site_inspection", "days": "5", "reason": make.SPECIAL_REASON}
    await cases.suspend(city, officer, **about, **special, now=LATER)  # type: ignore[arg-type]
    if kind is PaperKind.RESUMPTION:
        await cases.resume(city, officer, **about, result=make.RESULT, now=LATER + timedelta(days=2))


async def brought(
    city: Database, owner: Resident, officer: Actor, kind: PaperKind, language: Language
) -> UUID:
    """A case that has given a paper of this kind."""
    if kind is PaperKind.EXTENSION:  # of an item whose law knows one
        await make.limits(city, extension_days=10)
    case_id = await filed(city, owner, language=language)
    if kind is PaperKind.NOT_ACCEPTED:
        await cases.decline(
            city,
            officer,
            case_id=case_id,
            reason=make.REASON,
            authority="示范市教育局，021-00000200",
            now=LATER,
        )
    elif kind is PaperKind.CORRECTION:
        await cases.ask_correction(city, officer, case_id=case_id, said=SAID, now=LATER)
    elif kind is PaperKind.TERMINATION:
        await cases.withdraw(city, owner.actor, case_id=case_id, now=LATER)
    elif kind is not PaperKind.RECEIPT:
        await cases.accept(city, officer, case_id=case_id, now=LATER)
        if kind in RUNNING:
            await _running(city, officer, case_id, kind)
        elif kind is PaperKind.REFUSAL:
            await cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=LATER)
        elif kind is not PaperKind.ACCEPTANCE:
            await cases.approve(city, officer, case_id=case_id, now=LATER)
            if kind is PaperKind.COMPLETION:
                news = make.event("licences.issued", subject=owner.actor.id, reference=case_id, licence="L1")  # type: ignore[arg-type]
                await complete(city, event=news, now=LATER + timedelta(days=2))
    return case_id
