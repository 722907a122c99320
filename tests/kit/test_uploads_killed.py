"""Uploads to a real server whose processes are killed in their midst: nothing half stays, nothing acknowledged is lost.

How these tests can fail (tried): leave the sweep out of the start (the draft stays), give a content its place when it
has begun (a half content has a place).
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.conftest import HOME
from tests.kit import sample_files as make
from tests.kit.upload_server import OWNER
from tests.ports import free_port
from tongban.kit import files
from tongban.kit.db import Database
from tongban.kit.files.shelf import Shelf

pytestmark = [pytest.mark.kill, pytest.mark.slow, pytest.mark.timeout(240)]
PATIENCE_SECONDS = 60.0
#: granian takes deaths closer together for a loop and gives up.
CRASH_LOOP_SECONDS = 6.0


class Server:
    """The server in a process of its own, with its two web processes."""

    def __init__(self, dsn: str) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.kit.upload_server", str(self.port)],
            cwd=HOME,
            env={**os.environ, "DATABASE_URL": dsn},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def workers(self) -> list[int]:
        """The processes that answer, by their pids."""
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError, IndexError):
                words = (entry / "stat").read_text().rpartition(")")[2].split()
                line = (entry / "cmdline").read_bytes()
                if int(words[1]) == self.process.pid and b"resource_tracker" not in line:
                    found.append(int(entry.name))
        return found

    def kill_workers(self) -> None:
        for pid in self.workers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def answers(self) -> None:
        """Wait until it does."""
        until = time.monotonic() + PATIENCE_SECONDS
        async with httpx.AsyncClient(base_url=self.base) as client:
            while True:
                with suppress(httpx.HTTPError):
                    if (await client.get("/livez")).status_code == 200:
                        return
                assert time.monotonic() < until and self.process.poll() is None, "the server does not answer"
                await asyncio.sleep(0.1)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(15)
        self.process.kill()
        self.process.wait()


@pytest.fixture
async def web(dsn: str, db: Database, shelf: Shelf) -> AsyncIterator[Server]:
    running = Server(dsn)
    try:
        await running.answers()
        yield running
    finally:
        running.stop()


@asynccontextmanager
async def browser(server: Server) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """Somebody with the form open: her client and its token."""
    async with httpx.AsyncClient(base_url=server.base, timeout=30) as client:
        yield client, (await client.get("/t/token")).text


async def upload(client: httpx.AsyncClient, token: str, data: bytes, name: str = "a.jpg") -> Any:
    """Send the form; gives the answer, None where the connection broke."""
    with suppress(httpx.HTTPError):
        answer = await client.post("/t/upload", data={"_csrf": token}, files=[("papers", (name, data))])
        if answer.status_code == 200:
            return answer.json()
    return None


def drafts(shelf: Shelf) -> list[Path]:
    folder = shelf.root / "incoming"
    return list(folder.iterdir()) if folder.is_dir() else []


async def until(holds: Any, what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.05)


def body(token: str, data: bytes) -> bytes:
    return (
        b'--b\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n' + token.encode() + b"\r\n--b\r\n"
        b'Content-Disposition: form-data; name="papers"; filename="a.jpg"\r\n\r\n' + data + b"\r\n--b--\r\n"
    )


async def opens(db: Database, shelf: Shelf, told: list[str], data: bytes) -> bool:
    """Whether an acknowledged file is there as it was sent."""
    file = await files.kept_file(db, file_id=UUID(told[0]), subject=OWNER, reference=told[1])
    return file is not None and b"".join([one async for one in await files.content(file)]) == data


async def test_a_kill_in_mid_upload_leaves_nothing_and_the_next_one_works(
    web: Server, db: Database, shelf: Shelf
) -> None:
    photo = make.photo(2500, 2000)
    async with browser(web) as (client, token):
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        whole = body(token, photo)
        reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
        writer.write(
            f"POST /t/upload HTTP/1.1\r\nhost: t\r\ncookie: {cookies}\r\ncontent-length: {len(whole)}\r\n"
            "content-type: multipart/form-data; boundary=b\r\n\r\n".encode()
        )
        writer.write(whole[:-50_000])
        await writer.drain()
        await until(lambda: any(path.stat().st_size > 500_000 for path in drafts(shelf)), "no draft began")
        web.kill_workers()
        with suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        await web.answers()
        await until(lambda: not drafts(shelf), "the draft of the killed process stays")
        assert await db.value("SELECT count(*) FROM kit.file") == 0
        assert list(shelf.root.glob("??/??/*")) == []
    async with browser(web) as (client, token):
        answer = await upload(client, token, photo)
        assert answer is not None and answer["faults"] == {}
        assert await opens(db, shelf, answer["files"][0], photo)


def photos() -> Iterator[bytes]:
    size = 200
    while True:
        size += 1
        yield make.photo(size, 300)


async def test_kills_at_any_moment_lose_nothing_that_was_acknowledged(
    web: Server, db: Database, shelf: Shelf
) -> None:
    """Four people upload without end; thrice every web process is killed, at another moment each time."""
    acknowledged: list[tuple[list[str], bytes]] = []
    fresh = photos()
    over = asyncio.Event()

    async def person() -> None:
        while not over.is_set():
            with suppress(httpx.HTTPError):
                async with browser(web) as (client, token):
                    photo = next(fresh)
                    if (answer := await upload(client, token, photo)) and answer["files"]:
                        acknowledged.append((answer["files"][0], photo))
            await asyncio.sleep(0.01)

    people = [asyncio.create_task(person()) for _ in range(4)]
    for wait in (0.9, 1.6, 2.13):
        seen = len(acknowledged)
        await until(lambda seen=seen: len(acknowledged) > seen + 2, "nobody got through")
        await asyncio.sleep(wait)
        web.kill_workers()
        await asyncio.sleep(CRASH_LOOP_SECONDS)
        await web.answers()
    over.set()
    await asyncio.gather(*people)
    assert len(acknowledged) > 10
    for told, photo in acknowledged:
        assert await opens(db, shelf, told, photo)
    await files.sweep()
    assert drafts(shelf) == []
    for path in shelf.root.glob("??/??/*"):
        kind: Any = "thumbnail" if path.suffix else "content"
        assert b"".join(shelf.chunks(bytes.fromhex(path.stem), kind)), "a half content has a place"
    rows = await db.value("SELECT count(*) FROM kit.file")
    contents = [path for path in shelf.root.glob("??/??/*") if not path.suffix]
    assert len(acknowledged) <= rows <= len(contents)
