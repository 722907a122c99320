"""The sandbox's card maker as a process of its own, for the tests of the card flow."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.ports import free_port

CITY = Path(__file__).resolve().parents[2] / "city"


class Maker:
    """A running sandbox that trusts ``trust``; killed and started again it keeps its batches."""

    def __init__(self, data: Path, trust: Path) -> None:
        self.port = free_port()
        self.data, self.trust = data, trust
        self.log = data / "log"
        self.url = f"http://127.0.0.1:{self.port}"
        data.mkdir(parents=True, exist_ok=True)
        self.start()

    def start(self) -> None:
        """Start and wait until it answers."""
        command = [
            sys.executable,
            "-m",
            "tongban_sandbox",
            "--port",
            str(self.port),
            "--data",
            str(self.data),
        ]
        command += ["--city", str(CITY), "--trust", str(self.trust), "--card-seconds", "0.05"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        give_up = time.monotonic() + 90
        while time.monotonic() < give_up:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if httpx.get(f"{self.url}/readyz", trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def kill(self) -> None:
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def fault(self, mode: str) -> None:
        """Let the card maker fail: down, error, off."""
        answer = httpx.post(f"{self.url}/faults", json={"service": "cards", "mode": mode}, trust_env=False)
        assert answer.status_code == 200, answer.text
