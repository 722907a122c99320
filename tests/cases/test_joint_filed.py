"""What was applied for together, once it is filed: followed, printed, withdrawn, corrected; and who applies alone."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests import cast, make
from tests.cases import together
from tests.cases.together import TRANSFER, asked, drain, inbox, sellers, sign, spouse
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import audit, cases, identity
from tongban.cases.actions import Opened, papers_given
from tongban.cases.model import AnswersInvalid
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.papers import mask_name
from tongban.kit.pdf import press
from tongban.kit.policy import Actor


async def last_paper(city: Database, who: Resident, opened: Opened) -> str:
    """The words of the last paper that the case gave."""
    given = papers_given(opened.case, opened.events, opened.version)[-1]
    paper = await cases.my_paper(
        city, who.actor, case_id=opened.case.id, kind=given.kind, step=given.step, now=clock.now()
    )
    return repr(paper.blocks)


async def a_couple(city: Database, owner: Resident, other: Resident) -> UUID:
    return await asked(city, owner, spouse(other.name, other.number))


async def test_each_follows_it_and_prints_its_papers(
    city: Database, owner: Resident, other: Resident, no_press: None
) -> None:
    case_id = await a_couple(city, owner, other)
    code = (await sign(city, other, case_id))["code"]
    found = await cases.shared(city, other.actor)
    assert [line.case.short_code for line in found.signed] == [code] and not found.waiting
    opened = await cases.followed(city, other.actor, case_id=case_id, now=clock.now())
    assert owner.phone not in repr(opened.stated) and owner.number not in repr(opened.stated)
    assert (await make.ledger(city, case_id))[-1]["action"] == "cases.read_together"
    step = papers_given(opened.case, opened.events, opened.version)[0].step
    paper = await cases.my_paper(
        city, other.actor, case_id=case_id, kind="receipt", step=step, now=clock.now()
    )
    words = repr(paper.blocks)
    lives = (await cases.progress(city, owner.actor, case_id=case_id)).stated["hukou_address"]
    assert lives and lives not in words, "where the other lives is not hers to read"
    assert owner.name in words and other.name in words and "共同申请人及确认时间" in words
    assert mask_name(other.name) not in words, "one name in one way on a paper"
    assert (await press.printed(paper)).missing == ()
    assert await audit.reads_without_purpose(city, now=clock.now()) == 0


async def test_either_of_a_couple_may_withdraw_and_the_other_is_told(
    city: Database, owner: Resident, other: Resident
) -> None:
    case_id = await a_couple(city, owner, other)
    await sign(city, other, case_id)
    answer = await cases.withdraw(city, other.actor, case_id=case_id, now=clock.now())
    assert answer["state"] == await make.state(city, case_id) == "withdrawn"
    await drain(city)
    assert (await inbox(city, owner))[-1] == "申请已撤回：结婚登记"
    assert (await inbox(city, other))[-1] == "您已撤回申请：结婚登记"
    opened = await cases.followed(city, other.actor, case_id=case_id, now=clock.now())
    assert f"已由共同申请人{other.name}于" in await last_paper(city, owner, opened)


@pytest.mark.parametrize(("by", "said"), [("first", "已由申请人"), ("alone", "由您本人于")])
async def test_the_paper_of_a_withdrawal_names_who_took_it_back(
    city: Database, owner: Resident, other: Resident, no_press: None, by: str, said: str
) -> None:
    case_id = await a_couple(city, owner, other) if by == "first" else await make.submitted(city, owner)
    if by == "first":
        await sign(city, other, case_id)
    await cases.withdraw(city, owner.actor, case_id=case_id, now=clock.now())
    opened = await cases.followed(city, owner.actor, case_id=case_id, now=clock.now())
    assert said in await last_paper(city, owner, opened)


async def test_a_transfer_is_withdrawn_by_all_together(
    city: Database, owner: Resident, other: Resident, no_press: None
) -> None:
    case_id = await asked(city, owner, sellers(owner, other), item=TRANSFER)
    await sign(city, other, case_id)
    for _ in range(2):
        answer = await cases.withdraw(city, owner.actor, case_id=case_id, now=clock.now())
        assert answer["state"] == await make.state(city, case_id) == "submitted"
    assert [step["move"] for step in await make.steps(city, case_id)].count("ask_withdrawal") == 1
    await drain(city)
    assert (await inbox(city, other))[-1].endswith("要求撤回申请：不动产转移登记（存量房）")
    answer = await cases.withdraw(city, other.actor, case_id=case_id, now=clock.now())
    assert answer["state"] == await make.state(city, case_id) == "withdrawn"
    opened = await cases.followed(city, other.actor, case_id=case_id, now=clock.now())
    assert "全体申请人均已要求撤回" in await last_paper(city, owner, opened)
    await drain(city)
    assert (
        (await inbox(city, other))[-1]
        == (await inbox(city, owner))[-1]
        == "申请已撤回：不动产转移登记（存量房）"
    )


async def test_a_correction_does_not_change_who_applies(
    city: Database, outside: Sandbox, owner: Resident, other: Resident
) -> None:
    third = await cast.resident(city, outside)
    case_id = await a_couple(city, owner, other)
    await sign(city, other, case_id)
    department = (await make.row(city, case_id))["department"]
    clerk = identity.DemoOfficer("test-marriage", "周经办", department, "13800009999")
    await identity.load_demo(city, [], [clerk], password=cast.PASSWORD, now=clock.now())
    officer: Actor = await identity.actor_of(city, kind="username", value="test-marriage")
    await cases.ask_correction(
        city, officer, case_id=case_id, said={"spouse_id": "号码与身份证不符。"}, now=clock.now()
    )
    await drain(city)
    assert (await inbox(city, owner))[-1] == "您的申请需要补正：结婚登记"
    assert (await inbox(city, other))[-1] == "共同申请需要补正：结婚登记", "she has nothing to put right"
    await cases.actions.keep_corrections(
        city,
        owner.actor,
        case_id=case_id,
        posted={"spouse_id": third.number},
        received={},
        version=None,
        now=clock.now(),
    )
    with pytest.raises(AnswersInvalid) as told:
        await cases.correct(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    assert set(told.value.fields) == {"spouse_id"}


async def test_alone_it_is_filed_at_once(city: Database, owner: Resident) -> None:
    """A single parent names nobody, and waits for nobody."""
    case_id = await together.draft(city, owner, {}, item="birth_registration")
    sheet = await cases.sheet(city, owner.actor, case_id=case_id)
    alone = {name: value for name, value in sheet.answers.items() if not name.startswith("other_parent")}
    await make.answered(city, case_id, sheet.form, alone)
    answer = await cases.submit(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    assert answer["code"] and await make.state(city, case_id) == "submitted"
