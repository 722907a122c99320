"""A sandbox as a real process on a free port, and a node that signs its calls."""

import base64
import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.ports import free_port
from tests.world import peopled

CITY = Path(__file__).parents[2] / "city"
RESOURCES = {
    "population": "101001/000001",
    "residence": "309012/000001",
    "employment": "314005/000001",
    "property": "315003/000001",
    "education": "305002/000001",
    "kinship": "101003/000001",
    "degree": "305003/000001",
    "profession": "314009/000001",
    "marriage": "310002/000001",
    "vehicle": "309021/000001",
    "tax": "343001/000001",
}


class Node:
    """A caller with a key of its own; it signs by the standard, not with the sandbox's code."""

    def __init__(self, name: str = "node-test") -> None:
        self.name = name
        self.key = ec.generate_private_key(ec.SECP256R1())

    def pem(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def headers(self, method: str, path: str, body: bytes, *, at: float | None = None) -> dict[str, str]:
        stamp = str(int(time.time() if at is None else at))
        text = f"{method}\n{path}\n{stamp}\n{hashlib.sha256(body).hexdigest()}\n"
        r, s = decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        signature = base64.b64encode(r.to_bytes(32) + s.to_bytes(32)).decode()
        return {"Tongban-Node": self.name, "Tongban-Timestamp": stamp, "Tongban-Signature": signature}


class HouseNode(Node):
    """The house's own node, as the outside world knows it: by its public key."""

    def __init__(self, public: Path) -> None:
        super().__init__("node-310000")
        self.public = public

    def pem(self) -> bytes:
        return self.public.read_bytes()


class Sandbox:
    """A running sandbox."""

    def __init__(self, data: Path, node: Node, *options: str) -> None:
        self.data, self.node, self.options = data, node, options
        self.port = free_port()
        self.trust, self.log = data / "node.pem", data / "log"
        data.mkdir(parents=True, exist_ok=True)
        self.trust.write_bytes(node.pem())
        self.start()

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "tongban_sandbox",
            "--port",
            str(self.port),
            "--data",
            str(self.data),
        ]
        command += ["--city", str(CITY), "--trust", str(self.trust), *self.options]
        began = time.monotonic()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20)
        while True:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() - began < 60
            try:
                if self.http.get("/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.02)
        self.seconds_to_ready = time.monotonic() - began

    def stop(self, how: int = signal.SIGTERM) -> int:
        self.http.close()
        if self.process.poll() is None:
            os.kill(self.process.pid, how)
        return self.process.wait(60)

    def post(self, path: str, message: dict[str, Any], node: Node | None = None) -> httpx.Response:
        body = msgspec.json.encode(message)
        return self.http.post(path, content=body, headers=(node or self.node).headers("POST", path, body))

    def question(self, register: str, number: str, fields: list[str], **other: Any) -> dict[str, Any]:
        return {
            "msg_id": str(uuid.uuid4()),
            "resource": RESOURCES[register],
            "id_number": number,
            "fields": fields,
            "purpose": {"id": str(uuid.uuid4()), "kind": "case", "reference": "case-1"},
            "caller": self.node.name,
        } | other

    def ask(self, register: str, number: str, fields: list[str], **other: Any) -> httpx.Response:
        return self.post(f"/{register}/v1/query", self.question(register, number, fields, **other))

    def check(self, number: str, name: str, **other: Any) -> dict[str, Any]:
        """The question whether these belong to one person, for ``/population/v1/check``."""
        question = self.question("population", number, [])
        del question["fields"]
        return question | {"name": name} | other

    def logged(self, register: str, message: str) -> sqlite3.Row:
        """The row of a message in a register's own call log."""
        log = sqlite3.connect(self.data / f"{register}.sqlite")
        log.row_factory = sqlite3.Row
        row: sqlite3.Row = log.execute("SELECT * FROM call WHERE msg_id = ?", (message,)).fetchone()
        log.close()
        return row

    def take(self, situation: str) -> dict[str, Any]:
        answer = self.http.post("/cast/take", json={"situation": situation, "by": "test"})
        assert answer.status_code == 200, answer.text
        person: dict[str, Any] = answer.json()
        return person


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox with all its people, for the tests that only ask."""
    folder = peopled(tmp_path_factory.mktemp("sandbox"), tmp_path_factory)
    running = Sandbox(folder, Node(), "--card-seconds", "0.3")
    yield running
    assert running.stop() == 0


@pytest.fixture
def another(tmp_path: Path, sandbox: Sandbox) -> Iterator[Callable[..., Sandbox]]:
    """Starts sandboxes of one's own, to kill; they begin with a copy of the people."""
    started: list[Sandbox] = []

    def start(*options: str) -> Sandbox:
        data = tmp_path / f"data{len(started)}"
        data.mkdir()
        for service in (*RESOURCES, "cast"):
            shutil.copy(sandbox.data / f"{service}.sqlite", data)
        started.append(Sandbox(data, Node(), *options))
        return started[-1]

    yield start
    for running in started:
        running.stop(signal.SIGKILL)
