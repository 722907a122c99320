"""A sign of life on disk: a program without a port touches a file, whoever watches reads its age."""

from __future__ import annotations

import time
from pathlib import Path


def beat(path: Path) -> None:
    """Say that the program is alive and ready now; call at least every two seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def age(path: Path) -> float | None:
    """Seconds since the last sign, None when there never was one."""
    try:
        return max(0.0, time.time() - path.stat().st_mtime)
    except FileNotFoundError:
        return None
