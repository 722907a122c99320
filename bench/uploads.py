"""``python -m bench.uploads [--megabytes N]``: one long upload in pieces, and what memory its process takes for it.

The house's own code takes it in, to a database and a store of this run's own: each piece sealed, durable and counted,
then all of them read back. The look into a file is a child's, with limits of its own. Kept is by how many MB the
process grows meanwhile, which is to be the same however long the upload is.
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

from bench.rows import Row, join, table
from tongban.kit import clock, files, keys
from tongban.kit.db import connect, migrations
from tongban.kit.db.embedded import EmbeddedPostgres
from tongban.kit.files import partial
from tongban.kit.ids import new_id
from tongban.settings import reload

_AT_ONCE = 65_536
MEGABYTES = 200
#: By so much the process may grow, in MB: some pieces that are under way, nothing that grows with the upload.
TARGET = 32.0
WORDS = ("taken in by pieces", "read back")


def name_of(words: str) -> str:
    """How the line is called in ``bench/results.json``."""
    return f"upload of {MEGABYTES} MB, {words}: the process grows by"


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

    def end(self) -> float:
        """By how many MB it grew."""
        self._over.set()
        self._looking.join()
        return round((self.peak - self.before) / 1e6, 1)


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


async def take(dsn: str, size: int) -> list[Row]:
    """Take it in piece by piece, then read it back whole."""
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
    print(
        f"taken in at {size / 1e6 / (time.monotonic() - began):.0f} MB/s, {watch.before / 1e6:.0f} MB before"
    )
    grown = [watch.end()]
    whole = await files.upload_of(
        db, upload_id=upload.id, subject=subject, reference="bench", now=clock.now()
    )
    watch, began, read = Watch(), time.monotonic(), 0
    async for piece in files.bytes_of(whole):
        read += len(piece)
    if read != size:
        raise SystemExit(f"{size} bytes were sent, {read} came back")
    print(f"read back at {size / 1e6 / (time.monotonic() - began):.0f} MB/s")
    grown.append(watch.end())
    await db.close()
    return [
        Row(name=name_of(words), value=value, unit="MB more", target=TARGET)
        for words, value in zip(WORDS, grown, strict=True)
    ]


def main() -> None:
    """Measure and print; what is kept is of the usual size alone."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--megabytes", type=int, default=MEGABYTES)
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
            rows = asyncio.run(take(dsn, size))
    if size == MEGABYTES * 1_000_000:
        join(rows)
    print(table(rows))


if __name__ == "__main__":
    main()
