"""What a killed server leaves behind: lock files of dead processes, backends without a postmaster."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from tongban.kit.db.embedded.refusals import InUse
from tongban.kit.processes import is_alive, working_in

#: A server whose supervisor died is told to stop by the kernel; a checkpoint may take it this long.
LEAVING_SECONDS = 60.0
#: Backends notice within moments that their postmaster is gone; one in a long loop does not.
ORPHAN_SECONDS = 10.0


def clear(cluster: Path, socket_dir: Path) -> None:
    """Wait until nobody works in ``cluster`` any more, then remove lock files that no living server holds.

    Raises InUse when a postmaster goes on living there: it is somebody's.
    """
    _await_postmaster(cluster)
    _await_orphans(cluster)
    # PostgreSQL itself only looks whether *some* process has the pid of the lock file. After a restart of
    # a machine or container that is often a stranger, or a zombie, and the server would never start again.
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    for leftover in socket_dir.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)


def postmaster(cluster: Path) -> int | None:
    """The pid of the living postmaster of ``cluster`` by its lock file, None when there is none."""
    pid = _locked_by(cluster)
    if pid is None or not is_alive(pid):
        return None
    return pid if pid in working_in(cluster, "postgres") else None


def _locked_by(cluster: Path) -> int | None:
    try:
        first = (cluster / "postmaster.pid").read_text().partition("\n")[0].strip()
    except FileNotFoundError:
        return None
    return int(first) if first.isdigit() else None


def _await_postmaster(cluster: Path) -> None:
    give_up = time.monotonic() + LEAVING_SECONDS
    pid = postmaster(cluster)
    while pid is not None:
        if time.monotonic() > give_up or not _is_leaving(cluster):
            raise InUse(cluster, [pid])
        time.sleep(0.05)
        pid = postmaster(cluster)


def _is_leaving(cluster: Path) -> bool:
    """A postmaster told to stop says so in its lock file; the signal may be a moment on its way."""
    until = time.monotonic() + 2
    while time.monotonic() < until:
        if status(cluster) in (None, "stopping"):
            return True
        time.sleep(0.05)
    return False


def status(cluster: Path) -> str | None:
    """The server's own word in its lock file (starting, ready, stopping), None without one."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    return lines[7].strip() if len(lines) > 7 else "starting"


def _await_orphans(cluster: Path) -> None:
    """They hold the shared memory block; a new server refuses to start beside them."""
    give_up = time.monotonic() + ORPHAN_SECONDS
    while left := working_in(cluster, "postgres"):
        if time.monotonic() > give_up:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
