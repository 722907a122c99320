"""Contents on the disk under a new sealing key: a content's own key stands sealed in its first bytes.

A content is copied with a new head and takes its own place in one rename; what is broken off leaves a draft that
:meth:`Shelf.sweep` removes. In a bucket nothing is rewritten: its contents keep the key that sealed them. Both
functions block and are called in threads.
"""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tongban.kit import keys
from tongban.kit.files.drafts import Kind, context_of
from tongban.kit.files.sealing import HEADER_BYTES, header_of, key_id_in, key_in
from tongban.kit.files.shelf import Shelf

_KINDS: dict[str, Kind] = {"": "content", ".thumbnail": "thumbnail", ".piece": "piece"}


def content_keys(shelf: Shelf) -> dict[int, int]:
    """How many contents each sealing key opens."""
    return dict(Counter(key_id_in(head) for _, head in _heads(shelf)))


def rekey(shelf: Shelf, *, rest: float = 0.0) -> int:
    """Give every content a head under the newest key; gives how many were copied. Raises SealBroken."""
    done = 0
    for path, head in _heads(shelf):
        if key_id_in(head) == keys.current().newest:
            continue
        began = time.monotonic()
        digest, kind = bytes.fromhex(path.stem), _KINDS[path.suffix]
        context = context_of(digest, kind)
        new = header_of(key_in(head, context), context)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            shutil.copy2(path, draft)
            with draft.open("r+b") as file:
                file.write(new)
                file.flush()
                os.fsync(file.fileno())
            shutil.copystat(path, draft)  # its age is what the collector goes by
            shelf.replace(draft, digest, kind)
        except FileNotFoundError:  # let go meanwhile
            continue
        finally:
            draft.unlink(missing_ok=True)
        done += 1
        time.sleep(rest * (time.monotonic() - began))
    return done


def _heads(shelf: Shelf) -> Iterator[tuple[Path, bytes]]:
    for path in shelf.root.glob("[0-9a-f][0-9a-f]/??/" + "[0-9a-f]" * 64 + "*"):
        if path.suffix in _KINDS:
            try:
                with path.open("rb") as file:
                    yield path, file.read(HEADER_BYTES)
            except FileNotFoundError:
                continue
