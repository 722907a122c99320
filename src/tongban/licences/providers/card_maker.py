"""The card maker 制证中心 over HTTP: batches go out, serials come back; every call is signed by our node."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any, Literal, Self
from uuid import UUID

import httpx
import msgspec

from tongban.kit.signing import signature_headers

#: How long one answer is waited for, all in all.
TIMEOUT_SECONDS = 10.0
_ORDER = re.compile(r"#/orders/(\d+)/")


class Ordered(msgspec.Struct, frozen=True):
    """One order as the card maker reads it. Sent twice it is one card: ``order_id`` is its key."""

    order_id: UUID
    holder_name: str
    id_number: str
    licence_type: str
    district: str
    address: str


class Card(msgspec.Struct, frozen=True):
    """A card that is made: its order and the serial printed on it."""

    order_id: UUID
    serial: str


class Made(msgspec.Struct, frozen=True):
    """How far a batch is, and its cards so far."""

    state: Literal["making", "done"]
    cards: list[Card]


class MakerAway(Exception):  # noqa: N818 - it is away, not at fault
    """The card maker did not answer, or not in its own words; the batch is tried again."""


class BatchUnknown(Exception):  # noqa: N818 - named as the answer
    """The card maker has no such batch."""


class OrdersRefused(Exception):  # noqa: N818 - named as the answer
    """The card maker will never make some orders; ``places`` are their positions in the batch."""

    def __init__(self, places: frozenset[int], detail: str) -> None:
        super().__init__(detail)
        self.places = places


class CardMaker:
    """One card maker at ``url``; an open client that lives as long as a round of work."""

    def __init__(self, url: str) -> None:
        # The limit is around each call: httpx would count every step of one anew, and outlast a lease.
        self._client = httpx.AsyncClient(base_url=url, timeout=None, trust_env=False)  # noqa: S113

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def send(self, batch_id: UUID, *, item: str, orders: list[Ordered]) -> None:
        """Hand a batch over; the same again changes nothing. Raises MakerAway or OrdersRefused."""
        body = msgspec.json.encode({"batch_id": batch_id, "item": item, "orders": orders})
        answer = await self._call("POST", "/cards/v1/batches", body)
        if answer.status_code in {400, 422}:
            places, pointers = _refused(answer)
            raise OrdersRefused(places, f"{answer.status_code}: {', '.join(pointers)}")
        if answer.status_code != 202:
            raise MakerAway(f"the card maker answered {answer.status_code}")

    async def progress(self, batch_id: UUID) -> Made:
        """The cards of a batch so far. Raises MakerAway or BatchUnknown."""
        answer = await self._call("GET", f"/cards/v1/batches/{batch_id}", b"")
        if answer.status_code == 404:
            raise BatchUnknown(str(batch_id))
        if answer.status_code != 200:
            raise MakerAway(f"the card maker answered {answer.status_code}")
        try:
            return msgspec.json.decode(answer.content, type=Made)
        except msgspec.MsgspecError as strange:
            raise MakerAway("the answer is not readable") from strange

    async def _call(self, method: str, path: str, body: bytes) -> httpx.Response:
        # The wall clock, not the house's: the other side compares it with its own.
        signed = signature_headers(method, path, body, timestamp=int(time.time()))
        headers = {"content-type": "application/json", **signed}
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await self._client.request(method, path, content=body, headers=headers)
        except (TimeoutError, httpx.HTTPError) as away:
            raise MakerAway(type(away).__name__) from away


def _refused(answer: httpx.Response) -> tuple[frozenset[int], list[str]]:
    """Which orders were refused, and the fields at fault. The answer's words may repeat names: they stay out."""
    try:
        problem: Any = msgspec.json.decode(answer.content)
        pointers = [str(error["pointer"]) for error in problem["errors"]]
    except (msgspec.MsgspecError, KeyError, TypeError):
        return frozenset(), []
    places = (_ORDER.match(pointer) for pointer in pointers)
    return frozenset(int(place[1]) for place in places if place), pointers
