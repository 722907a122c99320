"""Look-up keys of the whole house: which spell people's hashes, spelling all anew, putting the old one away.

Why it goes in this order, and why one person stays one account meanwhile: docs/adr/0015.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from tongban import identity, rooms
from tongban.kit import keys, sealed
from tongban.kit.db import Database
from tongban.kit.keys import renewing
from tongban.kit.sealed import Turned
from tongban.rekeying import UNDER_WAY, StillUsed, places_of, told


class NothingToSpell(Exception):  # noqa: N818 - a state
    """There is one look-up key only, and everything is spelled by it."""


class TooSoon(Exception):  # noqa: N818 - a verdict
    """An enrolment may be under way that was begun before the newest key was there; ``until`` it lives at most."""

    def __init__(self, until: datetime) -> None:
        super().__init__(
            f"enrolments from before the newest key may be under way until {until:%Y-%m-%d %H:%M} UTC"
        )
        self.until = until


class Use(msgspec.Struct, frozen=True):
    """A look-up key, and how many hashes of each table are spelled by it; 0 is the hash without a key."""

    id: int
    since: datetime
    newest: bool
    places: dict[str, int]


async def listed(db: Database, data_dir: Path) -> list[Use]:
    """The look-up keys, the older one first. One count over each table with people's hashes."""
    places = await places_of(db, rooms.HASHED)
    return [
        Use(key.id, key.since, key.newest, places.get(key.id, {})) for key in renewing.lookup_keys(data_dir)
    ]


async def new(db: Database, data_dir: Path, *, now: datetime) -> int:
    """A new look-up key, by which hashes are written and found from now on; those of before are found as before.

    Raises renewing.LookupUnderWay while there are two, and KeysUsedUp.
    """
    number = await asyncio.to_thread(renewing.new_lookup, data_dir)
    await told(db, "keys.lookup_new", number, {}, now=now)
    return number


async def rotate(
    db: Database, data_dir: Path, *, rest: float, progress: Callable[[Turned], None], now: datetime
) -> list[Turned]:
    """Spell everything anew by the newest key; broken off, it is called again and goes on where it was.

    Raises NothingToSpell, and TooSoon within a day after the key was made.
    """
    found = renewing.lookup_keys(data_dir)
    if len(found) < 2:
        raise NothingToSpell
    if now - found[-1].since < UNDER_WAY:
        raise TooSoon(found[-1].since + UNDER_WAY)
    turned = [
        await sealed.turn(db, one, newest=_newest, rest=rest, progress=progress) for one in rooms.HASHED
    ]
    done = {one.table: one.rows for one in turned if one.rows}
    await told(db, "keys.lookup_rotate", found[-1].id, done, now=now)
    return turned


async def retire(db: Database, data_dir: Path, number: int, *, now: datetime) -> Path:
    """Put a look-up key's file away once nothing is spelled by it, and drop the second spellings; gives its place.

    Raises StillUsed. Broken off after the file is away, or where another machine wrote second spellings until it had
    the folder too, it is called again.
    """
    found = {one.id: one for one in renewing.lookup_keys(data_dir)}
    path = renewing.lookup_away(data_dir, number)
    if number in found and found[number].newest:
        raise StillUsed(f"look-up key {number} is the one by which hashes are written now", {})
    if number in found:
        if now - found[max(found)].since < UNDER_WAY:
            raise StillUsed(
                f"look-up key {number} may be in use by what is under way; wait until a day after the next",
                {},
            )
        if places := next(one.places for one in await listed(db, data_dir) if one.id == number):
            raise StillUsed(f"look-up key {number} is still needed", places)
        path = await asyncio.to_thread(renewing.put_lookup_away, data_dir, number)
    elif not path.exists():
        raise StillUsed(f"there is no look-up key {number}", {})
    await identity.drop_older(db, _newest())
    await told(db, "keys.lookup_retire", number, {}, now=now)
    return path


def _newest() -> int:
    return keys.current().lookup.newest
