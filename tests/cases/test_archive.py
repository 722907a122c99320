"""An ended case becomes one sealed package: whole, the same each time, once, and without slowing its end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from tests import make
from tests.cases.archiving import archived, content_of, member, names, package_kept, sealed_ledger, waits
from tests.cases.papers import ask_for_files, paper
from tests.cases.printing import LATER, SAID, TUESDAY, brought, filed
from tests.cast import Resident
from tests.kit.sample_paper import text_of
from tongban import cases
from tongban.cases.actions import archiving
from tongban.cases.actions.archiving.sealing import _gathered, package_of
from tongban.cases.model import ENDED, NoSuchCase
from tongban.cases.model.archive import Waiting
from tongban.cases.model.papers import PaperKind
from tongban.cases.store import archive as rows
from tongban.kit import clock, files
from tongban.kit.db import Database
from tongban.kit.policy import Actor

pytestmark = pytest.mark.usefixtures("no_press")
AFTER = LATER + timedelta(days=3)


async def refused(city: Database, owner: Resident, officer: Actor) -> UUID:
    return await brought(city, owner, officer, PaperKind.REFUSAL, "zh")


async def test_a_package_holds_the_whole_case_and_can_be_read_by_others(
    city: Database, owner: Resident, officer: Actor
) -> None:
    await make.limits(city, issue_days=10)
    case_id = await brought(city, owner, officer, PaperKind.COMPLETION, "zh")
    row = await archived(city, case_id, ended=LATER, now=AFTER)
    content = await content_of(city, row)
    assert names(content)[:2] == ["manifest.json", "manifest.jws"]
    papers = [name.rpartition("-")[2] for name in names(content) if name.startswith("papers/")]
    assert papers == ["receipt.pdf", "acceptance.pdf", "approval.pdf", "completion.pdf"]
    manifest = member(content, "manifest.json")
    case, description = member(content, "case.json"), member(content, "metadata.json")
    stored = await make.row(city, case_id)
    assert manifest["about"]["number"] == stored["number"] == case["case"]["number"]
    assert (case["applicant"]["name"], case["applicant"]["number"]) == (owner.name, owner.number)
    # The list can be handed on alone: nothing of the person stands in it.
    assert owner.number not in str(manifest) and owner.name not in str(manifest)
    assert member(content, "answers.json")["settled"]["id_number"] == owner.number
    assert description["内容描述"]["题名"] == "居住证申领办件" and description["档号"]["年度"] == "2026"
    assert [step["move"] for step in member(content, "events.json")][-1] == "complete"
    assert member(content, "form.json")["properties"].keys() >= {"name", "id_number"}
    told = member(content, "clock.json")["reckoned"]
    assert [one["kind"] for one in told] == ["acceptance", "promise", "statutory", "issue"]
    assert all(one["days_told"][0]["counted"] is False for one in told)
    acts = [line["text"] for line in member(content, "ledger.json")["rows"]]
    assert any('"cases.approve"' in text for text in acts) and any('"exchange.read"' in text for text in acts)
    receipt = next(name for name in names(content) if name.endswith("receipt.pdf"))
    assert owner.name in text_of(member(content, receipt))
    assert (row.size, row.retention, row.dispose_on) == (len(content), "y10", date(2037, 1, 1))


async def test_every_limit_lies_there_day_by_day_as_the_case_kept_it(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """What stopped and what lengthened it among the days, in the words of `clock explain --json`."""
    await make.limits(city, extension_days=10, statutory_days=20)
    case_id = await make.suspended(city, owner, officer, now=TUESDAY, days=5)
    resumed, ended = TUESDAY + timedelta(days=7), TUESDAY + timedelta(days=8)
    await cases.resume(city, officer, case_id=case_id, result=make.RESULT, now=resumed)
    await cases.extend(city, officer, case_id=case_id, reason=make.REASON, now=resumed)
    await cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=ended)
    row = await archived(city, case_id, ended=ended, now=ended + timedelta(days=3))
    clock_told = member(await content_of(city, row), "clock.json")
    told = {one["kind"]: one for one in clock_told["reckoned"]}
    kept = await make.row(city, case_id)
    for kind, days in (("promise", 15), ("statutory", 20)):
        one, due = told[kind], clock.city_day(kept[f"{kind}_due"]).isoformat()
        assert one["end"] == one["days_told"][-1]["day"] == due and one["kept"], kind
        assert sum(day["counted"] for day in one["days_told"]) == days + 10, kind
        assert sum(day["reason"]["zh"] == "现场核查" for day in one["days_told"]) == one["stopped"] == 5, kind
    assert [shift["move"] for shift in told["promise"]["shifts"]] == ["suspend", "extend"]
    _, said = await cases.explain(city, code=str(case_id))
    assert clock_told["reckoned"] == msgspec.json.decode(msgspec.json.encode(said))


async def test_of_an_application_that_was_not_put_right_the_last_limit_is_the_applicants(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await filed(city, owner)
    await cases.ask_correction(city, officer, case_id=case_id, said=SAID, now=LATER)
    ended = LATER + timedelta(days=2)
    await cases.withdraw(city, owner.actor, case_id=case_id, now=ended)
    row = await archived(city, case_id, ended=ended, now=ended + timedelta(days=3))
    told = member(await content_of(city, row), "clock.json")["reckoned"]
    assert [(one["kind"], one["ended"]) for one in told] == [
        ("acceptance", "2026-11-25"),
        ("correction", "2026-11-27"),
    ]


async def test_the_same_rows_are_the_same_bytes(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await refused(city, owner, officer)
    row = await archived(city, case_id, ended=LATER, now=AFTER)
    content = await content_of(city, row)
    # More rows of others and of this very case come into the ledger, and more passes over it.
    await make.submitted(city, owner, now=AFTER)
    await sealed_ledger(city, now=AFTER + timedelta(days=1))
    filing, contents = await _gathered(city, case_id, patient=True)
    packed = await package_of(filing, contents)
    assert b"".join([chunk async for chunk in packed.chunks]) == content


async def test_it_is_archived_once_however_often_it_is_begun(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await refused(city, owner, officer)
    await waits(city, case_id, at=LATER)
    await waits(city, case_id, at=LATER)
    await sealed_ledger(city, now=AFTER)
    (one,) = await rows.waiting(city, now=AFTER, limit=20)
    # Killed after the content was laid down and before the write: nothing names it, the case waits still.
    filing, contents = await _gathered(city, case_id, patient=True)
    packed = await package_of(filing, contents)
    await files.lay_down(packed.chunks, name="x.zip", media_type="application/zip")
    assert await package_kept(city, case_id) is None
    assert await rows.waiting(city, now=AFTER, limit=20) == []  # leased
    (again,) = await rows.waiting(city, now=AFTER + timedelta(minutes=5), limit=20)
    assert again.tries == 2
    # Two have it in the making: the one whose lease is over keeps nothing.
    assert await archiving.archive(city, one, now=AFTER) is None
    first = await archiving.archive(city, again, now=AFTER)
    assert first is not None
    assert await archiving.archive(city, again, now=AFTER) is None
    await waits(city, case_id, at=LATER)
    assert await rows.waiting(city, now=AFTER + timedelta(days=9), limit=20) == []
    kept = await city.rows("SELECT id FROM kit.file WHERE reference = $1", f"archive:{case_id}")
    assert [row["id"] for row in kept] == [first.file_id]
    acts = await make.ledger(city, case_id, "cases.archive")
    assert [(row["kind"], row["detail"]["sm3"]) for row in acts] == [("act", first.sm3)]


async def test_reading_and_keeping_cost_a_fixed_number_of_statements(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await refused(city, owner, officer)
    await waits(city, case_id, at=LATER)
    await sealed_ledger(city, now=AFTER)
    (one,) = await rows.waiting(city, now=AFTER, limit=20)
    city.count = 0
    await archiving.archive(city, one, now=AFTER)
    papers = 3
    # The case with its steps, two of the ledger, its sealed papers, its files, its applicant; each paper's
    # applicant; the one write.
    assert city.count == 6 + 2 * papers + 1


async def test_a_ledger_that_is_not_sealed_yet_is_waited_for(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await refused(city, owner, officer)
    await waits(city, case_id, at=LATER)
    assert await archiving.archive_due(city, now=LATER) == 0  # it is not even begun in the first seconds
    assert await archiving.archive_due(city, now=LATER + timedelta(seconds=4)) == 0
    assert await package_kept(city, case_id) is None
    await sealed_ledger(city, now=AFTER)
    assert await archiving.archive_due(city, now=AFTER) == 1


async def test_a_living_case_has_no_package(city: Database, owner: Resident) -> None:
    case_id = await filed(city, owner)
    await waits(city, case_id, at=TUESDAY)
    await sealed_ledger(city, now=AFTER)
    with pytest.raises(NoSuchCase):
        await _gathered(city, case_id, patient=True)
    assert await archiving.archive_due(city, now=AFTER) == 0
    assert await rows.waiting(city, now=AFTER + timedelta(days=1), limit=20) == []  # it waits no longer


async def test_nobody_gets_a_package_as_a_file_of_the_case(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await refused(city, owner, officer)
    row = await archived(city, case_id, ended=LATER, now=AFTER)
    assert await files.kept_file(city, file_id=row.file_id, subject=row.applicant, reference=case_id) is None


async def test_what_was_handed_in_lies_there_as_filed(
    city: Database, owner: Resident, officer: Actor, data_dir: Path
) -> None:
    await ask_for_files(city)
    case_id = await make.filled(city, owner, now=TUESDAY)
    received = await paper(3)
    await cases.attach(
        city, owner.actor, case_id=case_id, received={"papers": [received]}, version=None, now=TUESDAY
    )
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=TUESDAY)
    await cases.withdraw(city, owner.actor, case_id=case_id, now=LATER)
    # While a content is not to be had, there is no package without it: it is tried again.
    place = (
        data_dir / "files" / received.digest.hex()[:2] / received.digest.hex()[2:4] / received.digest.hex()
    )
    away = place.rename(place.with_suffix(".away"))
    await waits(city, case_id, at=LATER)
    await sealed_ledger(city, now=AFTER)
    assert await archiving.archive_due(city, now=AFTER) == 0
    away.rename(place)
    assert await archiving.archive_due(city, now=AFTER + timedelta(minutes=5)) == 1
    row = await package_kept(city, case_id)
    assert row is not None
    content = await content_of(city, row)
    (told,) = member(content, "attachments.json")
    assert (told["path"], told["name"], told["question"]) == ("attachments/01.pdf", "合同.pdf", "papers")
    (file,) = await files.kept_about(city, subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    filed_content = b"".join([chunk async for chunk in await files.content(file)])
    assert member(content, "attachments/01.pdf") == filed_content and len(filed_content) == received.size


async def test_a_ledger_that_has_lost_its_rows_holds_nothing_up_for_ever(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """As after a restore from a logical dump: no head will ever cover them. The package says that they are absent."""
    case_id = await refused(city, owner, officer)
    await city.run("DELETE FROM audit.ledger WHERE reference = $1", str(case_id))
    assert await archiving.archive(city, Waiting(0, case_id, LATER, tries=12, lease=LATER), now=AFTER) is None
    await waits(city, case_id, at=LATER)
    (one,) = await rows.waiting(city, now=AFTER, limit=1)
    with pytest.raises(archiving.PackageNotYet):
        await archiving.archive(city, one, now=AFTER)
    late = msgspec.structs.replace(one, tries=12)
    row = await archiving.archive(city, late, now=AFTER)
    assert row is not None
    content = await content_of(city, row)
    assert member(content, "manifest.json")["about"]["ledger"] == "absent"
    assert member(content, "ledger.json")["rows"] == []


def test_the_archive_ends_with_the_life_cycle() -> None:
    """The store spells the states out, as its text is fixed."""
    assert set(rows.ENDED.strip("()").replace("'", "").split(", ")) == set(ENDED)


async def anew(city: Database, owner: Resident, case_id: UUID, *, now: datetime) -> None:
    """News of something that came after the case's end: a paper's seal, a delivery, a status taken back."""
    assert owner.actor.id is not None
    await archiving.archive_anew(city, case_id=case_id, applicant=owner.actor.id, at=now, now=now)


async def test_a_package_is_served_until_the_next_one_takes_its_place(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """At one address, without a moment in which it answers with nothing; then nothing of the old one is left."""
    case_id = await brought(city, owner, officer, PaperKind.COMPLETION, "zh")
    first = await archived(city, case_id, ended=LATER, now=AFTER)
    later = AFTER + timedelta(minutes=5)
    await cases.deliver(
        city, officer, case_id=case_id, way="counter", receiver="本人", note="", key=None, now=later
    )
    await anew(city, owner, case_id, now=later)
    await anew(city, owner, case_id, now=later)
    assert await package_kept(city, case_id) == first
    assert "events.json" in names(await content_of(city, first))
    await sealed_ledger(city, now=later + timedelta(minutes=5))
    assert await archiving.archive_due(city, now=later + timedelta(minutes=5)) == 1
    second = await package_kept(city, case_id)
    assert second is not None
    assert (second.id, second.version) == (first.id, first.version + 1) and second.sm3 != first.sm3
    moves = [step["move"] for step in member(await content_of(city, second), "events.json")]
    assert moves[-1] == "deliver"
    assert await city.value("SELECT count(*) FROM kit.file WHERE reference = $1", f"archive:{case_id}") == 1
    assert await city.value("SELECT count(*) FROM cases.to_archive") == 0
    assert len(await make.ledger(city, case_id, "cases.archive")) == 2


async def test_what_comes_while_a_package_is_made_is_in_the_next(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """The rows were read before the news: the worker that packed too early keeps nothing, and the case waits still."""
    case_id = await refused(city, owner, officer)
    await waits(city, case_id, at=LATER)
    await sealed_ledger(city, now=AFTER)
    (one,) = await rows.waiting(city, now=AFTER, limit=1)
    await anew(city, owner, case_id, now=AFTER)
    assert await archiving.archive(city, one, now=AFTER) is None
    assert await city.value("SELECT count(*) FROM kit.file WHERE reference = $1", f"archive:{case_id}") == 0
    assert await archiving.archive_due(city, now=AFTER + timedelta(minutes=5)) == 1


async def test_a_package_that_was_handed_over_stays_as_it_is(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """Also where it is handed over while the next one is made."""
    case_id = await refused(city, owner, officer)
    first = await archived(city, case_id, ended=LATER, now=AFTER)
    later = AFTER + timedelta(minutes=5)
    await anew(city, owner, case_id, now=later)
    await city.run("UPDATE cases.archive SET exported_at = $1", later)
    assert await archiving.archive_due(city, now=later + timedelta(minutes=5)) == 0
    kept = await package_kept(city, case_id)
    assert kept is not None and kept.file_id == first.file_id and await content_of(city, kept)
    assert await city.value("SELECT count(*) FROM cases.to_archive") == 0
    await anew(city, owner, case_id, now=later)
    assert await city.value("SELECT count(*) FROM cases.to_archive") == 0


async def test_the_package_of_a_case_that_lives_again_is_let_go(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """A refusal is archived, taken back, and archived again with all its steps when the case ends for good."""
    case_id = await refused(city, owner, officer)
    first = await archived(city, case_id, ended=LATER, now=AFTER)
    later = AFTER + timedelta(minutes=5)
    await cases.rectify(city, officer, case_id=case_id, reason=make.RESULT, now=later)
    await anew(city, owner, case_id, now=later)
    assert await city.value("SELECT count(*) FROM cases.archive WHERE case_id = $1", case_id) == 0
    assert await city.value("SELECT count(*) FROM kit.file WHERE id = $1", first.file_id) == 0
    await cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=later)
    await anew(city, owner, case_id, now=later)
    second = await archived(city, case_id, ended=later, now=later + timedelta(minutes=5))
    assert second.sm3 != first.sm3
