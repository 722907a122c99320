"""Files by the API: whole, piece by piece, used again, taken off; of a draft, a correction, what follows acceptance.

How these tests can fail (tried): let the key stand for the name alone (another content gets the first one's answer),
give up where two files come at once (one is lost), point no refusal at its question, drop the row of a file that was
submitted when a correction takes it off.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests import make
from tests.cases import following, papers
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit import sample_files
from tongban import cases, settings
from tongban.cases import actions
from tongban.cases.pages.corrected import put_right
from tongban.kit import clock, files
from tongban.kit.db import Database
from tongban.kit.policy import Actor

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")

PHOTO = sample_files.photo(700, 500)
PIECE = {"tus-resumable": "1.0.0", "content-type": "application/offset+octet-stream"}


class Program:
    """A partner's program that acts for a resident about one case."""

    def __init__(self, web: Client, case_id: UUID, token: str) -> None:
        self.web, self.token, self.home = web, token, f"/api/v1/cases/{case_id}"

    async def ask(self, method: str, path: str, *, key: str = "", **more: Any) -> Any:
        own = {"x-csrf-token": self.token, "idempotency-key": key or str(uuid4())}
        headers = own | more.pop("headers", {})
        url = path if path.startswith("/api/") else self.home + path
        return await self.web.request(method, url, headers=headers, **more)

    async def send(self, data: bytes, name: str = "合同.jpg", field: str = "photos", **more: Any) -> Any:
        kind = {"content-type": more.pop("kind", "application/octet-stream")}
        path = f"/attachments/{field}"
        return await self.ask("POST", path, params={"name": name}, content=data, headers=kind, **more)

    async def begin(self, size: int, name: str = "合同.jpg", field: str = "photos", **more: Any) -> Any:
        told = [
            f"{one} {base64.b64encode(text.encode()).decode()}"
            for one, text in (("field", field), ("filename", name))
        ]
        headers = {"tus-resumable": "1.0.0", "upload-length": str(size), "upload-metadata": ",".join(told)}
        return await self.ask("POST", "/uploads", headers=headers, **more)

    async def piece(self, url: str, at: int, data: bytes) -> Any:
        return await self.ask("PATCH", url, content=data, headers={**PIECE, "upload-offset": str(at)})

    async def listed(self) -> Any:
        return (await self.ask("GET", "/attachments")).json()


async def program_of(web: Client, db: Database, who: Resident, case_id: UUID) -> Program:
    await log_in(web, db, who.actor)
    return Program(web, case_id, (await web.get("/api/v1/session")).json()["csrf"])


@pytest.fixture
async def draft(city: Database, owner: Resident) -> UUID:
    await papers.ask_for_files(city)
    return await make.filled(city, owner)


@pytest.fixture
async def program(web: Client, city: Database, owner: Resident, draft: UUID) -> Program:
    return await program_of(web, city, owner, draft)


def refused(answer: Any, status: int, code: str, at: str = "") -> None:
    """A documented problem, which points at the question."""
    told = answer.json()
    assert (answer.status_code, told["type"]) == (status, f"/problems/{code}"), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert not at or list(told["fields"]) == [at]


async def test_a_file_comes_whole_once_for_a_key(program: Program, city: Database, draft: UUID) -> None:
    before = (await make.row(city, draft))["answers"]
    first, again = [await program.send(PHOTO, key="one-and-the-same") for _ in range(2)]
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    told = first.json()
    assert (told["field"], told["name"], told["type"]) == ("photos", "合同.jpg", "image/jpeg")
    assert (told["size"], told["pages"], told["doubt"], told["scanned"]) == (len(PHOTO), 1, None, False)
    plain = hashlib.new("sm3", PHOTO)
    assert told["sm3"] == plain.hexdigest()
    sealed = await city.sibling().value("SELECT sm3 FROM kit.file")
    assert plain.digest() not in sealed, "nobody who reads the table learns which known papers are here"
    row = (await make.row(city, draft))["answers"]
    assert [one["file"] for one in row["photos"]] == [told["file"]] and row["ground"] == before["ground"]
    (line,) = await make.ledger(city, draft, "cases.attach")
    assert line["detail"] == {"files": 1}
    other = await program.send(sample_files.photo(90, 90), key="one-and-the-same")
    refused(other, 422, "idempotency-key-reused")
    listed = await program.listed()
    assert listed["files"] == [{**told, "filed": False}] and listed["uploads"] == []
    room = {one["field"]: (one["room"], one["bytes"], one["types"]) for one in listed["open"]}
    assert room == {
        name: (left, 2_000_000, ["application/pdf", "image/jpeg"])
        for name, left in (("papers", 5), ("photos", 19))
    }
    for _ in range(2):
        assert (await program.ask("DELETE", f"/attachments/{told['file']}")).status_code == 204
    assert (await program.listed())["files"] == [] and "photos" not in (await make.row(city, draft))[
        "answers"
    ]
    assert await city.sibling().value("SELECT count(*) FROM kit.file") == 0


SCRIPT = sample_files.pdf(objects=(b"<< /Type /Action /S /JavaScript /JS (app.alert(1)) >>",))


#: A file with its name, and why it is refused.
BAD = (
    (b"", "a.jpg", "file-empty"),
    (PHOTO + bytes(2_000_000), "a.jpg", "file-too-large"),
    (b"MZ" + bytes(4000), "a.jpg", "file-type-unknown"),
    (PHOTO, "a.pdf", "file-type-differs"),
    (PHOTO[:-500], "a.jpg", "file-unreadable"),
    (PHOTO, "../etc/a.jpg", "file-name-not-plain"),
    (SCRIPT, "a.pdf", "file-active"),
)


async def test_a_bad_file_is_a_problem_at_its_question(program: Program, city: Database, draft: UUID) -> None:
    for data, name, code in BAD:
        refused(await program.send(data, name), 422, code, "/photos")
    assert "photos" not in (await make.row(city, draft))["answers"]


async def test_a_bomb_and_a_scanner_that_is_away(
    program: Program, monkeypatch: pytest.MonkeyPatch, city: Database
) -> None:
    await city.sibling().run(
        "UPDATE catalogue.item_version SET body = jsonb_set(body, $2, $3) WHERE code = $1",
        make.ITEM,
        ["form", "properties", "photos", "x-ui", "accept"],
        ["image/png", "image/jpeg"],
    )
    bomb = sample_files.png_that_unpacks_to(30_000, 30_000)
    refused(await program.send(bomb, "a.png"), 422, "file-too-many-pixels", "/photos")
    monkeypatch.setenv("TONGBAN_CLAMD", "127.0.0.1:1")
    settings.reload()
    waits = await program.send(PHOTO, key="again-and-again")
    monkeypatch.delenv("TONGBAN_CLAMD")
    settings.reload()
    refused(waits, 503, "scanner-away", "/photos")
    assert int(waits.headers["retry-after"]) > 0
    assert (await program.send(PHOTO, key="again-and-again")).status_code == 201


async def test_another_question_another_person_and_a_filed_case_take_none(
    program: Program, web: Client, city: Database, owner: Resident, other: Resident, draft: UUID
) -> None:
    refused(await program.send(PHOTO, field="ground"), 404, "no-files-here")
    keyless = await web.post(
        f"{program.home}/attachments/photos?name=a", headers={"x-csrf-token": program.token}
    )
    refused(keyless, 400, "idempotency-key-missing")
    await papers.attached(city, owner, draft, 1, 2, 3, 4, 5)
    fifth = await program.send(sample_files.pdf(6), "6.pdf", "papers")
    refused(fifth, 422, "attachments-too-many", "/papers")
    (first, *_) = (await program.listed())["files"]
    stranger = await program_of(web, city, other, draft)
    for answer in (
        await stranger.send(PHOTO),
        await stranger.begin(100),
        await stranger.ask("GET", "/attachments"),
        await stranger.ask("DELETE", f"/attachments/{first['file']}"),
    ):
        refused(answer, 404, "no-such-case")
    await cases.submit(city, owner.actor, case_id=draft, key=None, now=clock.now())
    hers = await program_of(web, city, owner, draft)
    refused(await hers.send(PHOTO), 409, "case-not-possible-now")
    refused(await hers.ask("DELETE", f"/attachments/{first['file']}"), 409, "case-not-possible-now")
    listed = await hers.listed()
    assert listed["open"] == [] and {one["filed"] for one in listed["files"]} == {True}


async def test_files_that_come_at_once_are_all_kept(
    program: Program, city: Database, owner: Resident, draft: UUID
) -> None:
    received = [await papers.paper(pages, f"{pages}.pdf") for pages in range(1, 5)]

    async def enclose(one: files.Received, key: str) -> dict[str, Any]:
        return await actions.enclose(
            city, owner.actor, case_id=draft, field="papers", received=one, key=key, now=clock.now()
        )

    await asyncio.gather(*(enclose(one, f"key-of-{one.name}") for one in received))
    assert len((await make.row(city, draft))["answers"]["papers"]) == 4
    same = await asyncio.gather(*(program.send(PHOTO, key="all-of-us-one") for _ in range(4)))
    assert {one.status_code for one in same} == {201} and len({one.text for one in same}) == 1
    assert len((await make.row(city, draft))["answers"]["photos"]) == 1


async def test_an_upload_goes_on_and_is_attached_once(program: Program, city: Database, draft: UUID) -> None:
    begun, same = [await program.begin(len(PHOTO), key="begin-it-once") for _ in range(2)]
    assert begun.status_code == same.status_code == 201
    url = begun.headers["location"]
    assert url == same.headers["location"] and url.startswith(f"{program.home}/uploads/")
    assert (await program.piece(url, 0, PHOTO[:900])).headers["upload-offset"] == "900"
    refused(await program.piece(url, 0, PHOTO[:900]), 409, "upload-out-of-step")
    told = await program.ask("HEAD", url, headers={"tus-resumable": "1.0.0"})
    assert (told.headers["upload-offset"], told.headers["upload-length"]) == ("900", str(len(PHOTO)))
    upload = url.rpartition("/")[2]
    body = {"field": "photos", "upload": upload}
    refused(await program.ask("POST", "/attachments", json=body), 404, "no-such-upload")
    (under_way,) = (await program.listed())["uploads"]
    assert (under_way["upload"], under_way["taken"], under_way["size"]) == (upload, 900, len(PHOTO))
    assert (await program.piece(url, 900, PHOTO[900:])).status_code == 204
    first, again = [
        await program.ask("POST", "/attachments", json=body, key="attach-it-once") for _ in range(2)
    ]
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    assert [one["name"] for one in (await make.row(city, draft))["answers"]["photos"]] == ["合同.jpg"]
    refused(await program.ask("POST", "/attachments", json=body), 404, "no-such-upload")
    assert (await program.listed())["uploads"] == []


async def test_a_repetition_gets_the_first_answer_when_no_files_are_taken_any_more(
    program: Program, city: Database, owner: Resident, draft: UUID
) -> None:
    """Of a whole file, of an upload that has ended and of what attached it; with other bytes the key is refused."""
    sent = await program.send(PHOTO, key="sent-and-sent-again")
    begun = await program.begin(len(PHOTO), key="begun-and-begun-again")
    url = begun.headers["location"]
    await program.piece(url, 0, PHOTO)
    body = {"field": "photos", "upload": url.rpartition("/")[2]}
    attached = await program.ask("POST", "/attachments", json=body, key="attached-and-again")
    told = ("location", "upload-offset", "upload-expires")
    for filed in (False, True):
        if filed:
            await cases.submit(city, owner.actor, case_id=draft, key=None, now=clock.now())
        again = await program.begin(len(PHOTO), key="begun-and-begun-again")
        assert again.status_code == 201, again.text
        assert [again.headers[one] for one in told] == [begun.headers[one] for one in told]
        again = await program.ask("POST", "/attachments", json=body, key="attached-and-again")
        assert (again.status_code, again.json()) == (201, attached.json())
        again = await program.send(PHOTO, key="sent-and-sent-again")
        assert (again.status_code, again.json()) == (201, sent.json())
    refused(
        await program.send(sample_files.photo(90, 90), key="sent-and-sent-again"),
        422,
        "idempotency-key-reused",
    )
    refused(await program.begin(7, key="begun-and-begun-again"), 422, "idempotency-key-reused")
    refused(await program.send(PHOTO), 409, "case-not-possible-now")
    refused(await program.begin(len(PHOTO)), 409, "case-not-possible-now")
    assert len((await make.row(city, draft))["answers"]["photos"]) == 2


async def test_uploads_are_refused_as_problems(program: Program) -> None:
    for size, name, code in (
        (2_000_001, "a.jpg", "file-too-large"),
        (0, "a.jpg", "file-empty"),
        (100, "C:\\a.jpg", "file-name-not-plain"),
    ):
        refused(await program.begin(size, name), 422, code, "/photos")
    refused(await program.begin(100, field="ground"), 422, "upload-malformed")
    url = (await program.begin(5000)).headers["location"]
    wrong = await program.piece(url, 0, b"MZ" + bytes(2000))
    refused(wrong, 422, "file-type-unknown", "/photos")
    assert wrong.headers["tus-resumable"] == "1.0.0"
    refused(await program.ask("GET", url, headers={"tus-resumable": "0.2"}), 412, "upload-version")
    data = PHOTO[:-500]
    url = (await program.begin(len(data))).headers["location"]
    await program.piece(url, 0, data)
    body = {"field": "photos", "upload": url.rpartition("/")[2]}
    refused(await program.ask("POST", "/attachments", json=body), 422, "file-unreadable", "/photos")
    refused(await program.ask("POST", "/attachments", json=body), 404, "no-such-upload")
    both = await program.ask("POST", "/attachments", json={**body, "material": str(uuid4())})
    assert both.status_code == 422 and set(both.json()["fields"]) == {"/upload", "/material"}


async def test_a_correction_takes_files_of_what_was_named_and_is_handed_in(
    web: Client, city: Database, owner: Resident, officer: Actor, draft: UUID
) -> None:
    (old,) = await papers.attached(city, owner, draft, 1)
    await cases.submit(city, owner.actor, case_id=draft, key=None, now=clock.now())
    said = {"papers": "合同缺第二页，请补齐后重新上传。"}
    await cases.ask_correction(city, officer, case_id=draft, said=said, now=clock.now())
    program = await program_of(web, city, owner, draft)
    (opening,) = (await program.listed())["open"]
    assert opening["field"] == "papers" and opening["said"] == said["papers"] and opening["until"]
    refused(await program.send(PHOTO), 404, "no-files-here")
    new = (await program.send(sample_files.pdf(2), "两页.pdf", "papers")).json()
    assert (await program.ask("DELETE", f"/attachments/{old}")).status_code == 204
    assert [one["file"] for one in (await program.listed())["files"]] == [new["file"]]
    answers = [await program.ask("POST", "/correction", key="hand-it-in-once") for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == {"case": str(draft)}
    row = await make.row(city, draft)
    assert row["state"] == "submitted" and [one["file"] for one in row["answers"]["papers"]] == [new["file"]]
    assert await city.sibling().value("SELECT count(*) FROM kit.file WHERE id = $1", old) == 1
    opened = await cases.open_case(city, officer, case_id=draft, subject=row["applicant"], now=clock.now())
    files = put_right(opened)["papers"]
    assert str(files.was).endswith("（已移除）") and files.to_be == "两页.pdf（新上传）"


async def test_what_follows_is_handed_in_and_its_limit_is_told(
    web: Client, city: Database, owner: Resident
) -> None:
    case_id, _ = await following.accepted(city, owner, now=clock.now())
    program = await program_of(web, city, owner, case_id)
    (due,) = (await program.ask("GET", "")).json()["follow_up"]
    (opening,) = (await program.listed())["open"]
    assert (opening["field"], opening["until"]) == (following.FIELD, due["until"])
    refused(await program.ask("POST", "/supply"), 422, "supply-incomplete", f"/{following.FIELD}")
    sent = await program.send(sample_files.pdf(1), "制度.pdf", following.FIELD)
    assert sent.status_code == 201, sent.text
    answers = [await program.ask("POST", "/supply", key="hand-it-in-once") for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201], answers[0].text
    assert [one["file"] for one in (await make.row(city, case_id))["answers"][following.FIELD]] == [
        sent.json()["file"]
    ]
    (came,) = (await program.ask("GET", "")).json()["follow_up"]
    assert came["supplied_at"] and (await program.listed())["open"] == []
    refused(await program.ask("POST", "/supply"), 409, "nothing-to-supply")


async def test_a_promise_by_the_api_opens_what_follows(city: Database, owner: Resident, web: Client) -> None:
    """The answer ``later_<material>`` is the promise: with it the check is complete without the file."""
    case_id = await following.draft(city, owner, promised=False, now=clock.now())
    program = await program_of(web, city, owner, case_id)
    assert list((await program.ask("GET", "/faults")).json()["faults"]) == [f"/{following.FIELD}"]
    read = await program.ask("GET", "/answers")
    body = {**read.json()["answers"], following.PROMISE: True}
    put = await program.ask("PUT", "/answers", json=body, headers={"if-match": read.headers["etag"]})
    assert put.status_code == 200 and put.json()["faults"] == {}
    assert (await program.ask("POST", "/submission")).status_code == 201


async def test_my_materials_are_listed_and_used_again(
    web: Client, city: Database, owner: Resident, officer: Actor, draft: UUID
) -> None:
    await city.sibling().run(
        "UPDATE catalogue.item_version SET body = jsonb_set(body, $2, '6') WHERE code = $1",
        make.ITEM,
        ["form", "properties", "papers", "x-ui", "valid_months"],
    )
    await papers.attached(city, owner, draft, 2)
    await papers.attached(city, owner, draft, 3, field="photos")
    await cases.submit(city, owner.actor, case_id=draft, key=None, now=clock.now())
    await cases.decline(city, officer, case_id=draft, reason=make.REASON, now=clock.now())
    case_id = await make.filled(city, owner)
    program = await program_of(web, city, owner, case_id)
    page = (await program.ask("GET", "/api/v1/materials", params={"limit": 1})).json()
    rest = (await program.ask("GET", "/api/v1/materials", params={"after": page["next"]})).json()
    found = {one["field"]: one for one in (*page["materials"], *rest["materials"])}
    assert len(page["materials"]) == 1 and set(found) == {"papers", "photos"} and rest["next"] is None
    assert found["papers"]["until"] and found["photos"]["until"] is None
    offers = {one["field"]: one["materials"] for one in (await program.listed())["open"]}
    assert offers == {"papers": [found["papers"]["file"]], "photos": []}
    body = {"field": "papers", "material": found["papers"]["file"]}
    first, again = [await program.ask("POST", "/attachments", json=body, key="use-it-once") for _ in range(2)]
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    assert first.json()["file"] != found["papers"]["file"]
    assert len((await make.row(city, case_id))["answers"]["papers"]) == 1
    (line,) = await make.ledger(city, case_id, "cases.reuse_file")
    assert line["detail"] == {"from": str(draft)}
    fresh = {"field": "photos", "material": found["photos"]["file"]}
    refused(await program.ask("POST", "/attachments", json=fresh), 404, "no-such-file")


async def test_reading_and_adding_cost_few_statements(city: Database, owner: Resident, draft: UUID) -> None:
    received = await papers.paper(1)
    await actions.enclosed(city, owner.actor, case_id=draft, now=clock.now())
    before = city.count
    await actions.enclosed(city, owner.actor, case_id=draft, now=clock.now())
    assert city.count - before == 4, "the draft, her account, its files, its uploads"
    before = city.count
    await actions.enclose(
        city,
        owner.actor,
        case_id=draft,
        field="papers",
        received=received,
        key="count-the-statements",
        now=clock.now(),
    )
    assert city.count - before == 3, "the draft, her account, the write: as every save"
    assert re.fullmatch(r"[0-9a-f-]{36}", (await make.row(city, draft))["answers"]["papers"][0]["file"])
