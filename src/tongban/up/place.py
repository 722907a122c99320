"""The data folder: made, owned, locked by one supervisor, with notes that other terminals may read."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from tongban.kit.processes import Owner, is_alive, started
from tongban.up.endings import CannotStart

#: What the house itself puts into its data folder; anything else in an unmarked folder is somebody's.
_OURS = {"postgres", "keys", "run", "log", "sandbox", "files", "tour", "trust.pem"}
_MARK = ".tongban"
#: How long the children of a supervisor that was killed may take to leave before they are ended.
_LEAVING_SECONDS = 10.0


class Place:
    """The data folder of one running house."""

    def __init__(self, folder: Path, *, owner: Owner | None) -> None:
        self.folder = folder
        self.run = folder / "run"
        self.log = folder / "log"
        self._owner = owner
        self._lock: IO[str] | None = None

    def take(self) -> None:
        """Make the folder, lock it and see off what an earlier, killed run left.

        Raises CannotStart for a foreign folder, one that cannot be written, or one that is in use.
        """
        try:
            self._make()
        except OSError as refused:
            raise CannotStart(
                f"The data folder {self.folder} cannot be used: {refused.strerror}. "
                "Choose another one with TONGBAN_DATA."
            ) from refused
        lock = (self.run / "up.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            lock.close()
            raise CannotStart(
                f"Another `tongban up` is running on the data in {self.folder}; use it, or stop it first."
            ) from taken
        self._lock = lock
        self._see_off()

    def leave(self) -> None:
        """Let go of the folder, if it was taken."""
        if self._lock is None:
            return
        (self.run / "database.url").unlink(missing_ok=True)
        self.hand_over()
        self._lock.close()

    def hand_over(self) -> None:
        """As root: everything that root's children wrote belongs to the owner of the data."""
        if self._owner is None:
            return
        for directory, names, files in os.walk(self.folder):
            if Path(directory) == self.folder and "postgres" in names:
                names.remove("postgres")  # the server's own account writes there
            for name in (*names, *files):
                with suppress(FileNotFoundError):
                    self._owner.give(Path(directory) / name)

    def note_database(self, dsn: str) -> None:
        """Leave the database's address for the house's commands in other terminals (0600)."""
        path = self.run / "database.url"
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(dsn)

    def note_child(self, name: str, pid: int) -> None:
        """Remember a child, should this supervisor be killed."""
        (self.run / f"{name}.pid").write_text(f"{pid} {started(pid)}")

    def forget_child(self, name: str) -> None:
        """The child is gone."""
        (self.run / f"{name}.pid").unlink(missing_ok=True)

    def _make(self) -> None:
        self._make_parents(self.folder)
        if not (self.folder / _MARK).exists():
            foreign = [path.name for path in self.folder.iterdir() if path.name not in _OURS]
            if foreign:
                raise CannotStart(
                    f"{self.folder} is not a data folder of Tongban (it holds {foreign[0]}); "
                    "nothing in it was changed. Choose another one with TONGBAN_DATA."
                )
            (self.folder / _MARK).touch()
        for path in (self.folder, self.run, self.log):
            path.mkdir(mode=0o700, exist_ok=True)
            if self._owner is not None:
                self._owner.give(path)

    def _make_parents(self, folder: Path) -> None:
        if not folder.parent.exists():
            self._make_parents(folder.parent)
        if folder != self.folder:
            folder.mkdir(mode=0o755, exist_ok=True)
        else:
            folder.mkdir(mode=0o700, exist_ok=True)

    def _see_off(self) -> None:
        """Children of a killed supervisor are told to end by the kernel; wait, then end what stayed."""
        give_up = time.monotonic() + _LEAVING_SECONDS
        for note in self.run.glob("*.pid"):
            pid_text, _, since = note.read_text().partition(" ")
            pid = int(pid_text) if pid_text.isdigit() else 0
            while pid and is_alive(pid) and started(pid) == since:
                if time.monotonic() > give_up:
                    with suppress(ProcessLookupError, PermissionError):
                        os.killpg(pid, signal.SIGKILL)
                time.sleep(0.05)
            note.unlink(missing_ok=True)


def noted_database(folder: Path) -> str | None:
    """The address of the database of the house that runs on ``folder``, None when none runs."""
    try:
        return (folder / "run" / "database.url").read_text()
    except OSError:
        return None
