"""Whoever opens an account goes into those merged into it: what takes power from the one takes it from the others."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from tests.identity.conftest import LI, SECRET, WANG, Register, enrolled, last_code
from tests.identity.test_cooling import recovered
from tests.identity.test_merging import OTHER_SECRET, PASSPORT
from tests.identity.test_powers import NOW, offer_to
from tongban import identity
from tongban.identity import actions
from tongban.identity.actions import levels as levelled
from tongban.identity.actions import merging, own_phone, recovering, scanning
from tongban.identity.actions import passkeys as passkey_acts
from tongban.identity.actions.changing_password import change_password
from tongban.identity.actions.sessions import end_other_sessions, end_session, own_sessions
from tongban.identity.model.ceremonies import Made
from tongban.identity.model.children import Child
from tongban.identity.model.cooling import COOLS, CoolingOff
from tongban.identity.model.levels import Way
from tongban.identity.model.merging import InMergedAccount
from tongban.identity.model.refusals import CodeUsed
from tongban.identity.model.scanning import ScanGone
from tongban.identity.store import accounts, levels, passkeys
from tongban.kit.db import Database, connect, write
from tongban.kit.not_allowed import FreshProofNeeded, StepUpNeeded
from tongban.kit.policy import Actor
from tongban.kit.web.recognising import Sessions
from tongban.kit.web.sessions import CACHE_SECONDS, opening_session, switching

BEFORE, LATER = NOW - timedelta(hours=1), NOW + timedelta(minutes=5)
NEW, ANOTHER = "another horse staple", "13800005089"


@pytest.fixture
def register(register: Register) -> Register:
    register.people |= {PASSPORT.id_number: PASSPORT}
    return register


class Her:
    """A person with an account and another one merged into it, both of L3 by a card and a window."""

    def __init__(self, db: Database, account: UUID, other: UUID) -> None:
        self.db, self.account, self.other = db, account, other

    async def come(self, *, level: int = 3, opened_by: str = "password") -> Actor:
        """A session of the lasting account."""
        found = await accounts.account_of_id(self.db, self.account)
        assert found is not None
        who = msgspec.structs.replace(found.actor(), level=min(found.level, level))
        cookie, part = opening_session(who, now=LATER, opened_by=opened_by)
        await write(self.db, accounts.standing(self.account), part)
        return await self.at(cookie)

    async def inside(self, level: int = 3) -> Actor:
        """A session that went from the lasting account into the other one."""
        come = await self.come(level=level)
        return await self.at((await merging.open_merged(self.db, come, account=self.other, now=LATER)).cookie)

    async def at(self, cookie: str) -> Actor:
        """Who comes with this cookie: it lives."""
        actor = await Sessions(self.db).actor(cookie, now=LATER)
        assert actor is not None
        return actor

    async def lives(self, actor: Actor) -> bool:
        """Whether a session has not ended."""
        ended = "SELECT ends_at > $1 FROM kit.session WHERE token_hash = $2"
        return bool(await self.db.value(ended, LATER, actor.session))

    async def level(self, actor: Actor) -> int:
        """The level of the one living session of an account, whichever cookie it has now."""
        living = "SELECT level FROM kit.session WHERE actor = $1 AND ends_at > $2"
        return int(await self.db.value(living, actor.id, LATER))

    async def checked(self, account: UUID) -> None:
        """A card and a window raise an account."""
        for way, level in ((Way.CARD, 2), (Way.WINDOW, 3)):
            await write(
                self.db,
                levels.noting(
                    *(account,),
                    level=level,
                    way=way,
                    reference=f"{way}-1",
                    seen="0000",
                    until=LATER + timedelta(days=99 * level),
                    now=NOW,
                ),
                levels.raising(),
            )


@pytest.fixture
async def her(db: Database, register: Register) -> Her:
    lasting, other = [(await enrolled(db, one, now=BEFORE)).actor for one in (LI, PASSPORT)]
    assert lasting.id is not None and other.id is not None
    step = await merging.prove_other(db, lasting, account=PASSPORT.phone, password=OTHER_SECRET, now=BEFORE)
    await merging.merge(db, lasting, step=step, code=await last_code(db, PASSPORT.phone), now=BEFORE)
    her = Her(db, lasting.id, other.id)
    await db.run("UPDATE kit.session SET ends_at = $1", BEFORE)
    await her.checked(lasting.id)
    await her.checked(other.id)
    return her


async def offered(db: Database, *principals: UUID) -> list[UUID]:
    """Powers that a thief offers to an accomplice who has no account yet, one of each account."""
    offers = []
    for who in principals:
        found = await accounts.account_of_id(db, who)
        assert found is not None
        offers.append(await actions.offer_power(db, found.actor(), offer_to(), now=NOW))
    return offers


async def keyed(db: Database, *who: UUID) -> None:
    """A passkey of yesterday in each account."""
    for one in who:
        made = Made(one.bytes, b"key", 0, UUID(int=1), [], False, False)
        await write(db, accounts.standing(one), passkeys.adding(one, made, name="his", now=NOW))


async def states(db: Database) -> set[str]:
    return {row["state"] for row in await db.rows("SELECT state FROM identity.power")}


async def test_recovery_takes_from_the_merged_account_what_it_takes_from_the_lasting_one(
    db: Database, her: Her
) -> None:
    """By SMS: levels, checks, young passkeys, sessions, a scan that a thief's phone confirmed, offers of powers.
    How it can fail (tried, each by itself): give ``recover`` the lasting account alone in ``setting_password``,
    ``ending_checks``, ``ending_young``, ``ending_others``; leave out ``scanning.ending``, ``taking_back_offers``."""
    inside, thief = await her.inside(), await her.come()
    offers = await offered(db, her.account, her.other)
    await keyed(db, her.account, her.other)
    shown = await scanning.ask_scan(db, now=LATER)
    asked = await scanning.open_scan(db, thief, code=shown.code, now=LATER)
    await scanning.confirm_scan(db, thief, code=shown.code, number=str(asked.number), now=LATER)
    step = await recovering.ask_recovery(db, name=LI.name, paper=LI.paper, now=LATER)
    await recovering.recover(db, step=step, code=await last_code(db, LI.phone), new=NEW, now=LATER)
    assert not await her.lives(inside) and not await her.lives(thief)
    for who in (her.account, her.other):
        ladder = await levels.ladder(db, who)
        assert ladder is not None and ladder.level == 1
        assert {one.ended_why for one in ladder.checks} == {"recovered"}
        assert await passkeys.of_account(db, who) == []
    with pytest.raises(ScanGone):
        await scanning.log_in_by_scan(db, shown, now=LATER)
    assert len(offers) == 2 and await states(db) == {"taken_back"}
    row = "SELECT password FROM identity.account WHERE id = $1"
    assert await db.value(row, her.account) != await db.value(row, her.other), "the other's opens what it did"


async def test_so_does_recovery_at_a_window_and_both_cool(db: Database, her: Her, register: Register) -> None:
    """The gravest acts rest inside the merged account too: powers, children, firms, the licence's code. How it can
    fail (tried): the lasting account alone in ``giving_back``, ``_ending_what_opened``, ``taking_back_offers``."""
    inside = await her.inside()
    await offered(db, her.account, her.other)
    await keyed(db, her.account, her.other)
    await recovered(db, register)
    assert not await her.lives(inside) and await states(db) == {"taken_back"}
    for who in (her.account, her.other):
        ladder = await levels.ladder(db, who)
        assert ladder is not None and ladder.level == 1
        assert {one.ended_why for one in ladder.checks} == {"recovered"}
        assert await passkeys.of_account(db, who) == []
    phones = [await accounts.phone_sealed(db, one) for one in (her.account, her.other)]
    assert phones[0] != phones[1]
    inside = await her.inside()
    child = Child("李小明", "340321201505180018", None)
    for act in (
        actions.offer_power(db, inside, offer_to(), now=LATER),
        actions.bind_firm(db, inside, code="91310115MA1K00015K", now=LATER),
        actions.claim_child(db, inside, child, now=LATER),
        identity.must_have_cooled(db, inside, now=LATER),  # as the licence's code asks
    ):
        with pytest.raises(CoolingOff):
            await act
    with pytest.raises(CoolingOff):
        await own_phone.ask_change(db, await her.come(), phone="13800005999", now=LATER)
    await identity.must_have_cooled(db, inside, now=NOW + COOLS)


async def test_her_other_sessions_are_seen_and_ended_inside_the_merged_account_too(
    db: Database, dsn: str, her: Her
) -> None:
    """From either side: one by its name, all others, all others with the password; another process sees it within two
    seconds. How it can fail (tried): ask ``living_sessions``, ``ending_named``, ``having_others`` and ``ending_others``
    for one account."""
    mine, inside, other = await her.come(), await her.inside(), await her.come()
    for one in (mine, inside):
        shown = await own_sessions(db, one, now=LATER)
        assert len(shown) == 3 and [entry.own for entry in shown] == [True, False, False]
    (target,) = [one.id for one in await own_sessions(db, mine, now=LATER) if one.opened_by == "merged"]
    assert await end_session(db, mine, session=target, now=LATER)
    assert not await her.lives(inside)
    inside = await her.inside()
    elsewhere = await connect(dsn, size=1)
    try:
        there = Sessions(elsewhere)
        cookie = await _cookie_inside(db, her)
        assert await there.actor(cookie, now=LATER) is not None
        assert await end_other_sessions(db, mine, now=LATER) == 3
        await asyncio.sleep(CACHE_SECONDS)
        assert await there.actor(cookie, now=LATER) is None
    finally:
        await elsewhere.close()
    assert [await her.lives(one) for one in (mine, inside, other)] == [True, False, False]
    inside, other = await her.inside(), await her.come()
    assert await end_other_sessions(db, inside, now=LATER) == 2
    assert [await her.lives(one) for one in (mine, inside, other)] == [False, True, False]
    mine = await her.come()
    await change_password(db, mine, present=SECRET, new=NEW, now=LATER)
    assert not await her.lives(inside)


async def _cookie_inside(db: Database, her: Her) -> str:
    come = await her.come()
    return (await merging.open_merged(db, come, account=her.other, now=LATER)).cookie


async def test_a_check_withdrawn_raises_no_session(db: Database, her: Her) -> None:
    """Inside the merged account, entered from L1, one of its two checks is withdrawn; then one of the lasting account's
    lowers what was entered from L3, and for how long. How it can fail (tried): set each session to what is left; leave
    the accounts merged into hers out of ``lowering_sessions``; ask the account's row in ``must_reach``;
    keep the session's level in ``switching``."""
    inside = await her.inside(level=1)
    with pytest.raises(StepUpNeeded):  # the account is of L3, what was proved in the session is not
        await identity.must_reach(db, inside, level=2, now=LATER)
    ladder = await levelled.ladder(db, inside)
    card = next(one.id for one in ladder.checks if one.way is Way.CARD)
    await levelled.withdraw_check(db, inside, check=card, now=LATER)
    assert await her.level(inside) == 1
    await db.run("UPDATE kit.session SET ends_at = $1", LATER)
    inside, mine = await her.inside(), await her.come()
    assert inside.level == mine.level == 3
    window = next(one.id for one in (await levelled.ladder(db, mine)).checks if one.way is Way.WINDOW)
    await levelled.withdraw_check(db, mine, check=window, now=LATER)
    rows = await db.rows("SELECT level, l2_until, l3_until FROM kit.session WHERE ends_at > $1", LATER)
    assert len(rows) == 2
    assert {tuple(row) for row in rows} == {(2, LATER + timedelta(days=198), None)}
    # Back from acting by a power that the merged account holds: no more than the lasting one has.
    lasting = Actor(mine.role, her.account, level=1)
    cookie, ending, opening = switching(await her.inside(), None, owner=lasting, now=LATER)
    await write(db, accounts.standing(her.account), ending, opening)
    assert (await her.at(cookie)).level == 1


async def test_a_scan_gives_the_browser_what_the_phone_has_proved(db: Database, her: Her) -> None:
    """Its level, its ends and when it last proved that it is she: a phone of L1 that logged in an hour ago opens a
    session of L1 that is asked for a proof, and adds no passkey. Inside a merged account no scan is answered, and one
    that was confirmed before the merge opens nothing. How it can fail (tried): open ``owner.actor()``; leave out
    ``proved_at``; leave out ``must_be_lasting``; leave ``merged_into`` out of ``using``."""
    phone = await her.come(level=1)
    await db.run("UPDATE kit.session SET opened_at = $1", BEFORE)
    desktop = await her.at((await scanned(db, phone)).cookie)
    assert desktop.level == 1
    with pytest.raises(FreshProofNeeded):
        await identity.require_fresh(db, desktop, now=LATER)
    soon = LATER + timedelta(days=7)
    phone = msgspec.structs.replace(await her.come(), level_ends=(None, soon))
    desktop = await her.at((await scanned(db, phone)).cookie)
    assert (desktop.level, desktop.level_ends) == (3, (LATER + timedelta(days=297), soon))
    await identity.require_fresh(db, desktop, now=LATER)
    assert not await passkey_acts.proved(db, desktop, proof="", browser="", now=LATER)
    inside = await her.inside()
    for refused in (
        scanning.open_scan(db, inside, code="7QK4M-9XWPA", now=LATER),
        scanning.confirm_scan(db, inside, code="7QK4M-9XWPA", number="10", now=LATER),
        own_phone.ask_change(db, inside, phone="13800005999", now=LATER),
    ):
        with pytest.raises(InMergedAccount):
            await refused
    gone = "UPDATE kit.session SET token_hash = id::text::bytea WHERE token_hash = $1"
    await db.run(gone, phone.session)
    with pytest.raises(ScanGone):  # its session has ended, whatever a process remembers
        await scanned(db, phone)
    with pytest.raises(ScanGone):
        await scanned(db, await her.come(), merged_meanwhile=her.other)


async def test_what_passed_on_or_was_begun_before_the_merge_opens_nothing_past_the_lasting_account(
    db: Database, register: Register
) -> None:
    """A log-in at its second step when the account is merged does not end; who merges while the lasting account cools
    cools inside too; a new phone of the lasting account is new inside, and a phone that is somebody else's now ends the
    sessions inside. How it can fail (tried): leave ``merged_into`` out of ``using_code``, ``recovered_at`` or
    ``phone_changed_at`` out of ``marking_other``, ``noting_change`` out of ``change_phone``, the accounts out of
    ``losing_parts``."""
    lasting, other = [(await enrolled(db, one, now=BEFORE)).actor for one in (LI, PASSPORT)]
    assert lasting.id is not None and other.id is not None
    her = Her(db, lasting.id, other.id)
    await db.run(
        "UPDATE identity.account SET recovered_at = $1, phone_changed_at = $1 WHERE id = $2", NOW, her.account
    )
    half = await identity.check_password(
        db, "log_in", account=PASSPORT.phone, password=OTHER_SECRET, now=BEFORE
    )
    code = await last_code(db, PASSPORT.phone)
    step = await merging.prove_other(db, lasting, account=PASSPORT.phone, password=OTHER_SECRET, now=BEFORE)
    await merging.merge(db, lasting, step=step, code=code, now=BEFORE)
    await db.run("UPDATE identity.code SET used_at = NULL")  # as another code of it that was sent meanwhile
    with pytest.raises(CodeUsed):
        await identity.log_in(db, "log_in", step=half, code=code, now=BEFORE)
    inside = await her.inside()
    with pytest.raises(CoolingOff):
        await identity.must_have_cooled(db, inside, now=LATER)
    await db.run("UPDATE kit.session SET opened_at = $1", NOW - timedelta(minutes=1))
    assert not await identity.settled(db, inside, now=LATER)
    await db.run("UPDATE identity.account SET recovered_at = NULL, phone_changed_at = NULL")
    assert await identity.settled(db, inside, now=LATER)
    register.people[LI.id_number] = msgspec.structs.replace(LI, phone=ANOTHER)
    mine = await her.come()
    asked = await own_phone.ask_change(db, mine, phone=ANOTHER, now=LATER)
    codes = {"old_code": await last_code(db, LI.phone), "new_code": await last_code(db, ANOTHER)}
    await own_phone.change_phone(db, mine, step=asked.step, **codes, now=LATER)
    inside = await her.inside()
    assert not await identity.settled(db, inside, now=LATER + timedelta(hours=1))
    register.people[WANG.id_number] = msgspec.structs.replace(WANG, phone=ANOTHER)
    await enrolled(db, msgspec.structs.replace(WANG, phone=ANOTHER), now=LATER)
    assert not await her.lives(inside)


async def scanned(db: Database, phone: Actor, *, merged_meanwhile: UUID | None = None) -> identity.Opened:
    """A browser asks, the phone types the number, the browser comes in."""
    shown = await scanning.ask_scan(db, now=LATER)
    asked = await scanning.open_scan(db, phone, code=shown.code, now=LATER)
    await scanning.confirm_scan(db, phone, code=shown.code, number=str(asked.number), now=LATER)
    if merged_meanwhile is not None:
        into = "UPDATE identity.account SET merged_into = $1 WHERE id = $2"
        await db.run(into, merged_meanwhile, phone.id)
    return await scanning.log_in_by_scan(db, shown, now=LATER)
