"""A resident goes the whole way in a browser: list, questions, one form, check, progress."""

from __future__ import annotations

import asyncio
import re
from typing import Any
from uuid import UUID

import msgspec

from tests import applications, filling, make
from tests.bundles.going import ANSWERS, begun, drained
from tests.bundles.test_model import made
from tests.cases.held import granted
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit import sample_files
from tongban import bundles, cases
from tongban.cases.actions import take_out
from tongban.identity.actions.residence import ask_residence
from tongban.kit import clock
from tongban.kit.db import Database

_SAID = {"certificate": "no", "hukou": "yes", "registered": "yes", "insured": "no"}


def _hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None, text[:600]
    return found[1]


async def test_the_guide_asks_one_at_a_time_and_shows_what_is_spared(web: Client, city: Database) -> None:
    """How it can fail: a question without an answer led on; one that hangs on another was asked first."""
    listed = await web.get("/bundles")
    assert all(f"/bundles/{one.code}" in listed.text for one in await bundles.in_force(city))
    about = await web.get("/bundles/birth")
    assert "出生登记" in about.text and "比分开办少多少" in about.text and "少 60%" in about.text
    assert (await web.get("/bundles/nothing")).status_code == 404
    assert "您是本市户籍，孩子随您落户吗" in (await web.get("/bundles/birth/guide")).text
    missed = await web.get("/bundles/birth/guide?_go=hukou&hukou=maybe")
    assert missed.status_code == 422 and "请选择一项" in missed.text
    hangs = await web.get("/bundles/birth/guide?certificate=no&hukou=no")
    assert "您有本市居住证吗" in hangs.text
    result = await web.get("/bundles/birth/guide", params=_SAID)
    assert "您要办的事项" in result.text and "生育保险待遇" not in result.text
    assert "今天提交，最晚" in result.text and "开始以后会查询" in result.text


async def test_what_is_known_of_her_is_not_asked(web: Client, city: Database, other: Resident) -> None:
    """Account and library answer for her, with their name beside it; the page carries her own answers alone.

    How it can fail (tried): begin with what the page sends alone, and the question is open; take the answers that are
    known into the address; let her talk away a permit that stands; give her an
    empty form for what she has.
    """
    await granted(city, other, "residence_permit", now=clock.now())
    for _ in range(200):  # until the card is made
        await drained(city)
        if await cases.known_of(city, other.actor, wanted={"licence.residence_permit"}, now=clock.now()):
            break
        await asyncio.sleep(0.05)
    await ask_residence(city, other.actor, now=clock.now())
    guide = "/bundles/birth/guide"
    assert "您是本市户籍，孩子随您落户吗" in (await web.get(guide)).text
    await log_in(web, city, other.actor)
    first = (await web.get(f"{guide}?certificate=yes")).text
    assert "来自本人账户（人口库登记）" in first and "来自电子证照库" in first
    assert first.count("以登记为准") == 1 and "_ask=hukou" in first
    assert 'name="hukou"' not in first and 'name="resident"' not in first
    again = (await web.get(f"{guide}?certificate=yes&_ask=hukou")).text
    assert re.search(r'name="hukou" value="no" checked', again), "what is known is chosen already"
    joins = (await web.get(f"{guide}?certificate=yes&hukou=yes&_go=hukou")).text
    assert 'type="hidden" name="hukou" value="yes"' in joins and "人口库登记" not in joins
    said = {"certificate": "yes", "resident": "no", "registered": "no", "insured": "no"}
    result = (await web.get(guide, params=said)).text
    assert "来自电子证照库" in result and 'name="said_resident"' not in result
    posted = {f"said_{key}": value for key, value in said.items()} | {"_csrf": _hidden(result, "_csrf")}
    begun = await web.post("/bundles/birth", data=posted)
    assert begun.status_code == 303 and begun.headers["location"].endswith("/form")
    [(run, _)] = await bundles.mine(city, other.actor)
    assert run.answers == {**said, "hukou": "no", "resident": "yes"}
    held = await web.get("/bundles/residence/guide?points=no&card=no")
    assert "来自电子证照库" in held.text
    posted = {"_csrf": _hidden(held.text, "_csrf"), "said_points": "no", "said_card": "no"}
    nothing = await web.post("/bundles/residence", data=posted)
    assert nothing.status_code == 409 and "不用再办" in nothing.text, "she has the permit: no empty form"
    assert len(await bundles.mine(city, other.actor)) == 1


async def _filled(web: Client, db: Database, who: Resident, home: str) -> None:
    """Page by page, until the check."""
    for _ in range(12):
        sheet = await bundles.sheet(db, who.actor, run_id=UUID(home.rsplit("/", 1)[1]))
        form = await web.get(f"{home}/form")
        wanted = filling.filled(sheet.form, sheet.answers, today=clock.city_day(clock.now()))
        wanted = {name: value for name, value in wanted.items() if not name.startswith("other_parent")}
        data = filling.posted(sheet.form, wanted) | {
            name: _hidden(form.text, name) for name in ("_csrf", "_section", "_asked")
        }
        answer = await web.post(f"{home}/form", data={**data, "_go": "next"})
        assert answer.status_code in (303, 422), answer.text[:500]
        if answer.headers.get("location", "").endswith("/check"):
            return
    raise AssertionError("the form does not end")


async def test_from_the_questions_to_the_progress(
    city: Database, web: Client, mother: Resident, other: Resident
) -> None:
    """How it can fail: the page of another person's run was shown; a posted section blanked the others."""
    await log_in(web, city, mother.actor)
    result = await web.get("/bundles/birth/guide", params=_SAID)
    posted = {
        "_csrf": _hidden(result.text, "_csrf"),
        **{f"said_{key}": value for key, value in _SAID.items()},
    }
    begun = await web.post("/bundles/birth", data=posted)
    home = begun.headers["location"].removesuffix("/form")
    form = await web.get(f"{home}/form")
    assert "填一次，用在" in form.text and "比分开填少回答" in form.text
    await _filled(web, city, mother, home)
    check = await web.get(f"{home}/check")
    assert "一次提交" in check.text and "轮到时自动提交" in check.text, check.text[:600]
    sent = await web.post(f"{home}/send", data={"_csrf": _hidden(check.text, "_csrf")})
    assert sent.headers["location"] == f"{home}?new=1"
    progress = await web.get(f"{home}?new=1")
    assert "已一次提交" in progress.text and "之后自动提交" in progress.text
    assert (await web.get(f"{home}/form")).headers["location"] == home
    assert "联合办理中" in (await web.get("/my/bundles")).text
    assert "确认撤回" in (await web.get(f"{home}/withdraw")).text
    await log_in(web, city, other.actor)
    assert (await web.get(home)).status_code == 404


_ONE_PHOTO = made(
    [{"item": "disability_card"}, {"item": "social_card"}],
    code="cards",
    joined={"disability_card.file_photo": ["social_card.file_photo"]},
)


async def test_a_photo_for_two_parts_is_handed_in_once(city: Database, web: Client, mother: Resident) -> None:
    """How it can fail (tried): the page with a file on it was a fault of the server; a part took the id of the other's
    file into its answers; what was taken out of one part went missing in the other with the next save; a photo in doubt
    could not be used all the same."""
    await bundles.publish(city, [*await bundles.in_force(city), _ONE_PHOTO], now=clock.now())
    await log_in(web, city, mother.actor)
    run_id = await bundles.start(city, mother.actor, code="cards", answers={}, now=clock.now())
    at = f"/my/bundles/{run_id}/form"
    sheet = await bundles.sheet(city, mother.actor, run_id=run_id)
    disability, social = (sheet.sheets[item].case.id for item in ("disability_card", "social_card"))
    photo = {"file_photo": ("照片.jpg", sample_files.photo(), "image/jpeg")}
    section = sheet.form.by_name["file_photo"].ui.section

    async def posted(go: str, **files: Any) -> dict[UUID, list[str]]:
        """The form is posted; which files each part lists then."""
        form = (await web.get(at, params={"section": section})).text
        data = {name: _hidden(form, name) for name in ("_csrf", "_section", "_asked")} | {"_go": go}
        assert (await web.post(at, data=data, **files)).status_code in (303, 422)
        return await _listed(city, mother, disability, social)

    both = await posted("next", files=photo)
    assert [len(files) for files in both.values()] == [1, 1] and both[disability] != both[social]
    shown = (await web.get(at, params={"section": section})).text
    (link,) = set(re.findall(r'href="(/my/cases/[^"]+/files/[^"/]+)"', shown))
    assert link == f"/my/cases/{disability}/files/{both[disability][0]}"
    assert (await web.get(link)).status_code == 200
    # Taken out of the one draft by its own page it stays with the other, and the one form shows that one.
    await take_out(city, mother.actor, case_id=disability, file_id=UUID(both[disability][0]), now=clock.now())
    assert await posted("update") == {disability: [], social: both[social]}
    shown = (await web.get(at, params={"section": section})).text
    assert f"/my/cases/{social}/files/{both[social][0]}" in shown
    assert (await web.get(f"/my/cases/{social}/files/{both[social][0]}")).status_code == 200
    assert await posted(f"drop:file_photo:{both[social][0]}") == {disability: [], social: []}
    # Of several files each stands there as often as in the part that has it most often.
    one, same, more = ({"name": name, "size": 1, "file": file} for name, file in ("ab", "ac", "de"))
    lists = {"disability_card": {"file_photo": [one]}, "social_card": {"file_photo": [same, more, same]}}
    assert sheet.one.joined(lists)["file_photo"] == [one, more, same]
    blurred = msgspec.structs.replace(
        await sample_files.sent(sample_files.photo(), "手机照片.jpg"), doubt="blurred"
    )
    await bundles.attach(
        city, mother.actor, run_id=run_id, received={"file_photo": [blurred]}, now=clock.now()
    )
    both = await posted("update")
    assert await posted(f"use:file_photo:{both[disability][0]}") == both
    for case in both:
        assert "doubt" not in (await make.row(city, case))["answers"]["file_photo"][0]


async def _listed(db: Database, who: Resident, *parts: UUID) -> dict[UUID, list[str]]:
    """Which photos each case lists: every one with a row of its own about the case, all of one content."""
    lists = {}
    for case in parts:
        told = (await make.row(db, case))["answers"].get("file_photo", [])
        lists[case] = [one["file"] for one in told]
    rows = await db.rows("SELECT id, reference, digest FROM kit.file WHERE subject = $1", who.actor.id)
    assert {(row["reference"], str(row["id"])) for row in rows} == {
        (str(case), file) for case, files in lists.items() for file in files
    }
    assert len({row["digest"] for row in rows}) <= 1
    return lists


async def test_what_the_pages_of_a_bundle_cost(city: Database, mother: Resident) -> None:
    """Public pages come from memory; one's own list, form, its saving, check and progress do not grow with the parts,
    and the sending grows by the write of each part that is filed at once.

    How it can fail (tried): the form asked each draft by itself; each draft was written by itself; each part that is
    filed was read for itself.
    """
    async with applications.visited(city) as web:
        await log_in(web, city, mother.actor)
        for code, said, told, parts, at_once in (
            ("birth", ANSWERS, 2, 7, 2),
            ("after_life", {"pension": "yes", "fund": "no", "home": "no"}, 0, 2, 1),
        ):
            run_id = await begun(city, mother, said, code)
            assert len((await bundles.sheet(city, mother.actor, run_id=run_id)).sheets) == parts
            home = f"/my/bundles/{run_id}"
            public = ("/bundles", f"/bundles/{code}", f"/bundles/{code}/guide")
            cost = [
                await _cost(web, city, path)
                for path in (*public, "/my/bundles", f"{home}/form", f"{home}/check")
            ]
            assert cost == [0, 0, told, 1, 3, 3], "the guide asks account and library for her"
            sheet = await bundles.sheet(city, mother.actor, run_id=run_id)
            answers = filling.posted(sheet.form, {**sheet.answers, "phone": "13912345678"})
            before = city.count
            await bundles.save(city, mother.actor, run_id=run_id, posted=answers, now=clock.now())
            assert city.count - before == 4, "three to read, one to write"
            for case in sheet.run.cases:
                assert (await cases.sheet(city, mother.actor, case_id=case)).answers["phone"] == "13912345678"
            leased, before = await _leased(city), city.count
            await bundles.send(city, mother.actor, run_id=run_id, now=clock.now())
            sent = city.count - before
            assert sent - (await _leased(city) - leased) == 7 + at_once
            assert await _cost(web, city, home) == 2


async def _cost(web: Client, db: Database, path: str) -> int:
    """The statements of a page that was shown before."""
    await web.get(path)
    before = db.count
    assert (await web.get(path)).status_code == 200
    return db.count - before


async def _leased(db: Database) -> int:
    """How many blocks of numbers were taken: the first of a kind and day takes a statement, the next hundred none."""
    return int(await db.sibling().value("SELECT count(*) FROM kit.serial"))
