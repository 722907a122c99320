"""Builders: a run whose one form is filled in, cases decided by their departments, the worker's turn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests import filling, make
from tests.cast import Resident
from tongban import bundles, cases, catalogue
from tongban.kit import clock, files
from tongban.kit.db import Database
from tongban.kit.policy import OFFICERS_DUTIES
from tongban.licences import jobs as licences_jobs
from tongban.worker import drain_once

#: A file that came in: a row alone, its content is looked at by nobody here.
_SCAN = files.Received(digest=bytes(32), size=9, media_type="application/pdf", name="材料.pdf", pages=1)
ANSWERS = {"certificate": "no", "hukou": "yes", "registered": "no", "insured": "yes"}


async def begun(
    db: Database,
    who: Resident,
    answers: dict[str, str],
    code: str = "birth",
    *,
    sign: bool = True,
    **more: Any,
) -> UUID:
    """A run whose one form is filled in so that it holds, its commitments signed."""
    now = clock.now()
    run_id = await bundles.start(db, who.actor, code=code, answers=answers, now=now)
    sheet = await bundles.sheet(db, who.actor, run_id=run_id)
    wanted = filling.filled(sheet.form, {**sheet.answers, **more}, today=clock.city_day(now))
    wanted = {
        name: value for name, value in wanted.items() if name not in ("other_parent_name", "other_parent_id")
    }
    await bundles.save(db, who.actor, run_id=run_id, posted=filling.posted(sheet.form, wanted), now=now)
    scan = {field.name: [_SCAN] for field in sheet.form.asked(wanted) if field.ui.widget == "files"}
    if scan:
        await bundles.attach(db, who.actor, run_id=run_id, received=scan, now=now)
    for each in (await bundles.sheet(db, who.actor, run_id=run_id)).unsigned.values() if sign else ():
        case_id, version = each.case.id, str(each.case.version)
        await cases.answer_notice(db, who.actor, {"_version": version}, case_id=case_id, now=now)
    return run_id


async def decided(db: Database, case_id: UUID, *, grant: bool = True) -> None:
    """The department's officers accept a case and decide it; a card that it gives is made."""
    found = await make.row(db, case_id)
    now, officer = clock.now(), make.officer_with(found["department"], *OFFICERS_DUTIES, name="示例全职")
    version = await catalogue.version(db, found["item"], found["item_version"])
    if found["course"].get("booked") or version.in_person:
        came = {"why": "apply", "place": "0", "note": ""}
        await cases.record_visit(db, officer, case_id=case_id, posted=came, key=None, now=now)
    await cases.accept(db, officer, case_id=case_id, now=now)
    who = await make.up_the_chain(db, case_id, version, found["department"])
    if grant:
        await make.approve(db, who, case_id, note=make.NOTE, now=now)
    else:
        await cases.refuse(db, who, case_id=case_id, reason=make.REASON, now=now)
    await drained(db)


async def drained(db: Database) -> None:
    """The worker's turn: news, and the cards of licences."""
    for _ in range(2):
        while await drain_once(db):
            pass
        await licences_jobs.send_batches(db, now=clock.now())
        await licences_jobs.collect_cards(db, now=clock.now())
    while await drain_once(db):
        pass


async def stands(db: Database, who: Resident, run_id: UUID) -> tuple[bundles.Run, dict[str, str]]:
    """The run, and how far each part has come."""
    run = (await bundles.progress(db, who.actor, run_id=run_id, now=clock.now())).run
    return run, {part.item: str(part.state) for part in run.parts}
