"""A new look-up key: one person stays one account and is found all the time, though the turning is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from bench.statements import Recording

from tests.cases.holding_up import held_up, until
from tests.cases.test_rekeying import WAITING, own_keys
from tests.identity.conftest import CHAN, LI, NOW, SECRET, WANG, WEBER, Register, enrolled, last_code
from tests.identity.test_duplicates import LATER, PASSPORT
from tests.identity.test_powers import offer_to
from tests.journeys.test_plans import _generic_plan as generic_plan
from tests.journeys.test_plans import _scans as scans
from tongban import identity, respelling
from tongban.identity import actions
from tongban.identity.actions import duplicates
from tongban.identity.model.duplicates import EnrolledByOtherPaper
from tongban.identity.model.hashes import number_hash, spellings
from tongban.identity.model.refusals import WrongPassword
from tongban.identity.model.typed import Typed
from tongban.identity.store import accounts as store
from tongban.identity.store import recovering
from tongban.kit import keys
from tongban.kit.db import Database, write
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.keys import renewing
from tongban.rekeying import StillUsed

__all__ = ["own_keys"]
pytestmark = [pytest.mark.kill, pytest.mark.timeout(180)]
ROW = new_id(7)
_ticks = count(1)


def tick() -> datetime:
    """Later than before, by more than any limit of text messages looks back on."""
    return NOW + timedelta(hours=5 * next(_ticks))


@pytest.fixture
def older_keys(own_keys: Path) -> Path:
    """The keys of an installation that is older than look-up keys: people are found by plain hashes."""
    for path in (own_keys / "keys").glob("lookup.*"):
        path.unlink()
    keys.ensure(own_keys)
    keys.current.cache_clear()
    return own_keys


async def logs_in(db: Database, one: Typed) -> bool:
    """Whether number and phone find her: the password is looked at, and the code goes out."""
    for account in (one.id_number, one.phone):
        if not await identity.check_password(db, "log_in", account=account, password=SECRET, now=tick()):
            return False
    return True


async def refused(db: Database, one: Typed) -> str:
    """Why she gets no second account."""
    with pytest.raises((identity.AlreadyEnrolled, EnrolledByOtherPaper)) as second:
        await enrolled(db, one, now=tick())
    return type(second.value).__name__


async def accounts(db: Database, one: Typed) -> int:
    return int(
        await db.sibling().value(
            "SELECT count(DISTINCT account) FROM identity.id_index WHERE hash = ANY($1)",
            spellings(identity.paper_hash(one.paper), number_hash("phone", one.phone)),
        )
    )


async def places(db: Database, data: Path) -> dict[int, dict[str, int]]:
    return {one.id: one.places for one in await respelling.listed(db, data)}


def grown_old(data: Path, number: int) -> None:
    """The key was made two days ago: what was under way without it is over."""
    path = data / "keys" / f"lookup.{number}.key"
    at = NOW.timestamp() - 2 * 86400
    os.utime(path, (at, at))


async def killed_in_the_middle(db: Database, dsn: str) -> None:
    """Start to turn and kill it where it writes what waits for a number: the index is done, cases are not."""
    async with held_up(dsn, "SELECT 1 FROM identity.power_waiting FOR UPDATE") as other:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "tongban", "keys", "index", "rotate", "--rest", "0"),
            env=os.environ | {"DATABASE_URL": dsn},
            start_new_session=True,
            stdout=asyncio.subprocess.DEVNULL,
        )
        try:
            await until(db.sibling(), WAITING, other)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def turn(db: Database, data: Path) -> None:
    await respelling.rotate(db, data, rest=0, progress=lambda _: None, now=NOW)


async def rows_of_other_rooms(db: Database, who: UUID) -> None:
    """A row of each table that nobody here comes by; numbers of nobody, whose plaintext is kept nowhere."""
    one, two = number_hash("id_number", "one"), number_hash("id_number", "two")
    await db.run(
        """INSERT INTO identity.alias (bucket, id, from_id, to_id, hashes, proof, by, at)
        VALUES ($1, $2, $2, $3, $4, 'codes', $3, $5)""",
        *(bucket_of(ROW), ROW, who, [one, two], NOW),
    )
    await db.run(
        """INSERT INTO identity.paper_dispute (bucket, id, account, account_bucket, paper_kind, paper_country, id_hash,
            found, at, state, decided_at) VALUES ($1, $2, $3, $4, '111', '', $5, $6, $7, 'two', $7)""",
        *(bucket_of(ROW), ROW, who, bucket_of(who), one, [two], NOW),
    )
    await db.run("INSERT INTO cases.party_index (hash, case_id) VALUES ($1, $2)", one, ROW)
    await db.run(
        """INSERT INTO cases.number_index (short_code, number, applicant, case_id, holder_proof)
        VALUES ($1, $1, $2, $2, $3)""",
        *("s", ROW, one),
    )
    await db.run(
        """INSERT INTO cases."case" (bucket, id, applicant, item, item_version, state, version, opened_at, purpose,
            applicant_masked, answers, facts, joint)
        VALUES ($1, $2, $3, 'i', 1, 'draft', 1, $4, $2, '', '{}', '{}', $5)""",
        *(bucket_of(ROW), ROW, who, NOW, {"round": 1, "signers": [{"hash": two.hex()}, {"role": "x"}]}),
    )


async def with_both_keys(db: Database, begun: str, code: str) -> None:
    """While both keys are known: whoever was enrolled by either, or by the old one alone, is one person."""
    assert await logs_in(db, LI)
    with pytest.raises(EnrolledByOtherPaper) as known:
        await enrolled(db, PASSPORT, now=(at := tick()))
    owner = await identity.actor_of(db, kind="phone", value=LI.phone)
    await duplicates.add_paper(db, owner, step=known.value.step, now=at)
    assert len(await duplicates.own_papers(db, owner)) == 1, "her paper in another spelling is no other one"
    await identity.finish_enrolment(db, step=begun, code=code, now=NOW)
    assert await refused(db, WEBER) == "AlreadyEnrolled"
    (weber,) = (await identity.found(db, [identity.paper_hash(WEBER.paper)])).values()
    again = store.indexing_phone(
        number_hash("phone", WEBER.phone), now=NOW
    )  # the entry of before and a new one
    assert await write(db, store.standing(weber), again)
    twice = []
    for _ in range(2):
        at = tick()
        twice.append((await identity.enrol(db, WANG, now=at), await last_code(db, WANG.phone), at))
    ends: list[Any] = await asyncio.gather(
        *(identity.finish_enrolment(db, step=step, code=sent, now=at) for step, sent, at in twice),
        return_exceptions=True,
    )
    assert sum(isinstance(end, identity.Opened) for end in ends) == 1


async def halfway(db: Database, data: Path) -> None:
    """The index is turned, cases are not: everybody is found, and the old key may not go."""
    left = (await places(db, data))[0]
    assert "identity.id_index" not in left
    assert left["cases.case"] == 1
    for one in (LI, WANG, WEBER):
        assert await logs_in(db, one)
        assert await accounts(db, one) == 1
    assert await refused(db, PASSPORT) == "EnrolledByOtherPaper"
    assert await refused(db, WEBER) == "AlreadyEnrolled"
    with pytest.raises(StillUsed) as used:
        await respelling.retire(db, data, 0, now=NOW)
    assert used.value.places["cases.case"] == 1


async def waits_for_her(db: Database, li: UUID) -> None:
    """A power that waits for a number is found by whoever enrols with it, though it is spelled by the key before."""
    chan = (await enrolled(db, CHAN, now=tick())).actor
    assert chan.id is not None
    await actions.bind_powers(db, person=chan.id, now=LATER)
    assert [one.principal for one in (await actions.powers_of(db, chan, now=LATER)).offers] == [li]


async def turned_twice(db: Database) -> None:
    """What nobody came by is spelled by the newest key."""
    one, two = number_hash("id_number", "one"), number_hash("id_number", "two")
    assert await db.value("SELECT hashes FROM identity.alias") == [one, two]
    dispute = await db.row("SELECT id_hash, found FROM identity.paper_dispute")
    assert dispute and (dispute["id_hash"], dispute["found"]) == (one, [two])
    joint = await db.value('SELECT joint FROM cases."case"')
    assert joint["signers"] == [{"hash": two.hex()}, {"role": "x"}]
    assert await db.value("SELECT holder_proof FROM cases.number_index") == one


async def test_a_new_look_up_key_takes_the_old_ones_place(
    db: Database, dsn: str, register: Register, older_keys: Path
) -> None:
    register.people[PASSPORT.id_number] = PASSPORT
    register.others = {LI.id_number: (PASSPORT.paper,), PASSPORT.id_number: (LI.paper,)}
    li = (await enrolled(db)).actor
    assert li.id is not None
    await actions.offer_power(db, li, offer_to(name=CHAN.name, paper=CHAN.paper), now=NOW)
    begun = await identity.enrol(db, WEBER, now=NOW)
    code = await last_code(db, WEBER.phone)
    await rows_of_other_rooms(db, li.id)
    with pytest.raises(respelling.NothingToSpell):
        await turn(db, older_keys)

    assert await respelling.new(db, older_keys, now=NOW) == 1
    with pytest.raises(respelling.TooSoon):
        await turn(db, older_keys)
    await with_both_keys(db, begun, code)
    grown_old(older_keys, 1)
    held = set((await places(db, older_keys))[0])
    assert {"identity.id_index", "identity.other_paper", "identity.power_waiting", "cases.case"} <= held
    await killed_in_the_middle(db, dsn)
    await halfway(db, older_keys)

    await turn(db, older_keys)
    assert (await places(db, older_keys))[0] == {}
    away = await respelling.retire(db, older_keys, 0, now=NOW)
    assert away == older_keys / "keys" / "retired" / "lookup.0.key"
    assert await respelling.retire(db, older_keys, 0, now=NOW) == away, "and again for what came after"
    keys.ensure(older_keys)
    keys.current.cache_clear()
    assert renewing.lookup_keys(older_keys)[0].id == 1, "a key that was put away is not made again"
    await all_found(db, entries=7)

    # A second time, from one key to the next.
    assert await respelling.new(db, older_keys, now=NOW) == 2
    await waits_for_her(db, li.id)
    grown_old(older_keys, 2)
    *_, found, second = await asyncio.gather(
        turn(db.sibling(), older_keys), logs_in(db.sibling(), WANG), refused(db.sibling(), WEBER)
    )
    assert found and second == "AlreadyEnrolled"
    await respelling.retire(db, older_keys, 1, now=NOW)
    await all_found(db, entries=9)
    await turned_twice(db)


async def all_found(db: Database, *, entries: int) -> None:
    """Everybody is found, by one entry for each number, and nobody gets a second account."""
    for one in (LI, WANG, WEBER):
        assert await logs_in(db, one)
        assert await accounts(db, one) == 1
    assert await refused(db, PASSPORT) == "EnrolledByOtherPaper"
    newest = keys.current().lookup.newest
    assert await db.sibling().value("SELECT count(*) FROM identity.id_index WHERE older") == 0
    keyed = await db.sibling().rows(
        "SELECT get_byte(hash, 0) AS key, count(*) AS number FROM identity.id_index GROUP BY 1"
    )
    assert [(one["key"], one["number"]) for one in keyed] == [(newest, entries)]


async def test_log_in_finds_by_either_spelling_through_the_index(
    db: Database, dsn: str, register: Register
) -> None:
    """The generic plans, over tables that have grown: of the look-up, the try of a password, and of a recovery."""
    await db.run(
        """WITH made AS (
            SELECT (n % 1024)::smallint AS bucket, gen_random_uuid() AS id, n FROM generate_series(1, 20000) AS n
        ), opened AS (
            INSERT INTO identity.account (bucket, id, role, name_sealed, phone_sealed, level, password, opened_at)
            SELECT bucket, id, 'resident', '', '', 1, 'x', now() FROM made
        )
        INSERT INTO identity.id_index (hash, kind, bucket, account, at)
        SELECT sha256(n::text::bytea), 'id_number', bucket, id, now() FROM made"""
    )
    await db.run("ANALYZE identity.account, identity.id_index")
    asked = Recording(db)
    with pytest.raises(WrongPassword):
        await identity.check_password(asked, "log_in", account=LI.phone, password=SECRET, now=NOW)
    await store.account_by_claim(asked, identity.paper_hash(LI.paper))
    await recovering.seek(asked, identity.paper_hash(LI.paper), key=b"k", nobody=ROW, now=NOW)
    looked = [one for one in asked.said if "id_index" in one.sql]
    assert len(looked) == 3
    connection = await asyncpg.connect(dsn)
    try:
        plans = [await generic_plan(connection, one) for one in looked]
    finally:
        await connection.close()
    assert [set(scans(plan)) & {"id_index", "account"} for plan in plans] == [set(), set(), set()]
