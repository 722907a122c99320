"""What the department's silence past the acceptance limit means 逾期未告知: the law has accepted, whatever the timer
does."""

from __future__ import annotations

from datetime import datetime

from tongban import catalogue
from tongban.cases.actions.limits.clocks import deemed_at
from tongban.cases.model import Case, State
from tongban.cases.model.desk_refusals import AcceptedByLaw
from tongban.kit import clock
from tongban.kit.db import Database


async def accepted_since(
    db: Database, case: Case, version: catalogue.ItemVersion, *, now: datetime
) -> datetime | None:
    """From when a case counts as accepted whose limit has passed in silence, though no step says so yet; else None.

    The instant is that of :func:`deemed_at`, which its acceptance will bear (行政许可法 art. 32(1)(4)).
    """
    if case.state is not State.SUBMITTED or case.accept_due is None or now <= case.accept_due:
        return None
    if case.course.booked is not None:
        return None  # nobody has applied yet: there is nothing to be silent about
    return await deemed_at(db, case, version)


async def must_be_in_time(db: Database, case: Case, version: catalogue.ItemVersion, *, now: datetime) -> None:
    """Raise AcceptedByLaw for a correction or a non-acceptance that comes after silence has accepted the case."""
    since = await accepted_since(db, case, version, now=now)
    if since is not None:
        raise AcceptedByLaw(clock.city_day(since))
