"""Who leaves or is moved 离职、调岗: what she had in hand goes to the head of the department that she leaves."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban import identity
from tongban.cases import store
from tongban.cases.actions.moving import carry_out
from tongban.cases.model import Move, MovedOn, edge
from tongban.kit.db import Database
from tongban.kit.policy import SYSTEM, Duty, Role

BATCH = 200
#: As the step's note stands in the history, among the words that officers type.
_WORDS = "原承办人离职或者调离本部门"


async def inherit(db: Database, *, officer: UUID, department: str, now: datetime) -> int:
    """Hand over all that ``officer`` has in hand in ``department`` to its head, by log-in name the first other one.

    Where there is no other head the cases are in nobody's hand, as before acceptance: everybody of the department sees
    them so. Each case in a write of its own with its step and ledger row; called again it finds nothing more. Gives how
    many it handed over.
    """
    people = await identity.colleagues(db, department)
    head = next((who for who, one in people.items() if Duty.HEAD in one.duties and who != officer), None)
    name = people[head].name if head is not None else None
    moved = 0
    while batch := await store.cases_in_hand(db, officer=officer, department=department, limit=BATCH):
        for case in batch:
            step = edge(Move.HAND_OVER, case.state, Role.SYSTEM)
            try:
                await carry_out(
                    *(db, SYSTEM, case, step, store.assigning(case, step, to=head, name=name)),
                    now=now,
                    detail={"to": name or "", "from": case.assignee_name, "words": _WORDS},
                )
            except MovedOn:
                continue  # somebody was faster; it is in the next batch as it stands then
            moved += 1
    return moved
