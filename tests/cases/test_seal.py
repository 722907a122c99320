"""Seals on the papers of a case: each once, whoever is away or dies, and nobody waits for one to read."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests import make
from tests.cases import reconsidering
from tests.cases.together import asked, sign, spouse
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit.sample_paper import text_of
from tests.sandbox.conftest import Sandbox
from tongban import audit, cases, licences, regions
from tongban.cases import jobs
from tongban.cases.actions import kept_paper
from tongban.cases.actions.archiving.sealing import _gathered
from tongban.cases.model.archive.package import metadata
from tongban.cases.model.rulings import Ruling
from tongban.kit import clock, files
from tongban.kit.db import Database
from tongban.kit.pades import office
from tongban.kit.papers import mask_name
from tongban.kit.pdf import press
from tongban.kit.policy import Actor
from tongban.licences import PaperFinding, PaperVerdict
from tongban.settings import settings
from tongban.worker import drain_once

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True, scope="module")
async def no_children() -> AsyncIterator[None]:
    yield
    await press.close()
    await office.close()


@pytest.fixture(autouse=True)
async def trust(outside: Sandbox) -> tuple[bytes, ...]:
    await licences.trust_authority()
    return licences.trusted(settings().trust_file)


@pytest.fixture(autouse=True)
def healed(outside: Sandbox) -> Iterator[None]:
    yield
    outside.http.delete("/faults").raise_for_status()


def fail(outside: Sandbox, service: str) -> None:
    outside.http.post("/faults", json={"service": service, "mode": "down"}).raise_for_status()


async def rows(city: Database, case_id: UUID) -> list[dict[str, object]]:
    found = await city.sibling().rows(
        "SELECT * FROM cases.sealed_paper WHERE case_id = $1 ORDER BY step", case_id
    )
    return [dict(row) for row in found]


async def content(city: Database, who: Resident, case_id: UUID, step: int, kind: str) -> bytes | None:
    assert who.actor.id is not None
    file = await kept_paper(
        city, case_id=case_id, applicant=who.actor.id, step=step, kind=kind, now=clock.now()
    )
    return file and b"".join([chunk async for chunk in await files.content(file)])


async def judged(pdf: bytes, trust: tuple[bytes, ...]) -> PaperVerdict:
    return await asyncio.to_thread(licences.verify_paper, pdf, trust=trust)


async def test_every_step_that_gives_a_paper_has_it_sealed_by_the_organ_that_gave_it(
    city: Database, owner: Resident, officer: Actor, trust: tuple[bytes, ...]
) -> None:
    case_id = await make.accepted(city, owner, officer)
    await drain_once(city)
    assert await jobs.seal_papers(city, now=clock.now()) == 2
    kept = await rows(city, case_id)
    assert [row["kind"] for row in kept] == ["receipt", "acceptance"]
    organ = await city.value("SELECT name_zh FROM regions.department WHERE code = $1", officer.department)
    for row in kept:
        pdf = await content(city, owner, case_id, int(str(row["step"])), str(row["kind"]))
        assert pdf is not None and hashlib.sha256(pdf).digest() == row["sha256"]
        verdict = await judged(pdf, trust)
        assert verdict.holds and verdict.organ == organ and row["department"] == officer.department
        assert "正在加盖" not in text_of(pdf)
        # What she filed she signed, under a certificate for that one act; the decision is the organ's alone.
        assert verdict.applicant == (mask_name(owner.name) if row["kind"] == "receipt" else "")
        assert ("实名等级L3" in text_of(pdf)) is (row["kind"] == "receipt")
        assert verdict.sealed_at == row["sealed_at"]
    assert verdict.paper.startswith("受理通知书 ")
    sealed = [row for row in await make.ledger(city, case_id) if row["action"] == "cases.seal"]
    assert [row["detail"]["paper"] for row in sealed] == ["receipt", "acceptance"]
    # Told again, or by another worker at once: nothing more is sealed, nothing waits.
    assert await jobs.seal_papers(city, now=clock.now() + HOUR) == 0
    assert await city.value("SELECT count(*) FROM cases.seal_wanted") == 0
    assert await rows(city, case_id) == kept
    assert await audit.reads_without_purpose(city, now=clock.now()) == 0
    # The file belongs to her: it is in her copy, and the store keeps it.
    assert len(await files.holdings(city, owner.actor.id)) == 2  # type: ignore[arg-type]
    assert await files.store.unnamed(city, [bytes(row["digest"]) for row in kept]) == []  # type: ignore[arg-type]


async def test_what_several_filed_all_of_them_sign(
    city: Database, owner: Resident, other: Resident, trust: tuple[bytes, ...]
) -> None:
    case_id = await asked(city, owner, spouse(other.name, other.number))
    await sign(city, other, case_id)
    await drain_once(city)
    assert await jobs.seal_papers(city, now=clock.now()) == 1
    (row,) = await rows(city, case_id)
    pdf = await content(city, owner, case_id, int(str(row["step"])), str(row["kind"]))
    assert pdf is not None and "本凭证附各人的电子签名" in text_of(pdf)
    verdict = await judged(pdf, trust)
    assert verdict.holds
    assert verdict.applicant == f"{mask_name(owner.name)}、{mask_name(other.name)}"


async def test_while_the_authority_is_away_the_paper_can_be_read_and_nothing_is_lost(
    city: Database, web: Client, outside: Sandbox, owner: Resident, trust: tuple[bytes, ...]
) -> None:
    case_id = await make.submitted(city, owner)
    await drain_once(city)
    now = clock.now()
    for service in ("tsa", "ocsp", "ca"):
        fail(outside, service)
        assert await jobs.seal_papers(city, now=now) == 0
        now += HOUR
    backlog = await cases.seal_backlog(city)
    assert backlog.waiting == 1 and backlog.error is not None and backlog.error.startswith("away")
    await log_in(web, city, owner.actor)
    here = f"/my/cases/{case_id}/papers/receipt.pdf"
    plain = await web.get(here)
    assert plain.status_code == 200 and "电子印章正在加盖，请稍后重新下载。" in text_of(plain.content)
    assert (await judged(plain.content, trust)).finding is PaperFinding.UNSEALED
    outside.http.delete("/faults").raise_for_status()
    assert await jobs.seal_papers(city, now=now) == 1
    first, second = await web.get(here), await web.get(here)
    assert first.content == second.content and (await judged(first.content, trust)).holds
    assert first.headers["content-disposition"] == plain.headers["content-disposition"]


async def test_two_workers_at_once_or_one_killed_in_the_middle_make_one_paper(
    city: Database, owner: Resident, trust: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = await make.submitted(city, owner)
    await drain_once(city)
    now = clock.now()

    async def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    # The seal is on it and the file on the disk, but no row names it.
    with monkeypatch.context() as dying:
        dying.setattr("tongban.cases.actions.papers.sealing.write", killed)
        with pytest.raises(KeyboardInterrupt):
            await jobs.seal_papers(city, now=now)
    assert await rows(city, case_id) == []
    assert await jobs.seal_papers(city, now=now) == 0  # it is still the dead one's
    await city.run("UPDATE cases.seal_wanted SET due_at = $1", now)
    twice = await asyncio.gather(*(jobs.seal_papers(city, now=now) for _ in range(2)))
    assert sorted(twice) == [0, 1]
    # Even two that hold the same case at once leave one paper.
    from tongban.cases import store
    from tongban.cases.actions.papers import sealing

    await city.run("DELETE FROM kit.file")
    await city.run("DELETE FROM cases.sealed_paper")
    wanted = store.Wanted(case_id, owner.actor.id, 1, 1)  # type: ignore[arg-type]
    await asyncio.gather(*(sealing._seal_case(city, wanted, now=now) for _ in range(2)))
    assert len(await rows(city, case_id)) == 1
    assert await city.value("SELECT count(*) FROM kit.file") == 1


async def test_a_paper_of_before_there_were_seals_is_sealed_when_somebody_opens_it(
    city: Database, web: Client, owner: Resident, trust: tuple[bytes, ...]
) -> None:
    case_id = await make.submitted(city, owner, now=datetime(2026, 11, 24, 2, 0, tzinfo=UTC))
    assert await jobs.seal_papers(city, now=clock.now()) == 0
    await log_in(web, city, owner.actor)
    here = f"/my/cases/{case_id}/papers/receipt.pdf"
    for _ in range(2):
        assert "正在加盖" in text_of((await web.get(here)).content)
    assert await jobs.seal_papers(city, now=clock.now()) == 1
    verdict = await judged((await web.get(here)).content, trust)
    assert verdict.holds and verdict.sealed_at is not None
    assert abs(verdict.sealed_at - datetime.now(UTC)) < timedelta(minutes=5)  # not of the day of the step


async def test_a_revoked_seal_keeps_its_papers_waiting_and_tells_why(
    city: Database, outside: Sandbox, owner: Resident, officer: Actor
) -> None:
    from cryptography import x509

    await make.submitted(city, owner)
    await drain_once(city)
    now = clock.now()
    assert await jobs.seal_papers(city, now=now) == 1
    der = await city.value("SELECT certificate FROM licences.seal WHERE department = $1", officer.department)
    serial = x509.load_der_x509_certificate(der).serial_number
    outside.http.post("/ca/revocations", json={"serial": f"{serial:x}"}).raise_for_status()
    (case_id,) = await city.rows('SELECT id FROM cases."case" WHERE applicant = $1', owner.actor.id)
    await cases.accept(city, officer, case_id=case_id["id"], now=now)
    await drain_once(city)
    now = clock.now()
    assert await jobs.seal_papers(city, now=now) == 0
    backlog = await cases.seal_backlog(city)
    assert backlog.waiting == 1 and str(backlog.error).startswith("refused")
    assert officer.department is not None
    await licences.renew_seal(city, department=officer.department, now=now)
    assert await jobs.seal_papers(city, now=now + 2 * HOUR) == 1


async def test_a_case_that_was_passed_on_keeps_the_seal_of_who_gave_the_paper(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor, trust: tuple[bytes, ...]
) -> None:
    case_id = await make.submitted(city, owner)
    await city.run('UPDATE cases."case" SET department = $2 WHERE id = $1', case_id, elsewhere.department)
    await drain_once(city)
    assert await jobs.seal_papers(city, now=clock.now()) == 1
    (kept,) = await rows(city, case_id)
    assert kept["department"] == officer.department != elsewhere.department
    # In the package of the ended case it is a paper, not once more a thing that was handed in.
    await cases.withdraw(city, owner.actor, case_id=case_id, now=clock.now())
    filing, members = await _gathered(city, case_id, patient=False)
    assert filing.files == [] and metadata(filing)["形式特征"]["件数"] == "2"
    drawn = [one.name.rpartition("-")[2] for one in members if one.name.endswith(".pdf")]
    assert drawn == ["receipt.pdf", "termination.pdf"]


async def test_a_reconsiderations_decision_bears_the_seal_of_the_government_and_the_rest_the_offices(
    city: Database, owner: Resident, officer: Actor, trust: tuple[bytes, ...]
) -> None:
    """行政复议法 art. 75: the 复议机关 by its own seal; what its office does is the office's."""
    about, now = await make.submitted(city, owner), clock.now()
    await cases.decline(city, officer, case_id=about, reason=make.REASON, now=now)
    asked = await reconsidering.filed(city, owner, "reconsideration", about, now=now)
    await reconsidering.decided(city, asked, Ruling.UPHOLD, now=now)
    await drain_once(city)
    await jobs.seal_papers(city, now=clock.now())
    office = (await make.row(city, asked))["department"]
    organ = await regions.reconsideration_organ(city, office)
    sealed = {str(row["kind"]): row for row in await rows(city, asked)}
    assert {kind: row["department"] for kind, row in sealed.items()} == {
        "receipt": office,
        "acceptance": office,
        "refusal": organ.department,
    }
    pdf = await content(city, owner, asked, int(str(sealed["refusal"]["step"])), "refusal")
    assert pdf is not None
    verdict = await judged(pdf, trust)
    assert verdict.holds and verdict.organ == organ.name.zh
