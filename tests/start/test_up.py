"""`tongban up` itself: the real house on free ports and data of its own."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.ports import free_port
from tongban.kit.processes import is_alive

pytestmark = pytest.mark.timeout(600)
#: A loaded machine takes a minute for what takes ten seconds else.
READY_SECONDS = 180
CHILDREN = {"web", "worker", "sandbox", "database"}


class Installation:
    """One data folder with ports; `tongban` commands run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.sandbox_port = free_port(), free_port()
        self.output = folder.parent / f"{folder.name}.txt"
        self.process: subprocess.Popen[bytes] | None = None

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TONGBAN_")}
        kept.pop("DATABASE_URL", None)
        return {
            **kept,
            "TONGBAN_DATA": str(self.folder),
            "TONGBAN_PORT": str(self.port),
            "TONGBAN_SANDBOX_PORT": str(self.sandbox_port),
            **more,
        }

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tongban", *words],
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=READY_SECONDS,
            check=False,
        )

    def start(self) -> float:
        """Start and wait for the greeting; gives the seconds it took."""
        begun = time.monotonic()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tongban", "up"], env=self.environment(), stdout=output, stderr=output
            )
        while "Ready after" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() - begun < READY_SECONDS, self.said()
            time.sleep(0.05)
        return time.monotonic() - begun

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(READY_SECONDS)

    def said(self) -> str:
        return self.output.read_text()

    def pid(self, child: str) -> int:
        try:
            return int((self.folder / "run" / f"{child}.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError):
            return 0

    def dsn(self) -> str:
        return (self.folder / "run" / "database.url").read_text()

    def answers(self, address: str, port: int) -> int:
        connection = http.client.HTTPConnection(address, port, timeout=20)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()


@pytest.fixture(scope="module")
def house() -> Iterator[Installation]:
    """A house that was started once, from nothing."""
    place = Path(tempfile.mkdtemp(prefix="tongban-start-"))
    place.chmod(0o755)
    installation = Installation(place / "data")
    installation.start()
    yield installation
    if installation.process is not None and installation.process.poll() is None:
        installation.stop()
    shutil.rmtree(place, ignore_errors=True)


def test_it_says_where_to_go_and_who_can_log_in(house: Installation) -> None:
    said = house.said()
    assert f"http://localhost:{house.port}" in said
    assert f"http://localhost:{house.sandbox_port}/phone" in said
    assert "Demo log-ins" in said


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_it_answers_under_both_addresses_of_localhost(house: Installation, address: str) -> None:
    if address == "::1" and not socket.has_ipv6:
        pytest.skip("this machine has no ::1")
    assert house.answers(address, house.port) == 200
    assert house.answers(address, house.sandbox_port) == 200


def test_second_one_on_the_same_data_is_a_sentence(house: Installation) -> None:
    second = house.run("up")
    assert second.returncode == 1
    assert "Another `tongban up` is running" in second.stderr
    assert "Traceback" not in second.stderr


def test_taken_port_is_a_sentence_before_anything_starts(house: Installation) -> None:
    data = house.folder.parent / "other"
    second = house.run("up", TONGBAN_DATA=str(data))
    assert second.returncode == 1
    assert f"Port {house.port} of localhost is taken" in second.stderr
    assert "Traceback" not in second.stderr
    assert not (data / "postgres").exists()
    assert not (data / "sandbox").exists()


def test_doctor_finds_nothing_bad(house: Installation) -> None:
    told = house.run("doctor", "--json")
    assert told.returncode == 0, told.stdout
    names = {finding["name"] for finding in json.loads(told.stdout)}
    assert {"database", "migrations", "outbox", "worker", "calendar", "disk"} <= names


def test_events_are_retried_by_command(house: Installation) -> None:
    told = house.run("retry-events", "--json")
    assert (told.returncode, json.loads(told.stdout)) == (0, []), told.stderr
    assert house.run("retry-events").stdout == "nothing was given up\n"


@pytest.mark.parametrize("child", sorted(CHILDREN))
def test_killed_child_comes_back(house: Installation, child: str) -> None:
    before = house.pid(child)
    os.kill(before, signal.SIGKILL)
    give_up = time.monotonic() + READY_SECONDS
    while house.pid(child) in (before, 0) or house.answers("127.0.0.1", house.port) != 200:
        assert time.monotonic() < give_up, house.said()
        time.sleep(0.05)
    assert house.process is not None and house.process.poll() is None


async def test_stop_is_clean_and_the_next_start_keeps_the_data(house: Installation) -> None:
    connection = await asyncpg.connect(house.dsn())
    await connection.execute(
        "CREATE TABLE public.kept (word text); INSERT INTO public.kept VALUES ('居住证')"
    )
    await connection.close()
    pids = [house.pid(child) for child in CHILDREN]
    assert house.stop() == 0
    assert not any(is_alive(pid) for pid in pids)
    assert not list((house.folder / "run").glob("*.pid"))

    house.start()
    connection = await asyncpg.connect(house.dsn())
    assert await connection.fetchval("SELECT word FROM public.kept") == "居住证"
    await connection.execute("DROP TABLE public.kept")
    await connection.close()
    assert house.stop() == 0


def test_older_server_of_ones_own_is_a_sentence() -> None:
    from tongban.up import CannotStart
    from tongban.up.databases import check_version

    check_version(17)
    with pytest.raises(CannotStart, match="is PostgreSQL 16; Tongban needs 17 or newer"):
        check_version(16)


def test_unreadable_setting_is_a_sentence(tmp_path: Path) -> None:
    told = Installation(tmp_path / "data").run("up", TONGBAN_PORT="many")
    assert told.returncode == 1
    assert "TONGBAN_PORT must be a whole number" in told.stderr
    assert "Traceback" not in told.stderr


def test_one_s_own_server_is_used(server: str, tmp_path: Path) -> None:
    """DATABASE_URL goes first: no cluster is made beside it. A wrong password is told, not waited for."""
    wrong = server.replace("tongban:", "tongban:not")
    told = Installation(tmp_path / "data").run("up", DATABASE_URL=wrong)
    assert told.returncode == 1
    assert "refused us" in told.stderr
    assert "not" + server.split(":")[2].split("@", maxsplit=1)[0] not in told.stderr
    assert not (tmp_path / "data" / "postgres").exists()
