"""The credit register 公共信用信息平台 over HTTP, signed: entries and their removal, once by their id; what stands."""

from __future__ import annotations

import asyncio
import time
from datetime import date
from uuid import UUID
from weakref import WeakKeyDictionary

import httpx
import msgspec

from tongban.kit.outbox import RefusedForGood
from tongban.kit.problem_title import title_of
from tongban.kit.signing import signature_headers

TIMEOUT_SECONDS = 5.0
ENTRIES, REMOVALS, QUERIES = "/credit/v1/entries", "/credit/v1/removals", "/credit/v1/query"
#: Answers about the entry itself; any other but 201 is an outage, which passes.
REFUSED = frozenset({400, 409, 410, 413, 415, 422})

#: One client an event loop: its connections stay open between entries and never cross loops.
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()


class CreditAway(Exception):  # noqa: N818 - named for what it is
    """The register did not take the entry; it is sent again."""


class CreditRefused(RefusedForGood):
    """The register will never take the entry."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Who broke a promise, before which organ, in which matter, and until when that stands."""

    entry_id: UUID
    subject_kind: str
    subject_number: str
    kind: str = "commitment_broken"
    organ: str
    matter: str
    decided_on: date
    until: date


class Standing(msgspec.Struct, frozen=True):
    """An entry that stands: which organ made it, about what, until when."""

    organ: str
    matter: str
    until: date


class _Stands(msgspec.Struct, frozen=True):
    entries: list[Standing]


def _client() -> httpx.AsyncClient:
    loop = asyncio.get_running_loop()
    client = _clients.get(loop)
    if client is None:
        client = _clients[loop] = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)
    return client


async def enter(url: str, entry: Entry) -> None:
    """Hand one entry to the register at ``url``; raises CreditAway when it did not take it, CreditRefused when it never
    will."""
    answer = await _called(url, ENTRIES, msgspec.json.encode(entry))
    if answer.status_code in REFUSED:
        title = title_of(answer.content)
        raise CreditRefused(f"the register answered {answer.status_code}" + (f" ({title})" if title else ""))
    if answer.status_code != 201:
        raise CreditAway(f"the register answered {answer.status_code}")


async def lift(url: str, entry_id: UUID) -> None:
    """Have an entry taken out of the register 信用修复; one that is gone is gone. Raises as :func:`enter`."""
    answer = await _called(url, REMOVALS, msgspec.json.encode({"entry_id": entry_id}))
    if answer.status_code in REFUSED:
        raise CreditRefused(f"the register answered {answer.status_code}")
    if answer.status_code != 200:
        raise CreditAway(f"the register answered {answer.status_code}")


async def standing(url: str, number: str, *, on: date) -> list[Standing]:
    """What stands against somebody on a day, by the number of her paper or of the firm; raises CreditAway."""
    answer = await _called(url, QUERIES, msgspec.json.encode({"subject_number": number, "on": on}))
    if answer.status_code != 200:
        raise CreditAway(f"the register answered {answer.status_code}")
    try:
        return msgspec.json.decode(answer.content, type=_Stands).entries
    except msgspec.MsgspecError as garbled:
        raise CreditAway("the register's answer cannot be read") from garbled


async def _called(url: str, path: str, body: bytes) -> httpx.Response:
    headers = {
        "content-type": "application/json",
        **signature_headers("POST", path, body, timestamp=int(time.time())),
    }
    try:
        return await _client().post(f"{url}{path}", content=body, headers=headers)
    except httpx.HTTPError as away:
        raise CreditAway(type(away).__name__) from away
