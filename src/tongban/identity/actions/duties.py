"""What an officer does and where: duties 岗位职责 and department, changed in one write with her open sessions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from tongban import audit, regions
from tongban.identity.model.people import Account, open_name
from tongban.identity.model.refusals import PersonUnknown
from tongban.identity.model.staff import must_be_apart
from tongban.identity.store import accounts, staff
from tongban.kit import keys
from tongban.kit.db import Database, write
from tongban.kit.policy import ADMINISTRATORS, SYSTEM, Actor, Duty
from tongban.kit.web.staff_sessions import changing_sessions, ending_all


class Posting(msgspec.Struct, frozen=True):
    """Where an officer serves, by the department's code, and what she does there."""

    username: str
    department: str
    duties: tuple[Duty, ...]


async def posting(db: Database, *, username: str) -> Posting:
    """Where she serves now. Raises PersonUnknown."""
    return _posting(username, await _officer(db, username))


async def post_to(
    db: Database,
    *,
    username: str,
    duties: Collection[Duty] | None = None,
    department: str | None = None,
    actor: Actor = SYSTEM,
    now: datetime,
) -> Posting:
    """Give an officer other duties, another department, or both; None leaves what it is.

    Her open sessions change in the same write: what she may no longer do is refused at her next click, two seconds
    later at most (the age of a process's session cache). For the console of the machine: in the house itself powers are
    granted by two persons (``actions/staffing.py``). Raises PersonUnknown, regions.DepartmentUnknown, DutiesApart.
    """
    officer = await _officer(db, username)
    before = _posting(username, officer)
    after = Posting(
        username,
        before.department if department is None else (await regions.department(db, department)).code,
        before.duties if duties is None else tuple(sorted(duties)),
    )
    must_be_apart(after.duties)
    await write(
        db,
        staff.posting(officer.id, department=after.department, duties=after.duties),
        (
            # Who becomes an administrator comes in anew, by a factor that is strong enough.
            ending_all(officer.id, now=now)
            if ADMINISTRATORS.intersection(after.duties)
            else changing_sessions(officer.id, department=after.department, duties=after.duties, now=now)
        ),
        audit.record(
            *(actor, "identity.post_to"),
            subject=officer.id,
            reference=officer.id,
            detail={
                "before": [before.department, *before.duties],
                "after": [after.department, *after.duties],
            },
            now=now,
        ),
    )
    return after


async def _officer(db: Database, username: str) -> Account:
    found = await accounts.account_by_claim(db, keys.current().blind_index("username", username))
    if found is None or found.department is None:
        raise PersonUnknown
    return found


def _posting(username: str, officer: Account) -> Posting:
    assert officer.department is not None
    return Posting(username, officer.department, tuple(sorted(officer.duties)))


def colleague_names(sealed: Mapping[UUID, bytes]) -> dict[UUID, str]:
    """The names of officers by their account's id, from ``identity.pub_colleague``, as colleagues read them."""
    return {officer: open_name(name, officer) for officer, name in sealed.items()}


class Colleague(msgspec.Struct, frozen=True):
    """An officer as her colleagues know her."""

    name: str
    duties: frozenset[Duty]


async def hall_of(db: Database, officer: UUID) -> str | None:
    """The hall in which an officer sits at a window, by its code, as it stands now: one statement."""
    return await staff.hall_of(db, officer)


async def colleagues(db: Database, department: str) -> dict[UUID, Colleague]:
    """The officers of a department by their account's id, a hundred at most: one statement."""
    return {
        one.id: Colleague(one.actor().name, one.duties) for one in await staff.of_department(db, department)
    }
