"""A reconsideration brought as far as a test needs it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tests import filling, make
from tests.cast import Resident
from tongban import cases
from tongban.cases.model import Move
from tongban.cases.model.rulings import RULINGS, Ruling
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.outbox import Event
from tongban.kit.policy import Actor, Duty

WHY = "原决定认定的事实经本机关逐项查证，理由如上。"


async def drafted(
    city: Database, who: Resident, item: str, about: UUID, *, now: datetime, **answers: Any
) -> UUID:
    """A draft about a case, each question answered, some as asked."""
    case_id = await cases.start(city, who.actor, item=item, about=about, now=now)
    sheet = await cases.sheet(city, who.actor, case_id=case_id)
    typed = filling.filled(sheet.form, sheet.answers, today=clock.city_day(now)) | {"request": "revoke"}
    # Evidence, why it is late, and the firm that applied, are left out where nothing stands there.
    left = {"delay", "firm_name", "firm_code", "file_evidence"} - set(sheet.answers)
    given = {name: value for name, value in typed.items() if name not in left} | answers
    asked = {field.name for field in sheet.form.fields}
    await make.answered(city, case_id, sheet.form, {name: given[name] for name in given if name in asked})
    return case_id


async def filed(
    city: Database, who: Resident, item: str, about: UUID, *, now: datetime, **answers: Any
) -> UUID:
    """The same, filed."""
    case_id = await drafted(city, who, item, about, now=now, **answers)
    await cases.submit(city, who.actor, case_id=case_id, key=None, now=now)
    return case_id


async def before_the_head(city: Database, case_id: UUID, ruling: Ruling, *, now: datetime) -> Actor:
    """Accepted and examined, with this outcome proposed; gives who decides it."""
    row = await make.row(city, case_id)
    examiner, head = (
        make.officer_with(row["department"], duty, name=f"示例{duty}")
        for duty in (Duty.EXAMINE, Duty.APPROVE)
    )
    await cases.accept(city, examiner, case_id=case_id, now=now)
    await cases.propose(city, examiner, case_id=case_id, ruling=ruling, reason=WHY, now=now)
    return head


async def decided(city: Database, case_id: UUID, ruling: Ruling, *, now: datetime) -> Event:
    """The reconsideration office decides; gives its news as the worker hands it on."""
    head = await before_the_head(city, case_id, ruling, now=now)
    if RULINGS[ruling].move is Move.GRANT:
        await cases.approve(city, head, case_id=case_id, note=WHY, ruling=ruling, now=now)
    else:
        await cases.refuse(city, head, case_id=case_id, reason=WHY, ruling=ruling, now=now)
    row = await make.row(city, case_id)
    return make.event("cases.granted", subject=row["applicant"], reference=case_id)
