"""Sealing keys of the whole house: what uses them, sealing all again with a new one, putting an old one away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from tongban import audit, rooms
from tongban.kit import files, keys, sealed
from tongban.kit.db import Database, Part, write
from tongban.kit.keys import renewing
from tongban.kit.policy import SYSTEM
from tongban.kit.sealed import Sealed, Turned
from tongban.settings import settings

#: Whose the ledger row is: the house's own, in bucket 0.
_HOUSE = UUID(int=0)
#: What is under way lives no longer: forms kept in a browser, steps of a log-in, remembered answers.
UNDER_WAY = timedelta(days=1)
CONTENTS = "files"


class StillUsed(Exception):  # noqa: N818 - a verdict
    """The key cannot be put away: ``places`` says how many values it sealed where; empty where it is too soon."""

    def __init__(self, reason: str, places: dict[str, int]) -> None:
        super().__init__(reason)
        self.places = places


class Use(msgspec.Struct, frozen=True):
    """A sealing key with its cipher, and how many values each table holds under it; ``files`` are the contents in the
    store."""

    id: int
    since: datetime
    newest: bool
    cipher: str
    places: dict[str, int]


async def listed(db: Database, data_dir: Path) -> list[Use]:
    """The sealing keys, oldest first, each with what it sealed. One count over each table with sealed values."""
    places = await places_of(db, rooms.SEALED)
    for key, number in (await files.content_keys()).items():
        places.setdefault(key, {})[CONTENTS] = number
    return [
        Use(key.id, key.since, key.newest, key.cipher, places.get(key.id, {}))
        for key in renewing.sealing_keys(data_dir)
    ]


async def places_of(db: Database, tables: Iterable[Sealed]) -> dict[int, dict[str, int]]:
    """How many rows of each table go by each key, by the key's number. One count over each table."""
    places: dict[int, dict[str, int]] = {}
    for one in tables:
        for key, number in (await sealed.uses(db, one)).items():
            places.setdefault(key, {})[one.table] = number
    return places


async def new(db: Database, data_dir: Path, *, now: datetime) -> int:
    """A new key, of the cipher that is set, for whatever is sealed from now on; raises KeysUsedUp."""
    number = await asyncio.to_thread(renewing.new, data_dir, settings().sealing_cipher)
    await told(db, "keys.new", number, {}, now=now)
    return number


async def rotate(
    db: Database, *, rest: float, progress: Callable[[Turned], None], now: datetime
) -> list[Turned]:
    """Seal everything again with the newest key; broken off, it is called again and goes on where it was."""
    turned = [await sealed.turn(db, one, rest=rest, progress=progress) for one in rooms.SEALED]
    turned.append(Turned(CONTENTS, await files.rekey(rest=rest), 0))
    done = {one.table: one.rows for one in turned if one.rows}
    await told(db, "keys.rotate", keys.current().newest, done, now=now)
    return turned


async def retire(db: Database, data_dir: Path, number: int, *, now: datetime) -> Path:
    """Put a key's file away once nothing is sealed with it; gives its place. Raises StillUsed.

    A key that was the newest until less than :data:`UNDER_WAY` ago may yet have sealed what is on its way.
    """
    found = {one.id: one for one in renewing.sealing_keys(data_dir)}
    if number not in found:
        raise StillUsed(f"there is no key {number}", {})
    if found[number].newest:
        raise StillUsed(f"key {number} is the one that seals now", {})
    followed = min(key.since for key in found.values() if key.id > number)
    if now - followed < UNDER_WAY:
        raise StillUsed(f"key {number} was in use until {followed:%Y-%m-%d %H:%M} UTC; wait a day", {})
    if places := next(one.places for one in await listed(db, data_dir) if one.id == number):
        raise StillUsed(f"key {number} is still needed", places)
    path = await asyncio.to_thread(renewing.put_away, data_dir, number)
    await told(db, "keys.retire", number, {}, now=now)
    return path


async def told(db: Database, action: str, number: int, detail: dict[str, int], *, now: datetime) -> None:
    """Enter into the ledger what was done to a key; ``detail`` says how many rows of which table were turned."""
    await write(
        db,
        Part("SELECT 1 AS done"),
        audit.record(
            SYSTEM, action, subject=_HOUSE, reference=f"key {number}", detail=detail or None, now=now
        ),
    )
