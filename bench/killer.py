"""Kills the house's processes with SIGKILL at random moments and times their return."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import time
from contextlib import suppress
from typing import Literal

import msgspec

from bench.house import House

Kind = Literal["web process", "web server", "worker", "database", "signing child"]
#: What answers and works all the time; the child that signs papers is there only while there is one to be signed.
KINDS: tuple[Kind, ...] = ("web process", "web server", "worker", "database")
#: A house that is not back by then is not coming back.
RETURN_SECONDS = 60.0
_chance = secrets.SystemRandom()


class Kill(msgspec.Struct, frozen=True):
    """One kill: what, which process, when (UTC epoch seconds), and after how long its work was done again."""

    kind: Kind
    pid: int
    at: float
    back_after: float | None


async def kill_often(
    house: House, *, count: int, seconds: float, kinds: tuple[Kind, ...] = KINDS
) -> list[Kill]:
    """``count`` kills spread at random over ``seconds``, each kind in turn and in a new order each round."""
    order: list[Kind] = []
    while len(order) < count:
        order += _chance.sample(kinds, len(kinds))
    began = time.monotonic()
    kills = []
    for place, kind in enumerate(order[:count]):
        # One random moment in each share of the time: never all at the end, never foreseeable.
        moment = began + (place + _chance.random()) * seconds / count
        await asyncio.sleep(max(0.0, moment - time.monotonic()))
        kills.append(await _kill(house, kind))
    return kills


async def _kill(house: House, kind: Kind) -> Kill:
    pid = await _victim(house, kind)
    others = set(house.web_workers())
    at, began = time.time(), time.monotonic()
    os.kill(pid, signal.SIGKILL)
    while time.monotonic() < began + RETURN_SECONDS:
        await asyncio.sleep(0.05)
        if await asyncio.to_thread(_is_back, house, kind, pid, others):
            return Kill(kind, pid, at, round(time.monotonic() - began, 2))
    return Kill(kind, pid, at, None)


async def _victim(house: House, kind: Kind) -> int:
    give_up = time.monotonic() + RETURN_SECONDS
    while time.monotonic() < give_up:
        pid: int | None = None
        if kind == "web process":
            workers = house.web_workers()
            pid = _chance.choice(workers) if workers else None
        elif kind == "signing child":
            pid = next(iter(house.signing_children()), None)
        else:
            pid = house.pid({"web server": "web", "worker": "worker", "database": "database"}[kind])
        if pid is not None:
            return pid
        await asyncio.sleep(0.1)
    raise RuntimeError(f"no {kind} to kill")


def _is_back(house: House, kind: Kind, victim: int, others: set[int]) -> bool:
    """Whether the work of the killed process is done again; of a child that its parent asks another."""
    if kind == "signing child":
        return victim not in house.signing_children()
    if kind == "web process":
        return (
            len(house.web_workers()) >= len(others) and victim not in house.web_workers() and house.answers()
        )
    if kind == "worker":
        fresh = house.pid("worker")
        with suppress(OSError):
            return fresh not in (None, victim) and (house.data / "run" / "worker.ready").stat().st_size >= 0
        return False
    name = "web" if kind == "web server" else "database"
    return house.pid(name) not in (None, victim) and house.answers()
