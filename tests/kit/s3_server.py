"""A real server of the S3 protocol: rclone's, over a folder of the test's own. It checks signatures and joins parts."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.ports import free_port
from tongban.settings import Bucket

KEY, SECRET = "house", "a secret of this test"
_PATIENCE_SECONDS = 30.0


class S3Server:
    """The server, with one bucket; its objects are files below ``place``."""

    def __init__(self, root: Path) -> None:
        self.place = root / "files"
        self.place.mkdir(parents=True)
        self.port = free_port()
        self._root = root
        self.start()

    @property
    def address(self) -> Bucket:
        """How the house is told of it."""
        url = f"http://127.0.0.1:{self.port}/files"
        return Bucket(url=url, key=KEY, secret=SECRET, region="us-east-1", name="files")

    def start(self) -> None:
        """Start it, and wait until it listens."""
        program = Path(sys.executable).with_name("rclone")
        self.process = subprocess.Popen(
            [
                *(program, "serve", "s3", self._root, "--addr", f"127.0.0.1:{self.port}"),
                *("--auth-key", f"{KEY},{SECRET}", "--config", "/dev/null"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert self.process.poll() is None and time.monotonic() < until, "the server does not listen"
            time.sleep(0.02)

    def stop(self) -> None:
        """End it; what it holds stays."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait()
