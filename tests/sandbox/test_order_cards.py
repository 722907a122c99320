"""The card maker makes each order once and forgets none."""

import re
import signal
import time
import uuid
from collections.abc import Callable
from typing import Any

from tongban_sandbox.cards import serial

from .conftest import Sandbox


def order(**other: str) -> dict[str, str]:
    return {
        "order_id": str(uuid.uuid4()),
        "holder_name": "欧阳犇",
        "id_number": "11010519491231002X",
        "licence_type": "residence-permit",
        "district": "310115",
        "address": "某路1号",
    } | other


def batch(*orders: dict[str, str], **other: str) -> dict[str, Any]:
    return {"batch_id": str(uuid.uuid4()), "item": "residence-permit", "orders": list(orders)} | other


def done(sandbox: Sandbox, batch_id: str) -> dict[str, str]:
    """Serial of each order, when the batch is done."""
    for _ in range(200):
        answer = sandbox.http.get(f"/cards/v1/batches/{batch_id}").json()
        if answer["state"] == "done":
            return {card["order_id"]: card["serial"] for card in answer["cards"]}
        time.sleep(0.05)
    raise AssertionError(answer)


def test_a_batch_is_made_after_a_while(sandbox: Sandbox) -> None:
    message = batch(order(), order())
    accepted = sandbox.post("/cards/v1/batches", message)
    assert accepted.status_code == 202
    assert accepted.json() == {"batch_id": message["batch_id"], "state": "accepted"}
    making = sandbox.http.get(f"/cards/v1/batches/{message['batch_id']}").json()
    # On a busy machine the answer may come after the third of a second that the batch takes.
    assert (making["state"], making["cards"]) == ("making", []) or making["state"] == "done"
    serials = done(sandbox, message["batch_id"])
    assert set(serials) == {o["order_id"] for o in message["orders"]}
    assert all(re.fullmatch(r"\d{2}[0-9A-Z]{10}", s) for s in serials.values())
    assert len(set(serials.values())) == 2


def test_the_same_order_never_gets_two_serials(sandbox: Sandbox) -> None:
    one = order()
    first = batch(one)
    for _ in range(3):
        assert sandbox.post("/cards/v1/batches", first).status_code == 202
    second = batch(one, order())
    assert sandbox.post("/cards/v1/batches", second).status_code == 202
    made = done(sandbox, first["batch_id"])[one["order_id"]]
    assert done(sandbox, second["batch_id"])[one["order_id"]] == made


def test_reused_ids_and_bad_orders_are_refused_whole(sandbox: Sandbox) -> None:
    one = order()
    message = batch(one)
    sandbox.post("/cards/v1/batches", message)
    assert sandbox.post("/cards/v1/batches", batch(order(), batch_id=message["batch_id"])).status_code == 409
    fresh = order()
    mixed = batch(fresh, one | {"holder_name": "李四"})
    assert sandbox.post("/cards/v1/batches", mixed).status_code == 409
    assert sandbox.http.get(f"/cards/v1/batches/{mixed['batch_id']}").status_code == 404
    wrong = sandbox.post("/cards/v1/batches", batch(order(), order(id_number="110105194912310021")))
    assert wrong.status_code == 400
    assert wrong.json()["errors"] == [{"pointer": "#/orders/1/id_number"}]
    assert sandbox.post("/cards/v1/batches", batch()).status_code == 400


def test_serials_do_not_repeat() -> None:
    serials = {serial(n, 2026) for n in range(200_000)}
    assert len(serials) == 200_000
    assert all(len(s) == 12 for s in serials)


def test_a_kill_between_accept_and_poll_keeps_the_order(another: Callable[..., Sandbox]) -> None:
    running = another("--card-seconds", "0.5")
    batches = []
    for _ in range(5):
        message = batch(*(order() for _ in range(20)))
        assert running.post("/cards/v1/batches", message).status_code == 202
        running.stop(signal.SIGKILL)
        batches.append(message)
        running.start()
    serials: set[str] = set()
    for message in batches:
        made = done(running, message["batch_id"])
        assert set(made) == {o["order_id"] for o in message["orders"]}
        serials |= set(made.values())
    assert len(serials) == 100
