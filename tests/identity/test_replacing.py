"""A power given anew: the offer ends nothing, its acceptance ends the one that stood, and exactly one stands."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.identity.conftest import WANG, enrolled
from tests.identity.test_powers import NOW, li, offer_to, session_of, standing, wang  # noqa: F401 - fixtures
from tongban import notices
from tongban.identity import actions
from tongban.identity.model.powers import PowerOver
from tongban.kit.acting import Errand
from tongban.kit.db import Database, connect
from tongban.kit.policy import Actor

pytestmark = pytest.mark.usefixtures("register")

LESS = frozenset({Errand.FOLLOW})
LEAST = frozenset({Errand.APPLY})


async def states(db: Database) -> list[str]:
    """How each power stands, the oldest first."""
    return [row["state"] for row in await db.rows("SELECT state FROM identity.power ORDER BY offered_at, id")]


async def told(db: Database, who: Actor) -> list[str]:
    """The titles of what somebody was told, the newest first."""
    assert who.id is not None
    return [one.title.zh for one in await notices.inbox(db, who.id, before=None, limit=9)]


async def offered(db: Database, li: Actor, after: int = 1, **more: object) -> UUID:  # noqa: F811
    """Li offers Wang another power of the same kind, so many seconds later."""
    return await actions.offer_power(
        db, li, offer_to(errands=LESS) if not more else offer_to(**more), now=_at(after)
    )


def _at(seconds: int) -> Any:
    return NOW + timedelta(seconds=seconds)


async def test_only_what_is_accepted_takes_the_place_of_the_old(db: Database, li: Actor, wang: Actor) -> None:  # noqa: F811
    """The old one stands while the new waits, and where it is declined, taken back or lapses; acceptance ends it.

    How it can fail (tried): end what stands when the new one is offered; leave the old standing when it is accepted.
    """
    old = await standing(db, li, wang)
    acting = await actions.switch(db, await session_of(db, wang), power_id=old, now=NOW)
    assert acting.actor.id == li.id

    declined = await offered(db, li, 1)
    assert [
        one.id
        for one in await actions.replaced_by(db, await actions.power(db, li, power_id=declined), now=NOW)
    ] == [old]
    await actions.answer_power(db, wang, power_id=declined, accept=False, now=_at(1))
    await actions.revoke_power(db, li, power_id=await offered(db, li, 2), now=_at(2))
    await offered(db, li, 3)
    twice = await offered(db, li, 4, errands=LEAST)
    await actions.expire_powers(db, now=NOW + timedelta(days=30, seconds=-1))
    assert await states(db) == ["standing", "declined", "taken_back", "superseded", "offered"]
    assert await db.value("SELECT power_ended FROM kit.session WHERE power = $1", old) is None
    assert not any("原授权" in one for one in (*await told(db, li), *await told(db, wang)))

    await actions.answer_power(db, wang, power_id=twice, accept=True, now=_at(5))
    await actions.answer_power(db, wang, power_id=twice, accept=True, now=_at(6))
    assert await states(db) == ["superseded", "declined", "taken_back", "superseded", "standing"]
    assert await db.value("SELECT power_ended FROM kit.session WHERE power = $1", old) == "superseded"
    rows = await db.rows(
        """SELECT subject, detail ->> 'replaced_by' AS by FROM audit.ledger
        WHERE action = 'identity.supersede_power' AND reference = $1""",
        str(old),
    )
    assert {(row["subject"], row["by"]) for row in rows} == {(li.id, str(twice)), (wang.id, str(twice))}
    for who in (li, wang):
        assert sum("原授权已由新的代替" in one for one in await told(db, who)) == 1
    with pytest.raises(PowerOver):
        await actions.switch(db, await session_of(db, wang), power_id=old, now=_at(7))


async def test_what_ran_out_is_not_said_to_be_replaced(db: Database, li: Actor, wang: Actor) -> None:  # noqa: F811
    """How it can fail (tried): write ``superseded`` whatever the last day was."""
    await standing(db, li, wang, until=NOW + timedelta(hours=1))
    new = await offered(db, li, 2)
    await actions.answer_power(db, wang, power_id=new, accept=True, now=NOW + timedelta(hours=2))
    assert await states(db) == ["expired", "standing"]
    assert not any("原授权" in one for one in await told(db, li))


async def test_whoever_waits_for_an_account_finds_the_newest_offer(db: Database, li: Actor) -> None:  # noqa: F811
    """How it can fail (tried): bind what was replaced meanwhile to who enrols, and tell her of it."""
    await offered(db, li, 1)
    newest = await offered(db, li, 2, errands=LEAST)
    late = (await enrolled(db, WANG, now=NOW)).actor
    assert late.id is not None
    await actions.bind_powers(db, person=late.id, now=NOW)
    assert [one.id for one in (await actions.powers_of(db, late, now=_at(3))).offers] == [newest]
    assert len(await told(db, late)) == 1


async def test_in_parallel_exactly_one_stands(db: Database, dsn: str, li: Actor, wang: Actor) -> None:  # noqa: F811
    """Accepted twice, accepted while its giver takes it or the old one back, two offers accepted at once: by whichever
    of her papers the agent was named.

    How it can fail: drop the index ``power_standing_agent``, or look once only at what stands.
    """
    other = await connect(dsn, size=2)
    try:
        for turn in range(3):
            await _races([db.sibling(), other], li, wang, turn)
    finally:
        await other.close()


async def _races(pools: list[Database], li: Actor, wang: Actor, turn: int) -> None:  # noqa: F811
    db, other = pools
    base = turn * 100

    async def accept(at: Database, power: UUID) -> None:
        await actions.answer_power(at, wang, power_id=power, accept=True, now=_at(base + 50))

    async def together(*acts: Any) -> list[Any]:
        ended = await asyncio.gather(*acts, return_exceptions=True)
        assert all(isinstance(one, PowerOver | bool | None) for one in ended), ended
        return ended

    first = await offered(db, li, base + 1)
    assert await together(accept(db, first), accept(other, first)) == [None, None]
    assert (await states(db)).count("standing") == 1

    second = await offered(db, li, base + 2, errands=LEAST)
    revoked = actions.revoke_power(other, li, power_id=second, now=_at(base + 50))
    refused = sum(isinstance(one, PowerOver) for one in await together(accept(db, second), revoked))
    # Where it was accepted whole before she looked, she takes back what stands: nobody is refused, and nothing stands.
    assert (await states(db)).count("standing") == refused
    if not refused:
        await accept(db, await offered(db, li, base + 2, errands=LEAST))

    third = await offered(db, li, base + 3, most=100)
    (stands,) = await db.rows("SELECT id FROM identity.power WHERE state = 'standing'")
    revoked = actions.revoke_power(other, li, power_id=stands["id"], now=_at(base + 50))
    assert (await together(accept(db, third), revoked))[0] is None
    assert (await states(db)).count("standing") == 1

    # Two papers of one agent find her account: two offers wait, of which either may be the last that is accepted.
    fourth = await offered(db, li, base + 4, most=200)
    await db.run(
        "UPDATE identity.power SET agent_hash = $2 WHERE id = $1", fourth, b"another paper %d" % turn
    )
    fifth = await offered(db, li, base + 5, most=300)
    assert await together(accept(db, fourth), accept(other, fifth)) == [None, None]
    assert (await states(db)).count("standing") == 1


async def test_what_another_paper_named_is_found_by_her_account(db: Database, li: Actor, wang: Actor) -> None:  # noqa: F811
    """How it can fail (tried): look for what stands by the hash of the paper alone."""
    old = await standing(db, li, wang)
    await db.run("UPDATE identity.power SET agent_hash = $2 WHERE id = $1", old, b"another paper")
    new = await offered(db, li, 1)
    await actions.answer_power(db, wang, power_id=new, accept=True, now=_at(2))
    assert await states(db) == ["superseded", "standing"]
