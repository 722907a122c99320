"""Start and stop: quick, clean, small, and a sentence where it cannot be."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from .conftest import CITY, Node, Sandbox


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tongban_sandbox", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_second_start_is_quick_and_both_signals_stop_cleanly(another: Callable[..., Sandbox]) -> None:
    running = another()
    assert running.stop(signal.SIGTERM) == 0
    running.start()
    assert running.seconds_to_ready < 30  # 1.0 s on a quiet machine
    assert running.stop(signal.SIGINT) == 0


def test_it_stops_while_callers_hold_connections_and_wait(another: Callable[..., Sandbox]) -> None:
    running = another()
    running.http.post("/faults", json={"service": "property", "mode": "slow"})
    with pytest.raises(httpx.ReadTimeout):
        running.http.get("/property/healthz", timeout=0.3)
    with httpx.Client(base_url=running.http.base_url) as idle:
        idle.get("/readyz")
        began = time.monotonic()
        assert running.stop(signal.SIGTERM) == 0
        assert time.monotonic() - began < 9, "it does not wait out the slow answer"


def test_memory_stays_small(sandbox: Sandbox) -> None:
    for _ in range(50):
        sandbox.take("local_hukou")
    status = Path(f"/proc/{sandbox.process.pid}/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    assert int(resident.split()[1]) < 100 * 1024


def test_a_taken_port_is_a_sentence(sandbox: Sandbox, tmp_path: Path) -> None:
    answer = run("--port", str(sandbox.port), "--data", str(tmp_path), "--trust", str(sandbox.trust))
    assert answer.returncode == 3
    assert answer.stderr.count("\n") == 1
    assert "is taken" in answer.stderr


def test_without_trust_it_does_not_start(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "SANDBOX_TRUST"}
    os.environ.pop("SANDBOX_TRUST", None)
    assert "--trust" in run("--port", "0", "--data", str(tmp_path)).stderr
    (tmp_path / "no.pem").write_text("nothing")
    answer = run("--port", "0", "--data", str(tmp_path), "--trust", str(tmp_path / "no.pem"))
    assert answer.returncode == 1
    assert "holds no public key" in answer.stderr
    os.environ.update(environment)


def test_two_in_one_folder_and_a_folder_without_city(sandbox: Sandbox, tmp_path: Path) -> None:
    answer = run(
        "--port", "0", "--data", str(sandbox.data), "--trust", str(sandbox.trust), "--city", str(CITY)
    )
    assert answer.returncode == 1
    assert "Another sandbox" in answer.stderr
    answer = run(
        "--port", "0", "--data", str(tmp_path / "d"), "--trust", str(sandbox.trust), "--city", str(tmp_path)
    )
    assert answer.returncode == 1
    assert "districts.csv" in answer.stderr


def test_killed_while_people_are_made_the_next_start_makes_them(tmp_path: Path) -> None:
    node = tmp_path / "node.pem"
    node.write_bytes(Node().pem())
    data = tmp_path / "data"
    command = [
        sys.executable,
        "-m",
        "tongban_sandbox",
        "--port",
        "0",
        "--data",
        str(data),
        "--trust",
        str(node),
    ]
    process = subprocess.Popen([*command, "--city", str(CITY)], stdout=subprocess.PIPE)
    assert process.stdout
    assert b"making people" in process.stdout.readline()
    process.kill()
    process.communicate()
    assert not (data / "population.sqlite").exists()
    running = Sandbox(data, Node())
    assert not (data / "seeding.tmp").exists()
    assert running.take("eligible_work")
    assert running.stop() == 0


def test_faults_fail_the_service_named_and_no_other(sandbox: Sandbox) -> None:
    def health(service: str) -> int:
        return sandbox.http.get(f"/{service}/healthz").status_code

    def fault(**wanted: object) -> int:
        return sandbox.http.post("/faults", json=wanted).status_code

    assert fault(service="employment", mode="down") == 200
    assert (health("employment"), health("residence")) == (503, 200)
    assert sandbox.ask("employment", "11010519491231002X", ["employed"]).status_code == 503
    assert sandbox.http.get("/faults").json() == {"employment": "down"}
    assert fault(service="employment", mode="error", seconds=2) == 200
    assert health("employment") == 500
    until = time.monotonic() + 20
    while health("employment") != 200:
        assert time.monotonic() < until
        time.sleep(0.1)
    fault(service="sms", mode="down")
    assert sandbox.http.delete("/faults").status_code == 204
    assert health("sms") == 200
    assert fault(service="weather", mode="down") == 400
    assert fault(service="sms", mode="sleepy") == 400


def test_a_slow_service_answers_after_ten_seconds_and_holds_up_no_other(sandbox: Sandbox) -> None:
    sandbox.http.post("/faults", json={"service": "property", "mode": "slow"})
    try:
        with pytest.raises(httpx.ReadTimeout):
            sandbox.http.get("/property/healthz", timeout=1)
        began = time.monotonic()
        assert sandbox.http.get("/education/healthz").status_code == 200
        assert time.monotonic() - began < 8, "nobody waits for the slow one"
    finally:
        sandbox.http.delete("/faults")
