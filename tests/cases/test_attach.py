"""Attaching: files in the answers of a draft, one write each, never more than the form and the house allow."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from tests import make
from tests.cases import papers
from tests.cast import Resident
from tests.conftest import CITY
from tests.filling import FILE
from tests.kit import sample_files
from tongban import cases
from tongban.cases.actions import files_wanted
from tongban.cases.model import AttachmentsTooMany, MovedOn, NoFilesHere, NoSuchCase, NotPossibleNow
from tongban.cases.model.attachments import BYTES, FILES, carried, with_more
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of
from tongban.kit import clock, files, forms
from tongban.kit.db import Database


@pytest.fixture
async def draft(city: Database, owner: Resident) -> UUID:
    """Her draft of an item that asks for papers."""
    await papers.ask_for_files(city)
    return await make.filled(city, owner)


async def rows(db: Database) -> int:
    return int(await db.sibling().value("SELECT count(*) FROM kit.file"))


async def test_a_file_stands_in_the_answers_with_its_row_and_its_ledger_line(
    city: Database, owner: Resident, draft: UUID
) -> None:
    received = await papers.paper(3)
    before = city.count
    version = await cases.attach(
        city, owner.actor, case_id=draft, received={"papers": [received]}, version=None, now=clock.now()
    )
    assert city.count - before == 2, "the draft, the write"
    row = await make.row(city, draft)
    (told,) = row["answers"]["papers"]
    assert told == {
        "file": told["file"],
        "name": "合同.pdf",
        "size": received.size,
        "type": "application/pdf",
        "pages": 3,
    }
    assert row["version"] == version and row["answers"]["ground"] == "work"
    kept = await files.kept_file(
        city,
        file_id=UUID(told["file"]),
        subject=owner.actor.id,
        reference=draft,  # type: ignore[arg-type]
    )
    assert kept is not None and kept.digest == received.digest
    (line,) = await make.ledger(city, draft, "cases.attach")
    assert line["detail"] == {"files": 1}


async def test_later_files_come_behind_earlier_ones(city: Database, owner: Resident, draft: UUID) -> None:
    await papers.attached(city, owner, draft, 1, 2)
    assert len(await papers.attached(city, owner, draft, 3)) == 3
    listed = (await make.row(city, draft))["answers"]["papers"]
    assert [one["pages"] for one in listed] == [1, 2, 3] and await rows(city) == 3


async def test_saving_keeps_the_files_whatever_was_posted(
    city: Database, owner: Resident, draft: UUID
) -> None:
    (file_id,) = await papers.attached(city, owner, draft, 1)
    for posted in (make.typed(), make.typed(papers="x"), make.typed(papers=f'[{{"file":"{draft}"}}]')):
        await cases.save(city, owner.actor, case_id=draft, posted=posted, version=None, now=clock.now())
        (told,) = (await make.row(city, draft))["answers"]["papers"]
        assert told["file"] == str(file_id)


async def test_the_button_beside_a_file_takes_it_off_with_its_row(
    city: Database, owner: Resident, draft: UUID
) -> None:
    one, other = await papers.attached(city, owner, draft, 1, 2)
    posted = make.typed(_go=f"drop:papers:{one}", phone=owner.phone)
    before = city.count
    await cases.save(city, owner.actor, case_id=draft, posted=posted, version=None, now=clock.now())
    assert city.count - before == 3, "the draft, her account, the write: as every save"
    answers = (await make.row(city, draft))["answers"]
    assert [told["file"] for told in answers["papers"]] == [str(other)] and await rows(city) == 1
    posted["_go"] = f"drop:papers:{other}"
    await cases.save(city, owner.actor, case_id=draft, posted=posted, version=None, now=clock.now())
    assert "papers" not in (await make.row(city, draft))["answers"] and await rows(city) == 0


async def test_a_button_of_another_question_or_file_takes_nothing_off(
    city: Database, owner: Resident, draft: UUID
) -> None:
    (file_id,) = await papers.attached(city, owner, draft, 1)
    for press in (f"drop:photos:{file_id}", f"drop:papers:{draft}", "drop:papers:", f"drop:ground:{file_id}"):
        posted = make.typed(_go=press)
        await cases.save(city, owner.actor, case_id=draft, posted=posted, version=None, now=clock.now())
    assert await rows(city) == 1


async def test_two_tabs_the_second_is_told_and_nothing_is_added(
    city: Database, owner: Resident, draft: UUID
) -> None:
    seen = (await make.row(city, draft))["version"]
    await papers.attached(city, owner, draft, 1, version=seen)
    with pytest.raises(MovedOn):
        await papers.attached(city, owner, draft, 2, version=seen)
    assert await rows(city) == 1


async def test_at_once_only_one_of_two_comes_through_the_guard(
    city: Database, owner: Resident, draft: UUID
) -> None:
    results = await asyncio.gather(
        *(papers.attached(city, owner, draft, number) for number in range(1, 6)), return_exceptions=True
    )
    done = [one for one in results if isinstance(one, list)]
    assert len(done) >= 1 and all(isinstance(one, list | MovedOn) for one in results)
    listed = (await make.row(city, draft))["answers"]["papers"]
    assert len(listed) == len(done) == await rows(city)


async def test_a_question_says_how_many(city: Database, owner: Resident, draft: UUID) -> None:
    await papers.attached(city, owner, draft, 1, 2, 3, 4, 5)
    with pytest.raises(AttachmentsTooMany) as told:
        await papers.attached(city, owner, draft, 6)
    assert told.value.status == 422 and "最多上传 5 个文件" in str(told.value.fields["papers"])
    assert await rows(city) == 5


async def test_another_field_takes_no_files(city: Database, owner: Resident, draft: UUID) -> None:
    for field in ("ground", "name", "nothing"):
        with pytest.raises(NoFilesHere):
            await papers.attached(city, owner, draft, 1, field=field)
    assert await rows(city) == 0


async def test_another_persons_draft_and_a_submitted_case_take_none(
    city: Database, owner: Resident, other: Resident, draft: UUID
) -> None:
    with pytest.raises(NoSuchCase):
        await papers.attached(city, other, draft, 1)
    with pytest.raises(NoSuchCase):
        await files_wanted(city, other.actor, case_id=draft)
    await cases.submit(city, owner.actor, case_id=draft, key=None, now=clock.now())
    with pytest.raises(NotPossibleNow):
        await papers.attached(city, owner, draft, 1)
    with pytest.raises(NotPossibleNow):
        await files_wanted(city, owner.actor, case_id=draft)
    assert await rows(city) == 0


async def test_what_each_question_wants(city: Database, owner: Resident, draft: UUID) -> None:
    wanted = await files_wanted(city, owner.actor, case_id=draft)
    assert set(wanted) == {"papers", "photos"}
    assert wanted["papers"] == files.Wanted(
        types=frozenset({"application/pdf", "image/jpeg"}), size=2_000_000
    )


async def test_a_discarded_draft_lets_its_files_go(city: Database, owner: Resident, draft: UUID) -> None:
    await papers.attached(city, owner, draft, 1, 2)
    await cases.discard(city, owner.actor, case_id=draft, now=clock.now())
    assert await rows(city) == 0


async def test_her_copy_names_her_files(city: Database, owner: Resident, draft: UUID) -> None:
    from tongban import rooms

    await papers.attached(city, owner, draft, 2)
    assert owner.actor.id is not None
    (told,) = await rooms.PERSONAL["files"].export(city, owner.actor.id)
    assert (told["name"], told["pages"], told["reference"]) == ("2.pdf", 2, str(draft))


MANY = {**papers.QUESTION, "maxItems": 100}
SCHEMA = {"properties": {"papers": MANY, "photos": MANY, "name": {"type": "string"}}}


def told(size: int) -> dict[str, object]:
    return {"file": "x", "name": "x", "size": size, "type": "image/png", "pages": 1}


def test_the_house_says_how_many_and_how_much_in_all() -> None:
    answers = {"photos": [told(1)] * (FILES - 1)}
    assert len(with_more(SCHEMA, answers, {"papers": [told(1)]})["papers"]) == 1
    with pytest.raises(AttachmentsTooMany) as many:
        with_more(SCHEMA, answers, {"papers": [told(1)] * 2})
    assert f"最多上传 {FILES} 个" in str(many.value.message)
    half = {"photos": [told(BYTES // 2)]}
    assert with_more(SCHEMA, half, {"papers": [told(BYTES // 2)]})
    with pytest.raises(AttachmentsTooMany) as much:
        with_more(SCHEMA, half, {"papers": [told(BYTES // 2 + 1)]})
    assert f"合计最多 {BYTES >> 20} MB" in str(much.value.message)


async def test_a_photo_is_cut_but_its_name_is_kept(city: Database, owner: Resident, draft: UUID) -> None:
    photo = sample_files.photo()
    received = await sample_files.sent(photo + sample_files.photo(50, 50), "IMG_1.JPG")
    await cases.attach(
        city, owner.actor, case_id=draft, received={"photos": [received]}, version=None, now=clock.now()
    )
    (listed,) = (await make.row(city, draft))["answers"]["photos"]
    assert (listed["name"], listed["size"]) == ("IMG_1.JPG", len(photo))


def test_a_paper_goes_along_to_the_other_way() -> None:
    """It was handed in already: the ordinary way asks for the same standard material by a question of its own.

    How it can fail (tried): leave the file where nobody asks for it; write over what was handed in there.
    """
    version = draft_of(CITY / "items" / "public_place_hygiene.yaml", CityFiles(CITY))
    form = forms.compile_form(version.form)
    promised = {"situation_way": "commitment", "file_test_report": [FILE]}
    ordinary = carried(version.materials, form, promised, {"situation_way": "ordinary"})
    assert ordinary == {"situation_way": "ordinary", "file_report_before": [FILE]}
    assert carried(version.materials, form, ordinary, {"situation_way": "commitment"}) == promised
    other = {"situation_way": "ordinary", "file_report_before": [{**FILE, "name": "another"}]}
    assert carried(version.materials, form, promised, other) == other
