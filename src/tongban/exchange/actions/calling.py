"""One signed call to a source over HTTP: waited for no longer than its resource says, behind its breaker."""

from __future__ import annotations

import asyncio
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import httpx
import msgspec
import structlog

from tongban.exchange.model import Breaker, Reached, Resource, Told
from tongban.kit.problem_title import title_of
from tongban.kit.signing import signature_headers
from tongban.settings import settings

log = structlog.get_logger("tongban.exchange")

#: An answer larger than this is none, and is not read to its end.
LARGEST = 1 << 20

_clients: WeakKeyDictionary[AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()
_breakers: dict[tuple[str, str], Breaker] = {}


async def call(
    resource: Resource,
    message: dict[str, Any],
    *,
    understood: Callable[[bytes], Told | None],
    path: str | None = None,
) -> Reached[Told]:
    """Ask ``resource`` and say what became of it; raises nothing of the network.

    ``understood`` gives what an answer tells, or None where it is none: then it is malformed, and the breaker
    counts it with the failures, since a source that talks nonsense is no more use than a silent one. A message is
    repeated once at once where a kept connection broke under it: its ``msg_id`` makes it one question.
    """
    breaker = _breaker_of(resource)
    begun = time.monotonic()
    if resource.state != "up" or not breaker.allows(begun):
        return Reached("open", 0, 0)
    reached = await _asked(resource, path or resource.path, msgspec.json.encode(message), begun, understood)
    if reached.outcome in ("timeout", "error", "malformed"):
        breaker.failed(time.monotonic(), begun=begun)
        log.warning("source does not answer", resource=resource.code, outcome=reached.outcome)
    else:
        breaker.succeeded(begun=begun)
    return reached


async def _asked(
    resource: Resource, path: str, body: bytes, begun: float, understood: Callable[[bytes], Told | None]
) -> Reached[Told]:
    def spent() -> int:
        return round((time.monotonic() - begun) * 1000)

    try:
        async with asyncio.timeout(resource.timeout_ms / 1000):
            status, content = await _posted(path, body)
    except (TimeoutError, httpx.TimeoutException):
        return Reached("timeout", spent(), 0)
    except httpx.HTTPError:
        return Reached("error", spent(), 0)
    size = len(content)
    if status >= 500:
        return Reached("error", spent(), size)
    if status >= 400:
        log.error("source rejects our call", resource=resource.code, status=status, title=title_of(content))
        return Reached("rejected", spent(), size)
    told = understood(content) if status == 200 and size <= LARGEST else None
    return Reached("malformed" if told is None else "found", spent(), size, told)


async def _posted(path: str, body: bytes) -> tuple[int, bytes]:
    try:
        return await _post_once(path, body)
    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
        return await _post_once(path, body)


async def _post_once(path: str, body: bytes) -> tuple[int, bytes]:
    """Status and body, of one that is too large no more than it takes to see that it is."""
    headers = {
        **signature_headers("POST", path, body, timestamp=int(time.time())),
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",  # what is counted is what comes: nothing unpacks to more
    }
    content = bytearray()
    async with _client().stream(
        "POST", settings().sandbox_url + path, content=body, headers=headers
    ) as answer:
        async for piece in answer.aiter_raw():
            content += piece
            if len(content) > LARGEST:
                break
    return answer.status_code, bytes(content)


def _client() -> httpx.AsyncClient:
    """One client a process: its connections stay open between calls."""
    loop = asyncio.get_running_loop()
    client = _clients.get(loop)
    if client is None:
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=30)
        # The resource's own limit is around the call; proxies of the environment are none of the exchange's.
        client = _clients[loop] = httpx.AsyncClient(timeout=None, limits=limits, trust_env=False)  # noqa: S113
    return client


def _breaker_of(resource: Resource) -> Breaker:
    return _breakers.setdefault((settings().sandbox_url, resource.code), Breaker())


def forget_breakers() -> None:
    """Close all breakers of this process: for tests, and for the doctor after a source came back."""
    _breakers.clear()
