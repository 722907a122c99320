"""Powers founded at a window on the papers seen there, and guardians whom the register could not confirm."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.identity.conftest import LI, WANG, Client, Families, Register, actions_of, enrolled, texts
from tests.identity.pages import fields_of, words
from tests.identity.test_powers import session_of
from tests.identity.test_window import at_her_desk, clerk
from tests.kit import sample_files
from tongban import identity, notices
from tongban.identity import actions
from tongban.identity.actions import window_guardians
from tongban.identity.model.children import (
    GuardianDecidedElsewhere,
    GuardianStands,
    ParentNotConfirmed,
    claimed,
)
from tongban.identity.model.founding import Shown, shown_in_words
from tongban.identity.model.powers import PowerState
from tongban.identity.model.seen import Seen
from tongban.identity.model.typed import Typed
from tongban.identity.store import powers
from tongban.kit import clock, files, papers
from tongban.kit.db import Database

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
POWER, GUARDIAN = "/desk/identity/power", "/desk/identity/guardian"
_BORN = "34032120180518901"
CHILD = Typed("李小满", _BORN + papers.id_check_digit(_BORN), "", "")
CHILD_NAMED = identity.Named(CHILD.name, CHILD.id_number)
SEEN = {
    "paper_kind": "111",
    "country": "",
    "for_good": "yes",
    "genuine": "yes",
    "same_face": "yes",
}
SHOWN = {
    "document_number": "（2026）示证字第 18 号",
    "document_issuer": "示范公证处",
    "document_on-year": "2026",
    "document_on-month": "1",
    "document_on-day": "8",
}
#: The guardian's form but for what was decided.
BORN = {
    **SEEN,
    **SHOWN,
    "number": LI.id_number,
    "name": LI.name,
    "document": "birth",
    "consent": "yes",
    "child_name": CHILD.name,
    "child_id_number": CHILD.id_number,
}


async def sent(client: Client, path: str, typed: dict[str, str], *, scan: bool = True) -> Any:
    """The form of this page, filled in and sent with its scan."""
    form = fields_of((await client.get(path)).text, path)
    wanted = {one: value for one, value in form.items() if one in ("_csrf", "_key", "idempotency_key")}
    files = {"scan": ("paper.pdf", sample_files.pdf(), "application/pdf")} if scan else {"other": ("", b"")}
    return await client.post(path, data={**wanted, **typed}, files=files)


async def test_a_power_stands_on_the_paper_that_was_shown(
    client: Client, db: Database, register: Register
) -> None:
    """A notary's paper speaks for who is not there; a signed one does not. Both are told, the ground is kept with the
    power and in what its agent does, the scan is for both sides, the principal takes it back. How it can fail (tried):
    leave out ``principal_here``, ``basis`` of the power."""
    hers = (await enrolled(db, LI, now=clock.now() - timedelta(days=1))).actor
    agent = (await enrolled(db, WANG, now=clock.now() - timedelta(days=1))).actor
    assert hers.id is not None and agent.id is not None
    await at_her_desk(client, db, await clerk(db))
    year = clock.city_day(clock.now()).year + 1
    typed = {
        **SEEN,
        **SHOWN,
        "number": WANG.id_number,
        "name": WANG.name,
        "kind": "attorney",
        "document": "signed",
        "principal_paper_kind": "111",
        "principal_id_number": LI.id_number,
        "principal_name": LI.name,
        "scope": "some",
        "items-0": "residence_permit",
        "errands-0": "apply",
        "errands-1": "follow",
        "until-year": str(year),
        "until-month": "6",
        "until-day": "30",
    }
    refused = await sent(client, POWER, typed)
    assert refused.status_code == 422 and 'href="#principal_here"' in refused.text
    assert 'href="#scan"' in refused.text and f'value="{LI.id_number}"' in refused.text
    typed["document"] = "notarised"
    assert 'href="#scan"' in (await sent(client, POWER, typed, scan=False)).text
    done = await sent(client, POWER, typed)
    assert done.status_code == 200 and "立即生效" in words(done)
    assert (await sent(client, POWER, typed)).url == done.url, "sent twice, it is one"
    assert sum("登记了代办人" in one for one in await texts(db, LI.phone)) == 1, "her phone hears of it"
    (power,) = await powers.given(db, (hers.id,))
    assert power.agent == agent.id and power.usable(clock.now()) and power.items == {"residence_permit"}
    assert "示范公证处" in str(power.basis_in_words) and "公证委托书" in str(power.basis_in_words)
    acting = power.acting()
    assert str(shown_in_words(acting.basis)) == str(power.basis_in_words)
    page = f"/my/acting/{power.id}"
    for one, told in ((hers, "登记了对"), (agent, "给您的授权")):
        assert told in (await notices.inbox(db, one.id))[0].title.zh
        await at_her_desk(client, db, one)
        shown = await client.get(page)
        assert "示范公证处" in words(shown) and f'href="{page}/files/paper"' in shown.text
        scan = await client.get(f"{page}/files/paper")
        assert scan.content == sample_files.pdf()
    await actions.revoke_power(db, hers, power_id=power.id, now=clock.now())
    (power,) = await powers.given(db, (hers.id,))
    assert power.state is PowerState.REVOKED
    assert (await actions_of(db)).count("identity.found_power") == 2


async def test_a_guardian_whom_the_register_cannot_confirm_is_decided_on_papers(
    client: Client, db: Database, register: Register, families: Families
) -> None:
    """Refused with a reason that she reads; then, with the paper, entered: the child has an account, and she its power.
    How it can fail (tried): leave out ``told`` of the refusal, the answer of the register about the child."""
    parent = (await enrolled(db, LI, now=clock.now() - timedelta(days=1))).actor
    await at_her_desk(client, db, await clerk(db))
    typed = {**BORN, "decision": "refuse", "reason": ""}
    refused = await sent(client, GUARDIAN, typed)
    assert refused.status_code == 422 and 'href="#reason"' in refused.text
    typed["reason"] = "材料上没有孩子的姓名"
    assert "本人收到了理由" in words(await sent(client, GUARDIAN, typed))
    assert parent.id is not None
    told = (await notices.inbox(db, parent.id))[0]
    assert "没有登记" in told.title.zh and "材料上没有孩子的姓名" in told.body.zh
    typed["decision"] = "confirm"
    unknown = await sent(client, GUARDIAN, typed)
    assert unknown.status_code == 422 and "没有核对上孩子" in words(unknown)
    register.people[CHILD.id_number] = CHILD
    for _ in range(2):
        assert "立即生效" in words(await sent(client, GUARDIAN, typed))
    (power,) = [one for one in await powers.held(db, (parent.id,)) if one.kind == "guardian"]
    assert power.usable(clock.now()) and "出生医学证明" in str(power.basis_in_words)
    child: UUID = power.principal
    assert (await identity.person(db, child)).name == CHILD.name
    assert families.asked == 0
    assert {"identity.refuse_guardian", "identity.guard"} <= set(await actions_of(db))


async def at_two_windows(db: Database, register: Register, *documents: str) -> list[Any]:
    """The guardian of one child entered on these papers at a window each: all have the register's answer before one
    goes on."""
    together = asyncio.Barrier(len(documents))

    async def check(database: Database, **asked: Any) -> identity.CheckResult:
        found = await register.check(database, **asked)
        if asked["id_number"] == CHILD.id_number:
            await together.wait()
        return found

    officers = [
        await clerk(db, name=f"window-{place}", phone=f"1380000607{place}") for place in range(len(documents))
    ]
    scan = files.Received(digest=bytes(32), size=9, media_type="application/pdf", name="户口簿.pdf", pages=1)
    identity.plug_register_check(check)
    tries = (
        window_guardians.found_guardian(
            *(db, officer),
            seen=Seen(papers.CITIZEN, LI.id_number, LI.name, None, "", True, True, True),
            child=claimed(
                {"name": CHILD.name, "id_number": CHILD.id_number, "consent": "yes"}, now=clock.now()
            ),
            shown=Shown("household", document, "示范公安分局", clock.city_day(clock.now()), "civil-310106"),
            received=[scan],
            faults={},
            now=clock.now(),
        )
        for officer, document in zip(officers, documents, strict=True)
    )
    ends = await asyncio.gather(*tries, return_exceptions=True)
    identity.plug_register_check(register.check)
    return ends


async def test_two_windows_decide_on_one_guardian_at_once(
    client: Client, db: Database, register: Register
) -> None:
    """One is entered, the other hears of it, and sent again what stands, on which paper, by whom; there is one power,
    and a refusal tells nobody no of what stands. How it can fail (tried): give what ``confirm`` gives as it is, leave
    out ``_the_same``, the guard ``not_founded``."""
    parent = (await enrolled(db, LI, now=clock.now() - timedelta(days=1))).actor
    assert parent.id is not None
    register.people[CHILD.id_number] = CHILD
    ends = await at_two_windows(db, register, "示户 0001", "示户 0002")
    (power,) = [one for one in await powers.held(db, (parent.id,)) if one.kind == "guardian"]
    assert power.usable(clock.now()) and power.id in ends
    (late,) = [one for one in ends if one != power.id]
    assert isinstance(late, GuardianDecidedElsewhere | GuardianStands), repr(late)
    await at_her_desk(client, db, await clerk(db))
    third = {**BORN, "decision": "confirm"}
    for one in (third, {**third, "decision": "refuse", "reason": "材料上没有孩子的姓名"}):
        again = await sent(client, GUARDIAN, one)
        assert again.status_code == 409 and f"已经是{CHILD.name}登记的监护人" in words(again)
        assert str(power.basis_in_words) in words(again) and "静安区民政局" in words(again)
    assert not any("没有登记" in one.title.zh for one in await notices.inbox(db, parent.id))
    waits = "SELECT count(*) FROM audit.purpose WHERE item = 'identity.guard' AND closed_at IS NULL"
    assert await db.value(waits) == 0, "a claim that was given up leaves no reason to ask a register"


async def test_a_guardian_whom_a_court_barred_acts_no_more(
    client: Client, db: Database, register: Register, families: Families
) -> None:
    """On the court's paper, by who is a guardian too; the barred one's session stops, and the register of families does
    not bring him back. How it can fail (tried): leave out ``ending_power``, the question in ``_ask``,
    ``must_be_another`` of the child."""
    li, wang = [(await enrolled(db, one, now=clock.now() - timedelta(minutes=9))).actor for one in (LI, WANG)]
    families.add(CHILD_NAMED, mother=LI, father=WANG)
    child = claimed({"name": CHILD.name, "id_number": CHILD.id_number, "consent": "yes"}, now=clock.now())
    hers, his = [await actions.claim_child(db, one, child, now=clock.now()) for one in (li, wang)]
    assert hers and his
    acting = await actions.switch(db, await session_of(db, wang), power_id=his, now=clock.now())
    typed = {
        **SEEN,
        **SHOWN,
        "number": LI.id_number,
        "name": LI.name,
        "document": "birth",
        "child_name": CHILD.name,
        "child_id_number": CHILD.id_number,
        "decision": "end",
        "ended_number": WANG.id_number,
    }
    await at_her_desk(client, db, await clerk(db, name="father", phone=WANG.phone))
    for decision in ("confirm", "refuse"):  # as an officer he does not decide who guards the child beside him
        decided = {"decision": decision, "consent": "yes", "reason": "材料上没有孩子的姓名"}
        his_own = await sent(client, GUARDIAN, {**typed, **decided})
        assert his_own.status_code == 403 and "请另一位工作人员" in words(his_own), decision
    await at_her_desk(client, db, await clerk(db))
    refused = await sent(client, GUARDIAN, typed)
    assert refused.status_code == 422 and 'href="#document"' in refused.text
    typed["document"] = "court"
    for _ in range(2):
        assert "已经终止" in words(await sent(client, GUARDIAN, typed))
    assert not any(one.usable(clock.now()) for one in await powers.held(db, (wang.id,)))
    assert sum("凭文书终止" in one for one in await texts(db, WANG.phone)) == 1
    ended = await db.value("SELECT power_ended FROM kit.session WHERE power = $1", his)
    assert acting.actor.acting is not None and ended == "lapsed"
    with pytest.raises(ParentNotConfirmed):
        await actions.claim_child(db, wang, child, now=clock.now())
    assert (await actions.powers_of(db, li, now=clock.now())).held, "the other one's stands"
