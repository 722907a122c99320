"""The card maker: takes batches of cards, makes each order once, tells the serials when done."""

import asyncio
import sqlite3
import time
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Request, Router, get, post

from .digits import id_is_valid
from .faults import Faults
from .problems import Problem, decoded
from .signing import Trust, caller

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z: printed on a card and read by people
DIGITS = 10
SCRAMBLE = (
    317_811_000_000_007  # prime to the 31**10 serials: one serial for each number, and neighbours look unlike
)


class Order(msgspec.Struct):
    """One card to make."""

    order_id: str
    holder_name: str
    id_number: str
    licence_type: str
    district: str
    address: str


class Batch(msgspec.Struct):
    """A delivery of orders; the shape on the wire."""

    batch_id: str
    item: str
    orders: list[Order]


def serial(seq: int, year: int) -> str:
    """The serial of the n-th card: two digits of the year and ten characters, no two alike in a year."""
    rest = seq * SCRAMBLE % len(ALPHABET) ** DIGITS
    text = ""
    for _ in range(DIGITS):
        rest, digit = divmod(rest, len(ALPHABET))
        text = ALPHABET[digit] + text
    return f"{year % 100:02d}{text}"


def _checked(batch: Batch) -> None:
    wrong = [] if batch.batch_id and batch.orders else ["batch_id", "orders"]
    for i, order in enumerate(batch.orders):
        wrong += [f"orders/{i}/{f}" for f in ("order_id", "holder_name") if not getattr(order, f)]
        if not id_is_valid(order.id_number):
            wrong.append(f"orders/{i}/id_number")
    if len({order.order_id for order in batch.orders}) != len(batch.orders):
        wrong.append("orders")
    if wrong:
        raise Problem(400, "Malformed body", "Some orders cannot be made.", pointers=wrong)


def _add_card(db: sqlite3.Connection, order: Order, made_at: float) -> None:
    ordered = msgspec.json.encode(order).decode()
    row = db.execute("SELECT ordered FROM card WHERE order_id = ?", (order.order_id,)).fetchone()
    if row:
        if row["ordered"] != ordered:
            raise Problem(409, "Order reused", f"Order {order.order_id} was placed with other data.")
        return  # made or being made already: it keeps its serial
    seq = db.execute(
        "INSERT INTO card (order_id, ordered, made_at) VALUES (?, ?, ?)", (order.order_id, ordered, made_at)
    ).lastrowid
    number = serial(seq or 0, datetime.fromtimestamp(made_at, UTC).year)
    db.execute("UPDATE card SET serial = ? WHERE seq = ?", (number, seq))


def _add_batch(db: sqlite3.Connection, node: str, batch: Batch, orders: str, now: float, done: float) -> None:
    earlier = db.execute("SELECT orders FROM batch WHERE batch_id = ?", (batch.batch_id,)).fetchone()
    if earlier and earlier["orders"] != orders:
        raise Problem(409, "Batch reused", "This batch_id was used for other orders.", pointers=["batch_id"])
    for order in batch.orders:
        _add_card(db, order, done)
    if not earlier:
        db.execute(
            "INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?)",
            (batch.batch_id, batch.item, node, orders, now, done),
        )


def accept(db: sqlite3.Connection, node: str, batch: Batch, seconds: float) -> None:
    """Keep a batch on disk, whole or not at all; the same batch again changes nothing."""
    _checked(batch)
    orders = msgspec.json.encode(sorted(o.order_id for o in batch.orders)).decode()
    now = time.time()
    db.execute("BEGIN IMMEDIATE")
    try:
        _add_batch(db, node, batch, orders, now, now + seconds)
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def progress(db: sqlite3.Connection, batch_id: str) -> dict[str, Any]:
    """State of a batch and the cards that are made by now."""
    batch = db.execute("SELECT * FROM batch WHERE batch_id = ?", (batch_id,)).fetchone()
    if batch is None:
        raise Problem(404, "Unknown batch", f"No batch {batch_id}.")
    now = time.time()
    cards = []
    for order_id in msgspec.json.decode(batch["orders"], type=list[str]):
        card = db.execute("SELECT * FROM card WHERE order_id = ?", (order_id,)).fetchone()
        if card["made_at"] <= now:
            made = datetime.fromtimestamp(card["made_at"], UTC).isoformat(timespec="milliseconds")
            cards.append(
                {"order_id": order_id, "serial": card["serial"], "made_at": made.replace("+00:00", "Z")}
            )
    done = batch["done_at"] <= now and len(cards) == len(msgspec.json.decode(batch["orders"]))
    return {"batch_id": batch_id, "state": "done" if done else "making", "cards": cards}


def routes(
    db: sqlite3.Connection, writer: sqlite3.Connection, trust: Trust, faults: Faults, seconds: float
) -> Router:
    """The card maker's routes; `writer` is a connection of its own, so that only who orders waits for a disk."""
    turn = asyncio.Lock()

    async def suffer(_: Request[Any, Any, Any]) -> None:
        await faults.suffer("cards")

    @post("/v1/batches", status_code=202)
    async def order(request: Request[Any, Any, Any]) -> dict[str, str]:
        node, body = await caller(request, trust)
        batch = decoded(body, Batch)
        async with turn:
            await asyncio.to_thread(accept, writer, node, batch, seconds)
        return {"batch_id": batch.batch_id, "state": "accepted"}

    @get("/v1/batches/{batch_id:str}")
    async def poll(request: Request[Any, Any, Any], batch_id: str) -> dict[str, Any]:
        # A batch tells no more than serials, so asking needs no signature; a wrong one is still refused.
        if "tongban-signature" in request.headers:
            await caller(request, trust)
        return progress(db, batch_id)

    @get("/healthz", sync_to_thread=False)
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return Router("/cards", route_handlers=[order, poll, healthz], before_request=suffer)
