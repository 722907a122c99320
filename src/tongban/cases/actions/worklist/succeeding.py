"""Transfer of office 机构合并: all open cases of a department go over to the one that succeeds it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from tongban import regions
from tongban.cases import store
from tongban.cases.actions.moving import carry_out
from tongban.cases.actions.reviewing.reasons import reason_of
from tongban.cases.model import Move, MovedOn, NoSuccessor, edge
from tongban.kit.db import Database
from tongban.kit.policy import SYSTEM, Role

BATCH = 200


async def succeed(
    db: Database,
    *,
    former: str,
    successor: str,
    basis: str,
    now: datetime,
    progress: Callable[[int], None] = lambda _moved: None,
) -> int:
    """Pass all that ``former`` has not come to the end of on to ``successor``, on the act named in ``basis``.

    Each case in a write of its own: its step, its ledger row, the notice to its applicant; state, dates, opinions and
    who has it in hand stay, for it is the same office under another name. A batch is one read and as many writes as it
    has cases. Broken off, it goes on where it was when it is called again; called after the end it moves what has come
    to the former department since. Gives how many it moved. Ended cases, licences, questions and
    records stay in the rows of the department that made them; the successor has its powers over them by looking here
    (``store/offices.py``). Raises NoSuccessor, regions.DepartmentUnknown, ReasonMissing.
    """
    if former == successor:
        raise NoSuccessor
    before, after = await regions.department(db, former), await regions.department(db, successor)
    words = reason_of(basis)
    await store.begin_succession(db, former=former, successor=successor, basis=words, now=now)
    moved = 0
    while batch := await store.cases_of_department(db, department=before.code, limit=BATCH):
        for case in batch:
            step = edge(Move.SUCCEED, case.state, Role.SYSTEM)
            try:
                await carry_out(
                    db,
                    SYSTEM,
                    case,
                    step,
                    store.succeeding(case, step, department=after.code),
                    now=now,
                    detail={
                        "from": msgspec.to_builtins(before.name),
                        "to": msgspec.to_builtins(after.name),
                        "basis": words,
                    },
                )
            except MovedOn:
                continue  # somebody was faster; it is in the next batch as it stands then
            moved += 1
        progress(moved)
    await store.end_succession(db, former=former, successor=successor, moved=moved, now=now)
    return moved
