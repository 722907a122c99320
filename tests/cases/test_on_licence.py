"""What the issuer decides about a licence has a sealed paper, whoever dies over it; what is called off has its end."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests import make
from tests.cases import held
from tests.cases.archiving import archived, content_of, package_kept, sealed_ledger
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit.sample_paper import text_of
from tests.sandbox.conftest import Sandbox
from tongban import cases, licences, notices
from tongban.cases import jobs
from tongban.cases.actions import archiving
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import use_language
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.pades import office
from tongban.kit.pdf import press
from tongban.kit.policy import Actor, Duty
from tongban.licences import jobs as licences_jobs
from tongban.licences import store
from tongban.licences.model import Statement
from tongban.settings import settings
from tongban.worker import drain_once

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
REASON = "申请时提交的排水监测报告经核实系伪造"
PAID = "按评估价补偿停用设备的损失，三十日内支付"


@pytest.fixture(autouse=True, scope="module")
async def no_children() -> AsyncIterator[None]:
    yield
    await press.close()
    await office.close()


@pytest.fixture
async def first(city: Database, owner: Resident) -> UUID:
    """The case whose decision gave the owner a permit."""
    return await held.granted(city, owner, now=MONDAY, place_name="望川小馆")


async def drain(city: Database) -> None:
    while await drain_once(city):
        pass


async def decided(city: Database, who: Resident, case_id: UUID, act: str, **more: Any) -> licences.Licence:
    """An officer of the issuer does it, at the present time, and the worker has had the news."""
    row = await held.licence_of(city, who, case_id)
    verb = getattr(licences, act)
    changed: licences.Licence = await verb(
        city,
        make.officer_with(row.issuer_code, Duty.APPROVE),
        licence=row.id,
        reason=REASON,
        now=clock.now(),
        **more,
    )
    await drain(city)
    return changed


async def paper_of(city: Database, who: Resident, case_id: UUID, kind: str) -> str:
    """The words of the last paper of a kind."""
    paper = await cases.my_paper(city, who.actor, case_id=case_id, kind=kind, step=None, now=clock.now())
    made = await press.printed(paper)
    if folder := os.environ.get("PAPERS"):  # to be looked at, as in test_papers.py
        Path(folder, f"{kind}-{paper.language}.pdf").write_bytes(made.content)
    return text_of(made.content)


async def test_a_revocation_is_a_sealed_paper_of_the_case_and_lies_on_the_page_of_the_licence(
    city: Database, owner: Resident, web: Client, outside: Sandbox, first: UUID
) -> None:
    """The package that was sealed before is replaced in place, with the paper in it."""
    await licences.trust_authority()
    await drain(city)
    await jobs.seal_papers(city, now=clock.now())
    package = await archived(city, first, ended=clock.now(), now=clock.now() + timedelta(minutes=1))
    row = await decided(city, owner, first, "revoke", ground="deceit")
    assert (await make.steps(city, first))[-1]["move"] == "revoke_licence"
    await log_in(web, city, owner.actor)
    page = (await web.get(f"/my/licences/{row.id}")).text
    [link] = [one for one in page.split('"') if one.startswith(f"/my/cases/{first}/papers/revocation.pdf")]
    assert await jobs.seal_papers(city, now=clock.now()) == 1
    answer = await web.get(link)
    verdict = await asyncio.to_thread(
        licences.verify_paper, answer.content, trust=licences.trusted(settings().trust_file)
    )
    assert verdict.holds and verdict.paper.startswith("撤销行政许可决定书 ")
    said = text_of(answer.content)
    for words in (
        REASON,
        "不正当手段",
        "第六十九条第二款",
        "第六十九条第四款",
        "60日内，可以向示范市人民政府申请行政复议",
        "第二十四条",
        "6个月内，可以向有管辖权的人民法院",
        "污水排入",
    ):
        assert words in said.replace(" ", ""), words
    followed = (await web.get(f"/my/cases/{first}")).text
    assert "证照已被撤销" in followed and f"/apply/reconsideration?about={first}" in followed
    assert f"/apply/reconsideration?about={first}" in page
    web.cookies.set("tongban_language", "en")
    assert "art. 69(2)" in (await web.get(f"/my/licences/{row.id}")).text, "the ground in her language"
    later = clock.now() + timedelta(minutes=5)
    await sealed_ledger(city, now=later)
    assert await archiving.archive_due(city, now=later) == 1
    again = await package_kept(city, first)
    assert again is not None and (again.id, again.version) == (package.id, package.version + 1)
    assert answer.content in await content_of(city, again), "the sealed file itself"
    letters = [one.title.zh for one in await notices.inbox(city, owner.actor.id, before=None, limit=9)]  # type: ignore[arg-type]
    assert any("决定书已出具" in one for one in letters)


async def test_each_act_of_the_issuer_has_its_own_paper(
    city: Database, owner: Resident, web: Client, first: UUID
) -> None:
    """And the holder's programs are told of each, with the number of its paper."""
    await decided(*(city, owner, first, "suspend"), ground="hazard", heard=Statement("silent"))
    suspended = await paper_of(city, owner, first, "licence-suspension")
    assert "暂停使用证照决定书" in suspended and "提起行政诉讼" in suspended
    for words in ("第六十八条第二款。", "没有提出意见"):
        assert words in "".join(suspended.split()), words
    assert "行政复议可以在网上申请" in "".join(suspended.split())
    await decided(city, owner, first, "resume")
    assert "提起行政诉讼" not in await paper_of(city, owner, first, "licence-resumption")
    await decided(city, owner, first, "retract", ground="law_changed", compensation=PAID)
    retracted = (await paper_of(city, owner, first, "retraction")).replace("\n", "")
    for words in ("撤回行政许可决定书", PAID, "第八条第二款", "公共利益"):
        assert words in retracted, words
    moves = [one["move"] for one in await make.steps(city, first)][-3:]
    assert moves == ["suspend_licence", "resume_licence", "retract_licence"]
    row = await held.licence_of(city, owner, first)
    kept = await store.decisions_on(city, licence=row.id, holder=row.holder)
    assert [one.act for one in kept] == ["retract", "resume", "suspend"] and all(one.paper for one in kept)
    await log_in(web, city, owner.actor)
    told = (await web.get(f"/api/v1/licences/{row.id}")).json()["decisions"]
    case = await make.row(city, first)
    numbers = [f"{case['short_code']}-{case['version'] - place:02d}" for place in range(3)]
    assert [one["paper_number"] for one in told] == numbers
    assert [one["act"] for one in told] == [one.act for one in kept] and PAID in told[0]["reason"]
    assert told[0]["decided_at"] and told[0]["href"] == kept[0].paper
    (listed,) = (await web.get("/api/v1/licences")).json()["licences"]
    assert listed["decisions"] == told


async def test_who_granted_it_in_a_chain_does_not_revoke_it(city: Database, owner: Resident) -> None:
    """What is no judgement of the grant stays hers; a reissue that one officer decides does not make it hers again."""
    case_id = await held.granted(city, owner, "food_business", now=MONDAY)
    [granted] = [one for one in await make.steps(city, case_id) if one["move"] == "approve"]
    row = await held.licence_of(city, owner, case_id)
    herself = msgspec.structs.replace(
        make.officer_with(row.issuer_code, Duty.APPROVE), id=UUID(granted["detail"]["by"])
    )
    against: dict[str, dict[str, str]] = {
        "revoke": {"ground": "deceit"},
        "retract": {"ground": "law_changed", "compensation": PAID},
    }
    for act, more in against.items():
        with pytest.raises(NotAllowed) as told:
            await getattr(licences, act)(
                city, herself, licence=row.id, reason=REASON, now=clock.now(), **more
            )
        assert "另一位审批人员" in str(told.value.message)
        assert {"revoke": "第六十九条", "retract": "第八条"}[act] in str(told.value.message)
    await licences.suspend(city, herself, licence=row.id, reason=REASON, now=clock.now())
    await licences.resume(city, herself, licence=row.id, reason=REASON, now=clock.now())
    anew = await held.granted(city, owner, "food_business_reissue", about=case_id, now=clock.now())
    row = await held.licence_of(city, owner, anew)
    with pytest.raises(NotAllowed):
        await licences.revoke(city, herself, licence=row.id, reason=REASON, ground="deceit", now=clock.now())
    other = make.officer_with(row.issuer_code, Duty.APPROVE)
    await licences.revoke(
        city, other, licence=row.id, reason=REASON, ground="other_revocable", now=clock.now()
    )


async def test_who_applied_in_english_reads_the_decision_in_english(city: Database, owner: Resident) -> None:
    with use_language("en"):
        case_id = await held.granted(city, owner, now=MONDAY)
    await decided(city, owner, case_id, "cancel", ground="barred")
    said = await paper_of(city, owner, case_id, "cancellation")
    assert "DecisiontoCancelanAdministrativeLicence" in said and "art.70(5)" in said
    assert "administrativereconsideration" in said


async def test_a_worker_that_dies_in_the_middle_makes_one_paper(
    city: Database, owner: Resident, first: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await held.licence_of(city, owner, first)
    officer = make.officer_with(row.issuer_code, Duty.APPROVE)
    await licences.cancel(city, officer, licence=row.id, reason=REASON, ground="dissolved", now=clock.now())
    news = make.event(
        *("licences.cancelled",),
        subject=row.holder,
        reference=first,
        licence=str(row.id),
        was="valid",
        revision=row.revision + 1,
    )

    async def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("tongban.cases.actions.moving.write", killed)
        with pytest.raises(KeyboardInterrupt):
            await jobs.follow_licence(city, news, now=clock.now())
    assert (await make.steps(city, first))[-1]["move"] == "complete"
    twice = await asyncio.gather(
        *(jobs.follow_licence(city, news, now=clock.now()) for _ in range(2)), return_exceptions=True
    )
    assert twice.count(None) == 1
    with pytest.raises(Exception, match="handled_pkey"):
        await jobs.follow_licence(city, news, now=clock.now())
    assert [one["move"] for one in await make.steps(city, first)].count("cancel_licence") == 1


async def test_what_the_holder_asked_for_has_its_own_decision_and_no_second_one(
    city: Database, owner: Resident, first: UUID
) -> None:
    case_id = await held.filed(city, owner, "drainage_permit_cancellation", about=first, now=MONDAY + DAY)
    await held.approved(city, case_id, now=MONDAY + DAY)
    await drain(city)
    assert (await held.licence_of(city, owner, first)).state == "cancelled"
    assert "cancel_licence" not in [one["move"] for one in await make.steps(city, first)]


async def renewing(city: Database, owner: Resident, first: UUID) -> UUID:
    """A reissue that was granted and is not made yet."""
    case_id = await held.filed(city, owner, "drainage_permit_reissue", about=first, now=MONDAY + DAY)
    await held.approved(city, case_id, now=MONDAY + DAY)
    return case_id


async def called_off(city: Database, owner: Resident, case_id: UUID) -> str:
    """Ends a case, with letter and record of supervision; gives the paper of it."""
    await drain(city)
    row = await make.row(city, case_id)
    assert (row["state"], row["closed_at"] is not None) == ("terminated", True)
    assert await make.timers(city, case_id) == {}
    record = await city.sibling().row("SELECT rule, owner FROM cases.supervision WHERE case_id = $1", case_id)
    assert record is not None and tuple(record) == ("called_off", "head")
    assert owner.actor.id is not None
    letters = await notices.inbox(city, owner.actor.id, before=None, limit=9)
    assert any("不再制证" in one.title.zh for one in letters)
    assert (
        await city.sibling().value("SELECT count(*) FROM cases.to_archive WHERE case_id = $1", case_id) == 1
    )
    return (await paper_of(city, owner, case_id, "termination")).replace("\n", "")


async def test_a_case_whose_base_licence_ends_before_the_new_one_is_made_comes_to_its_end(
    city: Database, owner: Resident, first: UUID
) -> None:
    """It was left 制证中 for ever: the order was refused for good, and only the log said so."""
    case_id = await renewing(city, owner, first)
    row = await held.licence_of(city, owner, first)
    officer = make.officer_with(row.issuer_code, Duty.APPROVE)
    await licences.revoke(city, officer, licence=row.id, reason=REASON, ground="deceit", now=clock.now())
    said = await called_off(city, owner, case_id)
    assert "没有可以换发的证照" in said and "已撤销" in said and "提起行政诉讼" in said
    new = await held.licence_of(city, owner, case_id)
    assert new.state == "cancelled" and (await held.licence_of(city, owner, first)).asked is None
    assert "revoke_licence" in [one["move"] for one in await make.steps(city, first)]


async def test_a_licence_cancelled_in_the_making_ends_its_case_too(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """Also where a card is being made: the order is halted, and what the card maker sends finds nothing to do."""
    case_id = await make.approved(city, owner, officer)
    await drain(city)
    row = await held.licence_of(city, owner, case_id)
    assert row.state == "making"
    await decided(city, owner, case_id, "cancel", ground="deceased")
    said = await called_off(city, owner, case_id)
    assert "制证期间注销" in said and REASON in said
    assert await licences_jobs.collect_cards(city, now=clock.now() + timedelta(minutes=5)) == 0
    kept = await store.decisions_on(city, licence=row.id, holder=row.holder)
    assert [one.paper is not None and "termination.pdf" in one.paper for one in kept] == [True]
