"""Taking items off offer: what is decided of each, kept in the process as items in force are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from tongban import audit
from tongban.catalogue.actions.publishing import HOUSE, count_asked
from tongban.catalogue.actions.reading import cancellations, forget_copies
from tongban.catalogue.model.cancelling import Cancellation, ItemCancelled
from tongban.catalogue.store import cancelling as store
from tongban.catalogue.store.exchanged import once
from tongban.kit.db import Database, write
from tongban.kit.policy import SYSTEM


async def put_cancellations(db: Database, wanted: Iterable[Cancellation], *, now: datetime) -> bool:
    """Make these the decisions of the city that stand, whatever it had decided before; says whether that changes any.

    They are put in as soon as they are decided, however long before their day: guides and lists then say from when.
    What rows of the exchange say of other items stays. One read; where something has changed, a write with a row of
    the ledger, and the catalogue is counted.
    """
    decided = {one.code: one for one in wanted}
    before = {code: one for code, one in (await store.cancellations(db)).items() if one.by == "city"}
    if decided == before:
        return False
    await write(
        db,
        once(),
        store.putting([one for code, one in decided.items() if before.get(code) != one]),
        store.lifting([code for code in before if code not in decided]),
        audit.record(
            SYSTEM,
            "catalogue.cancel",
            subject=HOUSE,
            reference="cancellations",
            detail={code: str(one.on) for code, one in decided.items()},
            now=now,
        ),
    )
    await count_asked(db, now=now)
    forget_copies()
    return True


async def must_be_offered(db: Database, code: str, *, today: date) -> None:
    """Raise ItemCancelled for an item whose cancellation is in force: it takes no new applications."""
    decided = (await cancellations(db)).get(code)
    if decided is not None and decided.in_force(today):
        raise ItemCancelled(decided)
