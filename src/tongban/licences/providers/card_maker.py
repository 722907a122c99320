"""The card maker 制证中心 over HTTP: batches go out, serials come back; every call is signed by our node."""

from __future__ import annotations

import hashlib
import re
import time
from base64 import b64encode
from typing import Any, Literal, Self
from uuid import UUID

import httpx
import msgspec

from tongban.kit import keys

TIMEOUT_SECONDS = 10.0
NODE = "node-310000"
_ORDER = re.compile(r"^/?orders/(\d+)\b")


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
        self._client = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def send(self, batch_id: UUID, *, item: str, orders: list[Ordered]) -> None:
        """Hand a batch over; the same again changes nothing. Raises MakerAway or OrdersRefused."""
        body = msgspec.json.encode({"batch_id": batch_id, "item": item, "orders": orders})
        answer = await self._call("POST", "/cards/v1/batches", body)
        if answer.status_code in {400, 422}:
            raise OrdersRefused(_refused(answer), f"{answer.status_code} {answer.text[:300]}")
        if answer.status_code != 202:
            raise MakerAway(f"{answer.status_code} {answer.text[:300]}")

    async def progress(self, batch_id: UUID) -> Made:
        """The cards of a batch so far. Raises MakerAway or BatchUnknown."""
        answer = await self._call("GET", f"/cards/v1/batches/{batch_id}", b"")
        if answer.status_code == 404:
            raise BatchUnknown(str(batch_id))
        if answer.status_code != 200:
            raise MakerAway(f"{answer.status_code} {answer.text[:300]}")
        try:
            return msgspec.json.decode(answer.content, type=Made)
        except msgspec.MsgspecError as strange:
            raise MakerAway(f"not readable: {strange}") from strange

    async def _call(self, method: str, path: str, body: bytes) -> httpx.Response:
        # The wall clock, not the house's: the other side compares it with its own.
        stamp = str(int(time.time()))
        signed = f"{method}\n{path}\n{stamp}\n{hashlib.sha256(body).hexdigest()}\n".encode()
        headers = {
            "content-type": "application/json",
            "tongban-node": NODE,
            "tongban-timestamp": stamp,
            "tongban-signature": b64encode(keys.current().sign("node", signed)).decode(),
        }
        try:
            return await self._client.request(method, path, content=body, headers=headers)
        except httpx.HTTPError as away:
            raise MakerAway(f"{type(away).__name__}: {away}") from away


def _refused(answer: httpx.Response) -> frozenset[int]:
    try:
        problem: Any = msgspec.json.decode(answer.content)
        pointers = problem.get("pointers") or problem.get("errors") or []
    except (msgspec.MsgspecError, AttributeError):
        return frozenset()
    places = (
        _ORDER.match(str(p.get("pointer", "") if isinstance(p, dict) else p).lstrip("#")) for p in pointers
    )
    return frozenset(int(place[1]) for place in places if place)
