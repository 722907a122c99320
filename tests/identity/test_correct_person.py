"""Corrected names and numbers: as the register says, with what was before, which stays its holder's for ever."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from tests.identity.conftest import LI, NOW, WANG, Client, Register, enrolled, id_number, last_code, logged_in
from tests.identity.pages import words
from tests.identity.test_levels import officer
from tongban import identity
from tongban.identity.actions import correcting
from tongban.identity.model.corrections import CorrectedMeanwhile, CorrectionInvalid, NumberTaken
from tongban.identity.model.refusals import AlreadyEnrolled
from tongban.identity.model.typed import Typed
from tongban.identity.model.window_recovering import OwnMatter
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty
from tongban.notices import seal_phone

NEW = id_number(777)


def said(register: Register, before: Typed, **after: Any) -> Typed:
    """The register knows her by another name or number from now on."""
    now = msgspec.structs.replace(before, **after)
    register.people.pop(before.id_number, None)
    register.people[now.id_number] = now
    return now


async def correct(db: Database, clerk: Actor, before: Typed, after: Typed, **other: Any) -> str:
    typed = correcting.Correction("111", before.id_number, "111", after.id_number, after.name, genuine=True)
    return await correcting.correct_person(
        db, clerk, typed=msgspec.structs.replace(typed, **other), now=clock.now()
    )


async def test_name_and_number_follow_the_register_and_the_old_ones_stay_hers(
    client: Client, db: Database, register: Register
) -> None:
    opened = await enrolled(db, LI, now=NOW)
    clerk = await officer(db, Duty.VET)
    with pytest.raises(CorrectionInvalid) as refused:  # the register does not say so
        await correct(db, clerk, LI, msgspec.structs.replace(LI, name="李晓文"))
    assert list(refused.value.fields) == ["name"]
    after = said(register, LI, name="李晓文", id_number=NEW)
    assert await correct(db, clerk, LI, after) == "李*文"
    assert all(register.purposes)
    assert opened.actor.id is not None
    her = await identity.person(db, opened.actor.id)
    assert (her.name, her.id_number) == ("李晓文", NEW)
    (former,) = await correcting.former_names(db, her.id)
    assert (former.name, former.paper.number, former.source) == (LI.name, LI.id_number, "population")
    # Both numbers find her, one as former; told in her inbox and on her page.
    rows = await db.sibling().rows(
        "SELECT former FROM identity.id_index WHERE kind = 'id_number' ORDER BY at"
    )
    assert [row["former"] for row in rows] == [True, False]
    await logged_in(client, db)
    assert LI.name in words(await client.get("/account/level"))
    # Nobody else can take the former number, though the register knew him by it.
    register.people[LI.id_number] = msgspec.structs.replace(WANG, id_number=LI.id_number)
    step = await identity.enrol(db, register.people[LI.id_number], now=clock.now())
    with pytest.raises(AlreadyEnrolled):
        await identity.finish_enrolment(db, step=step, code=await last_code(db, WANG.phone), now=clock.now())
    # The same again is nothing new.
    with pytest.raises(CorrectionInvalid):
        await correct(db, clerk, LI, after)
    assert len(await correcting.former_names(db, her.id)) == 1


async def test_a_number_of_somebody_else_is_not_taken_over(db: Database, register: Register) -> None:
    await enrolled(db, LI, now=NOW)
    await enrolled(db, WANG, now=NOW)
    clerk = await officer(db, Duty.VET)
    register.people[WANG.id_number] = msgspec.structs.replace(LI, id_number=WANG.id_number)
    with pytest.raises(NumberTaken):
        await correct(db, clerk, LI, msgspec.structs.replace(LI, id_number=WANG.id_number))
    with pytest.raises(CorrectionInvalid) as refused:
        await correct(db, clerk, msgspec.structs.replace(LI, id_number=id_number(55)), LI)
    assert list(refused.value.fields) == ["before"]


async def test_two_windows_at_once_correct_once(db: Database, register: Register) -> None:
    """The name that was read is the guard: one history row, and the slower one is told."""
    opened = await enrolled(db, LI, now=NOW)
    clerk = await officer(db, Duty.VET)
    after = said(register, LI, name="李晓文")
    done = await asyncio.gather(
        *(correct(db.sibling(), clerk, LI, after) for _ in range(3)), return_exceptions=True
    )
    assert [one for one in done if isinstance(one, str)] == ["李*文"]
    assert all(isinstance(one, str | CorrectedMeanwhile | CorrectionInvalid) for one in done), done
    assert opened.actor.id is not None
    assert len(await correcting.former_names(db, opened.actor.id)) == 1


async def test_a_clerk_turns_no_account_into_an_accomplices(db: Database, register: Register) -> None:
    """Of an account without a phone only the register shows that the new number is the same person's: by any other
    number an accomplice's paper would find her account. Nor does an officer do it for her namesake, or herself. How it
    can fail (tried): leave out ``linked`` or ``must_be_another``."""
    opened = await enrolled(db, LI, now=NOW)
    who = opened.actor.id
    assert who is not None
    clerk = await officer(db, Duty.VET)
    own = msgspec.structs.replace(clerk, name=LI.name)
    renamed = said(register, LI, name="李晓文")
    with pytest.raises(OwnMatter):
        await correct(db, own, LI, renamed)
    await db.run("UPDATE identity.account SET phone_sealed = $2 WHERE id = $1", who, seal_phone("", who))
    accomplice = msgspec.structs.replace(WANG, id_number=NEW)
    register.people[NEW] = accomplice
    with pytest.raises(CorrectionInvalid) as refused:
        await correct(db, clerk, LI, accomplice)
    assert list(refused.value.fields) == ["number"]
    register.others[NEW] = (LI.paper,)
    assert await correct(db, clerk, LI, accomplice) == "王*悦"
