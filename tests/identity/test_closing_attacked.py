"""Closing an account that is bound to others: a guardian's, and one that another was merged into."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.identity.conftest import LI, NOW, SECRET, WANG, Families, Register, enrolled
from tests.identity.test_children import GROWN, YOUNG
from tests.identity.test_merging import OFFICER, PASSPORT, merged, own
from tongban import identity
from tongban.identity import actions
from tongban.identity.actions import closing, merging
from tongban.identity.model.closing import WAITING
from tongban.identity.model.merging import MergeUnknown
from tongban.kit import papers
from tongban.kit.db import Database
from tongban.kit.policy import Actor


@pytest.fixture
def register(register: Register) -> Register:
    register.people[PASSPORT.id_number] = PASSPORT
    return register


async def closed(db: Database, who: Actor) -> bool:
    assert who.id is not None
    await closing.ask_closing(db, who, password=SECRET, now=NOW)
    return await closing.close_account(db, who.id, keep_name=False, now=NOW + WAITING)


async def test_a_parents_account_closes_and_nobody_acts_by_it(
    db: Database, register: Register, families: Families
) -> None:
    li = own(await enrolled(db, LI))
    families.add(YOUNG.named, 母=LI)
    power = await actions.claim_child(db, li, YOUNG, now=NOW)
    assert await closed(db, li), "the law's guardianship keeps no account open"
    assert await db.value("SELECT state FROM identity.power WHERE id = $1", power) == "renounced"


async def test_a_guardians_consent_ends_with_her_account_and_the_other_parents_stands(
    db: Database, register: Register, families: Families
) -> None:
    """The child and its father are told, what she claimed and was not heard about goes. Seen to fail with
    ``ending_for_child`` left out."""
    li, wang = own(await enrolled(db, LI)), own(await enrolled(db, WANG))
    families.add(YOUNG.named, 母=LI, 父=WANG)
    hers, his = [await actions.claim_child(db, one, YOUNG, now=NOW) for one in (li, wang)]
    families.down = True
    assert await actions.claim_child(db, li, GROWN, now=NOW) is None, "it waits for the register"
    assert await closed(db, li)
    stands = await db.rows("SELECT item, withdrawn_at FROM identity.consent WHERE purpose = 'guardianship'")
    assert {row["item"]: row["withdrawn_at"] for row in stands} == {
        str(hers): NOW + WAITING,
        str(his): None,
    }
    assert await db.value("SELECT state FROM identity.power WHERE id = $1", his) == "standing"
    assert not await db.value("SELECT count(*) FROM identity.child_claim WHERE state = 'waiting'")
    told = await db.rows("SELECT recipient FROM notices.inbox WHERE link = $1", f"/my/acting/{hers}")
    child = await db.value("SELECT principal FROM identity.power WHERE id = $1", hers)
    assert {wang.id, child} <= {row["recipient"] for row in told}
    noted = "SELECT subject FROM audit.ledger WHERE action = 'identity.withdraw_consent'"
    assert [row["subject"] for row in await db.rows(noted)] == [child]


async def test_what_found_a_merged_account_is_free_again(db: Database, register: Register) -> None:
    li, _other = own(await enrolled(db, LI)), own(await enrolled(db, PASSPORT))
    await merged(db, li, PASSPORT)
    assert await closed(db, li)
    anew = await enrolled(db, PASSPORT, now=NOW + WAITING + timedelta(hours=1))
    assert anew.actor.id not in (li.id, _other.id), "the passport opens an account, as anybody's does"


async def test_no_number_is_given_back_to_an_account_that_was_closed(
    db: Database, register: Register
) -> None:
    li, other = own(await enrolled(db, LI)), own(await enrolled(db, PASSPORT))
    await merged(db, li, PASSPORT)
    await db.run("UPDATE identity.account SET closed_at = $2 WHERE id = $1", other.id, NOW)
    typed = merging.Undoing(papers.PASSPORT, PASSPORT.id_number, "CHN", "本人来窗口要求撤销", seen=True)
    with pytest.raises(MergeUnknown):
        await merging.unmerge(db, OFFICER, typed=typed, now=NOW + timedelta(days=1))
    assert (await identity.actor_of(db, kind="phone", value=PASSPORT.phone)).id == li.id
