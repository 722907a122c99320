"""Licences that were founded before there was an index of premises 一地一证 enter it: a repair by the administrator."""

from __future__ import annotations

from datetime import datetime

from tongban import licences
from tongban.cases.actions.afterwards.holding import content_of
from tongban.cases.actions.reading.premises import premises_of
from tongban.kit.db import Database

#: How many licences are read at once.
PORTION = 200


async def place_licences(db: Database, *, now: datetime) -> int:
    """Enter every licence that stands, of a type of which there is one for each premises, by its case's answers and the
    changes over them; gives how many were entered.

    Their keys need the house's own, so that no migration can make them. In portions by the primary key, and one licence
    a write: nothing is locked longer than that. Broken off it is begun anew; what is in the index stays. One whose case
    is not in this house, or whose row does not hold, is left out.
    """
    entered, last = 0, None
    while rows := await licences.of_premises(db, after=last, limit=PORTION):
        for row in rows:
            said, first, _ = await content_of(db, applicant=row.holder, case_id=row.reference)
            address = await premises_of(db, row.type_code, first, said) if first else ""
            entered += await licences.enter_premises(db, row, address=address, now=now)
        last = rows[-1]
    return entered
