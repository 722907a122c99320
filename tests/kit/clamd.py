"""A real clamd with a signature file of its own: no download, no network, its own socket, ended with the tests."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from tests.ports import free_port
from tongban.settings import ScannerAddress

#: The test file of the European Institute for Computer Antivirus Research, which every scanner takes for a virus.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
#: Larger than this it does not scan, and says so.
LARGEST_BYTES = 2_000_000
_PATIENCE_SECONDS = 60.0


class Clamd:
    """The daemon, listening on a socket of the file system and on a port."""

    def __init__(self, place: Path) -> None:
        program = shutil.which("clamd") or shutil.which("/usr/sbin/clamd")
        assert program, "no clamd here; scripts/setup.sh clamd installs it"
        (place / "signatures").mkdir(parents=True)
        (place / "signatures" / "local.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
        self.port = free_port()
        self.path = place / "clamd"
        configuration = place / "clamd.conf"
        configuration.write_text(
            f"Foreground yes\nDatabaseDirectory {place / 'signatures'}\nTemporaryDirectory {place}\n"
            f"LocalSocket {self.path}\nTCPSocket {self.port}\nTCPAddr 127.0.0.1\nMaxThreads 2\n"
            f"StreamMaxLength {LARGEST_BYTES}\n"
        )
        self.process = subprocess.Popen(
            [program, "-c", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._wait()

    @property
    def addresses(self) -> tuple[ScannerAddress, ScannerAddress]:
        """Both ways to it."""
        return str(self.path), ("127.0.0.1", self.port)

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as line:
                line.sendall(b"zPING\0")
                if line.recv(16) == b"PONG\0":
                    return
            assert self.process.poll() is None, f"clamd ended with {self.process.returncode}"
            assert time.monotonic() < until, "clamd does not answer"
            time.sleep(0.02)

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait()
