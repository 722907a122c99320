"""Where a test run keeps its databases: in memory where there is room, else on disk.

A fresh database a test is a copy of 12 MB in a thousand files, made and thrown away thousands of times a run. On a
disk such a copy takes five times as long as in memory, and nothing of it has to outlive the machine.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ENOUGH_BYTES = 6 << 30


def _in_memory() -> bool:
    return (
        _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ENOUGH_BYTES
    )


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def folder(subject: str) -> Path:
    """A fresh folder ``tongban-<subject>-<process>-…`` that others may read; who asks for it removes it.

    What a run that was killed left in memory is swept away first: it would stay there until the machine restarts.
    """
    if not _in_memory():
        place = Path(tempfile.mkdtemp(prefix=f"tongban-{subject}-"))
    else:
        for left in _MEMORY.glob(f"tongban-{subject}-*-*"):
            owner = left.name.removeprefix(f"tongban-{subject}-").partition("-")[0]
            if owner.isdigit() and not _runs(int(owner)):
                shutil.rmtree(left, ignore_errors=True)
        place = Path(tempfile.mkdtemp(prefix=f"tongban-{subject}-{os.getpid()}-", dir=_MEMORY))
    place.chmod(0o755)
    return place
