"""One person, one account over all her papers: found at enrolment, added after a log-in, or looked at by an officer."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

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
    texts,
)
from tests.identity.pages import submit, words
from tongban import identity, notices
from tongban.identity.actions import duplicates
from tongban.identity.model.duplicates import (
    DisputeInvalid,
    DisputeUnknown,
    EnrolledByOtherPaper,
    NotThatAccount,
)
from tongban.identity.model.refusals import StepGone
from tongban.identity.model.typed import Typed
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor, Duty, Role

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
#: Li's passport; the register knows that both are hers.
PASSPORT = Typed("李晓雯", "E12345678", "13800005001", "staple battery horse", "414", "CHN")
OFFICER = Actor(Role.OFFICER, uuid4(), "受理", "civil-310106", duties=frozenset({Duty.VET}))
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def register(register: Register) -> Register:
    register.people[PASSPORT.id_number] = PASSPORT
    register.others = {LI.id_number: (PASSPORT.paper,), PASSPORT.id_number: (LI.paper,)}
    return register


async def found_step(db: Database, one: Typed, *, later: timedelta = timedelta(minutes=5)) -> str:
    """The step at which an enrolment with another paper finds the account."""
    with pytest.raises(EnrolledByOtherPaper) as found:
        await enrolled(db, one, now=NOW + later)
    return found.value.step


async def count(db: Database, table: str) -> int:
    return int(await db.value(f"SELECT count(*) FROM identity.{table}"))


async def owner_of(db: Database, one: Typed) -> UUID | None:
    return (await identity.found(db, [identity.paper_hash(one.paper)])).get(identity.paper_hash(one.paper))


@pytest.mark.parametrize(("first", "second", "linked"), [(LI, PASSPORT, True), (PASSPORT, LI, False)])
async def test_the_other_paper_finds_the_account_whichever_came_first(
    db: Database, register: Register, first: Typed, second: Typed, linked: bool
) -> None:
    """Also where the account is older than what the register tells: then the new paper's answer names the old one."""
    told = register.others.pop(first.id_number)
    opened = await enrolled(db, first)
    register.others[first.id_number] = told
    step = await found_step(db, second)
    assert (await count(db, "account"), await count(db, "person")) == (1, 1)
    found = await duplicates.found_account(db, step, now=LATER)
    assert (found.id, found.paper_kind, found.used) == (opened.actor.id, first.paper_kind, True)
    await duplicates.add_paper(db, opened.actor, step=step, now=LATER)
    assert await owner_of(db, first) == await owner_of(db, second) == opened.actor.id
    (other,) = await duplicates.own_papers(db, opened.actor)
    assert other.paper_kind == second.paper_kind
    with pytest.raises(StepGone):
        await duplicates.add_paper(db, opened.actor, step=step, now=LATER)
    if not linked:  # a citizen's number is what she may log in by
        again = await identity.check_password(
            db, "log_in", account=LI.id_number, password=first.password, now=LATER
        )
        assert again
    assert "identity.add_paper" in await actions_of(db)


async def test_both_papers_of_one_person_at_once_make_one_account(db: Database, register: Register) -> None:
    steps, codes = [], []
    for one in (LI, PASSPORT) * 3:
        steps.append(await identity.enrol(db, one, now=NOW))
        codes.append(await last_code(db, one.phone))
    ends = await asyncio.gather(
        *(
            identity.finish_enrolment(db, step=step, code=code, now=NOW)
            for step, code in zip(steps, codes, strict=True)
        ),
        return_exceptions=True,
    )
    kinds = {type(end).__name__ for end in ends}
    assert kinds <= {"Opened", "EnrolledByOtherPaper", "AlreadyEnrolled"}
    assert sum(isinstance(end, identity.Opened) for end in ends) == 1
    assert (await count(db, "account"), await count(db, "other_paper")) == (1, 1)


async def test_only_that_account_takes_the_paper(db: Database, register: Register) -> None:
    await enrolled(db, LI)
    stranger = await enrolled(db, WANG)
    step = await found_step(db, PASSPORT)
    with pytest.raises(NotThatAccount):
        await duplicates.add_paper(db, stranger.actor, step=step, now=LATER)
    with pytest.raises(StepGone):
        await duplicates.found_account(db, step, now=NOW + timedelta(days=2))


async def test_who_is_somebody_else_is_looked_at_and_both_are_told(db: Database, register: Register) -> None:
    """The register is wrong: Chan's permit is not Wang's."""
    other = Typed("陈嘉欣", "H05500116", "13800005021", SECRET, "516")
    register.others[other.id_number] = (WANG.paper,)
    register.others[WANG.id_number] = (other.paper,)
    holder = (await enrolled(db, WANG)).actor
    assert holder.id is not None
    step = await found_step(db, other)
    await duplicates.dispute(db, step=step, now=LATER)
    with pytest.raises(StepGone):
        await duplicates.dispute(db, step=step, now=LATER)
    assert (await texts(db, other.phone))[-1].startswith("【通办】您提出的证件异议已收到")
    assert (await notices.inbox(db, holder.id))[0].title.zh == "有人对您账户的证件提出异议"
    with pytest.raises(NotAllowed):
        await duplicates.open_disputes(db, holder)
    (one,) = await duplicates.open_disputes(db, OFFICER)
    assert (one.name_masked, one.paper, one.account_paper) == ("陈*欣", other.paper, WANG.paper)
    with pytest.raises(DisputeInvalid) as invalid:
        await duplicates.decide(db, OFFICER, duplicates.Decision(one.id, "", " ", False), now=LATER)
    assert set(invalid.value.fields) == {"finding", "why", "seen"}
    decision = duplicates.Decision(one.id, "two", "出入境管理部门书面答复", True)
    await duplicates.decide(db, OFFICER, decision, now=LATER)
    with pytest.raises(DisputeUnknown):
        await duplicates.decide(db, OFFICER, decision, now=LATER)
    assert await db.value("SELECT phone_sealed FROM identity.paper_dispute") is None
    assert (await actions_of(db)).count("identity.decide_paper") == 2
    assert "可以用您的证件重新注册" in (await texts(db, other.phone))[-1]
    mine = await enrolled(db, other, now=LATER + timedelta(minutes=5))
    assert mine.actor.id != holder.id
    assert (await owner_of(db, other), await owner_of(db, WANG)) == (mine.actor.id, holder.id)


async def test_one_persons_papers_stay_one_accounts(db: Database, register: Register) -> None:
    await enrolled(db, LI)
    await duplicates.dispute(db, step=await found_step(db, PASSPORT), now=LATER)
    (one,) = await duplicates.open_disputes(db, OFFICER)
    await duplicates.decide(
        db, OFFICER, duplicates.Decision(one.id, "same", "本人到窗口出示两个证件", True), now=LATER
    )
    await found_step(db, PASSPORT, later=timedelta(minutes=20))


async def test_the_pages_lead_to_one_account(client: Client, db: Database, register: Register) -> None:
    await enrolled(db, LI, now=clock.now() - timedelta(days=1))
    typed = {
        "name": PASSPORT.name,
        "id_number": PASSPORT.id_number,
        "phone": PASSPORT.phone,
        "country": "CHN",
    }
    form = await client.get("/enrol?paper=414")
    code = await submit(client, form, "/enrol", {**typed, "password": PASSPORT.password, "agree": "yes"})
    assert code.status_code == 200 and "账户" not in words(code).replace("您的账户", ""), (
        "nothing is told before"
    )
    found = await submit(client, code, "/enrol/code", {"code": await last_code(db, PASSPORT.phone)})
    assert "您已有账户" in words(found) and LI.id_number not in found.text and "李" not in words(found)
    to = re.search(r'href="(/login\?next=[^"]+)"', found.text)
    assert to
    shown = await submit(client, await client.get(to[1]), "/login", {"account": LI.phone, "password": SECRET})
    papers = await submit(client, shown, "/login/code", {"code": await last_code(db, LI.phone)})
    assert "加上刚才核验的证件" in words(papers)
    done = await submit(client, papers, "/account/papers", {})
    assert "证件已加上" in words(done) and PASSPORT.paper.of.name.zh in words(done)
    twice = await submit(client, papers, "/account/papers", {})
    assert twice.status_code == 422 and "这一步已超时" in words(twice)
    again = await client.get("/enrol/found?step=nonsense")
    assert again.status_code == 422 and "重新注册" in words(again)
