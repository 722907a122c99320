"""The programs that the supervisor keeps: how each is started, when it is ready, what it last said."""

from __future__ import annotations

import http.client
import logging
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing, suppress
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Protocol

from tongban.kit import heartbeat
from tongban.kit.db.embedded import EmbeddedPostgres
from tongban.kit.processes import dying_with_parent

_LOG_BYTES = 10_000_000
_LAST_LINES = 12
#: A sign of life is given every second; one this old, for so long, is none.
HUNG_SECONDS = 30.0
STILL_HUNG_SECONDS = 5.0

Heard = Callable[[str], None]


class Program(Protocol):
    """One program under the supervisor."""

    name: str
    #: Asks the program to stop cleanly, and how long it may take.
    stop_signal: signal.Signals
    stop_seconds: float

    def prepare(self) -> None:
        """What must be done before each start; may take a while, runs in a thread."""

    def launch(self) -> subprocess.Popen[bytes]:
        """Start it; called in the main thread."""

    def is_ready(self) -> bool:
        """Whether it does its work; may take a second, runs in a thread."""

    def hangs(self) -> bool:
        """Whether it runs and does nothing any more; asked many times a second once it was ready."""

    def reason(self) -> str:
        """Its last words."""

    def sweep(self) -> None:
        """End what the dead program left running."""


class Command:
    """A program of the house: a command line whose lines go to a log file and, if wanted, to ``heard``."""

    stop_signal = signal.SIGTERM
    stop_seconds = 15.0

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        log_dir: Path,
        ready: Callable[[], bool],
        heard: Heard | None = None,
    ) -> None:
        self.name = name
        self._command = command
        self._log_path = log_dir / f"{name}.log"
        self._ready = ready
        self._heard = heard
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        self._process: subprocess.Popen[bytes] | None = None
        self._pump: threading.Thread | None = None

    def prepare(self) -> None:
        """Nothing."""

    def launch(self) -> subprocess.Popen[bytes]:
        """Start it in a session of its own: Ctrl-C reaches the supervisor only, which then keeps the order."""
        self._last.clear()
        process = subprocess.Popen(  # noqa: S603 - the house's own programs
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dying_with_parent(self.stop_signal),  # noqa: PLW1509 - it takes no lock
        )
        self._process = process
        self._pump = threading.Thread(
            target=self._listen, args=(process,), daemon=True, name=f"{self.name}-log"
        )
        self._pump.start()
        return process

    def is_ready(self) -> bool:
        """As told at birth."""
        return self._ready()

    def hangs(self) -> bool:
        """Nobody can tell of a program without a sign of life."""
        return False

    def reason(self) -> str:
        """The last lines it wrote."""
        if self._pump is not None:
            self._pump.join(1)
        return "\n".join(self._last)

    def sweep(self) -> None:
        """Its own children share its group; a killed web server leaves workers on the port."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        log = RotatingFileHandler(self._log_path, maxBytes=_LOG_BYTES, backupCount=2, encoding="utf-8")
        with closing(log), process.stdout as lines:
            for raw in lines:
                line = raw.decode(errors="replace").rstrip("\n")
                self._last.append(line)
                log.emit(LogRecord(self.name, logging.INFO, "", 0, line, None, None))
                if self._heard is not None:
                    self._heard(line)


class Postgres:
    """The embedded server as a program under the supervisor."""

    name = "database"
    stop_signal = signal.SIGINT
    stop_seconds = 60.0

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server

    def prepare(self) -> None:
        """Make the cluster, clear what a killed server left; raises CannotRun."""
        self._server.make_ready()

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server."""
        return self._server.launch()

    def is_ready(self) -> bool:
        """By its own word."""
        return self._server.is_ready()

    def hangs(self) -> bool:
        """Its postmaster watches over its own; a server that is slow is not to be killed."""
        return False

    def reason(self) -> str:
        """From its log."""
        return self._server.reason()

    def sweep(self) -> None:
        """Its backends leave by themselves; ``prepare`` waits for them before the next start."""


def answers(host: str, port: int) -> Callable[[], bool]:
    """Ready when GET /readyz answers 200."""

    def ask() -> bool:
        connection = http.client.HTTPConnection(host, port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ask


class Beating(Command):
    """A program without a port: ready when it gives its sign of life, hung when that is old."""

    def __init__(
        self, name: str, command: list[str], *, log_dir: Path, sign: Path, heard: Heard | None = None
    ) -> None:
        super().__init__(name, command, log_dir=log_dir, ready=self._beats, heard=heard)
        self._sign = sign
        self._old_since: float | None = None

    def prepare(self) -> None:
        """The sign of the one before must not count for this one."""
        self._sign.unlink(missing_ok=True)
        self._old_since = None

    def hangs(self) -> bool:
        """The sign is old, and stays so for some seconds: a machine that wakes up has old signs everywhere."""
        if (heartbeat.age(self._sign) or 0.0) < HUNG_SECONDS:
            self._old_since = None
            return False
        if self._old_since is None:
            self._old_since = time.monotonic()
        return time.monotonic() - self._old_since > STILL_HUNG_SECONDS

    def _beats(self) -> bool:
        return heartbeat.age(self._sign) is not None
