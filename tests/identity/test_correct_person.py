"""Corrected names and numbers: as the register says, with what was before, which stays its holder's for ever."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.identity.conftest import LI, NOW, WANG, Client, Register, enrolled, id_number, last_code, logged_in
from tests.identity.pages import submit, words
from tests.identity.test_levels import officer
from tests.identity.test_powers import logged_in_as, offer_to, session_of, standing
from tongban import identity
from tongban.identity import actions
from tongban.identity.actions import correcting
from tongban.identity.model.corrections import CorrectedMeanwhile, CorrectionInvalid, NumberTaken
from tongban.identity.model.powers import PowerState
from tongban.identity.model.refusals import AlreadyEnrolled
from tongban.identity.model.typed import Typed
from tongban.identity.model.window_recovering import OwnMatter, WindowSourceAway
from tongban.identity.store import powers
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
    # The same again is nothing new, and what the register was asked for ends with each answer, whatever it was.
    with pytest.raises(CorrectionInvalid):
        await correct(db, clerk, LI, after)
    register.down = True
    with pytest.raises(WindowSourceAway):
        await correct(db, clerk, LI, msgspec.structs.replace(after, name="李雯"))
    open_ = "SELECT count(*) FROM audit.purpose WHERE subject = $1 AND item = $2 AND closed_at IS NULL"
    assert await db.value(open_, her.id, correcting.ITEM) == 0
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


async def test_both_sides_of_living_powers_and_sessions_name_her_as_she_is_now(
    client: Client, db: Database, register: Register
) -> None:
    """What ended before keeps the name of then. How it can fail (tried): leave one of the two parts out."""
    li, wang = [(await enrolled(db, one, now=clock.now() - timedelta(hours=1))).actor for one in (LI, WANG)]
    ended = await standing(db, li, wang, kind="family")
    await actions.revoke_power(db, li, power_id=ended, now=clock.now())
    power = await standing(db, li, wang)
    back = await actions.offer_power(db, wang, offer_to(paper=LI.paper, name=LI.name), now=clock.now())
    await actions.answer_power(db, li, power_id=back, accept=True, now=clock.now())
    await logged_in_as(client, db, WANG.phone)
    shown = await client.get("/my/acting")
    shown = await submit(client, shown, "/my/acting/switch", {"power": str(power), "next": "/my/acting"})
    assert "您正在代 李*雯 办理" in words(shown)
    hers = await session_of(db, li)
    await actions.switch(db, hers, power_id=back, now=clock.now())
    await correct(db, await officer(db, Duty.VET), LI, said(register, LI, name="李晓文", id_number=NEW))
    client.app.state.sessions.forget(client.cookies["tongban_session"])
    assert "您正在代 李*文 办理" in words(await client.get("/my/acting"))
    named = await db.rows(
        "SELECT name, acting ->> 'agent_name' AS agent FROM kit.session WHERE actor = $1 AND ends_at > now()",
        li.id,
    )
    assert {row["name"] for row in named} == {"李*文"} and "李晓文" in {row["agent"] for row in named}
    names = {
        one.id: (one.principal_name, one.agent_name)
        for one in [*await powers.ever_given(db, wang.id), *await powers.every_held(db, wang.id)]
    }
    assert names == {
        power: ("李晓文", WANG.name),
        back: (WANG.name, "李晓文"),
        ended: (LI.name, WANG.name),
    }
    # Given anew to her new number, it takes the place of the one that was given to the old.
    anew = await actions.offer_power(
        db,
        wang,
        offer_to(
            paper=msgspec.structs.replace(LI, id_number=NEW).paper,
            name="李晓文",
            until=clock.now() + timedelta(days=20),
        ),
        now=clock.now(),
    )
    await actions.answer_power(db, li, power_id=anew, accept=True, now=clock.now())
    assert (await powers.power_of(db, back, who=li.id)).state is PowerState.SUPERSEDED
