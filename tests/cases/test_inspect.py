"""A site inspection: kept page by page, handed in once, immutable then, told to the applicant; it ends the pause."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tests import make
from tests.cases import inspecting
from tests.cases.inspecting import (
    PEOPLE,
    about,
    about_of,
    accepted,
    end,
    filed,
    filled_in,
    handed_in,
    keep,
    officer_at,
    typed_time,
)
from tests.cast import Resident
from tests.conftest import CITY
from tests.kit import sample_files
from tests.kit.sample_paper import text_of
from tongban import cases
from tongban.cases.actions import inspection_result
from tongban.cases.actions.letters.of_steps import letter
from tongban.cases.model import MovedOn, NoSuchCase, NotPossibleNow
from tongban.cases.model.desk_refusals import InspectionIncomplete, NothingToInspect, PhotosTooMany
from tongban.cases.model.inspection import (
    ABOUT,
    END,
    Inspection,
    Since,
    faults,
    inspection_of,
    moment_typed,
    with_step,
)
from tongban.catalogue import InspectionPoint
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of
from tongban.kit import clock, files
from tongban.kit.db import Database
from tongban.kit.files import NoSuchFile
from tongban.kit.i18n import Text
from tongban.kit.idempotency import KeyReused
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.pdf import press
from tongban.kit.policy import Actor

NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)
SINCE = Since(NOW - timedelta(hours=4), special=False)


async def record_of(db: Database, case_id: UUID) -> list[dict]:  # type: ignore[type-arg]
    rows = await db.sibling().rows(
        "SELECT * FROM cases.inspection WHERE case_id = $1 ORDER BY opened_at", case_id
    )
    return [dict(one) for one in rows]


async def test_a_page_is_kept_as_typed_right_or_wrong_and_another_officer_goes_on(
    city: Database, owner: Resident
) -> None:
    case_id, officer = await accepted(city, owner)
    second = await officer_at(city, officer.department or "", "吴核查")
    typed = {"officer_1": str(second.id), "officer_2": str(owner.actor.id), "met": "郑店长"}
    await keep(city, officer, case_id, owner, ABOUT, typed)
    sheet = await keep(city, second, case_id, owner, "hand_washing", {"finding": "unmet", "words": "没有"})
    assert sheet.record.officers == ("吴核查", "") and sheet.record.met == "郑店长", "nobody else is taken"
    assert sheet.record.by == (str(second.id), "")
    told = sheet.faults(now=clock.now())
    assert {*told[ABOUT]} == {"officer_2", "met_as", "started"}
    assert {*told["hand_washing"]} == {"words"} and {*told["pest_control"]} == {"finding"}
    [row] = await record_of(city, case_id)
    assert (row["version"], row["officer"], row["submitted_at"]) == (2, "吴核查", None)
    assert [one["detail"] for one in await make.ledger(city, case_id, "cases.keep_inspection")] == [
        {"page": ABOUT, "photos": 0},
        {"page": "hand_washing", "photos": 0},
    ]


async def test_what_somebody_saved_in_between_is_not_overwritten(city: Database, owner: Resident) -> None:
    case_id, officer = await accepted(city, owner)
    applicant = owner.actor.id
    assert applicant is not None
    for first in (0, 1):  # beginning the record, and going on with it
        sent = [
            cases.keep_inspection(
                city.sibling(),
                officer,
                case_id=case_id,
                applicant=applicant,
                step=ABOUT,
                posted={"met": name},
                version=first,
                now=clock.now(),
            )
            for name in ("郑店长", "钱店长")
        ]
        came = await asyncio.gather(*sent, return_exceptions=True)
        assert sorted(type(one).__name__ for one in came) == ["InspectionSheet", "MovedOn"]
    assert len(await record_of(city, case_id)) == 1


async def test_handed_in_it_is_a_step_with_its_paper_and_nothing_changes_it_any_more(
    city: Database, owner: Resident, no_press: None
) -> None:
    case_id, officer = await accepted(city, owner)
    wrong = {"hand_washing": "专间入口没有洗手池"}
    await filled_in(city, officer, case_id, owner, unmet=wrong, conclusion="failed", words="整改后另行核查")
    before, key = await make.everything(city, case_id), str(uuid4())
    answer = await handed_in(city, officer, case_id, key)
    assert answer == {"case": str(case_id), "step": before["row"]["version"] + 1, "ends": False}
    after = await make.everything(city, case_id)
    changed = {name for name in before["row"] if before["row"][name] != after["row"][name]}
    assert changed == {"version"} and after["timers"] == before["timers"]
    assert after["news"] == [*before["news"], "cases.inspected"]
    assert (await make.ledger(city, case_id))[-1]["action"] == "cases.inspect"
    assert await handed_in(city, officer, case_id, key) == answer
    with pytest.raises(
        InspectionIncomplete
    ):  # another key begins from nothing: the record is gone from the draft
        await handed_in(city, officer, case_id)
    [row] = await record_of(city, case_id)
    assert row["step"] == answer["step"] and row["submitted_at"] is not None
    with pytest.raises(MovedOn):
        await cases.keep_inspection(
            city,
            officer,
            case_id=case_id,
            applicant=owner.actor.id,  # type: ignore[arg-type]
            step=ABOUT,
            posted={"met": "另一个"},
            version=row["version"],
            now=clock.now(),
        )
    assert await record_of(city, case_id) == [row]
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    assert inspection_of(opened.events[-1].detail).met == "郑店长"
    paper = await cases.my_paper(
        city, owner.actor, case_id=case_id, kind="inspection", step=None, now=clock.now()
    )
    words = "".join(text_of((await press.printed(paper)).content).split())
    for said in (
        "现场核查记录",
        "不符合",
        "专间入口没有洗手池",
        "周核查、吴核查",
        "郑店长（店长）",
        "第三十四条第三款",
    ):
        assert said in words, said
    detail = opened.events[-1].detail
    told = letter("cases.inspected", opened.case, opened.version, mark="m", organ=None, detail=detail)
    assert "现场核查不合格" in told.body.zh and "1 项" in told.body.zh


async def test_the_pause_that_it_ends_is_offered_its_conclusion(city: Database, owner: Resident) -> None:
    """An inspector suspends the clock with a site visit, the date moves and says why."""
    begun = datetime(2026, 11, 2, 2, tzinfo=UTC)
    case_id, officer = await accepted(city, owner, now=begun)
    due = (await make.row(city, case_id))["promise_due"]
    await cases.suspend(
        city,
        officer,
        case_id=case_id,
        kind="site_inspection",
        days="5",
        reason="需要到店核对布局和设备情况",
        now=begun + timedelta(hours=2, seconds=30),
    )
    assert await inspection_result(city, officer, case_id=case_id) == ""
    early = typed_time(begun + timedelta(hours=1))
    await keep(city, officer, case_id, owner, ABOUT, about_of(begun) | {"started": early})
    sheet = await keep(city, officer, case_id, owner, END, end(begun) | {"ended": early})
    told = sheet.faults(now=clock.now())
    for page, field in ((ABOUT, "started"), (END, "ended")):
        assert "现场核查程序开始的时间，最早是 2026-11-02 12:00" in str(told[page][field])
    await filled_in(city, officer, case_id, owner)
    answer = await handed_in(city, officer, case_id)
    assert answer["ends"] is True and await make.state(city, case_id) == "suspended"
    result = await inspection_result(city, officer, case_id=case_id)
    assert "现场核查合格" in result
    await cases.resume(city, officer, case_id=case_id, result=result, now=begun + timedelta(days=3))
    row = await make.row(city, case_id)
    assert row["state"] == "accepted" and row["promise_due"] > due
    assert row["course"]["specials"][0]["result"] == result
    assert await inspection_result(city, officer, case_id=case_id) == ""


async def test_photos_are_files_of_the_case_and_can_be_taken_off_only_from_their_point(
    city: Database, owner: Resident
) -> None:
    case_id, officer = await accepted(city, owner)
    applicant = owner.actor.id
    assert applicant is not None

    async def send(step: str, version: int, many: int = 0, drop: UUID | None = None) -> cases.InspectionSheet:
        received = [await sample_files.sent(sample_files.photo(), f"{number}.jpg") for number in range(many)]
        return await cases.keep_inspection(
            city,
            officer,
            case_id=case_id,
            applicant=applicant,
            step=step,
            posted={"finding": "met"},
            received=received,
            drop=drop,
            version=version,
            now=clock.now(),
        )

    sheet = await send("cold_storage", 0, 2)
    first, second = [UUID(one["file"]) for one in sheet.record.points["cold_storage"].photos]
    with pytest.raises(PhotosTooMany):
        await send("cold_storage", sheet.version, 5)
    sheet = await send("cold_storage", sheet.version, drop=first)
    assert [one["file"] for one in sheet.record.points["cold_storage"].photos] == [str(second)]
    file = await cases.open_file(
        city, officer, case_id=case_id, subject=applicant, file_id=second, view="content", now=clock.now()
    )
    assert file.media_type == "image/jpeg"
    assert (await make.ledger(city, case_id))[-1]["action"] == "cases.read_file"
    with pytest.raises(NoSuchFile):
        await cases.my_file(city, owner.actor, case_id=case_id, file_id=first)
    assert (await cases.my_file(city, owner.actor, case_id=case_id, file_id=second)).id == second
    assert len(await files.holdings(city, applicant)) == 1


async def test_not_for_others_not_elsewhere_and_not_before_or_after(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id, inspector = await filed(city, owner)
    with pytest.raises(NotPossibleNow):  # nothing is inspected before acceptance
        await keep(city, inspector, case_id, owner, ABOUT, await about(city, inspector, clock.now()))
    await cases.accept(city, inspector, case_id=case_id, now=clock.now())
    for actor, refusal in ((officer, NoSuchCase), (owner.actor, NotAllowed)):
        with pytest.raises(refusal):
            await keep(city, actor, case_id, owner, ABOUT, about_of(clock.now()))
        with pytest.raises(refusal):
            await handed_in(city, actor, case_id)
    with pytest.raises(NothingToInspect):
        await keep(city, inspector, case_id, owner, "no_such_point", {"finding": "met"})
    plain = await make.accepted(city, owner, officer)
    with pytest.raises(NothingToInspect):
        await keep(city, officer, plain, owner, ABOUT, about_of(clock.now()))
    await filled_in(city, inspector, case_id, owner)
    await cases.terminate_at_desk(
        city, inspector, case_id=case_id, ground="object_gone", reason=make.REASON, now=clock.now()
    )
    with pytest.raises(NotPossibleNow):
        await handed_in(city, inspector, case_id)
    assert (await record_of(city, case_id))[0]["submitted_at"] is None


async def test_the_same_key_for_another_case_is_refused(city: Database, owner: Resident) -> None:
    case_id, officer = await accepted(city, owner)
    await filled_in(city, officer, case_id, owner)
    key = str(uuid4())
    await handed_in(city, officer, case_id, key)
    with pytest.raises(KeyReused):
        await cases.record_visit(city, officer, case_id=case_id, posted=make.VISIT, key=key, now=clock.now())


async def test_a_draft_saved_while_it_is_handed_in_is_not_lost(city: Database, owner: Resident) -> None:
    """Either the record was handed in as it stood, or the save came first and it is to be looked at again."""
    case_id, officer = await accepted(city, owner)
    sheet = await filled_in(city, officer, case_id, owner)
    applicant = owner.actor.id
    assert applicant is not None
    saved, done = await asyncio.gather(
        cases.keep_inspection(
            city.sibling(),
            officer,
            case_id=case_id,
            applicant=applicant,
            step=ABOUT,
            posted=await about(city, officer, clock.now()) | {"met": "钱店长"},
            version=sheet.version,
            now=clock.now(),
        ),
        cases.inspect(city.sibling(), officer, case_id=case_id, key=None, now=clock.now()),
        return_exceptions=True,
    )
    rows = await record_of(city, case_id)
    assert len(rows) == 1
    steps = [one for one in await make.steps(city, case_id) if one["move"] == "inspect"]
    if isinstance(done, dict):
        kept = rows[0]["record"]
        assert steps[0]["detail"]["inspection"] == kept
        assert isinstance(saved, MovedOn) or kept["met"] == "钱店长"
    else:
        assert isinstance(done, MovedOn) and steps == [] and not isinstance(saved, BaseException)


def whole(**more: str) -> Inspection:
    record = with_step(Inspection(), ABOUT, about_of(NOW), PEOPLE)
    return with_step(record, END, end(NOW) | more)


@pytest.mark.parametrize(
    ("finding", "posted", "wrong"),
    [
        ("met", {}, {}),
        ("not_applicable", {}, {}),
        ("met", {"conclusion": "failed", "words": "说明理由的话"}, {END: {"conclusion"}}),
        ("unmet", {"conclusion": "passed"}, {END: {"conclusion"}}),
        ("unmet", {"conclusion": "to_mend", "words": "说明理由的话"}, {END: {"conclusion"}}),
        ("unmet", {"conclusion": "failed", "words": "说明理由的话"}, {}),
        ("mostly", {"conclusion": "passed"}, {END: {"conclusion"}}),
        ("mostly", {"conclusion": "to_mend", "words": "说明理由的话"}, {}),
        ("mostly", {"conclusion": "to_mend"}, {END: {"words"}}),
        ("met", {"signed": ""}, {END: {"unsigned"}}),
        ("met", {"signed": "", "unsigned": "拒绝签字，见证人王某"}, {}),
        ("met", {"ended": "2026-11-26T09:00"}, {END: {"ended"}}),
        ("met", {"ended": "2026-11-26T12:01"}, {END: {"ended"}}),
        ("met", {"ended": "昨天"}, {END: {"ended"}}),
    ],
)
def test_what_contradicts_itself_is_told(
    finding: str, posted: dict[str, str], wrong: dict[str, set[str]]
) -> None:
    words = Text("x", "x")
    point = InspectionPoint(key="p", section=words, text=words, basis=words, mark="realistic")
    record = with_step(whole(**posted), "p", {"finding": finding, "words": "看到的情况"})
    assert {step: set(told) for step, told in faults(record, [point], since=SINCE, now=NOW).items()} == wrong


def test_two_officers_by_law_and_no_time_to_come() -> None:
    record = with_step(whole(), ABOUT, about_of(NOW, "1", "1") | {"started": "2026-11-26T12:30"})
    assert set(faults(record, [], since=SINCE, now=NOW)[ABOUT]) == {"officer_2", "started"}
    before = Inspection(officers=("周核查", "吴核查"))
    typed_names = with_step(before, ABOUT, about_of(NOW, "", ""), PEOPLE)
    assert typed_names.officers == before.officers, "what was typed before there was a choice is not lost"
    assert set(faults(typed_names, [], since=SINCE, now=NOW)[ABOUT]) == {"officer_1", "officer_2"}
    stranger = with_step(whole(), ABOUT, about_of(NOW, "3", "2"), {"1": "周核查"})
    assert stranger.by == ("", "2"), "a stranger is not taken, and who is named already stays"
    assert moment_typed("2026-11-26T12:00") == NOW
    for typed, words in (
        ("", "例如 2026-11-26 11:00"),
        ("1999-01-01T09:00", "早于本件受理的时间，最早是 2026-11-26 08:00"),
        ("2027-01-01T09:00", "还没有到"),
    ):
        told = faults(
            with_step(whole(), ABOUT, about_of(NOW) | {"started": typed}), [], since=SINCE, now=NOW
        )[ABOUT]
        assert words in str(told["started"])
    assert moment_typed("2026-11-26 11:00") == NOW - timedelta(hours=1), "the example is taken as it stands"
    assert [moment_typed(text) for text in ("", "2026", "0001-01-01T00:00", "2026-11-26T12:00+08:00")] == [
        None
    ] * 4


def test_the_item_has_as_many_points_as_practice_asks() -> None:
    draft = draft_of(CITY / "items" / f"{inspecting.ITEM}.yaml", CityFiles(CITY))
    assert 10 <= len(draft.inspection) <= 14
    assert len({point.key for point in draft.inspection}) == len(draft.inspection)
