"""What was applied for together, once it is filed: followed, printed, withdrawn, corrected; and who applies alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tests import cast, make
from tests.cases import together
from tests.cases.archiving import archived, content_of, member
from tests.cases.together import TRANSFER, asked, drain, inbox, sellers, sign, spouse
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import audit, cases, identity
from tongban.cases.actions import Opened, papers_given, terminate
from tongban.cases.model import AnswersInvalid, BeingConfirmed, NotPossibleNow
from tongban.cases.model.papers.filed import moment
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.papers import mask_name
from tongban.kit.pdf import press
from tongban.kit.policy import Actor


async def last_paper(city: Database, who: Resident, opened: Opened) -> str:
    """The words of the last paper that the case gave."""
    step = papers_given(opened.case, opened.events, opened.version)[-1].step
    return await paper_of(city, who, opened, step)


async def paper_of(city: Database, who: Resident, opened: Opened, step: int) -> str:
    """The words of the paper that this step gave."""
    given = papers_given(opened.case, opened.events, opened.version)
    (kind,) = [one.kind for one in given if one.step == step]
    paper = await cases.my_paper(
        city, who.actor, case_id=opened.case.id, kind=kind, step=step, now=clock.now()
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
    later = clock.now() + timedelta(days=1)
    row = await archived(city, case_id, ended=clock.now(), now=later)
    people = member(await content_of(city, row), "metadata.json")["机构人员实体"]
    assert [(one["角色"], one["机构人员名称"]) for one in people[1:]] == [
        ("申请人", owner.name),
        ("共同申请人", other.name),
    ]


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


# A correction that changes what the others have signed

#: What 80000 yuan are in the answers.
FEN = 8_000_000


async def officer_of(city: Database, case_id: UUID) -> Actor:
    """A clerk of the department that has the case."""
    department = (await make.row(city, case_id))["department"]
    clerk = identity.DemoOfficer("test-joint", "周经办", department, "13800009998")
    await identity.load_demo(city, [], [clerk], password=cast.PASSWORD, now=clock.now())
    return await identity.actor_of(city, kind="username", value="test-joint")


async def corrected(
    city: Database, who: Resident, case_id: UUID, *, price: str | None = None, now: datetime | None = None
) -> None:
    """She puts the price right, or leaves it, and hands the correction in."""
    now = now or clock.now()
    if price is not None:
        await cases.actions.keep_corrections(
            city,
            who.actor,
            case_id=case_id,
            posted={"home_price": price},
            received={},
            version=None,
            now=now,
        )
    await cases.correct(city, who.actor, case_id=case_id, key=None, now=now)


async def asked_to_correct(city: Database, owner: Resident, *others: Resident) -> UUID:
    """A sale that several have filed, whose price the department asks to put right."""
    case_id = await asked(city, owner, sellers(owner, *others), item=TRANSFER)
    for one in others:
        await sign(city, one, case_id)
    said = {"home_price": "与合同不一致，请核对。"}
    clerk = await officer_of(city, case_id)
    await cases.ask_correction(city, clerk, case_id=case_id, said=said, now=clock.now())
    await drain(city)
    return case_id


async def price_of(city: Database, who: Resident, case_id: UUID) -> int:
    return int((await cases.progress(city, who.actor, case_id=case_id)).stated["home_price"])


async def test_another_price_goes_back_to_the_department_only_with_the_others_word(
    city: Database, owner: Resident, other: Resident, no_press: None
) -> None:
    case_id = await asked_to_correct(city, owner, other)
    before = await price_of(city, owner, case_id)
    await corrected(city, owner, case_id, price="80000")
    assert (await make.state(city, case_id), await price_of(city, owner, case_id)) == ("correcting", before)
    with pytest.raises(BeingConfirmed):
        await corrected(city, owner, case_id, price="70000")
    await drain(city)
    assert (await inbox(city, other))[-1] == "请您确认补正的改动：不动产转移登记（存量房）"
    (line,) = (await cases.shared(city, other.actor)).waiting
    assert line.case.id == case_id
    laid = await cases.to_confirm(city, other.actor, case_id=case_id, now=clock.now())
    assert laid.before is not None and (laid.changed, laid.before["home_price"]) == (("home_price",), before)
    assert laid.answers["home_price"] == FEN
    with pytest.raises(NotPossibleNow):
        await cases.sign(
            city, other.actor, case_id=case_id, agrees=True, shown=laid.round.round - 1, now=clock.now()
        )
    at = clock.now() + timedelta(hours=1)
    answer = await sign(city, other, case_id, now=at)
    assert answer["code"] and await sign(city, other, case_id) == answer
    assert (await make.state(city, case_id), await price_of(city, owner, case_id)) == ("submitted", FEN)
    moves = [step["move"] for step in await make.steps(city, case_id)]
    assert moves[-3:] == ["ask_correction", "invite", "correct"]
    assert set(await make.timers(city, case_id)) == {"cases.acceptance"}
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    first, second = [one for one in opened.events if one.move in ("submit", "correct")]
    assert moment(at) in await paper_of(city, owner, opened, second.version)
    assert moment(at) not in await paper_of(city, owner, opened, first.version), "she signed that one before"
    assert not (await cases.shared(city, other.actor)).waiting
    await drain(city, now=at)
    assert (await inbox(city, other))[-1] == "共同申请已补正：不动产转移登记（存量房）"


async def test_who_does_not_agree_leaves_what_was_signed_and_the_corrector_may_correct_again(
    city: Database, outside: Sandbox, owner: Resident, other: Resident
) -> None:
    third = await cast.resident(city, outside)
    case_id = await asked_to_correct(city, owner, other, third)
    before = await price_of(city, owner, case_id)
    await corrected(city, owner, case_id, price="80000")
    assert (await sign(city, third, case_id))["code"] is None
    await cases.unsign(city, third.actor, case_id=case_id, now=clock.now())
    assert (await sign(city, third, case_id))["code"] is None
    later = clock.now() + timedelta(days=2)
    await cases.dissent(city, other.actor, case_id=case_id, reason="价格不是这样说定的。", now=later)
    await drain(city, now=later)
    assert (await inbox(city, owner))[-1].endswith("没有确认补正的改动：不动产转移登记（存量房）")
    assert (await inbox(city, third))[-1] == "不用再确认补正的改动：不动产转移登记（存量房）"
    sheet = await cases.actions.correction_sheet(city, owner.actor, case_id=case_id)
    assert (sheet.submitted["home_price"], sheet.answers["home_price"]) == (before, FEN), (
        "what she typed is kept"
    )
    assert (await make.timers(city, case_id))["cases.correction"] == sheet.correction.until
    assert sheet.correction.asked_at == later, "her limit begins anew with what she is told now"
    with pytest.raises(NotPossibleNow):
        await sign(city, other, case_id)
    await corrected(city, owner, case_id, price=str(before // 100), now=later)
    assert (await make.state(city, case_id), await price_of(city, owner, case_id)) == ("submitted", before)


async def test_time_and_the_corrector_herself_end_the_asking(
    city: Database, owner: Resident, other: Resident
) -> None:
    assert owner.actor.id is not None
    case_id = await asked_to_correct(city, owner, other)
    own = (await make.timers(city, case_id))["cases.correction"]
    await corrected(city, owner, case_id, price="80000", now=own - timedelta(hours=1))
    theirs = (await make.timers(city, case_id))["cases.correction"]
    assert theirs > own, "she has handed it in in time, what runs now is theirs"
    await cases.recall(city, owner.actor, case_id=case_id, now=own - timedelta(minutes=1))
    assert (await make.timers(city, case_id))["cases.correction"] == own, "it has gone on running"
    await corrected(city, owner, case_id, now=own)
    with pytest.raises(NotPossibleNow):
        await cases.recall(city, owner.actor, case_id=case_id, now=own + timedelta(hours=1))
    news = make.event("timer.cases.correction", subject=owner.actor.id, reference=case_id)
    await terminate(city, case_id=case_id, event=news, now=own + timedelta(hours=1))
    assert await make.state(city, case_id) == "correcting", "the limit that she kept does not end it"
    await terminate(city, case_id=case_id, event=news, now=theirs)
    assert [step["move"] for step in await make.steps(city, case_id)][-1] == "lapse"
    anew = (await make.timers(city, case_id))["cases.correction"]
    assert anew > theirs
    again = make.event("timer.cases.correction", subject=owner.actor.id, reference=case_id)
    await terminate(city, case_id=case_id, event=again, now=anew)
    assert await make.state(city, case_id) == "terminated"
