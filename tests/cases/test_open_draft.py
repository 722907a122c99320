"""open_draft: once for an Idempotency-Key, however often and however many at once."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from tests import make
from tests.cast import Resident
from tongban import cases, catalogue
from tongban.cases.actions import Started
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.idempotency import KeyReused

KEY = "a-key-of-this-test"


async def opening(city: Database, who: Resident, key: str | None = KEY, item: str = make.ITEM) -> Started:
    return await cases.open_draft(city, who.actor, item=item, key=key, now=clock.now())


async def drafts(city: Database, who: Resident) -> list[UUID]:
    found = await cases.my_cases(city, who.actor, before=None, limit=50)
    return [line.case.id for line in found]


async def test_the_same_key_gives_the_same_answer(city: Database, owner: Resident) -> None:
    first = await opening(city, owner)
    assert first.created
    assert await opening(city, owner) == first
    assert await drafts(city, owner) == [first.case]
    assert len(await make.ledger(city, first.case, "cases.start")) == 1


async def test_another_key_is_given_the_case_that_lives(city: Database, owner: Resident) -> None:
    first = await opening(city, owner)
    other = await opening(city, owner, "another-key-of-this-test")
    assert other == Started(first.case, False)
    # And that answer is kept as well, also when the case is no draft any more.
    await cases.discard(city, owner.actor, case_id=first.case, now=clock.now())
    assert await opening(city, owner, "another-key-of-this-test") == other
    assert await opening(city, owner) == first
    third = await opening(city, owner, "a-third-key-of-this-test")
    assert third.created and third.case != first.case


async def test_a_key_belongs_to_one_body(city: Database, owner: Resident) -> None:
    await opening(city, owner)
    for item in ("residence_permit_points", "no_such_item"):
        with pytest.raises(KeyReused):
            await opening(city, owner, item=item)
    with pytest.raises(catalogue.NoSuchItem):
        await opening(city, owner, "another-key-of-this-test", "no_such_item")


async def test_a_key_belongs_to_one_caller(city: Database, owner: Resident, other: Resident) -> None:
    mine, hers = await opening(city, owner), await opening(city, other)
    assert mine.created and hers.created and mine.case != hers.case


@pytest.mark.parametrize("keys", ["one key", "a key each"])
async def test_twenty_at_once_open_one_draft(city: Database, owner: Resident, keys: str) -> None:
    ends: list[Any] = await asyncio.gather(
        *(opening(city, owner, KEY if keys == "one key" else f"{KEY}-{n}") for n in range(20))
    )
    assert len({one.case for one in ends}) == 1
    assert [one.created for one in ends].count(True) == (20 if keys == "one key" else 1)
    assert await drafts(city, owner) == [ends[0].case]
    assert len(await make.ledger(city, ends[0].case, "cases.start")) == 1
    assert await make.purposes(city, ends[0].case) == [("draft", True)]
    sheet = await cases.sheet(city, owner.actor, case_id=ends[0].case)
    assert sheet.answers["name"], "its registers were asked"


async def test_a_withdrawal_is_done_once_for_a_key(city: Database, owner: Resident) -> None:
    case_id = await make.submitted(city, owner)
    ends = await asyncio.gather(
        *(cases.withdraw(city, owner.actor, case_id=case_id, key=KEY, now=clock.now()) for _ in range(20))
    )
    assert {tuple(one.items()) for one in ends} == {(("case", str(case_id)), ("state", "withdrawn"))}
    assert [step["move"] for step in await make.steps(city, case_id)].count("withdraw") == 1
    assert await cases.withdraw(city, owner.actor, case_id=case_id, key=KEY, now=clock.now()) == ends[0]
    another = await make.submitted(city, owner)
    with pytest.raises(KeyReused):
        await cases.withdraw(city, owner.actor, case_id=another, key=KEY, now=clock.now())
    assert await make.state(city, another) == "submitted"
