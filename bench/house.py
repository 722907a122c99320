"""A house of one's own: `tongban up` on free ports and data that are thrown away afterwards."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
READY_SECONDS = 420.0
STOP_SECONDS = 90.0
#: The program of the child that makes electronic signatures.
SIGNING = "tongban.kit.pades"


class HouseFell(RuntimeError):  # noqa: N818 - read as a sentence
    """The house did not start, or ended by itself; the text carries its last words."""


class House:
    """A running `tongban up`: where its pages, its sandbox, its database and its processes are."""

    def __init__(self, data: Path, *, port: int, sandbox_port: int) -> None:
        self.data = data
        self.base = f"http://127.0.0.1:{port}"
        self.sandbox = f"http://127.0.0.1:{sandbox_port}"
        self.port = port
        # Nothing of the caller's own house may leak in: neither its database nor its clock.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TONGBAN_")}
        kept.pop("DATABASE_URL", None)
        self.environment = kept | {
            "TONGBAN_DATA": str(data),
            "TONGBAN_PORT": str(port),
            "TONGBAN_SANDBOX_PORT": str(sandbox_port),
        }
        self.said = data.parent / f"{data.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        """The database's address, as the supervisor leaves it for other terminals."""
        return (self.data / "run" / "database.url").read_text()

    def start(self) -> None:
        """Start and wait until pages are served and the worker works."""
        with self.said.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "tongban", "up"],
                cwd=HOME,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        give_up = time.monotonic() + READY_SECONDS
        while not (self.answers() and (self.data / "run" / "worker.ready").exists()):
            if self._process.poll() is not None or time.monotonic() > give_up:
                raise HouseFell(f"The house did not start. It last said:\n{self.words()}")
            time.sleep(0.1)

    def stop(self) -> int:
        """Ask it to stop as Ctrl-C does; gives the exit code."""
        process = self._process
        if process is None:
            return 0
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._process = None
        return process.returncode

    @property
    def stands(self) -> bool:
        """Whether the supervisor is still there."""
        return self._process is not None and self._process.poll() is None

    def words(self) -> str:
        """The last lines that the supervisor wrote."""
        return "\n".join(self.said.read_text(errors="replace").splitlines()[-20:])

    def answers(self) -> bool:
        """Whether GET /readyz says 200 now."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def pid(self, name: str) -> int | None:
        """The present process of ``web`` (its main one), ``worker``, ``sandbox`` or ``database`` (the postmaster)."""
        with suppress(OSError, ValueError):
            pid = int((self.data / "run" / f"{name}.pid").read_text().split()[0])
            return pid if Path(f"/proc/{pid}").exists() else None
        return None

    def web_workers(self) -> list[int]:
        """The processes that serve pages: children of the web's main one."""
        main = self.pid("web")
        return [pid for pid in _children(main) if "resource_tracker" not in _command(pid)] if main else []

    def signing_children(self) -> list[int]:
        """The worker's children that sign papers, while there are papers to be signed."""
        worker = self.pid("worker")
        return [pid for pid in _children(worker) if SIGNING in _command(pid)] if worker else []


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent and fields[0] not in "ZX":
                found.append(int(entry.name))
    return sorted(found)


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def cpu_ms(pids: Iterable[int]) -> float:
    """Processor time that these processes have used so far, all their threads, in ms."""
    used = 0
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(OSError):
                used += int(thread.read_text().split()[0])
    return used / 1e6


def pss_mb(pid: int) -> float:
    """Proportional set size of a process in MB: shared pages are counted once over all who share them."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def free_port() -> int:
    """A port that nobody listens on, under either address of localhost."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def own_house() -> Iterator[House]:
    """A fresh house for the length of a ``with`` block, on data that are removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tongban-bench-", dir="/tmp"))
    folder.chmod(0o755)  # the database's account must pass through when root starts the house
    house = House(folder / "data", port=free_port(), sandbox_port=free_port())
    try:
        house.start()
        yield house
    finally:
        house.stop()
        shutil.rmtree(folder, ignore_errors=True)
