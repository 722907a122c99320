"""What other rooms may ask about a person, and the demo city's accounts."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tests.identity.conftest import LI, NOW, SECRET, WANG, Register, enrolled, last_code
from tongban import audit, identity
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import Actor, Role
from tongban.notices import open_phone


async def opening(db: Database, who: UUID, *, hours: int = 1) -> UUID:
    purpose = new_id(bucket_of(who))
    part = audit.opening_purpose(
        id=purpose,
        kind="case",
        subject=who,
        reference="case",
        item="item",
        fields=["identity.id_number"],
        basis="art. 1",
        until=NOW + timedelta(hours=hours),
        now=NOW,
    )
    await write(db, Part("SELECT 1 AS one"), part)
    return purpose


@pytest.fixture
async def li(db: Database, register: Register) -> UUID:
    opened = await enrolled(db)
    assert opened.actor.id is not None
    return opened.actor.id


async def test_the_number_is_read_under_a_standing_purpose_and_the_reading_is_written_down(
    db: Database, li: UUID
) -> None:
    purpose = await opening(db, li)
    before = db.count
    assert await identity.paper_of(db, person=li, purpose=purpose, now=NOW) == LI.paper
    assert db.count - before == 2
    rows = await db.rows("SELECT action, purpose, subject FROM audit.ledger WHERE kind = 'read'")
    assert [tuple(row) for row in rows] == [("identity.read_id_number", purpose, li)]


async def test_without_a_standing_purpose_nothing_is_read(db: Database, li: UUID) -> None:
    purpose = await opening(db, li)
    for gone in (new_id(bucket_of(li)), new_id(8)):
        with pytest.raises(identity.PurposeGone):
            await identity.paper_of(db, person=li, purpose=gone, now=NOW)
    with pytest.raises(identity.PurposeGone):
        await identity.paper_of(db, person=li, purpose=purpose, now=NOW + timedelta(hours=1))
    assert await db.value("SELECT count(*) FROM audit.ledger WHERE kind = 'read'") == 0


async def test_a_stranger_acts_for_nobody(db: Database, li: UUID) -> None:
    stranger = Actor(Role.RESIDENT, new_id(3))
    with pytest.raises(identity.PersonUnknown):
        await identity.paper_of(db, person=li, purpose=None, now=NOW, actor=stranger)
    me = Actor(Role.RESIDENT, li)
    assert await identity.paper_of(db, person=li, purpose=None, now=NOW, actor=me) == LI.paper


async def test_the_phone_is_handed_on_sealed(db: Database, li: UUID) -> None:
    assert open_phone(await identity.phone_sealed_of(db, li), li) == LI.phone
    for ask in (identity.person, identity.phone_sealed_of):
        with pytest.raises(identity.PersonUnknown):
            await ask(db, new_id(3))


async def test_the_demo_is_loaded_once(db: Database) -> None:
    people = [identity.DemoPerson(one.name, one.id_number, one.phone) for one in (LI, WANG)]
    officers = [identity.DemoOfficer("zhoumin", "周敏", "police-310101", "13800009001")]
    assert await identity.load_demo(db, people, officers, password=SECRET, now=NOW) == 3
    assert await identity.load_demo(db, people, officers, password=SECRET, now=NOW) == 0
    assert await db.value("SELECT count(DISTINCT password) FROM identity.account") == 1
    step = await identity.check_password(db, "log_in", account=WANG.id_number, password=SECRET, now=NOW)
    opened = await identity.log_in(db, "log_in", step=step, code=await last_code(db), now=NOW)
    assert opened.actor.id is not None
    assert (await identity.person(db, opened.actor.id)).name == WANG.name
