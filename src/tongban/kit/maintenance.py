"""Maintenance 维护: the house is closed for a while, or says that it will be.

One notice at a time, in a file of the data folder and not in the database, since the database is what is most often
worked on. Every process looks at the file with every request, so a notice holds from the next request on.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import msgspec

from tongban.kit.i18n import Text

_FILE = Path("run") / "maintenance.json"


class Notice(msgspec.Struct, frozen=True):
    """What everybody is told 公告. ``closed``: nothing but health checks is answered; else it stands above each page.

    ``until``: a closed house is promised back then and opened by ``take_down`` alone; an announcement ends by itself.
    """

    words: Text
    closed: bool
    since: datetime
    until: datetime | None = None


def put_up(data_dir: Path, notice: Notice) -> None:
    """Tell everybody from now on; takes the place of what was told before. Raises OSError without a data folder."""
    path = data_dir / _FILE
    path.parent.mkdir(exist_ok=True)
    whole = path.with_suffix(".new")
    whole.write_bytes(msgspec.json.encode(notice))
    whole.chmod(0o644)  # root may write it, and the house's own account reads it
    whole.replace(path)


def take_down(data_dir: Path) -> bool:
    """Open again, and announce nothing; False when nothing was told."""
    with suppress(FileNotFoundError):
        (data_dir / _FILE).unlink()
        return True
    return False


def notice(data_dir: Path, *, now: datetime) -> Notice | None:
    """What is told at this moment."""
    path = _place(data_dir)
    try:
        found = os.stat(path)  # noqa: PTH116 - with every request; a Path's own takes twice as long
        told = _read(path, found.st_mtime_ns, found.st_ino)
    except FileNotFoundError:
        return None
    over = not told.closed and told.until is not None and told.until <= now
    return None if over else told


@lru_cache(maxsize=4)
def _place(data_dir: Path) -> str:
    return str(data_dir / _FILE)


@lru_cache(maxsize=4)
def _read(path: str, _changed: int, _node: int) -> Notice:
    return msgspec.json.decode(Path(path).read_bytes(), type=Notice)
