"""Children that never outlive their parent, and what the kernel says about processes (Linux only)."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
from collections.abc import Callable
from pathlib import Path

import msgspec

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_NOBODY = 65534


class Owner(msgspec.Struct, frozen=True):
    """The unprivileged account that owns the data when root starts the house."""

    uid: int
    gid: int

    def give(self, path: Path) -> None:
        """Make ``path`` (not what lies in it) this account's own."""
        os.chown(path, self.uid, self.gid, follow_symlinks=False)


def owner_of_data(sudo_uid: int | None) -> Owner | None:
    """Whose the data are: nothing to change for a plain user; as root the user behind sudo, else nobody."""
    if os.geteuid() != 0:
        return None
    try:
        account = pwd.getpwuid(sudo_uid) if sudo_uid else pwd.getpwnam("nobody")
    except KeyError:
        return Owner(sudo_uid or _NOBODY, sudo_uid or _NOBODY)
    return Owner(account.pw_uid, account.pw_gid)


def dying_with_parent(signal_number: signal.Signals, owner: Owner | None = None) -> Callable[[], None]:
    """What a child runs between fork and exec (``preexec_fn``): drop privileges, then tie its life to ours.

    The order matters: the kernel clears the death signal when the user changes. The tie is to the
    *thread* that forked, so start children from the main thread or from one that lives as long.
    """
    parent = os.getpid()
    prctl = _LIBC.prctl

    def prepare() -> None:
        if owner is not None:
            os.setgroups([owner.gid])
            os.setgid(owner.gid)
            os.setuid(owner.uid)
        prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def die_with_parent(signal_number: signal.Signals) -> None:
    """The same for a process that is already running, for workers that a server forks by itself."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)


def is_alive(pid: int) -> bool:
    """Whether the process exists and is not a zombie that nobody has reaped."""
    return _state(pid) not in (None, "Z", "X")


def started(pid: int) -> str | None:
    """When the process was started, in the kernel's ticks: with the pid it names a process for good."""
    fields = _stat(pid)
    return fields[19] if fields else None


def working_in(directory: Path, program: str) -> list[int]:
    """Living processes named ``program`` whose working directory is ``directory``."""
    wanted = directory.resolve()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        pid = int(entry.name)
        try:
            same = (entry / "comm").read_text().strip() == program and (entry / "cwd").readlink() == wanted
        except OSError:  # gone meanwhile, or another user's
            continue
        if same and is_alive(pid):
            found.append(pid)
    return found


def _state(pid: int) -> str | None:
    fields = _stat(pid)
    return fields[0] if fields else None


def _stat(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name in brackets may hold anything, blanks and brackets too.
    return text.rpartition(")")[2].split()
