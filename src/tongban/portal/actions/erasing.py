"""Erasure 删除 and the closing of an account 注销 (PIPL art. 47): what goes, what stays and why, and the doing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban import audit, cases, identity, notices
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_, Text
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM, Actor, relation_to
from tongban.portal import files
from tongban.portal.actions.holding import personal
from tongban.portal.model import POLICY, CasesOpen, HeldKind

#: What a name stays with: while there is any of these, the closed account keeps it.
_NAMED_BY = frozenset({"cases.case", "cases.others", "cases.published", "licences.licence", "portal.request"})
_KEPT = Text("账户没有注销", "Your account was not closed")
_KEPT_BODY = Text(
    "等待期内您又有了在办的办件，注销申请已取消。办件结束后可以再次申请。",
    "A case of yours is open since you asked, so the closing was called off. Ask again when it has ended.",
)
_FOR_CHILD = (
    N_("{name}删除了{child}的部分个人信息"),
    N_("草稿、读过的消息和副本等已经删除，依法要保存的没有删除（个人信息保护法第三十一条、第四十七条）。"),
)


class Line(msgspec.Struct, frozen=True):
    """One kind of data in a preview of an erasure: how many records, and why they stay where they do."""

    kind: HeldKind
    records: int

    @property
    def cells(self) -> tuple[Text, str]:
        """As a row of a table."""
        return (self.kind.name, str(self.records))


class Preview(msgspec.Struct, frozen=True):
    """What would go and what would stay 删除预览; ``open_cases`` forbid closing the account."""

    goes: tuple[Line, ...]
    stays: tuple[Line, ...]
    open_cases: int


async def preview(db: Database, actor: Actor, *, closing: bool, now: datetime) -> Preview:
    """Both lists before anything is done."""
    POLICY.require(actor, "portal.erase", relation_to(actor, owner=actor.id))
    assert actor.id is not None
    goes, stays = await _erase(db, actor.id, closing=closing, look=True, now=now)
    return Preview(_lines(goes), _lines(stays), await _open_cases(db, actor.id))


async def _open_cases(db: Database, who: UUID) -> int:
    """Her open cases, also those of the accounts that were merged into hers: they close with it."""
    every = (who, *await identity.merged_accounts(db, who))
    return sum([await cases.open_of(db, one) for one in every])


async def erase(db: Database, actor: Actor, *, now: datetime) -> int:
    """Let go what may go; gives how many records went. Repeated, or broken off and repeated, it finds what is left."""
    POLICY.require(actor, "portal.erase", relation_to(actor, owner=actor.id))
    assert actor.id is not None
    goes, stays = await _erase(db, actor.id, closing=False, look=False, now=now)
    await write(
        db,
        Part("SELECT 1 AS erased"),
        audit.record(
            actor,
            "portal.erase",
            subject=actor.id,
            reference=actor.id,
            detail={"goes": goes, "stays": stays},
            now=now,
        ),
        *(
            await identity.telling_guardians(db, actor, _FOR_CHILD, link="/my/acting", now=now)
            if goes
            else ()
        ),
    )
    return sum(goes.values())


async def ask_closing(db: Database, actor: Actor, *, password: str, address: str = "", now: datetime) -> None:
    """Ask to close the account; raises CasesOpen and what :func:`identity.ask_closing` raises."""
    assert actor.id is not None
    if number := await _open_cases(db, actor.id):
        raise CasesOpen(number)
    await identity.ask_closing(db, actor, password=password, address=address, now=now)


async def close_account(db: Database, event: Event, *, mark: Part, now: datetime) -> None:
    """The waiting time is over: let go what may go in every room, then close the account.

    A case that was opened meanwhile calls it off. What was merged into it closes before it. Broken off it is called
    again and goes on: the account is last.
    """
    who = event.subject
    if await identity.closing_of(db, who) is None:
        return
    if await _open_cases(db, who):
        await identity.call_off_closing(db, who, now=now)
        await write(
            db,
            Part("SELECT 1 AS told"),
            mark,
            notices.telling(recipient=who, title=_KEPT, body=_KEPT_BODY, link="/my/cases", now=now),
        )
        return
    for merged in await identity.merged_accounts(db, who):
        await _close(db, merged, asked_by=who, mark=None, now=now)
    await _close(db, who, asked_by=who, mark=mark, now=now)


async def _close(db: Database, who: UUID, *, asked_by: UUID, mark: Part | None, now: datetime) -> None:
    goes, stays = await _erase(db, who, closing=True, look=False, now=now)
    closed = await identity.close_account(
        db, who, keep_name=keeps_name(stays), asked_by=asked_by, mark=mark, now=now
    )
    if closed:
        await write(
            db,
            Part("SELECT 1 AS erased"),
            audit.record(
                SYSTEM,
                "portal.erase",
                subject=who,
                reference=who,
                detail={"goes": goes, "stays": stays},
                now=now,
            ),
        )


async def erase_ended(db: Database, *, now: datetime) -> int:
    """Let go in every room what accounts of a phone alone held that have ended; gives how many.

    Broken off it is called again: the account's own row is last.
    """
    ended = await identity.ended_accounts(db)
    for who in ended:
        await _erase(db, who, closing=True, look=False, now=now)
        await identity.forget_ended(db, who, now=now)
    return len(ended)


def keeps_name(stays: dict[str, int]) -> bool:
    """Whether something that stays names the person."""
    return bool(_NAMED_BY & stays.keys())


async def _erase(
    db: Database, who: UUID, *, closing: bool, look: bool, now: datetime
) -> tuple[dict[str, int], dict[str, int]]:
    goes: dict[str, int] = {}
    stays: dict[str, int] = {}
    for room in personal().values():
        found = await room.erase(db, who, closing=closing, look=look, now=now)
        goes |= found.goes
        stays |= found.stays
    if closing:
        (stays if keeps_name(stays) else goes)["identity.account"] = 1
    return goes, stays


def _lines(numbers: dict[str, int]) -> tuple[Line, ...]:
    return tuple(Line(kind, numbers[kind.code]) for kind in files.held().kinds if kind.code in numbers)
