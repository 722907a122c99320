"""Sealing and look-up keys over the years: which there are, a new one, and the old one's file put away."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tongban.kit.keys.ciphers import SealingCipher
from tongban.kit.keys.files import (
    _numbers,
    _own_like,
    _sync_folder,
    cipher_of,
    lookup_numbers,
    place_column_key,
    place_lookup_key,
)

#: Where files of retired keys go, below the key folder: a backup of before may need them.
RETIRED = "retired"
#: The id is one byte, and no id is given twice.
_HIGHEST = 255


class KeysUsedUp(Exception):  # noqa: N818 - named for what happened
    """255 sealing keys were made: the id byte has no room for another."""


class SealingKey(msgspec.Struct, frozen=True):
    """A sealing key: the id that stands first in what it sealed, its cipher, since when there is its file, whether it
    seals now."""

    id: int
    since: datetime
    newest: bool
    cipher: SealingCipher


def sealing_keys(data_dir: Path) -> list[SealingKey]:
    """The keys that open, oldest first."""
    found = _numbers(data_dir / "keys")
    return [
        SealingKey(
            *(number, datetime.fromtimestamp(found[number].stat().st_mtime, UTC), number == max(found)),
            cipher_of(found[number]),
        )
        for number in sorted(found)
    ]


def new(data_dir: Path, cipher: SealingCipher = "aes") -> int:
    """Make a sealing key of this cipher and give its id; every process seals with it from the next value on.

    Two at once make one key: the second gives the same id. Raises KeysUsedUp.
    """
    folder = data_dir / "keys"
    away = folder / RETIRED
    number: int = max([*_numbers(folder), *(_numbers(away) if away.is_dir() else ())]) + 1
    if number > _HIGHEST:
        raise KeysUsedUp
    place_column_key(folder, number, cipher, like=data_dir)
    _touch(folder)
    return number


class LookupUnderWay(Exception):  # noqa: N818 - a state
    """The look-up key before the newest one is not put away yet: there are never three."""


class LookupKey(msgspec.Struct, frozen=True):
    """A look-up key: its id, since when there is its file, whether people's hashes are written under it now."""

    id: int
    since: datetime
    newest: bool


def lookup_keys(data_dir: Path) -> list[LookupKey]:
    """The look-up keys, the older one first; 0 stands for hashes without one."""
    found = lookup_numbers(data_dir / "keys")
    return [
        LookupKey(number, datetime.fromtimestamp(found[number].stat().st_mtime, UTC), number == max(found))
        for number in sorted(found)
    ]


def new_lookup(data_dir: Path) -> int:
    """Make a look-up key and give its id; every process writes and finds by it from the next hash on.

    Raises LookupUnderWay while there are two, and KeysUsedUp.
    """
    folder = data_dir / "keys"
    found, away = lookup_numbers(folder), folder / RETIRED
    if len(found) > 1:
        raise LookupUnderWay
    number: int = max([*found, *(lookup_numbers(away) if away.is_dir() else ())]) + 1
    if number > _HIGHEST:
        raise KeysUsedUp
    place_lookup_key(folder, number, like=data_dir)
    _touch(folder)
    return number


def lookup_away(data_dir: Path, number: int) -> Path:
    """Where the file of a look-up key lies once it is put away."""
    return data_dir / "keys" / RETIRED / f"lookup.{number}.key"


def put_lookup_away(data_dir: Path, number: int) -> Path:
    """Move a look-up key's file to ``keys/retired`` and give its place. Nothing is spelled by it any more."""
    return _put_away(data_dir, lookup_numbers(data_dir / "keys")[number])


def put_away(data_dir: Path, number: int) -> Path:
    """Move a key's file to ``keys/retired`` and give its place. The caller has counted that nothing needs it."""
    return _put_away(data_dir, _numbers(data_dir / "keys")[number])


def _put_away(data_dir: Path, path: Path) -> Path:
    folder = data_dir / "keys"
    away = folder / RETIRED
    away.mkdir(mode=0o700, exist_ok=True)
    _own_like(data_dir, away)
    target = away / path.name
    path.replace(target)
    _sync_folder(away)
    _sync_folder(folder)
    _touch(folder)
    return target


def _touch(folder: Path) -> None:
    """A time of change that no other has: a file system's own clock ticks in milliseconds."""
    now = time.time_ns()
    os.utime(folder, ns=(now, now))
