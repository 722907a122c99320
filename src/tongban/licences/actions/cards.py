"""Cards: order one when a licence is founded, send orders in batches, make the licence valid with the serial."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog

from tongban import audit, regions
from tongban.kit import keys
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import bucket_of, new_bucket, new_id
from tongban.kit.policy import SYSTEM
from tongban.licences import store
from tongban.licences.actions.decisions import call_off
from tongban.licences.actions.types import licence_type
from tongban.licences.actions.validity import (
    BaseEnded,
    base_of,
    becoming_valid,
    issue_electronic,
    made_valid,
)
from tongban.licences.model import (
    LicenceMovedOn,
    LicenceUnknown,
    Malformed,
    RowAltered,
    State,
    opened,
    row_holds,
    signed,
)
from tongban.licences.providers import BatchUnknown, Card, CardMaker, MakerAway, Ordered, OrdersRefused
from tongban.settings import settings

log = structlog.get_logger("tongban.licences")

#: Orders a batch, at most.
BATCH_SIZE = 100
#: Batches a round, at most: then new orders are put into batches again.
ROUND = 20
#: How often the card maker is asked while it works.
ASK_AGAIN = timedelta(seconds=1)


async def order_card(db: Database, *, licence: UUID, purpose: UUID | None, mark: Part, now: datetime) -> None:
    """Order the card of a founded licence, its issuer's USCC is entered on the way; without a card it is valid at once.

    Where the one that it is to replace has ended meanwhile it is called off. ``mark`` says that the event has had its
    effect. Raises RowAltered when the row is not as it was founded, LicenceMovedOn.
    """
    before = await store.licence(db, bucket=bucket_of(licence), licence=licence)
    if before is None:
        raise LicenceUnknown
    if not row_holds(before, keys.current()):
        raise RowAltered
    if before.state is not State.MAKING:
        return  # called off meanwhile: there is nothing to make
    try:
        if (await licence_type(db, before.type_code)).carrier == "electronic":
            await issue_electronic(db, before, mark=mark, now=now)
            return
        await base_of(db, before)
    except BaseEnded as ended:
        await call_off(db, before, ended.base, mark, now=now)
        return
    issuer = await regions.department(db, before.issuer_code)
    ordered = signed(
        msgspec.structs.replace(before, revision=before.revision + 1, issuer_uscc=issuer.uscc), keys.current()
    )
    done = await write(
        db,
        store.changing(before, ordered),
        store.ordering(new_id(before.bucket), ordered, now=now),
        mark,
        audit.record(
            SYSTEM,
            "licences.make_card",
            subject=before.holder,
            reference=before.reference,
            purpose=purpose,
            kind="read" if purpose else "act",
            detail={
                "licence": str(licence),
                "to": "card maker",
                "fields": ["holder_name", "id_number", "face"],
            },
            now=now,
        ),
    )
    if done is None:
        raise LicenceMovedOn


async def send_batches(db: Database, *, now: datetime) -> int:
    """Put waiting orders into batches and hand due batches over; gives how many were taken.

    Killed in between, a batch's lease runs out and it goes again; the card maker knows batch and order ids.
    """
    for type_code in await store.waiting_types(db):
        await store.close_batch(
            db, batch_id=new_id(new_bucket()), type_code=type_code, size=BATCH_SIZE, now=now
        )
    return await _each_batch(db, "closed", _send, now=now)


class _Round:
    """One round over due batches, begun at ``begun``; its instant moves on while the card maker is waited for.

    Leases and back-offs count from :meth:`now`: from the beginning they would lie in the past after a slow call.
    What is told of a batch is of ``begun``, the job's own instant.
    """

    def __init__(self, begun: datetime) -> None:
        self.begun = begun
        self._mark = time.monotonic()

    def now(self) -> datetime:
        """The present instant of this round."""
        return self.begun + timedelta(seconds=time.monotonic() - self._mark)


async def _each_batch(
    db: Database,
    state: str,
    work: Callable[[Database, CardMaker, store.Batch, _Round], Awaitable[int]],
    *,
    now: datetime,
) -> int:
    """Do ``work`` for due batches one after the other, each leased when its turn comes; gives the sum.

    A card maker that is away for one is away for the others: they stay due, and whoever comes next tries one.
    """
    this_round = _Round(now)
    done, left = 0, ROUND
    batch = await store.claimed(db, state=state, due=this_round.begun, now=this_round.now())
    if batch is None:
        return 0
    async with CardMaker(settings().sandbox_url) as maker:
        while batch is not None:
            try:
                done += await work(db, maker, batch, this_round)
            except MakerAway as away:
                await _postpone(db, batch, "card maker away", reason=str(away), now=this_round.now())
                break
            left -= 1
            batch = (
                await store.claimed(db, state=state, due=this_round.begun, now=this_round.now())
                if left
                else None
            )
    return done


async def _send(db: Database, maker: CardMaker, batch: store.Batch, this_round: _Round) -> int:
    now = this_round.begun
    orders = await _sound(db, await store.orders_in(db, batch_id=batch.batch_id))
    if not orders:
        await store.reopened(db, batch_id=batch.batch_id, now=now)
        return 0
    kind = await licence_type(db, batch.type_code)
    try:
        await maker.send(batch.batch_id, item=kind.name.zh, orders=[_on_the_wire(order) for order in orders])
    except OrdersRefused as refused:
        await _dissolve(db, batch, orders, refused, now=this_round.now())
        return 0
    await store.sent(db, batch_id=batch.batch_id, now=now)
    return 1


async def _sound(db: Database, orders: list[store.Order]) -> list[store.Order]:
    """The orders whose licences are as we signed them; the others are halted and named in the log."""
    ring = keys.current()
    sound = []
    for order in orders:
        if order.licence.state is State.MAKING and row_holds(order.licence, ring):
            sound.append(order)
        else:
            await _halt(db, order, "the licence's row does not hold, or it is not in making any more")
    return sound


async def _halt(db: Database, order: store.Order, problem: str) -> None:
    log.error("card order halted", order=str(order.order_id), licence=str(order.licence.id), problem=problem)
    await store.halting(db, bucket=order.licence.bucket, order_id=order.order_id, problem=problem)


def _on_the_wire(order: store.Order) -> Ordered:
    ring = keys.current()
    licence = order.licence
    face = msgspec.json.decode(opened(ring, licence.id, "face", licence.face_sealed), type=dict[str, Any])
    return Ordered(
        order_id=order.order_id,
        holder_name=opened(ring, licence.id, "holder_name", licence.holder_name_sealed),
        id_number=opened(ring, licence.id, "holder_code", licence.holder_code_sealed),
        licence_type=licence.type_code,
        district=face.get("district", ""),
        address=face.get("address", ""),
    )


async def _dissolve(
    db: Database, batch: store.Batch, orders: list[store.Order], refused: OrdersRefused, *, now: datetime
) -> None:
    """Halt the orders that were refused by name and let the others go in another batch."""
    named = [order for place, order in enumerate(orders) if place in refused.places]
    if not named and len(orders) > 1:
        await _postpone(db, batch, "card orders refused", reason=str(refused), now=now)
        return
    for order in named or orders:
        await _halt(db, order, str(refused))
    await store.reopened(db, batch_id=batch.batch_id, now=now)


async def _postpone(db: Database, batch: store.Batch, event: str, *, reason: str, now: datetime) -> None:
    """Try again later, with back-off, after one line in the log; ``reason`` names nobody."""
    wait = timedelta(seconds=min(2 ** min(batch.attempts - 1, 9), 300))
    log.warning(event, batch=str(batch.batch_id), attempts=batch.attempts, reason=reason)
    await store.postponed(
        db, batch_id=batch.batch_id, due=now + wait, attempts=batch.attempts, error=reason[:500]
    )


async def collect_cards(db: Database, *, now: datetime) -> int:
    """Ask for the cards of batches in making and make their licences valid; gives how many became so."""
    return await _each_batch(db, "sent", _collect, now=now)


async def _collect(db: Database, maker: CardMaker, batch: store.Batch, this_round: _Round) -> int:
    now = this_round.begun
    try:
        progress = await maker.progress(batch.batch_id)
    except BatchUnknown:
        await store.forgotten(db, batch_id=batch.batch_id, now=now)
        return 0
    waiting = {order.order_id: order for order in await store.orders_in(db, batch_id=batch.batch_id)}
    issued = 0
    for card in progress.cards:
        order = waiting.get(card.order_id)
        if order is not None:
            issued += await _make_valid(db, order, card, now=now)
    if progress.state != "done":
        again = this_round.now() + ASK_AGAIN
        await store.postponed(db, batch_id=batch.batch_id, due=again, attempts=0, error=None)
    elif not await store.finished(db, batch_id=batch.batch_id, now=now):
        missing = len(waiting.keys() - {card.order_id for card in progress.cards})
        reason = f"the batch is done, but not all of its cards could be taken: {missing} missing"
        await _postpone(db, batch, "cards missing", reason=reason, now=this_round.now())
    return issued


async def _make_valid(db: Database, order: store.Order, card: Card, *, now: datetime) -> bool:
    """One statement: licence valid and indexed, order made, event announced, ledger written, verifying lawful."""
    before = order.licence
    if not await _sound(db, [order]):
        return False
    try:
        valid = await becoming_valid(db, before, serial=card.serial, now=now)
        done = await write(
            db,
            *(await made_valid(db, before, valid, now=now)),
            store.made(order.order_id, valid, now=now),
        )
    except BaseEnded as ended:
        # First that: one that is killed in between finds the licence called off, and halts the order then.
        await call_off(db, before, ended.base, now=now)
        await _halt(db, order, f"the licence that it replaces was ended meanwhile: {ended}")
        return False
    except (LicenceUnknown, RowAltered) as wrong:
        await _halt(db, order, f"the licence that it replaces cannot be replaced: {wrong}")
        return False
    except Malformed as strange:
        await _halt(db, order, f"serial {card.serial!r}: {strange}")
        return False
    except asyncpg.UniqueViolationError as taken:
        if taken.constraint_name != "identifier_index_pkey":
            raise
        await _halt(db, order, f"serial {card.serial} was given before")
        return False
    return done is not None
