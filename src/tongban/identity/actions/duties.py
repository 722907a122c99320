"""What an officer does and where: duties 岗位职责 and department, changed in one write with her open sessions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from tongban import audit, notices, regions
from tongban.identity.model.people import Account, open_name
from tongban.identity.model.refusals import PersonUnknown
from tongban.identity.model.staff import ConsoleOrder, must_be_apart, must_be_the_consoles
from tongban.identity.store import accounts, staff
from tongban.kit import keys
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import ADMINISTRATORS, SYSTEM, Duty
from tongban.kit.web.staff_sessions import changing_sessions, ending_all
from tongban.settings import settings

_WORDS = N_(
    "【{mark}】控制台按紧急情况变更了工作账户 {username} 的职责或者部门，没有经过两人授权。"
    "请在“账本”核实由谁决定、原因是什么。"
)
#: Who is told of what went by two persons: who grants, and who reads the ledger.
_WATCHING = frozenset({Duty.SECURITY_ADMIN, Duty.AUDIT_ADMIN})


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
    order: ConsoleOrder,
    now: datetime,
) -> Posting:
    """Give an officer other duties, another department, or both; None leaves what it is.

    Her open sessions change in the same write: what she may no longer do is refused at her next click, two seconds
    later at most (the age of a process's session cache). For the console of the machine: in the house itself powers are
    granted by two persons (``actions/staffing.py``), so that it is refused while there are two who can, unless the
    ``order`` says that it is an emergency; then the security and the audit administrators are texted. The ledger keeps
    who asked, why, and the log-in of the machine. Two reads, one write. Raises PersonUnknown, TwoDoIt, StaffIncomplete,
    regions.DepartmentUnknown, DutiesApart.
    """
    officer = await _officer(db, username)
    others = [one for one in await staff.administrators_at_work(db) if one[0] != officer.id]
    must_be_the_consoles(order, [duty for _, duty, _ in others])
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
            SYSTEM,
            "identity.post_to",
            subject=officer.id,
            reference=officer.id,
            detail={
                "before": [before.department, *before.duties],
                "after": [after.department, *after.duties],
                **msgspec.to_builtins(order),
            },
            now=now,
        ),
        *(_telling(username, others, now=now) if order.emergency else ()),
    )
    return after


def _telling(username: str, others: Iterable[tuple[UUID, Duty, bytes]], *, now: datetime) -> tuple[Part, ...]:
    """Texts to those who watch over powers: somebody at the console went by them."""
    mark = regions.city_of(settings().city_dir).mark
    words = str(Message(_WORDS.msgid, {"mark": mark, "username": username}))
    return tuple(
        notices.texting(
            recipient=who, phone_sealed=phone, words=words, template="identity.staff_posted", now=now
        )
        for who, duty, phone in others
        if duty in _WATCHING
    )


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
