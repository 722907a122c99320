"""Nobody sees at a window to an identity matter of her own, of her kin, or of whom she acts for 回避."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.identity.conftest import LI, NOW, SECRET, WANG, Client, Register, enrolled
from tests.identity.pages import submit, words
from tests.identity.test_duplicates import LATER, found_step
from tests.identity.test_levels import shown_of
from tests.identity.test_merging import PASSPORT, merged, own
from tests.identity.test_powers import offer_to
from tests.identity.test_window import at_her_desk, clerk
from tongban.identity import actions
from tongban.identity.actions import correcting, duplicates, merging, vetting
from tongban.identity.model.typed import Typed
from tongban.identity.model.window_recovering import OwnMatter
from tongban.kit import papers
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
CLAIMANT = Typed("陈嘉欣", "H05500116", "13800005021", SECRET, "516")
#: Wang's sister, who is an officer too.
SISTER = Typed("王佳敏", "H05500117", "13800005041", SECRET, "516")


async def clerks(db: Database) -> dict[str, Actor]:
    """Officers by whose phone each has."""
    phones = {"li": LI.phone, "wang": WANG.phone, "claimant": CLAIMANT.phone, "sister": SISTER.phone}
    return {name: await clerk(db, Duty.VET, name=name, phone=phone) for name, phone in phones.items()}


async def test_another_officers_eyes_look(client: Client, db: Database, register: Register) -> None:
    """A dispute about a paper, an undone merge, a correction, a vetting. Seen to fail with ``close_to`` that finds
    nobody."""
    register.people |= {one.id_number: one for one in (PASSPORT, SISTER)}
    li, wang, sister = [own(await enrolled(db, one)) for one in (LI, WANG, SISTER)]
    offer = offer_to(paper=SISTER.paper, name=SISTER.name, starts_at=NOW, until=NOW + timedelta(days=60))
    power = await actions.offer_power(db, wang, offer, now=NOW)
    await actions.answer_power(db, sister, power_id=power, accept=True, now=NOW)
    await db.run("UPDATE identity.power SET kind = 'family' WHERE id = $1", power)
    register.others[CLAIMANT.id_number] = (WANG.paper,)
    await duplicates.dispute(db, step=await found_step(db, CLAIMANT), now=LATER)
    officers = await clerks(db)
    stranger = officers.pop("li")
    (one,) = await duplicates.open_disputes(db, stranger)
    decision = duplicates.Decision(one.id, "same", "本人到窗口出示两个证件", True)
    number = (papers.CITIZEN, WANG.id_number)
    renamed = correcting.Correction(*number, *number, "王嘉悦", genuine=True)
    for name, officer in officers.items():
        with pytest.raises(OwnMatter):
            await duplicates.decide(db, officer, decision, now=LATER)
        if name != "claimant":
            with pytest.raises(OwnMatter):
                await correcting.correct_person(db, officer, typed=renamed, now=LATER)
            with pytest.raises(OwnMatter):
                await vetting.vet(db, officer, seen=shown_of(WANG), key="form", now=LATER)
    await at_her_desk(client, db, officers["sister"])
    typed = {"dispute": str(one.id), "finding": "same", "why": decision.why, "seen": "yes"}
    told = await submit(client, await client.get("/staff/papers"), "/staff/papers", typed)
    assert told.status_code == 403 and "请另一位工作人员" in words(told) and decision.why in told.text
    assert await duplicates.decide(db, stranger, decision, now=LATER) == "same"

    await own_merge(db, li, stranger, officers["sister"])


async def own_merge(db: Database, li: Actor, her: Actor, other: Actor) -> None:
    await enrolled(db, PASSPORT)
    await merged(db, li, PASSPORT)
    undoing = merging.Undoing(PASSPORT.paper.kind, PASSPORT.id_number, "CHN", "本人到窗口要求分开", seen=True)
    with pytest.raises(OwnMatter):
        await merging.unmerge(db, her, typed=undoing, now=LATER)
    assert await merging.unmerge(db, other, typed=undoing, now=LATER)
