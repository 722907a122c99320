"""Limits by what a person has already hold for those who ask many times at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from tests.cast import Resident
from tests.portal.test_requests import NOW, REQUEST
from tongban.kit import files
from tongban.kit.db import Database
from tongban.kit.files import partial
from tongban.kit.ids import new_id
from tongban.portal.actions import requesting
from tongban.portal.model import PROOF_MOST, WAITING_MOST, RequestsTooMany


async def at_once(*tries: Any) -> Sequence[Any]:
    """How each ends."""
    return await asyncio.gather(*tries, return_exceptions=True)


async def test_who_asks_many_times_at_once_gets_no_more(city: Database, owner: Resident) -> None:
    """Waiting requests, files with a request, uploads under way. How it can fail: write each with ``write``
    instead of ``write_in_turn``; two count the same rows then."""
    who = owner.actor.id
    assert who is not None

    def request(about: int) -> Any:
        new = msgspec.structs.replace(
            REQUEST,
            id=new_id(owner.actor.bucket),
            subject=who,
            about=str(about),
            purpose=new_id(owner.actor.bucket),
        )
        words = requesting._ASKED
        return requesting.put(city, owner.actor, new, basis="PIPL 46", told=words, now=NOW)

    asked = await at_once(*(request(one) for one in range(WAITING_MOST + 8)))
    assert sum(isinstance(one, UUID) for one in asked) == WAITING_MOST, asked
    assert sum(isinstance(one, RequestsTooMany) for one in asked) == 8, asked

    draft = new_id(owner.actor.bucket)

    def proof(number: int) -> Any:
        one = files.Received(
            digest=number.to_bytes(32), size=9, media_type="application/pdf", name=f"{number}.pdf", pages=1
        )
        return requesting.keep_proof(city, owner.actor, draft, [one], now=NOW)

    told = await at_once(*(proof(number) for number in range(PROOF_MOST + 5)))
    assert sum(one is None for one in told) == PROOF_MOST, told
    assert len(await requesting.proof_of(city, owner.actor, draft)) == PROOF_MOST

    def upload(number: int) -> Any:
        return files.begin_upload(
            city,
            subject=who,
            reference=draft,
            field="proof",
            name=f"{number}.pdf",
            size=1,
            wanted=files.Wanted(),
            now=NOW,
        )

    begun = await at_once(*(upload(number) for number in range(partial.OPEN_UPLOADS + 8)))
    assert sum(isinstance(one, files.Upload) for one in begun) == partial.OPEN_UPLOADS, begun
