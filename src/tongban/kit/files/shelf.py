"""The store on disk: contents by their address, drafts beside them, and what of it may go.

A draft is encrypted as it arrives and gets its name, its content's address, when it is whole and on the disk: a
process that is killed leaves a nameless draft and nothing else. A living draft is locked by its process, so that
whoever tidies up knows the dead ones. All functions block: they are called in threads.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from tongban.kit import keys
from tongban.kit.files.limits import LEAST_FREE_BYTES
from tongban.kit.files.refusals import FilesAway
from tongban.kit.files.sealing import HEADER_BYTES, SEALED_CHUNK, Sealer, key_in, unsealed
from tongban.kit.keys import MissingKeys, SealBroken

#: A content, and the small picture of its first page.
Kind = Literal["content", "thumbnail"]
_ENDINGS: dict[Kind, str] = {"content": "", "thumbnail": ".thumbnail"}
#: Shards of the store: the first byte of an address.
SHARDS = 256


def _context(digest: bytes, kind: Kind) -> bytes:
    return f"kit.files\x1f{kind}\x1f".encode() + digest


class Draft:
    """One content on its way in. Used by one task; ``discard`` may meet a thread that is still writing."""

    def __init__(self, shelf: Shelf, path: Path, descriptor: int) -> None:
        self.size = 0
        self.digest = b""
        self._shelf = shelf
        self._path = path
        self._descriptor: int | None = descriptor
        self._sealer = Sealer()
        self._address = keys.current().content_address()
        self._turn = threading.Lock()
        os.lseek(descriptor, HEADER_BYTES, os.SEEK_SET)

    def add(self, plain: bytes) -> None:
        """Take in some more bytes."""
        with self._turn:
            self._address.update(plain)
            self.size += len(plain)
            self._write(self._sealer.add(plain))

    def finish(self) -> None:
        """It is whole: its address is known."""
        with self._turn:
            self._write(self._sealer.finish())
            self.digest = self._address.finalize()

    def chunks(self) -> Iterator[bytes]:
        """What was taken in, read back from the disk."""
        return unsealed(self._sealer.key, self._sealed())

    def place(self, kind: Kind = "content", digest: bytes | None = None) -> None:
        """Put it on the disk for good and then to its place; the same content at its place gives way to it.

        ``digest`` is the address of the content that a thumbnail belongs to.
        """
        address = digest or self.digest
        with self._turn:
            descriptor = self._open_descriptor()
            os.pwrite(descriptor, self._sealer.header(_context(address, kind)), 0)
            os.fsync(descriptor)
            self._shelf.put(self._path, address, kind)
            os.close(descriptor)
            self._descriptor = None

    def discard(self) -> None:
        """Nothing of it stays, unless it has its place; twice does nothing."""
        with self._turn:
            if self._descriptor is not None:
                with suppress(FileNotFoundError):
                    self._path.unlink()
                os.close(self._descriptor)
                self._descriptor = None

    def _open_descriptor(self) -> int:
        if self._descriptor is None:
            raise ValueError("the draft has come to its end")
        return self._descriptor

    def _write(self, sealed: bytes) -> None:
        descriptor, rest = self._open_descriptor(), memoryview(sealed)
        while rest:
            rest = rest[os.write(descriptor, rest) :]

    def _sealed(self) -> Iterator[bytes]:
        at = HEADER_BYTES
        while sealed := os.pread(self._open_descriptor(), SEALED_CHUNK, at):
            yield sealed
            at += SEALED_CHUNK


class Shelf:
    """The folder of the store: ``incoming`` holds drafts, ``ab/cd/abcd…`` contents."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / "incoming"

    def begin(self) -> Draft:
        """A new draft; raises FilesAway when the disk is nearly full or does not take it."""
        try:
            self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
            if shutil.disk_usage(self.root).free < LEAST_FREE_BYTES:
                raise FilesAway
            return Draft(self, *self._locked())
        except OSError as refused:
            raise FilesAway from refused

    def _locked(self) -> tuple[Path, int]:
        while True:
            path = self._incoming / secrets.token_hex(16)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # swept before it was locked
            else:
                if os.fstat(descriptor).st_nlink:
                    return path, descriptor
            os.close(descriptor)

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

    def chunks(self, digest: bytes, kind: Kind) -> Iterator[bytes]:
        """A content's plain chunks; raises SealBroken when it was altered, OSError when it is not there."""
        with self._place(digest, kind).open("rb") as file:
            key = key_in(file.read(HEADER_BYTES), _context(digest, kind))
            yield from unsealed(key, iter(lambda: file.read(SEALED_CHUNK), b""))

    def sweep(self) -> int:
        """Remove the drafts of processes that are no more; gives how many."""
        gone = 0
        for path in self._incoming.iterdir() if self._incoming.is_dir() else ():
            with suppress(FileNotFoundError, BlockingIOError):
                descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink()
                    gone += 1
                finally:
                    os.close(descriptor)
        return gone

    def aged(self, shard: int, *, seconds: float) -> list[bytes]:
        """Addresses of a shard's contents that came in longer ago, and of thumbnails whose content never did."""
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
                there = [path for kind in _ENDINGS if (path := self._place(digest, kind)).exists()]
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
        name = digest.hex()
        return self.root / name[:2] / name[2:4] / (name + _ENDINGS[kind])

    @contextmanager
    def _locking(self, how: int) -> Iterator[None]:
        """Held while a content gets its place (shared) or loses it (alone), across all processes."""
        descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)


def opens(shelf: Shelf, digest: bytes) -> bool:
    """Whether a content opens with the keys of this house: its header and its first chunk."""
    try:
        next(shelf.chunks(digest, "content"))
    except (OSError, SealBroken, MissingKeys):
        return False
    return True


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
