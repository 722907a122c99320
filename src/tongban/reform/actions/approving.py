"""Approvals cancelled and adjusted, carried out: off offer from their day or a task of their organ, open cases as the
decision says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from tongban import cases, catalogue
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.reform.files import city_reform
from tongban.reform.model import Approval
from tongban.reform.store import measures


class Effect(msgspec.Struct, frozen=True):
    """What came of a decision, from rows: the item's ``name`` where the catalogue has it, ``running`` cases, those
    ``ended`` because of it. ``version`` is the one in force with the day of its publishing, ``adjusted`` whether it is
    as a decision to adjust it says, ``due_on`` until when its organ must publish one that is."""

    name: Text | None = None
    running: int = 0
    ended: int = 0
    version: int = 0
    published_on: date | None = None
    adjusted: bool = False
    due_on: date | None = None


def decided(approvals: Iterable[Approval]) -> list[catalogue.Cancellation]:
    """The decisions to cancel, as the catalogue keeps them; what it has never had needs none."""
    return [
        catalogue.Cancellation(
            code=one.item,
            on=one.on,
            basis=one.basis,
            instead=one.instead,
            replacement=one.replacement,
        )
        for one in approvals
        if one.act == "cancel" and one.item
    ]


def adjusted(approvals: Iterable[Approval]) -> list[catalogue.Adjustment]:
    """The decisions to adjust, as the catalogue keeps them."""
    return [
        catalogue.Adjustment(
            code=one.item,
            on=one.on,
            basis=one.basis,
            instead=one.instead,
            change=one.change,
            days=one.days,
        )
        for one in approvals
        if one.change and one.item
    ]


async def follow_approvals(db: Database, *, now: datetime) -> int:
    """Tell the catalogue what is decided, and end the open cases that a decision ends; gives how many.

    Where a decision lets them go on, they end under the version of their filing, and nothing is done. Three reads when
    nothing has changed, and one for each decision in force that ends cases.
    """
    approvals = city_reform().approvals
    today = clock.city_day(now)
    cancelled = decided(approvals)
    await catalogue.put_cancellations(db, cancelled, now=now)
    await catalogue.put_adjustments(db, adjusted(approvals), now=now)
    ends = {one.item for one in approvals if one.open_then == "end" and one.in_force(today)}
    return sum(
        [await cases.end_cancelled(db, one, now=now) for one in cancelled if one.code in ends],
    )


async def effects(db: Database) -> dict[str, Effect]:
    """What came of each decision about an item that the catalogue has, by the item's code. Four statements beside the
    items themselves."""
    approvals = {one.item: one for one in city_reform().approvals if one.item}
    items = sorted(approvals)
    history = await measures.history(db, items=items)
    running = await cases.running_in(db, items)
    ended = await cases.ended_cancelled(db, items)
    due = await catalogue.adjusted_by(db)
    decisions = {one.code: one for one in adjusted(approvals.values())}
    found = {}
    for item, versions in history.items():
        decision = decisions.get(item)
        found[item] = Effect(
            name=versions[-1].name,
            running=running.get(item, 0),
            ended=ended.get(item, 0),
            version=versions[-1].number,
            published_on=versions[-1].measured_on,
            adjusted=decision is not None and decision.carried(await catalogue.current(db, item)),
            due_on=due.get(item),
        )
    return found
