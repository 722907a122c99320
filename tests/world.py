"""The people of the outside world, made once for all processes of a test run: each of their makings takes seconds.

That a sandbox makes them at its first start is for `tests/sandbox` and `tests/start`, which begin with an empty folder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from tongban_sandbox.__main__ import SEED
from tongban_sandbox.city import load
from tongban_sandbox.civil import Clock
from tongban_sandbox.files import SEEDED
from tongban_sandbox.seeding import seed_world, seeded

CITY = Path(__file__).resolve().parents[1] / "city"


def peopled(folder: Path, runs: pytest.TempPathFactory) -> Path:
    """The folder with all people in it, as a sandbox finds it at a later start; ``runs``: where this run writes."""
    base = runs.getbasetemp()
    made = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "people"
    made.mkdir(exist_ok=True)
    with (made / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if seeded(made) is None:
            seed_world(
                made, load(CITY), seed=SEED, today=Clock(None).today(), progress=lambda _done, _of: None
            )
    folder.mkdir(parents=True, exist_ok=True)
    for service in SEEDED:
        shutil.copy(made / f"{service}.sqlite", folder)
    return folder
