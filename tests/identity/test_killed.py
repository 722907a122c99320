"""Killed between any two statements of an act, and asked again: all of it or nothing, and the repeat goes on.

Each attempt is a process of its own that dies before its next statement: the first before the first one, the second
before the second, until one gets through. What is in the middle of a statement PostgreSQL undoes by itself
(``test_merging``, ``test_reinstate_killed`` kill there).
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from tests.cases.holding_up import SO_MANY_WAIT, until
from tests.identity.conftest import LI, NOW, SECRET, WANG, Register, enrolled, last_code
from tests.identity.test_levels import shown_of
from tests.identity.test_powers import offer_to
from tests.identity.test_window import clerk
from tongban import identity
from tongban.identity import actions
from tongban.identity.actions import closing, window_recovering
from tongban.identity.model.closing import WAITING
from tongban.identity.model.powers import PowerUnknown
from tongban.kit.db import Database, connect
from tongban.kit.policy import Actor

Act = Callable[[Database], Awaitable[Any]]
#: More statements than any of these acts has.
MOST = 40
LATER = NOW + timedelta(minutes=5)


class Mortal(Database):
    """A handle whose process is killed before the statement after so many."""

    left = 0

    async def _do(self, *told: Any) -> Any:
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1
        return await super()._do(*told)


def _attempt(dsn: str, act: Act, statements: int) -> bool:
    """Fork a process that does it and dies before its next statement; whether it got through."""
    if child := os.fork():
        _, how = os.waitpid(child, 0)
        assert os.WIFSIGNALED(how) or os.WEXITSTATUS(how) == 0, "it broke instead of being killed"
        return not os.WIFSIGNALED(how)

    async def once() -> None:
        opened = await connect(dsn, size=1)
        db = Mortal(opened._connections)
        db.left = statements
        await act(db)

    code = 1
    try:
        asyncio.run(once())
        code = 0
    finally:
        os._exit(code)


async def killed_everywhere(dsn: str, act: Act, whole: Callable[[], Awaitable[bool]]) -> int:
    """Kill it between all its statements; after each kill ``whole`` says all or nothing, or fails. How many kills."""
    done = False
    for statements in range(MOST):
        through = _attempt(dsn, act, statements)
        now = await whole()
        assert now or not done, "what was done was undone"
        done = now
        if through:
            assert done
            return statements
    raise AssertionError("it never ends")


async def facts(db: Database, sql: str, *given: object) -> tuple[Any, ...]:
    row = await db.sibling().row(sql, *given)
    assert row is not None
    return tuple(row.values())


@pytest.mark.kill
async def test_an_offer_in_place_of_one_that_waits(db: Database, dsn: str, register: Register) -> None:
    """The one that waits ends in the write that makes the new one, whichever statement comes to nothing: its agent is
    never left without any. How it can fail (tried): end the old one in a write of its own before."""
    li = (await enrolled(db)).actor
    first = await actions.offer_power(db, li, offer_to(starts_at=NOW), now=NOW)

    async def whole() -> bool:
        rows = await db.sibling().rows("SELECT id, state FROM identity.power ORDER BY id = $1 DESC", first)
        states = [row["state"] for row in rows]
        assert states in (["offered"], ["superseded", "offered"]), states
        waits, ledger = await facts(
            db,
            """SELECT count(*), (SELECT count(*) FROM audit.ledger WHERE action = 'identity.supersede_power')
            FROM identity.power_waiting""",
        )
        assert (waits, ledger) == (len(states), len(states) - 1)
        return len(states) == 2

    async def act(at: Database) -> None:
        await actions.offer_power(at, li, offer_to(starts_at=NOW, most=100), now=LATER)

    assert await killed_everywhere(dsn, act, whole) >= 2


@pytest.mark.kill
async def test_the_closing_of_an_account(db: Database, dsn: str, register: Register) -> None:
    """With a power on each side of it: whoever closes ends them first, and a closing that was broken off goes on."""
    li, wang = (await enrolled(db)).actor, (await enrolled(db, WANG)).actor
    at = NOW + timedelta(days=1)
    given = await actions.offer_power(db, li, offer_to(starts_at=NOW, until=NOW + WAITING * 3), now=at)
    held = offer_to(paper=LI.paper, name=LI.name, starts_at=NOW, until=NOW + WAITING * 3)
    taken = await actions.offer_power(db, wang, held, now=at)
    await actions.answer_power(db, wang, power_id=given, accept=True, now=at)
    await actions.answer_power(db, li, power_id=taken, accept=True, now=at)
    assert li.id is not None
    who = li.id
    await closing.ask_closing(db, li, password=SECRET, now=NOW)
    await db.run("UPDATE kit.session SET ends_at = $1", NOW + WAITING + timedelta(hours=1))

    async def whole() -> bool:
        found = await facts(
            db,
            """SELECT a.closed_at IS NOT NULL, a.password = '', i.n = 0, s.n = 0, c.n = 0, k.n = 0
            FROM identity.account a,
                (SELECT count(*) AS n FROM identity.id_index WHERE account = $1) i,
                (SELECT count(*) AS n FROM kit.session WHERE actor = $1 AND ends_at > $2) s,
                (SELECT count(*) AS n FROM identity.closing) c,
                (SELECT count(*) AS n FROM identity.consent WHERE subject = $1 AND withdrawn_at IS NULL) k
            WHERE a.id = $1""",
            *(who, NOW + WAITING),
        )
        assert len(set(found)) == 1, found
        living = "SELECT count(*) = 0 FROM identity.power WHERE state IN ('offered', 'standing')"
        assert not found[0] or (await facts(db, living))[0], "closed, and somebody acts for her still"
        return bool(found[0])

    kills = await killed_everywhere(
        dsn, lambda mine: closing.close_account(mine, who, keep_name=False, now=NOW + WAITING), whole
    )
    assert kills >= 5
    noted = "SELECT count(*) FROM audit.ledger WHERE action = 'identity.closed_account'"
    assert await facts(db, noted) == (1,)


@pytest.mark.kill
async def test_the_hand_over_of_a_phone(db: Database, dsn: str, register: Register) -> None:
    """Whoever enrols with a phone of somebody else's takes it whole: one account has it, and its former owner is
    told."""
    li = (await enrolled(db)).actor
    hers = msgspec.structs.replace(WANG, phone=LI.phone)
    register.people[WANG.id_number] = hers
    step = await identity.enrol(db, hers, now=LATER)
    code = await last_code(db, LI.phone)

    async def whole() -> bool:
        found = await facts(
            db,
            """SELECT a.n = 2, l.n = 1, m.n = 1, s.n = 0,
                (SELECT account FROM identity.id_index WHERE kind = 'phone') <> $1
            FROM (SELECT count(*) AS n FROM identity.account WHERE closed_at IS NULL) a,
                (SELECT count(*) AS n FROM audit.ledger WHERE action = 'identity.lose_phone') l,
                (SELECT count(*) AS n FROM notices.inbox WHERE recipient = $1) m,
                (SELECT count(*) AS n FROM kit.session WHERE actor = $1 AND ends_at > $2) s""",
            *(li.id, LATER),
        )
        assert len(set(found)) == 1, found
        assert li.id is not None
        assert (await identity.person(db.sibling(), li.id)).phone == ("" if found[0] else LI.phone)
        return bool(found[0])

    async def hand_over(mine: Database) -> None:
        await identity.finish_enrolment(mine, step=step, code=code, now=LATER)

    await killed_everywhere(dsn, hand_over, whole)


@pytest.mark.kill
async def test_a_recovery_at_a_window(db: Database, dsn: str, register: Register) -> None:
    li, officer = (await enrolled(db)).actor, await clerk(db)
    new = "13900005001"
    register.people[LI.id_number] = msgspec.structs.replace(LI, phone=new)
    recovery = await window_recovering.begin_recovery(db, officer, seen=shown_of(LI), phone=new, now=LATER)
    code = await last_code(db, new)

    async def whole() -> bool:
        found = await facts(
            db,
            """SELECT r.done_at IS NOT NULL, s.n = 0, c.n = 0, l.n = 1
            FROM identity.window_recovery r,
                (SELECT count(*) AS n FROM kit.session WHERE actor = $1 AND ends_at > $2) s,
                (SELECT count(*) AS n FROM identity.code WHERE account = $1 AND used_at IS NULL) c,
                (SELECT count(*) AS n FROM audit.ledger WHERE action = 'identity.recover_at_window') l""",
            *(li.id, LATER),
        )
        assert len(set(found)) == 1, found
        assert li.id is not None
        assert (await identity.person(db.sibling(), li.id)).phone == (new if found[0] else LI.phone)
        return bool(found[0])

    async def finish(mine: Database) -> None:
        await window_recovering.finish_recovery(mine, officer, recovery=recovery, code=code, now=LATER)

    await killed_everywhere(dsn, finish, whole)


async def test_a_power_accepted_while_its_giver_closes(db: Database, dsn: str, register: Register) -> None:
    """Whichever is first: nobody acts for a closed account, nor is told that she may. How it can fail (tried): let the
    closing end what it read as offered only where that still waits."""
    wang = (await enrolled(db, WANG)).actor
    li = (await enrolled(db)).actor
    assert li.id is not None
    at = NOW + timedelta(minutes=1)
    power = await actions.offer_power(db, li, offer_to(starts_at=NOW, until=NOW + WAITING * 3), now=at)
    await closing.ask_closing(db, li, password=SECRET, now=NOW)
    due = NOW + WAITING
    holder = await asyncpg.connect(dsn)
    try:
        # Whoever closes has read that it waits, and is held at the row; she accepts before it is let go.
        await holder.execute("BEGIN")
        await holder.execute("SELECT FROM identity.power FOR UPDATE")
        accepting = asyncio.create_task(_accept(db.sibling(), wang, power))
        await until(db, SO_MANY_WAIT, 1)
        closes = asyncio.create_task(closing.close_account(db.sibling(), li.id, keep_name=False, now=due))
        await until(db, SO_MANY_WAIT, 2)
        await holder.execute("COMMIT")
    finally:
        await holder.close()
    await accepting
    assert await closes
    assert await facts(db, "SELECT state FROM identity.power WHERE id = $1", power) == ("taken_back",)
    with pytest.raises(PowerUnknown):
        await actions.offer_power(db, li, offer_to(starts_at=NOW, until=due + WAITING), now=due)


async def _accept(db: Database, who: Actor, power: UUID) -> None:
    await actions.answer_power(db, who, power_id=power, accept=True, now=NOW + timedelta(hours=1))
