"""Eight residents' browsers at once: each submits draft after draft and trusts only what it was told.

A client posts the form of the check page and takes the redirect for an acknowledgement; every fourth time it opens
that page and the next one as well, otherwise it has had the form open already. What it was told is appended to its
own log before it goes on. Where nothing or an error was told it posts the same form with the same key again, as a
person does who presses the button once more.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO
from uuid import UUID

import httpx
import msgspec

from bench.crowd import Draft

CLIENTS = 8
#: How long one submit may be repeated before the client gives it up, which no bench forgives.
PATIENCE_SECONDS = 60.0
#: Pages are dear beside a submit; the load is to be of submits.
PAGES_EVERY = 4
_KEY = re.compile(r'name="_key" value="([^"]+)"')
_TOKEN = re.compile(r'name="_csrf" value="([^"]+)"')


class Acknowledged(msgspec.Struct, frozen=True):
    """A line of a client's log: the house has told that this case is submitted."""

    case: UUID
    at: float
    seconds: float


class GaveUp(Exception):  # noqa: N818 - a verdict
    """Nothing was told within the client's patience, or something that no repetition mends."""


class Client:
    """One browser: its own connection, its own log."""

    def __init__(self, base: str, drafts: Iterator[Draft], log: Path) -> None:
        self.log = log
        self.refused: list[str] = []
        self._drafts = drafts
        self._http = httpx.AsyncClient(base_url=base, timeout=10, limits=httpx.Limits(max_connections=2))

    async def run(self, *, until: float, per_second: float) -> None:
        """Submit until ``until`` (monotonic). Behind its pace it hurries, so outages are caught up with."""
        began, done = time.monotonic(), 0
        try:
            with self.log.open("a", encoding="utf-8") as log:
                while time.monotonic() < until:
                    await asyncio.sleep(max(0.0, began + done / per_second - time.monotonic()))
                    draft = next(self._drafts, None)
                    if draft is None:
                        self.refused.append("no drafts left")
                        return
                    await self._one(draft, log, pages=done % PAGES_EVERY == 0)
                    done += 1
        finally:
            await self._http.aclose()

    async def _one(self, draft: Draft, log: IO[str], *, pages: bool) -> None:
        began = time.monotonic()
        give_up = began + PATIENCE_SECONDS
        try:
            form = (
                await self._form(draft, give_up) if pages else _form_of(draft.csrf, secrets.token_urlsafe(18))
            )
            page = await self._submit(draft, form, give_up)
        except GaveUp as refusal:
            self.refused.append(f"{draft.case}: {refusal}")
            return
        line = Acknowledged(draft.case, time.time(), time.monotonic() - began)
        log.write(msgspec.json.encode(line).decode() + "\n")
        log.flush()
        if pages:
            with suppress(GaveUp):  # the acknowledgement was the redirect; what follows is only looked at
                await self._ask("GET", page, draft, give_up=time.monotonic() + PATIENCE_SECONDS)

    async def _form(self, draft: Draft, give_up: float) -> dict[str, str]:
        """The form as the check page offers it."""
        check = await self._ask("GET", f"{draft.path}/check", draft, give_up=give_up)
        key, token = _KEY.search(check.text), _TOKEN.search(check.text)
        if key is None or token is None:
            raise GaveUp(f"check page {check.status_code} without its form")
        return _form_of(token[1], key[1])

    async def _submit(self, draft: Draft, form: dict[str, str], give_up: float) -> str:
        """Post until it is told; gives the page that the redirect names."""
        while True:
            answer = await self._ask(
                "POST", f"{draft.path}/submit", draft, give_up=give_up, form=form, tries=1
            )
            if answer.status_code == 303:
                return str(answer.headers["location"])
            if answer.status_code < 500 and answer.status_code != 409:
                raise GaveUp(f"submit answered {answer.status_code}")
            await self._rest(give_up, f"submit answered {answer.status_code}")

    async def _ask(
        self,
        method: str,
        path: str,
        draft: Draft,
        *,
        give_up: float,
        form: dict[str, str] | None = None,
        tries: int = 1_000_000,
    ) -> httpx.Response:
        """One request; a lost connection or a 5xx is asked again, the latter not beyond ``tries``."""
        cookies = {"cookie": f"tongban_session={draft.cookie}"}
        while True:
            try:
                answer = await self._http.request(method, path, data=form, headers=cookies)
            except httpx.TransportError as lost:
                why = type(lost).__name__
            else:
                tries -= 1
                if answer.status_code < 500 or tries <= 0:
                    return answer
                why = str(answer.status_code)
            await self._rest(give_up, f"{method} {why}")

    async def _rest(self, give_up: float, why: str) -> None:
        if time.monotonic() > give_up:
            raise GaveUp(f"not within {PATIENCE_SECONDS:.0f} s, last {why}")
        await asyncio.sleep(0.1)


def _form_of(token: str, key: str) -> dict[str, str]:
    return {"_csrf": token, "_key": key}


def acknowledged(logs: list[Path]) -> list[Acknowledged]:
    """What all clients were told, from their own logs."""
    return [
        msgspec.json.decode(line, type=Acknowledged) for log in logs for line in log.read_bytes().splitlines()
    ]
