"""Bulk actions: a preview that says what cannot be and why, each case by its own verb, the same again does nothing."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest

from tests import cast, make
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases
from tongban.cases.actions import bulk_preview, bulk_run, forget_batches
from tongban.cases.model import Move, ReasonMissing
from tongban.cases.model.batch import BULK, BULK_OUTCOMES, BULK_WORDS, BulkLine
from tongban.cases.model.desk_refusals import BulkUnfit, ReasonUnfilled
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.idempotency import KeyReused
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


@pytest.fixture
async def three(city: Database, outside: Sandbox, owner: Resident, officer: Actor) -> tuple[UUID, UUID, UUID]:
    """On one desk: a submitted case, an accepted one, and one that its applicant has withdrawn."""
    found = []
    for place in range(3):
        who = owner if not place else await neighbour(city, outside, owner)
        case_id = await make.submitted(city, who)
        found.append(case_id)
        if place == 1:
            await cases.accept(city, officer, case_id=case_id, now=clock.now())
        if place == 2:
            await cases.withdraw(city, who.actor, case_id=case_id, now=clock.now())
    return found[0], found[1], found[2]


async def neighbour(city: Database, outside: Sandbox, owner: Resident) -> Resident:
    wish = {"situation": "eligible_work", "by": "tests", "district": owner.district}
    answer = outside.http.post("/cast/take", json=wish)
    answer.raise_for_status()
    return await cast.enrolled(city, answer.json())


async def run(
    db: Database,
    actor: Actor,
    chosen: tuple[UUID, ...],
    move: Move = Move.ACCEPT,
    key: str = "",
    reason: str = "",
) -> list[BulkLine]:
    return await bulk_run(
        db, actor, chosen=chosen, move=move, reason=reason, key=key or str(uuid4()), now=clock.now()
    )


async def test_the_preview_says_of_each_what_cannot_be_and_why_and_changes_nothing(
    city: Database, officer: Actor, elsewhere: Actor, three: tuple[UUID, UUID, UUID]
) -> None:
    before = [await make.everything(city, one) for one in three]
    count = city.count
    lines = await bulk_preview(city, officer, chosen=[*three, three[0], uuid4()], move=Move.ACCEPT)
    assert city.count - count == 1
    assert [str(line.why) if line.why else None for line in lines] == [
        None,
        "当前状态为“审核中”，不能进行这项操作。",
        "当前状态为“已撤回”，不能进行这项操作。",
        "没有找到这个办件，可能已经转到其他部门。",
    ]
    others = await bulk_preview(city, elsewhere, chosen=three, move=Move.ACCEPT)
    assert all(line.row is None and line.why for line in others)
    assert [await make.everything(city, one) for one in three] == before
    refuse = await bulk_preview(city, officer, chosen=three, move=Move.REFUSE, template="refuse_inspection")
    assert str(refuse[1].why) == "这个理由模板不适用于该事项。"


async def test_each_is_done_by_its_verb_once_for_the_batch_and_illegal_ones_never_slip_in(
    city: Database, officer: Actor, elsewhere: Actor, three: tuple[UUID, UUID, UUID]
) -> None:
    key, untouched = str(uuid4()), [await make.everything(city, one) for one in three[1:]]
    lines = await run(city, officer, three, key=key)
    assert [line.done for line in lines] == [True, False, False]
    done = await make.everything(city, three[0])
    assert done["row"]["state"] == "accepted" and done["news"][-1] == "cases.accepted"
    assert [await make.everything(city, one) for one in three[1:]] == untouched
    again = await run(city, officer, three, key=key)
    assert [(line.done, str(line.words)) for line in again] == [
        (line.done, str(line.words)) for line in lines
    ]
    assert await make.everything(city, three[0]) == done
    with pytest.raises(KeyReused):
        await run(city, officer, three, Move.RECHECK, key=key)
    assert [line.done for line in await run(city, elsewhere, three)] == [False, False, False]
    assert await make.everything(city, three[0]) == done


async def test_a_recheck_under_the_same_key_asks_the_registers_once(
    city: Database, owner: Resident, officer: Actor, three: tuple[UUID, UUID, UUID]
) -> None:
    key = str(uuid4())
    assert [line.done for line in await run(city, officer, three[:1], Move.RECHECK, key=key)] == [True]
    asked = await make.readings(city, owner)
    await run(city, officer, three[:1], Move.RECHECK, key=key)
    assert await make.readings(city, owner) == asked
    await run(city, officer, three[:1], Move.RECHECK)
    assert await make.readings(city, owner) > asked


async def test_what_was_begun_and_did_not_end_is_told_and_not_done_again(
    city: Database, officer: Actor, three: tuple[UUID, UUID, UUID]
) -> None:
    """As after a kill between the two: the batch's row stands without its result."""
    key = str(uuid4())
    await run(city, officer, three[1:2], key=key)
    await city.sibling().run("UPDATE cases.bulk SET result = NULL")
    [line] = await run(city, officer, three[1:2], key=key)
    assert line.done is None and "结果不明" in str(line.words)
    await forget_batches(city, now=make.later(clock.now(), days=8))
    assert await city.sibling().value("SELECT count(*) FROM cases.bulk") == 0


async def test_the_batch_itself_is_refused_before_anything_is_done(
    city: Database, owner: Resident, officer: Actor, three: tuple[UUID, UUID, UUID]
) -> None:
    before = [await make.everything(city, one) for one in three]
    for reason, refusal in (
        ("太短", ReasonMissing),
        ("经审查，【请填写：事实】，不符合办理条件。", ReasonUnfilled),
    ):
        with pytest.raises(refusal):
            await run(city, officer, three, Move.REFUSE, reason=reason)
    for chosen in ((), tuple(uuid4() for _ in range(101))):
        with pytest.raises(BulkUnfit):
            await run(city, officer, chosen)
    with pytest.raises(NotAllowed):
        await run(city, owner.actor, three)
    assert [await make.everything(city, one) for one in three] == before
    assert await city.sibling().value("SELECT count(*) FROM cases.bulk") == 0
    lines = await run(city, officer, three, Move.REFUSE, reason=make.REASON)
    assert [line.done for line in lines] == [False, True, False]
    assert await make.state(city, three[1]) == "refused"


async def test_tick_preview_confirm_and_confirm_again(
    web: Client, city: Database, officer: Actor, three: tuple[UUID, UUID, UUID]
) -> None:
    await log_in(web, city, officer)
    assert 'href="/desk/bulk"' in (await web.get("/desk")).text
    shown = (await web.get("/desk/bulk")).text
    token = shown.split('name="_csrf" value="')[1].split('"')[0]
    assert str(three[0]) in shown and str(three[1]) in shown and str(three[2]) not in shown
    assert 'value="refuse_service"' in shown, "what is for none of these cases is not offered"
    assert not re.search('value="(reconsider_uphold|refuse_inspection)"', shown)
    nothing = await web.post("/desk/bulk", data={"_csrf": token, "move": "accept", "_go": "some"})
    assert nothing.status_code == 422 and "请至少勾选一个办件" in nothing.text
    ticked = {"_csrf": token, "case-1": str(three[0])}
    nothing = await web.post("/desk/bulk", data={**ticked, "move": "approve"})
    assert nothing.status_code == 422 and re.search(rf'value="{three[0]}" checked', nothing.text)
    whole = {"_csrf": token, "_go": "all", "all-1": str(three[0]), "all-2": str(three[1]), "move": "accept"}
    preview = (await web.post("/desk/bulk", data=whole)).text
    assert "可以办理 1 件，不能办理 1 件" in preview and "当前状态为“审核中”" in preview
    hidden = dict(re.findall(r'name="(_csrf|_key|move|template|case-\d+)" value="([^"]*)"', preview))
    assert {name for name in hidden if name.startswith("case-")} == {"case-1"}
    for _ in range(2):
        answer = await web.post("/desk/bulk/run", data=hidden)
        assert answer.status_code == 200 and "已完成 1 件，没有完成 0 件" in answer.text
    assert [one["move"] for one in await make.steps(city, three[0])].count("accept") == 1
    refuse = {"_csrf": token, "case-1": str(three[1]), "move": "refuse", "template": "refuse_service"}
    preview = (await web.post("/desk/bulk", data=refuse)).text
    assert "【请填写：查明的事实】" in preview
    hidden = dict(re.findall(r'name="(_csrf|_key|move|template|case-\d+)" value="([^"]*)"', preview))
    answer = await web.post(
        "/desk/bulk/run", data={**hidden, "reason": "经审查，【请填写：查明的事实】不符合"}
    )
    assert answer.status_code == 422 and "还有没有填写的地方" in answer.text
    assert f'name="_key" value="{hidden["_key"]}"' in answer.text
    answer = await web.post("/desk/bulk/run", data={**hidden, "reason": make.REASON})
    assert answer.status_code == 200 and await make.state(city, three[1]) == "refused"


def test_every_bulk_move_has_its_words() -> None:
    assert set(BULK) == set(BULK_WORDS) == set(BULK_OUTCOMES)


async def test_pauses_end_with_one_result(
    city: Database, officer: Actor, three: tuple[UUID, UUID, UUID]
) -> None:
    words = "集中检测已经完成，结果全部合格。"
    await cases.suspend(
        *(city, officer),
        case_id=three[1],
        kind="test",
        days="3",
        reason="需要送检，等待检测报告结果",
        now=clock.now(),
    )
    lines = await run(city, officer, three, Move.RESUME, reason=words)
    assert [line.done for line in lines] == [False, True, False]
    row = await make.row(city, three[1])
    assert row["state"] == "accepted" and row["course"]["specials"][0]["result"] == words
