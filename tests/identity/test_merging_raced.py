"""What finds an account changes while it is merged: no phone and no paper is left that opens nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.identity.conftest import LI, NOW, Register, enrolled, last_code
from tests.identity.test_correct_person import said
from tests.identity.test_duplicates import found_step, owner_of
from tests.identity.test_merging import OTHER_SECRET, PASSPORT, PERMIT, found
from tests.identity.test_own_phone import with_session
from tests.identity.test_window import clerk
from tongban.identity.actions import correcting, duplicates, merging, own_phone, window_merging
from tongban.identity.actions import window_recovering as recovering
from tongban.identity.model.corrections import CorrectedMeanwhile
from tongban.identity.model.merging import InMergedAccount, MergedAlready
from tongban.identity.model.own_phone import PhoneMovedOn
from tongban.identity.model.seen import Seen
from tongban.identity.model.typed import Typed
from tongban.identity.model.window_recovering import RecoveryOver
from tongban.identity.store import accounts
from tongban.identity.store import own_phone as store
from tongban.kit.db import Database
from tongban.kit.policy import Actor

NEW, ANOTHER = "13800005088", "13800005089"
LATER = NOW + timedelta(minutes=10)
Act = Callable[[], Awaitable[object]]


@pytest.fixture
def register(register: Register) -> Register:
    register.people |= {one.id_number: one for one in (PASSPORT, PERMIT)}
    register.others = {PERMIT.id_number: (PASSPORT.paper,)}
    return register


class Hers:
    """Two accounts of one person, the officer who sees both papers, and what changes her second account."""

    def __init__(
        self, db: Database, register: Register, lasting: Actor, other: Actor, officer: Actor
    ) -> None:
        self.db, self.register, self.officer = db, register, officer
        self.lasting, self.other = lasting, other

    async def merge(self, now: datetime = LATER) -> None:
        """By the password and the code of the second account."""
        phone = (await accounts.person(self.db, self.id)).phone  # type: ignore[union-attr]
        step = await merging.prove_other(self.db, self.lasting, account=phone, password=OTHER_SECRET, now=now)
        await merging.merge(self.db, self.lasting, step=step, code=await last_code(self.db, phone), now=now)

    async def merge_at_window(self) -> None:
        """By both papers."""
        seen = Seen("111", LI.id_number, LI.name, None, same_face=True, genuine=True, for_good=True)
        sides = await window_merging.compare(
            self.db, self.officer, seen=seen, other=PASSPORT.paper, faults={}, now=LATER
        )
        await window_merging.merge_at_window(self.db, self.officer, token=sides.token, now=LATER)

    @property
    def id(self) -> UUID:
        assert self.other.id is not None
        return self.other.id

    async def changing_phone(self, phone: str) -> Act:
        """Both codes are there; the last step is left."""
        before = (await accounts.person(self.db, self.id)).phone  # type: ignore[union-attr]
        now = msgspec.structs.replace(self.register.people[PASSPORT.id_number], phone=phone)
        self.register.people[PASSPORT.id_number] = now
        asked = await own_phone.ask_change(self.db, self.other, phone=phone, now=LATER)
        codes = {"old_code": await last_code(self.db, before), "new_code": await last_code(self.db, phone)}
        return lambda: own_phone.change_phone(self.db, self.other, step=asked.step, **codes, now=LATER)

    async def adding_paper(self) -> Act:
        """An enrolment with the permit has found the account."""
        step = await found_step(self.db, PERMIT, later=timedelta(minutes=8))
        return lambda: duplicates.add_paper(self.db, self.other, step=step, now=LATER)

    def correcting(self, after: Typed, *, phone: str) -> Act:
        """Her passport was renewed."""
        said(self.register, after, phone=phone)
        typed = correcting.Correction(
            "414", PASSPORT.id_number, "414", after.id_number, after.name, "CHN", True
        )
        return lambda: correcting.correct_person(self.db, self.officer, typed=typed, now=LATER)


@pytest.fixture
async def hers(db: Database, register: Register) -> Hers:
    lasting, other = [with_session(await enrolled(db, one)) for one in (LI, PASSPORT)]
    return Hers(db, register, lasting, other, await clerk(db))


def once_after(patch: pytest.MonkeyPatch, module: ModuleType, read: str, act: Act) -> None:
    """Do something else, once, as soon as ``read`` has read."""
    real = getattr(module, read)

    async def then(*given: Any, **named: Any) -> object:
        had = await real(*given, **named)
        patch.undo()
        await act()
        return had

    patch.setattr(module, read, then)


async def test_what_is_new_at_an_account_is_not_merged_past(
    hers: Hers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new phone, another paper and a corrected number between what a merge reads and what it writes: it begins anew,
    and then all of it finds the lasting account. How it can fail (tried, each by itself): leave ``phone_sealed`` or
    ``name_sealed`` out of the guard of a merge, or ``counting`` out of ``add_paper``."""
    db, renewed = hers.db, msgspec.structs.replace(PASSPORT, id_number="E87654321")
    by_phone = msgspec.structs.replace(PASSPORT, phone=NEW)
    once_after(monkeypatch, merging, "_hashes", await hers.changing_phone(NEW))
    with pytest.raises(MergedAlready):
        await hers.merge()
    assert await found(db, by_phone) == hers.id
    once_after(monkeypatch, merging, "_hashes", await hers.adding_paper())
    with pytest.raises(MergedAlready):
        await hers.merge_at_window()
    assert await owner_of(db, PERMIT) == hers.id
    once_after(monkeypatch, merging, "_hashes", hers.correcting(renewed, phone=NEW))
    with pytest.raises(MergedAlready):
        await hers.merge(LATER + timedelta(minutes=1))
    assert await owner_of(db, renewed) == hers.id
    await hers.merge_at_window()
    papers = [await owner_of(db, one) for one in (PASSPORT, PERMIT, renewed)]
    assert {await found(db, by_phone), *papers} == {hers.lasting.id}


async def test_what_is_slower_than_the_merge_is_told_so(hers: Hers, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was begun at the account that went finds it no more, and changes nothing. How it can fail (tried, each by
    itself): leave ``merged_into`` out of ``ending`` of a paper, ``changing`` of a phone, ``claiming`` of a correction,
    ``ending`` of a recovery at a window."""
    db, renewed = hers.db, msgspec.structs.replace(PASSPORT, id_number="E87654321")
    seen = Seen("414", PASSPORT.id_number, PASSPORT.name, None, "CHN", True, True, True)
    adding = await hers.adding_paper()
    changing = await hers.changing_phone(NEW)
    hers.register.people[PASSPORT.id_number] = msgspec.structs.replace(PASSPORT, phone=ANOTHER)
    recovery = await recovering.begin_recovery(db, hers.officer, seen=seen, phone=ANOTHER, now=LATER)
    code = await last_code(db, ANOTHER)

    async def recover() -> None:
        await recovering.finish_recovery(db, hers.officer, recovery=recovery, code=code, now=LATER)

    async def one_after_another(
        acts: list[tuple[Act, ModuleType, str, type[Exception]]],
    ) -> None:
        if not acts:
            await hers.merge()
            return
        (act, module, read, refused), *rest = acts
        once_after(monkeypatch, module, read, lambda: one_after_another(rest))
        with pytest.raises(refused):
            await act()

    await one_after_another(
        [
            (hers.correcting(renewed, phone=PASSPORT.phone), correcting, "_asked", CorrectedMeanwhile),
            (adding, duplicates, "found_account", InMergedAccount),
            (changing, store, "holder", PhoneMovedOn),
            (recover, recovering, "_taking_phone", RecoveryOver),
        ]
    )
    assert await db.value("SELECT count(*) FROM identity.id_index WHERE account = $1", hers.id) == 0
    assert await found(db, PASSPORT) == await owner_of(db, PASSPORT) == hers.lasting.id
