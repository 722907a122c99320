"""Two accounts of one person: merged by both proofs, all or nothing, found by either, undone within 90 days."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.cases.holding_up import WAITING, held_up, until
from tests.identity.conftest import (
    LI,
    NOW,
    SECRET,
    WANG,
    Client,
    Register,
    actions_of,
    enrolled,
    last_code,
    logged_in,
    texts,
    with_account,
    wrong,
)
from tests.identity.pages import fields_of, submit, words
from tongban import identity, notices
from tongban.identity.actions import merging
from tongban.identity.model.merging import MergedAlready, MergeNotSame, UnmergeInvalid
from tongban.identity.model.refusals import CodeUsed, CodeWrong, WrongPassword
from tongban.identity.model.typed import Typed
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor, Duty, Role

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
OTHER_SECRET = "staple battery horse"
#: The same person with a passport, and with the permit that she had before.
PASSPORT = Typed("李晓雯", "E12345678", "13800005901", OTHER_SECRET, "414", "CHN")
PERMIT = Typed("李晓雯", "H05500999", "13800005902", OTHER_SECRET, "516")
OFFICER = Actor(Role.OFFICER, uuid4(), "受理", "civil-310106", duties=frozenset({Duty.VET}))


@pytest.fixture
def register(register: Register) -> Register:
    register.people |= {one.id_number: one for one in (PASSPORT, PERMIT)}
    return register


def own(opened: identity.Opened) -> Actor:
    assert opened.actor.id is not None
    return opened.actor


async def proved(db: Database, lasting: Actor, other: Typed, *, later: timedelta) -> tuple[str, str]:
    step = await merging.prove_other(
        db, lasting, account=other.phone, password=other.password, now=NOW + later
    )
    return step, await last_code(db, other.phone)


async def merged(db: Database, lasting: Actor, other: Typed, *, later: timedelta = timedelta(0)) -> None:
    step, code = await proved(db, lasting, other, later=later)
    await merging.merge(db, lasting, step=step, code=code, now=NOW + later)


async def found(db: Database, one: Typed) -> UUID:
    return (await identity.actor_of(db, kind="phone", value=one.phone)).id  # type: ignore[return-value]


async def test_both_numbers_find_the_lasting_account_and_nothing_else_moves(
    db: Database, register: Register
) -> None:
    lasting, other = own(await enrolled(db, LI)), own(await enrolled(db, PASSPORT))
    assert lasting.id is not None and other.id is not None
    with pytest.raises(WrongPassword):
        await merging.prove_other(db, lasting, account=PASSPORT.phone, password="wrong password", now=NOW)
    await merged(db, lasting, PASSPORT)
    assert await found(db, PASSPORT) == await found(db, LI) == lasting.id
    assert await db.value("SELECT account FROM identity.id_index WHERE kind = 'paper'") == lasting.id
    assert (await identity.person(db, other.id)).id_number == PASSPORT.id_number
    living = "SELECT count(*) FROM kit.session WHERE actor = $1 AND ends_at > $2"
    assert (await db.value(living, other.id, NOW), await db.value(living, lasting.id, NOW)) == (0, 1)
    assert (await actions_of(db))[-2:] == ["identity.merge", "identity.merge"]
    rows = await db.rows("SELECT subject FROM audit.ledger WHERE action = 'identity.merge'")
    assert {row["subject"] for row in rows} == {lasting.id, other.id}
    for who in (lasting.id, other.id):
        told = await notices.inbox(db, who, before=None, limit=9)
        assert [one.link for one in told].count("/account/merge") == 1
    with pytest.raises(identity.AlreadyEnrolled):
        await enrolled(db, PASSPORT, now=NOW + timedelta(hours=1))


async def test_two_people_are_not_merged_even_with_both_proofs(db: Database, register: Register) -> None:
    lasting = own(await enrolled(db, LI))
    await enrolled(db, WANG)
    with pytest.raises(MergeNotSame):
        await merged(db, lasting, WANG)
    with pytest.raises(MergeNotSame):
        await merged(db, lasting, LI, later=timedelta(minutes=2))
    assert await db.value("SELECT count(*) FROM identity.alias") == 0
    for one in (LI, WANG):  # refused before a code went out; each has that of its enrolment alone
        assert len(await texts(db, one.phone)) == 1
    await identity.check_password(db, "log_in", account=WANG.phone, password=WANG.password, now=NOW)


async def test_the_merged_account_is_opened_and_left(db: Database, register: Register) -> None:
    lasting, other = own(await enrolled(db, LI)), own(await enrolled(db, PASSPORT))
    await merged(db, lasting, PASSPORT)
    assert other.id is not None
    (one,) = (await merging.merges(db, lasting)).merged
    assert one.person.id == other.id
    inside = await merging.open_merged(db, lasting, account=other.id, now=NOW)
    assert inside.actor.id == other.id
    assert not (await merging.merges(db, inside.actor)).lasting
    assert (await merging.leave_merged(db, inside.actor, now=NOW)).actor.id == lasting.id
    stranger = own(await enrolled(db, WANG))
    with pytest.raises(merging.MergeUnknown):
        await merging.open_merged(db, stranger, account=other.id, now=NOW)


async def test_a_chain_is_flattened_and_each_is_undone_by_itself(db: Database, register: Register) -> None:
    first, second = own(await enrolled(db, PERMIT)), own(await enrolled(db, PASSPORT))
    third = own(await enrolled(db, LI))
    await merged(db, second, PERMIT)
    await merged(db, third, PASSPORT)
    assert await found(db, PERMIT) == await found(db, PASSPORT) == third.id
    assert len((await merging.merges(db, third)).merged) == 2
    with pytest.raises(MergedAlready):  # from a session that the merged account still had in another process
        await merged(db, second, LI, later=timedelta(minutes=2))
    typed = merging.Undoing("516", PERMIT.id_number, "", "本人到窗口要求分开", True)
    day = NOW + timedelta(days=89)
    with pytest.raises(NotAllowed):
        await merging.unmerge(db, third, typed=typed, now=day)
    with pytest.raises(UnmergeInvalid) as late:
        await merging.unmerge(db, OFFICER, typed=typed, now=NOW + timedelta(days=90))
    assert "90 天" in str(late.value.fields["number"])
    assert await merging.unmerge(db, OFFICER, typed=typed, now=day) == "李*雯"
    assert await found(db, PERMIT) == first.id
    assert await found(db, PASSPORT) == third.id
    with pytest.raises(UnmergeInvalid):
        await merging.unmerge(db, OFFICER, typed=typed, now=day)
    assert (await actions_of(db))[-2:] == ["identity.unmerge"] * 2


async def ends(*all_: Awaitable[None]) -> list[str]:
    answers = await asyncio.gather(*all_, return_exceptions=True)
    return sorted("done" if one is None else type(one).__name__ for one in answers)


async def test_of_two_merges_at_once_one_is_made(db: Database, register: Register) -> None:
    """Each into the other, and the same form twice, which is told as done where it comes after. How it can fail
    (tried): leave ``merges = $3`` and ``merged_into`` out of the guard."""
    one, other = own(await enrolled(db, LI)), own(await enrolled(db, PASSPORT))
    forward, back = (
        await proved(db, one, PASSPORT, later=timedelta(0)),
        await proved(db, other, LI, later=timedelta(minutes=2)),
    )
    at = NOW + timedelta(minutes=2)
    forms = [
        merging.merge(db, who, step=step, code=code, now=at)
        for who, (step, code) in ((one, forward), (other, back), (one, forward))
    ]
    got = await ends(*forms)
    assert got.count("done") in (1, 2), got
    assert set(got) <= {"done", MergedAlready.__name__, CodeUsed.__name__, CodeWrong.__name__}
    rows = await db.rows("SELECT from_id, to_id FROM identity.alias")
    assert len(rows) == 1
    assert await found(db, LI) == await found(db, PASSPORT) == rows[0]["to_id"]


_MERGER = """
import asyncio, sys
from datetime import datetime
from uuid import UUID
from tongban.identity.actions import merging
from tongban.kit.db import connect
from tongban.kit.policy import Actor, Role

async def main():
    db = await connect(sys.argv[1])
    who, step, code, at = sys.argv[2:]
    actor = Actor(Role.RESIDENT, UUID(who), level=1)
    await merging.merge(db, actor, step=step, code=code, now=datetime.fromisoformat(at))

asyncio.run(main())
"""


@pytest.mark.kill
@pytest.mark.timeout(120)
@pytest.mark.parametrize("undone", [True, False])
async def test_a_merge_killed_in_the_middle_is_whole_or_nothing(
    db: Database, dsn: str, register: Register, *, undone: bool
) -> None:
    """The process dies while its statement waits in the middle: with its connection nothing is there; where the
    database carries out what it was told, all is, and the same form again changes nothing."""
    lasting, other = own(await enrolled(db, LI)), own(await enrolled(db, PASSPORT))
    step, code = await proved(db, lasting, PASSPORT, later=timedelta(0))
    index = "SELECT 1 FROM identity.id_index WHERE kind = 'paper' FOR UPDATE"
    async with held_up(dsn, index) as holder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _MERGER, dsn, str(lasting.id), step, code, NOW.isoformat())
        )
        try:
            writing = await until(db, WAITING, holder)
        finally:
            process.send_signal(signal.SIGKILL)
            await process.wait()
        if undone:
            await db.value("SELECT pg_terminate_backend($1)", writing)
    await until(db, "SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)", writing)
    whole = (0, other.id, 0) if undone else (1, lasting.id, 2)
    assert whole == (
        await db.value("SELECT count(*) FROM identity.alias"),
        await found(db, PASSPORT),
        (await actions_of(db)).count("identity.merge"),
    )
    again = await ends(merging.merge(db, lasting, step=step, code=code, now=NOW))
    assert again == ["done"]
    assert await db.value("SELECT count(*) FROM identity.alias") == 1


async def test_the_pages_lead_through_it(client: Client, db: Database, register: Register) -> None:
    """How it can fail (tried): the kind ``log_in`` for the code, no ``text_deed`` in ``merge``, no ``is_done`` in the
    pages and in ``merge``, no ``judge`` in ``prove_other``."""
    await enrolled(db, PASSPORT, now=clock.now() - timedelta(days=1))
    await with_account(db)
    await logged_in(client, db)
    shown = await client.get("/account/merge")
    typed = {"account": PASSPORT.phone, "password": SECRET}
    own = await submit(client, shown, "/account/merge", {"account": LI.phone, "password": SECRET})
    assert own.status_code == 422 and "这就是您现在登录的账户" in words(own)
    refused = await submit(client, shown, "/account/merge", typed)
    assert refused.status_code == 422 and PASSPORT.phone in refused.text
    code_page = await submit(client, shown, "/account/merge", typed | {"password": OTHER_SECRET})
    assert "这是我的账户，合并" in words(code_page) and "138****5901" in words(code_page)
    assert "从“合并账户”打开" not in words(code_page) and "和这里的列在一起" in words(code_page)
    code = await last_code(db, PASSPORT.phone)
    said = (await texts(db, PASSPORT.phone))[-1]
    assert "合并账户验证码" in said and "请勿告诉任何人" in said and "登录" not in said
    assert "验证码不正确" in words(
        await submit(client, code_page, "/account/merge/code", {"code": wrong(code)})
    )
    done = await submit(client, code_page, "/account/merge/code", {"code": code})
    assert (
        "两个账户已合并" in words(done)
        and PASSPORT.paper.masked in words(done)
        and PASSPORT.id_number not in done.text
    )
    for one in (LI, PASSPORT):
        assert "凭密码和短信验证码在网上合并" in (await texts(db, one.phone))[-1]
    # In another window the step is still open: it says that it is done, whatever is sent there.
    twice = await submit(client, code_page, "/account/merge/code", {"code": code})
    resent = await submit(client, code_page, "/account/merge/code", {}, to="/account/merge/resend")
    stale = await client.get(code_page.url.raw_path.decode())
    for one in (twice, resent, stale):
        assert one.status_code == 200 and "两个账户已合并" in words(one), words(one)
    assert await db.sibling().value("SELECT count(*) FROM identity.alias") == 1
    await submit(client, done, "/account/merge/open", {})
    inside = await client.get("/account/merge")
    assert "这是合并前的账户" in words(inside)
    # A passkey made in here would open what is followed only: it is made in the lasting account.
    passkeys = await client.get("/account/passkeys/add")
    assert passkeys.status_code == 409 and "回到合并后的账户" in words(passkeys)
    form = fields_of((await client.get("/account/merge")).text, "/logout")
    asked = await client.post("/account/passkeys/options", data={**form, "name": "x"})
    assert asked.status_code == 409
    back = await submit(client, inside, "/account/merge/leave", {})
    assert "打开这个账户" in words(back)
