"""The store on the disk: contents by their address, drafts beside them, and what of it may go.

All functions block: they are called in threads.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tongban.kit.files.drafts import Draft, Incoming, Kind, context_of, name_of, names_of
from tongban.kit.files.sealing import HEADER_BYTES, SEALED_CHUNK, key_in, unsealed


class Shelf:
    """The folder of the store: ``incoming`` holds drafts, ``ab/cd/abcd…`` contents."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = Incoming(root)

    def begin(self) -> Draft:
        """A new draft; raises FilesAway when the disk is nearly full or does not take it."""
        return self._incoming.begin(self.put)

    def put(self, path: Path, digest: bytes, kind: Kind) -> None:
        """Give a whole draft its place; the folders are on the disk too when this returns."""
        target = self._place(digest, kind)
        with self._locking(fcntl.LOCK_SH):
            for folder in (target.parent.parent, target.parent):
                if not folder.exists():
                    folder.mkdir(mode=0o700, exist_ok=True)
                    _sync(folder.parent)
            path.replace(target)
            _sync(target.parent)

    def replace(self, path: Path, digest: bytes, kind: Kind) -> None:
        """Let a draft take the place of the content that is there; raises FileNotFoundError where it went meanwhile."""
        target = self._place(digest, kind)
        with self._locking(fcntl.LOCK_EX):
            target.stat()
            path.replace(target)
            _sync(target.parent)

    def chunks(self, digest: bytes, kind: Kind) -> Iterator[bytes]:
        """A content's plain chunks; raises SealBroken when it was altered, OSError when it is not there."""
        with self._place(digest, kind).open("rb") as file:
            key = key_in(file.read(HEADER_BYTES), context_of(digest, kind))
            yield from unsealed(key, iter(lambda: file.read(SEALED_CHUNK), b""))

    def sweep(self) -> int:
        """Remove the drafts of processes that are no more; gives how many."""
        return self._incoming.sweep()

    def aged(self, shard: int, *, seconds: float) -> list[bytes]:
        """Addresses in a shard that came in longer ago: contents, pieces, thumbnails whose content never came."""
        before = time.time() - seconds
        return list(
            {
                bytes.fromhex(path.stem)
                for path in (self.root / f"{shard:02x}").glob("??/*")
                if path.stat().st_mtime < before
            }
        )

    def remove(self, digests: list[bytes], *, seconds: float) -> int:
        """Remove contents, but none that came in again within ``seconds``; gives how many went.

        The lock keeps a content that comes in at this moment from being taken for the old one.
        """
        gone = 0
        for digest in digests:
            with self._locking(fcntl.LOCK_EX):
                there = [path for name in names_of(digest) if (path := self.root / name).exists()]
                if there and max(path.stat().st_mtime for path in there) < time.time() - seconds:
                    for path in there:
                        path.unlink()
                    gone += 1
        return gone

    def first(self) -> bytes | None:
        """The address of one content, None while there is none."""
        found = self.root.glob("[0-9a-f][0-9a-f]/??/" + "[0-9a-f]" * 64)
        return next((bytes.fromhex(path.name) for path in found), None)

    def _place(self, digest: bytes, kind: Kind) -> Path:
        return self.root / name_of(digest, kind)

    @contextmanager
    def _locking(self, how: int) -> Iterator[None]:
        """Held while a content gets its place (shared) or loses it (alone), across all processes."""
        descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
