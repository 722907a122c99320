"""Photos come piece by piece while the processes that take them in are killed: none is half, none is lost.

Each phone uploads a photo of its own over tus 1.0.0, asks after each broken line how much is there, and goes on from
there; when all is there its form is sent and the file read back. What a phone was told is there must never become
less, and what comes back must be what was sent. When all is done, pieces and drafts that nobody names go with the
collection that runs every day.

``python -m bench.sending --make N`` and ``--collect`` run in the house's environment, with its keys.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import os
import re
import secrets
import subprocess
import sys
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
from PIL import Image

from bench import crowd
from bench.__main__ import resting
from bench.clients import PATIENCE_SECONDS, GaveUp
from bench.house import HOME, House
from tongban import cases, identity
from tongban.kit import clock, files, keys
from tongban.kit.files import store
from tongban.kit.files.drafts import SHARDS
from tongban.kit.files.giving import GRACE_SECONDS
from tongban.kit.files.receiving import shelf
from tongban.settings import settings

ITEM, FIELD = "lease_filing", "file_lease"
PHONES = 6
_PIECE = 256 * 1024
#: A phone's pace: so long between two pieces.
_REST_SECONDS = 0.15
_TUS = {"tus-resumable": "1.0.0"}


class Phone(msgspec.Struct, frozen=True):
    """Somebody with a draft that asks for a file, and her session."""

    case: UUID
    cookie: str
    csrf: str


class Uploads(msgspec.Struct, kw_only=True):
    """How such a run went."""

    seconds: float
    done: int
    resumed: int
    collected: int
    faults: list[str]

    def report(self) -> dict[str, object]:
        """What is kept of it."""
        return {
            "files_sent_in_pieces": self.done,
            "gone_on_after_a_broken_line": self.resumed,
            "seconds": self.seconds,
            "orphan_pieces_and_drafts_collected": self.collected,
            "verdict": "none half, none lost" if not self.faults else "WRONG",
            "faults": self.faults,
        }


class Collected(msgspec.Struct):
    """What the collection took away, and what nobody names that it left."""

    gone: int
    left: int


class Sender:
    """One phone: sends photo after photo and notes what was not as promised."""

    def __init__(self, base: str, phone: Phone) -> None:
        self.done = self.resumed = 0
        self.faults: list[str] = []
        self._phone = phone
        self._home = f"/apply/{ITEM}/{phone.case}"
        self._http = httpx.AsyncClient(
            base_url=base,
            timeout=20,
            headers={"cookie": f"tongban_session={phone.cookie}", "x-csrf-token": phone.csrf},
        )

    async def run(self, *, over: asyncio.Event) -> None:
        """Send until it is ``over``; the last one is sent to its end."""
        try:
            while not over.is_set() and not self.faults:
                await self._one(photo())
                self.done += 1
        except GaveUp as given_up:
            self.faults.append(str(given_up))
        finally:
            await self._http.aclose()

    async def _one(self, content: bytes) -> None:
        place = await self._begun(content)
        at = 0
        while at < len(content):
            told = await self._sent(place, at, content[at : at + _PIECE])
            if told is None:
                there = await self._there(place)
                self.resumed += 1
                # What was told is there, and nothing that was never sent.
                if not at <= there <= at + _PIECE:
                    self.faults.append(f"{there} bytes are there after {at} were told and {_PIECE} more sent")
                    return
                told = there
            at = told
            await asyncio.sleep(_REST_SECONDS)
        await self._kept(place, content)

    async def _begun(self, content: bytes) -> str:
        told = [f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in _METADATA.items()]
        headers = {**_TUS, "upload-length": str(len(content)), "upload-metadata": ",".join(told)}
        answer = await self._asked("POST", f"{self._home}/uploads", 201, headers=headers)
        return str(answer.headers["location"])

    async def _sent(self, place: str, at: int, piece: bytes) -> int | None:
        """How much is there as it was told; None when nothing was."""
        headers = {**_TUS, "upload-offset": str(at), "content-type": "application/offset+octet-stream"}
        try:
            answer = await self._http.patch(place, headers=headers, content=piece)
        except httpx.TransportError:
            return None
        return int(answer.headers["upload-offset"]) if answer.status_code == 204 else None

    async def _there(self, place: str) -> int:
        return int((await self._asked("HEAD", place, 200, headers=_TUS)).headers["upload-offset"])

    async def _kept(self, place: str, content: bytes) -> None:
        """The form is sent, again until its page shows the file; then the file is read back and taken away."""
        upload = place.rsplit("/", 1)[-1]
        link = re.compile(rf"/my/cases/{self._phone.case}/files/([0-9a-f-]{{36}})")
        before = set(link.findall((await self._asked("GET", self._home, 200)).text))
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not (new := set(link.findall((await self._asked("GET", self._home, 200)).text)) - before):
            if time.monotonic() > give_up:
                raise GaveUp("a whole upload could not be kept")
            form = {"_csrf": self._phone.csrf, "_uploaded": f"{FIELD}:{upload}", "_go": f"upload:{FIELD}"}
            fields = {name: (None, value) for name, value in form.items()}
            try:
                await self._http.post(self._home, files=fields, follow_redirects=False)
            except httpx.TransportError:
                await asyncio.sleep(0.1)
        file = new.pop()
        back = await self._asked("GET", f"/my/cases/{self._phone.case}/files/{file}", 200)
        if hashlib.sha256(back.content).digest() != hashlib.sha256(content).digest():
            self.faults.append("what came back is not what was sent")
        form = {"_csrf": self._phone.csrf, "_go": f"drop:{FIELD}:{file}"}
        await self._asked("POST", self._home, None, files={name: (None, one) for name, one in form.items()})

    async def _asked(self, method: str, path: str, status: int | None, **more: object) -> httpx.Response:
        give_up = time.monotonic() + PATIENCE_SECONDS
        why = ""
        while time.monotonic() < give_up:
            try:
                answer = await self._http.request(method, path, **more)  # type: ignore[arg-type]
            except httpx.TransportError as lost:
                why = type(lost).__name__
            else:
                if answer.status_code == status or (status is None and answer.status_code < 400):
                    return answer
                why = f"{answer.status_code} {answer.text[:200]}"
            await asyncio.sleep(0.1)
        raise GaveUp(f"{method} {path}: {why}")


_METADATA = {"field": FIELD, "filename": "合同.jpg"}


def photo() -> bytes:
    """A photo of some 2 MB that no other is like."""
    picture = Image.frombytes("RGB", (900, 800), secrets.token_bytes(900 * 800 * 3))
    taken = BytesIO()
    picture.save(taken, "JPEG", quality=96)
    return taken.getvalue()


async def send(house: House, folder: Path, *, over: asyncio.Event) -> Uploads:
    """Phones send until it is ``over``, whatever is killed meanwhile; :func:`collected` comes after it."""
    place = folder / "phones.jsonl"
    await asyncio.to_thread(_inside, house, "--make", str(PHONES), "--file", str(place))
    phones = [msgspec.json.decode(line, type=Phone) for line in place.read_bytes().splitlines()]
    began = time.monotonic()
    senders = [Sender(house.base, phone) for phone in phones]
    await asyncio.gather(*(sender.run(over=over) for sender in senders))
    return Uploads(
        seconds=round(time.monotonic() - began, 1),
        done=sum(sender.done for sender in senders),
        resumed=sum(sender.resumed for sender in senders),
        collected=0,
        faults=[fault for sender in senders for fault in sender.faults],
    )


async def collected(house: House, sent: Uploads) -> Uploads:
    """The run with what was collected after it; nothing may be killed meanwhile."""
    with resting(house):  # what the worker is about to name must not count
        told = msgspec.json.decode(await asyncio.to_thread(_inside, house, "--collect"), type=Collected)
    left = [f"{told.left} pieces or drafts stay that nobody names"] if told.left else []
    return msgspec.structs.replace(sent, collected=told.gone, faults=[*sent.faults, *left])


def _inside(house: House, *args: str) -> bytes:
    """In a process of its own: it works with the house's keys, the caller keeps its own settings."""
    return subprocess.run(
        [sys.executable, "-m", "bench.sending", *args],
        cwd=HOME,
        env=house.environment | {"DATABASE_URL": house.dsn},
        stdout=subprocess.PIPE,
        check=True,
    ).stdout


async def made(count: int) -> list[Phone]:
    """Residents of the sandbox, each with a draft of the item and an open session."""
    db, now = await crowd.opened(), clock.now()
    phones = []
    async with httpx.AsyncClient(base_url=settings().sandbox_url, timeout=10) as sandbox:
        for _ in range(count):
            answer = await sandbox.post("/cast/take", json={"situation": "eligible_work", "by": "bench"})
            taken = answer.raise_for_status().json()
            person = identity.DemoPerson(taken["name"], taken["id_number"], taken["phone"])
            await identity.load_demo(db, [person], [], password=secrets.token_urlsafe(), now=now)
            actor = await identity.actor_of(db, kind="id_number", value=person.id_number)
            case = await cases.start(db, actor, item=ITEM, now=now)
            cookie = await crowd.session(db, actor, now=now)
            phones.append(Phone(case, cookie, keys.current().csrf(cookie.encode())))
    await db.close()
    return phones


async def collect() -> Collected:
    """Let a day pass over the store, and the collection over all its shards; tell what went and what it left."""
    db, now = await crowd.opened(), clock.now()
    root = shelf().root
    long_ago = time.time() - 2 * GRACE_SECONDS
    for path in root.rglob("*"):
        if path.is_file() and "incoming" not in path.parts:
            os.utime(path, (long_ago, long_ago))
    gone = await files.sweep()
    for turn in range(SHARDS):
        gone += await files.tidy(db, now=now + timedelta(seconds=turn * files.TIDY_EVERY_SECONDS))
    kept = [digest for shard in range(SHARDS) for digest in shelf().aged(shard, seconds=0.0)]
    left = len(await store.unnamed(db, kept)) + await files.sweep()
    await db.close()
    return Collected(gone, left)


def main() -> None:
    """The command line; the house's environment says which house."""
    parser = argparse.ArgumentParser(prog="python -m bench.sending", description=__doc__)
    parser.add_argument("--make", type=int, help="so many phones, a line each in the file")
    parser.add_argument("--collect", action="store_true", help="collect what nobody names; what went as JSON")
    parser.add_argument("--file", type=Path)
    given = parser.parse_args()
    if given.make and given.file:
        lines = asyncio.run(made(given.make))
        given.file.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    elif given.collect:
        sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(collect())))


if __name__ == "__main__":
    main()
