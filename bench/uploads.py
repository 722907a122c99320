"""``python -m bench.uploads [--megabytes N]``: one long upload in pieces, and what memory its process takes for it.

The house's own code takes it in, to a database and a store of this run's own: each piece sealed, durable and counted,
then all of them read back. The look into a file is a child's, with limits of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

from tongban.kit import clock, files, keys
from tongban.kit.db import connect, migrations
from tongban.kit.db.embedded import EmbeddedPostgres
from tongban.kit.files import partial
from tongban.kit.ids import new_id
from tongban.settings import reload

_AT_ONCE = 65_536


def memory() -> int:
    """What this process has in memory, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Watch:
    """The most that it was, looked at every few milliseconds."""

    def __init__(self) -> None:
        self.before = self.peak = memory()
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)
        self._looking.start()

    def _look(self) -> None:
        while not self._over.wait(0.005):
            self.peak = max(self.peak, memory())

    def end(self) -> str:
        """In words."""
        self._over.set()
        self._looking.join()
        return f"{self.before / 1e6:.0f} MB before, {self.peak / 1e6:.0f} MB at most"


async def coming(size: int) -> AsyncIterator[bytes]:
    """A PDF of so many bytes, as a connection delivers it: nothing in it but a beginning and an end."""
    head, tail = b"%PDF-1.7\n", b"\n%%EOF\n"
    yield head
    left = size - len(head) - len(tail)
    while left:
        piece = os.urandom(min(left, _AT_ONCE))
        left -= len(piece)
        yield piece
    yield tail


async def take(dsn: str, size: int) -> None:
    """Take it in piece by piece, then whole."""
    db, wanted, subject = await connect(dsn, size=2), files.Wanted(size=size), new_id(1)
    partial.OPEN_BYTES = size  # type: ignore[attr-defined]  # the house's own limit is lower
    upload = await files.begin_upload(
        db,
        subject=subject,
        reference="bench",
        field="papers",
        name="a.pdf",
        size=size,
        wanted=wanted,
        now=clock.now(),
    )
    watch, began = Watch(), time.monotonic()
    await files.take_more(db, upload, coming(size), offset=0, wanted=wanted, now=clock.now())
    seconds = time.monotonic() - began
    print(
        f"in pieces: {size / 1e6:.0f} MB in {seconds:.1f} s ({size / 1e6 / seconds:.0f} MB/s), {watch.end()}"
    )
    whole = await files.upload_of(
        db, upload_id=upload.id, subject=subject, reference="bench", now=clock.now()
    )
    watch, began, read = Watch(), time.monotonic(), 0
    async for piece in files.bytes_of(whole):
        read += len(piece)
    print(f"read back: {read / 1e6:.0f} MB in {time.monotonic() - began:.1f} s, {watch.end()}")
    await db.close()


def main() -> None:
    """Measure and print; nothing stays."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--megabytes", type=int, default=200)
    size = asked.parse_args().megabytes * 1_000_000
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as place:
        folder = Path(place)
        folder.chmod(0o755)
        os.environ["TONGBAN_DATA"] = place
        os.environ["TONGBAN_TESTING"] = "1"
        reload()
        keys.ensure(folder)
        with EmbeddedPostgres(folder / "postgres", fast=True).running() as server:
            dsn = server.dsn("postgres")
            asyncio.run(migrations.apply(dsn))
            asyncio.run(take(dsn, size))


if __name__ == "__main__":
    main()
