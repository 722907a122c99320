"""Drafts: contents on their way in, on this machine's disk whatever store they go to.

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
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.hashes import SM3, Hash

from tongban.kit import keys
from tongban.kit.files.limits import LEAST_FREE_BYTES
from tongban.kit.files.refusals import FilesAway
from tongban.kit.files.sealing import HEADER_BYTES, SEALED_CHUNK, Sealer, unsealed

#: A content; the small picture of its first page; a piece of an upload that is under way, by a random name.
Kind = Literal["content", "thumbnail", "piece"]
#: Gives a whole draft its place in the store; the file is not at its path any more afterwards.
Put = Callable[[Path, bytes, Kind], None]
_ENDINGS: dict[Kind, str] = {"content": "", "thumbnail": ".thumbnail", "piece": ".piece"}
#: Shards of the store: the first byte of an address.
SHARDS = 256


def context_of(digest: bytes, kind: Kind) -> bytes:
    """What a sealed file is bound to: it opens as what it is, under its own address."""
    return f"kit.files\x1f{kind}\x1f".encode() + digest


def names_of(digest: bytes) -> list[str]:
    """Every name that may lie under an address."""
    return [name_of(digest, kind) for kind in _ENDINGS]


def name_of(digest: bytes, kind: Kind) -> str:
    """Where in a store it lies: ``ab/cd/abcd…``, the same in every store."""
    name = digest.hex()
    return f"{name[:2]}/{name[2:4]}/{name}{_ENDINGS[kind]}"


class Draft:
    """One content on its way in. Used by one task; ``discard`` may meet a thread that is still writing."""

    def __init__(self, put: Put, path: Path, descriptor: int) -> None:
        self.size = 0
        self.digest = self.sm3 = b""
        self._put = put
        self._path = path
        self._descriptor: int | None = descriptor
        self._sealer = Sealer()
        self._address = keys.current().content_address()
        self._plain = Hash(SM3())
        self._turn = threading.Lock()
        os.lseek(descriptor, HEADER_BYTES, os.SEEK_SET)

    def add(self, plain: bytes) -> None:
        """Take in some more bytes."""
        with self._turn:
            self._address.update(plain)
            self._plain.update(plain)
            self.size += len(plain)
            self._write(self._sealer.add(plain))

    def finish(self) -> None:
        """It is whole: its address is known, and its SM3 (GB/T 32905), by which others know it."""
        with self._turn:
            self._write(self._sealer.finish())
            self.digest, self.sm3 = self._address.finalize(), self._plain.finalize()

    def chunks(self) -> Iterator[bytes]:
        """What was taken in, read back from the disk."""
        return unsealed(self._sealer.key, self._sealed())

    def place(self, kind: Kind = "content", digest: bytes | None = None) -> None:
        """Put it on the disk for good and then to its place; the same content at its place gives way to it.

        ``digest`` is the address of the content that a thumbnail belongs to, or the name of a piece.
        """
        address = digest or self.digest
        with self._turn:
            descriptor = self._open_descriptor()
            os.pwrite(descriptor, self._sealer.header(context_of(address, kind)), 0)
            os.fsync(descriptor)
            self._put(self._path, address, kind)
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


class Incoming:
    """The folder of drafts."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / "incoming"

    def begin(self, put: Put) -> Draft:
        """A new draft; raises FilesAway when the disk is nearly full or does not take it."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if shutil.disk_usage(self._root).free < LEAST_FREE_BYTES:
                raise FilesAway
            return Draft(put, *self._locked())
        except OSError as refused:
            raise FilesAway from refused

    def _locked(self) -> tuple[Path, int]:
        while True:
            path = self._folder / secrets.token_hex(16)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # swept before it was locked
            else:
                if os.fstat(descriptor).st_nlink:
                    return path, descriptor
            os.close(descriptor)

    def sweep(self) -> int:
        """Remove the drafts of processes that are no more; gives how many."""
        gone = 0
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            with suppress(FileNotFoundError, BlockingIOError):
                descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink()
                    gone += 1
                finally:
                    os.close(descriptor)
        return gone
