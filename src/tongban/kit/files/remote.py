"""The store in a bucket that speaks S3: the same names and the same sealed bytes as on the disk, drafts on the disk.

A draft is encrypted on this machine and sent when it is whole; the store sees nothing in the clear and no name. A
bucket has no locks, so a content that nobody names is first moved aside, where reading still finds it, and removed
later: one that is named again at that very moment is not lost. All functions block: they are called in threads.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from tongban.kit.files.drafts import Draft, Incoming, Kind, context_of, name_of, names_of
from tongban.kit.files.s3 import Objects
from tongban.kit.files.sealing import HEADER_BYTES, SEALED_CHUNK, key_in, unsealed
from tongban.settings import Bucket

#: Before an address whose content is on its way out.
_ASIDE = "leaving/"
#: Sending an object takes minutes; what began a day ago and has no end was killed.
_TORN_SECONDS = 24 * 3600.0


class RemoteShelf:
    """The bucket, and the folder of drafts on this machine."""

    def __init__(self, root: Path, bucket: Bucket) -> None:
        self.root = root
        self.objects = Objects(bucket)
        self._incoming = Incoming(root)

    def begin(self) -> Draft:
        """A new draft; raises FilesAway when the disk is nearly full or does not take it."""
        return self._incoming.begin(self.put)

    def sweep(self) -> int:
        """Remove the drafts of processes that are no more; gives how many."""
        return self._incoming.sweep()

    def put(self, path: Path, digest: bytes, kind: Kind) -> None:
        """Send a whole draft to its place; raises StoreAway."""
        self.objects.put(name_of(digest, kind), path)
        path.unlink()

    def chunks(self, digest: bytes, kind: Kind) -> Iterator[bytes]:
        """A content's plain chunks; raises SealBroken when it was altered, OSError when there is none to be had."""
        name = name_of(digest, kind)
        for place in (name, _ASIDE + name):
            with self.objects.get(place) as coming:
                if coming is not None:
                    sealed = _cut(coming)
                    yield from unsealed(key_in(next(sealed, b""), context_of(digest, kind)), sealed)
                    return
        raise FileNotFoundError(name)

    def aged(self, shard: int, *, seconds: float) -> list[bytes]:
        """Addresses in a shard that came in longer ago, or were moved aside longer ago."""
        before = time.time() - seconds
        return list(
            {
                bytes.fromhex(Path(entry.key).stem)
                for place in ("", _ASIDE)
                for entry in self.objects.listed(f"{place}{shard:02x}/")
                if entry.modified < before
            }
        )

    def remove(self, digests: list[bytes], *, seconds: float) -> int:
        """Move contents aside, but none that came in again within ``seconds``; remove those that were aside so long.

        Gives how many were moved or removed. Ended in its midst it is done by the next one.
        """
        before = time.time() - seconds
        return sum([self._leave(digest, before=before) for digest in digests])

    def _leave(self, digest: bytes, *, before: float) -> bool:
        there = {name: when for name in names_of(digest) if (when := self.objects.modified(name)) is not None}
        if there:
            if max(there.values()) >= before:
                return False
            for name in there:
                self.objects.copy(name, _ASIDE + name)
                self.objects.delete(name)
            return True
        aside = [_ASIDE + name for name in names_of(digest)]
        old = [name for name in aside if (when := self.objects.modified(name)) is not None and when < before]
        for name in old:
            self.objects.delete(name)
        return bool(old)

    def give_up_torn(self) -> int:
        """Drop what processes that were killed had half sent; gives how many objects."""
        return self.objects.give_up_torn(before=time.time() - _TORN_SECONDS)

    def first(self) -> bytes | None:
        """The address of one content, None while there is none."""
        found = (Path(entry.key) for entry in self.objects.listed("", most=50))
        return next((bytes.fromhex(key.stem) for key in found if key.suffix == ".thumbnail"), None)


def _cut(coming: Iterator[bytes]) -> Iterator[bytes]:
    """The header, then sealed chunks, of bytes that come in pieces of any size."""
    held, wanted = bytearray(), HEADER_BYTES
    for piece in coming:
        held += piece
        while len(held) >= wanted:
            yield bytes(held[:wanted])
            del held[:wanted]
            wanted = SEALED_CHUNK
    if held:
        yield bytes(held)
